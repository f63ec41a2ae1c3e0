package sandbox

import (
	"net/url"
	"strings"
	"testing"
)

func TestApplicationsLive(t *testing.T) {
	h := checked(t, predictable())
	all := form("FriendlyName", "bot", "ApiVersion", "2010-04-01",
		"SmsUrl", "https://example.com/s", "SmsMethod", "GET", "SmsFallbackUrl", "https://example.com/sf", "SmsFallbackMethod", "GET",
		"SmsStatusCallback", "https://example.com/sc", "MessageStatusCallback", "https://example.com/mc",
		"VoiceUrl", "https://example.com/v", "VoiceMethod", "GET", "VoiceFallbackUrl", "https://example.com/vf", "VoiceFallbackMethod", "GET",
		"VoiceCallerIdLookup", "true", "StatusCallback", "https://example.com/c", "StatusCallbackMethod", "GET",
		"PublicApplicationConnectEnabled", "true")
	created := must(t, h, 201, "POST", appsOf, all)
	twin := must(t, h, 201, "POST", appsOf, form("FriendlyName", "bot")) // names are not unique
	must(t, h, 201, "POST", appsOf, form("FriendlyName", "other"))
	path := starterPath + "/Applications/" + created["sid"].(string) + ".json"

	for field, want := range map[string]any{
		"sms_url": "https://example.com/s", "sms_method": "GET", "message_status_callback": "https://example.com/mc",
		"voice_fallback_url": "https://example.com/vf", "voice_caller_id_lookup": true, "public_application_connect_enabled": true,
	} {
		if got := must(t, h, 200, "GET", path, nil)[field]; got != want {
			t.Errorf("%s is %v, want %v", field, got, want)
		}
	}
	listed := must(t, h, 200, "GET", appsOf+"?FriendlyName=bot", nil)
	if got := column(t, listed, "applications", "sid"); strings.Join(got, " ") != twin["sid"].(string)+" "+created["sid"].(string) {
		t.Fatalf("listed by name: %v", got)
	}
	updated := must(t, h, 200, "POST", path, form("SmsUrl", "", "SmsFallbackUrl", ""))
	if updated["sms_url"] != nil || updated["voice_url"] != "https://example.com/v" {
		t.Fatalf("clearing one URL: %v", updated)
	}
	for _, tc := range []struct {
		form url.Values
		code float64
	}{
		{form("FriendlyName", ""), 20002},
		{form("FriendlyName", strings.Repeat("n", 65)), 20002},
		{form("SmsFallbackUrl", "https://example.com"), 21406},
		{form("VoiceMethod", "HEAD"), 21403},
		{form("VoiceUrl", "nowhere"), 21402},
		{form("Name", "x"), 20001},
	} {
		if body := must(t, h, 400, "POST", path, tc.form); body["code"] != tc.code {
			t.Errorf("%v: %v", tc.form, body)
		}
	}
}

func TestDeletedApplicationLeavesNumbersDangling(t *testing.T) {
	h := checked(t, predictable())
	sid := must(t, h, 201, "POST", appsOf, form("FriendlyName", "bot", "SmsUrl", "https://example.com"))["sid"].(string)
	number := numberPathOf(t, h, "+447700900123")
	must(t, h, 200, "POST", number, form("SmsApplicationSid", sid))
	path := starterPath + "/Applications/" + sid + ".json"
	must(t, h, 204, "DELETE", path, nil)
	must(t, h, 404, "GET", path, nil)
	must(t, h, 404, "POST", path, form("FriendlyName", "x"))
	must(t, h, 404, "DELETE", path, nil)
	if got := must(t, h, 200, "GET", number, nil)["sms_application_sid"]; got != sid {
		t.Fatalf("the number points at %q", got)
	}
	if got := turn(t, h, 200, "POST", "inbound", `{"to":"+447700900123","from":"+12025550100","channel":"messaging","body":"hi"}`); !strings.Contains(got, `"dangling"`) {
		t.Fatalf("inbound: %s", got)
	}
}
