package provider

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// wideConfig is a configuration of several bots, each map by the resource's name.
type wideConfig struct {
	bots        map[string]wideBot
	bindings    map[string]wideBinding
	suspensions map[string]string // the suspended bot
}

type wideBot struct {
	name string
	kind string // flow, schema, application or autopilot
	// rename is as in the resource.
	rename string
}

type wideBinding struct {
	phone, bot string
	channels   string // messaging, voice or both
	overwrite  bool
}

func (b wideBinding) channelList() []string {
	if b.channels == "both" {
		return []string{"messaging", "voice"}
	}
	return []string{b.channels}
}

func (c wideConfig) clone() wideConfig {
	return wideConfig{maps.Clone(c.bots), maps.Clone(c.bindings), maps.Clone(c.suspensions)}
}

func (c wideConfig) rename(suffix string, keys ...string) {
	for _, key := range keys {
		b := c.bots[key]
		b.name = key + suffix
		c.bots[key] = b
	}
}

func (c wideConfig) bind(key string, change func(*wideBinding)) {
	b := c.bindings[key]
	change(&b)
	c.bindings[key] = b
}

func (c wideConfig) String() string {
	var text strings.Builder
	heredoc := func(document any) string { return "<<EOT\n" + marshal(document) + "\nEOT" }
	for _, key := range slices.Sorted(maps.Keys(c.bots)) {
		b := c.bots[key]
		content := map[string]string{
			"flow":   "flow = " + heredoc(echo("Hello")),
			"schema": "engine = \"studio\"\n  schema = " + heredoc(sampleSchema(2)),
			"application": fmt.Sprintf("webhooks = {\n    messaging_url = %q\n    voice_url = %q\n  }",
				"https://bots.example.com/"+key+"/messages", "https://bots.example.com/"+key+"/calls"),
			"autopilot": "engine = \"autopilot\"\n  schema = " + heredoc(sampleSchema(2)),
		}[b.kind]
		fmt.Fprintf(&text, "resource \"twiliobot_assistant\" %q {\n  unique_name = %q\n  rename = %q\n  %s\n}\n", key, b.name, b.rename, content)
	}
	for _, key := range slices.Sorted(maps.Keys(c.bindings)) {
		b := c.bindings[key]
		text.WriteString(bound(key, b.bot, b.phone, fmt.Sprintf(`channels = ["%s"]`, strings.Join(b.channelList(), `", "`)), fmt.Sprintf("overwrite = %v", b.overwrite)))
	}
	for _, key := range slices.Sorted(maps.Keys(c.suspensions)) {
		fmt.Fprintf(&text, "resource \"twiliobot_suspension\" %q {\n  assistant_sid = twiliobot_assistant.%s.sid\n}\n", key, c.suspensions[key])
	}
	return text.String()
}

// answerers is what gate.answerers gives when the configuration is applied.
func (c wideConfig) answerers() map[string]string {
	suspended := slices.Collect(maps.Values(c.suspensions))
	objects := map[string]string{"flow": "flow", "schema": "flow", "application": "application", "autopilot": "assistant"}
	sides := map[string]string{"messaging": "sms", "voice": "voice"}
	answerers := map[string]string{}
	for _, b := range c.bindings {
		for _, channel := range b.channelList() {
			if !slices.Contains(suspended, b.bot) {
				answerers[b.phone+" "+sides[channel]] = objects[c.bots[b.bot].kind] + " " + c.bots[b.bot].name
			}
		}
	}
	return answerers
}

// labels is what bench.labels gives when the configuration is applied.
func (c wideConfig) labels() map[string]string {
	labels := map[string]string{}
	for _, b := range c.bindings {
		labels[b.phone] = c.bots[b.bot].name
	}
	return labels
}

// Each step changes many resources in one apply, which Terraform carries out ten at a
// time. A number that answers before and after a step answers after each write in
// between, unless the step names it.
func TestSlowNetworkWithManyBots(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var phones []string
	for i := range 14 {
		phones = append(phones, fmt.Sprintf("+12025550%03d", 201+i))
		b.w.own(phones[i])
	}
	n := func(i int) string { return phones[i-1] }
	config := wideConfig{
		bots: map[string]wideBot{
			"desk":    {"desk", "flow", renameReplace},
			"guide":   {"guide", "schema", renameInPlace},
			"partner": {"partner", "application", renameReplace},
			"clinic":  {"clinic", "autopilot", renameReplace},
			"night":   {"night", "application", renameInPlace},
		},
		bindings: map[string]wideBinding{
			"n1": {n(1), "desk", "messaging", false}, "n2": {n(2), "desk", "both", false}, "n3": {n(3), "desk", "voice", false},
			"n4": {n(4), "guide", "messaging", false}, "n5": {n(5), "guide", "both", false},
			"n6": {n(6), "partner", "both", false}, "n7": {n(7), "partner", "messaging", false}, "n8": {n(8), "partner", "voice", false},
			"n9": {n(9), "clinic", "messaging", false}, "n10": {n(10), "clinic", "both", false},
			"n11": {n(11), "night", "both", false}, "n12": {n(12), "night", "messaging", false},
		},
		suspensions: map[string]string{"first": "night"},
	}
	steps := []struct {
		name          string
		change        func(c wideConfig)
		mayFallSilent []string
	}{
		{name: "all made, one bot suspended", change: func(wideConfig) {}},
		{name: "four bots renamed, bindings changed", change: func(c wideConfig) {
			c.rename("-2", "desk", "guide", "partner", "clinic")
			c.bind("n1", func(b *wideBinding) { b.phone = n(13) })
			c.bind("n3", func(b *wideBinding) { b.bot = "guide" })
			c.bind("n4", func(b *wideBinding) { b.phone = n(14) })
			c.bind("n10", func(b *wideBinding) { b.bot = "desk" })
		}},
		{name: "two bots suspended, one resumed, bindings moved from and to them", change: func(c wideConfig) {
			c.suspensions["first"], c.suspensions["second"] = "partner", "desk"
			c.bind("n5", func(b *wideBinding) { b.bot = "partner" })
			c.bind("n6", func(b *wideBinding) { b.bot = "guide" })
			c.bind("n9", func(b *wideBinding) { b.bot = "night" })
			c.bind("n12", func(b *wideBinding) { b.phone = n(1) })
		}, mayFallSilent: []string{n(6), n(9)}}, // the old bot may be suspended before n6 leaves it, the new one resumed after n9 comes to it
		{name: "numbers swapped, suspended bots renamed", change: func(c wideConfig) {
			c.rename("-3", "desk", "partner")
			c.bind("n6", func(b *wideBinding) { b.phone, b.overwrite = n(11), true })
			c.bind("n11", func(b *wideBinding) { b.phone, b.overwrite = n(6), true })
			c.bind("n3", func(b *wideBinding) { b.phone, b.overwrite = n(9), true })
			c.bind("n9", func(b *wideBinding) { b.phone, b.overwrite = n(3), true })
		}, mayFallSilent: []string{n(3), n(6), n(9), n(11)}}, // one binding may be done before the other begins
		{name: "three engines changed, one bot resumed", change: func(c wideConfig) {
			delete(c.suspensions, "second")
			for key, kind := range map[string]string{"desk": "application", "clinic": "schema", "partner": "autopilot"} {
				b := c.bots[key]
				b.kind = kind
				c.bots[key] = b
			}
			c.bind("n2", func(b *wideBinding) { b.bot = "guide" })
		}},
		{name: "all resumed, a bot removed, its numbers taken", change: func(c wideConfig) {
			clear(c.suspensions)
			delete(c.bots, "night")
			delete(c.bindings, "n9")
			delete(c.bindings, "n11")
			delete(c.bindings, "n12")
			c.bindings["n15"] = wideBinding{n(6), "guide", "both", true}
			c.bindings["n16"] = wideBinding{n(1), "clinic", "messaging", true}
		}, mayFallSilent: []string{n(1), n(6)}}, // one binding may be gone before the other is made
		{name: "all renamed, bindings changed", change: func(c wideConfig) {
			c.rename("-4", "desk", "guide", "partner", "clinic")
			c.bind("n1", func(b *wideBinding) { b.bot = "clinic" })
			c.bind("n2", func(b *wideBinding) { b.channels = "messaging" })
			c.bind("n5", func(b *wideBinding) { b.bot = "desk" })
			c.bind("n6", func(b *wideBinding) { b.bot = "partner" })
			c.bind("n7", func(b *wideBinding) { b.phone = n(12) })
			c.bind("n8", func(b *wideBinding) { b.bot = "guide" })
			c.bind("n10", func(b *wideBinding) { b.bot = "guide" })
		}},
	}
	f := newFolder(t, b.w.config(config.String()))
	for i, step := range steps {
		before := config
		config = config.clone()
		step.change(config)
		f.configure(b.w.config(config.String()))
		if problems := b.appliedAtOnce(f, before, config, step.mayFallSilent, i); len(problems) > 0 {
			t.Errorf("%s:\n%s", step.name, strings.Join(problems, "\n"))
			// Another apply, so that the next step begins as it should and shows more.
			b.gate.ignore()
			f.run("apply", "-input=false", "-auto-approve")
		}
	}
	b.gate.ignore()
	if out, err := f.try("destroy", "-input=false", "-auto-approve"); err != nil {
		t.Errorf("destroy: %v\n%s", err, out)
		f.run("destroy", "-input=false", "-auto-approve")
	}
	b.nothingLeft()
}

// appliedAtOnce applies a configuration once and returns what is not as it should be.
func (b bench) appliedAtOnce(f *folder, before, after wideConfig, mayFallSilent []string, round int) (problems []string) {
	b.w.t.Helper()
	answerers := after.answerers()
	for side := range before.answerers() {
		if answerers[side] == "" {
			mayFallSilent = append(mayFallSilent, side)
		}
	}
	b.gate.arm(0, "", mayFallSilent)
	out, err := f.try("apply", "-input=false", "-auto-approve")
	b.gate.disarm()
	problem := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	if violation := b.gate.violation(); violation != nil {
		problem("%v", violation)
	}
	if err != nil {
		problem("the apply: %v\n%s", err, out[max(strings.Index(out, "Error:"), 0):])
		return problems
	}
	if out, err := f.try("plan", "-input=false", "-detailed-exitcode"); err != nil {
		problem("the plan after it is not empty: %v\n%s", err, out)
	}
	if diff := cmp.Diff(answerers, b.gate.answerers()); diff != "" {
		problem("who answers (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(after.labels(), b.labels()); diff != "" {
		problem("labels (-want +got):\n%s", diff)
	}
	for _, row := range b.numbers() {
		phone := field(row, "phone_number")
		_, want, _ := strings.Cut(answerers[phone+" sms"], " ")
		// Whoever texted before goes on with the bot that answered then.
		if got := b.texts(phone, fmt.Sprintf("+44770090%04d", round)); got != want {
			problem("a message to %s is answered by %q, not %q", phone, got, want)
		}
	}
	return problems
}

// texts sends a message and returns the name of the bot that answers, empty where none
// does.
func (b bench) texts(phone, from string) string {
	b.w.t.Helper()
	answer, err := b.w.box.Inbound(sandbox.Inbound{To: phone, From: from, Channel: "messaging", Body: "hello"})
	if err != nil {
		b.w.t.Fatal(err)
	}
	if answer.Bot == nil {
		return ""
	}
	name := answer.Bot.UniqueName
	if name == "" {
		name = answer.Bot.FriendlyName
	}
	if _, inert := bot.SuspendedBot(name); inert {
		return ""
	}
	return name
}

// freeLabel is the label of a number that was freed, or never bound.
var freeLabel = regexp.MustCompile(`^(free|[-+() 0-9]*)$`)

// labels is the label of each number that has one.
func (b bench) labels() map[string]string {
	labels := map[string]string{}
	for _, row := range b.numbers() {
		if label := field(row, "friendly_name"); !freeLabel.MatchString(label) {
			labels[field(row, "phone_number")] = label
		}
	}
	return labels
}

// nothingLeft checks that the account has no bot and that every number is free.
func (b bench) nothingLeft() {
	b.w.t.Helper()
	free := regexp.MustCompile(`^number \S+ "nobody's": sms "" *"" fallback "", voice "" *"" fallback ""$`)
	for _, line := range b.gate.snapshot() {
		if !free.MatchString(line) {
			b.w.t.Errorf("left: %s", line)
		}
	}
}
