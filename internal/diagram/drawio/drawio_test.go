package drawio

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"fmt"
	"html"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/diagram/chart"
)

// in is cells within a page's model.
func in(cells string) string {
	return `<mxGraphModel dx="1" dy="1"><root><mxCell id="0"/><mxCell id="1" parent="0"/>` + cells + `</root></mxGraphModel>`
}

// vertex and edge are cells as draw.io writes them.
func vertex(id, value, style string, more ...string) string {
	return fmt.Sprintf(`<mxCell id="%s" value="%s" style="%s" vertex="1" %s><mxGeometry x="10" y="10" width="120" height="60" as="geometry"/></mxCell>`,
		id, html.EscapeString(value), style, within(more))
}

func edge(id, value, from, to string, more ...string) string {
	ends := ""
	if from != "" {
		ends += fmt.Sprintf(` source="%s"`, from)
	}
	if to != "" {
		ends += fmt.Sprintf(` target="%s"`, to)
	}
	return fmt.Sprintf(`<mxCell id="%s" value="%s" edge="1"%s %s><mxGeometry relative="1" as="geometry"><mxPoint x="1" y="2" as="targetPoint"/><Array as="points"><mxPoint x="1" y="2"/></Array></mxGeometry></mxCell>`,
		id, html.EscapeString(value), ends, within(more))
}

func within(more []string) string {
	if len(more) == 0 {
		return `parent="1"`
	}
	return strings.Join(more, " ")
}

const abc = "A -yes-> B"

// simple is two nodes and the edge between them.
var simple = in(vertex("a", "A", "") + vertex("b", "B", "") + edge("e", "yes", "a", "b"))

// packed is what draw.io makes of a page's XML.
func packed(text string) string {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		panic(err)
	}
	if _, err := w.Write([]byte(strings.ReplaceAll(url.QueryEscape(text), "+", "%20"))); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return base64.StdEncoding.EncodeToString(out.Bytes())
}

// shown is a page in a few words: its edges, and the nodes without any.
func shown(p chart.Page) string {
	var lines []string
	touched := map[int]bool{}
	for _, e := range p.Edges {
		touched[e.From], touched[e.To] = true, true
		lines = append(lines, fmt.Sprintf("%s -%s-> %s", p.Nodes[e.From].Text, e.Text, p.Nodes[e.To].Text))
	}
	for i, n := range p.Nodes {
		if !touched[i] {
			lines = append(lines, n.Text)
		}
	}
	return strings.Join(lines, "\n")
}

func read(t *testing.T, source string) []chart.Page {
	t.Helper()
	pages, err := Read(source)
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

func TestEveryFormOfAFileIsRead(t *testing.T) {
	compressed := `<mxfile host="x"><diagram id="d" name="P">` + packed(simple) + `</diagram></mxfile>`
	for name, source := range map[string]string{
		"plain":                  `<mxfile host="app.diagrams.net" agent="x" version="26.0.10"><diagram id="d" name="P">` + simple + `</diagram></mxfile>`,
		"compressed":             compressed,
		"compressed, in lines":   `<mxfile compressed="true"><diagram name="P">` + "\n  " + packed(simple)[:40] + "\n" + packed(simple)[40:] + "\n</diagram></mxfile>",
		"said to be plain":       `<mxfile compressed="false"><diagram name="P">` + "\n\t" + simple + "\n</diagram></mxfile>",
		"model alone":            simple,
		"XML declaration":        `<?xml version="1.0" encoding="UTF-8"?>` + "\n<!-- a comment -->\n" + simple,
		"another encoding":       `<?xml version="1.0" encoding="ISO-8859-1"?>` + simple,
		"byte order mark":        "\ufeff" + compressed,
		"CRLF":                   strings.ReplaceAll("<mxfile>\n<diagram>\n"+simple+"\n</diagram>\n</mxfile>\n", "\n", "\r\n"),
		"escaped in the diagram": `<mxfile><diagram>` + html.EscapeString(simple) + `</diagram></mxfile>`,
		"escaped as a URL":       `<mxfile><diagram>` + strings.ReplaceAll(url.QueryEscape(simple), "+", "%20") + `</diagram></mxfile>`,
		"SVG": `<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">` +
			`<svg xmlns="http://www.w3.org/2000/svg" width="1px" content="` + html.EscapeString(compressed) + `"><defs/><g/></svg>`,
		"SVG of a plain file":      `<svg xmlns="http://www.w3.org/2000/svg" content="` + html.EscapeString("<mxfile><diagram>"+simple+"</diagram></mxfile>") + `"/>`,
		"SVG of a compressed file": `<svg content="` + packed("<mxfile><diagram>"+simple+"</diagram></mxfile>") + `"/>`,
		"other elements":           `<mxfile><meta><x/></meta><diagram>` + simple + `</diagram></mxfile>`,
	} {
		t.Run(name, func(t *testing.T) {
			pages := read(t, source)
			if len(pages) != 1 || shown(pages[0]) != abc {
				t.Errorf("got %v", pages)
			}
		})
	}
}

func TestPagesHaveTheirNames(t *testing.T) {
	pages := read(t, `<mxfile><diagram name="First &amp; only">`+simple+`</diagram><diagram id="x">`+packed(in(vertex("a", "plus + sign", "")))+`</diagram><diagram name="Empty"/></mxfile>`)
	var names []string
	for _, p := range pages {
		names = append(names, p.Name)
	}
	if diff := cmp.Diff([]string{"First & only", "Page-2", "Empty"}, names); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := shown(pages[1]); got != "plus + sign" {
		t.Errorf("the second page is %q", got)
	}
}

func TestWhatDrawingsHold(t *testing.T) {
	for name, each := range map[string]struct{ cells, want, warned string }{
		"HTML label":                {vertex("a", "<div>Is it <b>you</b>?</div>", "rhombus;whiteSpace=wrap;html=1;") + vertex("b", "a&nbsp;&lt;b&gt;", "html=1"), "Is it you?\na <b>", ""},
		"label without html=1":      {vertex("a", "1 < 2 &amp;", "rounded=0;"), "1 < 2 &amp;", ""},
		"markup without html=1":     {vertex("a", "one<br>two", "rounded=0;"), "one\ntwo", ""},
		"UserObject":                {`<UserObject label="A" link="https://x" id="a"><mxCell vertex="1" parent="1"><mxGeometry as="geometry"/></mxCell></UserObject>` + vertex("b", "B", "") + edge("e", "yes", "a", "b"), abc, ""},
		"object":                    {`<object label="A" id="a"><mxCell style="html=1" vertex="1" parent="1"/></object>` + vertex("b", "B", "") + edge("e", "yes", "a", "b"), abc, ""},
		"edge in an object":         {vertex("a", "A", "") + vertex("b", "B", "") + `<object label="yes" id="e"><mxCell edge="1" parent="1" source="a" target="b"/></object>`, abc, ""},
		"own element":               {`<Task label="A" id="a"><mxCell vertex="1" parent="1"/></Task>` + vertex("b", "B", "") + edge("e", "yes", "a", "b"), abc, ""},
		"value that is an element":  {`<mxCell id="a" vertex="1" parent="1" value="A"><Object label="x" as="data"/><mxGeometry as="geometry"/></mxCell>`, "A", ""},
		"placeholders":              {`<object label="Hi %name%, %page% %pagenumber% %none% %" name="Ann" placeholders="1" id="a"><mxCell vertex="1" parent="1"/></object>`, "Hi Ann, Page-1 1 %none% %", ""},
		"no placeholders":           {`<object label="Hi %name%" name="Ann" id="a"><mxCell vertex="1" parent="1"/></object>`, "Hi %name%", ""},
		"placeholder of the parent": {`<object label="" name="Ann" id="g"><mxCell vertex="1" parent="1"/></object><object label="Hi %name%" placeholders="1" id="a"><mxCell vertex="1" parent="g"/></object>`, "\nHi Ann", ""},
		"label on a line":           {vertex("a", "A", "") + vertex("b", "B", "") + edge("e", "", "a", "b") + vertex("l", "yes", "edgeLabel;html=1", `parent="e" connectable="0"`), abc, ""},
		"text on a line":            {vertex("a", "A", "") + vertex("b", "B", "") + edge("e", "", "a", "b") + vertex("l", "yes", "text;html=1", `parent="e"`), abc, ""},
		"label before its line":     {vertex("l", "yes", "edgeLabel", `parent="e"`) + edge("e", "", "a", "b") + vertex("a", "A", "") + vertex("b", "B", ""), abc, ""},
		"two labels on a line":      {vertex("a", "A", "") + vertex("b", "B", "") + edge("e", "yes", "a", "b") + vertex("l", "sure", "edgeLabel", `parent="e"`), "A -yes\nsure-> B", ""},
		"line in a group":           {vertex("g", "", "group") + vertex("a", "A", "", `parent="g"`) + vertex("b", "B", "", `parent="g"`) + edge("e", "yes", "a", "b", `parent="g"`), "A -yes-> B\n", ""},
		"arrow drawn backwards":     {vertex("a", "A", "") + vertex("b", "B", "") + edge("e", "yes", "b", "a", `style="startArrow=classic;endArrow=none;" parent="1"`), abc, ""},
		"arrows at both ends":       {vertex("a", "A", "") + vertex("b", "B", "") + edge("e", "yes", "a", "b", `style="startArrow=classic;" parent="1"`), abc, `A: Its edge to "B" has an arrow at both ends and is followed forward only.`},
		"line without arrows":       {vertex("a", "A", "") + vertex("b", "B", "") + edge("e", "yes", "a", "b", `style="endArrow=none;" parent="1"`), abc, ""},
		"no target":                 {vertex("a", "A", "") + edge("e", "yes", "a", ""), "A", `A: A line "yes" from it ends at no node and is left out; drag its end onto one.`},
		"no source":                 {vertex("a", "A", "") + edge("e", "", "", "a"), "A", "A: A line to it begins at no node and is left out; drag its beginning onto one."},
		"no ends":                   {edge("e", "yes", "", ""), "", `yes: A line "yes" is connected to no node and is left out.`},
		"target that is gone":       {vertex("a", "A", "") + edge("e", "yes", "a", "x"), "A", `A: A line "yes" from it ends at no node and is left out; drag its end onto one.`},
		"line to a line":            {vertex("a", "A", "") + vertex("b", "B", "") + edge("e", "yes", "a", "b") + edge("f", "", "a", "e"), abc, "A: A line from it ends at no node and is left out; drag its end onto one."},
		"hidden layer":              {`<mxCell id="2" value="Notes" parent="0" visible="0"/>` + vertex("a", "A", "", `parent="2"`) + vertex("b", "B", ""), "B", "A: It is invisible, or on a layer that is, and is left out."},
		"hidden node and its line":  {vertex("a", "A", "") + vertex("b", "B", "", `parent="1" visible="0"`) + edge("e", "", "a", "b", `parent="1" visible="0"`), "A", "B: It is invisible, or on a layer that is, and is left out."},
		"other layers":              {`<mxCell id="2" value="More" parent="0"/>` + vertex("a", "A", "", `parent="2"`) + vertex("b", "B", "") + edge("e", "yes", "a", "b", `parent="2"`), abc, ""},
		"text beside a shape":       {vertex("a", "", "rhombus") + vertex("t", "A", "text;html=1") + vertex("b", "B", "") + edge("e", "yes", "a", "b"), abc + "\n", "A: It is read as the label of the empty shape beside it."},
		"cells without an id":       {`<mxCell value="A" vertex="1" parent="1"/><mxCell value="B" vertex="1" parent="1"/>`, "A\nB", ""},
		"collapsed group":           {vertex("g", "", "group", `parent="1" collapsed="1"`) + vertex("a", "A", "", `parent="g"`), "\nA", ""},
	} {
		t.Run(name, func(t *testing.T) {
			page := read(t, in(each.cells))[0]
			if got := shown(page); got != each.want {
				t.Errorf("got %q, want %q", got, each.want)
			}
			var warned []string
			for _, w := range page.Warnings {
				warned = append(warned, w.Node+": "+w.Message)
			}
			if got := strings.Join(warned, "\n"); got != each.warned {
				t.Errorf("the warnings are %q, want %q", got, each.warned)
			}
		})
	}
}

func TestFileHasPlaceholdersOfItsOwn(t *testing.T) {
	page := read(t, `<mxfile vars='{"who": "Ann", "n": 3}'><diagram>`+in(`<object label="Hi %who% %n%" placeholders="1" id="a"><mxCell vertex="1" parent="1"/></object>`)+`</diagram></mxfile>`)[0]
	if got := shown(page); got != "Hi Ann %n%" {
		t.Errorf("got %q", got)
	}
}

func TestShapesAreHints(t *testing.T) {
	for style, want := range map[string]chart.Shape{
		"rounded=0;whiteSpace=wrap;html=1;": chart.Process, "rhombus;whiteSpace=wrap;": chart.Question, "strokeWidth=2;html=1;shape=mxgraph.flowchart.decision;": chart.Question,
		"ellipse;html=1": chart.Terminal, "html=1;shape=mxgraph.flowchart.terminator;": chart.Terminal, "rounded=1;whiteSpace=wrap;html=1;arcSize=50;": chart.Terminal,
		"swimlane;html=1;startSize=20;": chart.Frame, "group": chart.Frame, "shape=table;startSize=30;container=1": chart.Frame, "": chart.Process,
	} {
		if got := read(t, in(vertex("a", "A", style)))[0].Nodes[0].Shape; got != want {
			t.Errorf("%q is %v, want %v", style, got, want)
		}
	}
}

func TestRefusals(t *testing.T) {
	deep := strings.Repeat("<a>", 200) + strings.Repeat("</a>", 200)
	for name, each := range map[string]struct{ source, want string }{
		"no page":                 {`<mxfile></mxfile>`, "no page"},
		"HTML":                    {`<html><body/></html>`, "begins with <html>"},
		"SVG without one":         {`<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>`, "contains no diagram"},
		"SVG in an SVG":           {`<svg content="` + html.EscapeString(`<svg content="`+html.EscapeString(simple)+`"/>`) + `"/>`, "contains no diagram"},
		"broken XML":              {`<mxfile><diagram name="P"><mxGraphModel><root></mxGraphModel>`, `page "P": the XML is not valid`},
		"cut off":                 {`<mxfile><diagram name="P">` + strings.TrimSuffix(simple, "</root></mxGraphModel>"), `page "P"`},
		"not base64":              {`<mxfile><diagram name="P">not packed at all!</diagram></mxfile>`, `page "P": its content is neither XML nor compressed`},
		"not deflated":            {`<mxfile><diagram name="P">aGVsbG8gd29ybGQ=</diagram></mxfile>`, `page "P": its content is neither XML nor compressed`},
		"something else":          {`<mxfile><diagram name="P">` + packed("<html/>") + `</diagram></mxfile>`, `page "P": its content is a <html>`},
		"cell inside itself":      {in(vertex("a", "A", "", `parent="b"`) + vertex("b", "B", "", `parent="a"`)), `is inside itself`},
		"own entities":            {`<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>` + in(vertex("a", "A", "")), "declares entities"},
		"parameter entity":        {`<!DOCTYPE x [ %remote; ]>` + simple, "declares entities"},
		"entity in a page":        {`<mxfile><diagram name="P">` + packed(`<!DOCTYPE x [<!ENTITY a "aaaa">]>`+simple) + `</diagram></mxfile>`, `page "P": the XML declares entities`},
		"unknown entity":          {in(`<mxCell id="a" value="&boom;" vertex="1"/>`), "the XML is not valid"},
		"deep":                    {in(deep), "nested more than 100 deep"},
		"deep in what is skipped": {`<mxfile><x>` + deep + `</x></mxfile>`, "nested more than 100 deep"},
	} {
		t.Run(name, func(t *testing.T) {
			pages, err := Read(each.source)
			if err == nil || !strings.Contains(err.Error(), each.want) {
				t.Errorf("the error is %v, want one with %q; %d pages", err, each.want, len(pages))
			}
		})
	}
}

// A small file may unpack to a large one.
func TestBombsAreRefused(t *testing.T) {
	for name, source := range map[string]string{
		"of a page": `<mxfile><diagram name="Bomb">` + packed(strings.Repeat("a", 40<<20)) + `</diagram></mxfile>`,
		"of an SVG": `<svg content="` + packed(strings.Repeat("a", 40<<20)) + `"/>`,
	} {
		if len(source) > 100<<10 {
			t.Fatalf("%s: the bomb has %d bytes", name, len(source))
		}
		if _, err := Read(source); err == nil || !strings.Contains(err.Error(), "more than 32 MiB") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPagesShareWhatTheyMayUnpackTo(t *testing.T) {
	blank := `<diagram>` + packed(in("<!--"+strings.Repeat("a", 12<<20)+"-->")) + `</diagram>`
	if _, err := Read("<mxfile>" + blank + blank + "</mxfile>"); err != nil {
		t.Errorf("two pages: %v", err)
	}
	if _, err := Read("<mxfile>" + blank + blank + blank + "</mxfile>"); err == nil || !strings.Contains(err.Error(), `page "Page-3"`) {
		t.Errorf("three pages: %v", err)
	}
}

func TestManyCellsAndPages(t *testing.T) {
	var cells strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&cells, `<mxCell id="n%d" value="Node %d" vertex="1" parent="n%d"/>`, i, i, i-1)
	}
	page := read(t, in(cells.String()))[0]
	if len(page.Nodes) != 10_000 {
		t.Errorf("%d nodes", len(page.Nodes))
	}
	if _, err := Read(in(strings.Repeat("<mxCell/>", maxCells))); err == nil || !strings.Contains(err.Error(), "more than 100000 cells") {
		t.Errorf("too many cells: %v", err)
	}
	if _, err := Read("<mxfile>" + strings.Repeat("<diagram/>", maxPages+1) + "</mxfile>"); err == nil || !strings.Contains(err.Error(), "more than 1000 pages") {
		t.Errorf("too many pages: %v", err)
	}
}

// A placeholder may stand for a long text, and a label may have many.
func TestPlaceholdersDoNotMultiply(t *testing.T) {
	cells := `<object label="` + strings.Repeat("%a%", 10_000) + `" a="` + strings.Repeat("x", 10_000) + `" placeholders="1" id="a"><mxCell vertex="1" parent="1"/></object>`
	if got := len(read(t, in(cells))[0].Nodes[0].Text); got > 2*maxFilled {
		t.Errorf("the label has %d bytes", got)
	}
	// One value for many labels.
	cells = strings.Repeat(`<object label="%a%" placeholders="1"><mxCell vertex="1" parent="1"/></object>`, 600)
	source := `<mxfile vars='{"a":"` + strings.Repeat("x", 60_000) + `"}'><diagram name="Bomb">` + in(cells) + `</diagram></mxfile>`
	if _, err := Read(source); err == nil || err.Error() != `page "Bomb": the file unpacks to more than 32 MiB` {
		t.Errorf("many labels: %v", err)
	}
}
