package compile

import (
	"regexp"
	"slices"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/classify"
)

// Judge is what the first router of a flow decides of an input, without the flow: the name
// of a task, or nothing. The flow decides the same
// (TestAFlowRoutesAsItsModelJudges); Judge takes a hundredth of its time, and any tuning
// of what was learnt once, for measurements.
func Judge(s *schema.Schema, o Options) func(input string, tuning classify.Tuning) (task string) {
	c := newCompiler(s, o.normal())
	type rule struct {
		task  string
		holds func(string) bool
	}
	var rules []rule
	for _, m := range c.matches(c.tasks) {
		r := rule{task: m.task.name}
		if m.test == "regex" {
			r.holds = regexp.MustCompile(`(?is)\A(?:` + m.value + `)\z`).MatchString
		} else {
			options := strings.Split(m.value, ", ")
			r.holds = func(input string) bool { return slices.Contains(options, input) }
		}
		rules = append(rules, r)
	}
	var t *trained
	if c.options.Routing == Trained {
		t = c.train(c.tasks)
	}
	models := map[classify.Tuning]*classify.Model{}
	return func(input string, tuning classify.Tuning) string {
		input = normalise(input)
		for _, r := range rules {
			if r.holds(input) {
				return r.task
			}
		}
		if t == nil {
			return ""
		}
		m := models[tuning]
		if m == nil {
			m = t.fit.Model(tuning)
			models[tuning] = m
		}
		if v := m.Judge(classify.Spell(input, t.steps)); v.Sure {
			return t.tasks[v.First].name
		}
		return ""
	}
}
