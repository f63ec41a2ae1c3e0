// Package account is a Twilio account as this process sees it: the listings that all
// who ask share, who routes to a bot, the one way to edit a phone number, and what this
// run wrote and replaced. It states the interfaces that Twilio's products satisfy.
package account

import (
	"fmt"
	"sync"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Account is the one place through which numbers, bots and Messaging Services are read
// and numbers are written. One is made for each configured provider, so it lives as long
// as one walk of Terraform: plans share its listings.
type Account struct {
	SID      string
	Webhooks bot.Webhooks

	numbers  Numbers
	services Services
	hosts    map[bot.Engine]Host

	clock      clock
	allNumbers *listing[[]bot.Number]
	perEngine  map[bot.Engine]*listing[bot.Listing]
	allService *listing[[]bot.Service]
	overriding *listing[map[string]bot.Service]

	locks  *locks
	claims *claims

	mu       sync.Mutex
	reads    int               // of single numbers
	written  map[string]bool   // numbers this process wrote, by SID
	replaced map[string]string // by the SID of a bot, the bot that this process put in its place
}

// New is an account over its numbers, Messaging Services and engines.
func New(sid string, webhooks bot.Webhooks, numbers Numbers, services Services, hosts map[bot.Engine]Host) *Account {
	a := &Account{
		SID: sid, Webhooks: webhooks, numbers: numbers, services: services,
		hosts: map[bot.Engine]Host{}, perEngine: map[bot.Engine]*listing[bot.Listing]{},
		locks: newLocks(), claims: newClaims(),
		written: map[string]bool{}, replaced: map[string]string{},
	}
	a.allNumbers = newListing(&a.clock, a.listNumbers)
	a.allService = newListing(&a.clock, services.List)
	a.overriding = newListing(&a.clock, a.listOverriding)
	for _, engine := range bot.Engines() {
		host, ok := hosts[engine]
		if !ok {
			host = Off{Reason: fmt.Errorf("the engine %q is not part of this version of the provider", engine)}
		}
		a.perEngine[engine] = newListing(&a.clock, host.List)
		a.hosts[engine] = tracked{host, a.perEngine[engine]}
	}
	return a
}

// Host is what runs the bots of an engine.
func (a *Account) Host(engine bot.Engine) Host {
	if host, ok := a.hosts[engine]; ok {
		return host
	}
	return Off{Reason: fmt.Errorf("there is no engine %q", engine)}
}

// HostOf is what runs the bot of a SID.
func (a *Account) HostOf(sid string) (Host, error) {
	engine, ok := bot.EngineOf(sid)
	if !ok {
		return nil, fmt.Errorf("%q: %w", sid, bot.ErrEngineUnknown)
	}
	return a.Host(engine), nil
}
