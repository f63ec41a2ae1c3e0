package responder

import (
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func TestWhatTwilioDidNotSignIsRefused(t *testing.T) {
	t.Parallel()
	for _, each := range []struct {
		token, signature string
		status           int
	}{{"", "", http.StatusOK}, {"secret", "", http.StatusForbidden}, {"secret", "bm90IHRoaXM=", http.StatusForbidden}} {
		server := httptest.NewServer(Handler(Options{URL: "https://responder.example.com", AuthToken: each.token}))
		form := url.Values{"Body": {"help"}, "From": {"+447700900999"}}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/messages", strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("X-Twilio-Signature", each.signature)
		answer, err := server.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		if answer.StatusCode != each.status || (each.status == http.StatusOK) != strings.Contains(string(text), "<Response><Message><Body>Text HELP") {
			t.Errorf("%+v: %d %s", each, answer.StatusCode, text)
		}
		_ = answer.Body.Close()
		server.Close()
	}
}

func TestLogoIsAPicture(t *testing.T) {
	t.Parallel()
	answer := httptest.NewRecorder()
	Handler(Options{}).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/logo.png", nil))
	if _, err := png.Decode(answer.Body); err != nil {
		t.Error(err)
	}
}
