package provider

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// The answer to a create is lost before its effect, and at the same time another client
// creates a bot of the same name: it is theirs, and undoing the create leaves it.
func TestBotThatSomebodyMadeInTheSameMomentIsNotTakenBack(t *testing.T) {
	t.Parallel()
	for engine, each := range map[string]struct {
		path   string
		theirs map[string]string
	}{
		"studio":      {"/v2/Flows", map[string]string{"Definition": marshal(echo("Theirs")), "CommitMessage": "theirs"}},
		"application": {"/Applications.json", map[string]string{"SmsUrl": "https://theirs.example.com/"}},
		"autopilot":   {"/v1/Assistants", map[string]string{"FriendlyName": "Theirs"}},
	} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			inner, made := b.gate.next, false
			b.gate.next = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if made || r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, each.path) {
					inner.ServeHTTP(w, r)
					return
				}
				made = true
				body, err := io.ReadAll(r.Body)
				if err != nil {
					t.Error(err)
				}
				form, err := url.ParseQuery(string(body))
				if err != nil {
					t.Error(err)
				}
				for name, value := range each.theirs {
					form.Set(name, value)
				}
				theirs := r.Clone(r.Context())
				theirs.Body, theirs.ContentLength = io.NopCloser(strings.NewReader(form.Encode())), int64(len(form.Encode()))
				answer := httptest.NewRecorder()
				inner.ServeHTTP(answer, theirs)
				if answer.Code/100 != 2 {
					t.Errorf("theirs was not created: %d %s", answer.Code, answer.Body)
				}
				panic(http.ErrAbortHandler)
			})
			err := b.apply([]block{botBlock("bot", content(engine, "first", 1))}, true)
			if err == nil || !made {
				t.Fatalf("another client's bot was adopted: %v", err)
			}
			if names, _ := b.gate.bots(); len(names) != 1 {
				t.Errorf("theirs was deleted: %v after %v", names, err)
			}
		})
	}
}
