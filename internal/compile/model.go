package compile

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

// The roots of pointers into the user's file.
const (
	atTasks    jsontext.Pointer = "/tasks"
	atTypes    jsontext.Pointer = "/fieldTypes"
	atDefaults jsontext.Pointer = "/defaults/defaults"
	atStyle    jsontext.Pointer = "/styleSheet/style_sheet"
)

func index(at jsontext.Pointer, i int) jsontext.Pointer { return at.AppendToken(strconv.Itoa(i)) }

// member is the pointer to something deeper in a value.
func member(at jsontext.Pointer, names ...string) jsontext.Pointer {
	for _, name := range names {
		at = at.AppendToken(name)
	}
	return at
}

// task is one of the schema's, with its place in the user's file. A task's order is
// that of the canonical form, so that what a schema compiles to does not depend on the
// order of its lists, which mean nothing.
type task struct {
	name    string
	order   int // from 1
	at      jsontext.Pointer
	actions []action
	url     string // where the actions are fetched instead
	samples []sample
	fields  map[string]string // types by name
}

// action is a verb with its value.
type action struct {
	verb   string
	value  *jsondoc.Node
	at     jsontext.Pointer
	number int // from 1, in its list
}

// sample is an utterance that leads to a task.
type sample struct {
	text     string
	language string
	at       jsontext.Pointer
}

// readTasks takes the tasks of the canonical form, and finds each in the user's file.
func (c *compiler) readTasks(canonical, file *schema.Schema) {
	c.byName = map[string]*task{}
	place := map[string]int{}
	for i, t := range file.Tasks {
		if _, ok := place[t.UniqueName]; !ok {
			place[t.UniqueName] = i
		}
	}
	for i, from := range canonical.Tasks {
		at := place[from.UniqueName]
		t := &task{name: from.UniqueName, order: i + 1, at: index(atTasks, at), url: from.ActionsURL, fields: map[string]string{}}
		if from.Actions != nil {
			t.url = ""
			t.actions = readActions(from.Actions, member(t.at, "actions", "actions"))
		}
		for _, f := range from.Fields {
			t.fields[f.UniqueName] = f.FieldType
		}
		t.samples = readSamples(from.Samples, file.Tasks[at].Samples, member(t.at, "samples"))
		c.byName[t.name] = t
		c.tasks = append(c.tasks, t)
	}
}

func readActions(document jsontext.Value, at jsontext.Pointer) []action {
	var out []action
	list := jsondoc.ParseValue(document).Get("actions")
	if !list.Is('[') {
		return nil
	}
	for i, elem := range list.Elems {
		if len(elem.Members) == 1 {
			m := elem.Members[0]
			out = append(out, action{verb: m.Name, value: m.Value, at: member(index(at, i), m.Name), number: i + 1})
		}
	}
	return out
}

func readSamples(canonical, file []schema.Sample, at jsontext.Pointer) []sample {
	out := make([]sample, 0, len(canonical))
	for _, s := range canonical {
		i := slices.IndexFunc(file, func(f schema.Sample) bool { return f.Language == s.Language && f.TaggedText == s.TaggedText })
		out = append(out, sample{text: s.TaggedText, language: s.Language, at: index(at, i)})
	}
	return out
}

// get follows names into an object; nil where there is nothing, or null.
func get(n *jsondoc.Node, names ...string) *jsondoc.Node {
	for _, name := range names {
		n = n.Get(name)
	}
	if !n.Present() {
		return nil
	}
	return n
}

// sayText is the text of a say, a question or a message: a string, {"speech": …} or
// {"say": …} of either.
func sayText(n *jsondoc.Node) string {
	for range 3 {
		if n == nil || n.Is('"') {
			break
		}
		if say := get(n, "say"); say != nil {
			n = say
		} else {
			n = get(n, "speech")
		}
	}
	if !n.Is('"') {
		return ""
	}
	return n.Text
}

// whole is a number that a schema gives as a number or as text; or where it gives none.
func whole(n *jsondoc.Node, or int) int {
	if n == nil {
		return or
	}
	value, err := strconv.ParseFloat(n.Text, 64)
	if err != nil || !(value >= 1 && value <= 1000) { // NaN is in no order
		return or
	}
	return int(value)
}

// stateName is `<channel>_<task>_<number>_<what>`.
func stateName(prefix string, t *task, a action, what string) string {
	return fmt.Sprintf("%s_%s_%02d_%s", prefix, t.name, a.number, what)
}
