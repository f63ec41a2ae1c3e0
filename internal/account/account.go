// Package account is a Twilio account as this process sees it: the listings that all
// who ask share, what routes to a bot, the one way to edit a phone number, and what this
// run wrote and replaced. It states the interfaces that Twilio's products satisfy.
package account

import (
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Account is the one place through which numbers, bots and Messaging Services are read
// and numbers are written. One is made for each configured provider, so it lives as long
// as one walk of Terraform: plans share its listings. Each kind of state that a run keeps
// is owned by one of its parts.
type Account struct {
	SID      string
	Webhooks bot.Webhooks
	// Region is the one whose configuration of the account is read and written; empty for
	// us1.
	Region string
	// Inbound says in which Region what comes to a number is processed; nil where that
	// cannot be asked for.
	Inbound Regions
	// Offers are the numbers that Twilio has on sale; nil where they cannot be asked for.
	Offers Offers

	clock
	*numbers
	*bots
	*services
	*ways
	*replacements
	*locks
	*claims
	*holdsKnown

	looks *looks
}

// Applying reports whether this process has begun to write: what only plans never does.
func (a *Account) Applying() bool { return a.applying.Load() }

// New is an account over its numbers, Messaging Services and engines, and the ways in to bots
// that have a list of their own.
func New(sid string, webhooks bot.Webhooks, numberAPI Numbers, serviceAPI Services, hosts map[bot.Engine]Host, waysIn ...WaysIn) *Account {
	a := &Account{SID: sid, Webhooks: webhooks, replacements: newReplacements(), locks: newLocks(), claims: newClaims(), holdsKnown: newHoldsKnown()}
	a.numbers = newNumbers(&a.clock, numberAPI)
	a.bots = newBots(&a.clock, hosts)
	a.looks = newLooks(a)
	a.services = newServices(&a.clock, serviceAPI)
	a.ways = newWays(&a.clock, waysIn, derivedWays(a.services, a.bots)...)
	return a
}
