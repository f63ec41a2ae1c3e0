package bot

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Number is an incoming phone number of the account, as Twilio holds it
// (https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource).
type Number struct {
	SID          string
	AccountSID   string
	PhoneNumber  string // E.164
	FriendlyName string // the label
	Capabilities Capabilities
	Messaging    Side
	Voice        Side
	TrunkSID     string // a SIP trunk takes the calls before anything else
	// StatusCallback is where Twilio reports the end of calls, also of those that a flow
	// takes.
	StatusCallback       string
	StatusCallbackMethod string
	// Settings are those that have nothing to do with who answers.
	Settings NumberSettings
	// AddressRequirements is which Address Twilio asks for: none, any, local or foreign.
	AddressRequirements string
	// EmergencyAddressStatus is how far the registration of the emergency address is, which
	// goes on in the background.
	EmergencyAddressStatus string
	// Origin is twilio, or hosted for a number of another carrier.
	Origin      string
	DateCreated time.Time // to the second
	DateUpdated time.Time // to the second
}

// Capabilities is what a number can carry.
type Capabilities struct {
	Voice, SMS, MMS, Fax bool
}

// Names lists the capabilities that are there, in Twilio's words.
func (c Capabilities) Names() []string {
	var names []string
	for _, each := range []struct {
		name string
		has  bool
	}{{"fax", c.Fax}, {"mms", c.MMS}, {"sms", c.SMS}, {"voice", c.Voice}} {
		if each.has {
			names = append(names, each.name)
		}
	}
	return names
}

// Side is what a number does with one channel.
type Side struct {
	URL            string
	Method         string
	FallbackURL    string
	ApplicationSID string // wins over the URLs
}

// Applications lists the SIDs of the applications that the number is pointed at.
func (n Number) Applications() []string {
	var all []string
	for _, side := range []Side{n.Messaging, n.Voice} {
		if side.ApplicationSID != "" {
			all = append(all, side.ApplicationSID)
		}
	}
	return all
}

// Side is the number's side of a channel.
func (n Number) Side(channel Channel) Side {
	if channel == Voice {
		return n.Voice
	}
	return n.Messaging
}

// With is the number with another side on one channel.
func (n Number) With(channel Channel, side Side) Number {
	if channel == Voice {
		n.Voice = side
	} else {
		n.Messaging = side
	}
	return n
}

// Can reports whether the number carries a channel.
func (n Number) Can(channel Channel) bool {
	if channel == Voice {
		return n.Capabilities.Voice
	}
	return n.Capabilities.SMS || n.Capabilities.MMS
}

// String names the number in messages: what people call it, and its SID.
func (n Number) String() string { return n.PhoneNumber + " (" + n.SID + ")" }

// NumberChange is a write to a number: nil leaves a field as it is, an empty
// string clears it.
type NumberChange struct {
	FriendlyName *string
	Messaging    SideChange
	Voice        SideChange
	TrunkSID     *string

	StatusCallback       *string
	StatusCallbackMethod *string

	Settings SettingsChange
}

// SideChange is a write to one side of a number.
type SideChange struct {
	URL            *string
	Method         *string
	FallbackURL    *string
	ApplicationSID *string
}

// Empty reports whether there is nothing to write.
func (c NumberChange) Empty() bool { return c == NumberChange{} }

// Side is the change to a channel's side, to be filled in.
func (c *NumberChange) Side(channel Channel) *SideChange {
	if channel == Voice {
		return &c.Voice
	}
	return &c.Messaging
}

// Apply is the number as it is after the change, as far as the change says.
func (c NumberChange) Apply(n Number) Number {
	set := func(field *string, value *string) {
		if value != nil {
			*field = *value
		}
	}
	side := func(s *Side, change SideChange) {
		set(&s.URL, change.URL)
		set(&s.Method, change.Method)
		set(&s.FallbackURL, change.FallbackURL)
		set(&s.ApplicationSID, change.ApplicationSID)
	}
	set(&n.FriendlyName, c.FriendlyName)
	set(&n.TrunkSID, c.TrunkSID)
	set(&n.StatusCallback, c.StatusCallback)
	set(&n.StatusCallbackMethod, c.StatusCallbackMethod)
	side(&n.Messaging, c.Messaging)
	side(&n.Voice, c.Voice)
	n.Settings = c.Settings.Apply(n.Settings)
	return n
}

// Holds reports whether the number is as the change would have it. Whether setting an
// application clears the URLs behind it is not documented for certain
// (https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource says
// they are ignored), so a side that has the application it was given holds either
// way. For the status callback see callbackHolds.
func (c NumberChange) Holds(n Number) bool {
	want := c.Apply(n)
	return want.FriendlyName == n.FriendlyName && want.TrunkSID == n.TrunkSID &&
		want.Messaging.Same(n.Messaging) && want.Voice.Same(n.Voice) && want.Settings == n.Settings && c.callbackHolds(n)
}

// Same reports whether a side that was written is what is read now.
func (s Side) Same(now Side) bool {
	if s.URL == "" && IsPlaceholder(now.URL) {
		now.URL = "" // Twilio may put its placeholder where there is no URL
	}
	if s.ApplicationSID != "" && now.ApplicationSID == s.ApplicationSID && now.URL == "" {
		return now.FallbackURL == "" || now.FallbackURL == s.FallbackURL
	}
	return s.URL == now.URL && s.FallbackURL == now.FallbackURL && s.ApplicationSID == now.ApplicationSID &&
		// Twilio keeps no method where there is no URL to call.
		(s.URL == "" || strings.EqualFold(s.Method, now.Method))
}

// ChangeTo is what makes one side another.
func (s Side) ChangeTo(to Side) (c SideChange) {
	set := func(field **string, from, to string) {
		if from != to {
			*field = &to
		}
	}
	set(&c.URL, s.URL, to.URL)
	set(&c.FallbackURL, s.FallbackURL, to.FallbackURL)
	set(&c.ApplicationSID, s.ApplicationSID, to.ApplicationSID)
	if to.URL != "" && to.Method != "" {
		set(&c.Method, s.Method, to.Method)
	}
	return c
}

// Clear takes a side's URL away, and with it the fallback that Twilio refuses to keep
// without one (errors 21405 and 21406), which the notice names.
func (n Number) Clear(channel Channel, change *SideChange) []Notice {
	side := n.Side(channel)
	change.URL = new(string)
	if side.FallbackURL == "" {
		return nil
	}
	change.FallbackURL = new(string)
	return []Notice{{
		Summary: "A fallback URL was cleared",
		Detail: fmt.Sprintf("%s of %s had the fallback URL %s. Twilio keeps no fallback URL without a URL, so both were cleared.",
			channel, n, ShownURL(side.FallbackURL)),
	}}
}

// SortNumbers puts numbers in the order they are shown: by phone number.
func SortNumbers(numbers []Number) {
	slices.SortFunc(numbers, func(a, b Number) int { return strings.Compare(a.PhoneNumber, b.PhoneNumber) })
}

// JoinNumbers names numbers for people.
func JoinNumbers(numbers []Number) string {
	names := make([]string, len(numbers))
	for i, number := range numbers {
		names[i] = number.String()
	}
	return JoinNames(names)
}
