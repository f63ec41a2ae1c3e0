package provider

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/flow"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/compile"
)

// reception is a small schema and its picture.
const (
	reception = `{"defaults": {"defaults": {"assistant_initiation": "task://hello", "fallback": "task://hello"}}, "tasks": [
		{"uniqueName": "hello", "actions": {"actions": [{"say": "Hello."}, {"listen": {"tasks": ["hours"]}}]},
		 "samples": [{"language": "en-US", "taggedText": "hello"}]},
		{"uniqueName": "hours", "actions": {"actions": [{"say": "From 8 to 18."}]},
		 "samples": [{"language": "en-US", "taggedText": "when are you open"}]}]}`
	receptionPicture = `flowchart TD
  start_assistant_initiation(["<b>assistant_initiation</b><br/>a call begins"])
  start_fallback(["<b>fallback</b><br/>no sample fits"])
  task_hello["<b>hello</b><br/>“hello”"]
  task_hours["<b>hours</b><br/>“when are you open”"]
  start_assistant_initiation --> task_hello
  start_fallback -.-> task_hello
  task_hello -->|"listen"| task_hours
`
)

// brokenReception has two errors: a task that does not exist and a verb that does not.
var brokenReception = strings.NewReplacer(`["hours"]`, `["hour"]`, `"say": "From`, `"sya": "From`).Replace(reception)

// called is the result of a function call by Terraform, or its error.
func called(t *testing.T, name string, arguments ...tftypes.Value) (string, *tfprotov6.FunctionError) {
	t.Helper()
	server, err := factories()["twiliobot"]()
	if err != nil {
		t.Fatal(err)
	}
	request := &tfprotov6.CallFunctionRequest{Name: name}
	for i, each := range arguments {
		var kind tftypes.Type = tftypes.DynamicPseudoType
		if i == 0 {
			kind = tftypes.String
		}
		value, err := tfprotov6.NewDynamicValue(kind, each)
		if err != nil {
			t.Fatal(err)
		}
		request.Arguments = append(request.Arguments, &value)
	}
	answer, err := server.CallFunction(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	if answer.Error != nil {
		return "", answer.Error
	}
	value, err := answer.Result.Unmarshal(tftypes.String)
	if err != nil {
		t.Fatal(err)
	}
	if !value.IsKnown() {
		return "unknown", nil
	}
	return stringOf(t, value), nil
}

func stringValue(s any) tftypes.Value { return tftypes.NewValue(tftypes.String, s) }

// objectValue is an object as a configuration writes one.
func objectValue(attributes map[string]tftypes.Value) tftypes.Value {
	kinds := map[string]tftypes.Type{}
	for name, value := range attributes {
		kinds[name] = value.Type()
	}
	return tftypes.NewValue(tftypes.Object{AttributeTypes: kinds}, attributes)
}

func tupleValue(values ...tftypes.Value) tftypes.Value {
	kinds := make([]tftypes.Type, len(values))
	for i, value := range values {
		kinds[i] = value.Type()
	}
	return tftypes.NewValue(tftypes.Tuple{ElementTypes: kinds}, values)
}

func receptionFlow(t *testing.T, options compile.Options) string {
	t.Helper()
	parsed, err := schema.Parse([]byte(reception))
	if err != nil {
		t.Fatal(err)
	}
	made, found := compile.Compile(parsed, options)
	if made == nil {
		t.Fatal(found)
	}
	return string(flow.Export(made))
}

func TestSchemaToFlowTakesOptions(t *testing.T) {
	t.Parallel()
	strings := tftypes.List{ElementType: tftypes.String}
	voice, exact := compile.Options{Channels: []bot.Channel{bot.Voice}}, compile.Options{Routing: compile.Exact}
	if a, b := receptionFlow(t, compile.Options{}), receptionFlow(t, voice); a == b || a == receptionFlow(t, exact) {
		t.Fatal("the options make no difference for this schema")
	}
	for name, each := range map[string]struct {
		given []tftypes.Value
		want  compile.Options
	}{
		"none":          {nil, compile.Options{}},
		"null":          {[]tftypes.Value{tftypes.NewValue(tftypes.DynamicPseudoType, nil)}, compile.Options{}},
		"empty":         {[]tftypes.Value{objectValue(nil)}, compile.Options{}},
		"channels":      {[]tftypes.Value{objectValue(map[string]tftypes.Value{"channels": tupleValue(stringValue("voice"))})}, voice},
		"list":          {[]tftypes.Value{objectValue(map[string]tftypes.Value{"channels": tftypes.NewValue(strings, []tftypes.Value{stringValue("voice")})})}, voice},
		"both channels": {[]tftypes.Value{objectValue(map[string]tftypes.Value{"channels": tupleValue(stringValue("voice"), stringValue("messaging"))})}, compile.Options{}},
		"routing":       {[]tftypes.Value{objectValue(map[string]tftypes.Value{"routing": stringValue("exact"), "channels": tftypes.NewValue(strings, nil)})}, exact},
		"map":           {[]tftypes.Value{tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, map[string]tftypes.Value{"routing": stringValue("exact")})}, exact},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, failed := called(t, "schema_to_flow", append([]tftypes.Value{stringValue(reception)}, each.given...)...)
			if failed != nil {
				t.Fatal(failed.Text)
			}
			if diff := cmp.Diff(receptionFlow(t, each.want), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestSchemaToFlowWaitsForUnknownOptions(t *testing.T) {
	t.Parallel()
	options := objectValue(map[string]tftypes.Value{"routing": stringValue(tftypes.UnknownValue)})
	if got, failed := called(t, "schema_to_flow", stringValue(reception), options); failed != nil || got != "unknown" {
		t.Errorf("got %.40q, %v", got, failed)
	}
}

func TestFunctionsSayWhatIsWrongWithWhichArgument(t *testing.T) {
	t.Parallel()
	channels := func(values ...tftypes.Value) tftypes.Value {
		return objectValue(map[string]tftypes.Value{"channels": tupleValue(values...)})
	}
	for name, each := range map[string]struct {
		function string
		given    []tftypes.Value
		argument int64
		words    []string
	}{
		"not JSON":       {"schema_to_flow", []tftypes.Value{stringValue("{\n  tasks")}, 0, []string{"line 2, column 4"}},
		"wrong kind":     {"schema_to_mermaid", []tftypes.Value{stringValue(`{"tasks": [7]}`)}, 0, []string{"/tasks/0", "a number"}},
		"errors":         {"schema_to_flow", []tftypes.Value{stringValue(brokenReception)}, 0, []string{"cannot run on Studio", "/tasks/0/actions/actions/1/listen/tasks/0: ", `"hour"`, "/tasks/1/actions/actions/0", `"sya"`, `"say"`}},
		"a loop":         {"schema_to_flow", []tftypes.Value{stringValue(`{"tasks": [{"uniqueName": "a", "actions": {"actions": [{"redirect": "task://a"}]}, "samples": [{"language": "en-US", "taggedText": "x"}]}]}`)}, 0, []string{"/tasks/0/actions: ", "loop forever"}},
		"two options":    {"schema_to_flow", []tftypes.Value{stringValue(reception), objectValue(nil), objectValue(nil)}, 2, []string{"at most one"}},
		"not an object":  {"schema_to_flow", []tftypes.Value{stringValue(reception), stringValue("voice")}, 1, []string{"an object"}},
		"unknown option": {"schema_to_flow", []tftypes.Value{stringValue(reception), objectValue(map[string]tftypes.Value{"channel": stringValue("voice")})}, 1, []string{`"channel"`, "channels"}},
		"channel":        {"schema_to_flow", []tftypes.Value{stringValue(reception), channels(stringValue("fax"))}, 1, []string{"`channels`", "messaging", "voice"}},
		"null channel":   {"schema_to_flow", []tftypes.Value{stringValue(reception), channels(stringValue(nil))}, 1, []string{"`channels`"}},
		"no channel":     {"schema_to_flow", []tftypes.Value{stringValue(reception), channels()}, 1, []string{"at least one"}},
		"text channels":  {"schema_to_flow", []tftypes.Value{stringValue(reception), objectValue(map[string]tftypes.Value{"channels": stringValue("voice")})}, 1, []string{"a list"}},
		"routing":        {"schema_to_flow", []tftypes.Value{stringValue(reception), objectValue(map[string]tftypes.Value{"routing": stringValue("fuzzy")})}, 1, []string{"`routing`", "keywords"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, failed := called(t, each.function, each.given...)
			if failed == nil {
				t.Fatalf("no error but %.60q", got)
			}
			if failed.FunctionArgument == nil || *failed.FunctionArgument != each.argument {
				t.Errorf("the error is of argument %v, not %d", failed.FunctionArgument, each.argument)
			}
			if !inOrder(each.words...).MatchString(failed.Text) {
				t.Errorf("the error does not have %q:\n%s", each.words, failed.Text)
			}
		})
	}
}

func TestFunctionsOfAConfiguration(t *testing.T) {
	t.Parallel()
	quoted := fmt.Sprintf("%q", reception)
	newWorld(t).run(resource.TestStep{
		Config: `
output "flow" { value = provider::twiliobot::schema_to_flow(` + quoted + `) }
output "voice" { value = provider::twiliobot::schema_to_flow(` + quoted + `, { channels = ["voice"] }) }
output "map" { value = provider::twiliobot::schema_to_flow(` + quoted + `, { channels = toset(["voice", "messaging"]), routing = null }) }
output "picture" { value = provider::twiliobot::schema_to_mermaid(` + quoted + `) }
`,
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownOutputValue("flow", knownvalue.StringExact(receptionFlow(t, compile.Options{}))),
			statecheck.ExpectKnownOutputValue("voice", knownvalue.StringExact(receptionFlow(t, compile.Options{Channels: []bot.Channel{bot.Voice}}))),
			statecheck.ExpectKnownOutputValue("map", knownvalue.StringExact(receptionFlow(t, compile.Options{}))),
			statecheck.ExpectKnownOutputValue("picture", knownvalue.StringExact(receptionPicture)),
		},
	})
}

// A bot whose flow is the result of a function is like any other, also with options
// that are known only after apply.
func TestBotOfASchemaToFlow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.run(resource.TestStep{Config: fmt.Sprintf(`
resource "terraform_data" "routing" { input = "exact" }
resource "twiliobot_assistant" "desk" {
  unique_name = "desk"
  flow        = provider::twiliobot::schema_to_flow(%q, { routing = terraform_data.routing.output })
}
`, reception), Check: func(*terraform.State) error {
		// The function's result is indented, and Twilio stores its meaning.
		want, err := flow.Parse([]byte(receptionFlow(t, compile.Options{Routing: compile.Exact})))
		if err != nil {
			return err
		}
		live, err := flow.Parse([]byte(marshal(w.call(http.MethodGet, studioBase+"/"+text(w.flows()["desk"]["sid"]), nil)["definition"])))
		if err == nil && !flow.Equal(want, live) {
			err = errors.New("the bot runs another flow")
		}
		return err
	}})
}

func TestBrokenSchemaIsRefusedByTheFunction(t *testing.T) {
	t.Parallel()
	newWorld(t).refused(fmt.Sprintf(`output "flow" { value = provider::twiliobot::schema_to_flow(%q) }`, brokenReception),
		"cannot run on Studio", "/tasks/0/actions/actions/1/listen/tasks/0", "/tasks/1/actions/actions/0")
	newWorld(t).refused(`output "flow" { value = provider::twiliobot::schema_to_flow("{}", { speed = 1 }) }`, "there is no option", "speed")
}

func TestFunctionsAreDescribed(t *testing.T) {
	t.Parallel()
	server, err := factories()["twiliobot"]()
	if err != nil {
		t.Fatal(err)
	}
	answer, err := server.GetFunctions(t.Context(), &tfprotov6.GetFunctionsRequest{})
	if err != nil || len(answer.Functions) < 2 {
		t.Fatalf("%v, %d functions", err, len(answer.Functions))
	}
	for _, each := range answer.Diagnostics {
		t.Errorf("%s: %s", each.Summary, each.Detail)
	}
	name := regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`)
	for of, f := range answer.Functions {
		if !name.MatchString(of) || f.Summary == "" || f.Description == "" {
			t.Errorf("%s has no description", of)
		}
		parameters := f.Parameters
		if f.VariadicParameter != nil {
			parameters = append(parameters[:len(parameters):len(parameters)], f.VariadicParameter)
		}
		for _, p := range parameters {
			if p.Description == "" || !name.MatchString(p.Name) {
				t.Errorf("the parameter %s of %s has no description", p.Name, of)
			}
		}
	}
}
