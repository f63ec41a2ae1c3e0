package provider

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

const frontBinding = "twiliobot_phone_number_binding.front"

// uninterrupted runs Terraform, and expects that the number answers after every write.
func (b bench) uninterrupted(what string, t turn) map[string]string {
	b.w.t.Helper()
	b.gate.arm(0, "", nil)
	actions, err := b.run(t)
	b.gate.disarm()
	if err != nil {
		b.w.t.Fatalf("%s: %v", what, err)
	}
	if err := b.gate.violation(); err != nil {
		b.w.t.Errorf("%s: %v", what, err)
	}
	b.gate.ignore()
	if err := b.settled(t.blocks); err != nil {
		b.w.t.Errorf("%s: %v", what, err)
	}
	return actions
}

// A binding that Terraform replaces is of the same number: it is never without a bot, in
// whichever way and order, and the binding's own bot is never named as another.
func TestReplacedBindingKeepsItsNumber(t *testing.T) {
	t.Parallel()
	for _, engine := range everyEngine {
		for _, way := range []string{"forced", "tainted"} {
			for _, createFirst := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, %s, create first %v", engine, way, createFirst), func(t *testing.T) {
					t.Parallel()
					b := newBench(t)
					defer b.close()
					engines := map[string]string{"bot": engine, "other": "application"}
					front := func(channels ...string) block { return sideBlock("front", ukNumber, "bot", channels...) }
					replaced := func(blocks []block) turn {
						t := turn{blocks: blocks}
						if way == "forced" {
							t.forced = []string{frontBinding}
						} else {
							t.tainted = []string{frontBinding}
						}
						if createFirst {
							t.createFirst = t.forced
							if way == "tainted" {
								t.createFirst = t.tainted
							}
						}
						return t
					}
					b.done(turn{blocks: on(engines, front("messaging", "voice"))})
					b.w.box.ClearJournal()
					actions := b.uninterrupted("nothing else changes", replaced(on(engines, front("messaging", "voice"))))
					if actions[frontBinding] != actReplace {
						t.Errorf("Terraform does %v", actions)
					}
					for _, write := range b.w.writes() {
						t.Errorf("it writes %s", write)
					}
					b.expect("replaced", `bot/bot "bot"`)

					renamed := on(engines, front("messaging", "voice"))
					renamed[0] = botBlock("bot", content(engine, "renamed", 1))
					b.uninterrupted("its bot is renamed", replaced(renamed))
					b.expect("renamed", `renamed/renamed "renamed"`)
					b.uninterrupted("and back", replaced(on(engines, front("messaging", "voice"))))
					b.expect("renamed back", `bot/bot "bot"`)

					// A channel that the new one does not have is freed, and no other.
					b.gate.arm(0, "", nil)
					b.gate.ignore()
					b.done(replaced(on(engines, front("messaging"))))
					b.expect("with a channel less", `bot/ "bot"`)

					// The new one has another bot. What is created first cannot know of the old one.
					other := sideBlock("front", ukNumber, "other", "messaging")
					if createFirst {
						if _, err := b.run(replaced(on(engines, other))); err == nil || !strings.Contains(err.Error(), "create_before_destroy") {
							t.Errorf("another bot, created first: %v", err)
						}
						b.expect("refused", `bot/ "bot"`)
						return
					}
					b.uninterrupted("another bot", replaced(on(engines, other)))
					b.expect("of another bot", `other/ "other"`)

					// And another number: it is bound before the first one is freed.
					b.w.box.ClearJournal()
					b.done(replaced(on(engines, sideBlock("front", usNumber, "other", "messaging"))))
					b.expect("moved", `/ "free"`)
					if writes := b.w.writes(); way == "forced" && !inOrder(field(b.w.number(usNumber), "sid"), field(b.w.number(ukNumber), "sid")).MatchString(strings.Join(writes, "\n")) {
						t.Errorf("written in the order %v", writes)
					}
				})
			}
		}
	}
}

// A replacement that is cut off at any resource goes on by itself.
func TestReplacedBindingIsCutOff(t *testing.T) {
	t.Parallel()
	for _, engine := range everyEngine {
		for _, createFirst := range []bool{false, true} {
			for stop := 1; stop <= 2; stop++ {
				for _, first := range [][]string{nil, {"twiliobot_assistant.bot", frontBinding}} {
					b := newBench(t)
					blocks := on(map[string]string{"bot": engine}, sideBlock("front", ukNumber, "bot", "messaging"))
					b.done(turn{blocks: blocks})
					cut := turn{blocks: blocks, forced: []string{frontBinding}, stop: stop}
					if createFirst {
						cut.createFirst = cut.forced
					}
					b.gate.arm(0, "", nil)
					if _, err := b.run(cut); errors.Is(err, errKilled) != (stop == 1) || stop != 1 && err != nil {
						t.Errorf("cut at %d, it says: %v", stop, err)
					}
					if _, err := b.run(turn{blocks: blocks, first: first}); err != nil {
						t.Errorf("%s, create first %v, cut at %d: %v", engine, createFirst, stop, err)
					}
					b.gate.disarm()
					if err := b.gate.violation(); err != nil {
						t.Errorf("%s, create first %v, cut at %d: %v", engine, createFirst, stop, err)
					}
					if err := b.settled(blocks); err != nil {
						t.Error(err)
					}
					b.expect("at last", `bot/ "bot"`)
					b.close()
				}
			}
		}
	}
}

// A second binding of a channel is refused at plan, whichever of the two is planned first
// and whether or not the other has a change of its own.
func TestDuplicateOfABindingIsRefusedAtPlan(t *testing.T) {
	t.Parallel()
	both := []string{"messaging", "voice"}
	tried := 0
	for _, channels := range [][2][]string{{{"messaging"}, {"messaging"}}, {both, {"voice"}}, {{"voice"}, both}} {
		for _, first := range [][]string{nil, {"twiliobot_assistant.bot", "twiliobot_phone_number_binding.more"}} {
			for _, way := range []string{"unchanged", "forced", "tainted"} {
				engine := everyEngine[tried%len(everyEngine)]
				tried++
				t.Run(fmt.Sprintf("%s, %v, %v first, %s", engine, channels, first, way), func(t *testing.T) {
					t.Parallel()
					b := newBench(t)
					defer b.close()
					engines := map[string]string{"bot": engine}
					front := sideBlock("front", ukNumber, "bot", channels[0]...)
					b.done(turn{blocks: on(engines, front)})
					twice := turn{blocks: on(engines, front, sideBlock("more", ukNumber, "bot", channels[1]...)), first: first}
					switch way {
					case "forced":
						twice.forced = []string{frontBinding}
					case "tainted":
						twice.tainted = []string{frontBinding}
					}
					b.w.box.ClearJournal()
					_, err := b.run(twice)
					if err == nil || !strings.Contains(err.Error(), "Another binding has this phone number") || !strings.Contains(err.Error(), ukNumber) {
						t.Errorf("it says: %v", err)
					}
					if writes := b.w.writes(); len(writes) > 0 {
						t.Errorf("it writes %v", writes)
					}
				})
			}
		}
	}
}

// Two bindings of one channel, as an older version left them in a state: removing one, in
// any order, leaves the number to the other.
func TestRemovingADuplicateLeavesTheNumberToTheOther(t *testing.T) {
	t.Parallel()
	const more = "twiliobot_phone_number_binding.more"
	tried := 0
	for _, kept := range []string{"front", "more"} {
		for _, shared := range [][]string{{"messaging"}, {"messaging", "voice"}} {
			for _, keptFirst := range []bool{false, true} {
				for _, last := range []bool{false, true} {
					engine := everyEngine[tried%len(everyEngine)]
					tried++
					t.Run(fmt.Sprintf("%s, %s keeps %v, planned first %v, deleted last %v", engine, kept, shared, keptFirst, last), func(t *testing.T) {
						t.Parallel()
						b := newBench(t)
						defer b.close()
						engines := map[string]string{"bot": engine}
						b.done(turn{blocks: on(engines, sideBlock("front", ukNumber, "bot", "messaging", "voice"))})
						had := b.states[frontBinding]
						had.order = 9
						b.states[more] = had
						after := turn{blocks: on(engines, sideBlock(kept, ukNumber, "bot", shared...)), deletesLast: last}
						if keptFirst {
							after.first = []string{"twiliobot_assistant.bot", "twiliobot_phone_number_binding." + kept}
						}
						if _, err := b.run(after); err != nil {
							t.Fatal(err)
						}
						b.expect("one is removed", map[int]string{1: `bot/ "bot"`, 2: `bot/bot "bot"`}[len(shared)])
						if err := b.settled(after.blocks); err != nil {
							t.Error(err)
						}
						b.done(turn{blocks: on(engines)})
						b.expect("both are removed", `/ "free"`)
					})
				}
			}
		}
	}
}

// Both of two bindings of one channel are destroyed at once.
func TestBothDuplicatesAreDestroyed(t *testing.T) {
	t.Parallel()
	for _, first := range []string{"front", "more"} {
		b := newBench(t)
		engines := map[string]string{"bot": "studio"}
		b.done(turn{blocks: on(engines, sideBlock("front", ukNumber, "bot", "messaging"))})
		had := b.states[frontBinding]
		had.order = 9
		b.states["twiliobot_phone_number_binding.more"] = had
		b.done(turn{blocks: on(engines), first: []string{"twiliobot_phone_number_binding." + first}})
		b.expect("both are destroyed", `/ "free"`)
	}
}

// A for_each key that is renamed: one binding goes and another comes for the same number
// and bot.
func TestBindingUnderANewKeyKeepsItsNumber(t *testing.T) {
	t.Parallel()
	for _, engine := range everyEngine {
		for _, newFirst := range []bool{false, true} {
			for _, last := range []bool{false, true} {
				b := newBench(t)
				engines := map[string]string{"bot": engine}
				b.done(turn{blocks: on(engines, sideBlock("front", ukNumber, "bot", "messaging"))})
				renamed := turn{blocks: on(engines, sideBlock("more", ukNumber, "bot", "messaging")), deletesLast: last}
				if newFirst {
					renamed.first = []string{"twiliobot_assistant.bot", "twiliobot_phone_number_binding.more"}
				}
				if newFirst || last {
					b.uninterrupted("renamed", renamed)
				} else {
					b.done(renamed)
				}
				b.expect(fmt.Sprintf("%s, planned first %v, deleted last %v", engine, newFirst, last), `bot/ "bot"`)
				b.close()
			}
		}
	}
}

// A bot is removed and its numbers get another in the same plan. Its removal is planned
// before the binding, which is then replaced; or behind it, and then refused.
func TestRemovedBotHandsItsNumberOver(t *testing.T) {
	t.Parallel()
	everyPair(t, func(b bench, engines map[string]string) {
		t := b.w.t
		before := on(engines, sideBlock("front", ukNumber, "calls", "messaging", "voice"), sideBlock("more", otherNumber, "calls", "voice"))
		b.done(turn{blocks: before})
		after := on(map[string]string{"texts": engines["texts"]}, sideBlock("front", ukNumber, "texts", "messaging", "voice"), sideBlock("more", otherNumber, "texts", "voice"))

		// The bindings are planned before the removal.
		behind := turn{blocks: after, first: []string{"twiliobot_assistant.texts", frontBinding, "twiliobot_phone_number_binding.more", "twiliobot_assistant.calls"}}
		_, err := b.run(behind)
		if err == nil {
			t.Error("the removal of a bot that still answers is planned")
		} else {
			for _, word := range []string{"-target", "create_before_destroy", field(b.w.number(ukNumber), "sid"), field(b.w.number(otherNumber), "sid")} {
				if !strings.Contains(err.Error(), word) {
					t.Errorf("the refusal lacks %s: %v", word, err)
				}
			}
		}
		b.expect("refused", `calls/calls "calls"`)

		actions := b.uninterrupted("planned behind the removal", turn{blocks: after})
		if actions[frontBinding] != actReplace || actions["twiliobot_assistant.calls"] != actDelete {
			t.Errorf("Terraform does %v", actions)
		}
		b.expect("handed over", `texts/texts "texts"`)
		if names, _ := b.gate.bots(); len(names) != 1 {
			t.Errorf("the bots are %v", names)
		}
	})
}

func TestRemovedBotIsRefusedWhereTheNextIsNotKnown(t *testing.T) {
	t.Parallel()
	for _, engine := range everyEngine {
		b := newBench(t)
		b.done(turn{blocks: on(map[string]string{"old": engine}, sideBlock("front", ukNumber, "old", "messaging"))})
		_, err := b.run(turn{blocks: on(map[string]string{"merged": engine}, sideBlock("front", ukNumber, "merged", "messaging"))})
		// create_before_destroy would not help: the new bot is as unknown with it.
		if err == nil || !inOrder(ukNumber, "`moved`", "two applies", "-target").MatchString(err.Error()) || strings.Contains(err.Error(), "create_before_destroy") {
			t.Errorf("it says: %v", err)
		}
		// The two applies: the bot goes last.
		after := turn{blocks: on(map[string]string{"merged": engine, "old": engine}, sideBlock("front", ukNumber, "merged", "messaging"))}
		b.uninterrupted("the binding first", after)
		b.done(turn{blocks: on(map[string]string{"merged": engine}, sideBlock("front", ukNumber, "merged", "messaging"))})
		b.expect("merged", `merged/ "merged"`)
		b.close()
	}
}

// A suspended bot that is removed leaves its number to the other, which answers at once.
func TestRemovedBotThatIsSuspended(t *testing.T) {
	t.Parallel()
	for _, engine := range everyEngine {
		b := newBench(t)
		engines := map[string]string{"old": engine, "texts": "studio"}
		b.done(turn{blocks: on(engines, sideBlock("front", ukNumber, "old", "messaging"), suspends("old"))})
		b.done(turn{blocks: on(map[string]string{"texts": "studio"}, sideBlock("front", ukNumber, "texts", "messaging"))})
		b.expect(engine, `texts/ "texts"`)
		b.close()
	}
}

// A method, a spelling or a label that works is kept by an import and ever after.
func TestWebhookThatWorksIsKept(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"studio", "autopilot"} {
		for _, channel := range []string{"messaging", "voice"} {
			b := newBench(t)
			engines := map[string]string{"bot": engine}
			blocks := on(engines, sideBlock("front", ukNumber, "bot", channel))
			b.done(turn{blocks: blocks})
			prefix := map[string]string{"messaging": "Sms", "voice": "Voice"}[channel]
			address := field(b.w.number(ukNumber), strings.ToLower(prefix)+"_url")
			if engine == "autopilot" {
				address = strings.Replace(strings.Replace(address, "twilio-", "twilio/", 1), "channels.", "Channels.", 1)
			}
			before := map[string]string{prefix + "Url": address, prefix + "Method": http.MethodGet, "FriendlyName": "Front desk"}
			b.w.setNumber(ukNumber, before)
			kept := func(what string) {
				t.Helper()
				n := b.w.number(ukNumber)
				if field(n, strings.ToLower(prefix)+"_url") != address || field(n, strings.ToLower(prefix)+"_method") != http.MethodGet || field(n, "friendly_name") != "Front desk" {
					t.Errorf("%s %s, %s: %v", engine, channel, what, n)
				}
			}
			if err := b.settled(blocks); err != nil {
				t.Errorf("changed by hand: %v", err)
			}
			if err := b.imported(frontBinding, 1, ukNumber); err != nil {
				t.Fatal(err)
			}
			if err := b.settled(blocks); err != nil {
				t.Errorf("imported: %v", err)
			}
			kept("imported")
			other := map[string]string{"messaging": "voice", "voice": "messaging"}[channel]
			b.done(turn{blocks: on(engines, sideBlock("front", ukNumber, "bot", channel, other))})
			kept("with the other channel")
			b.done(turn{blocks: on(engines, sideBlock("front", ukNumber, "bot", channel, other), suspends("bot"))})
			b.done(turn{blocks: on(engines, sideBlock("front", ukNumber, "bot", channel, other))})
			kept("suspended and resumed")
			b.done(turn{blocks: on(engines, sideBlock("front", ukNumber, "bot", channel, other)), forced: []string{frontBinding}})
			kept("replaced")
			b.close()
		}
	}
}

// A binding that would label its number differently from the one of the other channel.
func TestTwoLabelsOfOneNumberAreRefused(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	engines := map[string]string{"texts": "studio", "calls": "application"}
	config := func(one, other string) turn {
		return turn{blocks: on(engines, sideBlock("texts", ukNumber, "texts", "messaging").with("friendly_name", str(one)), sideBlock("calls", ukNumber, "calls", "voice").with("friendly_name", str(other)))}
	}
	if _, err := b.run(config("Front desk", "Hotline")); err == nil || !inOrder("Two bindings label", ukNumber, "Hotline", "Front desk").MatchString(err.Error()) {
		t.Errorf("it says: %v", err)
	}
	b.done(config("Front desk", "Front desk"))
	b.expect("with one label", `texts/calls "Front desk"`)
	// One of the two configures it.
	blocks := on(engines, sideBlock("texts", ukNumber, "texts", "messaging"), sideBlock("calls", ukNumber, "calls", "voice").with("friendly_name", str("Hotline")))
	b.done(turn{blocks: blocks})
	b.expect("with the label of one", `texts/calls "Hotline"`)
	b.done(turn{blocks: on(engines, sideBlock("calls", ukNumber, "calls", "voice").with("friendly_name", str("Hotline")))})
	b.expect("one side is freed", `/calls "Hotline"`)
}

// The bot of one side is deleted by another client: the other side answers on.
func TestBotOfASideThatIsGone(t *testing.T) {
	t.Parallel()
	everyPair(t, func(b bench, engines map[string]string) {
		blocks := on(engines, sideBlock("texts", ukNumber, "texts", "messaging"), sideBlock("calls", ukNumber, "calls", "voice"))
		b.done(turn{blocks: blocks})
		sid := b.sid("twiliobot_assistant.texts", "sid")
		if err := b.account().Host(bot.Engine(engines["texts"])).Discard(b.w.t.Context(), sid); err != nil {
			b.w.t.Fatal(err)
		}
		b.unchanged("the bot of texts is made anew", "voice", func() {
			b.done(turn{blocks: blocks})
			b.expect("again", `texts/calls "texts"`)
		})
	})
}
