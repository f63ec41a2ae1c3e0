package lifecycle_test

import (
	"testing"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/account/accounttest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/binding"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/lifecycle"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/suspension"
)

// Who answers, by Twilio's precedence: for calls a trunk over an application over
// a URL, for messages a Messaging Service that does not defer over an application
// over a URL. What follows from it stands beside each: the number's status, whether
// a binding of another bot is a conflict, whether freeing the bot finds it, whether a
// suspension silences it, and whether a rename moves it.
func TestPrecedenceAndWhatFollowsFromIt(t *testing.T) {
	flowURL := bot.Webhooks{}.URL(bot.Webhook{AccountSID: accounttest.SID, BotSID: accounttest.Flow})
	const trunk = "TK0123456789abcdef0123456789abcdef"
	const theirs = "https://theirs.example.com/"
	overriding := map[string]bot.Service{accounttest.NumberSID(0): {SID: "MG1", Name: "Campaigns", InboundURL: theirs}}
	silencing := map[string]bot.Service{accounttest.NumberSID(0): {SID: "MG1", Name: "Campaigns"}}
	answering := map[string]bot.Service{accounttest.NumberSID(0): {SID: "MG1", Name: "Campaigns", InboundURL: flowURL, AccountSID: accounttest.SID}}
	for name, each := range map[string]struct {
		number   bot.Number
		services map[string]bot.Service
		channel  bot.Channel
		kind     bot.RouteKind
		bot      string
		status   bot.NumberStatus
		conflict bool // for a binding of another bot
		freed    bool // by freeing the flow
	}{
		"nothing":                                   {bot.Number{}, nil, bot.Messaging, bot.ToNothing, "", bot.NumberFree, false, false},
		"a flow's URL":                              {bot.Number{Messaging: bot.Side{URL: flowURL, Method: "POST"}}, nil, bot.Messaging, bot.ToBot, accounttest.Flow, bot.NumberLive, true, true},
		"an external URL":                           {bot.Number{Messaging: bot.Side{URL: theirs}}, nil, bot.Messaging, bot.ToExternal, "", bot.NumberExternal, true, false},
		"an application over a flow's URL":          {bot.Number{Messaging: bot.Side{URL: flowURL, ApplicationSID: accounttest.Application}}, nil, bot.Messaging, bot.ToBot, accounttest.Application, bot.NumberLive, true, false},
		"a flow's URL for calls":                    {bot.Number{Voice: bot.Side{URL: flowURL, Method: "POST"}}, nil, bot.Voice, bot.ToBot, accounttest.Flow, bot.NumberLive, true, true},
		"an application over a URL for calls":       {bot.Number{Voice: bot.Side{URL: flowURL, ApplicationSID: accounttest.Application}}, nil, bot.Voice, bot.ToBot, accounttest.Application, bot.NumberLive, true, false},
		"a trunk over all":                          {bot.Number{TrunkSID: trunk, Voice: bot.Side{URL: flowURL, ApplicationSID: accounttest.Application}}, nil, bot.Voice, bot.ToExternal, "", bot.NumberExternal, true, false},
		"a trunk says nothing of messages":          {bot.Number{TrunkSID: trunk, Messaging: bot.Side{URL: flowURL, Method: "POST"}}, nil, bot.Messaging, bot.ToBot, accounttest.Flow, bot.NumberLive, true, true},
		"a service over a flow's URL":               {bot.Number{Messaging: bot.Side{URL: flowURL, Method: "POST"}}, overriding, bot.Messaging, bot.ToExternal, "", bot.NumberExternal, true, true},
		"a service without a URL":                   {bot.Number{Messaging: bot.Side{URL: flowURL, Method: "POST"}}, silencing, bot.Messaging, bot.ToNothing, "", bot.NumberFree, true, true},
		"a service that reaches a flow":             {bot.Number{}, answering, bot.Messaging, bot.ToBot, accounttest.Flow, bot.NumberLive, false, false},
		"a service that defers":                     {bot.Number{Messaging: bot.Side{URL: flowURL, Method: "POST"}}, map[string]bot.Service{}, bot.Messaging, bot.ToBot, accounttest.Flow, bot.NumberLive, true, true},
		"a service says nothing of calls":           {bot.Number{Voice: bot.Side{URL: flowURL, Method: "POST"}}, silencing, bot.Voice, bot.ToBot, accounttest.Flow, bot.NumberLive, true, true},
		"an assistant where Autopilot is shut down": {bot.Number{Messaging: bot.Side{URL: "https://channels.autopilot.twilio.com/v1/" + accounttest.SID + "/UAeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee/twilio/messaging"}}, nil, bot.Messaging, bot.ToBot, "UAeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee", bot.NumberDangling, true, false},
		"a bot that is gone":                        {bot.Number{Messaging: bot.Side{ApplicationSID: "APeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"}}, nil, bot.Messaging, bot.ToBot, "APeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee", bot.NumberDangling, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			f := accounttest.NewNumbers(1)
			number := each.number
			row := f.Rows[accounttest.NumberSID(0)]
			number.SID, number.AccountSID, number.PhoneNumber, number.Capabilities = row.SID, row.AccountSID, row.PhoneNumber, row.Capabilities
			f.Rows[accounttest.NumberSID(0)] = number
			roster := bot.NewRoster(bot.Webhooks{}, bot.Listing{Bots: []bot.Bot{{SID: accounttest.Application, UniqueName: "app"}, {SID: accounttest.Flow, UniqueName: "flow"}}}, each.services, nil)
			if answer := roster.Answer(number, each.channel); answer.Kind != each.kind || answer.BotSID != each.bot {
				t.Errorf("answered by %+v", answer)
			}
			if status := roster.NumberStatus(number); status != each.status {
				t.Errorf("the status is %s", status)
			}
			a := account.New(accounttest.SID, bot.Webhooks{}, f, account.NoServices{}, nil)
			other := binding.Binding{NumberSID: accounttest.NumberSID(0), BotSID: accounttest.Assistant, Channels: []bot.Channel{each.channel}}
			if conflicts, err := binding.Conflicts(t.Context(), a, number, other, ""); err != nil || (len(conflicts) > 0) != each.conflict {
				t.Errorf("a binding of another bot finds %+v, %v", conflicts, err)
			}
			if _, err := binding.Free(t.Context(), a, binding.Prior{NumberSID: accounttest.NumberSID(0), BotSID: accounttest.Flow, Channels: []bot.Channel{each.channel}, Label: "flow"}, nil); err != nil {
				t.Fatal(err)
			}
			if freed := f.Rows[accounttest.NumberSID(0)] != number; freed != each.freed {
				t.Errorf("freeing the flow leaves %+v", f.Rows[accounttest.NumberSID(0)])
			}
			// A rename in place touches labels, never who answers.
			number.FriendlyName = "flow"
			f.Rows[accounttest.NumberSID(0)] = number
			if err := binding.Relabel(t.Context(), a, accounttest.Flow, "flow", "renamed"); err != nil {
				t.Fatal(err)
			}
			if now := f.Rows[accounttest.NumberSID(0)]; bot.SnapshotOf(now)[each.channel] != bot.SnapshotOf(number)[each.channel] {
				t.Errorf("a rename changed who answers: %+v", now)
			}
			// Taken over on request, the bot answers on the number's own account, whatever
			// stood in the way.
			f.Rows[accounttest.NumberSID(0)] = number
			other.Overwrite = true
			after, _, _, err := binding.Bind(t.Context(), a, other, nil, "", nil)
			if err != nil || after.Route(each.channel, bot.Webhooks{}).BotSID != accounttest.Assistant {
				t.Errorf("taken over: %+v %v", after, err)
			}

			// A suspension silences what the flow answers, and what it silenced is as it was
			// once the flow resumes. What a Messaging Service takes to the flow passes the
			// number by, and is silenced there.
			number.FriendlyName = row.FriendlyName
			f.Rows[accounttest.NumberSID(0)] = number
			flows, applications := accounttest.NewHost("FW", bot.Bot{SID: accounttest.Flow, AccountSID: accounttest.SID, UniqueName: "flow"}), accounttest.NewHost("AP", bot.Bot{SID: accounttest.Application, AccountSID: accounttest.SID, UniqueName: "app"})
			services := accounttest.Services{Of: each.services, Pointed: map[string]string{}}
			a = account.New(accounttest.SID, bot.Webhooks{}, f, services, map[bot.Engine]account.Host{bot.Studio: flows, bot.Application: applications})
			suspended, saved, err := suspension.Suspend(t.Context(), a, accounttest.Flow, "")
			served := each.services[accounttest.NumberSID(0)].InboundURL == flowURL
			if err != nil || (len(suspended.Ways.Silenced) > 0) != served {
				t.Fatalf("suspending says %+v, %v", suspended, err)
			}
			route, err := a.Routing(t.Context(), f.Rows[accounttest.NumberSID(0)])
			if err != nil {
				t.Fatal(err)
			}
			if silenced := route.Route(f.Rows[accounttest.NumberSID(0)], each.channel).SilencedBy == suspended.HoldSID; silenced != each.freed {
				t.Errorf("silenced is %v: %+v", silenced, f.Rows[accounttest.NumberSID(0)])
			}
			if _, err := suspension.Resume(t.Context(), a, accounttest.Flow, saved); err != nil {
				t.Fatal(err)
			}
			now := f.Rows[accounttest.NumberSID(0)]
			number.DateUpdated, now.DateUpdated = time.Time{}, time.Time{}
			if now != number || len(applications.Bots)+len(applications.Held)+len(flows.Flows) != 1 {
				t.Errorf("suspended and resumed, the number is %+v, and there are %v", now, applications.Bots)
			}

			// A rename by replacement moves what routes to the flow, and the service that
			// does, and nothing else.
			made, _, err := lifecycle.Update(t.Context(), a, lifecycle.Change{SID: accounttest.Flow, Engine: bot.Studio, From: bot.Spec{UniqueName: "flow"}, To: bot.Spec{UniqueName: "renamed", FriendlyName: "renamed"}})
			if err != nil || made.SID == accounttest.Flow || len(flows.Bots) != 1 {
				t.Fatalf("renamed to %v, %v: %v", made, flows.Bots, err)
			}
			now = f.Rows[accounttest.NumberSID(0)]
			if moved := now.Route(each.channel, bot.Webhooks{}).BotSID == made.SID; moved != each.freed || (!moved && bot.SnapshotOf(now)[each.channel] != bot.SnapshotOf(number)[each.channel]) {
				t.Errorf("the rename left %+v", now)
			}
			if to, _ := (bot.Webhooks{}).Parse(services.Pointed["MG1"]); (to.BotSID == made.SID) != served {
				t.Errorf("the rename pointed services: %v", services.Pointed)
			}
		})
	}
}
