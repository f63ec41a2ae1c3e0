package bot

import (
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// What Twilio takes of one message (https://www.twilio.com/docs/messaging/api/message-resource).
const (
	// MaxMessageBody is in characters (error 21617).
	MaxMessageBody = 1600
	// MaxMessageMedia is how many files (error 21623).
	MaxMessageMedia = 10
)

// Message is a text to or from a sender of the account, as Twilio holds it. Numbers that are nil
// and dates that are zero Twilio does not know, or not yet.
type Message struct {
	SID        string
	AccountSID string
	Direction  string // inbound, outbound-api, outbound-call or outbound-reply
	Status     string
	From       string // empty while a Messaging Service has not chosen a sender
	To         string
	Body       string
	ServiceSID string
	Segments   *big.Float
	Media      *big.Float // how many files
	Price      *big.Float // in PriceUnit; negative for what is charged
	PriceUnit  string     // ISO 4217
	// ErrorCode is 0 for none.
	ErrorCode    int
	ErrorMessage string
	DateCreated  time.Time
	DateUpdated  time.Time
	DateSent     time.Time
}

// MessageFilter selects messages; what is empty selects all.
type MessageFilter struct {
	From, To string // as Twilio writes addresses
	// Days in GMT: exactly that one; it and those before; it and those after.
	On, Before, After time.Time
}

// OutgoingMessage is a message to send.
type OutgoingMessage struct {
	From             string // empty where the service chooses
	ServiceSID       string
	To               string
	Body             string
	MediaURLs        []string
	StatusCallback   string
	ContentSID       string
	ContentVariables string // a JSON object
}

// String names the message without what it says.
func (m OutgoingMessage) String() string {
	from := m.From
	if from == "" {
		from = "Messaging Service " + m.ServiceSID
	}
	return fmt.Sprintf("the message to %s from %s", m.To, from)
}

// isAnswer reports whether a message at Twilio may be the one that was sent. A template is filled
// in by Twilio, so what it says is not compared.
func (m OutgoingMessage) isAnswer(sent Message) bool {
	return sent.Direction == "outbound-api" && sent.To == m.To &&
		(m.From == "" || sent.From == m.From) && (m.ServiceSID == "" || sent.ServiceSID == m.ServiceSID) &&
		(m.ContentSID != "" || sent.Body == m.Body)
}

// FindSent finds the message that was sent among the latest to its recipient: one that was not
// there before it was sent, nor is older than those which were. before and now are lists of
// Twilio's; known are messages that were sent otherwise.
func (m OutgoingMessage) FindSent(before, now []Message, known map[string]bool) (Message, bool) {
	var latest time.Time
	earlier := map[string]bool{}
	for _, each := range before {
		earlier[each.SID] = true
		if each.DateCreated.After(latest) {
			latest = each.DateCreated
		}
	}
	for _, each := range now {
		if m.isAnswer(each) && !earlier[each.SID] && !known[each.SID] && !each.DateCreated.Before(latest) {
			return each, true
		}
	}
	return Message{}, false
}

var (
	shortCode = regexp.MustCompile(`^[0-9]{3,8}$`)
	// senderName is a sender of letters and digits (https://www.twilio.com/docs/glossary/what-alphanumeric-sender-id).
	senderName = regexp.MustCompile(`^[0-9A-Za-z ]{1,11}$`)
	// channelAddress is an address on another channel than SMS, or of a SIM.
	channelAddress = regexp.MustCompile(`^([a-z]+):(\S+)$`)
)

// ParseSender reads an address from which messages come: a phone number in international form, an
// address of another channel (whatsapp:+12025550142), a short code, or a name of up to 11 letters
// and digits. It is returned as Twilio writes it.
func ParseSender(written string) (string, error) {
	if senderName.MatchString(written) && strings.ContainsFunc(written, func(r rune) bool { return r > '9' }) {
		return written, nil
	}
	return ParseRecipient(written)
}

// ParseRecipient is ParseSender for an address to which messages go, which is no name.
func ParseRecipient(written string) (string, error) {
	if channel := channelAddress.FindStringSubmatch(written); channel != nil {
		if !strings.HasPrefix(channel[2], "+") {
			return written, nil
		}
		number, err := ParsePhoneNumber(channel[2])
		return channel[1] + ":" + number, err
	}
	if shortCode.MatchString(written) {
		return written, nil
	}
	return ParsePhoneNumber(written)
}

// ChannelOf is the channel of an address, such as whatsapp; empty for SMS.
func ChannelOf(address string) string {
	channel := channelAddress.FindStringSubmatch(address)
	if channel == nil {
		return ""
	}
	return channel[1]
}

// ParseDay reads a day, YYYY-MM-DD.
func ParseDay(written string) (time.Time, error) {
	day, err := time.Parse(time.DateOnly, written)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is not a day; write it as YYYY-MM-DD, such as 2026-11-21. Twilio compares days in GMT, without a time", written)
	}
	return day, nil
}

// CheckMessageBody refuses what Twilio does not take for the text of a message.
func CheckMessageBody(body string) error {
	switch n := utf8.RuneCountInString(body); {
	case n == 0:
		return errors.New("a message without text needs media; leave the body out then")
	case n > MaxMessageBody:
		return fmt.Errorf("the text has %d characters, a message has %d at most", n, MaxMessageBody)
	}
	return nil
}
