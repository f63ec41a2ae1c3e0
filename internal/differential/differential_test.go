package differential

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/compile"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
)

// randoms is how many random conversations there are for each schema and channel.
var randoms = flag.Int("conversations", 16, "how many random conversations there are for each schema and channel")

// events is how many a conversation has at most.
const events = 25

// score counts what became of the conversations with a schema.
type score struct {
	Conversations, Turns, Same int
	Causes                     map[string]int
	Unexplained                []string
}

func (s *score) add(o score) {
	s.Conversations += o.Conversations
	s.Turns += o.Turns
	s.Same += o.Same
	for name, n := range o.Causes {
		s.Causes[name] += n
	}
}

// talk holds a conversation until it ends, or the two differ.
func (s *score) talk(ctx context.Context, p *pair, title string, next func(step int) run.Event) {
	s.Conversations++
	if p.channel == run.Voice && !s.turn(ctx, p, title, run.Call()) {
		return
	}
	for step := range events {
		if !s.turn(ctx, p, title, next(step)) {
			return
		}
	}
}

// turn sends an event, and tells whether the conversation goes on.
func (s *score) turn(ctx context.Context, p *pair, title string, e run.Event) bool {
	x, same := p.send(ctx, e)
	s.Turns++
	if same {
		s.Same++
		return !x.a.Ended
	}
	if name := p.cause(x); name != "" {
		s.Causes[name]++
		return false
	}
	s.Unexplained = append(s.Unexplained, title+"\n"+p.String())
	return false
}

// converse holds all conversations with a subject.
func converse(ctx context.Context, exact, keywords *subject, web run.Web) score {
	s := score{Causes: map[string]int{}}
	for _, channel := range []string{run.Messaging, run.Voice} {
		for _, kind := range []string{"valid", "nonsense"} {
			for i, t := range exact.schema.Tasks {
				who, p := newPerson(exact, uint64(i)), exact.start(channel, web)
				s.talk(ctx, p, fmt.Sprintf("%s, %s, script %q of the task %s", exact.name, channel, kind, t.UniqueName), func(step int) run.Event {
					return who.script(kind, t.UniqueName, p.waits(), step, channel)
				})
			}
		}
		for n := range *randoms {
			seed := seedOf(exact, channel, n)
			who, p := newPerson(exact, seed), exact.start(channel, web)
			s.talk(ctx, p, fmt.Sprintf("%s, %s, seed %d", exact.name, channel, seed), func(int) run.Event { return who.next(p.waits(), channel) })
		}
		for n := range *randoms / 4 {
			seed := seedOf(keywords, channel, n)
			who, p := newPerson(keywords, seed), keywords.start(channel, web)
			s.talk(ctx, p, fmt.Sprintf("%s, %s, by keywords, seed %d", keywords.name, channel, seed), func(int) run.Event { return who.sampled(p.waits(), channel) })
		}
	}
	return s
}

// files are schemas by name.
func files(tb testing.TB, pattern string) map[string][]byte {
	tb.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil {
		tb.Fatal(err)
	}
	found := map[string][]byte{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		found[strings.TrimSuffix(filepath.Base(path), ".json")] = text
	}
	return found
}

// table compares a set of schemas. The faulty ones are listed with their first fault.
func table(t *testing.T, schemas map[string][]byte) {
	t.Helper()
	total := score{Causes: map[string]int{}}
	rows := map[string]string{}
	var mu sync.Mutex
	t.Run("schemas", func(t *testing.T) {
		for name, file := range schemas {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				var row string
				exact, err := newSubject(name, file, compile.Exact, nil)
				if err != nil {
					row = fmt.Sprintf("%s\tnot compiled: %v\t\t\t", name, err)
				} else {
					keywords, err := newSubject(name, file, compile.Keywords, nil)
					if err != nil {
						t.Fatal(err)
					}
					s := converse(t.Context(), exact, keywords, web(exact))
					for _, u := range s.Unexplained[:min(len(s.Unexplained), 5)] {
						t.Errorf("%s", u)
					}
					if n := len(s.Unexplained); n > 5 {
						t.Errorf("and %d more", n-5)
					}
					row = s.row(name)
					mu.Lock()
					total.add(s)
					mu.Unlock()
				}
				mu.Lock()
				rows[name] = row
				mu.Unlock()
			})
		}
	})
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "schema\tconversations\tturns\tsame\tdifferences by cause")
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		fmt.Fprintln(w, rows[name])
	}
	fmt.Fprintln(w, total.row("total"))
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + b.String())
}

func (s score) row(name string) string {
	var parts []string
	for _, c := range slices.Sorted(maps.Keys(s.Causes)) {
		parts = append(parts, fmt.Sprintf("%s %d", c, s.Causes[c]))
	}
	if n := len(s.Unexplained); n > 0 {
		parts = append(parts, fmt.Sprintf("UNEXPLAINED %d", n))
	}
	return fmt.Sprintf("%s\t%d\t%d\t%d\t%s", name, s.Conversations, s.Turns, s.Same, strings.Join(parts, ", "))
}

func TestCollectedSchemasRunAlikeOnBothEngines(t *testing.T) {
	t.Parallel()
	schemas := files(t, "../../../shared/schemas/*.json")
	if len(schemas) == 0 {
		t.Skip("the collection of real schemas is not beside the project")
	}
	table(t, schemas)
}

func TestOwnSchemasRunAlikeOnBothEngines(t *testing.T) {
	t.Parallel()
	table(t, files(t, "testdata/*.json"))
}

// What differs is found: a word, a number of attempts, a way between states.
func TestADifferenceIsFound(t *testing.T) {
	t.Parallel()
	file := files(t, "testdata/forms.json")["forms"]
	exact, err := newSubject("forms", file, compile.Exact, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func([]byte) []byte{
		"a body": func(d []byte) []byte { return bytes.Replace(d, []byte(`"body":"`), []byte(`"body":"Well, `), 1) },
		"a number": func(d []byte) []byte {
			return bytes.ReplaceAll(d, []byte(`"type":"greater_than","value":"`), []byte(`"type":"greater_than","value":"1`))
		},
		"a transition": func(d []byte) []byte {
			return bytes.ReplaceAll(d, []byte(`"event":"noMatch"`), []byte(`"event":"noMatch2"`))
		},
		"a key of a variable": func(d []byte) []byte {
			return bytes.ReplaceAll(d, []byte(`"key":"ap_input"`), []byte(`"key":"ap_output"`))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spoiled, err := newSubject("forms", file, compile.Exact, spoil)
			if err != nil {
				t.Fatal(err)
			}
			if s := converse(t.Context(), spoiled, exact, web(exact)); len(s.Unexplained) == 0 {
				t.Errorf("of %d turns none differs", s.Turns)
			}
		})
	}
}
