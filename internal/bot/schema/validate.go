package schema

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/agext/levenshtein"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

// Twilio's limits (https://www.twilio.com/docs/autopilot/limits).
const (
	maxName        = 64
	maxTasks       = 600
	maxSamples     = 50_000
	maxFields      = 50
	maxFieldTypes  = 50
	maxValues      = 1_000
	maxActionsSize = 16 << 10
)

// Validate returns the errors and warnings about a schema, in the order of the file.
func Validate(s *Schema) []Diagnostic {
	v := &validator{schema: s, tasks: map[string]bool{}, types: map[string]bool{}, taskOf: map[Sample][]string{}, apart: Apart(s)}
	for _, t := range s.Tasks {
		v.tasks[t.UniqueName] = true
	}
	for _, t := range s.FieldTypes {
		v.types[t.UniqueName] = true
	}
	for _, n := range s.notes {
		v.add(Warning, n.code, n.at, n.message, n.detail)
	}
	v.objects()
	v.fieldTypes(place{}.member("fieldTypes"))
	v.allTasks(place{}.member("tasks"))
	v.redirectLoops(place{}.member("tasks"))
	return v.found
}

type validator struct {
	schema *Schema
	tasks  map[string]bool
	types  map[string]bool
	taskOf map[Sample][]string // the tasks of each sample, by its text in lower case
	apart  func(a, b string) bool
	found  []Diagnostic
}

func (v *validator) add(severity Severity, code Code, at place, message, detail string) {
	v.found = append(v.found, Diagnostic{
		Severity: severity, Code: code, Pointer: at.pointer, Message: message + ".", Detail: detail,
		key: at.key + " " + message,
	})
}

func (v *validator) err(code Code, at place, message, detail string) {
	v.add(Error, code, at, message, detail)
}

func (v *validator) warn(code Code, at place, message, detail string) {
	v.add(Warning, code, at, message, detail)
}

// nearest suggests a known name with a similar spelling.
func nearest(name string, known []string) string {
	best, distance := "", 3
	for _, each := range known {
		if d := levenshtein.Distance(strings.ToLower(name), strings.ToLower(each), nil); d < distance {
			best, distance = each, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" Did you mean %q?", best)
}

// builtInNames returns the names of the field types that every assistant has, sorted.
func builtInNames() []string {
	names := make([]string, 0, len(builtinSIDs))
	for _, name := range builtinSIDs {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func keys(set map[string]bool) []string {
	names := make([]string, 0, len(set))
	for name := range set {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// uniqueName checks a name that Twilio accepts in place of a SID.
func (v *validator) uniqueName(name string, at place, what string) {
	switch {
	case name == "":
		v.err(MissingName, at, fmt.Sprintf("the %s has no uniqueName", what), "Give it one.")
	case utf8.RuneCountInString(name) > maxName:
		v.err(LongName, at.member("uniqueName"), fmt.Sprintf("the name %q has %d characters", name, utf8.RuneCountInString(name)),
			fmt.Sprintf("Twilio keeps names of up to %d.", maxName))
	case strings.ContainsFunc(name, func(r rune) bool {
		return unicode.IsControl(r) || unicode.IsSpace(r) || strings.ContainsRune(`/?#"<>`, r)
	}):
		v.err(BadName, at.member("uniqueName"), fmt.Sprintf("the name %q contains a character that a unique name cannot have", name),
			"Use letters, digits, dots, dashes and underscores.")
	}
}

// objects checks defaults and what is missing from the file as a whole.
func (v *validator) objects() {
	defaults := tree(v.schema.Defaults)
	at := place{}.member("defaults").member("defaults")
	for _, name := range []string{"assistant_initiation", "fallback"} {
		if target := defaults.Get(name); !isUnset(target) {
			v.target(target, at.member(name))
		}
	}
	if target := defaults.Get("collect").Get("validate_on_failure"); !isUnset(target) {
		v.target(target, at.member("collect").member("validate_on_failure"))
	}
	if len(v.schema.Tasks) == 0 {
		v.warn(NoTasks, place{}.member("tasks"), "the assistant has no tasks", "It has nothing to say; add at least one.")
		return
	}
	if isUnset(defaults.Get("fallback")) {
		v.warn(NoFallback, at, "no `fallback` is set", "An input that no sample covers gets no answer from this file. Set it to a task, such as \"task://fallback\".")
	}
	if isUnset(defaults.Get("assistant_initiation")) {
		v.warn(VoiceNoInitiation, at, "no `assistant_initiation` is set", "Callers hear no greeting. Set it to a task, such as \"task://greeting\".")
	}
}

func (v *validator) fieldTypes(at place) {
	if n := len(v.schema.FieldTypes); n > maxFieldTypes {
		v.err(OverLimit, at, fmt.Sprintf("there are %d field types", n), fmt.Sprintf("Twilio allows %d in an assistant.", maxFieldTypes))
	}
	seen := map[string]bool{}
	for i, t := range v.schema.FieldTypes {
		here := at.index(i, t.UniqueName)
		v.uniqueName(t.UniqueName, here, "field type")
		if seen[t.UniqueName] {
			v.err(DuplicateFieldType, here, fmt.Sprintf("the field type %q is defined twice", t.UniqueName), "Names are unique in an assistant; merge the two, or rename one.")
		}
		seen[t.UniqueName] = true
		v.values(t, here.member("values"))
	}
}

func (v *validator) values(t FieldType, at place) {
	if n := len(t.Values); n > maxValues {
		v.err(OverLimit, at, fmt.Sprintf("the field type %q has %d values", t.UniqueName, n), fmt.Sprintf("Twilio allows %d.", maxValues))
	}
	own := map[string]bool{}
	synonyms := map[string]bool{}
	for _, value := range t.Values {
		if value.SynonymOf == "" {
			own[value.Value] = true
		} else {
			synonyms[value.Value] = true
		}
	}
	seen := map[id]bool{}
	for i, value := range t.Values {
		here := at.index(i, value.Value)
		if value.Value == "" || value.Language == "" {
			v.err(MissingName, here, fmt.Sprintf("a value of the field type %q lacks its `value` or its `language`", t.UniqueName), "Give both, such as \"en-US\" for the language.")
		}
		if value.Language != "" && value.Language != "en-US" {
			v.warn(Language, here.member("language"), fmt.Sprintf("the value %q is in %q", value.Value, value.Language), "The only language that Twilio lists for Autopilot is en-US.")
		}
		if seen[value.id()] {
			v.err(DuplicateValue, here, fmt.Sprintf("the field type %q has the value %q twice", t.UniqueName, value.Value), "Remove one of them.")
		}
		seen[value.id()] = true
		switch {
		case value.SynonymOf == "" || own[value.SynonymOf]:
		case synonyms[value.SynonymOf]:
			v.err(SynonymChain, here.member("synonymOf"), fmt.Sprintf("%q is a synonym of %q, which is a synonym itself", value.Value, value.SynonymOf), "Name the value that both are synonyms of.")
		default:
			v.err(UnknownSynonym, here.member("synonymOf"), fmt.Sprintf("the field type %q has no value %q", t.UniqueName, value.SynonymOf), "A synonym refers to another value of its type."+nearest(value.SynonymOf, keys(own)))
		}
	}
}

func (v *validator) allTasks(at place) {
	if n := len(v.schema.Tasks); n > maxTasks {
		v.err(OverLimit, at, fmt.Sprintf("there are %d tasks", n), fmt.Sprintf("Twilio allows %d in an assistant.", maxTasks))
	}
	samples := 0
	seen := map[string]bool{}
	for i, t := range v.schema.Tasks {
		here := at.index(i, t.UniqueName)
		samples += len(t.Samples)
		v.uniqueName(t.UniqueName, here, "task")
		if seen[t.UniqueName] {
			v.err(DuplicateTask, here, fmt.Sprintf("the task %q is defined twice", t.UniqueName), "Names are unique in an assistant; merge the two, or rename one.")
		}
		seen[t.UniqueName] = true
		v.fields(t, here.member("fields"))
		v.samples(t, here.member("samples"))
		v.taskActions(t, here)
	}
	if samples > maxSamples {
		v.err(OverLimit, at, fmt.Sprintf("there are %d samples", samples), fmt.Sprintf("Twilio allows %d in an assistant.", maxSamples))
	}
}

func (v *validator) fields(t Task, at place) {
	if n := len(t.Fields); n > maxFields {
		v.err(OverLimit, at, fmt.Sprintf("the task %q has %d fields", t.UniqueName, n), fmt.Sprintf("Twilio allows %d in a task.", maxFields))
	}
	seen := map[string]bool{}
	for i, f := range t.Fields {
		here := at.index(i, f.UniqueName)
		v.uniqueName(f.UniqueName, here, "field")
		if seen[f.UniqueName] {
			v.err(DuplicateField, here, fmt.Sprintf("the task %q has the field %q twice", t.UniqueName, f.UniqueName), "Remove one of them.")
		}
		seen[f.UniqueName] = true
		v.fieldType(f.FieldType, here.member("fieldType"))
	}
}

// fieldType checks the type of a field or a question: built in, custom, or a SID.
func (v *validator) fieldType(name string, at place) {
	canonical := CanonicalFieldType(name)
	switch {
	case v.types[name], slices.Contains(builtInNames(), canonical), fieldTypeSID.MatchString(name):
	case name == "":
		v.err(UnknownFieldType, at, "the field has no type", "Name a built-in type, such as Twilio.CITY, or one of `fieldTypes`.")
	default:
		v.err(UnknownFieldType, at, fmt.Sprintf("there is no field type %q", name),
			"Name a built-in type, such as Twilio.CITY, or one of `fieldTypes`."+nearest(name, append(keys(v.types), builtInNames()...)))
	}
}

var placeholder = regexp.MustCompile(`\{([^{}]*)\}`)

// sourceChannels are the channels of a sample in Twilio's OpenAPI document of Autopilot.
var sourceChannels = []string{"voice", "sms", "chat", "alexa", "google-assistant", "slack"}

func (v *validator) samples(t Task, at place) {
	fields := map[string]bool{}
	for _, f := range t.Fields {
		fields[f.UniqueName] = true
	}
	seen := map[Sample]bool{}
	for i, s := range t.Samples {
		here := at.index(i, s.TaggedText)
		if s.TaggedText == "" || s.Language == "" {
			v.err(MissingName, here, fmt.Sprintf("a sample of the task %q lacks its `taggedText` or its `language`", t.UniqueName), "Give both, such as \"en-US\" for the language.")
			continue
		}
		if s.Language != "en-US" {
			v.warn(Language, here.member("language"), fmt.Sprintf("the sample is in %q", s.Language), "The only language that Twilio lists for Autopilot is en-US.")
		}
		if s.SourceChannel != "" && !slices.Contains(sourceChannels, s.SourceChannel) {
			v.err(UnknownChannel, here.member("sourceChannel"), fmt.Sprintf("there is no channel %q", s.SourceChannel), "Twilio has "+strings.Join(sourceChannels, ", ")+".")
		}
		for _, found := range placeholder.FindAllStringSubmatch(s.TaggedText, -1) {
			if !fields[found[1]] {
				v.err(UnknownField, here.member("taggedText"), fmt.Sprintf("the sample %q names the field %q, which the task %q does not have", s.TaggedText, found[1], t.UniqueName),
					"Add it to the task's `fields`, or fix the name."+nearest(found[1], keys(fields)))
			}
		}
		heard := Sample{Language: s.Language, TaggedText: strings.ToLower(strings.TrimSpace(s.TaggedText))}
		exact := Sample{Language: s.Language, TaggedText: s.TaggedText}
		others := v.taskOf[heard]
		rival := slices.IndexFunc(others, func(other string) bool { return other != t.UniqueName && !v.apart(other, t.UniqueName) })
		switch {
		case seen[exact]:
			// No error: exported files have them, so Twilio accepts them.
			v.warn(DuplicateSample, here, fmt.Sprintf("the task %q has the sample %q twice", t.UniqueName, s.TaggedText), "It counts once; remove one of them.")
		case rival >= 0:
			v.warn(AmbiguousSample, here, fmt.Sprintf("the sample %q is also one of the task %q", s.TaggedText, others[rival]), "Twilio decides which of the two it leads to. Remove it from one.")
		case !slices.Contains(others, t.UniqueName):
			v.taskOf[heard] = append(others, t.UniqueName)
		}
		seen[exact] = true
	}
}

func (v *validator) taskActions(t Task, at place) {
	here := at.member("actions")
	switch {
	case t.Actions == nil && t.ActionsURL == "":
		v.warn(NoActions, at, fmt.Sprintf("the task %q has no actions", t.UniqueName), "It says nothing and ends the conversation.")
		return
	case t.Actions == nil:
		v.webURL(t.ActionsURL, at.member("actionsUrl"))
		return
	case t.ActionsURL != "":
		v.warn(TwoActions, at.member("actionsUrl"), fmt.Sprintf("the task %q has `actions` and an `actionsUrl`", t.UniqueName), "Which of the two Twilio uses is not documented. Remove one.")
	}
	document := tree(t.Actions)
	if len(t.Actions) > maxActionsSize {
		if n := len(document.Compact()); n > maxActionsSize {
			v.err(OverLimit, here, fmt.Sprintf("the actions of the task %q have %d bytes", t.UniqueName, n), fmt.Sprintf("Twilio allows %d.", maxActionsSize))
		}
	}
	list := document.Get("actions")
	if !list.Is('[') {
		v.err(ActionShape, here, fmt.Sprintf("the actions of the task %q are not a list", t.UniqueName), `Write {"actions": [ … ]}.`)
		return
	}
	v.actions(list, here.member("actions"))
}

// webURL checks a URL that Twilio fetches.
func (v *validator) webURL(address string, at place) {
	if !webAddress.MatchString(address) {
		// The address is not quoted: it may hold a password.
		v.err(BadURI, at, "this is not an address that Twilio can fetch", "Write an absolute URL, such as https://bot.example.com/actions, in place of a placeholder.")
	}
}

var webAddress = regexp.MustCompile(`^https?://[A-Za-z0-9][A-Za-z0-9.\-]*(:\d+)?([/?#][^\s<>]*)?$`)

// target checks the target of a redirect: a task of the file, or a URL.
func (v *validator) target(n *jsondoc.Node, at place) {
	if n.Is('{') {
		uri := n.Get("uri")
		if uri == nil {
			v.err(ActionShape, at, "a redirect has no `uri`", `Write "task://name", a URL, or {"uri": …, "method": "POST"}.`)
			return
		}
		n, at = uri, at.member("uri")
	}
	if !n.Is('"') {
		v.err(ActionShape, at, "a redirect is neither text nor an object", `Write "task://name", a URL, or {"uri": …, "method": "POST"}.`)
		return
	}
	name, isTask := strings.CutPrefix(n.Text, "task://")
	switch {
	case isTask:
		v.task(name, at)
	default:
		v.webURL(n.Text, at)
	}
}

func (v *validator) task(name string, at place) {
	if !v.tasks[name] {
		v.err(UnknownTask, at, fmt.Sprintf("there is no task %q", name), "Add it to `tasks`, or fix the name."+nearest(name, keys(v.tasks)))
	}
}
