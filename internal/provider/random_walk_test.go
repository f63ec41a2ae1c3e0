package provider

import (
	"flag"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"pgregory.net/rapid"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// walkedSteps is how many steps TestRandomWalk takes; -rapid.seed has it draw others.
var walkedSteps = flag.Int("steps", 60, "take `n` steps at random, in walks of at most 20")

const (
	walkLength  = 12
	longestWalk = 20 // with -steps
)

// TestRandomWalk changes a configuration and the account at random, and applies. After each
// apply it holds the account against a model of who should answer. A failure prints the
// shortest list of steps that was found.
func TestRandomWalk(t *testing.T) { //nolint:paralleltest // it sets flags of the library
	length := walkLength
	if *walkedSteps != 60 {
		length = longestWalk
	}
	checks := max(1, *walkedSteps/length)
	if testing.Short() {
		checks *= 5 // of which rapid then takes a fifth
	}
	for name, value := range map[string]string{"rapid.checks": fmt.Sprint(checks), "rapid.nofailfile": "true"} {
		if err := flag.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	if flag.Lookup("rapid.seed").Value.String() == "0" {
		if err := flag.Set("rapid.seed", "1"); err != nil {
			t.Fatal(err)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		w := newRandomWalk(t, rt)
		if rapid.Bool().Draw(rt, "clears") {
			w.logf("setting an application clears the URL")
			if _, err := w.b.w.box.ChangeSettings(`{"application_clears_url": true}`); err != nil {
				t.Fatal(err)
			}
		}
		defer w.b.close()
		for range length {
			w.take(stepGenerator.Draw(rt, "step"))
		}
	})
}

// A setup is a configuration of the walk: resources by their names.
type setup struct {
	bots      map[string]walkBot
	bindings  map[string]walkBinding
	suspended map[string]bool // by the bot
}

type walkBot struct {
	name, engine string
	version      int
	inPlace      bool
	force        bool // force_destroy
}

type walkBinding struct {
	bot, phone string
	channels   []string // sms, voice
	overwrite  bool
}

func (s setup) clone() setup {
	return setup{maps.Clone(s.bots), maps.Clone(s.bindings), maps.Clone(s.suspended)}
}

var channelWords = map[string]string{"sms": "messaging", "voice": "voice"}

// blocks is the configuration, in the order of its references. overwrite is that of every
// binding.
func (s setup) blocks(overwrite bool) []block {
	var blocks []block
	for _, key := range slices.Sorted(maps.Keys(s.bots)) {
		b := s.bots[key]
		values := content(b.engine, b.name, b.version)
		if b.inPlace {
			values["rename"] = str(renameInPlace)
		}
		if b.force {
			values["force_destroy"] = tftypes.NewValue(tftypes.Bool, true)
		}
		blocks = append(blocks, botBlock(key, values))
	}
	for _, key := range slices.Sorted(maps.Keys(s.bindings)) {
		b := s.bindings[key]
		var channels []string
		for _, channel := range b.channels {
			channels = append(channels, channelWords[channel])
		}
		blocks = append(blocks, sideBlock(key, b.phone, b.bot, channels...).with("overwrite", tftypes.NewValue(tftypes.Bool, b.overwrite || overwrite)))
	}
	for _, key := range slices.Sorted(maps.Keys(s.suspended)) {
		blocks = append(blocks, suspends(key))
	}
	return blocks
}

// sides names the binding of each channel of a number that has one.
func (s setup) sides() map[string]string {
	sides := map[string]string{}
	for key, b := range s.bindings {
		for _, channel := range b.channels {
			sides[b.phone+" "+channel] = key
		}
	}
	return sides
}

var productWords = map[string]string{"studio": "flow", "application": "application", "autopilot": "assistant"}

// answerers is what gate.answerers returns once the setup is applied.
func (s setup) answerers() map[string]string {
	answerers := map[string]string{}
	for side, key := range s.sides() {
		if b := s.bots[s.bindings[key].bot]; !s.suspended[s.bindings[key].bot] {
			answerers[side] = productWords[b.engine] + " " + b.name
		}
	}
	return answerers
}

// randomWalk is an account, what is configured for it, and what others did to it.
type randomWalk struct {
	rt *rapid.T
	b  bench
	// want is the configuration, applied that of the last apply that succeeded.
	want, applied setup
	names         int
	// theirs are the URLs that another client gave to channels, and labels those of numbers.
	theirs, labels map[string]string
	// shared are the numbers that another client pointed at a URL of its own: their label is
	// that of whoever came first.
	shared map[string]bool
	// byHand are the channels that another client pointed at a bot of the configuration.
	byHand map[string]string
	// dead are the channels that another client pointed at a bot that was deleted by hand.
	dead map[string]bool
	// foreign are the names of bots that another client has.
	foreign []string
	// deleted reports whether a bot was deleted by hand, so that Twilio may reserve its name.
	deleted bool
	// unsure reports whether a process was killed or an old state restored: there may be bots
	// that no state has.
	unsure bool
	log    []string
	states []map[string]savedState
}

var walkPhones = []string{ukNumber, otherNumber, usNumber, "+12025550143"}

func newRandomWalk(t *testing.T, rt *rapid.T) *randomWalk {
	t.Helper()
	w := &randomWalk{rt: rt, b: newBench(t), theirs: map[string]string{}, labels: map[string]string{}, shared: map[string]bool{}, byHand: map[string]string{}, dead: map[string]bool{}}
	w.want = setup{map[string]walkBot{}, map[string]walkBinding{}, map[string]bool{}}
	w.applied = w.want.clone()
	w.b.w.own(walkPhones[3])
	return w
}

// A step is drawn without regard to the walk. What it cannot do there, it does not do.
type step struct {
	kind                string
	bot, binding, phone int
	channels            int
	engine              int
	flag                bool
	together            bool // the next step is applied with it
	cut                 string
	call                int
	how                 manner
}

// manner is what Terraform may do one way or another.
type manner struct {
	suspensionsFirst, removedLast, deletesLast bool
	replaced                                   string // a binding, or empty
	tainted, createFirst                       bool
}

func (m manner) String() string {
	var words []string
	for _, each := range []struct {
		is   bool
		word string
	}{
		{m.suspensionsFirst, "suspensions come before bindings"},
		{m.removedLast, "what is removed is planned last"},
		{m.deletesLast, "bindings are removed last"},
		{m.replaced != "" && m.tainted, "binding " + m.replaced + " is tainted"},
		{m.replaced != "" && !m.tainted, "binding " + m.replaced + " is replaced"},
		{m.replaced != "" && m.createFirst, "created before the old one is destroyed"},
	} {
		if each.is {
			words = append(words, each.word)
		}
	}
	return strings.Join(words, ", ")
}

// turn is a run of Terraform with the configuration.
func (w *randomWalk) turn(overwrite bool, how manner) turn {
	t := turn{blocks: w.want.blocks(overwrite)}
	if how.suspensionsFirst {
		slices.SortStableFunc(t.blocks, func(a, b block) int { return rank(a) - rank(b) })
	}
	if how.removedLast {
		for _, b := range t.blocks {
			t.first = append(t.first, b.address)
		}
	}
	// A bot is never deleted before its bindings.
	t.deletesLast = how.deletesLast && !slices.ContainsFunc(w.b.orphans(t.blocks), func(address string) bool {
		return strings.HasPrefix(address, "twiliobot_assistant.")
	})
	address := "twiliobot_phone_number_binding." + how.replaced
	_, exists := w.b.states[address]
	if _, stays := w.want.bindings[how.replaced]; exists && stays {
		if how.tainted {
			t.tainted = []string{address}
		} else {
			t.forced = []string{address}
		}
		if how.createFirst {
			t.createFirst = []string{address}
		}
	}
	return t
}

func rank(b block) int {
	return slices.Index([]string{"twiliobot_assistant", "twiliobot_suspension", "twiliobot_phone_number_binding"}, b.kind())
}

var stepKinds = []string{
	"nothing", "create", "create", "create", "bind", "bind", "bind", "bind", "change", "rename", "rename", "engine", "remove", "free", "suspend", "suspend", "resume", "destroy",
	"re-point", "route", "foreign", "force", "relabel", "edit", "delete", "resume by hand", "delete the hold", "restore",
}

var stepGenerator = rapid.Custom(func(t *rapid.T) step {
	number := func(label string, most int) int { return rapid.IntRange(0, most).Draw(t, label) }
	return step{
		kind: rapid.SampledFrom(stepKinds).Draw(t, "kind"),
		bot:  number("bot", 2), binding: number("binding", 3), phone: number("phone", 3),
		channels: number("channels", 2), engine: number("engine", 2),
		flag: rapid.Bool().Draw(t, "flag"), together: number("together", 3) == 3,
		cut:  rapid.SampledFrom([]string{"", "", "", "", "", "", refusedCall, cutBefore, cutAfter, killedThere}).Draw(t, "cut"),
		call: number("call", 60),
		how: manner{
			suspensionsFirst: number("suspensions first", 3) == 3, removedLast: number("removed last", 3) == 3, deletesLast: number("deletes last", 3) == 3,
			replaced: rapid.SampledFrom([]string{"", "", "", "", "p", "q"}).Draw(t, "replaced"), tainted: rapid.Bool().Draw(t, "tainted"), createFirst: rapid.Bool().Draw(t, "create first"),
		},
	}
})

func (w *randomWalk) logf(format string, args ...any) {
	w.log = append(w.log, fmt.Sprintf(format, args...))
}

func (w *randomWalk) failf(format string, args ...any) {
	w.rt.Helper()
	account := slices.DeleteFunc(w.b.gate.snapshot(), func(line string) bool { return strings.Contains(line, " task ") })
	for i, line := range account {
		account[i], _, _ = strings.Cut(line, ": {\n") // without the definition of a flow
	}
	problem := strings.Join(strings.Fields(fmt.Sprintf(format, args...)), " ")
	w.rt.Fatalf("The steps:\n- %s\n\nThe problem: %s\n\nThe account:\n%s", strings.Join(w.log, "\n- "), problem, strings.Join(account, "\n"))
}

// take does one step and applies what is configured then.
func (w *randomWalk) take(s step) {
	w.rt.Helper()
	outside, done := w.outside(s)
	if !done && !w.configure(s) {
		return
	}
	if s.kind == "restore" || outside == nil && s.together {
		return
	}
	if outside != nil && !s.flag {
		outside()
		outside = nil
		if s.together {
			return
		}
	}
	w.apply(s, outside)
}

// configure changes the configuration, and reports whether the step has anything to do.
func (w *randomWalk) configure(s step) bool {
	key, binding, phone := string(rune('a'+s.bot)), string(rune('p'+s.binding)), walkPhones[s.phone]
	b, exists := w.want.bots[key]
	switch s.kind {
	case "create":
		if exists {
			return false
		}
		w.names++
		w.want.bots[key] = walkBot{name: fmt.Sprintf("%s-%d", key, w.names), engine: everyEngine[s.engine], version: 1}
		w.logf("create bot %s on %s", key, everyEngine[s.engine])
		return true
	case "bind":
		if !exists {
			return false
		}
		channels := [][]string{{"sms"}, {"voice"}, {"sms", "voice"}}[s.channels]
		for other, had := range w.want.bindings {
			if other == binding || had.phone != phone {
				continue
			}
			had.channels = slices.DeleteFunc(slices.Clone(had.channels), func(c string) bool { return slices.Contains(channels, c) })
			if w.want.bindings[other] = had; len(had.channels) == 0 {
				delete(w.want.bindings, other)
			}
		}
		w.want.bindings[binding] = walkBinding{bot: key, phone: phone, channels: channels, overwrite: s.flag}
		w.logf("bind %s of %s to bot %s by binding %s, overwrite %v", channels, phone, key, binding, s.flag)
		return true
	case "free":
		if _, ok := w.want.bindings[binding]; !ok {
			return false
		}
		delete(w.want.bindings, binding)
		w.logf("remove binding %s", binding)
		return true
	case "destroy":
		w.want = setup{map[string]walkBot{}, map[string]walkBinding{}, map[string]bool{}}
		w.logf("destroy all")
		return true
	}
	if !exists {
		return false
	}
	switch s.kind {
	case "change":
		b.version = 3 - b.version
		w.logf("change the content of bot %s", key)
	case "rename":
		w.names++
		b.name, b.inPlace = fmt.Sprintf("%s-%d", key, w.names), s.flag && b.engine == w.applied.bots[key].engine
		w.logf("rename bot %s to %s, in place %v", key, b.name, b.inPlace)
	case "engine":
		if b.engine == everyEngine[s.engine] {
			return false
		}
		b.engine, b.inPlace = everyEngine[s.engine], false
		w.logf("move bot %s to %s", key, b.engine)
	case "force":
		b.force = !b.force
		w.logf("force_destroy of bot %s is %v", key, b.force)
	case "suspend":
		w.want.suspended[key] = true
		w.logf("suspend bot %s", key)
	case "resume":
		delete(w.want.suspended, key)
		w.logf("resume bot %s", key)
	case "remove":
		delete(w.want.bots, key)
		delete(w.want.suspended, key)
		maps.DeleteFunc(w.want.bindings, func(_ string, each walkBinding) bool { return each.bot == key })
		w.logf("remove bot %s and its bindings", key)
		return true
	default:
		return false
	}
	w.want.bots[key] = b
	return true
}

// outside is a step of another client; done is false where the step is none.
func (w *randomWalk) outside(s step) (do func(), done bool) {
	phone, channel := walkPhones[s.phone], []string{"sms", "voice", "sms"}[s.channels]
	key := string(rune('a' + s.bot))
	side, prefix := phone+" "+channel, map[string]string{"sms": "Sms", "voice": "Voice"}[channel]
	when := map[bool]string{true: " between plan and apply"}[s.flag]
	sid := func() string {
		if _, ok := w.b.states["twiliobot_assistant."+key]; !ok {
			return ""
		}
		sid := w.b.sid("twiliobot_assistant."+key, "sid")
		if names, _ := w.b.gate.bots(); names[sid] == "" {
			return ""
		}
		return sid
	}
	switch s.kind {
	case "re-point":
		return func() {
			w.logf("another client points %s at its URL%s", side, when)
			w.shared[phone] = true
			delete(w.byHand, side)
			w.theirs[side] = "https://theirs.example.com/" + channel
			w.b.w.setNumber(phone, map[string]string{prefix + "ApplicationSid": "", prefix + "Url": w.theirs[side]})
		}, true
	case "route":
		return func() {
			sid := sid()
			if sid == "" || w.want.sides()[side] != "" || w.applied.sides()[side] != "" || w.theirs[side] != "" {
				return
			}
			w.logf("another client points %s at bot %s%s", side, key, when)
			w.shared[phone], w.byHand[side] = true, key
			form := map[string]string{prefix + "ApplicationSid": "", prefix + "Url": ""}
			if strings.HasPrefix(sid, "AP") {
				form[prefix+"ApplicationSid"] = sid
			} else {
				form[prefix+"Url"] = bot.Webhooks{}.URL(bot.Webhook{AccountSID: sandbox.StarterAccountSID, BotSID: sid, Channel: map[string]bot.Channel{"sms": bot.Messaging, "voice": bot.Voice}[channel]})
			}
			w.b.w.setNumber(phone, form)
		}, true
	case "foreign":
		return func() {
			name := fmt.Sprintf("%s-%d", key, w.names+1)
			if slices.Contains(w.foreign, name) {
				return
			}
			w.logf("another client creates an application %s%s", name, when)
			w.foreign = append(w.foreign, name)
			w.b.w.call(http.MethodPost, apiBase+"/Applications.json", map[string]string{"FriendlyName": name, "SmsUrl": "https://foreign.example.com/"})
		}, true
	case "relabel":
		return func() {
			w.logf("another client labels %s%s", phone, when)
			w.labels[phone] = "Their own"
			w.b.w.setNumber(phone, map[string]string{"FriendlyName": "Their own"})
		}, true
	case "edit":
		return func() {
			if sid := sid(); sid != "" {
				w.logf("another client edits bot %s%s", key, when)
				w.edit(sid)
			}
		}, true
	case "delete":
		return func() {
			if sid := sid(); sid != "" {
				w.logf("another client deletes bot %s%s", key, when)
				w.deleted = true
				for side, to := range w.byHand {
					if to == key {
						delete(w.byHand, side)
						w.dead[side] = true
					}
				}
				w.remove(sid)
			}
		}, true
	case "delete the hold":
		return func() {
			_, inert := w.b.gate.bots()
			for hold := range inert {
				if of, _ := bot.SuspendedBot(w.applicationName(hold)); of == sid() && of != "" {
					w.logf("another client deletes the hold of bot %s%s", key, when)
					w.remove(hold)
				}
			}
		}, true
	case "resume by hand":
		return func() {
			_, inert := w.b.gate.bots()
			row := w.b.w.number(phone)
			hold := field(row, channel+"_application_sid")
			if !inert[hold] {
				return
			}
			w.logf("another client resumes %s%s", side, when)
			of, _ := bot.SuspendedBot(w.applicationName(hold))
			form := map[string]string{prefix + "ApplicationSid": ""}
			if strings.HasPrefix(of, "AP") {
				form[prefix+"ApplicationSid"] = of
			}
			w.b.w.setNumber(phone, form)
		}, true
	case "restore":
		if len(w.states) > 0 {
			w.logf("an old state is restored, that of %d applies ago", min(len(w.states), 1+s.binding))
			w.unsure = true
			w.b.states, w.b.deposed = maps.Clone(w.states[len(w.states)-min(len(w.states), 1+s.binding)]), nil
		}
		return nil, true
	}
	return nil, false
}

func (w *randomWalk) applicationName(sid string) string {
	var row map[string]any
	w.b.gate.ask(apiBase+"/Applications/"+sid+".json", &row)
	return field(row, "friendly_name")
}

func (w *randomWalk) edit(sid string) {
	switch sid[:2] {
	case "AP":
		w.b.w.call(http.MethodPost, apiBase+"/Applications/"+sid+".json", map[string]string{"SmsUrl": "https://edited.example.com/"})
	case "FW":
		w.b.w.call(http.MethodPost, studioBase+"/"+sid, map[string]string{"Definition": marshal(echo("Edited")), "Status": "published"})
	case "UA":
		w.b.w.call(http.MethodPost, autopilotBase+"/Assistants/"+sid+"/Tasks", map[string]string{"UniqueName": fmt.Sprint("edited-", len(w.log))})
	}
}

func (w *randomWalk) remove(sid string) {
	switch sid[:2] {
	case "AP":
		w.b.w.call(http.MethodDelete, apiBase+"/Applications/"+sid+".json", nil)
	case "FW":
		w.b.w.call(http.MethodDelete, studioBase+"/"+sid, nil)
	case "UA":
		w.b.w.call(http.MethodDelete, autopilotBase+"/Assistants/"+sid, nil)
	}
}
