package diagram_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/twiliobot/terraform-provider-twiliobot/examples"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/diagram"
)

// made is the schema of a drawing.
func made(t *testing.T, source string, o diagram.Options) *diagram.Result {
	t.Helper()
	pages, err := diagram.Read(source)
	if err != nil {
		t.Fatal(err)
	}
	result, err := diagram.Schema(pages, o)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func example(t *testing.T, name string) string {
	t.Helper()
	data, err := examples.Files.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestBothNotationsOfADrawingGiveOneSchema(t *testing.T) {
	drawn := made(t, example(t, "from-diagram/clinic.drawio"), diagram.Options{})
	mermaid, err := os.ReadFile("testdata/clinic.mmd")
	if err != nil {
		t.Fatal(err)
	}
	written := made(t, string(mermaid), diagram.Options{})
	want, err := os.ReadFile("testdata/clinic.json")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(drawn.Schema)); diff != "" {
		t.Errorf("draw.io (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(string(want), string(written.Schema)); diff != "" {
		t.Errorf("Mermaid (-want +got):\n%s", diff)
	}
	if len(drawn.Warnings)+len(written.Warnings) > 0 {
		t.Errorf("warnings: %v, %v", drawn.Warnings, written.Warnings)
	}
}

// tasks is a schema in a few words: each task with what it says and where it leads, and the
// samples of an answer.
func tasks(t *testing.T, text []byte) string {
	t.Helper()
	parsed, err := schema.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, task := range parsed.Tasks {
		var samples []string
		for _, s := range task.Samples {
			samples = append(samples, s.TaggedText)
		}
		actions := strings.TrimSuffix(strings.TrimPrefix(compact(t, task.Actions), `{"actions":[`), `]}`)
		actions = strings.NewReplacer(`"`, "", "task://", "").Replace(actions)
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s: %s %s", task.UniqueName, actions, strings.Join(samples, "|"))))
	}
	return strings.Join(lines, "\n")
}

func compact(t *testing.T, text []byte) string {
	t.Helper()
	var out bytes.Buffer
	if err := json.Compact(&out, text); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// warned is the warnings, each on a line.
func warned(r *diagram.Result) string {
	var lines []string
	for _, w := range r.Warnings {
		lines = append(lines, w.Node+": "+w.Message)
	}
	return strings.Join(lines, "\n")
}

func TestRules(t *testing.T) {
	const start = "flowchart TD\n"
	for name, each := range map[string]struct {
		source        string
		options       diagram.Options
		tasks, warned string
	}{
		"said and followed": {start + "A[One] --> B[Two]", diagram.Options{}, "one: {say:One},{redirect:two}\ntwo: {say:Two}", ""},
		"one edge with a text waits": {start + "A[One] -->|Go on| B[Two]", diagram.Options{},
			"one: {say:One},{listen:{tasks:[one--go-on]}}\none--go-on: {redirect:two} Go on|1\ntwo: {say:Two}", ""},
		"parts and synonyms": {start + "A[Q] -->|Yes / of course, or gladly| B[B]\nA -->|No| C[C]", diagram.Options{},
			"q: {say:Q},{listen:{tasks:[q--yes-of-course-or,q--no]}}\nq--yes-of-course-or: {redirect:b} Yes / of course, or gladly|Yes|of course|gladly|y|yeah|yep|yup|sure|ok|okay|yes thanks|yes thank you|1\n" +
				"q--no: {redirect:c} No|n|nope|nah|no thanks|no thank you|2\nb: {say:B}\nc: {say:C}", ""},
		"synonyms of your own": {start + "A[Q] -->|Yes| B[B]\nA -->|Tuesday| C[C]", diagram.Options{AnswerSynonyms: map[string][]string{"YES": {"sure thing"}, "tuesday": {"tue", "sure thing"}}},
			"q: {say:Q},{listen:{tasks:[q--yes,q--tuesday]}}\nq--yes: {redirect:b} Yes|sure thing|1\nq--tuesday: {redirect:c} Tuesday|tue|2\nb: {say:B}\nc: {say:C}", ""},
		"numbers as answers": {start + "A[Q] -->|2| B[B]\nA -->|1| C[C]", diagram.Options{Numbered: true},
			"q: {say:Q\\n2 1},{listen:{tasks:[q--2,q--1]}}\nq--2: {redirect:b} 2\nq--1: {redirect:c} 1\nb: {say:B}\nc: {say:C}", ""},
		"numbers that are no answers": {start + "A[Q] -->|\"it is 50/50\"| B[B]\nA -->|No| C[C]", diagram.Options{AnswerSynonyms: map[string][]string{"no": nil}},
			"q: {say:Q},{listen:{tasks:[q--it-is-50-50,q--no]}}\nq--it-is-50-50: {redirect:b} it is 50/50|it is 50|50|1\nq--no: {redirect:c} No|2\nb: {say:B}\nc: {say:C}", ""},
		"numbers that could be answers": {start + "A[Q] -->|3 or 2| B[B]\nA -->|No| C[C]", diagram.Options{AnswerSynonyms: map[string][]string{"no": nil}},
			"q: {say:Q},{listen:{tasks:[q--3-or-2,q--no]}}\nq--3-or-2: {redirect:b} 3 or 2|3|2\nq--no: {redirect:c} No\nb: {say:B}\nc: {say:C}", ""},
		"numbered": {start + "A[Q] -->|Yes| B[B]\nA -->|No| C[C]\nB --> D[D]", diagram.Options{Numbered: true, AnswerSynonyms: map[string][]string{"yes": nil, "no": nil}},
			"q: {say:Q\\n1. Yes 2. No},{listen:{tasks:[q--yes,q--no]}}\nq--yes: {redirect:b} Yes|1\nq--no: {redirect:c} No|2\nb: {say:B},{redirect:d}\nc: {say:C}\nd: {say:D}", ""},
		"collect": {start + "A[Your name?] --> B[Thanks.]\nB --> C[Sure?]\nC -->|x| D", diagram.Options{Collect: true},
			"your-name: {collect:{name:your_name,on_complete:{redirect:thanks},questions:[{name:your_name,question:Your name?}]}}\n" +
				"thanks: {say:Thanks.},{redirect:sure}\nsure: {say:Sure?},{listen:{tasks:[sure--x]}}\nsure--x: {redirect:d} x|1\nd: {say:D}", ""},
		"collect in other scripts": {start + "A[お名前は？] --> B[ما اسمك؟] --> C[Thanks]", diagram.Options{Collect: true},
			"node: {collect:{name:node,on_complete:{redirect:node-2},questions:[{name:node,question:お名前は？}]}}\n" +
				"node-2: {collect:{name:node_2,on_complete:{redirect:thanks},questions:[{name:node_2,question:ما اسمك؟}]}}\nthanks: {say:Thanks}", ""},
		"question that is not collected": {start + "A[Your name?] --> B[Thanks]", diagram.Options{}, "your-name: {say:Your name?},{redirect:thanks}\nthanks: {say:Thanks}",
			"Your name?: It is a question, and the bot goes on without waiting for an answer: the one edge from it has no text. Give the edge a text, or choose to collect an answer to such questions."},
		"synonyms of a whole label": {start + "A[Q] -->|Tea / mint| B[B]", diagram.Options{AnswerSynonyms: map[string][]string{"tea / mint": {"infusion"}}},
			"q: {say:Q},{listen:{tasks:[q--tea-mint]}}\nq--tea-mint: {redirect:b} Tea / mint|Tea|mint|infusion|1\nb: {say:B}", ""},
		"synonyms of no answer": {start + "A[Q] -->|Tea| B[B]", diagram.Options{AnswerSynonyms: map[string][]string{"Tee": {"infusion"}, "coffee": nil, "yes": {"oui"}}},
			"q: {say:Q},{listen:{tasks:[q--tea]}}\nq--tea: {redirect:b} Tea|1\nb: {say:B}",
			": There are other words for the answer \"Tee\", such as \"infusion\", and no edge has that answer.\n: There are other words for the answer \"yes\", such as \"oui\", and no edge has that answer."},
		"edges without a text": {start + "A[Q] --> B[Left side]\nA --> C[Right]", diagram.Options{},
			"q: {say:Q},{listen:{tasks:[q--left-side,q--right]}}\nq--left-side: {redirect:left-side} Left side|1\nq--right: {redirect:right} Right|2\nleft-side: {say:Left side}\nright: {say:Right}",
			`Q: Edges from it have no label: the answers are the texts of the nodes that they lead to, "Left side", "Right".`},
		"one text twice": {start + "A[Q] -->|Yes| B[B]\nA -->|yes!| C[C]", diagram.Options{AnswerSynonyms: map[string][]string{"yes": nil}},
			"q: {say:Q},{listen:{tasks:[q--yes,q--c]}}\nq--yes: {redirect:b} Yes|1\nq--c: {redirect:c} C|2\nb: {say:B}\nc: {say:C}",
			`Q: Two of its edges have the text "yes!"; the answer leads along the first.`},
		"one edge twice": {start + "A[One] --> B[Two]\nA --> B", diagram.Options{}, "one: {say:One},{redirect:two}\ntwo: {say:Two}", ""},
		"braces":         {start + "A[Q] -->|\"say {name}\"| B[B {x}]", diagram.Options{}, "q: {say:Q},{listen:{tasks:[q--say-name]}}\nq--say-name: {redirect:b-x} say name|1\nb-x: {say:B {x}}", ""},
		"names":          {start + "A[Hello!] --> B[hello] --> C[Hällo] --> D[你好] --> E[!!!] --> F[This is a text of more than forty characters, and so it is cut.]", diagram.Options{}, "hello: {say:Hello!},{redirect:hello-2}\nhello-2: {say:hello},{redirect:hallo}\nhallo: {say:Hällo},{redirect:node}\nnode: {say:你好},{redirect:node-2}\nnode-2: {say:!!!},{redirect:this-is-a-text-of-more-than-forty}\nthis-is-a-text-of-more-than-forty: {say:This is a text of more than forty characters, and so it is cut.}", ""},
		"several beginnings": {start + "A[One] --> B[Two]\nC[Three] --> D[Four] --> E[Five]", diagram.Options{}, "one: {say:One},{redirect:two}\ntwo: {say:Two}\nthree: {say:Three},{redirect:four}\nfour: {say:Four},{redirect:five}\nfive: {say:Five}",
			`Three: It cannot be reached from the start, "One", nor can the 2 nodes that only it leads to.`},
		"loop of questions": {start + "A[Q] -->|again| A", diagram.Options{}, "q: {say:Q},{listen:{tasks:[q--again]}}\nq--again: {redirect:q} again|1",
			""},
		"loop without a question": {start + "S([Hi]) --> A[One] --> B[Two] --> A", diagram.Options{}, "hi: {say:Hi},{redirect:one}\none: {say:One},{redirect:two}\ntwo: {say:Two},{listen:{tasks:[two--one]}}\ntwo--one: {redirect:one} One|1",
			`Two: It leads back to "One", and no node on the way waits for an answer: the bot would talk forever, so it waits for one here.`},
		"only a loop": {start + "A[One] --> B[Two] --> A", diagram.Options{}, "one: {say:One},{redirect:two}\ntwo: {say:Two},{listen:{tasks:[two--one]}}\ntwo--one: {redirect:one} One|1",
			"One: An edge leads to every node, so the conversation begins at the first one. Name the node to begin at if it is another.\nTwo: It leads back to \"One\", and no node on the way waits for an answer: the bot would talk forever, so it waits for one here."},
		"no edge":           {start + "A[One] --> B[Two]\nC[Alone]", diagram.Options{}, "one: {say:One},{redirect:two}\ntwo: {say:Two}", "Alone: No edge leads to it or from it, so it is left out. If it is the label of a line, attach it to the line."},
		"empty junction":    {start + "A[One] -->|x| J@{ shape: junction }\nB[Two] -->|z| J\nJ --> C[Three]\nS[Q] -->|a| A\nS -->|b| B", diagram.Options{}, "one: {say:One},{listen:{tasks:[one--x]}}\none--x: {redirect:three} x|1\ntwo: {say:Two},{listen:{tasks:[two--z]}}\ntwo--z: {redirect:three} z|1\nthree: {say:Three}\nq: {say:Q},{listen:{tasks:[q--a,q--b]}}\nq--a: {redirect:one} a|1\nq--b: {redirect:two} b|2", `: An empty node before "Three" is left out.`},
		"empty fork":        {start + "A[Q] --> F@{ shape: fork }\nF -->|a| B[B]\nF -->|b| C[C]", diagram.Options{}, "q: {say:Q},{listen:{tasks:[q--a,q--b]}}\nq--a: {redirect:b} a|1\nq--b: {redirect:c} b|2\nb: {say:B}\nc: {say:C}", "Q: The empty node after it is left out; the edges from there are read as its own."},
		"empty start":       {start + "S@{ shape: start } --> A[One] --> B[Two]", diagram.Options{}, "one: {say:One},{redirect:two}\ntwo: {say:Two}", `: An empty node before "One" is left out.`},
		"empty end":         {start + "A[Q] -->|yes| E@{ shape: stop }\nA -->|no| B[B]", diagram.Options{AnswerSynonyms: map[string][]string{"yes": nil, "no": nil}}, "q: {say:Q},{listen:{tasks:[q--yes,q--no]}}\nq--yes:  yes|1\nq--no: {redirect:b} no|2\nb: {say:B}", `: An empty node (id "E") is left out.`},
		"empty first fork":  {start + "F@{ shape: fork } -->|Tea| B[B]\nF -->|Coffee| C[C]", diagram.Options{}, "tea-coffee: {say:Tea / Coffee},{listen:{tasks:[tea-coffee--tea,tea-coffee--coffee]}}\ntea-coffee--tea: {redirect:b} Tea|1\ntea-coffee--coffee: {redirect:c} Coffee|2\nb: {say:B}\nc: {say:C}", "Tea / Coffee: The node has no text, so the bot asks with the answers."},
		"subgraph":          {start + "A[One] --> S\nsubgraph S[Group]\nB[Two] --> C[Three]\nend\nS --> D[Four]", diagram.Options{}, "one: {say:One},{redirect:two}\ntwo: {say:Two},{redirect:three}\nthree: {say:Three},{redirect:four}\nfour: {say:Four}", "Two: The edge to \"Group\", which it is in, leads to it.\nThree: The edge from \"Group\", which it is in, begins at it."},
		"subgraph of texts": {start + "A[One] --> S\nsubgraph S[Group]\nB[Two]\nC[Three]\nend\nS --> D[Four]", diagram.Options{}, "one: {say:One},{redirect:group-two-three}\ngroup-two-three: {say:Group\\nTwo\\nThree},{redirect:four}\nfour: {say:Four}", ""},
		"edge within":       {start + "subgraph S[Group]\nB[Two] --> C[Three]\nend\nS --> B", diagram.Options{}, "two: {say:Two},{redirect:three}\nthree: {say:Three}", "Two: The edge from \"Group\", which it is in, is left out."},
	} {
		t.Run(name, func(t *testing.T) {
			r := made(t, each.source, each.options)
			if diff := cmp.Diff(each.tasks, tasks(t, r.Schema)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(each.warned, warned(r)); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
			conversed(t, string(r.Schema))
		})
	}
}

func TestConversationBeginsWhereItIsDrawnTo(t *testing.T) {
	for name, each := range map[string]struct{ source, start, want string }{
		"first":              {"A[One] --> B[Two]\nC[Three] --> B", "", "one"},
		"terminal":           {"A[One] --> B([Two])\nC([Three]) --> B", "", "three"},
		"called start":       {"A([One]) --> B[Two]\nC[Start here] --> B", "", "start-here"},
		"not called started": {"A[One] --> B[Two]\nC[Startled] --> B", "", "one"},
		"in a loop":          {"A[One] -->|x| B([Two]) -->|y| A", "", "two"},
		"by its text":        {"A[One] --> B[Two]\nC[Three] --> B", "three", "three"},
		"by its id":          {"A[One] --> B[Two]\nC[Two] --> B", "C", "two-2"},
		"text before id":     {"A[B] --> B[Two]", "B", "b"},
	} {
		t.Run(name, func(t *testing.T) {
			got := string(made(t, "graph TD\n"+each.source, diagram.Options{Start: each.start}).Schema)
			if !strings.Contains(got, `"assistant_initiation": "task://`+each.want+`"`) || !strings.Contains(got, `"fallback": "task://`+each.want+`"`) {
				t.Errorf("got\n%.200s", got)
			}
		})
	}
}

func TestPageThatIsMeant(t *testing.T) {
	source := "```mermaid\n---\ntitle: Cover\n---\ngraph TD\nA\n```\n```mermaid\ngraph TD\nB --> C\n```\n```mermaid\n---\ntitle: \"1\"\n---\ngraph TD\nD --> E\n```\n"
	for page, want := range map[string]string{"": "Page-2", "Page-2": "Page-2", "2": "Page-2", "3": "1", "1": "1"} {
		r := made(t, source, diagram.Options{Page: page})
		if r.Page != want {
			t.Errorf("%q is %q, want %q", page, r.Page, want)
		}
		if (page == "") != strings.Contains(warned(r), "1 other page") {
			t.Errorf("%q: %s", page, warned(r))
		}
	}
}

func TestRefusedDrawings(t *testing.T) {
	nodes := func(n int) string {
		var b strings.Builder
		b.WriteString("graph TD\n")
		for i := range n {
			fmt.Fprintf(&b, "n%d --> n%d\n", i, i+1)
		}
		return b.String()
	}
	for name, each := range map[string]struct {
		source  string
		options diagram.Options
		want    string
	}{
		"empty":          {" \n", diagram.Options{}, "the diagram is empty"},
		"image":          {"\x89PNG\r\n", diagram.Options{}, "an image"},
		"encoded image":  {"iVBORw0KGgoAAAANSUhEUg", diagram.Options{}, "an image"},
		"too long":       {"graph TD\n" + strings.Repeat(" ", 17<<20), diagram.Options{}, "17 MiB; at most 16"},
		"no edge":        {"graph TD\nA", diagram.Options{}, `page "Page-1": There is no edge`},
		"no text":        {"graph TD\nA@{shape: start} --> B@{shape: stop}", diagram.Options{}, "No node with an edge has a text"},
		"page":           {"graph TD\nA --> B", diagram.Options{Page: "2"}, `no page "2"; the file has "Page-1"`},
		"start":          {"graph TD\nA --> B\nC", diagram.Options{Start: "C"}, `no node "C"`},
		"start of two":   {"graph TD\nA[x] --> B[x]", diagram.Options{Start: "X"}, `page "Page-1", node "X": 2 nodes have this text`},
		"long text":      {"graph TD\nA[" + strings.Repeat("long ", 2000) + "] --> B", diagram.Options{}, `page "Page-1", node "long long`},
		"long answer":    {"graph TD\nA -->|" + strings.Repeat("long ", 2000) + "| B", diagram.Options{}, `page "Page-1", node "A": The text of an edge`},
		"file's name":    {"charts/clinic v2.DRAWIO", diagram.Options{}, `"charts/clinic v2.DRAWIO" is the name of a file`},
		"many answers":   {manyAnswers(300, 40), diagram.Options{}, `page "Page-1", node "` + strings.Repeat("word ", 11) + `word…": Its text, and the names of its 300 answers, make actions of 18746 bytes; Twilio allows 16384`},
		"long answers":   {manyAnswers(20, 1000), diagram.Options{Numbered: true}, "and the names of its 20 answers"},
		"too many tasks": {nodes(700), diagram.Options{}, "makes 701 tasks, of 701 nodes"},
		"10,000 nodes":   {nodes(10_000), diagram.Options{}, "10001 nodes have edges"},
		"too many edges": {"graph TD\n" + strings.Repeat("A --> B\n", 4000), diagram.Options{}, "4000 edges"},
		"boxed edges":    {"graph TD\nsubgraph s\n" + manyNodes(1500) + "end\n" + strings.Repeat("s --> t\n", 3), diagram.Options{}, "counting those that a container stands for"},
	} {
		t.Run(name, func(t *testing.T) {
			pages, err := diagram.Read(each.source)
			if err == nil {
				_, err = diagram.Schema(pages, each.options)
			}
			if err == nil || !strings.Contains(err.Error(), each.want) {
				t.Errorf("the error is %v, want one with %q", err, each.want)
			}
		})
	}
}

func TestYesAndNoAreUnderstoodAsPeopleSayThem(t *testing.T) {
	r := made(t, "graph TD\nA[Anything else?] -->|Yes| B[What?]\nA -->|No| C[Bye]", diagram.Options{})
	for answer, want := range map[string]string{
		"Yes!": "What?", "yes please": "What?", "Yes, thank you.": "What?", "thanks, yes": "What?", "okay then": "What?", "sure": "What?",
		"NO": "Bye", "no thanks": "Bye", "No, thank you!": "Bye", "nope": "Bye", "2": "Bye", "perhaps": "Anything else?",
	} {
		if said := answered(t, string(r.Schema), "hello", answer); said[len(said)-1] != want {
			t.Errorf("%q is answered with %q, want %q", answer, said, want)
		}
	}
}

// manyAnswers is a question with answers of so many characters.
func manyAnswers(n, length int) string {
	var b strings.Builder
	b.WriteString("graph TD\nA[" + strings.Repeat("word ", 20) + "]\n")
	for i := range n {
		fmt.Fprintf(&b, "A -->|%d %s| B\n", i, strings.Repeat("x", length))
	}
	return b.String()
}

// Two spellings of one answer are two keys of an object, which has no order.
func TestSynonymsOfTwoSpellingsAreTakenTogether(t *testing.T) {
	o := diagram.Options{AnswerSynonyms: map[string][]string{"Tea": {"a"}, "tea": {"b"}, "TEA!": {"c"}, " tea ": {"d"}}}
	want := made(t, "graph TD\nA[Q] -->|Tea| B", o).Schema
	for range 20 { // Go's maps are walked in another order each time
		if got := made(t, "graph TD\nA[Q] -->|Tea| B", o).Schema; !bytes.Equal(got, want) {
			t.Fatalf("the same options give another schema:\n%s\n%s", got, want)
		}
	}
	if text := tasks(t, want); !strings.Contains(text, "Tea|d|c|a|b|1") && !strings.Contains(text, "Tea|d|a|c|b|1") {
		t.Errorf("got %s", text)
	}
}

// manyNodes are nodes that one node leads to.
func manyNodes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "x --> n%d\n", i)
	}
	return b.String()
}

// A drawing may have far more on it than the conversation.
func TestDrawingOfManyNodesWithoutEdges(t *testing.T) {
	var b strings.Builder
	b.WriteString("graph TD\nA --> B\n")
	for i := range 10_000 {
		fmt.Fprintf(&b, "n%d[Note %d]\n", i, i)
	}
	r := made(t, b.String(), diagram.Options{})
	if got := len(r.Warnings); got != 101 || r.Warnings[100].Message != "There are 9900 more warnings." {
		t.Errorf("%d warnings, the last %v", got, r.Warnings[got-1])
	}
}

func TestLargeDrawingIsWarnedOf(t *testing.T) {
	var b strings.Builder
	b.WriteString("graph TD\n")
	for i := range 350 {
		fmt.Fprintf(&b, "n%d --> n%d\n", i, i+1)
	}
	if got := warned(made(t, b.String(), diagram.Options{})); !strings.Contains(got, "makes 351 tasks") {
		t.Errorf("got %q", got)
	}
	if got := warned(made(t, "graph TD\nA["+strings.Repeat("word ", 400)+"] --> B", diagram.Options{})); !strings.Contains(got, "1999 characters") {
		t.Errorf("got %q", got)
	}
	if got := warned(made(t, manyAnswers(20, 100), diagram.Options{Numbered: true})); !strings.Contains(got, "characters; Twilio sends") {
		t.Errorf("a question that its answers make long: %q", got)
	}
}

func TestWarningsAreUnderAKeyOfTheirOwn(t *testing.T) {
	r := made(t, "graph TD\nA --> B\nC[Alone]", diagram.Options{})
	text, err := r.WithWarnings()
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Warnings []map[string]string `json:"x_diagram_warnings"`
	}
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	if len(document.Warnings) != 1 || document.Warnings[0]["node"] != "Alone" || document.Warnings[0]["page"] != "Page-1" || document.Warnings[0]["message"] == "" {
		t.Errorf("got %v", document.Warnings)
	}
	if tasks(t, text) != tasks(t, r.Schema) {
		t.Error("the schema is another one")
	}
}

func TestContainersOfDrawio(t *testing.T) {
	source := func(cells string) string {
		return `<mxGraphModel><root><mxCell id="0"/><mxCell id="1" parent="0"/>` + cells + `</root></mxGraphModel>`
	}
	for name, each := range map[string]struct{ cells, tasks, warned string }{
		"lanes": {`<mxCell id="p" value="Pool" style="swimlane;" vertex="1" parent="1"/><mxCell id="l" value="Lane" style="swimlane;" vertex="1" parent="p"/>` +
			`<mxCell id="a" value="One" vertex="1" parent="l"/><mxCell id="b" value="Two" vertex="1" parent="p"/><mxCell id="e" edge="1" parent="p" source="a" target="b"/>`,
			"one: {say:One},{redirect:two}\ntwo: {say:Two}", ""},
		"group with its text as a child": {`<mxCell id="g" value="" style="group" vertex="1" parent="1"/><mxCell id="i" style="shape=image" vertex="1" parent="g"/><mxCell id="t" value="One" style="text;html=1" vertex="1" parent="g"/>` +
			`<mxCell id="b" value="Two" vertex="1" parent="1"/><mxCell id="e" edge="1" parent="1" source="g" target="b"/>`,
			"one: {say:One},{redirect:two}\ntwo: {say:Two}", ""},
		"list": {`<mxCell id="g" value="Menu" style="swimlane;childLayout=stackLayout;" vertex="1" parent="1"/><mxCell id="i" value="Tea" vertex="1" parent="g"/><mxCell id="t" value="Coffee" vertex="1" parent="g"/>` +
			`<mxCell id="b" value="Two" vertex="1" parent="1"/><mxCell id="e" edge="1" parent="1" source="g" target="b"/>`,
			"menu-tea-coffee: {say:Menu\\nTea\\nCoffee},{redirect:two}\ntwo: {say:Two}", ""},
		"rows of a table": {`<mxCell id="g" value="Menu" style="shape=table;" vertex="1" parent="1"/><mxCell id="r" value="" style="shape=tableRow;" vertex="1" parent="g"/><mxCell id="c1" value="Tea" vertex="1" parent="r"/><mxCell id="c2" value="1.50" vertex="1" parent="r"/>` +
			`<mxCell id="b" value="Two" vertex="1" parent="1"/><mxCell id="e" edge="1" parent="1" source="r" target="b"/>`,
			"tea-1-50: {say:Tea\\n1.50},{redirect:two}\ntwo: {say:Two}", ""},
		"edge to a lane": {`<mxCell id="a" value="One" vertex="1" parent="1"/><mxCell id="l" value="Lane" style="swimlane;" vertex="1" parent="1"/><mxCell id="b" value="Two" vertex="1" parent="l"/><mxCell id="c" value="Three" vertex="1" parent="l"/>` +
			`<mxCell id="e" edge="1" parent="1" source="a" target="l"/><mxCell id="f" edge="1" parent="l" source="c" target="b"/>`,
			"one: {say:One},{redirect:three}\ntwo: {say:Two}\nthree: {say:Three},{redirect:two}", `Three: The edge to "Lane", which it is in, leads to it.`},
	} {
		t.Run(name, func(t *testing.T) {
			r := made(t, source(each.cells), diagram.Options{})
			if diff := cmp.Diff(each.tasks, tasks(t, r.Schema)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(each.warned, warned(r)); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
		})
	}
}
