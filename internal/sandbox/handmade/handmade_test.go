package handmade

import (
	"net/http"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

func TestAccountHasWhatItSays(t *testing.T) {
	t.Parallel()
	box := sandbox.New(sandbox.WithSettings(sandbox.Settings{ModelBuildMS: 1}))
	// Filled twice, it is the same.
	for range 2 {
		if err := box.Reset(); err != nil {
			t.Fatal(err)
		}
		if err := Fill(box); err != nil {
			t.Fatal(err)
		}
		c := &client{box: box}
		list := func(address, key string) []map[string]any {
			t.Helper()
			answer, err := c.call(http.MethodGet, address, nil)
			if err != nil {
				t.Fatal(err)
			}
			var rows []map[string]any
			for _, row := range answer[key].([]any) {
				rows = append(rows, row.(map[string]any))
			}
			return rows
		}
		if bots := len(list(autopilot+"?PageSize=100", "assistants")) + len(list(studio+"?PageSize=100", "flows")) + len(list(apiBase+"/Applications.json?PageSize=100", "applications")); bots != Bots {
			t.Errorf("%d bots, want %d", bots, Bots)
		}
		var all, get, labels, fallbacks int
		for _, number := range list(numbersPath, "incoming_phone_numbers") {
			all++
			if number["voice_method"] == "GET" {
				get++
			}
			if label, _ := number["friendly_name"].(string); strings.HasPrefix(label, "Store ") {
				labels++
			}
			if number["voice_fallback_url"] != "" || number["sms_fallback_url"] != "" {
				fallbacks++
			}
		}
		if all != Numbers || get != ByGET || labels < Numbers/4 || fallbacks < Numbers/10 {
			t.Errorf("%d numbers, %d by GET, %d with labels of their own, %d with fallbacks", all, get, labels, fallbacks)
		}
	}
}
