package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/classify"
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

// count counts a message by the task that it belongs to and the one that it went to.
func (s *score) count(to, of string) {
	switch to {
	case "":
		s.fallback++
	case of:
		s.right++
	default:
		s.wrong++
	}
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
	make func(*schema.Schema, classify.Tuning) ([]byte, error)
}

var routers = []router{
	{"baseline", func(s *schema.Schema, _ classify.Tuning) ([]byte, error) { return baseline(s) }},
	{"exact", compiled(compile.Exact)},
	{"keywords", compiled(compile.Keywords)},
	{"trained", compiled(compile.Trained)},
}

// routing prints the score of each router on each file, and on all; what the trained
// router takes for something else; and the tuning it had, which the files of other groups
// chose. A file at fault is named, and the rest goes on.
func routing(out io.Writer, files []file) error {
	var faults []error
	sound := slices.DeleteFunc(slices.Clone(files), func(f file) bool {
		_, err := compiled(compile.Exact)(speakers(f.schema), classify.Tuning{})
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", f.name, err))
		}
		return err != nil
	})
	tunings := tune(sound)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "file\trouter\tsamples\tright\twrong\tfallback\tforeign")
	results, failed := make([][]result, len(sound)), make([]error, len(sound))
	atOnce(len(sound), func(n int) { results[n], failed[n] = measured(sound[n], sound, tunings[n]) })
	total := make([]result, len(routers))
	for n, file := range sound {
		if failed[n] != nil {
			faults = append(faults, failed[n])
			continue
		}
		for i, r := range results[n] {
			total[i].score.add(r.score)
			total[i].strange.n += r.strange.n
			total[i].strange.of += r.strange.of
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", file.name, routers[i].name, r.score, r.strange)
		}
	}
	for i, r := range routers {
		fmt.Fprintf(w, "total\t%s\t%s\t%s\n", r.name, total[i].score, total[i].strange)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(out, legend)
	for n, file := range sound {
		fmt.Fprintf(out, "tuning of %s: lead %.2f, mistakes %.2f\n", file.name, tunings[n].Lead, tunings[n].Mistakes)
	}
	fmt.Fprintln(out, "\nWhat trained sends to a wrong task: the task it belongs to, the one it goes to, the sample.")
	for n, file := range sound {
		if failed[n] == nil {
			for _, c := range results[n][len(routers)-1].confused {
				fmt.Fprintf(out, "  %s: %s > %s: %q\n", file.name, c.of, c.to, c.text)
			}
		}
	}
	return errors.Join(faults...)
}

// measured is what each router makes of a file.
func measured(f file, files []file, tuning classify.Tuning) ([]result, error) {
	out := make([]result, len(routers))
	for i, r := range routers {
		build := func(s *schema.Schema) ([]byte, error) { return r.make(s, tuning) }
		var err error
		if out[i].score, out[i].confused, err = leaveOneOut(f.schema, build); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", f.name, r.name, err)
		}
		if out[i].strange, err = foreign(f.schema, files, build); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", f.name, r.name, err)
		}
	}
	return out, nil
}

// confusion is a sample that leads to a wrong task.
type confusion struct{ of, to, text string }

// legend says what the columns of the table are.
const legend = "samples: those taken out one by one; right, wrong, fallback: the share of them that the flow of the rest sends to their own task, to another, to none; " +
	"foreign: the share of every third sample of other files, of tasks whose names this file does not have, that it nevertheless sends to a task. " +
	"The rules of trained were tuned, for each file, by other files: by those that have less than half of their samples in common with it."

// share is a part of a number.
type share struct{ n, of int }

func (s *share) count(in bool) {
	s.of++
	if in {
		s.n++
	}
}

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
	for text := range strangers(s, files) {
		said, err := answer(f, text)
		if err != nil {
			return got, err
		}
		got.count(said != "")
	}
	return got, nil
}

// strangers are messages that are none of a bot's business.
func strangers(s *schema.Schema, files []file) iter.Seq[string] {
	own := map[string]bool{}
	for _, t := range s.Tasks {
		own[t.UniqueName] = true
	}
	return func(yield func(string) bool) {
		for _, other := range files {
			for _, t := range other.schema.Tasks {
				for i := 0; i < len(t.Samples) && !own[t.UniqueName]; i += 3 {
					if !yield(t.Samples[i].TaggedText) {
						return
					}
				}
			}
		}
	}
}

// leaveOneOut takes each sample without fields out of the schema, and with it those of
// its task that differ only in letter case, and sends it to the flow of the rest.
func leaveOneOut(s *schema.Schema, build func(*schema.Schema) ([]byte, error)) (got score, mistaken []confusion, err error) {
	speaking := speakers(s)
	for i, t := range s.Tasks {
		for _, held := range t.Samples {
			if strings.Contains(held.TaggedText, "{") {
				continue
			}
			definition, err := build(without(speaking, i, held.TaggedText))
			if err != nil {
				return got, nil, err
			}
			said, err := ask(definition, held.TaggedText)
			if err != nil {
				return got, nil, err
			}
			got.count(said, t.UniqueName)
			if said != "" && said != t.UniqueName {
				mistaken = append(mistaken, confusion{of: t.UniqueName, to: said, text: held.TaggedText})
			}
		}
	}
	return got, mistaken, nil
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

func compiled(routing compile.Routing) func(*schema.Schema, classify.Tuning) ([]byte, error) {
	return func(s *schema.Schema, tuning classify.Tuning) ([]byte, error) {
		f, found := compile.Compile(s, compile.Options{Channels: []bot.Channel{bot.Messaging}, Routing: routing, Tuning: tuning})
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
