package lifecycle_test

import (
	"net/url"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account/sandboxtest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/binding"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/replacement"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/suspension"
)

const dublin = "https://webhooks.dublin.ie1.twilio.com/"

// What is written is the URL that a flow says: in another Region one that is built from
// SIDs leads nowhere.
func TestOperationsWriteTheURLThatAFlowSays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := sandboxtest.NewIn(t, "ie1", sandbox.Settings{ModelBuildMS: 1, ApplicationClearsURL: true})
		points := func(after, sid string) {
			t.Helper()
			for _, channel := range bot.Channels() {
				if url := w.Number(0).Side(channel).URL; !strings.HasPrefix(url, dublin) || !strings.HasSuffix(url, "/"+sid) {
					t.Errorf("after %s, %s is at %q, not at %s", after, channel, url, sid)
				}
			}
		}
		old := w.Create(bot.Studio, "clinic")
		a, _ := w.Process()
		if _, _, _, err := binding.Bind(t.Context(), a, binding.Binding{NumberSID: w.Number(0).SID, BotSID: old.SID, Channels: bot.Channels()}, nil, "", nil); err != nil {
			t.Fatal(err)
		}
		points("binding", old.SID)

		// What was saved is lost, as where another process suspended the bot.
		a, _ = w.Process()
		if _, _, err := suspension.Suspend(t.Context(), a, old.SID, ""); err != nil {
			t.Fatal(err)
		}
		if url := w.Number(0).Messaging.URL; url != "" {
			t.Fatalf("the sandbox left %q", url)
		}
		a, _ = w.Process()
		if _, err := suspension.Resume(t.Context(), a, old.SID, nil); err != nil {
			t.Fatal(err)
		}
		points("resuming", old.SID)

		a, _ = w.Process()
		made, _, err := replacement.Run(t.Context(), a, replacement.Request{
			SID: old.SID, From: sandboxtest.Spec(bot.Studio, "clinic", 1), To: sandboxtest.Spec(bot.Studio, "doctor", 2), Engine: bot.Studio,
		})
		if err != nil {
			t.Fatal(err)
		}
		points("renaming", made.SID)
	})
}

// A way in by URL gets what Twilio says of the bot's flow and of the hold's, and so does the
// application of the hold.
func TestServiceGetsTheURLThatAFlowSays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := sandboxtest.NewIn(t, "ie1", sandbox.Settings{ModelBuildMS: 1})
		old := w.Create(bot.Studio, "clinic")
		form := url.Values{"FriendlyName": {"Campaigns"}, "InboundRequestUrl": {old.WebhookURL}, "UseInboundWebhookOnNumber": {"false"}}
		if err := w.Client.Do(t.Context(), "POST", "https://messaging.twilio.com/v1/Services", form, nil); err != nil {
			t.Fatal(err)
		}
		leadsTo := func(after, sid string) {
			t.Helper()
			for _, way := range w.Ways() {
				if !strings.HasPrefix(way.To.URL, dublin) || !strings.HasSuffix(way.To.URL, "/"+sid) {
					t.Errorf("after %s, %s leads to %q, not to %s", after, way, way.To.URL, sid)
				}
			}
		}
		a, _ := w.Process()
		suspended, _, err := suspension.Suspend(t.Context(), a, old.SID, "")
		if err != nil {
			t.Fatal(err)
		}
		leadsTo("suspending", suspended.FlowSID)
		holds, err := a.FindHolds(t.Context(), old.SID)
		if err != nil || len(holds) != 1 || holds[0].FlowSID != suspended.FlowSID || !strings.HasPrefix(holds[0].FlowURL, dublin) {
			t.Errorf("its holds are %+v: %v", holds, err)
		}
		// In a process that has read no flow yet.
		a, _ = w.Process()
		if _, err := suspension.Resume(t.Context(), a, old.SID, nil); err != nil {
			t.Fatal(err)
		}
		leadsTo("resuming", old.SID)
		a, _ = w.Process()
		made, _, err := replacement.Run(t.Context(), a, replacement.Request{
			SID: old.SID, From: sandboxtest.Spec(bot.Studio, "clinic", 1), To: sandboxtest.Spec(bot.Studio, "doctor", 2), Engine: bot.Studio,
		})
		if err != nil {
			t.Fatal(err)
		}
		leadsTo("renaming", made.SID)
	})
}

// A URL that cannot be read is not built where none is documented.
func TestFlowThatCannotBeReadIsNotBoundInAnotherRegion(t *testing.T) {
	t.Parallel()
	for region, refuses := range map[string]bool{"": false, "ie1": true} {
		t.Run("region "+region, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := sandboxtest.NewIn(t, region, sandbox.Settings{ModelBuildMS: 1})
				b := w.Create(bot.Studio, "clinic")
				a, _ := w.Process()
				if err := w.Box.AddFault(sandbox.Fault{Path: "/Flows/", Kind: sandbox.FaultStatus, Status: 403, Times: 1}); err != nil {
					t.Fatal(err)
				}
				webhooks, err := a.WebhooksOf(t.Context(), b.SID)
				if url := webhooks.URL(bot.Webhook{AccountSID: b.AccountSID, BotSID: b.SID}); (err != nil) != refuses || !refuses && url != b.WebhookURL {
					t.Errorf("it is %q: %v", url, err)
				}
			})
		})
	}
}
