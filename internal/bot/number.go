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
	TrunkSID     string    // a SIP trunk takes the calls before anything else
	DateUpdated  time.Time // to the second
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

// applications lists the applications of sides.
func (s Side) applications(others ...Side) []string {
	var all []string
	for _, side := range append(others, s) {
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

func (n *Number) side(channel Channel) *Side {
	if channel == Voice {
		return &n.Voice
	}
	return &n.Messaging
}

// Can tells whether the number carries a channel.
func (n Number) Can(channel Channel) bool {
	if channel == Voice {
		return n.Capabilities.Voice
	}
	return n.Capabilities.SMS || n.Capabilities.MMS
}

// String names the number in messages: what people call it, and its SID.
func (n Number) String() string { return n.PhoneNumber + " (" + n.SID + ")" }

// RouteKind says what sort of thing answers.
type RouteKind string

// The kinds of route.
const (
	ToNothing  RouteKind = "none"
	ToBot      RouteKind = "bot"
	ToExternal RouteKind = "external" // a URL, a SIP trunk, a bot of another account
)

// Route says who answers on one channel of a number, by Twilio's precedence: a
// SIP trunk over an application over a URL
// (https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource).
type Route struct {
	Kind       RouteKind
	BotSID     string
	TargetTask string
	// URL is the webhook Twilio calls; empty where an application or a trunk
	// answers.
	URL      string
	Method   string
	TrunkSID string
	// SilencedBy is the inert application that stands in front of the bot; empty
	// where none does.
	SilencedBy string
}

// Route tells who answers on a channel of the number.
func (n Number) Route(channel Channel, webhooks Webhooks) Route {
	side := n.Side(channel)
	switch {
	case channel == Voice && n.TrunkSID != "":
		return Route{Kind: ToExternal, TrunkSID: n.TrunkSID}
	case side.ApplicationSID != "":
		return Route{Kind: ToBot, BotSID: side.ApplicationSID}
	case side.URL == "":
		return Route{Kind: ToNothing}
	}
	route := Route{Kind: ToExternal, URL: side.URL, Method: side.Method}
	if to, ok := webhooks.Parse(side.URL); ok && to.AccountSID == n.AccountSID {
		route.Kind, route.BotSID, route.TargetTask = ToBot, to.BotSID, to.TargetTask
	}
	return route
}

// String says who answers, in words that fit behind "it answers with".
func (r Route) String() string {
	switch {
	case r.Kind == ToNothing:
		return "nothing"
	case r.TrunkSID != "":
		return "SIP trunk " + r.TrunkSID
	case r.SilencedBy != "":
		return fmt.Sprintf("silence (bot %s is suspended)", r.BotSID)
	case r.Kind == ToBot:
		return Webhook{BotSID: r.BotSID, TargetTask: r.TargetTask}.String()
	default:
		return r.URL
	}
}

// NumberChange is a write to a number: nil leaves a field as it is, an empty
// string clears it.
type NumberChange struct {
	FriendlyName *string
	Messaging    SideChange
	Voice        SideChange
	TrunkSID     *string
}

// SideChange is a write to one side of a number.
type SideChange struct {
	URL            *string
	Method         *string
	FallbackURL    *string
	ApplicationSID *string
}

// Empty tells whether nothing is to be written.
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
	side(&n.Messaging, c.Messaging)
	side(&n.Voice, c.Voice)
	return n
}

// Holds tells whether the number is as the change would have it. Whether setting an
// application clears the URLs behind it is not documented for certain
// (https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource says
// they are ignored), so a side that has the application it was given holds either
// way.
func (c NumberChange) Holds(n Number) bool {
	want := c.Apply(n)
	return want.FriendlyName == n.FriendlyName && want.TrunkSID == n.TrunkSID &&
		want.Messaging.same(n.Messaging) && want.Voice.same(n.Voice)
}

func (s Side) same(now Side) bool {
	if s.ApplicationSID != "" && now.ApplicationSID == s.ApplicationSID && now.URL == "" {
		return now.FallbackURL == "" || now.FallbackURL == s.FallbackURL
	}
	return s.URL == now.URL && s.FallbackURL == now.FallbackURL && s.ApplicationSID == now.ApplicationSID &&
		// Twilio keeps no method where there is no URL to call.
		(s.URL == "" || strings.EqualFold(s.Method, now.Method))
}

// SortNumbers puts numbers in the order they are shown: by phone number.
func SortNumbers(numbers []Number) {
	slices.SortFunc(numbers, func(a, b Number) int { return strings.Compare(a.PhoneNumber, b.PhoneNumber) })
}
