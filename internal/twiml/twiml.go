// Package twiml builds TwiML, the XML that tells Twilio what to do with a call or a message
// (https://www.twilio.com/docs/voice/twiml, https://www.twilio.com/docs/messaging/twiml), from
// verbs as a configuration writes them. It checks what Twilio's own builder does not: that
// verbs, attributes and nestings exist, and that values are of their kind. It does no I/O.
package twiml

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
	"github.com/beevik/etree"
	"github.com/twilio/twilio-go/twiml"
)

// MaxSize is how large a document may be, in bytes (https://www.twilio.com/docs/api/errors/11750).
const MaxSize = 64 << 10

// Problem is something that TwiML does not have, or that Twilio would refuse.
type Problem struct {
	Path string // such as verbs[2].gather.verbs[0].say
	Text string
}

func (p Problem) String() string { return p.Path + ": " + p.Text }

// Build is the document of a list of verbs, each an object with one attribute that names it:
// [{"say": "Hello"}, {"gather": {"num_digits": 1, "verbs": [{"say": "Press 1"}]}}]. Values are
// those of a decoded JSON text, with numbers as json.Number; what is nil is as if it were not
// there. The same verbs give the same bytes. Where there are problems, there is no document.
func Build(verbs any) (string, []Problem) {
	r := &reader{}
	nodes := r.document("verbs", verbs)
	if len(r.problems) > 0 {
		return "", r.problems
	}
	text, err := render(nodes)
	switch {
	case err != nil:
		return "", []Problem{{"verbs", err.Error()}}
	case len(text) > MaxSize:
		return "", []Problem{{"verbs", fmt.Sprintf("the document has %d bytes, and Twilio takes %d", len(text), MaxSize)}}
	}
	return text, nil
}

// node is an element of a document, in the form that Twilio's builder takes.
type node struct {
	name       string
	text       string
	attributes map[string]string
	children   []*node
	// markup is SSML in a Say, in place of text; of a node without a name, elements in place
	// of the whole node.
	markup []etree.Token
}

var _ twiml.Element = (*node)(nil)

func (n *node) GetName() string { return n.name }
func (n *node) GetText() string { return n.text }

func (n *node) GetAttr() (optional, parameters map[string]string) { return n.attributes, nil }

func (n *node) GetInnerElements() []twiml.Element {
	inner := make([]twiml.Element, len(n.children))
	for i, child := range n.children {
		inner[i] = child
	}
	return inner
}

// render writes a document.
func render(nodes []*node) (string, error) {
	document, response := twiml.CreateDocument()
	// Line breaks in attributes are written as references: as they are, a parser makes spaces
	// of them.
	document.WriteSettings = etree.WriteSettings{CanonicalText: true, CanonicalAttrVal: true}
	for _, n := range nodes {
		if n.name == "" {
			for _, token := range n.markup {
				response.AddChild(token)
			}
			continue
		}
		twiml.AddAllVerbs(response, []twiml.Element{n})
		if built, ok := response.Child[len(response.Child)-1].(*etree.Element); ok {
			complete(n, built)
		}
	}
	return twiml.ToXML(document)
}

// complete adds what Twilio's builder leaves out of an element: SSML, and attributes whose
// value is empty, which means something (finishOnKey). The builder writes attributes in the
// order of a Go map.
func complete(n *node, built *etree.Element) {
	for i, child := range built.ChildElements() {
		complete(n.children[i], child)
	}
	for _, token := range n.markup {
		built.AddChild(token)
	}
	for name, value := range n.attributes {
		if value == "" {
			built.CreateAttr(name, value)
		}
	}
	built.SortAttrs()
}

// reader turns what a configuration says into nodes.
type reader struct{ problems []Problem }

func (r *reader) problem(at, format string, args ...any) {
	r.problems = append(r.problems, Problem{at, fmt.Sprintf(format, args...)})
}

// document reads the verbs of a whole document.
func (r *reader) document(at string, given any) (nodes []*node) {
	list, ok := given.([]any)
	if !ok {
		r.problem(at, "must be a list of verbs, such as [{ say = \"Hello\" }]")
		return nil
	}
	first, last := "", "" // the first verb of a kind, and the one that ends the document
	for i, each := range list {
		if each == nil {
			continue
		}
		at := fmt.Sprintf("%s[%d]", at, i)
		name, n := r.verb(at, each, verbs)
		if n == nil {
			continue
		}
		if last != "" {
			r.problem(at, "is never reached: nothing runs after `%s`", last)
			break
		}
		verb := verbs[name]
		if verb.ends {
			last = name
		}
		switch {
		case verb.channel == "":
		case first == "":
			first = name
		case verbs[first].channel != verb.channel:
			r.problem(at, "`%s` answers a %s and `%s` a %s, and a document answers one of the two",
				name, verb.channel, first, verbs[first].channel)
		}
		nodes = append(nodes, n)
	}
	return nodes
}

// verb reads an object that names one verb of those allowed; nil where that failed.
func (r *reader) verb(at string, given any, allowed map[string]*element) (string, *node) {
	object, ok := given.(map[string]any)
	if !ok {
		r.problem(at, "must be an object that names a verb, such as { say = \"Hello\" }")
		return "", nil
	}
	names := present(object)
	if len(names) != 1 {
		r.problem(at, "must name one verb, not %d%s", len(names), quoted(": ", names))
		return "", nil
	}
	name := names[0]
	e, ok := allowed[name]
	if !ok {
		where := "TwiML"
		if _, elsewhere := verbs[name]; elsewhere {
			where = "what may be nested here"
		}
		r.problem(at, "there is no verb %q in %s.%s", name, where, suggestion(name, keys(allowed)))
		return name, nil
	}
	return name, r.element(at+"."+name, e, object[name])
}

// element reads an element: an object, or its content alone.
func (r *reader) element(at string, e *element, given any) *node {
	before := len(r.problems)
	n := &node{name: e.name, attributes: map[string]string{}}
	object, ok := given.(map[string]any)
	switch _, list := given.([]any); {
	case e.raw:
		n.markup = r.rawVerbs(at, given)
	case ok:
		r.attributes(func(name string) string { return at + "." + name }, at, e, object, n)
	case list:
		r.problem(at, "must be an object or a single value, not a list")
	case e.alone() == "":
		r.problem(at, "must be an object%s", quoted(", which may have ", e.names()))
	default:
		object = map[string]any{e.alone(): given}
		r.attributes(func(string) string { return at }, at, e, object, n)
	}
	if len(r.problems) == before && e.check != nil {
		e.check(r, at, object, n)
	}
	if len(r.problems) > before {
		return nil
	}
	return n
}

// attributes reads the attributes of an object, and what is nested in it; of gives the path of
// an attribute.
func (r *reader) attributes(of func(name string) string, at string, e *element, object map[string]any, n *node) {
	for _, name := range present(object) {
		if !slices.Contains(e.names(), name) {
			r.problem(at, "there is no attribute %q.%s", name, suggestion(name, e.names()))
		}
	}
	// In the order of the table, and not in that of the object, which has none.
	if given := object[e.content]; given != nil && e.content != "" {
		n.text = r.value(of(e.content), e.rule, given)
	}
	for _, name := range keys(e.attributes) {
		if given := object[name]; given != nil {
			n.attributes[camel(name)] = r.value(of(name), e.attributes[name], given)
		}
	}
	if given := object["ssml"]; given != nil && e.ssml {
		n.markup = r.speech(of("ssml"), given)
	}
	for _, child := range e.children {
		if given := object[child.key]; given != nil {
			n.children = append(n.children, r.nested(of(child.key), child, given)...)
		}
	}
	for _, pairs := range e.pairs {
		given := object[pairs.key]
		if given == nil {
			continue
		}
		if len(n.children) == 0 && e.contentBesidePairs != "" {
			n.children, n.text = []*node{{name: e.contentBesidePairs, text: n.text}}, ""
		}
		n.children = append(n.children, r.pairs(of(pairs.key), pairs.name, given)...)
	}
}

// nested reads the elements of one kind within another: one, or a list.
func (r *reader) nested(at string, c child, given any) (nodes []*node) {
	list, ok := given.([]any)
	switch {
	case c.verbs != nil && !ok:
		r.problem(at, "must be a list of verbs")
	case c.verbs != nil:
		for i, each := range list {
			if each == nil {
				continue
			}
			if _, n := r.verb(fmt.Sprintf("%s[%d]", at, i), each, c.verbs); n != nil {
				nodes = append(nodes, n)
			}
		}
	case !ok:
		if n := r.element(at, c.element, given); n != nil {
			nodes = append(nodes, n)
		}
	case c.single:
		r.problem(at, "must be one, not a list")
	default:
		for i, each := range list {
			if each == nil {
				continue
			}
			if n := r.element(fmt.Sprintf("%s[%d]", at, i), c.element, each); n != nil {
				nodes = append(nodes, n)
			}
		}
	}
	return nodes
}

// pairs reads an object of names and values, each of which becomes an element.
func (r *reader) pairs(at, name string, given any) (nodes []*node) {
	object, ok := given.(map[string]any)
	if !ok {
		r.problem(at, "must be an object of names and values")
		return nil
	}
	for _, key := range present(object) {
		value := r.value(fmt.Sprintf("%s[%q]", at, key), anyText, object[key])
		r.value(fmt.Sprintf("%s[%q]", at, key), someText, key)
		nodes = append(nodes, &node{name: name, attributes: map[string]string{"name": key, "value": value}})
	}
	return nodes
}

// value reads a value by its rule.
func (r *reader) value(at string, rule rule, given any) string {
	text, ok := rule.read(given)
	if list, isList := given.([]any); !ok && isList && rule.each != nil {
		empty := true
		for i, one := range list {
			if one != nil {
				empty = false
				r.value(fmt.Sprintf("%s[%d]", at, i), *rule.each, one)
			}
		}
		if empty {
			r.problem(at, "must be %s, not an empty list", rule.is)
		}
		return ""
	}
	if !ok {
		r.problem(at, "must be %s%s", rule.is, rule.actually(given))
		return ""
	}
	if character, found := forbidden(text); found {
		r.problem(at, "has a character that XML cannot hold: %U", character)
	}
	return text
}

// present are the names of an object that have a value, sorted.
func present(object map[string]any) (names []string) {
	for _, name := range keys(object) {
		if object[name] != nil {
			names = append(names, name)
		}
	}
	return names
}

func keys[V any](of map[string]V) []string {
	names := make([]string, 0, len(of))
	for name := range of {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// camel is the name of an attribute as TwiML spells it: num_digits is numDigits.
func camel(name string) string {
	words := strings.Split(name, "_")
	for i, word := range words[1:] {
		words[i+1] = strings.ToUpper(word[:1]) + word[1:]
	}
	return strings.Join(words, "")
}

// quoted lists names after a lead; empty for none.
func quoted(lead string, names []string) string {
	if len(names) == 0 {
		return ""
	}
	return lead + "`" + strings.Join(names, "`, `") + "`"
}

// suggestion names what was probably meant, or all there is. TwiML's own spelling of a name
// (numDigits) is as near as can be.
func suggestion(name string, known []string) string {
	plain := func(s string) string { return strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(s)) }
	best, distance := "", 3
	for _, each := range known {
		if d := levenshtein.Distance(plain(name), plain(each), nil); d < distance {
			best, distance = each, d
		}
	}
	if best != "" {
		return fmt.Sprintf(" Did you mean `%s`?", best)
	}
	return quoted(" There are ", known)
}
