package provider

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// onEachEngine runs a test for a bot of every engine, both where Twilio clears a URL when
// an application is set and where it does not: its documents say both.
func onEachEngine(t *testing.T, test func(t *testing.T, engine string, b bench)) {
	t.Helper()
	for _, engine := range []string{"studio", "application", "autopilot"} {
		for _, clears := range []bool{false, true} {
			name := engine
			if clears {
				name += ", URLs cleared"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				b := newBench(t)
				if _, err := b.w.box.ChangeSettings(fmt.Sprintf(`{"application_clears_url": %v}`, clears)); err != nil {
					t.Fatal(err)
				}
				test(t, engine, b)
			})
		}
	}
}

// applied applies, and expects an empty plan after it.
func (b bench) applied(blocks ...block) {
	b.w.t.Helper()
	if err := b.apply(blocks, true); err != nil {
		b.w.t.Fatal(err)
	}
	if err := b.empty(blocks); err != nil {
		b.w.t.Error(err)
	}
}

// numbers is the records of the account's numbers without their dates of
// change.
func (b bench) numbers() []map[string]any {
	rows := b.gate.rows(apiBase+"/IncomingPhoneNumbers.json?PageSize=1000", "incoming_phone_numbers")
	for _, row := range rows {
		delete(row, "date_updated")
	}
	return rows
}

func (b bench) answersOn(want ...string) {
	b.w.t.Helper()
	if diff := cmp.Diff(want, b.gate.answering(), cmp.Transformer("set", func(all []string) map[string]bool {
		set := map[string]bool{}
		for _, each := range all {
			set[each] = true
		}
		return set
	})); diff != "" {
		b.w.t.Errorf("who answers: %s", diff)
	}
}

// warnsOnce checks that the last plan and apply gave a warning exactly once.
func (b bench) warnsOnce(words ...string) {
	b.w.t.Helper()
	n := 0
	for _, warning := range b.warnings {
		if inOrder(words...).MatchString(warning) {
			n++
		}
	}
	if n != 1 {
		b.w.t.Errorf("%q is in %d warnings, not in one: %q", words, n, b.warnings)
	}
}

// watched fails when a bot answers at any moment, but on the sides that may.
func (b bench) watched(but ...string) {
	inner := b.gate.next
	var once sync.Once
	b.gate.next = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		inner.ServeHTTP(w, r)
		if r.Method == http.MethodGet {
			return
		}
		g := &gate{box: b.w.box}
		sides := slices.DeleteFunc(g.answering(), func(side string) bool { return slices.Contains(but, side) })
		if len(sides) > 0 {
			once.Do(func() { b.w.t.Errorf("%v answered after %s %s", sides, r.Method, r.URL.Path) })
		}
	})
}

func TestResumedNumbersAreAsTheyWere(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, engine string, b bench) {
		bot := botBlock("bot", content(engine, "first", 1))
		b.applied(bot, bindingBlock(ukNumber, "bot"))
		front := b.w.number(ukNumber)
		// By hand, with a label of their own, a fallback, another method and, on
		// Autopilot, a task.
		url := field(front, "sms_url")
		if engine == "autopilot" {
			url += "?TargetTask=task-00"
		}
		form := map[string]string{"SmsUrl": url, "SmsApplicationSid": field(front, "sms_application_sid"), "FriendlyName": "Their own", "VoiceUrl": "https://voice.example.com/"}
		if engine != "application" {
			form["SmsMethod"], form["SmsFallbackUrl"] = "GET", "https://fallback.example.com/"
		}
		b.w.setNumber(otherNumber, form)
		before := b.numbers()
		b.applied(bot, bindingBlock(ukNumber, "bot"), suspensionBlock())
		b.answersOn()
		b.warnsOnce("is suspended", "does not answer on", ukNumber)
		b.applied(bot, bindingBlock(ukNumber, "bot"))
		if diff := cmp.Diff(before, b.numbers()); diff != "" {
			t.Errorf("suspended and resumed: %s", diff)
		}
		if names, _ := b.gate.bots(); len(names) != 1 {
			t.Errorf("remaining: %v", names)
		}
	})
}

func TestBindingsChangeWhileTheirBotIsSuspended(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, engine string, b bench) {
		bot, suspension := botBlock("bot", content(engine, "first", 1)), suspensionBlock()
		b.applied(bot, suspension) // a bot without numbers
		b.watched()
		b.applied(bot, suspension, bindingBlock(ukNumber, "bot"))
		b.applied(bot, bindingBlock(usNumber, "bot"), suspension)
		if label := field(b.w.number(ukNumber), "friendly_name"); label != "free" {
			t.Errorf("the number it moved from is labelled %q", label)
		}
		b.applied(botBlock("bot", content(engine, "renamed", 1)), bindingBlock(usNumber, "bot"), suspension)
		next := map[string]string{"studio": "application", "application": "autopilot", "autopilot": "studio"}[engine]
		moved := botBlock("bot", content(next, "renamed", 1))
		b.applied(moved, bindingBlock(usNumber, "bot"), suspension)
		b.applied(moved, suspension)
		if row := b.w.number(usNumber); field(row, "sms_application_sid")+field(row, "sms_url") != "" {
			t.Errorf("a freed number still has %q and %q", field(row, "sms_application_sid"), field(row, "sms_url"))
		}
		b.applied(moved, bindingBlock(usNumber, "bot"), suspension)
		b.gate.next = conforming(t, b.w.box)
		b.applied(moved, bindingBlock(usNumber, "bot"))
		b.answersOn(usNumber + " sms")
	})
}

func TestSuspensionAndBindingOfOneApply(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, engine string, b bench) {
		bot := botBlock("bot", content(engine, "first", 1))
		b.applied(bot)
		b.watched()
		b.applied(bot, suspensionBlock(), bindingBlock(ukNumber, "bot"))
		b.applied()
		b.gate.next = conforming(t, b.w.box)
		b.applied(bot, bindingBlock(ukNumber, "bot"), suspensionBlock())
		b.answersOn()
		b.applied()
		for _, row := range b.numbers() {
			if field(row, "sms_url")+field(row, "sms_application_sid") != "" {
				t.Errorf("%s still has %q %q", field(row, "phone_number"), field(row, "sms_url"), field(row, "sms_application_sid"))
			}
		}
		if names, _ := b.gate.bots(); len(names) > 0 {
			t.Errorf("remaining: %v", names)
		}
	})
}

// Bindings that depend on the suspension are deleted first: the bot never answers during the destroy.
func TestBindingsThatDependOnTheSuspensionGoFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	config := hosted("clinic") + `
resource "twiliobot_suspension" "clinic" {
  assistant_sid = twiliobot_assistant.clinic.sid
}

resource "twiliobot_phone_number_binding" "front" {
  phone_number  = "` + ukNumber + `"
  assistant_sid = twiliobot_assistant.clinic.sid
  depends_on    = [twiliobot_suspension.clinic]
}`
	w.run(
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: func() { w.box.ClearJournal() },
			Config:    hosted("other"),
			Check: func(*terraform.State) error {
				var freed bool
				for _, write := range w.writes() {
					freed = freed || strings.HasPrefix(write, "POST") && strings.Contains(write, "/IncomingPhoneNumbers/")
					if strings.HasPrefix(write, "DELETE") && strings.Contains(write, "/Applications/") && !freed {
						return fmt.Errorf("the number is freed last: %q", w.writes())
					}
				}
				if now := w.number(ukNumber); !freed || field(now, "sms_application_sid") != "" {
					return fmt.Errorf("the number is not freed: %v", now)
				}
				return nil
			},
		},
	)
}

func TestSuspensionThatSomebodyTouchedByHand(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, engine string, b bench) {
		bot := botBlock("bot", content(engine, "first", 1))
		blocks := []block{bot, bindingBlock(ukNumber, "bot"), suspensionBlock()}
		b.applied(bot, bindingBlock(ukNumber, "bot"))
		front := b.w.number(ukNumber)
		b.applied(blocks...)
		inert := field(b.w.number(ukNumber), "sms_application_sid")
		resumed := map[string]string{"SmsApplicationSid": field(front, "sms_application_sid"), "SmsUrl": field(front, "sms_url")}

		b.w.setNumber(ukNumber, resumed)
		changes, err := b.plan(blocks, true)
		if err != nil {
			t.Fatal(err)
		}
		if shown := b.difference("twiliobot_suspension.bot", changes["twiliobot_suspension.bot"]); !strings.Contains(shown, ukNumber) {
			t.Errorf("the plan shows %s", shown)
		}
		b.warnsOnce("Suspended bot", "answers", ukNumber, "resumed there by hand")
		b.applied(blocks...)
		b.answersOn()

		// The inert application deleted: the suspension is gone, and is created again. The
		// numbers that point at it answer nothing in between.
		b.w.call(http.MethodDelete, apiBase+"/Applications/"+inert+".json", nil)
		b.w.setNumber(ukNumber, resumed)
		b.applied(blocks...)
		b.answersOn()

		// Another client takes the number: it stays theirs, also when the bot is resumed.
		b.w.setNumber(ukNumber, map[string]string{"SmsApplicationSid": "", "SmsUrl": "https://theirs.example.com/"})
		if err := b.apply([]block{bot}, true); err != nil {
			t.Fatal(err)
		}
		b.warnsOnce("taken while their bot was suspended", ukNumber, "https://theirs.example.com/")
		if now := field(b.w.number(ukNumber), "sms_url"); now != "https://theirs.example.com/" {
			t.Errorf("theirs was overwritten by %q", now)
		}
	})
}

// The inert application of a suspension is deleted, and nothing else: its numbers answer
// nothing, and no bot has them.
func TestInertApplicationThatIsDeletedLeavesNoDeadNumber(t *testing.T) {
	t.Parallel()
	for _, drop := range []bool{false, true} {
		t.Run(fmt.Sprintf("dropped %v", drop), func(t *testing.T) {
			t.Parallel()
			onEachEngine(t, func(t *testing.T, engine string, b bench) {
				blocks := []block{botBlock("bot", content(engine, "first", 1)), bindingBlock(ukNumber, "bot")}
				b.applied(blocks...)
				before := b.gate.snapshot()
				b.applied(append(blocks, suspensionBlock())...)
				b.w.call(http.MethodDelete, apiBase+"/Applications/"+field(b.w.number(ukNumber), "sms_application_sid")+".json", nil)
				if drop {
					b.applied(blocks...)
				} else {
					b.applied(append(blocks, suspensionBlock())...)
					b.answersOn()
					b.applied(blocks...)
				}
				if diff := cmp.Diff(before, b.gate.snapshot()); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

// A rename moves what a suspension silenced, and is not reported as a takeover.
func TestRenameOfASuspendedBotAlarmsNobody(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, engine string, b bench) {
		blocks := func(name string) []block {
			return []block{botBlock("bot", content(engine, name, 1)), bindingBlock(ukNumber, "bot"), suspensionBlock()}
		}
		b.applied(blocks("first")...)
		if err := b.apply(blocks("second"), true); err != nil {
			t.Fatal(err)
		}
		for _, warning := range b.warnings {
			if strings.Contains(warning, "were taken while") {
				t.Error(warning)
			}
		}
		b.answersOn()
	})
}

func TestVoiceOfAnotherBotGoesOnAnswering(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, engine string, b bench) {
		blocks := []block{botBlock("bot", content(engine, "first", 1)), botBlock("second", content("application", "second", 1)), bindingBlock(ukNumber, "bot")}
		b.applied(blocks...)
		b.w.setNumber(ukNumber, map[string]string{"VoiceApplicationSid": b.sid("twiliobot_assistant.second", "sid")})
		before := b.numbers()
		b.applied(append(blocks, suspensionBlock())...)
		b.answersOn(ukNumber + " voice")
		b.applied(blocks...)
		if diff := cmp.Diff(before, b.numbers()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestSuspensionIsKeptImportedAndRefused(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	kept := suspensionBlock()
	values := kept.values
	kept.values = func(refs map[string]tftypes.Value) map[string]tftypes.Value {
		with := values(refs)
		with["on_destroy"] = str("keep")
		return with
	}
	bots := []block{botBlock("bot", content("studio", "first", 1)), bindingBlock(ukNumber, "bot")}
	b.applied(append(bots, kept)...)
	sid := b.sid("twiliobot_assistant.bot", "sid")
	b.applied(bots...)
	b.answersOn()
	b.warnsOnce("is suspended", "terraform import twiliobot_suspension.this "+sid)
	if err := b.imported("twiliobot_suspension.bot", 3, sid); err != nil {
		t.Fatal(err)
	}
	b.applied(append(bots, suspensionBlock())...)
	if identity := b.identified("twiliobot_suspension.bot", "assistant_sid"); identity != sid {
		t.Errorf("its identity is %s", identity)
	}
	// A second suspension is refused, and so is taking over a live number for a suspended bot.
	again := suspensionBlock()
	again.address = "twiliobot_suspension.again"
	third := suspensionBlock()
	third.address = "twiliobot_suspension.third"
	if _, err := b.plan(append(bots, suspensionBlock(), again, third), true); err == nil || !strings.Contains(err.Error(), "suspended twice") {
		t.Errorf("two suspensions: %v", err)
	}
	b.w.setNumber(otherNumber, map[string]string{"SmsUrl": "https://theirs.example.com/"})
	taking := bindingBlock(otherNumber, "bot")
	taking.address = "twiliobot_phone_number_binding.taking"
	if _, err := b.plan(overwriting(append(bots, suspensionBlock(), taking)), true); err == nil || !strings.Contains(err.Error(), "would silence it") {
		t.Errorf("a live number for a silent bot: %v", err)
	}
	b.applied(bots...)
	b.answersOn(ukNumber + " sms")
	if err := b.imported("twiliobot_suspension.bot", 3, sid); err == nil || !strings.Contains(err.Error(), "is not suspended") {
		t.Errorf("the import of a bot that is not suspended: %v", err)
	}
	// A Messaging Service takes messages past the numbers, and is silenced too.
	fields := fmt.Sprintf(`{"friendly_name": "Campaigns", "inbound_request_url": %q, "use_inbound_webhook_on_number": false}`, field(b.w.number(ukNumber), "sms_url"))
	service, err := b.w.box.AddMessagingService(fields)
	if err != nil {
		t.Fatal(err)
	}
	reaches := func(rename string, suspended bool) {
		t.Helper()
		var row map[string]any
		b.gate.ask("https://messaging.twilio.com/v1/Services/"+service, &row)
		to, _ := (bot.Webhooks{}).Parse(field(row, "inbound_request_url"))
		if (to.BotSID == b.sid("twiliobot_assistant.bot", "sid")) == suspended || to.BotSID == "" {
			t.Errorf("%s: the service's inbound URL is %v", rename, row["inbound_request_url"])
		}
	}
	if _, err := b.plan(append(bots, suspensionBlock()), true); err != nil {
		t.Fatal(err)
	}
	b.warnsOnce("will be suspended", "It stops answering on "+ukNumber+", and by", service, "texts get no answer", "Everything else on these numbers")
	b.applied(append(bots, suspensionBlock())...)
	reaches("suspended", true)
	// After a rename, the service routes to the new bot, once that is resumed.
	bots = []block{botBlock("bot", content("studio", "second", 1)), bindingBlock(ukNumber, "bot")}
	b.applied(append(bots, suspensionBlock())...)
	reaches("renamed", true)
	b.applied(bots...)
	reaches("resumed", false)
}

// Two processes at once, such as two aliases of the provider: one suspends, the other
// binds. The later one corrects.
func TestTwoProcessesSuspendAndBindAtOnce(t *testing.T) {
	t.Parallel()
	more := bindingBlock(usNumber, "bot")
	more.address = "twiliobot_phone_number_binding.more"
	for run := range 3 * raceRuns() {
		b := newBench(t)
		bot := botBlock("bot", content([]string{"studio", "application", "autopilot"}[run%3], "first", 1))
		b.applied(bot)
		other := bench{newStack(b.w, b.url), b.gate, b.created}
		other.states["twiliobot_assistant.bot"] = b.states["twiliobot_assistant.bot"]
		// Each engine with each side slowed, between its writes and its reads.
		slow := sandbox.Fault{Method: []string{http.MethodGet, http.MethodPost}[run%2], Path: []string{"Applications", "IncomingPhoneNumbers"}[run/2%2], Kind: sandbox.FaultDelay, DelayMS: 1 + 2*(run%5), Times: -1}
		b.w.fault(slow)
		results := make(chan error, 2)
		go func() { results <- b.apply([]block{bot, suspensionBlock()}, true) }()
		go func() { results <- other.apply([]block{bot, bindingBlock(ukNumber, "bot")}, true) }()
		if err := errors.Join(<-results, <-results); err != nil {
			t.Errorf("run %d: %v", run, err)
		}
		b.w.box.ClearFaults()
		b.answersOn()
		// And the reverse at once: one resumes, the other binds one more number.
		go func() { results <- b.apply([]block{bot}, true) }()
		go func() { results <- other.apply([]block{bot, bindingBlock(ukNumber, "bot"), more}, true) }()
		if err := errors.Join(<-results, <-results); err != nil {
			t.Errorf("run %d: %v", run, err)
		}
		b.answersOn(ukNumber+" sms", usNumber+" sms")
		b.close()
	}
}

// The process is killed at each call of a suspension. Then the user applies again and
// resumes, or removes the suspension from the configuration: every number is as it
// was, or the plan says which are silent.
func TestSuspensionKilledAtEachCall(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"studio", "application", "autopilot"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			blocks := []block{botBlock("bot", content(engine, "first", 1)), bindingBlock(ukNumber, "bot")}
			suspended := append(blocks[:2:2], suspensionBlock())
			clean, said := newBench(t), 0
			clean.applied(blocks...)
			clean.gate.arm(0, "", []string{"+"})
			if err := clean.apply(suspended, true); err != nil {
				t.Fatal(err)
			}
			calls := clean.gate.disarm() + 3 // another number is silenced below
			stride := 4
			if *everyFault {
				stride = 1
			}
			for nth := 1; nth <= calls; nth += stride {
				for _, drop := range []bool{false, true} {
					b := newBench(t)
					b.applied(blocks...)
					front := b.w.number(ukNumber)
					form := map[string]string{"SmsUrl": field(front, "sms_url"), "SmsApplicationSid": field(front, "sms_application_sid"), "FriendlyName": "Their own"}
					if engine != "application" {
						form["SmsMethod"], form["SmsFallbackUrl"] = "GET", "https://fallback.example.com/"
					}
					if engine == "autopilot" {
						form["SmsUrl"] += "?TargetTask=task-00"
					}
					b.w.setNumber(otherNumber, form)
					before := b.numbers()
					b.gate.arm(nth, killedThere, []string{"+"})
					err := b.apply(suspended, true)
					b.gate.disarm()
					if err == nil {
						b.close()
						continue // the operation has fewer calls
					}
					if !drop {
						b.applied(suspended...)
						b.answersOn()
					}
					b.applied(blocks...)
					silent := len(b.gate.answering()) < 2
					switch {
					case silent && drop:
						said++
						b.warnsOnce("is suspended")
					case cmp.Diff(before, b.numbers()) != "":
						t.Errorf("killed at call %d of %d, then dropped %v: %s", nth, calls, drop, cmp.Diff(before, b.numbers()))
					}
					b.close()
				}
			}
			t.Logf("%d calls; dropped, the plan warned %d times that the bot is suspended", calls, said)
		})
	}
}
