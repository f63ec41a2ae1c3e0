package compile

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
)

// Syllables and words from which crowd builds phrases that look like English.
var (
	syllables = strings.Fields(`ab ac ad al an ar be ca ce co da de di el en er fa fi ga go ha in is ka la le li lo ma me mi mo
		na ne ni no or pa pe po ra re ri ro sa se si so ta te ti to un va ve vi`)
	openings = strings.Fields(`i~want~to how~do~i can~you where~is~my please~help~me~to what~about tell~me~about show~me change~my cancel~the`)
)

// crowd is a schema of so many tasks that say one thing each, with so many samples
// each, all different. A task has words of its own and shares the rest. The first has
// no samples: it greets callers and listens to them.
func crowd(tb testing.TB, tasks, samples int) *schema.Schema {
	tb.Helper()
	r := rand.New(rand.NewPCG(uint64(tasks), uint64(samples)))
	pick := func(from []string) string { return from[r.IntN(len(from))] }
	word := func() string { return pick(syllables) + pick(syllables) + pick(syllables) }
	var shared []string
	for range 300 {
		shared = append(shared, word())
	}
	seen := map[string]bool{}
	s := parsed(tb, `{"uniqueName": "crowd", "defaults": {"defaults": {"assistant_initiation": "task://greeting", "fallback": "task://greeting"}},
		"tasks": [{"uniqueName": "greeting", "actions": {"actions": [{"say": "How can I help?"}, {"listen": true}]}}]}`)
	for i := range tasks - 1 {
		own := []string{word(), word(), word()}
		t := schema.Task{UniqueName: fmt.Sprintf("task_%d", i+1), Actions: []byte(fmt.Sprintf(`{"actions":[{"say":"This is what the bot says about %s."}]}`, own[0]))}
		for len(t.Samples) < samples {
			text := strings.ReplaceAll(pick(openings), "~", " ") + " " + pick(own) + " " + pick(shared) + " " + pick(shared)
			if !seen[text] {
				seen[text] = true
				t.Samples = append(t.Samples, schema.Sample{Language: "en-US", TaggedText: text})
			}
		}
		s.Tasks = append(s.Tasks, t)
	}
	return s
}
