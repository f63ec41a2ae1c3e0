package provider

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

const conversationContact = "+12025550177"

// data reads a data source, and returns its attributes.
func (b bench) data(typeName string, given map[string]tftypes.Value) map[string]tftypes.Value {
	b.w.t.Helper()
	p, err := b.provider()
	if err != nil {
		b.w.t.Fatal(err)
	}
	source := p.schema.DataSourceSchemas[typeName]
	read, err := p.server.ReadDataSource(b.w.t.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: typeName, Config: p.value(source, given)})
	p.sound(err, read.Diagnostics)
	b.warnings = nil
	b.warn(read.Diagnostics)
	value, err := read.State.Unmarshal(source.ValueType())
	if err != nil {
		b.w.t.Fatal(err)
	}
	return attributesOf(value)
}

// rows are the objects of a list.
func rows(t *testing.T, list tftypes.Value) []map[string]tftypes.Value {
	t.Helper()
	var values []tftypes.Value
	if err := list.As(&values); err != nil {
		t.Fatal(err)
	}
	all := make([]map[string]tftypes.Value, len(values))
	for i, value := range values {
		all[i] = attributesOf(value)
	}
	return all
}

// added is the SID of a record that was added to the sandbox.
func (b bench) added(sid string, err error) string {
	b.w.t.Helper()
	if err != nil {
		b.w.t.Fatal(err)
	}
	return sid
}

// conversation opens a conversation that leads to a flow.
func (b bench) conversation(flow string) string {
	b.w.t.Helper()
	return b.added(b.w.box.AddConversation(fmt.Sprintf(`{"contact": %q, "address": %q, "webhook": {"type": "studio", "studio_flow_sid": %q}}`, conversationContact, usNumber, flow)))
}

// A side says whether its number or a Messaging Service answers, and by which method.
func TestSidesSayWhoseConfigurationAnswers(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.w.addService(answering+`, "inbound_request_url": "https://theirs.example.com/inbound", "inbound_method": "GET"`, ukNumber)
	b.w.setNumber(ukNumber, map[string]string{"VoiceUrl": "https://voice.example.com/", "VoiceMethod": "POST"})
	b.w.setNumber(usNumber, map[string]string{"SmsUrl": "https://texts.example.com/", "SmsMethod": "GET"})
	got := map[string]string{}
	for _, row := range rows(t, b.data("twiliobot_phone_numbers", nil)["phone_numbers"]) {
		for _, channel := range []string{"messaging", "voice"} {
			side := attributesOf(row[channel])
			got[word(row["phone_number"])+" "+channel] = strings.Join([]string{word(side["kind"]), word(side["url"]), word(side["method"]), word(side["via"])}, " ")
		}
	}
	for side, want := range map[string]string{
		ukNumber + " messaging": "external https://theirs.example.com/inbound GET messaging_service",
		ukNumber + " voice":     "external https://voice.example.com/ POST number",
		usNumber + " messaging": "external https://texts.example.com/ GET number",
		usNumber + " voice":     "none   number",
	} {
		if got[side] != want {
			t.Errorf("%s: %q, want %q", side, got[side], want)
		}
	}
}

// word is a string that may be null.
func word(value tftypes.Value) string {
	var s *string
	if value.As(&s) != nil || s == nil {
		return ""
	}
	return *s
}

// Open conversations are looked at where they are asked for: Twilio has no list of where they
// lead.
func TestOpenConversationsAreShownWhereAskedFor(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.applied(botBlock("bot", content("studio", "first", 1)))
	conversation := b.conversation(b.sid("twiliobot_assistant.bot", "sid"))
	for asked, want := range map[bool]string{false: "idle []", true: "live [conversation " + conversation + "]"} {
		b.w.box.ClearJournal()
		bots := rows(t, b.data("twiliobot_deployed_bots", map[string]tftypes.Value{"open_conversations": tftypes.NewValue(tftypes.Bool, asked)})["bots"])
		var routes []string
		for _, route := range rows(t, bots[0]["routes"]) {
			routes = append(routes, word(route["kind"])+" "+word(route["sid"]))
		}
		if got := fmt.Sprint(word(bots[0]["status"]), " ", routes); got != want {
			t.Errorf("asked %v: %s, want %s", asked, got, want)
		}
		if calls := b.w.called("/v1/Conversations"); (calls > 0) != asked {
			t.Errorf("asked %v: %d calls", asked, calls)
		}
	}
	// No refresh of a bot looks at them, nor a plan that decides nothing by them.
	b.w.box.ClearJournal()
	if err := b.empty([]block{botBlock("bot", content("studio", "first", 1))}); err != nil {
		t.Error(err)
	}
	if calls := b.w.called("/v1/Conversations"); calls > 0 {
		t.Errorf("a refresh makes %d calls", calls)
	}
}

// called counts the calls of a path, and of those below it.
func (w world) called(path string) (calls int) {
	for _, call := range w.box.Journal() {
		if strings.HasPrefix(call.Path, path) {
			calls++
		}
	}
	return calls
}

// The plan and the apply of a suspension name what goes on, and each later plan what a listing
// has of it.
func TestSuspensionSaysWhatGoesOn(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	bot := botBlock("bot", content("studio", "first", 1))
	b.applied(bot)
	flow := b.sid("twiliobot_assistant.bot", "sid")
	trunk := b.added(b.w.box.AddTrunk(fmt.Sprintf(`{"friendly_name": "PBX", "disaster_recovery_url": %q}`, b.sid("twiliobot_assistant.bot", "voice_webhook_url"))))
	conversation := b.conversation(flow)
	if err := b.apply([]block{bot, suspensionBlock()}, true); err != nil {
		t.Fatal(err)
	}
	b.warns("the plan", "will be suspended", "It goes on answering by", trunk, "does not silence")
	b.warns("the plan", "will be suspended", "It goes on answering by", conversation, "does not silence")
	b.warnsOnce("goes on answering", "It answers by", trunk)
	b.warnsOnce("goes on answering", "It answers by", conversation)
	b.w.box.ClearJournal()
	if err := b.empty([]block{bot, suspensionBlock()}); err != nil {
		t.Error(err)
	}
	b.warnsOnce("is suspended", "It goes on answering by", trunk)
	if calls := b.w.called("/v1/Conversations"); calls > 0 {
		t.Errorf("a refresh makes %d calls", calls)
	}
	if err := b.apply([]block{bot}, true); err != nil {
		t.Error(err)
	}
}

// An open conversation follows a rename, keeps a bot from being deleted, and cannot follow to an
// engine without flows, which the plan says.
func TestOpenConversationFollowsItsBot(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.applied(botBlock("bot", content("studio", "first", 1)))
	conversation := b.conversation(b.sid("twiliobot_assistant.bot", "sid"))
	leadsTo := func() string {
		hooks := b.gate.rows("https://conversations.twilio.com/v1/Conversations/"+conversation+"/Webhooks", "webhooks")
		return fmt.Sprint(hooks[0]["configuration"].(map[string]any)["flow_sid"])
	}
	if err := b.apply(nil, true); err == nil || !strings.Contains(err.Error(), conversation) {
		t.Errorf("its removal says %v", err)
	}
	b.warns("a removal", "It is also reached by", conversation)
	b.applied(botBlock("bot", content("studio", "second", 1)))
	if got, want := leadsTo(), b.sid("twiliobot_assistant.bot", "sid"); got != want {
		t.Errorf("after a rename the conversation leads to %s, not %s", got, want)
	}
	if err := b.apply([]block{botBlock("bot", content("application", "second", 1))}, true); err != nil {
		t.Fatal(err)
	}
	b.warns("a change of engine", "Conversations that run a flow cannot be led to another engine", conversation)
}

// A key that may not read Studio plans and applies bots hosted elsewhere: what is not known of
// flows is a warning.
func TestApplicationWithoutStudio(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusUnauthorized, http.StatusForbidden} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.withoutRights(status, "studio/*")
			first, second := botBlock("bot", content("application", "first", 1)), botBlock("bot", content("application", "second", 2))
			for _, blocks := range [][]block{{first, bindingBlock(ukNumber, "bot")}, {second, bindingBlock(ukNumber, "bot")}, {second, bindingBlock(ukNumber, "bot"), suspensionBlock()}, {second}, {}} {
				if err := b.apply(blocks, true); err != nil {
					t.Fatalf("%d blocks: %v", len(blocks), err)
				}
				switch len(blocks) {
				case 3:
					b.warns("a suspension", "The hold has no Studio flow")
				case 0:
					b.warns("a removal", "flows could not be read")
				}
				if err := b.empty(blocks); err != nil {
					t.Errorf("%d blocks: %v", len(blocks), err)
				}
			}
		})
	}
}
