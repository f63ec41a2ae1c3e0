package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/compile"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run/studio"
)

// score counts where held-out samples went.
type score struct{ right, wrong, fallback int }

func (s *score) add(o score) {
	s.right += o.right
	s.wrong += o.wrong
	s.fallback += o.fallback
}

func (s score) total() int { return s.right + s.wrong + s.fallback }

func (s score) String() string {
	share := func(n int) float64 { return 100 * float64(n) / float64(max(s.total(), 1)) }
	return fmt.Sprintf("%d\t%.1f %%\t%.1f %%\t%.1f %%", s.total(), share(s.right), share(s.wrong), share(s.fallback))
}

// router builds the definition of a flow that says the name of the task a message leads
// to, and nothing for none.
type router struct {
	name string
	make func(*schema.Schema) ([]byte, error)
}

var routers = []router{
	{"baseline", baseline},
	{"exact", compiled(compile.Exact)},
	{"keywords", compiled(compile.Keywords)},
	{"trained", compiled(compile.Trained)},
}

// routing prints the score of each router on each file, and on all.
func routing(out io.Writer, files []file) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "file\trouter\tsamples\tright\twrong\tfallback\tforeign")
	total, strange := make([]score, len(routers)), make([]share, len(routers))
	for _, file := range files {
		for i, r := range routers {
			got, err := leaveOneOut(file.schema, r.make)
			if err != nil {
				return fmt.Errorf("%s: %s: %w", file.name, r.name, err)
			}
			taken, err := foreign(file.schema, files, r.make)
			if err != nil {
				return fmt.Errorf("%s: %s: %w", file.name, r.name, err)
			}
			total[i].add(got)
			strange[i].n += taken.n
			strange[i].of += taken.of
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", file.name, r.name, got, taken)
		}
	}
	for i, r := range routers {
		fmt.Fprintf(w, "total\t%s\t%s\t%s\n", r.name, total[i], strange[i])
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out, legend)
	return err
}

// legend says what the columns of the table are.
const legend = "samples: those taken out one by one; right, wrong, fallback: the share of them that the flow of the rest sends to their own task, to another, to none; " +
	"foreign: the share of every third sample of other files, of tasks whose names this file does not have, that it nevertheless sends to a task."

// share is a part of a number.
type share struct{ n, of int }

func (s share) String() string { return fmt.Sprintf("%.1f %%", 100*float64(s.n)/float64(max(s.of, 1))) }

// foreign counts the samples of other files that lead to a task: of every third, which is
// enough for a share. Tasks whose names this file also has are left out, since
// every bot is greeted the same way.
func foreign(s *schema.Schema, files []file, build func(*schema.Schema) ([]byte, error)) (share, error) {
	var got share
	definition, err := build(speakers(s))
	if err != nil {
		return got, err
	}
	f, err := studio.Parse(definition)
	if err != nil {
		return got, err
	}
	own := map[string]bool{}
	for _, t := range s.Tasks {
		own[t.UniqueName] = true
	}
	for _, other := range files {
		for _, t := range other.schema.Tasks {
			for i := 0; i < len(t.Samples) && !own[t.UniqueName]; i += 3 {
				said, err := answer(f, t.Samples[i].TaggedText)
				if err != nil {
					return got, err
				}
				got.of++
				if said != "" {
					got.n++
				}
			}
		}
	}
	return got, nil
}

// leaveOneOut takes each sample without fields out of the schema, and with it those of
// its task that differ only in letter case, and sends it to the flow of the rest.
func leaveOneOut(s *schema.Schema, build func(*schema.Schema) ([]byte, error)) (score, error) {
	var got score
	speaking := speakers(s)
	for i, t := range s.Tasks {
		for _, held := range t.Samples {
			if strings.Contains(held.TaggedText, "{") {
				continue
			}
			definition, err := build(without(speaking, i, held.TaggedText))
			if err != nil {
				return got, err
			}
			said, err := ask(definition, held.TaggedText)
			switch {
			case err != nil:
				return got, err
			case said == "":
				got.fallback++
			case said == t.UniqueName:
				got.right++
			default:
				got.wrong++
			}
		}
	}
	return got, nil
}

// speakers is the schema with tasks that only say their names, so that the
// errors in a file's actions do not matter.
func speakers(s *schema.Schema) *schema.Schema {
	out := &schema.Schema{FieldTypes: s.FieldTypes}
	for _, t := range s.Tasks {
		name := string(jsondoc.AppendString(nil, t.UniqueName))
		t.Actions = jsontext.Value(`{"actions":[{"say":` + name + `}]}`)
		out.Tasks = append(out.Tasks, t)
	}
	return out
}

func without(s *schema.Schema, task int, text string) *schema.Schema {
	out := *s
	out.Tasks = append([]schema.Task{}, s.Tasks...)
	var left []schema.Sample
	for _, sample := range s.Tasks[task].Samples {
		if !strings.EqualFold(strings.TrimSpace(sample.TaggedText), strings.TrimSpace(text)) {
			left = append(left, sample)
		}
	}
	out.Tasks[task].Samples = left
	return &out
}

func ask(definition []byte, text string) (string, error) {
	f, err := studio.Parse(definition)
	if err != nil {
		return "", err
	}
	return answer(f, text)
}

// answer is what a flow says to a message; empty if the flow ends without an answer.
func answer(f *studio.Flow, text string) (string, error) {
	turn := f.Start(studio.Options{}).Send(context.Background(), run.Message(text))
	if len(turn.Problems) > 0 {
		return "", fmt.Errorf("%q: %w", text, turn.Problems[0])
	}
	if len(turn.Replies) == 0 {
		return "", nil
	}
	return turn.Replies[len(turn.Replies)-1].Text, nil
}

func compiled(routing compile.Routing) func(*schema.Schema) ([]byte, error) {
	return func(s *schema.Schema) ([]byte, error) {
		f, found := compile.Compile(s, compile.Options{Channels: []bot.Channel{bot.Messaging}, Routing: routing})
		if f == nil {
			for _, d := range found {
				if d.Severity == compile.Error {
					return nil, fmt.Errorf("%s: %s", d.Pointer, d.Message)
				}
			}
			return nil, errors.New("the schema does not compile")
		}
		return f.Source(), nil
	}
}
