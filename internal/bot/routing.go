package bot

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"
)

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
	// SilencedBy is the SID of the hold that silences the bot here; empty where none
	// does.
	SilencedBy string
	// Gone reports whether the application that answers no longer exists.
	Gone bool
}

// Route says who answers on a channel of the number, with nothing known of holds.
func (n Number) Route(channel Channel, webhooks Webhooks) Route {
	side := n.Side(channel)
	switch {
	case channel == Voice && n.TrunkSID != "":
		return Route{Kind: ToExternal, TrunkSID: n.TrunkSID}
	case side.ApplicationSID != "":
		return Route{Kind: ToBot, BotSID: side.ApplicationSID}
	case side.URL == "", IsPlaceholder(side.URL):
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
		return ShownURL(r.URL)
	}
}

// Routing says who answers on numbers: by Twilio's precedence, in any spelling of a
// webhook, and for a number that is pointed at a hold the bot that the hold silences.
type Routing struct {
	Webhooks Webhooks
	holds    map[string]string // the suspended bot, by the SIDs of its hold
	flows    map[string]Hold   // the hold flow, by the SID of the application that has its URLs
	gone     map[string]bool   // applications that no longer exist
	deleted  map[string]string // the suspended bot, by the SID of a hold that no longer exists
	// applications are those that ways in can lead to by URL.
	applications []Bot
}

// NewRouting is the routing of an account with these holds. gone are the SIDs of
// applications that numbers are pointed at and that no longer exist. A flow is that of a
// hold by its own name alone, since anybody may set the URLs of an application; where the
// two name different bots, the application says which is suspended.
func NewRouting(webhooks Webhooks, holds []Hold, gone ...string) Routing {
	r := Routing{Webhooks: webhooks, holds: map[string]string{}, flows: map[string]Hold{}, gone: map[string]bool{}}
	named := map[string]Hold{} // the flows that are those of holds by their names, by SID
	for _, hold := range holds {
		if hold.SID == "" {
			named[hold.FlowSID], r.holds[hold.FlowSID] = hold, hold.BotSID
		}
	}
	agrees := func(hold Hold) bool { return hold.SID != "" && named[hold.FlowSID].BotSID == hold.BotSID }
	for _, hold := range holds {
		if hold.SID == "" {
			continue
		}
		r.holds[hold.SID] = hold.BotSID
		flow, ok := named[hold.FlowSID]
		if !ok {
			continue
		}
		r.flows[hold.SID] = flow
		if !slices.ContainsFunc(holds, func(other Hold) bool { return other.FlowSID == hold.FlowSID && agrees(other) }) {
			r.holds[hold.FlowSID] = hold.BotSID
		}
	}
	for _, sid := range gone {
		r.gone[sid] = true
	}
	return r
}

// WithDeleted is the routing that also knows holds which no longer exist, where nothing at
// Twilio says whose they were. What still exists is read as it is.
func (r Routing) WithDeleted(holds []Hold) Routing {
	r.deleted = map[string]string{}
	for _, hold := range holds {
		for _, sid := range []string{hold.SID, hold.FlowSID} {
			if sid != "" {
				r.deleted[sid] = hold.BotSID
			}
		}
	}
	return r
}

// WithApplications is the routing that also knows the URLs of the account's applications.
func (r Routing) WithApplications(applications []Bot) Routing {
	r.applications = applications
	return r
}

// Behind is the bot that a channel of a number is dead for: the application that the
// number is pointed at no longer exists, as when a hold was deleted by hand. It is the bot
// that the hold suspended where that is known, else the one of the number's own URL;
// empty for a channel that is not dead, or that nothing says the bot of.
func (r Routing) Behind(n Number, channel Channel) string {
	route := r.Route(n, channel)
	if !route.Gone {
		return ""
	}
	if botSID, ok := r.deleted[route.BotSID]; ok {
		return botSID
	}
	if to, ok := r.Webhooks.Parse(n.Side(channel).URL); ok && to.AccountSID == n.AccountSID {
		return to.BotSID
	}
	return ""
}

// HoldsOf lists the SIDs of the holds that suspend a bot, of applications and flows, in a
// fixed order.
func (r Routing) HoldsOf(botSID string) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(r.holds)), func(sid string) bool { return r.holds[sid] != botSID })
}

// SuspendedBy is the SID of the bot that a hold suspends; empty for any other SID.
func (r Routing) SuspendedBy(holdSID string) string { return r.holds[holdSID] }

// HoldOf is the hold that suspends a bot; the zero Hold where the bot is not suspended. A
// hold flow without its application suspends nothing.
func (r Routing) HoldOf(botSID string) Hold {
	for _, sid := range r.HoldsOf(botSID) {
		if engine, _ := EngineOf(sid); engine != Studio {
			return Hold{SID: sid, FlowSID: r.flows[sid].FlowSID, FlowURL: r.flows[sid].FlowURL, BotSID: botSID}
		}
	}
	return Hold{}
}

// Route says who answers on a channel of a number. For a number that is pointed at a
// hold that is the bot which the hold silences, with the task that the number's own URL
// names.
func (r Routing) Route(n Number, channel Channel) Route {
	route := n.Route(channel, r.Webhooks)
	suspended, ok := r.holds[route.BotSID]
	if !ok {
		route.Gone = r.gone[route.BotSID]
		return route
	}
	side := n.Side(channel)
	silenced := Route{Kind: ToBot, BotSID: suspended, SilencedBy: route.BotSID, URL: side.URL, Method: side.Method}
	if to, ok := r.Webhooks.Parse(side.URL); ok && to.BotSID == suspended {
		silenced.TargetTask = to.TargetTask
	}
	return silenced
}

// Channels lists the channels on which a number routes to a bot, among them those that
// are silenced, and those that are dead for it (see Behind).
func (r Routing) Channels(n Number, botSID string) []Channel {
	if botSID == "" {
		return nil // what answers nothing is nobody's
	}
	return slices.DeleteFunc(Channels(), func(channel Channel) bool {
		return r.Route(n, channel).BotSID != botSID && r.Behind(n, channel) != botSID
	})
}

// Numbers lists those numbers that route to a bot on some channel.
func (r Routing) Numbers(numbers []Number, botSID string) []Number {
	return slices.DeleteFunc(slices.Clone(numbers), func(n Number) bool { return len(r.Channels(n, botSID)) == 0 })
}

// digest tells texts apart, in so few bytes that two differ in it but for one chance in
// 10^19; it is empty for none.
func digest(text string) string {
	if text == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(text))
	return base64.RawStdEncoding.EncodeToString(sum[:8])
}

// RouteSnapshot is what a number's channels were pointed at at some moment, to be
// compared with what they are pointed at later; a channel that was pointed at nothing is not
// in it. Terraform keeps it in private state, of which it copies that of all resources for
// each of them, so it is a short digest; a URL may hold a secret of another client's, too.
type RouteSnapshot map[Channel]string

// SnapshotOf records what a number is pointed at now.
func SnapshotOf(n Number) RouteSnapshot {
	snapshot := RouteSnapshot{}
	for _, channel := range Channels() {
		side := n.Side(channel)
		if side.URL == "" || IsPlaceholder(side.URL) {
			side.URL, side.Method = "", "" // Twilio keeps a method where there is no URL to call
		}
		trunk := ""
		if channel == Voice {
			trunk = n.TrunkSID
		}
		if trunk+side.ApplicationSID+side.URL == "" {
			continue
		}
		snapshot[channel] = digest(strings.Join([]string{trunk, side.ApplicationSID, strings.ToUpper(side.Method), side.URL}, " "))
	}
	return snapshot
}
