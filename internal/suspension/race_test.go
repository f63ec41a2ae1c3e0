package suspension

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/account/sandboxtest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

type part = func(ctx context.Context, w *sandboxtest.World, a *account.Account) error

func suspending(b *bot.Bot) part {
	return func(ctx context.Context, _ *sandboxtest.World, a *account.Account) error {
		_, _, err := Suspend(ctx, a, b.SID, "")
		return err
	}
}

func resuming(b *bot.Bot) part {
	return func(ctx context.Context, _ *sandboxtest.World, a *account.Account) error {
		_, err := Resume(ctx, a, b.SID, nil)
		return err
	}
}

func TestSuspensionBesideAnotherOfTheSameBot(t *testing.T) {
	for _, engine := range []bot.Engine{bot.Studio, bot.Application} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			var b bot.Bot
			sandboxtest.Race{
				Setup: func(w *sandboxtest.World) { b = clinic(w, engine) },
				First: suspending(&b), Second: suspending(&b),
				After: func(w *sandboxtest.World, first, second error) error {
					if err := errors.Join(first, second, all(w, w.Silenced, b)); err != nil {
						return err
					}
					// However many holds there are, resuming takes all of them away.
					a, _ := w.Process()
					if _, err := Resume(w.T.Context(), a, b.SID, nil); err != nil {
						return err
					}
					if n := len(w.Holds(b.SID)); n > 0 {
						return fmt.Errorf("resumed, it has %d holds", n)
					}
					return all(w, w.Answers, b)
				},
			}.Interleave(t)
		})
	}
}

func TestSuspensionBesideAResumption(t *testing.T) {
	for _, engine := range []bot.Engine{bot.Studio, bot.Application} {
		for name, parts := range map[string][2]func(*bot.Bot) part{"resumed meanwhile": {suspending, resuming}, "suspended meanwhile": {resuming, suspending}} {
			t.Run(fmt.Sprintf("%s, %s", engine, name), func(t *testing.T) {
				t.Parallel()
				var b bot.Bot
				sandboxtest.Race{
					Setup: func(w *sandboxtest.World) {
						b = clinic(w, engine)
						silenceByHand(w, b)
					},
					First: parts[0](&b), Second: parts[1](&b),
					After: func(w *sandboxtest.World, first, second error) error {
						resumed := second
						if name == "suspended meanwhile" {
							resumed = first
						}
						if resumed != nil {
							// It says that some numbers answer again; the next apply goes on.
							a, _ := w.Process()
							if _, err := Resume(w.T.Context(), a, b.SID, nil); err != nil {
								return err
							}
						}
						if len(w.Holds(b.SID)) > 0 {
							return all(w, w.Silenced, b)
						}
						return all(w, w.Answers, b)
					},
				}.Interleave(t)
			})
		}
	}
}

// A process that still read the hold points a number at it while the bot is resumed.
func TestNumberThatIsPointedAtTheHoldWhileTheBotIsResumed(t *testing.T) {
	var b bot.Bot
	var hold bot.Hold
	sandboxtest.Race{
		Setup: func(w *sandboxtest.World) {
			b = clinic(w, bot.Studio)
			hold = silenceByHand(w, b)
		},
		First: resuming(&b),
		Second: func(ctx context.Context, w *sandboxtest.World, _ *account.Account) error {
			_, err := w.Numbers.Update(ctx, w.Number(2).SID, bot.NumberChange{Messaging: bot.SideChange{ApplicationSID: &hold.SID}})
			return err
		},
		After: func(w *sandboxtest.World, first, pointed error) error {
			if pointed == nil && !w.Answers(2, bot.Messaging, b.SID) {
				return errors.New("the number that was pointed at the hold does not answer")
			}
			return errors.Join(first, all(w, w.Answers, b))
		},
	}.Interleave(t)
}
