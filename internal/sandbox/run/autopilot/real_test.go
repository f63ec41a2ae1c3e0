package autopilot

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
)

// realSchemas are the schemas beside the repository.
func realSchemas(tb testing.TB) map[string][]byte {
	tb.Helper()
	paths, err := filepath.Glob("../../../../../shared/schemas/*.json")
	if err != nil {
		tb.Fatal(err)
	}
	if len(paths) == 0 {
		tb.Skip("the schemas of other people are not part of the repository; the assistants of the other tests run nevertheless")
	}
	found := map[string][]byte{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		found[filepath.Base(path)] = text
	}
	return found
}

func TestRealSamplesReachTheirTask(t *testing.T) {
	total, missed := 0, 0
	for name, text := range realSchemas(t) {
		a, err := Parse(text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, wanted := range a.tasks {
			for _, sample := range wanted.samples {
				if strings.Contains(sample, "{") {
					continue
				}
				total++
				if got, ok := a.route(sample, nil, true); !ok || got.task != wanted {
					missed++
					t.Logf("%s: %q of %s", name, sample, wanted.name)
				}
			}
		}
	}
	// A few sentences are samples of two tasks.
	if missed*100 > total {
		t.Errorf("%d of %d samples do not reach their task", missed, total)
	}
	t.Logf("%d samples", total)
}

// Every contact gets a reply, or a problem says why not.
func TestRealAssistantsTalk(t *testing.T) {
	for name, text := range realSchemas(t) {
		for _, first := range []run.Event{run.Message("hello"), run.Call()} {
			c, err := start(text, Options{})
			if err != nil {
				t.Fatal(err)
			}
			heard := 0
			for i, e := 0, first; i < 60; i++ {
				turn := c.Send(t.Context(), e)
				heard += len(turn.Replies) + len(turn.Problems)
				if turn.Ended {
					break
				}
				if e = run.Message([]string{"yes", "1", "help", "qwxz"}[i%4]); first.Kind == run.KindCall {
					e.Kind = run.KindSpeech
				}
			}
			if heard == 0 {
				t.Errorf("%s says nothing to a %s", name, first.Kind)
			}
		}
	}
}
