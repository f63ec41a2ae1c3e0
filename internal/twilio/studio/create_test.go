package studio_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/studio"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/twiliotest"
)

func TestCreate(t *testing.T) {
	run(t, func(a account) {
		created, err := a.Create(a.Context(), greeter())
		if err != nil {
			a.Fatal(err)
		}
		if created.UniqueName != "greeter" || created.AccountSID != sandbox.StarterAccountSID || created.Revision != 1 || created.Draft != 0 || created.Replaces != "" ||
			created.DateCreated.IsZero() || !created.Content.Meets(greeter().Content) {
			a.Errorf("it created %+v", created)
		}
		writes := a.Writes()
		if len(writes) != 1 || writes[0].Method != http.MethodPost || writes[0].Path != "/v2/Flows" {
			a.Fatalf("it wrote %v", writes)
		}
		if sent := content(writes[0].Form.Get("Definition")); !sent.Meets(greeter().Content) {
			a.Errorf("it sent the definition %s", writes[0].Form.Get("Definition"))
		}
		writes[0].Form.Del("Definition")
		if diff := cmp.Diff(twiliotest.Form("FriendlyName", "greeter", "Status", "published", "CommitMessage", "twiliobot: created"), writes[0].Form); diff != "" {
			a.Error(diff)
		}
	})
}

// Whatever call is cut, the account is as it was, or the bot is whole.
func TestCreateCutAtEachCall(t *testing.T) {
	t.Parallel()
	twiliotest.Walk(t, func(a *twiliotest.Account) func() error {
		return func() error { _, err := studio.New(a.Client).Create(a.Context(), greeter()); return err }
	}, func(a *twiliotest.Account, first error) {
		left := a.Rows(flows, "flows")
		_, err := studio.New(a.Client).Create(a.Context(), greeter())
		switch {
		case len(left) == 0 && (first == nil || err != nil):
			a.Errorf("the first ended with %v and left nothing, the second with %v", first, err)
		case len(left) == 1 && !errors.Is(err, bot.ErrNameTaken):
			a.Errorf("the second took %v up: %v", left, err)
		}
		all, err := studio.New(a.Client).Find(a.Context(), "greeter")
		if err != nil || len(all) != 1 || all[0].Revision != 1 {
			a.Errorf("there are %v: %v", all, err)
		}
	})
}

func TestLostCreate(t *testing.T) {
	t.Parallel()
	post := twiliotest.Call{Method: http.MethodPost, Path: flowsPath}
	theirs := func(a account, text string, pairs ...string) {
		a.Helper()
		a.Post(flows, append([]string{"FriendlyName", "greeter", "Status", "published", "Definition", says(text)}, pairs...)...)
	}
	first := func(a account) string { a.Helper(); return twiliotest.Texts(a.Rows(flows, "flows"), "sid")[0] }
	for name, each := range map[string]struct {
		prepare func(a account)
		kind    bot.Kind
		taken   bool // the name is another client's
		fails   bool // with an error of no kind
		flows   int
	}{
		"that happened is found": {prepare: func(a account) { a.Cut(post, twiliotest.CutAfter) }, flows: 1},
		"that lists show late is found": {prepare: func(a account) {
			a.Cut(post, twiliotest.CutAfter)
			a.Fault(sandbox.Fault{Method: http.MethodGet, Path: flowsPath, Nth: 2, Times: 3, Kind: sandbox.FaultStale, DelayMS: 60_000})
		}, flows: 1},
		"that reads show late is found": {prepare: func(a account) {
			a.Cut(post, twiliotest.CutAfter)
			a.Fault(sandbox.Fault{Method: http.MethodGet, Path: flowPath, Times: 3, Kind: sandbox.FaultStale, DelayMS: 60_000})
		}, flows: 1},
		"that did not happen is said": {prepare: func(a account) { a.Cut(post, twiliotest.CutBefore) }, kind: bot.WriteLost},
		"that cannot be looked for": {prepare: func(a account) {
			a.Cut(post, twiliotest.CutAfter)
			a.Cut(twiliotest.Call{Method: http.MethodGet, Nth: 2}, twiliotest.Refused)
		}, fails: true, flows: 1},
		"that cannot be read": {prepare: func(a account) {
			a.Cut(post, twiliotest.CutAfter)
			a.Cut(twiliotest.Call{Method: http.MethodGet, Path: flowPath}, twiliotest.Refused)
		}, fails: true, flows: 1},
		"is not taken for another client's flow": {prepare: func(a account) {
			a.Cut(post, twiliotest.CutBefore)
			a.Before(post, func() { theirs(a, "Theirs", "CommitMessage", bot.MarkCreated) })
		}, taken: true, flows: 1},
		"is not taken for another client's flow of the same content": {prepare: func(a account) {
			a.Cut(post, twiliotest.CutBefore)
			a.Before(post, func() { theirs(a, "Hello") })
		}, taken: true, flows: 1},
		"is not taken for another client's flow beside it": {prepare: func(a account) {
			a.Cut(post, twiliotest.CutAfter)
			a.Before(post, func() { theirs(a, "Hello", "CommitMessage", bot.MarkCreated) })
		}, taken: true, flows: 2},
		"is not ours once another client published it anew": {prepare: func(a account) {
			a.Cut(post, twiliotest.CutAfter)
			a.After(post, func() { a.publish(first(a), says("Hello"), "CommitMessage", bot.MarkCreated) })
		}, taken: true, flows: 1},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(a account) {
				each.prepare(a)
				created, err := a.Create(a.Context(), greeter())
				if (err != nil) != (each.kind != "" || each.taken || each.fails) || twiliotest.KindOf(err) != each.kind || errors.Is(err, bot.ErrNameTaken) != each.taken {
					a.Errorf("it ended with %v", err)
				}
				if left := twiliotest.Texts(a.Rows(flows, "flows"), "sid"); len(left) != each.flows || err == nil && left[0] != created.SID {
					a.Errorf("it created %v, Twilio has %v", created, left)
				}
				if len(a.Writes()) != 1 {
					a.Errorf("it wrote %v", a.Writes())
				}
			})
		})
	}
}

func TestCreateReadsBack(t *testing.T) {
	t.Parallel()
	post := twiliotest.Call{Method: http.MethodPost, Path: flowsPath}
	t.Run("what reads show late", func(t *testing.T) {
		run(t, func(a account) {
			a.Fault(sandbox.Fault{Method: http.MethodGet, Path: flowPath, Times: 3, Kind: sandbox.FaultStale, DelayMS: 60_000})
			if _, err := a.Create(a.Context(), greeter()); err != nil || len(a.Writes()) != 1 {
				a.Errorf("it ended with %v after %v", err, a.Writes())
			}
		})
	})
	t.Run("and takes back what cannot be read", func(t *testing.T) {
		run(t, func(a account) {
			a.Cut(twiliotest.Call{Method: http.MethodGet, Path: flowPath}, twiliotest.Refused)
			if _, err := a.Create(a.Context(), greeter()); err == nil || len(a.Rows(flows, "flows")) > 0 {
				a.Errorf("it ended with %v", err)
			}
		})
	})
	t.Run("and takes back what another client overwrote", func(t *testing.T) {
		run(t, func(a account) {
			a.After(post, func() {
				a.Later(time.Second)
				a.publish(twiliotest.Texts(a.Rows(flows, "flows"), "sid")[0], says("Theirs"))
			})
			_, err := a.Create(a.Context(), greeter())
			if twiliotest.KindOf(err) != bot.NotAsWritten || !errors.Is(err, bot.ErrChanged) || len(a.Rows(flows, "flows")) > 0 {
				a.Errorf("it ended with %v", err)
			}
		})
	})
}

func TestCreateRefusesATakenName(t *testing.T) {
	run(t, func(a account) {
		a.create(greeter())
		if _, err := a.Create(a.Context(), specOf("greeter", says("Other"))); !errors.Is(err, bot.ErrNameTaken) || !strings.Contains(err.Error(), `"greeter" (FW`) {
			a.Errorf("it ended with %v", err)
		}
		// A draft that was never published has its name too.
		a.Post(flows, "FriendlyName", "draft", "Status", "draft", "Definition", says("Soon"))
		if _, err := a.Create(a.Context(), specOf("draft", says("Other"))); !errors.Is(err, bot.ErrNameTaken) {
			a.Errorf("it ended with %v", err)
		}
		a.NothingWritten()
		a.Cut(twiliotest.Call{}, twiliotest.Refused)
		if _, err := a.Create(a.Context(), specOf("other", says("Other"))); err == nil {
			a.Error("a name that could not be looked up is taken for free")
		}
	})
}

func TestCreateSaysWhatTwilioRefuses(t *testing.T) {
	run(t, func(a account) {
		_, err := a.Create(a.Context(), specOf("greeter", broken))
		var problem *bot.Problem
		if !errors.As(err, &problem) || problem.Summary != "Twilio refuses the flow" || !strings.Contains(problem.Detail, "/states/") || strings.Contains(problem.Detail, "incomingMessage") {
			a.Errorf("it ended with %v", err)
		}
		if len(a.Sent()) != 2 || len(a.Rows(flows, "flows")) > 0 {
			a.Errorf("it asked for %v", a.Sent())
		}
	})
}

func TestReplacementIsTakenUpByItsMark(t *testing.T) {
	run(t, func(a account) {
		old := a.create(greeter())
		spec := greeter()
		spec.Replaces = old.SID // a replacement of the same name, by create_before_destroy
		created := a.create(spec)
		if created.SID == old.SID || created.Replaces != old.SID {
			a.Errorf("it is %+v", created)
		}
		if row := a.Fetch(flows + "/" + created.SID); row["commit_message"] != "twiliobot: replaces "+old.SID {
			a.Errorf("its mark is %v", row["commit_message"])
		}
		again, err := a.Create(a.Context(), spec)
		if err != nil || again.SID != created.SID {
			a.Errorf("it took up %v: %v", again, err)
		}
		a.NothingWritten()
		// It is brought to what is wanted by now, and keeps its mark.
		spec.Content = content(says("Hello again"))
		again, err = a.Create(a.Context(), spec)
		if err != nil || again.SID != created.SID || again.Revision != 2 || again.Replaces != old.SID || !again.Content.Meets(spec.Content) {
			a.Errorf("it took up %+v: %v", again, err)
		}
		a.Forget()
		if named, err := a.Unmark(a.Context(), created.SID, spec); err != nil || named.SID != created.SID {
			a.Errorf("it is %v: %v", named, err)
		}
		a.NothingWritten()
	})
}

func TestReplacementTakesNothingElseUp(t *testing.T) {
	t.Parallel()
	spec := greeter()
	spec.Replaces = appSID
	for name, prepare := range map[string]func(a account){
		"a whole flow": func(a account) { a.create(greeter()) },
		"what replaces another bot": func(a account) {
			other := greeter()
			other.Replaces = noSID
			a.create(other)
		},
		"one of two": func(a account) {
			a.create(spec)
			a.Post(flows, "FriendlyName", "greeter", "Status", "published", "Definition", says("Theirs"))
		},
		"what is listed but gone": func(a account) {
			a.create(spec)
			a.Fault(sandbox.Fault{Method: http.MethodGet, Path: flowPath, Kind: sandbox.FaultStatus, Status: http.StatusNotFound})
		},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(a account) {
				prepare(a)
				if _, err := a.Create(a.Context(), spec); !errors.Is(err, bot.ErrNameTaken) {
					a.Errorf("it ended with %v", err)
				}
				a.NothingWritten()
			})
		})
	}
	t.Run("what cannot be read", func(t *testing.T) {
		run(t, func(a account) {
			a.create(spec)
			a.Cut(twiliotest.Call{Path: flowPath}, twiliotest.Refused)
			if _, err := a.Create(a.Context(), spec); err == nil || errors.Is(err, bot.ErrNameTaken) {
				a.Errorf("it ended with %v", err)
			}
			a.NothingWritten()
		})
	})
}

func TestSuccessor(t *testing.T) {
	run(t, func(a account) {
		a.create(greeter())
		spec := specOf("porter", says("Hello"))
		spec.Replaces = appSID
		created := a.create(spec)
		// List shows the mark of a flow at revision 1 itself.
		if _, err := a.Successor(a.Context(), appSID); !errors.Is(err, bot.ErrNotFound) {
			a.Errorf("it ended with %v", err)
		}
		a.publish(created.SID, says("Theirs"))
		if listed, err := a.List(a.Context()); err != nil || listed.Bots[0].Replaces != "" {
			a.Errorf("it lists %+v: %v", listed, err)
		}
		found, err := a.Successor(a.Context(), appSID)
		if err != nil || found.SID != created.SID || found.Replaces != appSID {
			a.Errorf("it found %+v: %v", found, err)
		}
		if _, err := a.Successor(a.Context(), noSID); !errors.Is(err, bot.ErrNotFound) {
			a.Errorf("another bot has a successor: %v", err)
		}
		// One that goes meanwhile is no successor, and keeps none from being found.
		a.publish(a.create(specOf("newer", says("Hello"))).SID, says("Theirs"))
		a.Fault(sandbox.Fault{Method: http.MethodGet, Path: "/Revisions/1$", Kind: sandbox.FaultStatus, Status: http.StatusNotFound})
		if found, err := a.Successor(a.Context(), appSID); err != nil || found.SID != created.SID {
			a.Errorf("it found %+v: %v", found, err)
		}
		for nth := 1; nth <= 2; nth++ {
			a.Forget()
			a.Cut(twiliotest.Call{Nth: nth}, twiliotest.Refused)
			if _, err := a.Successor(a.Context(), appSID); err == nil || errors.Is(err, bot.ErrNotFound) {
				a.Errorf("call %d fails and nothing is said: %v", nth, err)
			}
		}
	})
}
