package replacement_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/account/sandboxtest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/binding"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sampletest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/suspension"
)

type part = func(ctx context.Context, w *sandboxtest.World, a *account.Account) error

// pairs are the replacements that are run beside something else.
func pairs() []*replaced {
	return []*replaced{
		{from: bot.Studio, to: bot.Studio}, {from: bot.Studio, to: bot.Application}, {from: bot.Application, to: bot.Studio}, {from: bot.Application, to: bot.Application},
	}
}

// bindThird binds the third number, which is free, to the old bot.
func (r *replaced) bindThird(ctx context.Context, w *sandboxtest.World, a *account.Account) error {
	_, _, _, err := binding.Bind(ctx, a, binding.Binding{NumberSID: w.Number(2).SID, BotSID: r.old.SID, Channels: []bot.Channel{bot.Messaging}, Label: "clinic"}, nil, "", nil)
	return err
}

func (r *replaced) suspend(ctx context.Context, _ *sandboxtest.World, a *account.Account) error {
	_, _, err := suspension.Suspend(ctx, a, r.old.SID, "")
	return err
}

// interleave runs the replacement beside another operation, each interrupted by the
// other.
func (r *replaced) interleave(t *testing.T, other part, after func(w *sandboxtest.World, replaced, other error) error) {
	t.Helper()
	settings := sandbox.Settings{ModelBuildMS: 1}
	sandboxtest.Race{Settings: settings, Setup: r.setup, First: r.run, Second: other, After: after}.Interleave(t)
	sandboxtest.Race{
		Settings: settings, Setup: r.setup, First: other, Second: r.run,
		After: func(w *sandboxtest.World, first, second error) error { return after(w, second, first) },
	}.Interleave(t)
}

func TestReplacementBesideABinding(t *testing.T) {
	for _, r := range pairs() {
		t.Run(fmt.Sprintf("%s to %s", r.from, r.to), func(t *testing.T) {
			t.Parallel()
			r.interleave(t, r.bindThird, func(w *sandboxtest.World, replaced, bound error) error {
				if replaced != nil {
					// A number was bound in between, and the old bot is left; the next apply goes on.
					a, _ := w.Process()
					if err := r.next(w.T.Context(), w, a); err != nil {
						return err
					}
				}
				switch {
				case r.exists(w):
					return errors.New("the old bot exists")
				case bound == nil && !w.Answers(2, bot.Messaging, r.newest(w)):
					return fmt.Errorf("the number was bound, and does not answer: %+v", w.Number(2).Messaging)
				}
				return carriedBy(w, r.newest(w))
			})
		})
	}
}

func TestReplacementBesideASuspension(t *testing.T) {
	for _, r := range pairs() {
		t.Run(fmt.Sprintf("%s to %s", r.from, r.to), func(t *testing.T) {
			t.Parallel()
			r.interleave(t, r.suspend, func(w *sandboxtest.World, replaced, suspended error) error {
				if replaced != nil {
					return carriedBy(w, r.newest(w), r.old.SID)
				}
				for _, s := range sides {
					if suspended == nil && !w.Silenced(s.number, s.channel, r.newest(w)) {
						return fmt.Errorf("suspended, %s of number %d is not silenced: %+v", s.channel, s.number, w.Number(s.number).Side(s.channel))
					}
				}
				return carriedBy(w, r.newest(w))
			})
		})
	}
}

// A number that another process changes while it is moved is not put back when the
// replacement is undone; the new bot, which it routes to, goes all the same.
func TestUndoneReplacementLeavesNoNumberWithTheBotThatItDeletes(t *testing.T) {
	for _, r := range pairs() {
		t.Run(fmt.Sprintf("%s to %s", r.from, r.to), func(t *testing.T) {
			t.Parallel()
			var cancel context.CancelFunc
			sandboxtest.Race{
				Setup: r.setup,
				First: func(ctx context.Context, w *sandboxtest.World, a *account.Account) error {
					ctx, cancel = context.WithCancel(ctx)
					defer cancel()
					return r.run(ctx, w, a)
				},
				Second: func(ctx context.Context, w *sandboxtest.World, _ *account.Account) error {
					get, fallback := "GET", "https://fallback.example.com/"
					_, err := w.Numbers.Update(ctx, w.Number(0).SID, bot.NumberChange{Messaging: bot.SideChange{Method: &get, FallbackURL: &fallback}})
					cancel()
					return err // there is no fallback where an application answers
				},
				After: func(w *sandboxtest.World, replaced, _ error) error {
					if replaced == nil {
						return carriedBy(w, r.newest(w))
					}
					return carriedBy(w, r.newest(w), r.old.SID)
				},
			}.Interleave(t)
		})
	}
}

// A number that is bound after the last look at the numbers keeps the old bot.
func TestOldBotStaysWhileANumberRoutesToIt(t *testing.T) {
	for _, r := range pairs() {
		t.Run(fmt.Sprintf("%s to %s", r.from, r.to), func(t *testing.T) {
			t.Parallel()
			stayed := 0
			sandboxtest.Race{
				Setup: r.setup, First: r.run,
				Second: func(_ context.Context, w *sandboxtest.World, _ *account.Account) error {
					if r.exists(w) {
						w.Point(2, r.old, "", bot.Messaging)
					}
					return nil
				},
				After: func(w *sandboxtest.World, replaced, _ error) error {
					if replaced == nil {
						return nil
					}
					stayed++
					if !strings.Contains(replaced.Error(), w.Number(2).String()) || !w.Answers(2, bot.Messaging, r.old.SID) {
						return fmt.Errorf("the number is %+v", w.Number(2).Messaging)
					}
					return nil
				},
			}.Interleave(t)
			if stayed == 0 && !sampletest.Partial {
				t.Error("it was deleted whenever a number was bound to it")
			}
		})
	}
}
