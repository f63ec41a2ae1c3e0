package sandbox

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestNumbersAreFiltered(t *testing.T) {
	box := predictable()
	if _, err := box.AddNumber(`{"phone_number":"+12025550199","friendly_name":"desk","beta":true,"origin":"hosted"}`); err != nil {
		t.Fatal(err)
	}
	h := checked(t, box)
	for query, want := range map[string]string{
		"":                                 "+12025550199 +12025550142 +447700900123 +447447735023",
		"PhoneNumber=%2B4477":              "+447700900123",
		"PhoneNumber=5*01*2":               "+12025550142",
		"PhoneNumber=5*01*3":               "",
		"PhoneNumber=0142":                 "+12025550142",
		"PhoneNumber=.":                    "",
		"FriendlyName=desk":                "+12025550199",
		"FriendlyName=des":                 "",
		"FriendlyName=%28202%29+555-0142":  "+12025550142",
		"Beta=false":                       "+12025550142 +447700900123 +447447735023",
		"Origin=hosted":                    "+12025550199",
		"Origin=twilio&PhoneNumber=%2B120": "+12025550142",
	} {
		t.Run(query, func(t *testing.T) {
			body := must(t, h, 200, "GET", numbersOf+"?"+query, nil)
			got := column(t, body, "incoming_phone_numbers", "phone_number")
			if strings.Join(got, " ") != want {
				t.Fatalf("%v, want %s", got, want)
			}
		})
	}
}

func TestNumberParametersAreCheckedAndKept(t *testing.T) {
	url64 := strings.Repeat("n", 64)
	app := "AP" // replaced by the SID of an application of the account
	cases := []struct {
		name   string
		before url.Values
		send   url.Values
		code   int // 0: accepted
		field  string
		want   any
	}{
		{"url is set", nil, form("SmsUrl", "https://example.com/a?b=c"), 0, "sms_url", "https://example.com/a?b=c"},
		{"empty url clears", form("SmsUrl", "https://example.com"), form("SmsUrl", ""), 0, "sms_url", ""},
		{"omitted url is unchanged", form("SmsUrl", "https://example.com"), form("FriendlyName", "x"), 0, "sms_url", "https://example.com"},
		{"relative url", nil, form("VoiceUrl", "/a"), 21402, "voice_url", ""},
		{"url without host", nil, form("StatusCallback", "https://"), 21402, "status_callback", ""},
		{"url of another scheme", nil, form("SmsUrl", "ftp://example.com"), 21402, "sms_url", ""},
		{"method", nil, form("VoiceMethod", "GET"), 0, "voice_method", "GET"},
		{"wrong method", nil, form("SmsMethod", "PUT"), 21403, "sms_method", "POST"},
		{"empty method", nil, form("SmsMethod", ""), 21403, "sms_method", "POST"},
		{"voice fallback without primary", nil, form("VoiceFallbackUrl", "https://example.com"), 21405, "voice_fallback_url", ""},
		{"sms fallback without primary", nil, form("SmsFallbackUrl", "https://example.com"), 21406, "sms_fallback_url", ""},
		{"sms fallback with primary", nil, form("SmsUrl", "https://example.com", "SmsFallbackUrl", "https://example.com/f"), 0, "sms_fallback_url", "https://example.com/f"},
		{"name of 64", nil, form("FriendlyName", url64), 0, "friendly_name", url64},
		{"name of 65", nil, form("FriendlyName", url64+"n"), 20002, "friendly_name", "+447700900123"},
		{"empty name", nil, form("FriendlyName", ""), 20002, "friendly_name", "+447700900123"},
		{"boolean", nil, form("VoiceCallerIdLookup", "true"), 0, "voice_caller_id_lookup", true},
		{"not a boolean", nil, form("VoiceCallerIdLookup", "yes"), 20001, "voice_caller_id_lookup", false},
		{"application", nil, form("SmsApplicationSid", app), 0, "sms_application_sid", app},
		{"application leaves the url", form("SmsUrl", "https://example.com"), form("SmsApplicationSid", app), 0, "sms_url", "https://example.com"},
		{"unknown application", nil, form("SmsApplicationSid", "AP"+strings.Repeat("0", 32)), 21420, "sms_application_sid", ""},
		{"trunk deletes voice application", form("VoiceApplicationSid", app), form("TrunkSid", "TK"+strings.Repeat("1", 32)), 0, "voice_application_sid", ""},
		{"voice application deletes trunk", form("TrunkSid", "TK"+strings.Repeat("1", 32)), form("VoiceApplicationSid", app), 0, "trunk_sid", nil},
		{"clearing a trunk keeps the application", form("VoiceApplicationSid", app), form("TrunkSid", ""), 0, "voice_application_sid", app},
		{"not a trunk", nil, form("TrunkSid", "AP"+strings.Repeat("1", 32)), 20001, "trunk_sid", nil},
		{"receive mode", nil, form("VoiceReceiveMode", "fax"), 0, "voice_receive_mode", "fax"},
		{"emergency status", nil, form("EmergencyStatus", "Active"), 0, "emergency_status", "Active"},
		{"bundle", nil, form("BundleSid", "BU"+strings.Repeat("1", 32)), 0, "bundle_sid", "BU" + strings.Repeat("1", 32)},
		{"unknown parameter", nil, form("SmsURL", "https://example.com"), 20001, "sms_url", ""},
		{"a wrong request changes nothing", nil, form("FriendlyName", "kept?", "SmsMethod", "PUT"), 21403, "friendly_name", "+447700900123"},
		{"parameter of create", nil, form("PhoneNumber", "+12025550101"), 20001, "phone_number", "+447700900123"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			h := checked(t, predictable())
			path := numberPathOf(t, h, "+447700900123")
			sid := must(t, h, 201, "POST", appsOf, form("FriendlyName", "bot"))["sid"].(string)
			fill := func(v any) any {
				if v == app {
					return sid
				}
				return v
			}
			for _, values := range []url.Values{tc.before, tc.send} {
				for name := range values {
					values.Set(name, fill(values.Get(name)).(string))
				}
			}
			if tc.before != nil {
				must(t, h, 200, "POST", path, tc.before)
			}
			status, body := send(t, h, "POST", path, tc.send)
			if tc.code == 0 && status != 200 || tc.code != 0 && (status != 400 || body["code"] != float64(tc.code)) {
				t.Fatalf("%d %v, want code %d", status, body, tc.code)
			}
			if got := must(t, h, 200, "GET", path, nil)[tc.field]; got != fill(tc.want) {
				t.Fatalf("%s is %q, want %q", tc.field, got, fill(tc.want))
			}
		})
	}
}

func TestApplicationClearsURLWhereSettingsSaySo(t *testing.T) {
	for clears, want := range map[bool]string{false: "https://example.com", true: ""} {
		t.Run(fmt.Sprint(clears), func(t *testing.T) {
			h := checked(t, predictable())
			turn(t, h, 200, "POST", "settings", fmt.Sprintf(`{"application_clears_url":%v}`, clears))
			path := numberPathOf(t, h, "+447700900123")
			sid := must(t, h, 201, "POST", appsOf, form("FriendlyName", "bot"))["sid"].(string)
			must(t, h, 200, "POST", path, form("SmsUrl", "https://example.com", "VoiceUrl", "https://example.com"))
			body := must(t, h, 200, "POST", path, form("SmsApplicationSid", sid, "VoiceApplicationSid", sid))
			if body["sms_url"] != want || body["voice_url"] != want {
				t.Fatalf("sms_url %q, voice_url %q, want %q", body["sms_url"], body["voice_url"], want)
			}
			body = must(t, h, 200, "POST", path, form("SmsUrl", "https://example.com"))
			if cleared := body["sms_application_sid"] == ""; cleared != clears {
				t.Fatalf("sms_application_sid is %q after sms_url was set", body["sms_application_sid"])
			}
		})
	}
}

func TestNumbersWithoutTheCapabilityRefuseItsSettings(t *testing.T) {
	box := predictable()
	if _, err := box.AddNumber(`{"phone_number":"+12025550199","capabilities":{"sms":false,"voice":false}}`); err != nil {
		t.Fatal(err)
	}
	h := checked(t, box)
	path := numberPathOf(t, h, "+12025550199")
	for _, tc := range []struct {
		form url.Values
		code float64
	}{
		{form("SmsUrl", "https://example.com"), 21407},
		{form("SmsMethod", "GET"), 21407},
		{form("VoiceCallerIdLookup", "true"), 21409},
	} {
		if body := must(t, h, 400, "POST", path, tc.form); body["code"] != tc.code {
			t.Errorf("%v: %v", tc.form, body)
		}
	}
	must(t, h, 200, "POST", path, form("SmsUrl", ""))
}

func TestNumbersAreBoughtAndReleased(t *testing.T) {
	h := checked(t, predictable())
	for _, tc := range []struct {
		form   url.Values
		status int
		code   float64
	}{
		{form("PhoneNumber", "+12025550101", "FriendlyName", "new"), 201, 0},
		{form("PhoneNumber", "+12025550101", "FriendlyName", "again"), 201, 0},
		{form("PhoneNumber", "2025550101"), 400, 21421},
		{form("AreaCode", "202"), 201, 0},
		{form("AreaCode", "20"), 400, 21451},
		{form("FriendlyName", "x"), 400, 20001},
	} {
		status, body := send(t, h, "POST", numbersOf, tc.form)
		if status != tc.status || tc.code != 0 && body["code"] != tc.code {
			t.Fatalf("%v: %d %v", tc.form, status, body)
		}
	}
	body := must(t, h, 200, "GET", numbersOf, nil)
	if got := column(t, body, "incoming_phone_numbers", "friendly_name"); got[1] != "again" || len(got) != 5 {
		t.Fatalf("buying an owned number again must update it: %v", got)
	}
	path := numberPathOf(t, h, "+12025550101")
	must(t, h, 204, "DELETE", path, nil)
	must(t, h, 404, "DELETE", path, nil)
	body = must(t, h, 404, "GET", path, nil)
	if want := "The requested resource " + path + " was not found"; body["message"] != want {
		t.Fatalf("%q, want %q", body["message"], want)
	}
}

func TestParentMovesNumberToSubaccount(t *testing.T) {
	box := predictable()
	sub, err := box.AddAccount("sub", StarterAccountSID)
	if err != nil {
		t.Fatal(err)
	}
	other, err := box.AddAccount("other", "")
	if err != nil {
		t.Fatal(err)
	}
	h := checked(t, box)
	path := numberPathOf(t, h, "+447700900123")
	for target, code := range map[string]float64{
		"nothing": 21470, "AC" + strings.Repeat("f", 32): 21471, other.AccountSID: 21473,
	} {
		if body := must(t, h, 400, "POST", path, form("AccountSid", target)); body["code"] != code {
			t.Errorf("%s: %v, want %v", target, body, code)
		}
	}
	must(t, h, 200, "POST", path, form("AccountSid", sub.AccountSID))
	must(t, h, 404, "GET", path, nil)
	moved := strings.ReplaceAll(path, StarterAccountSID, sub.AccountSID)
	must(t, h, 200, "GET", moved, nil) // parent credentials reach the subaccount
	r := request("GET", moved, nil)
	r.SetBasicAuth(sub.AccountSID, sub.AuthToken)
	if status, body := answerOf(t, h, r); status != 200 {
		t.Fatalf("%d %v", status, body)
	}
	r = request("POST", moved, form("AccountSid", StarterAccountSID))
	r.SetBasicAuth(sub.AccountSID, sub.AuthToken)
	if _, body := answerOf(t, h, r); body["code"] != float64(21474) {
		t.Fatalf("a subaccount moved a number: %v", body)
	}
}

// What a country asks of whoever buys a number is asked for, and the number says so.
func TestNumbersAreSoldByTheRulesOfTheirCountry(t *testing.T) {
	const address, bundle = "AD11111111111111111111111111111111", "BU11111111111111111111111111111111"
	h := checked(t, predictable())
	for _, tc := range []struct {
		form url.Values
		code float64 // 0: sold
	}{
		{form("PhoneNumber", "+61255500101"), 21631},
		{form("PhoneNumber", "+61255500101", "AddressSid", address), 0},
		{form("PhoneNumber", "+493023125001"), 21649},
		{form("PhoneNumber", "+493023125001", "BundleSid", bundle), 21615},
		{form("PhoneNumber", "+493023125001", "BundleSid", bundle, "AddressSid", address), 0},
		{form("PhoneNumber", "+33199000001"), 21422},
		{form("PhoneNumber", "+15005550006"), 21422},
	} {
		status, body := send(t, h, "POST", numbersOf, tc.form)
		if tc.code == 0 && status != 201 || tc.code != 0 && body["code"] != tc.code {
			t.Errorf("%v: %d %v, want %v", tc.form, status, body, tc.code)
		}
	}
	sold := must(t, h, 200, "GET", numberPathOf(t, h, "+493023125001"), nil)
	if sold["address_requirements"] != "local" || sold["address_sid"] != address || sold["bundle_sid"] != bundle || sold["capabilities"].(map[string]any)["sms"] != false {
		t.Errorf("%v", sold)
	}
	if body := must(t, h, 400, "POST", numberPathOf(t, h, "+61255500101"), form("AddressSid", "")); body["code"] != 21631.0 {
		t.Errorf("the address that is asked for was cleared: %v", body)
	}
	for query, want := range map[string]int{"": 1, "&ExcludeAllAddressRequired=true": 0, "&ExcludeLocalAddressRequired=true": 1, "&ExcludeForeignAddressRequired=true": 1, "&Beta=false": 0} {
		body := must(t, h, 200, "GET", availableOf+"/AU/Local.json?Contains=55500102"+query, nil)
		if got := column(t, body, "available_phone_numbers", "address_requirements"); len(got) != want || want > 0 && got[0] != "any" {
			t.Errorf("%q lists %v", query, got)
		}
	}
}

func TestBoughtNumbersMayHavePlaceholders(t *testing.T) {
	h := checked(t, predictable())
	turn(t, h, 200, "POST", "settings", `{"placeholder_urls": true}`)
	body := must(t, h, 201, "POST", numbersOf, form("PhoneNumber", "+12025550101", "SmsUrl", "https://example.com"))
	if body["sms_url"] != "https://example.com" || body["voice_url"] != placeholderVoiceURL {
		t.Errorf("%v", body)
	}
}

func TestEmergencyAddressIsRegisteredInTheBackground(t *testing.T) {
	now := start
	h := checked(t, predictable(WithClock(func() time.Time { return now })))
	path := numberPathOf(t, h, "+12025550142")
	for _, each := range []struct{ sid, under, after string }{
		{"AD11111111111111111111111111111111", "pending-registration", "registered"}, {"", "pending-unregistration", "unregistered"},
	} {
		if body := must(t, h, 200, "POST", path, form("EmergencyAddressSid", each.sid)); body["emergency_address_status"] != each.under {
			t.Errorf("%q: %v", each.sid, body["emergency_address_status"])
		}
		now = now.Add(emergencyRegistration)
		if body := must(t, h, 200, "GET", path, nil); body["emergency_address_status"] != each.after {
			t.Errorf("%q: %v", each.sid, body["emergency_address_status"])
		}
	}
}
