package sandbox

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

func TestCredentials(t *testing.T) {
	box := predictable()
	sub, err := box.AddAccount("sub", StarterAccountSID)
	if err != nil {
		t.Fatal(err)
	}
	suspended, err := box.AddAccount("suspended", StarterAccountSID)
	if err != nil {
		t.Fatal(err)
	}
	turn(t, box, 204, "POST", "accounts/"+suspended.AccountSID, `{"status":"suspended"}`)
	of := func(sid string) string { return "/2010-04-01/Accounts/" + sid + "/IncomingPhoneNumbers.json" }
	account := func(sid string) string { return "/2010-04-01/Accounts/" + sid + ".json" }
	unknown := "AC" + strings.Repeat("f", 32)
	h := checked(t, box)
	for _, tc := range []struct {
		name, user, password, path string
		status                     int
		code                       float64
	}{
		{"token", StarterAccountSID, StarterAuthToken, numbersOf, 200, 0},
		{"key", StarterAPIKeySID, StarterAPIKeySecret, numbersOf, 200, 0},
		{"none", "", "", numbersOf, 401, 20003},
		{"wrong token", StarterAccountSID, "wrong", numbersOf, 401, 20003},
		{"wrong secret", StarterAPIKeySID, StarterAuthToken, numbersOf, 401, 20003},
		{"empty token", StarterAccountSID, "", numbersOf, 401, 20003},
		{"unknown account", unknown, StarterAuthToken, numbersOf, 401, 20003},
		{"unknown path", "", "", "/2010-04-01/nothing", 401, 20003},
		{"parent reaches subaccount", StarterAccountSID, StarterAuthToken, of(sub.AccountSID), 200, 0},
		{"subaccount's own", sub.AccountSID, sub.AuthToken, of(sub.AccountSID), 200, 0},
		{"subaccount's key", sub.APIKeySID, sub.APIKeySecret, of(sub.AccountSID), 200, 0},
		{"subaccount never reaches parent", sub.AccountSID, sub.AuthToken, numbersOf, 404, 20404},
		{"another's account", StarterAccountSID, StarterAuthToken, of(unknown), 404, 20404},
		{"suspended", suspended.AccountSID, suspended.AuthToken, of(suspended.AccountSID), 401, 20005},
		{"suspended, by its parent", StarterAccountSID, StarterAuthToken, of(suspended.AccountSID), 401, 20005},
		{"account by token", StarterAccountSID, StarterAuthToken, account(StarterAccountSID), 200, 0},
		{"subaccount by its parent", StarterAccountSID, StarterAuthToken, account(sub.AccountSID), 200, 0},
		{"account by key", StarterAPIKeySID, StarterAPIKeySecret, account(StarterAccountSID), 401, 20003},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := request("GET", tc.path, nil)
			if tc.user == "" {
				r.Header.Del("Authorization")
			} else {
				r.SetBasicAuth(tc.user, tc.password)
			}
			status, body := answerOf(t, h, r)
			if status != tc.status || tc.code != 0 && body["code"] != tc.code {
				t.Fatalf("%d %v, want %d %v", status, body, tc.status, tc.code)
			}
		})
	}
}

func TestWrongRequestsGetTwiliosErrors(t *testing.T) {
	h := checked(t, predictable())
	number := numberPathOf(t, h, "+447700900123")
	notFound := func(path string) string { return "The requested resource " + path + " was not found" }
	for _, tc := range []struct {
		name, method, target string
		status               int
		code                 float64
		message              string
	}{
		{"unknown query parameter", "GET", numbersOf + "?Name=x", 400, 20001, `Unknown parameter "Name"`},
		{"query on a fetch", "GET", number + "?PageSize=1", 400, 20001, ""},
		{"query on a write", "POST", number + "?SmsUrl=https://example.com", 400, 20001, ""},
		{"repeated parameter", "GET", numbersOf + "?Beta=true&Beta=false", 400, 20001, ""},
		{"unreadable query", "GET", numbersOf + "?FriendlyName=%zz", 400, 20001, ""},
		{"method", "PUT", number, 405, 20004, ""},
		{"method of a list", "DELETE", numbersOf, 405, 20004, ""},
		{"page size", "GET", numbersOf + "?PageSize=1001", 400, 20007, ""},
		{"zero page size", "GET", numbersOf + "?PageSize=0", 400, 20001, ""},
		{"negative page", "GET", numbersOf + "?Page=-1", 400, 20001, ""},
		{"page without token", "GET", numbersOf + "?Page=1", 400, 21481, ""},
		{"wrong token", "GET", numbersOf + "?Page=1&PageToken=PA" + strings.Repeat("0", 32), 400, 21481, ""},
		{"unknown SID", "GET", starterPath + "/IncomingPhoneNumbers/PN" + strings.Repeat("f", 32) + ".json", 404, 20404,
			notFound(starterPath + "/IncomingPhoneNumbers/PN" + strings.Repeat("f", 32) + ".json")},
		{"SID of wrong form", "GET", starterPath + "/IncomingPhoneNumbers/x.json", 404, 20404, notFound(starterPath + "/IncomingPhoneNumbers/x.json")},
		{"without json", "GET", strings.TrimSuffix(number, ".json"), 404, 20404, ""},
		{"letter case", "GET", strings.ToLower(numbersOf), 404, 20404, ""},
		{"empty SID", "GET", starterPath + "/IncomingPhoneNumbers/.json", 404, 20404, ""},
		{"empty segment", "GET", strings.Replace(numbersOf, "/Incoming", "//Incoming", 1), 404, 20404, ""},
		{"dots", "GET", starterPath + "/x/../IncomingPhoneNumbers.json", 404, 20404, ""},
		{"escaped dots", "GET", starterPath + "/x/%2e%2e/IncomingPhoneNumbers.json", 404, 20404, ""},
		{"trailing slash", "GET", numbersOf + "/", 404, 20404, ""},
		{"unknown host", "GET", "https://nothing.twilio.com" + numbersOf, 404, 20404, ""},
		{"host beyond region", "GET", "https://api.a.b.c.twilio.com" + numbersOf, 404, 20404, ""},
		{"region and edge", "GET", "https://api.dublin.ie1.twilio.com" + numbersOf, 200, 0, ""},
		{"region", "GET", "https://api.ie1.twilio.com" + numbersOf, 200, 0, ""},
		{"port", "GET", "https://API.twilio.com:443" + numbersOf, 200, 0, ""},
		{"no Twilio host", "GET", "http://127.0.0.1:8421" + numbersOf, 200, 0, ""},
		{"no Twilio host, IPv6", "GET", "http://[::1]:8421" + numbersOf, 200, 0, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			status, body := send(t, h, tc.method, tc.target, nil)
			if status != tc.status || tc.code != 0 && body["code"] != tc.code || tc.message != "" && body["message"] != tc.message {
				t.Fatalf("%d %v, want %d %v %q", status, body, tc.status, tc.code, tc.message)
			}
		})
	}
}

func TestWriteWithoutFormContentTypeIsRefused(t *testing.T) {
	h := checked(t, predictable())
	for _, kind := range []string{"", "application/json", "multipart/form-data"} {
		r := request("POST", appsOf, form("FriendlyName", "x"))
		r.Header.Del("Content-Type")
		if kind != "" {
			r.Header.Set("Content-Type", kind)
		}
		if status, body := answerOf(t, h, r); status != 422 || body["code"] != float64(20422) {
			t.Errorf("%q: %d %v", kind, status, body)
		}
	}
	r := request("POST", appsOf, form("FriendlyName", "x"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	if status, body := answerOf(t, h, r); status != 201 {
		t.Errorf("with a charset: %d %v", status, body)
	}
}

func TestAnswersCarryTwiliosHeaders(t *testing.T) {
	answer, err := InProcess(New()).RoundTrip(request("GET", numbersOf, nil))
	if err != nil {
		t.Fatal(err)
	}
	if id := answer.Header.Get("Twilio-Request-Id"); !regexp.MustCompile(`^RQ[0-9a-f]{32}$`).MatchString(id) {
		t.Errorf("Twilio-Request-Id %q", id)
	}
	if n := answer.Header.Get("Twilio-Concurrent-Requests"); n != "1" {
		t.Errorf("Twilio-Concurrent-Requests %q", n)
	}
	if kind := answer.Header.Get("Content-Type"); kind != "application/json" {
		t.Errorf("Content-Type %q", kind)
	}
}

func TestPagesHoldEveryRowOnceWhileRowsComeAndGo(t *testing.T) {
	box := predictable()
	h := checked(t, box)
	for range 7 {
		must(t, h, 201, "POST", appsOf, form("FriendlyName", "bot"))
	}
	var seen, starts []string
	next, previous := appsOf+"?FriendlyName=bot&PageSize=3", ""
	for next != "" {
		page := must(t, h, 200, "GET", next, nil)
		rows := column(t, page, "applications", "sid")
		seen = append(seen, rows...)
		starts = append(starts, rows[0])
		previous, _ = page["previous_page_uri"].(string)
		next, _ = page["next_page_uri"].(string)
		if len(starts) == 1 {
			// The last row of the page is deleted and a newer one is added.
			must(t, h, 204, "DELETE", starterPath+"/Applications/"+rows[2]+".json", nil)
			must(t, h, 201, "POST", appsOf, form("FriendlyName", "bot"))
		}
		if next != "" && !strings.HasPrefix(next, starterPath) {
			t.Fatalf("next page at %s", next)
		}
	}
	distinct := map[string]bool{}
	for _, sid := range seen {
		distinct[sid] = true
	}
	if len(seen) != 7 || len(distinct) != 7 {
		t.Fatalf("saw %d rows, %d distinct, want 7", len(seen), len(distinct))
	}
	page := must(t, h, 200, "GET", previous, nil)
	if rows := column(t, page, "applications", "sid"); rows[0] != starts[1] {
		t.Fatalf("the page before the last begins with %s, want %s", rows[0], starts[1])
	}
}

func TestTokenOfOneListOpensNoOther(t *testing.T) {
	h := checked(t, predictable())
	next := must(t, h, 200, "GET", numbersOf+"?PageSize=1", nil)["next_page_uri"].(string)
	u, err := url.Parse(next)
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{appsOf + "?" + u.RawQuery, numbersOf + "?Beta=true&" + u.RawQuery} {
		if body := must(t, h, http.StatusBadRequest, "GET", target, nil); body["code"] != float64(21481) {
			t.Errorf("%s: %v", target, body)
		}
	}
}
