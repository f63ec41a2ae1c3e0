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

const sendMessage = "twiliobot_send_message"

func (p *wire) actionConfig(given map[string]tftypes.Value) *tfprotov6.DynamicValue {
	p.t.Helper()
	return p.value(p.schema.ActionSchemas[sendMessage].Schema, given)
}

// invoke validates, plans and invokes the action that sends messages.
func (p *wire) invoke(given map[string]tftypes.Value) (progress []string, err error) {
	p.t.Helper()
	return p.invokes(sendMessage, given)
}

// events reads an action to its end.
func events(stream *tfprotov6.InvokeActionServerStream) (progress []string, diagnostics []*tfprotov6.Diagnostic) {
	for event := range stream.Events {
		switch event := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			progress = append(progress, event.Message)
		case tfprotov6.CompletedInvokeActionEventType:
			diagnostics = append(diagnostics, event.Diagnostics...)
		}
	}
	return progress, diagnostics
}

// invokes validates, plans and invokes an action, as Terraform does.
func (p *wire) invokes(name string, given map[string]tftypes.Value) (progress []string, err error) {
	p.t.Helper()
	server, config := p.server.(tfprotov6.ActionServer), p.value(p.schema.ActionSchemas[name].Schema, given)
	validated, err := server.ValidateActionConfig(p.t.Context(), &tfprotov6.ValidateActionConfigRequest{ActionType: name, Config: config})
	if err != nil {
		p.t.Fatal(err)
	}
	if err := said(validated.Diagnostics); err != nil {
		return nil, err
	}
	planned, err := server.PlanAction(p.t.Context(), &tfprotov6.PlanActionRequest{ActionType: name, Config: config})
	if err != nil {
		p.t.Fatal(err)
	}
	if err := said(planned.Diagnostics); err != nil {
		return nil, err
	}
	stream, err := server.InvokeAction(p.t.Context(), &tfprotov6.InvokeActionRequest{ActionType: name, Config: config})
	if err != nil {
		p.t.Fatal(err)
	}
	progress, diagnostics := events(stream)
	return progress, said(diagnostics)
}

func (w *world) messages() []object {
	w.t.Helper()
	var all []object
	for _, row := range w.call(http.MethodGet, apiBase+"/Messages.json", nil)["messages"].([]any) {
		all = append(all, row.(object))
	}
	return all
}

func listValue(texts ...string) tftypes.Value {
	var all []tftypes.Value
	for _, each := range texts {
		all = append(all, str(each))
	}
	return tftypes.NewValue(tftypes.List{ElementType: tftypes.String}, all)
}

func TestMessageIsSentWithAllThatIsConfigured(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	service := w.addService(deferring, usNumber)
	p := newWire(t, w)
	progress, err := p.invoke(map[string]tftypes.Value{
		"messaging_service_sid": str(service), "to": str("+1 (202) 555-0177"), "body": str("Your bot is live."),
		"media_urls": listValue("https://example.com/a.png"), "status_callback": str("https://example.com/status"),
	})
	if err != nil {
		t.Fatal(err)
	}
	sent := w.messages()
	if len(sent) != 1 || field(sent[0], "to") != person || field(sent[0], "body") != "Your bot is live." || field(sent[0], "num_media") != "1" || field(sent[0], "messaging_service_sid") != service {
		t.Errorf("sent are %v", sent)
	}
	want := []string{"Sending the message to +12025550177 from Messaging Service " + service, fmt.Sprintf("Message %s to %s: accepted", field(sent[0], "sid"), person)}
	if !slices.Equal(progress, want) {
		t.Errorf("the progress is %q, want %q", progress, want)
	}
	form := w.box.Journal()[slices.IndexFunc(w.box.Journal(), func(e sandbox.Entry) bool { return e.Method == http.MethodPost })].Form
	if form.Get("StatusCallback") != "https://example.com/status" || form.Has("ContentSid") {
		t.Errorf("the request is %v", form)
	}
	template := tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, map[string]tftypes.Value{"1": str("Ann")})
	if _, err := p.invoke(map[string]tftypes.Value{"from": str(ukNumber), "to": str(person), "content_sid": str("HX" + strings.Repeat("0", 32)), "content_variables": template}); err != nil || len(w.messages()) != 2 {
		t.Errorf("by a template: %v, %d messages", err, len(w.messages()))
	}
	// It is Twilio that knows its senders.
	if _, err := p.invoke(map[string]tftypes.Value{"from": str("+12025550199"), "to": str(person), "body": str("x")}); err == nil || !strings.Contains(err.Error(), "21606") {
		t.Errorf("from a number of nobody: %v", err)
	}
}

func TestWrongMessagesAreRefusedByName(t *testing.T) {
	t.Parallel()
	p := newWire(t, newWorld(t))
	good := func(change map[string]tftypes.Value) map[string]tftypes.Value {
		all := map[string]tftypes.Value{"from": str(usNumber), "to": str(person), "body": str("hello")}
		for name, value := range change {
			all[name] = value
		}
		return all
	}
	null, unknown := tftypes.NewValue(tftypes.String, nil), tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
	variables := tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, map[string]tftypes.Value{})
	template := str("HX" + strings.Repeat("0", 32))
	for want, change := range map[string]map[string]tftypes.Value{
		`AttributeName("from"): Invalid address`:                         {"from": str("2025550142")},
		`AttributeName("from"): The sender is missing`:                   {"from": null},
		`AttributeName("to"): Invalid address`:                           {"to": str("Clinic")},
		`AttributeName("to"): Two channels`:                              {"to": str("whatsapp:" + person)},
		`AttributeName("to"): Invalid recipient`:                         {"to": str("+1 202 555 0142")},
		`AttributeName("messaging_service_sid"): Invalid SID`:            {"messaging_service_sid": str("PN0")},
		`AttributeName("body"): The message is empty`:                    {"body": null},
		`AttributeName("body"): Invalid message: A message without text`: {"body": str("")},
		`AttributeName("body"): Invalid message: The text has 1601`:      {"body": str(strings.Repeat("é", 1601))},
		`AttributeName("body"): Two texts`:                               {"content_sid": template},
		`AttributeName("content_sid"): Invalid SID`:                      {"body": null, "content_sid": str("HX1")},
		`AttributeName("content_variables"): Variables of no template`:   {"content_variables": variables},
		`AttributeName("media_urls"): Invalid media: There are 0`:        {"media_urls": listValue()},
		`AttributeName("media_urls"): Invalid media: There are 11`:       {"media_urls": listValue(slices.Repeat([]string{"https://example.com/a.png"}, 11)...)},
		`AttributeName("media_urls").ElementKeyInt(1): Invalid URL`:      {"media_urls": listValue("https://example.com/a.png", "a.png")},
		`AttributeName("media_urls"): Two messages`:                      {"body": null, "content_sid": template, "media_urls": listValue("https://example.com/a.png")},
		`AttributeName("status_callback"): Invalid URL: The value`:       {"status_callback": str("callback")},
		`AttributeName("status_callback"): Invalid URL: The host`:        {"status_callback": str("https://my_bot.example.com/")},
	} {
		config := p.actionConfig(good(change))
		validated, err := p.server.(tfprotov6.ActionServer).ValidateActionConfig(t.Context(), &tfprotov6.ValidateActionConfigRequest{ActionType: sendMessage, Config: config})
		if err != nil {
			t.Fatal(err)
		}
		planned, err := p.server.(tfprotov6.ActionServer).PlanAction(t.Context(), &tfprotov6.PlanActionRequest{ActionType: sendMessage, Config: config})
		if err != nil {
			t.Fatal(err)
		}
		for when, diagnostics := range map[string][]*tfprotov6.Diagnostic{"validation": validated.Diagnostics, "plan": planned.Diagnostics} {
			if said := byAttribute(diagnostics); !strings.HasPrefix(said, want) || len(diagnostics) != 1 {
				t.Errorf("the %s says %q, want %q", when, said, want)
			}
		}
	}
	for _, change := range []map[string]tftypes.Value{
		{"from": unknown, "body": unknown, "to": unknown},
		{"from": unknown, "messaging_service_sid": unknown, "body": null, "content_sid": unknown},
		{"from": str("whatsapp:" + usNumber), "to": str("whatsapp:" + person)},
	} {
		validated, err := p.server.(tfprotov6.ActionServer).ValidateActionConfig(t.Context(), &tfprotov6.ValidateActionConfigRequest{ActionType: sendMessage, Config: p.actionConfig(good(change))})
		if err != nil || len(validated.Diagnostics) != 0 {
			t.Errorf("%v: %v, %s", change, err, byAttribute(validated.Diagnostics))
		}
	}
}

// Every call is cut in every way. What the provider sends again on its own is turned off.
func TestMessageIsSentOnceWhateverCallIsCut(t *testing.T) {
	t.Parallel()
	for _, cut := range []sandbox.Fault{
		{Kind: sandbox.FaultCutBefore}, {Kind: sandbox.FaultCutAfter}, {Kind: sandbox.FaultStatus, Status: 500}, {Kind: sandbox.FaultStatus, Status: 429},
		{Kind: sandbox.FaultCutAfter, Times: -1}, {Kind: sandbox.FaultCutBefore, Times: -1},
	} {
		for nth := 1; nth <= 3; nth++ {
			t.Run(fmt.Sprintf("%s %d %d, call %d", cut.Kind, cut.Status, cut.Times, nth), func(t *testing.T) {
				t.Parallel()
				inBubble(t, func(t *testing.T, s *stack, _ *hanging) {
					p, err := s.provider()
					if err != nil {
						t.Fatal(err)
					}
					fault := cut
					fault.Nth, fault.Path = nth, "/Messages"
					s.w.fault(fault)
					progress, err := p.invoke(map[string]tftypes.Value{"from": str(usNumber), "to": str(person), "body": str("hello")})
					s.w.box.ClearFaults()
					read, _, readErr := p.dataSource("twiliobot_messages", nil)
					if readErr != nil {
						t.Fatal(readErr)
					}
					n := len(rowsOf(t, read["messages"]))
					switch {
					case n > 1:
						t.Errorf("%d messages were sent", n)
					case err == nil && (n != 1 || len(progress) != 2 || !strings.Contains(progress[1], "SM")):
						t.Errorf("%d messages were sent, and it says %q", n, progress)
					case err != nil && n == 1 && !strings.Contains(err.Error(), "not known whether"):
						t.Errorf("it was sent, and the error is %v", err)
					}
				})
			})
		}
	}
}

// What Terraform itself does with the action; the tests above do it without a CLI.
func TestActionIsInvokedByTerraform(t *testing.T) {
	t.Parallel()
	needCLI(t)
	if !cliAtLeast("1.14.0") {
		t.Skip("actions came with Terraform 1.14; TestMessageIsSentWithAllThatIsConfigured invokes this one without a CLI")
	}
	w := newWorld(t, quick())
	f := newFolder(t, w.config(hosted("greeter"), fmt.Sprintf(`
resource "terraform_data" "announced" {
  input = twiliobot_assistant.greeter.sid
  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.twiliobot_send_message.live]
    }
  }
}
action "twiliobot_send_message" "live" {
  config {
    from = %q
    to   = %q
    body = "${twiliobot_assistant.greeter.unique_name} is live"
  }
}
`, usNumber, person)))
	if out := f.run("apply", "-input=false", "-auto-approve"); !inOrder("Sending the message", "Message SM", "queued").MatchString(out) {
		t.Errorf("the output does not say that it was sent:\n%s", out)
	}
	f.settled()
	if sent := w.messages(); len(sent) != 1 || field(sent[0], "body") != "greeter is live" {
		t.Errorf("by the trigger were sent %v", sent)
	}
	f.run("apply", "-input=false", "-auto-approve", "-invoke=action.twiliobot_send_message.live")
	if sent := w.messages(); len(sent) != 2 {
		t.Errorf("by -invoke there are %d messages", len(sent))
	}
}
