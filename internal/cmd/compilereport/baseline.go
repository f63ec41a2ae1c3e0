package main

import (
	"encoding/json"
	"regexp"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
)

// baseline is a router of three tiers, each in the order of the tasks: the samples
// themselves; samples with a field, which may be anything; and the words and pairs of
// words that occur in the samples of only one task. It has no stems, no weights, and
// ignores a word that two tasks have.
func baseline(s *schema.Schema) ([]byte, error) {
	const input = "{{flow.variables.in}}"
	type object map[string]any
	transitions := []any{object{"event": "noMatch"}}
	match := func(task, test, value string) {
		if value != "" {
			transitions = append(transitions, object{"event": "match", "next": "say " + task, "conditions": []any{
				object{"friendly_name": task, "arguments": []string{input}, "type": test, "value": value},
			}})
		}
	}
	owners := map[string]map[string]bool{}
	for _, t := range s.Tasks {
		var plain []string
		for _, sample := range t.Samples {
			if !strings.Contains(sample.TaggedText, "{") {
				plain = append(plain, lowered(sample.TaggedText))
			}
			for _, feature := range unweighted(sample.TaggedText) {
				if owners[feature] == nil {
					owners[feature] = map[string]bool{}
				}
				owners[feature][t.UniqueName] = true
			}
		}
		match(t.UniqueName, "matches_any_of", strings.Join(plain, ", "))
	}
	for _, t := range s.Tasks {
		match(t.UniqueName, "regex", fieldPatterns(t.Samples))
	}
	for _, t := range s.Tasks {
		seen := map[string]bool{}
		var own []string
		for _, sample := range t.Samples {
			for _, feature := range unweighted(sample.TaggedText) {
				if len(owners[feature]) == 1 && !seen[feature] {
					seen[feature] = true
					own = append(own, regexp.QuoteMeta(feature))
				}
			}
		}
		if len(own) > 0 {
			match(t.UniqueName, "regex", `(?:.*[^\p{L}\p{N}'])?(?:`+strings.Join(own, "|")+`)(?:[^\p{L}\p{N}'].*)?`)
		}
	}
	start := object{"name": "start", "type": "set-variables", "transitions": []any{object{"event": "next", "next": "route"}}, "properties": object{
		"variables": []any{object{"key": "in", "value": "{{trigger.message.Body | strip | downcase | remove: '.' | remove: '?' | remove: '!' | remove: ',' | replace: '  ', ' ' | strip}}"}},
	}}
	states := []any{
		object{"name": "Trigger", "type": "trigger", "transitions": []any{object{"event": "incomingMessage", "next": "start"}}},
		start,
		object{"name": "route", "type": "split-based-on", "transitions": transitions, "properties": object{"input": input}},
	}
	for _, t := range s.Tasks {
		states = append(states, object{"name": "say " + t.UniqueName, "type": "send-message", "transitions": []any{object{"event": "sent"}}, "properties": object{"body": t.UniqueName}})
	}
	return json.Marshal(object{"initial_state": "Trigger", "states": states})
}

var (
	marked = regexp.MustCompile(`\\\{[^{}]*\\\}`)
	word   = regexp.MustCompile(`\{[^{}]*\}|[\p{L}\p{N}']+`)
)

func lowered(s string) string {
	s = strings.NewReplacer(".", "", "?", "", "!", "", ",", "").Replace(strings.ToLower(strings.TrimSpace(s)))
	return strings.TrimSpace(strings.ReplaceAll(s, "  ", " "))
}

// fieldPatterns are samples with fields; one that consists of a single field is left out.
func fieldPatterns(samples []schema.Sample) string {
	var patterns []string
	for _, s := range samples {
		if p := marked.ReplaceAllString(regexp.QuoteMeta(lowered(s.TaggedText)), ".+"); p != ".+" && strings.Contains(s.TaggedText, "{") {
			patterns = append(patterns, p)
		}
	}
	if len(patterns) == 0 {
		return ""
	}
	return "(?:" + strings.Join(patterns, "|") + ")"
}

// unweighted are the words of a sample except stop words, and the pairs of neighbours
// of which at least one is not a stop word.
func unweighted(text string) []string {
	words := word.FindAllString(lowered(text), -1)
	var out []string
	for i, w := range words {
		if strings.HasPrefix(w, "{") {
			continue
		}
		if !common[w] {
			out = append(out, w)
		}
		if i+1 < len(words) && !strings.HasPrefix(words[i+1], "{") && (!common[w] || !common[words[i+1]]) {
			out = append(out, w+" "+words[i+1])
		}
	}
	return out
}

// common are the baseline's stop words: function words, and those of questions.
var common = func() map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(`a about all am an and any are as at be but by can can't could did do does don't for from had has
		have how i i'd i'll i'm i've if in is it it's its just let may me might must my no not of on or our please shall should
		so some than that that's the their them then there these they this those to us want was we were what what's when where
		which who why will with would yes you your`) {
		set[w] = true
	}
	return set
}()
