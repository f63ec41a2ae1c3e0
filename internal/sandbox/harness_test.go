package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/conform"
)

const (
	starterPath = "/2010-04-01/Accounts/" + StarterAccountSID
	numbersOf   = starterPath + "/IncomingPhoneNumbers.json"
	appsOf      = starterPath + "/Applications.json"
)

var start = time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)

// predictable is a sandbox with a stopped clock and sequential SIDs.
func predictable(options ...Option) *Sandbox {
	next := 0
	return New(append([]Option{
		WithClock(func() time.Time { return start }),
		WithSIDs(func(prefix string) string { next++; return fmt.Sprintf("%s%032x", prefix, next) }),
	}, options...)...)
}

// checked checks everything a handler answers against Twilio's OpenAPI documents,
// where they are beside the repository.
func checked(t *testing.T, h http.Handler) http.Handler {
	t.Helper()
	checker, err := conform.New("../../../shared/openapi")
	if errors.Is(err, conform.ErrNoDocuments) {
		t.Logf("answers are not checked against Twilio's documents: %v", err)
		return h
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, err := range checker.Errors() {
			t.Error(err)
		}
	})
	return checker.Middleware(h)
}

// request is one with the starter's credentials; a target without a host is on
// the 2010 host.
func request(method, target string, form url.Values) *http.Request {
	if strings.HasPrefix(target, "/") {
		target = "https://api.twilio.com" + target
	}
	r := httptest.NewRequest(method, target, strings.NewReader(form.Encode()))
	r.SetBasicAuth(StarterAccountSID, StarterAuthToken)
	if method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r
}

func send(t testing.TB, h http.Handler, method, target string, form url.Values) (int, map[string]any) {
	t.Helper()
	return answerOf(t, h, request(method, target, form))
}

func answerOf(t testing.TB, h http.Handler, r *http.Request) (int, map[string]any) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	var body map[string]any
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
			t.Fatalf("%s %s answered %d with no JSON object: %v\n%s", r.Method, r.URL, w.Code, err, w.Body)
		}
	}
	return w.Code, body
}

// must sends a request that must get the status.
func must(t testing.TB, h http.Handler, want int, method, target string, form url.Values) map[string]any {
	t.Helper()
	status, body := send(t, h, method, target, form)
	if status != want {
		t.Fatalf("%s %s %v: %d %v, want %d", method, target, form, status, body, want)
	}
	return body
}

// turn calls a knob.
func turn(t *testing.T, h http.Handler, want int, method, path, body string) string {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, "http://127.0.0.1:8421/_sandbox/"+path, strings.NewReader(body)))
	if w.Code != want {
		t.Fatalf("%s %s: %d %s, want %d", method, path, w.Code, w.Body, want)
	}
	return w.Body.String()
}

// column is one key of each row of a list answer.
func column(t testing.TB, body map[string]any, list, key string) []string {
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

// form is a form of alternating names and values.
func form(pairs ...string) url.Values {
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	return values
}

// numberPathOf is the path of one of the starter account's numbers.
func numberPathOf(t testing.TB, h http.Handler, e164 string) string {
	t.Helper()
	body := must(t, h, 200, "GET", numbersOf+"?PhoneNumber="+url.QueryEscape(e164), nil)
	sids := column(t, body, "incoming_phone_numbers", "sid")
	if len(sids) != 1 {
		t.Fatalf("%s is listed %d times", e164, len(sids))
	}
	return starterPath + "/IncomingPhoneNumbers/" + sids[0] + ".json"
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
