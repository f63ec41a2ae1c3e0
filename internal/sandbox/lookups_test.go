package sandbox

import (
	"fmt"
	"testing"
)

func lookupOf(number string) string { return "https://lookups.twilio.com/v2/PhoneNumbers/" + number }

func TestLookupAnswersForEveryNumber(t *testing.T) {
	h := checked(t, predictable())
	for number, want := range map[string]string{
		"%2B14159929960":                "true US 1 (415) 992-9960 []",
		"%2B447700900123":               "true GB 44 07700 900123 []", // reserved for fiction, but owned
		"%2B447700900999":               "false GB 44 07700 900999 [INVALID_BUT_POSSIBLE]",
		"4159929960":                    "true US 1 (415) 992-9960 []",
		"07400%20123456?CountryCode=GB": "true GB 44 07400 123456 []",
		"%2B1415992996":                 "false US 1 415992996 [TOO_SHORT]",
		"%2B141599299601":               "false US 1 41599299601 [TOO_LONG]",
		"%2B9991234567":                 "false <nil> <nil> <nil> [INVALID_COUNTRY_CODE]",
		"nonsense":                      "false <nil> <nil> <nil> [NOT_A_NUMBER]",
	} {
		body := must(t, h, 200, "GET", lookupOf(number), nil)
		if got := fmt.Sprint(body["valid"], " ", body["country_code"], " ", body["calling_country_code"], " ", body["national_format"], " ", body["validation_errors"]); got != want {
			t.Errorf("%s: %s, want %s", number, got, want)
		}
		if body["line_type_intelligence"] != nil || body["caller_name"] != nil {
			t.Errorf("%s: a package that was not asked for: %v", number, body)
		}
	}
}

func TestPackagesOfALookup(t *testing.T) {
	s := predictable()
	h := checked(t, s)
	if err := s.AddLookup(`{"phone_number": "+447700900999", "line_type_intelligence": {"type": "mobile", "carrier_name": "Vodafone", "mobile_country_code": "234", "mobile_network_code": "15"}}`); err != nil {
		t.Fatal(err)
	}
	both := "?Fields=line_type_intelligence,caller_name"
	for number, want := range map[string]string{
		"%2B447700900999": "mobile Vodafone <nil>, <nil> 60600",
		"%2B14159929960":  "mobile Sandbox Wireless <nil>, <nil> <nil>",
		"%2B16042345678":  "<nil> <nil> 60601, <nil> 60600",
		"%2B18002345678":  "tollFree <nil> <nil>, <nil> <nil>",
	} {
		body := must(t, h, 200, "GET", lookupOf(number)+both, nil)
		line, name := body["line_type_intelligence"].(map[string]any), body["caller_name"].(map[string]any)
		if got := fmt.Sprint(line["type"], " ", line["carrier_name"], " ", line["error_code"], ", ", name["caller_name"], " ", name["error_code"]); got != want {
			t.Errorf("%s: %s, want %s", number, got, want)
		}
	}
	if body := must(t, h, 200, "GET", lookupOf("nonsense")+both, nil); body["caller_name"] != nil {
		t.Errorf("a package of what is no number: %v", body)
	}
	for _, wrong := range []string{"?Fields=weather", "?Fields=sim_swap", "?CountryCode=XX", "?Type=carrier"} {
		if status, body := send(t, h, "GET", lookupOf("%2B14159929960")+wrong, nil); status != 400 {
			t.Errorf("%s: %d %v", wrong, status, body)
		}
	}
}
