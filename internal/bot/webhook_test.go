package bot

import (
	"strings"
	"testing"
)

const (
	testAccount = "AC0123456789abcdef0123456789abcdef"
	testUA      = "UA0123456789abcdef0123456789abcdef"
	testFW      = "FW0123456789abcdef0123456789abcdef"
	testAP      = "AP0123456789abcdef0123456789abcdef"
)

func TestEverySpellingOfTheAutopilotWebhookIsUnderstood(t *testing.T) {
	for address, want := range map[string]Webhook{
		"https://channels.autopilot.twilio.com/v1/" + testAccount + "/" + testUA + "/twilio-messaging":                                 {testAccount, testUA, Messaging, ""},
		"https://channels.autopilot.twilio.com/v1/" + testAccount + "/" + testUA + "/twilio-messaging?TargetTask=greeting":             {testAccount, testUA, Messaging, "greeting"},
		"https://channels.autopilot.twilio.com/v1/" + testAccount + "/" + testUA + "/twilio/messaging?TargetTask=greeting":             {testAccount, testUA, Messaging, "greeting"},
		"https://channels.autopilot.twilio.com/v2/" + testAccount + "/" + testUA + "/twilio-chat":                                      {testAccount, testUA, Messaging, ""},
		"HTTPS://Channels.AutoPilot.Twilio.com/v1/" + testAccount + "/" + testUA + "/twilio-voice?Memory=%7B%7D&TargetTask=a%20task#x": {testAccount, testUA, Voice, "a task"},
		"https://channels.autopilot.dublin.ie1.twilio.com/v1/" + testAccount + "/" + testUA + "/twilio-voice/":                         {testAccount, testUA, Voice, ""},
		"https://webhooks.twilio.com/v1/Accounts/" + testAccount + "/Flows/" + testFW:                                                  {testAccount, testFW, "", ""},
		"https://webhooks.sydney.au1.twilio.com/v1/Accounts/" + testAccount + "/Flows/" + testFW + "?x=y":                              {testAccount, testFW, "", ""},
	} {
		if got, ok := (Webhooks{}).Parse(address); !ok || got != want {
			t.Errorf("%s: %+v %v, want %+v", address, got, ok, want)
		}
	}
	for _, address := range []string{
		"", "https://example.com/", "https://channels.autopilot.twilio.com.example.com/v1/" + testAccount + "/" + testUA + "/twilio-messaging",
		"https://channels.autopilot.twilio.com/v3/" + testAccount + "/" + testUA + "/twilio-messaging",
		"https://channels.autopilot.twilio.com/v1/" + testAccount + "/UA12/twilio-messaging",
		"https://webhooks.twilio.com/v1/Accounts/" + testAccount + "/Flows/" + testUA,
		"https://webhooks.a.b.c.twilio.com/v1/Accounts/" + testAccount + "/Flows/" + testFW, "http://[::1",
	} {
		if got, ok := (Webhooks{}).Parse(address); ok {
			t.Errorf("%s was taken for %+v", address, got)
		}
	}
}

// A flow of another Region is none of the account's bots there, and a number that is pointed at
// it is not dead.
func TestURLOfAnotherRegionReachesNoBot(t *testing.T) {
	for host, region := range map[string]string{
		"webhooks.twilio.com": "", "webhooks.dublin.twilio.com": "", // they name none
		"webhooks.ashburn.us1.twilio.com": "us1", "webhooks.dublin.ie1.twilio.com": "ie1", "WEBHOOKS.ie1.twilio.com": "ie1", "channels.autopilot.sydney.au1.twilio.com": "au1",
	} {
		address := "https://" + host + "/v1/Accounts/" + testAccount + "/Flows/" + testFW
		if strings.HasPrefix(host, "channels") {
			address = "https://" + host + "/v1/" + testAccount + "/" + testUA + "/twilio-messaging"
		}
		for _, own := range []string{"", "us1", "ie1", "au1"} {
			if _, ok := (Webhooks{Region: own}).Parse(address); ok != (own == "" || region == "" || region == own) {
				t.Errorf("in the Region %q, %s reaches a bot: %v", own, host, ok)
			}
		}
	}
}

func TestWebhooksOfACompatibleServiceAreItsOwn(t *testing.T) {
	w := Webhooks{AutopilotURL: "https://autopilot.example.com/"}
	to := Webhook{testAccount, testUA, Voice, "a task & more"}
	address := w.URL(to)
	if !strings.HasPrefix(address, "https://autopilot.example.com/v1/") {
		t.Errorf("the webhook is at %s", address)
	}
	if got, ok := w.Parse(address); !ok || got != to {
		t.Errorf("%s reads as %+v", address, got)
	}
	if _, ok := (Webhooks{}).Parse(address); ok {
		t.Errorf("%s was taken for Twilio's own", address)
	}
}

func FuzzParseWebhook(f *testing.F) {
	f.Add("https://channels.autopilot.twilio.com/v1/"+testAccount+"/"+testUA+"/twilio-messaging?TargetTask=greeting", "")
	f.Add("https://webhooks.twilio.com/v1/Accounts/"+testAccount+"/Flows/"+testFW, "https://autopilot.example.com")
	f.Fuzz(func(t *testing.T, address, base string) {
		w := Webhooks{AutopilotURL: base}
		to, ok := w.Parse(address)
		if !ok {
			return
		}
		if _, known := EngineOf(to.BotSID); !known || !IsSID(to.AccountSID) {
			t.Fatalf("%q reads as %+v", address, to)
		}
		// What is written for it by the current spelling means the same.
		if again, ok := (Webhooks{}).Parse((Webhooks{}).URL(to)); !ok || again != to {
			t.Fatalf("%q reads as %+v, written anew as %+v", address, to, again)
		}
	})
}
