// Package autopilot runs Autopilot assistants as Twilio's documents describe
// them (https://www.twilio.com/docs/autopilot/actions): it reads an assistant and
// holds a dialogue with it. It does not have Twilio's language model; see
// Assistant's routing for the replacement.
package autopilot

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run/twiml"
)

const (
	// messageWait and callWait are how long a dialogue listens
	// (https://www.twilio.com/docs/autopilot/limits).
	messageWait = 4 * time.Hour
	callWait    = 60 * time.Second

	// maxRedirects is how often one event may be redirected
	// (https://www.twilio.com/docs/autopilot/actions/redirect).
	maxRedirects = 5

	// maxSilences is how often in a row a caller may say nothing before the call
	// ends. Autopilot's behaviour is not documented.
	maxSilences = 3
)

// Options configure a dialogue. The zero value is valid for an assistant that needs
// none of them.
type Options struct {
	Contact      run.Contact // the channel is that of the first event when empty
	World        run.World
	AssistantSID string
	SID          string         // of the dialogue; one is made where it is empty
	Memory       map[string]any // the initial memory
	TargetTask   string         // the first task, instead of the one the contact's input means
	// Literal recognises only a sample or a value as it is written, not similar ones:
	// the part on which two engines must agree.
	Literal bool
	// Untrained is an assistant without a model: it recognises nothing, and only
	// tasks that something redirects to can run.
	Untrained bool
}

// Conversation is a dialogue with an assistant.
type Conversation struct {
	Options
	saved
	assistant *Assistant
}

// saved is the state of a dialogue between two events.
type saved struct {
	SID     string            `json:"sid,omitempty"`
	Begun   bool              `json:"begun,omitempty"`
	Over    bool              `json:"over,omitempty"`
	CallSID string            `json:"call_sid,omitempty"`
	Task    string            `json:"task,omitempty"` // the current one
	Memory  map[string]any    `json:"memory"`
	Fields  map[string]string `json:"fields,omitempty"` // of the last sentence understood
	Listen  *listen           `json:"listen,omitempty"`
	Collect *collecting       `json:"collect,omitempty"`
	// Prompt is what was said last, for a caller who says nothing.
	Prompt   []run.Reply `json:"prompt,omitempty"`
	Silences int         `json:"silences,omitempty"`
	// Call is the conversation a call was transferred to.
	Call json.RawMessage `json:"call,omitempty"`
}

// Start starts a dialogue with the assistant.
func (a *Assistant) Start(o Options) *Conversation {
	o.World = o.World.Filled()
	memory := map[string]any{}
	maps.Copy(memory, o.Memory)
	return &Conversation{Options: o, assistant: a, saved: saved{SID: o.SID, Memory: memory}}
}

// Resume resumes a saved dialogue, with the current assistant.
func (a *Assistant) Resume(text []byte, o Options) (*Conversation, error) {
	c := a.Start(o)
	if err := json.Unmarshal(text, &c.saved); err != nil {
		return nil, fmt.Errorf("a saved dialogue: %w", err)
	}
	if c.Contact.Channel == "" && c.Begun {
		c.Contact.Channel = run.Messaging
		if c.CallSID != "" {
			c.Contact.Channel = run.Voice
		}
	}
	return c, nil
}

// Save implements run.Conversation.
func (c *Conversation) Save() ([]byte, error) { return json.Marshal(c.saved) }

// Task is the name of the task that ran last.
func (c *Conversation) Task() string { return c.saved.Task }

// Remembered is the dialogue's Memory.
func (c *Conversation) Remembered() map[string]any { return c.saved.Memory }

// turn is the work on one event.
type turn struct {
	*Conversation
	run.Turn
	ctx       context.Context
	input     string
	redirects int
}

// Send implements run.Conversation. An event the dialogue does not wait for
// changes nothing.
func (c *Conversation) Send(ctx context.Context, e run.Event) run.Turn {
	t := &turn{Conversation: c, ctx: ctx, input: e.Text}
	switch {
	case c.Over:
	case e.Kind == run.KindHangup || e.Kind == run.KindTimeout:
		c.Over = true
	case !c.Begun:
		t.begin(e)
	case c.Call != nil:
		t.resumeCall(e)
	case e.Kind == run.KindSilence:
		t.silence()
	default:
		t.Silences = 0
		t.heard(e)
	}
	t.Ended = c.Over
	if len(t.Replies) > 0 && !t.Ended {
		t.Prompt = t.Replies
	}
	if !t.Ended && t.Wait == 0 {
		t.Wait = messageWait
		if c.Contact.Channel == run.Voice {
			t.Wait = callWait
		}
	}
	return t.Turn
}

// begin starts the dialogue: with the target task, with assistant_initiation
// (only for calls), or with what the contact says.
func (t *turn) begin(e run.Event) {
	if t.saved.SID == "" {
		t.saved.SID = t.World.SID("UK")
	}
	t.Begun = true
	switch e.Kind {
	case run.KindCall:
		t.channel(run.Voice)
		if t.CallSID = e.SID; t.CallSID == "" {
			t.CallSID = t.World.SID("CA")
		}
		t.input = ""
	case run.KindMessage:
		t.channel(run.Messaging)
	default:
		t.Begun = false
		return
	}
	if t.TargetTask != "" {
		if t.assistant.byName[t.TargetTask] != nil {
			t.follow(target{URI: "task://" + t.TargetTask})
			return
		}
		t.problem(0, "There is no task %s, the TargetTask of the webhook", t.TargetTask)
	}
	if e.Kind == run.KindCall {
		t.follow(t.assistant.defaults.Initiation)
		return
	}
	t.understand(nil)
}

func (t *turn) channel(channel string) {
	if t.Contact.Channel == "" {
		t.Contact.Channel = channel
	}
}

// heard handles what the contact said, wrote or pressed.
func (t *turn) heard(e run.Event) {
	switch {
	case t.Collect != nil:
		t.answered(e)
	case e.Kind == run.KindDigits && t.Contact.Channel == run.Voice && t.Listen != nil && t.Listen.VoiceDigits != nil:
		digits := t.Listen.VoiceDigits.pressed(e.Text)
		if to, mapped := t.Listen.VoiceDigits.Redirects[digits]; mapped {
			t.follow(to)
			return
		}
		t.follow(t.assistant.defaults.Fallback)
	default:
		var among []string
		if t.Listen != nil {
			among = t.Listen.Tasks
		}
		t.understand(among)
	}
}

// understand runs the task that the input means.
func (t *turn) understand(among []string) {
	if !t.Untrained {
		if found, ok := t.assistant.route(t.input, among, t.Literal); ok {
			t.Fields = found.fields
			t.follow(target{URI: "task://" + found.task.name})
			return
		}
	}
	t.Fields = nil
	t.follow(t.assistant.defaults.Fallback)
}

// silence repeats the last prompt, until it has been ignored too often. A
// question counts it as a wrong answer and has its own limit for those.
func (t *turn) silence() {
	if t.Contact.Channel != run.Voice {
		return
	}
	if t.Collect != nil {
		t.answered(run.Silence())
		return
	}
	if t.Silences++; t.Silences >= maxSilences {
		t.Over = true
		return
	}
	t.Replies = append(t.Replies, t.Prompt...)
}

func (t *turn) problem(code int, format string, args ...any) {
	t.Problems = append(t.Problems, run.Problemf(code, format, args...))
}

// say is a text for the contact; an empty one is ignored.
func (t *turn) say(text speech) {
	if text == "" {
		return
	}
	kind := run.ReplyMessage
	if t.Contact.Channel == run.Voice {
		kind = run.ReplySay
	}
	t.Replies = append(t.Replies, run.Reply{Type: kind, Text: string(text)})
}

// handOff transfers a call to TwiML or to a queue and ends the dialogue
// (https://www.twilio.com/docs/autopilot/actions/hand-off).
func (t *turn) handOff(h handoff) {
	if t.Contact.Channel != run.Voice {
		t.problem(0, "The task %s hands off a conversation that is not a call", t.Task())
		t.Over = true
		return
	}
	if workflow, ok := h.workflow(); ok {
		t.Replies = append(t.Replies, run.Reply{Type: run.ReplyEnqueue, Text: workflow})
		t.Over = true
		return
	}
	call := twiml.New(t.callOptions(twiml.Webhook{URL: h.URI, Method: h.Method}))
	t.afterCall(call, call.Send(t.ctx, run.Event{Kind: run.KindCall, SID: t.CallSID}))
}

func (t *turn) callOptions(webhook twiml.Webhook) twiml.Options {
	return twiml.Options{Contact: t.Contact, World: t.World, Webhook: webhook}
}

func (t *turn) resumeCall(e run.Event) {
	call, err := twiml.Resume(t.Call, t.callOptions(twiml.Webhook{}))
	if err != nil {
		t.problem(0, "The call cannot continue: %v", err)
		t.Over = true
		return
	}
	t.afterCall(call, call.Send(t.ctx, e))
}

func (t *turn) afterCall(call *twiml.Conversation, made run.Turn) {
	t.Add(made)
	text, err := call.Save()
	if err != nil {
		t.problem(0, "The call cannot be saved: %v", err)
	}
	t.Call, t.Wait = json.RawMessage(text), made.Wait
	t.Over = made.Ended || err != nil
}
