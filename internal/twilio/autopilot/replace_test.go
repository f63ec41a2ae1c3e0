package autopilot_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/autopilot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/twiliotest"
)

func replacing(sid string) bot.Spec {
	spec := small("Hello")
	spec.UniqueName, spec.Replaces = "practice", sid
	return spec
}

// The friendly name bears the mark until the end; the name of the model build outlasts it.
func TestReplacementBearsItsMark(t *testing.T) {
	run(t, func(a account) {
		old := a.create(small("Hello"))
		created := a.create(replacing(old.SID))
		if created.Replaces != old.SID || !created.Uploading || !created.Unmarking() || created.FriendlyName != "Clinic" {
			a.Errorf("it is %+v", created)
		}
		if has := a.Fetch(assistants + "/" + created.SID)["friendly_name"]; has != "Clinic [uploading for "+old.SID+"]" {
			a.Errorf("its friendly name is %v", has)
		}
		// It is taken up again, with the build that is there.
		again, err := a.Create(a.Context(), replacing(old.SID))
		if err != nil || again.SID != created.SID {
			a.Errorf("it took up %+v: %v", again, err)
		}
		if len(a.Writes()) > 0 {
			a.Errorf("it wrote %v", a.wrote())
		}
		named, err := a.Unmark(a.Context(), created.SID, replacing(old.SID))
		if err != nil || named.Uploading || named.Replaces != "" || named.FriendlyName != "Clinic" || named.NeedsModelBuild {
			a.Errorf("it is %+v: %v", named, err)
		}
		if writes := a.Writes(); len(writes) != 1 || !cmp.Equal(writes[0].Form, url.Values{"FriendlyName": {"Clinic"}}) {
			a.Errorf("it wrote %v", writes)
		}
		found, err := a.Successor(a.Context(), old.SID)
		if err != nil || found.SID != created.SID || found.Replaces != old.SID {
			a.Errorf("the successor is %+v: %v", found, err)
		}
		if _, err := a.Successor(a.Context(), created.SID); !errors.Is(err, bot.ErrNotFound) {
			a.Errorf("a bot that was never replaced has a successor: %v", err)
		}
		for nth := 1; nth <= 2; nth++ {
			a.Forget()
			a.Cut(twiliotest.Call{Nth: nth}, twiliotest.Refused)
			if _, err := a.Successor(a.Context(), old.SID); err == nil || errors.Is(err, bot.ErrNotFound) {
				a.Errorf("call %d fails and nothing is said: %v", nth, err)
			}
		}
		a.Forget()
		if _, err := a.Unmark(a.Context(), noSID, replacing(old.SID)); !errors.Is(err, bot.ErrNotFound) {
			a.Errorf("what does not exist is unmarked: %v", err)
		}
	})
}

// A build that was written for the replacement is named once: its name is unique.
func TestReplacementIsBuiltAgainUnderAnotherName(t *testing.T) {
	run(t, func(a account) {
		created := a.create(replacing(flowSID))
		spec := small("Good day")
		spec.UniqueName, spec.Replaces = "practice", flowSID
		again, err := a.Create(a.Context(), spec)
		if err != nil || again.SID != created.SID {
			a.Errorf("it took up %+v: %v", again, err)
		}
		if builds := a.parts(created.SID, "ModelBuilds", "model_builds"); len(builds) != 2 || builds[1]["unique_name"] != bot.MarkBuild(flowSID) {
			a.Errorf("its builds are %v", twiliotest.Texts(builds, "unique_name"))
		}
	})
}

const (
	hookOne, hookTwo = "https://clinic.example.com/one", "https://clinic.example.com/two"
)

// furnish gives an assistant what no schema holds.
func (a account) furnish(sid string) {
	a.Helper()
	a.Post(assistants+"/"+sid, "DevelopmentStage", "in-production", "CallbackUrl", "https://clinic.example.com/built", "CallbackEvents", "model_build_completed model_build_failed")
	a.Post(assistants+"/"+sid+"/Webhooks", "UniqueName", "one", "Events", "onDialogueEnd", "WebhookUrl", hookOne, "WebhookMethod", "GET")
	a.Post(assistants+"/"+sid+"/Webhooks", "UniqueName", "two", "Events", "onDialogueStart onDialogueEnd", "WebhookUrl", hookTwo)
}

func (a account) mustBeFurnished(sid string) {
	a.Helper()
	has := a.Fetch(assistants + "/" + sid)
	for field, want := range map[string]string{
		"development_stage": "in-production", "callback_url": "https://clinic.example.com/built", "callback_events": "model_build_completed model_build_failed",
	} {
		if has[field] != want {
			a.Errorf("%s is %v", field, has[field])
		}
	}
	hooks := a.parts(sid, "Webhooks", "webhooks")
	if diff := cmp.Diff([][]string{{"two", "one"}, {hookTwo, hookOne}, {"POST", "GET"}, {"ondialoguestart ondialogueend", "ondialogueend"}}, [][]string{
		twiliotest.Texts(hooks, "unique_name"), twiliotest.Texts(hooks, "webhook_url"), twiliotest.Texts(hooks, "webhook_method"), twiliotest.Texts(hooks, "events"),
	}); diff != "" {
		a.Error(diff)
	}
}

// What nobody configured is carried along, whatever call is cut: the next Create goes on.
func TestReplacementCarriesTheRestAlong(t *testing.T) {
	t.Parallel()
	var old bot.Bot
	twiliotest.Walk(t, func(inner *twiliotest.Account) func() error {
		a := account{inner, autopilot.New(inner.Client)}
		old = a.create(bot.Spec{UniqueName: "clinic", FriendlyName: "Clinic"})
		a.furnish(old.SID)
		spec := bot.Spec{UniqueName: "practice", FriendlyName: "Practice", Replaces: old.SID}
		return func() error { _, err := a.Create(a.Context(), spec); return err }
	}, func(inner *twiliotest.Account, _ error) {
		a := account{inner, autopilot.New(inner.Client)}
		spec := bot.Spec{UniqueName: "practice", FriendlyName: "Practice", Replaces: old.SID}
		created, err := a.Create(a.Context(), spec)
		if err != nil {
			a.Fatal(err)
		}
		a.mustBeFurnished(created.SID)
		a.Forget()
		if _, err := a.Create(a.Context(), spec); err != nil || len(a.Writes()) > 0 {
			a.Errorf("it wrote %v: %v", a.wrote(), err)
		}
	})
}

func TestReplacementOfAnotherEngineCarriesNothing(t *testing.T) {
	run(t, func(a account) {
		created := a.create(replacing(flowSID))
		if has := a.Fetch(assistants + "/" + created.SID); has["development_stage"] != "in-development" || len(a.parts(created.SID, "Webhooks", "webhooks")) > 0 {
			a.Errorf("it is %v", has)
		}
	})
}

// A bot that replaces another is the replacement's to delete, whatever fails.
func TestReplacementIsNotTakenBack(t *testing.T) {
	run(t, func(a account) {
		old := a.create(small("Hello"))
		a.furnish(old.SID)
		a.Fault(sandbox.Fault{Method: http.MethodPost, Path: "/Webhooks$", Kind: sandbox.FaultStatus, Status: http.StatusForbidden})
		_, err := a.Create(a.Context(), replacing(old.SID))
		if err == nil || !strings.Contains(err.Error(), `carrying over the webhook "one" of assistant `+old.SID) || len(a.Rows(assistants, "assistants")) != 2 {
			a.Errorf("it ended with %v", err)
		}
		if _, err := a.Create(a.Context(), replacing(noSID)); !errors.Is(err, bot.ErrNameTaken) {
			a.Errorf("what replaces another bot is taken up: %v", err)
		}
	})
}

func TestRestoredAssistantBecomesTheBot(t *testing.T) {
	t.Parallel()
	restore := twiliotest.Call{Method: http.MethodPost, Path: "/Restore$"}
	for name, each := range map[string]struct {
		prepare func(a account, sid string)
		kind    bot.Kind
		fails   bool // with an error of no kind
	}{
		"deleted":         {},
		"restored before": {prepare: func(a account, sid string) { a.Post(assistants+"/Restore", "Assistant", sid) }},
		"a lost answer":   {prepare: func(a account, _ string) { a.Cut(restore, twiliotest.CutAfter) }},
		"a lost write":    {prepare: func(a account, _ string) { a.Cut(restore, twiliotest.CutBefore) }, kind: bot.WriteLost},
		"late reads": {prepare: func(a account, _ string) {
			a.Fault(sandbox.Fault{Method: http.MethodGet, Path: assistantPath, Nth: 2, Times: 3, Kind: sandbox.FaultStale, DelayMS: 60_000})
		}},
		"refused": {prepare: func(a account, _ string) {
			a.Fault(sandbox.Fault{Method: http.MethodPost, Path: "/Restore$", Kind: sandbox.FaultStatus, Status: http.StatusForbidden})
		}, fails: true},
		"not to be read":          {prepare: func(a account, _ string) { a.Cut(twiliotest.Call{Path: assistantPath}, twiliotest.Refused) }, fails: true},
		"forgotten":               {prepare: func(a account, _ string) { a.Later(31 * 24 * time.Hour) }, kind: bot.NotRestorable},
		"another of its new name": {prepare: func(a account, _ string) { a.Post(assistants, "UniqueName", "practice") }, fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(a account) {
				old := a.create(clinic())
				if err := a.Delete(a.Context(), old.SID); err != nil {
					a.Fatal(err)
				}
				a.Forget()
				if each.prepare != nil {
					each.prepare(a, old.SID)
				}
				spec := small("Hello")
				spec.UniqueName, spec.RestoreSID = "practice", old.SID
				created, err := a.Create(a.Context(), spec)
				if (err != nil) != (each.kind != "" || each.fails) || twiliotest.KindOf(err) != each.kind {
					a.Fatalf("it ended with %v", err)
				}
				if err != nil {
					var problem *bot.Problem
					if errors.As(err, &problem); problem != nil && strings.Contains(problem.Detail, "`") {
						a.Errorf("it says %q", problem.Detail)
					}
					return
				}
				if created.SID != old.SID || created.UniqueName != "practice" || created.Uploading || created.NeedsModelBuild {
					a.Errorf("it is %+v", created)
				}
				a.mustHold(created.SID, spec.Content.Schema)
			})
		})
	}
	t.Run("is not deleted when the rest fails", func(t *testing.T) {
		run(t, func(a account) {
			old := a.create(clinic())
			if err := a.Delete(a.Context(), old.SID); err != nil {
				a.Fatal(err)
			}
			a.Setting(`{"fail_builds": 1}`)
			spec := small("Hello")
			spec.RestoreSID = old.SID
			if _, err := a.Create(a.Context(), spec); err == nil {
				a.Error("it ended well")
			}
			if left := twiliotest.Texts(a.Rows(assistants, "assistants"), "friendly_name"); !cmp.Equal(left, []string{"Clinic [uploading]"}) {
				a.Errorf("there are %v", left)
			}
			if created, err := a.Create(a.Context(), spec); err != nil || created.SID != old.SID {
				a.Errorf("it is %+v: %v", created, err)
			}
		})
	})
}
