// Package sandboxtest is an account at a sandbox, reached by the real engines, for tests
// of what is done with accounts. It can cut an operation at every one of its calls, and
// run another one whole between any two of them.
//
// Tests run in a bubble of testing/synctest, in which waiting takes no time.
package sandboxtest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/flow"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/application"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/autopilot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/studio"
)

// World is an account at a sandbox.
type World struct {
	T   testing.TB
	Box *sandbox.Sandbox
	// Region is where the account is read and written; empty for us1.
	Region string
	// reads are the kinds of ways in with a list of their own that are read; see Reads.
	reads []bot.WayKind
	// people counts those who asked; see Ask.
	people atomic.Int64

	// Reached past every line.
	Client   *twilio.Client
	Numbers  twilio.Numbers
	Services twilio.Services
	Hosts    map[bot.Engine]account.Host
}

// AccountSID is the SID of the account.
const AccountSID = sandbox.StarterAccountSID

// New is the starter account of a new sandbox, with its three numbers and no bots.
func New(t testing.TB, settings sandbox.Settings) *World { return NewIn(t, "", settings) }

// edges are the edges of Regions.
var edges = map[string]string{"ie1": "dublin"}

// NewIn is New for an account that is read and written in a Region.
func NewIn(t testing.TB, region string, settings sandbox.Settings) *World {
	made := 0
	w := &World{T: t, Region: region, Box: sandbox.New(sandbox.WithSettings(settings), sandbox.WithSIDs(func(prefix string) string {
		made++
		return fmt.Sprintf("%s%032x", prefix, made)
	}))}
	w.Client = w.client(&Line{next: w.Box.Transport()})
	w.Numbers, w.Services, w.Hosts = twilio.NewNumbers(w.Client), twilio.NewServices(w.Client), hosts(w.Client)
	for _, engine := range bot.Engines() {
		if w.Hosts[engine] == nil {
			t.Fatalf("sandboxtest has no host for the engine %q", engine)
		}
	}
	return w
}

func (w *World) client(line *Line) *twilio.Client {
	w.T.Helper()
	client, err := twilio.New(twilio.Config{
		Resolved: twilio.Resolved{
			AccountSID: AccountSID, CredentialAccountSID: AccountSID,
			Username: sandbox.StarterAccountSID, Password: sandbox.StarterAuthToken,
			Region: w.Region, Edge: edges[w.Region],
		},
		Transport: line,
	})
	if err != nil {
		w.T.Fatal(err)
	}
	return client
}

func hosts(client *twilio.Client) map[bot.Engine]account.Host {
	return map[bot.Engine]account.Host{
		bot.Studio: studio.New(client), bot.Application: application.New(client), bot.Autopilot: autopilot.New(client),
	}
}

// Process is the account as a new process of the provider sees it, and the line that its
// calls go through.
func (w *World) Process() (*account.Account, *Line) {
	w.T.Helper()
	line := &Line{next: w.Box.Transport()}
	client := w.client(line)
	a := account.New(AccountSID, bot.Webhooks{}, twilio.NewNumbers(client), twilio.NewServices(client), hosts(client), w.waysIn(client)...)
	a.Region = w.Region
	return a, line
}

// Content is what a bot of an engine is made of, in one of several versions.
func Content(engine bot.Engine, version int) bot.Content {
	var content bot.Content
	var err error
	switch engine {
	case bot.Studio:
		content.Flow, err = flow.Parse(fmt.Appendf(nil, `{"description": "Echo", "initial_state": "Trigger", "flags": {"allow_concurrent_calls": true}, "states": [
			{"name": "Trigger", "type": "trigger", "properties": {"offset": {"x": 0, "y": 0}}, "transitions": [
				{"event": "incomingMessage", "next": "answer"}, {"event": "incomingCall"}, {"event": "incomingRequest"}]},
			{"name": "answer", "type": "send-message", "transitions": [{"event": "sent"}, {"event": "failed"}],
				"properties": {"offset": {"x": 0, "y": 200}, "from": "{{flow.channel.address}}", "to": "{{contact.channel.address}}", "body": "Version %d"}}]}`, version))
	case bot.Autopilot:
		content.Schema, err = schema.Parse(fmt.Appendf(nil, `{"tasks": [{"uniqueName": "greeting", "actions": {"actions": [{"say": "Version %d"}]},
			"fields": [], "samples": [{"language": "en-US", "taggedText": "hello %d"}]}]}`, version, version))
	case bot.Application:
		content.Webhooks = &bot.ApplicationWebhooks{
			MessagingURL: fmt.Sprintf("https://bots.example.com/messages/%d", version), MessagingMethod: bot.WebhookMethod,
			VoiceURL: fmt.Sprintf("https://bots.example.com/calls/%d", version), VoiceMethod: bot.WebhookMethod,
		}
	default:
		err = fmt.Errorf("sandboxtest.Content has nothing for the engine %q", engine)
	}
	if err != nil {
		panic(err)
	}
	return content
}

// Spec is a bot of an engine with a name, made of Content.
func Spec(engine bot.Engine, name string, version int) bot.Spec {
	return bot.Spec{UniqueName: name, FriendlyName: name, Content: Content(engine, version)}
}

// Create creates a bot.
func (w *World) Create(engine bot.Engine, name string) bot.Bot {
	w.T.Helper()
	created, err := w.Hosts[engine].Create(w.T.Context(), Spec(engine, name, 1))
	if err != nil {
		w.T.Fatal(err)
	}
	return created
}

// Number is the i-th number of the account as it is now.
func (w *World) Number(i int) bot.Number {
	w.T.Helper()
	number, err := w.Numbers.Find(w.T.Context(), sandbox.StarterNumbers()[i])
	if err != nil {
		w.T.Fatal(err)
	}
	return number
}

// Edit changes the i-th number as a person does in the console.
func (w *World) Edit(i int, edit func(*bot.Number)) {
	w.T.Helper()
	before := w.Number(i)
	after := before
	edit(&after)
	change := bot.NumberChange{Messaging: before.Messaging.ChangeTo(after.Messaging), Voice: before.Voice.ChangeTo(after.Voice)}
	if before.FriendlyName != after.FriendlyName {
		change.FriendlyName = &after.FriendlyName
	}
	if before.TrunkSID != after.TrunkSID {
		change.TrunkSID = &after.TrunkSID
	}
	change.PutCallbackBack(before, after)
	if _, err := w.Numbers.Update(w.T.Context(), before.SID, change); err != nil {
		w.T.Fatal(err)
	}
}

// Point points channels of the i-th number at a bot, and labels it with the bot's name.
func (w *World) Point(i int, b bot.Bot, task string, channels ...bot.Channel) {
	w.T.Helper()
	w.Edit(i, func(n *bot.Number) {
		n.FriendlyName = b.UniqueName
		for _, channel := range channels {
			side := bot.Side{ApplicationSID: b.SID}
			if b.Engine() != bot.Application {
				side = bot.Side{URL: bot.Webhooks{}.Of(b).URL(bot.Webhook{AccountSID: AccountSID, BotSID: b.SID, Channel: channel, TargetTask: task}), Method: bot.WebhookMethod}
			}
			*n = n.With(channel, side)
		}
	})
}

// bots lists the bots and holds of the account.
func (w *World) bots() bot.Listing {
	w.T.Helper()
	var all bot.Listing
	for _, engine := range bot.Engines() {
		listed, err := w.Hosts[engine].List(w.T.Context())
		if err != nil {
			w.T.Fatal(err)
		}
		all.Bots, all.Holds = append(all.Bots, listed.Bots...), append(all.Holds, listed.Holds...)
	}
	return all
}

// Named lists the bots of a name.
func (w *World) Named(name string) []bot.Bot {
	return slices.DeleteFunc(w.bots().Bots, func(b bot.Bot) bool { return b.UniqueName != name })
}

// Holds lists the holds of a bot, as their applications show them.
func (w *World) Holds(botSID string) []bot.Hold {
	return slices.DeleteFunc(w.bots().Holds, func(h bot.Hold) bool { return h.BotSID != botSID || h.SID == "" })
}

// HoldFlows lists the hold flows that bear the name of a bot.
func (w *World) HoldFlows(botSID string) []bot.HoldFlow {
	w.T.Helper()
	var flows []bot.HoldFlow
	for _, hold := range w.bots().Holds {
		if hold.BotSID != botSID || hold.SID != "" {
			continue
		}
		flow, err := w.flowHolder().ReadHoldFlow(context.WithoutCancel(w.T.Context()), hold.FlowSID)
		if err != nil {
			w.T.Fatal(err)
		}
		flows = append(flows, flow)
	}
	return flows
}

// Hold creates the hold of a bot, as a suspension by another process that silenced nothing
// yet.
func (w *World) Hold(botSID, notice string) bot.Hold {
	w.T.Helper()
	flow, err := w.flowHolder().CreateHoldFlow(w.T.Context(), bot.HoldFlow{BotSID: botSID, Notice: notice})
	if err != nil {
		w.T.Fatal(err)
	}
	return w.mark(flow.Hold())
}

// EarlierHold creates the hold of a bot as earlier versions did: an application without
// URLs.
func (w *World) EarlierHold(botSID string) bot.Hold { return w.mark(bot.Hold{BotSID: botSID}) }

func (w *World) mark(hold bot.Hold) bot.Hold {
	w.T.Helper()
	made, err := w.holder().CreateHold(w.T.Context(), hold)
	if err != nil {
		w.T.Fatal(err)
	}
	return made
}

func (w *World) numbers() []bot.Number {
	w.T.Helper()
	numbers, err := w.Numbers.List(w.T.Context())
	if err != nil {
		w.T.Fatal(err)
	}
	return numbers
}

func (w *World) holder() account.Holder {
	w.T.Helper()
	holder, ok := w.Hosts[bot.Application].(account.Holder)
	if !ok {
		w.T.Fatal("applications keep no holds")
	}
	return holder
}

func (w *World) flowHolder() account.FlowHolder {
	w.T.Helper()
	holder, ok := w.Hosts[bot.Studio].(account.FlowHolder)
	if !ok {
		w.T.Fatal("flows keep no hold flows")
	}
	return holder
}

// answer says what answers on a channel of a number, by Twilio's precedence; written
// here once more, so that the tests do not ask the code under test.
type answer struct {
	target string // a SID of a bot or an application, or a URL; empty where nothing is set
	hold   string // the hold that the number is pointed at, if any
}

func answering(n bot.Number, channel bot.Channel, holds []bot.Hold) answer {
	side := n.Side(channel)
	if channel == bot.Voice && n.TrunkSID != "" {
		return answer{target: n.TrunkSID}
	}
	if side.ApplicationSID != "" {
		for _, hold := range holds {
			if hold.SID == side.ApplicationSID {
				return answer{hold.BotSID, hold.SID}
			}
		}
		return answer{target: side.ApplicationSID}
	}
	if to, ok := (bot.Webhooks{}).Parse(side.URL); ok {
		return answer{target: to.BotSID}
	}
	return answer{target: side.URL}
}

// Answers reports whether a bot answers on a channel of the i-th number.
func (w *World) Answers(i int, channel bot.Channel, botSID string) bool {
	got := answering(w.Number(i), channel, w.bots().Holds)
	return got == answer{target: botSID}
}

// Silenced reports whether a hold silences a bot on a channel of the i-th number.
func (w *World) Silenced(i int, channel bot.Channel, botSID string) bool {
	got := answering(w.Number(i), channel, w.bots().Holds)
	return got.target == botSID && got.hold != ""
}

// Dead lists what routes, or reports its calls, to a bot or an application that does not
// exist.
func (w *World) Dead() []string { return w.wrong(true) }

// Inconsistent lists what routes to a bot or an application that does not exist, and what
// answers for a bot that is suspended.
func (w *World) Inconsistent() []string { return w.wrong(false) }

func (w *World) wrong(deadOnly bool) []string {
	w.T.Helper()
	listed := w.bots()
	exists := func(sid string) bool {
		return slices.ContainsFunc(listed.Bots, func(b bot.Bot) bool { return b.SID == sid })
	}
	var wrong []string
	for _, n := range w.numbers() {
		if to, ok := (bot.Webhooks{}).Parse(n.StatusCallback); ok && !exists(to.BotSID) {
			wrong = append(wrong, fmt.Sprintf("the calls of %s are reported to %s, which does not exist", n, to.BotSID))
		}
		for _, channel := range bot.Channels() {
			got := answering(n, channel, listed.Holds)
			_, isBot := bot.EngineOf(got.target)
			suspended := slices.ContainsFunc(listed.Holds, func(h bot.Hold) bool { return h.BotSID == got.target && h.SID != "" })
			switch {
			case isBot && !exists(got.target):
				wrong = append(wrong, fmt.Sprintf("%s of %s is dead: it routes to %s (hold %q)", channel, n, got.target, got.hold))
			case !deadOnly && suspended && got.hold == "":
				wrong = append(wrong, fmt.Sprintf("%s of %s answers for the suspended bot %s", channel, n, got.target))
			}
		}
	}
	routing := bot.NewRouting(bot.Webhooks{}, listed.Holds)
	for _, way := range w.Ways() {
		route := routing.Lead(way)
		if _, isBot := bot.EngineOf(route.BotSID); isBot && way.Moves() && way.Live() && !exists(route.BotSID) {
			wrong = append(wrong, fmt.Sprintf("%s is dead: it leads to %s", way, route.BotSID))
		}
		hold := routing.HoldOf(route.BotSID)
		if _, silences := way.On(hold); !deadOnly && hold.FlowSID != "" && silences && way.Moves() && way.Live() && route.SilencedBy == "" {
			wrong = append(wrong, fmt.Sprintf("%s leads to the suspended bot %s", way, route.BotSID))
		}
	}
	for _, n := range w.numbers() {
		for _, hold := range listed.Holds {
			if hold.FlowSID != "" && routing.SuspendedBy(hold.FlowSID) == "" && slices.Contains(n.Applications(), hold.SID) {
				wrong = append(wrong, fmt.Sprintf("%s is dead: %s calls flow %s, which does not exist", n, hold, hold.FlowSID))
			}
		}
	}
	return wrong
}

// Contents is all that the account holds, SIDs and dates included. A new process does the
// same in accounts of equal contents.
func (w *World) Contents() string {
	w.T.Helper()
	text, err := w.Box.Contents(w.T.Context())
	if err != nil {
		w.T.Fatal(err)
	}
	return string(text)
}

// Snapshot is the account in words that do not depend on SIDs and dates.
func (w *World) Snapshot() []string {
	w.T.Helper()
	ctx := context.WithoutCancel(w.T.Context())
	listed := w.bots()
	var swaps, lines []string
	for _, b := range listed.Bots {
		swaps = append(swaps, b.SID, fmt.Sprintf("<%s %s>", b.Engine(), b.UniqueName))
	}
	for _, h := range listed.Holds {
		if h.SID == "" {
			swaps = append(swaps, h.FlowSID, "<hold flow>")
		} else {
			swaps = append(swaps, h.SID, "<hold>")
		}
	}
	named := strings.NewReplacer(swaps...)
	add := func(format string, args ...any) { lines = append(lines, named.Replace(fmt.Sprintf(format, args...))) }
	side := func(s bot.Side) string {
		if s.URL == "" {
			s.Method = "" // it is never used
		}
		return fmt.Sprintf("%q", []string{s.ApplicationSID, s.Method, s.URL, s.FallbackURL})
	}
	for _, n := range w.numbers() {
		add("number %s %q: messaging %s, voice %s, trunk %q, status callback %q", n.PhoneNumber, n.FriendlyName, side(n.Messaging), side(n.Voice), n.TrunkSID, n.StatusCallback)
	}
	for _, b := range listed.Bots {
		read, err := w.Hosts[b.Engine()].Read(ctx, b.SID)
		if err != nil {
			w.T.Fatal(err)
		}
		content := ""
		switch c := read.Content; {
		case c.Flow != nil:
			content = string(c.Flow.Canonical())
		case c.Schema != nil:
			content = string(c.Schema.Canonical())
		case c.Webhooks != nil:
			content = fmt.Sprintf("%+v", c.Webhooks.Spelled())
		}
		replaces := b.Replaces
		if b.Engine() == bot.Studio {
			replaces = "" // the mark of a flow stays for good
		}
		add("%s %q %q, uploading %v, needs a build %v, replaces %q: %s", b.Engine(), b.UniqueName, b.FriendlyName, b.Uploading, read.NeedsModelBuild, replaces, content)
	}
	for _, h := range listed.Holds {
		if h.SID != "" {
			add("hold of %s by flow %q", h.BotSID, h.FlowSID)
			continue
		}
		flow, err := w.flowHolder().ReadHoldFlow(ctx, h.FlowSID)
		if err != nil {
			w.T.Fatal(err)
		}
		add("hold flow of %s says %q, edited %v", h.BotSID, flow.Notice, flow.Edited)
	}
	for _, way := range w.Ways() {
		add("%s %q %s: %s %s%s, idle %v", way.Kind, way.Name, way.Field, way.To.Method, way.To.URL, way.To.BotSID, way.Idle)
	}
	slices.Sort(lines)
	return lines
}
