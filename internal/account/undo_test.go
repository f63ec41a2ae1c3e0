package account

import (
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// What is put back is what was written and is still so; what another changed since is
// left to it.
func TestBackWritesWhatIsStillAsItWasWritten(t *testing.T) {
	const (
		mine, theirs = "https://mine.example.com/", "https://theirs.example.com/"
		application  = "AP1111111111111111111111111111aaaa"
		other        = "AP2222222222222222222222222222bbbb"
	)
	before := bot.Number{
		FriendlyName: "Front desk",
		Messaging:    bot.Side{URL: mine, Method: "GET", FallbackURL: "https://fallback.example.com/"},
		Voice:        bot.Side{URL: mine, Method: "POST"},
	}
	after := before
	after.FriendlyName, after.Messaging = "clinic", bot.Side{ApplicationSID: application}
	for name, each := range map[string]struct {
		change func(*bot.Number)
		want   func(*bot.Number) // how it differs from before once it is put back
	}{
		"as it was written": {func(*bot.Number) {}, func(*bot.Number) {}},
		"another label":     {func(n *bot.Number) { n.FriendlyName = "theirs" }, func(n *bot.Number) { n.FriendlyName = "theirs" }},
		"another's messages": {
			func(n *bot.Number) { n.Messaging = bot.Side{URL: theirs, Method: "POST"} },
			func(n *bot.Number) { n.Messaging = bot.Side{URL: theirs, Method: "POST"} },
		},
		"another application": {
			func(n *bot.Number) { n.Messaging.ApplicationSID = other },
			func(n *bot.Number) { n.Messaging = bot.Side{ApplicationSID: other} },
		},
		"another's calls, which were not written": {
			func(n *bot.Number) { n.Voice.URL = theirs },
			func(n *bot.Number) { n.Voice.URL = theirs },
		},
		"what was before already": {func(n *bot.Number) { *n = before }, func(*bot.Number) {}},
		"a trunk since":           {func(n *bot.Number) { n.TrunkSID = "TK1" }, func(n *bot.Number) { n.TrunkSID = "TK1" }},
	} {
		now, want := after, before
		each.change(&now)
		each.want(&want)
		change := undoEntry{before, after}.back(now)
		if got := change.Apply(now); got != want {
			t.Errorf("%s: put back to\n%+v, want\n%+v", name, got, want)
		}
		if change.TrunkSID != nil {
			t.Errorf("%s: a trunk is written", name)
		}
	}
	// A side on which setting the application cleared the URL is put back whole.
	silenced := before
	silenced.Messaging.ApplicationSID = application
	cleared := silenced
	cleared.Messaging.URL, cleared.Messaging.FallbackURL = "", ""
	if got := (undoEntry{before, silenced}).back(cleared).Apply(cleared); got != before {
		t.Errorf("put back to %+v", got)
	}
}

func TestStatusCallbackIsPutBack(t *testing.T) {
	const (
		account = "AC0123456789abcdef0123456789abcdef"
		own     = "https://crm.example.com/calls"
		theirs  = "https://theirs.example.com/"
	)
	flow := bot.Webhooks{}.URL(bot.Webhook{AccountSID: account, BotSID: "FW0123456789abcdef0123456789abcdef"})
	before := bot.Number{AccountSID: account, StatusCallback: own, StatusCallbackMethod: "GET"}
	after := before
	after.Voice = bot.Side{URL: flow, Method: "POST"}
	for name, each := range map[string]struct{ now, want string }{
		"what Twilio set":  {flow + "?statusCallback=true", own},
		"what was there":   {own, own},
		"another client's": {theirs, theirs},
		"what is cleared":  {"", ""},
	} {
		now := after
		now.StatusCallback, now.StatusCallbackMethod = each.now, "POST"
		got := undoEntry{before, after}.back(now).Apply(now)
		if got.StatusCallback != each.want || each.now != own && each.want == own && got.StatusCallbackMethod != "GET" {
			t.Errorf("%s: put back to %s %s", name, got.StatusCallbackMethod, got.StatusCallback)
		}
	}
}
