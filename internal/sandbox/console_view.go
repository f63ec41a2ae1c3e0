package sandbox

import (
	"bytes"
	"cmp"
	"encoding/json"
	"regexp"
	"slices"
	"time"
)

// consoleView is what the console shows of the account.
type consoleView struct {
	File    string          `json:"file,omitempty"` // empty in memory
	Numbers []consoleNumber `json:"numbers"`
	Bots    []consoleBot    `json:"bots"`
}

// consoleNumber is a number, or another address that people write to or call.
type consoleNumber struct {
	SID     string `json:"sid"`
	Address string `json:"address"`
	Label   string `json:"label,omitempty"`
	Kind    string `json:"kind"`
	Account string `json:"account"`
	// Service is the Messaging Service that it is in.
	Service  string      `json:"service,omitempty"`
	Messages consoleLine `json:"messages"`
	Calls    consoleLine `json:"calls"`
	// Conversations is who is told of messages by Twilio Conversations, which takes them
	// first where the address is configured so.
	Conversations *consoleLine `json:"conversations,omitempty"`
}

// consoleLine is who answers.
type consoleLine struct {
	// Status is one of an InboundAnswer, or "suspended".
	Status string `json:"status"`
	Bot    string `json:"bot,omitempty"` // SID
	Name   string `json:"name,omitempty"`
	Engine string `json:"engine,omitempty"`
	Notice bool   `json:"notice,omitempty"` // a suspended bot's notice is given
	Via    string `json:"via,omitempty"`
	URL    string `json:"url,omitempty"`
}

// consoleBot is a bot.
type consoleBot struct {
	SID     string `json:"sid"`
	Name    string `json:"name"`
	Title   string `json:"title,omitempty"` // the friendly name beside a unique one
	Engine  string `json:"engine"`
	Account string `json:"account"`
	State   string `json:"state"` // one of the constants below
	// Messages and Calls are how many numbers lead to it, or would if it were not suspended.
	Messages int `json:"messages"`
	Calls    int `json:"calls"`
}

// The states of a bot.
const (
	botLive      = "live"
	botSuspended = "suspended"
	botDraft     = "draft"    // a flow that was never published
	botUntrained = "no_model" // an assistant without a model
	botBuilding  = "building" // its first model is being built
	botEmpty     = "empty"    // an application without a URL
)

// holdName is the name of what answers in the place of a suspended bot, a TwiML application
// and a flow: a bot's SID behind the word. It is a convention of whoever suspends bots, not of
// Twilio.
var holdName = regexp.MustCompile(`^suspended ((?:UA|FW|AP)[0-9a-f]{32})$`)

// held is the bot that a hold of that name suspends, empty where it is none.
func held(friendlyName string) string {
	if groups := holdName.FindStringSubmatch(friendlyName); groups != nil {
		return groups[1]
	}
	return ""
}

// view reads a state for the console.
type view struct {
	s       *Sandbox
	st      *state
	now     time.Time
	bots    []consoleBot
	bySID   map[string]int // index in bots
	notices map[string]bool
	// passing reports that what is shown changes with time alone.
	passing bool
}

func (s *Sandbox) newView(st *state) *view {
	v := &view{s: s, st: st, now: moment(s.clock()), bySID: map[string]int{}, notices: map[string]bool{}}
	suspended := map[string]bool{}
	add := func(b consoleBot) {
		if b.Title == b.Name {
			b.Title = ""
		}
		v.bots = append(v.bots, b)
	}
	for _, a := range applications.all(st) {
		if of := held(a.FriendlyName); of != "" {
			suspended[of] = true
			continue
		}
		b := consoleBot{SID: a.SID, Name: a.FriendlyName, Engine: "application", Account: a.AccountSID, State: botLive}
		if a.SmsURL == "" && a.VoiceURL == "" {
			b.State = botEmpty
		}
		add(b)
	}
	for _, f := range studioFlows.all(st) {
		latest := f.latest()
		if of := held(latest.FriendlyName); of != "" {
			v.notices[of] = says(latest.Definition)
			continue
		}
		b := consoleBot{SID: f.SID, Name: latest.FriendlyName, Engine: "studio", Account: f.AccountSID, State: botDraft}
		if _, published := f.published(); published {
			b.State = botLive
		}
		add(b)
	}
	for _, a := range assistants.all(st) {
		if a.Deleted == nil {
			add(consoleBot{
				SID: a.SID, Name: cmp.Or(a.UniqueName, a.FriendlyName), Title: a.FriendlyName, Engine: "autopilot",
				Account: a.AccountSID, State: v.trained(a),
			})
		}
	}
	slices.SortFunc(v.bots, func(a, b consoleBot) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.SID, b.SID)) })
	for i := range v.bots {
		b := &v.bots[i]
		v.bySID[b.SID] = i
		if suspended[b.SID] {
			b.State = botSuspended
		}
	}
	return v
}

// says reports whether a hold's flow has a state that says something.
func says(definition json.RawMessage) bool {
	return bytes.Contains(definition, []byte(`"send-message"`))
}

// trained is the state of an assistant.
func (v *view) trained(a assistant) string {
	c := &call{now: v.now, state: v.st}
	state := botUntrained
	for b := range modelBuilds.rows(v.st) {
		if b.AssistantSID != a.SID {
			continue
		}
		if c.running(*b) {
			v.passing = true
			state = botBuilding
		} else if !b.Fails {
			return botLive
		}
	}
	return state
}

// show is everything that the console shows of the account.
func (v *view) show() consoleView {
	shown := consoleView{Numbers: []consoleNumber{}, Bots: []consoleBot{}}
	if v.s.file != nil {
		shown.File = v.s.file.path
	}
	add := func(kind, sid, label string) {
		if n, ok := v.number(kind, sid, label); ok {
			shown.Numbers = append(shown.Numbers, n)
		}
	}
	for n := range numbers.rows(v.st) {
		add("number", n.SID, n.FriendlyName)
	}
	for c := range shortCodes.rows(v.st) {
		add("short code", c.SID, c.FriendlyName)
	}
	for x := range senders.rows(v.st) {
		add("sender", x.SID, x.Profile.Name)
	}
	for d := range sipDomains.rows(v.st) {
		add("SIP domain", d.SID, d.FriendlyName)
	}
	slices.SortFunc(shown.Numbers, func(a, b consoleNumber) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Address, b.Address))
	})
	shown.Bots = append(shown.Bots, v.bots...)
	return shown
}

// number is one receiver, and counts it for the bots that it leads to.
func (v *view) number(kind, sid, label string) (consoleNumber, bool) {
	r, err := v.s.receiverOf(v.st, sid)
	if err != nil {
		return consoleNumber{}, false
	}
	n := consoleNumber{SID: sid, Address: r.address, Kind: kind, Account: r.accountSID}
	if service, in := serviceOf(v.st, r.accountSID, sid); in {
		n.Service = cmp.Or(service.FriendlyName, service.SID)
	}
	for channel, into := range map[string]*consoleLine{channelMessaging: &n.Messages, channelVoice: &n.Calls} {
		l, err := v.s.routed(v.st, r, channel)
		if err != nil {
			l.Status = InboundDangling
		}
		*into = v.line(l)
	}
	if a, ok := configurationOf(v.st, r.accountSID, r.address); ok && a.AutoCreation != nil && a.AutoCreation.Enabled {
		talk := v.line(v.s.participant(v.st, openConversation{record: record{AccountSID: r.accountSID}, Webhook: *a.AutoCreation}))
		talk.Via = viaAddress
		n.Conversations = &talk
	}
	// A label says no more where it is the number or who answers.
	if !slices.Contains([]string{r.address, defaultNumberName(r.address), n.Messages.Name, n.Calls.Name}, label) {
		n.Label = label
	}
	if i, ok := v.bySID[n.Messages.Bot]; ok {
		v.bots[i].Messages++
	}
	if i, ok := v.bySID[n.Calls.Bot]; ok {
		v.bots[i].Calls++
	}
	return n, true
}

// line says who answers at the end of a line.
func (v *view) line(l line) consoleLine {
	shown := consoleLine{Status: l.Status, Via: l.Via, URL: withoutSecrets(l.URL)}
	of := ""
	if a, ok := applications.get(v.st, l.application); ok {
		of = held(a.FriendlyName)
	}
	if l.Bot != nil {
		of = cmp.Or(of, held(l.Bot.FriendlyName))
		shown.Bot, shown.Name, shown.Engine = l.Bot.SID, cmp.Or(l.Bot.UniqueName, l.Bot.FriendlyName), l.Bot.Engine
	}
	if of == "" {
		return shown
	}
	// A hold answers in the place of its bot.
	shown.Status, shown.Bot, shown.Name, shown.Engine, shown.Notice = botSuspended, of, of, "", v.notices[of]
	if i, known := v.bySID[of]; known {
		shown.Name, shown.Engine = v.bots[i].Name, v.bots[i].Engine
	}
	return shown
}
