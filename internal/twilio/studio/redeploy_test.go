package studio_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// What was published over is told: a flow that is read at an older revision than its newest
// is published again with that one's definition.
func TestRedeploySaysWhatItPublishedOver(t *testing.T) {
	run(t, func(a account) {
		created := a.create(greeter())
		if again, err := a.Redeploy(a.Context(), created.SID); err != nil || again.Revision != 2 {
			a.Fatalf("it is at revision %d: %v", again.Revision, err)
		}
		a.Later(time.Hour)
		a.publish(created.SID, says("Good day"))
		// Both reads before the write.
		a.Fault(sandbox.Fault{Method: http.MethodGet, Path: flowPath, Times: 2, Kind: sandbox.FaultStale, DelayMS: 60_000})
		_, err := a.Redeploy(a.Context(), created.SID)
		if !errors.Is(err, bot.ErrChanged) || !strings.Contains(err.Error(), "at revision 2, and the definition of that one is published now as revision 4. Revision 3,") {
			a.Errorf("it says %v", err)
		}
	})
}
