package compile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/classify"
)

// close is Liquid for the name of one of two tasks, where the first is far enough ahead of
// nothing, and only not of the second, and the input is not itself an answer to which was
// meant.
func (t *trained) close(which string) string {
	return "{% if flow.variables." + varAsked + " == 'yes' %}{% else %}{% assign lead = top" + strings.Repeat(" | plus: top", classify.Ahead-1) + " %}" +
		notLess("lead", "bar") + "{{" + which + "}}{% endif %}{% endif %}"
}

// The answers to which of two was meant, beside the samples and words of either.
var choices = [2]string{"1, one, first, the first", "2, two, second, the second"}

// confirm creates the states that ask which of two tasks was meant. Whatever else is
// answered is routed, and then goes to the fallback where it is as unclear.
func (s *side) confirm(router string, tasks []*task, t *trained, otherwise target) target {
	unsure := s.add(router+"_unsure", kindSplit, s.shared, map[string]any{"input": literalVariable(varSecond)})
	body := t.question(s.c.options.Confirm)
	name := router + "_confirm"
	var ask *widget
	if s.voice() {
		ask = s.add(name, kindGather, s.shared, s.withVoice(gathering(body)))
	} else {
		ask = s.wait(name, s.shared, message(body))
	}
	unsure.match("two are close", "is_not_blank", notBlank, to(ask))
	unsure.on("noMatch", otherwise)

	s.asked = true
	heard := []*widget{s.hear(ask, s.shared)}
	if s.voice() {
		heard = append(heard, s.pressed(ask, s.shared, input{expression: keysOf(ask)}))
		ask.on("timeout", to(s.silence()))
	}
	s.asked = false
	choice := s.add(router+"_choice", kindSplit, s.shared, map[string]any{"input": inputOfFlow})
	for _, w := range heard {
		w.on("next", to(choice))
	}
	for i, variable := range []string{varFirst, varSecond} {
		chosen := s.add(fmt.Sprintf("%s_%s", router, []string{"first", "second"}[i]), kindSplit, s.shared, map[string]any{"input": literalVariable(variable)})
		for label, each := range t.tasks {
			chosen.match(each.name, "equal_to", t.label(label), s.toTask(each))
		}
		chosen.on("noMatch", otherwise)
		choice.match([]string{"the first", "the second"}[i], "matches_any_of", choices[i], to(chosen))
	}
	choice.on("noMatch", s.router(tasks))
	return to(unsure)
}

// question is Liquid for what is asked. Braces around {first}, as templates of Studio have
// them, are text like any other.
func (t *trained) question(confirm string) string {
	var b strings.Builder
	for confirm != "" {
		name, at := varFirst, strings.Index(confirm, "{first}")
		if second := strings.Index(confirm, "{second}"); at < 0 || second >= 0 && second < at {
			name, at = varSecond, second
		}
		if at < 0 {
			break
		}
		b.WriteString(literal(confirm[:at]))
		b.WriteString(t.phrases(name))
		_, confirm, _ = strings.Cut(confirm[at:], "}")
	}
	return b.String() + literal(confirm)
}

// phrases is Liquid for how people call the task that a variable names: its shortest
// sample, or its name.
func (t *trained) phrases(variable string) string {
	var b strings.Builder
	b.WriteString("{% assign named = flow.variables." + variable + asText + " %}")
	for label, each := range t.tasks {
		fmt.Fprintf(&b, "{%% if named == %s %%}%s{%% endif %%}", quoted(strings.ToLower(t.label(label))), literal(each.phrase()))
	}
	return b.String()
}

func (t *task) phrase() string {
	var plain []string
	for _, s := range t.samples {
		if !placeholder.MatchString(s.text) && strings.TrimSpace(s.text) != "" {
			plain = append(plain, strings.TrimSpace(s.text))
		}
	}
	if len(plain) == 0 {
		return strings.NewReplacer("_", " ", "-", " ").Replace(t.name)
	}
	return slices.MinFunc(plain, func(a, b string) int { return len(a) - len(b) })
}
