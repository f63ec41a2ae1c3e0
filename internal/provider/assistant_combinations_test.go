package provider

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// everyNth is how many combinations of unknown and ignored attributes a run goes on by.
var everyNth = flag.Int("combinations", 0, "plan and apply every `n`-th combination of unknown and ignored attributes, 1 for all; by default a sample")

// stride is a prime where it is not given, so that a sample has every attribute.
func stride() int {
	switch {
	case *everyNth > 0:
		return *everyNth
	case testing.Short():
		return 499
	default:
		return 101
	}
}

// kindsOfBots lists what a configuration may make a bot of: every content on every engine
// that runs it, and content that is managed elsewhere.
var kindsOfBots = []string{"compiled", "autopilot", "flow", "webhooks", "application", "unmanaged"}

// ofKind is a configuration of a kind, in one of two versions.
func ofKind(kind, name string, version int) map[string]tftypes.Value {
	values := map[string]tftypes.Value{"unique_name": str(name)}
	switch kind {
	case "compiled":
		values["schema"] = str(marshal(sampleSchema(version)))
		if version == 1 {
			values["routing"] = str("exact")
		}
	case "autopilot":
		values = content("autopilot", name, version)
		values["friendly_name"] = str(fmt.Sprintf("Clinic %d", version))
	case "flow":
		values = content("studio", name, version)
	case "webhooks":
		values = content("application", name, version)
	case "application":
		values["engine"] = str("application")
	}
	if version == 1 {
		values["drain_timeout"] = str("1ms")
	} else {
		values["force_destroy"] = tftypes.NewValue(tftypes.Bool, true)
	}
	return values
}

// combination is one change of a bot that a number is bound to.
type combination struct {
	from, to string // kinds; from is empty for a new bot
	rename   string // how the name changes; empty for not at all
	ignored  []string
	later    []string // what is unknown at plan; the provider's attributes begin with provider.
}

func (c combination) String() string {
	return fmt.Sprintf("%s to %s, rename %q, ignore_changes %q, unknown %q", c.from, c.to, c.rename, c.ignored, c.later)
}

func (c combination) before() map[string]tftypes.Value { return ofKind(c.from, "first", 1) }

func (c combination) after() map[string]tftypes.Value {
	if c.from == "" {
		return ofKind(c.to, "first", 1)
	}
	values := ofKind(c.to, "first", 2)
	if c.rename != "" {
		values["unique_name"], values["rename"] = str("second"), str(c.rename)
	}
	return values
}

// effective is the configuration with what ignore_changes keeps of a state.
func (c combination) effective(state map[string]tftypes.Value) map[string]tftypes.Value {
	values := c.after()
	for name, had := range state {
		if slices.Contains(c.ignored, name) || slices.Contains(c.ignored, "all") {
			values[name] = had
		}
	}
	return values
}

// refusal is what a combination that means nothing must be refused for, in words of the
// message: each of several attributes that contradict each other is named.
func (c combination) refusal(state, values map[string]tftypes.Value) []string {
	given := func(name string) bool { value, ok := values[name]; return ok && !value.IsNull() }
	text := func(name string) string {
		if !given(name) {
			return ""
		}
		s := ""
		_ = values[name].As(&s)
		return s
	}
	var contents []string
	for _, name := range []string{"schema", "flow", "webhooks"} {
		if given(name) {
			contents = append(contents, name)
		}
	}
	if len(contents) > 1 {
		return append(contents, "ignore_changes")
	}
	had := ""
	if len(state) > 0 {
		_ = state["engine"].As(&had)
	}
	engine := text("engine")
	runs := map[string][]string{"schema": {"studio", "autopilot"}, "flow": {"studio"}, "webhooks": {"application"}}
	if engine != "" && len(contents) > 0 && !slices.Contains(runs[contents[0]], engine) {
		return []string{"engine", contents[0], "ignore_changes"}
	}
	if engine == "" {
		switch {
		case given("flow"):
			engine = "studio"
		case given("webhooks"):
			engine = "application"
		case had != "" && (had != "application" || !given("schema")):
			engine = had
		default:
			engine = "studio"
		}
	}
	switch {
	case given("routing") && (!given("schema") || engine != "studio"):
		return []string{"routing"}
	case had != "" && engine != had && len(contents) == 0:
		return []string{"engine", "needs content"}
	case had == "" && engine == "studio" && len(contents) == 0:
		return []string{"needs content"}
	case given("friendly_name") && engine != "autopilot" && text("friendly_name") != text("unique_name"):
		return []string{"friendly_name", "engine"}
	case had != "" && engine != had && text("rename") == renameInPlace && text("unique_name") != "first":
		return []string{"cannot keep the SID"}
	}
	return nil
}

// run plans the combination, applies it with everything known, and plans again.
func (c combination) run(t *testing.T) (refused bool) {
	t.Helper()
	s := scenario{}
	if c.from != "" {
		s.before = []block{botBlock("bot", c.start()), bindingBlock(ukNumber, "bot")}
	}
	b := s.bench(t)
	defer b.close()
	const address = "twiliobot_assistant.bot"
	if c.from == "unmanaged" || c.from == "application" {
		s.before[0] = botBlock("bot", c.before())
		b.applied(s.before...)
	}
	state := b.attributesOf(address)
	before := b.gate.snapshot()
	blocks := []block{botBlock("bot", c.after()), bindingBlock(ukNumber, "bot")}
	b.ignored = map[string][]string{address: c.ignored}
	b.later = map[string][]string{}
	for _, name := range c.later {
		switch product, rest, _ := strings.Cut(name, "."); product {
		case "provider":
			b.later[""] = append(b.later[""], rest)
		case "binding":
			b.later["twiliobot_phone_number_binding.front"] = append(b.later["twiliobot_phone_number_binding.front"], rest)
		default:
			b.later[address] = append(b.later[address], name)
		}
	}
	values := c.effective(state)
	want := c.refusal(state, values)
	err := b.apply(blocks, true)
	switch {
	case want != nil && err == nil:
		t.Errorf("%s: not refused", c)
		return false
	case want != nil:
		for _, word := range want {
			if !strings.Contains(err.Error(), word) {
				t.Errorf("%s: the refusal does not name %q: %v", c, word, err)
			}
		}
		if strings.Contains(err.Error(), "Provider produced") {
			t.Errorf("%s: %v", c, err)
		}
		if after := b.gate.snapshot(); !slices.Equal(before, after) {
			t.Errorf("%s: refused, and the account changed from\n%s\nto\n%s", c, strings.Join(before, "\n"), strings.Join(after, "\n"))
		}
		return true
	case err != nil:
		t.Errorf("%s: %v", c, err)
		return false
	}
	b.later = nil
	if err := b.empty(blocks); err != nil {
		t.Errorf("%s: %v", c, err)
	}
	c.whole(t, b, address)
	return false
}

// start is the configuration that the bot is created from: one whose content is managed
// elsewhere has some.
func (c combination) start() map[string]tftypes.Value {
	switch c.from {
	case "unmanaged":
		return ofKind("flow", "first", 1)
	case "application":
		return ofKind("webhooks", "first", 1)
	default:
		return c.before()
	}
}

// whole tests that the account has one bot, which is the state's and answers on the number.
func (c combination) whole(t *testing.T, b bench, address string) {
	t.Helper()
	names, _ := b.gate.bots()
	state := b.attributesOf(address)
	product := map[string]string{"studio": "flow", "application": "application", "autopilot": "assistant"}[stringOf(t, state["engine"])]
	bot := product + " " + stringOf(t, state["unique_name"])
	if len(names) != 1 || names[stringOf(t, state["sid"])] != bot {
		t.Errorf("%s: the account has %v, the state %s", c, names, bot)
	}
	// A new application without content has no URL to answer with.
	if answers := b.gate.answerers()[ukNumber+" sms"]; answers != bot {
		t.Errorf("%s: the number answers with %q, not %s", c, answers, bot)
	}
	for _, row := range b.gate.rows(apiBase+"/Applications.json?PageSize=1000", "applications") {
		if field(row, "sms_url") == "" {
			t.Errorf("%s: the application has no URL: %v", c, row)
		}
	}
}

func (s *stack) attributesOf(address string) map[string]tftypes.Value {
	had, ok := s.states[address]
	if !ok {
		return nil
	}
	p, err := s.provider()
	if err != nil {
		s.w.t.Fatal(err)
	}
	return p.attributes(had.kind, had.state)
}

// singlesAndPairs lists sets of one and of two.
func singlesAndPairs(names []string) [][]string {
	var all [][]string
	for i, name := range names {
		all = append(all, []string{name})
		for _, other := range names[i+1:] {
			all = append(all, []string{name, other})
		}
	}
	return all
}

// changes lists every change of a bot: its kind, and its name.
func changes(from ...string) []combination {
	var all []combination
	for _, before := range from {
		for _, after := range kindsOfBots {
			for _, rename := range []string{"", renameReplace, renameInPlace} {
				all = append(all, combination{from: before, to: after, rename: rename})
			}
		}
	}
	return all
}

// runCombinations runs a sample of combinations, and those that every sample has.
func runCombinations(t *testing.T, all []combination, always ...combination) {
	t.Helper()
	t.Parallel()
	for _, c := range always {
		t.Run(c.String(), func(t *testing.T) {
			t.Parallel()
			c.run(t)
		})
	}
	const groups = 8
	step := stride()
	for group := range groups {
		t.Run(fmt.Sprint("group ", group+1), func(t *testing.T) {
			t.Parallel()
			ran, refused := 0, 0
			for i := group * step; i < len(all); i += groups * step {
				ran++
				if all[i].run(t) {
					refused++
				}
			}
			t.Logf("%d of %d combinations, %d refused", ran, len(all), refused)
		})
	}
}

// With what is ignored, each change is made whole or refused by name.
func TestEveryIgnoredChange(t *testing.T) {
	ignored := append(singlesAndPairs([]string{
		"unique_name", "friendly_name", "engine", "schema", "flow", "webhooks", "routing", "routing_confirm", "rename", "drain_timeout", "force_destroy", "restore_sid", "timeouts",
		"sid", "edited_states", // Terraform warns that they are computed, and keeps them all the same
	}), []string{"all"}, []string{"webhooks.messaging_url"}, []string{"webhooks.voice_url", "webhooks.messaging_method"})
	var all []combination
	for _, c := range changes(kindsOfBots...) {
		for _, names := range ignored {
			c.ignored = names
			all = append(all, c)
		}
	}
	ignoring := func(from, to, rename string, ignored ...string) combination {
		return combination{from: from, to: to, rename: rename, ignored: ignored}
	}
	runCombinations(t, all,
		ignoring("flow", "webhooks", "", "flow"), ignoring("flow", "compiled", "", "flow"), ignoring("compiled", "flow", "", "schema"),
		ignoring("webhooks", "compiled", "", "engine"), ignoring("compiled", "webhooks", "", "engine"), ignoring("autopilot", "flow", renameReplace, "engine"),
		ignoring("compiled", "flow", "", "routing"), ignoring("autopilot", "compiled", renameReplace, "friendly_name"),
		ignoring("autopilot", "autopilot", renameReplace, "friendly_name"), ignoring("compiled", "autopilot", renameReplace, "all"),
	)
}

// Whatever is unknown at plan, the apply makes what a plan of known values makes.
func TestEveryUnknownValue(t *testing.T) {
	unknown := singlesAndPairs([]string{
		"provider.account_sid", "provider.engine", "unique_name", "friendly_name", "engine", "schema", "flow", "webhooks",
		"webhooks.messaging_url", "webhooks.voice_method", "routing", "routing_confirm", "rename", "drain_timeout", "force_destroy", "restore_sid", "timeouts",
		"binding.phone_number", "binding.channels",
	})
	var all []combination
	for _, c := range changes(append([]string{""}, kindsOfBots...)...) {
		state := map[string]tftypes.Value{}
		if c.from != "" {
			state["engine"] = str(map[string]string{"compiled": "studio", "flow": "studio", "unmanaged": "studio", "autopilot": "autopilot"}[c.from])
			if state["engine"].Equal(str("")) {
				state["engine"] = str("application")
			}
		}
		if c.refusal(state, c.after()) != nil || (c.from == "" && (c.rename != "" || c.to == "application")) {
			continue
		}
		for _, names := range unknown {
			c.later = names
			all = append(all, c)
		}
	}
	without := func(from, to, rename string, unknown ...string) combination {
		return combination{from: from, to: to, rename: rename, later: unknown}
	}
	runCombinations(t, all,
		without("", "compiled", "", "provider.account_sid"), without("", "compiled", "", "provider.engine"), without("", "autopilot", "", "engine"), without("", "autopilot", "", "webhooks"),
		without("", "webhooks", "", "webhooks"), without("", "compiled", "", "schema"), without("", "webhooks", "", "provider.engine", "restore_sid"),
		without("compiled", "compiled", renameReplace, "rename"), without("compiled", "compiled", renameInPlace, "rename"),
		without("compiled", "autopilot", "", "engine"), without("autopilot", "autopilot", "", "unique_name"), without("flow", "flow", "", "flow"),
		without("webhooks", "webhooks", "", "webhooks"), without("webhooks", "webhooks", "", "webhooks.messaging_url"),
		without("flow", "webhooks", renameReplace, "schema", "webhooks"), without("unmanaged", "flow", renameInPlace, "flow", "rename"),
		without("webhooks", "compiled", "", "provider.engine"), without("webhooks", "unmanaged", "", "provider.account_sid"),
	)
}
