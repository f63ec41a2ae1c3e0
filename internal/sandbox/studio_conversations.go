package sandbox

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run/studio"
)

// openFlow finds a contact's active execution of a flow or starts one: a message
// during an active execution is sent to the widget that waits. One that no widget can
// take is ignored.
func openFlow(s *Sandbox, st *state, sid, _ string, who run.Contact) (*session, error) {
	if e, ok := s.stuckExecution(st, who, sid); ok {
		return stuckSession(st, e), nil
	}
	if e, ok := s.activeExecution(st, who, sid); ok {
		e.Service = who.Service
		return s.resumeExecution(st, e)
	}
	f, _ := studioFlows.get(st, sid)
	revision, _ := f.published()
	e := newExecution(st, s.newSID, revision, who.Channel, who.From, who.To, moment(s.clock()))
	if e.Service, e.ConversationSID = who.Service, who.Conversation; e.ConversationSID != "" {
		e.InitiatedBy = s.newSID("IM")
	} else if who.Message != "" {
		e.InitiatedBy = who.Message
	}
	conversation, err := studio.New(revision.Definition, s.executionOptions(st, e))
	if err != nil {
		return nil, err
	}
	talk := s.executionSession(st, e, conversation)
	talk.fresh = true
	talk.begin = run.Event{Kind: run.KindCall, SID: e.InitiatedBy}
	return talk, nil
}

func flowCall(s *Sandbox, st *state, who run.Contact) (*session, error) {
	e, ok := s.activeExecution(st, who, "")
	if !ok {
		return nil, nil
	}
	return s.resumeExecution(st, e)
}

// activeExecution is the newest active execution with a contact that can continue:
// of a flow, or of any when flowSID is empty.
func (s *Sandbox) activeExecution(st *state, who run.Contact, flowSID string) (execution, bool) {
	now := moment(s.clock())
	return executions.first(st, func(e execution) bool {
		if e.Conversation == nil || e.HungUp || e.statusAt(now) != executionActive || flowSID != "" && e.FlowSID != flowSID {
			return false
		}
		_, runs := studioFlows.get(st, e.FlowSID)
		return runs && e.between(who)
	})
}

// between reports whether an execution is one with a contact.
func (e execution) between(who run.Contact) bool {
	return e.AccountSID == who.AccountSID && e.ConversationSID == who.Conversation &&
		e.Contact == who.From && e.Address == who.To && e.Channel == who.Channel
}

// stuckExecution is an active execution with a contact that can take nothing any more,
// and keeps others from it: one of a flow that was deleted or, of the flow itself, of a
// call whose end Studio was not told of. "Studio keeps track of executions by their
// unique to/from address pair" (https://www.twilio.com/docs/studio/user-guide/studio-faq);
// whether a deleted flow's count is not documented.
func (s *Sandbox) stuckExecution(st *state, who run.Contact, flowSID string) (execution, bool) {
	now := moment(s.clock())
	return executions.first(st, func(e execution) bool {
		if e.statusAt(now) != executionActive || !e.between(who) {
			return false
		}
		f, runs := studioFlows.get(st, e.FlowSID)
		return !runs || e.HungUp && e.FlowSID == flowSID && !f.allowsConcurrentCalls()
	})
}

// allowsConcurrentCalls reports whether the published revision lets a contact have more
// than one call.
func (f studioFlow) allowsConcurrentCalls() bool {
	var definition struct {
		Flags struct {
			AllowConcurrentCalls bool `json:"allow_concurrent_calls"`
		} `json:"flags"`
	}
	revision, ok := f.published()
	return ok && json.Unmarshal(revision.Definition, &definition) == nil && definition.Flags.AllowConcurrentCalls
}

// stuck is the conversation with a stuck execution.
type stuck struct{ execution }

func stuckSession(st *state, e execution) *session {
	talk := &session{conversation: stuck{e}, keep: func(*state, run.Turn, time.Time) error { return nil }}
	if bot, ok := findFlowBot(st, e.AccountSID, e.FlowSID); ok {
		talk.bot = &bot
	}
	return talk
}

// Send implements run.Conversation.
func (s stuck) Send(context.Context, run.Event) run.Turn {
	return run.Turn{Ended: true, Problems: []run.Problem{
		run.Problemf(81002, "The event is ignored: execution %s of flow %s is active and cannot take it", s.SID, s.FlowSID),
	}}
}

// Save implements run.Conversation.
func (s stuck) Save() ([]byte, error) { return s.Conversation, nil }

func (s *Sandbox) executionOptions(st *state, e execution) studio.Options {
	return studio.Options{
		Contact: run.Contact{AccountSID: e.AccountSID, From: e.Contact, To: e.Address, Channel: e.Channel, Service: e.Service, Conversation: e.ConversationSID},
		World:   s.world(e.AccountSID), FlowSID: e.FlowSID, SID: e.SID,
		Subflow: func(sid string, revision int64) ([]byte, int64, bool) {
			f, ok := studioFlows.get(st, sid)
			if !ok || f.AccountSID != e.AccountSID {
				return nil, 0, false
			}
			r, ok := f.published()
			if revision > 0 && revision <= int64(len(f.Revisions)) {
				r, ok = f.Revisions[revision-1], true
			}
			return r.Definition, r.Seq, ok
		},
	}
}

// resumeExecution resumes an execution, on the revision it started with.
func (s *Sandbox) resumeExecution(st *state, e execution) (*session, error) {
	f, _ := studioFlows.get(st, e.FlowSID)
	if e.FlowVersion < 1 || e.FlowVersion > int64(len(f.Revisions)) {
		return nil, lost("execution "+e.SID, errNone)
	}
	conversation, err := studio.Resume(f.Revisions[e.FlowVersion-1].Definition, e.Conversation, s.executionOptions(st, e))
	if err != nil {
		return nil, lost("execution "+e.SID, err)
	}
	return s.executionSession(st, e, conversation), nil
}

func (s *Sandbox) executionSession(st *state, e execution, conversation run.Conversation) *session {
	talk := &session{conversation: conversation, thread: e.ConversationSID != ""}
	if bot, ok := findFlowBot(st, e.AccountSID, e.FlowSID); ok {
		bot.Engine = "studio"
		talk.bot = &bot
	}
	talk.keep = func(st *state, turn run.Turn, now time.Time) error {
		if talk.fresh {
			e.Callback = talk.callback
		}
		return e.keep(st, talk, turn, now)
	}
	if e.Channel == channelVoice && !e.hearsHangup() {
		talk.deaf = func(st *state, now time.Time) {
			if current, there := executions.get(st, e.SID); there && current.Status == executionActive {
				current.HungUp, current.WaitsUntil, current.DateUpdated = true, "", now
				executions.put(st, current)
			}
		}
	}
	return talk
}

// hearsHangup reports whether Studio is told that the call ended. It is told by the
// status callback alone; without it the execution stays active
// (https://support.twilio.com/hc/en-us/articles/360019383714).
func (e execution) hearsHangup() bool {
	groups := flowWebhook.FindStringSubmatch(e.Callback)
	return groups != nil && groups[flowWebhook.SubexpIndex("sid")] == e.FlowSID
}

// keep writes an execution after a turn that ended at a moment.
func (e execution) keep(st *state, talk *session, turn run.Turn, now time.Time) error {
	_, runs := studioFlows.get(st, e.FlowSID)
	if !runs && talk.fresh {
		return nil
	}
	if current, there := executions.get(st, e.SID); !talk.fresh && (!there || current.Status != executionActive) {
		return nil
	}
	var err error
	if e.Conversation, err = talk.conversation.Save(); err != nil {
		return err
	}
	if turn.Ended {
		e.end(st, now)
		return nil
	}
	e.DateUpdated, e.WaitsUntil = now, ""
	// A person at a keyboard is slower than a caller: a call waits until its limit.
	wait := callLimit
	if e.Channel == channelMessaging {
		wait = turn.Wait
	}
	if wait > 0 && runs {
		e.WaitsUntil = now.Add(wait).Format(time.RFC3339Nano)
	}
	executions.put(st, e)
	return nil
}

// settle continues the executions whose wait has timed out, each under its
// contact's lock: after a timeout more widgets may run, and a webhook that they
// request must be called once, however many requests ask for executions.
func (s *Sandbox) settle(ctx context.Context) error {
	for {
		st, err := s.snapshot(ctx)
		if err != nil {
			return err
		}
		e, due := s.firstDue(st, func(execution) bool { return true })
		if !due {
			return nil
		}
		unlock, err := s.contactLock(ctx, e.with())
		if err != nil {
			return err
		}
		err = s.settleContact(ctx, e.with())
		unlock()
		if err != nil {
			return err
		}
	}
}

// settleContact does it for one contact. Call it with the contact's lock held.
// The executions continue from the moment they timed out.
func (s *Sandbox) settleContact(ctx context.Context, who run.Contact) error {
	for {
		st, err := s.snapshot(ctx)
		if err != nil {
			return err
		}
		e, due := s.firstDue(st, func(e execution) bool { return e.with() == who })
		if !due {
			return nil
		}
		if err := s.settleOne(ctx, st, e); err != nil {
			return err
		}
	}
}

// firstDue is the newest execution that has timed out, of those selected.
func (s *Sandbox) firstDue(st *state, of func(execution) bool) (execution, bool) {
	now := moment(s.clock())
	return executions.anywhere(st, func(e execution) bool {
		return e.Status == executionActive && e.Conversation != nil && e.statusAt(now) == executionEnded && of(e)
	})
}

func (s *Sandbox) settleOne(ctx context.Context, st *state, e execution) error {
	over := e.over()
	st = st.in(e.Region)
	end := func(st *state) error {
		return st.within(e.Region, func() error { e.end(st, over); return nil })
	}
	if _, ok := studioFlows.get(st, e.FlowSID); !ok {
		return s.change(end)
	}
	talk, err := s.resumeExecution(st, e)
	if err != nil {
		s.traffic.failed(run.Problemf(0, "%v", err), over)
		return s.change(end)
	}
	event := run.Timeout()
	if e.Channel == channelVoice || !over.Before(e.DateCreated.Add(executionAge)) {
		event = run.Hangup()
	}
	turn := talk.conversation.Send(ctx, event)
	for _, p := range turn.Problems {
		s.traffic.failed(p, over)
	}
	return s.change(func(st *state) error {
		return st.within(e.Region, func() error { return talk.keep(st, turn, over) })
	})
}

// asksForExecutions reports whether a request is about executions.
func asksForExecutions(path string) bool {
	return strings.HasPrefix(path, flowsPath+"/") && strings.Contains(path, "/Executions")
}
