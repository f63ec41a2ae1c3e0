package sandbox

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run/studio"
)

const (
	executionsPath = flowPath + "/Executions"
	executionPath  = executionsPath + "/{Execution}"

	executionActive = "active"
	executionEnded  = "ended"

	channelMessaging = run.Messaging
	channelVoice     = run.Voice

	// endedKept is how many ended executions of a flow are stored, the newest, so
	// that the file stays small.
	endedKept = 200
	// executionAge is how long an execution may last
	// (https://twilio.com/docs/studio/user-guide/studio-faq).
	executionAge = 30 * 24 * time.Hour
)

// execution is one run of a flow with one contact. It stays on the revision it
// started with: flow_version is "the Flow version number at the time of Execution
// creation".
type execution struct {
	record
	FlowSID     string `json:"flow_sid"`
	FlowVersion int64  `json:"flow_version"`
	Contact     string `json:"contact"` // the address of the contact
	ContactSID  string `json:"contact_sid"`
	Channel     string `json:"channel"`           // messaging or voice
	Address     string `json:"address"`           // the address written to or called, or the Messaging Service
	Service     string `json:"service,omitempty"` // the Messaging Service that the message came by
	// ConversationSID is the conversation of Twilio Conversations that the messages belong
	// to. Such an execution is one of the conversation, not of the pair of addresses.
	ConversationSID string `json:"conversation_sid,omitempty"`
	// Callback is where Twilio reports the end of the call; HungUp reports that it went
	// elsewhere than to the flow.
	Callback    string `json:"callback,omitempty"`
	HungUp      bool   `json:"hung_up,omitempty"`
	InitiatedBy string `json:"initiated_by"`          // the SID of the message or call
	Status      string `json:"status"`                // active or ended
	WaitsUntil  string `json:"waits_until,omitempty"` // RFC 3339; empty: for as long as an execution lasts
	// Conversation is the saved conversation; an execution created by hand has none,
	// and does not run.
	Conversation json.RawMessage `json:"conversation,omitempty"`
}

var executions = newTable[execution]("studio_executions")

func studioExecutionRoutes() []route {
	return []route{
		// Twilio's document and twilio-go spell this one parameter in lower case.
		{method: "GET", pattern: executionsPath, list: true,
			params: []string{"status", "Status", "DateCreatedFrom", "DateCreatedTo"}, handler: listExecutions},
		{method: "POST", pattern: executionsPath, params: []string{"To", "From", "Parameters"}, handler: createExecution},
		{method: "GET", pattern: executionPath, handler: fetchExecution},
		{method: "POST", pattern: executionPath, params: []string{"Status"}, handler: endExecution},
		{method: "DELETE", pattern: executionPath, handler: deleteExecution},
		{method: "GET", pattern: executionPath + "/Context", permission: "studio/executions.context/read", handler: fetchExecutionContext},
	}
}

func (e execution) url() string {
	return "https://studio.twilio.com/v2/Flows/" + e.FlowSID + "/Executions/" + e.SID
}

// with is the contact of an execution, for contactLock.
func (e execution) with() run.Contact {
	return run.Contact{From: e.Contact, To: e.Address, Channel: e.Channel}
}

// over is the time at which an active execution ends by itself.
func (e execution) over() time.Time {
	last := e.DateCreated.Add(executionAge)
	if waits, err := time.Parse(time.RFC3339, e.WaitsUntil); err == nil && waits.Before(last) {
		return waits
	}
	return last
}

// statusAt is the status of an execution at a moment.
func (e execution) statusAt(now time.Time) string {
	if e.Status == executionActive && !now.Before(e.over()) {
		return executionEnded
	}
	return e.Status
}

// renderExecution leaves the context empty, as Twilio's own examples do: it has
// a resource of its own.
func (c *call) renderExecution(e execution) object {
	updated := e.DateUpdated
	if e.Status == executionActive && e.statusAt(c.now) == executionEnded {
		updated = e.over()
	}
	return object{
		"sid":                     e.SID,
		"account_sid":             e.AccountSID,
		"flow_sid":                e.FlowSID,
		"flow_version":            e.FlowVersion,
		"contact_sid":             e.ContactSID,
		"contact_channel_address": e.Contact,
		"context":                 object{},
		"status":                  e.statusAt(c.now),
		"initiated_by":            e.InitiatedBy,
		"date_created":            iso8601(e.DateCreated),
		"date_updated":            iso8601(updated),
		"url":                     e.url(),
		"links":                   object{"steps": e.url() + "/Steps", "execution_context": e.url() + "/Context"},
	}
}

// execution finds the execution of the path in the flow of the path.
func (c *call) execution() (execution, error) {
	f, err := c.flow()
	if err != nil {
		return execution{}, err
	}
	e, ok := executions.get(c.state, c.PathValue("Execution"))
	if !ok || e.FlowSID != f.SID {
		return e, c.notFound()
	}
	return e, nil
}

func listExecutions(c *call) (int, any, error) {
	flow, err := c.flow()
	if err != nil {
		return 0, nil, err
	}
	f := c.fields()
	var status string
	for _, name := range []string{"status", "Status"} {
		f.oneOf(name, &status, 20001, executionActive, executionEnded)
	}
	var from, to time.Time
	f.moment("DateCreatedFrom", &from)
	f.moment("DateCreatedTo", &to)
	if err := f.result(); err != nil {
		return 0, nil, err
	}
	found := executions.list(c.state, func(e execution) bool {
		return e.FlowSID == flow.SID &&
			(status == "" || e.statusAt(c.now) == status) &&
			!e.DateCreated.Before(from) &&
			(to.IsZero() || e.DateCreated.Before(to))
	})
	return listPage(c, "executions", found, c.renderExecution)
}

func fetchExecution(c *call) (int, any, error) {
	e, err := c.execution()
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, c.renderExecution(e), nil
}

// endExecution refuses an ended execution, which Twilio does not document.
func endExecution(c *call) (int, any, error) {
	e, err := c.execution()
	if err != nil {
		return 0, nil, err
	}
	f := c.fields()
	f.required("Status")
	status := e.Status
	f.oneOf("Status", &status, 20001, executionEnded)
	if f.err == nil && e.statusAt(c.now) == executionEnded {
		f.fail(apiErrorf(http.StatusConflict, 20409, "Execution %s has ended already", e.SID))
	}
	if err := f.result(); err != nil {
		return 0, nil, err
	}
	e.end(c.state, c.now)
	return http.StatusOK, c.renderExecution(e), nil
}

// deleteExecution refuses an active execution, which Twilio does not document.
func deleteExecution(c *call) (int, any, error) {
	e, err := c.execution()
	if err != nil {
		return 0, nil, err
	}
	if e.statusAt(c.now) == executionActive {
		return 0, nil, apiErrorf(http.StatusConflict, 20409, "Execution %s is active", e.SID)
	}
	executions.remove(c.state, e.SID)
	return http.StatusNoContent, nil, nil
}

func fetchExecutionContext(c *call) (int, any, error) {
	e, err := c.execution()
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, object{
		"account_sid":   e.AccountSID,
		"flow_sid":      e.FlowSID,
		"execution_sid": e.SID,
		"context":       e.context(),
		"url":           e.url() + "/Context",
	}, nil
}

// context is the Liquid context of the execution: its current one or, for an
// execution created by hand, the initial one.
func (e execution) context() object {
	contact := run.Contact{AccountSID: e.AccountSID, From: e.Contact, To: e.Address, Channel: e.Channel}
	if context, err := studio.ContextOf(e.Conversation, studio.Options{Contact: contact, SID: e.SID}); err == nil {
		return context
	}
	trigger := object{"message": object{"From": e.Contact, "To": e.Address, "MessageSid": e.InitiatedBy}}
	if e.Channel == channelVoice {
		trigger = object{"call": object{"From": e.Contact, "To": e.Address, "CallSid": e.InitiatedBy}}
	}
	return object{
		"trigger": trigger,
		"contact": object{"channel": object{"address": e.Contact}},
		"flow": object{
			"sid": e.SID, "flow_sid": e.FlowSID, "variables": object{},
			"channel": object{"address": e.Address},
		},
		"widgets": object{},
	}
}

// end ends an execution and deletes the oldest ended ones of its flow.
func (e *execution) end(st *state, now time.Time) {
	e.Status, e.WaitsUntil, e.DateUpdated = executionEnded, "", now
	executions.put(st, *e)
	ended := executions.list(st, func(other execution) bool {
		return other.FlowSID == e.FlowSID && other.statusAt(now) == executionEnded
	})
	for _, old := range ended[min(len(ended), endedKept):] {
		executions.remove(st, old.SID)
	}
}

// moment copies a date and time in ISO 8601.
func (f *fields) moment(name string, into *time.Time) {
	value, sent := f.sent(name)
	if !sent {
		return
	}
	parsed, err := time.Parse(time.RFC3339, value)
	if err != nil {
		f.fail(invalidParameter(20001, "%s must be a date and time in ISO 8601, such as 2026-11-21T08:00:00Z", name))
		return
	}
	*into = parsed
}
