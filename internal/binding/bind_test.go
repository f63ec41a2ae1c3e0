package binding

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/account/accounttest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/account/sandboxtest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// house is an account in memory with a flow, an application and an assistant.
type house struct {
	*account.Account
	numbers                         *accounttest.Numbers
	flows, applications, assistants *accounttest.Host
}

func newHouse(numbers int) house {
	h := house{
		numbers:      accounttest.NewNumbers(numbers),
		flows:        accounttest.NewHost("FW", bot.Bot{SID: accounttest.Flow, AccountSID: accounttest.SID, UniqueName: "flow"}, bot.Bot{SID: otherFlow, AccountSID: accounttest.SID, UniqueName: "other"}),
		applications: accounttest.NewHost("AP", bot.Bot{SID: accounttest.Application, AccountSID: accounttest.SID, UniqueName: "app"}),
		assistants:   accounttest.NewHost("UA", bot.Bot{SID: accounttest.Assistant, AccountSID: accounttest.SID, UniqueName: "assistant"}),
	}
	h.Account = account.New(accounttest.SID, bot.Webhooks{}, h.numbers, account.NoServices{}, map[bot.Engine]account.Host{
		bot.Studio: h.flows, bot.Application: h.applications, bot.Autopilot: h.assistants,
	})
	return h
}

// point points messages of the first number at a bot's URL or application.
func (h house) point(sid, label string) {
	h.numbers.Set(accounttest.NumberSID(0), func(n *bot.Number) {
		n.FriendlyName = label
		n.Messaging = bot.Side{URL: urlOf(sid, "", bot.Messaging), Method: "POST"}
		if n.Messaging.URL == "" {
			n.Messaging = bot.Side{ApplicationSID: sid}
		}
	})
}

func onMessages(sid string) Binding {
	return Binding{NumberSID: accounttest.NumberSID(0), BotSID: sid, Channels: []bot.Channel{bot.Messaging}, Label: "bound"}
}

func TestRefusalSaysWhatAnswersAndWritesNothing(t *testing.T) {
	nothing := bot.SnapshotOf(bot.Number{})
	for name, each := range map[string]struct {
		prepare  func(h house)
		binding  Binding
		snapshot bot.RouteSnapshot
		kind     bot.Kind
		says     []string
	}{
		"taken by another bot": {
			prepare: func(h house) { h.point(otherFlow, "") }, binding: onMessages(flowBot),
			kind: bot.NumberTaken, says: []string{"+12025550000", `messaging with bot "other" (` + otherFlow},
		},
		"taken by an application that is gone": {
			prepare: func(h house) { h.point(gone, "") }, binding: onMessages(flowBot),
			kind: bot.NumberTaken, says: []string{gone, "no longer exists"},
		},
		"taken by a suspended bot": {
			prepare: func(h house) {
				h.applications.Held = []bot.Hold{{SID: otherHold, BotSID: otherFlow}}
				h.point(otherHold, "")
			}, binding: onMessages(flowBot),
			kind: bot.NumberTaken, says: []string{`silence (bot "other" (` + otherFlow, "suspended"},
		},
		"both channels": {
			prepare: func(h house) {
				h.point(appBot, "")
				h.numbers.Set(accounttest.NumberSID(0), func(n *bot.Number) { n.TrunkSID = trunk })
			}, binding: Binding{NumberSID: accounttest.NumberSID(0), BotSID: flowBot, Channels: bot.Channels()},
			kind: bot.NumberTaken, says: []string{`messaging with bot "app"`, "and voice with SIP trunk " + trunk},
		},
		"it would be silenced": {
			prepare: func(h house) {
				h.applications.Held = []bot.Hold{{SID: hold, BotSID: flowBot}}
				h.point(otherFlow, "")
			}, binding: Binding{NumberSID: accounttest.NumberSID(0), BotSID: flowBot, Channels: []bot.Channel{bot.Messaging}, Overwrite: true},
			kind: bot.NumberSilenced, says: []string{`bot "other"`, "bot " + flowBot + " is suspended"},
		},
		"changed since the plan": {
			prepare: func(h house) { h.point(otherFlow, "") }, binding: onMessages(flowBot), snapshot: nothing,
			kind: bot.ChangedSincePlan, says: []string{`bot "other"`, "Nothing was written"},
		},
		"it cannot carry the channel": {
			prepare: func(h house) {
				h.numbers.Set(accounttest.NumberSID(0), func(n *bot.Number) { n.Capabilities = bot.Capabilities{Voice: true, Fax: true} })
			}, binding: onMessages(flowBot),
			kind: bot.NumberIncapable, says: []string{"messaging", "fax, voice"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(1)
			each.prepare(h)
			_, _, _, err := Bind(t.Context(), h.Account, each.binding, each.snapshot, "", nil)
			var problem *bot.Problem
			if !errors.As(err, &problem) || problem.Kind != each.kind || h.numbers.Calls["update"] > 0 {
				t.Fatalf("%v after %v", err, h.numbers.Calls)
			}
			for _, word := range each.says {
				if !strings.Contains(err.Error(), word) {
					t.Errorf("it does not say %q: %v", word, err)
				}
			}
		})
	}
}

func TestDriftSaysWhichChannelsAreAffected(t *testing.T) {
	h := newHouse(1)
	b := Binding{BotSID: flowBot, Channels: bot.Channels()}
	drifted := []Conflict{{bot.Voice, bot.Route{Kind: bot.ToExternal, URL: external}}}
	problem := DriftProblem(t.Context(), h.Account, h.numbers.Number(accounttest.NumberSID(0)), b, flowBot, drifted)
	if problem.Kind != bot.NumberRepointed || !slices.Equal(problem.Channels, []bot.Channel{bot.Voice}) || !slices.Equal(problem.Left, []bot.Channel{bot.Messaging}) {
		t.Errorf("%+v", problem)
	}
	if !strings.Contains(problem.Detail, `"flow" (`+flowBot) || !strings.Contains(problem.Detail, "voice with "+external) {
		t.Errorf("it says %q", problem.Detail)
	}
	// A bot that cannot be read is named by its SID.
	if gone := DriftProblem(t.Context(), h.Account, bot.Number{}, b, otherApp, drifted); !strings.Contains(gone.Detail, otherApp) {
		t.Errorf("it says %q", gone.Detail)
	}
}

func TestWhatIsTakenOverIsNamed(t *testing.T) {
	h := newHouse(1)
	h.point(otherFlow, "other")
	b := onMessages(flowBot)
	b.Overwrite = true
	_, _, notices, err := Bind(t.Context(), h.Account, b, nil, "", nil)
	if err != nil || len(notices) != 1 || !strings.Contains(notices[0].Detail, `bot "other"`) || !strings.Contains(notices[0].Detail, flowBot) {
		t.Errorf("%v, %v", notices, err)
	}
}

// afterFirstWrite does something as soon as the first write is done.
func (h house) afterFirstWrite(do func()) {
	done := false
	h.numbers.OnWrite = func(string) error {
		if !done {
			done = true
			do()
		}
		return nil
	}
}

func TestNumberIsPutBackWhenItsBotIsDeletedMeanwhile(t *testing.T) {
	for name, sid := range map[string]string{"a flow": flowBot, "an application": appBot, "an assistant": assistantBot} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(1)
			h.numbers.Set(accounttest.NumberSID(0), func(n *bot.Number) {
				n.FriendlyName = "Front desk"
				n.Messaging = bot.Side{URL: external, Method: "GET", FallbackURL: fallback}
				n.Voice = bot.Side{URL: external, Method: "POST"}
			})
			before := h.numbers.Number(accounttest.NumberSID(0))
			h.afterFirstWrite(func() { h.flows.Bots, h.applications.Bots, h.assistants.Bots = nil, nil, nil })
			b := onMessages(sid)
			b.Overwrite = true
			_, _, _, err := Bind(t.Context(), h.Account, b, nil, "", nil)
			after := h.numbers.Number(accounttest.NumberSID(0))
			before.DateUpdated, after.DateUpdated = time.Time{}, time.Time{}
			if !errors.Is(err, bot.ErrChanged) || !strings.Contains(err.Error(), "put back") || h.numbers.Calls["update"] != 2 {
				t.Errorf("it says %v after %v", err, h.numbers.Calls)
			}
			if after != before {
				t.Errorf("left as %+v", after)
			}
		})
	}
}

func TestBotOfAnEngineThatIsOffIsNotLookedFor(t *testing.T) {
	numbers := accounttest.NewNumbers(1)
	a := account.New(accounttest.SID, bot.Webhooks{}, numbers, account.NoServices{}, nil)
	if _, _, _, err := Bind(t.Context(), a, onMessages(flowBot), nil, "", nil); err != nil {
		t.Error(err)
	}
	if _, _, _, err := Bind(t.Context(), a, Binding{NumberSID: accounttest.NumberSID(0), BotSID: "XX1", Label: "x"}, nil, "", nil); !errors.Is(err, bot.ErrEngineUnknown) {
		t.Errorf("a SID of no bot: %v", err)
	}
}

func TestNumberFollowsASuspensionThatCameWhileItWasWritten(t *testing.T) {
	h := newHouse(1)
	h.afterFirstWrite(func() { h.applications.Held = []bot.Hold{{SID: hold, BotSID: flowBot}} })
	n, _, _, err := Bind(t.Context(), h.Account, onMessages(flowBot), nil, "", nil)
	if err != nil || n.Messaging.ApplicationSID != hold || n.Messaging.URL != urlOf(flowBot, "", bot.Messaging) {
		t.Errorf("%+v, %v", n.Messaging, err)
	}
}

func TestNumberFollowsASuspensionThatWentWhileItWasWritten(t *testing.T) {
	for name, sid := range map[string]string{"a flow": flowBot, "an application": appBot} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(1)
			h.applications.Held = []bot.Hold{{SID: hold, BotSID: sid}}
			h.afterFirstWrite(func() { h.applications.Held = nil })
			n, _, _, err := Bind(t.Context(), h.Account, onMessages(sid), nil, "", nil)
			if route := n.Route(bot.Messaging, bot.Webhooks{}); err != nil || route.BotSID != sid {
				t.Errorf("%+v, %v", n.Messaging, err)
			}
		})
	}
}

func TestNumberOfABotThatReplacedTheBindingsOwnIsNoConflict(t *testing.T) {
	h := newHouse(1)
	h.flows.Bots[1].Replaces = appBot // of a replacement that another process left unfinished
	h.point(otherFlow, "")
	n := h.numbers.Number(accounttest.NumberSID(0))
	for own, want := range map[string]int{"": 1, appBot: 0, assistantBot: 1} {
		got, err := Conflicts(t.Context(), h.Account, n, onMessages(flowBot), own)
		if err != nil || len(got) != want {
			t.Errorf("with %q as its own it finds %v, %v", own, got, err)
		}
	}
	// The other way round: the binding knows the new one, and the number still has the old.
	h.point(appBot, "")
	if got, err := Conflicts(t.Context(), h.Account, h.numbers.Number(accounttest.NumberSID(0)), onMessages(flowBot), otherFlow); err != nil || len(got) > 0 {
		t.Errorf("it finds %v, %v", got, err)
	}
}

func TestReleasedNumberIsNoErrorToFree(t *testing.T) {
	h := newHouse(1)
	prior := Prior{NumberSID: accounttest.NumberSID(7), BotSID: flowBot, Channels: bot.Channels()}
	if notices, err := Free(t.Context(), h.Account, prior, nil); err != nil || notices != nil {
		t.Errorf("%v, %v", notices, err)
	}
	if _, _, _, err := Bind(t.Context(), h.Account, Binding{NumberSID: accounttest.NumberSID(7), BotSID: flowBot}, nil, "", nil); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("binding a number that is not owned says %v", err)
	}
}

func TestFreeingABotFreesEveryChannelOfIt(t *testing.T) {
	h := newHouse(2)
	h.numbers.Set(accounttest.NumberSID(0), func(n *bot.Number) {
		n.FriendlyName = "app"
		n.Messaging.ApplicationSID, n.Voice.ApplicationSID = appBot, appBot
	})
	app := bot.Bot{SID: appBot, UniqueName: "app"}
	notices, err := FreeBot(t.Context(), h.Account, h.numbers.Number(accounttest.NumberSID(0)), app)
	n := h.numbers.Number(accounttest.NumberSID(0))
	if err != nil || len(n.Applications()) > 0 || n.FriendlyName != bot.FreeLabel || len(notices) != 1 || !strings.Contains(notices[0].Detail, `"app"`) {
		t.Errorf("%+v, %v, %v", n, notices, err)
	}
	// What another client answers is not said to be silent.
	h.numbers.Set(accounttest.NumberSID(0), func(n *bot.Number) {
		n.Messaging.ApplicationSID, n.Voice = appBot, bot.Side{URL: external}
	})
	notices, err = FreeBot(t.Context(), h.Account, h.numbers.Number(accounttest.NumberSID(0)), app)
	if err != nil || len(notices) != 1 || !strings.HasPrefix(notices[0].Detail, "messaging of ") {
		t.Errorf("beside another client: %v, %v", notices, err)
	}
	if notices, err := FreeBot(t.Context(), h.Account, h.numbers.Number(accounttest.NumberSID(1)), app); err != nil || notices != nil || h.numbers.Calls["update"] != 2 {
		t.Errorf("a number of no bot: %v, %v", notices, err)
	}
}

// markedApp is an application that replaces another, and bears its mark until the end.
const markedApp = "AP8888888888888888888888888888abcd"

func TestLabelAsksForTheNameOfABotWhereItMatters(t *testing.T) {
	for name, each := range map[string]struct {
		label, prior, own string
		messaging, voice  string // the bots that answer
		want              string
	}{
		"nothing":                                 {label: "", want: "flow"},
		"the mark of a free number":               {label: bot.FreeLabel, voice: appBot, want: "flow"},
		"a person's label":                        {label: "Front desk", want: ""},
		"the name when it was bound":              {label: "old", prior: "old", want: "flow"},
		"the name that the bot has by now":        {label: "app", prior: "old", own: appBot, want: "flow"},
		"of the bot that is taken over":           {label: "app", messaging: appBot, want: "flow"},
		"of the bot on the other channel":         {label: "app", voice: appBot, want: ""},
		"of the bot that stays on the other":      {label: "app", prior: "app", own: appBot, voice: appBot, want: ""},
		"of one that is gone, on the other":       {label: "old", prior: "old", voice: otherApp, want: "flow"},
		"of the bot that is bound, on the other":  {label: "app", messaging: appBot, voice: flowBot, want: "flow"},
		"a person's label over what another left": {label: "Front desk", prior: "old", own: appBot, want: ""},
		"that its bot is about to get":            {label: "new", prior: "old", own: markedApp, want: "flow"},
		"that the other bot is about to get":      {label: "new", voice: markedApp, want: ""},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(1)
			h.applications.Bots = append(h.applications.Bots, bot.Bot{SID: markedApp, UniqueName: "replaces " + otherApp, Replaces: otherApp})
			h.GetsName(markedApp, "new")
			n := number(bot.Side{}, bot.Side{})
			n.FriendlyName = each.label
			for channel, sid := range map[bot.Channel]string{bot.Messaging: each.messaging, bot.Voice: each.voice} {
				side := bot.Side{URL: urlOf(sid, "", channel)}
				if side.URL == "" {
					side.ApplicationSID = sid
				}
				n = n.With(channel, side)
			}
			v := View{Number: n, Routing: routingOf(flowBot)}
			if each.own != "" {
				v.Own = []string{each.own}
			}
			b := Binding{BotSID: flowBot, Name: "flow", PriorLabel: each.prior, Channels: []bot.Channel{bot.Messaging}}
			if got := label(t.Context(), h.Account, v, b); got != each.want {
				t.Errorf("%q, want %q", got, each.want)
			}
			b.Label = "Reception"
			if got := label(t.Context(), h.Account, v, b); got != "Reception" {
				t.Errorf("the configured label became %q", got)
			}
		})
	}
}

func TestConversationEntersAtTheGreetingWhereThereIsOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := sandboxtest.New(t, sandbox.Settings{ModelBuildMS: 1})
		assistant, flow := w.Create(bot.Autopilot, "clinic"), w.Create(bot.Studio, "flow")
		a, _ := w.Process()
		if task, err := EntryTask(t.Context(), a, assistant.SID); err != nil || task != "greeting" {
			t.Errorf("an assistant with a greeting enters at %q, %v", task, err)
		}
		if task, err := EntryTask(t.Context(), a, flow.SID); err != nil || task != "" {
			t.Errorf("a flow enters at %q, %v", task, err)
		}
		if task, err := EntryTask(t.Context(), newHouse(0).Account, accounttest.Assistant); err != nil || task != "" {
			t.Errorf("an assistant without one enters at %q, %v", task, err)
		}
	})
}

func TestRebindOfChannelsFreesThoseThatGo(t *testing.T) {
	h := newHouse(1)
	h.numbers.Set(accounttest.NumberSID(0), func(n *bot.Number) {
		n.FriendlyName = "app"
		n.Messaging.ApplicationSID = appBot
	})
	b := Binding{NumberSID: accounttest.NumberSID(0), BotSID: appBot, Channels: []bot.Channel{bot.Voice}}
	before := bot.SnapshotOf(h.numbers.Number(b.NumberSID))
	n, _, _, err := Rebind(t.Context(), h.Account, b, before, appBot, Prior{NumberSID: b.NumberSID, BotSID: appBot, Channels: []bot.Channel{bot.Messaging}, Label: "app"})
	now := h.numbers.Number(b.NumberSID)
	if err != nil || n.SID != b.NumberSID || now.Messaging.ApplicationSID != "" || now.Voice.ApplicationSID != appBot || now.FriendlyName != "app" {
		t.Errorf("%+v, %v", now, err)
	}
	// Nothing goes where the binding had nothing.
	if _, _, _, err := Rebind(t.Context(), h.Account, b, nil, "", Prior{}); err != nil || h.numbers.Calls["update"] != 2 {
		t.Errorf("%v after %v", err, h.numbers.Calls)
	}
}

func TestRebindThatFailsPutsBackWhatItBound(t *testing.T) {
	h := newHouse(2)
	h.point(flowBot, "flow")
	before := h.numbers.Number(accounttest.NumberSID(1))
	broken := errors.New("broken")
	a := account.New(accounttest.SID, bot.Webhooks{}, &refusing{h.numbers, accounttest.NumberSID(0), broken}, account.NoServices{}, nil)
	_, _, _, err := Rebind(t.Context(), a, Binding{NumberSID: accounttest.NumberSID(1), BotSID: flowBot, Channels: []bot.Channel{bot.Messaging}, Label: "flow"},
		nil, "", Prior{NumberSID: accounttest.NumberSID(0), BotSID: flowBot, Channels: []bot.Channel{bot.Messaging}, Label: "flow"})
	after := h.numbers.Number(accounttest.NumberSID(1))
	before.DateUpdated, after.DateUpdated = time.Time{}, time.Time{}
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "was undone: nothing of it is left") {
		t.Errorf("it says %v", err)
	}
	if !before.Messaging.Same(after.Messaging) || before.FriendlyName != after.FriendlyName {
		t.Errorf("left as %+v", after)
	}
}

// refusing refuses to write one number.
type refusing struct {
	*accounttest.Numbers
	sid string
	err error
}

func (r *refusing) Update(ctx context.Context, sid string, change bot.NumberChange) (bot.Number, error) {
	if sid == r.sid {
		return bot.Number{}, r.err
	}
	return r.Numbers.Update(ctx, sid, change)
}
