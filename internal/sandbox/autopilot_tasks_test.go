package sandbox

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func newClinic(t *testing.T, settings Settings) *autopilotBox {
	t.Helper()
	b := newAutopilot(t, settings)
	b.create("", "UniqueName", "clinic")
	return b
}

func sayActions(text string) string { return fmt.Sprintf(`{"actions":[{"say":%q}]}`, text) }

func TestTaskNamesAreUniqueInTheirAssistant(t *testing.T) {
	b := newClinic(t, Settings{})
	b.create("", "UniqueName", "other")
	b.create("/clinic/Tasks", "UniqueName", "book", "FriendlyName", "Book")
	b.create("/other/Tasks", "UniqueName", "book")
	b.refused(400, 90101, "POST", "/clinic/Tasks", "UniqueName", "book")
	b.refused(400, 90101, "POST", "/clinic/Tasks/hello-world", "UniqueName", "book")
	b.refused(400, 20001, "POST", "/clinic/Tasks")
	b.refused(400, 20001, "POST", "/clinic/Tasks", "UniqueName", strings.Repeat("n", 65))
	wantEqual(t, "renamed", b.update("/clinic/Tasks/book", "UniqueName", "visit")["friendly_name"], "Book")
	b.refused(404, 20404, "GET", "/clinic/Tasks/book")
}

func TestActionsAreReplacedWhole(t *testing.T) {
	b := newClinic(t, Settings{})
	b.create("/clinic/Tasks", "UniqueName", "book", "Actions", sayActions("one"))
	says := func() any {
		t.Helper()
		return b.get("/clinic/Tasks/book/Actions")["data"].(map[string]any)["actions"].([]any)[0].(map[string]any)["say"]
	}
	wantEqual(t, "created", says(), "one")
	b.update("/clinic/Tasks/book", "Actions", sayActions("two"))
	wantEqual(t, "by the task", says(), "two")
	b.update("/clinic/Tasks/book/Actions", "Actions", sayActions("three"))
	wantEqual(t, "by its actions", says(), "three")
	for _, wrong := range []string{"", "null", "{", "[]", `{"say":"x"}`, `{"actions":"x"}`, `{"actions":["x"]}`} {
		b.refused(400, 90100, "POST", "/clinic/Tasks", "UniqueName", "new", "Actions", wrong)
		b.refused(400, 90100, "POST", "/clinic/Tasks/book", "Actions", wrong)
		b.refused(400, 90100, "POST", "/clinic/Tasks/book/Actions", "Actions", wrong)
	}
	b.refused(400, 20001, "POST", "/clinic/Tasks/book/Actions", "Actions", sayActions(strings.Repeat("x", maxActions)))
	wantEqual(t, "after refusals", says(), "three")
	b.create("/clinic/Tasks", "UniqueName", "empty")
	wantEqual(t, "none", b.get("/clinic/Tasks/empty/Actions")["data"], map[string]any{"actions": []any{}})
}

func TestActionsLeaveAnExternalURLInForce(t *testing.T) {
	b := newClinic(t, Settings{})
	made := b.create("/clinic/Tasks", "UniqueName", "book")
	own := made["url"].(string) + "/Actions"
	wantEqual(t, "default", made["actions_url"], own)
	const external = "https://example.com/actions"
	wantEqual(t, "set", b.update("/clinic/Tasks/book", "ActionsUrl", external)["actions_url"], external)
	wantEqual(t, "actions written", b.update("/clinic/Tasks/book", "Actions", sayActions("x"))["actions_url"], external)
	b.update("/clinic/Tasks/book/Actions", "Actions", sayActions("y"))
	wantEqual(t, "read", b.get("/clinic/Tasks/book")["actions_url"], external)
	wantEqual(t, "its own again", b.update("/clinic/Tasks/book", "ActionsUrl", own)["actions_url"], own)
	b.refused(400, 21402, "POST", "/clinic/Tasks/book", "ActionsUrl", "nowhere")
}

func TestFieldTypeIsBuiltInOrTheAssistants(t *testing.T) {
	b := newClinic(t, Settings{})
	b.create("", "UniqueName", "other")
	b.create("/other/FieldTypes", "UniqueName", "foreign")
	pet := b.create("/clinic/FieldTypes", "UniqueName", "pet")["sid"].(string)
	const fields = "/clinic/Tasks/hello-world/Fields"
	for i, kind := range []string{"Twilio.CITY", "pet", pet} {
		made := b.create(fields, "UniqueName", fmt.Sprint("f", i), "FieldType", kind)
		wantEqual(t, "field_type", made["field_type"], kind)
	}
	for _, wrong := range []string{"Twilio.CITTY", "foreign", "CITY", "UB" + strings.Repeat("0", 32)} {
		b.refused(400, 20001, "POST", fields, "UniqueName", "wrong", "FieldType", wrong)
	}
	b.refused(400, 20001, "POST", fields, "UniqueName", "wrong")
	b.refused(400, 20001, "POST", fields, "FieldType", "pet")
	b.refused(400, 90101, "POST", fields, "UniqueName", "f0", "FieldType", "pet")
	b.refused(405, 20004, "POST", fields+"/f0", "FieldType", "pet")
	wantEqual(t, "fields", b.names(fields, "unique_name"), []string{"f2", "f1", "f0"})
	b.update("/clinic/FieldTypes/pet", "UniqueName", "animal")
	wantEqual(t, "by name, renamed", b.get(fields + "/f1")["field_type"], "animal")
	wantEqual(t, "by SID, renamed", b.get(fields + "/f2")["field_type"], pet)
}

func TestFieldTypeInUseIsNotDeleted(t *testing.T) {
	for _, by := range []string{"unique_name", "sid"} {
		t.Run(by, func(t *testing.T) {
			b := newClinic(t, Settings{})
			pet := b.create("/clinic/FieldTypes", "UniqueName", "pet")
			b.create("/clinic/FieldTypes/pet/FieldValues", "Language", "en-US", "Value", "dog")
			b.create("/clinic/Tasks/hello-world/Fields", "UniqueName", "which", "FieldType", pet[by].(string))
			b.refused(400, 20001, "DELETE", "/clinic/FieldTypes/pet")
			b.remove("/clinic/Tasks/hello-world/Fields/which")
			b.remove("/clinic/FieldTypes/pet")
			b.refused(404, 20404, "GET", "/clinic/FieldTypes/pet/FieldValues")
		})
	}
}

func TestSamplesAreFilteredByLanguage(t *testing.T) {
	b := newClinic(t, Settings{})
	b.create("/clinic/Tasks", "UniqueName", "book")
	const samples = "/clinic/Tasks/book/Samples"
	made := b.create(samples, "Language", "en-US", "TaggedText", "book a visit")
	wantEqual(t, "source_channel", made["source_channel"], nil)
	b.create(samples, "Language", "es-ES", "TaggedText", "una cita", "SourceChannel", "sms")
	wantEqual(t, "all", b.names(samples, "tagged_text"), []string{"una cita", "book a visit"})
	wantEqual(t, "one language", b.names(samples+"?Language=en-US", "tagged_text"), []string{"book a visit"})
	one := samples + "/" + made["sid"].(string)
	wantEqual(t, "changed", b.update(one, "TaggedText", "see {who}")["language"], "en-US")
	b.refused(400, 20001, "POST", one, "TaggedText", "")
	b.refused(400, 20001, "POST", one, "SourceChannel", "pigeon")
	b.refused(400, 20001, "POST", samples, "Language", "en-US")
	b.refused(400, 20001, "POST", samples, "TaggedText", "x")
	b.create("/clinic/Tasks/book/Fields", "UniqueName", "who", "FieldType", "Twilio.FIRST_NAME")
	statistics := b.get("/clinic/Tasks/book/Statistics")
	wantEqual(t, "samples_count", statistics["samples_count"], 2.0)
	wantEqual(t, "fields_count", statistics["fields_count"], 1.0)
	b.refused(404, 20404, "GET", strings.Replace(one, "/book/", "/hello-world/", 1))
	b.remove(one)
	b.refused(404, 20404, "GET", one)
}

func TestSynonymStandsForAValueOfItsLanguage(t *testing.T) {
	b := newClinic(t, Settings{})
	b.create("/clinic/FieldTypes", "UniqueName", "pet")
	b.create("/clinic/FieldTypes", "UniqueName", "car")
	const values = "/clinic/FieldTypes/pet/FieldValues"
	dog := b.create(values, "Language", "en-US", "Value", "dog")
	wantEqual(t, "synonym_of", dog["synonym_of"], nil)
	b.create("/clinic/FieldTypes/car/FieldValues", "Language", "en-US", "Value", "van")
	b.create(values, "Language", "es-ES", "Value", "gato")
	byValue := b.create(values, "Language", "en-US", "Value", "hound", "SynonymOf", "dog")
	bySID := b.create(values, "Language", "en-US", "Value", "mutt", "SynonymOf", dog["sid"].(string))
	wantEqual(t, "by value", byValue["synonym_of"], dog["sid"])
	wantEqual(t, "by SID", bySID["synonym_of"], dog["sid"])
	for _, wrong := range []string{"van", "gato", "cat", "UC" + strings.Repeat("0", 32)} {
		b.refused(400, 20001, "POST", values, "Language", "en-US", "Value", "x", "SynonymOf", wrong)
	}
	b.refused(400, 90101, "POST", values, "Language", "en-US", "Value", "dog")
	b.refused(400, 20001, "POST", values, "Language", "en-US")
	wantEqual(t, "one language", b.names(values+"?Language=es-ES", "value"), []string{"gato"})
	b.refused(400, 20001, "DELETE", values+"/"+dog["sid"].(string))
	b.remove(values + "/" + byValue["sid"].(string))
	b.remove(values + "/" + bySID["sid"].(string))
	b.remove(values + "/" + dog["sid"].(string))
}

// Twilio's document has a SID here, so these answers are not checked against it.
func TestSynonymIsAnsweredAsTextWhereSettingsSaySo(t *testing.T) {
	b := newClinic(t, Settings{AutopilotSettings: AutopilotSettings{SynonymText: true}})
	b.h = b.box
	b.create("/clinic/FieldTypes", "UniqueName", "pet")
	const values = "/clinic/FieldTypes/pet/FieldValues"
	dog := b.create(values, "Language", "en-US", "Value", "dog")
	made := b.create(values, "Language", "en-US", "Value", "hound", "SynonymOf", dog["sid"].(string))
	wantEqual(t, "created", made["synonym_of"], "dog")
	wantEqual(t, "read", b.get(values + "/" + made["sid"].(string))["synonym_of"], "dog")
	wantEqual(t, "listed", b.names(values, "synonym_of"), []string{"dog", "<nil>"})
	turn(t, b.box, 200, "POST", "settings", `{"synonym_text":false}`)
	wantEqual(t, "as a SID", b.get(values + "/" + made["sid"].(string))["synonym_of"], dog["sid"])
}

func TestDeletesTakeContentAlongOrAreRefused(t *testing.T) {
	for _, strict := range []bool{false, true} {
		t.Run(fmt.Sprint("strict ", strict), func(t *testing.T) {
			b := newClinic(t, Settings{})
			turn(t, b.box, 200, "POST", "settings", fmt.Sprintf(`{"strict_deletes":%v}`, strict))
			b.create("/clinic/FieldTypes", "UniqueName", "pet")
			b.create("/clinic/FieldTypes/pet/FieldValues", "Language", "en-US", "Value", "dog")
			sid := b.get("/clinic/Tasks/hello-world")["sid"].(string)
			for _, path := range []string{"/clinic/FieldTypes/pet", "/clinic/Tasks/hello-world", "/clinic"} {
				if !strict {
					b.remove(path)
					continue
				}
				b.refused(400, 20001, "DELETE", path)
				b.get(path)
			}
			if left := has(&call{state: b.box.state}, taskSamples, func(s taskSample) bool { return s.TaskSID == sid }); left != strict {
				t.Errorf("the task's samples still exist: %v", left)
			}
		})
	}
}

func TestStrictDeletesAllowWhatIsEmpty(t *testing.T) {
	b := newClinic(t, Settings{AutopilotSettings: AutopilotSettings{StrictDeletes: true}})
	for _, sample := range b.names("/clinic/Tasks/hello-world/Samples", "sid") {
		b.remove("/clinic/Tasks/hello-world/Samples/" + sample)
	}
	b.create("/clinic/FieldTypes", "UniqueName", "pet")
	b.remove("/clinic/FieldTypes/pet")
	b.remove("/clinic/Tasks/hello-world")
	b.remove("/clinic")
}

func TestLimitsAreHeld(t *testing.T) {
	b := newClinic(t, Settings{})
	assistant := b.get("/clinic")["sid"].(string)
	b.create("/clinic/Tasks", "UniqueName", "book")
	b.create("/clinic/FieldTypes", "UniqueName", "pet")
	book, pet := b.get("/clinic/Tasks/book")["sid"].(string), b.get("/clinic/FieldTypes/pet")["sid"].(string)
	fill := func(prefix string, rows int, put func(*state, record)) {
		t.Helper()
		if err := b.box.change(func(st *state) error {
			for i := range rows {
				put(st, record{SID: fmt.Sprintf("%s%032x", prefix, 1<<20+i), AccountSID: StarterAccountSID})
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	fill("UD", maxTasks-3, func(st *state, r record) {
		tasks.put(st, task{record: r, AssistantSID: assistant, UniqueName: r.SID})
	})
	fill("UE", maxFields-1, func(st *state, r record) {
		taskFields.put(st, taskField{record: r, AssistantSID: assistant, TaskSID: book, UniqueName: r.SID})
	})
	fill("UF", maxSamples-1-count(&call{state: b.box.state}, taskSamples, nil), func(st *state, r record) {
		taskSamples.put(st, taskSample{record: r, AssistantSID: assistant, TaskSID: book})
	})
	fill("UB", maxFieldTypes-2, func(st *state, r record) {
		fieldTypes.put(st, fieldType{record: r, AssistantSID: assistant, UniqueName: r.SID})
	})
	fill("UC", maxFieldValues-1, func(st *state, r record) {
		fieldValues.put(st, fieldValue{record: r, AssistantSID: assistant, FieldTypeSID: pet, Value: r.SID})
	})
	for path, pairs := range map[string][]string{
		"/clinic/Tasks":                      {"UniqueName", "last"},
		"/clinic/Tasks/book/Fields":          {"UniqueName", "last", "FieldType", "Twilio.CITY"},
		"/clinic/Tasks/book/Samples":         {"Language", "en-US", "TaggedText", "last"},
		"/clinic/FieldTypes":                 {"UniqueName", "last"},
		"/clinic/FieldTypes/pet/FieldValues": {"Language", "en-US", "Value", "last"},
	} {
		b.create(path, pairs...)
		pairs[1] += "-and-one-more"
		b.refused(http.StatusBadRequest, 20001, "POST", path, pairs...)
	}
}
