package sandbox

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// messageParams are the parameters of a new message. Those that schedule one are not among
// them: the sandbox sends at once.
var messageParams = []string{
	"To", "From", "MessagingServiceSid", "Body", "MediaUrl...", "StatusCallback", "ContentSid", "ContentVariables",
	"ApplicationSid", "MaxPrice", "ProvideFeedback", "Attempt", "ValidityPeriod", "ForceDelivery", "ContentRetention", "AddressRetention",
	"SmartEncoded", "PersistentAction...", "TrafficType", "ShortenUrls", "SendAsMms", "RiskCheck", "FallbackFrom",
}

const (
	longestBody = 1600 // characters
	mostMedia   = 10
)

var (
	// channelAddress is an address of another channel than SMS, such as whatsapp:+12025550142.
	channelAddress = regexp.MustCompile(`^(whatsapp|rcs|messenger):\S+$`)
	// alphanumeric is a sender that has no number: up to 11 letters, digits and spaces, a letter
	// among them (https://www.twilio.com/docs/glossary/what-alphanumeric-sender-id).
	alphanumeric = regexp.MustCompile(`^[0-9A-Za-z ]{0,10}[A-Za-z][0-9A-Za-z ]{0,10}$`)
)

// createMessage sends a message. The errors are those of Twilio's dictionary
// (https://www.twilio.com/docs/api/errors).
func createMessage(c *call) (int, any, error) {
	m := message{
		record: c.newRecord("SM"), Direction: messageByAPI, Status: messageQueued,
		To: c.params.Get("To"), From: c.params.Get("From"), ServiceSID: c.params.Get("MessagingServiceSid"),
		Body: c.params.Get("Body"), Media: c.params["MediaUrl"],
	}
	if len(m.Media) > 0 {
		m.SID = "MM" + m.SID[2:]
	}
	if err := c.checkContent(m); err != nil {
		return 0, nil, err
	}
	if err := c.checkAddresses(&m); err != nil {
		return 0, nil, err
	}
	if unsubscribed(c.state, m) {
		return 0, nil, invalidParameter(21610, "Attempt to send to unsubscribed recipient")
	}
	putMessage(c.state, m)
	return http.StatusCreated, c.renderMessage(m), nil
}

func (c *call) checkContent(m message) error {
	var callback, application, template string
	f := c.fields()
	f.sid("ApplicationSid", "AP", &application)
	f.sid("ContentSid", "HX", &template)
	for _, name := range []string{"ProvideFeedback", "ForceDelivery", "SmartEncoded", "ShortenUrls", "SendAsMms"} {
		f.boolean(name, new(bool))
	}
	f.oneOf("ContentRetention", new(string), 20001, "retain", "discard")
	f.oneOf("AddressRetention", new(string), 20001, "retain", "obfuscate")
	f.oneOf("RiskCheck", new(string), 20001, "enable", "disable")
	f.oneOf("TrafficType", new(string), 20001, "free")
	if callback = c.params.Get("StatusCallback"); callback != "" && !isURL(callback) {
		f.fail(invalidParameter(21609, "The 'StatusCallback' URL is not a valid URL"))
	}
	if variables := c.params.Get("ContentVariables"); variables != "" {
		if values := (map[string]any{}); template == "" || json.Unmarshal([]byte(variables), &values) != nil {
			f.fail(invalidParameter(21656, "The ContentVariables Parameter is invalid"))
		}
	}
	switch {
	case m.Body == "" && len(m.Media) == 0 && template == "":
		f.fail(invalidParameter(21619, "A text message body or media urls must be specified."))
	case utf8.RuneCountInString(m.Body) > longestBody:
		f.fail(invalidParameter(21617, "The concatenated message body exceeds the 1600 character limit"))
	case len(m.Media) > mostMedia:
		f.fail(invalidParameter(21623, "Number of media files exceeds allowed limit"))
	case slices.ContainsFunc(m.Media, func(address string) bool { return !isURL(address) }):
		f.fail(invalidParameter(21620, "Invalid media URL(s)"))
	}
	return f.result()
}

// checkAddresses finds the sender, by the service where none is given.
func (c *call) checkAddresses(m *message) error {
	switch {
	case m.To == "":
		return invalidParameter(21604, "A 'To' phone number is required.")
	case !e164Form.MatchString(m.To) && !channelAddress.MatchString(m.To):
		return invalidParameter(21211, "The 'To' number %s is not a valid phone number.", m.To)
	case m.From == "" && m.ServiceSID == "":
		return invalidParameter(21603, "A 'From' phone number is required.")
	case m.From == m.To:
		return invalidParameter(21266, "'To' and 'From' number cannot be the same: %s", m.To)
	}
	pool := []string(nil)
	if m.ServiceSID != "" {
		service, ok := messagingServices.get(c.state, m.ServiceSID)
		if !ok || service.AccountSID != c.account.SID {
			return apiErrorf(http.StatusNotFound, 21701, "The Messaging Service does not exist")
		}
		if pool = c.pool(service, channelOf(m.To)); len(pool) == 0 {
			return invalidParameter(21704, "The Messaging Service contains no phone numbers.")
		}
	}
	switch {
	case m.From == "":
		m.From, m.Status = pool[0], messageAccepted
		return nil
	case channelOf(m.From) != channelOf(m.To):
		return invalidParameter(21910, "Invalid 'From' and 'To' pair. 'From' and 'To' should be of the same channel")
	case m.ServiceSID != "" && !slices.Contains(pool, m.From):
		return c.noSender(m.From)
	case alphanumeric.MatchString(m.From):
		if strings.HasPrefix(m.To, "+1") {
			return invalidParameter(21612, "The 'To' phone number: %s, is not currently reachable using the 'From' phone number: %s via SMS.", m.To, m.From)
		}
		return nil
	case !c.isSender(m.From):
		return c.noSender(m.From)
	}
	return nil
}

func (c *call) noSender(from string) error {
	if channelOf(from) != "" {
		return invalidParameter(63007, "Twilio could not find a Channel with the specified From address")
	}
	return invalidParameter(21606, "The From phone number %s is not a valid, SMS-capable inbound phone number or short code for your account.", from)
}

// channelOf is the channel of an address, empty for SMS.
func channelOf(address string) string {
	channel, _, ok := strings.Cut(address, ":")
	if !ok {
		return ""
	}
	return channel
}

// isSender reports whether an address is one from which the account sends.
func (c *call) isSender(address string) bool {
	r, ok := receiver{}, false
	for _, find := range []findReceiver{findNumber, findShortCode, findSender} {
		if r, ok = find(c.state, c.now, address); ok {
			break
		}
	}
	return ok && r.accountSID == c.account.SID && r.messages && r.address == address
}

// pool is the senders of a service for a channel, oldest member first.
func (c *call) pool(service messagingService, channel string) []string {
	var all []string
	for _, member := range serviceMembers.list(c.state, func(m serviceMember) bool { return m.ServiceSID == service.SID }) {
		for _, find := range []findReceiver{findNumber, findShortCode, findSender} {
			if r, ok := find(c.state, c.now, member.SID); ok && r.messages && r.accountSID == service.AccountSID && channelOf(r.address) == channel {
				all = append(all, r.address)
			}
		}
	}
	slices.Reverse(all)
	return all
}

// The words by which a person ends and begins to receive the messages of a sender
// (https://help.twilio.com/articles/223134027).
var (
	stopWords  = []string{"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"}
	startWords = []string{"START", "YES", "UNSTOP"}
)

// unsubscribed reports whether the last such word of the recipient was one to stop. It is of
// text messages alone, and of one sender or, in a service, of all of it.
func unsubscribed(st *state, m message) bool {
	said, ok := messages.first(st, func(in message) bool {
		word := strings.ToUpper(strings.TrimSpace(in.Body))
		return in.Direction == messageInbound && in.From == m.To && channelOf(in.From) == "" &&
			(in.To == m.From || m.ServiceSID != "" && in.ServiceSID == m.ServiceSID) &&
			(slices.Contains(stopWords, word) || slices.Contains(startWords, word))
	})
	return ok && slices.Contains(stopWords, strings.ToUpper(strings.TrimSpace(said.Body)))
}
