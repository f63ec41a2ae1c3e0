package lifecycle_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	openapi "github.com/twilio/twilio-go/rest/studio/v2"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/account/accounttest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/account/sandboxtest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/lifecycle"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/replacement"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sampletest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// inBubble runs a test on an account at a sandbox.
func inBubble(t *testing.T, name string, test func(t *testing.T, w *sandboxtest.World)) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) { test(t, sandboxtest.New(t, sandbox.Settings{ModelBuildMS: 1})) })
	})
}

func TestNameIsOneBotsAcrossEngines(t *testing.T) {
	for _, has := range bot.Engines() {
		for _, wants := range bot.Engines() {
			inBubble(t, fmt.Sprintf("%s wants what %s has", wants, has), func(t *testing.T, w *sandboxtest.World) {
				owner := w.Create(has, "clinic")
				before := w.Snapshot()
				a, _ := w.Process()
				_, err := lifecycle.Create(t.Context(), a, wants, sandboxtest.Spec(wants, "clinic", 1))
				var problem *bot.Problem
				if !errors.As(err, &problem) || problem.Kind != bot.NameTaken || len(problem.Bots) != 1 || problem.Bots[0].SID != owner.SID {
					t.Errorf("creating says %v", err)
				}
				if diff := cmp.Diff(before, w.Snapshot()); diff != "" {
					t.Errorf("the account was changed:\n%s", diff)
				}
				other := w.Create(wants, "other")
				_, _, err = lifecycle.Update(t.Context(), a, lifecycle.Change{
					SID: other.SID, Engine: wants, InPlace: true, From: sandboxtest.Spec(wants, "other", 1), To: sandboxtest.Spec(wants, "clinic", 1),
				})
				if !errors.As(err, &problem) || problem.Kind != bot.NameTaken {
					t.Errorf("renaming says %v", err)
				}
				if len(w.Named("other")) != 1 {
					t.Error("the other bot lost its name")
				}
			})
		}
	}
}

func TestCreateTakesUpWhatAnEarlierOneLeft(t *testing.T) {
	inBubble(t, "an upload that was cut off", func(t *testing.T, w *sandboxtest.World) {
		spec := sandboxtest.Spec(bot.Autopilot, "clinic", 1)
		a, line := w.Process()
		line.Cut(20, sandboxtest.Killed)
		if _, err := lifecycle.Create(sandboxtest.Count(t.Context()), a, bot.Autopilot, spec); err == nil {
			t.Fatal("it was not cut")
		}
		left := w.Named("clinic")
		if len(left) != 1 || !left[0].Uploading {
			t.Fatalf("it left %+v", left)
		}
		next, _ := w.Process()
		made, err := lifecycle.Create(t.Context(), next, bot.Autopilot, spec)
		if err != nil || made.SID != left[0].SID || made.Uploading || made.NeedsModelBuild {
			t.Errorf("the next one has %+v, %v", made, err)
		}
		// Another engine does not take it up.
		a, _ = w.Process()
		if _, err := lifecycle.Create(t.Context(), a, bot.Studio, sandboxtest.Spec(bot.Studio, "clinic", 1)); !errors.Is(err, bot.ErrNameTaken) {
			t.Errorf("a flow of the name: %v", err)
		}
	})
	inBubble(t, "an assistant that was deleted", func(t *testing.T, w *sandboxtest.World) {
		assistant := w.Create(bot.Autopilot, "clinic")
		if err := w.Hosts[bot.Autopilot].Delete(t.Context(), assistant.SID); err != nil {
			t.Fatal(err)
		}
		spec := sandboxtest.Spec(bot.Autopilot, "clinic", 2)
		a, _ := w.Process()
		_, err := lifecycle.Create(t.Context(), a, bot.Autopilot, spec)
		if !errors.Is(err, bot.ErrNameTaken) {
			t.Errorf("its name is not reserved: %v", err)
		}
		spec.RestoreSID = assistant.SID
		made, err := lifecycle.Create(t.Context(), a, bot.Autopilot, spec)
		if err != nil || made.SID != assistant.SID {
			t.Errorf("restored as %+v, %v", made, err)
		}
	})
}

// naming is an engine that finds the name taken at the last moment.
type naming struct {
	*accounttest.Host
	err error
}

func (n naming) Create(context.Context, bot.Spec) (bot.Bot, error) { return bot.Bot{}, n.err }

func TestNameThatIsTakenAtTheSameTimeIsSaid(t *testing.T) {
	reserved := &bot.Problem{Kind: bot.NameReserved, Summary: "The bot's name is reserved", Cause: bot.ErrNameTaken}
	for _, each := range []struct {
		err  error
		kind bot.Kind
	}{{fmt.Errorf("FW1 exists: %w", bot.ErrNameTaken), bot.NameTaken}, {reserved, bot.NameReserved}} {
		a := account.New(accounttest.SID, bot.Webhooks{}, accounttest.NewNumbers(0), account.NoServices{}, map[bot.Engine]account.Host{bot.Studio: naming{accounttest.NewHost("FW"), each.err}})
		_, err := lifecycle.Create(t.Context(), a, bot.Studio, bot.Spec{UniqueName: "clinic"})
		var problem *bot.Problem
		if !errors.As(err, &problem) || problem.Kind != each.kind || !errors.Is(err, bot.ErrNameTaken) {
			t.Errorf("it says %v", err)
		}
	}
}

func TestDeletedBotLeavesNothingBehind(t *testing.T) {
	for _, engine := range bot.Engines() {
		for _, suspended := range []bool{false, true} {
			inBubble(t, fmt.Sprintf("%s, suspended %v", engine, suspended), func(t *testing.T, w *sandboxtest.World) {
				b := answering(w, engine, suspended)
				before := w.Snapshot()
				a, _ := w.Process()
				_, err := lifecycle.Delete(t.Context(), a, b.SID, "clinic", false)
				var problem *bot.Problem
				if !errors.As(err, &problem) || problem.Kind != bot.StillRouted || !strings.Contains(err.Error(), w.Number(0).PhoneNumber) || !strings.Contains(err.Error(), w.Number(1).PhoneNumber) {
					t.Errorf("without force it says %v", err)
				}
				if diff := cmp.Diff(before, w.Snapshot()); diff != "" {
					t.Errorf("without force, the account was changed:\n%s", diff)
				}
				notices, err := lifecycle.Delete(t.Context(), a, b.SID, "clinic", true)
				freed := slices.DeleteFunc(slices.Clone(notices), func(n bot.Notice) bool { return n.Summary != "A phone number was freed" })
				if err != nil || len(freed) != 2 {
					t.Errorf("with force it says %v, %v", notices, err)
				}
				if exists(w, b) || len(w.Holds(b.SID)) > 0 {
					t.Errorf("the bot exists: %v, its holds are %v", exists(w, b), w.Holds(b.SID))
				}
				for i := range 2 {
					n := w.Number(i)
					if len(n.Applications()) > 0 || n.Messaging.URL != "" || n.Voice.URL != "" || n.FriendlyName != bot.FreeLabel {
						t.Errorf("number %d is left as %+v", i, n)
					}
				}
				// It is gone, and so is its name.
				if _, err := lifecycle.Delete(t.Context(), a, b.SID, "clinic", false); err != nil {
					t.Errorf("deleting it again says %v", err)
				}
				if _, err := lifecycle.Create(t.Context(), a, engine, sandboxtest.Spec(engine, "clinic", 1)); err != nil {
					t.Errorf("its name is not free: %v", err)
				}
			})
		}
	}
	inBubble(t, "a suspended bot on no number", func(t *testing.T, w *sandboxtest.World) {
		b := w.Create(bot.Studio, "clinic")
		w.Hold(b.SID, "")
		a, _ := w.Process()
		if _, err := lifecycle.Delete(t.Context(), a, b.SID, "clinic", false); err != nil || len(w.Holds(b.SID)) > 0 {
			t.Errorf("its holds are %v, %v", w.Holds(b.SID), err)
		}
	})
	a, _ := sandboxtest.New(t, sandbox.Settings{}).Process()
	if _, err := lifecycle.Delete(t.Context(), a, "XX1", "clinic", true); !errors.Is(err, bot.ErrEngineUnknown) {
		t.Errorf("a SID of no bot: %v", err)
	}
}

// killed is a replacement whose process was killed at some call.
func killed(t *testing.T, w *sandboxtest.World, b bot.Bot, to bot.Engine, nth int) {
	t.Helper()
	a, line := w.Process()
	line.Cut(nth, sandboxtest.Killed)
	request := replacement.Request{SID: b.SID, From: sandboxtest.Spec(b.Engine(), "clinic", 1), To: sandboxtest.Spec(to, "doctor", 2), Engine: to}
	if _, _, err := replacement.Run(sandboxtest.Count(t.Context()), a, request); err == nil {
		t.Fatalf("the replacement has fewer than %d calls", nth)
	}
}

// Whatever a replacement that was killed left, deleting the bot leaves nothing of either.
func TestDeletedBotTakesTheOtherOneOfAReplacementWithIt(t *testing.T) {
	for _, engines := range [][2]bot.Engine{{bot.Studio, bot.Studio}, {bot.Studio, bot.Application}, {bot.Application, bot.Application}} {
		for nth := 6; nth <= 30; nth += 3 {
			if !sampletest.Takes(nth) {
				continue
			}
			inBubble(t, fmt.Sprintf("%s to %s, killed at call %d", engines[0], engines[1], nth), func(t *testing.T, w *sandboxtest.World) {
				b := answering(w, engines[0], false)
				killed(t, w, b, engines[1], nth)
				next, _ := w.Process()
				if _, err := lifecycle.Delete(t.Context(), next, b.SID, "clinic", true); err != nil {
					t.Fatal(err)
				}
				for _, line := range w.Snapshot() {
					if !strings.HasPrefix(line, "number") {
						t.Errorf("left is %s", line)
					}
				}
				for i := range 2 {
					if n := w.Number(i); n.FriendlyName != bot.FreeLabel || len(n.Applications()) > 0 || n.Messaging.URL+n.Voice.URL != "" {
						t.Errorf("number %d is left as %+v", i, n)
					}
				}
			})
		}
	}
}

// What the next apply wants of a bot whose replacement was killed decides what becomes of
// the two.
func TestUpdateTakesUpAReplacementThatWasKilled(t *testing.T) {
	for _, engines := range [][2]bot.Engine{{bot.Studio, bot.Studio}, {bot.Studio, bot.Application}, {bot.Application, bot.Application}, {bot.Application, bot.Studio}} {
		for nth := 6; nth <= 30; nth += 3 {
			if !sampletest.Takes(nth) {
				continue
			}
			from, to := engines[0], engines[1]
			for name, each := range map[string]struct {
				wants  bot.Spec
				engine bot.Engine
			}{
				"the same":         {sandboxtest.Spec(to, "doctor", 2), to},
				"what was before":  {sandboxtest.Spec(from, "clinic", 1), from},
				"another name":     {sandboxtest.Spec(to, "surgeon", 2), to},
				"the other engine": {sandboxtest.Spec(from, "doctor", 3), from},
			} {
				inBubble(t, fmt.Sprintf("%s to %s, killed at call %d, wanted is %s", from, to, nth, name), func(t *testing.T, w *sandboxtest.World) {
					b := answering(w, from, false)
					killed(t, w, b, to, nth)
					next, _ := w.Process()
					change := lifecycle.Change{SID: b.SID, From: sandboxtest.Spec(from, "clinic", 1), To: each.wants, Engine: each.engine}
					// What a read reports to the state.
					if current, other, err := next.Unfinished(t.Context(), b.SID, ""); err == nil {
						if change.SID, change.Replacing = current, other; current != b.SID {
							live, err := w.Hosts[to].Read(t.Context(), current)
							if err != nil {
								t.Fatal(err)
							}
							if change.From = sandboxtest.Spec(to, "clinic", 2); !live.Unnamed() {
								change.From.UniqueName = live.UniqueName
							}
						}
					}
					got, _, err := lifecycle.Update(t.Context(), next, change)
					if err != nil {
						t.Fatal(err)
					}
					if got.Engine() != each.engine || got.UniqueName != each.wants.UniqueName {
						t.Errorf("the bot is %+v", got)
					}
					for i, channels := range [][]bot.Channel{{bot.Messaging}, bot.Channels()} {
						for _, channel := range channels {
							if !w.Answers(i, channel, got.SID) {
								t.Errorf("%s of number %d does not answer for it: %+v", channel, i, w.Number(i))
							}
						}
					}
					read, err := w.Hosts[got.Engine()].Read(t.Context(), got.SID)
					if err != nil || !read.Content.Meets(each.wants.Content) {
						t.Errorf("it is made of %+v, %v", read.Content, err)
					}
					bots := 0
					for _, line := range w.Snapshot() {
						if !strings.HasPrefix(line, "number") && !strings.HasPrefix(line, "TwiML application") {
							bots++
						}
					}
					if bots != 1 {
						t.Errorf("the account has %d bots:\n%s", bots, strings.Join(w.Snapshot(), "\n"))
					}
				})
			}
		}
	}
}

func TestNewerDraftIsNotBuried(t *testing.T) {
	inBubble(t, "in place", func(t *testing.T, w *sandboxtest.World) {
		b := w.Create(bot.Studio, "clinic")
		var draft any = sandboxtest.Content(bot.Studio, 7).Flow.Source()
		if _, err := openapi.NewApiService(w.Client.Requests(t.Context())).UpdateFlow(b.SID, &openapi.UpdateFlowParams{Status: new("draft"), Definition: &draft}); err != nil {
			t.Fatal(err)
		}
		a, _ := w.Process()
		for what, to := range map[string]bot.Spec{"content": sandboxtest.Spec(bot.Studio, "clinic", 2), "a name": sandboxtest.Spec(bot.Studio, "doctor", 1)} {
			_, _, err := lifecycle.Update(t.Context(), a, lifecycle.Change{SID: b.SID, Engine: bot.Studio, InPlace: true, From: sandboxtest.Spec(bot.Studio, "clinic", 1), To: to})
			var problem *bot.Problem
			if !errors.As(err, &problem) || problem.Kind != bot.DraftInTheWay {
				t.Errorf("writing %s says %v", what, err)
			}
		}
		now, err := w.Hosts[bot.Studio].Read(t.Context(), b.SID)
		if err != nil || now.Draft != 2 || now.Revision != 1 || now.UniqueName != "clinic" {
			t.Errorf("it is %+v, %v", now, err)
		}
		// What writes nothing buries nothing.
		if _, _, err := lifecycle.Update(t.Context(), a, lifecycle.Change{SID: b.SID, Engine: bot.Studio, From: sandboxtest.Spec(bot.Studio, "clinic", 1), To: sandboxtest.Spec(bot.Studio, "clinic", 1)}); err != nil {
			t.Errorf("writing nothing says %v", err)
		}
	})
}

func TestUpdateInPlaceKeepsTheBot(t *testing.T) {
	for _, engine := range bot.Engines() {
		inBubble(t, string(engine), func(t *testing.T, w *sandboxtest.World) {
			b := answering(w, engine, false)
			w.Edit(1, func(n *bot.Number) { n.FriendlyName = "Front desk" })
			a, _ := w.Process()
			got, _, err := lifecycle.Update(t.Context(), a, lifecycle.Change{
				SID: b.SID, Engine: engine, InPlace: true, From: sandboxtest.Spec(engine, "clinic", 1), To: sandboxtest.Spec(engine, "doctor", 2),
			})
			if err != nil || got.SID != b.SID || got.UniqueName != "doctor" {
				t.Errorf("it is %+v, %v", got, err)
			}
			if read, err := w.Hosts[engine].Read(t.Context(), b.SID); err != nil || !read.Content.Meets(sandboxtest.Content(engine, 2)) {
				t.Errorf("it is made of %+v, %v", read.Content, err)
			}
			if w.Number(0).FriendlyName != "doctor" || w.Number(1).FriendlyName != "Front desk" {
				t.Errorf("the labels are %q and %q", w.Number(0).FriendlyName, w.Number(1).FriendlyName)
			}
		})
	}
	if _, _, err := lifecycle.Update(t.Context(), account.Unreachable(errors.New("off")), lifecycle.Change{SID: "XX1"}); !errors.Is(err, bot.ErrEngineUnknown) {
		t.Errorf("a SID of no bot: %v", err)
	}
}
