// Package studio runs Twilio Studio flows: it reads a flow definition and holds
// a conversation with it, widget by widget, as an execution of the flow does
// (https://www.twilio.com/docs/studio/widget-library).
package studio

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run/twiml"
)

const (
	// maxSteps is how many steps an execution may take, and maxRepeats how often
	// the same widget may run in a row; exceeding either ends it
	// (https://twilio.com/docs/studio/user-guide/studio-faq).
	maxSteps   = 1000
	maxRepeats = 10
)

// Options configure an execution. The zero value is valid for a flow that needs none
// of them.
type Options struct {
	Contact run.Contact // the channel is that of the first event when empty
	World   run.World
	FlowSID string
	SID     string // of the execution

	// Numbers makes Set Variables store a text that is a whole number as a number. Twilio
	// says that counters compare as numbers, and that "1" is a string: a flow should work
	// under either reading.
	Numbers bool

	// Subflow finds the definition of a flow that is run as a subflow: a revision
	// or, for 0, the latest published one. Without it every subflow fails.
	Subflow func(flowSID string, revision int64) (definition []byte, found int64, ok bool)
}

// Conversation is an execution of a flow.
type Conversation struct {
	Options
	saved
	flow   *Flow
	flows  map[string]*Flow // subflows, by SID
	liquid *templates
}

// saved is the state of an execution between two events.
type saved struct {
	Frames  []*frame `json:"frames"` // the flow and, while one runs, its subflow
	Steps   int      `json:"steps"`
	Row     int      `json:"row"` // how often the last widget ran in a row
	Last    string   `json:"last,omitempty"`
	Over    bool     `json:"over,omitempty"`
	CallSID string   `json:"call_sid,omitempty"`
	Trail   []Step   `json:"trail,omitempty"`
	// Call is the conversation that add-twiml-redirect transferred a call to.
	Call json.RawMessage `json:"call,omitempty"`
}

// Step is a transition of an execution from one widget to the next.
type Step struct {
	Event  string    `json:"event"` // that caused it
	Type   string    `json:"type"`  // of the widget that was left
	From   string    `json:"from"`
	To     string    `json:"to"`               // Ended where the execution or the subflow ends
	Parent int       `json:"parent,omitempty"` // of a step of a subflow: the step that began it, counted from 1
	At     time.Time `json:"at"`
}

// ended is where an execution goes that ends.
const ended = "Ended"

// frame is a flow in progress.
type frame struct {
	FlowSID   string `json:"flow_sid,omitempty"`
	Revision  int64  `json:"revision,omitempty"` // of a subflow
	State     string `json:"state"`              // the widget that runs or waits
	Variables values `json:"variables"`
	Widgets   values `json:"widgets"`
	Trigger   values `json:"trigger"`
	Parent    int    `json:"parent,omitempty"` // of a subflow: the step that began it
}

// New starts an execution of a definition. Nothing runs before the first event.
func New(definition []byte, o Options) (*Conversation, error) {
	f, err := Parse(definition)
	if err != nil {
		return nil, err
	}
	return f.Start(o), nil
}

// Start starts an execution of the flow.
func (f *Flow) Start(o Options) *Conversation {
	o.World = o.World.Filled()
	return &Conversation{Options: o, flow: f, flows: map[string]*Flow{}, liquid: newLiquid(o.World.Now)}
}

// Resume resumes a saved execution of a definition.
func Resume(definition, text []byte, o Options) (*Conversation, error) {
	c, err := New(definition, o)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &c.saved); err != nil {
		return nil, fmt.Errorf("a saved execution: %w", err)
	}
	if c.Contact.Channel == "" && len(c.Frames) > 0 {
		c.Contact.Channel = run.Messaging
		if c.CallSID != "" {
			c.Contact.Channel = run.Voice
		}
	}
	for _, fr := range c.Frames[min(1, len(c.Frames)):] {
		if _, ok := c.subflow(fr.FlowSID, fr.Revision); !ok {
			return nil, fmt.Errorf("a saved execution: subflow %s no longer exists", fr.FlowSID)
		}
	}
	return c, nil
}

// Save implements run.Conversation.
func (c *Conversation) Save() ([]byte, error) { return json.Marshal(c.saved) }

// Context is what Liquid sees, as the execution's context resource shows it.
func (c *Conversation) Context() map[string]any {
	if len(c.Frames) == 0 {
		return object{}
	}
	return c.context()
}

// ContextOf is the Context of a saved execution, for which its definition is not
// needed.
func ContextOf(text []byte, o Options) (map[string]any, error) {
	c := &Conversation{Options: o}
	if err := json.Unmarshal(text, &c.saved); err != nil {
		return nil, fmt.Errorf("a saved execution: %w", err)
	}
	return c.Context(), nil
}

// StepsOf are the steps of a saved execution, in order.
func StepsOf(text []byte) ([]Step, error) {
	var s saved
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, fmt.Errorf("a saved execution: %w", err)
	}
	return s.Trail, nil
}

// State is the name of the widget that waits, empty when none does.
func (c *Conversation) State() string {
	if c.Over || len(c.Frames) == 0 {
		return ""
	}
	return c.top().State
}

func (c *Conversation) top() *frame { return c.Frames[len(c.Frames)-1] }

// running is the flow of the top frame.
func (c *Conversation) running() *Flow {
	if len(c.Frames) > 1 {
		return c.flows[c.top().FlowSID]
	}
	return c.flow
}

func (c *Conversation) context() object {
	top := c.top()
	contact := object{"channel": object{"address": c.Contact.From}}
	data := object{}
	for _, source := range []string{"parent", "request"} {
		if given, ok := top.Trigger[source].(object); ok {
			data, _ = given["parameters"].(object)
		}
	}
	return object{
		"trigger": object(top.Trigger),
		"widgets": object(top.Widgets),
		"contact": contact,
		"flow": object{
			"sid": c.SID, "flow_sid": top.FlowSID, "data": data,
			"variables": object(top.Variables),
			"channel":   object{"address": c.Contact.To},
		},
	}
}

// turn is the work on one event.
type turn struct {
	*Conversation
	run.Turn
	ctx context.Context
}

// Send implements run.Conversation. An event the flow does not wait for changes
// nothing.
func (c *Conversation) Send(ctx context.Context, e run.Event) run.Turn {
	t := &turn{Conversation: c, ctx: ctx}
	switch {
	case c.Over:
	case e.Kind == run.KindHangup:
		c.Over = true
	case len(c.Frames) == 0:
		t.trigger(e)
	case c.Call != nil:
		t.resumeCall(e)
	default:
		if event, accepted := t.accept(e); accepted {
			t.proceed(event)
		}
	}
	t.Ended = c.Over
	if !t.Ended && t.Wait == 0 {
		t.Wait = t.patience()
	}
	return t.Turn
}

// trigger starts the execution.
func (t *turn) trigger(e run.Event) {
	if t.SID == "" {
		t.SID = t.World.SID("FN")
	}
	fr := &frame{FlowSID: t.FlowSID, State: t.flow.initial, Variables: values{}, Widgets: values{}}
	var event string
	switch e.Kind {
	case run.KindMessage:
		t.channel(run.Messaging)
		event, fr.Trigger = "incomingMessage", values{"message": t.inbound(e)}
	case run.KindThread:
		t.channel(run.Messaging)
		event, fr.Trigger = "incomingConversationMessage", values{"conversation": t.thread(e)}
	case run.KindCall:
		t.channel(run.Voice)
		t.CallSID = e.SID
		if t.CallSID == "" {
			t.CallSID = t.World.SID("CA")
		}
		event, fr.Trigger = "incomingCall", values{"call": flat(twiml.CallForm(t.Contact, t.CallSID, "ringing"))}
	case run.KindRequest:
		t.channel(run.Messaging)
		parameters, _ := decode([]byte(e.Text)) // an object, or none
		if _, ok := parameters.(object); !ok {
			parameters = object{}
		}
		event, fr.Trigger = "incomingRequest", values{"request": object{"parameters": parameters}}
	default:
		return
	}
	t.Frames = []*frame{fr}
	if t.count(fr.State) {
		t.proceed(event)
	}
}

func (t *turn) channel(channel string) {
	if t.Contact.Channel == "" {
		t.Contact.Channel = channel
	}
}

// inbound is a message as a widget sees it.
func (t *turn) inbound(e run.Event) object {
	sid := e.SID
	if sid == "" {
		sid = t.World.SID("SM")
	}
	return flat(twiml.MessageForm(t.Contact, sid, e.Text))
}

// thread is a message of a conversation as the trigger shows it.
func (t *turn) thread(e run.Event) object {
	sid := e.SID
	if sid == "" {
		sid = t.World.SID("IM")
	}
	return object{
		"Body": e.Text, "MessageSid": sid, "ConversationSid": t.Contact.Conversation,
		"Author": t.Contact.From, "From": t.Contact.From, "Source": "SMS",
	}
}

func flat(form map[string][]string) object {
	fields := object{}
	for name, all := range form {
		fields[name] = all[0]
	}
	return fields
}

// proceed follows an event of the current widget and runs widgets until one
// waits or the execution ends.
func (t *turn) proceed(event string) {
	next := t.running().states[t.top().State].after(event)
	for !t.Over {
		s := t.running().states[next]
		t.step(event, next)
		if s == nil {
			if next = t.leave(); next == "" {
				return
			}
			event = "completed"
			continue
		}
		t.top().State = next
		if !t.count(next) {
			return
		}
		result := t.widget(s)
		switch {
		case result.waits:
			return
		case result.subflow:
			event = "incomingParent"
			next = t.running().states[t.running().initial].after(event)
		case result.next != "" || s.Type == "split-based-on":
			event, next = result.event, result.next
		default:
			event = result.event
			next = s.after(event)
		}
	}
}

// step records a transition of the top frame.
func (t *turn) step(event, next string) {
	top := t.top()
	made := Step{Event: event, From: top.State, To: next, At: t.World.Now().UTC().Truncate(time.Millisecond), Parent: top.Parent}
	if s := t.running().states[top.State]; s != nil {
		made.Type = s.Type
	}
	if t.running().states[next] == nil {
		made.To = ended
	}
	t.Trail = append(t.Trail, made)
}

// count counts a step and reports whether the execution may take it.
func (t *turn) count(name string) bool {
	name = fmt.Sprintf("%d/%s", len(t.Frames), name)
	t.Steps++
	if name == t.Last {
		t.Row++
	} else {
		t.Last, t.Row = name, 1
	}
	switch {
	case t.Steps > maxSteps:
		t.fail(81000, "The execution took more than %d steps", maxSteps)
	case t.Row >= maxRepeats:
		t.fail(81000, "The widget %s ran %d times in a row", t.top().State, maxRepeats)
	}
	return !t.Over
}

// fail ends the execution with a problem.
func (t *turn) fail(code int, format string, args ...any) {
	t.problem(code, format, args...)
	t.Over = true
}

func (t *turn) problem(code int, format string, args ...any) {
	t.Problems = append(t.Problems, run.Problemf(code, format, args...))
}

// leave ends the running flow: the execution or, of a subflow, the frame. It
// returns the state with which the parent continues.
func (t *turn) leave() (next string) {
	if len(t.Frames) == 1 {
		t.Over = true
		return ""
	}
	child := t.top()
	t.Frames = t.Frames[:len(t.Frames)-1]
	parent := t.top()
	// The parent reads what the subflow set by the name of its own widget.
	parent.Widgets[parent.State] = object(child.Variables)
	next = t.running().states[parent.State].after("completed")
	if next == "" {
		t.Over = true
	}
	return next
}

// patience is how long the waiting widget waits.
func (t *turn) patience() time.Duration {
	if len(t.Frames) == 0 {
		return 0
	}
	s := t.running().states[t.top().State]
	switch s.Type {
	case "send-and-wait-for-reply":
		return t.seconds(t.properties(s), "timeout", 3600)
	case "gather-input-on-call":
		return t.seconds(t.properties(s), "timeout", 5)
	}
	return 0
}
