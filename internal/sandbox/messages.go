package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// Which way a message went (the enum message_enum_direction).
const (
	messageInbound = "inbound"
	// messageByAPI is one that a client of the REST API sent, or a flow.
	messageByAPI = "outbound-api"
	// messageReply is one that answers a webhook's request.
	messageReply = "outbound-reply"
)

// The states of a message (the enum message_enum_status) that the sandbox has.
const (
	messageQueued    = "queued"
	messageAccepted  = "accepted" // by a Messaging Service, which has not chosen a sender yet
	messageDelivered = "delivered"
	messageReceived  = "received"
	messageCanceled  = "canceled"
)

const (
	// messageDelivery is how long a message takes from its creation to the contact.
	messageDelivery = time.Second
	// messageLimit is how many messages the sandbox keeps; the oldest are deleted first.
	// Twilio keeps them for 400 days (https://help.twilio.com/articles/223183588).
	messageLimit = 1000
	// messagePrice is what the sandbox charges for a segment, in US dollars.
	messagePrice = 0.0079
)

// message is a text to or from a number or another sender of the account.
type message struct {
	record
	Direction    string   `json:"direction"`
	From         string   `json:"from"`
	To           string   `json:"to"`
	Body         string   `json:"body"`
	Media        []string `json:"media,omitempty"`
	ServiceSID   string   `json:"messaging_service_sid,omitempty"`
	Status       string   `json:"status"`
	ErrorCode    int      `json:"error_code,omitempty"`
	ErrorMessage string   `json:"error_message,omitempty"`
	// Price is negative for what is charged, as Twilio writes it; empty until it is known.
	Price    string    `json:"price,omitempty"`
	DateSent time.Time `json:"date_sent,omitzero"`
}

var messages = newTable[message]("messages")

const (
	messagesPath = "/2010-04-01/Accounts/{AccountSid}/Messages"
	messagePath  = messagesPath + "/{Sid}"
)

func messageRoutes() []route {
	return []route{
		{method: "GET", pattern: messagesPath, list: true, params: []string{"To", "From", "DateSent", "DateSent<", "DateSent>"}, handler: listMessages},
		{method: "POST", pattern: messagesPath, params: messageParams, handler: createMessage},
		{method: "GET", pattern: messagePath, handler: fetchMessage},
		{method: "POST", pattern: messagePath, params: []string{"Body", "Status"}, handler: updateMessage},
		{method: "DELETE", pattern: messagePath, handler: deleteMessage},
	}
}

// unfinished reports whether a message is on its way.
func (m message) unfinished() bool { return m.Status == messageQueued || m.Status == messageAccepted }

// at is the message at a moment: one that was accepted reaches the contact by itself.
func (m message) at(now time.Time) message {
	if m.unfinished() && !now.Before(m.DateCreated.Add(messageDelivery)) {
		m.Status, m.DateSent = messageDelivered, m.DateCreated.Add(messageDelivery)
		m.DateUpdated = m.DateSent
		if !strings.Contains(m.To, ":") {
			m.Price = strconv.FormatFloat(-messagePrice*float64(segments(m.Body)), 'f', 5, 64)
		}
	}
	return m
}

// segments is how many text messages a body takes: of 160 characters of the GSM alphabet, or of
// 70 in UTF-16, and a little less where there are several
// (https://www.twilio.com/docs/glossary/what-sms-character-limit). Every character of ASCII is
// taken for one of the GSM alphabet, and no other.
func segments(body string) int {
	alone, together := 160, 153
	units := len(body)
	if strings.ContainsFunc(body, func(r rune) bool { return r > 127 }) {
		alone, together, units = 70, 67, len(utf16.Encode([]rune(body)))
	}
	if units <= alone {
		return 1
	}
	return (units + together - 1) / together
}

func (c *call) renderMessage(m message) object {
	m = m.at(c.now)
	uri := "/2010-04-01/Accounts/" + m.AccountSID + "/Messages/" + m.SID
	var sent, code any
	if !m.DateSent.IsZero() {
		sent = rfc2822(m.DateSent)
	}
	if m.ErrorCode != 0 {
		code = m.ErrorCode
	}
	count, from := strconv.Itoa(segments(m.Body)), orNull(m.From)
	if m.Status == messageAccepted {
		// "num_segments is initially 0, since a sender hasn't yet been assigned".
		count, from = "0", nil
	}
	return object{
		"account_sid":           m.AccountSID,
		"api_version":           apiVersion,
		"body":                  m.Body,
		"date_created":          rfc2822(m.DateCreated),
		"date_sent":             sent,
		"date_updated":          rfc2822(m.DateUpdated),
		"direction":             m.Direction,
		"error_code":            code,
		"error_message":         orNull(m.ErrorMessage),
		"from":                  from,
		"messaging_service_sid": orNull(m.ServiceSID),
		"num_media":             strconv.Itoa(len(m.Media)),
		"num_segments":          count,
		"price":                 orNull(m.Price),
		"price_unit":            "USD",
		"sid":                   m.SID,
		"status":                m.Status,
		"subresource_uris":      object{"media": uri + "/Media.json", "feedback": uri + "/Feedback.json"},
		"to":                    m.To,
		"uri":                   uri + ".json",
	}
}

// message finds the message of the path in the account of the path.
func (c *call) message() (message, error) {
	m, ok := messages.get(c.state, c.PathValue("Sid"))
	if !ok || m.AccountSID != c.account.SID {
		return m, c.notFound()
	}
	return m.at(c.now), nil
}

func fetchMessage(c *call) (int, any, error) {
	m, err := c.message()
	return http.StatusOK, c.renderMessage(m), err
}

// listMessages lists messages, newest first (github.com/twilio/twilio-oai/issues/22). By what
// date one that was not sent yet is selected is not documented: here by none.
func listMessages(c *call) (int, any, error) {
	var on, before, after messageDay
	for name, day := range map[string]*messageDay{"DateSent": &on, "DateSent<": &before, "DateSent>": &after} {
		if err := day.read(c.params.Get(name)); err != nil {
			return 0, nil, err
		}
	}
	to, from := c.params.Get("To"), c.params.Get("From")
	found := messages.list(c.state, func(m message) bool {
		m = m.at(c.now)
		return m.AccountSID == c.account.SID && (to == "" || m.To == to) && (from == "" || m.From == from && m.Status != messageAccepted) &&
			on.selects(m, func(sent time.Time) bool { return !sent.Before(on.first) && !sent.After(on.last) }) &&
			before.selects(m, func(sent time.Time) bool { return !sent.After(before.last) }) &&
			after.selects(m, func(sent time.Time) bool { return !sent.Before(after.first) })
	})
	return listPage(c, "messages", found, c.renderMessage)
}

// messageDay is a date by which messages are selected: a day in GMT, from its first moment to
// its last, or a moment.
type messageDay struct {
	given       bool
	first, last time.Time
}

// read reads a date as Twilio takes it (github.com/twilio/twilio-oai/issues/21).
func (d *messageDay) read(text string) error {
	if text == "" {
		return nil
	}
	d.given = true
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		d.first, d.last = day, day.AddDate(0, 0, 1).Add(-time.Nanosecond)
		return nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return invalidParameter(20001, "Invalid date value.") // github.com/twilio/twilio-cli/issues/99
	}
	d.first, d.last = at, at
	return nil
}

func (d messageDay) selects(m message, when func(sent time.Time) bool) bool {
	return !d.given || !m.DateSent.IsZero() && when(m.DateSent)
}

// updateMessage redacts the body, or cancels a message that is not on its way yet.
func updateMessage(c *call) (int, any, error) {
	m, err := c.message()
	if err != nil {
		return 0, nil, err
	}
	if body, ok := c.params["Body"]; ok {
		switch {
		case body[0] != "":
			return 0, nil, invalidParameter(20001, "Body can only be updated to an empty string")
		case m.unfinished():
			return 0, nil, invalidParameter(20009, "Cannot redact this resource before it is complete")
		}
		m.Body = ""
	}
	status := m.Status
	f := c.fields()
	f.oneOf("Status", &status, 20001, messageCanceled)
	if err := f.result(); err != nil {
		return 0, nil, err
	}
	if status != m.Status {
		if m.Status != messageAccepted {
			return 0, nil, invalidParameter(30409, "Message cannot be canceled")
		}
		m.Status = status
	}
	c.touch(&m.record)
	messages.put(c.state, m)
	return http.StatusOK, c.renderMessage(m), nil
}

func deleteMessage(c *call) (int, any, error) {
	m, err := c.message()
	switch {
	case err != nil:
		return 0, nil, err
	case m.unfinished():
		return 0, nil, invalidParameter(20009, "Cannot delete this resource before it is complete")
	}
	messages.remove(c.state, m.SID)
	return http.StatusNoContent, nil, nil
}

// putMessage stores a message, and deletes the oldest where there are too many.
func putMessage(st *state, m message) {
	messages.put(st, m)
	if len(st.tables[messages.name]) <= messageLimit {
		return
	}
	all := messages.all(st)
	for _, old := range all[messageLimit*9/10:] {
		_ = st.within(old.Region, func() error { messages.remove(st, old.SID); return nil })
	}
}

// addMessage is a message of the past, with any of its fields.
func (s *Sandbox) addMessage(text []byte) (message, error) {
	fresh := message{Direction: messageInbound, Status: messageReceived}
	prefix := "SM"
	var named struct {
		SID string `json:"sid"`
	}
	if json.Unmarshal(text, &named) == nil && strings.HasPrefix(named.SID, "MM") {
		prefix = "MM"
	}
	return addRecord(s, messages, prefix, text, fresh, func(_ *state, row *message) error {
		if row.From == "" || row.To == "" {
			return errors.New("a message needs from and to")
		}
		directions := []string{messageInbound, messageByAPI, messageReply, "outbound-call"}
		if !slices.Contains(directions, row.Direction) {
			return fmt.Errorf("direction must be one of %s, not %q", strings.Join(directions, ", "), row.Direction)
		}
		if row.DateSent.IsZero() && !row.unfinished() {
			row.DateSent = row.DateCreated
		}
		return nil
	})
}

// AddMessage adds a message of the past and returns its SID. fields is a JSON object with any
// field of the Message resource, times in RFC 3339; from and to are needed.
func (s *Sandbox) AddMessage(fields string) (sid string, err error) {
	row, err := s.addMessage([]byte(fields))
	return row.SID, err
}
