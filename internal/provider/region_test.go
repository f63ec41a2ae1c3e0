package provider

import (
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// In another Region a flow is reached by the URL that it says, and a number by what is
// configured there.
func TestBotOfAnotherRegionAnswersThere(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	if _, err := b.w.box.ChangeSettings(`{"application_clears_url": true}`); err != nil {
		t.Fatal(err)
	}
	b.settings = map[string]tftypes.Value{"region": str("ie1")}
	first, second := botBlock("bot", content("studio", "first", 1)), botBlock("bot", content("studio", "second", 2))
	bound := bindingBlock(ukNumber, "bot").with("channels", tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, []tftypes.Value{str("voice")}))
	if _, err := b.plan([]block{first, bound}, true); err != nil {
		t.Fatal(err)
	}
	b.warnsOnce("Another Region processes", ukNumber, "us1", "ie1")
	b.w.call("POST", "https://routes.twilio.com/v2/PhoneNumbers/"+ukNumber, map[string]string{"VoiceRegion": "ie1"})
	answers := func(after string) {
		t.Helper()
		sid := b.sid("twiliobot_assistant.bot", "sid")
		got, err := b.w.box.Inbound(sandbox.Inbound{To: ukNumber, From: "+447700900001", Channel: "voice"})
		if err != nil || got.Bot == nil || got.Bot.SID != sid {
			t.Errorf("after %s a call is answered by %+v, %v", after, got, err)
		}
		if url := b.sid("twiliobot_assistant.bot", "voice_webhook_url"); !strings.HasPrefix(url, "https://webhooks.dublin.ie1.twilio.com/") {
			t.Errorf("after %s the bot shows %s", after, url)
		}
	}
	b.applied(first, bound)
	answers("binding it")
	b.applied(second, bound)
	answers("a rename")
	b.applied(second, bound, suspensionBlock())
	b.applied(second, bound)
	answers("a suspension")
}

// A number that is pointed at a flow of another Region answers there: it is neither dead nor
// free to be taken.
func TestNumberOfAFlowOfAnotherRegionIsNotDead(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	const path = "/v1/Accounts/" + sandbox.StarterAccountSID + "/Flows/FW0123456789abcdef0123456789abcdef"
	for host, want := range map[string]string{"webhooks.dublin.ie1.twilio.com": "external", "webhooks.twilio.com": "dangling"} {
		b.w.setNumber(ukNumber, map[string]string{"SmsUrl": "https://" + host + path})
		row := rows(t, b.data("twiliobot_phone_numbers", map[string]tftypes.Value{"phone_number": str(ukNumber)})["phone_numbers"])[0]
		if got := word(row["status"]); got != want {
			t.Errorf("pointed at %s, it is %s, not %s", host, got, want)
		}
	}
}

func TestPhoneNumbersShowTheirRegions(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.w.call("POST", "https://routes.twilio.com/v2/PhoneNumbers/"+ukNumber, map[string]string{"VoiceRegion": "au1"})
	calls := func() (n int) {
		for _, call := range b.w.box.Journal() {
			if strings.Contains(call.Path, "/PhoneNumbers/+") && call.Method == http.MethodGet {
				n++
			}
		}
		return n
	}
	if _, err := b.reads("twiliobot_phone_numbers", nil); err != nil || calls() > 0 {
		t.Errorf("nothing was asked for, and %d calls were made: %v", calls(), err)
	}
	warned, err := b.reads("twiliobot_phone_numbers", map[string]tftypes.Value{"phone_number": str(ukNumber), "inbound_regions": tftypes.NewValue(tftypes.Bool, true)})
	if err != nil || warned != "" || calls() != 2 {
		t.Errorf("it ended with %v, warned of %q and made %d calls", err, warned, calls())
	}
}

// Credentials are those of one Region.
func TestCredentialsOfAnotherRegionAreNamed(t *testing.T) {
	t.Parallel()
	for _, each := range []struct{ key, provider, word string }{
		{"ie1", "", "no other than us1 was asked for"}, {"us1", "ie1", "these were used in ie1"},
	} {
		b := newBench(t)
		key, err := b.w.box.AddKey(sandbox.Key{Region: each.key})
		if err != nil {
			t.Fatal(err)
		}
		b.settings = map[string]tftypes.Value{"api_key": str(key.APIKeySID), "api_secret": str(key.APIKeySecret), "auth_token": tftypes.NewValue(tftypes.String, nil)}
		if each.provider != "" {
			b.settings["region"] = str(each.provider)
		}
		err = b.apply([]block{botBlock("bot", content("studio", "first", 1))}, true)
		if err == nil || !strings.Contains(err.Error(), "credentials belong to one region, and "+each.word) {
			t.Errorf("a key of %s, used with region %q, ends with %v", each.key, each.provider, err)
		}
	}
}
