package mermaid

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/diagram/chart"
)

// shown is a page in a few words: its edges, the nodes without any, and what is in what.
func shown(p chart.Page) string {
	var lines []string
	touched := map[int]bool{}
	for _, e := range p.Edges {
		touched[e.From], touched[e.To] = true, true
		lines = append(lines, fmt.Sprintf("%s -%s-> %s", p.Nodes[e.From].Text, e.Text, p.Nodes[e.To].Text))
	}
	for i, n := range p.Nodes {
		if !touched[i] && n.Shape != chart.Frame {
			lines = append(lines, n.Text)
		}
		if n.Parent != chart.None {
			lines = append(lines, n.Text+" in "+p.Nodes[n.Parent].Text)
		}
	}
	return strings.Join(lines, "; ")
}

func read(t *testing.T, source string) []chart.Page {
	t.Helper()
	pages, err := Read(source)
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

func TestStatements(t *testing.T) {
	for name, each := range map[string]struct{ statements, want string }{
		"links":                    {"A-->B---C-.->D==>E--xF--oG<-->H", "A --> B; B --> C; C --> D; D --> E; E --> F; F --> G; G --> H"},
		"longer links":             {"A --> B ----> C -..-> D ====> E ----- F -...- G ==== H", "A --> B; B --> C; C --> D; D --> E; E --> F; F --> G; G --> H"},
		"both ends":                {"A x--x B o--o C <-.-> D <==> E", "A --> B; B --> C; C --> D; D --> E"},
		"invisible link":           {"A ~~~ B --> C", "B --> C; A"},
		"text between bars":        {"A-->|yes|B ---|\"a | b\"| C -.->|x y| D ==>| z |E", "A -yes-> B; B -a | b-> C; C -x y-> D; D -z-> E"},
		"text in the link":         {"A -- yes --> B -. no .-> C == a=b ==> D --x y---E", "A -yes-> B; B -no-> C; C -a=b-> D; D --> y; y --> E"},
		"quoted text in a link":    {"A -- \"x --> y\" --> B", "A -x --> y-> B"},
		"text over lines":          {"A -- a\nb --> B", "A -a\nb-> B"},
		"text with line breaks":    {"A -->|a<br/>b\\nc| B", "A -a\nb\nc-> B"},
		"ampersands":               {"A & B --> C & D --> E", "A --> C; A --> D; B --> C; B --> D; C --> E; D --> E"},
		"ampersand in an id":       {"a&b --> C", "a&b --> C"},
		"semicolons":               {"A-->B;B-->C; ;C-->D", "A --> B; B --> C; C --> D"},
		"next line":                {"A\n  --> B -->\n  C", "A --> B; B --> C"},
		"ids":                      {"a-b --> c_d --> e.f --> 1 --> Ünï --> 日本 --> g/h", "a-b --> c_d; c_d --> e.f; e.f --> 1; 1 --> Ünï; Ünï --> 日本; 日本 --> g/h"},
		"words within ids":         {"endpoint --> styles --> graphs --> subgraphs --> classic --> clicked", "endpoint --> styles; styles --> graphs; graphs --> subgraphs; subgraphs --> classic; classic --> clicked"},
		"ids that are words":       {"A --> end\nend --> click\nclick --> style", "A --> end; end --> click; click --> style"},
		"ids that begin as links":  {"ox --> xo --> v --> x1", "ox --> xo; xo --> v; v --> x1"},
		"id of a link":             {"A e1@--> B e2@==>|x| C\ne1@{ animate: true }\ne2@{ curve: linear }", "A --> B; B -x-> C"},
		"shapes":                   {"A[a] --> B(b) --> C([c]) --> D[[d]] --> E[(e)] --> F((f)) --> G>g] --> H{h} --> I{{i}} --> J[/j/] --> K[\\k\\] --> L[/l\\] --> M[\\m/] --> N(((n))) --> O(-o-) --> P[|borders:lt|p]", "a --> b; b --> c; c --> d; d --> e; e --> f; f --> g; g --> h; h --> i; i --> j; j --> k; k --> l; l --> m; m --> n; n --> o; o --> p"},
		"quoted text":              {"A[\"x (y) [z] {v} --> | \"] --> B{ \"end\" }", "x (y) [z] {v} --> | --> end"},
		"brackets in a text":       {"A[x (y) [z]] --> B(a (b) c)", "x (y) [z] --> a (b) c"},
		"path":                     {"A[/usr/bin] --> B[(c) x]", "/usr/bin --> (c) x"},
		"apostrophes":              {"A[don't] --> B[\"it's\"]", "don't --> it's"},
		"end in a text":            {"A[the end] --> B(end)", "the end --> end"},
		"text over two lines":      {"A[\"one\ntwo\"] --> B[three\nfour]", "one\ntwo --> three\nfour"},
		"codes":                    {"A[\"say #quot;hi#quot; #9829; #35;quot; #nothing;\"] --> B[a &amp; b #lt;b#gt;]", `say "hi" ♥ #quot; #nothing; --> a & b <b>`},
		"Markdown":                 {"A[\"`The **cat** is _in_ the *hat*\n2 * 3`\"] --> B[**not**]", "The cat is in the hat\n2 * 3 --> **not**"},
		"HTML":                     {"A[<b>x</b><br>y] --> B", "x\ny --> B"},
		"icon":                     {"A[fa:fa-car Car] --> B[fab:fa-x y]", "Car --> y"},
		"space before a shape":     {"A [x] --> B {y}", "x --> y"},
		"late text":                {"A --> B\nA[Hello]\nB{Bye}", "Hello --> Bye"},
		"class":                    {"A:::one --> B[x]:::two & C:::k-->D", "A --> x; A --> C; x --> D; C --> D"},
		"settings":                 {"A@{ shape: diamond, label: \"Is it, or not?\" } --> B@{shape: rect}\nB@{ label: 'Later' }", "Is it, or not? --> Later"},
		"settings in lines":        {"A@{\n  shape: manual-file\n  label: File handling\n}\nA --> B@{\n  label: |\n    one\n    two\n  shape: rect\n}", "File handling --> one\ntwo"},
		"shape without words":      {"A@{ shape: start } --> B --> C@{ shape: stop, label: \"over\" }", " --> B; B --> over"},
		"styles":                   {"classDef k fill:#f9f,stroke:#333;\nA --> B; class A,B k;\nstyle A fill:#bbf;\nlinkStyle 0 stroke:#ff3,color:red;\nclick A \"https://example.com/x;y\" \"tip\" _blank\nclick B call back(\"x\")\nB --> C", "A --> B; B --> C"},
		"comments":                 {"%% A --> X\nA --> B %% to B\n  %% B --> X\nB --> C", "A --> B; B --> C"},
		"directive":                {"%%{init: {'theme': 'base',\n 'x': 1}}%%\nA --> B", "A --> B"},
		"access":                   {"accTitle: A --> X\naccDescr: B --> X\naccDescr {\nC --> X\n}\nA --> B", "A --> B"},
		"subgraph":                 {"subgraph one\ndirection LR\na --> b\nend\nc --> a", "a --> b; c --> a; a in one; b in one"},
		"subgraph with a title":    {"subgraph s [The title]\na\nend\nsubgraph t[\"x (y)\"]\nb\nend\nb --> s", "b --> The title; a; a in The title; b in x (y)"},
		"subgraphs in one another": {"subgraph s\nsubgraph t\na --> b\nend\nc\nend\nd --> c", "a --> b; d --> c; t in s; a in t; b in t; c in s"},
		"subgraph of the first":    {"subgraph s\na\nend\nsubgraph t\na --> b\nend", "a --> b; a in s; b in t"},
		"edge to a subgraph":       {"A --> s\nsubgraph s[S]\nb --> c\nend\ns --> D", "A --> S; b --> c; S --> D; b in S; c in S"},
		"quoted subgraph":          {"subgraph \"two words\"\na --> b\nend", "a --> b; a in two words; b in two words"},
		"subgraph of words":        {"subgraph two words\na --> b\nend", "a --> b; a in two words; b in two words"},
		"end too many":             {"A --> B\nend\nB --> C", "A --> B; B --> C"},
		"subgraph without an end":  {"subgraph s\nA --> B", "A --> B; A in s; B in s"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := shown(read(t, "flowchart TD\n"+each.statements)[0]); got != each.want {
				t.Errorf("got  %q\nwant %q", got, each.want)
			}
		})
	}
}

func TestHeaders(t *testing.T) {
	for _, header := range []string{"graph TD\n", "graph LR;", "flowchart\n", "flowchart TB ", "flowchart-elk BT\n", "\ufeffgraph RL\r\n", "  graph\tTD\n", "graph;", "graph >\n", "%% about\n\ngraph TD\n", "---\ntitle: x\n---\ngraph TD\n"} {
		if got := shown(read(t, header+"A --> B")[0]); got != "A --> B" {
			t.Errorf("%q: got %q", header, got)
		}
	}
}

func TestPagesOfADocument(t *testing.T) {
	pages := read(t, "# Title\n\n```mermaid\n---\ntitle: \"Front desk\"\n---\nflowchart TD\nA --> B\n```\n\n``` {.mermaid}\nsequenceDiagram\nA->>B: x\n```\n\n~~~~mermaid\ngraph TD\nC --> D\n%% ```\n~~~~\n"+
		"```go\n```mermaid\ngraph TD\nX --> Y\n```\n\n::: mermaid\ngraph TD\nE --> F\n:::\n\n  ```mermaid\n  graph TD\n  G --> H\n")
	var got []string
	for _, p := range pages {
		got = append(got, p.Name+": "+shown(p))
	}
	// The block in the code of another language is that language's.
	want := []string{"Front desk: A --> B", "Page-2: C --> D", "Page-3: E --> F", "Page-4: G --> H"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRefusals(t *testing.T) {
	for name, each := range map[string]struct{ source, want string }{
		"other kind":         {"sequenceDiagram\nA->>B: x", "line 1: this is no Mermaid flowchart"},
		"other kinds only":   {"```mermaid\npie\n```\n", "line 2: this is no Mermaid flowchart"},
		"text":               {"\n\nhello", "line 3: this is no Mermaid flowchart"},
		"text not closed":    {"graph TD\nA --> B[x", `line 2: nothing closes the text "x": ] is missing`},
		"quote not closed":   {"graph TD\nA --> B[\"x]\n\nsubgraph \"t", `line 4: nothing closes the quote`},
		"link not finished":  {"graph TD\n\nA -- text", "line 3: a link begins with -- and is not finished"},
		"link to nothing":    {"graph TD\nA -->", "the flowchart ends where a node is expected"},
		"link from nothing":  {"graph TD\n--> A", `line 2: a node is expected at "--> A"`},
		"rest":               {"graph TD\nA B", `line 2: unexpected "B"`},
		"settings":           {"graph TD\nA@{ shape }", "line 2"},
		"description":        {"graph TD\naccDescr { x", "line 2: nothing closes the `accDescr {`"},
		"in a document":      {"# x\n\n```mermaid\n%%{init: {\n}}%%\ngraph TD\n%% x\nA --> --> B\n```", "line 8: a node is expected"},
		"after front matter": {"---\ntitle: x\n---\ngraph TD\nA B", "line 5: unexpected"},
		"deep":               {"graph TD\n" + strings.Repeat("subgraph\n", 200), "nested more than 100 deep"},
		"many edges":         {"graph TD\n" + strings.Repeat("A & ", 500) + "A --> " + strings.Repeat("B & ", 500) + "B", "more than 200000 edges"},
		"many nodes":         {"graph TD\n" + manyNodes(maxNodes+1), "more than 100000 nodes"},
	} {
		t.Run(name, func(t *testing.T) {
			if pages, err := Read(each.source); err == nil || !strings.Contains(err.Error(), each.want) {
				t.Errorf("the error is %v, want one with %q; %v", err, each.want, len(pages))
			}
		})
	}
}

func manyNodes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "n%d\n", i)
	}
	return b.String()
}

func TestShapesAreHints(t *testing.T) {
	for node, want := range map[string]chart.Shape{
		"A": chart.Process, "A[x]": chart.Process, "A{x}": chart.Question, "A([x])": chart.Terminal, "A((x))": chart.Terminal, "A(((x)))": chart.Terminal,
		"A{{x}}": chart.Process, "A@{ shape: decision }": chart.Question, "A@{ shape: stadium }": chart.Terminal, "A@{ shape: start }": chart.Terminal,
	} {
		if got := read(t, "graph TD\n"+node)[0].Nodes[0].Shape; got != want {
			t.Errorf("%s is %v, want %v", node, got, want)
		}
	}
}

func TestArrowsAtBothEndsAreWarnedOf(t *testing.T) {
	page := read(t, "graph TD\nA[One] <-- x --> B[Two]\nB x--x C")[0]
	want := []chart.Warning{{Page: "Page-1", Node: "One", Message: `Its edge to "Two" has an arrow at both ends and is followed forward only.`}}
	if diff := cmp.Diff(want, page.Warnings); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
