package bot

import "slices"

// Status says whether a bot answers.
type Status string

// The statuses of a bot.
const (
	Live      Status = "live"      // something routes to it
	Idle      Status = "idle"      // nothing does
	Suspended Status = "suspended" // a hold silences it
)

// Statuses lists every status of a bot.
func Statuses() []Status { return []Status{Live, Idle, Suspended} }

// NumberStatus says what answers on a number, the most worrying first.
type NumberStatus string

// The statuses of a number.
const (
	NumberDangling  NumberStatus = "dangling"  // it routes to a bot that no longer exists
	NumberSuspended NumberStatus = "suspended" // a hold silences it
	NumberLive      NumberStatus = "live"      // a bot answers
	NumberExternal  NumberStatus = "external"  // something else answers
	NumberFree      NumberStatus = "free"      // nothing answers
)

// NumberStatuses lists every status of a number.
func NumberStatuses() []NumberStatus {
	return []NumberStatus{NumberDangling, NumberSuspended, NumberLive, NumberExternal, NumberFree}
}

// Roster is what the account's bots and numbers say of each other at one moment.
type Roster struct {
	routing  Routing
	bots     map[string]Bot
	services map[string]Service // by the SID of a number that they answer for
	ways     []Way
	unread   []Engine
}

// NewRoster looks at the bots and holds of an account, at the Messaging Services that
// answer in place of a number, and at the ways in beside the numbers.
func NewRoster(webhooks Webhooks, listed Listing, services map[string]Service, ways []Way) Roster {
	r := Roster{routing: NewRouting(webhooks, listed.Holds).WithApplications(listed.Bots), bots: map[string]Bot{}, services: services, ways: ways}
	for _, bot := range listed.Bots {
		r.bots[bot.SID] = bot
	}
	return r
}

// WithUnread is the roster of an account whose bots on some engines may not be read: a
// number that routes to one of them is not known to be dead.
func (r Roster) WithUnread(engines ...Engine) Roster {
	r.unread = engines
	return r
}

// Answer is who answers on one channel of a number.
type Answer struct {
	Route
	// Bot is the bot behind the route; its SID is empty where there is none or it no
	// longer exists.
	Bot Bot
	// Service is the Messaging Service that answers in place of the number; its SID is
	// empty where none does.
	Service Service
}

// Answer says who answers on a channel of a number. For messages a Messaging Service
// has precedence over all else; a number that is pointed at a hold has the bot that the
// hold silences, and the URL by which that answers once it is resumed.
func (r Roster) Answer(n Number, channel Channel) Answer {
	answer := Answer{Route: r.routing.Route(n, channel)}
	if service, ok := r.services[n.SID]; ok && channel == Messaging {
		answer = Answer{Route: r.routing.Lead(service.Way()), Service: service}
	}
	if answer.SilencedBy != "" {
		answer.URL, answer.Method = r.resumed(n, channel, answer)
	}
	answer.Bot = r.bots[answer.BotSID]
	return answer
}

// resumed is the URL, and its method, by which a silenced bot answers once it is resumed; both are
// empty where an application answers. What was behind the hold of a number counts, but for the URL
// of a bot that no longer exists, which this one replaced.
func (r Roster) resumed(n Number, channel Channel, silenced Answer) (url, method string) {
	b := r.bots[silenced.BotSID]
	b.SID = silenced.BotSID
	if silenced.Service.SID != "" {
		to, _ := silenced.Service.Way().Off(r.routing.Webhooks, b)
		return to.URL, to.Method
	}
	if b.Engine() == Application {
		return "", ""
	}
	behind, isBot := r.routing.Webhooks.Parse(silenced.URL)
	_, exists := r.bots[behind.BotSID]
	if silenced.URL != "" && (!isBot || behind.BotSID == b.SID || exists || r.mayExist(behind.BotSID)) {
		return silenced.URL, silenced.Method
	}
	to := Webhook{AccountSID: n.AccountSID, BotSID: b.SID, Channel: channel}
	return r.routing.Webhooks.Of(b).URLInPlaceOf(to, silenced.URL), WebhookMethod
}

// NumberStatus sums up both channels of a number.
func (r Roster) NumberStatus(n Number) NumberStatus {
	status := NumberFree
	for _, channel := range Channels() {
		status = worse(status, r.channelStatus(n, channel))
	}
	return status
}

func (r Roster) channelStatus(n Number, channel Channel) NumberStatus {
	answer := r.Answer(n, channel)
	switch {
	case answer.Kind == ToNothing:
		return NumberFree
	case answer.Kind == ToExternal:
		return NumberExternal
	case answer.Bot.SID == "" && !r.mayExist(answer.BotSID):
		return NumberDangling
	case answer.SilencedBy != "":
		return NumberSuspended
	default:
		return NumberLive
	}
}

// mayExist reports whether nothing is known of a bot that is not among the bots read.
func (r Roster) mayExist(sid string) bool {
	engine, ok := EngineOf(sid)
	return ok && slices.Contains(r.unread, engine)
}

func worse(a, b NumberStatus) NumberStatus {
	order := NumberStatuses()
	if slices.Index(order, a) < slices.Index(order, b) {
		return a
	}
	return b
}

// Ways lists the ways in beside the phone numbers that lead to a bot, or would if it were
// not suspended.
func (r Roster) Ways(sid string) []Way { return r.routing.Ways(r.ways, sid) }

// BotStatus is the status of a bot, and the numbers (E.164) on which it answers, or
// would if it were not suspended.
func (r Roster) BotStatus(sid string, numbers []Number) (Status, []string) {
	phones := []string{}
	for _, number := range numbers {
		for _, channel := range Channels() {
			if r.Answer(number, channel).BotSID == sid {
				phones = append(phones, number.PhoneNumber)
				break
			}
		}
	}
	switch {
	case r.routing.HoldOf(sid) != (Hold{}):
		return Suspended, phones
	case len(phones) > 0, slices.ContainsFunc(r.Ways(sid), func(w Way) bool { return w.Live() && r.routing.Lead(w).SilencedBy == "" }):
		return Live, phones
	default:
		return Idle, phones
	}
}
