package provider

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/flow"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// tableSchema is a bot that reserves a table.
func tableSchema() object {
	say := func(text string) object { return object{"say": text} }
	task := func(name string, samples []string, actions ...any) object {
		list := []any{}
		for _, sample := range samples {
			list = append(list, object{"language": "en-US", "taggedText": sample})
		}
		return object{"uniqueName": name, "actions": object{"actions": actions}, "samples": list}
	}
	return object{
		"defaults": object{"defaults": object{"assistant_initiation": "task://welcome", "fallback": "task://lost"}},
		"tasks": []any{
			task("welcome", []string{"hello", "good morning"}, say("Welcome to the Anchor."), object{"listen": true}),
			task("lost", nil, say("Ask for a table, or for our hours."), object{"listen": true}),
			task("hours", []string{"when are you open", "opening hours"}, say("From noon to midnight.")),
			task("table", []string{"reserve a table", "book a table for tonight"}, object{"collect": object{
				"name": "table",
				"questions": []any{
					object{"question": "For how many?", "name": "guests", "type": "Twilio.NUMBER"},
					object{"question": "Inside or outside?", "name": "place", "validate": object{"allowed_values": object{"list": []any{"inside", "outside"}}}},
				},
				"on_complete": object{"redirect": "task://reserved"},
			}}),
			task("reserved", nil, say("Your table is reserved.")),
		},
	}
}

// onStudio is a schema on Studio, the engine for a schema at Twilio today.
func onStudio(name string, document any, more ...string) string {
	return strings.Replace(assistant(name, document, more...), `engine      = "autopilot"`, `engine      = "studio"`, 1)
}

// talk sends messages to a number, one after the other, and returns the answers.
func (w *world) talk(phoneNumber, from string, messages ...string) []string {
	w.t.Helper()
	var heard []string
	for _, message := range messages {
		answer, err := w.box.Inbound(sandbox.Inbound{To: phoneNumber, From: from, Channel: "messaging", Body: message})
		if err != nil {
			w.t.Fatal(err)
		}
		var said []string
		for _, each := range answer.Answers {
			said = append(said, each.Text)
		}
		heard = append(heard, strings.Join(said, " "))
	}
	return heard
}

// reservation is a conversation with tableSchema, and its answers.
var (
	reservation = []string{"hello", "when do you open", "good morning", "book a table for tonight", "many", "4", "outside"}
	reserved    = []string{
		"Welcome to the Anchor.", "From noon to midnight.", "Welcome to the Anchor.", "For how many?",
		"I didn't get that. What did you say?", "Inside or outside?", "Your table is reserved.",
	}
)

func (w *world) reserves(phoneNumber, from string) resource.TestCheckFunc {
	return func(*terraform.State) error {
		if got := w.talk(phoneNumber, from, reservation...); !slices.Equal(got, reserved) {
			return fmt.Errorf("the bot answers %q, not %q", got, reserved)
		}
		return nil
	}
}

func TestSchemaRunsOnStudio(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const address = "twiliobot_assistant.anchor"
	binding := bound("front", "anchor", ukNumber)
	none := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}
	w.run(
		resource.TestStep{
			Config: onStudio("anchor", tableSchema()) + binding,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(address, tfjsonpath.New("routing"), knownvalue.StringExact("trained")),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("edited_states"), knownvalue.Null()),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("flow"), knownvalue.Null()),
			},
			Check: w.reserves(ukNumber, "+447700900901"),
		},
		// Formatting and the order of tasks do not matter.
		resource.TestStep{
			Config:           onStudio("anchor", strings.ReplaceAll(marshal(edit(tableSchema(), func(o object) { slices.Reverse(o["tasks"].([]any)) })), "\n", "\n\t")) + binding,
			ConfigPlanChecks: none,
		},
		resource.TestStep{
			ResourceName: address, ImportState: true, ImportStateId: "anchor", ImportStateKind: resource.ImportBlockWithID,
			Config: w.config(onStudio("anchor", tableSchema())),
		},
		// The data source returns the schema, byte for byte in canonical form.
		resource.TestStep{
			Config: onStudio("anchor", tableSchema()) + binding + `
data "twiliobot_assistant" "anchor" {
  unique_name = "anchor"
  depends_on  = [twiliobot_assistant.anchor]
}`,
			Check: func(s *terraform.State) error {
				return sameSchema(s, "data.twiliobot_assistant.anchor", marshal(tableSchema()))
			},
		},
		resource.TestStep{
			Config:           onStudio("anchor", tableSchema(), `routing = "exact"`) + binding,
			ConfigPlanChecks: planned(map[string]plancheck.ResourceActionType{address: plancheck.ResourceActionUpdate}),
			Check: func(*terraform.State) error {
				if got := w.talk(ukNumber, "+447700900902", "when do you open"); got[0] != "Ask for a table, or for our hours." {
					return fmt.Errorf("the bot answers %q by a word", got)
				}
				return nil
			},
		},
		resource.TestStep{
			Config: onStudio("anchor", edit(tableSchema(), func(o object) {
				taskOf(o, 2)["actions"] = object{"actions": []any{object{"say": "From eleven to eleven."}}}
			})) + binding,
			ConfigPlanChecks: planned(map[string]plancheck.ResourceActionType{address: plancheck.ResourceActionUpdate}),
			Check: func(*terraform.State) error {
				if got := w.talk(ukNumber, "+447700900903", "opening hours"); got[0] != "From eleven to eleven." {
					return fmt.Errorf("the bot answers %q", got)
				}
				return nil
			},
		},
	)
}

// sameSchema reports whether an attribute of the state is a schema, in canonical form.
func sameSchema(s *terraform.State, address, want string) error {
	got, err := attribute(s, address, "schema")
	if err != nil {
		return err
	}
	live, err := schema.Parse([]byte(got))
	if err != nil {
		return err
	}
	file, err := schema.Parse([]byte(want))
	if err != nil {
		return err
	}
	if string(live.Canonical()) != string(file.Canonical()) {
		return fmt.Errorf("the schema differs: %s", strings.Join(schema.Diff(file, live).Summary(), "; "))
	}
	return nil
}

// definition is the live definition of the flow "anchor".
func (w *world) definition() object {
	w.t.Helper()
	live := w.call(http.MethodGet, studioBase+"/"+w.flows()["anchor"]["sid"].(string), nil)
	return live["definition"].(object)
}

// publishes saves the definition of the flow "anchor" in the console and publishes it.
func (w *world) publishes(definition object) {
	w.t.Helper()
	raw, err := json.Marshal(definition)
	if err != nil {
		w.t.Fatal(err)
	}
	w.call(http.MethodPost, studioBase+"/"+w.flows()["anchor"]["sid"].(string), map[string]string{"Status": "published", "Definition": string(raw)})
}

// widget is a state of a definition by name.
func widget(t *testing.T, definition object, name string) object {
	t.Helper()
	for _, each := range definition["states"].([]any) {
		if state := each.(object); state["name"] == name {
			return state
		}
	}
	t.Fatalf("there is no state %q", name)
	return nil
}

func withoutState(definition object, name string) {
	definition["states"] = slices.DeleteFunc(definition["states"].([]any), func(s any) bool { return s.(object)["name"] == name })
}

func TestConsoleEditOfACompiledFlowIsSaidAndPutBack(t *testing.T) {
	t.Parallel()
	const words = "m_hours_01_say"
	for name, each := range map[string]struct {
		edit   func(t *testing.T, definition object)
		edited []string // words of edited_states, in order; none for no drift
	}{
		"a widget's text": {func(t *testing.T, d object) {
			widget(t, d, words)["properties"].(object)["body"] = "We moved."
		}, []string{words, "property body changed", "We moved.", `(task "hours", made for action 1)`}},
		"a state is added": {func(_ *testing.T, d object) {
			d["states"] = append(d["states"].([]any), object{"name": "loose", "type": "set-variables", "transitions": []any{object{"event": "next"}},
				"properties": object{"offset": object{"x": 1, "y": 1}, "variables": []any{object{"key": "a", "value": "b"}}}})
		}, []string{"loose"}},
		"widgets are moved": {func(t *testing.T, d object) {
			widget(t, d, words)["properties"].(object)["offset"] = object{"x": 5000, "y": -3}
		}, nil},
		"the widget that contains the schema is removed": {func(_ *testing.T, d object) {
			withoutState(d, "autopilot_source")
		}, []string{"autopilot_source"}},
		"the schema in it is damaged": {func(t *testing.T, d object) {
			widget(t, d, "autopilot_source")["properties"].(object)["variables"].([]any)[0].(object)["value"] = "H4sI"
		}, []string{"autopilot_source"}},
		"all of it": {func(_ *testing.T, d object) {
			for name := range d {
				delete(d, name)
			}
			for name, value := range echo("Mine now.") {
				d[name] = value
			}
		}, []string{"state answer: added", "state m_table_01_collect: removed"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			blocks := []block{botBlock("bot", map[string]tftypes.Value{"unique_name": str("anchor"), "engine": str("studio"), "schema": str(marshal(tableSchema()))})}
			if err := b.apply(blocks, true); err != nil {
				t.Fatal(err)
			}
			was, err := json.Marshal(b.w.definition())
			if err != nil {
				t.Fatal(err)
			}
			edited := b.w.definition()
			each.edit(t, edited)
			b.w.publishes(edited)
			changes, err := b.plan(blocks, true)
			if err != nil {
				t.Fatal(err)
			}
			told := strings.Join(b.warnings, "\n")
			if changes["twiliobot_assistant.bot"].noop != (each.edited == nil) {
				t.Errorf("the plan is empty: %v\n%s", changes["twiliobot_assistant.bot"].noop, told)
			}
			if strings.Contains(told, "The flow was edited in the console") != (each.edited != nil) {
				t.Errorf("the plan says: %s", told)
			}
			if each.edited == nil {
				return
			}
			drift := b.difference("twiliobot_assistant.bot", changes["twiliobot_assistant.bot"])
			for _, word := range append(each.edited, "edited_states") {
				if !strings.Contains(drift, word) {
					t.Errorf("the plan shows %s\nand says %s", drift, told)
				}
			}
			if err := b.apply(blocks, true); err != nil {
				t.Fatal(err)
			}
			if err := b.empty(blocks); err != nil {
				t.Error(err)
			}
			if !sameFlow(t, was, b.w.definition()) {
				t.Error("the flow differs from before")
			}
		})
	}
}

func sameFlow(t *testing.T, was []byte, is object) bool {
	t.Helper()
	a, err := flow.Parse(was)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(is)
	if err != nil {
		t.Fatal(err)
	}
	b, err := flow.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return flow.Equal(a, b)
}

// A flow of another compiler version is not drift, and can be changed.
func TestFlowOfAnotherCompilerIsNoDrift(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	blocks := func(document object) []block {
		return []block{botBlock("bot", map[string]tftypes.Value{"unique_name": str("anchor"), "engine": str("studio"), "schema": str(marshal(document))})}
	}
	if err := b.apply(blocks(tableSchema()), true); err != nil {
		t.Fatal(err)
	}
	older := b.w.definition()
	widget(t, older, "m_hours_01_say")["properties"].(object)["body"] = "From noon to midnight, {{flow.variables.name}}."
	older["description"] = "autopilot compiler/7 sha256:" + sealOf(t, older)
	b.w.publishes(older)
	if err := b.empty(blocks(tableSchema())); err != nil {
		t.Error(err)
	}
	if told := strings.Join(b.warnings, "\n"); strings.Contains(told, "edited") {
		t.Errorf("the plan says: %s", told)
	}
	changed := edit(tableSchema(), func(o object) { taskOf(o, 0)["samples"] = []any{} })
	if err := b.apply(blocks(changed), true); err != nil {
		t.Fatal(err)
	}
	if err := b.empty(blocks(changed)); err != nil {
		t.Error(err)
	}
}

// sealOf is the digest in the description of a compiled flow.
func sealOf(t *testing.T, definition object) string {
	t.Helper()
	raw, err := json.Marshal(definition)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := flow.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	root, err := jsondoc.Parse(parsed.Canonical())
	if err != nil {
		t.Fatal(err)
	}
	root.Members = slices.DeleteFunc(root.Members, func(m jsondoc.Member) bool { return m.Name == "description" })
	sum := sha256.Sum256(root.Canonical())
	return hex.EncodeToString(sum[:6])
}

func TestMigrationFromAutopilotIsOneLineAndNoNumberIsSilent(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	numbers := []string{ukNumber, otherNumber}
	config := func(engine string) []block {
		second := bindingBlock(otherNumber, "bot")
		second.address = "twiliobot_phone_number_binding.second"
		return []block{
			botBlock("bot", map[string]tftypes.Value{"unique_name": str("anchor"), "engine": str(engine), "schema": str(marshal(tableSchema()))}),
			bindingBlock(ukNumber, "bot"), second,
		}
	}
	engines := []string{"autopilot", "studio", "autopilot"}
	if err := b.apply(config(engines[0]), true); err != nil {
		t.Fatal(err)
	}
	for run, engine := range engines {
		if run > 0 {
			done := make(chan error, 1)
			go func() { done <- b.apply(config(engine), true) }()
			polls, misses := 0, 0
			for running := true; running; polls++ {
				select {
				case err := <-done:
					if err != nil {
						t.Fatal(err)
					}
					running = false
				default:
				}
				for i, number := range numbers {
					from := fmt.Sprintf("+4477009%05d", 100*polls+10*run+i)
					if got := b.w.talk(number, from, "hello"); got[0] != "Welcome to the Anchor." {
						misses++
						t.Errorf("%s answers %q", number, got[0])
					}
				}
			}
			t.Logf("to %s: %d polls of %d numbers, %d misses", engine, polls, len(numbers), misses)
		}
		if err := b.empty(config(engine)); err != nil {
			t.Error(err)
		}
		for _, number := range numbers {
			if err := b.w.reserves(number, fmt.Sprintf("+44770090080%d", run))(nil); err != nil {
				t.Errorf("on %s: %v", engine, err)
			}
		}
		if names, _ := b.gate.bots(); len(names) != 1 {
			t.Errorf("on %s the bots are %v", engine, names)
		}
	}
}

func TestMigrationNamesWhatTheSchemaLeavesOut(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	config := func(engine string, document object) []block {
		return []block{botBlock("bot", map[string]tftypes.Value{"unique_name": str("anchor"), "engine": str(engine), "schema": str(marshal(document))})}
	}
	brief := edit(tableSchema(), func(o object) { delete(o["defaults"].(object)["defaults"].(object), "fallback") })
	for _, document := range []object{tableSchema(), brief} {
		if err := b.apply(config("autopilot", document), true); err != nil {
			t.Fatal(err)
		}
	}
	for _, each := range []struct {
		document object
		told     bool
	}{{brief, true}, {tableSchema(), false}} {
		if _, err := b.plan(config("studio", each.document), true); err != nil {
			t.Fatal(err)
		}
		told := strings.Join(b.warnings, "\n")
		if !strings.Contains(told, "will be replaced") {
			t.Errorf("the plan says: %s", told)
		}
		if strings.Contains(told, "leaves out, and the flow will not have them: /defaults/defaults/fallback.") != each.told {
			t.Errorf("the plan says: %s", told)
		}
	}
}

func TestSchemaGivesWayToItsFlowAndBack(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	asSchema := []block{botBlock("bot", map[string]tftypes.Value{"unique_name": str("anchor"), "schema": str(marshal(tableSchema())), "engine": str("studio")}), bindingBlock(ukNumber, "bot")}
	asFlow := []block{botBlock("bot", map[string]tftypes.Value{"unique_name": str("anchor"), "flow": str(marshal(echo("Hello.")))}), bindingBlock(ukNumber, "bot")}
	if err := b.apply(asSchema, true); err != nil {
		t.Fatal(err)
	}
	sid := b.sid("twiliobot_assistant.bot", "sid")
	for i, each := range [][]block{asFlow, asSchema} {
		if err := b.apply(each, true); err != nil {
			t.Fatal(err)
		}
		if err := b.empty(each); err != nil {
			t.Error(err)
		}
		if now := b.sid("twiliobot_assistant.bot", "sid"); now != sid {
			t.Errorf("the SID changes to %s", now)
		}
		want := []string{"Hello.", "Welcome to the Anchor."}[i]
		if got := b.w.talk(ukNumber, fmt.Sprintf("+44770090070%d", i), "hello"); got[0] != want {
			t.Errorf("it answers %q", got)
		}
	}
}

func TestSchemaThatStudioCannotHoldIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	many := object{"tasks": []any{}}
	for i := range 600 {
		many["tasks"] = append(many["tasks"].([]any), object{
			"uniqueName": fmt.Sprintf("task-%03d", i),
			"actions":    object{"actions": []any{object{"say": fmt.Sprintf("Number %d.", i)}, object{"say": "Anything else?"}, object{"listen": true}}},
			"samples":    []any{object{"language": "en-US", "taggedText": fmt.Sprintf("tell me of number %d", i)}},
		})
	}
	w.refused(onStudio("anchor", many), "The schema cannot run on Studio", "/tasks: The flow would have", "states, and Studio allows 1000.")
	w.refused(onStudio("anchor", edit(tableSchema(), func(o object) {
		taskOf(o, 0)["actions"] = object{"actions": []any{object{"redirect": "task://nowhere"}}}
	})), "Invalid assistant schema", "/tasks/0/actions/actions/0/redirect", `"nowhere"`)
	w.refused(assistant("anchor", tableSchema(), `routing = "exact"`), "Only a schema on Studio is routed")
	w.refused(onStudio("anchor", tableSchema(), `routing = "best"`), "routing", "best")
}
