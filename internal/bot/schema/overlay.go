package schema

import (
	"github.com/go-json-experiment/json/jsontext"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

// Overlay returns prior, edited to have the content of live. Only what differs is
// replaced, removed or added; everything else keeps its bytes. A prior that live
// satisfies is returned unchanged. For one that is no schema, an export of live is
// returned. Parse accepts the result, and Equal(result, live) holds.
func Overlay(prior []byte, live *Schema) []byte {
	root, was, err := parse(prior)
	if err != nil {
		return live.Export("", "")
	}
	if Equal(was, live) {
		return prior
	}
	o := overlay{jsondoc.NewEditor(prior)}
	if !logQueriesMet(was.LogQueries, live.LogQueries) {
		o.Set(root, "logQueries", jsontext.Value(boolText(live.LogQueries == nil || *live.LogQueries)))
	}
	o.part(root.Get("defaults").Get("defaults"), tree(was.Defaults), tree(live.Defaults))
	o.part(root.Get("styleSheet").Get("style_sheet"), tree(was.StyleSheet), tree(live.StyleSheet))
	overlayList(o, root, "fieldTypes", was.FieldTypes, live.FieldTypes,
		listOf[FieldType]{FieldType.id, fieldTypeMet, o.fieldType, (*writer).fieldType})
	overlayList(o, root, "tasks", was.Tasks, live.Tasks,
		listOf[Task]{Task.id, taskMet, o.task, (*writer).task})
	return o.Render(root)
}

// overlay collects the edits that give a document the content of live.
type overlay struct{ *jsondoc.Editor }

// part overlays defaults or styleSheet. Keys that are absent stay absent.
func (o overlay) part(n, want, live *jsondoc.Node) {
	if !met(want, live) {
		o.members(n, live)
	}
}

func (o overlay) members(n, live *jsondoc.Node) {
	for _, m := range n.Members {
		have := live.Get(m.Name)
		switch {
		case met(m.Value, have):
		case isUnset(have):
			o.Remove(n, m.Value)
		case m.Value.Kind == '{' && have.Kind == '{':
			o.members(m.Value, have)
		default:
			o.Replace(m.Value, have.Compact())
		}
	}
}

// listOf describes the elements of a list to overlayList.
type listOf[T any] struct {
	id    func(T) id
	met   func(want, live T) bool
	edit  func(n *jsondoc.Node, was, live T)
	write func(*writer, T)
}

func (l listOf[T]) text(e T) jsontext.Value {
	w := &writer{}
	l.write(w, e)
	return w.buf
}

func overlayList[T any](o overlay, owner *jsondoc.Node, key string, was, live []T, of listOf[T]) {
	if listMet(was, live, of.id, of.met) {
		return
	}
	n := owner.Get(key)
	if !n.Is('[') {
		w := &writer{}
		list(w, key, unique(live, of.id), of.write)
		// The writer has written the key and a colon before the list.
		o.Set(owner, key, w.buf[len(jsondoc.AppendString(nil, key))+1:])
		return
	}
	before, after := index(was, of.id), index(live, of.id)
	seen := make(map[id]bool)
	for i, elem := range n.Elems {
		key := of.id(was[i])
		now, ok := after[key]
		switch {
		case !ok:
			o.Remove(n, elem)
		case seen[key]:
		case elem.Kind != '{':
			o.Replace(elem, of.text(now))
		case !of.met(was[i], now):
			of.edit(elem, was[i], now)
		}
		seen[key] = true
	}
	for _, e := range unique(live, of.id) {
		if _, ok := before[of.id(e)]; !ok {
			o.Append(n, "", of.text(e))
		}
	}
}

func (o overlay) fieldType(n *jsondoc.Node, was, live FieldType) {
	o.optional(n, "friendlyName", was.FriendlyName, live.FriendlyName)
	overlayList(o, n, "values", was.Values, live.Values,
		listOf[Value]{Value.id, valueMet, o.value, (*writer).value})
}

func (o overlay) value(n *jsondoc.Node, was, live Value) {
	if live.SynonymOf == "" {
		o.Set(n, "synonymOf", jsontext.Value("null"))
		return
	}
	o.Set(n, "synonymOf", jsondoc.AppendString(nil, live.SynonymOf))
}

func (o overlay) task(n *jsondoc.Node, was, live Task) {
	o.optional(n, "friendlyName", was.FriendlyName, live.FriendlyName)
	if !urlMet(was, live) {
		o.say(n, "actionsUrl", live.externalURL())
	}
	if !actionsMet(was, live) {
		actions, now := n.Get("actions"), tree(live.Actions)
		if now == nil {
			o.Remove(n, actions)
		} else {
			o.Merge(actions, now)
		}
	}
	overlayList(o, n, "fields", was.Fields, live.Fields,
		listOf[Field]{Field.id, fieldMet, o.field, (*writer).taskField})
	overlayList(o, n, "samples", was.Samples, live.Samples,
		listOf[Sample]{Sample.id, sampleMet, o.sample, (*writer).sample})
}

func (o overlay) field(n *jsondoc.Node, _, live Field) {
	o.Set(n, "fieldType", jsondoc.AppendString(nil, live.FieldType))
}

func (o overlay) sample(n *jsondoc.Node, was, live Sample) {
	o.optional(n, "sourceChannel", was.SourceChannel, live.SourceChannel)
}

// optional overlays a text that is optional: where it is absent, it stays absent.
func (o overlay) optional(n *jsondoc.Node, key, was, live string) {
	if !textMet(was, live) {
		o.say(n, key, live)
	}
}

// say gives a member a text, and removes the member if the text is empty.
func (o overlay) say(n *jsondoc.Node, key, text string) {
	if text != "" {
		o.Set(n, key, jsondoc.AppendString(nil, text))
	} else if have := n.Get(key); have != nil {
		o.Remove(n, have)
	}
}
