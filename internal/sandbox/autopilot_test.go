package sandbox

import (
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// autopilotBox is a sandbox with a clock that is set by hand, whose Autopilot is checked
// against Twilio's OpenAPI document.
type autopilotBox struct {
	t   *testing.T
	h   http.Handler
	box *Sandbox
	now time.Time
}

func newAutopilot(t *testing.T, settings Settings) *autopilotBox {
	t.Helper()
	b := &autopilotBox{t: t, now: start}
	b.box = predictable(WithClock(func() time.Time { return b.now }), WithSettings(settings))
	b.h = checked(t, b.box)
	return b
}

// at is the address of a path below /v1/Assistants.
func at(path string) string { return "https://autopilot.twilio.com/v1/Assistants" + path }

func (b *autopilotBox) get(path string) map[string]any {
	b.t.Helper()
	return must(b.t, b.h, http.StatusOK, http.MethodGet, at(path), nil)
}

func (b *autopilotBox) create(path string, pairs ...string) map[string]any {
	b.t.Helper()
	return must(b.t, b.h, http.StatusCreated, http.MethodPost, at(path), form(pairs...))
}

func (b *autopilotBox) update(path string, pairs ...string) map[string]any {
	b.t.Helper()
	return must(b.t, b.h, http.StatusOK, http.MethodPost, at(path), form(pairs...))
}

func (b *autopilotBox) remove(path string) {
	b.t.Helper()
	must(b.t, b.h, http.StatusNoContent, http.MethodDelete, at(path), nil)
}

// refused sends a request that must get the status and the error code.
func (b *autopilotBox) refused(status, code int, method, path string, pairs ...string) {
	b.t.Helper()
	var values url.Values
	if method == http.MethodPost {
		values = form(pairs...)
	}
	body := must(b.t, b.h, status, method, at(path), values)
	if body["code"] != float64(code) {
		b.t.Errorf("%s %s %v: %v, want code %d", method, path, pairs, body, code)
	}
}

// names lists one key of a list, in its order.
func (b *autopilotBox) names(path, key string) []string {
	b.t.Helper()
	body := b.get(path)
	return column(b.t, body, body["meta"].(map[string]any)["key"].(string), key)
}

func wantEqual(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestBareAssistantHasWhatTwilioGivesIt(t *testing.T) {
	b := newAutopilot(t, Settings{})
	made := b.create("")
	name, _ := made["unique_name"].(string)
	if name == "" || len(name) > 64 {
		t.Errorf("unique_name %q", name)
	}
	for key, want := range map[string]any{
		"friendly_name": "", "log_queries": true, "development_stage": "in-development",
		"latest_model_build_sid": nil, "needs_model_build": true, "date_created": "2026-11-21T08:00:00Z",
	} {
		wantEqual(t, key, made[key], want)
	}
	if other := b.create(""); other["unique_name"] == name {
		t.Errorf("two assistants are named %s", name)
	}
	for part, key := range map[string]string{"Defaults": "defaults", "StyleSheet": "style_sheet"} {
		data, _ := b.get("/" + name + "/" + part)["data"].(map[string]any)
		if inner, _ := data[key].(map[string]any); len(inner) == 0 {
			t.Errorf("%s: %v", part, data)
		}
	}
	wantEqual(t, "tasks", b.names("/"+name+"/Tasks", "unique_name"), []string{"hello-world"})
	if samples := b.names("/"+name+"/Tasks/hello-world/Samples", "tagged_text"); len(samples) == 0 {
		t.Error("hello-world has no samples")
	}
}

func TestAssistantParametersAreCheckedAndKept(t *testing.T) {
	b := newAutopilot(t, Settings{})
	made := b.create("", "UniqueName", "clinic", "FriendlyName", "Clinic", "LogQueries", "false",
		"CallbackUrl", "https://example.com/built", "CallbackEvents", "model_build_completed",
		"Defaults", `{"defaults":{"fallback":"task://x"}}`, "StyleSheet", `{"style_sheet":{}}`)
	for key, want := range map[string]any{
		"unique_name": "clinic", "friendly_name": "Clinic", "log_queries": false,
		"callback_url": "https://example.com/built", "callback_events": "model_build_completed",
	} {
		wantEqual(t, key, made[key], want)
	}
	wantEqual(t, "defaults", b.get("/clinic/Defaults")["data"], map[string]any{"defaults": map[string]any{"fallback": "task://x"}})
	b.now = b.now.Add(time.Minute)
	changed := b.update("/clinic", "DevelopmentStage", "in-production")
	wantEqual(t, "development_stage", changed["development_stage"], "in-production")
	wantEqual(t, "friendly_name left out", changed["friendly_name"], "Clinic")
	wantEqual(t, "date_updated", changed["date_updated"], "2026-11-21T08:01:00Z")
	for name, pairs := range map[string][]string{
		"long name":          {"UniqueName", strings.Repeat("n", 65)},
		"empty name":         {"UniqueName", ""},
		"long friendly name": {"FriendlyName", strings.Repeat("n", 256)},
		"not a boolean":      {"LogQueries", "perhaps"},
		"unknown stage":      {"DevelopmentStage", "in-heaven"},
		"Defaults not JSON":  {"Defaults", "{"},
		"Defaults null":      {"Defaults", "null"},
		"StyleSheet a list":  {"StyleSheet", "[]"},
		"unknown parameter":  {"Actions", "{}"},
	} {
		t.Run(name, func(t *testing.T) {
			b.t = t
			b.refused(400, 20001, "POST", "/clinic", pairs...)
		})
	}
	b.t = t
	b.refused(400, 20001, "POST", "", "DevelopmentStage", "in-production")
	b.update("/clinic", "UniqueName", strings.Repeat("ü", 64))
}

func TestDefaultsAndStyleSheetAreReplacedWhole(t *testing.T) {
	for part, key := range map[string]string{"Defaults": "defaults", "StyleSheet": "style_sheet"} {
		t.Run(part, func(t *testing.T) {
			b := newAutopilot(t, Settings{})
			b.create("", "UniqueName", "clinic")
			path := "/clinic/" + part
			want := map[string]any{key: map[string]any{"x": 1.0}}
			wantEqual(t, "answer", b.update(path, part, fmt.Sprintf(`{ %q : {"x":1} }`, key))["data"], want)
			wantEqual(t, "read", b.get(path)["data"], want)
			b.refused(400, 20001, "POST", path, part, `{"x":`)
			wantEqual(t, "after a refusal", b.get(path)["data"], want)
		})
	}
}

func TestUniqueNameStandsForTheSIDEverywhere(t *testing.T) {
	b := newAutopilot(t, Settings{})
	assistant := b.create("", "UniqueName", "my clinic")["sid"].(string)
	task := b.create("/my%20clinic/Tasks", "UniqueName", "book a visit")["sid"].(string)
	kind := b.create("/my%20clinic/FieldTypes", "UniqueName", "pet")["sid"].(string)
	b.create("/my%20clinic/Tasks/book%20a%20visit/Fields", "UniqueName", "which", "FieldType", "pet")
	build := b.create("/my%20clinic/ModelBuilds", "UniqueName", "first")["sid"].(string)
	hook := b.create("/my%20clinic/Webhooks", "UniqueName", "hook", "Events", "onDialogueEnd", "WebhookUrl", "https://example.com/")["sid"].(string)
	for byName, bySID := range map[string]string{
		"/my%20clinic":                                   "/" + assistant,
		"/my%20clinic/Tasks/book%20a%20visit":            "/" + assistant + "/Tasks/" + task,
		"/my%20clinic/Tasks/book%20a%20visit/Statistics": "/" + assistant + "/Tasks/" + task + "/Statistics",
		"/my%20clinic/FieldTypes/pet":                    "/" + assistant + "/FieldTypes/" + kind,
		"/my%20clinic/ModelBuilds/first":                 "/" + assistant + "/ModelBuilds/" + build,
		"/my%20clinic/Webhooks/hook":                     "/" + assistant + "/Webhooks/" + hook,
		"/my%20clinic/Tasks/book%20a%20visit/Actions":    "/my%20clinic/Tasks/" + task + "/Actions",
	} {
		wantEqual(t, byName, b.get(byName), b.get(bySID))
	}
	wantEqual(t, "field", b.get("/my%20clinic/Tasks/book%20a%20visit/Fields/which")["field_type"], "pet")
	b.refused(404, 20404, "GET", "/clinic")
	b.refused(404, 20404, "GET", "/my%20clinic/Tasks/book")
}

func TestListsAreNewestFirstInPages(t *testing.T) {
	b := newAutopilot(t, Settings{})
	for _, name := range []string{"a", "b", "c"} {
		b.create("", "UniqueName", name)
	}
	first := b.get("?PageSize=2")
	wantEqual(t, "first page", column(t, first, "assistants", "unique_name"), []string{"c", "b"})
	meta := first["meta"].(map[string]any)
	wantEqual(t, "key", meta["key"], "assistants")
	next := must(t, b.h, 200, "GET", meta["next_page_url"].(string), nil)
	wantEqual(t, "second page", column(t, next, "assistants", "unique_name"), []string{"a"})
	b.create("/a/Tasks", "UniqueName", "later")
	wantEqual(t, "tasks", b.names("/a/Tasks", "unique_name"), []string{"later", "hello-world"})
}

func TestDeletedNameStaysReserved(t *testing.T) {
	b := newAutopilot(t, Settings{})
	b.create("", "UniqueName", "clinic")
	b.create("", "UniqueName", "other")
	b.refused(400, 90101, "POST", "", "UniqueName", "clinic")
	b.refused(400, 90101, "POST", "/other", "UniqueName", "clinic")
	b.update("/clinic", "UniqueName", "clinic")
	b.remove("/clinic")
	b.now = b.now.Add(deletedKept - time.Second)
	b.refused(404, 20404, "GET", "/clinic")
	wantEqual(t, "list", b.names("", "unique_name"), []string{"other"})
	b.refused(400, 90101, "POST", "", "UniqueName", "clinic")
	b.refused(400, 90101, "POST", "/other", "UniqueName", "clinic")
	b.now = b.now.Add(time.Second)
	b.update("/other", "UniqueName", "clinic")
	b.create("", "UniqueName", "other")
}

func TestRestoreBringsAnAssistantBackWithItsContent(t *testing.T) {
	for _, by := range []string{"sid", "unique_name"} {
		t.Run(by, func(t *testing.T) {
			b := newAutopilot(t, Settings{})
			before := b.create("", "UniqueName", "clinic")
			b.create("/clinic/Tasks", "UniqueName", "greeting")
			b.refused(404, 20404, "POST", "/Restore", "Assistant", before[by].(string))
			b.remove("/clinic")
			b.refused(404, 20404, "POST", "/"+before["sid"].(string), "FriendlyName", "x")
			b.now = b.now.Add(deletedKept - time.Second)
			restored := b.update("/Restore", "Assistant", before[by].(string))
			wantEqual(t, "sid", restored["sid"], before["sid"])
			wantEqual(t, "tasks", b.names("/clinic/Tasks", "unique_name"), []string{"greeting", "hello-world"})
		})
	}
}

func TestForgottenAssistantIsGoneWithItsContent(t *testing.T) {
	b := newAutopilot(t, Settings{})
	sid := b.create("", "UniqueName", "clinic")["sid"].(string)
	b.create("/clinic/FieldTypes", "UniqueName", "pet")
	b.remove("/clinic")
	b.now = b.now.Add(deletedKept)
	b.refused(404, 20404, "POST", "/Restore", "Assistant", sid)
	b.refused(400, 20001, "POST", "/Restore")
	b.create("", "UniqueName", "clinic")
	all := b.box.state
	if kept := append(tableOwners(tasks.list(all, nil), func(x task) string { return x.AssistantSID }),
		tableOwners(fieldTypes.list(all, nil), func(x fieldType) string { return x.AssistantSID })...); slices.Contains(kept, sid) {
		t.Errorf("content of %s still exists: %v", sid, kept)
	}
}

func tableOwners[T any](rows []T, owner func(T) string) []string {
	owners := make([]string, len(rows))
	for i, row := range rows {
		owners[i] = owner(row)
	}
	return owners
}

func TestDialoguesAreNotKept(t *testing.T) {
	b := newAutopilot(t, Settings{})
	b.create("", "UniqueName", "clinic")
	b.refused(404, 20404, "GET", "/clinic/Dialogues/UK"+strings.Repeat("0", 32))
}

func TestAssistantsAreTheAccountsOwn(t *testing.T) {
	b := newAutopilot(t, Settings{})
	b.create("", "UniqueName", "clinic")
	other, err := b.box.AddAccount("other", "")
	if err != nil {
		t.Fatal(err)
	}
	r := request("GET", at("/clinic"), nil)
	r.SetBasicAuth(other.AccountSID, other.AuthToken)
	if status, body := answerOf(t, b.h, r); status != http.StatusNotFound {
		t.Errorf("%d %v", status, body)
	}
	r = request("POST", at(""), form("UniqueName", "clinic"))
	r.SetBasicAuth(other.AccountSID, other.AuthToken)
	if status, body := answerOf(t, b.h, r); status != http.StatusCreated {
		t.Errorf("a name of another account is refused: %d %v", status, body)
	}
}

func TestEverySpellingOfTheWebhookFindsTheAssistant(t *testing.T) {
	b := newAutopilot(t, Settings{})
	sid := b.create("", "UniqueName", "clinic", "FriendlyName", "Clinic")["sid"].(string)
	number := numberPathOf(t, b.h, StarterNumbers()[0])
	inbound := func(address string) InboundAnswer {
		t.Helper()
		must(t, b.h, 200, "POST", number, form("SmsUrl", address))
		answer, err := b.box.Inbound(Inbound{To: StarterNumbers()[0], From: "+15005550006", Channel: "messaging", Body: "hi"})
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	place := "/" + StarterAccountSID + "/" + sid
	for _, address := range []string{
		"https://channels.autopilot.twilio.com/v1" + place + "/twilio-messaging",
		"https://channels.autopilot.twilio.com/v2" + place + "/twilio-messaging?TargetTask=greeting",
		"https://Channels.Autopilot.Twilio.com/v1" + place + "/twilio/messaging?TargetTask=a&Memory=%7B%7D",
		"http://channels.autopilot.twilio.com/v1" + place + "/twilio-chat",
		"https://channels.autopilot.twilio.com/v1" + place + "/twilio-voice",
	} {
		answer := inbound(address)
		if answer.Bot == nil {
			t.Errorf("%s: %+v", address, answer)
			continue
		}
		wantEqual(t, address, *answer.Bot, InboundBot{SID: sid, UniqueName: "clinic", FriendlyName: "Clinic", Engine: "autopilot"})
	}
	for _, address := range []string{
		"https://channels.autopilot.twilio.com/v3" + place + "/twilio-messaging",
		"https://channels.autopilot.example.com/v1" + place + "/twilio-messaging",
		"https://channels.autopilot.twilio.com/v1" + place + "/twilio-pigeon",
	} {
		wantEqual(t, address, inbound(address).Status, InboundExternal)
	}
	b.remove("/clinic")
	wantEqual(t, "deleted", inbound("https://channels.autopilot.twilio.com/v1"+place+"/twilio-messaging").Status, InboundDangling)
}

func TestTooManyAssistantsAreRefused(t *testing.T) {
	b := newAutopilot(t, Settings{})
	if err := b.box.change(func(st *state) error {
		for i := range maxAssistants - 1 {
			assistants.put(st, assistant{record: record{SID: fmt.Sprintf("UA%032x", 1<<20+i), AccountSID: StarterAccountSID}})
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	b.create("", "UniqueName", "last")
	b.refused(400, 20001, "POST", "", "UniqueName", "one more")
	b.remove("/last")
	b.create("", "UniqueName", "in its place")
}
