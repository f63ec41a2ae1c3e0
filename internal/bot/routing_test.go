package bot

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

const (
	testHold      = "AP1111111111111111111111111111aaaa"
	testOtherHold = "AP2222222222222222222222222222bbbb"
	testGone      = "AP3333333333333333333333333333cccc"
	testTrunk     = "TK0123456789abcdef0123456789abcdef"
)

// spellings are the ways in which the webhook of an assistant was ever written, by
// channel: v1 and v2, with and without a task, in any letter case of the host.
func spellings(channel Channel, task string) []string {
	query := ""
	if task != "" {
		query = "?Memory=%7B%7D&TargetTask=" + task
	}
	ends := []string{"twilio-messaging", "twilio/messaging", "twilio-chat", "twilio-messaging/"}
	if channel == Voice {
		ends = []string{"twilio-voice", "twilio/voice", "twilio-voice/"}
	}
	var all []string
	for _, host := range []string{"channels.autopilot.twilio.com", "Channels.Autopilot.Twilio.COM", "channels.autopilot.dublin.ie1.twilio.com"} {
		for _, version := range []string{"v1", "v2"} {
			for _, end := range ends {
				all = append(all, "https://"+host+"/"+version+"/"+testAccount+"/"+testUA+"/"+end+query)
			}
		}
	}
	return all
}

func TestRoutingReadsEverySpellingOfAnAssistantsWebhook(t *testing.T) {
	for _, channel := range Channels() {
		for _, task := range []string{"", "greeting"} {
			for _, url := range spellings(channel, task) {
				n := Number{AccountSID: testAccount}.With(channel, Side{URL: url, Method: "GET"})
				want := Route{Kind: ToBot, BotSID: testUA, TargetTask: task, URL: url, Method: "GET"}
				if got := NewRouting(Webhooks{}, nil).Route(n, channel); got != want {
					t.Errorf("%s %s: %+v", channel, url, got)
				}
			}
		}
	}
}

func TestRoutingLooksThroughHolds(t *testing.T) {
	flow := Webhooks{}.URL(Webhook{AccountSID: testAccount, BotSID: testFW})
	assistant := Webhooks{}.URL(Webhook{AccountSID: testAccount, BotSID: testUA, Channel: Messaging, TargetTask: "greeting"})
	holds := []Hold{{SID: testHold, BotSID: testFW}, {SID: testOtherHold, BotSID: testUA}}
	for name, each := range map[string]struct {
		side   Side
		trunk  string
		answer Route // of messages
		voice  Route
	}{
		"nothing": {answer: Route{Kind: ToNothing}, voice: Route{Kind: ToNothing}},
		"a hold without a URL": {
			side:   Side{ApplicationSID: testHold},
			answer: Route{Kind: ToBot, BotSID: testFW, SilencedBy: testHold},
			voice:  Route{Kind: ToBot, BotSID: testFW, SilencedBy: testHold},
		},
		"a hold over the bot's own URL": {
			side:   Side{URL: flow, Method: "POST", ApplicationSID: testHold},
			answer: Route{Kind: ToBot, BotSID: testFW, SilencedBy: testHold, URL: flow, Method: "POST"},
			voice:  Route{Kind: ToBot, BotSID: testFW, SilencedBy: testHold, URL: flow, Method: "POST"},
		},
		"a hold over the bot's own URL with a task": {
			side:   Side{URL: assistant, Method: "POST", ApplicationSID: testOtherHold},
			answer: Route{Kind: ToBot, BotSID: testUA, SilencedBy: testOtherHold, URL: assistant, Method: "POST", TargetTask: "greeting"},
			voice:  Route{Kind: ToBot, BotSID: testUA, SilencedBy: testOtherHold, URL: assistant, Method: "POST", TargetTask: "greeting"},
		},
		"a hold over another bot's URL": {
			side:   Side{URL: assistant, Method: "POST", ApplicationSID: testHold},
			answer: Route{Kind: ToBot, BotSID: testFW, SilencedBy: testHold, URL: assistant, Method: "POST"},
			voice:  Route{Kind: ToBot, BotSID: testFW, SilencedBy: testHold, URL: assistant, Method: "POST"},
		},
		"a trunk over a hold": {
			side: Side{URL: flow, ApplicationSID: testHold}, trunk: testTrunk,
			answer: Route{Kind: ToBot, BotSID: testFW, SilencedBy: testHold, URL: flow},
			voice:  Route{Kind: ToExternal, TrunkSID: testTrunk},
		},
		"an application that is gone": {
			side:   Side{URL: flow, ApplicationSID: testGone},
			answer: Route{Kind: ToBot, BotSID: testGone, Gone: true},
			voice:  Route{Kind: ToBot, BotSID: testGone, Gone: true},
		},
		"an application": {
			side:   Side{URL: flow, ApplicationSID: testAP},
			answer: Route{Kind: ToBot, BotSID: testAP},
			voice:  Route{Kind: ToBot, BotSID: testAP},
		},
	} {
		n := Number{AccountSID: testAccount, Messaging: each.side, Voice: each.side, TrunkSID: each.trunk}
		routing := NewRouting(Webhooks{}, holds, testGone)
		if got := routing.Route(n, Messaging); got != each.answer {
			t.Errorf("%s: messages go to %+v", name, got)
		}
		if got := routing.Route(n, Voice); got != each.voice {
			t.Errorf("%s: calls go to %+v", name, got)
		}
		for _, sid := range []string{testFW, testUA, testAP, testGone} {
			var want []Channel
			for channel, route := range map[Channel]Route{Messaging: each.answer, Voice: each.voice} {
				// What is dead counts for the bot of the number's own URL.
				if route.BotSID == sid || route.Gone && sid == testFW {
					want = append(want, channel)
				}
			}
			slices.Sort(want)
			if got := routing.Channels(n, sid); !slices.Equal(got, want) {
				t.Errorf("%s: %s answers on %v, want %v", name, sid, got, want)
			}
			if got := routing.Numbers([]Number{n}, sid); (len(got) == 1) != (len(want) > 0) {
				t.Errorf("%s: %d numbers route to %s", name, len(got), sid)
			}
		}
		if got := routing.Channels(n, ""); got != nil {
			t.Errorf("%s: nobody answers on %v", name, got)
		}
	}
}

func TestBotMayHaveSeveralHolds(t *testing.T) {
	routing := NewRouting(Webhooks{}, []Hold{{SID: testOtherHold, BotSID: testFW}, {SID: testHold, BotSID: testFW}, {SID: testGone, BotSID: testUA}})
	if got := routing.HoldsOf(testFW); !slices.Equal(got, []string{testHold, testOtherHold}) || routing.HoldOf(testFW).SID != testHold {
		t.Errorf("the holds are %v, the one to use is %v", got, routing.HoldOf(testFW))
	}
	if routing.HoldOf(testAP) != (Hold{}) {
		t.Error("a bot that nothing suspends has a hold")
	}
}

func TestSnapshotTellsWhatRoutesDifferently(t *testing.T) {
	flow := Webhooks{}.URL(Webhook{AccountSID: testAccount, BotSID: testFW})
	base := Number{
		SID: "PN1", AccountSID: testAccount, FriendlyName: "bot",
		Messaging: Side{URL: flow, Method: "POST", FallbackURL: "https://fallback.example.com"},
		Voice:     Side{URL: flow, Method: "POST"},
	}
	for name, each := range map[string]struct {
		change    func(*Number)
		messaging bool // whether the snapshot of the channel differs
		voice     bool
	}{
		"nothing":                 {func(*Number) {}, false, false},
		"the label":               {func(n *Number) { n.FriendlyName = "free" }, false, false},
		"a fallback":              {func(n *Number) { n.Messaging.FallbackURL = "" }, false, false},
		"the case of a method":    {func(n *Number) { n.Messaging.Method = "post" }, false, false},
		"a method":                {func(n *Number) { n.Messaging.Method = "GET" }, true, false},
		"a URL":                   {func(n *Number) { n.Messaging.URL += "?x=y" }, true, false},
		"an application":          {func(n *Number) { n.Messaging.ApplicationSID = testAP }, true, false},
		"a trunk":                 {func(n *Number) { n.TrunkSID = testTrunk }, false, true},
		"an application of calls": {func(n *Number) { n.Voice.ApplicationSID = testAP }, false, true},
	} {
		changed := base
		each.change(&changed)
		before, after := SnapshotOf(base), SnapshotOf(changed)
		if (before[Messaging] != after[Messaging]) != each.messaging || (before[Voice] != after[Voice]) != each.voice {
			t.Errorf("%s: %q, then %q", name, before, after)
		}
	}
	// Twilio keeps a method where there is no URL to call, and it says nothing.
	if a, b := SnapshotOf(Number{Voice: Side{Method: "GET"}}), SnapshotOf(Number{}); a[Voice] != b[Voice] {
		t.Errorf("%q, %q", a, b)
	}
}

func TestSideIsTheSameOnceItIsWritten(t *testing.T) {
	flow := Webhooks{}.URL(Webhook{AccountSID: testAccount, BotSID: testFW})
	const fallback = "https://fallback.example.com"
	for name, each := range map[string]struct {
		written, read Side
		same          bool
	}{
		"all of it":                            {Side{URL: flow, Method: "POST", FallbackURL: fallback}, Side{URL: flow, Method: "POST", FallbackURL: fallback}, true},
		"a method in another case":             {Side{URL: flow, Method: "POST"}, Side{URL: flow, Method: "post"}, true},
		"a method without a URL":               {Side{}, Side{Method: "POST"}, true},
		"another method":                       {Side{URL: flow, Method: "POST"}, Side{URL: flow, Method: "GET"}, false},
		"another URL":                          {Side{URL: flow}, Side{URL: flow + "?x"}, false},
		"another fallback":                     {Side{URL: flow, FallbackURL: fallback}, Side{URL: flow}, false},
		"an application that is not there":     {Side{URL: flow, ApplicationSID: testAP}, Side{URL: flow}, false},
		"an application not asked for":         {Side{URL: flow}, Side{URL: flow, ApplicationSID: testAP}, false},
		"another application":                  {Side{URL: flow, ApplicationSID: testAP}, Side{ApplicationSID: testGone}, false},
		"an application that cleared the URL":  {Side{URL: flow, Method: "POST", ApplicationSID: testAP}, Side{ApplicationSID: testAP}, true},
		"an application that cleared both":     {Side{URL: flow, FallbackURL: fallback, ApplicationSID: testAP}, Side{ApplicationSID: testAP}, true},
		"an application that left a fallback":  {Side{URL: flow, FallbackURL: fallback, ApplicationSID: testAP}, Side{FallbackURL: fallback, ApplicationSID: testAP}, true},
		"an application and another fallback":  {Side{URL: flow, FallbackURL: fallback, ApplicationSID: testAP}, Side{FallbackURL: flow, ApplicationSID: testAP}, false},
		"an application beside an unknown URL": {Side{ApplicationSID: testAP}, Side{URL: flow, ApplicationSID: testAP}, false},
	} {
		if got := each.written.Same(each.read); got != each.same {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// Whatever a side is, the change from it to another makes it the other: nothing more
// is written than what differs.
func TestChangeToMakesOneSideAnother(t *testing.T) {
	var sides []Side
	for _, url := range []string{"", "https://a.example.com", "https://b.example.com"} {
		for _, method := range []string{"POST", "GET"} {
			for _, fallback := range []string{"", "https://fallback.example.com"} {
				for _, application := range []string{"", testAP, testHold} {
					if fallback != "" && url == "" {
						continue // Twilio keeps none
					}
					sides = append(sides, Side{url, method, fallback, application})
				}
			}
		}
	}
	for _, from := range sides {
		for _, to := range sides {
			change := NumberChange{Messaging: from.ChangeTo(to)}
			after := change.Apply(Number{Messaging: from, Voice: Side{URL: "https://voice.example.com"}})
			if !to.Same(after.Messaging) || after.Voice.URL != "https://voice.example.com" {
				t.Errorf("from %+v to %+v: %+v", from, to, after.Messaging)
			}
			if from == to && !change.Empty() {
				t.Errorf("%+v is written again", from)
			}
			if from.Method != to.Method && to.URL == "" && change.Messaging.Method != nil {
				t.Errorf("from %+v to %+v writes a method without a URL", from, to)
			}
		}
	}
}

func TestClearTakesTheFallbackWithTheURL(t *testing.T) {
	n := Number{
		SID: "PN1", PhoneNumber: "+12025550100",
		Messaging: Side{URL: "https://a.example.com", FallbackURL: "https://fallback.example.com"},
		Voice:     Side{URL: "https://b.example.com"},
	}
	var change NumberChange
	notices := append(n.Clear(Messaging, &change.Messaging), n.Clear(Voice, &change.Voice)...)
	if after := change.Apply(n); after.Messaging != (Side{}) || after.Voice != (Side{}) {
		t.Errorf("cleared to %+v", after)
	}
	if change.Voice.FallbackURL != nil {
		t.Error("a fallback is cleared where there is none")
	}
	if len(notices) != 1 || !strings.Contains(notices[0].Detail, "https://fallback.example.com") || !strings.Contains(notices[0].Detail, "+12025550100") {
		t.Errorf("it says %v", notices)
	}
}

func TestRouteIsNamedByWhatAnswers(t *testing.T) {
	for want, route := range map[string]Route{
		"nothing":                               {Kind: ToNothing},
		"SIP trunk " + testTrunk:                {Kind: ToExternal, TrunkSID: testTrunk},
		"silence (bot " + testFW:                {Kind: ToBot, BotSID: testFW, SilencedBy: testHold},
		"bot " + testUA + ` at task "greeting"`: {Kind: ToBot, BotSID: testUA, TargetTask: "greeting"},
		"https://x.example.com":                 {Kind: ToExternal, URL: "https://x.example.com"},
	} {
		if got := route.String(); !strings.HasPrefix(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestProblemSaysWhatIsTrueNow(t *testing.T) {
	cause := errors.New("refused")
	p := &Problem{Summary: "Unable to do it", Detail: "It failed.", Now: []string{"The number answers.", "The bot exists."}, Cause: cause}
	if got := p.Error(); got != "Unable to do it: It failed. The number answers. The bot exists. (refused)" || !errors.Is(p, cause) {
		t.Errorf("it says %q", got)
	}
	var said *Problem
	hold := Hold{SID: testHold, BotSID: testFW}
	if !errors.As(error(hold.NoBot()), &said) || said.Kind != IsAHold || !errors.Is(said, ErrHold) || !strings.Contains(said.Detail, testFW) {
		t.Errorf("a hold asked for as a bot says %v", said)
	}
	named := NameProblem("clinic", []Bot{{SID: testFW}, {SID: testAP}})
	if named.Kind != NameTaken || !errors.Is(named, ErrNameTaken) || !strings.Contains(named.Detail, testFW) || !strings.Contains(named.Detail, testAP) {
		t.Errorf("a taken name says %v", named)
	}
	draft := DraftProblem(Bot{SID: testFW, UniqueName: "clinic", Revision: 3, Draft: 5})
	if draft.Kind != DraftInTheWay || !strings.Contains(draft.Detail, "revision 5") || !strings.Contains(draft.Detail, "revision 3") {
		t.Errorf("a draft says %v", draft)
	}
}

func TestContentMeetsWhatIsExpectedOfIt(t *testing.T) {
	hooks := func(messaging, method string) Content {
		return Content{Webhooks: &ApplicationWebhooks{MessagingURL: messaging, MessagingMethod: method}}
	}
	for name, each := range map[string]struct {
		content, expected Content
		meets             bool
	}{
		"nothing is expected":        {hooks("https://a.example.com", "GET"), Content{}, true},
		"the same":                   {hooks("https://a.example.com", "GET"), hooks("https://a.example.com", "GET"), true},
		"another URL":                {hooks("https://a.example.com", ""), hooks("https://b.example.com", ""), false},
		"another method":             {hooks("https://a.example.com", "GET"), hooks("https://a.example.com", "POST"), false},
		"POST where none is said":    {hooks("https://a.example.com", ""), hooks("https://a.example.com", "post"), true},
		"a method without a URL":     {hooks("", "GET"), hooks("", ""), true},
		"another kind is not judged": {Content{}, hooks("https://a.example.com", ""), true},
	} {
		if got := each.content.Meets(each.expected); got != each.meets {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestBotSaysWhatItReplaces(t *testing.T) {
	for name, each := range map[string]struct {
		bot                Bot
		unmarking, unnamed bool
	}{
		"a flow":                   {Bot{SID: testFW, Replaces: testAP}, false, false},
		"an application":           {Bot{SID: testAP, Replaces: testFW}, true, true},
		"an assistant, uploading":  {Bot{SID: testUA, Replaces: testFW, Uploading: true}, true, false},
		"an assistant, whole":      {Bot{SID: testUA, Replaces: testFW}, false, false},
		"a bot that replaces none": {Bot{SID: testAP}, false, false},
	} {
		if each.bot.Unmarking() != each.unmarking || each.bot.Unnamed() != each.unnamed {
			t.Errorf("%s: unmarking %v, unnamed %v", name, each.bot.Unmarking(), each.bot.Unnamed())
		}
	}
}

func TestBotBehindAnApplicationThatIsGone(t *testing.T) {
	const flow, other = "FW0123456789abcdef0123456789abcdef", "FW1111111111111111111111111111aaaa"
	const gone, there = "AP5555555555555555555555555555eeee", "AP2222222222222222222222222222bbbb"
	const account = "AC0123456789abcdef0123456789abcdef"
	url := func(accountSID, sid string) string {
		return Webhooks{}.URL(Webhook{AccountSID: accountSID, BotSID: sid, Channel: Messaging})
	}
	plain := NewRouting(Webhooks{}, nil, gone)
	known := NewRouting(Webhooks{}, nil, gone).WithDeleted([]Hold{{SID: gone, BotSID: other}, {SID: there, BotSID: other}})
	for name, each := range map[string]struct {
		routing Routing
		side    Side
		want    string
	}{
		"its own URL":                      {plain, Side{URL: url(account, flow), ApplicationSID: gone}, flow},
		"no URL":                           {plain, Side{ApplicationSID: gone}, ""},
		"a URL of another account":         {plain, Side{URL: url("ACffffffffffffffffffffffffffffffff", flow), ApplicationSID: gone}, ""},
		"no URL, and a hold that is known": {known, Side{ApplicationSID: gone}, other},
		"what is known, over the URL":      {known, Side{URL: url(account, flow), ApplicationSID: gone}, other},
		"an application that is there":     {known, Side{URL: url(account, flow), ApplicationSID: there}, ""},
		"a URL alone":                      {known, Side{URL: url(account, flow)}, ""},
		"nothing":                          {known, Side{}, ""},
	} {
		n := Number{AccountSID: account, Messaging: each.side}
		if got := each.routing.Behind(n, Messaging); got != each.want {
			t.Errorf("%s: %q, want %q", name, got, each.want)
		}
		if each.want == "" {
			continue
		}
		if channels := each.routing.Channels(n, each.want); len(channels) != 1 || channels[0] != Messaging {
			t.Errorf("%s: its channels are %v", name, channels)
		}
	}
}
