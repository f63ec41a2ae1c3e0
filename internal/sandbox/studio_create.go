package sandbox

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run/studio"
)

// maxAddresses is how many bytes To and From may have together
// (https://www.twilio.com/docs/api/errors/81023).
const maxAddresses = 300

// createExecution starts an execution for a contact. From is any number, short code or
// sender of the account or a Messaging Service: what the flow's messages are sent from.
// The flow runs once the request is done with the state, before it is answered.
func createExecution(c *call) (int, any, error) {
	f, err := c.flow()
	if err != nil {
		return 0, nil, err
	}
	to, from, parameters := c.params.Get("To"), c.params.Get("From"), c.params.Get("Parameters")
	fields := c.fields()
	fields.required("To", "From")
	if parameters != "" {
		var object map[string]any
		if err := json.Unmarshal([]byte(parameters), &object); err != nil {
			fields.fail(invalidParameter(20001, "Parameters must be a JSON object"))
		}
	}
	revision, live := f.published()
	switch {
	case len(to)+len(from) > maxAddresses:
		fields.fail(invalidParameter(81023, "To and From have more than %d bytes", maxAddresses))
	case !c.sends(from):
		fields.fail(invalidParameter(21606, "From %q is neither a sender nor a Messaging Service of account %s", from, c.account.SID))
	case !live:
		// What Twilio answers for a flow without a published revision is not documented.
		fields.fail(invalidParameter(20001, "Flow %s has no published revision", f.SID))
	}
	if _, active := executions.first(c.state, func(e execution) bool {
		return e.FlowSID == f.SID && e.Contact == to && e.statusAt(c.now) == executionActive
	}); active {
		fields.fail(apiErrorf(http.StatusConflict, 20409, "Execution is already active for this contact: %s", to))
	}
	if err := fields.result(); err != nil {
		return 0, nil, err
	}
	e := newExecution(c.state, c.newSID, revision, channelMessaging, to, from, c.now)
	e.InitiatedBy = c.newSID("RQ")
	if isSID("MG", from) {
		e.Service = from
	}
	e.Region = c.region
	executions.put(c.state, e)
	c.after = func(ctx context.Context, s *Sandbox) error { return s.request(ctx, e, parameters) }
	return http.StatusCreated, c.renderExecution(e), nil
}

// sends reports whether messages can be sent from an address of the account.
func (c *call) sends(from string) bool {
	if service, ok := messagingServices.get(c.state, from); ok {
		return service.AccountSID == c.account.SID
	}
	for _, find := range []findReceiver{findNumber, findShortCode, findSender} {
		if r, ok := find(c.state, c.now, from); ok && r.address == from {
			return r.accountSID == c.account.SID
		}
	}
	return false
}

// request runs an execution that was created by the API until it waits or ends.
func (s *Sandbox) request(ctx context.Context, e execution, parameters string) error {
	unlock, err := s.contactLock(ctx, e.with())
	if err != nil {
		return err
	}
	defer unlock()
	st, err := s.snapshot(ctx)
	if err != nil {
		return err
	}
	st = st.in(e.Region)
	f, ok := studioFlows.get(st, e.FlowSID)
	if !ok {
		return nil // deleted meanwhile
	}
	conversation, err := studio.New(f.Revisions[e.FlowVersion-1].Definition, s.executionOptions(st, e))
	if err != nil {
		return err
	}
	talk := s.executionSession(st, e, conversation)
	talk.region = e.Region
	turn := conversation.Send(ctx, run.Event{Kind: run.KindRequest, Text: parameters})
	for _, p := range turn.Problems {
		s.traffic.failed(p, moment(s.clock()))
	}
	return s.keep(talk, turn, func(st *state) {
		s.putReplies(st, message{record: record{AccountSID: e.AccountSID}, From: e.Address, To: e.Contact, Direction: messageByAPI}, turn, moment(s.clock()))
	})
}
