package schema

import (
	"fmt"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

// generator builds schema documents from bytes, with few names, so that two documents
// have much in common and few equal parts: what mutated text hardly reaches.
type generator struct{ data []byte }

func (g *generator) pick(n int) int {
	if len(g.data) == 0 {
		return 0
	}
	b := g.data[0]
	g.data = g.data[1:]
	return int(b) % n
}

func (g *generator) one(of ...string) string { return of[g.pick(len(of))] }

func (g *generator) list(most int, elem func() string) string {
	text := "["
	for i := range g.pick(most + 1) {
		if i > 0 {
			text += ", "
		}
		text += elem()
	}
	return text + "]"
}

func (g *generator) object(members ...string) string {
	text := ""
	for _, m := range members {
		if m == "" {
			continue
		}
		if text != "" {
			text += ","
		}
		text += m
	}
	return "{" + text + "}"
}

// maybe is a member, or none.
func (g *generator) maybe(name string, value func() string) string {
	if g.pick(4) == 0 {
		return ""
	}
	return fmt.Sprintf("%q : %s", name, value())
}

func (g *generator) name() string { return g.one(`"a"`, `"b"`, `"c"`, `null`) }

func (g *generator) action() string {
	return g.one(`{"say":"x"}`, `{"say":"y"}`, `{"say":{"speech":"x"}}`, `{"listen":true}`,
		`{"listen":{"tasks":["a"]}}`, `{"listen":{"tasks":["a","b"]}}`, `{"redirect":"task://a"}`, `{"remember":{"n":4.0}}`, `{}`, `7`)
}

func (g *generator) unsettled() string {
	return g.one(`""`, `"x"`, `null`, `{}`, `{"k":""}`, `{"k":"x"}`, `{"k":"y","l":[1]}`, `4`, `4.0`, `[]`)
}

func (g *generator) document() []byte {
	settings := func(inner string) func() string {
		return func() string {
			return g.one(`{}`, `null`, `{"other":1}`, `{"`+inner+`":`+g.object(
				g.maybe("p", g.unsettled), g.maybe("q", g.unsettled))+`}`)
		}
	}
	value := func() string {
		return g.object(g.maybe("language", func() string { return g.one(`"en-US"`, `"de"`) }),
			g.maybe("value", g.name), g.maybe("synonymOf", g.name))
	}
	fieldType := func() string {
		return g.object(g.maybe("uniqueName", g.name), g.maybe("friendlyName", g.name),
			g.maybe("values", func() string { return g.list(4, value) }))
	}
	field := func() string {
		return g.object(g.maybe("uniqueName", g.name), g.maybe("fieldType", func() string {
			return g.one(`"Twilio.CITY"`, `"UB4130bb37b688db48eee4c6225c442c39"`, `"a"`, `null`)
		}))
	}
	sample := func() string {
		return g.object(g.maybe("language", func() string { return `"en-US"` }), g.maybe("taggedText", g.name),
			g.maybe("sourceChannel", func() string { return g.one(`"sms"`, `"voice"`, `""`) }))
	}
	task := func() string {
		if g.pick(16) == 1 {
			return "null"
		}
		return g.object(g.maybe("uniqueName", g.name), g.maybe("friendlyName", g.name),
			g.maybe("actions", func() string {
				return g.one(`{}`, `null`, `[]`, `{"actions":[]}`, `{"actions":`+g.list(5, g.action)+`}`)
			}),
			g.maybe("actionsUrl", func() string {
				return g.one(`"https://example.com/"`, `"https://example.com/x"`, `"https://autopilot.twilio.com/v1/Assistants/UA1/Tasks/UD1/Actions"`, `""`)
			}),
			g.maybe("fields", func() string { return g.list(3, field) }), g.maybe("samples", func() string { return g.list(4, sample) }))
	}
	doc := jsontext.Value(g.object(
		g.maybe("logQueries", func() string { return g.one("true", "false", "null") }),
		g.maybe("defaults", settings("defaults")), g.maybe("styleSheet", settings("style_sheet")),
		g.maybe("fieldTypes", func() string { return g.list(3, fieldType) }),
		g.maybe("tasks", func() string { return g.list(4, task) })))
	switch g.pick(3) {
	case 0:
		_ = doc.Indent(jsontext.WithIndent("\t"))
	case 1:
		_ = doc.Compact()
	}
	return doc
}

// FuzzDrift compares documents of one kind with each other.
func FuzzDrift(f *testing.F) {
	for seed := range 200 {
		data := make([]byte, 400)
		x := uint32(seed)*2654435761 + 1
		for i := range data {
			x ^= x << 13
			x ^= x >> 17
			x ^= x << 5
			data[i] = byte(x >> 8)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		g := &generator{data: data}
		prior, other := g.document(), g.document()
		p, err := Parse(prior)
		if err != nil {
			t.Fatalf("%v\n%s", err, prior)
		}
		live, err := Parse(other)
		if err != nil {
			t.Fatalf("%v\n%s", err, other)
		}
		checkSchema(t, p)
		checkPair(t, prior, p, live)
	})
}
