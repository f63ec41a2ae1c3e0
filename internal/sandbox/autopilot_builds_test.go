package sandbox

import (
	"testing"
	"time"
)

func needsBuild(b *autopilotBox) bool {
	b.t.Helper()
	return b.get("/clinic")["needs_model_build"].(bool)
}

// built builds a model of the clinic and waits for it.
func built(b *autopilotBox) {
	b.t.Helper()
	b.create("/clinic/ModelBuilds")
	b.now = b.now.Add(defaultModelBuild)
	if needsBuild(b) {
		b.t.Fatal("a build is still needed after one")
	}
}

func TestModelBuildGoesThroughItsStates(t *testing.T) {
	for name, c := range map[string]struct {
		settings Settings
		took     time.Duration
		seconds  float64
	}{
		"default":  {Settings{}, time.Second, 1},
		"settings": {Settings{ModelBuildMS: 4000}, 4 * time.Second, 4},
	} {
		t.Run(name, func(t *testing.T) {
			b := newClinic(t, c.settings)
			made := b.create("/clinic/ModelBuilds", "UniqueName", "first", "StatusCallback", "https://example.com/")
			wantEqual(t, "at once", made["status"], "enqueued")
			wantEqual(t, "build_duration at once", made["build_duration"], nil)
			wantEqual(t, "latest", b.get("/clinic")["latest_model_build_sid"], made["sid"])
			b.now = b.now.Add(c.took / 2)
			wantEqual(t, "half way", b.get("/clinic/ModelBuilds/first")["status"], "building")
			wantEqual(t, "needs a build half way", needsBuild(b), true)
			turn(t, b.box, 200, "POST", "settings", `{"model_build_ms":60000}`)
			b.now = b.now.Add(c.took/2 - time.Millisecond)
			wantEqual(t, "just before", b.get("/clinic/ModelBuilds/first")["status"], "building")
			b.now = b.now.Add(time.Millisecond)
			done := b.get("/clinic/ModelBuilds/first")
			wantEqual(t, "then", done["status"], "completed")
			wantEqual(t, "build_duration", done["build_duration"], c.seconds)
			wantEqual(t, "error_code", done["error_code"], nil)
			wantEqual(t, "needs a build then", needsBuild(b), false)
		})
	}
}

func TestFailedBuildLeavesTheModelAsItWas(t *testing.T) {
	b := newClinic(t, Settings{})
	turn(t, b.box, 200, "POST", "settings", `{"fail_builds":2}`)
	for _, want := range []string{"failed", "failed", "completed"} {
		sid := b.create("/clinic/ModelBuilds")["sid"].(string)
		b.now = b.now.Add(defaultModelBuild)
		build := b.get("/clinic/ModelBuilds/" + sid)
		wantEqual(t, "status", build["status"], want)
		if failed := want == "failed"; (build["error_code"] != nil) != failed || needsBuild(b) != failed {
			t.Errorf("%s: error_code %v, needs_model_build %v", want, build["error_code"], needsBuild(b))
		}
	}
}

func TestRefusedBuildUsesUpNoFailure(t *testing.T) {
	b := newClinic(t, Settings{AutopilotSettings: AutopilotSettings{FailBuilds: 1}})
	b.refused(400, 20001, "POST", "/clinic/ModelBuilds", "UniqueName", "")
	settings, err := b.box.Settings()
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "fail_builds", settings.FailBuilds, 1)
}

func TestOneModelBuildRunsAtATime(t *testing.T) {
	b := newClinic(t, Settings{})
	b.create("", "UniqueName", "other")
	b.create("/clinic/ModelBuilds", "UniqueName", "first")
	b.create("/other/ModelBuilds", "UniqueName", "first")
	b.refused(409, 20409, "POST", "/clinic/ModelBuilds")
	b.refused(409, 20409, "DELETE", "/clinic/ModelBuilds/first")
	b.now = b.now.Add(defaultModelBuild)
	b.refused(400, 90101, "POST", "/clinic/ModelBuilds", "UniqueName", "first")
	b.create("/clinic/ModelBuilds", "UniqueName", "second")
	b.now = b.now.Add(defaultModelBuild)
	wantEqual(t, "list", b.names("/clinic/ModelBuilds", "unique_name"), []string{"second", "first"})
	b.refused(400, 90101, "POST", "/clinic/ModelBuilds/second", "UniqueName", "first")
	wantEqual(t, "renamed", b.update("/clinic/ModelBuilds/second", "UniqueName", "latest")["status"], "completed")
	b.remove("/clinic/ModelBuilds/first")
	b.refused(404, 20404, "GET", "/clinic/ModelBuilds/first")
}

func TestEveryWriteToWhatAModelIsMadeOfNeedsABuild(t *testing.T) {
	const task, kind = "/clinic/Tasks/book", "/clinic/FieldTypes/pet"
	for name, write := range map[string]func(b *autopilotBox, sample, value string){
		"task created":  func(b *autopilotBox, _, _ string) { b.create("/clinic/Tasks", "UniqueName", "new") },
		"task renamed":  func(b *autopilotBox, _, _ string) { b.update(task, "UniqueName", "new") },
		"task deleted":  func(b *autopilotBox, _, _ string) { b.remove(task) },
		"actions":       func(b *autopilotBox, _, _ string) { b.update(task+"/Actions", "Actions", sayActions("new")) },
		"field created": func(b *autopilotBox, _, _ string) { b.create(task+"/Fields", "UniqueName", "new", "FieldType", "pet") },
		"field deleted": func(b *autopilotBox, _, _ string) { b.remove(task + "/Fields/town") },
		"sample created": func(b *autopilotBox, _, _ string) {
			b.create(task+"/Samples", "Language", "en-US", "TaggedText", "new")
		},
		"sample changed": func(b *autopilotBox, sample, _ string) { b.update(task+"/Samples/"+sample, "TaggedText", "new") },
		"sample deleted": func(b *autopilotBox, sample, _ string) { b.remove(task + "/Samples/" + sample) },
		"type created":   func(b *autopilotBox, _, _ string) { b.create("/clinic/FieldTypes", "UniqueName", "new") },
		"type renamed":   func(b *autopilotBox, _, _ string) { b.update(kind, "UniqueName", "new") },
		"type deleted":   func(b *autopilotBox, _, _ string) { b.remove(kind) },
		"value created":  func(b *autopilotBox, _, _ string) { b.create(kind+"/FieldValues", "Language", "en-US", "Value", "new") },
		"value deleted":  func(b *autopilotBox, _, value string) { b.remove(kind + "/FieldValues/" + value) },
	} {
		t.Run(name, func(t *testing.T) {
			b := newClinic(t, Settings{})
			b.create("/clinic/Tasks", "UniqueName", "book")
			b.create("/clinic/FieldTypes", "UniqueName", "pet")
			b.create(task+"/Fields", "UniqueName", "town", "FieldType", "Twilio.CITY")
			sample := b.create(task+"/Samples", "Language", "en-US", "TaggedText", "book")["sid"].(string)
			value := b.create(kind+"/FieldValues", "Language", "en-US", "Value", "dog")["sid"].(string)
			built(b)
			write(b, sample, value)
			wantEqual(t, "needs a build", needsBuild(b), true)
			built(b)
		})
	}
}

func TestWriteDuringABuildNeedsAnother(t *testing.T) {
	b := newClinic(t, Settings{})
	b.create("/clinic/ModelBuilds")
	b.create("/clinic/Tasks", "UniqueName", "late")
	b.now = b.now.Add(defaultModelBuild)
	wantEqual(t, "needs a build", needsBuild(b), true)
	built(b)
}

func TestWriteBesideTheModelNeedsNoBuild(t *testing.T) {
	b := newClinic(t, Settings{})
	built(b)
	b.update("/clinic", "FriendlyName", "Clinic")
	b.update("/clinic/Defaults", "Defaults", `{"defaults":{}}`)
	b.create("/clinic/Webhooks", "UniqueName", "hook", "Events", "onDialogueEnd", "WebhookUrl", "https://example.com/")
	b.create("/clinic/Queries", "Language", "en-US", "Query", "hello")
	b.refused(400, 90101, "POST", "/clinic/Tasks", "UniqueName", "hello-world")
	wantEqual(t, "needs a build", needsBuild(b), false)
}
