package autopilot_test

import (
	"context"
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

func TestCreateUploadsBuildsAndTakesTheMarkOff(t *testing.T) {
	run(t, func(a account) {
		created, err := a.Create(a.Context(), clinic())
		if err != nil {
			a.Fatal(err)
		}
		if created.UniqueName != "clinic" || created.FriendlyName != "Clinic" || created.AccountSID != sandbox.StarterAccountSID ||
			created.Uploading || created.NeedsModelBuild || created.BuiltAt.IsZero() || created.Replaces != "" {
			a.Errorf("it created %+v", created)
		}
		writes := a.Writes()
		if diff := cmp.Diff(twiliotest.Form("UniqueName", "clinic", "FriendlyName", "Clinic [uploading]"), writes[0].Form); diff != "" {
			a.Errorf("it begins with %v: %s", writes[0], diff)
		}
		if last := writes[len(writes)-1]; !cmp.Equal(last.Form, url.Values{"FriendlyName": {"Clinic"}}) {
			a.Errorf("it ends with %v", last)
		}
		a.mustHold(created.SID, content(nil))
		// Twilio's stock is gone: its task, and what it filled in.
		if names, err := a.Tasks(a.Context(), created.SID); err != nil || !cmp.Equal(names, []string{"greet", "order"}) {
			a.Errorf("its tasks are %v: %v", names, err)
		}
		has := a.Fetch(assistants + "/" + created.SID + "/Defaults")["data"]
		want := map[string]any{"defaults": map[string]any{"assistant_initiation": "task://greet", "fallback": "task://order"}}
		if diff := cmp.Diff(want, has); diff != "" {
			a.Error(diff)
		}
		if sheet := a.Fetch(assistants + "/" + created.SID + "/StyleSheet")["data"]; !cmp.Equal(sheet, map[string]any{"style_sheet": map[string]any{"voice": map[string]any{"say_voice": "Polly.Joanna"}}}) {
			a.Errorf("its style sheet is %v", sheet)
		}
	})
}

func TestCreateLeavesContentThatIsManagedElsewhere(t *testing.T) {
	run(t, func(a account) {
		created, err := a.Create(a.Context(), bot.Spec{UniqueName: "clinic", FriendlyName: "Clinic"})
		if err != nil || created.Uploading || created.FriendlyName != "Clinic" {
			a.Fatalf("it created %+v: %v", created, err)
		}
		if names, err := a.Tasks(a.Context(), created.SID); err != nil || !cmp.Equal(names, []string{"hello-world"}) {
			a.Errorf("its tasks are %v: %v", names, err)
		}
		if len(a.Writes()) != 2 {
			a.Errorf("it wrote %v", a.wrote())
		}
	})
}

// Whatever call is cut, the next Create leaves one assistant that is whole.
func TestCreateCutAtEachCall(t *testing.T) {
	t.Parallel()
	spec := small("Hello")
	twiliotest.Walk(t, func(a *twiliotest.Account) func() error {
		return func() error { _, err := autopilot.New(a.Client).Create(a.Context(), spec); return err }
	}, func(inner *twiliotest.Account, first error) {
		a := account{inner, autopilot.New(inner.Client)}
		left := a.Rows(assistants, "assistants")
		_, err := a.Create(a.Context(), spec)
		whole := len(left) == 1 && left[0]["friendly_name"] == "Clinic"
		if first == nil && !whole || whole != errors.Is(err, bot.ErrNameTaken) || !whole && err != nil {
			a.Errorf("the first ended with %v and left %v, the second with %v", first, twiliotest.Texts(left, "friendly_name"), err)
		}
		found, err := a.Find(a.Context(), "clinic")
		if err != nil || len(found) != 1 || found[0].Uploading || found[0].NeedsModelBuild {
			a.Fatalf("there are %+v: %v", found, err)
		}
		a.mustHold(found[0].SID, spec.Content.Schema)
		if all := a.Rows(assistants, "assistants"); len(all) != 1 {
			a.Errorf("there are %v", all)
		}
	})
}

// ending is how a create that goes wrong must end.
type ending struct {
	prepare func(a account)
	kind    bot.Kind
	taken   bool // the name is another client's
	fails   bool // with an error of no kind
	left    []string
}

func (e ending) check(a account, err error) {
	a.Helper()
	if (err != nil) != (e.kind != "" || e.taken || e.fails) || twiliotest.KindOf(err) != e.kind || errors.Is(err, bot.ErrNameTaken) != e.taken {
		a.Errorf("it ended with %v", err)
	}
	if left := twiliotest.Texts(a.Rows(assistants, "assistants"), "friendly_name"); len(left)+len(e.left) > 0 && !cmp.Equal(left, e.left) {
		a.Errorf("there are %v", left)
	}
}

func TestLostCreate(t *testing.T) {
	t.Parallel()
	post := twiliotest.Call{Method: http.MethodPost, Path: "/Assistants$"}
	for name, each := range map[string]ending{
		"that happened is found": {prepare: func(a account) { a.Cut(post, twiliotest.CutAfter) }, left: []string{"Clinic"}},
		"that reads show late is found": {prepare: func(a account) {
			a.Cut(post, twiliotest.CutAfter)
			a.Fault(sandbox.Fault{Method: http.MethodGet, Path: "/Assistants/clinic$", Nth: 2, Times: 3, Kind: sandbox.FaultStale, DelayMS: 60_000})
		}, left: []string{"Clinic"}},
		"that did not happen is said": {prepare: func(a account) { a.Cut(post, twiliotest.CutBefore) }, kind: bot.WriteLost},
		"that cannot be looked for is undone": {prepare: func(a account) {
			a.Cut(post, twiliotest.CutAfter)
			a.Cut(twiliotest.Call{Method: http.MethodGet, Nth: 2}, twiliotest.Refused)
		}, fails: true},
		"is not taken for another client's assistant": {prepare: func(a account) {
			a.Cut(post, twiliotest.CutBefore)
			a.Before(post, func() { a.Post(assistants, "UniqueName", "clinic", "FriendlyName", "Theirs") })
		}, taken: true, left: []string{"Theirs"}},
		"is not taken for what replaces another bot": {prepare: func(a account) {
			a.Cut(post, twiliotest.CutBefore)
			a.Before(post, func() { a.Post(assistants, "UniqueName", "clinic", "FriendlyName", bot.MarkUploading("Clinic", noSID)) })
		}, taken: true, left: []string{bot.MarkUploading("Clinic", noSID)}},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(a account) {
				each.prepare(a)
				_, err := a.Create(a.Context(), small("Hello"))
				each.check(a, err)
			})
		})
	}
}

func TestCreateRefusesATakenName(t *testing.T) {
	t.Parallel()
	for name, each := range map[string]ending{
		"by another assistant": {prepare: func(a account) { a.Post(assistants, "UniqueName", "clinic", "FriendlyName", "Theirs") }, taken: true, left: []string{"Theirs"}},
		"by what replaces another bot": {prepare: func(a account) {
			a.Post(assistants, "UniqueName", "clinic", "FriendlyName", bot.MarkUploading("Clinic", noSID))
		}, taken: true, left: []string{bot.MarkUploading("Clinic", noSID)}},
		"that cannot be looked up": {prepare: func(a account) { a.Cut(twiliotest.Call{}, twiliotest.Refused) }, fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(a account) {
				each.prepare(a)
				_, err := a.Create(a.Context(), small("Hello"))
				each.check(a, err)
				a.NothingWritten()
			})
		})
	}
	t.Run("that Twilio keeps", func(t *testing.T) {
		run(t, func(a account) {
			a.Post(assistants, "UniqueName", "clinic")
			a.Remove(assistants + "/clinic")
			_, err := a.Create(a.Context(), small("Hello"))
			var problem *bot.Problem
			if !errors.As(err, &problem) || problem.Kind != bot.NameReserved || problem.Name != "clinic" || !errors.Is(err, bot.ErrNameTaken) {
				a.Errorf("it ended with %v", err)
			}
			// What to change in a configuration is the provider's to say.
			if strings.Contains(problem.Detail, "`") || len(a.Writes()) != 1 {
				a.Errorf("it says %q after %v", problem.Detail, a.wrote())
			}
		})
	})
}

// What an earlier run left is gone on with, and is not deleted when that fails too.
func TestCreateTakesUpWhatACutLeft(t *testing.T) {
	run(t, func(a account) {
		a.Cut(twiliotest.Call{Method: http.MethodPost, Path: "/Samples$"}, twiliotest.Killed)
		_, err := a.Create(a.Context(), small("Hello"))
		if err == nil {
			a.Fatal("a run that was killed ended well")
		}
		a.Forget()
		left := a.Rows(assistants, "assistants")
		if len(left) != 1 || left[0]["friendly_name"] != "Clinic [uploading]" {
			a.Fatalf("it left %v", left)
		}
		a.Setting(`{"fail_builds": 1}`)
		if _, err := a.Create(a.Context(), small("Hello")); err == nil || !strings.Contains(err.Error(), "apply again") || !strings.Contains(err.Error(), "it is taken up where it was left") {
			a.Errorf("it ended with %v", err)
		}
		created, err := a.Create(a.Context(), small("Hello"))
		if err != nil || created.SID != left[0]["sid"] || created.Uploading || created.NeedsModelBuild {
			a.Errorf("it is %+v: %v", created, err)
		}
		a.mustHold(created.SID, small("Hello").Content.Schema)
	})
}

// Answers that are lost are looked for, and what is open is written.
func TestCreateFinishesWhatALostAnswerLeftOpen(t *testing.T) {
	t.Parallel()
	for path, method := range map[string]string{
		`/Defaults$`: http.MethodPost, `/StyleSheet$`: http.MethodPost, `/Tasks$`: http.MethodPost, `/Fields$`: http.MethodPost, `/Samples$`: http.MethodPost,
		`/FieldTypes$`: http.MethodPost, `/FieldValues$`: http.MethodPost, `/Tasks/UD\w+$`: http.MethodDelete, `/Samples/UF\w+$`: http.MethodDelete,
	} {
		for _, how := range []twiliotest.Cut{twiliotest.CutBefore, twiliotest.CutAfter} {
			t.Run(method+" "+path+" "+string(how), func(t *testing.T) {
				run(t, func(a account) {
					a.Cut(twiliotest.Call{Method: method, Path: path}, how)
					created, err := a.Create(a.Context(), clinic())
					if err != nil {
						a.Fatal(err)
					}
					a.mustHold(created.SID, content(nil))
				})
			})
		}
	}
	t.Run("no more often than some times", func(t *testing.T) {
		run(t, func(a account) {
			a.Fault(sandbox.Fault{Method: http.MethodPost, Path: "/Tasks$", Times: -1, Kind: sandbox.FaultCutBefore})
			_, err := a.Create(a.Context(), small("Hello"))
			if !errors.Is(err, bot.ErrUncertain) || !strings.Contains(err.Error(), "4 writes in a row") || len(a.Rows(assistants, "assistants")) > 0 {
				a.Errorf("it ended with %v", err)
			}
		})
	})
	t.Run("not once it is cancelled", func(t *testing.T) {
		run(t, func(a account) {
			ctx, cancel := context.WithCancel(a.Context())
			defer cancel()
			tasks := twiliotest.Call{Method: http.MethodPost, Path: "/Tasks$"}
			a.Cut(tasks, twiliotest.CutAfter)
			a.After(tasks, cancel)
			if _, err := a.Create(ctx, small("Hello")); err == nil || len(a.Rows(assistants, "assistants")) > 0 {
				a.Errorf("it ended with %v", err)
			}
			n := 0
			for _, call := range a.Writes() {
				if strings.HasSuffix(call.Path, "/Tasks") {
					n++
				}
			}
			if n != 1 {
				a.Errorf("it wrote %v", a.wrote())
			}
		})
	})
	t.Run("where another write is refused", func(t *testing.T) {
		run(t, func(a account) {
			spec := small("Hello")
			spec.Content.Schema.Tasks[0].Samples[0].TaggedText = strings.Repeat("x", 5000)
			spec.Content.Schema.Tasks[0].UniqueName = strings.Repeat("x", 65)
			_, err := a.Create(a.Context(), spec)
			if err == nil || !strings.Contains(err.Error(), "writing the tasks of assistant") || len(a.Rows(assistants, "assistants")) > 0 {
				a.Errorf("it ended with %v", err)
			}
		})
	})
}

// A model build that fails takes back what was created; it can be created again.
func TestFailedModelBuildIsTakenBack(t *testing.T) {
	run(t, func(a account) {
		a.Setting(`{"fail_builds": 1}`)
		_, err := a.Create(a.Context(), small("Hello"))
		if err == nil || !strings.Contains(err.Error(), "The model build did not complete") || !strings.Contains(err.Error(), "Twilio error 90110") || len(a.Rows(assistants, "assistants")) > 0 {
			a.Errorf("it ended with %v", err)
		}
		a.create(small("Hello")) // its name is not reserved
	})
}

// A build that takes longer than the time to wait goes on at Twilio, and the next Create
// waits for that same build.
func TestUnfinishedModelBuildStays(t *testing.T) {
	t.Parallel()
	for name, each := range map[string]struct {
		limit func(context.Context, account) (context.Context, context.CancelFunc)
		kind  bot.Kind
		word  string
	}{
		"at the timeout": {func(ctx context.Context, _ account) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, time.Minute)
		}, bot.BuildUnfinished, "did not finish within the timeout"},
		"when interrupted": {func(ctx context.Context, a account) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			a.After(twiliotest.Call{Method: http.MethodGet, Path: `/ModelBuilds/UG\w+$`, Nth: 3}, cancel)
			return ctx, cancel
		}, "", "interrupted"},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(a account) {
				a.Setting(`{"model_build_ms": 600000}`)
				ctx, cancel := each.limit(a.Context(), a)
				defer cancel()
				_, err := a.Create(ctx, small("Hello"))
				if twiliotest.KindOf(err) != each.kind || err == nil || !strings.Contains(err.Error(), each.word) || strings.Contains(err.Error(), "`") {
					a.Errorf("it ended with %v", err)
				}
				left := a.Rows(assistants, "assistants")
				if len(left) != 1 || left[0]["friendly_name"] != "Clinic [uploading]" {
					a.Fatalf("it left %v", left)
				}
				a.Forget()
				created, err := a.Create(a.Context(), small("Hello"))
				if err != nil || created.SID != left[0]["sid"] || created.NeedsModelBuild {
					a.Errorf("it is %+v: %v", created, err)
				}
				if diff := cmp.Diff([]string{"POST UA"}, a.wrote()); diff != "" {
					a.Error(diff)
				}
				if builds := a.parts(created.SID, "ModelBuilds", "model_builds"); len(builds) != 1 {
					a.Errorf("%d builds", len(builds))
				}
			})
		})
	}
}

func TestModelBuildIsWaitedFor(t *testing.T) {
	t.Parallel()
	post := twiliotest.Call{Method: http.MethodPost, Path: "/ModelBuilds$"}
	for name, each := range map[string]ending{
		"that reads show late": {prepare: func(a account) {
			a.Fault(sandbox.Fault{Method: http.MethodGet, Path: `/ModelBuilds/UG\w+$`, Times: 3, Kind: sandbox.FaultStale, DelayMS: 60_000})
		}, left: []string{"Clinic"}},
		"whose start was not answered": {prepare: func(a account) { a.Cut(post, twiliotest.CutAfter) }, left: []string{"Clinic"}},
		"whose start was lost":         {prepare: func(a account) { a.Cut(post, twiliotest.CutBefore) }, kind: bot.WriteLost},
		"whose start is refused": {prepare: func(a account) {
			a.Fault(sandbox.Fault{Method: http.MethodPost, Path: "/ModelBuilds$", Kind: sandbox.FaultStatus, Status: http.StatusForbidden})
		}, fails: true},
		"that cannot be read":   {prepare: func(a account) { a.Cut(twiliotest.Call{Path: `/ModelBuilds/UG\w+$`}, twiliotest.Refused) }, fails: true},
		"that cannot be listed": {prepare: func(a account) { a.Cut(twiliotest.Call{Path: `/ModelBuilds$`, Nth: 3}, twiliotest.Refused) }, fails: true},
		"that cannot be listed afterwards": {prepare: func(a account) {
			a.After(post, func() { a.Cut(twiliotest.Call{Method: http.MethodGet, Path: `/ModelBuilds$`}, twiliotest.Refused) })
		}, fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(a account) {
				each.prepare(a)
				_, err := a.Create(a.Context(), small("Hello"))
				each.check(a, err)
			})
		})
	}
}
