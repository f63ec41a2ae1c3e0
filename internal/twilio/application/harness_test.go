package application_test

import (
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/application"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/twiliotest"
)

const (
	base   = "https://api.twilio.com/2010-04-01/Accounts/" + sandbox.StarterAccountSID
	apps   = base + "/Applications.json"
	oneApp = base + "/Applications/" // the SID and .json follow

	appPath  = `/Applications/AP\w+\.json$`
	appsPath = `/Applications\.json$`
	flowSID  = "FW0123456789abcdef0123456789abcdef"
)

// account is an account with the engine on it.
type account struct {
	*twiliotest.Account
	application.Host
}

func (a account) app(sid string) map[string]any { a.Helper(); return a.Fetch(oneApp + sid + ".json") }

// change is another client's.
func (a account) change(sid string, pairs ...string) {
	a.Helper()
	a.Post(oneApp+sid+".json", pairs...)
}

// create creates a bot that must come to be.
func (a account) create(spec bot.Spec) bot.Bot {
	a.Helper()
	created, err := a.Create(a.Context(), spec)
	if err != nil {
		a.Fatal(err)
	}
	a.Forget()
	return created
}

func run(t *testing.T, test func(a account)) {
	t.Helper()
	t.Parallel()
	twiliotest.Run(t, func(a *twiliotest.Account) { test(account{a, application.New(a.Client)}) })
}

func specOf(name string, webhooks bot.ApplicationWebhooks) bot.Spec {
	return bot.Spec{UniqueName: name, FriendlyName: name, Content: bot.Content{Webhooks: &webhooks}}
}

// porter is a whole bot.
func porter() bot.Spec {
	return specOf("porter", bot.ApplicationWebhooks{
		MessagingURL: "https://porter.example.com/messages", MessagingMethod: "GET", MessagingFallbackURL: "https://porter.example.com/down",
		VoiceURL: "https://porter.example.com/calls", VoiceMethod: "POST", VoiceFallbackURL: "https://porter.example.com/down",
		StatusCallbackURL: "https://porter.example.com/ended",
	})
}

// with is a spec with other webhooks.
func with(spec bot.Spec, change func(*bot.ApplicationWebhooks)) bot.Spec {
	webhooks := *spec.Content.Webhooks
	change(&webhooks)
	spec.Content.Webhooks = &webhooks
	return spec
}
