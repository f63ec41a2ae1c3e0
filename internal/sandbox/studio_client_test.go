package sandbox

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// rawAnswer is the body of a 200, byte for byte.
func rawAnswer(t *testing.T, h http.Handler, r *http.Request) string {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != 200 {
		t.Fatalf("%s %s: %d %s", r.Method, r.URL, w.Code, w.Body)
	}
	return w.Body.String()
}
