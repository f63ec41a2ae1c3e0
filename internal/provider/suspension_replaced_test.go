package provider

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

const (
	theBot           = "twiliobot_assistant.bot"
	theSuspension    = "twiliobot_suspension.bot"
	voiceBinding     = "twiliobot_phone_number_binding.calls"
	everyReplacement = 1 << 5
)

// A suspended bot that Terraform replaces never answers, in whichever way and order
// Terraform replaces or updates its suspension and its bindings, bound here or not.
func TestSuspendedBotThatTerraformReplacesStaysSilent(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"studio", "application"} {
		for way := range everyReplacement {
			suspensionReplaced, suspensionCreatedFirst, bindingReplaced := way&1 > 0, way&2 > 0, way&4 > 0
			bindingFirst, clears := way&8 > 0, way&16 > 0
			if suspensionCreatedFirst && !suspensionReplaced {
				continue
			}
			name := fmt.Sprintf("%s, suspension replaced %v, created first %v, bindings replaced %v, first %v, URLs cleared %v",
				engine, suspensionReplaced, suspensionCreatedFirst, bindingReplaced, bindingFirst, clears)
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				b := newBench(t)
				defer b.close()
				if _, err := b.w.box.ChangeSettings(fmt.Sprintf(`{"application_clears_url": %v}`, clears)); err != nil {
					t.Fatal(err)
				}
				engines := map[string]string{"bot": engine}
				bindings := []block{sideBlock("front", ukNumber, "bot", "messaging"), sideBlock("calls", ukNumber, "bot", "voice")}
				blocks := on(engines, append(bindings, suspends("bot"))...)
				if !bindingFirst {
					blocks = on(engines, append([]block{suspends("bot")}, bindings...)...)
				}
				b.done(turn{blocks: on(engines, bindings...)})
				b.done(turn{blocks: blocks})
				old := b.sid(theBot, "sid")
				b.watched()
				replace := turn{blocks: blocks, forced: []string{theBot}, createFirst: []string{theBot}}
				if suspensionReplaced {
					replace.forced = append(replace.forced, theSuspension)
				}
				if suspensionCreatedFirst {
					replace.createFirst = append(replace.createFirst, theSuspension)
					replace.deposedSoon = []string{theSuspension}
				}
				if bindingReplaced {
					replace.forced = append(replace.forced, frontBinding, voiceBinding)
					replace.createFirst = append(replace.createFirst, frontBinding, voiceBinding)
				}
				b.done(replace)
				if now := b.sid(theBot, "sid"); now == old {
					t.Error("the bot was not replaced")
				}
				if names, holds := b.gate.bots(); len(names) != 3 || len(holds) != 2 { // the bot, and both parts of its hold
					t.Errorf("remaining: %v, %v", names, holds)
				}
				b.gate.next = conforming(t, b.w.box)
				b.done(turn{blocks: on(engines, bindings...)})
				b.expect("resumed", `bot/bot "bot"`)
			})
		}
	}
}

// A number that no binding has stays with the suspended bot that Terraform replaces: silent,
// and with the new bot once that is resumed.
func TestNumberThatNoBindingHasOfASuspendedBotThatTerraformReplaces(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"studio", "application"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			defer b.close()
			engines := map[string]string{"bot": engine}
			b.done(turn{blocks: on(engines, sideBlock("front", ukNumber, "bot", "messaging"))})
			front := b.w.number(ukNumber)
			b.w.setNumber(otherNumber, map[string]string{"SmsUrl": field(front, "sms_url"), "SmsApplicationSid": field(front, "sms_application_sid")})
			blocks := on(engines, suspends("bot"), sideBlock("front", ukNumber, "bot", "messaging"))
			b.done(turn{blocks: blocks})
			b.watched()
			b.done(turn{blocks: blocks, forced: []string{theBot}, createFirst: []string{theBot}})
			b.gate.next = conforming(t, b.w.box)
			b.done(turn{blocks: on(engines, sideBlock("front", ukNumber, "bot", "messaging"))})
			b.answersOn(ukNumber+" sms", otherNumber+" sms")
			if reached := b.gate.answerers()[otherNumber+" sms"]; reached != b.gate.answerers()[ukNumber+" sms"] {
				t.Errorf("the number of no binding answers %s", reached)
			}
		})
	}
}

// What would let a suspended bot answer for a moment while it is replaced is refused: a new bot
// of another name, which nothing links to the old one, and a suspension that only changes its
// address.
func TestReplacementThatWouldInterruptASuspensionIsRefused(t *testing.T) {
	t.Parallel()
	for _, engine := range everyEngine {
		for _, bindingFirst := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, binding first %v", engine, bindingFirst), func(t *testing.T) {
				t.Parallel()
				b := newBench(t)
				defer b.close()
				blocks := func(name string, suspension block) []block {
					front := sideBlock("front", ukNumber, "bot", "messaging")
					if bindingFirst {
						return []block{botBlock("bot", content(engine, name, 1)), front, suspension}
					}
					return []block{botBlock("bot", content(engine, name, 1)), suspension, front}
				}
				suspension, forced := suspends("bot"), []string{theBot}
				b.done(turn{blocks: blocks("bot", suspension)})
				b.watched()
				refused := func(what string, how turn, words ...string) {
					t.Helper()
					_, err := b.run(how)
					if err == nil || !inOrder(words...).MatchString(err.Error()) {
						t.Errorf("%s: it says: %v", what, err)
					}
				}
				refused("another name", turn{blocks: blocks("other", suspension), forced: forced, createFirst: forced}, "replaced under another name", "without replacing")
				again := suspension.again()
				renamed := blocks("other", again)
				refused("another address, removed first", turn{blocks: renamed}, "only changes its address", "moved {")
				refused("another address, removed last", turn{blocks: renamed, first: []string{theBot, again.address}}, "only changes its address", "moved {")
				if engine != "autopilot" {
					refused("another address, replaced", turn{blocks: blocks("bot", again), forced: forced, createFirst: forced}, "only changes its address", "moved {")
				}
				b.done(turn{blocks: blocks("other", suspension)})
				b.answersOn()
			})
		}
	}
}

// The same where the plan cannot know the name, and for a tainted bot, whose plan is not told
// which bot it replaces: what references it refuses.
func TestReplacementUnderANameThatIsNotKnownIsRefused(t *testing.T) {
	t.Parallel()
	forced := []string{theBot}
	unknown := botBlock("bot", content("studio", "bot", 1)).with("unique_name", tftypes.NewValue(tftypes.String, tftypes.UnknownValue))
	other := botBlock("bot", content("studio", "other", 1))
	for name, each := range map[string]struct {
		bot     block
		how     turn
		refused bool
	}{
		"replaced, unknown":       {unknown, turn{forced: forced}, true},
		"tainted, unknown":        {unknown, turn{tainted: forced}, true},
		"tainted, another name":   {other, turn{tainted: forced}, true},
		"tainted, under its name": {botBlock("bot", content("studio", "bot", 1)), turn{tainted: forced}, false},
	} {
		for order, followers := range map[string][]block{
			"suspension first": {suspends("bot"), sideBlock("front", ukNumber, "bot", "messaging")},
			"binding first":    {sideBlock("front", ukNumber, "bot", "messaging"), suspends("bot")},
		} {
			t.Run(name+", "+order, func(t *testing.T) {
				t.Parallel()
				b := newBench(t)
				defer b.close()
				b.done(turn{blocks: append([]block{botBlock("bot", content("studio", "bot", 1))}, followers...)})
				b.watched()
				how := each.how
				how.blocks, how.createFirst = append([]block{each.bot}, followers...), forced
				_, err := b.intend(how)
				if refused := err != nil && inOrder("replaced under another name", "untaint").MatchString(err.Error()); refused != each.refused || !refused && err != nil {
					t.Errorf("it says: %v", err)
				}
				b.answersOn()
			})
		}
	}
}

// A suspension that ends beside a new one of a new bot is another matter.
func TestSuspensionOfANewBotBesideOneThatEnds(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	front, more := sideBlock("front", ukNumber, "bot", "messaging"), sideBlock("more", usNumber, "new", "messaging")
	b.done(turn{blocks: on(map[string]string{"bot": "studio"}, front, suspends("bot"))})
	b.done(turn{blocks: on(map[string]string{"bot": "studio", "new": "studio"}, front, more, suspends("new"))})
	b.answersOn(ukNumber + " sms")
}

// A suspension that is removed in the apply that replaces its bot leaves no hold behind.
func TestSuspensionIsRemovedWhileTerraformReplacesItsBot(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"studio", "application"} {
		for _, late := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, removed late %v", engine, late), func(t *testing.T) {
				t.Parallel()
				b := newBench(t)
				defer b.close()
				engines := map[string]string{"bot": engine}
				front := sideBlock("front", ukNumber, "bot", "messaging", "voice")
				b.done(turn{blocks: on(engines, front, suspends("bot"))})
				remaining := on(engines, front)
				replace := turn{blocks: remaining, forced: []string{theBot}, createFirst: []string{theBot}}
				if late {
					replace.createFirst = append(replace.createFirst, theSuspension)
					replace.lateBeforeDeposed = true
				}
				b.done(replace)
				b.expect("resumed", `bot/bot "bot"`)
				if names, _ := b.gate.bots(); len(names) != 1 {
					t.Errorf("remaining: %v", names)
				}
			})
		}
	}
}

// A bot that changes its engine in place and whose suspension is replaced for it, as with
// replace_triggered_by, never answers.
func TestSuspensionIsReplacedWhileItsBotMoves(t *testing.T) {
	t.Parallel()
	for _, createFirst := range []bool{false, true} {
		for _, suspensionFirst := range []bool{false, true} {
			for _, way := range [][2]string{{"studio", "application"}, {"application", "studio"}, {"autopilot", "studio"}} {
				t.Run(fmt.Sprintf("%v, created first %v, suspension first %v", way, createFirst, suspensionFirst), func(t *testing.T) {
					t.Parallel()
					b := newBench(t)
					defer b.close()
					blocks := func(engine string) []block {
						front, suspension := sideBlock("front", ukNumber, "bot", "messaging", "voice"), suspends("bot")
						if suspensionFirst {
							return on(map[string]string{"bot": engine}, suspension, front)
						}
						return on(map[string]string{"bot": engine}, front, suspension)
					}
					b.done(turn{blocks: blocks(way[0])})
					b.watched()
					replace := turn{blocks: blocks(way[1]), forced: []string{theSuspension}}
					if createFirst {
						replace.createFirst, replace.deposedSoon = replace.forced, replace.forced
					}
					b.done(replace)
					b.gate.next = conforming(t, b.w.box)
					b.done(turn{blocks: on(map[string]string{"bot": way[1]}, sideBlock("front", ukNumber, "bot", "messaging", "voice"))})
					b.expect("resumed", `bot/bot "bot"`)
				})
			}
		}
	}
}

// What Twilio cleared of a number is put back as it was, also where Terraform replaced the
// suspension in between, in every order.
func TestReplacedSuspensionPutsBackWhatTwilioCleared(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"studio", "autopilot"} {
		for way, how := range map[string]turn{
			"destroyed first":          {forced: []string{theSuspension}},
			"created first":            {forced: []string{theSuspension}, createFirst: []string{theSuspension}},
			"tainted, destroyed first": {tainted: []string{theSuspension}},
			"tainted, created first":   {tainted: []string{theSuspension}, createFirst: []string{theSuspension}},
		} {
			t.Run(engine+", "+way, func(t *testing.T) {
				t.Parallel()
				b := newBench(t)
				defer b.close()
				if _, err := b.w.box.ChangeSettings(`{"application_clears_url": true}`); err != nil {
					t.Fatal(err)
				}
				blocks := on(map[string]string{"bot": engine})
				b.done(turn{blocks: blocks})
				webhook := bot.Webhook{AccountSID: field(b.w.number(ukNumber), "account_sid"), BotSID: b.sid(theBot, "sid"), Channel: bot.Messaging}
				if engine == "autopilot" && len(how.createFirst) == 0 { // the one that is created first is told of no task
					webhook.TargetTask = "task-00"
				}
				b.w.setNumber(ukNumber, map[string]string{"SmsUrl": bot.Webhooks{}.URL(webhook), "SmsMethod": "GET", "SmsFallbackUrl": "https://fallback.example.com/"})
				before := b.numbers()
				how.blocks = on(map[string]string{"bot": engine}, suspends("bot"))
				b.done(turn{blocks: how.blocks})
				b.watched()
				b.done(how)
				b.gate.next = conforming(t, b.w.box)
				b.done(turn{blocks: blocks})
				if diff := cmp.Diff(before, b.numbers()); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

// What a plan and an apply say of a suspension that Terraform replaces: nothing of another
// client where it is known that Terraform made it, and nothing untrue where it is not.
func TestReplacedSuspensionIsNotReportedAsAnotherClients(t *testing.T) {
	t.Parallel()
	for way, how := range map[string]turn{
		"destroyed first":                    {forced: []string{theSuspension}},
		"created first":                      {forced: []string{theSuspension}, createFirst: []string{theSuspension}},
		"tainted":                            {tainted: []string{theSuspension}},
		"its bot too, both created first":    {forced: []string{theBot, theSuspension}, createFirst: []string{theBot, theSuspension}},
		"its bot too, it is destroyed first": {forced: []string{theBot, theSuspension}, createFirst: []string{theBot}},
	} {
		for _, keep := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, kept %v", way, keep), func(t *testing.T) {
				t.Parallel()
				b := newBench(t)
				defer b.close()
				suspension := suspends("bot")
				if keep {
					suspension = suspension.with("on_destroy", str("keep"))
				}
				how.blocks = on(map[string]string{"bot": "studio"}, sideBlock("front", ukNumber, "bot", "messaging"), suspension)
				b.done(turn{blocks: how.blocks})
				b.done(how)
				b.answersOn()
				if _, err := b.run(how); err != nil { // whose warnings are looked at
					t.Fatal(err)
				}
				for _, warning := range b.warnings {
					known := way != "created first"
					if strings.Contains(warning, "suspended already") && (known || !strings.Contains(warning, "that Terraform replaces")) ||
						strings.Contains(warning, "It stops answering") || strings.Contains(warning, "stays suspended") {
						t.Errorf("it says: %s", warning)
					}
				}
			})
		}
	}
}

// A suspension is removed while another one, which has a bot already, changes to its bot.
func TestSuspensionThatTakesOverTheBotOfARemovedOne(t *testing.T) {
	t.Parallel()
	const one, two = "twiliobot_suspension.one", "twiliobot_suspension.two"
	for _, engine := range everyEngine {
		for _, first := range [][]string{{one}, {"twiliobot_assistant.one", "twiliobot_assistant.two", two}} {
			t.Run(fmt.Sprintf("%s, %s first", engine, first[len(first)-1]), func(t *testing.T) {
				t.Parallel()
				b := newBench(t)
				defer b.close()
				engines := map[string]string{"one": engine, "two": "studio"}
				front, more := sideBlock("front", ukNumber, "one", "messaging"), sideBlock("more", usNumber, "two", "messaging")
				taking := suspends("one")
				taking.address = two
				b.done(turn{blocks: on(engines, front, more, suspends("one"), suspends("two"))})
				_, err := b.run(turn{blocks: on(engines, front, more, taking), first: first})
				if err == nil || !inOrder("would answer between two suspensions", "removed {", "destroy = false").MatchString(err.Error()) {
					t.Errorf("it says: %v", err)
				}
				b.answersOn()
				// As a removed block does, or terraform state rm.
				forgotten := b.states[one]
				delete(b.states, one)
				b.watched(usNumber + " sms")
				b.done(turn{blocks: on(engines, front, more, taking)})
				b.answersOn(usNumber + " sms")
				// What is kept when it is destroyed is taken over in one apply, in any order.
				b.states[one] = forgotten
				delete(b.states, two)
				kept, other := suspends("one").with("on_destroy", str("keep")), suspends("two")
				b.done(turn{blocks: on(engines, front, more, kept, other)})
				b.done(turn{blocks: on(engines, front, more, taking), first: first})
				b.answersOn(usNumber + " sms")
			})
		}
	}
}

// The process is killed at any call while it creates a bot beside a suspended one. The next
// apply keeps the old bot, which answers at no moment.
func TestReplacementOfASuspendedBotIsCutOff(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"studio"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			stride := 2
			if *everyFault {
				stride = 1
			}
			for nth, cut := 1, true; cut; nth += stride {
				b := newBench(t)
				blocks := on(map[string]string{"bot": engine}, suspends("bot"), sideBlock("front", ukNumber, "bot", "messaging"))
				b.done(turn{blocks: blocks})
				replace := turn{blocks: blocks, forced: []string{theBot}, createFirst: []string{theBot}}
				intents, err := b.intend(replace)
				if err != nil {
					t.Fatal(err)
				}
				b.gate.arm(nth, killedThere, []string{"+"})
				err = b.carry(replace, intents)
				b.gate.disarm()
				if cut = err != nil && b.states[theBot].state == nil; cut {
					b.states[theBot], b.deposed = b.deposed[0], nil
					b.watched()
					b.done(turn{blocks: blocks})
				}
				b.close()
			}
		})
	}
}
