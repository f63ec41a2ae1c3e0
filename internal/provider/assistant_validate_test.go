package provider

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// validated is the diagnostics of a validate walk for a bot: it has no provider
// configuration.
func validated(t *testing.T, values map[string]tftypes.Value) []*tfprotov6.Diagnostic {
	t.Helper()
	server, err := factories()["twiliobot"]()
	if err != nil {
		t.Fatal(err)
	}
	schema, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	return (&wire{t, server, schema}).validated(values)
}

func (p *wire) validated(values map[string]tftypes.Value) []*tfprotov6.Diagnostic {
	p.t.Helper()
	answer, err := p.server.ValidateResourceConfig(p.t.Context(), &tfprotov6.ValidateResourceConfigRequest{
		TypeName: "twiliobot_assistant", Config: p.value(p.schema.ResourceSchemas["twiliobot_assistant"], values),
		ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{},
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return answer.Diagnostics
}

// diagnosticLines is diagnostics as "error at flow: summary: detail".
func diagnosticLines(diagnostics []*tfprotov6.Diagnostic) []string {
	var all []string
	for _, each := range diagnostics {
		severity := "error"
		if each.Severity == tfprotov6.DiagnosticSeverityWarning {
			severity = "warning"
		}
		at := strings.NewReplacer("AttributeName(\"", "", "\")", "").Replace(each.Attribute.String())
		all = append(all, fmt.Sprintf("%s at %s: %s: %s", severity, at, each.Summary, each.Detail))
	}
	return all
}

// webhooksOfBlock is the attribute webhooks with some URLs.
func webhooksOfBlock(urls map[string]string) tftypes.Value {
	kinds, values := map[string]tftypes.Type{}, map[string]tftypes.Value{}
	for name := range webhookTypes {
		kinds[name], values[name] = tftypes.String, tftypes.NewValue(tftypes.String, nil)
		if address, ok := urls[name]; ok {
			values[name] = str(address)
		}
	}
	return tftypes.NewValue(tftypes.Object{AttributeTypes: kinds}, values)
}

func TestValidateSaysAllAtOnce(t *testing.T) {
	t.Parallel()
	faulty := edit(echo("Hello {{ name | }}"), func(o object) {
		trigger := edit(stateOf(o, 0), func(s object) { s["name"] = "Trigger2" })
		answer := stateOf(o, 1)
		answer["properties"].(object)["bdoy"] = "x"
		answer["transitions"].([]any)[0].(object)["next"] = "answr"
		o["states"] = append(o["states"].([]any), trigger, object{"name": "loose", "type": "send-mesage", "properties": object{}, "transitions": []any{}})
	})
	broken := edit(sampleSchema(2), func(o object) {
		taskOf(o, 0)["actions"] = object{"actions": []any{object{"redirect": "task://task-1"}}}
		taskOf(o, 1)["actions"] = object{"actions": []any{object{"redirect": "task://task-01"}}}
		taskOf(o, 1)["samples"] = []any{object{"language": "en-US", "taggedText": "hello {nobody}"}}
	})
	for name, each := range map[string]struct {
		values map[string]tftypes.Value
		want   []string // the diagnostics, sorted, each with words of it in their order
	}{
		"a flow": {map[string]tftypes.Value{"flow": str(marshal(faulty))}, []string{
			`error at flow: Invalid flow definition: /states/1/transitions/0/next `,
			`warning at flow: The flow definition has warnings: /states/1/properties/bdoy |Did you mean "body"?|/states/1/properties/body |at character 7 {{ }} has a | that no filter follows|/states/2/type |second trigger|/states/3/type |Did you mean "send-message"?`,
		}},
		"a flow out of shape": {map[string]tftypes.Value{"flow": str(`{"states": {}, "initial_state": 1, "flags": []}`)}, []string{
			`error at flow: Invalid flow definition: |at /states: `, `error at flow: Invalid flow definition: |at /initial_state: `, `error at flow: Invalid flow definition: |at /flags: `,
		}},
		"a schema for an engine that is not known": {map[string]tftypes.Value{"schema": str(marshal(broken))}, []string{
			`error at schema: Invalid assistant schema: /tasks/1/samples/0/taggedText`,
			`warning at schema: The assistant schema has warnings: |/tasks/0/actions/actions/0/redirect: there is no task "task-1".|Did you mean "task-01"?|/tasks/1/actions: |redirects to itself`,
		}},
		"a schema on Studio": {map[string]tftypes.Value{"engine": str("studio"), "schema": str(marshal(broken))}, []string{
			`error at schema: Invalid assistant schema: /tasks/0/actions/actions/0/redirect: there is no task "task-1".`,
			`error at schema: Invalid assistant schema: /tasks/1/samples/0/taggedText`,
			`warning at schema: The assistant schema has warnings: |/tasks/1/actions: |redirects to itself`,
		}},
		"a schema out of shape": {map[string]tftypes.Value{"schema": str(`{"tasks": {}, "fieldTypes": 1}`)}, []string{
			`error at schema: Invalid assistant schema: |at /tasks: `, `error at schema: Invalid assistant schema: |at /fieldTypes: `,
		}},
		"webhooks": {map[string]tftypes.Value{"engine": str("studio"), "webhooks": webhooksOfBlock(map[string]string{
			"messaging_fallback_url": "http://192.168.1.2/sms", "voice_url": "https://u:S3CRET@bot.example.com/", "status_callback_url": "https://localhost/done?S3CRET",
		})}, []string{
			`error at engine: The engine does not fit the content: `,
			`error at webhooks.messaging_fallback_url: A fallback URL without a URL: `,
			"warning at webhooks: A webhook's credentials are written in the configuration: |part of `webhooks.voice_url`,|sensitive = true|TF_VAR_",
			"warning at webhooks: Twilio cannot reach a webhook: |The host of `webhooks.messaging_fallback_url`, `webhooks.status_callback_url` is",
		}},
		"webhooks without a URL": {map[string]tftypes.Value{"webhooks": webhooksOfBlock(map[string]string{"status_callback_url": "https://bot.example.com/ended"})}, []string{
			"warning at webhooks: The bot answers nothing: |neither `messaging_url` nor `voice_url`|spelling",
		}},
		"the name of a file": {map[string]tftypes.Value{"schema": str("bots/clinic.json")}, []string{
			`error at schema: Invalid assistant schema: "bots/clinic.json" is the name of a file|schema = file("${path.module}/bots/clinic.json")`,
		}},
		"the name of a flow's file": {map[string]tftypes.Value{"flow": str("hours.json")}, []string{
			`error at flow: Invalid flow definition: "hours.json" is the name of a file|flow = file(`,
		}},
		"no engine":         {map[string]tftypes.Value{"engine": str("Studio"), "flow": str(marshal(sayer("Hello.")))}, []string{`error at engine: Invalid Attribute Value Match: `}},
		"no engine, hosted": {map[string]tftypes.Value{"engine": str("flex"), "webhooks": webhooksOfBlock(map[string]string{"voice_url": "https://bot.example.com/"})}, []string{`error at engine: Invalid Attribute Value Match: `}},
		"a bad URL": {map[string]tftypes.Value{"webhooks": webhooksOfBlock(map[string]string{"messaging_url": "https://hook:S3CRET PW@bot.example.com/sms"})}, []string{
			"error at webhooks.messaging_url: Invalid URL: ",
		}},
		"a name of dots":        {map[string]tftypes.Value{"unique_name": str("..")}, []string{"warning at unique_name: No new bot can have this name: "}},
		"a name that is unseen": {map[string]tftypes.Value{"unique_name": str("a\u200bb")}, []string{"warning at unique_name: No new bot can have this name: "}},
		"what is not known": {map[string]tftypes.Value{
			"flow": tftypes.NewValue(tftypes.String, tftypes.UnknownValue), "unique_name": tftypes.NewValue(tftypes.String, tftypes.UnknownValue),
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, ok := each.values["unique_name"]; !ok {
				each.values["unique_name"] = str("bot")
			}
			got := diagnosticLines(validated(t, each.values))
			slices.Sort(got)
			if !slices.EqualFunc(got, each.want, func(said, words string) bool {
				for _, word := range strings.Split(words, "|") {
					_, rest, ok := strings.Cut(said, strings.TrimSpace(word))
					if !ok {
						return false
					}
					said = rest
				}
				return true
			}) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(each.want, "\n"))
			}
			if strings.Contains(strings.Join(got, "\n"), "S3CRET") {
				t.Errorf("a diagnostic contains a secret:\n%s", strings.Join(got, "\n"))
			}
		})
	}
}

// A plan walk warns of its changes, so its validation does not warn too.
func TestAWalkThatPlansDoesNotWarnTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t, quick())
	weak := map[string]tftypes.Value{"unique_name": str("weak"), "flow": str(marshal(echo("Hello {{ name | }}")))}
	mute := map[string]tftypes.Value{"unique_name": str("mute"), "webhooks": webhooksOfBlock(map[string]string{"status_callback_url": "https://bot.example.com/ended"})}
	near := map[string]tftypes.Value{"unique_name": str("near"), "webhooks": webhooksOfBlock(map[string]string{"messaging_url": "http://127.0.0.1/sms"})}
	p := newWire(t, w)
	for _, values := range []map[string]tftypes.Value{weak, near, mute} {
		if said := diagnosticLines(p.validated(values)); len(said) > 0 {
			t.Errorf("with a provider, validation reports %q", said)
		}
	}
	s := newStack(w, w.server.URL)
	blocks := []block{botBlock("weak", weak), botBlock("near", near), botBlock("mute", mute)}
	if _, err := s.plan(blocks, true); err != nil {
		t.Fatal(err)
	}
	if said := strings.Join(s.warnings, "\n"); !inOrder("/states/1/properties/body", "Twilio cannot reach a webhook", "`webhooks.messaging_url`").MatchString(said) || !strings.Contains(said, "The bot answers nothing") {
		t.Errorf("the plan warns %q", said)
	}
	if err := s.apply(blocks, true); err != nil {
		t.Fatal(err)
	}
	if err := s.empty(blocks); err != nil || len(s.warnings) > 0 {
		t.Errorf("a plan that changes nothing warns %q: %v", s.warnings, err)
	}
}

func TestNamesWithSlashesAreRefusedOnAutopilotAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, quick())
	s := newStack(w, w.server.URL)
	for _, engine := range []string{"studio", "application", "autopilot"} {
		_, err := s.plan([]block{botBlock("bot", content(engine, "Sales / Support", 1))}, true)
		if refused := err != nil && strings.Contains(err.Error(), "Invalid bot name"); refused != (engine == "autopilot") {
			t.Errorf("on %s: %v", engine, err)
		}
	}
	// An existing assistant with such a name is managed nevertheless.
	made := w.call("POST", autopilotBase+"/Assistants", map[string]string{"UniqueName": "a/b", "FriendlyName": "a/b"})
	if err := s.imported("twiliobot_assistant.bot", 0, made["sid"].(string)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.plan([]block{botBlock("bot", map[string]tftypes.Value{"unique_name": str("a/b"), "engine": str("autopilot")})}, true); err != nil {
		t.Error(err)
	}
	if _, err := s.plan([]block{botBlock("bot", map[string]tftypes.Value{"unique_name": str("a/c"), "engine": str("autopilot")})}, true); err == nil || !strings.Contains(err.Error(), "Invalid bot name") {
		t.Errorf("a new name with a slash: %v", err)
	}
}

// What exists has names that no new bot can have: it is imported, changed and bound under
// them all the same.
func TestBotsKeepNamesThatNoNewBotCanHave(t *testing.T) {
	t.Parallel()
	for i, name := range []string{strings.Repeat("x", 100), " outer ", "a\tb", ".", "free", "bot [uploading]", "FW0123456789abcdef0123456789abcdef"} {
		engine := []string{"studio", "application"}[i%2]
		t.Run(engine+" "+name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.applied(botBlock("bot", content(engine, "bot", 1)))
			sid := b.sid(botAddress, "sid")
			at, form := apiBase+"/Applications/"+sid+".json", map[string]string{"FriendlyName": name}
			if engine == "studio" {
				at, form["Status"] = studioBase+"/"+sid, "published"
			}
			b.w.call("POST", at, form)
			clear(b.states)
			if err := b.imported(botAddress, 0, sid); err != nil {
				t.Fatal(err)
			}
			if err := b.empty([]block{botBlock("bot", content(engine, name, 1))}); err != nil {
				t.Fatal(err)
			}
			b.applied(botBlock("bot", content(engine, name, 2)), bindingBlock(ukNumber, "bot"))
			b.answersOn(ukNumber + " sms")
			if now := b.sid(botAddress, "sid"); now != sid {
				t.Errorf("%s became %s", sid, now)
			}
			kept := []block{botBlock("bot", content(engine, name, 2)), bindingBlock(ukNumber, "bot")}
			for what, refused := range map[string][]block{
				"a new bot": append(kept, botBlock("new", content(engine, name, 1))),
				"a rename":  {botBlock("bot", content(engine, " "+name, 2)), kept[1]},
			} {
				if _, err := b.plan(refused, true); err == nil || !strings.Contains(err.Error(), "Invalid bot name") {
					t.Errorf("%s: %v", what, err)
				}
			}
			b.applied(botBlock("bot", content(engine, "renamed", 2)), bindingBlock(ukNumber, "bot"))
			b.answersOn(ukNumber + " sms")
		})
	}
}

// An assistant that another client created may have no name for people, which is no change
// since the plan.
func TestAssistantWithoutANameForPeopleIsUpdated(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	made := b.w.call("POST", autopilotBase+"/Assistants", map[string]string{"UniqueName": "bot", "FriendlyName": ""})
	if err := b.imported(botAddress, 0, made["sid"].(string)); err != nil {
		t.Fatal(err)
	}
	b.applied(botBlock("bot", content("autopilot", "bot", 1)))
	if err := b.empty([]block{botBlock("bot", content("autopilot", "bot", 1))}); err != nil {
		t.Error(err)
	}
	if got := stringOf(t, b.attributesOf(botAddress)["friendly_name"]); got != "" {
		t.Errorf("it is named %q for people", got)
	}
	p, err := b.provider()
	if err != nil {
		t.Fatal(err)
	}
	source := p.schema.DataSourceSchemas["twiliobot_assistant"]
	read, err := p.server.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{
		TypeName: "twiliobot_assistant", Config: p.value(source, map[string]tftypes.Value{"unique_name": str("bot")}),
	})
	p.sound(err, read.Diagnostics)
	if value, err := read.State.Unmarshal(source.ValueType()); err != nil || !attributesOf(value)["friendly_name"].IsNull() {
		t.Errorf("the data source gives %v, which no resource takes: %v", value, err)
	}
	b.applied(botBlock("bot", content("autopilot", "renamed", 1)))
	b.applied(botBlock("bot", content("application", "renamed", 1)))
}

// What Twilio has may be what the provider's rules refuse: it is imported without its content,
// so that a configuration which is generated from that is valid, and put right by a valid one.
func TestBotWithRefusedContentIsImportedWithoutIt(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	made := b.w.call("POST", autopilotBase+"/Assistants", map[string]string{"UniqueName": "bot", "FriendlyName": "bot"})
	sid := made["sid"].(string)
	b.w.call("POST", autopilotBase+"/Assistants/"+sid+"/Tasks", map[string]string{
		"UniqueName": "transfer", "Actions": `{"actions":[{"handoff":{"channel":"voice","uri":""}}]}`,
	})
	if err := b.imported(botAddress, 0, sid); err != nil {
		t.Fatal(err)
	}
	generated := botBlock("bot", map[string]tftypes.Value{"unique_name": str("bot"), "engine": str("autopilot"), "friendly_name": str("bot")})
	if err := b.empty([]block{generated}); err != nil {
		t.Error(err)
	}
	if said := strings.Join(b.warnings, "\n"); !inOrder("The bot is imported without its content", "`schema` of bot", "/handoff/uri: ", "managed elsewhere").MatchString(said) {
		t.Errorf("the import warns %q", said)
	}
	b.applied(botBlock("bot", content("autopilot", "bot", 1)))
	if now := b.sid(botAddress, "sid"); now != sid {
		t.Errorf("%s became %s", sid, now)
	}
}

// The data source says it before the import: what of a bot no configuration could give.
func TestDataSourceSaysWhatOfABotIsRefused(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	assistant := b.w.call("POST", autopilotBase+"/Assistants", map[string]string{"UniqueName": "assistant", "FriendlyName": "assistant"})["sid"].(string)
	b.w.call("POST", autopilotBase+"/Assistants/"+assistant+"/Tasks", map[string]string{"UniqueName": "transfer", "Actions": `{"actions":[{"handoff":{"channel":"voice","uri":""}}]}`})
	definition, err := json.Marshal(echo("Hello."))
	if err != nil {
		t.Fatal(err)
	}
	draft := b.w.call("POST", studioBase, map[string]string{"FriendlyName": "draft", "Status": "draft", "Definition": string(definition)})["sid"].(string)
	flow := b.w.call("POST", studioBase, map[string]string{"FriendlyName": "flow", "Status": "published", "Definition": string(definition)})["sid"].(string)
	hosted := b.w.call("POST", apiBase+"/Applications.json", map[string]string{"FriendlyName": "hosted", "SmsUrl": "https://old.example.com/messages"})["sid"].(string)
	// Of a time when Twilio took URLs without a scheme.
	contents, err := b.w.box.Contents(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := b.w.box.Restore(bytes.ReplaceAll(contents, []byte("https://old.example.com"), []byte("old.example.com"))); err != nil {
		t.Fatal(err)
	}
	p, err := b.provider()
	if err != nil {
		t.Fatal(err)
	}
	source := p.schema.DataSourceSchemas["twiliobot_assistant"]
	for sid, words := range map[string]string{assistant: "/handoff/uri: ", draft: "no published revision", flow: "", hosted: "webhooks.messaging_url"} {
		read, err := p.server.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{
			TypeName: "twiliobot_assistant", Config: p.value(source, map[string]tftypes.Value{"sid": str(sid)}),
		})
		p.sound(err, read.Diagnostics)
		value, err := read.State.Unmarshal(source.ValueType())
		if err != nil {
			t.Fatal(err)
		}
		refused := attributesOf(value)["content_refused"]
		if said := refused.String(); refused.IsNull() != (words == "") || !strings.Contains(said, words) {
			t.Errorf("of %s it is refused %s, want %q", sid, said, words)
		}
	}
	// And the import leaves out what it says.
	if err := b.imported(botAddress, 0, hosted); err != nil {
		t.Fatal(err)
	}
	if err := b.empty([]block{botBlock("bot", map[string]tftypes.Value{"unique_name": str("hosted"), "engine": str("application")})}); err != nil {
		t.Error(err)
	}
}
