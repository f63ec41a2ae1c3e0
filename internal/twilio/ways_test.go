package twilio_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/twiliotest"
)

// Twilio lists the webhooks of one conversation at a time: no more than 200 are looked at, and
// that there are more is said. Closed conversations lead nowhere.
func TestOpenConversationsAreReadWithinABound(t *testing.T) {
	t.Parallel()
	twiliotest.Run(t, func(a *twiliotest.Account) {
		add := func(n int) {
			_, err := a.Box.AddConversation(fmt.Sprintf(`{"contact": "+1202556%04d", "address": %q, "webhook": {"type": "webhook", "webhook_url": "https://bots.example.com/%d"}}`, n, sandbox.StarterNumbers()[0], n))
			if err != nil {
				a.Fatal(err)
			}
		}
		for n := range 200 {
			add(n)
		}
		conversations := twilio.NewConversations(a.Client)
		all, err := conversations.List(a.Context())
		if err != nil || len(all) != 200 {
			a.Fatalf("%d ways in, %v", len(all), err)
		}
		add(200)
		read, err := conversations.List(a.Context())
		if len(read) != 200 || !errors.As(err, new(*bot.PartlyReadError)) {
			a.Errorf("%d ways in, %v", len(read), err)
		}
		if err := a.Box.CloseConversation(all[0].SID); err != nil {
			a.Fatal(err)
		}
		if read, err = conversations.List(a.Context()); len(read) != 200 || err != nil {
			a.Errorf("after one was closed: %d ways in, %v", len(read), err)
		}
	})
}

// What an account without Flex is answered is not documented: a list that is not there has no
// rows, and one that may not be read is an error.
func TestAccountWithoutFlex(t *testing.T) {
	t.Parallel()
	for status, is := range map[int]error{http.StatusNotFound: nil, http.StatusForbidden: bot.ErrForbidden} {
		twiliotest.Run(t, func(a *twiliotest.Account) {
			if err := a.Box.AddFault(sandbox.Fault{Host: "flex-api.twilio.com", Kind: sandbox.FaultStatus, Status: status, Times: 1}); err != nil {
				a.Fatal(err)
			}
			if ways, err := twilio.NewFlexFlows(a.Client).List(a.Context()); len(ways) > 0 || !errors.Is(err, is) {
				a.Errorf("status %d: %v, %v", status, ways, err)
			}
		})
	}
}
