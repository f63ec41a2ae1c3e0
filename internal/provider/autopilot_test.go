package provider

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// assistant is a bot on Autopilot; the document is its schema.
func assistant(name string, document any, more ...string) string {
	content, ok := document.(string)
	if !ok {
		content = marshal(document)
	}
	return fmt.Sprintf(`
resource "twiliobot_assistant" %[1]q {
  unique_name = %[1]q
  engine      = "autopilot"
  schema      = <<EOT
%[2]s
EOT
  %[3]s
}
`, name, strings.ReplaceAll(strings.ReplaceAll(content, "${", "$${"), "%{", "%%{"), strings.Join(more, "\n  "))
}

type object = map[string]any

func marshal(document any) string {
	raw, err := json.MarshalIndent(document, "", "  ")
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// sampleSchema is a small bot: each task says its name and has some samples.
func sampleSchema(tasks int) object {
	list := []any{}
	for i := range tasks {
		name := fmt.Sprintf("task-%02d", i)
		list = append(list, object{
			"uniqueName": name,
			"actions":    object{"actions": []any{object{"say": "This is " + name}, object{"listen": true}}},
			"fields":     []any{object{"uniqueName": "town", "fieldType": "Twilio.CITY"}},
			"samples": []any{
				object{"language": "en-US", "taggedText": "go to " + name},
				object{"language": "en-US", "taggedText": name + " in {town}"},
			},
		})
	}
	return object{
		"defaults": object{"defaults": object{"assistant_initiation": "task://task-00", "fallback": "task://task-00"}},
		"fieldTypes": []any{object{"uniqueName": "pet", "values": []any{
			object{"language": "en-US", "value": "dog", "synonymOf": nil},
			object{"language": "en-US", "value": "hound", "synonymOf": "dog"},
		}}},
		"tasks": list,
	}
}

// quick is a sandbox whose builds, of models and of functions, take a millisecond.
func quick() sandbox.Option {
	return sandbox.WithSettings(sandbox.Settings{ModelBuildMS: 1, ServerlessSettings: sandbox.ServerlessSettings{FunctionBuildMS: 1}})
}

func taskOf(document object, i int) object { return document["tasks"].([]any)[i].(object) }

// edit is a deep copy of a document with a change.
func edit(document object, change func(object)) object {
	raw, err := json.Marshal(document)
	if err != nil {
		panic(err)
	}
	var copied object
	if err := json.Unmarshal(raw, &copied); err != nil {
		panic(err)
	}
	change(copied)
	return copied
}

// rows lists a resource of the sandbox.
func (w *world) rows(key string, path ...string) []object {
	w.t.Helper()
	var all []object
	for _, row := range w.call(http.MethodGet, autopilotBase+"/"+strings.Join(path, "/")+"?PageSize=1000", nil)[key].([]any) {
		all = append(all, row.(object))
	}
	return all
}

// row is one row of a list, by the value of a field.
func (w *world) row(key, field, value string, path ...string) object {
	w.t.Helper()
	for _, row := range w.rows(key, path...) {
		if row[field] == value {
			return row
		}
	}
	w.t.Fatalf("no row of %s has %s %q", key, field, value)
	return nil
}

func (w *world) addSample(bot, task, text string) {
	w.t.Helper()
	w.call(http.MethodPost, autopilotBase+"/Assistants/"+bot+"/Tasks/"+task+"/Samples", map[string]string{"Language": "en-US", "TaggedText": text})
}

func TestAssistantIsUploadedChangedAndRemoved(t *testing.T) {
	t.Parallel()
	w := newWorld(t, quick())
	document := sampleSchema(3)
	const address = "twiliobot_assistant.clinic"
	w.run(
		resource.TestStep{
			Config: assistant("clinic", document, `friendly_name = "Clinic"`),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(address, tfjsonpath.New("friendly_name"), knownvalue.StringExact("Clinic")),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("needs_model_build"), knownvalue.Bool(false)),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("messaging_webhook_url"), knownvalue.NotNull()),
			},
			Check: func(*terraform.State) error {
				found := w.row("assistants", "unique_name", "clinic", "Assistants")
				if found["friendly_name"] != "Clinic" {
					return fmt.Errorf("it still has the mark: %v", found["friendly_name"])
				}
				if tasks := w.rows("tasks", "Assistants", "clinic", "Tasks"); len(tasks) != 3 {
					return fmt.Errorf("%d tasks; Twilio's stock task still exists?", len(tasks))
				}
				return nil
			},
		},
		// Another order, other formatting: no change.
		resource.TestStep{
			Config: assistant("clinic", edit(document, func(o object) {
				slices.Reverse(o["tasks"].([]any))
				o["uniqueName"], o["friendlyName"], o["modelBuild"] = "other", "Other", object{"uniqueName": "v1"}
			}), `friendly_name = "Clinic"`),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
		},
		resource.TestStep{
			ResourceName: address, ImportState: true, ImportStateId: "clinic", ImportStateKind: resource.ImportBlockWithID,
			Config: w.config(assistant("clinic", document, `friendly_name = "Clinic"`)),
		},
		resource.TestStep{
			Config: assistant("clinic", edit(document, func(o object) {
				o["tasks"] = o["tasks"].([]any)[:2]
				taskOf(o, 1)["actions"] = object{"actions": []any{object{"say": "Something else"}}}
				o["fieldTypes"] = []any{}
			})),
			ConfigPlanChecks: planned(map[string]plancheck.ResourceActionType{address: plancheck.ResourceActionUpdate}),
			Check: func(*terraform.State) error {
				if tasks := w.rows("tasks", "Assistants", "clinic", "Tasks"); len(tasks) != 2 {
					return fmt.Errorf("%d tasks", len(tasks))
				}
				if types := w.rows("field_types", "Assistants", "clinic", "FieldTypes"); len(types) != 0 {
					return fmt.Errorf("field types remain: %v", types)
				}
				return nil
			},
		},
	)
	if left := w.rows("assistants", "Assistants"); len(left) != 0 {
		t.Errorf("remaining: %v", left)
	}
}

func TestOneSampleChangedIsOneSampleWrittenAndOneModelBuild(t *testing.T) {
	t.Parallel()
	w := newWorld(t, quick())
	first, second := sampleSchema(20), sampleSchema(20)
	changed := edit(first, func(o object) {
		taskOf(o, 7)["samples"].([]any)[0].(object)["taggedText"] = "take me to seven"
	})
	w.run(
		resource.TestStep{Config: assistant("one", first) + assistant("two", second)},
		resource.TestStep{
			PreConfig: w.box.ClearJournal,
			Config:    assistant("one", changed) + assistant("two", second),
			Check: func(*terraform.State) error {
				kinds := map[string]int{}
				for _, write := range w.writes() {
					switch {
					case strings.HasPrefix(write, "DELETE") && strings.Contains(write, "/Samples/"):
						kinds["sample deleted"]++
					case strings.HasSuffix(write, "/Samples"):
						kinds["sample created"]++
					case strings.HasSuffix(write, "/ModelBuilds"):
						kinds["model build"]++
					default:
						kinds[write]++
					}
				}
				if len(kinds) != 3 || kinds["sample deleted"] != 1 || kinds["sample created"] != 1 || kinds["model build"] != 1 {
					return fmt.Errorf("written: %v", kinds)
				}
				return nil
			},
		},
	)
}

func TestOutsideChangesOfAnAssistantAreTheSmallestDiff(t *testing.T) {
	t.Parallel()
	document := sampleSchema(3)
	const address = "twiliobot_assistant.clinic"
	const assistants = autopilotBase + "/Assistants/clinic"
	for name, each := range map[string]struct {
		change func(w *world)
		shown  []string // of the drifted schema
	}{
		"sample added": {func(w *world) { w.addSample("clinic", "task-01", "a new sample") }, []string{"a new sample"}},
		"sample deleted": {func(w *world) {
			sample := w.row("samples", "tagged_text", "go to task-01", "Assistants", "clinic", "Tasks", "task-01", "Samples")
			w.call(http.MethodDelete, assistants+"/Tasks/task-01/Samples/"+sample["sid"].(string), nil)
		}, nil},
		"task edited": {func(w *world) {
			w.call(http.MethodPost, assistants+"/Tasks/task-02/Actions", map[string]string{"Actions": `{"actions":[{"say":"edited"}]}`})
		}, []string{"edited"}},
		"task added": {func(w *world) {
			w.call(http.MethodPost, assistants+"/Tasks", map[string]string{"UniqueName": "theirs", "Actions": `{"actions":[{"say":"theirs"}]}`})
		}, []string{"theirs"}},
		"field type added": {func(w *world) {
			w.call(http.MethodPost, assistants+"/FieldTypes", map[string]string{"UniqueName": "theirs"})
		}, []string{"theirs"}},
		"defaults changed": {func(w *world) {
			w.call(http.MethodPost, assistants+"/Defaults", map[string]string{"Defaults": `{"defaults":{"assistant_initiation":"task://task-02","fallback":"task://task-00"}}`})
		}, []string{"task://task-02"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, quick())
			w.run(
				resource.TestStep{Config: assistant("clinic", document)},
				resource.TestStep{
					PreConfig:          func() { each.change(w) },
					RefreshState:       true,
					ExpectNonEmptyPlan: true,
					Check: func(s *terraform.State) error {
						drifted, err := attribute(s, address, "schema")
						if err != nil {
							return err
						}
						for _, words := range each.shown {
							if !strings.Contains(drifted, words) {
								return fmt.Errorf("%q is not shown in %s", words, drifted)
							}
						}
						original, err := json.MarshalIndent(document, "", "  ")
						if err != nil {
							return err
						}
						if lines := changedLines(string(original), drifted); lines > 25 {
							return fmt.Errorf("%d lines differ for one change:\n%s", lines, drifted)
						}
						return nil
					},
				},
				resource.TestStep{
					Config:           assistant("clinic", document),
					ConfigPlanChecks: planned(map[string]plancheck.ResourceActionType{address: plancheck.ResourceActionUpdate}),
				},
			)
		})
	}
}

// changedLines counts the lines of b that are not in a, and of a that are not in b.
func changedLines(a, b string) int {
	count := map[string]int{}
	for _, line := range strings.Split(strings.TrimSpace(a), "\n") {
		count[strings.TrimRight(line, ",")]++
	}
	for _, line := range strings.Split(strings.TrimSpace(b), "\n") {
		count[strings.TrimRight(line, ",")]--
	}
	changed := 0
	for _, n := range count {
		changed += max(n, -n)
	}
	return changed
}

func TestUnknownTargetIsRefusedWhenNewAndAWarningWhenOld(t *testing.T) {
	t.Parallel()
	broken := edit(sampleSchema(2), func(o object) {
		taskOf(o, 1)["actions"] = object{"actions": []any{object{"redirect": "task://task-99"}}}
	})
	newWorld(t, quick()).refused(assistant("clinic", broken), "/tasks/1/actions/actions/0/redirect", "task-99")

	w := newWorld(t, quick())
	w.run(
		resource.TestStep{Config: assistant("clinic", sampleSchema(2))},
		// A bot that has the fault already is not kept from being managed.
		resource.TestStep{
			PreConfig: func() {
				w.call(http.MethodPost, autopilotBase+"/Assistants/clinic/Tasks/task-01/Actions", map[string]string{"Actions": `{"actions":[{"redirect":"task://task-99"}]}`})
			},
			Config: assistant("clinic", broken),
		},
		resource.TestStep{Config: assistant("clinic", edit(broken, func(o object) { taskOf(o, 0)["samples"] = []any{} }))},
	)
}

func TestSchemaFaultsAreRefusedWithAPointer(t *testing.T) {
	t.Parallel()
	for name, each := range map[string]struct {
		change func(object)
		words  []string
	}{
		"unknown verb": {func(o object) {
			taskOf(o, 0)["actions"] = object{"actions": []any{object{"sya": "hello"}}}
		}, []string{"/tasks/0/actions/actions/0", "sya"}},
		"duplicate task": {func(o object) { taskOf(o, 1)["uniqueName"] = "task-00" }, []string{"/tasks/1", "task-00"}},
		"unknown field": {func(o object) {
			taskOf(o, 0)["samples"] = []any{object{"language": "en-US", "taggedText": "hello {nobody}"}}
		}, []string{"/tasks/0/samples/0", "nobody"}},
		"unknown field type": {func(o object) {
			taskOf(o, 0)["fields"].([]any)[0].(object)["fieldType"] = "Twilio.CITTY"
		}, []string{"/tasks/0/fields/0", "Twilio.CITTY"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			newWorld(t, quick()).refused(assistant("clinic", edit(sampleSchema(2), each.change)), append([]string{"Invalid assistant schema"}, each.words...)...)
		})
	}
}

func TestDestroyedNameIsFreeAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, quick())
	w.run(
		resource.TestStep{Config: assistant("clinic", sampleSchema(1))},
		resource.TestStep{Config: hosted("other")},
		resource.TestStep{Config: hosted("other") + assistant("clinic", sampleSchema(1))},
	)
}

func TestDeletedNameIsReservedAndRestoreBringsItBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, quick())
	var sid string
	w.run(
		resource.TestStep{Config: assistant("clinic", sampleSchema(2)), Check: func(s *terraform.State) (err error) {
			sid, err = attribute(s, "twiliobot_assistant.clinic", "sid")
			return err
		}},
		resource.TestStep{
			// It is deleted by hand.
			PreConfig:   func() { w.call(http.MethodDelete, autopilotBase+"/Assistants/clinic", nil) },
			Config:      hosted("other") + assistant("clinic", sampleSchema(2)),
			ExpectError: inOrder("The bot's name is reserved", "restore_sid"),
		},
		resource.TestStep{Config: hosted("other")},
	)
	w.run(resource.TestStep{
		Config: assistant("clinic", sampleSchema(3), fmt.Sprintf("restore_sid = %q", sid)),
		Check: func(s *terraform.State) error {
			if now, err := attribute(s, "twiliobot_assistant.clinic", "sid"); err != nil || now != sid {
				return fmt.Errorf("%s was restored as %s (%w)", sid, now, err)
			}
			return nil
		},
	})
}

func TestFailedUploadIsTakenBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, quick())
	w.run(
		resource.TestStep{Config: hosted("other")},
		resource.TestStep{
			PreConfig: func() {
				w.fault(sandbox.Fault{Method: http.MethodPost, Path: "/Samples$", Nth: 4, Kind: sandbox.FaultStatus, Status: 400})
			},
			Config:      hosted("other") + assistant("clinic", sampleSchema(4)),
			ExpectError: inOrder(`Unable to finish the upload of assistant "clinic"`, "was undone: nothing of it is left"),
		},
		resource.TestStep{
			PreConfig: func() {
				if all := w.rows("assistants", "Assistants"); len(all) != 0 {
					t.Errorf("a failed upload leaves %v", all)
				}
			},
			Config: hosted("other") + assistant("clinic", sampleSchema(4)),
		},
	)
}

func TestUploadThatCouldNotBeTakenBackIsTakenUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t, quick())
	var left string
	w.run(
		resource.TestStep{Config: hosted("other")},
		resource.TestStep{
			PreConfig: func() {
				w.fault(sandbox.Fault{Method: http.MethodPost, Path: "/Samples$", Nth: 4, Kind: sandbox.FaultStatus, Status: 400})
				w.fault(sandbox.Fault{Method: http.MethodPost, Path: "/Assistants/UA[0-9a-f]+$", Times: -1, Kind: sandbox.FaultStatus, Status: 403})
			},
			Config:      hosted("other") + assistant("clinic", sampleSchema(4)),
			ExpectError: inOrder(`Unable to finish the upload of assistant "clinic"`, "could not be undone", "clinic [uploading]", "Apply again"),
		},
		resource.TestStep{
			PreConfig: func() {
				w.box.ClearFaults()
				all := w.rows("assistants", "Assistants")
				if len(all) != 1 {
					t.Fatalf("there are %v", all)
				}
				left, _ = all[0]["sid"].(string)
			},
			Config: hosted("other") + assistant("clinic", sampleSchema(4)),
			Check: func(*terraform.State) error {
				if all := w.rows("assistants", "Assistants"); len(all) != 1 || all[0]["friendly_name"] != "clinic" || all[0]["sid"] != left {
					return fmt.Errorf("%s was not continued: %v", left, all)
				}
				return nil
			},
		},
	)
}

func TestModelBuildThatTakesLongerIsTakenUp(t *testing.T) {
	t.Parallel()
	var later atomic.Int64 // how far the sandbox's clock is ahead
	// Long enough for the upload.
	long := "2s"
	if isSlow(t) {
		long = "30s"
	}
	w := newWorld(t, sandbox.WithSettings(sandbox.Settings{ModelBuildMS: int(time.Hour / time.Millisecond)}),
		sandbox.WithClock(func() time.Time { return time.Now().Add(time.Duration(later.Load())) }))
	var left string
	w.run(
		resource.TestStep{Config: hosted("other")},
		resource.TestStep{
			Config: hosted("other") + assistant("clinic", sampleSchema(2), fmt.Sprintf("timeouts = { create = %q }", long)),
			ExpectError: inOrder("The model build was not waited for", "A longer `timeouts` gives it more",
				"The assistant stays at Twilio", "clinic [uploading]", "Apply again"),
		},
		resource.TestStep{
			PreConfig: func() {
				all := w.rows("assistants", "Assistants")
				if len(all) != 1 {
					t.Fatalf("there are %v", all)
				}
				left, _ = all[0]["sid"].(string)
				later.Store(int64(time.Hour))
			},
			Config: hosted("other") + assistant("clinic", sampleSchema(2)),
			Check: func(*terraform.State) error {
				all := w.rows("assistants", "Assistants")
				builds := w.rows("model_builds", "Assistants", left, "ModelBuilds")
				if len(all) != 1 || all[0]["friendly_name"] != "clinic" || all[0]["sid"] != left || len(builds) != 1 {
					return fmt.Errorf("%s was not continued: %v, %v", left, all, builds)
				}
				return nil
			},
		},
	)
}

func TestFailedModelBuildIsSaidAndBuiltAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, quick())
	changed := edit(sampleSchema(2), func(o object) { taskOf(o, 0)["samples"] = []any{} })
	w.run(
		resource.TestStep{Config: assistant("clinic", sampleSchema(2))},
		resource.TestStep{
			PreConfig:   func() { w.knob("settings", object{"fail_builds": 1}) },
			Config:      assistant("clinic", changed),
			ExpectError: inOrder("The model build did not complete", "apply again"),
		},
		resource.TestStep{
			Config: assistant("clinic", changed),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction("twiliobot_assistant.clinic", plancheck.ResourceActionUpdate),
				plancheck.ExpectKnownValue("twiliobot_assistant.clinic", tfjsonpath.New("needs_model_build"), knownvalue.Bool(false)),
			}},
		},
	)
}

func TestAssistantChangedAfterThePlanStopsTheApply(t *testing.T) {
	t.Parallel()
	w := newWorld(t, quick())
	w.run(
		resource.TestStep{Config: assistant("clinic", sampleSchema(2))},
		resource.TestStep{
			Config: assistant("clinic", sampleSchema(3)),
			ConfigPlanChecks: beforeApply(func() {
				w.call(http.MethodPost, autopilotBase+"/Assistants/clinic/Tasks", map[string]string{"UniqueName": "theirs"})
			}),
			ExpectError: inOrder("The bot was changed since the plan", "theirs"),
		},
		resource.TestStep{Config: assistant("clinic", sampleSchema(3)), PlanOnly: true, ExpectNonEmptyPlan: true},
	)
}

func TestTargetTaskIsDecidedOnceThenKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t, quick())
	greeting := edit(sampleSchema(2), func(o object) { taskOf(o, 1)["uniqueName"] = "greeting" })
	const address = "twiliobot_phone_number_binding.front"
	target := func(value knownvalue.Check) []statecheck.StateCheck {
		return []statecheck.StateCheck{statecheck.ExpectKnownValue(address, tfjsonpath.New("target_task"), value)}
	}
	w.run(
		resource.TestStep{
			Config: assistant("clinic", greeting) + bound("front", "clinic", ukNumber), ConfigStateChecks: target(knownvalue.StringExact("greeting")),
			Check: func(*terraform.State) error {
				u, err := url.Parse(w.number(ukNumber)["sms_url"].(string))
				if err != nil || u.Query().Get("TargetTask") != "greeting" {
					return fmt.Errorf("the number is pointed at %v (%w)", u, err)
				}
				return nil
			},
		},
		resource.TestStep{Config: assistant("clinic", sampleSchema(2)) + bound("front", "clinic", ukNumber), ConfigStateChecks: target(knownvalue.StringExact("greeting"))},
		resource.TestStep{Config: assistant("clinic", sampleSchema(2)) + bound("front", "clinic", ukNumber, `target_task = "task-01"`), ConfigStateChecks: target(knownvalue.StringExact("task-01"))},
	)
}

// sharedFiles finds other people's files beside the root of the repository; a test
// of them is skipped where they are absent.
func sharedFiles(t *testing.T, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "shared", folder, "*.json"))
	if err != nil || len(files) == 0 {
		t.Skipf("the folder %s of other people's files is not beside the repository", folder)
	}
	return files
}

func TestRealSchemasAreAppliedExportedAndImported(t *testing.T) {
	t.Parallel()
	for _, file := range sharedFiles(t, "schemas") {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		t.Run("autopilot/"+name, func(t *testing.T) {
			t.Parallel()
			realSchema(t, assistant("bot", string(content)), content)
		})
		t.Run("studio/"+name, func(t *testing.T) {
			t.Parallel()
			realSchema(t, onStudio("bot", string(content)), content)
		})
	}
}

// realSchema applies a bot of a schema file: the plan after it is empty, the export
// equals the file, and the import plans nothing.
func realSchema(t *testing.T, config string, content []byte) {
	t.Helper()
	parsed, err := schema.Parse(content)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, quick())
	// A broken file is refused with the place, and nothing is written: by
	// validation, or by the plan where a target is not a task.
	for _, byPlan := range []bool{false, true} {
		for _, found := range schema.Validate(parsed) {
			if found.Severity == schema.Error && (found.Code == schema.UnknownTask) == byPlan {
				w.refused(config, "Invalid assistant schema", string(found.Pointer))
				return
			}
		}
	}
	const exported = `
data "twiliobot_assistant" "bot" {
  unique_name = "bot"
  depends_on  = [twiliobot_assistant.bot]
}`
	w.run(
		resource.TestStep{
			Config: config + exported,
			Check: func(s *terraform.State) error {
				text, err := attribute(s, "data.twiliobot_assistant.bot", "schema")
				if err != nil {
					return err
				}
				live, err := schema.Parse([]byte(text))
				if err != nil {
					return err
				}
				// What a file leaves out is as it is at Twilio.
				if parsed.LogQueries == nil {
					live.LogQueries = nil
				}
				if got, want := string(live.Canonical()), string(parsed.Canonical()); got != want {
					return fmt.Errorf("the export is not the file: %s", strings.Join(schema.Diff(parsed, live).Summary(), "; "))
				}
				return nil
			},
		},
		resource.TestStep{
			ResourceName: "twiliobot_assistant.bot", ImportState: true, ImportStateId: "bot", ImportStateKind: resource.ImportBlockWithID,
			Config: w.config(config),
		},
	)
}
