package sandbox

import (
	"fmt"
	"net/http"
	"time"
)

// Execution is an execution of a Studio flow as an operator creates one.
type Execution struct {
	FlowSID string `json:"flow_sid"`
	Contact string `json:"contact"` // E.164
	// Address is the number, sender or Messaging Service that the contact is in touch
	// with. The execution takes part in nothing where it is empty.
	Address string `json:"address,omitempty"`
	Channel string `json:"channel"` // messaging or voice
	// Status is active or ended; active when empty.
	Status string `json:"status,omitempty"`
}

// AddExecution creates an execution of a flow's published revision (of its latest,
// where none is published) without running the flow, and returns its SID.
func (s *Sandbox) AddExecution(wanted Execution) (sid string, err error) {
	e, err := s.addExecution(wanted)
	return e.SID, err
}

func (s *Sandbox) addExecution(wanted Execution) (e execution, err error) {
	if wanted.Channel != channelMessaging && wanted.Channel != channelVoice {
		return e, errChannel(wanted.Channel)
	}
	if wanted.Status == "" {
		wanted.Status = executionActive
	}
	if err := checkExecutionStatus(wanted.Status); err != nil {
		return e, err
	}
	err = s.change(func(st *state) error {
		f, ok := studioFlows.get(st, wanted.FlowSID)
		if !ok {
			return fmt.Errorf("flow %q: %w", wanted.FlowSID, errNone)
		}
		revision, ok := f.published()
		if !ok {
			revision = f.latest()
		}
		now := moment(s.clock())
		e = newExecution(st, s.newSID, revision, wanted.Channel, wanted.Contact, wanted.Address, now)
		if wanted.Status == executionEnded {
			e.end(st, now)
		} else {
			executions.put(st, e)
		}
		return nil
	})
	return e, err
}

// newExecution is an active execution of a revision, not yet put into the table.
func newExecution(st *state, newSID func(string) string, revision flowRevision, channel, contact, address string, now time.Time) execution {
	e := execution{
		record:  record{SID: newSID("FN"), AccountSID: revision.AccountSID, DateCreated: now, DateUpdated: now},
		FlowSID: revision.SID, FlowVersion: revision.Seq,
		Contact: contact, Channel: channel, Address: address, Status: executionActive,
	}
	if earlier, ok := executions.first(st, func(o execution) bool {
		return o.FlowSID == revision.SID && o.Contact == contact
	}); ok {
		e.ContactSID = earlier.ContactSID
	} else {
		e.ContactSID = newSID("FC")
	}
	if channel == channelVoice {
		e.InitiatedBy = newSID("CA")
	} else {
		e.InitiatedBy = newSID("SM")
	}
	return e
}

// EndExecution ends an execution, as its contact hanging up does. One that has
// ended is not changed.
func (s *Sandbox) EndExecution(sid string) error {
	return s.change(func(st *state) error {
		e, ok := executions.anywhere(st, func(e execution) bool { return e.SID == sid })
		if !ok {
			return fmt.Errorf("execution %s: %w", sid, errNone)
		}
		if e.Status != executionActive {
			return nil
		}
		return st.within(e.Region, func() error { e.end(st, moment(s.clock())); return nil })
	})
}

func errChannel(channel string) error {
	return fmt.Errorf("channel must be messaging or voice, not %q", channel)
}

func checkExecutionStatus(status string) error {
	if status != executionActive && status != executionEnded {
		return fmt.Errorf("status must be active or ended, not %q", status)
	}
	return nil
}

func (s *Sandbox) knobAddExecution(_ *http.Request, body []byte) (any, error) {
	var wanted Execution
	if err := decodeStrict(body, &wanted); err != nil {
		return nil, err
	}
	e, err := s.addExecution(wanted)
	if err != nil {
		return nil, err
	}
	return (&call{now: e.DateCreated}).renderExecution(e), nil
}

func (s *Sandbox) knobEndExecution(r *http.Request, body []byte) (any, error) {
	var wanted struct {
		Status string `json:"status"`
	}
	if err := decodeStrict(body, &wanted); err != nil {
		return nil, err
	}
	if wanted.Status != executionEnded {
		return nil, fmt.Errorf("status must be ended, not %q", wanted.Status)
	}
	return nil, s.EndExecution(r.PathValue("sid"))
}
