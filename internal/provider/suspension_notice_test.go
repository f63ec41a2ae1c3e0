package provider

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

func noticing(notice string) block { return suspensionBlock().with("notice", str(notice)) }

// hears is what a contact who writes to the first number, and one who calls it, get.
func (b bench) hears() string {
	b.w.t.Helper()
	var heard []string
	for i, channel := range []bot.Channel{bot.Messaging, bot.Voice} {
		answer, err := b.w.box.Inbound(sandbox.Inbound{To: ukNumber, From: fmt.Sprintf("+1500555000%d", i), Channel: string(channel), Body: "hello"})
		if err != nil || !answer.Ended {
			b.w.t.Fatalf("%s: it goes on: %+v, %v", channel, answer, err)
		}
		said := ""
		for _, each := range answer.Answers {
			said += each.Text
		}
		heard = append(heard, said)
	}
	return strings.Join(heard, "|")
}

func (b bench) holds() (flows []string) {
	for sid, name := range first(b.gate.bots()) {
		if strings.HasPrefix(name, "flow suspended ") {
			flows = append(flows, sid)
		}
	}
	return flows
}

func first[A, B any](a A, _ B) A { return a }

// A hold that another client edits or deletes between a plan and its apply is put right by that
// apply, whatever else the plan changes.
func TestHoldThatChangesAfterThePlan(t *testing.T) {
	t.Parallel()
	for _, what := range []string{"edited", "deleted"} {
		b := newBench(t)
		blocks := []block{botBlock("bot", content("studio", "first", 1)), bindingBlock(ukNumber, "bot")}
		b.applied(append(blocks, noticing("Back on Monday."))...)
		flow := b.holds()[0]
		b.between = func() {
			if what == "edited" {
				b.w.call(http.MethodPost, studioBase+"/"+flow, map[string]string{"Status": "published", "Definition": string(bot.NewHoldFlow("Never").Source()), "CommitMessage": "by hand"})
			} else {
				b.w.call(http.MethodDelete, studioBase+"/"+flow, nil)
			}
		}
		b.applied(append(blocks, noticing("Back on Tuesday."))...)
		if heard := b.hears(); heard != "Back on Tuesday.|Back on Tuesday." && heard != "Back on Tuesday.|" {
			t.Errorf("%s, people hear %q", what, heard)
		}
		b.close()
	}
}

// The notice changes in place, is removed again, and is put back where another client
// changed it.
func TestNoticeOfASuspension(t *testing.T) {
	t.Parallel()
	for _, engine := range everyEngine {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			both := bindingBlock(ukNumber, "bot").with("channels", tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, []tftypes.Value{str("messaging"), str("voice")}))
			blocks := []block{botBlock("bot", content(engine, "first", 1)), both}
			b.applied(append(blocks, noticing("Back on Monday."))...)
			flows := b.holds()
			for _, each := range []struct {
				suspension block
				heard      string
			}{
				{noticing("Back on Monday."), "Back on Monday.|Back on Monday."},
				{noticing("Back on “Tuesday”."), "Back on “Tuesday”.|Back on “Tuesday”."},
				{suspensionBlock(), "|"},
				{noticing("Back on Monday."), "Back on Monday.|Back on Monday."},
			} {
				b.applied(append(blocks, each.suspension)...)
				if got := b.hears(); got != each.heard || !slices.Equal(b.holds(), flows) {
					t.Errorf("it says %q, not %q", got, each.heard)
				}
			}
			suspended := append(blocks, noticing("Back on Monday."))
			for what, change := range map[string]struct {
				definition string
				warns      string
			}{
				"another notice": {string(bot.NewHoldFlow("Never.").Source()), ""},
				"another flow":   {marshal(echo("Edited")), "was edited"},
			} {
				b.w.call(http.MethodPost, studioBase+"/"+flows[0], map[string]string{"Definition": change.definition, "Status": "published"})
				planned, err := b.plan(suspended, true)
				if err != nil || planned["twiliobot_suspension.bot"].noop || change.warns != "" && !b.warnsOf(change.warns) {
					t.Errorf("%s: the plan shows nothing, %v, %q", what, err, b.warnings)
				}
				b.applied(suspended...)
				if got := b.hears(); got != "Back on Monday.|Back on Monday." {
					t.Errorf("%s, repaired: it says %q", what, got)
				}
			}
			// A rename takes the hold along.
			blocks[0] = botBlock("bot", content(engine, "second", 1))
			b.applied(append(blocks, noticing("Back on Monday."))...)
			if got := b.hears(); got != "Back on Monday.|Back on Monday." || !slices.Equal(b.holds(), flows) {
				t.Errorf("renamed, it says %q by %v", got, b.holds())
			}
			b.applied(blocks...)
			if left := b.holds(); len(left) > 0 {
				t.Errorf("resumed, there are %v", left)
			}
		})
	}
}

func TestNoticeThatTwilioWouldNotSay(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	blocks := []block{botBlock("bot", content("studio", "first", 1))}
	b.applied(blocks...)
	for notice, words := range map[string]string{
		"":                        "empty",
		strings.Repeat("x", 1601): "1600 characters",
		"Dear {{contact}}":        "Liquid",
		"Back on\x1b[1m Monday":   "control characters",
	} {
		if _, err := b.plan(append(blocks, noticing(notice)), true); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%.20q: %v", notice, err)
		}
	}
}

// The hold of an earlier version is taken over: the plan shows a change, the apply gives it
// a flow.
func TestHoldOfAnEarlierVersionIsPlannedToBeTakenOver(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, engine string, b bench) {
		blocks := []block{botBlock("bot", content(engine, "first", 1)), bindingBlock(ukNumber, "bot"), suspensionBlock()}
		b.applied(blocks...)
		hold := field(b.w.number(ukNumber), "sms_application_sid")
		b.w.call(http.MethodPost, apiBase+"/Applications/"+hold+".json", map[string]string{"SmsUrl": "", "VoiceUrl": ""})
		b.w.call(http.MethodDelete, studioBase+"/"+b.holds()[0], nil)
		planned, err := b.plan(blocks, true)
		if err != nil || planned["twiliobot_suspension.bot"].noop {
			t.Fatalf("the plan shows nothing: %v", err)
		}
		b.warnsOnce("is not as it should be", hold, "no flow of its own")
		b.watched()
		b.applied(blocks...)
		if got := b.hears(); got != "|" || len(b.holds()) != 1 || field(b.w.number(ukNumber), "sms_application_sid") != hold {
			t.Errorf("it says %q, and there are %v", got, b.holds())
		}
	})
}

// A way in that was resumed by hand is in `answering`, and silenced by the next apply.
func TestAnsweringListsWaysIn(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	blocks := []block{botBlock("bot", content("studio", "first", 1)), bindingBlock(ukNumber, "bot")}
	b.applied(blocks...)
	url := field(b.w.number(ukNumber), "sms_url")
	service, err := b.w.box.AddMessagingService(fmt.Sprintf(`{"friendly_name": "Campaigns", "inbound_request_url": %q, "use_inbound_webhook_on_number": false}`, url))
	if err != nil {
		t.Fatal(err)
	}
	rcs, err := b.w.box.AddSender(fmt.Sprintf(`{"sender_id": "rcs:clinic", "webhook": {"callback_url": %q, "callback_method": "POST"}}`, url))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.plan(append(blocks, suspensionBlock()), true); err != nil {
		t.Fatal(err)
	}
	b.warnsOnce("will be suspended", "by the Messaging Service", service, "goes on answering", rcs, "does not silence")
	b.applied(append(blocks, suspensionBlock())...)
	b.w.call(http.MethodPost, "https://messaging.twilio.com/v1/Services/"+service, map[string]string{"InboundRequestUrl": url})
	planned, err := b.plan(append(blocks, suspensionBlock()), true)
	if err != nil || planned["twiliobot_suspension.bot"].noop {
		t.Errorf("the plan shows nothing: %v", err)
	}
	b.warnsOnce("answers", service, "resumed there by hand")
	b.applied(append(blocks, suspensionBlock())...)
	// Removing the bot is refused while a way in is silenced: it would be dead.
	if err := b.apply([]block{}, true); err == nil || !strings.Contains(err.Error(), service) {
		t.Errorf("the removal of the bot: %v", err)
	}
}

// With a key that may not use Studio, the application stands alone, and the plan says so.
func TestSuspensionWithoutStudio(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.applied(botBlock("bot", content("application", "first", 1)), bindingBlock(ukNumber, "bot"))
	sid := b.sid("twiliobot_assistant.bot", "sid")
	clear(b.states) // as in a configuration that has the suspension alone
	suspending := block{"twiliobot_suspension.bot", func(map[string]tftypes.Value) map[string]tftypes.Value {
		return map[string]tftypes.Value{"assistant_sid": str(sid)}
	}}
	for _, each := range []struct {
		method string // that is refused
		known  bool   // whether the plan can know it
	}{{"", true}, {http.MethodPost, false}} {
		b.w.fault(sandbox.Fault{Host: "studio.twilio.com", Method: each.method, Kind: sandbox.FaultStatus, Status: http.StatusForbidden, Times: -1})
		if err := b.apply([]block{suspending.with("notice", str("Back on Monday."))}, true); err == nil || !inOrder("A notice needs Studio", "Remove `notice`").MatchString(err.Error()) {
			t.Errorf("with a notice: %v", err)
		}
		if _, err := b.plan([]block{suspending}, true); err != nil {
			t.Fatal(err)
		}
		if each.known && !b.warnsOf("The hold has no Studio flow") {
			t.Errorf("it warns %q", b.warnings)
		}
		b.applied(suspending)
		b.w.box.ClearFaults()
		b.answersOn()
		b.applied()
		b.answersOn(ukNumber + " sms")
	}
}
