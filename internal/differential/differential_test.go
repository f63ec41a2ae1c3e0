package differential

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/compile"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
)

const (
	events = 25 // of a conversation, at most

	// fewest is how many turns of a set of schemas must be the same, at least.
	fewest = 150 * randoms
)

// score counts the results of the conversations with a schema.
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

// turn sends an event, and reports whether the conversation continues.
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

// random holds one of the random conversations.
func (s *score) random(ctx context.Context, of *subject, channel string, n int, web run.Web) {
	seed := seedOf(of, channel, n)
	who, p := newPerson(of, seed, true), of.start(channel, web)
	s.talk(ctx, p, fmt.Sprintf("%s, %s, seed %d", of.name, channel, seed), func(int) run.Event { return who.next(p.now, channel) })
}

// converse holds all conversations with a subject.
func converse(ctx context.Context, exact *subject, others map[compile.Routing]*subject, web run.Web) score {
	s := score{Causes: map[string]int{}}
	for _, channel := range []string{run.Messaging, run.Voice} {
		for _, kind := range []string{"valid", "nonsense", "silent"} {
			if kind == "silent" && channel == run.Messaging {
				continue
			}
			for i, t := range exact.schema.Tasks {
				if i%stride != 0 {
					continue
				}
				who, p := newPerson(exact, uint64(i), false), exact.start(channel, web)
				s.talk(ctx, p, fmt.Sprintf("%s, %s, script %q of the task %s", exact.name, channel, kind, t.UniqueName), func(step int) run.Event {
					return who.script(kind, t.UniqueName, p.now, step, channel)
				})
			}
		}
		for n := range randoms {
			s.random(ctx, exact, channel, n, web)
		}
		for _, routing := range slices.Sorted(maps.Keys(others)) {
			for n := range randoms / 4 {
				other := others[routing]
				seed := seedOf(other, channel, n)
				who, p := newPerson(other, seed, false), other.start(channel, web)
				s.talk(ctx, p, fmt.Sprintf("%s, %s, by %s, seed %d", other.name, channel, routing, seed), func(int) run.Event { return who.sampled(p.now, channel) })
			}
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

// table compares a set of schemas. Those that do not compile are listed with their first error.
func table(t *testing.T, schemas map[string][]byte) score {
	total := score{Causes: map[string]int{}}
	rows := map[string]string{}
	t.Run("schemas", func(t *testing.T) {
		for name, file := range schemas {
			t.Run(name, func(t *testing.T) {
				exact, err := newSubject(name, file, compile.Exact, nil)
				if err != nil {
					rows[name] = fmt.Sprintf("%s\tnot compiled: %v\t\t\t", name, err)
					return
				}
				others := map[compile.Routing]*subject{}
				for _, routing := range []compile.Routing{compile.Keywords, compile.Trained} {
					if others[routing], err = newSubject(name, file, routing, nil); err != nil {
						t.Fatal(err)
					}
				}
				s := converse(t.Context(), exact, others, web(exact))
				for _, u := range s.Unexplained[:min(len(s.Unexplained), 5)] {
					t.Errorf("%s", u)
				}
				if n := len(s.Unexplained); n > 5 {
					t.Errorf("and %d more", n-5)
				}
				rows[name] = s.row(name)
				total.add(s)
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
	for _, c := range causes {
		if n := total.Causes[c.name]; n > 0 {
			fmt.Fprintf(&b, "\n%s, %d: %s", c.name, n, c.because)
		}
	}
	t.Log("\n" + b.String())
	return total
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

// This repository's schemas have every verb and every form of a question.
func TestOwnSchemasRunAlikeOnBothEngines(t *testing.T) {
	total := table(t, files(t, "testdata/*.json"))
	if total.Same < fewest {
		t.Errorf("no more than %d turns were the same", total.Same)
	}
	for _, c := range causes {
		if thorough && total.Causes[c.name] == 0 {
			t.Errorf("no conversation reached the limit %s", c.name)
		}
	}
}

func TestCollectedSchemasRunAlikeOnBothEngines(t *testing.T) {
	schemas := files(t, "../../../shared/schemas/*.json")
	if len(schemas) == 0 {
		t.Skip("the schemas of other people are not part of the repository; TestOwnSchemasRunAlikeOnBothEngines runs those of testdata")
	}
	if total := table(t, schemas); total.Same < fewest {
		t.Errorf("no more than %d turns were the same", total.Same)
	}
}

// Any change of a flow, however small, is found.
func TestASpoiltFlowIsFound(t *testing.T) {
	file := files(t, "testdata/cafe.json")["cafe"]
	for _, test := range []struct{ name, from, to string }{
		{"a word", "It will be ready in a minute.", "It will be ready in an hour."},
		{"a limit", `"value":"2"`, `"value":"3"`},
		{"a sample", "order please", "order pleas"},
		{"a target", `"event":"noMatch","next":"m_fallback_02_listen"`, `"event":"noMatch","next":"m_greeting_02_listen"`},
		{"a picture", "https://example.com/card.png", "https://example.com/carp.png"},
		{"a key", `== '2' %}{% assign said = 'large'`, `== '3' %}{% assign said = 'large'`},
	} {
		spoilt, err := newSubject("spoilt", file, compile.Exact, func(definition []byte) []byte {
			changed := bytes.ReplaceAll(definition, []byte(test.from), []byte(test.to))
			if bytes.Equal(changed, definition) {
				t.Fatalf("%s: the flow has no %q", test.name, test.from)
			}
			return changed
		})
		if err != nil {
			t.Fatal(err)
		}
		s := score{Causes: map[string]int{}}
		for n := 0; n < 80 && len(s.Unexplained) == 0; n++ {
			s.random(t.Context(), spoilt, run.Messaging, n, web(spoilt))
			s.random(t.Context(), spoilt, run.Voice, n, web(spoilt))
		}
		if len(s.Unexplained) == 0 {
			t.Errorf("%s: the comparison missed %q instead of %q", test.name, test.to, test.from)
		}
	}
}
