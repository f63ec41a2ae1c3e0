package twilio

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	openapi "github.com/twilio/twilio-go/rest/api/v2010"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/confirm"
)

// Messages are the texts to and from the senders of the account
// (https://www.twilio.com/docs/messaging/api/message-resource).
type Messages struct {
	client *Client
	sends  *sends
}

// NewMessages is the messages of the client's account.
func NewMessages(client *Client) Messages {
	return Messages{client, &sends{turns: map[string]chan struct{}{}, sids: map[string]bool{}}}
}

// sends is what this process sent. Messages to one recipient are sent one after the other: of two
// that say the same, and of which one was lost, nothing at Twilio would tell which it was.
type sends struct {
	mu    sync.Mutex
	turns map[string]chan struct{} // by recipient; full while one is sent
	sids  map[string]bool
}

// turn waits until no other message is sent to the recipient.
func (s *sends) turn(ctx context.Context, to string) (end func(), err error) {
	s.mu.Lock()
	if s.turns[to] == nil {
		s.turns[to] = make(chan struct{}, 1)
	}
	turn := s.turns[to]
	s.mu.Unlock()
	select {
	case turn <- struct{}{}:
		return func() { <-turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *sends) add(sid string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sids[sid] = true
}

func (s *sends) found(sent bot.OutgoingMessage, before, now []bot.Message) (bot.Message, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return sent.FindSent(before, now, s.sids)
}

// List gives the newest messages that a filter selects, limit at most. No page is asked for
// beyond it.
func (m Messages) List(ctx context.Context, filter bot.MessageFilter, limit int) ([]bot.Message, error) {
	pages := NewPages(func(row bot.Message) string { return row.SID }, func(ctx context.Context, page, token string) ([]bot.Message, string, error) {
		return m.page(ctx, filter, min(limit, MaxPageSize), page, token)
	})
	var all []bot.Message
	for last := false; !last && len(all) < limit; {
		var rows []bot.Message
		var err error
		if rows, last, err = pages.Next(ctx); err != nil {
			return nil, err
		}
		all = append(all, rows...)
	}
	// Dates are to the second, and within one Twilio's order stands.
	slices.SortStableFunc(all, func(a, b bot.Message) int { return b.DateCreated.Compare(a.DateCreated) })
	return all[:min(len(all), limit)], nil
}

// page is one page of the list. The generated code cannot ask for a day, only for a moment, which
// Twilio documents for none of these filters.
func (m Messages) page(ctx context.Context, filter bot.MessageFilter, size int, page, token string) ([]bot.Message, string, error) {
	query := url.Values{"PageSize": {strconv.Itoa(size)}}
	for name, value := range map[string]string{
		"To": filter.To, "From": filter.From, "Page": page, "PageToken": token,
		"DateSent": dayOf(filter.On), "DateSent<": dayOf(filter.Before), "DateSent>": dayOf(filter.After),
	} {
		if value != "" {
			query.Set(name, value)
		}
	}
	var answer openapi.ListMessageResponse
	err := m.client.Do(ctx, http.MethodGet, "https://api.twilio.com/2010-04-01/Accounts/"+m.client.AccountSID()+"/Messages.json", query, &answer)
	if err != nil {
		return nil, "", err
	}
	rows := make([]bot.Message, len(answer.Messages))
	for i := range answer.Messages {
		rows[i] = messageOf(&answer.Messages[i])
	}
	return rows, Value(answer.NextPageUri), nil
}

func dayOf(day time.Time) string {
	if day.IsZero() {
		return ""
	}
	return day.Format(time.DateOnly)
}

func messageOf(row *openapi.ApiV2010Message) bot.Message {
	return bot.Message{
		SID: Value(row.Sid), AccountSID: Value(row.AccountSid), Direction: Value(row.Direction), Status: Value(row.Status),
		From: Value(row.From), To: Value(row.To), Body: Value(row.Body), ServiceSID: Value(row.MessagingServiceSid),
		Segments: decimal(row.NumSegments), Media: decimal(row.NumMedia), Price: decimal(row.Price), PriceUnit: Value(row.PriceUnit),
		ErrorCode: Value(row.ErrorCode), ErrorMessage: Value(row.ErrorMessage),
		DateCreated: ParseRFC2822(Value(row.DateCreated)), DateUpdated: ParseRFC2822(Value(row.DateUpdated)), DateSent: ParseRFC2822(Value(row.DateSent)),
	}
}

// decimalPrecision is that of numbers in Terraform.
const decimalPrecision = 512

// decimal reads a number that Twilio writes as a string; nil where it is null or none.
func decimal(text *string) *big.Float {
	number, _, err := big.ParseFloat(Value(text), 10, decimalPrecision, big.ToNearestEven)
	if err != nil {
		return nil
	}
	return number
}

// latest is how many messages to a recipient are looked at for one that was lost. Twilio does not
// document where in its list one is that was not sent yet, so there are more of them than needed.
const latest = 100

// Send sends a message, once: where Twilio's answer is lost it is looked for, and never sent
// again. It returns the message as Twilio accepted it.
func (m Messages) Send(ctx context.Context, message bot.OutgoingMessage) (bot.Message, error) {
	end, err := m.sends.turn(ctx, message.To)
	if err != nil {
		return bot.Message{}, err
	}
	defer end()
	to := bot.MessageFilter{To: message.To}
	before, unreadable := m.List(ctx, to, latest)
	if unreadable != nil && !errors.Is(unreadable, bot.ErrForbidden) {
		return bot.Message{}, fmt.Errorf("%s was not sent, since what was sent to that recipient before could not be read: %w", message, unreadable)
	}
	answer, err := openapi.NewApiService(m.client.Requests(ctx)).CreateMessage(messageParams(message))
	if err == nil {
		m.sends.add(Value(answer.Sid))
		return messageOf(answer), nil
	}
	if !errors.Is(err, bot.ErrUncertain) {
		return bot.Message{}, err
	}
	if unreadable != nil {
		return bot.Message{}, unknownIfSent(message, "the credentials may not list messages", err)
	}
	write := confirm.Write{Object: message.String(), Verb: "created", Err: err}
	found, lookErr := confirm.Read(ctx, write, func(ctx context.Context) (bot.Message, error) {
		now, err := m.List(ctx, to, latest)
		if err != nil {
			return bot.Message{}, err
		}
		found, ok := m.sends.found(message, before, now)
		if !ok {
			return found, confirm.Stale("it is not among the messages to %s", message.To)
		}
		return found, nil
	})
	var problem *bot.Problem
	switch {
	case lookErr == nil:
		m.sends.add(found.SID)
		return found, nil
	case errors.As(lookErr, &problem):
		return bot.Message{}, unknownIfSent(message, "Twilio's list of messages does not have it", err)
	default:
		return bot.Message{}, unknownIfSent(message, "Twilio's list of messages could not be read", cmp.Or(lookErr, err))
	}
}

// unknownIfSent is the problem of a message that Twilio did not confirm and that was not found.
func unknownIfSent(message bot.OutgoingMessage, why string, cause error) *bot.Problem {
	return &bot.Problem{
		Summary: "It is not known whether the message was sent",
		Detail: fmt.Sprintf("Twilio did not confirm that it accepted %s, and %s. It was sent once and is not sent again: "+
			"look for it in the message log of Twilio's Console before you send it anew.", message, why),
		Cause: cause,
	}
}

func messageParams(message bot.OutgoingMessage) *openapi.CreateMessageParams {
	params := &openapi.CreateMessageParams{}
	for _, each := range []struct {
		param **string
		value string
	}{
		{&params.To, message.To}, {&params.From, message.From}, {&params.MessagingServiceSid, message.ServiceSID}, {&params.Body, message.Body},
		{&params.StatusCallback, message.StatusCallback}, {&params.ContentSid, message.ContentSID}, {&params.ContentVariables, message.ContentVariables},
	} {
		if each.value != "" {
			*each.param = &each.value
		}
	}
	if len(message.MediaURLs) > 0 {
		params.MediaUrl = &message.MediaURLs
	}
	return params
}
