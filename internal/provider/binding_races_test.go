package provider

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// inBetween is a check that does something after the plan and before the apply: another
// client of the account.
type inBetween func()

func (b inBetween) CheckPlan(context.Context, plancheck.CheckPlanRequest, *plancheck.CheckPlanResponse) {
	b()
}

func beforeApply(do func()) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{inBetween(do)}}
}

func TestNumberChangedAfterThePlanStopsTheApply(t *testing.T) {
	t.Parallel()
	both := hosted("first") + hosted("second")
	theirs := func(w *world) func() {
		return func() {
			w.setNumber(ukNumber, map[string]string{"SmsApplicationSid": "", "SmsUrl": "https://other.example.com/sms"})
		}
	}
	untouched := func(w *world) resource.TestStep {
		return resource.TestStep{
			Config: both, // the binding is deleted; the other client's webhook stays
			Check: func(*terraform.State) error {
				if url := w.number(ukNumber)["sms_url"]; url != "https://other.example.com/sms" {
					return fmt.Errorf("another client's webhook was overwritten: %v", url)
				}
				return nil
			},
		}
	}
	t.Run("new binding", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.run(
			resource.TestStep{Config: both},
			resource.TestStep{
				Config:           both + bound("front", "first", ukNumber),
				ConfigPlanChecks: beforeApply(theirs(w)),
				ExpectError:      inOrder("already answers elsewhere", "https://other.example.com/sms"),
			},
			untouched(w),
		)
	})
	for name, overwrite := range map[string]string{"another bot": "", "another bot with overwrite": "overwrite = true"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.run(
				resource.TestStep{Config: both + bound("front", "first", ukNumber, overwrite)},
				resource.TestStep{
					Config:           both + bound("front", "second", ukNumber, overwrite),
					ConfigPlanChecks: beforeApply(theirs(w)),
					ExpectError:      inOrder("https://other.example.com/sms"),
				},
				untouched(w),
			)
		})
	}
}

// delayed slows one side of what Terraform does at once: the run-th run slows the
// writes to one number or the other, alternating, and the reads before them.
func (w *world) delayed(run int) {
	slow := []string{ukNumber, otherNumber}[run%2]
	fault := sandbox.Fault{Path: w.number(slow)["sid"].(string), Kind: sandbox.FaultDelay, DelayMS: 20 + 10*(run%5), Times: -1}
	if run%4 < 2 {
		fault.Method = http.MethodPost
	}
	w.fault(fault)
}

// raceRuns is how often each race is run: once with each side and each kind of call slowed,
// and five times, with other delays, with -slow.
func raceRuns() int {
	if *everySlow {
		return 20
	}
	return 4
}

func TestRenamedForEachKeyLeavesTheNumberAnswering(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	// The test driver has no for_each, so a real CLI runs the real provider.
	f := newFolder(t, w.config(hosted("greeter"), `
variable "key" {}
resource "twiliobot_phone_number_binding" "each" {
  for_each      = { (var.key) = "`+ukNumber+`" }
  phone_number  = each.value
  assistant_sid = twiliobot_assistant.greeter.sid
}`))
	// The first apply creates the binding; its renames follow it.
	var key string
	for run := range raceRuns() + 1 {
		w.box.ClearFaults()
		if run > 0 {
			w.delayed(run)
		}
		key = fmt.Sprintf("key=k%d", run)
		f.run("apply", "-input=false", "-auto-approve", "-var", key)
		if err := w.answers(ukNumber, "greeter")(nil); err != nil {
			t.Errorf("run %d: %v", run, err)
		}
	}
	if out, err := f.try("plan", "-input=false", "-detailed-exitcode", "-var", key); err != nil {
		t.Errorf("the plan after it is not empty: %v\n%s", err, out)
	}
}

func TestBindingsThatSwapNumbersLeaveBothAnswering(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	pair := func(a, b string) string {
		return hosted("greeter") + bound("a", "greeter", a) + bound("b", "greeter", b)
	}
	both := resource.ComposeTestCheckFunc(w.answers(ukNumber, "greeter"), w.answers(otherNumber, "greeter"))
	steps := []resource.TestStep{{Config: pair(ukNumber, otherNumber), Check: both}}
	for run := 1; run <= raceRuns(); run++ {
		a, b := ukNumber, otherNumber
		if run%2 == 1 {
			a, b = b, a
		}
		steps = append(steps, resource.TestStep{
			PreConfig: func() { w.box.ClearFaults(); w.delayed(run) },
			Config:    pair(a, b), Check: both,
		})
	}
	w.run(steps...)
}

func TestBindingRemovedWhileAnotherTakesTheNumber(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	steps := []resource.TestStep{{Config: hosted("greeter") + bound("a", "greeter", ukNumber) + bound("b", "greeter", otherNumber)}}
	// Every second run removes a binding, so it takes twice as many.
	for run := 1; run <= 2*raceRuns(); run++ {
		// Alternating: b is deleted and a takes its number; b returns with the number that
		// a had.
		config := hosted("greeter") + bound("a", "greeter", otherNumber)
		check := w.answers(otherNumber, "greeter")
		if run%2 == 0 {
			config = hosted("greeter") + bound("a", "greeter", ukNumber) + bound("b", "greeter", otherNumber)
			check = resource.ComposeTestCheckFunc(check, w.answers(ukNumber, "greeter"))
		}
		steps = append(steps, resource.TestStep{
			PreConfig: func() { w.box.ClearFaults(); w.delayed(run / 2) },
			Config:    config, Check: check,
		})
	}
	w.run(steps...)
}

// Terraform plans again when it applies: whatever a new binding reads from Twilio may
// differ by then, so it must be known after apply.
func TestNewBindingOfWhatWasChangedAfterThePlan(t *testing.T) {
	t.Parallel()
	for name, each := range map[string]struct {
		bot    string // its configuration
		named  string
		change func(*world)
		check  func(w *world) bool
	}{
		"bot renamed": {studioFlow("echo", echo("Hello")), "echo", func(w *world) { w.saves("published", echo("Hello"), "FriendlyName", "theirs") },
			func(w *world) bool { return w.number(ukNumber)["friendly_name"] == "theirs" }},
		"number pointed at the bot in another spelling": {studioFlow("echo", echo("Hello")), "echo", func(w *world) {
			w.setNumber(ukNumber, map[string]string{"SmsUrl": fmt.Sprintf("https://webhooks.twilio.com/v1/Accounts/%s/Flows/%s/", sandbox.StarterAccountSID, w.flows()["echo"]["sid"])})
		}, func(w *world) bool { return strings.HasSuffix(w.number(ukNumber)["sms_url"].(string), "/") }},
		"entry task created": {assistant("clinic", sampleSchema(2)), "clinic", func(w *world) {
			w.call(http.MethodPost, autopilotBase+"/Assistants/clinic/Tasks", map[string]string{"UniqueName": "greeting"})
		}, func(w *world) bool {
			return strings.HasSuffix(w.number(ukNumber)["sms_url"].(string), "?TargetTask=greeting")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, quick())
			w.run(
				resource.TestStep{Config: each.bot},
				resource.TestStep{
					Config:           each.bot + bound("front", each.named, ukNumber),
					ConfigPlanChecks: beforeApply(func() { each.change(w) }),
					Check: func(*terraform.State) error {
						if !each.check(w) {
							return fmt.Errorf("the number is %v", w.number(ukNumber))
						}
						return nil
					},
					// The manual change of the bot is drift.
					ExpectNonEmptyPlan: name != "number pointed at the bot in another spelling",
				},
			)
		})
	}
}

func TestBotDeletedAfterThePlanStopsTheApply(t *testing.T) {
	t.Parallel()
	flow := studioFlow("echo", echo("Hello"))
	for name, after := range map[string]string{
		"new binding":    flow + bound("front", "echo", ukNumber),
		"new suspension": flow + "resource \"twiliobot_suspension\" \"off\" {\n  assistant_sid = twiliobot_assistant.echo.sid\n}\n",
		"update":         studioFlow("echo", echo("Changed")),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.run(
				resource.TestStep{Config: flow},
				resource.TestStep{
					Config: after,
					ConfigPlanChecks: beforeApply(func() {
						w.call(http.MethodDelete, studioBase+"/"+w.flows()["echo"]["sid"].(string), nil)
					}),
					ExpectError: inOrder("bot", "deleted since the plan", "lan again"),
				},
			)
		})
	}
}

// A label that a person gives between the plan and the apply is theirs: the apply stops, and
// the next one leaves it.
func TestLabelGivenSinceThePlanIsNotOverwritten(t *testing.T) {
	t.Parallel()
	blocks := func(engine, name string, channels ...string) []block {
		made := content(engine, name, 1)
		made["rename"] = str("in_place")
		return []block{botBlock("bot", made), sideBlock("number", ukNumber, "bot", channels...)}
	}
	for what, after := range map[string]func(engine string) []block{
		"its bot is renamed": func(engine string) []block { return blocks(engine, "second", "messaging") },
		"it gets a channel":  func(engine string) []block { return blocks(engine, "first", "messaging", "voice") },
	} {
		onEachEngineNamed(t, what, func(t *testing.T, engine string, b bench) {
			b.applied(blocks(engine, "first", "messaging")...)
			b.between = func() { b.w.setNumber(ukNumber, map[string]string{"FriendlyName": "Front desk"}) }
			if err := b.apply(after(engine), true); err == nil || !inOrder("changed since the plan", `labelled "Front desk"`).MatchString(err.Error()) {
				t.Errorf("the apply says %v", err)
			}
			b.applied(after(engine)...)
			if label := b.w.number(ukNumber)["friendly_name"]; label != "Front desk" {
				t.Errorf("the label is %v", label)
			}
		})
	}
}
