package bot

import (
	"testing"
	"time"
)

// Who answers, by Twilio's precedence: for calls a trunk over an application over
// a URL, for messages a Messaging Service that does not defer over an application
// over a URL. What follows from it stands beside each: the number's status, whether
// a binding of another bot is a conflict, whether freeing the bot finds it, whether a
// suspension silences it, and whether a rename moves it.
func TestPrecedenceAndWhatFollowsFromIt(t *testing.T) {
	flowURL := Webhooks{}.URL(Webhook{AccountSID: testAccount, BotSID: testFW})
	const trunk = "TK0123456789abcdef0123456789abcdef"
	const theirs = "https://theirs.example.com/"
	overriding := map[string]Service{sidAt(0): {SID: "MG1", Name: "Campaigns", InboundURL: theirs}}
	silencing := map[string]Service{sidAt(0): {SID: "MG1", Name: "Campaigns"}}
	answering := map[string]Service{sidAt(0): {SID: "MG1", Name: "Campaigns", InboundURL: flowURL}}
	for name, each := range map[string]struct {
		number   Number
		services map[string]Service
		channel  Channel
		kind     RouteKind
		bot      string
		status   NumberStatus
		conflict bool // for a binding of another bot
		freed    bool // by freeing the flow
	}{
		"nothing":                                   {Number{}, nil, Messaging, ToNothing, "", NumberFree, false, false},
		"a flow's URL":                              {Number{Messaging: Side{URL: flowURL, Method: "POST"}}, nil, Messaging, ToBot, testFW, NumberLive, true, true},
		"an external URL":                           {Number{Messaging: Side{URL: theirs}}, nil, Messaging, ToExternal, "", NumberExternal, true, false},
		"an application over a flow's URL":          {Number{Messaging: Side{URL: flowURL, ApplicationSID: testAP}}, nil, Messaging, ToBot, testAP, NumberLive, true, false},
		"a flow's URL for calls":                    {Number{Voice: Side{URL: flowURL, Method: "POST"}}, nil, Voice, ToBot, testFW, NumberLive, true, true},
		"an application over a URL for calls":       {Number{Voice: Side{URL: flowURL, ApplicationSID: testAP}}, nil, Voice, ToBot, testAP, NumberLive, true, false},
		"a trunk over all":                          {Number{TrunkSID: trunk, Voice: Side{URL: flowURL, ApplicationSID: testAP}}, nil, Voice, ToExternal, "", NumberExternal, true, false},
		"a trunk says nothing of messages":          {Number{TrunkSID: trunk, Messaging: Side{URL: flowURL, Method: "POST"}}, nil, Messaging, ToBot, testFW, NumberLive, true, true},
		"a service over a flow's URL":               {Number{Messaging: Side{URL: flowURL, Method: "POST"}}, overriding, Messaging, ToExternal, "", NumberExternal, true, true},
		"a service without a URL":                   {Number{Messaging: Side{URL: flowURL, Method: "POST"}}, silencing, Messaging, ToNothing, "", NumberFree, true, true},
		"a service that reaches a flow":             {Number{}, answering, Messaging, ToBot, testFW, NumberLive, false, false},
		"a service that defers":                     {Number{Messaging: Side{URL: flowURL, Method: "POST"}}, map[string]Service{}, Messaging, ToBot, testFW, NumberLive, true, true},
		"a service says nothing of calls":           {Number{Voice: Side{URL: flowURL, Method: "POST"}}, silencing, Voice, ToBot, testFW, NumberLive, true, true},
		"an assistant where Autopilot is shut down": {Number{Messaging: Side{URL: "https://channels.autopilot.twilio.com/v1/" + testAccount + "/UAeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee/twilio/messaging"}}, nil, Messaging, ToBot, "UAeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee", NumberDangling, true, false},
		"a bot that is gone":                        {Number{Messaging: Side{ApplicationSID: "APeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"}}, nil, Messaging, ToBot, "APeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee", NumberDangling, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFakeNumbers(1)
			number := each.number
			row := f.rows[sidAt(0)]
			number.SID, number.AccountSID, number.PhoneNumber, number.Capabilities = row.SID, row.AccountSID, row.PhoneNumber, row.Capabilities
			f.rows[sidAt(0)] = number
			roster := NewRoster(Webhooks{}, []Bot{{SID: testAP, UniqueName: "app"}, {SID: testFW, UniqueName: "flow"}}, each.services)
			if answer := roster.Answer(number, each.channel); answer.Kind != each.kind || answer.BotSID != each.bot {
				t.Errorf("answered by %+v", answer)
			}
			if status := roster.NumberStatus(number); status != each.status {
				t.Errorf("the status is %s", status)
			}
			d := directoryOver(f)
			other := Binding{NumberSID: sidAt(0), BotSID: testUA, Channels: []Channel{each.channel}}
			if conflicts, err := d.Conflicts(t.Context(), Routing{}, number, other, ""); err != nil || (len(conflicts) > 0) != each.conflict {
				t.Errorf("a binding of another bot finds %+v, %v", conflicts, err)
			}
			if _, err := d.Free(t.Context(), sidAt(0), testFW, []Channel{each.channel}, "flow"); err != nil {
				t.Fatal(err)
			}
			if freed := f.rows[sidAt(0)] != number; freed != each.freed {
				t.Errorf("freeing the flow leaves %+v", f.rows[sidAt(0)])
			}
			// A rename in place touches labels, never who answers.
			number.FriendlyName = "flow"
			f.rows[sidAt(0)] = number
			if err := d.Relabel(t.Context(), testFW, "flow", "renamed"); err != nil {
				t.Fatal(err)
			}
			if now := f.rows[sidAt(0)]; See(now)[each.channel] != See(number)[each.channel] {
				t.Errorf("a rename changed who answers: %+v", now)
			}
			// Taken over on request, the bot answers on the number's own account, whatever
			// stood in the way.
			f.rows[sidAt(0)] = number
			other.Overwrite = true
			after, _, err := d.Bind(t.Context(), other, nil, "")
			if err != nil || after.Route(each.channel, Webhooks{}).BotSID != testUA {
				t.Errorf("taken over: %+v %v", after, err)
			}

			// A suspension silences what the flow answers, and what it silenced is as it was
			// once the flow resumes. What a Messaging Service takes to the flow passes the
			// number by, and is refused.
			number.FriendlyName = row.FriendlyName
			f.rows[sidAt(0)] = number
			flows, applications := newFakeHost("FW", Bot{SID: testFW, AccountSID: testAccount, UniqueName: "flow"}), newFakeHost("AP", Bot{SID: testAP, AccountSID: testAccount, UniqueName: "app"})
			services := fakeServices{each.services, map[string]string{}}
			d = NewDirectory(testAccount, Webhooks{}, f, services, map[Engine]Host{Studio: flows, Application: applications})
			suspension, kept, err := d.Suspend(t.Context(), testFW)
			served := each.services[sidAt(0)].InboundURL == flowURL
			if (err != nil) != served {
				t.Fatalf("suspending says %v", err)
			}
			if !served {
				route, err := d.Routing(t.Context(), f.rows[sidAt(0)])
				if err != nil {
					t.Fatal(err)
				}
				if silenced := route.Route(f.rows[sidAt(0)], each.channel).SilencedBy == suspension.ApplicationSID; silenced != each.freed {
					t.Errorf("silenced is %v: %+v", silenced, f.rows[sidAt(0)])
				}
				if _, err := d.Resume(t.Context(), testFW, kept); err != nil {
					t.Fatal(err)
				}
			}
			now := f.rows[sidAt(0)]
			number.DateUpdated, now.DateUpdated = time.Time{}, time.Time{}
			if now != number || len(applications.rows) != 1 {
				t.Errorf("suspended and resumed, the number is %+v, and there are %v", now, applications.rows)
			}

			// A rename by replacement moves what routes to the flow, and the service that
			// does, and nothing else.
			made, _, err := d.ChangeBot(t.Context(), Change{SID: testFW, Engine: Studio, From: Spec{UniqueName: "flow"}, To: Spec{UniqueName: "renamed", FriendlyName: "renamed"}})
			if err != nil || made.SID == testFW || len(flows.rows) != 1 {
				t.Fatalf("renamed to %v, %v: %v", made, flows.rows, err)
			}
			now = f.rows[sidAt(0)]
			if moved := now.Route(each.channel, Webhooks{}).BotSID == made.SID; moved != each.freed || (!moved && See(now)[each.channel] != See(number)[each.channel]) {
				t.Errorf("the rename left %+v", now)
			}
			if to, _ := (Webhooks{}).Parse(services.pointed["MG1"]); (to.BotSID == made.SID) != served {
				t.Errorf("the rename pointed services: %v", services.pointed)
			}
		})
	}
}
