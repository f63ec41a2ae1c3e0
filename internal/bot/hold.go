package bot

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/flow"
)

// Hold is what suspends a bot: a TwiML application that the phone numbers of the bot are
// pointed at, and the flow whose URLs it has, to which everything else is pointed. It is no
// bot. The application is the mark: a flow alone suspends nothing. A listing of
// applications shows both, one of flows the flow alone.
type Hold struct {
	SID     string // of the application, AP…; empty where only the flow was listed
	FlowSID string // of the hold flow, FW…; empty where the application has no URLs of one
	FlowURL string // of the hold flow as Twilio says it, or as the application has it
	BotSID  string // of the suspended bot
}

// String names the hold in messages.
func (h Hold) String() string {
	if h.SID == "" {
		return fmt.Sprintf("the hold flow of bot %s (%s)", h.BotSID, h.FlowSID)
	}
	return fmt.Sprintf("the hold of bot %s (%s)", h.BotSID, h.SID)
}

// NoBot is the error for a hold that was asked for as a bot; it wraps ErrHold.
func (h Hold) NoBot() *Problem {
	what, sid := "TwiML application", h.SID
	if sid == "" {
		what, sid = "Studio flow", h.FlowSID
	}
	return &Problem{
		Kind:    IsAHold,
		Summary: "This is the hold of a suspension, not a bot",
		Detail: fmt.Sprintf("The %s %s, named %q, suspends bot %s: what points at it is answered by no bot. "+
			"It cannot be bound, imported or managed as a bot.", what, sid, MarkSuspended(h.BotSID), h.BotSID),
		Cause: ErrHold,
		Bots:  []Bot{{SID: h.BotSID}},
	}
}

// HoldFlow is the flow of a hold as Twilio has it.
type HoldFlow struct {
	SID    string
	URL    string // as Twilio says it
	BotSID string // of the suspended bot, by its name
	Notice string // what it says to whoever writes or calls; empty where it ends at once
	// Edited reports whether it is another flow than the notice makes.
	Edited bool
}

// Hold is the hold as far as the flow shows it.
func (f HoldFlow) Hold() Hold { return Hold{FlowSID: f.SID, FlowURL: f.URL, BotSID: f.BotSID} }

// MaxNoticeLength is how many characters a notice may have: Twilio takes no longer message
// (https://www.twilio.com/docs/messaging/api/message-resource).
const MaxNoticeLength = 1600

// CheckNotice refuses a notice that would not reach people as it is written: Studio renders
// Liquid in every text of a widget.
func CheckNotice(notice string) error {
	switch length := utf8.RuneCountInString(notice); {
	case strings.TrimSpace(notice) == "":
		return errors.New("a notice may not be empty: without one nobody gets an answer, and calls end")
	case !utf8.ValidString(notice):
		return errors.New("a notice must be valid UTF-8")
	case strings.TrimSpace(notice) != notice:
		return errors.New("a notice may not begin or end with white space")
	case strings.ContainsFunc(notice, unsayable):
		return fmt.Errorf("a notice may not contain control characters other than line breaks and tabs: neither a message nor TwiML carries them, and this one is %q", notice)
	case length > MaxNoticeLength:
		return fmt.Errorf("a notice may have at most %d characters, as a message may, and this one has %d", MaxNoticeLength, length)
	}
	for _, braces := range []string{"{{", "{%"} {
		if strings.Contains(notice, braces) {
			return fmt.Errorf("a notice may not contain %q: Studio would take it for the beginning of a Liquid expression, and not say it as it is written", braces)
		}
	}
	return nil
}

// unsayable reports whether a character cannot be in a notice. TwiML is XML, which has no
// place for most of these (https://www.w3.org/TR/xml/#charsets).
func unsayable(r rune) bool {
	return unicode.IsControl(r) && !strings.ContainsRune("\n\r\t", r) || r == '\ufffe' || r == '\uffff'
}

// The states of a hold flow that say the notice.
const (
	noticeText = "notice"
	noticeCall = "notice_by_voice"
)

// NewHoldFlow is the flow that gives whoever writes or calls a notice, and ends: an
// execution ends where a transition leads to no state
// (https://www.twilio.com/docs/studio/widget-library/trigger-start). Without a notice it
// ends at once, and nobody gets an answer.
func NewHoldFlow(notice string) *flow.Flow {
	type object = map[string]any
	at := func(y int) object { return object{"x": 0, "y": y} }
	text, call := object{"event": "incomingMessage"}, object{"event": "incomingCall"}
	conversation := object{"event": "incomingConversationMessage"}
	states := []object{{
		"name": "Trigger", "type": "trigger", "properties": object{"offset": at(0)},
		"transitions": []object{text, call, conversation, {"event": "incomingRequest"}, {"event": "incomingParent"}},
	}}
	if notice != "" {
		text["next"], conversation["next"], call["next"] = noticeText, noticeText, noticeCall
		states = append(states, object{
			"name": noticeText, "type": "send-message", "transitions": []object{{"event": "sent"}, {"event": "failed"}},
			"properties": object{"offset": at(200), "from": "{{flow.channel.address}}", "to": "{{contact.channel.address}}", "body": notice},
		}, object{
			"name": noticeCall, "type": "say-play", "transitions": []object{{"event": "audioComplete"}},
			"properties": object{"offset": at(400), "loop": 1, "say": notice},
		})
	}
	document, err := json.Marshal(object{
		"description": "The hold of a suspended bot", "initial_state": "Trigger",
		"flags": object{"allow_concurrent_calls": true}, "states": states,
	})
	if err != nil {
		panic(err) // texts and numbers alone
	}
	parsed, err := flow.Parse(document)
	if err != nil {
		panic(err)
	}
	return parsed
}

// NoticeOf is the notice that a hold flow says; edited reports whether the flow is another
// than NewHoldFlow makes of it.
func NoticeOf(f *flow.Flow) (notice string, edited bool) {
	if f == nil {
		return "", true
	}
	for _, state := range f.States {
		if state.Name == noticeText {
			notice = state.Said("body")
		}
	}
	return notice, !flow.Equal(f, NewHoldFlow(notice))
}
