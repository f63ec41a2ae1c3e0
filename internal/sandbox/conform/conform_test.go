package conform

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const things = `{
	"openapi": "3.0.1",
	"info": {"title": "Things", "version": "1"},
	"servers": [{"url": "https://things.twilio.com"}],
	"paths": {"/v1/Things": {"post": {
		"operationId": "CreateThing",
		"requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": {"type": "object", "properties": {"Name": {"type": "string"}}}}}},
		"responses": {"200": {"description": "OK", "content": {"application/json": {"schema": {"type": "object", "properties": {"name": {"type": "string"}}}}}}}
	}}}
}`

func TestWhatBreaksADocumentIsFoundAfterWhatDoesNot(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "things.json"), []byte(things), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := New(dir)
	if err != nil {
		t.Fatal(err)
	}
	for i, exchange := range []struct {
		path, form, answer string
		breaks             bool
	}{
		{"/v1/Things", "Name=a", `{"name": "a"}`, false},
		{"/v1/Things", "Name=a", `{"name": "a"}`, false},
		{"/v1/Things", "Name=a", `{"name": 123}`, true},
		{"/v1/Things", "Name=a", `{"name": 123}`, true},
		{"/v1/Things", "Nama=a", `{"name": "a"}`, true},
		{"/v1/Other", "Name=a", `{"name": "a"}`, true},
		{"/v1/Things?X=1", "Name=a", `{"name": "a"}`, true},
		{"/v1/Things", "Name=a", `{"name": "a"}`, false},
	} {
		request := httptest.NewRequest(http.MethodPost, "https://things.twilio.com"+exchange.path, strings.NewReader(exchange.form))
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		before := len(c.Errors())
		c.Middleware(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, exchange.answer)
		})).ServeHTTP(httptest.NewRecorder(), request)
		if found := c.Errors()[before:]; (len(found) == 1) != exchange.breaks {
			t.Errorf("exchange %d: %v", i, found)
		}
	}
}
