package provider

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// again is the block under another address.
func (b block) again() block {
	b.address = b.kind() + ".again"
	return b
}

// A second resource for what an unchanged one has is refused at plan, whichever of the two
// Terraform plans first.
func TestSecondResourceForWhatOneHasIsRefused(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"studio", "application", "autopilot"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			bot, suspension := botBlock("bot", content(engine, "first", 1)), suspensionBlock()
			b.applied(bot, bindingBlock(ukNumber, "bot"), suspension)
			sid := str(b.sid("twiliobot_assistant.bot", "sid"))
			again := block{"twiliobot_suspension.again", func(map[string]tftypes.Value) map[string]tftypes.Value {
				return map[string]tftypes.Value{"assistant_sid": sid}
			}}
			for name, each := range map[string]struct {
				blocks []block
				want   string
			}{
				"a suspension, last":                 {[]block{bot, bindingBlock(ukNumber, "bot"), suspension, again}, "The bot is suspended twice"},
				"a suspension, first":                {[]block{again, bot, bindingBlock(ukNumber, "bot"), suspension}, "The bot is suspended twice"},
				"a name, last":                       {[]block{bot, bindingBlock(ukNumber, "bot"), suspension, bot.again()}, "Two bots of this configuration have one name"},
				"a name, first":                      {[]block{bot.again(), bot, bindingBlock(ukNumber, "bot"), suspension}, "Two bots of this configuration have one name"},
				"the name that another gives up":     {[]block{botBlock("bot", content(engine, "renamed", 1)), bot.again(), bindingBlock(ukNumber, "bot"), suspension}, "Two bots of this configuration have one name"},
				"a suspension under another address": {[]block{bot, bindingBlock(ukNumber, "bot"), suspension.again()}, "twiliobot_suspension.the_new_name"},
				"a bot under another address":        {[]block{bot.again()}, "twiliobot_assistant.the_new_name"},
			} {
				for _, refresh := range []bool{true, false} {
					_, err := b.plan(each.blocks, refresh)
					if err == nil || !strings.Contains(err.Error(), each.want) {
						t.Errorf("%s, refreshed %t: %v", name, refresh, err)
					} else if strings.Contains(err.Error(), "import {") {
						t.Errorf("%s, refreshed %t: it advises to import: %v", name, refresh, err)
					}
				}
			}
			b.applied(bot, bindingBlock(ukNumber, "bot"), suspension)
		})
	}
}

// A list that numbers its bots by `count`, and changes before its end, gives bots the names of
// others. Nothing is changed, and it says how they keep what they are, in every order.
func TestShiftedListOfBotsIsRefused(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	defer b.close()
	list := func(names ...string) (blocks []block) {
		for i, name := range names {
			blocks = append(blocks, botBlock(fmt.Sprintf("bot%d", i), content("studio", name, 1)))
		}
		return blocks
	}
	b.done(turn{blocks: list("a", "b", "c")})
	for _, each := range []struct {
		names, first []string
	}{
		{names: []string{"a", "c"}},
		{names: []string{"a", "c"}, first: []string{"twiliobot_assistant.bot1"}},
		{names: []string{"b", "c"}},
		{names: []string{"a", "new", "b", "c"}},
	} {
		_, err := b.run(turn{blocks: list(each.names...), first: each.first})
		if err == nil || !inOrder("With `count`", "`for_each`", "moved {").MatchString(err.Error()) || strings.Contains(err.Error(), "the_new_name") {
			t.Errorf("%v, %v first: %v", each.names, each.first, err)
		}
	}
	// As `for_each` with `moved` blocks does.
	c := list("c")[0]
	c.address = "twiliobot_assistant.bot2"
	sid := b.sid(c.address, "sid")
	b.done(turn{blocks: append(list("a"), c)})
	if b.sid(c.address, "sid") != sid {
		t.Error("the bot was replaced")
	}
}

// Whether a resource only changes its address does not depend on what was refreshed by
// then: Terraform may plan the removal of a resource before it reads it, or not read it.
func TestChangeOfAddressIsRefusedInEveryOrder(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, engine string, b bench) {
		bot, suspension := botBlock("bot", content(engine, "first", 1)), suspensionBlock()
		b.applied(bot, suspension)
		for _, each := range []struct {
			blocks []block
			first  []string
		}{
			{[]block{bot.again()}, []string{"twiliobot_assistant.again"}},
			{[]block{bot.again()}, []string{"twiliobot_assistant.bot"}},
			{[]block{bot, suspension.again()}, []string{"twiliobot_assistant.bot", "twiliobot_suspension.again"}},
			{[]block{bot, suspension.again()}, []string{"twiliobot_suspension.bot"}},
		} {
			_, err := b.intend(turn{blocks: each.blocks, first: each.first, unread: true})
			if err == nil || !strings.Contains(err.Error(), ".the_new_name") {
				t.Errorf("%s first: %v", each.first, err)
			}
		}
	})
}

// Two resources that have one suspension, as two imports make them: removing one leaves
// the bot suspended.
func TestRemovingOneOfTwoSuspensionsLeavesTheOther(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, engine string, b bench) {
		blocks := []block{botBlock("bot", content(engine, "first", 1)), bindingBlock(ukNumber, "bot"), suspensionBlock()}
		b.applied(blocks...)
		b.watched()
		if err := b.imported("twiliobot_suspension.again", 9, b.sid("twiliobot_assistant.bot", "sid")); err != nil {
			t.Fatal(err)
		}
		if err := b.apply(blocks, true); err != nil {
			t.Fatal(err)
		}
		b.answersOn()
		b.applied(blocks...)
	})
}

// replaced replaces a resource as Terraform does with -replace or replace_triggered_by: it
// plans it with its prior state and then as a new one, and in the apply as a new one again;
// tainted is the same for one that is planned as a new one alone.
func (b bench) replaced(blocks []block, at int, createFirst, tainted bool) error {
	target, ctx := blocks[at], context.Background()
	old := b.states[target.address]
	refs := map[string]tftypes.Value{}
	plan := func(p *wire, private []byte) (plannedBlock, error) {
		return b.planOne(p, target, savedState{private: private}, refs, nil)
	}
	p, err := b.provider()
	if err != nil {
		return err
	}
	for _, address := range b.inOrder() {
		had := b.states[address]
		read, err := p.server.ReadResource(ctx, &tfprotov6.ReadResourceRequest{TypeName: had.kind, CurrentState: had.state, Private: had.private, CurrentIdentity: had.identity})
		if err != nil {
			return err
		}
		if err := said(read.Diagnostics); err != nil {
			return err
		}
	}
	for _, each := range blocks {
		if had, ok := b.states[each.address]; ok {
			refs[each.address] = p.attribute(each.kind(), had.state, "sid")
		}
	}
	var first plannedBlock
	if !tainted {
		if first, err = b.planOne(p, target, old, refs, nil); err != nil {
			return err
		}
	}
	second, err := plan(p, first.private)
	if err != nil {
		return err
	}
	if p, err = b.provider(); err != nil {
		return err
	}
	destroy := func(private []byte) error {
		null := p.dynamic(p.kind(target.kind()), tftypes.NewValue(p.kind(target.kind()), nil))
		if createFirst { // what is deposed is planned once more
			planned, err := p.server.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{
				TypeName: target.kind(), PriorState: old.state, ProposedNewState: null, Config: null, PriorPrivate: old.private, PriorIdentity: old.identity,
			})
			if err != nil {
				return err
			}
			if err := said(planned.Diagnostics); err != nil {
				return err
			}
			for _, each := range planned.Diagnostics {
				if strings.Contains(each.Summary, "will be resumed") {
					return fmt.Errorf("it warns of what does not happen: %s: %s", each.Summary, each.Detail)
				}
			}
			private = planned.PlannedPrivate
		}
		answer, err := p.server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
			TypeName: target.kind(), PriorState: old.state, PlannedState: null, Config: null, PlannedPrivate: private, PlannedIdentity: old.identity,
		})
		if err != nil {
			return err
		}
		return said(answer.Diagnostics)
	}
	if !createFirst {
		if err := destroy(second.private); err != nil {
			return err
		}
	}
	delete(b.states, target.address)
	change, err := plan(p, nil)
	if err == nil {
		err = b.carryOut(p, target, old.order, change)
	}
	if err != nil {
		if createFirst {
			b.states[target.address] = old
		}
		return err
	}
	refs[target.address] = p.attribute(target.kind(), b.states[target.address].state, "sid")
	for i, each := range blocks {
		if i == at || target.kind() != "twiliobot_assistant" {
			continue
		}
		change, err := b.planOne(p, each, b.states[each.address], refs, nil)
		if err == nil && !change.noop {
			err = b.carryOut(p, each, i, change)
		}
		if err != nil {
			return err
		}
	}
	if createFirst {
		return destroy(nil)
	}
	return nil
}

func TestBotThatTerraformReplacesIsCreatedBesideTheOldOne(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"studio", "application", "autopilot"} {
		for _, tainted := range []bool{false, true} {
			name := engine
			if tainted {
				name += ", tainted"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				b := newBench(t)
				blocks := []block{botBlock("bot", content(engine, "first", 1)), bindingBlock(ukNumber, "bot")}
				b.applied(blocks...)
				old := b.sid("twiliobot_assistant.bot", "sid")
				b.gate.arm(0, "", nil)
				err := b.replaced(blocks, 0, true, tainted)
				b.gate.disarm()
				if err := b.gate.violation(); err != nil {
					t.Error(err)
				}
				now := b.sid("twiliobot_assistant.bot", "sid")
				if refused := engine == "autopilot"; refused != (err != nil) || refused != (now == old) {
					t.Fatalf("%s became %s: %v", old, now, err)
				}
				b.applied(blocks...)
				if names, _ := b.gate.bots(); len(names) != 1 {
					t.Errorf("remaining: %v", names)
				}
				// Without create_before_destroy it is refused before anything is written.
				if err := b.replaced(blocks, 0, false, tainted); err == nil {
					t.Error("a bot in use is replaced by none")
				}
				b.applied(blocks...)
				b.answersOn(ukNumber + " sms")
			})
		}
	}
}

// A bot and its bindings that Terraform replaces at once, each created first, need no
// overwrite: what the new binding finds on its number is the bot that the new one replaces.
func TestBotAndBindingThatTerraformReplacesAtOnce(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"studio", "application"} {
		b := newBench(t)
		blocks := on(map[string]string{"bot": engine}, sideBlock("front", ukNumber, "bot", "messaging"))
		b.done(turn{blocks: blocks})
		both := []string{"twiliobot_assistant.bot", "twiliobot_phone_number_binding.front"}
		b.uninterrupted(engine, turn{blocks: blocks, forced: both, createFirst: both})
		b.done(turn{blocks: blocks})
		b.expect(engine, `bot/ "bot"`)
		b.close()
	}
}

// A bot that leaves Autopilot and is replaced at once is advised to be moved first: another
// name would not help.
func TestBotThatLeavesAutopilotAndIsReplaced(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	front := sideBlock("front", ukNumber, "bot", "messaging")
	b.done(turn{blocks: on(map[string]string{"bot": "autopilot"}, front)})
	_, err := b.intend(turn{blocks: on(map[string]string{"bot": "studio"}, front), forced: []string{"twiliobot_assistant.bot"}})
	if err == nil || !strings.Contains(err.Error(), "Apply the change first") {
		t.Error(err)
	}
	b.close()
}

// What ignore_changes leaves alone of a bot, the one that replaces it is made of: it would be
// another bot of the same name, and nothing says that it replaces the one in use.
func TestBotWhoseIgnoredContentDiffersIsReplaced(t *testing.T) {
	t.Parallel()
	for engine, attribute := range map[string]string{"studio": "flow", "application": "webhooks"} {
		b := newBench(t)
		b.applied(botBlock("bot", content(engine, "first", 1)), bindingBlock(ukNumber, "bot"))
		b.ignored = map[string][]string{botAddress: {attribute}}
		blocks := []block{botBlock("bot", content(engine, "first", 2)), bindingBlock(ukNumber, "bot")}
		if err := b.empty(blocks); err != nil {
			t.Error(err)
		}
		_, err := b.intend(turn{blocks: blocks, forced: []string{botAddress}, createFirst: []string{botAddress}})
		if err == nil || !strings.Contains(err.Error(), "remove it from `ignore_changes`") {
			t.Errorf("%s: the plan says %v", engine, err)
		}
		b.close()
	}
}

// A bot that nothing routes to is replaced where Terraform destroys it first; where it
// does not, the apply stops and leaves all as it was.
func TestIdleBotThatTerraformReplaces(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, engine string, b bench) {
		blocks := []block{botBlock("bot", content(engine, "first", 1))}
		b.applied(blocks...)
		old := b.sid("twiliobot_assistant.bot", "sid")
		if err := b.replaced(blocks, 0, true, false); err == nil || !strings.Contains(err.Error(), "create_before_destroy") && engine != "autopilot" {
			t.Errorf("beside the old one: %v", err)
		}
		b.applied(blocks...)
		if now := b.sid("twiliobot_assistant.bot", "sid"); now != old {
			t.Errorf("%s became %s", old, now)
		}
		if err := b.replaced(blocks, 0, false, false); err != nil {
			t.Error(err)
		}
		b.applied(blocks...)
		if now := b.sid("twiliobot_assistant.bot", "sid"); now == old {
			t.Error("it was not replaced")
		}
		if names, _ := b.gate.bots(); len(names) != 1 {
			t.Errorf("remaining: %v", names)
		}
	})
}

// A suspension that Terraform replaces never lets the bot answer, in either order, and
// what it saved of the numbers goes along.
func TestSuspensionThatTerraformReplacesStays(t *testing.T) {
	t.Parallel()
	for name, how := range map[string]struct{ createFirst, tainted bool }{
		"destroyed first": {}, "created first": {createFirst: true}, "tainted, destroyed first": {tainted: true}, "tainted, created first": {true, true},
	} {
		onEachEngineNamed(t, name, func(t *testing.T, engine string, b bench) {
			blocks := []block{botBlock("bot", content(engine, "first", 1)), bindingBlock(ukNumber, "bot"), suspensionBlock()}
			b.applied(blocks...)
			b.watched()
			if err := b.replaced(blocks, 2, how.createFirst, how.tainted); err != nil {
				t.Fatal(err)
			}
			b.applied(blocks...)
			b.gate.next = conforming(t, b.w.box)
			b.applied(blocks[:2]...)
			b.answersOn(ukNumber + " sms")
		})
	}
}

func onEachEngineNamed(t *testing.T, name string, test func(t *testing.T, engine string, b bench)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { onEachEngine(t, test) })
}

func TestBotsThatShareANameAreImportedAndKeepIt(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"studio", "application"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			made := content(engine, "first", 1)
			b.applied(botBlock("one", made))
			one := b.sid("twiliobot_assistant.one", "sid")
			b.applied(botBlock("one", made), botBlock("two", content(engine, "second", 1)))
			two := b.sid("twiliobot_assistant.two", "sid")
			at, form := apiBase+"/Applications/"+two+".json", map[string]string{"FriendlyName": "first"}
			if engine == "studio" {
				at, form["Status"] = studioBase+"/"+two, "published"
			}
			b.w.call("POST", at, form)
			clear(b.states)
			for i, sid := range []string{one, two} {
				if err := b.imported([]string{"twiliobot_assistant.one", "twiliobot_assistant.two"}[i], i, sid); err != nil {
					t.Fatal(err)
				}
			}
			blocks := []block{botBlock("one", made), botBlock("two", made)}
			if err := b.apply(blocks, true); err != nil {
				t.Fatal(err)
			}
			for sid, other := range map[string]string{one: two, two: one} {
				if want := sid + ") is imported, and others have its name: " + other + "."; !strings.Contains(strings.Join(b.warnings, "\n"), want) {
					t.Errorf("not said: %s\n%q", want, b.warnings)
				}
			}
			if err := b.empty(blocks); err != nil {
				t.Error(err)
			}
			// A third of the name is refused, and so is a rename to it.
			if _, err := b.plan(append(blocks, botBlock("three", made)), true); err == nil {
				t.Error("a third of the name is planned")
			}
			// Each can change and go without the other.
			b.applied(botBlock("one", content(engine, "first", 2)), botBlock("two", made))
			b.applied(botBlock("one", content(engine, "renamed", 2)), botBlock("two", made))
			if _, err := b.plan([]block{botBlock("one", content(engine, "first", 2)), botBlock("two", made)}, true); err == nil {
				t.Error("it is renamed back to the name that the other has")
			}
			b.applied(botBlock("two", made))
			if now := b.sid("twiliobot_assistant.two", "sid"); now != two {
				t.Errorf("%s became %s", two, now)
			}
		})
	}
}

// Whether an imported bot shares its name is read from one listing, however many are imported.
func TestImportsOfBotsShareAListing(t *testing.T) {
	t.Parallel()
	lists := func(bots int) (n int) {
		b := newBench(t)
		var blocks []block
		for i := range bots {
			blocks = append(blocks, botBlock(fmt.Sprint("bot", i), content("application", fmt.Sprint("bot", i), 1)))
		}
		b.applied(blocks...)
		sids := map[string]string{}
		for _, each := range blocks {
			sids[each.address] = b.sid(each.address, "sid")
		}
		clear(b.states)
		for i, each := range blocks {
			if err := b.imported(each.address, i, sids[each.address]); err != nil {
				t.Fatal(err)
			}
		}
		var mu sync.Mutex
		inner := b.gate.next
		b.gate.next = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/Flows") {
				mu.Lock()
				n++
				mu.Unlock()
			}
			inner.ServeHTTP(w, r)
		})
		if _, err := b.plan(blocks, true); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if few, many := lists(2), lists(8); few != many {
		t.Errorf("flows are listed %d times for two imports and %d times for eight", few, many)
	}
}
