package diagram_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/diagram"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/diagram/chart"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/diagram/drawio"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/diagram/mermaid"
)

// soundPages checks that pages refer to what they have, and that their schemas are without
// errors.
func soundPages(t *testing.T, pages []chart.Page) {
	t.Helper()
	for i, page := range pages {
		for _, n := range page.Nodes {
			if n.Parent != chart.None && (n.Parent < 0 || n.Parent >= len(page.Nodes)) {
				t.Fatalf("the node %q is in a node that does not exist", n.ID)
			}
		}
		for _, e := range page.Edges {
			if e.From < 0 || e.To < 0 || e.From >= len(page.Nodes) || e.To >= len(page.Nodes) {
				t.Fatalf("an edge leads to a node that does not exist: %v", e)
			}
		}
		for _, o := range []diagram.Options{{}, {Numbered: true, Collect: true}} {
			made, err := diagram.Schema(pages[i:i+1], o)
			if err != nil {
				continue
			}
			again, err := diagram.Schema(pages[i:i+1], o)
			if err != nil || !bytes.Equal(made.Schema, again.Schema) {
				t.Fatalf("the second schema is another: %v", err)
			}
			text, err := made.WithWarnings()
			if err != nil {
				t.Fatal(err)
			}
			parsed, err := schema.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range schema.Validate(parsed) {
				if found.Severity == schema.Error || found.Code == schema.RedirectLoop || found.Code == schema.UnknownKey {
					t.Fatalf("%s: %s\n%s", found.Pointer, found.Message, text)
				}
			}
		}
	}
}

func FuzzReadDrawio(f *testing.F) {
	for name, source := range realDiagrams(f) {
		if !strings.HasSuffix(name, ".mmd") {
			f.Add(source)
		}
	}
	f.Add(drawioSeed)
	f.Fuzz(func(t *testing.T, source string) {
		if pages, err := drawio.Read(source); err == nil {
			soundPages(t, pages)
		}
	})
}

func FuzzReadMermaid(f *testing.F) {
	for name, source := range realDiagrams(f) {
		if strings.HasSuffix(name, ".mmd") {
			f.Add(source)
		}
	}
	for _, source := range mermaidSeeds {
		f.Add(source)
	}
	f.Fuzz(func(t *testing.T, source string) {
		if pages, err := mermaid.Read(source); err == nil {
			soundPages(t, pages)
		}
	})
}

const drawioSeed = `<mxfile vars='{"who":"Ann"}'><diagram name="P"><mxGraphModel><root><mxCell id="0"/><mxCell id="1" parent="0"/>
<UserObject id="a" label="Hi %who% %x%" placeholders="1" x="y"><mxCell vertex="1" parent="1" style="rhombus;html=1"><mxGeometry x="1" y="2" width="3" height="4" as="geometry"/></mxCell></UserObject>
<mxCell id="g" value="Lane" style="swimlane" vertex="1" parent="1"/><mxCell id="b" value="B&lt;br&gt;b" style="html=1" vertex="1" parent="g"/><mxCell id="c" value="" style="ellipse" vertex="1" parent="g"/>
<mxCell id="t" value="loose" style="text;" vertex="1" parent="g"/><mxCell id="e" value="Yes/No" edge="1" parent="1" source="a" target="g"/>
<mxCell id="f" style="startArrow=classic;endArrow=none" edge="1" parent="g" source="b" target="c"/><mxCell id="l" value="lab" vertex="1" parent="f"/>
<mxCell id="h" edge="1" parent="1" source="a"/></root></mxGraphModel></diagram><diagram/></mxfile>`

var mermaidSeeds = []string{
	"flowchart TD\nA([Hi]) -->|Yes / no| B{\"x (y)?\"} & C -- t --> D\nsubgraph s [T]\nB -.-> C\nend\nA --> s\nstyle A fill:#fff\n",
	"---\ntitle: T\n---\n%%{init: {}}%%\ngraph LR;A@{shape: diamond, label: \"q\"} e1@==> B;e1@{animate: true};B ~~~ C;%% c\nC x--x A:::k",
	"# Doc\n```mermaid\nflowchart TD\nA[[s]] -. x .-> B[(d)]\n```\ntext\n~~~ mermaid\ngraph TD\nA[/a/] <--> B((c))\n~~~\n",
}
