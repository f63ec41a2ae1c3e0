package provider

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// deadNumbers lists the channels of numbers that are pointed at an application which does
// not exist.
func (b bench) deadNumbers() []string {
	names, _ := b.gate.bots()
	var dead []string
	for _, row := range b.numbers() {
		for _, channel := range []string{"sms", "voice"} {
			if sid := field(row, channel+"_application_sid"); sid != "" && names[sid] == "" {
				dead = append(dead, field(row, "phone_number")+" "+channel)
			}
		}
	}
	return dead
}

// A person deletes the hold of a suspension, at any moment. Whatever is applied next puts
// the numbers right that are still pointed at it, bound here or not.
func TestNoNumberStaysDeadWhereAHoldWasDeleted(t *testing.T) {
	t.Parallel()
	bound := func(engine, name, phone string, more ...block) []block {
		bot := botBlock("bot", content(engine, name, 1)).with("force_destroy", tftypes.NewValue(tftypes.Bool, true))
		return append([]block{bot, bindingBlock(phone, "bot")}, more...)
	}
	voice := tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, []tftypes.Value{str("voice")})
	operations := map[string]struct {
		after   func(engine string) []block
		answers []string
	}{
		"resume":        {func(engine string) []block { return bound(engine, "first", ukNumber) }, []string{ukNumber + " sms", otherNumber + " sms", otherNumber + " voice"}},
		"suspend again": {func(engine string) []block { return bound(engine, "first", ukNumber, suspensionBlock()) }, nil},
		"rename":        {func(engine string) []block { return bound(engine, "renamed", ukNumber, suspensionBlock()) }, nil},
		"rename and resume": {func(engine string) []block { return bound(engine, "renamed", ukNumber) },
			[]string{ukNumber + " sms", otherNumber + " sms", otherNumber + " voice"}},
		"change of engine": {func(engine string) []block {
			return bound(map[string]string{"studio": "application", "application": "autopilot", "autopilot": "studio"}[engine], "first", ukNumber, suspensionBlock())
		}, nil},
		"change of number":            {func(engine string) []block { return bound(engine, "first", usNumber, suspensionBlock()) }, nil},
		"change of number and resume": {func(engine string) []block { return bound(engine, "first", usNumber) }, []string{usNumber + " sms", otherNumber + " sms", otherNumber + " voice"}},
		"change of channel": {func(engine string) []block {
			all := bound(engine, "first", ukNumber, suspensionBlock())
			all[1] = all[1].with("channels", voice)
			return all
		}, nil},
		"free":            {func(engine string) []block { return []block{bound(engine, "first", "")[0], suspensionBlock()} }, nil},
		"free and resume": {func(engine string) []block { return bound(engine, "first", "")[:1] }, []string{otherNumber + " sms", otherNumber + " voice"}},
		"destroy":         {func(string) []block { return nil }, nil},
	}
	for name, operation := range operations {
		for _, when := range []string{"before the plan", "after the plan", "without a refresh"} {
			if testing.Short() && when != "before the plan" && name != "resume" && name != "rename" {
				continue // hundreds of accounts
			}
			t.Run(name+", deleted "+when, func(t *testing.T) {
				t.Parallel()
				onEachEngine(t, func(t *testing.T, engine string, b bench) {
					b.applied(bound(engine, "first", ukNumber)...)
					front := b.w.number(ukNumber)
					b.w.setNumber(otherNumber, map[string]string{
						"SmsUrl": field(front, "sms_url"), "SmsApplicationSid": field(front, "sms_application_sid"), "VoiceApplicationSid": field(front, "sms_application_sid"),
						"VoiceUrl": strings.Replace(field(front, "sms_url"), "twilio-messaging", "twilio-voice", 1),
					})
					b.applied(bound(engine, "first", ukNumber, suspensionBlock())...)
					b.answersOn()
					remove := func() {
						b.w.call(http.MethodDelete, apiBase+"/Applications/"+field(b.w.number(ukNumber), "sms_application_sid")+".json", nil)
						if len(b.deadNumbers()) != 3 {
							t.Errorf("dead: %v", b.deadNumbers())
						}
					}
					if when == "after the plan" {
						b.between = remove
					} else {
						remove()
					}
					after := operation.after(engine)
					err := b.apply(after, when != "without a refresh")
					// What a plan does not touch, the next one shows.
					if dead := b.deadNumbers(); err == nil && len(dead) > 0 && (name == "resume" || when == "before the plan") {
						t.Errorf("dead after the apply: %v", dead)
					}
					if err != nil && when == "before the plan" {
						t.Error(err)
					}
					b.applied(after...)
					if dead := b.deadNumbers(); len(dead) > 0 {
						t.Errorf("dead after the next apply: %v", dead)
					}
					b.answersOn(operation.answers...)
				})
			})
		}
	}
}

// The plan of a suspension whose hold was deleted names the numbers that answer nothing.
func TestPlanNamesTheNumbersThatADeletedHoldLeft(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, engine string, b bench) {
		blocks := []block{botBlock("bot", content(engine, "first", 1)), bindingBlock(ukNumber, "bot"), suspensionBlock()}
		b.applied(blocks...)
		b.w.call(http.MethodDelete, apiBase+"/Applications/"+field(b.w.number(ukNumber), "sms_application_sid")+".json", nil)
		changes, err := b.plan(blocks, true)
		if err != nil {
			t.Fatal(err)
		}
		if shown := b.difference("twiliobot_suspension.bot", changes["twiliobot_suspension.bot"]); !strings.Contains(shown, ukNumber) {
			t.Errorf("the plan shows %s", shown)
		}
		b.warnsOnce("The hold of bot", "was deleted", "nothing answers", ukNumber)
		if !slices.Equal(b.deadNumbers(), []string{ukNumber + " sms"}) {
			t.Error(fmt.Sprint(b.deadNumbers()))
		}
	})
}

// Suspended again, the bot comes back as it was before the first time: its methods and
// fallbacks too, which Twilio may have cleared.
func TestResumedAfterADeletedHoldIsAsItWas(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, engine string, b bench) {
		blocks := []block{botBlock("bot", content(engine, "first", 1)), bindingBlock(ukNumber, "bot")}
		b.applied(blocks...)
		front := b.w.number(ukNumber)
		form := map[string]string{"SmsUrl": field(front, "sms_url"), "SmsApplicationSid": field(front, "sms_application_sid")}
		if engine != "application" {
			form["SmsMethod"], form["SmsFallbackUrl"] = "GET", "https://fallback.example.com/"
		}
		b.w.setNumber(otherNumber, form)
		before := b.numbers()
		suspended := append(blocks[:2:2], suspensionBlock())
		b.applied(suspended...)
		b.w.call(http.MethodDelete, apiBase+"/Applications/"+field(b.w.number(otherNumber), "sms_application_sid")+".json", nil)
		b.applied(suspended...)
		b.answersOn()
		b.applied(blocks...)
		if diff := cmp.Diff(before, b.numbers()); diff != "" {
			t.Error(diff)
		}
	})
}
