package schema

import (
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// Overlay is the document that says what live holds in the words of prior: the
// user's own bytes, with only what live has otherwise replaced, removed or added.
// A prior that live satisfies comes back unchanged; one that is no schema gives way
// to an export of live. What comes back parses, and Equal holds between it and live.
func Overlay(prior []byte, live *Schema) []byte {
	root, err := parseTree(prior)
	if err != nil {
		return live.Export("", "")
	}
	was, err := Parse(prior)
	if err != nil {
		return live.Export("", "")
	}
	if Equal(was, live) {
		return prior
	}
	o := overlay{newEditor(prior)}
	if !logQueriesMet(was.LogQueries, live.LogQueries) {
		o.set(root, "logQueries", jsontext.Value(boolText(live.LogQueries == nil || *live.LogQueries)))
	}
	o.part(root.get("defaults").get("defaults"), tree(was.Defaults), tree(live.Defaults))
	o.part(root.get("styleSheet").get("style_sheet"), tree(was.StyleSheet), tree(live.StyleSheet))
	overlayList(o, root, "fieldTypes", was.FieldTypes, live.FieldTypes,
		listOf[FieldType]{FieldType.id, fieldTypeMet, o.fieldType, (*writer).fieldType})
	overlayList(o, root, "tasks", was.Tasks, live.Tasks,
		listOf[Task]{Task.id, taskMet, o.task, (*writer).task})
	return o.render(root)
}

// overlay marks the edits that make a document say what live holds.
type overlay struct{ *editor }

// part overlays defaults or styleSheet, whose absent keys are left alone.
func (o overlay) part(n, want, live *node) {
	if !met(want, live) {
		o.members(n, live)
	}
}

func (o overlay) members(n, live *node) {
	for _, m := range n.members {
		have := live.get(m.name)
		switch {
		case met(m.value, have):
		case isUnset(have):
			o.drop(n, m.value)
		case m.value.kind == '{' && have.kind == '{':
			o.members(m.value, have)
		default:
			o.replace(m.value, have.compact())
		}
	}
}

// listOf is what overlaying a list needs to know of its elements.
type listOf[T any] struct {
	id    func(T) id
	met   func(want, live T) bool
	edit  func(n *node, was, live T)
	write func(*writer, T)
}

func (l listOf[T]) text(e T) jsontext.Value {
	w := &writer{}
	l.write(w, e)
	return w.buf
}

func overlayList[T any](o overlay, owner *node, key string, was, live []T, of listOf[T]) {
	if listMet(was, live, of.id, of.met) {
		return
	}
	n := owner.get(key)
	if !n.isKind('[') {
		w := &writer{}
		list(w, key, unique(live, of.id), of.write)
		// A writer begins with the key: what follows it is the list.
		o.set(owner, key, w.buf[len(appendString(nil, key))+1:])
		return
	}
	had, have := index(was, of.id), index(live, of.id)
	seen := make(map[id]bool)
	for i, elem := range n.elems {
		key := of.id(was[i])
		now, ok := have[key]
		switch {
		case !ok:
			o.drop(n, elem)
		case seen[key]:
		case elem.kind != '{':
			o.replace(elem, of.text(now))
		case !of.met(was[i], now):
			of.edit(elem, was[i], now)
		}
		seen[key] = true
	}
	for _, e := range unique(live, of.id) {
		if _, ok := had[of.id(e)]; !ok {
			o.add(n, "", of.text(e))
		}
	}
}

func (o overlay) fieldType(n *node, was, live FieldType) {
	o.optional(n, "friendlyName", was.FriendlyName, live.FriendlyName)
	overlayList(o, n, "values", was.Values, live.Values,
		listOf[Value]{Value.id, valueMet, o.value, (*writer).value})
}

func (o overlay) value(n *node, was, live Value) {
	if live.SynonymOf == "" {
		o.set(n, "synonymOf", jsontext.Value("null"))
		return
	}
	o.set(n, "synonymOf", appendString(nil, live.SynonymOf))
}

func (o overlay) task(n *node, was, live Task) {
	o.optional(n, "friendlyName", was.FriendlyName, live.FriendlyName)
	if !urlMet(was, live) {
		o.say(n, "actionsUrl", live.externalURL())
	}
	if !actionsMet(was, live) {
		actions, now := n.get("actions"), tree(live.Actions)
		if now == nil {
			o.drop(n, actions)
		} else {
			o.merge(actions, now)
		}
	}
	overlayList(o, n, "fields", was.Fields, live.Fields,
		listOf[Field]{Field.id, fieldMet, o.field, (*writer).taskField})
	overlayList(o, n, "samples", was.Samples, live.Samples,
		listOf[Sample]{Sample.id, sampleMet, o.sample, (*writer).sample})
}

func (o overlay) field(n *node, _, live Field) {
	o.set(n, "fieldType", appendString(nil, live.FieldType))
}

func (o overlay) sample(n *node, was, live Sample) {
	o.optional(n, "sourceChannel", was.SourceChannel, live.SourceChannel)
}

// optional overlays a text that a file may leave unsaid, and is then left alone.
func (o overlay) optional(n *node, key, was, live string) {
	if !textMet(was, live) {
		o.say(n, key, live)
	}
}

// say makes a member say a text; an empty one is not said at all.
func (o overlay) say(n *node, key, text string) {
	if text != "" {
		o.set(n, key, appendString(nil, text))
	} else if have := n.get(key); have != nil {
		o.drop(n, have)
	}
}

// merge makes a value mean exactly what live means, keeping what they share.
func (o overlay) merge(n, live *node) {
	switch {
	case same(n, live):
	case n.kind == '{' && live.kind == '{' && slices.ContainsFunc(n.members, func(m member) bool { return live.get(m.name) != nil }):
		for _, m := range n.members {
			if now := live.get(m.name); now != nil {
				o.merge(m.value, now)
			} else {
				o.drop(n, m.value)
			}
		}
		for _, m := range live.members {
			if n.get(m.name) == nil {
				o.add(n, m.name, m.value.compact())
			}
		}
	case n.kind == '[' && live.kind == '[':
		o.mergeList(n, live)
	default:
		o.replace(n, live.compact())
	}
}

// mergeList pairs the elements two lists share in order; what stands between two
// pairs is merged one by one, and the rest dropped or put in.
func (o overlay) mergeList(n, live *node) {
	var out []item
	i, j := 0, 0
	for _, p := range append(commonElements(n.elems, live.elems), [2]int{len(n.elems), len(live.elems)}) {
		for ; i < p[0] && j < p[1]; i, j = i+1, j+1 {
			o.merge(n.elems[i], live.elems[j])
			out = append(out, item{old: n.elems[i]})
		}
		for ; j < p[1]; j++ {
			out = append(out, item{text: live.elems[j].compact()})
		}
		i, j = p[0]+1, p[1]+1
		if p[0] < len(n.elems) {
			out = append(out, item{old: n.elems[p[0]]})
		}
	}
	o.items[n] = out
}
