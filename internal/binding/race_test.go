package binding

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/account/sandboxtest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/suspension"
)

type part = func(ctx context.Context, w *sandboxtest.World, a *account.Account) error

// bothOrders runs a race with each of the two operations as the one that is interrupted.
func bothOrders(t *testing.T, race sandboxtest.Race, a, b part) {
	t.Helper()
	after := race.After
	race.First, race.Second = a, b
	race.Interleave(t)
	race.First, race.Second = b, a
	race.After = func(w *sandboxtest.World, first, second error) error { return after(w, second, first) }
	race.Interleave(t)
}

func TestBindingBesideASuspension(t *testing.T) {
	for what, settings := range behaviours() {
		for _, engine := range []bot.Engine{bot.Studio, bot.Application} {
			t.Run(fmt.Sprintf("%s, %s", engine, what), func(t *testing.T) {
				t.Parallel()
				var b bot.Bot
				bothOrders(t, sandboxtest.Race{
					Settings: settings,
					Setup: func(w *sandboxtest.World) {
						b = w.Create(engine, "clinic")
						w.Point(1, b, "", bot.Voice)
					},
					After: func(w *sandboxtest.World, bound, suspended error) error {
						switch {
						case suspended != nil:
							return fmt.Errorf("suspending failed: %w", suspended)
						case bound != nil:
							return fmt.Errorf("binding failed: %w", bound)
						case !w.Silenced(0, bot.Messaging, b.SID) || !w.Silenced(1, bot.Voice, b.SID):
							return errors.New("a number is not silenced")
						}
						return nil
					},
				}, func(ctx context.Context, w *sandboxtest.World, a *account.Account) error {
					_, _, _, err := Bind(ctx, a, Binding{NumberSID: w.Number(0).SID, BotSID: b.SID, Channels: []bot.Channel{bot.Messaging}, Label: "clinic"}, nil, "", nil)
					return err
				}, func(ctx context.Context, _ *sandboxtest.World, a *account.Account) error {
					_, _, err := suspension.Suspend(ctx, a, b.SID, "")
					return err
				})
			})
		}
	}
}

// TestWhatABindingReturnsNamesItsBot rebinds a number, and frees its calls, while the bot is
// suspended or resumed: whenever that is, by what is returned the number is the bot's.
func TestWhatABindingReturnsNamesItsBot(t *testing.T) {
	for _, resumes := range []bool{false, true} {
		for _, engine := range []bot.Engine{bot.Studio, bot.Application} {
			t.Run(fmt.Sprintf("%s, resumed %v", engine, resumes), func(t *testing.T) {
				t.Parallel()
				var b bot.Bot
				var number bot.Number
				var routing bot.Routing
				done := 0
				bothOrders(t, sandboxtest.Race{
					Setup: func(w *sandboxtest.World) {
						b = w.Create(engine, "clinic")
						w.Point(0, b, "", bot.Channels()...)
						if resumes {
							suspend(w, b)
							hold := w.Holds(b.SID)[0].SID
							w.Edit(0, func(n *bot.Number) { n.Messaging.ApplicationSID, n.Voice.ApplicationSID = hold, hold })
						}
					},
					After: func(_ *sandboxtest.World, bound, other error) error {
						if bound != nil || other != nil {
							return nil // another process wrote between a write and its reading
						}
						done++
						if to := routing.Route(number, bot.Messaging).BotSID; to != b.SID {
							return fmt.Errorf("the number is said to be of %s, and is of %s", to, b.SID)
						}
						return nil
					},
				}, func(ctx context.Context, w *sandboxtest.World, a *account.Account) (err error) {
					wanted := Binding{NumberSID: w.Number(0).SID, BotSID: b.SID, Channels: []bot.Channel{bot.Messaging}, Label: "clinic"}
					number, routing, _, err = Rebind(ctx, a, wanted, nil, b.SID, Prior{NumberSID: wanted.NumberSID, BotSID: b.SID, Channels: []bot.Channel{bot.Voice}, Label: "clinic"})
					return err
				}, func(ctx context.Context, _ *sandboxtest.World, a *account.Account) (err error) {
					if resumes {
						_, err = suspension.Resume(ctx, a, b.SID, nil)
					} else {
						_, _, err = suspension.Suspend(ctx, a, b.SID, "")
					}
					return err
				})
				if done == 0 {
					t.Error("one of the two failed whenever they met")
				}
			})
		}
	}
}

func TestBindingBesideAResumption(t *testing.T) {
	for what, settings := range behaviours() {
		for _, engine := range []bot.Engine{bot.Studio, bot.Application} {
			t.Run(fmt.Sprintf("%s, %s", engine, what), func(t *testing.T) {
				t.Parallel()
				var b bot.Bot
				bothOrders(t, sandboxtest.Race{
					Settings: settings,
					Setup: func(w *sandboxtest.World) {
						b = w.Create(engine, "clinic")
						w.Point(1, b, "", bot.Voice)
						suspend(w, b)
						w.Edit(1, func(n *bot.Number) { n.Voice.ApplicationSID = w.Holds(b.SID)[0].SID })
					},
					After: func(w *sandboxtest.World, bound, resumed error) error {
						switch {
						case resumed != nil:
							return fmt.Errorf("resuming failed: %w", resumed)
						case bound != nil:
							return fmt.Errorf("binding failed: %w", bound)
						case len(w.Holds(b.SID)) > 0:
							return errors.New("the hold is left")
						case !w.Answers(0, bot.Messaging, b.SID) || !w.Answers(1, bot.Voice, b.SID):
							return errors.New("a number does not answer")
						}
						return nil
					},
				}, func(ctx context.Context, w *sandboxtest.World, a *account.Account) error {
					_, _, _, err := Bind(ctx, a, Binding{NumberSID: w.Number(0).SID, BotSID: b.SID, Channels: []bot.Channel{bot.Messaging}, Label: "clinic"}, nil, "", nil)
					return err
				}, func(ctx context.Context, _ *sandboxtest.World, a *account.Account) error {
					_, err := suspension.Resume(ctx, a, b.SID, nil)
					return err
				})
			})
		}
	}
}

// Two bindings of one configuration that swap their numbers run at the same time, in one
// process: neither frees what the other has taken by then.
func TestBindingsThatSwapNumbers(t *testing.T) {
	for _, engines := range [][2]bot.Engine{
		{bot.Studio, bot.Studio}, {bot.Studio, bot.Application}, {bot.Application, bot.Autopilot}, {bot.Application, bot.Application},
	} {
		for _, oneBot := range []bool{false, true} {
			if oneBot && engines[0] != engines[1] {
				continue
			}
			t.Run(fmt.Sprintf("%s and %s, one bot %v", engines[0], engines[1], oneBot), func(t *testing.T) {
				t.Parallel()
				var bots [2]bot.Bot
				var planned [2]bot.RouteSnapshot
				swap := func(i int) part {
					return func(ctx context.Context, w *sandboxtest.World, a *account.Account) error {
						_, _, _, err := Rebind(ctx, a,
							Binding{NumberSID: w.Number(1 - i).SID, BotSID: bots[i].SID, Channels: []bot.Channel{bot.Messaging}, Label: bots[i].UniqueName, Overwrite: true},
							planned[1-i], bots[i].SID,
							Prior{NumberSID: w.Number(i).SID, BotSID: bots[i].SID, Channels: []bot.Channel{bot.Messaging}, Label: bots[i].UniqueName})
						return err
					}
				}
				bothOrders(t, sandboxtest.Race{
					OneProcess: true,
					Setup: func(w *sandboxtest.World) {
						bots[0] = w.Create(engines[0], "first")
						bots[1] = bots[0]
						if !oneBot {
							bots[1] = w.Create(engines[1], "second")
						}
						for i, b := range bots {
							w.Point(i, b, "", bot.Messaging)
							planned[i] = bot.SnapshotOf(w.Number(i))
						}
					},
					After: func(w *sandboxtest.World, first, second error) error {
						for i, b := range bots {
							n := w.Number(1 - i)
							if !w.Answers(1-i, bot.Messaging, b.SID) || n.FriendlyName != b.UniqueName {
								return fmt.Errorf("number %d does not answer for the bot: %+v", 1-i, n)
							}
						}
						return errors.Join(first, second)
					},
				}, swap(0), swap(1))
			})
		}
	}
}

// A resource that is renamed in a configuration is a new one beside an old one that goes,
// in whatever order.
func TestBindingThatGoesBesideOneThatComesForTheSameNumber(t *testing.T) {
	for _, engine := range bot.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			var b bot.Bot
			bothOrders(t, sandboxtest.Race{
				OneProcess: true,
				Setup: func(w *sandboxtest.World) {
					b = w.Create(engine, "clinic")
					w.Point(0, b, "", bot.Messaging)
				},
				After: func(w *sandboxtest.World, bound, freed error) error {
					if !w.Answers(0, bot.Messaging, b.SID) {
						return fmt.Errorf("the number does not answer: %+v", w.Number(0))
					}
					return errors.Join(bound, freed)
				},
			}, func(ctx context.Context, w *sandboxtest.World, a *account.Account) error {
				_, _, _, err := Bind(ctx, a, Binding{NumberSID: w.Number(0).SID, BotSID: b.SID, Channels: []bot.Channel{bot.Messaging}, Label: "clinic"}, nil, "", nil)
				return err
			}, func(ctx context.Context, w *sandboxtest.World, a *account.Account) error {
				_, err := Free(ctx, a, Prior{NumberSID: w.Number(0).SID, BotSID: b.SID, Channels: []bot.Channel{bot.Messaging}, Label: "clinic"}, nil)
				return err
			})
		})
	}
}
