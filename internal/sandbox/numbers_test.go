package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

const starterPath = "/2010-04-01/Accounts/" + StarterAccountSID

// predictable is a sandbox whose clock stands still and whose SIDs count.
func predictable(options ...Option) *Sandbox {
	now := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	next := 0
	return New(append([]Option{
		WithClock(func() time.Time { return now }),
		WithSIDs(func(prefix string) string { next++; return fmt.Sprintf("%s%032x", prefix, next) }),
	}, options...)...)
}

// send sends one request with the starter's credentials and returns the answer.
func send(t *testing.T, h http.Handler, method, target string, form url.Values) (int, map[string]any) {
	t.Helper()
	if strings.HasPrefix(target, "/") {
		target = "https://api.twilio.com" + target
	}
	r := httptest.NewRequest(method, target, strings.NewReader(form.Encode()))
	r.SetBasicAuth(StarterAccountSID, StarterAuthToken)
	if method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return answerOf(t, h, r)
}

func answerOf(t *testing.T, h http.Handler, r *http.Request) (int, map[string]any) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	var body map[string]any
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
			t.Fatalf("%s %s answered %d with no JSON: %v\n%s", r.Method, r.URL, w.Code, err, w.Body)
		}
	}
	return w.Code, body
}

// rows are the values of one key of a list answer.
func rows(t *testing.T, body map[string]any, list, key string) []string {
	t.Helper()
	all, ok := body[list].([]any)
	if !ok {
		t.Fatalf("the answer has no list %q: %v", list, body)
	}
	values := []string{}
	for _, row := range all {
		values = append(values, fmt.Sprint(row.(map[string]any)[key]))
	}
	return values
}

func TestNumbersAreListedNewestFirst(t *testing.T) {
	status, body := send(t, predictable(), "GET", starterPath+"/IncomingPhoneNumbers.json", nil)
	got := strings.Join(rows(t, body, "incoming_phone_numbers", "phone_number"), " ")
	if want := "+12025550142 +447700900123 +447447735023"; status != 200 || got != want {
		t.Fatalf("%d %s, want %s", status, got, want)
	}
}
