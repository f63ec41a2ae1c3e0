package hello

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// asked is the status and the answer of a request with a form.
func asked(o Options, path string, form url.Values) (int, string) {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	Handler(o).ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func TestDocumentsAreFilledIn(t *testing.T) {
	t.Parallel()
	o := Options{Documents: map[string]string{"/a": "<Say>{{Digits}} {{Nothing}}.</Say>", "/a/+1": "<Say>Ada</Say>"}}
	for path, want := range map[string]string{"/a": "<Say>&lt;7&amp; .</Say>", "/b": "404 page not found\n"} {
		if _, got := asked(o, path, url.Values{"Digits": {"<7&"}, "From": {"+2"}}); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	if _, got := asked(o, "/a", url.Values{"From": {"+1"}}); got != "<Say>Ada</Say>" {
		t.Errorf("a document of a caller's own: %s", got)
	}
}

func TestRequestsOfOthersAreRefused(t *testing.T) {
	t.Parallel()
	o := Options{AuthToken: "token", Documents: map[string]string{"/a": "<Response/>"}}
	if status, _ := asked(o, "/a", url.Values{}); status != http.StatusForbidden {
		t.Errorf("an unsigned request is answered with %d", status)
	}
}
