package flow

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

// mutator changes documents in ways that mostly keep them flow definitions, which
// changes of bytes seldom do.
type mutator struct{ *rand.Rand }

func (m mutator) pick(texts ...string) string { return texts[m.IntN(len(texts))] }

func (m mutator) leaf() *jsondoc.Node {
	n, err := jsondoc.Parse([]byte(m.pick(`null`, `""`, `"ask"`, `"bye"`, `"match"`, `"x"`, `true`, `false`, `1`, `1.0`, `2e1`, `[]`, `{}`,
		`[{"key": "a", "value": "b"}]`, `[{"key": "a"}, {"key": "b", "value": null}]`, `{"event": "match", "next": "bye"}`,
		`{"name": "late", "transitions": [{"event": "sent"}]}`, `{"x": {"y": 1}}`)))
	if err != nil {
		panic(err)
	}
	return n
}

// node copies a tree, with about one in rate of its nodes changed.
func (m mutator) node(n *jsondoc.Node, rate int) *jsondoc.Node {
	if m.IntN(rate) == 0 {
		return m.leaf()
	}
	out := &jsondoc.Node{Kind: n.Kind, Text: n.Text}
	for _, member := range n.Members {
		if m.IntN(rate) > 0 {
			out.Members = append(out.Members, jsondoc.Member{Name: member.Name, Value: m.node(member.Value, rate)})
		}
	}
	for _, elem := range n.Elems {
		for m.IntN(rate) == 0 {
			out.Elems = append(out.Elems, m.node(elem, rate))
		}
		if m.IntN(rate) > 0 {
			out.Elems = append(out.Elems, m.node(elem, rate))
		}
	}
	if n.Kind == '{' && m.IntN(rate) == 0 {
		name := m.pick("name", "type", "next", "event", "conditions", "properties", "transitions", "flags", "body", "offset", "new")
		if out.Get(name) == nil {
			out.Members = append(out.Members, jsondoc.Member{Name: name, Value: m.leaf()})
		}
	}
	if m.IntN(rate) == 0 {
		slices.Reverse(out.Members)
		slices.Reverse(out.Elems)
	}
	return out
}

func TestAnyFlowOverlaysAnyOther(t *testing.T) {
	m := mutator{rand.New(rand.NewPCG(8, 4))}
	root := mustParse(t, menu).root
	flows := 0
	for range 2000 {
		prior := m.node(root, 10+m.IntN(90))
		live, err := Parse(m.node(prior, 10+m.IntN(90)).Compact())
		if err != nil {
			continue
		}
		flows++
		text := prior.Compact()
		if err := invariants(text, live); err != nil {
			t.Fatalf("%s\nunder\n%s\n%v", text, live.root.Compact(), err)
		}
	}
	if flows < 200 {
		t.Errorf("only %d documents were flows", flows)
	}
}
