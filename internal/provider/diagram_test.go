package provider

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/diagram"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// talkToTheDrawnClinic texts the number of examples/from-diagram and goes through the drawing
// to an end, round its loop.
func talkToTheDrawnClinic(t *testing.T, w *world) {
	t.Helper()
	hello := "Hello, this is the clinic.\nAsk for our opening hours, or for an appointment."
	for _, each := range []struct{ from, message, answer string }{
		{"+447700900001", "good morning", hello},
		{"+447700900001", "Opening hours", "We are open from 8 to 18, Monday to Friday. Is there anything else?"},
		{"+447700900001", "yes", hello},
		{"+447700900001", "I want to see a doctor", "Is it urgent?"},
		{"+447700900001", "2", "We will call you back today.\nThank you, and goodbye!"},
		{"+447700900002", "hello?", hello},
		{"+447700900002", "book", "Is it urgent?"},
		{"+447700900002", "yep", "Please come at once: we keep a place free."},
	} {
		answer, err := w.box.Inbound(sandbox.Inbound{To: ukNumber, From: each.from, Channel: "messaging", Body: each.message})
		if err != nil {
			t.Fatal(err)
		}
		var texts []string
		for _, said := range answer.Answers {
			texts = append(texts, strings.TrimSpace(said.Text))
		}
		if got := strings.Join(texts, "\n"); got != each.answer || len(answer.Errors) > 0 {
			t.Errorf("%s, %q: %q, errors %v", each.from, each.message, got, answer.Errors)
		}
	}
}

// smallDrawing has a line that ends nowhere to warn of, and two pages.
const smallDrawing = `<mxfile><diagram name="Front"><mxGraphModel><root><mxCell id="0"/><mxCell id="1" parent="0"/>` +
	`<mxCell id="a" value="Coffee?" vertex="1" parent="1"/><mxCell id="b" value="Here you are." vertex="1" parent="1"/><mxCell id="c" value="Goodbye." vertex="1" parent="1"/>` +
	`<mxCell id="e" value="Yes" edge="1" parent="1" source="a" target="b"/><mxCell id="f" value="No" edge="1" parent="1" source="a" target="c"/>` +
	`<mxCell id="g" value="Maybe" edge="1" parent="1" source="a"/></root></mxGraphModel></diagram>` +
	`<diagram name="Back"><mxGraphModel><root><mxCell id="0"/><mxCell id="1" parent="0"/><mxCell id="a" value="Your name?" vertex="1" parent="1"/>` +
	`<mxCell id="b" value="Thanks." vertex="1" parent="1"/><mxCell id="e" edge="1" parent="1" source="a" target="b"/></root></mxGraphModel></diagram></mxfile>`

// drawn is the schema that the package below makes of the small drawing, with its warnings.
func drawn(t *testing.T, options diagram.Options) (*diagram.Result, string) {
	t.Helper()
	pages, err := diagram.Read(smallDrawing)
	if err != nil {
		t.Fatal(err)
	}
	made, err := diagram.Schema(pages, options)
	if err != nil {
		t.Fatal(err)
	}
	text, err := made.WithWarnings()
	if err != nil {
		t.Fatal(err)
	}
	return made, string(text)
}

func TestDiagramToSchemaTakesOptions(t *testing.T) {
	t.Parallel()
	boolean := func(v bool) tftypes.Value { return tftypes.NewValue(tftypes.Bool, v) }
	words := tupleValue(stringValue("please"))
	list := tftypes.List{ElementType: tftypes.String}
	plain, _ := drawn(t, diagram.Options{})
	for name, each := range map[string]struct {
		given map[string]tftypes.Value
		want  diagram.Options
	}{
		"none":        {nil, diagram.Options{}},
		"nulls":       {map[string]tftypes.Value{"page": stringValue(nil), "numbered": tftypes.NewValue(tftypes.Bool, nil)}, diagram.Options{}},
		"page":        {map[string]tftypes.Value{"page": stringValue("Back")}, diagram.Options{Page: "Back"}},
		"page number": {map[string]tftypes.Value{"page": tftypes.NewValue(tftypes.Number, 2)}, diagram.Options{Page: "2"}},
		"start":       {map[string]tftypes.Value{"start": stringValue("goodbye.")}, diagram.Options{Start: "goodbye."}},
		"numbered":    {map[string]tftypes.Value{"numbered": boolean(true)}, diagram.Options{Numbered: true}},
		"collect":     {map[string]tftypes.Value{"collect": boolean(true), "page": stringValue("Back")}, diagram.Options{Collect: true, Page: "Back"}},
		"words":       {map[string]tftypes.Value{"answer_synonyms": objectValue(map[string]tftypes.Value{"yes": words})}, diagram.Options{AnswerSynonyms: map[string][]string{"yes": {"please"}}}},
		"map": {map[string]tftypes.Value{"answer_synonyms": tftypes.NewValue(tftypes.Map{ElementType: list}, map[string]tftypes.Value{
			"Yes": tftypes.NewValue(list, []tftypes.Value{stringValue("please")}),
		})}, diagram.Options{AnswerSynonyms: map[string][]string{"Yes": {"please"}}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			made, want := drawn(t, each.want)
			if name != "none" && name != "nulls" && cmp.Equal(made.Schema, plain.Schema) {
				t.Error("the option makes no difference for this drawing")
			}
			got, failed := called(t, "diagram_to_schema", stringValue(smallDrawing), objectValue(each.given))
			if failed != nil {
				t.Fatal(failed.Text)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if got, failed := called(t, "diagram_to_schema", stringValue(smallDrawing), objectValue(map[string]tftypes.Value{"page": stringValue(tftypes.UnknownValue)})); failed != nil || got != "unknown" {
		t.Errorf("with an unknown option: %.40q, %v", got, failed)
	}
}

func TestDiagramToSchemaSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	option := func(name string, value tftypes.Value) []tftypes.Value {
		return []tftypes.Value{stringValue(smallDrawing), objectValue(map[string]tftypes.Value{name: value})}
	}
	for name, each := range map[string]struct {
		given    []tftypes.Value
		argument int64
		words    []string
	}{
		"no diagram":     {[]tftypes.Value{stringValue("hello")}, 0, []string{"line 1", "flowchart"}},
		"XML":            {[]tftypes.Value{stringValue("<html></html>")}, 0, []string{"no draw.io file", "<html>"}},
		"no edges":       {[]tftypes.Value{stringValue("flowchart TD\nA")}, 0, []string{"no edge"}},
		"two options":    {[]tftypes.Value{stringValue(smallDrawing), objectValue(nil), objectValue(nil)}, 2, []string{"at most one"}},
		"not an object":  {[]tftypes.Value{stringValue(smallDrawing), stringValue("Back")}, 1, []string{"an object"}},
		"unknown option": {option("pages", stringValue("Back")), 1, []string{`"pages"`, "answer_synonyms", "collect", "numbered", "page", "start"}},
		"page":           {option("page", stringValue("Side")), 1, []string{`"Side"`, `"Front", "Back"`}},
		"start":          {option("start", stringValue("Tea?")), 1, []string{"Front", `"Tea?"`}},
		"not text":       {option("page", tupleValue()), 1, []string{"`page`", "text"}},
		"not a switch":   {option("numbered", stringValue("very")), 1, []string{"`numbered`", "true or false"}},
		"not words":      {option("answer_synonyms", objectValue(map[string]tftypes.Value{"yes": stringValue("sure")})), 1, []string{"`answer_synonyms`", "a map of lists"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, failed := called(t, "diagram_to_schema", each.given...)
			if failed == nil {
				t.Fatalf("no error but %.60q", got)
			}
			if failed.FunctionArgument == nil || *failed.FunctionArgument != each.argument || !inOrder(each.words...).MatchString(failed.Text) {
				t.Errorf("argument %v: %s", failed.FunctionArgument, failed.Text)
			}
		})
	}
}

// readDiagram reads the data source over the plugin protocol.
func readDiagram(t *testing.T, given map[string]tftypes.Value) (map[string]tftypes.Value, []*tfprotov6.Diagnostic) {
	t.Helper()
	server, err := factories()["twiliobot"]()
	if err != nil {
		t.Fatal(err)
	}
	answer, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	kind, ok := answer.DataSourceSchemas["twiliobot_diagram_schema"].ValueType().(tftypes.Object)
	if !ok {
		t.Fatal("there is no data source twiliobot_diagram_schema")
	}
	values := map[string]tftypes.Value{}
	for name, of := range kind.AttributeTypes {
		values[name] = tftypes.NewValue(of, nil)
	}
	for name, value := range given {
		values[name] = value
	}
	config, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, values))
	if err != nil {
		t.Fatal(err)
	}
	validated, err := server.ValidateDataResourceConfig(t.Context(), &tfprotov6.ValidateDataResourceConfigRequest{TypeName: "twiliobot_diagram_schema", Config: &config})
	if err != nil {
		t.Fatal(err)
	}
	if len(validated.Diagnostics) > 0 {
		return nil, validated.Diagnostics
	}
	read, err := server.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: "twiliobot_diagram_schema", Config: &config})
	if err != nil {
		t.Fatal(err)
	}
	if len(read.Diagnostics) > 0 {
		return nil, read.Diagnostics
	}
	state, err := read.State.Unmarshal(kind)
	if err != nil {
		t.Fatal(err)
	}
	attributes := map[string]tftypes.Value{}
	if err := state.As(&attributes); err != nil {
		t.Fatal(err)
	}
	return attributes, nil
}

func TestDataSourceGivesWarningsApartFromTheSchema(t *testing.T) {
	t.Parallel()
	got, failed := readDiagram(t, map[string]tftypes.Value{"source": stringValue(smallDrawing)})
	if failed != nil {
		t.Fatal(failed[0].Detail)
	}
	want, _ := drawn(t, diagram.Options{})
	if diff := cmp.Diff(string(want.Schema), stringOf(t, got["schema"])); diff != "" || strings.Contains(stringOf(t, got["schema"]), "x_diagram_warnings") {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var pages, warnings []tftypes.Value
	if err := got["pages"].As(&pages); err != nil || len(pages) != 2 || stringOf(t, pages[1]) != "Back" {
		t.Errorf("the pages are %v: %v", pages, err)
	}
	if err := got["warnings"].As(&warnings); err != nil || len(warnings) != 2 {
		t.Fatalf("the warnings are %v: %v", warnings, err)
	}
	first := map[string]tftypes.Value{}
	if err := warnings[0].As(&first); err != nil || stringOf(t, first["page"]) != "Front" || stringOf(t, first["node"]) != "Coffee?" || !strings.Contains(stringOf(t, first["message"]), `"Maybe"`) {
		t.Errorf("the first warning is %v: %v", warnings[0], err)
	}
	words := tftypes.List{ElementType: tftypes.String}
	synonyms := func(list any) tftypes.Value {
		return tftypes.NewValue(tftypes.Map{ElementType: words}, map[string]tftypes.Value{"yes": tftypes.NewValue(words, list)})
	}
	for attribute, given := range map[string]map[string]tftypes.Value{
		"answer_synonyms":                         {"source": stringValue(smallDrawing), "answer_synonyms": synonyms(nil)},
		`answer_synonyms").ElementKeyString("yes`: {"source": stringValue(smallDrawing), "answer_synonyms": synonyms([]tftypes.Value{tftypes.NewValue(tftypes.String, nil)})},
		"source": {"source": stringValue("nothing")},
		"page":   {"source": stringValue(smallDrawing), "page": stringValue("Side")},
		"start":  {"source": stringValue(smallDrawing), "start": stringValue("Tea?")},
	} {
		_, failed := readDiagram(t, given)
		if len(failed) != 1 || failed[0].Attribute.String() != `AttributeName("`+attribute+`")` {
			t.Errorf("%s: %v", attribute, failed)
		}
	}
}

// What a person should know of a drawing is no part of the bot: it is not uploaded, and makes
// no difference.
func TestWarningsOfADiagramAreNoPartOfTheBot(t *testing.T) {
	t.Parallel()
	made, with := drawn(t, diagram.Options{})
	if len(made.Warnings) == 0 || !strings.Contains(with, "x_diagram_warnings") {
		t.Fatal("the drawing has no warnings")
	}
	a, err := schema.Parse([]byte(with))
	if err != nil {
		t.Fatal(err)
	}
	b, err := schema.Parse(made.Schema)
	if err != nil {
		t.Fatal(err)
	}
	if found := schema.Validate(a); len(found) != len(schema.Validate(b)) {
		t.Errorf("the warnings are found fault with: %v", found)
	}
	if got := string(a.Export("clinic", "")); strings.Contains(got, "x_diagram") || got != string(b.Export("clinic", "")) {
		t.Errorf("they are exported:\n%s", got)
	}
	for _, engine := range []string{"studio", "autopilot"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, quick())
			s := newStack(w, w.server.URL)
			bot := func(schema string) block {
				return botBlock("bot", map[string]tftypes.Value{"unique_name": stringValue("cafe"), "engine": stringValue(engine), "schema": stringValue(schema)})
			}
			if err := s.apply([]block{bot(with)}, true); err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(s.warnings, "\n"); strings.Contains(got, "x_diagram") {
				t.Errorf("the plan warns of them: %s", got)
			}
			for _, schema := range []string{with, string(made.Schema), strings.Replace(with, "Maybe", "Perhaps", 1)} {
				if err := s.empty([]block{bot(schema)}); err != nil {
					t.Error(err)
				}
			}
			for _, request := range w.box.Journal() {
				if strings.Contains(marshal(request), "x_diagram") {
					t.Errorf("they are uploaded: %v", request)
				}
			}
		})
	}
}
