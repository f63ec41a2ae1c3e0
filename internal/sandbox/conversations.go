package sandbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
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
	thread       bool // its messages are those of a conversation of Twilio Conversations
	bot          *InboundBot
	region       string    // in which it is stored
	begin        run.Event // what starts it, with the SID it will have
	callback     string    // where Twilio reports the end of the call
	// deaf writes that the caller hung up without the bot being told; nil where it is told.
	deaf func(st *state, now time.Time)
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
	err = s.look(ctx, func() error {
		st = s.state
		return nil
	})
	return st, err
}

// world is what the sandbox provides to the bots of an account.
func (s *Sandbox) world(accountSID string) run.World {
	return run.World{Web: s.web(accountSID), Relay: s.relay(accountSID), Now: s.clock, SID: s.newSID}
}

// delivery finds where an event is routed, and between whom the conversation is. It
// is asked again once the contact's lock is held.
type delivery func(st *state) (line, run.Contact, error)

// receive delivers a message or a call.
func (s *Sandbox) receive(ctx context.Context, in Inbound) (InboundAnswer, error) {
	if in.Channel != channelMessaging && in.Channel != channelVoice {
		return silence(), errChannel(in.Channel)
	}
	if in.Channel == channelMessaging {
		in.sid = s.newSID("SM")
	}
	// The executions of all contacts continue while no lock is held, so that the holder of
	// one contact's lock never waits for another's.
	if err := s.settle(ctx); err != nil {
		return silence(), err
	}
	ordinary := func(st *state) (line, run.Contact, error) { return s.ordinary(st, in) }
	if in.Channel == channelVoice {
		return s.deliver(ctx, in, ordinary)
	}
	answer, err := s.converse(ctx, in)
	switch {
	case errors.Is(err, errNoConversation):
		return s.deliver(ctx, in, ordinary)
	case err != nil:
		return answer, err
	}
	if settings, err := s.Settings(); err != nil || settings.ConversationsTakeMessages {
		return answer, err
	}
	parallel, err := s.deliver(ctx, in, ordinary)
	return both(answer, parallel), err
}

// silence is the answer where there is none.
func silence() InboundAnswer { return InboundAnswer{Answers: []InboundText{}, Ended: true} }

// ordinary is the delivery to what the fields of the receiver say.
func (s *Sandbox) ordinary(st *state, in Inbound) (line, run.Contact, error) {
	r, err := s.receiverOf(st, in.To)
	if err != nil {
		return line{}, run.Contact{}, err
	}
	l, err := s.routed(st, r, in.Channel)
	if err != nil {
		return line{}, run.Contact{}, err
	}
	who := run.Contact{AccountSID: r.accountSID, From: onChannelOf(r.address, in.From), To: r.address, Channel: in.Channel, Service: l.service}
	if l.Via == viaService && l.kind != nil && l.kind.byService {
		who.To = l.service
	}
	return l, who, nil
}

// routed finds where a message or a call is routed, in the Region that processes it.
func (s *Sandbox) routed(st *state, r receiver, channel string) (l line, err error) {
	if region := processedIn(st, r, channel); region != "" {
		st = st.in(region)
		if r, err = s.receiverOf(st, r.address); err != nil {
			return line{}, err
		}
	}
	l = s.lineOf(st, r, channel)
	l.address = r.address
	return l, nil
}

// onChannelOf is the contact's address on the channel of the address written to: on
// WhatsApp a number is written whatsapp:+12025550142.
func onChannelOf(address, from string) string {
	channel, _, other := strings.Cut(address, ":")
	if !other || channel == "sip" || strings.Contains(from, ":") {
		return from
	}
	return channel + ":" + from
}

// deliver reads the state, lets the bot run without a lock on it, and then writes the
// result of the conversation: a webhook on this machine may call the sandbox back.
func (s *Sandbox) deliver(ctx context.Context, in Inbound, find delivery) (InboundAnswer, error) {
	st, l, who, unlock, err := s.await(ctx, find)
	if err != nil {
		return silence(), err
	}
	defer unlock()
	who.Message = in.sid
	if who.Conversation, err = s.join(l); err != nil {
		return silence(), err
	}
	talk, problems, err := s.open(st.in(l.region), &l, who)
	if err != nil {
		return silence(), err
	}
	answer := l.InboundAnswer
	answer.Answers, answer.Ended = []InboundText{}, true
	var turn run.Turn
	if talk != nil {
		talk.region = l.region
		if talk.fresh {
			talk.callback = l.callback
		}
	}
	stored := func(st *state) {}
	if in.Channel == channelMessaging && l.Status != InboundUnreachable {
		stored = func(st *state) { s.exchanged(st, in, l, who, turn, moment(s.clock())) }
	}
	switch {
	case talk == nil && in.Channel == channelMessaging:
		err = s.change(func(st *state) error { stored(st); return nil })
	case talk == nil || talk.fresh && in.Hangup:
	case in.Hangup && talk.deaf != nil:
		err = s.change(func(st *state) error {
			return st.within(talk.region, func() error { talk.deaf(st, moment(s.clock())); return nil })
		})
	default:
		turn = talk.conversation.Send(ctx, talk.event(in))
		if err := s.keep(talk, turn, stored); err != nil {
			return answer, err
		}
		answer.Ended = turn.Ended
	}
	if err != nil {
		return answer, err
	}
	answer.Answers = append(answer.Answers, turn.Replies...)
	for _, p := range append(problems, turn.Problems...) {
		s.traffic.failed(p, moment(s.clock()))
		answer.Errors = append(answer.Errors, EntryError{Code: p.Code, Message: p.Message})
	}
	return answer, ctx.Err()
}

// await takes the lock of the contact that a delivery concerns. Where the delivery was
// routed differently meanwhile, it takes the lock of that contact instead.
func (s *Sandbox) await(ctx context.Context, find delivery) (st *state, l line, who run.Contact, unlock func(), err error) {
	unlock = func() {}
	for locked := (run.Contact{}); ; {
		if st, err = s.snapshot(ctx); err != nil {
			break
		}
		if l, who, err = find(st); err != nil {
			break
		}
		if with := pairOf(who); with != locked {
			unlock()
			if unlock, err = s.contactLock(ctx, with); err != nil {
				return st, l, who, func() {}, err
			}
			locked = with
			if err = s.settleContact(ctx, with); err != nil {
				break
			}
			continue
		}
		return st, l, who, unlock, nil
	}
	unlock()
	return st, l, who, func() {}, err
}

// pairOf is a contact as contactLock knows it.
func pairOf(who run.Contact) run.Contact {
	return run.Contact{From: who.From, To: who.To, Channel: who.Channel}
}

// keep writes the result of a conversation and the messages of the turn, even if the client
// has disconnected meanwhile: the bot has already answered.
func (s *Sandbox) keep(talk *session, turn run.Turn, stored func(*state)) error {
	return s.change(func(st *state) error {
		stored(st)
		return st.within(talk.region, func() error { return talk.keep(st, turn, moment(s.clock())) })
	})
}

// event converts an inbound message or call to an event of the conversation.
func (talk *session) event(in Inbound) run.Event {
	switch {
	case in.Hangup:
		return run.Hangup()
	case in.Channel == channelMessaging:
		e := run.Message(in.Body)
		if e.SID = cmp.Or(talk.begin.SID, in.sid); talk.thread {
			e.SID, e.Kind = talk.begin.SID, run.KindThread
		}
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
	case l.conversation != nil:
		return s.openListener(l, who), nil, nil
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
		if l.Via == viaService && second.kind.byService {
			who.To = l.service
		}
		talk, err := second.kind.open(s, st.in(second.region), second.Bot.SID, second.URL, who)
		l.region = second.region
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
