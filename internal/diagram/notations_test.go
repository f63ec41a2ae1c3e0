package diagram_test

import (
	"encoding/xml"
	"fmt"
	"html"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/diagram"
)

// sketch is a drawing that either notation can write.
type sketch struct {
	labels []string
	shapes []int // of the nodes: a box, a rhombus, an ellipse
	edges  []sketched
}

type sketched struct {
	from, to int
	label    string
	style    int // an arrow, a line without one, an arrow at both ends
}

var (
	nodeLabels = []string{
		"Hello", "hello", "Is it urgent?", "Yes or no", "Start", "a < b & c > d", `the "quoted" #1`, "one\ntwo", "你好吗？", "👋🏽 Grüße",
		"[x] (y) {z}", "end", "style", "a --> b", "`code` and *stars*", "50 % off; now | or never", "", "C:\\x", "{{contact.name}}", "&amp; <b>",
	}
	edgeLabels = []string{"", "", "Yes", "no", "Yes / of course", "2", "maybe, or not", `"a" | b`, "<i>", "日本語", "1 or 2", "a -- b"}
)

func sketchOf(r *rand.Rand) (s sketch) {
	for range 1 + r.IntN(8) {
		s.labels = append(s.labels, nodeLabels[r.IntN(len(nodeLabels))])
		s.shapes = append(s.shapes, r.IntN(3))
	}
	for range r.IntN(12) {
		s.edges = append(s.edges, sketched{r.IntN(len(s.labels)), r.IntN(len(s.labels)), edgeLabels[r.IntN(len(edgeLabels))], r.IntN(8)})
	}
	return s
}

func (s sketch) mermaid() string {
	codes := strings.NewReplacer("#", "#35;", "&", "#38;", "<", "#lt;", ">", "#gt;", `"`, "#quot;", "`", "#96;", `\`, "#92;", "\n", "<br/>")
	var b strings.Builder
	b.WriteString("flowchart TD\n")
	for i, label := range s.labels {
		brackets := [][2]string{{"[", "]"}, {"{", "}"}, {"([", "])"}}[s.shapes[i]]
		fmt.Fprintf(&b, "  n%d%s\"%s\"%s\n", i, brackets[0], codes.Replace(label), brackets[1])
	}
	for _, e := range s.edges {
		arrow := map[int]string{0: "---", 1: "<-->"}[e.style]
		if arrow == "" {
			arrow = "-->"
		}
		if e.label != "" {
			arrow += `|"` + codes.Replace(e.label) + `"|`
		}
		fmt.Fprintf(&b, "  n%d %s n%d\n", e.from, arrow, e.to)
	}
	return b.String()
}

func (s sketch) drawio() string {
	attribute := func(label string) string {
		var b strings.Builder
		_ = xml.EscapeText(&b, []byte(strings.ReplaceAll(html.EscapeString(label), "\n", "<br>"))) // a Builder does not fail
		return b.String()
	}
	var b strings.Builder
	b.WriteString(`<mxGraphModel><root><mxCell id="0"/><mxCell id="1" parent="0"/>`)
	for i, label := range s.labels {
		style := []string{"rounded=0;", "rhombus;", "ellipse;"}[s.shapes[i]]
		fmt.Fprintf(&b, `<mxCell id="n%d" value="%s" style="%swhiteSpace=wrap;html=1;" vertex="1" parent="1"/>`, i, attribute(label), style)
	}
	for i, e := range s.edges {
		style := map[int]string{0: "endArrow=none;", 1: "startArrow=classic;"}[e.style]
		fmt.Fprintf(&b, `<mxCell id="e%d" value="%s" style="%shtml=1;" edge="1" parent="1" source="n%d" target="n%d"/>`, i, attribute(e.label), style, e.from, e.to)
	}
	return b.String() + `</root></mxGraphModel>`
}

// What a drawing becomes does not depend on its notation, and it becomes a bot that can be talked
// to, to an end where there is one.
func TestBothNotationsOfAnyDrawingAreReadAlike(t *testing.T) {
	outcome := func(source string, o diagram.Options) (string, []byte) {
		pages, err := diagram.Read(source)
		if err != nil {
			t.Fatalf("%v\n%s", err, source)
		}
		r, err := diagram.Schema(pages, o)
		if err != nil {
			return err.Error(), nil
		}
		return warned(r) + "\n" + string(r.Schema), r.Schema
	}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 300 {
		s, o := sketchOf(r), diagram.Options{Numbered: r.IntN(2) == 0, Collect: r.IntN(2) == 0}
		written, text := outcome(s.mermaid(), o)
		drawn, _ := outcome(s.drawio(), o)
		if diff := cmp.Diff(written, drawn); diff != "" {
			t.Fatalf("(-Mermaid +draw.io):\n%s\n%s\n%s", diff, s.mermaid(), s.drawio())
		}
		if i%5 > 0 || text == nil {
			continue // a conversation takes longer than a schema
		}
		parsed, err := schema.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if done := conversed(t, string(text)); t.Failed() || !done.ended && len(wayToAnEnd(t, parsed)) > 0 {
			t.Fatalf("the conversation goes %q:\n%s", done.said, s.mermaid())
		}
	}
}
