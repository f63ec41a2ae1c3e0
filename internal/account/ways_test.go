package account_test

import (
	"context"
	"errors"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/account/accounttest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// listedKind is one kind of ways in, in memory.
type listedKind struct {
	kind  bot.WayKind
	ways  []bot.Way
	err   error
	lists int
}

func (l *listedKind) Kind() bot.WayKind { return l.kind }

func (l *listedKind) List(context.Context) ([]bot.Way, error) {
	l.lists++
	return l.ways, l.err
}

func (l *listedKind) Get(context.Context, string, string) (bot.Way, error) {
	return bot.Way{}, bot.ErrNotFound
}

func (l *listedKind) Write(context.Context, bot.Way) error { return errors.New("it is not written") }

func withKinds(services account.Services, kinds ...account.WaysIn) *account.Account {
	h := newHouse(1, services)
	return account.New(accounttest.SID, bot.Webhooks{}, h.numbers, services, map[bot.Engine]account.Host{bot.Studio: h.flows, bot.Application: h.applications}, kinds...)
}

// A listing that was ended before its end gives what was read, says so, and is shared like any
// other.
func TestPartlyReadKindSaysSo(t *testing.T) {
	conversations := &listedKind{
		kind: bot.ByConversation, ways: []bot.Way{{Kind: bot.ByConversation, SID: "CH1", To: bot.Pointer{BotSID: accounttest.Flow}}},
		err: &bot.PartlyReadError{Reason: "there are more"},
	}
	a := withKinds(account.NoServices{}, conversations)
	for range 2 {
		routes, err := a.RoutesTo(t.Context(), accounttest.Flow, account.AnyTime)
		if err != nil || len(routes.Ways) != 1 || len(routes.Unread) != 1 || routes.Unread[0].String() != "The account's open conversations could not all be read" {
			t.Errorf("%+v, %v", routes, err)
		}
	}
	if conversations.lists != 1 {
		t.Errorf("they were listed %d times", conversations.lists)
	}
}

// Who asks whether anything routes to a bot does not wait for a request for each conversation,
// unless nothing else does.
func TestConversationsAreReadLast(t *testing.T) {
	conversations := &listedKind{kind: bot.ByConversation}
	trunks := &listedKind{kind: bot.ByTrunk, ways: []bot.Way{{Kind: bot.ByTrunk, SID: "TK1", AccountSID: accounttest.SID, To: bot.Pointer{URL: urlOf(accounttest.Flow)}}}}
	a := withKinds(account.NoServices{}, conversations, trunks)
	for _, each := range []struct {
		sid    string
		routed bool
		lists  int
	}{{accounttest.Flow, true, 0}, {otherFlow, false, 1}} {
		routes, err := a.SomeRoutesTo(t.Context(), each.sid, account.AnyTime)
		if err != nil || routes.Any() != each.routed || conversations.lists != each.lists {
			t.Errorf("%s: %+v, %v, after %d listings of conversations", each.sid, routes, err, conversations.lists)
		}
	}
}

// countedServices counts the listings of services, and of their members.
type countedServices struct {
	accounttest.Services
	lists, members int
}

func (c *countedServices) List(ctx context.Context) ([]bot.Service, error) {
	c.lists++
	return c.Services.List(ctx)
}

func (c *countedServices) Members(ctx context.Context, sid string) ([]string, error) {
	c.members++
	return c.Services.Members(ctx, sid)
}

// Which service answers for a number is read out of the listing that everybody shares, and no
// older than it is asked for.
func TestServicesAreListedOnce(t *testing.T) {
	services := &countedServices{Services: accounttest.Services{Of: map[string]bot.Service{accounttest.NumberSID(0): {SID: "MG1", InboundURL: urlOf(accounttest.Flow)}}}}
	a := withKinds(services)
	for range 2 {
		if _, _, err := a.WaysIn(t.Context(), account.AnyTime); err != nil {
			t.Fatal(err)
		}
		if overriding, err := a.Overriding(t.Context(), account.AnyTime); err != nil || len(overriding) != 1 {
			t.Errorf("%v, %v", overriding, err)
		}
	}
	if services.lists != 1 || services.members != 1 {
		t.Errorf("listed %d times, their members %d times", services.lists, services.members)
	}
	if _, err := a.Overriding(t.Context(), a.Now()); err != nil || services.lists != 2 || services.members != 2 {
		t.Errorf("asked anew: listed %d times, their members %d times, %v", services.lists, services.members, err)
	}
}
