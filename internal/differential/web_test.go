package differential

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
)

// web answers all URLs of a subject, each always the same. The path selects
// the answer; any other is a Function that says something and listens.
func web(s *subject) run.Web {
	return func(_ context.Context, r run.Request) (run.Response, *run.Problem) {
		u, err := url.Parse(r.URL)
		if err != nil || strings.HasSuffix(u.Path, "/broken") {
			p := run.Problemf(11200, "HTTP retrieval failure")
			p.URL, p.Method, p.Status = r.URL, r.Method, http.StatusInternalServerError
			return run.Response{}, &p
		}
		if strings.Contains(u.Path, "/twiml/") {
			return run.Response{Status: http.StatusOK, ContentType: "text/xml", URL: r.URL, Body: []byte(`<Response><Say>A person will be with you.</Say></Response>`)}, nil
		}
		return run.Response{Status: http.StatusOK, ContentType: "application/json", URL: r.URL, Body: actions(s, u.Path)}, nil
	}
}

func actions(s *subject, path string) []byte {
	say := func(text string) map[string]any { return map[string]any{"say": text} }
	list := []any{say("You asked " + path + "."), map[string]any{"listen": true}}
	switch path[strings.LastIndex(path, "/")+1:] {
	case "say":
		list = []any{say("First."), map[string]any{"say": map[string]any{"speech": "Second."}}}
	case "redirect":
		list = []any{map[string]any{"redirect": "task://" + s.schema.Tasks[0].UniqueName}}
	case "say-and-redirect":
		list = []any{say("Come along."), map[string]any{"redirect": map[string]any{"uri": "task://" + s.schema.Tasks[0].UniqueName}}}
	case "nothing":
		list = []any{}
	}
	text, err := json.Marshal(map[string]any{"actions": list})
	if err != nil {
		return nil // every value in it can be encoded
	}
	return text
}
