package provider

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// listedKinds are the resources that can be listed.
var listedKinds = []string{"twiliobot_assistant", "twiliobot_phone_number_binding", "twiliobot_messaging_service_binding", "twiliobot_suspension", "twiliobot_phone_number"}

// crowded is an account with bots on all engines, a number with two bots, one that something
// else answers, a dead one, a service and a suspension.
func crowded(t *testing.T) (b bench, service string) {
	t.Helper()
	b = newBench(t)
	b.w.own("+12025550143")
	b.w.own("+12025550144")
	service = b.w.addService(answering)
	blocks := []block{
		botBlock("flow", content("studio", "flow", 1)), botBlock("pilot", content("autopilot", "pilot", 1)), botBlock("app", content("application", "app", 1)),
		sideBlock("uk_messages", ukNumber, "flow", "messaging"), sideBlock("uk_calls", ukNumber, "app", "voice"),
		sideBlock("other", otherNumber, "pilot", "messaging", "voice"), sideBlock("us", usNumber, "app", "messaging", "voice"), deskBlock(service, "flow"),
	}
	b.applied(blocks...)
	application := b.sid("twiliobot_assistant.app", "sid")
	b.w.setNumber("+12025550143", map[string]string{"SmsUrl": "https://crm.example.com/"})
	b.w.setNumber("+12025550144", map[string]string{"SmsUrl": "https://webhooks.twilio.com/v1/Accounts/" + sandbox.StarterAccountSID + "/Flows/FW" + strings.Repeat("0", 32)})
	b.applied(append(blocks, block{"twiliobot_suspension.app", func(map[string]tftypes.Value) map[string]tftypes.Value {
		return map[string]tftypes.Value{"assistant_sid": str(application), "notice": str("Closed.")}
	}})...)
	return b, service
}

func TestListSaysWhatAnImportReads(t *testing.T) {
	t.Parallel()
	b, service := crowded(t)
	p, err := b.provider()
	if err != nil {
		t.Fatal(err)
	}
	const dead = "+12025550144 (bot FW00000000000000000000000000000000)"
	for typeName, want := range map[string][]string{
		"twiliobot_assistant":                 {"app (application)", "flow (studio)", "pilot (autopilot)"},
		"twiliobot_phone_number_binding":      {usNumber + " messaging and voice: app", ukNumber + " messaging: flow", ukNumber + " voice: app", otherNumber + " messaging and voice: pilot"},
		"twiliobot_messaging_service_binding": {fmt.Sprintf("%q (%s): flow", "Desk", service)},
		"twiliobot_suspension":                {"app"},
		"twiliobot_phone_number":              {usNumber + ` "app"`, "+12025550143", "+12025550144", ukNumber + ` "flow"`, otherNumber + ` "pilot"`},
	} {
		for _, include := range []bool{false, true} {
			all, warnings, err := p.list(typeName, nil, include, 1000)
			got := namesOf(all)
			if typeName == "twiliobot_phone_number" { // whose labels Twilio gives
				for i := range got {
					if !strings.Contains(want[i], `"`) {
						got[i], _, _ = strings.Cut(got[i], " ")
					}
				}
			}
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%s are %q, want %q: %v", typeName, got, want, err)
			}
			if warns := strings.Contains(strings.Join(warnings, "\n"), dead); warns != (typeName == "twiliobot_phone_number_binding") {
				t.Errorf("%s: that a number is dead is said: %t in %q", typeName, warns, warnings)
			}
			for _, each := range all {
				if include != (each.state != nil && !each.state["account_sid"].IsNull()) {
					t.Errorf("%s: the state of %s is %v", typeName, each.name, each.state)
				}
				if include {
					b.importsAs(p, typeName, each)
				}
			}
		}
	}
}

// importsAs checks that an import by its identity reads what the list has of an object.
func (b bench) importsAs(p *wire, typeName string, listed listedObject) {
	b.w.t.Helper()
	identities, err := p.server.GetResourceIdentitySchemas(b.w.t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	p.sound(err, identities.Diagnostics)
	kind := identities.IdentitySchemas[typeName].ValueType()
	imported, err := p.server.ImportResourceState(b.w.t.Context(), &tfprotov6.ImportResourceStateRequest{
		TypeName: typeName, Identity: &tfprotov6.ResourceIdentityData{IdentityData: p.dynamic(kind, tftypes.NewValue(kind, listed.identity))},
	})
	p.sound(err, imported.Diagnostics)
	one := imported.ImportedResources[0]
	read, err := p.server.ReadResource(b.w.t.Context(), &tfprotov6.ReadResourceRequest{TypeName: typeName, CurrentState: one.State, Private: one.Private, CurrentIdentity: one.Identity})
	p.sound(err, read.Diagnostics)
	s := p.schema.ResourceSchemas[typeName].ValueType()
	if state := unpacked(b.w.t, read.NewState, s); !tftypes.NewValue(s, state).Equal(tftypes.NewValue(s, listed.state)) {
		b.w.t.Errorf("%s is listed as %v and imported as %v", listed.name, listed.state, state)
	}
	if identity := unpacked(b.w.t, read.NewIdentity.IdentityData, kind); !tftypes.NewValue(kind, identity).Equal(tftypes.NewValue(kind, listed.identity)) {
		b.w.t.Errorf("%s is listed as %v and has the identity %v", listed.name, listed.identity, identity)
	}
}

func TestFiltersOfLists(t *testing.T) {
	t.Parallel()
	b, _ := crowded(t)
	p, err := b.provider()
	if err != nil {
		t.Fatal(err)
	}
	flow := b.sid("twiliobot_assistant.flow", "sid")
	for _, each := range []struct {
		kind, filter, value, want string
	}{
		{"twiliobot_assistant", "engine", "studio", "flow (studio)"},
		{"twiliobot_assistant", "name_regex", "^[ap]", "app (application), pilot (autopilot)"},
		{"twiliobot_assistant", "status", "suspended", "app (application)"},
		{"twiliobot_assistant", "status", "idle", ""},
		{"twiliobot_phone_number_binding", "phone_number_prefix", "+4477", otherNumber + " messaging and voice: pilot"},
		{"twiliobot_phone_number_binding", "assistant_sid", flow, ukNumber + " messaging: flow"},
		{"twiliobot_phone_number_binding", "assistant_name_regex", "^app$", usNumber + " messaging and voice: app, " + ukNumber + " voice: app"},
		{"twiliobot_phone_number_binding", "friendly_name_regex", "^pilot$", otherNumber + " messaging and voice: pilot"},
		{"twiliobot_phone_number_binding", "channel", "voice", usNumber + " messaging and voice: app, " + ukNumber + " voice: app, " + otherNumber + " messaging and voice: pilot"},
		{"twiliobot_messaging_service_binding", "service_name_regex", "^Other", ""},
		{"twiliobot_messaging_service_binding", "assistant_name_regex", "pilot", ""},
		{"twiliobot_suspension", "engine", "studio", ""},
		{"twiliobot_suspension", "assistant_name_regex", "a", "app"},
		{"twiliobot_phone_number", "capability", "fax", ""},
		{"twiliobot_phone_number", "friendly_name_regex", "^flow$", ukNumber + ` "flow"`},
	} {
		all, _, err := p.list(each.kind, map[string]tftypes.Value{each.filter: str(each.value)}, false, 1000)
		if got := strings.Join(namesOf(all), ", "); err != nil || got != each.want {
			t.Errorf("%s with %s = %q: %q, want %q (%v)", each.kind, each.filter, each.value, got, each.want, err)
		}
	}
	for kind, filter := range map[string]string{"twiliobot_assistant": "name_regex", "twiliobot_phone_number": "phone_number_prefix", "twiliobot_phone_number_binding": "assistant_sid"} {
		if _, _, err := p.list(kind, map[string]tftypes.Value{filter: str("(")}, false, 1000); err == nil || !inOrder("Invalid", "`"+filter+"`: ").MatchString(err.Error()) {
			t.Errorf("%s with a wrong %s: %v", kind, filter, err)
		}
	}
}

// A list of a large account reads pages, and never numbers one by one.
func TestListsOfALargeAccountMakeFewCalls(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.applied(botBlock("flow", content("studio", "flow", 1)), botBlock("app", content("application", "app", 1)))
	flow, application := b.sid("twiliobot_assistant.flow", "messaging_webhook_url"), b.sid("twiliobot_assistant.app", "sid")
	const numbers = 60
	for i := range numbers {
		phone := fmt.Sprintf("+1202555%04d", 1000+i)
		b.w.own(phone)
		b.w.setNumber(phone, map[string]string{"SmsUrl": flow, "VoiceApplicationSid": application})
	}
	for typeName, want := range map[string]struct {
		objects, calls, withState int
	}{
		"twiliobot_assistant":            {2, 3, 5}, // a list for each engine; each bot
		"twiliobot_phone_number_binding": {2 * numbers, 4, 4},
		"twiliobot_phone_number":         {numbers + 3, 1, 1},
		"twiliobot_suspension":           {0, 3, 3},
	} {
		for _, include := range []bool{false, true} {
			p, err := b.provider()
			if err != nil {
				t.Fatal(err)
			}
			b.w.box.ClearJournal()
			all, _, err := p.list(typeName, nil, include, 1000)
			var calls []string
			for _, entry := range b.w.box.Journal() {
				calls = append(calls, entry.Method+" "+entry.Path)
			}
			most := want.calls
			if include {
				most = want.withState
			}
			if err != nil || len(all) != want.objects || len(calls) != most || slices.ContainsFunc(calls, func(c string) bool { return !strings.HasPrefix(c, http.MethodGet) }) {
				t.Errorf("%s (with state: %t): %d objects by %d calls, want %d by %d: %v %q", typeName, include, len(all), len(calls), want.objects, most, err, calls)
			}
		}
	}
	p, err := b.provider()
	if err != nil {
		t.Fatal(err)
	}
	if all, warnings, err := p.list("twiliobot_phone_number_binding", nil, true, 11); err != nil || len(all) != 11 || !strings.Contains(strings.Join(warnings, "\n"), "Only 11 of ") {
		t.Errorf("of a limit of 11 are listed %d, with %q: %v", len(all), warnings, err)
	}
	if _, warnings, err := p.list("twiliobot_phone_number_binding", nil, false, 5000); err != nil || len(warnings) > 0 {
		t.Errorf("of a limit that all are below: %q, %v", warnings, err)
	}
}

// One object that cannot be imported is left out by name, and the rest is listed.
// A binding has one task, so that a number which enters at two is listed as two bindings.
func TestListTakesTasksApart(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.applied(botBlock("pilot", content("autopilot", "pilot", 1)))
	channels := "https://channels.autopilot.twilio.com/v1/" + sandbox.StarterAccountSID + "/" + b.sid("twiliobot_assistant.pilot", "sid")
	b.w.setNumber(ukNumber, map[string]string{"SmsUrl": channels + "/twilio-messaging?TargetTask=hours", "VoiceUrl": channels + "/twilio-voice"})
	b.w.setNumber(otherNumber, map[string]string{"SmsUrl": channels + "/twilio-messaging?TargetTask=hours", "VoiceUrl": channels + "/twilio-voice?TargetTask=hours"})
	p, err := b.provider()
	if err != nil {
		t.Fatal(err)
	}
	all, _, err := p.list("twiliobot_phone_number_binding", nil, true, 1000)
	if want := []string{ukNumber + " messaging: pilot", ukNumber + " voice: pilot", otherNumber + " messaging and voice: pilot"}; err != nil || !slices.Equal(namesOf(all), want) {
		t.Fatalf("%v: the bindings are %q, want %q", err, namesOf(all), want)
	}
	for i, want := range []string{"hours", "", "hours"} {
		if task := stringOf(t, all[i].state["target_task"]); task != want {
			t.Errorf("%s enters at %q, want %q", all[i].name, task, want)
		}
	}
}

func TestListLeavesOutWhatCannotBeImported(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.applied(botBlock("whole", content("studio", "whole", 1)))
	draft := b.w.call(http.MethodPost, "https://studio.twilio.com/v2/Flows", map[string]string{"FriendlyName": "draft", "Status": "draft", "Definition": marshal(echo("Soon."))})
	p, err := b.provider()
	if err != nil {
		t.Fatal(err)
	}
	all, warnings, err := p.list("twiliobot_assistant", nil, true, 1000)
	said := strings.Join(warnings, "\n")
	if err != nil || !slices.Equal(namesOf(all), []string{"whole (studio)"}) || !strings.Contains(said, "Left out of the list: draft (studio)") || !strings.Contains(said, field(draft, "sid")) {
		t.Errorf("listed are %q, with %q: %v", namesOf(all), said, err)
	}
	// A bot whose read fails is left out too; a list that fails says so.
	b.w.fault(sandbox.Fault{Kind: sandbox.FaultStatus, Status: 500, Path: "/Flows/" + b.sid("twiliobot_assistant.whole", "sid"), Times: -1})
	all, warnings, err = p.list("twiliobot_assistant", nil, true, 1000)
	if err != nil || len(all) > 0 || !strings.Contains(strings.Join(warnings, "\n"), "Left out of the list: whole (studio)") {
		t.Errorf("listed are %q, with %q: %v", namesOf(all), warnings, err)
	}
	b.w.box.ClearFaults()
	if p, err = b.provider(); err != nil {
		t.Fatal(err)
	}
	b.w.fault(sandbox.Fault{Kind: sandbox.FaultStatus, Status: 500, Path: "/Applications", Times: -1})
	for _, typeName := range listedKinds[:4] {
		if all, _, err := p.list(typeName, nil, true, 1000); err == nil || !strings.Contains(err.Error(), "Unable to list") || len(all) > 0 {
			t.Errorf("%s: listed are %q: %v", typeName, namesOf(all), err)
		}
	}
}

func TestListsAreDescribedAndNamedAsTheirResources(t *testing.T) {
	t.Parallel()
	p := newWire(t, newWorld(t))
	if len(p.schema.ListResourceSchemas) != len(listedKinds) {
		t.Errorf("there are %d list resources", len(p.schema.ListResourceSchemas))
	}
	for _, name := range listedKinds {
		s := p.schema.ListResourceSchemas[name]
		if s == nil || p.schema.ResourceSchemas[name] == nil || s.Block.Description == "" {
			t.Fatalf("%s has no list resource with a description", name)
		}
		for _, attribute := range s.Block.Attributes {
			if cmp.Or(attribute.Description, "") == "" {
				t.Errorf("%s.%s has no description", name, attribute.Name)
			}
		}
	}
	// Unknown credentials are said, and nothing is listed.
	configured, err := p.server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{TerraformVersion: "1.15.0",
		Config: p.value(p.schema.Provider, map[string]tftypes.Value{"auth_token": tftypes.NewValue(tftypes.String, tftypes.UnknownValue)})})
	p.sound(err, configured.Diagnostics)
	if all, _, err := p.list("twiliobot_assistant", nil, true, 10); err == nil || len(all) > 0 {
		t.Errorf("with unknown credentials are listed %q: %v", namesOf(all), err)
	}
}
