package binding

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account/accounttest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sampletest"
)

// state is one thing that a channel of a number can do before a binding is written.
type state struct {
	name string
	side bot.Side
	// trunk is for calls alone.
	trunk bool
	// plain states are those that stand for all on a channel that nothing is wanted of.
	plain bool
	// own reports whether it is a hold of the bot that is bound, and so needs the bot to
	// be suspended.
	own bool
}

// statesOf is everything that a channel can do: what is wanted in another form, what is
// another's, holds, and applications that are gone. wanted is the SID of the bot that is
// bound.
func statesOf(wanted string, channel bot.Channel) []state {
	wantedURL := urlOf(wanted, "", channel)
	if wantedURL == "" {
		wantedURL = external // an application has no URL that a number would hold
	}
	states := []state{
		{name: "nothing", plain: true},
		{name: "a method without a URL", side: bot.Side{Method: "GET"}},
		{name: "a flow", side: bot.Side{URL: urlOf(flowBot, "", channel), Method: "POST"}},
		{name: "a flow by GET", side: bot.Side{URL: urlOf(flowBot, "", channel), Method: "GET", FallbackURL: fallback}},
		{name: "another flow", side: bot.Side{URL: urlOf(otherFlow, "", channel), Method: "POST", FallbackURL: fallback}, plain: true},
		{name: "an assistant", side: bot.Side{URL: spelled("v2", "twilio/"+string(channel), "menu"), Method: "POST"}},
		{name: "an external URL", side: bot.Side{URL: external, Method: "GET", FallbackURL: fallback}},
		{name: "the application", side: bot.Side{ApplicationSID: appBot}},
		{name: "the application over a URL", side: bot.Side{URL: wantedURL, Method: "POST", ApplicationSID: appBot}},
		{name: "another application", side: bot.Side{URL: wantedURL, Method: "POST", FallbackURL: fallback, ApplicationSID: otherApp}},
		{name: "its hold", side: bot.Side{URL: wantedURL, Method: "POST", ApplicationSID: hold}, own: true},
		{name: "its hold, the URL cleared", side: bot.Side{ApplicationSID: hold}, own: true},
		{name: "its hold, by GET", side: bot.Side{URL: wantedURL, Method: "GET", ApplicationSID: hold}, own: true},
		{name: "its hold over another bot's URL", side: bot.Side{URL: urlOf(otherFlow, "", channel), Method: "POST", FallbackURL: fallback, ApplicationSID: hold}, own: true},
		{name: "its second hold", side: bot.Side{URL: wantedURL, Method: "POST", ApplicationSID: secondHold}, own: true},
		{name: "another's hold", side: bot.Side{URL: urlOf(otherFlow, "", channel), Method: "POST", ApplicationSID: otherHold}},
		{name: "another's hold over its URL", side: bot.Side{URL: wantedURL, Method: "POST", ApplicationSID: otherHold}},
		{name: "a gone application", side: bot.Side{ApplicationSID: gone}},
		{name: "a gone application over its URL", side: bot.Side{URL: wantedURL, Method: "POST", ApplicationSID: gone}},
		{name: "a gone application over another bot's URL", side: bot.Side{URL: urlOf(otherFlow, "", channel), Method: "POST", ApplicationSID: gone}},
	}
	if channel == bot.Voice {
		states = append(states,
			state{name: "a trunk", trunk: true, plain: true},
			state{name: "a trunk over its URL", side: bot.Side{URL: wantedURL, Method: "POST"}, trunk: true},
			state{name: "a trunk over its hold", side: bot.Side{URL: wantedURL, Method: "POST", ApplicationSID: hold}, trunk: true, own: true},
			state{name: "a trunk over an application", side: bot.Side{ApplicationSID: otherApp}, trunk: true},
		)
	}
	return states
}

// decided is a decision that was generated, with all that it was made of.
type decided struct {
	view      View
	binding   Binding
	snapshot  bot.RouteSnapshot
	hold      string
	suspended bool
}

// everyDecision goes through every combination of what a number does, what is wanted of
// it, and what is known of it.
func everyDecision(yield func(name func() string, d decided)) {
	planned := bot.Side{URL: "https://planned.example.com/"}
	elsewhere := bot.SnapshotOf(number(planned, planned))
	for _, wanted := range []struct{ sid, task string }{{flowBot, ""}, {assistantBot, ""}, {assistantBot, "greeting"}, {appBot, ""}} {
		for _, messaging := range statesOf(wanted.sid, bot.Messaging) {
			for _, voice := range statesOf(wanted.sid, bot.Voice) {
				n := number(messaging.side, voice.side)
				if voice.trunk {
					n.TrunkSID = trunk
				}
				asPlanned := bot.SnapshotOf(n)
				for _, suspended := range []bool{false, true} {
					if (messaging.own || voice.own) && !suspended {
						continue
					}
					routing := routingOf(wanted.sid)
					if suspended {
						routing = routingOf(wanted.sid, hold, secondHold)
					}
					for _, channels := range [][]bot.Channel{{bot.Messaging}, {bot.Voice}, bot.Channels()} {
						if !slices.Contains(channels, bot.Messaging) && !messaging.plain || !slices.Contains(channels, bot.Voice) && !voice.plain {
							continue // the other channel makes no difference
						}
						for _, overwrite := range []bool{false, true} {
							label := ""
							if overwrite {
								label = "clinic"
							}
							for _, own := range [][]string{nil, {wanted.sid}, {otherApp, otherFlow}} {
								for _, snapshot := range []bot.RouteSnapshot{nil, asPlanned, elsewhere} {
									yield(func() string {
										return fmt.Sprintf("messages: %s, calls: %s; %s@%s on %v, suspended %v, overwrite %v, own %v, planned %v",
											messaging.name, voice.name, wanted.sid[:2], wanted.task, channels, suspended, overwrite, own, snapshot)
									}, decided{
										view:      View{Number: n, Routing: routing, Own: own},
										binding:   Binding{BotSID: wanted.sid, TargetTask: wanted.task, Channels: channels, Label: label, Overwrite: overwrite},
										snapshot:  snapshot,
										hold:      routing.HoldOf(wanted.sid).SID,
										suspended: suspended,
									})
								}
							}
						}
					}
				}
			}
		}
	}
}

// cleared is a number after a write to a Twilio that clears the URL of a side whose
// application is set.
func cleared(n bot.Number, change bot.NumberChange) bot.Number {
	for _, channel := range bot.Channels() {
		if application := change.Side(channel).ApplicationSID; application != nil && *application != "" {
			side := n.Side(channel)
			side.URL, side.FallbackURL = "", ""
			n = n.With(channel, side)
		}
	}
	return n
}

func TestEveryDecisionKeepsItsPromises(t *testing.T) {
	if sampletest.Partial {
		t.Skip("what has no goroutines is tried without the race detector")
	}
	decisions, failures := 0, 0
	fail := func(name func() string, format string, args ...any) {
		if failures++; failures <= 20 {
			t.Errorf("%s: %s", name(), fmt.Sprintf(format, args...))
		}
	}
	everyDecision(func(name func() string, d decided) {
		decisions++
		decision, refusal := Decide(d.view, d.binding, d.snapshot, d.hold)
		if why := d.refusedRightly(decision, refusal); why != "" {
			fail(name, "%s", why)
		}
		if refusal != nil {
			return
		}
		change := decision.Change
		if why := d.touchesOnlyItsOwn(change); why != "" {
			fail(name, "%s: it writes %s", why, written(change))
		}
		afters := []bot.Number{change.Apply(d.view.Number)}
		if other := cleared(afters[0], change); other != afters[0] {
			afters = append(afters, other)
		}
		for _, after := range afters {
			if !change.Holds(after) {
				fail(name, "it is not taken for written: %+v", after)
			}
			for _, channel := range d.binding.Channels {
				if why := d.answersAsWanted(after, channel); why != "" {
					fail(name, "%s of %+v %s: it wrote %s", channel, after.Side(channel), why, written(change))
				}
			}
			for _, snapshot := range []bot.RouteSnapshot{nil, d.snapshot} {
				view := d.view
				view.Number = after
				more, refusal := Decide(view, d.binding, snapshot, d.hold)
				if refusal != nil || !more.Change.Empty() || len(more.Taken) > 0 {
					fail(name, "decided again, with the plan %v, it says %+v and writes %q over %+v", snapshot, refusal, written(more.Change), after)
				}
			}
		}
	})
	if failures > 20 {
		t.Errorf("and %d more", failures-20)
	}
	if decisions < 50_000 {
		t.Errorf("only %d decisions were made", decisions)
	}
}

// taken lists the channels on which another answers, by rules written here once more.
func (d decided) taken() []bot.Channel {
	mine := append([]string{d.binding.BotSID}, d.view.Own...)
	var taken []bot.Channel
	for _, channel := range d.binding.Channels {
		n, side := d.view.Number, d.view.Number.Side(channel)
		behind := ""
		if to, ok := (bot.Webhooks{}).Parse(side.URL); ok {
			behind = to.BotSID
		}
		target := behind
		switch side.ApplicationSID {
		case "":
		case hold, secondHold:
			target = d.binding.BotSID
		case otherHold:
			target = otherFlow
		default:
			target = side.ApplicationSID
		}
		onTrunk := channel == bot.Voice && n.TrunkSID != ""
		mineBehindGone := side.ApplicationSID == gone && (behind == "" && len(d.view.Own) > 0 || slices.Contains(mine, behind))
		nothing := side.ApplicationSID == "" && side.URL == ""
		if onTrunk || !nothing && !slices.Contains(mine, target) && !mineBehindGone {
			taken = append(taken, channel)
		}
	}
	return taken
}

func (d decided) refusedRightly(decision Decision, refusal *Refusal) string {
	taken := d.taken()
	switch {
	case refusal == nil && len(taken) > 0 && d.snapshot == nil && !d.binding.Overwrite:
		return fmt.Sprintf("it takes %v without being asked to", taken)
	case refusal == nil && len(taken) > 0 && d.suspended:
		return fmt.Sprintf("it silences %v, which another answered", taken)
	case refusal == nil && !slices.Equal(channelsOf(decision.Taken), taken):
		return fmt.Sprintf("it says that it takes %v, and takes %v", channelsOf(decision.Taken), taken)
	case refusal == nil:
		return ""
	case !decision.Change.Empty() || len(decision.Notices) > 0:
		return "it refuses and writes at once"
	case refusal.Kind == bot.NumberTaken && (d.snapshot != nil || d.binding.Overwrite || !slices.Equal(channelsOf(refusal.Conflicts), taken)):
		return fmt.Sprintf("it refuses to take %v where %v are taken", channelsOf(refusal.Conflicts), taken)
	case refusal.Kind == bot.NumberSilenced && (!d.suspended || len(taken) == 0):
		return "it refuses to silence what it would not"
	case refusal.Kind == bot.ChangedSincePlan && d.snapshot == nil:
		return "it compares with a plan that knew nothing"
	case refusal.Kind == bot.NumberIncapable:
		return "the number can carry both channels"
	}
	return ""
}

// touchesOnlyItsOwn says what a change writes beside the channels and the label.
func (d decided) touchesOnlyItsOwn(change bot.NumberChange) string {
	for _, channel := range bot.Channels() {
		if slices.Contains(d.binding.Channels, channel) {
			continue
		}
		if *change.Side(channel) != (bot.SideChange{}) {
			return "it touches the other channel"
		}
	}
	if change.TrunkSID != nil && (!slices.Contains(d.binding.Channels, bot.Voice) || *change.TrunkSID != "" || d.view.Number.TrunkSID == "") {
		return "it touches the trunk"
	}
	if change.FriendlyName != nil && *change.FriendlyName != d.binding.Label {
		return "it touches the label"
	}
	for _, channel := range d.binding.Channels {
		to, side := change.Side(channel), d.view.Number.Side(channel)
		if to.FallbackURL != nil && (*to.FallbackURL != "" || to.URL == nil || *to.URL != "") {
			return "it touches a fallback that may stay"
		}
		for _, field := range []struct {
			now string
			to  *string
		}{{side.ApplicationSID, to.ApplicationSID}, {side.FallbackURL, to.FallbackURL}} {
			if field.to != nil && *field.to == field.now {
				return "it writes what is there"
			}
		}
		// A URL that is no bot's stays behind an application.
		if d.binding.BotSID == appBot && to.URL != nil && !strings.Contains(side.URL, "twilio.com") {
			return "it clears a URL that is no bot's"
		}
	}
	return ""
}

// answersAsWanted says why a channel does not answer for the bot as it is wanted, or
// would not once the hold is taken off.
func (d decided) answersAsWanted(n bot.Number, channel bot.Channel) string {
	side := n.Side(channel)
	isApplication := d.binding.BotSID == appBot
	want := ""
	switch {
	case d.suspended:
		want = d.hold
	case isApplication:
		want = appBot
	}
	// An application in front of what answers by another URL is the bot's own already.
	if side.ApplicationSID != want {
		return fmt.Sprintf("is pointed at the application %q, not %q", side.ApplicationSID, want)
	}
	if channel == bot.Voice && n.TrunkSID != "" {
		return "is answered by the trunk"
	}
	to, isBot := bot.Webhooks{}.Parse(side.URL)
	switch {
	case isApplication && d.suspended && isBot:
		return "has the URL of another bot behind the hold"
	case isApplication:
		return ""
	case d.suspended && side.URL == "":
		return "" // Twilio cleared it; resuming rebuilds it
	case !isBot || to.BotSID != d.binding.BotSID || to.TargetTask != d.binding.TargetTask || to.AccountSID != accounttest.SID:
		return "does not reach the bot"
	}
	return ""
}

// What is freed is freed wholly, and nothing else: the channels that another answers and
// those that this run has claimed stay as they are.
func TestEveryFreeingKeepsItsPromises(t *testing.T) {
	if sampletest.Partial {
		t.Skip("what has no goroutines is tried without the race detector")
	}
	freed := 0
	for _, sid := range []string{flowBot, assistantBot, appBot} {
		for _, messaging := range statesOf(sid, bot.Messaging) {
			for _, voice := range statesOf(sid, bot.Voice) {
				for _, label := range []string{"clinic", "Front desk"} {
					for _, channels := range [][]bot.Channel{{bot.Messaging}, {bot.Voice}, bot.Channels()} {
						for _, claims := range [][]bot.Channel{nil, {bot.Messaging}, {bot.Voice}} {
							n := number(messaging.side, voice.side)
							n.FriendlyName = label
							if voice.trunk {
								n.TrunkSID = trunk
							}
							view := View{Number: n, Routing: routingOf(sid, hold, secondHold), Own: []string{sid}}
							claimed := func(channel bot.Channel) bool { return slices.Contains(claims, channel) }
							change, left, _ := view.DecideFree(Prior{BotSID: sid, Channels: channels, Label: "clinic"}, []string{"clinic"}, nameOf, claimed)
							after := change.Apply(n)
							name := fmt.Sprintf("messages: %s, calls: %s; %s off %v, claimed %v, label %q", messaging.name, voice.name, sid[:2], channels, claims, label)
							answers, answering := 0, map[string]bool{}
							for _, channel := range bot.Channels() {
								before, route := view.Routing.Route(n, channel), view.Routing.Route(after, channel)
								// What a hold that was deleted left is the bot's own, or nobody's.
								behind, isBot := bot.Webhooks{}.Parse(n.Side(channel).URL)
								dead := before.BotSID == gone && (!isBot || behind.BotSID == sid)
								mine := slices.Contains(channels, channel) && !claimed(channel) && (before.BotSID == sid || dead)
								switch {
								case mine && (route.BotSID == sid || route.BotSID == gone):
									t.Errorf("%s: %s still routes to the bot: %+v", name, channel, after)
								case mine:
									freed++
								case !mine && after.Side(channel) != n.Side(channel):
									t.Errorf("%s: %s was changed: %+v", name, channel, after)
								}
								if route.Kind == bot.ToBot {
									answers++
									answering[route.BotSID] = true
								}
								isLeft := slices.Contains(channelsOf(left), channel)
								wantLeft := slices.Contains(channels, channel) && !claimed(channel) && before.Kind != bot.ToNothing && before.BotSID != sid && !dead
								if isLeft != wantLeft {
									t.Errorf("%s: %s is left: %v", name, channel, isLeft)
								}
							}
							if after.TrunkSID != n.TrunkSID {
								t.Errorf("%s: the trunk was changed", name)
							}
							wantLabel := label
							switch others := slices.Collect(maps.Keys(answering)); {
							case label != "clinic" || change.Empty():
							case answers == 0:
								wantLabel = bot.FreeLabel
							case len(others) == 1 && others[0] != sid && nameOf(others[0]) != "":
								wantLabel = nameOf(others[0])
							}
							if after.FriendlyName != wantLabel {
								t.Errorf("%s: the label is %q, and %d channels answer", name, after.FriendlyName, answers)
							}
							view.Number = after
							if more, _, _ := view.DecideFree(Prior{BotSID: sid, Channels: channels, Label: "clinic"}, []string{"clinic"}, nameOf, claimed); !more.Empty() {
								t.Errorf("%s: freed again, it writes %s", name, written(more))
							}
						}
					}
				}
			}
		}
	}
	if freed < 1000 {
		t.Errorf("only %d channels were freed", freed)
	}
}
