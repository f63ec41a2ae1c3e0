package autopilot_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/autopilot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/twiliotest"
)

// What was uploaded is read back in the order of the file, however many pages it has, and
// however Twilio spells what a value stands for.
func TestReadGivesTheWholeSchemaInOrder(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]bool{"synonyms by SID": false, "synonyms by text": true} {
		t.Run(name, func(t *testing.T) {
			run(t, func(a account) {
				if text {
					a.Deviate()
				}
				want := content(func(s *schema.Schema) {
					for i := range 5 {
						s.Tasks[0].Samples = append(s.Tasks[0].Samples, schema.Sample{Language: "en-US", TaggedText: fmt.Sprintf("hello %d", i)})
						s.Tasks = append(s.Tasks, schema.Task{UniqueName: fmt.Sprintf("task-%d", i), Actions: says("Hello")})
						s.FieldTypes = append(s.FieldTypes, schema.FieldType{UniqueName: fmt.Sprintf("type-%d", i), Values: []schema.Value{{Language: "en-US", Value: "one"}}})
					}
				})
				created := a.create(specOf("clinic", want))
				a.SmallPages(2)
				got, err := a.Read(a.Context(), created.SID)
				if err != nil {
					a.Fatal(err)
				}
				if left := schema.Diff(got.Content.Schema, want); !left.Empty() {
					a.Errorf("it lacks %v", left.Summary())
				}
				samples := func(s *schema.Schema) (texts []string) {
					for _, each := range s.Tasks[0].Samples {
						texts = append(texts, each.TaggedText)
					}
					return texts
				}
				if diff := cmp.Diff(samples(want), samples(got.Content.Schema)); diff != "" {
					a.Error(diff)
				}
				if got.Content.Schema.Tasks[0].ActionsURL != "" {
					a.Errorf("its actions are at %s", got.Content.Schema.Tasks[0].ActionsURL)
				}
				if names, err := a.Tasks(a.Context(), created.SID); err != nil || len(names) != 7 {
					a.Errorf("its tasks are %v: %v", names, err)
				}
			}, sandbox.WithSettings(sandbox.Settings{AutopilotSettings: sandbox.AutopilotSettings{SynonymText: text}}))
		})
	}
}

// A custom field type may come back by its SID, and what Twilio holds in defaults may be
// anything.
func TestReadTakesWhatTwilioHolds(t *testing.T) {
	run(t, func(a account) {
		created := a.create(clinic())
		pizza := a.parts(created.SID, "FieldTypes", "field_types")[0]["sid"].(string)
		a.Post(task(created.SID, "greet")+"/Fields", "UniqueName", "which", "FieldType", pizza)
		a.Post(assistants+"/"+created.SID+"/Defaults", "Defaults", `{"theirs": true}`)
		got, err := a.Read(a.Context(), created.SID)
		if err != nil || got.Content.Schema.Defaults != nil {
			a.Fatalf("its defaults are %s: %v", got.Content.Schema.Defaults, err)
		}
		fields := got.Content.Schema.Tasks[0].Fields
		if fields[len(fields)-1] != (schema.Field{UniqueName: "which", FieldType: "pizza"}) {
			a.Errorf("its fields are %v", fields)
		}
	})
}

func TestReadSaysThatItFailed(t *testing.T) {
	run(t, func(a account) {
		created := a.create(clinic())
		if _, err := a.Read(a.Context(), created.SID); err != nil {
			a.Fatal(err)
		}
		calls := len(a.Sent())
		for nth := 1; nth <= calls; nth++ {
			a.Forget()
			a.Cut(twiliotest.Call{Nth: nth}, twiliotest.Refused)
			if _, err := a.Read(a.Context(), created.SID); err == nil || errors.Is(err, bot.ErrNotFound) {
				a.Errorf("call %d fails and nothing is said: %v", nth, err)
			}
		}
		for nth := 1; nth <= 2; nth++ {
			a.Forget()
			a.Cut(twiliotest.Call{Nth: nth}, twiliotest.Refused)
			if _, err := a.Get(a.Context(), created.SID); err == nil {
				a.Errorf("call %d fails and nothing is said", nth)
			}
		}
		for name, call := range map[string]func() error{
			"List":  func() error { _, err := a.List(a.Context()); return err },
			"Find":  func() error { _, err := a.Find(a.Context(), "clinic"); return err },
			"Tasks": func() error { _, err := a.Tasks(a.Context(), created.SID); return err },
		} {
			a.Forget()
			a.Cut(twiliotest.Call{}, twiliotest.Refused)
			if err := call(); err == nil {
				a.Errorf("%s fails and says nothing", name)
			}
		}
		a.Deviate()
		for name, body := range map[string]any{
			"no list":       map[string]any{"meta": map[string]any{}},
			"no list in it": map[string]any{"assistants": "none", "meta": map[string]any{}},
			"no meta":       map[string]any{"assistants": []any{}},
		} {
			a.Fault(sandbox.Fault{Method: http.MethodGet, Path: "/Assistants$", Kind: sandbox.FaultStatus, Status: http.StatusOK, Body: body})
			if _, err := a.List(a.Context()); err == nil {
				a.Errorf("%s is taken for an empty account", name)
			}
			a.Box.ClearFaults()
		}
	})
}

func TestGetListAndFind(t *testing.T) {
	run(t, func(a account) {
		created := a.create(clinic())
		a.Post(assistants, "UniqueName", "theirs", "FriendlyName", bot.MarkUploading("Theirs", created.SID))
		got, err := a.Get(a.Context(), created.SID)
		if err != nil || got.Content.Schema != nil || got.NeedsModelBuild || !got.BuiltAt.Equal(created.BuiltAt) || got.BuiltAt.Before(got.DateCreated) {
			a.Errorf("it is %+v: %v", got, err)
		}
		a.SmallPages(1)
		listed, err := a.List(a.Context())
		if err != nil || len(listed.Bots) != 2 || len(listed.Holds) > 0 {
			a.Fatalf("it lists %+v: %v", listed, err)
		}
		theirs := listed.Bots[0]
		if theirs.UniqueName != "theirs" || theirs.FriendlyName != "Theirs" || !theirs.Uploading || theirs.Replaces != created.SID || !theirs.NeedsModelBuild || listed.Bots[1].SID != created.SID {
			a.Errorf("it lists %+v", listed.Bots)
		}
		if found, err := a.Find(a.Context(), "clinic"); err != nil || len(found) != 1 || found[0].SID != created.SID {
			a.Errorf("it found %v: %v", found, err)
		}
		if found, err := a.Find(a.Context(), "nobody"); err != nil || len(found) > 0 {
			a.Errorf("it found %v: %v", found, err)
		}
		a.Forget()
		for _, sid := range []string{"", flowSID, "clinic", "../Assistants"} {
			if _, err := a.Get(a.Context(), sid); err == nil {
				a.Errorf("%q is got", sid)
			}
			if _, err := a.Read(a.Context(), sid); err == nil {
				a.Errorf("%q is read", sid)
			}
		}
		if len(a.Sent()) > 0 {
			a.Errorf("it asked for %v", a.Sent())
		}
		for _, read := range []func() error{
			func() error { _, err := a.Get(a.Context(), noSID); return err },
			func() error { _, err := a.Read(a.Context(), noSID); return err },
			func() error { _, err := a.Tasks(a.Context(), noSID); return err },
		} {
			if err := read(); !errors.Is(err, bot.ErrNotFound) {
				a.Errorf("it ended with %v", err)
			}
		}
	})
}

// The newest build is not always one that completed.
func TestBuiltAtIsTheLastCompletedBuild(t *testing.T) {
	run(t, func(a account) {
		created := a.create(small("Hello"))
		a.Later(time.Hour)
		a.Setting(`{"fail_builds": 1}`)
		a.Post(assistants + "/" + created.SID + "/ModelBuilds")
		a.Later(time.Hour)
		got, err := a.Get(a.Context(), created.SID)
		if err != nil || !got.BuiltAt.Equal(created.BuiltAt) || !got.NeedsModelBuild {
			a.Errorf("it is %+v: %v", got, err)
		}
		a.Post(assistants, "UniqueName", "bare")
		bare := a.Fetch(assistants + "/bare")["sid"].(string)
		if got, err := a.Get(a.Context(), bare); err != nil || !got.BuiltAt.IsZero() || !got.NeedsModelBuild {
			a.Errorf("it is %+v: %v", got, err)
		}
	})
}

// Product hosts act on the account of the credentials, whatever account was meant.
func TestAssistantsOfAnotherAccountAreRefused(t *testing.T) {
	run(t, func(a account) {
		created := a.create(small("Hello"))
		other, err := a.Box.AddAccount("other", sandbox.StarterAccountSID)
		if err != nil {
			a.Fatal(err)
		}
		host := autopilot.New(a.ClientOf(other.AccountSID))
		for name, call := range map[string]func() error{
			"List": func() error { _, err := host.List(a.Context()); return err },
			"Find": func() error { _, err := host.Find(a.Context(), "clinic"); return err },
			"Get":  func() error { _, err := host.Get(a.Context(), created.SID); return err },
			"Read": func() error { _, err := host.Read(a.Context(), created.SID); return err },
			"Update": func() error {
				_, err := host.Update(a.Context(), created.SID, small("Hello"), small("Good day"))
				return err
			},
			"Create": func() error { _, err := host.Create(a.Context(), small("Hello")); return err },
		} {
			if err := call(); err == nil || !strings.Contains(err.Error(), "belongs to account "+sandbox.StarterAccountSID) {
				a.Errorf("%s ended with %v", name, err)
			}
		}
		a.NothingWritten()
	})
}
