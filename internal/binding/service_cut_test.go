package binding

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/account/sandboxtest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/suspension"
)

// addService adds a Messaging Service with an inbound URL.
func addService(w *sandboxtest.World, inbound string, defers bool) string {
	w.T.Helper()
	sid, err := w.Box.AddMessagingService(fmt.Sprintf(`{"friendly_name": "Desk", "inbound_request_url": %q, "inbound_method": "POST", "use_inbound_webhook_on_number": %v}`, inbound, defers))
	if err != nil {
		w.T.Fatal(err)
	}
	return sid
}

func messagesURL(b bot.Bot) string {
	if b.Content.Webhooks != nil {
		return b.Content.Webhooks.MessagingURL
	}
	return urlAt(b.SID)
}

func urlAt(sid string) string {
	return bot.Webhooks{}.URL(bot.Webhook{AccountSID: sandboxtest.AccountSID, BotSID: sid, Channel: bot.Messaging})
}

// leads reports an error unless a service leads to a bot and uses that.
func leads(w *sandboxtest.World, service string, b bot.Bot) error {
	got, err := w.Services.Get(w.T.Context(), service)
	if err == nil && (got.InboundURL != messagesURL(b) || got.Defers) {
		err = fmt.Errorf("the service is %+v", got)
	}
	return err
}

func TestServiceIsBoundOrNotWhereverItIsCut(t *testing.T) {
	for _, engine := range bot.Engines() {
		for name, add := range map[string]func(w *sandboxtest.World, b bot.Bot) string{
			"free": func(w *sandboxtest.World, _ bot.Bot) string { return addService(w, "", true) },
			"over another bot": func(w *sandboxtest.World, _ bot.Bot) string {
				return addService(w, urlAt(w.Create(bot.Studio, "other").SID), false)
			},
			"over another's URL": func(w *sandboxtest.World, _ bot.Bot) string { return addService(w, external, false) },
			"for a suspended bot": func(w *sandboxtest.World, b bot.Bot) string {
				w.Hold(b.SID, "")
				return addService(w, "", true)
			},
			"of a suspended bot, that answers": func(w *sandboxtest.World, b bot.Bot) string {
				w.Hold(b.SID, "")
				return addService(w, messagesURL(b), false)
			},
		} {
			t.Run(fmt.Sprintf("%s, %s", engine, name), func(t *testing.T) {
				t.Parallel()
				var b bot.Bot
				var service string
				sandboxtest.Operation{
					Setup: func(w *sandboxtest.World) {
						b = w.Create(engine, "clinic")
						service = add(w, b)
					},
					Run: func(ctx context.Context, _ *sandboxtest.World, a *account.Account) error {
						_, _, _, err := RebindService(ctx, a, ServiceBinding{ServiceSID: service, Bot: b, Overwrite: true}, "", PriorService{}, PriorService{})
						return err
					},
					OneWrite: true,
					Cuts: map[string]func(w *sandboxtest.World) error{
						"may lead to the bot as planned already": func(*sandboxtest.World) error { return nil },
					},
					Part: true,
				}.CutEverywhere(t)
			})
		}
	}
}

func TestServiceIsFreedOrNotWhereverItIsCut(t *testing.T) {
	for _, engine := range bot.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			var b bot.Bot
			var service string
			sandboxtest.Operation{
				Setup: func(w *sandboxtest.World) {
					b = w.Create(engine, "clinic")
					service = addService(w, messagesURL(b), false)
				},
				Run: func(ctx context.Context, _ *sandboxtest.World, a *account.Account) error {
					_, err := FreeService(ctx, a, PriorService{ServiceSID: service, BotSID: b.SID}, nil)
					return err
				},
				OneWrite: true,
			}.CutEverywhere(t)
		})
	}
}

func TestChangeOfServiceNeverLeavesTheBotWithoutOne(t *testing.T) {
	for _, engine := range bot.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			var b bot.Bot
			var before, after string
			sandboxtest.Operation{
				Setup: func(w *sandboxtest.World) {
					b = w.Create(engine, "clinic")
					before, after = addService(w, messagesURL(b), false), addService(w, "", true)
				},
				Run: func(ctx context.Context, _ *sandboxtest.World, a *account.Account) error {
					_, _, _, err := RebindService(ctx, a, ServiceBinding{ServiceSID: after, Bot: b}, "", PriorService{}, PriorService{ServiceSID: before, BotSID: b.SID})
					return err
				},
				Cuts: map[string]func(w *sandboxtest.World) error{
					"may lead to the bot as planned already":                                   func(w *sandboxtest.World) error { return leads(w, before, b) },
					"leads to the bot as planned, and the one that the binding had before may": func(w *sandboxtest.World) error { return leads(w, after, b) },
				},
			}.CutEverywhere(t)
		})
	}
}

// A bot that is suspended, or resumed, at any call of the move of its binding from one service to
// another: the other leads to it in the end, silenced where it is suspended, and answering where
// it is not. By what is returned it leads to the bot, whenever that was.
func TestServiceBesideASuspension(t *testing.T) {
	for _, engine := range bot.Engines() {
		for _, resumes := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, resumes %v", engine, resumes), func(t *testing.T) {
				t.Parallel()
				var b bot.Bot
				var before, service string
				var way bot.Way
				var routing bot.Routing
				sandboxtest.Race{
					Setup: func(w *sandboxtest.World) {
						b, service = w.Create(engine, "clinic"), addService(w, "", true)
						before = addService(w, messagesURL(b), false)
						member := url.Values{"PhoneNumberSid": {w.Number(0).SID}}
						if err := w.Client.Do(w.T.Context(), http.MethodPost, "https://messaging.twilio.com/v1/Services/"+service+"/PhoneNumbers", member, nil); err != nil {
							w.T.Fatal(err)
						}
						if resumes {
							w.Hold(b.SID, "")
						}
					},
					First: func(ctx context.Context, _ *sandboxtest.World, a *account.Account) (err error) {
						way, routing, _, err = RebindService(ctx, a, ServiceBinding{ServiceSID: service, Bot: b}, "", PriorService{}, PriorService{ServiceSID: before, BotSID: b.SID})
						return err
					},
					Second: func(ctx context.Context, _ *sandboxtest.World, a *account.Account) error {
						if resumes {
							_, err := suspension.Resume(ctx, a, b.SID, nil)
							return err
						}
						_, _, err := suspension.Suspend(ctx, a, b.SID, "")
						return err
					},
					After: func(w *sandboxtest.World, bound, other error) error {
						routes, held := w.Routes(b.SID), len(w.Holds(b.SID)) > 0
						silenced := slices.ContainsFunc(routes.InUse(), func(way bot.Way) bool { return routes.Routing.Lead(way).SilencedBy != "" })
						if bound != nil || other != nil || len(routes.InUse()) != 1 || held == resumes || silenced != held {
							return fmt.Errorf("it ended with %w, the service leads to the bot: %v, silenced %v, and the bot is suspended: %v", errors.Join(bound, other), routes.InUse(), silenced, held)
						}
						if said := routing.Lead(way); said.BotSID != b.SID || said.Gone {
							return fmt.Errorf("the service is said to lead to %+v, and leads to %s", said, b.SID)
						}
						return nil
					},
				}.Interleave(t)
			})
		}
	}
}

// A hold without its flow gets it before the service of its bot is written, wherever that is cut:
// the service leads where it did until the hold is whole.
func TestHoldIsMadeWholeForAServiceWhereverItIsCut(t *testing.T) {
	for _, engine := range bot.Engines() {
		for name, lacking := range map[string]func(w *sandboxtest.World, b bot.Bot){
			"of the earlier kind": func(w *sandboxtest.World, b bot.Bot) { w.EarlierHold(b.SID) },
			"whose flow was deleted": func(w *sandboxtest.World, b bot.Bot) {
				w.Hold(b.SID, "")
				for _, flow := range w.HoldFlows(b.SID) {
					if err := w.Hosts[bot.Studio].Delete(w.T.Context(), flow.SID); err != nil {
						w.T.Fatal(err)
					}
				}
			},
			"that does not call its flow": func(w *sandboxtest.World, b bot.Bot) {
				if err := w.Hosts[bot.Application].Delete(w.T.Context(), w.Hold(b.SID, "Closed.").SID); err != nil {
					w.T.Fatal(err)
				}
				w.EarlierHold(b.SID)
			},
		} {
			t.Run(fmt.Sprintf("%s, a hold %s", engine, name), func(t *testing.T) {
				t.Parallel()
				var b bot.Bot
				var service string
				var before bot.Service
				read := func(w *sandboxtest.World) bot.Service {
					got, err := w.Services.Get(context.WithoutCancel(w.T.Context()), service)
					if err != nil {
						w.T.Error(err)
					}
					return got
				}
				sandboxtest.Operation{
					Setup: func(w *sandboxtest.World) {
						b = w.Create(engine, "clinic")
						service = addService(w, "", true)
						lacking(w, b)
						before = read(w)
					},
					Run: func(ctx context.Context, _ *sandboxtest.World, a *account.Account) error {
						wanted := ServiceBinding{ServiceSID: service, Bot: b}
						own := PriorService{ServiceSID: service, BotSID: b.SID}
						_, _, _, err := RebindService(ctx, a, wanted, "", own, PriorService{})
						return err
					},
					Cuts: map[string]func(w *sandboxtest.World) error{
						"may have its flow already": func(w *sandboxtest.World) error {
							if now := read(w); now != before {
								return fmt.Errorf("the service is %+v", now)
							}
							return nil
						},
						"may lead to the bot as planned already": func(w *sandboxtest.World) error {
							if len(w.HoldFlows(b.SID)) != 1 {
								return errors.New("the hold is not whole")
							}
							return nil
						},
					},
				}.CutEverywhere(t)
			})
		}
	}
}

// A hold that is made whole while its bot is resumed, by another process, goes with that: no flow
// is left, and the service answers.
func TestHoldThatIsMadeWholeBesideAResumption(t *testing.T) {
	for _, engine := range bot.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			var b bot.Bot
			var service string
			bothOrders(t, sandboxtest.Race{
				Setup: func(w *sandboxtest.World) {
					b, service = w.Create(engine, "clinic"), addService(w, "", true)
					w.EarlierHold(b.SID)
				},
				After: func(w *sandboxtest.World, bound, resumed error) error {
					if err := errors.Join(bound, resumed, leads(w, service, b)); err != nil {
						return err
					}
					if held, flows := w.Holds(b.SID), w.HoldFlows(b.SID); len(held)+len(flows) > 0 {
						return fmt.Errorf("%v and %v are left", held, flows)
					}
					return nil
				},
			}, func(ctx context.Context, _ *sandboxtest.World, a *account.Account) error {
				_, _, _, err := RebindService(ctx, a, ServiceBinding{ServiceSID: service, Bot: b}, "", PriorService{}, PriorService{})
				return err
			}, func(ctx context.Context, _ *sandboxtest.World, a *account.Account) error {
				_, err := suspension.Resume(ctx, a, b.SID, nil)
				return err
			})
		})
	}
}

// Where flows can be read and not created, a service of a bot whose hold has none is refused, and
// nothing is written.
func TestServiceOfASuspendedBotNeedsAFlow(t *testing.T) {
	for _, engine := range bot.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := sandboxtest.New(t, sandbox.Settings{ModelBuildMS: 1})
				b, service := w.Create(engine, "clinic"), addService(w, "", true)
				w.EarlierHold(b.SID)
				before := w.Snapshot()
				if err := w.Box.AddFault(sandbox.Fault{Method: http.MethodPost, Host: "studio.twilio.com", Kind: sandbox.FaultStatus, Status: http.StatusForbidden, Times: -1}); err != nil {
					t.Fatal(err)
				}
				a, _ := w.Process()
				_, _, _, err := RebindService(t.Context(), a, ServiceBinding{ServiceSID: service, Bot: b}, "", PriorService{}, PriorService{})
				var problem *bot.Problem
				if !errors.As(err, &problem) || problem.Kind != bot.ServiceSuspended || !slices.Equal(before, w.Snapshot()) {
					t.Errorf("it says %v, and the account is %v", err, w.Snapshot())
				}
			})
		})
	}
}
