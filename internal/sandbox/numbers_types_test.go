package sandbox

import (
	"net/url"
	"strings"
	"testing"
)

const availableOf = starterPath + "/AvailablePhoneNumbers"

func TestNumbersAreListedByType(t *testing.T) {
	s := predictable()
	h := checked(t, s)
	for _, fields := range []string{`{"phone_number":"+18005550199"}`, `{"phone_number":"+447700900124","type":"mobile"}`} {
		if _, err := s.AddNumber(fields); err != nil {
			t.Fatal(err)
		}
	}
	for segment, want := range map[string]string{
		"Local":    "+12025550142 +447700900123",
		"Mobile":   "+447700900124 +447447735023",
		"TollFree": "+18005550199",
	} {
		of := starterPath + "/IncomingPhoneNumbers/" + segment + ".json"
		if got := strings.Join(column(t, must(t, h, 200, "GET", of, nil), "incoming_phone_numbers", "phone_number"), " "); got != want {
			t.Errorf("%s lists %s, want %s", segment, got, want)
		}
		page := must(t, h, 200, "GET", of+"?PageSize=1&PhoneNumber=0", nil)
		if got := column(t, page, "incoming_phone_numbers", "phone_number"); len(got) != 1 {
			t.Errorf("%s: %v", segment, got)
		}
		must(t, h, 400, "GET", of+"?Type=x", nil)
		must(t, h, 405, "DELETE", of, nil)
	}
	local := starterPath + "/IncomingPhoneNumbers/Local.json"
	bought := must(t, h, 201, "POST", local, form("PhoneNumber", "+12125550101", "SmsUrl", "https://example.com"))
	if bought["sms_url"] != "https://example.com" {
		t.Errorf("%v", bought)
	}
	must(t, h, 400, "POST", local, form("AreaCode", "212"))
	must(t, h, 400, "POST", local, nil)
	must(t, h, 400, "POST", local, form("PhoneNumber", "+1"))
	if body := must(t, h, 400, "POST", local, form("PhoneNumber", "+18005550111")); body["code"] != 21422.0 {
		t.Errorf("%v", body)
	}
}

func TestNumbersOnSaleAreListed(t *testing.T) {
	s := predictable()
	h := checked(t, s)
	if got := strings.Join(column(t, must(t, h, 200, "GET", availableOf+".json", nil), "countries", "country_code"), " "); got != "AU CA DE GB US" {
		t.Error(got)
	}
	country := must(t, h, 200, "GET", availableOf+"/US.json", nil)["subresource_uris"].(map[string]any)
	if country["mobile"] != nil || country["local"] != availableOf+"/US/Local.json" || country["toll_free"] == nil {
		t.Errorf("%v", country)
	}
	if body := must(t, h, 404, "GET", availableOf+"/US/Mobile.json", nil); body["message"] != "The requested resource "+availableOf+"/US/Mobile.json was not found" {
		t.Errorf("%v", body)
	}
	must(t, h, 404, "GET", availableOf+"/XX.json", nil)
	must(t, h, 404, "GET", availableOf+"/US/Fax.json", nil)
	list := func(query string) []string {
		t.Helper()
		return column(t, must(t, h, 200, "GET", availableOf+query, nil), "available_phone_numbers", "phone_number")
	}
	for query, want := range map[string]int{
		"/US/Local.json": 50, "/US/Local.json?PageSize=1000": 299, "/US/Local.json?AreaCode=212&PageSize=1000": 100,
		"/US/Local.json?Contains=4155550123": 1, "/US/Local.json?Contains=%2B1415*": 50, "/US/Local.json?InRegion=NY&InLocality=New%20York&PageSize=3": 3,
		"/US/Local.json?Contains=%2B1415%25": 50, "/US/Local.json?Contains=%2B415%25": 0, "/US/TollFree.json?Contains=%2542$": 1, "/US/TollFree.json?Contains=8005$": 0, "/US/Local.json?AreaCode=999": 0, "/US/TollFree.json?SmsEnabled=true": 50, "/US/TollFree.json?FaxEnabled=true": 0, "/CA/Local.json?VoiceEnabled=true": 50,
		"/GB/Mobile.json?SmsEnabled=true&MmsEnabled=false": 50, "/GB/Local.json?SmsEnabled=true": 0, "/GB/TollFree.json?Beta=true": 50,
	} {
		if got := list(query); len(got) != want {
			t.Errorf("%s lists %d, want %d", query, len(got), want)
		}
	}
	for _, wrong := range []string{"?AreaCode=20", "?Contains=2", "?Contains=20*55", "?SmsEnabled=maybe", "?Beta=x", "?Country=US", "?PageSize=1001"} {
		must(t, h, 400, "GET", availableOf+"/US/Local.json"+wrong, nil)
	}
	first, second := list("/US/Local.json"), list("/US/Local.json")
	if first[0] == second[0] {
		t.Errorf("two searches offer %s first", first[0])
	}
	must(t, h, 201, "POST", numbersOf, form("PhoneNumber", first[0]))
	for country, types := range map[string][]string{"US": {"Local", "TollFree"}, "CA": {"Local", "TollFree"}, "GB": {"Local", "Mobile", "TollFree"}} {
		for _, kind := range types {
			offered := list("/" + country + "/" + kind + ".json")[0]
			of := starterPath + "/IncomingPhoneNumbers/" + kind + ".json"
			must(t, h, 201, "POST", of, form("PhoneNumber", offered))
			if got := column(t, must(t, h, 200, "GET", of+"?PhoneNumber="+url.QueryEscape(offered), nil), "incoming_phone_numbers", "phone_number"); len(got) != 1 {
				t.Errorf("%s, which was bought as %s, is listed there %d times", offered, kind, len(got))
			}
		}
	}
	if got := list("/US/Local.json?PageSize=1000&Contains=" + strings.TrimPrefix(first[0], "+")); len(got) != 0 {
		t.Errorf("%s is sold twice", first[0])
	}
}
