package main

import (
	"runtime"
	"strings"
	"sync"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/classify"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/compile"
)

// tunings are those to choose from; the first holds where none is better.
var tunings = func() []classify.Tuning {
	out := []classify.Tuning{classify.Default}
	for _, lead := range []float64{0.08, 0.1, 0.13, 0.16, 0.2} {
		for _, mistakes := range []float64{0.02, 0.04, 0.06, 0.08} {
			out = append(out, classify.Tuning{Lead: lead, Mistakes: mistakes})
		}
	}
	return out
}()

// worth is what a tuning is chosen by: a wrong answer is as bad as two right ones are good, and
// so is an answer to what is none of the bot's business, which is one message in five: for four
// of the bot's own, whose worth is the first share, one is foreign.
func (s score) worth(strange share) float64 {
	return 100*float64(s.right-2*s.wrong)/float64(max(s.total(), 1)) - 50*float64(strange.n)/float64(max(strange.of, 1))
}

// tune chooses a tuning for each file by the others: by those that are no variant of it.
func tune(files []file) []classify.Tuning {
	results := make([][]result, len(files)) // by tuning
	atOnce(len(files), func(n int) { results[n] = judged(files[n].schema, files) })
	out := make([]classify.Tuning, len(files))
	for n, f := range files {
		best := 0.0
		for i, t := range tunings {
			var got score
			var strange share
			for other := range files {
				if r := results[other][i]; other != n && !variants(f.schema, files[other].schema) {
					got.add(r.score)
					strange.n += r.strange.n
					strange.of += r.strange.of
				}
			}
			if got.total() == 0 {
				out[n] = classify.Default
				break
			}
			if worth := got.worth(strange); i == 0 || worth > best {
				out[n], best = t, worth
			}
		}
	}
	return out
}

// variants reports whether half of the samples of either file are in the other.
func variants(a, b *schema.Schema) bool {
	texts := func(s *schema.Schema) map[string]bool {
		all := map[string]bool{}
		for _, t := range s.Tasks {
			for _, sample := range t.Samples {
				all[strings.ToLower(sample.TaggedText)] = true
			}
		}
		return all
	}
	x, y := texts(a), texts(b)
	both := 0
	for text := range x {
		if y[text] {
			both++
		}
	}
	return 2*both >= min(len(x), len(y))
}

// result is a row of the table.
type result struct {
	score    score
	strange  share
	confused []confusion
}

// judged is leaveOneOut and foreign with each tuning, by what a router decides, without
// running its flow.
func judged(s *schema.Schema, files []file) []result {
	out := make([]result, len(tunings))
	speaking := speakers(s)
	for i, task := range s.Tasks {
		for _, held := range task.Samples {
			if strings.Contains(held.TaggedText, "{") {
				continue
			}
			decide := compile.Judge(without(speaking, i, held.TaggedText), compile.Options{Routing: compile.Trained})
			for n, t := range tunings {
				out[n].score.count(decide(held.TaggedText, t), task.UniqueName)
			}
		}
	}
	decide := compile.Judge(speaking, compile.Options{Routing: compile.Trained})
	for text := range strangers(s, files) {
		for n, t := range tunings {
			out[n].strange.count(decide(text, t) != "")
		}
	}
	return out
}

// atOnce does n things, as many at a time as there are processors.
func atOnce(n int, do func(i int)) {
	var all sync.WaitGroup
	room := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i := range n {
		room <- struct{}{}
		all.Go(func() {
			do(i)
			<-room
		})
	}
	all.Wait()
}
