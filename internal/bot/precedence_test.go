package bot

import "testing"

// Who answers, by Twilio's precedence: for calls a trunk over an application over
// a URL, for messages a Messaging Service that does not defer over an application
// over a URL. What follows from it stands beside each: the number's status, whether
// a binding of another bot is a conflict, and whether freeing the bot finds it.
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
		})
	}
}
