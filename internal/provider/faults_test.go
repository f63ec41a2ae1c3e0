package provider

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// everyFault runs the whole matrix and prints its table, as `make faults` does;
// without it a sample with a fixed seed is run.
var everyFault = flag.Bool("faults", false, "cut every call of every operation, and print the table")

// faultStride leaves out all but every n-th case, for a quicker run.
var faultStride = flag.Int("faults-stride", 1, "with -faults, run only every n-th case")

// atOnce is how many cases of an operation one subtest runs, one after the other.
const atOnce = 50

// sampled is how many cases of each operation are run without -faults.
const sampled = 3

// scenario is one thing a user does, from one configuration to another.
type scenario struct {
	name, engine  string
	before, after []block
	// setup makes the account as it is before the first configuration.
	setup func(w *world)
	// byHand is a change in the console before it.
	byHand func(w *world)
	// mayFallSilent are the numbers that the scenario is meant to silence.
	mayFallSilent []string
	// makesBots reports whether it creates a bot that no state has when it is cut.
	makesBots bool
}

// routes reports whether a binding of the scenario has a number.
func (s scenario) routes(number string) bool {
	return slices.ContainsFunc(slices.Concat(s.before, s.after), func(b block) bool {
		return b.kind() == "twiliobot_phone_number_binding" && b.values(nil)["phone_number"].Equal(str(number))
	})
}

const (
	oneService   = "MG0123456789abcdef0123456789abc001"
	otherService = "MG0123456789abcdef0123456789abc002"

	bindService = "bind a service"
	// bindSilencedService binds it beside a hold whose flow a person deleted.
	bindSilencedService = "bind a service, suspended"
	moveService         = "change of service"
	buyNumber           = "buy a number"
	deployFunction      = "deploy a function"
)

func scenarios() []scenario {
	var all []scenario
	forced := func(values map[string]tftypes.Value) map[string]tftypes.Value {
		values["force_destroy"] = tftypes.NewValue(tftypes.Bool, true)
		return values
	}
	next := map[string]string{"studio": "application", "application": "autopilot", "autopilot": "studio"}
	for _, engine := range []string{"studio", "application", "autopilot"} {
		bound := func(values map[string]tftypes.Value, more ...block) []block {
			return append([]block{botBlock("bot", forced(values)), bindingBlock(ukNumber, "bot")}, more...)
		}
		// Another number routes to the bot, without a binding.
		byHand := func(w *world) {
			front := w.number(ukNumber)
			w.setNumber(otherNumber, map[string]string{
				"SmsUrl": field(front, "sms_url"), "SmsApplicationSid": field(front, "sms_application_sid"), "FriendlyName": "first",
			})
			w.setNumber(usNumber, map[string]string{
				"VoiceUrl": strings.Replace(field(front, "sms_url"), "twilio-messaging", "twilio-voice", 1), "VoiceApplicationSid": field(front, "sms_application_sid"), "FriendlyName": "Their own",
			})
		}
		first := func() map[string]tftypes.Value { return content(engine, "first", 1) }
		two := func(to string) []block {
			return []block{botBlock("bot", first()), botBlock("second", content(engine, "second", 1)), bindingBlock(ukNumber, to)}
		}
		// One bot answers the messages of a number, another the calls.
		shared := func(messages, calls string) []block {
			return []block{botBlock("bot", first()), botBlock("second", content(engine, "second", 1)),
				sideBlock("front", ukNumber, messages, "messaging"), sideBlock("calls", ukNumber, calls, "voice")}
		}
		all = append(all,
			scenario{name: "create", engine: engine, after: bound(first()), makesBots: true},
			scenario{name: "update", engine: engine, before: bound(first()), after: bound(content(engine, "first", 2))},
			scenario{name: "rename", engine: engine, before: bound(first()), after: bound(content(engine, "renamed", 1)), byHand: byHand},
			scenario{name: "engine change", engine: engine, before: bound(first()), after: bound(content(next[engine], "first", 1)), byHand: byHand},
			scenario{name: "change of number", engine: engine, before: bound(first()),
				after: []block{botBlock("bot", forced(first())), bindingBlock(usNumber, "bot")}, mayFallSilent: []string{ukNumber}},
			scenario{name: "change of assistant", engine: engine, before: two("bot"), after: two("second")},
			scenario{name: "swap on a shared number", engine: engine, before: shared("bot", "second"), after: shared("second", "bot")},
			scenario{name: "suspend", engine: engine, before: bound(first()), after: bound(first(), suspensionBlock()), byHand: byHand,
				mayFallSilent: []string{ukNumber, otherNumber, usNumber}},
			scenario{name: "resume", engine: engine, before: bound(first(), suspensionBlock()), after: bound(first()),
				mayFallSilent: []string{ukNumber, otherNumber, usNumber}},
			scenario{name: "delete", engine: engine, before: bound(first()), mayFallSilent: []string{ukNumber}},
		)
		served := func(name string, more ...block) []block {
			return append([]block{botBlock("bot", forced(atName(engine, name, "first"))), botBlock("second", forced(ownContent(engine, "second")))}, more...)
		}
		services := func(w *world) {
			w.addService(deferring+`, "sid": "`+oneService+`"`, ukNumber)
			w.addService(deferring+`, "sid": "`+otherService+`"`, usNumber)
		}
		desk := func(service, to string) []block { return served("first", deskBlock(service, to)) }
		all = append(all,
			scenario{name: bindService, engine: engine, setup: services, before: served("first"), after: desk(oneService, "bot")},
			scenario{name: bindSilencedService, engine: engine, setup: services, before: served("first", suspends("bot")),
				byHand: func(w *world) { w.withoutHoldFlows(false) }, after: served("first", deskBlock(oneService, "bot"), suspends("bot"))},
			scenario{name: "change of a service's bot", engine: engine, setup: services, before: desk(oneService, "bot"), after: desk(oneService, "second")},
			scenario{name: moveService, engine: engine, setup: services, before: desk(oneService, "bot"), after: desk(otherService, "bot"), mayFallSilent: []string{oneService}},
			scenario{name: "rename behind a service", engine: engine, setup: services, before: desk(oneService, "bot"), after: served("renamed", deskBlock(oneService, "bot"))},
			scenario{name: "free a service", engine: engine, setup: services, before: desk(oneService, "bot"), after: served("first"), mayFallSilent: []string{oneService}},
		)
	}
	// The number itself is the same to every engine.
	idle := []block{botBlock("bot", forced(content("studio", "first", 1)))}
	bought := append(slices.Clone(idle), releasing(newNumber), bindsNumber(newNumber))
	set := func(address, mode string) block {
		return releasing(newNumber).with("address_sid", str(address)).with("voice_receive_mode", str(mode))
	}
	was := functionBlock("first").with("environment_variables", texts("GREETING", "hello", "OLD", "x"))
	becomes := withSecret(functionBlock("second"), "hunter2", 1).with("environment_variables", texts("GREETING", "bye")).
		with("dependencies", texts("twilio", "5.0.0")).with("assistant_unique_name", str("surgery"))
	return append(all,
		scenario{name: buyNumber, engine: "studio", before: idle, after: bought},
		scenario{name: "set a number", engine: "studio", before: []block{idle[0], set(anotherAddress, "voice"), bought[2]}, after: []block{idle[0], set(anAddress, "fax"), bought[2]}},
		scenario{name: "release a number", engine: "studio", before: bought, after: idle, mayFallSilent: []string{newNumber}},
		scenario{name: deployFunction, engine: "functions", after: []block{becomes}},
		scenario{name: "change a function", engine: "functions", before: []block{was}, after: []block{becomes}},
		scenario{name: "delete a function", engine: "functions", before: []block{was}, mayFallSilent: []string{"function"}},
	)
}

// variant is what the user does after the cut.
type variant struct {
	name    string
	blocks  func(scenario) []block
	refresh bool
}

var variants = []variant{
	{"same", func(s scenario) []block { return s.after }, true},
	{"reverted", func(s scenario) []block { return s.before }, true},
	{"destroy", func(scenario) []block { return nil }, true},
	{"no refresh", func(s scenario) []block { return s.after }, false},
}

// bench is one account with a stack on it, at the start of a scenario.
type bench struct {
	*stack
	gate    *gate
	created *int // how many SIDs the account has given
}

func (s scenario) bench(t *testing.T) bench {
	t.Helper()
	b := emptyBench(t, 0)
	if s.setup != nil {
		s.setup(b.w)
	}
	if err := b.apply(s.before, true); err != nil {
		t.Fatal(err)
	}
	if s.byHand != nil {
		s.byHand(b.w)
		// The state is as fresh as after a plan.
		if _, err := b.plan(s.before, true); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func emptyBench(t *testing.T, created int) bench {
	t.Helper()
	w := &world{t: t, box: sandbox.New(quick(), sandbox.WithSIDs(func(prefix string) string {
		created++
		return fmt.Sprintf("%s%032x", prefix, created)
	}))}
	g := &gate{next: conforming(t, w.box), box: w.box}
	w.server = httptest.NewServer(slowed(t, g))
	w.server.Config.ErrorLog = nil
	t.Cleanup(w.server.Close)
	b := bench{newStack(w, w.server.URL), g, &created}
	b.dead = g.isDead
	return b
}

// copied returns what makes benches like one.
func (b bench) copied(t *testing.T) func(t *testing.T) bench {
	t.Helper()
	contents, err := b.w.box.Contents(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return func(t *testing.T) bench {
		t.Helper()
		c := emptyBench(t, *b.created)
		if err := c.w.box.Restore(contents); err != nil {
			t.Fatal(err)
		}
		c.blocks, c.states, c.deposed = b.blocks, maps.Clone(b.states), slices.Clone(b.deposed)
		return c
	}
}

// close closes the account's server, and drops the account, which the test would
// otherwise keep until its end: there are thousands of them.
func (b bench) close() {
	b.w.server.Close()
	b.w.server.Config.Handler = http.NotFoundHandler()
}

// reference is the account that a clean run leaves.
type reference struct {
	calls     int // of the operation itself
	snapshots map[string][]string
	builds    map[string]int
	known     *resumptions
	bench     func(t *testing.T) bench // at the start of the scenario
}

func (s scenario) reference(t *testing.T) reference {
	t.Helper()
	r := reference{snapshots: map[string][]string{}, builds: map[string]int{}, known: &resumptions{known: map[string]func() (outcome, error){}}}
	first := s.bench(t)
	defer first.close()
	r.bench = first.copied(t)
	for _, v := range variants {
		b := r.bench(t)
		b.gate.arm(0, "", s.mayFallSilent)
		if v.name == "destroy" {
			b.gate.ignore()
		}
		if err := b.apply(v.blocks(s), true); err != nil {
			t.Fatalf("the clean run (%s): %v", v.name, err)
		}
		calls := b.gate.disarm()
		if v.name == "same" {
			r.calls = calls
		}
		if err := b.empty(v.blocks(s)); err != nil {
			t.Fatalf("the clean run (%s): %v", v.name, err)
		}
		if err := b.gate.violation(); err != nil {
			t.Fatalf("the clean run (%s): %v", v.name, err)
		}
		r.snapshots[v.name], r.builds[v.name] = b.gate.snapshot(), b.gate.builds()
		b.close()
	}
	return r
}

// outcome is how a case ended.
type outcome string

const (
	converged outcome = "converged"
	// byImport: a bot that was completed by a process that was killed before it could
	// save it is refused by name, and adopted with the import that the error prints.
	byImport outcome = "by import"
	// byOverwrite: a number that a killed process moved between two bots answers for
	// another one than the state has, which is refused with its name, and corrected
	// with overwrite.
	byOverwrite outcome = "by overwrite"
	// left: an object that no state has remains, and does no harm.
	left outcome = "left"
	// stillSaid: a suspension that no state has silences numbers, and every plan warns.
	stillSaid outcome = "silent, said"
	failed    outcome = "failed"
)

func (s scenario) run(t *testing.T, r reference, nth int, kind string, v variant) (outcome, error) {
	b := r.bench(t)
	defer b.close()
	b.gate.arm(nth, kind, s.mayFallSilent)
	first := b.apply(s.after, true)
	b.gate.disarm()
	if err := b.gate.violation(); err != nil {
		return "", fmt.Errorf("%w (%s)", err, saying(first))
	}
	return r.known.resume(b.fingerprint()+v.name+strconv.FormatBool(lost(kind, first)), func() (outcome, error) {
		return s.resume(b, r, kind, v, first)
	})
}

// resume is what the user does after an apply that was cut, which ended with the error first.
func (s scenario) resume(b bench, r reference, kind string, v variant, first error) (outcome, error) {
	result := converged
	if v.name == "destroy" {
		b.gate.ignore()
	}
	blocks := v.blocks(s)
	err := b.apply(blocks, v.refresh)
	if err != nil {
		if result, blocks, err = s.asked(b, v, blocks, err, lost(kind, first)); err != nil {
			return "", err
		}
		err = b.apply(blocks, true)
	}
	if err != nil {
		return "", fmt.Errorf("applying again: %w (%s)", err, saying(first))
	}
	if err := b.empty(blocks); err != nil {
		return "", fmt.Errorf("%w (%s)", err, saying(first))
	}
	if err := b.gate.violation(); err != nil {
		return "", err
	}
	if diff := cmp.Diff(s.comparable(r.snapshots[v.name]), s.comparable(b.gate.snapshot())); diff != "" {
		if how, ok := s.excused(b, r, v); ok && lost(kind, first) {
			return how, nil
		}
		return "", fmt.Errorf("the account differs from that of a clean run (%s): %s", saying(first), diff)
	}
	if (v.name == "same" || v.name == "no refresh") && b.gate.builds() > r.builds[v.name] {
		return "", fmt.Errorf("%d model builds, and %d in a clean run (%s)", b.gate.builds(), r.builds[v.name], saying(first))
	}
	return result, nil
}

// resumptions are the outcomes of what the user does after a cut, by what there is then. Most
// calls are reads, and many a cut leaves the same account and the same state: what follows
// from them is tried once.
type resumptions struct {
	mu    sync.Mutex
	known map[string]func() (outcome, error)
}

func (k *resumptions) resume(key string, tried func() (outcome, error)) (outcome, error) {
	k.mu.Lock()
	if k.known[key] == nil {
		k.known[key] = sync.OnceValues(tried)
	}
	once := k.known[key]
	k.mu.Unlock()
	return once()
}

var moment = regexp.MustCompile(`20\d\d-\d\d-\d\dT[0-9:.]+`)

// namesBot reports whether the line of a number names a bot as one that answers on it.
func namesBot(line, name string) bool {
	return regexp.MustCompile(`(flow|application|assistant) ` + regexp.QuoteMeta(name) + `["/]`).MatchString(line)
}

// fingerprint is a digest of all that the next apply can know: the account and the state, but
// for their dates.
func (b bench) fingerprint() string {
	contents, err := b.w.box.Contents(context.Background())
	if err != nil {
		panic(err)
	}
	h := sha256.New()
	h.Write(moment.ReplaceAll(contents, nil))
	write := func(address string, saved savedState) {
		fmt.Fprintf(h, "\n%s %s\n", address, saved.kind)
		if saved.identity != nil {
			h.Write(saved.identity.IdentityData.MsgPack)
		}
		if saved.state != nil {
			h.Write(moment.ReplaceAll(saved.state.MsgPack, nil))
		}
		h.Write(moment.ReplaceAll(saved.private, nil))
	}
	for _, address := range slices.Sorted(maps.Keys(b.states)) {
		write(address, b.states[address])
	}
	for _, each := range b.deposed {
		write("deposed", each)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// asked does what an apply's error asks the user for before the next one. Only what
// was lost with a process may need it.
func (s scenario) asked(b bench, v variant, blocks []block, err error, lost bool) (outcome, []block, error) {
	if sid, address, ok := toImport(err); ok && lost {
		if err := b.imported(address, 0, sid); err != nil {
			return "", nil, fmt.Errorf("importing %s: %w", sid, err)
		}
		return byImport, blocks, nil
	}
	if said := err.Error(); lost && (strings.Contains(said, "`overwrite = true`") || strings.Contains(said, "Phone numbers still route to the bot")) {
		switch {
		case (s.repoints() || s.replaces()) && v.name == "reverted":
			return byOverwrite, overwriting(blocks), nil
		case s.repoints() && v.name == "destroy":
			// The binding takes back what it had, and then everything is destroyed.
			if err := b.apply(overwriting(s.before), true); err != nil {
				return "", nil, fmt.Errorf("taking the number back: %w", err)
			}
			return byOverwrite, blocks, nil
		}
	}
	return converged, blocks, nil
}

// saying is the error of the apply that was cut.
func saying(err error) string {
	if err == nil {
		return "the apply that was cut reported nothing"
	}
	return "the apply that was cut reported: " + err.Error()
}

// lost reports whether the apply that was cut could undo nothing: its process was
// killed, or the same request was refused again and again, which the error says. Only
// then may anything be left.
func lost(kind string, first error) bool {
	return kind == killedThere || kind == refusedCall && first != nil && strings.Contains(first.Error(), "could not be undone")
}

// excused returns what is left where a configuration that no longer asks for it meets
// an account that a process could not restore. No state has it, so no apply can
// remove it; it must do no harm, or be reported.
func (s scenario) excused(b bench, r reference, v variant) (outcome, bool) {
	if v.name == "same" || v.name == "no refresh" {
		// A replacement that was killed after its last write is complete, and no state has it:
		// another is created beside it, as the plan warned, and it is left idle.
		return left, s.replaces() && mixed(b.gate.snapshot(), r.snapshots[v.name], r.snapshots[v.name])
	}
	// A replacement that was killed after its last write is complete, and no state has it.
	if s.replaces() && mixed(b.gate.snapshot(), r.snapshots[v.name], r.snapshots["same"]) {
		return left, true
	}
	switch s.name {
	case deployFunction:
		// Its service says by its name which bot it belongs to, and the next creation takes it up.
		return left, !slices.ContainsFunc(b.gate.snapshot(), func(line string) bool {
			return !strings.HasPrefix(line, `function "clinic-hours", service "clinic-hours of bot surgery"`) && !slices.Contains(r.snapshots[v.name], line)
		})
	case bindService:
		// The service leads to the bot, which no state has; of one hosted elsewhere it keeps the
		// URL when that is removed.
		return left, v.name == "destroy" && s.engine == "application" || slices.Contains(b.gate.answering(), oneService+" sms")
	case bindSilencedService:
		// So it does, silenced.
		return left, v.name == "destroy" && s.engine == "application" || mixed(b.gate.snapshot(), r.snapshots[v.name], r.snapshots["same"])
	case "change of a service's bot":
		return left, v.name == "destroy" && s.engine == "application"
	case moveService:
		return left, v.name == "destroy" && s.engine == "application" || slices.Contains(b.gate.answering(), otherService+" sms")
	case buyNumber:
		// The account has the number, which no state has: asked for again, it is taken over.
		return left, cmp.Equal(r.snapshots[v.name], slices.DeleteFunc(b.gate.snapshot(), func(line string) bool { return strings.HasPrefix(line, "number "+newNumber+" ") }))
	case "create":
		return left, len(b.gate.answering()) == 0
	case "change of number":
		// The number it should move to may answer for the bot as well.
		return left, slices.Contains(b.gate.answering(), usNumber+" sms")
	case "rename":
		// An application that a killed process left under its mark does not reveal the
		// name that its numbers have as their label by then.
		return left, s.engine == "application" && cmp.Equal(unlabelled(r.snapshots[v.name]), unlabelled(b.gate.snapshot()))
	case "suspend":
		// The hold is made from the flow to the application. The flow alone silences nothing; it
		// goes with the bot, or becomes part of the bot's next hold.
		if mixed(b.gate.snapshot(), r.snapshots[v.name], []string{holdFlowAlone(b.gate.snapshot())}) {
			return left, true
		}
		return stillSaid, slices.ContainsFunc(b.warnings, func(w string) bool { return strings.Contains(w, "is suspended") })
	}
	return "", false
}

// holdFlowAlone is the line of a hold flow in the snapshot of an account that has no other part
// of a hold.
func holdFlowAlone(lines []string) string {
	for _, line := range lines {
		if strings.HasPrefix(line, `flow "suspended `) {
			return line
		}
	}
	return ""
}

// repoints reports whether the operation points a binding at another bot.
func (s scenario) repoints() bool {
	return slices.Contains([]string{"change of assistant", "swap on a shared number", "change of a service's bot"}, s.name)
}

// replaces reports whether the operation creates a bot that replaces another.
func (s scenario) replaces() bool {
	return s.name == "rename" || s.name == "rename behind a service" || s.name == "engine change"
}

// mixed reports whether each line of a snapshot is one of either of two others.
func mixed(got, one, other []string) bool {
	return !slices.ContainsFunc(got, func(line string) bool { return !slices.Contains(one, line) && !slices.Contains(other, line) })
}

var label = regexp.MustCompile(`^(number \S+) "([^"]*)"`)

// comparable is a snapshot of this scenario without what may differ. A number that two bots
// share is labelled with the name of either: which one, depends on which of the two bindings
// was changed last.
func (s scenario) comparable(lines []string) []string {
	if s.name != "swap on a shared number" {
		return lines
	}
	var all []string
	for _, line := range lines {
		if found := label.FindStringSubmatch(line); found != nil && namesBot(line, found[2]) {
			line = label.ReplaceAllString(line, `$1 "a bot of the number"`)
		}
		all = append(all, line)
	}
	return all
}

// unlabelled is a snapshot without the labels of numbers.
func unlabelled(lines []string) []string {
	var all []string
	for _, line := range lines {
		all = append(all, label.ReplaceAllString(line, "$1"))
	}
	return all
}

var importBlock = regexp.MustCompile(`(?s)import \{\s+to = twiliobot_assistant\.this\s+id = "(\w+)"`)

// toImport reads the import that an error prints.
func toImport(err error) (sid, address string, ok bool) {
	found := importBlock.FindStringSubmatch(err.Error())
	if found == nil {
		return "", "", false
	}
	address, _, _ = strings.Cut(strings.TrimPrefix(err.Error(), "planning "), ":")
	return found[1], address, true
}

// Every operation on every engine is cut at every one of its calls, in every way a
// call can be cut. Then the user applies again, at most twice: the same, the previous
// configuration, nothing, or the same without a refresh. The account is that of a clean
// run, the plan is empty, and at no moment did a number that answered before answer
// nothing.
func TestEveryOperationConvergesWhereverItIsCut(t *testing.T) {
	t.Parallel()
	results := &table{rows: map[string]*row{}}
	t.Cleanup(func() {
		if *everyFault {
			results.print()
		}
	})
	for _, s := range scenarios() {
		t.Run(s.name+" on "+s.engine, func(t *testing.T) {
			t.Parallel()
			r := s.reference(t)
			seed := rand.New(rand.NewPCG(4, uint64(len(s.name)*len(s.engine)))) //nolint:gosec // a fixed sample, not a secret
			type each struct {
				nth  int
				kind string
				v    variant
			}
			var cases []each
			for nth := 1; nth <= r.calls; nth++ {
				for _, kind := range cutKinds {
					for _, v := range variants {
						cases = append(cases, each{nth, kind, v})
					}
				}
			}
			seed.Shuffle(len(cases), func(i, j int) { cases[i], cases[j] = cases[j], cases[i] })
			if *everyFault {
				cases = cases[:len(cases) / *faultStride]
			} else {
				cases = cases[:sampled]
			}
			if *everyFault {
				t.Cleanup(func() { results.progress(s) })
			}
			// Most of a case is waiting, so they run in parallel.
			for part := range slices.Chunk(cases, atOnce) {
				t.Run(fmt.Sprintf("%s at call %d and others", part[0].kind, part[0].nth), func(t *testing.T) {
					t.Parallel()
					for _, c := range part {
						how, err := s.run(t, r, c.nth, c.kind, c.v)
						if err != nil {
							t.Errorf("%s at call %d of %d, then %s: %v", c.kind, c.nth, r.calls, c.v.name, err)
						}
						results.add(s, r.calls, c.kind, how, err)
					}
				})
			}
		})
	}
}

// table counts the outcomes of each operation on each engine, by the kind of cut.
type table struct {
	mu   sync.Mutex
	rows map[string]*row
}

type row struct {
	calls  int
	counts map[string]map[outcome]int // by the kind of cut
}

func (t *table) add(s scenario, calls int, kind string, how outcome, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	name := s.name + "\t" + s.engine
	if t.rows[name] == nil {
		t.rows[name] = &row{calls: calls, counts: map[string]map[outcome]int{}}
	}
	counts := t.rows[name].counts
	if counts[kind] == nil {
		counts[kind] = map[outcome]int{}
	}
	if err != nil {
		how = failed
	}
	counts[kind][how]++
}

// progress reports that an operation is done.
func (t *table) progress(s scenario) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.rows[s.name+"\t"+s.engine]
	fmt.Printf("%s on %s: cut at %d calls: %v\n", s.name, s.engine, r.calls, r.counts)
}

func (t *table) print() {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	columns := []outcome{converged, byImport, byOverwrite, left, stillSaid, failed}
	line := func(name string, calls any, kind string, counts map[outcome]int) {
		cases := 0
		for _, n := range counts {
			cases += n
		}
		fmt.Fprintf(out, "%s\t%v\t%s\t%d", name, calls, kind, cases)
		for _, column := range columns {
			fmt.Fprintf(out, "\t%d", counts[column])
		}
		fmt.Fprintln(out)
	}
	fmt.Fprint(out, "operation\tengine\tcalls\tcut\tcases")
	for _, column := range columns {
		fmt.Fprintf(out, "\t%s", column)
	}
	fmt.Fprintln(out)
	totals := map[outcome]int{}
	for _, name := range slices.Sorted(maps.Keys(t.rows)) {
		r := t.rows[name]
		for _, kind := range cutKinds {
			line(name, r.calls, kind, r.counts[kind])
			for how, n := range r.counts[kind] {
				totals[how] += n
			}
		}
	}
	line("all\t", "", "", totals)
	if err := out.Flush(); err != nil {
		panic(err)
	}
}
