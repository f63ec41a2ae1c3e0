package studio_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/flow"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/studio"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/twiliotest"
)

const (
	flows = "https://studio.twilio.com/v2/Flows"

	flowsPath = `/Flows$`
	flowPath  = `/Flows/FW\w+$`
	noSID     = "FW00000000000000000000000000000000"
	appSID    = "AP0123456789abcdef0123456789abcdef"
)

// account is an account with the engine on it.
type account struct {
	*twiliotest.Account
	studio.Host
}

func run(t *testing.T, test func(a account)) {
	t.Helper()
	t.Parallel()
	twiliotest.Run(t, func(a *twiliotest.Account) { test(account{a, studio.New(a.Client)}) })
}

// create creates a bot that must come to be.
func (a account) create(spec bot.Spec) bot.Bot {
	a.Helper()
	created, err := a.Create(a.Context(), spec)
	if err != nil {
		a.Fatal(err)
	}
	a.Forget()
	return created
}

// publish is another client's.
func (a account) publish(sid string, definition string, pairs ...string) {
	a.Helper()
	a.Post(flows+"/"+sid, append([]string{"Status", "published", "Definition", definition}, pairs...)...)
}

// draft is another client's work in progress.
func (a account) draft(sid string, definition string) {
	a.Helper()
	a.Post(flows+"/"+sid, "Status", "draft", "Definition", definition)
}

// says is the definition of a flow that answers every message with a text.
func says(text string) string { return definition(text, "sent to nobody else", false) }

// definition is that of a flow with two widgets.
func definition(text, other string, concurrent bool) string {
	return fmt.Sprintf(`{
  "description": "Says hello",
  "states": [
    {"name": "Trigger", "type": "trigger", "properties": {"offset": {"x": 0, "y": 0}},
     "transitions": [{"event": "incomingMessage", "next": "hello"}, {"event": "incomingCall"}, {"event": "incomingConversationMessage"}, {"event": "incomingRequest"}, {"event": "incomingParent"}]},
    {"name": "hello", "type": "send-message",
     "properties": {"offset": {"x": 0, "y": 200}, "from": "{{flow.channel.address}}", "to": "{{contact.channel.address}}", "body": %s},
     "transitions": [{"event": "sent", "next": "more"}, {"event": "failed"}]},
    {"name": "more", "type": "send-message",
     "properties": {"offset": {"x": 0, "y": 400}, "from": "{{flow.channel.address}}", "to": "{{contact.channel.address}}", "body": %s},
     "transitions": [{"event": "sent"}, {"event": "failed"}]}
  ],
  "initial_state": "Trigger",
  "flags": {"allow_concurrent_calls": %t}
}`, quoted(text), quoted(other), concurrent)
}

func quoted(text string) string {
	out, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(out)
}

func content(definition string) bot.Content {
	parsed, err := flow.Parse([]byte(definition))
	if err != nil {
		panic(err)
	}
	return bot.Content{Flow: parsed}
}

func specOf(name, definition string) bot.Spec {
	return bot.Spec{UniqueName: name, FriendlyName: name, Content: content(definition)}
}

func greeter() bot.Spec { return specOf("greeter", says("Hello")) }

// broken is a definition that Studio refuses, in two places.
const broken = `{"description": "", "initial_state": "Trigger", "flags": {}, "states": [
  {"name": "Trigger", "type": "trigger", "properties": {}, "transitions": [{"event": "incomingMessage", "next": "nowhere"}]},
  {"name": "hello", "type": "send-message", "properties": {}, "transitions": []}
]}`
