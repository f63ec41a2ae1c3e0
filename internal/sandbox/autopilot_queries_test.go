package sandbox

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func taskOf(query map[string]any) any { return query["results"].(map[string]any)["task"] }

func TestQueryFindsTheTaskOfASample(t *testing.T) {
	b := newClinic(t, Settings{})
	b.create("/clinic/Tasks", "UniqueName", "book")
	b.create("/clinic/Tasks/book/Samples", "Language", "en-US", "TaggedText", "I need a vet")
	ask := func(pairs ...string) map[string]any {
		t.Helper()
		return b.create("/clinic/Queries", append([]string{"Language", "en-US"}, pairs...)...)
	}
	made := ask("Query", "i need a VET")
	wantEqual(t, "task", taskOf(made), "book")
	wantEqual(t, "status", made["status"], "pending-review")
	wantEqual(t, "model_build_sid", made["model_build_sid"], nil)
	wantEqual(t, "unknown", taskOf(ask("Query", "what?")), "fallback")
	wantEqual(t, "among others", taskOf(ask("Query", "I need a vet", "Tasks", "hello-world, other")), "fallback")
	wantEqual(t, "among them", taskOf(ask("Query", "I need a vet", "Tasks", "hello-world, book")), "book")
	b.refused(400, 20001, "POST", "/clinic/Queries", "Language", "en-US")
	b.refused(400, 20001, "POST", "/clinic/Queries", "Language", "en-US", "Query", strings.Repeat("x", 2049))
	b.refused(400, 20001, "POST", "/clinic/Queries", "Language", "en-US", "Query", "x", "ModelBuild", "none")
	build := b.create("/clinic/ModelBuilds", "UniqueName", "first")["sid"]
	wantEqual(t, "build by name", ask("Query", "x", "ModelBuild", "first")["model_build_sid"], build)
	wantEqual(t, "of the build", b.names("/clinic/Queries?ModelBuild=first", "query"), []string{"x"})
}

func TestQueriesAreReviewedAndFiltered(t *testing.T) {
	b := newClinic(t, Settings{})
	one := "/clinic/Queries/" + b.create("/clinic/Queries", "Language", "en-US", "Query", "one")["sid"].(string)
	b.create("/clinic/Queries", "Language", "es-ES", "Query", "dos")
	sample := "UF" + strings.Repeat("0", 32)
	reviewed := b.update(one, "Status", "reviewed", "SampleSid", sample)
	wantEqual(t, "sample_sid", reviewed["sample_sid"], sample)
	wantEqual(t, "reviewed", b.names("/clinic/Queries?Status=reviewed", "query"), []string{"one"})
	wantEqual(t, "language", b.names("/clinic/Queries?Language=es-ES", "query"), []string{"dos"})
	wantEqual(t, "dialogue", b.names("/clinic/Queries?DialogueSid=UK"+strings.Repeat("0", 32), "query"), []string{})
	b.refused(400, 20001, "POST", one, "Status", "loved")
	b.remove(one)
	b.refused(404, 20404, "GET", one)
}

func TestQueriesAreKeptForThirtyDaysOrNotAtAll(t *testing.T) {
	b := newClinic(t, Settings{})
	one := "/clinic/Queries/" + b.create("/clinic/Queries", "Language", "en-US", "Query", "one")["sid"].(string)
	b.now = b.now.Add(30*24*time.Hour - time.Second)
	b.get(one)
	b.now = b.now.Add(time.Second)
	b.refused(404, 20404, "GET", one)
	b.update("/clinic", "LogQueries", "false")
	b.create("/clinic/Queries", "Language", "en-US", "Query", "two")
	wantEqual(t, "kept", b.names("/clinic/Queries", "query"), []string{})
}

func TestWebhooksAnswerTheirEventsInLowerCase(t *testing.T) {
	b := newClinic(t, Settings{})
	const hook = "/clinic/Webhooks/hook"
	made := b.create("/clinic/Webhooks", "UniqueName", "hook", "Events", "onDialogueEnd onActionsFetch", "WebhookUrl", "https://example.com/a")
	wantEqual(t, "events", made["events"], "ondialogueend onactionsfetch")
	wantEqual(t, "webhook_method", made["webhook_method"], "POST")
	wantEqual(t, "changed", b.update(hook, "WebhookMethod", "GET")["webhook_url"], "https://example.com/a")
	b.refused(400, 90101, "POST", "/clinic/Webhooks", "UniqueName", "hook", "Events", "onDialogueEnd", "WebhookUrl", "https://example.com/")
	b.refused(400, 20001, "POST", "/clinic/Webhooks", "UniqueName", "new", "WebhookUrl", "https://example.com/")
	b.refused(400, 20001, "POST", hook, "Events", "onTeaTime")
	b.refused(400, 20001, "POST", hook, "Events", "")
	b.refused(400, 20001, "POST", hook, "WebhookUrl", "")
	b.refused(400, 21402, "POST", hook, "WebhookUrl", "example")
	b.refused(400, 21403, "POST", hook, "WebhookMethod", "PUT")
	wantEqual(t, "list", b.names("/clinic/Webhooks", "unique_name"), []string{"hook"})
	b.remove(hook)
	b.refused(404, 20404, "GET", hook)
}

func TestAutopilotIsKeptInTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "twilio.sandbox.json")
	open := func() *autopilotBox {
		t.Helper()
		box, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		return &autopilotBox{t: t, h: checked(t, box), box: box}
	}
	b := open()
	b.create("", "UniqueName", "clinic")
	b.create("/clinic/FieldTypes", "UniqueName", "pet")
	const values = "/clinic/FieldTypes/pet/FieldValues"
	b.create(values, "Language", "en-US", "Value", "dog")
	b.create(values, "Language", "en-US", "Value", "hound", "SynonymOf", "dog")
	b.create("/clinic/Tasks", "UniqueName", "book", "Actions", sayActions("1.0 & <b>"))
	b.create("/clinic/Tasks/book/Fields", "UniqueName", "which", "FieldType", "pet")
	b.create("/clinic/ModelBuilds", "UniqueName", "first")
	b.create("/clinic/Queries", "Language", "en-US", "Query", "hello")
	b.create("/clinic/Webhooks", "UniqueName", "hook", "Events", "onDialogueEnd", "WebhookUrl", "https://example.com/")
	again := open()
	for _, path := range []string{
		"/clinic/Defaults", "/clinic/StyleSheet", "/clinic/Tasks", "/clinic/Tasks/book/Actions", "/clinic/Tasks/book/Fields",
		"/clinic/Tasks/hello-world/Samples", "/clinic/FieldTypes", values, "/clinic/Queries", "/clinic/Webhooks",
	} {
		wantEqual(t, path, again.get(path), b.get(path))
	}
	wantEqual(t, "builds", again.names("/clinic/ModelBuilds", "unique_name"), []string{"first"})
	b.remove("/clinic")
	again.refused(400, 90101, "POST", "", "UniqueName", "clinic")
	again.update("/Restore", "Assistant", "clinic")
	b.get("/clinic/Tasks/book")
}
