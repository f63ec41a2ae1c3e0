package provider

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// sideBlock is a binding of channels of a number.
func sideBlock(name, phone, to string, channels ...string) block {
	values := make([]tftypes.Value, len(channels))
	for i, channel := range channels {
		values[i] = str(channel)
	}
	return block{"twiliobot_phone_number_binding." + name, func(refs map[string]tftypes.Value) map[string]tftypes.Value {
		return map[string]tftypes.Value{
			"phone_number": str(phone), "assistant_sid": refs["twiliobot_assistant."+to],
			"channels": tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, values),
		}
	}}
}

func suspends(name string) block {
	return block{"twiliobot_suspension." + name, func(refs map[string]tftypes.Value) map[string]tftypes.Value {
		return map[string]tftypes.Value{"assistant_sid": refs["twiliobot_assistant."+name]}
	}}
}

// on are the bots of an engine each, and blocks behind them.
func on(engines map[string]string, more ...block) []block {
	var blocks []block
	for _, name := range slices.Sorted(maps.Keys(engines)) {
		blocks = append(blocks, botBlock(name, content(engines[name], name, 1)))
	}
	return append(blocks, more...)
}

// done runs Terraform, and expects that it has nothing to do after that.
func (b bench) done(t turn) map[string]string {
	b.w.t.Helper()
	actions, err := b.run(t)
	if err != nil {
		b.w.t.Fatal(err)
	}
	if err := b.settled(t.blocks); err != nil {
		b.w.t.Error(err)
	}
	return actions
}

// answerers is who answers on a number: by messages, by calls, and its label.
func (b bench) answerersOf(phone string) string {
	b.w.t.Helper()
	all := b.gate.answerers()
	name := func(channel string) string {
		return all[phone+" "+channel][strings.LastIndex(all[phone+" "+channel], " ")+1:]
	}
	return fmt.Sprintf("%s/%s %q", name("sms"), name("voice"), field(b.w.number(phone), "friendly_name"))
}

func (b bench) expect(what, want string) {
	b.w.t.Helper()
	if got := b.answerersOf(ukNumber); got != want {
		b.w.t.Errorf("%s: the number answers %s, want %s", what, got, want)
	}
}

var everyEngine = []string{"studio", "application", "autopilot"}

// everyPair runs a test with the bots texts and calls on every pair of engines.
func everyPair(t *testing.T, test func(b bench, engines map[string]string)) {
	for _, texts := range everyEngine {
		for _, calls := range everyEngine {
			t.Run(texts+" and "+calls, func(t *testing.T) {
				t.Parallel()
				b := newBench(t)
				defer b.close()
				test(b, map[string]string{"texts": texts, "calls": calls})
			})
		}
	}
}

// side is what a number does on a channel, field by field.
func (b bench) side(phone, channel string) map[string]any {
	side := map[string]any{}
	for name, value := range b.w.number(phone) {
		if strings.HasPrefix(name, channel+"_") {
			side[name] = value
		}
	}
	return side
}

// unchanged runs a change of one side, and expects that the other side stays as it is, to
// the byte.
func (b bench) unchanged(what, channel string, do func()) {
	b.w.t.Helper()
	before := b.side(ukNumber, channel)
	do()
	if diff := cmp.Diff(before, b.side(ukNumber, channel)); diff != "" {
		b.w.t.Errorf("%s: the other side (%s) changed: %s", what, channel, diff)
	}
}

func TestTwoBotsShareANumber(t *testing.T) {
	t.Parallel()
	everyPair(t, func(b bench, engines map[string]string) {
		texts, calls := sideBlock("texts", ukNumber, "texts", "messaging"), sideBlock("calls", ukNumber, "calls", "voice")
		both := on(engines, texts, calls)
		b.done(turn{blocks: both})
		b.expect("bound", `texts/calls "texts"`)

		b.unchanged("suspension of the one for texts", "voice", func() {
			b.done(turn{blocks: append(slices.Clone(both), suspends("texts"))})
			b.expect("suspended", `/calls "texts"`)
			b.done(turn{blocks: both})
			b.expect("resumed", `texts/calls "texts"`)
		})
		b.unchanged("suspension of the one for calls", "sms", func() {
			b.done(turn{blocks: append(slices.Clone(both), suspends("calls"))})
			b.expect("suspended", `texts/ "texts"`)
			b.done(turn{blocks: both})
			b.expect("resumed", `texts/calls "texts"`)
		})
		b.unchanged("its number changes, and back", "sms", func() {
			b.done(turn{blocks: on(engines, texts, sideBlock("calls", usNumber, "calls", "voice"))})
			b.expect("moved", `texts/ "texts"`)
			if got := b.answerersOf(usNumber); got != `/calls "calls"` {
				b.w.t.Errorf("the number that it moved to answers %s", got)
			}
			b.done(turn{blocks: both})
			b.expect("moved back", `texts/calls "texts"`)
		})
		b.unchanged("rename of the other", "sms", func() {
			renamed := on(engines, texts, calls)
			renamed[0] = botBlock("calls", content(engines["calls"], "phone", 1)) // sorted before texts
			b.done(turn{blocks: renamed})
			b.expect("renamed", `texts/phone "texts"`)
			b.done(turn{blocks: both})
		})
		b.unchanged("rename of the one that owns the label", "voice", func() {
			renamed := on(engines, texts, calls)
			renamed[1] = botBlock("texts", content(engines["texts"], "sms", 1))
			b.done(turn{blocks: renamed})
			b.expect("renamed", `sms/calls "sms"`)
			b.done(turn{blocks: both})
			b.expect("renamed back", `texts/calls "texts"`)
		})
		b.unchanged("one side is freed", "voice", func() {
			b.done(turn{blocks: on(engines, calls)})
			b.expect("freed", `/calls "calls"`)
		})
		b.done(turn{blocks: both})
		b.unchanged("the other is freed", "sms", func() {
			b.done(turn{blocks: on(engines, texts)})
			b.expect("freed", `texts/ "texts"`)
		})
		b.done(turn{blocks: on(engines)})
		if got := b.answerersOf(ukNumber); !strings.HasPrefix(got, "/ ") {
			b.w.t.Errorf("all is freed, and it answers %s", got)
		}
	})
}

// A label is the name of one of the bots, whichever is freed first, and none when both are.
func TestLabelOfASharedNumberBecomesFreeAtLast(t *testing.T) {
	t.Parallel()
	for _, order := range [][]string{{"texts", "calls"}, {"calls", "texts"}} {
		b := newBench(t)
		engines := map[string]string{"texts": "studio", "calls": "application"}
		channel := map[string]string{"texts": "messaging", "calls": "voice"}
		b.done(turn{blocks: on(engines, sideBlock(order[0], ukNumber, order[0], channel[order[0]]), sideBlock(order[1], ukNumber, order[1], channel[order[1]]))})
		label := func(want string) {
			t.Helper()
			if got := field(b.w.number(ukNumber), "friendly_name"); got != want {
				t.Errorf("bound in the order %v: the label is %q, want %q", order, got, want)
			}
		}
		label(order[0])
		b.done(turn{blocks: on(engines, sideBlock(order[1], ukNumber, order[1], channel[order[1]]))})
		label(order[1])
		b.done(turn{blocks: on(engines)})
		label(bot.FreeLabel)
	}
}

// What another client changes on a side is shown by the binding of that side, and written
// by none but that.
func TestDriftOfASideIsOfItsOwnBinding(t *testing.T) {
	t.Parallel()
	everyPair(t, func(b bench, engines map[string]string) {
		const theirs = "https://theirs.example.com/calls"
		blocks := on(engines, sideBlock("texts", ukNumber, "texts", "messaging"), sideBlock("calls", ukNumber, "calls", "voice"))
		b.done(turn{blocks: blocks})
		b.w.setNumber(ukNumber, map[string]string{"VoiceApplicationSid": "", "VoiceUrl": theirs})
		intents, err := b.intend(turn{blocks: blocks})
		if err != nil || intents["twiliobot_phone_number_binding.texts"].action != actNone || intents["twiliobot_phone_number_binding.calls"].action != actUpdate {
			b.w.t.Errorf("the plan: %v, %v", intents, err)
		}
		if warned := strings.Join(b.warnings, "\n"); strings.Count(warned, "re-pointed since the last apply") != 1 || !strings.Contains(warned, "theirs.example.com") {
			b.w.t.Errorf("the plan warns: %s", warned)
		}
		b.unchanged("texts is freed beside theirs", "voice", func() {
			if _, err := b.run(turn{blocks: on(engines)}); err != nil {
				b.w.t.Fatal(err)
			}
		})
		if url := field(b.w.number(ukNumber), "voice_url"); url != theirs {
			b.w.t.Errorf("theirs is %q", url)
		}
	})
}

func TestChannelsChangeHandsInPlace(t *testing.T) {
	t.Parallel()
	everyPair(t, func(b bench, engines map[string]string) {
		steps := []struct {
			texts, calls []string // the channels of each; none for no binding
			want         string
		}{
			{[]string{"messaging", "voice"}, nil, `texts/texts "texts"`},
			{[]string{"messaging"}, nil, `texts/ "texts"`},
			{[]string{"messaging"}, []string{"voice"}, `texts/calls "texts"`},
			{nil, []string{"voice"}, `/calls "calls"`},
			{nil, []string{"messaging", "voice"}, `calls/calls "calls"`},
			{nil, []string{"messaging"}, `calls/ "calls"`},
			{[]string{"voice"}, []string{"messaging"}, `calls/texts "calls"`},
		}
		for i, step := range steps {
			blocks := on(engines)
			if step.texts != nil {
				blocks = append(blocks, sideBlock("texts", ukNumber, "texts", step.texts...))
			}
			if step.calls != nil {
				blocks = append(blocks, sideBlock("calls", ukNumber, "calls", step.calls...))
			}
			b.done(turn{blocks: blocks})
			b.expect(fmt.Sprint("step ", i), step.want)
		}
	})
}

func TestImportOfASide(t *testing.T) {
	t.Parallel()
	w := newWorld(t, quick())
	s := newStack(w, w.server.URL)
	if err := s.apply(on(map[string]string{"texts": "studio", "calls": "application"}, sideBlock("texts", ukNumber, "texts", "messaging"), sideBlock("calls", ukNumber, "calls", "voice"), sideBlock("both", usNumber, "calls", "messaging", "voice"), sideBlock("one", otherNumber, "texts", "voice")), true); err != nil {
		t.Fatal(err)
	}
	// A URL for what a number cannot carry, as a script leaves it that sets both.
	const textsOnly, nothing = "+12025550148", "+12025550149"
	for phone, carries := range map[string]string{textsOnly: `{"voice": false}`, nothing: `{"voice": false, "sms": false, "mms": false}`} {
		if _, err := w.box.AddNumber(fmt.Sprintf(`{"phone_number": %q, "capabilities": %s, "sms_url": %q, "voice_url": %[3]q}`, phone, carries, field(w.number(ukNumber), "sms_url"))); err != nil {
			t.Fatal(err)
		}
	}
	p := newWire(t, w)
	sid := func(phone string) string { return field(w.number(phone), "sid") }
	read := func(request *tfprotov6.ImportResourceStateRequest) (string, error) {
		request.TypeName = "twiliobot_phone_number_binding"
		answer, err := p.server.ImportResourceState(t.Context(), request)
		if err == nil {
			err = said(answer.Diagnostics)
		}
		if err != nil {
			return "", err
		}
		made := answer.ImportedResources[0]
		had, err := p.read(savedState{kind: request.TypeName, state: made.State, private: made.Private, identity: made.Identity})
		if err != nil {
			return "", err
		}
		identity := p.identityOf(had)
		attributes := p.attributes(had.kind, had.state)
		return fmt.Sprintf("%.2s %v %v", stringOf(t, attributes["assistant_sid"]), wordsOf(t, attributes["channels"]), wordsOf(t, identity["channels"])), nil
	}
	all, _, err := p.list("twiliobot_phone_number_binding", nil, false, 1000)
	if listed := strings.Join(namesOf(all), "\n"); err != nil || !strings.Contains(listed, textsOnly+" messaging: ") || strings.Contains(listed, nothing) {
		t.Errorf("%v: what no number can carry is listed:\n%s", err, listed)
	}
	for id, want := range map[string]string{
		ukNumber + ":messaging":              "FW [messaging] [messaging]",
		ukNumber + ":voice":                  "AP [voice] [voice]",
		sid(ukNumber) + ":voice":             "AP [voice] [voice]",
		"+44 7447 735023:messaging":          "FW [messaging] [messaging]",
		usNumber:                             "AP [messaging voice] [messaging voice]",
		sid(usNumber):                        "AP [messaging voice] [messaging voice]",
		usNumber + ":messaging":              "AP [messaging] [messaging]",
		otherNumber:                          "FW [voice] [voice]",
		ukNumber:                             "Two bots answer on the phone number;" + ukNumber + ":messaging;" + ukNumber + ":voice;" + sid(ukNumber) + ":messaging;" + sid(ukNumber) + `:voice;channels = ["voice"]`,
		sid(ukNumber):                        "Two bots answer on the phone number",
		otherNumber + ":messaging":           "No bot answers on the channel",
		textsOnly:                            "FW [messaging] [messaging]",
		textsOnly + ":voice":                 "FW [voice] [voice]",
		nothing:                              "it has no capability for that channel",
		ukNumber + ":fax":                    "is not a channel",
		"0044 7447 735023:messaging":         "Unable to import the binding",
		"AP00000000000000000000000000000001": "not the SID of a phone number",
	} {
		got, err := read(&tfprotov6.ImportResourceStateRequest{ID: id})
		if err != nil {
			got = err.Error()
		}
		for _, each := range strings.Split(want, ";") {
			if !strings.Contains(got, each) {
				t.Errorf("%s is imported as %q, want %q", id, got, each)
			}
		}
	}
	for name, each := range map[string]struct {
		phone    string
		channels []string
		want     string
	}{
		"one side":     {ukNumber, []string{"voice"}, "AP [voice] [voice]"},
		"the other":    {ukNumber, []string{"messaging"}, "FW [messaging] [messaging]"},
		"no channels":  {usNumber, nil, "AP [messaging voice] [messaging voice]"},
		"both":         {usNumber, []string{"messaging", "voice"}, "AP [messaging voice] [messaging voice]"},
		"of two":       {ukNumber, []string{"messaging", "voice"}, "Two bots answer on the phone number"},
		"no such side": {ukNumber, []string{"fax"}, "is not a channel"},
	} {
		identity := p.identity("twiliobot_phone_number_binding", "phone_number_sid", sid(each.phone))
		values := p.identityValues("twiliobot_phone_number_binding", identity)
		if each.channels != nil {
			values["channels"] = listValue(each.channels...)
		}
		identity.IdentityData = p.dynamic(p.identityKind("twiliobot_phone_number_binding"), tftypes.NewValue(p.identityKind("twiliobot_phone_number_binding"), values))
		got, err := read(&tfprotov6.ImportResourceStateRequest{Identity: identity})
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, each.want) {
			t.Errorf("%s: imported as %q, want %q", name, got, each.want)
		}
	}
}

// wordsOf is a list or set of strings, sorted.
func wordsOf(t *testing.T, value tftypes.Value) []string {
	t.Helper()
	var values []tftypes.Value
	if err := value.As(&values); err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, each := range values {
		all = append(all, stringOf(t, each))
	}
	slices.Sort(all)
	return all
}

func (p *wire) identityKind(typeName string) tftypes.Type {
	p.t.Helper()
	identities, err := p.server.GetResourceIdentitySchemas(p.t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	p.sound(err, identities.Diagnostics)
	return identities.IdentitySchemas[typeName].ValueType()
}

func (p *wire) identityValues(typeName string, identity *tfprotov6.ResourceIdentityData) map[string]tftypes.Value {
	p.t.Helper()
	values := map[string]tftypes.Value{}
	value, err := identity.IdentityData.Unmarshal(p.identityKind(typeName))
	if err == nil {
		err = value.As(&values)
	}
	if err != nil {
		p.t.Fatal(err)
	}
	return values
}

func (p *wire) identityOf(had savedState) map[string]tftypes.Value {
	return p.identityValues(had.kind, had.identity)
}

// The identity of version 0 named the number alone. It is upgraded without the channels,
// which the refresh adds.
func TestIdentityWithoutChannelsIsUpgraded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, quick())
	s := newStack(w, w.server.URL)
	blocks := on(map[string]string{"texts": "studio"}, sideBlock("texts", ukNumber, "texts", "messaging"))
	if err := s.apply(blocks, true); err != nil {
		t.Fatal(err)
	}
	p := newWire(t, w)
	const address = "twiliobot_phone_number_binding.texts"
	sid := field(w.number(ukNumber), "sid")
	upgraded, err := p.server.UpgradeResourceIdentity(t.Context(), &tfprotov6.UpgradeResourceIdentityRequest{
		TypeName: "twiliobot_phone_number_binding", Version: 0,
		RawIdentity: &tfprotov6.RawState{JSON: fmt.Appendf(nil, `{"account_sid": %q, "phone_number_sid": %q}`, sandbox.StarterAccountSID, sid)},
	})
	p.sound(err, upgraded.Diagnostics)
	had := s.states[address]
	had.identity = upgraded.UpgradedIdentity
	if values := p.identityOf(had); stringOf(t, values["phone_number_sid"]) != sid || stringOf(t, values["account_sid"]) != sandbox.StarterAccountSID || !values["channels"].IsNull() {
		t.Errorf("upgraded to %v", values)
	}
	s.states[address] = had
	if err := s.empty(blocks); err != nil {
		t.Error(err)
	}
	if channels := wordsOf(t, p.identityOf(s.states[address])["channels"]); !slices.Equal(channels, []string{"messaging"}) {
		t.Errorf("the refresh gives the channels %v", channels)
	}
}

// A state that Terraform wrote before it knew identities has none. A later Terraform asks for the
// upgrade of that to what the schema has by now.
func TestStateWithoutIdentityGetsOneByTheRefresh(t *testing.T) {
	t.Parallel()
	for what, raw := range map[string]*tfprotov6.RawState{"none": nil, "no data": {}, "null": {JSON: []byte("null")}} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, quick())
			s := newStack(w, w.server.URL)
			blocks := on(map[string]string{"texts": "studio"}, sideBlock("texts", ukNumber, "texts", "messaging"))
			if err := s.apply(blocks, true); err != nil {
				t.Fatal(err)
			}
			p := newWire(t, w)
			for address, had := range s.states {
				upgraded, err := p.server.UpgradeResourceIdentity(t.Context(), &tfprotov6.UpgradeResourceIdentityRequest{TypeName: had.kind, RawIdentity: raw})
				p.sound(err, upgraded.Diagnostics)
				had.identity = upgraded.UpgradedIdentity
				s.states[address] = had
			}
			if err := s.empty(blocks); err != nil {
				t.Error(err)
			}
			for address, had := range s.states {
				if len(p.identityOf(had)) == 0 {
					t.Errorf("the refresh finds no identity of %s", address)
				}
			}
		})
	}
}

// A binding of calls changes while another of the same number takes its messages back, in
// either order: the label is planned by what the refresh found, and not by what the other
// binding has written by then.
func TestLabelIsPlannedByWhatTheRefreshFound(t *testing.T) {
	t.Parallel()
	for _, engine := range everyEngine {
		for _, first := range []string{"front", "calls"} {
			b := newBench(t)
			engines := map[string]string{"bot": engine, "desk": engine}
			before := on(engines, sideBlock("front", ukNumber, "bot", "messaging"), sideBlock("calls", ukNumber, "desk", "voice"))
			b.done(turn{blocks: before})
			number := b.w.number(ukNumber)
			b.w.setNumber(ukNumber, map[string]string{
				"SmsUrl": strings.Replace(field(number, "voice_url"), "twilio-voice", "twilio-messaging", 1), "SmsApplicationSid": field(number, "voice_application_sid"),
			})
			b.expect("another client points the messages elsewhere", `desk/desk "bot"`)
			after := turn{blocks: overwriting(before), first: []string{"twiliobot_assistant.bot", "twiliobot_assistant.desk", "twiliobot_phone_number_binding." + first}}
			b.done(after)
			if got := b.answerersOf(ukNumber); !strings.HasPrefix(got, "bot/desk ") {
				t.Errorf("%s, %s first: it ends with %s", engine, first, got)
			}
			b.close()
		}
	}
}
