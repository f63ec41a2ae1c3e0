package sandbox

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run/twiml"
)

// callLimit is how long a call may last
// (https://www.twilio.com/docs/voice/api/call-resource, TimeLimit).
const callLimit = 4 * time.Hour

// session is a conversation of a bot with a contact, loaded from the state.
type session struct {
	conversation run.Conversation
	fresh        bool // it starts with this event
	bot          *InboundBot
	begin        run.Event // what starts it, with the SID it will have
	// keep stores the conversation after a turn. One that was ended or removed
	// meanwhile stays so.
	keep func(st *state, turn run.Turn, now time.Time) error
}

// contactLock serialises the events of one contact, as Twilio does. A contact is
// who, to whom and on which channel: a number belongs to one account, so the account
// is left empty. It does not lock the state: while a bot waits for its webhook,
// other requests are answered.
func (s *Sandbox) contactLock(ctx context.Context, who run.Contact) (unlock func(), err error) {
	turn, _ := s.contacts.LoadOrStore(who, make(chan struct{}, 1))
	taken := turn.(chan struct{})
	select {
	case taken <- struct{}{}:
		return func() { <-taken }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// snapshot is the current state. States are never changed in place, so it
// can be read without a lock.
func (s *Sandbox) snapshot(ctx context.Context) (st *state, err error) {
	err = s.do(ctx, func() error {
		st = s.state
		return nil
	})
	return st, err
}

// world is what the sandbox provides to the bots of an account.
func (s *Sandbox) world(accountSID string) run.World {
	return run.World{Web: s.web(accountSID), Now: s.clock, SID: s.newSID}
}

// receive delivers a message or a call. It reads the state, lets the bot run
// without a lock on it, and then writes the result of the
// conversation: a webhook on this machine may call the sandbox back.
func (s *Sandbox) receive(ctx context.Context, in Inbound) (answer InboundAnswer, err error) {
	answer.Answers, answer.Ended = []InboundText{}, true
	if in.Channel != channelMessaging && in.Channel != channelVoice {
		return answer, errChannel(in.Channel)
	}
	// The executions of all contacts continue while no lock is held, so that the holder of
	// one contact's lock never waits for another's.
	if err := s.settle(ctx); err != nil {
		return answer, err
	}
	with := run.Contact{From: in.From, To: in.To, Channel: in.Channel}
	unlock, err := s.contactLock(ctx, with)
	if err != nil {
		return answer, err
	}
	defer unlock()
	if err := s.settleContact(ctx, with); err != nil {
		return answer, err
	}
	st, err := s.snapshot(ctx)
	if err != nil {
		return answer, err
	}
	n, ok := numberOwned(st, in.To)
	if !ok {
		return answer, fmt.Errorf("number %q of this sandbox: %w", in.To, errNone)
	}
	who := run.Contact{AccountSID: n.AccountSID, From: in.From, To: in.To, Channel: in.Channel}
	l := s.lineOf(st, n, in.Channel)
	talk, problems, err := s.open(st, &l, who)
	if err != nil {
		return answer, err
	}
	answer = l.InboundAnswer
	answer.Answers, answer.Ended = []InboundText{}, true
	var turn run.Turn
	if talk != nil && (!talk.fresh || !in.Hangup) {
		turn = talk.conversation.Send(ctx, talk.event(in))
		if err := s.keep(talk, turn); err != nil {
			return answer, err
		}
		answer.Ended = turn.Ended
	}
	answer.Answers = append(answer.Answers, turn.Replies...)
	for _, p := range append(problems, turn.Problems...) {
		s.traffic.failed(p, moment(s.clock()))
		answer.Errors = append(answer.Errors, EntryError{Code: p.Code, Message: p.Message})
	}
	return answer, ctx.Err()
}

// keep writes the result of a conversation, even if the client has disconnected
// meanwhile: the bot has already answered.
func (s *Sandbox) keep(talk *session, turn run.Turn) error {
	return s.change(func(st *state) error { return talk.keep(st, turn, moment(s.clock())) })
}

// event converts an inbound message or call to an event of the conversation.
func (talk *session) event(in Inbound) run.Event {
	switch {
	case in.Hangup:
		return run.Hangup()
	case in.Channel == channelMessaging:
		e := run.Message(in.Body)
		e.SID = talk.begin.SID
		return e
	case talk.fresh:
		return talk.begin
	case in.Digits != "":
		return run.Digits(in.Digits)
	case in.Body != "":
		return run.Speech(in.Body)
	default:
		return run.Silence()
	}
}

// open finds or starts the conversation at the end of a line; nil where nothing
// answers. A call in progress stays with the bot that took it, wherever its
// number routes now.
func (s *Sandbox) open(st *state, l *line, who run.Contact) (*session, []run.Problem, error) {
	if who.Channel == channelVoice {
		if talk, err := s.callInProgress(st, who); talk != nil || err != nil {
			if talk != nil {
				l.InboundAnswer = InboundAnswer{Bot: talk.bot, Status: InboundExternal}
				if talk.bot != nil {
					l.Status = InboundBotAnswers
				}
			}
			return talk, nil, err
		}
	}
	switch {
	case l.Status == InboundDangling:
		return s.openFallback(st, l, who)
	case l.URL == "":
		return nil, nil, nil
	case l.kind != nil:
		talk, err := l.kind.open(s, st, l.Bot.SID, l.URL, who)
		return talk, nil, err
	default:
		return s.openWebhook(l, who, twiml.Webhook{
			URL: l.URL, Method: l.method, FallbackURL: l.fallback, FallbackMethod: l.fallbackMethod,
		}, nil), nil, nil
	}
}

// callInProgress finds the call of a contact, whichever bot took it.
func (s *Sandbox) callInProgress(st *state, who run.Contact) (*session, error) {
	talk, err := webhookCall(s, st, who)
	for i := 0; talk == nil && err == nil && i < len(s.bots); i++ {
		talk, err = s.bots[i].calls(s, st, who)
	}
	return talk, err
}

// openFallback is what answers where the primary routes to a bot or an application
// that does not exist: Twilio's own host then answers 404, and Twilio requests the
// fallback URL.
func (s *Sandbox) openFallback(st *state, l *line, who run.Contact) (*session, []run.Problem, error) {
	missing := run.Problemf(11200, "HTTP retrieval failure: %s leads to a bot that does not exist", l.Via)
	if l.URL != "" {
		missing.URL, missing.Method, missing.Status = l.URL, l.method, 404
	}
	problems := []run.Problem{missing}
	if l.fallback == "" {
		return nil, problems, nil
	}
	second := s.follow(st, hooks{url: l.fallback, method: l.fallbackMethod}, who.AccountSID)
	if second.kind != nil {
		talk, err := second.kind.open(s, st, second.Bot.SID, second.URL, who)
		l.Bot, l.Status, l.URL = second.Bot, second.Status, second.URL
		return talk, problems, err
	}
	talk := s.openWebhook(l, who, twiml.Webhook{URL: l.fallback, Method: l.fallbackMethod},
		url.Values{"ErrorCode": {"11200"}, "ErrorUrl": {l.URL}})
	return talk, problems, nil
}

// lost is the error for a conversation in the file that cannot be resumed.
func lost(what string, err error) error {
	return fmt.Errorf("%s: the conversation in the sandbox file cannot be resumed: %w", what, err)
}
