package bot

import "slices"

// Status says whether a bot answers anybody.
type Status string

// The statuses of a bot.
const (
	Live      Status = "live"      // a number routes to it
	Idle      Status = "idle"      // none does
	Suspended Status = "suspended" // an inert application stands in front of it
)

// Statuses lists every status of a bot.
func Statuses() []Status { return []Status{Live, Idle, Suspended} }

// NumberStatus says what answers on a number, the most worrying first.
type NumberStatus string

// The statuses of a number.
const (
	NumberDangling  NumberStatus = "dangling"  // it routes to a bot that no longer exists: a dead number
	NumberSuspended NumberStatus = "suspended" // an inert application silences it
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
	routing   Routing
	bots      map[string]Bot
	suspended map[string]bool
	services  map[string]Service // by the SID of a number they answer for
}

// NewRoster looks at the bots of an account, inert applications among them, and at
// the Messaging Services that answer in a number's place.
func NewRoster(webhooks Webhooks, bots []Bot, services map[string]Service) Roster {
	r := Roster{
		routing: Routing{webhooks: webhooks, suspends: map[string]string{}},
		bots:    map[string]Bot{}, suspended: map[string]bool{}, services: services,
	}
	for _, bot := range bots {
		r.bots[bot.SID] = bot
		if bot.Suspends != "" {
			r.suspended[bot.Suspends] = true
			r.routing.suspends[bot.SID] = bot.Suspends
		}
	}
	return r
}

// Answer is who answers on one channel of a number.
type Answer struct {
	Route
	// Bot is the bot behind the route; its SID is empty where there is none or it
	// is gone.
	Bot Bot
	// Service is the Messaging Service that answers in the number's place; its SID is
	// empty where none does.
	Service Service
}

// Answer tells who answers on a channel of a number. A Messaging Service goes
// before all else for messages; behind an inert application stands the bot it
// silences.
func (r Roster) Answer(n Number, channel Channel) Answer {
	answer := Answer{Route: r.routing.Route(n, channel)}
	if service, ok := r.services[n.SID]; ok && channel == Messaging {
		answer = Answer{Route: service.route(n.AccountSID, r.routing.webhooks), Service: service}
	}
	answer.Bot = r.bots[answer.BotSID]
	return answer
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
	case answer.Bot.SID == "":
		return NumberDangling
	case answer.SilencedBy != "":
		return NumberSuspended
	default:
		return NumberLive
	}
}

func worse(a, b NumberStatus) NumberStatus {
	order := NumberStatuses()
	if slices.Index(order, a) < slices.Index(order, b) {
		return a
	}
	return b
}

// BotStatus tells whether a bot answers anybody, and on which numbers (E.164) it
// would if it is not suspended.
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
	case r.suspended[sid]:
		return Suspended, phones
	case len(phones) > 0:
		return Live, phones
	default:
		return Idle, phones
	}
}
