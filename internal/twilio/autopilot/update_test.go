package autopilot_test

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/autopilot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/twiliotest"
)

func TestUpdateWritesWhatDiffers(t *testing.T) {
	t.Parallel()
	const build = "POST UA/ModelBuilds"
	for name, each := range map[string]struct {
		change func(*schema.Schema)
		want   []string // what is written, below the assistant
	}{
		"nothing":            {want: []string{}},
		"actions":            {func(s *schema.Schema) { s.Tasks[0].Actions = says("Good day") }, []string{"POST Tasks/UD", build}},
		"a task's name":      {func(s *schema.Schema) { s.Tasks[0].FriendlyName = "Welcome" }, []string{"POST Tasks/UD", build}},
		"a sample":           {func(s *schema.Schema) { s.Tasks[0].Samples[1].TaggedText = "good day" }, []string{"DELETE Tasks/UD/Samples/UF", build, "POST Tasks/UD/Samples"}},
		"a sample's channel": {func(s *schema.Schema) { s.Tasks[0].Samples[1].SourceChannel = "sms" }, []string{build, "POST Tasks/UD/Samples/UF"}},
		"a field": {func(s *schema.Schema) {
			s.Tasks[0].Fields = append(s.Tasks[0].Fields, schema.Field{UniqueName: "day", FieldType: "Twilio.DATE"})
		}, []string{build, "POST Tasks/UD/Fields"}},
		"a field's type": {func(s *schema.Schema) { s.Tasks[0].Fields[0].FieldType = "Twilio.COUNTRY" }, []string{"DELETE Tasks/UD/Fields/UE", build, "POST Tasks/UD/Fields"}},
		"a value":        {func(s *schema.Schema) { s.FieldTypes[0].Values[1].Value = "simple" }, []string{"DELETE FieldTypes/UB/FieldValues/UC", build, "POST FieldTypes/UB/FieldValues"}},
		// Twilio lets no value go while another stands for it.
		"a value with a synonym": {func(s *schema.Schema) { s.FieldTypes[0].Values = nil }, []string{"DELETE FieldTypes/UB/FieldValues/UC", "DELETE FieldTypes/UB/FieldValues/UC", build}},
		"a type's name":          {func(s *schema.Schema) { s.FieldTypes[0].FriendlyName = "Pizza" }, []string{"POST FieldTypes/UB", build}},
		"a new type": {func(s *schema.Schema) {
			s.FieldTypes = append(s.FieldTypes, schema.FieldType{UniqueName: "drink", FriendlyName: "Drink", Values: []schema.Value{{Language: "en-US", Value: "water"}}})
		}, []string{build, "POST FieldTypes", "POST FieldTypes/UB/FieldValues"}},
		"a type that goes": {func(s *schema.Schema) {
			s.FieldTypes, s.Tasks[1].Fields, s.Tasks[1].Samples = nil, nil, nil
		}, []string{"DELETE FieldTypes/UB", "DELETE FieldTypes/UB/FieldValues/UC", "DELETE FieldTypes/UB/FieldValues/UC", "DELETE Tasks/UD/Fields/UE", "DELETE Tasks/UD/Samples/UF", build}},
		"a new task": {func(s *schema.Schema) {
			s.Tasks = append(s.Tasks, schema.Task{UniqueName: "bye", Actions: says("Goodbye"), Samples: []schema.Sample{{Language: "en-US", TaggedText: "bye"}}})
		}, []string{build, "POST Tasks", "POST Tasks/UD/Samples"}},
		"a task that goes": {func(s *schema.Schema) { s.Tasks = s.Tasks[:1] }, []string{"DELETE Tasks/UD", "DELETE Tasks/UD/Fields/UE", "DELETE Tasks/UD/Samples/UF", build}},
		"the defaults":     {func(s *schema.Schema) { s.Defaults = jsontext.Value(`{"fallback": "task://greet"}`) }, []string{"POST Defaults"}},
		"the style sheet":  {func(s *schema.Schema) { s.StyleSheet = jsontext.Value(`{"voice": {"say_voice": "Polly.Amy"}}`) }, []string{"POST StyleSheet"}},
		"the log":          {func(s *schema.Schema) { s.LogQueries = new(false) }, []string{"POST UA"}},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(a account) {
				created := a.create(clinic())
				want := content(each.change)
				updated, err := a.Update(a.Context(), created.SID, clinic(), specOf("clinic", want))
				if err != nil || updated.SID != created.SID || updated.NeedsModelBuild || !schema.Equal(want, updated.Content.Schema) {
					a.Errorf("it is %+v: %v", updated, err)
				}
				slices.Sort(each.want)
				wrote := a.wrote()
				for i := range wrote {
					wrote[i] = strings.Replace(wrote[i], " ModelBuilds", " UA/ModelBuilds", 1)
				}
				slices.Sort(wrote)
				if diff := cmp.Diff(each.want, wrote); diff != "" {
					a.Error(diff)
				}
				a.mustHold(created.SID, want)
			})
		})
	}
}

// What the configuration does not speak of stays as Twilio has it.
func TestUpdateLeavesTheRest(t *testing.T) {
	run(t, func(a account) {
		created := a.create(clinic())
		a.Post(assistants+"/"+created.SID+"/Defaults", "Defaults", `{"defaults": {"assistant_initiation": "task://greet", "fallback": "task://order", "collect": {"validate_on_failure": "task://theirs"}}}`)
		to := specOf("clinic", content(func(s *schema.Schema) { s.Defaults = jsontext.Value(`{"fallback": "task://greet"}`) }))
		if _, err := a.Update(a.Context(), created.SID, clinic(), to); err != nil {
			a.Fatal(err)
		}
		want := map[string]any{"defaults": map[string]any{
			"assistant_initiation": "task://greet", "fallback": "task://greet", "collect": map[string]any{"validate_on_failure": "task://theirs"},
		}}
		if diff := cmp.Diff(want, a.Fetch(assistants + "/" + created.SID + "/Defaults")["data"]); diff != "" {
			a.Error(diff)
		}
	})
}

// Actions that were fetched from elsewhere are the task's own again once the file has them.
func TestUpdateEndsTheUseOfAnActionsURL(t *testing.T) {
	run(t, func(a account) {
		const elsewhere = "https://actions.example.com/greet"
		from := content(func(s *schema.Schema) { s.Tasks[0].ActionsURL = elsewhere })
		created := a.create(specOf("clinic", from))
		if has := a.Fetch(task(created.SID, "greet"))["actions_url"]; has != elsewhere {
			a.Fatalf("its actions are at %v", has)
		}
		if _, err := a.Update(a.Context(), created.SID, specOf("clinic", from), clinic()); err != nil {
			a.Fatal(err)
		}
		if has := a.Fetch(task(created.SID, "greet"))["actions_url"].(string); !strings.HasSuffix(has, "/Actions") || strings.Contains(has, "example.com") {
			a.Errorf("its actions are at %v", has)
		}
		// And the other way round.
		if _, err := a.Update(a.Context(), created.SID, clinic(), specOf("clinic", from)); err != nil {
			a.Fatal(err)
		}
		if has := a.Fetch(task(created.SID, "greet"))["actions_url"]; has != elsewhere {
			a.Errorf("its actions are at %v", has)
		}
	})
}

// The content comes first, and the names last of all.
func TestUpdateWritesNamesLast(t *testing.T) {
	run(t, func(a account) {
		created := a.create(clinic())
		to := specOf("practice", content(func(s *schema.Schema) { s.Tasks[0].Actions = says("Good day") }))
		updated, err := a.Update(a.Context(), created.SID, clinic(), to)
		if err != nil || updated.UniqueName != "practice" || updated.FriendlyName != "Practice" || updated.SID != created.SID {
			a.Errorf("it is %+v: %v", updated, err)
		}
		writes := a.Writes()
		if len(writes) != 3 || !cmp.Equal(writes[2].Form, twiliotest.Form("UniqueName", "practice", "FriendlyName", "Practice")) {
			a.Errorf("it wrote %v", writes)
		}
		a.Forget()
		// Content that is managed elsewhere is not even read.
		a.Post(task(created.SID, "greet"), "FriendlyName", "Theirs")
		updated, err = a.Update(a.Context(), created.SID, bot.Spec{UniqueName: "practice", FriendlyName: "Practice"}, bot.Spec{UniqueName: "practice", FriendlyName: "Surgery"})
		if err != nil || updated.FriendlyName != "Surgery" {
			a.Errorf("it is %+v: %v", updated, err)
		}
		if diff := cmp.Diff([]string{"POST UA"}, a.wrote()); diff != "" || !cmp.Equal(a.Writes()[0].Form, url.Values{"FriendlyName": {"Surgery"}}) {
			a.Errorf("it wrote %v", a.Writes())
		}
		if has := a.Fetch(task(created.SID, "greet"))["friendly_name"]; has != "Theirs" {
			a.Errorf("its task is named %v", has)
		}
	})
}

// What another client changed since the plan stops the update, also where it is the very
// part that the plan changes.
func TestUpdateStopsOnAnotherClientsChange(t *testing.T) {
	t.Parallel()
	to := func(s *schema.Schema) {
		s.Tasks[0].Actions, s.Tasks[0].FriendlyName = says("Good day"), "Welcome"
		s.Tasks[0].Samples[1].SourceChannel = "sms"
		s.Defaults = jsontext.Value(`{"assistant_initiation": "task://greet", "fallback": "task://greet"}`)
	}
	sample := func(a account, sid, text string) string {
		for _, row := range a.parts(sid, "Tasks/greet/Samples", "samples") {
			if row["tagged_text"] == text {
				return task(sid, "greet") + "/Samples/" + row["sid"].(string)
			}
		}
		a.Fatalf("there is no sample %q", text)
		return ""
	}
	for name, each := range map[string]struct {
		theirs func(a account, sid string)
		word   string // of the refusal; empty where it is no matter
	}{
		"of the same actions": {func(a account, sid string) { a.Post(task(sid, "greet"), "Actions", `{"actions": [{"say": "URGENT"}]}`) }, "task greet: actions"},
		"of the same name":    {func(a account, sid string) { a.Post(task(sid, "greet"), "FriendlyName", "Theirs") }, "task greet: friendlyName"},
		"of the same channel": {func(a account, sid string) { a.Post(sample(a, sid, "hello"), "SourceChannel", "chat") }, "task greet: sample hello"},
		"of the same default": {func(a account, sid string) {
			a.Post(assistants+"/"+sid+"/Defaults", "Defaults", `{"defaults": {"assistant_initiation": "task://greet", "fallback": "task://theirs"}}`)
		}, "defaults.fallback"},
		"of another's actions": {func(a account, sid string) { a.Post(task(sid, "order"), "Actions", `{"actions": [{"say": "URGENT"}]}`) }, "task order: actions"},
		"of where actions are": {func(a account, sid string) { a.Post(task(sid, "greet"), "ActionsUrl", "https://theirs.example.com/") }, "task greet: actions"},
		"of another default": {func(a account, sid string) {
			a.Post(assistants+"/"+sid+"/Defaults", "Defaults", `{"defaults": {"assistant_initiation": "task://theirs", "fallback": "task://order"}}`)
		}, "defaults.assistant_initiation"},
		"of the style sheet": {func(a account, sid string) {
			a.Post(assistants+"/"+sid+"/StyleSheet", "StyleSheet", `{"style_sheet": {"voice": {"say_voice": "Polly.Amy"}}}`)
		}, "styleSheet.voice.say_voice"},
		"a new task":          {func(a account, sid string) { a.Post(assistants+"/"+sid+"/Tasks", "UniqueName", "theirs") }, "task theirs"},
		"a task that is gone": {func(a account, sid string) { a.Remove(task(sid, "order")) }, "task order"},
		"a new sample": {func(a account, sid string) {
			a.Post(task(sid, "greet")+"/Samples", "Language", "en-US", "TaggedText", "theirs")
		}, "task greet: sample theirs"},
		"a sample that is gone": {func(a account, sid string) { a.Remove(sample(a, sid, "hello from {town}")) }, "task greet: sample hello from {town}"},
		"a new field": {func(a account, sid string) {
			a.Post(task(sid, "order")+"/Fields", "UniqueName", "theirs", "FieldType", "Twilio.CITY")
		}, "task order: field theirs"},
		"a new field type": {func(a account, sid string) { a.Post(assistants+"/"+sid+"/FieldTypes", "UniqueName", "theirs") }, "field type theirs"},
		"a new value": {func(a account, sid string) {
			a.Post(assistants+"/"+sid+"/FieldTypes/pizza/FieldValues", "Language", "en-US", "Value", "theirs")
		}, "field type pizza: value theirs"},
		"of the unique name":   {func(a account, sid string) { a.Post(assistants+"/"+sid, "UniqueName", "theirs") }, "unique name"},
		"of the friendly name": {func(a account, sid string) { a.Post(assistants+"/"+sid, "FriendlyName", "Theirs") }, "friendly name"},
		"of what no file spoke of": {func(a account, sid string) {
			a.Post(assistants+"/"+sid, "LogQueries", "false", "DevelopmentStage", "in-production")
		}, ""},
		"that is what we want": {func(a account, sid string) {
			a.Post(task(sid, "greet"), "Actions", string(says("Good day")), "FriendlyName", "Welcome")
			a.Post(sample(a, sid, "hello"), "SourceChannel", "sms")
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(a account) {
				created := a.create(clinic())
				each.theirs(a, created.SID)
				_, err := a.Update(a.Context(), created.SID, clinic(), specOf("clinic", content(to)))
				if each.word == "" {
					if err != nil {
						a.Error(err)
					}
					a.mustHold(created.SID, content(to))
					return
				}
				if twiliotest.KindOf(err) != bot.ChangedSincePlan || !errors.Is(err, bot.ErrChanged) || !strings.Contains(err.Error(), each.word) || strings.Contains(err.Error(), "URGENT") {
					a.Errorf("it ended with %v", err)
				}
				a.NothingWritten()
			})
		})
	}
}

// Whatever call is cut, the same plan can be applied again: what is half written is what
// was planned.
func TestUpdateCutAtEachCall(t *testing.T) {
	t.Parallel()
	from := small("Hello")
	to := small("Good day")
	to.UniqueName, to.FriendlyName = "practice", "Practice"
	to.Content.Schema.Tasks = append(to.Content.Schema.Tasks, schema.Task{UniqueName: "bye", Actions: says("Goodbye"), Samples: []schema.Sample{{Language: "en-US", TaggedText: "bye"}}})
	sid := ""
	twiliotest.Walk(t, func(inner *twiliotest.Account) func() error {
		a := account{inner, autopilot.New(inner.Client)}
		sid = a.create(from).SID
		return func() error { _, err := a.Update(a.Context(), sid, from, to); return err }
	}, func(inner *twiliotest.Account, first error) {
		a := account{inner, autopilot.New(inner.Client)}
		updated, err := a.Update(a.Context(), sid, from, to)
		if err != nil || updated.UniqueName != "practice" || updated.FriendlyName != "Practice" || updated.NeedsModelBuild {
			a.Errorf("after %v it is %+v: %v", first, updated, err)
		}
		if first == nil {
			a.NothingWritten()
		}
		a.mustHold(sid, to.Content.Schema)
	})
}

// A cut between the deletion and the creation of what is replaced leaves neither: that is
// no other client's change.
func TestUpdateGoesOnBetweenTheHalvesOfAReplacement(t *testing.T) {
	t.Parallel()
	field := func(s *schema.Schema) { s.Tasks[0].Fields[0].FieldType = "Twilio.COUNTRY" }
	value := func(s *schema.Schema) { s.FieldTypes[0].Values[1].SynonymOf = "" }
	for name, each := range map[string]struct {
		change func(*schema.Schema)
		path   string
	}{"of a field": {field, "/Fields$"}, "of a value": {value, "/FieldValues$"}} {
		t.Run(name, func(t *testing.T) {
			run(t, func(a account) {
				created := a.create(clinic())
				a.Cut(twiliotest.Call{Method: http.MethodDelete, Path: strings.TrimSuffix(each.path, "$")}, twiliotest.Killed)
				to := specOf("clinic", content(each.change))
				if _, err := a.Update(a.Context(), created.SID, clinic(), to); err == nil {
					a.Fatal("a run that was killed ended well")
				}
				a.Forget()
				if _, err := a.Update(a.Context(), created.SID, clinic(), to); err != nil {
					a.Error(err)
				}
				a.mustHold(created.SID, content(each.change))
			})
		})
	}
}

func TestUpdateReadsBack(t *testing.T) {
	t.Parallel()
	actions := twiliotest.Call{Method: http.MethodPost, Path: `/Tasks/UD\w+$`}
	names := twiliotest.Call{Method: http.MethodPost, Path: assistantPath}
	to := specOf("practice", content(func(s *schema.Schema) { s.Tasks[0].Actions = says("Good day") }))
	for name, each := range map[string]struct {
		prepare func(a account, sid string)
		kind    bot.Kind
		taken   bool
		fails   bool // with an error of no kind
		word    string
	}{
		"a lost answer":              {prepare: func(a account, _ string) { a.Cut(actions, twiliotest.CutAfter) }},
		"a lost write is sent again": {prepare: func(a account, _ string) { a.Cut(actions, twiliotest.CutBefore) }},
		"lost writes, of which the last happened": {prepare: func(a account, _ string) {
			for nth, how := range []twiliotest.Cut{twiliotest.CutBefore, twiliotest.CutBefore, twiliotest.CutBefore, twiliotest.CutAfter} {
				a.Cut(twiliotest.Call{Method: actions.Method, Path: actions.Path, Nth: nth + 1}, how)
			}
		}},
		"late reads": {prepare: func(a account, _ string) {
			a.Later(time.Hour)
			a.Fault(sandbox.Fault{Method: http.MethodGet, Path: `/Actions$`, Nth: 3, Times: 6, Kind: sandbox.FaultStale, DelayMS: 60_000})
		}},
		"another client's later actions": {prepare: func(a account, sid string) {
			a.After(actions, func() { a.Post(task(sid, "greet"), "Actions", string(says("Theirs"))) })
		}, kind: bot.NotAsWritten, word: "task greet: actions changed"},
		"another client's actions behind a lost write": {prepare: func(a account, sid string) {
			a.Cut(actions, twiliotest.CutBefore)
			a.Before(actions, func() { a.Post(task(sid, "greet"), "Actions", string(says("Theirs"))) })
		}, kind: bot.NotAsWritten, word: "task greet: actions"},
		"another client's task behind a lost write": {prepare: func(a account, sid string) {
			a.Cut(actions, twiliotest.CutAfter)
			a.Before(actions, func() { a.Post(assistants+"/"+sid+"/Tasks", "UniqueName", "theirs") })
		}, kind: bot.NotAsWritten, word: "task theirs"},
		"no read of the content": {prepare: func(a account, _ string) {
			a.Cut(twiliotest.Call{Method: http.MethodGet, Path: `/Defaults$`, Nth: 2}, twiliotest.Refused)
		}, fails: true},
		"a lost answer to the names": {prepare: func(a account, _ string) { a.Cut(names, twiliotest.CutAfter) }},
		"lost names":                 {prepare: func(a account, _ string) { a.Cut(names, twiliotest.CutBefore) }},
		"names that are lost twice": {prepare: func(a account, _ string) {
			a.Cut(names, twiliotest.CutBefore)
			a.Cut(twiliotest.Call{Method: names.Method, Path: names.Path, Nth: 2}, twiliotest.CutBefore)
		}, kind: bot.WriteLost, word: "under its old names"},
		"late reads of the names": {prepare: func(a account, _ string) {
			a.Later(time.Hour)
			a.After(names, func() {
				a.Fault(sandbox.Fault{Method: http.MethodGet, Path: assistantPath, Times: 3, Kind: sandbox.FaultStale, DelayMS: 60_000})
			})
		}},
		"no read of the names": {prepare: func(a account, _ string) {
			a.After(names, func() { a.Cut(twiliotest.Call{Method: http.MethodGet}, twiliotest.Refused) })
		}},
		"no answer and no read of the names": {prepare: func(a account, _ string) {
			a.Cut(names, twiliotest.CutAfter)
			a.After(names, func() { a.Cut(twiliotest.Call{Method: http.MethodGet}, twiliotest.Refused) })
		}, fails: true},
		"another client's later names": {prepare: func(a account, sid string) {
			a.After(names, func() { a.Post(assistants+"/"+sid, "FriendlyName", "Theirs") })
		}, kind: bot.NotAsWritten, word: "Theirs"},
		"a name that is taken": {prepare: func(a account, _ string) { a.Post(assistants, "UniqueName", "practice") }, kind: bot.NameTaken, taken: true, word: "30 days"},
		"names that are refused": {prepare: func(a account, _ string) {
			a.Fault(sandbox.Fault{Method: http.MethodPost, Path: assistantPath, Kind: sandbox.FaultStatus, Status: http.StatusForbidden})
		}, fails: true, word: "writing the names of assistant"},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(a account) {
				created := a.create(clinic())
				each.prepare(a, created.SID)
				updated, err := a.Update(a.Context(), created.SID, clinic(), to)
				failed := each.kind != "" || each.fails
				if (err != nil) != failed || twiliotest.KindOf(err) != each.kind && !each.fails || errors.Is(err, bot.ErrNameTaken) != each.taken {
					a.Fatalf("it ended with %v", err)
				}
				if failed && !strings.Contains(err.Error(), each.word) {
					a.Errorf("it does not say %q: %v", each.word, err)
				}
				if !failed && (updated.UniqueName != "practice" || !schema.Equal(to.Content.Schema, updated.Content.Schema)) {
					a.Errorf("it returned %+v", updated)
				}
			})
		})
	}
}

// A part that is gone already is what is wanted.
func TestUpdateDeletesWhatIsGoneAlready(t *testing.T) {
	run(t, func(a account) {
		created := a.create(small("Hello"))
		to := small("Hello")
		to.Content.Schema.Tasks[0].Samples = nil
		a.Before(twiliotest.Call{Method: http.MethodDelete, Path: "/Samples/"}, func() {
			for _, row := range a.parts(created.SID, "Tasks/greet/Samples", "samples") {
				if row["tagged_text"] == "please Hello" {
					a.Remove(task(created.SID, "greet") + "/Samples/" + row["sid"].(string))
				}
			}
		})
		if _, err := a.Update(a.Context(), created.SID, small("Hello"), to); err != nil {
			a.Error(err)
		}
		a.mustHold(created.SID, to.Content.Schema)
	})
}

// A model that no completed build was made of is built again, even where nothing differs.
func TestUpdateBuildsWhatNeedsIt(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(a account, sid string){
		"after another client's write": func(a account, sid string) {
			a.Post(task(sid, "greet")+"/Samples", "Language", "en-US", "TaggedText", "theirs")
			for _, row := range a.parts(sid, "Tasks/greet/Samples", "samples") {
				if row["tagged_text"] == "theirs" {
					a.Remove(task(sid, "greet") + "/Samples/" + row["sid"].(string))
				}
			}
		},
		"after a build that failed": func(a account, sid string) {
			a.Setting(`{"fail_builds": 1}`)
			a.Post(assistants + "/" + sid + "/ModelBuilds")
			a.Later(time.Minute)
		},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(a account) {
				created := a.create(small("Hello"))
				prepare(a, created.SID)
				if live, err := a.Get(a.Context(), created.SID); err != nil || !live.NeedsModelBuild {
					a.Errorf("it is %+v: %v", live, err)
				}
				updated, err := a.Update(a.Context(), created.SID, small("Hello"), small("Hello"))
				if err != nil || updated.NeedsModelBuild {
					a.Errorf("it is %+v: %v", updated, err)
				}
				if diff := cmp.Diff([]string{"POST ModelBuilds"}, a.wrote()); diff != "" {
					a.Error(diff)
				}
			})
		})
	}
}

// A build that runs already may be of older content.
func TestUpdateWaitsForTheBuildThatRuns(t *testing.T) {
	t.Parallel()
	for name, each := range map[string]struct {
		to     bot.Spec
		builds int // beside those before
	}{
		"and counts it where nothing was written": {small("Hello"), 0},
		"and starts another":                      {small("Good day"), 1},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(a account) {
				created := a.create(small("Hello"))
				a.Setting(`{"model_build_ms": 60000}`)
				a.Post(assistants + "/" + created.SID + "/ModelBuilds")
				updated, err := a.Update(a.Context(), created.SID, small("Hello"), each.to)
				if err != nil || updated.NeedsModelBuild {
					a.Errorf("it is %+v: %v", updated, err)
				}
				if builds := a.parts(created.SID, "ModelBuilds", "model_builds"); len(builds) != 2+each.builds {
					a.Errorf("%d builds", len(builds))
				}
			})
		})
	}
	t.Run("and says that it cannot be read", func(t *testing.T) {
		run(t, func(a account) {
			created := a.create(small("Hello"))
			a.Setting(`{"model_build_ms": 60000}`)
			a.Post(assistants + "/" + created.SID + "/ModelBuilds")
			a.Cut(twiliotest.Call{Path: `/ModelBuilds/UG\w+$`}, twiliotest.Refused)
			if _, err := a.Update(a.Context(), created.SID, small("Hello"), small("Hello")); err == nil || !strings.Contains(err.Error(), "looking at model build") {
				a.Errorf("it ended with %v", err)
			}
		})
	})
}

// A bot that an upload was cut off in gets rid of its mark by an update too.
func TestUpdateTakesTheMarkOff(t *testing.T) {
	run(t, func(a account) {
		created := a.create(small("Hello"))
		a.Post(assistants+"/"+created.SID, "FriendlyName", bot.MarkUploading("Clinic", ""))
		if live, err := a.Get(a.Context(), created.SID); err != nil || !live.Uploading || !live.NeedsModelBuild || live.FriendlyName != "Clinic" {
			a.Errorf("it is %+v: %v", live, err)
		}
		updated, err := a.Update(a.Context(), created.SID, small("Hello"), small("Hello"))
		if err != nil || updated.Uploading || updated.FriendlyName != "Clinic" {
			a.Errorf("it is %+v: %v", updated, err)
		}
		if _, err := a.Update(a.Context(), noSID, small("Hello"), small("Hello")); !errors.Is(err, bot.ErrNotFound) {
			a.Errorf("what does not exist is updated: %v", err)
		}
	})
}
