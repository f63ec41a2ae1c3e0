package provider

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

const (
	redeploy      = "twiliobot_redeploy"
	endExecutions = "twiliobot_end_executions"
)

// Deployed again, a bot is what it was: the next plan is empty.
func TestRedeployBuildsOrPublishesTheBotAsItIs(t *testing.T) {
	t.Parallel()
	for engine, want := range map[string]string{"studio": "is published, as revision 2", "autopilot": "has the model that was built at"} {
		b := newBench(t)
		blocks := []block{botBlock("bot", content(engine, "bot", 1)), bindingBlock(ukNumber, "bot")}
		b.applied(blocks...)
		p, err := b.provider()
		if err != nil {
			t.Fatal(err)
		}
		before, sid := b.deployments(), b.sid("twiliobot_assistant.bot", "sid")
		for i, named := range []map[string]tftypes.Value{{"assistant_sid": str(sid)}, {"unique_name": str("bot")}} {
			progress, err := p.invokes(redeploy, named)
			if last := progress[max(0, len(progress)-1):]; err != nil || i == 0 && !strings.Contains(strings.Join(last, ""), want) {
				t.Errorf("%s: %v, progress %q", engine, err, progress)
			}
			if after := b.deployments(); after != before+i+1 {
				t.Errorf("%s: after %d invocations there are %d deployments more", engine, i+1, after-before)
			}
		}
		if err := b.empty(blocks); err != nil {
			t.Errorf("%s: %v", engine, err)
		}
		b.close()
	}
}

// deployments counts the model builds and the revisions of the account.
func (b bench) deployments() (n int) {
	b.w.t.Helper()
	for _, each := range b.w.rows("assistants", "Assistants") {
		n += len(b.w.rows("model_builds", "Assistants", field(each, "sid"), "ModelBuilds"))
	}
	for _, each := range b.w.flows() {
		n += int(each["revision"].(float64))
	}
	return n
}

func TestRedeployRefusesWhatItWouldHarm(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.applied(botBlock("flow", content("studio", "flow", 1)), botBlock("app", content("application", "app", 1)))
	p, err := b.provider()
	if err != nil {
		t.Fatal(err)
	}
	flow := b.sid("twiliobot_assistant.flow", "sid")
	b.w.call(http.MethodPost, "https://studio.twilio.com/v2/Flows/"+flow, map[string]string{"Status": "draft", "Definition": marshal(echo("Soon."))})
	b.w.call(http.MethodPost, apiBase+"/Applications.json", map[string]string{"FriendlyName": "twin"})
	b.w.call(http.MethodPost, apiBase+"/Applications.json", map[string]string{"FriendlyName": "twin"})
	unknown := tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
	null := tftypes.NewValue(tftypes.String, nil)
	before := b.deployments()
	for want, given := range map[string]map[string]tftypes.Value{
		"A newer draft is not published":       {"assistant_sid": str(flow)},
		"There is no such bot: Account":        {"assistant_sid": str("FW" + strings.Repeat("0", 32))},
		`no bot named "nobody"`:                {"unique_name": str("nobody")},
		"Several bots have this name":          {"unique_name": str("twin")},
		"The action is not for this engine":    {"assistant_sid": str(b.sid("twiliobot_assistant.app", "sid"))},
		"a TwiML application is neither built": {"unique_name": str("app")},
		"No bot is named":                      {"assistant_sid": null},
		"Two bots are named":                   {"assistant_sid": str(flow), "unique_name": unknown},
		"Invalid bot SID":                      {"assistant_sid": str("bot")},
		"Invalid duration":                     {"assistant_sid": str(flow), "timeout": str("soon")},
	} {
		if progress, err := p.invokes(redeploy, given); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("it says %v, want %q (progress %q)", err, want, progress)
		}
	}
	if after := b.deployments(); after != before {
		t.Errorf("%d deployments were made", after-before)
	}
}

// A lost answer is resolved by looking. What the provider sends again on its own is turned off.
func TestRedeployWhateverCallIsCut(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"studio", "autopilot"} {
		for _, kind := range []string{sandbox.FaultCutBefore, sandbox.FaultCutAfter} {
			for nth := 1; nth <= 6; nth++ {
				t.Run(fmt.Sprintf("%s %s, call %d", engine, kind, nth), func(t *testing.T) {
					t.Parallel()
					inBubble(t, func(t *testing.T, s *stack, _ *hanging) {
						b := bench{stack: s}
						blocks := []block{botBlock("bot", content(engine, "bot", 1))}
						if err := s.apply(blocks, true); err != nil {
							t.Fatal(err)
						}
						before := b.deployments()
						p, err := s.provider()
						if err != nil {
							t.Fatal(err)
						}
						s.w.fault(sandbox.Fault{Kind: kind, Nth: nth})
						_, err = p.invokes(redeploy, map[string]tftypes.Value{"unique_name": str("bot")})
						s.w.box.ClearFaults()
						switch made := b.deployments() - before; {
						case err == nil && made != 1, made > 1:
							t.Errorf("%d deployments were made: %v", made, err)
						case err != nil && !strings.Contains(err.Error(), "Unable to deploy") && !strings.Contains(err.Error(), "What was deployed last stays deployed"):
							t.Errorf("it says %v", err)
						}
						if err := s.empty(blocks); err != nil {
							t.Error(err)
						}
					})
				})
			}
		}
	}
}

func TestExecutionsThatAreMeantAreEnded(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	blocks := []block{botBlock("flow", content("studio", "flow", 1)), botBlock("other", content("studio", "other", 1)), botBlock("app", content("application", "app", 1))}
	b.applied(blocks...)
	flow, other := b.sid("twiliobot_assistant.flow", "sid"), b.sid("twiliobot_assistant.other", "sid")
	begin := func(flow, channel, contact string) {
		t.Helper()
		if _, err := b.w.box.AddExecution(sandbox.Execution{FlowSID: flow, Channel: channel, Contact: contact}); err != nil {
			t.Fatal(err)
		}
	}
	active := func() (all []string) {
		t.Helper()
		for _, sid := range []string{flow, other} {
			for _, each := range b.w.call(http.MethodGet, "https://studio.twilio.com/v2/Flows/"+sid+"/Executions?PageSize=50", nil)["executions"].([]any) {
				if e := each.(map[string]any); field(e, "status") == "active" {
					all = append(all, field(e, "contact_channel_address"))
				}
			}
		}
		slices.Sort(all)
		return all
	}
	p, err := b.provider()
	if err != nil {
		t.Fatal(err)
	}
	begin(other, "messaging", "+12025550170")
	for i := range 3 {
		begin(flow, "messaging", fmt.Sprintf("+1202555017%d", i+1))
		begin(flow, "voice", fmt.Sprintf("+1202555018%d", i+1))
	}
	for _, each := range []struct {
		filter, value, says string
		left                int
	}{
		{"older_than", "24h", `Flow "flow" (` + flow + `) has no such executions`, 7},
		{"contact", "+1 202 555 0171", "Ended 1 message conversation of flow", 6},
		{"channel", "voice", "Ended 3 calls of flow", 3},
		{"unique_name", "", "Ended 2 message conversations of flow", 1},
	} {
		given := map[string]tftypes.Value{"assistant_sid": str(flow)}
		if each.filter == "unique_name" {
			given = map[string]tftypes.Value{"unique_name": str("flow")}
		} else {
			given[each.filter] = str(each.value)
		}
		progress, err := p.invokes(endExecutions, given)
		if last := progress[max(0, len(progress)-1):]; err != nil || !strings.Contains(strings.Join(last, ""), each.says) || len(active()) != each.left {
			t.Errorf("%s: %v, progress %q; active are %q", each.filter, err, progress, active())
		}
	}
	if err := b.empty(blocks); err != nil {
		t.Error(err)
	}
	if _, err := p.invokes(endExecutions, map[string]tftypes.Value{"unique_name": str("app")}); err == nil || !strings.Contains(err.Error(), "only Studio flows have executions") {
		t.Errorf("of a bot without executions it says %v", err)
	}
	// What it has ended is said where it stops.
	begin(flow, "messaging", "+12025550171")
	b.w.fault(sandbox.Fault{Kind: sandbox.FaultStatus, Status: 403, Method: http.MethodPost, Path: "/Executions/"})
	if _, err := p.invokes(endExecutions, map[string]tftypes.Value{"assistant_sid": str(flow)}); err == nil || !strings.Contains(err.Error(), "Ended were 0 message conversations") {
		t.Errorf("it says %v", err)
	}
}

// Terraform validates an action while variables and resources are unknown, and not again.
func TestActionsCheckWhatWasUnknownAtValidation(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.applied(botBlock("flow", content("studio", "flow", 1)))
	flow := b.sid("twiliobot_assistant.flow", "sid")
	if _, err := b.w.box.AddExecution(sandbox.Execution{FlowSID: flow, Channel: "messaging", Contact: "+12025550171"}); err != nil {
		t.Fatal(err)
	}
	p, err := b.provider()
	if err != nil {
		t.Fatal(err)
	}
	server := p.server.(tfprotov6.ActionServer)
	before := len(b.w.writes())
	for _, each := range [][3]string{
		{endExecutions, "older_than", "1day"}, {endExecutions, "older_than", ""}, {endExecutions, "channel", "sms"}, {endExecutions, "contact", "Anna"},
		{endExecutions, "timeout", "soon"}, {redeploy, "timeout", "-1m"}, {redeploy, "assistant_sid", "greeter"},
	} {
		action, given := each[0], map[string]tftypes.Value{"assistant_sid": str(flow)}
		given[each[1]] = tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
		kind := p.schema.ActionSchemas[action].Schema
		validated, err := server.ValidateActionConfig(t.Context(), &tfprotov6.ValidateActionConfigRequest{ActionType: action, Config: p.value(kind, given)})
		p.sound(err, validated.Diagnostics)
		given[each[1]] = str(each[2])
		planned, err := server.PlanAction(t.Context(), &tfprotov6.PlanActionRequest{ActionType: action, Config: p.value(kind, given)})
		if err != nil {
			t.Fatal(err)
		}
		stream, err := server.InvokeAction(t.Context(), &tfprotov6.InvokeActionRequest{ActionType: action, Config: p.value(kind, given)})
		if err != nil {
			t.Fatal(err)
		}
		_, invoked := events(stream)
		for step, err := range map[string]error{"plan": said(planned.Diagnostics), "invocation": said(invoked)} {
			if err == nil || !strings.Contains(err.Error(), each[2]) {
				t.Errorf("%s: the %s with %s = %q says %v", action, step, each[1], each[2], err)
			}
		}
	}
	if wrote := b.w.writes()[before:]; len(wrote) > 0 {
		t.Errorf("something was done: %q", wrote)
	}
}

// What Terraform itself does with the two; the tests above do it without a CLI.
func TestBotActionsAreInvokedByTerraform(t *testing.T) {
	t.Parallel()
	needCLI(t)
	if !cliAtLeast("1.14.0") {
		t.Skip("actions came with Terraform 1.14; the tests above invoke these without a CLI")
	}
	w := newWorld(t, quick())
	f := newFolder(t, w.config(studioFlow("greeter", echo("Hello.")), `
action "twiliobot_redeploy" "again" {
  config {
    assistant_sid = twiliobot_assistant.greeter.sid
  }
}
action "twiliobot_end_executions" "stuck" {
  config {
    unique_name = "greeter"
    older_than  = "1s"
  }
}
`))
	f.run("apply", "-input=false", "-auto-approve")
	for action, says := range map[string]string{"twiliobot_redeploy.again": "is published, as revision 2", "twiliobot_end_executions.stuck": "has no such executions"} {
		if out := f.run("apply", "-input=false", "-auto-approve", "-invoke=action."+action); !strings.Contains(strings.Join(strings.Fields(out), " "), says) {
			t.Errorf("%s does not say %q:\n%s", action, says, out)
		}
	}
	f.settled()
}
