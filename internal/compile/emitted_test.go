package compile

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/osteele/liquid"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/flow"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
)

// odd are texts of characters that are special in a regex, to Liquid, to
// matches_any_of or to JSON.
var odd = []string{
	`a.b*c+d?`, `(one|two)`, `[a-z]{2,3}`, `back\slash`, `\E and \Q`, `"double" 'single'`, `comma, in, it`, `{{liquid}}`, `{% tag %}`, `<b>&amp;</b>`,
	`$5.00 ^ up`, "new\nline", "tab\there", `it’s curly`, `50% off`, `a-b_c`, `ÄÖÜ straße`, `日本語 テスト`, `emoji 🙂 here`, `{size} and {name}`, `*{name}*`, `#1`,
	`a && b`, `[[:alpha:]]`, `{{{`, `{ %`, `%}`, `}}`, `'"`,
}

// spiky is a schema of odd texts in every place.
func spiky(tb testing.TB) *schema.Schema {
	tb.Helper()
	s := parsed(tb, rich)
	for i, text := range odd {
		t := schema.Task{
			UniqueName: fmt.Sprintf("odd_%d", i), Actions: []byte(`{"actions":[{"say":` + jsonString(text) + `},{"remember":{"k":` + jsonString(text) + `}},{"listen":true}]}`),
			Fields: []schema.Field{{UniqueName: "size", FieldType: "Size"}, {UniqueName: "name", FieldType: "Twilio.FIRST_NAME"}},
		}
		sample := text
		if placeholder.MatchString(text) && !strings.Contains(text, "{name}") {
			// Text in braces would be a field.
			sample = strings.NewReplacer("{", "(", "}", ")").Replace(text)
		}
		for _, language := range []string{"en-US", "de-DE"} {
			t.Samples = append(t.Samples, schema.Sample{Language: language, TaggedText: sample + " " + language}, schema.Sample{Language: language, TaggedText: language + " {size} " + sample})
		}
		s.Tasks = append(s.Tasks, t)
		s.FieldTypes[0].Values = append(s.FieldTypes[0].Values,
			schema.Value{Language: "en-US", Value: text}, schema.Value{Language: "en-US", Value: text + " too", SynonymOf: text})
	}
	return s
}

func jsonString(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`).Replace(text) + `"`
}

// foreignToJava are constructs of RE2 that Java's regex lacks, or reads differently.
var foreignToJava = map[string]*regexp.Regexp{
	`a class without braces, which engines read differently`: regexp.MustCompile(`\\[pP][^{]`),
	`a class of a script, which is \p{IsGreek} in Java`:      regexp.MustCompile(`\\[pP]\{\^?[A-Z][a-z]{2,}`),
	`a negated class`:                                        regexp.MustCompile(`\\[pP]\{\^`),
	`a group named as Python does`:                           regexp.MustCompile(`\(\?P`),
	`\z, \A, \Q, \E or \C`:                                   regexp.MustCompile(`\\[zZAQEC]`),
	`a POSIX class`:                                          regexp.MustCompile(`\[\[:`),
	`the flag U, which swaps greediness`:                     regexp.MustCompile(`\(\?[a-z-]*U`),
	`an octal or hexadecimal escape`:                         regexp.MustCompile(`\\(?:[0-9]|x)`),
	`an opening bracket within a class, which nests in Java`: regexp.MustCompile(`\[[^\]\\]*\[`),
	`&& within a class, which intersects in Java`:            regexp.MustCompile(`\[[^\]]*&&`),
}

func TestWhatIsEmittedIsReadEverywhere(t *testing.T) {
	all := everySchema(t)
	all["spiky"] = spiky(t)
	engine := liquid.NewEngine()
	engine.RegisterFilter("to_json", func(v any) string { return fmt.Sprint(v) })
	patterns, texts, lists := 0, 0, 0
	for name, s := range all {
		for label, o := range everyOptions {
			t.Run(name+"/"+label, func(t *testing.T) {
				f, found := Compile(s, o)
				if f == nil {
					skipFaulty(t, name, found)
				}
				for _, d := range flow.Validate(f) {
					if d.Code != flow.SplitOption || name != "spiky" { // whose samples have half a quote
						t.Errorf("%s %s: %s", d.Code, d.Pointer, d.Message)
					}
				}
				for _, state := range read(t, f).states {
					for _, way := range state.Transitions {
						for _, c := range way.Conditions {
							switch c.Type {
							case "regex":
								patterns++
								checkPattern(t, engine, state.Name, c.Value)
							case "matches_any_of":
								lists++
								checkList(t, engine, state.Name, c.Value, samplesOf(s))
							}
							checkLiquid(t, engine, state.Name, append(c.Arguments, c.Value)...)
						}
					}
					each(state.Properties, func(text string) {
						texts++
						checkLiquid(t, engine, state.Name, text)
					})
				}
			})
		}
	}
	if patterns == 0 || lists == 0 || texts == 0 {
		t.Errorf("%d regexes, %d lists, %d texts", patterns, lists, texts)
	}
}

func checkPattern(t *testing.T, engine *liquid.Engine, state, value string) {
	t.Helper()
	pattern, err := engine.ParseAndRenderString(value, nil)
	if err != nil {
		t.Errorf("%s: %v", state, err)
	}
	if _, err := regexp.Compile(pattern); err != nil {
		t.Errorf("%s: %v", state, err)
	}
	for what, r := range foreignToJava {
		if found := r.FindString(pattern); found != "" {
			t.Errorf("%s: %s, %q in %s", state, what, found, pattern)
		}
	}
	if len(pattern) > maxValue {
		t.Errorf("%s: a regex of %d bytes", state, len(pattern))
	}
}

// checkList reports whether each option of a list is a text of the schema: a comma within
// one would have split it in two.
func checkList(t *testing.T, engine *liquid.Engine, state, list string, known map[string]bool) {
	t.Helper()
	rendered, err := engine.ParseAndRenderString(list, nil)
	if err != nil {
		t.Errorf("%s: %v", state, err)
	}
	options := strings.Split(rendered, ", ")
	for _, option := range options {
		if !known[option] || strings.Contains(option, ",") || option == "" {
			t.Errorf("%s: the option %q is not a text of the schema", state, option)
		}
	}
	if len(list) > maxValue && len(options) > 1 {
		t.Errorf("%s: a list of %d bytes", state, len(list))
	}
}

// samplesOf are the texts of a schema that lists may have, normalised.
func samplesOf(s *schema.Schema) map[string]bool {
	known := map[string]bool{}
	for _, t := range s.Tasks {
		for _, sample := range t.Samples {
			known[normalise(sample.TaggedText)] = true
		}
	}
	for _, ft := range s.FieldTypes {
		for _, v := range ft.Values {
			known[normalise(v.Value)] = true
		}
	}
	for _, list := range builtinLists {
		for _, v := range listed(list(spoken[0])) {
			known[v.said] = true
		}
	}
	for _, t := range s.Tasks {
		for _, m := range allowedLists.FindAllStringSubmatch(string(t.Actions), -1) {
			for _, v := range quotedText.FindAllStringSubmatch(m[1], -1) {
				known[normalise(v[1])] = true
			}
		}
	}
	return known
}

var (
	allowedLists = regexp.MustCompile(`"(?:dis)?allowed_values"\s*:\s*\{\s*"list"\s*:\s*\[([^\]]*)\]`)
	quotedText   = regexp.MustCompile(`"([^"]*)"`)
)

// What of Liquid is in Twilio's own texts, or in exported flows that run. A flow that uses
// more may meet an engine that has no more.
var (
	knownFilters = []string{"plus", "minus", "default", "replace", "remove", "size", "to_json", "downcase", "upcase"}
	knownTags    = []string{"if", "else", "endif", "for", "endfor", "assign"}

	liquidPart   = regexp.MustCompile(`(?s)\{\{.*?\}\}|\{%.*?%\}`)
	liquidString = regexp.MustCompile(`'[^']*'|"[^"]*"`)
	liquidFilter = regexp.MustCompile(`\|\s*(\w+)`)
	liquidTag    = regexp.MustCompile(`^\{%\s*(\w+)`)
	liquidIf     = regexp.MustCompile(`^\{%\s*if\s+[\w.-]+(\s+==\s+(?:''|[\w.-]+))?\s*%\}$`)
)

// undocumented is what a text has of Liquid beyond that; empty for nothing.
func undocumented(text string) string {
	for _, part := range liquidPart.FindAllString(text, -1) {
		bare := liquidString.ReplaceAllString(part, "''")
		for _, filter := range liquidFilter.FindAllStringSubmatch(bare, -1) {
			if !slices.Contains(knownFilters, filter[1]) {
				return filter[1]
			}
		}
		if tag := liquidTag.FindStringSubmatch(bare); tag != nil && (!slices.Contains(knownTags, tag[1]) || tag[1] == "if" && !liquidIf.MatchString(bare)) {
			return bare
		}
		if strings.HasPrefix(part, "{{") && strings.Contains(part, "\n") {
			return "an output of two lines"
		}
	}
	return ""
}

func TestLiquidBeyondTheDocumentedIsNoticed(t *testing.T) {
	for text, want := range map[string]string{
		"{{a | strip}}": "strip", "{{a | replace: '| strip', 'x'}} | strip": "", "{% unless a %}{% endunless %}": "{% unless a %}", "{% if a contains 'b' %}": "{% if a contains '' %}",
		"{% if a == 'b' %}{% else %}{% endif %}{% for x in y.z %}{{x}}{% endfor %}{% assign c = d | size %}{% if c == 6 %}": "", "{{a | replace: '\n', ' '}}": "an output of two lines",
		"{% if a < 2 %}": "{% if a < 2 %}", "{% if a and b %}": "{% if a and b %}",
	} {
		if got := undocumented(text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func checkLiquid(t *testing.T, engine *liquid.Engine, state string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if more := undocumented(text); more != "" {
			t.Errorf("%s: %s is not documented: %s", state, more, text)
		}
		if _, err := engine.ParseString(text); err != nil {
			t.Errorf("%s: %v in %s", state, err, text)
		}
	}
}

// each calls back for every string within a value.
func each(value any, call func(string)) {
	switch v := value.(type) {
	case string:
		call(v)
	case []any:
		for _, elem := range v {
			each(elem, call)
		}
	case map[string]any:
		for _, elem := range v {
			each(elem, call)
		}
	}
}

func TestLiteralTextRendersAsItself(t *testing.T) {
	engine := liquid.NewEngine()
	for _, text := range odd {
		body := read(t, compiled(t, schemaOf(`{"say": `+jsonString(text)+`}`), voice)).states["v_a_01_say"].text("say")
		if got, err := engine.ParseAndRenderString(body, nil); err != nil || got != text {
			t.Errorf("got %q, %v; want %q", got, err, text)
		}
	}
}

func TestGroupsFitACondition(t *testing.T) {
	for length := 1; length <= maxValue; length += 7 {
		for _, separator := range []string{"|", ", "} {
			texts := slices.Repeat([]string{strings.Repeat("x", length)}, 2*maxValue/length+3)
			n := 0
			for _, group := range grouped(texts, len(separator)) {
				n += len(group)
				if got := len("(?:" + strings.Join(group, separator) + ")"); got > maxValue && len(group) > 1 {
					t.Errorf("%d texts of %d bytes take %d", len(group), length, got)
				}
			}
			if n != len(texts) {
				t.Errorf("%d of %d texts are left", n, len(texts))
			}
		}
	}
}

// Some parsers of Liquid read the first two characters of "{{%" as the start of a tag.
func TestTextsThatEndInABraceOpenNoTag(t *testing.T) {
	f := compiled(t, schemaOf(collects(`{"question": "Which {", "name": "x", "type": "Twilio.CITY", "validate": {"on_failure": {"messages": [{"say": "No {{"}, {"say": "Never {"}]}}}`)), messaging)
	body := read(t, f).states["m_a_01_q1_x"].text("body")
	if strings.Contains(body, "{{%") {
		t.Errorf("a text opens a tag: %s", body)
	}
	engine := liquid.NewEngine()
	for tries, want := range []string{"Which {", "No {{", "Never {"} {
		variables := map[string]any{"flow": map[string]any{"variables": map[string]any{"ap_try_1": tries}}}
		if got, err := engine.ParseAndRenderString(body, variables); err != nil || got != want {
			t.Errorf("after %d answers: %q, %v; want %q", tries, got, err, want)
		}
	}
}

func TestLongTextsAreParted(t *testing.T) {
	var samples []string
	for i := range 400 {
		samples = append(samples, fmt.Sprintf(`{"language": "en-US", "taggedText": "sample number %d"}`, i))
	}
	long := strings.Repeat("long ", 300)
	samples = append(samples, `{"language": "en-US", "taggedText": "`+long+`"}`)
	b := read(t, compiled(t, `{"uniqueName": "bot", "tasks": [{"uniqueName": "a", "actions": {"actions": [{"say": "x"}]}, "samples": [`+strings.Join(samples, ",")+`]}]}`,
		Options{Channels: messaging.Channels, Routing: Exact}))
	var options []string
	for _, way := range b.states["m_route"].Transitions {
		for _, c := range way.Conditions {
			if len(c.Value) > maxValue && c.Value != strings.TrimSpace(long) {
				t.Errorf("a value of %d bytes", len(c.Value))
			}
			options = append(options, strings.Split(c.Value, ", ")...)
		}
	}
	if len(options) != 401 || !slices.Contains(options, strings.TrimSpace(long)) {
		t.Errorf("%d options of 401", len(options))
	}
}
