package provider

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

const botAddress = "twiliobot_assistant.bot"

// shown lists the attributes that are not null.
func shown(attributes map[string]tftypes.Value) []string {
	var names []string
	for name, value := range attributes {
		if !value.IsNull() {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// changing lists the attributes that a plan of the bot changes.
func (s *stack) changing(blocks ...block) []string {
	s.w.t.Helper()
	changes, err := s.plan(blocks, true)
	if err != nil {
		s.w.t.Fatal(err)
	}
	p, err := s.provider()
	if err != nil {
		s.w.t.Fatal(err)
	}
	prior := s.attributesOf(botAddress)
	var names []string
	for name, value := range p.attributes("twiliobot_assistant", changes[botAddress].state) {
		if had, ok := prior[name]; (ok && !had.Equal(value)) || (!ok && !value.IsNull()) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// bare is a bot of a kind, of which only the content and the name are configured.
func bare(kind, name string) map[string]tftypes.Value {
	values := ofKind(kind, name, 2)
	for _, attribute := range []string{"force_destroy", "friendly_name", "routing"} {
		delete(values, attribute)
	}
	return values
}

func TestPlansAndStatesShowWhatMeansSomething(t *testing.T) {
	t.Parallel()
	always := []string{"account_sid", "date_created", "engine", "sid", "unique_name"}
	urls := []string{"messaging_webhook_url", "voice_webhook_url"}
	for kind, each := range map[string]struct{ shown, renamed, inPlace []string }{
		"flow":        {append(urls, "flow"), append(urls, "date_created", "sid"), nil},
		"compiled":    {append(urls, "schema", "routing"), append(urls, "date_created", "sid"), nil},
		"autopilot":   {append(urls, "schema", "friendly_name", "needs_model_build"), append(urls, "date_created", "sid", "friendly_name"), []string{"friendly_name"}},
		"webhooks":    {[]string{"webhooks"}, []string{"date_created", "sid"}, nil},
		"application": {nil, []string{"date_created", "sid"}, nil},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, quick())
			s := newStack(w, w.server.URL)
			want := slices.Sorted(slices.Values(append(slices.Clone(always), each.shown...)))
			made := botBlock("bot", bare(kind, "first"))
			if got := s.changing(made); !slices.Equal(got, want) {
				t.Errorf("the plan to create it shows %q, not %q", got, want)
			}
			if err := s.apply([]block{made}, true); err != nil {
				t.Fatal(err)
			}
			if got := shown(s.attributesOf(botAddress)); !slices.Equal(got, want) {
				t.Errorf("the state shows %q, not %q", got, want)
			}
			want = slices.Sorted(slices.Values(append(slices.Clone(each.renamed), "unique_name")))
			if got := s.changing(botBlock("bot", bare(kind, "second"))); !slices.Equal(got, want) {
				t.Errorf("the plan to rename it changes %q, not %q", got, want)
			}
			want = slices.Sorted(slices.Values(append(slices.Clone(each.inPlace), "rename", "unique_name")))
			if got := s.changing(botBlock("bot", bare(kind, "second")).with("rename", str(renameInPlace))); !slices.Equal(got, want) {
				t.Errorf("the plan to rename it in place changes %q, not %q", got, want)
			}
			// An import shows the same; of an application it shows the URLs too.
			state := s.attributesOf(botAddress)
			imported := newStack(w, w.server.URL)
			if err := imported.imported(botAddress, 0, stringOf(t, state["sid"])); err != nil {
				t.Fatal(err)
			}
			if _, err := imported.plan([]block{made}, true); err != nil {
				t.Fatal(err)
			}
			delete(state, "webhooks")
			got := imported.attributesOf(botAddress)
			delete(got, "webhooks")
			if !slices.Equal(shown(got), shown(state)) {
				t.Errorf("the import shows %q, not %q", shown(got), shown(state))
			}
		})
	}
}

// targetTask is how the binding's target task is planned, and whether its bot is known.
func (b bench) targetTask(blocks ...block) (task tftypes.Value, botIsKnown bool) {
	b.w.t.Helper()
	const binding = "twiliobot_phone_number_binding.front"
	changes, err := b.plan(blocks, true)
	if err != nil {
		b.w.t.Fatal(err)
	}
	p, err := b.provider()
	if err != nil {
		b.w.t.Fatal(err)
	}
	attributes := p.attributes("twiliobot_phone_number_binding", changes[binding].state)
	return attributes["target_task"], attributes["assistant_sid"].IsKnown()
}

// A bot that is replaced has a new SID, which is known after apply; what only Autopilot has
// is known before, unless a bot there may be meant.
func TestReplacementPlansNoTargetTaskOutsideAutopilot(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		before, after string
		known         bool
	}{
		{"flow", "flow", true}, {"compiled", "compiled", true}, {"webhooks", "webhooks", true}, {"flow", "webhooks", true},
		{"autopilot", "flow", true}, {"autopilot", "autopilot", false}, {"flow", "autopilot", false},
	} {
		t.Run(c.before+" to "+c.after, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.applied(botBlock("bot", bare(c.before, "first")), bindingBlock(ukNumber, "bot"))
			task, botIsKnown := b.targetTask(botBlock("bot", bare(c.after, "second")), bindingBlock(ukNumber, "bot"))
			if task.IsKnown() != c.known || botIsKnown {
				t.Errorf("the target task is planned as %s", task)
			}
			task, botIsKnown = b.targetTask(botBlock("bot", bare(c.after, "second")), botBlock("other", bare("autopilot", "other")), bindingBlock(ukNumber, "other"))
			if task.IsKnown() || botIsKnown {
				t.Errorf("the target task of a new bot on Autopilot is planned as %s", task)
			}
		})
	}
}

func TestPlanAfterACutKnowsThatThereIsNoTargetTask(t *testing.T) {
	t.Parallel()
	unknownBots := 0
	for nth := 1; ; nth += 6 {
		b := newBench(t)
		b.applied(botBlock("bot", bare("flow", "first")), bindingBlock(ukNumber, "bot"))
		renamed := []block{botBlock("bot", bare("flow", "second")), bindingBlock(ukNumber, "bot")}
		b.gate.arm(nth, killedThere, nil)
		err := b.apply(renamed, true)
		if calls := b.gate.disarm(); err == nil && calls < nth {
			break
		}
		task, botIsKnown := b.targetTask(renamed...)
		if !task.IsNull() {
			t.Errorf("cut at call %d, the plan has the target task %s", nth, task)
		}
		if !botIsKnown {
			unknownBots++
		}
		b.close()
	}
	if unknownBots == 0 {
		t.Error("no plan after a cut replaces the bot")
	}
}

// jsonOf is a value as the JSON of a state file has it.
func jsonOf(t *testing.T, value tftypes.Value) any {
	t.Helper()
	var text string
	var truth bool
	number := new(big.Float)
	var list []tftypes.Value
	switch attributes := attributesOf(value); {
	case value.IsNull():
		return nil
	case attributes != nil:
		all := map[string]any{}
		for name, each := range attributes {
			all[name] = jsonOf(t, each)
		}
		return all
	case value.As(&text) == nil:
		return text
	case value.As(&truth) == nil:
		return truth
	case value.As(&number) == nil:
		return number
	case value.As(&list) == nil:
		all := make([]any, len(list))
		for i, each := range list {
			all[i] = jsonOf(t, each)
		}
		return all
	}
	t.Fatalf("what is %v?", value)
	return nil
}

// ofVersion0 makes the state of the bot what version 0 wrote.
func (s *stack) ofVersion0() {
	s.w.t.Helper()
	state, ok := jsonOf(s.w.t, tftypes.NewValue(tftypes.Object{AttributeTypes: kindsOf(s.attributesOf(botAddress))}, s.attributesOf(botAddress))).(object)
	if !ok {
		s.w.t.Fatal("the bot has no state")
	}
	for name, value := range map[string]any{"rename": renameReplace, "drain_timeout": "5m", "force_destroy": false, "friendly_name": state["unique_name"]} {
		if state[name] == nil {
			state[name] = value
		}
	}
	if state["engine"] != "autopilot" {
		state["needs_model_build"] = false
	}
	if state["engine"] == "studio" && state["schema"] != nil {
		state["edited_states"] = []any{}
	}
	if webhooks, ok := state["webhooks"].(object); ok {
		state["messaging_webhook_url"], state["voice_webhook_url"] = webhooks["messaging_url"], webhooks["voice_url"]
		webhooks["messaging_method"], webhooks["voice_method"] = "POST", "POST"
	}
	file, err := json.Marshal(state)
	if err != nil {
		s.w.t.Fatal(err)
	}
	p, err := s.provider()
	if err != nil {
		s.w.t.Fatal(err)
	}
	answer, err := p.server.UpgradeResourceState(s.w.t.Context(), &tfprotov6.UpgradeResourceStateRequest{
		TypeName: "twiliobot_assistant", Version: 0, RawState: &tfprotov6.RawState{JSON: file},
	})
	p.sound(err, answer.Diagnostics)
	saved := s.states[botAddress]
	saved.state = answer.UpgradedState
	s.states[botAddress] = saved
}

func kindsOf(attributes map[string]tftypes.Value) map[string]tftypes.Type {
	kinds := map[string]tftypes.Type{}
	for name, value := range attributes {
		kinds[name] = value.Type()
	}
	return kinds
}

func TestStatesOfVersion0PlanNothing(t *testing.T) {
	t.Parallel()
	defaults := map[string]tftypes.Value{
		"rename": str(renameReplace), "drain_timeout": str("5m"), "force_destroy": tftypes.NewValue(tftypes.Bool, false), "friendly_name": str("first"),
	}
	for _, kind := range []string{"flow", "compiled", "autopilot", "webhooks", "application"} {
		for what, more := range map[string]map[string]tftypes.Value{"unset": nil, "written": defaults} {
			for _, refresh := range []bool{true, false} {
				t.Run(fmt.Sprintf("%s %s %v", kind, what, refresh), func(t *testing.T) {
					t.Parallel()
					w := newWorld(t, quick())
					s := newStack(w, w.server.URL)
					values := bare(kind, "first")
					if kind == "webhooks" {
						values["webhooks"] = webhooksOfBlock(map[string]string{"messaging_url": "https://bots.example.com/"})
					}
					maps.Copy(values, more)
					blocks := []block{botBlock("bot", values)}
					if err := s.apply(blocks, true); err != nil {
						t.Fatal(err)
					}
					s.ofVersion0()
					changes, err := s.plan(blocks, refresh)
					if err != nil {
						t.Fatal(err)
					}
					if !changes[botAddress].noop {
						t.Errorf("the plan changes %s", s.difference(botAddress, changes[botAddress]))
					}
				})
			}
		}
	}
}

func TestAMethodWithoutAURLIsNoDrift(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	webhooks := attributesOf(webhooksOfBlock(map[string]string{"messaging_url": "https://bots.example.com/"}))
	webhooks["voice_method"] = str("GET")
	bot := botBlock("bot", map[string]tftypes.Value{
		"unique_name": str("bot"), "webhooks": tftypes.NewValue(tftypes.Object{AttributeTypes: kindsOf(webhooks)}, webhooks),
	})
	b.applied(bot)
	// A URL that is removed here and in the console takes its method along.
	webhooks["voice_method"], webhooks["voice_url"] = tftypes.NewValue(tftypes.String, nil), str("https://bots.example.com/calls")
	called := bot.with("webhooks", tftypes.NewValue(tftypes.Object{AttributeTypes: kindsOf(webhooks)}, webhooks))
	b.applied(called)
	b.w.call("POST", apiBase+"/Applications/"+b.w.applications()["bot"]["sid"].(string)+".json", map[string]string{"VoiceUrl": ""})
	webhooks["voice_url"] = tftypes.NewValue(tftypes.String, nil)
	if err := b.empty([]block{bot.with("webhooks", tftypes.NewValue(tftypes.Object{AttributeTypes: kindsOf(webhooks)}, webhooks))}); err != nil {
		t.Error(err)
	}
}

// What the data source gives of a bot is what a resource is imported with, whatever the bot
// is, so that for_each over an account imports it as it stands.
func TestWhatTheDataSourceGivesIsImportedAsItStands(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var blocks []block
	for kind, values := range map[string]map[string]tftypes.Value{
		"flow": bare("flow", "flow"), "keywords": bare("compiled", "keywords"), "exact": ofKind("compiled", "exact", 1),
		"autopilot": ofKind("autopilot", "autopilot", 1), "webhooks": bare("webhooks", "webhooks"), "application": bare("application", "application"),
		"GET": {"unique_name": str("GET"), "webhooks": func() tftypes.Value {
			webhooks := attributesOf(webhooksOfBlock(map[string]string{"voice_url": "https://bots.example.com/"}))
			webhooks["voice_method"] = str("GET")
			return tftypes.NewValue(tftypes.Object{AttributeTypes: kindsOf(webhooks)}, webhooks)
		}()},
	} {
		blocks = append(blocks, botBlock(kind, values))
	}
	b.applied(blocks...)
	reader := newStack(b.w, b.url)
	p, err := reader.provider()
	if err != nil {
		t.Fatal(err)
	}
	source := p.schema.DataSourceSchemas["twiliobot_assistant"]
	var copies []block
	for i, made := range blocks {
		name := strings.TrimPrefix(made.address, "twiliobot_assistant.")
		answer, err := p.server.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{
			TypeName: "twiliobot_assistant", Config: p.value(source, map[string]tftypes.Value{"unique_name": str(name)}),
		})
		p.sound(err, answer.Diagnostics)
		value, err := answer.State.Unmarshal(source.ValueType())
		if err != nil {
			t.Fatal(err)
		}
		read := attributesOf(value)
		values := map[string]tftypes.Value{}
		contents := 0
		for _, attribute := range []string{"unique_name", "engine", "friendly_name", "schema", "flow", "webhooks", "routing"} {
			values[attribute] = read[attribute]
			if slices.Contains([]string{"schema", "flow", "webhooks"}, attribute) && !read[attribute].IsNull() {
				contents++
			}
		}
		if contents != 1 {
			t.Errorf("%s has %d kinds of content", name, contents)
		}
		copies = append(copies, block{made.address, func(map[string]tftypes.Value) map[string]tftypes.Value { return values }})
		if err := reader.imported(made.address, i, stringOf(t, read["sid"])); err != nil {
			t.Fatal(err)
		}
	}
	// The import is read first: what is configured from then on changes nothing.
	if err := reader.empty(copies); err != nil {
		t.Error(err)
	}
}

func TestContentThatIsNoLongerManagedIsSaidToStay(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"flow", "compiled", "autopilot", "webhooks"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			b := scenario{before: []block{botBlock("bot", bare(kind, "first"))}}.bench(t)
			before := b.gate.snapshot()
			b.w.box.ClearJournal()
			blocks := []block{botBlock("bot", bare("unmanaged", "first"))}
			if _, err := b.plan(blocks, true); err != nil {
				t.Fatal(err)
			}
			if said := strings.Join(b.warnings, "\n"); !inOrder("stays as it is", "nothing is deleted", "remove the resource").MatchString(said) {
				t.Errorf("the plan says %q", said)
			}
			b.applied(blocks...)
			if writes := b.w.writes(); len(writes) > 0 || !slices.Equal(before, b.gate.snapshot()) {
				t.Errorf("it writes %q", writes)
			}
			if len(b.warnings) > 0 {
				t.Errorf("the next plan says it again: %q", b.warnings)
			}
		})
	}
}

// Terraform prints the value of the attribute that a warning is at, which for a bot is a
// whole file.
func TestAPlanThatChangesNoContentDoesNotPrintIt(t *testing.T) {
	t.Parallel()
	redirecting := edit(sampleSchema(2), func(o object) {
		taskOf(o, 1)["actions"] = object{"actions": []any{object{"redirect": "task://nowhere"}}}
	})
	for name, each := range map[string]struct {
		values map[string]tftypes.Value
		byHand func(w *world)
	}{
		"a target that is not there": {
			map[string]tftypes.Value{"unique_name": str("bot"), "engine": str("autopilot"), "schema": str(marshal(redirecting))},
			func(w *world) {
				at := autopilotBase + "/Assistants/" + field(w.rows("assistants", "Assistants")[0], "sid") + "/Tasks"
				for _, task := range w.call("GET", at, nil)["tasks"].([]any) {
					if task := task.(object); task["unique_name"] == "task-01" {
						w.call("POST", at+"/"+field(task, "sid")+"/Actions", map[string]string{"Actions": `{"actions": [{"redirect": "task://nowhere"}]}`})
					}
				}
			},
		},
		"a draft": {
			map[string]tftypes.Value{"unique_name": str("echo"), "flow": str(marshal(echo("Hello")))},
			func(w *world) { w.saves("draft", echo("A draft")) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			first := maps.Clone(each.values)
			if _, ok := first["schema"]; ok {
				first["schema"] = str(marshal(sampleSchema(2)))
			}
			b.applied(botBlock("bot", first))
			each.byHand(b.w)
			blocks := []block{botBlock("bot", each.values)}
			if err := b.apply(blocks, true); err != nil { // a model build may be due
				t.Fatal(err)
			}
			if err := b.empty(blocks); err != nil {
				t.Error(err)
			}
			for i, at := range b.warned {
				if strings.Contains(at, "schema") || strings.Contains(at, "flow") {
					t.Errorf("a plan that changes nothing warns at %s: %s", at, b.warnings[i])
				}
			}
		})
	}
}

func TestABotOfAnotherAccountIsNotChanged(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.applied(botBlock("bot", bare("webhooks", "first")))
	saved := b.states[botAddress]
	p, err := b.provider()
	if err != nil {
		t.Fatal(err)
	}
	prior := b.attributesOf(botAddress)
	prior["account_sid"] = str("AC00000000000000000000000000000099")
	kind := p.kind("twiliobot_assistant")
	saved.state = p.dynamic(kind, tftypes.NewValue(kind, prior))
	b.states[botAddress] = saved
	b.w.box.ClearJournal()
	// Where the credentials were unknown at plan, nothing has read the bot.
	const words = "The provider is configured for another account"
	if _, err := b.plan([]block{botBlock("bot", bare("webhooks", "second"))}, false); err == nil || !strings.Contains(err.Error(), words) {
		t.Errorf("the plan: %v", err)
	}
	planned := maps.Clone(prior)
	planned["unique_name"], planned["rename"] = str("second"), str(renameInPlace)
	change := plannedBlock{
		config: p.value(p.schema.ResourceSchemas["twiliobot_assistant"], bare("webhooks", "second")), state: p.dynamic(kind, tftypes.NewValue(kind, planned)),
	}
	if err := b.carryOut(p, botBlock("bot", nil), 0, change); err == nil || !strings.Contains(err.Error(), words) {
		t.Errorf("the apply: %v", err)
	}
	if writes := b.w.writes(); len(writes) > 0 {
		t.Errorf("it writes %q", writes)
	}
}

func TestABotThatMovesKeepsNoAttributeOfItsOldEngine(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.applied(botBlock("bot", bare("autopilot", "first")))
	b.applied(botBlock("bot", bare("compiled", "first")).with("engine", str("studio")))
	for _, name := range []string{"friendly_name", "needs_model_build"} {
		if value := b.attributesOf(botAddress)[name]; !value.IsNull() {
			t.Errorf("on Studio %s is %v", name, value)
		}
	}
	b.applied(botBlock("bot", bare("webhooks", "first")))
	for _, name := range []string{"routing", "messaging_webhook_url", "voice_webhook_url"} {
		if value := b.attributesOf(botAddress)[name]; !value.IsNull() {
			t.Errorf("hosted elsewhere, %s is %v", name, value)
		}
	}
}
