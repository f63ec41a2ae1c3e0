package provider

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

const (
	newNumber      = "+12125550101"
	otherNewNumber = "+14155550102"
	anAddress      = "AD11111111111111111111111111111111"
	anotherAddress = "AD22222222222222222222222222222222"
	aNumberBlock   = "twiliobot_phone_number.front"
)

func numberBlock(phone string) block {
	return block{aNumberBlock, func(map[string]tftypes.Value) map[string]tftypes.Value {
		return map[string]tftypes.Value{"phone_number": str(phone)}
	}}
}

func (b block) named(address string) block { return block{address, b.values} }

func boolean(value bool) tftypes.Value { return tftypes.NewValue(tftypes.Bool, value) }

func releasing(phone string) block {
	return numberBlock(phone).with("release_on_destroy", boolean(true))
}

// bindsNumber binds the bot to the number of a resource, by its SID or by the number itself.
func bindsNumber(phone string) block {
	return block{"twiliobot_phone_number_binding.front", func(refs map[string]tftypes.Value) map[string]tftypes.Value {
		values := map[string]tftypes.Value{"assistant_sid": refs["twiliobot_assistant.bot"], "phone_number_sid": refs[aNumberBlock]}
		if phone != "" {
			values["phone_number"] = str(phone)
			delete(values, "phone_number_sid")
		}
		return values
	}}
}

// ownedTimes counts the numbers of the account that are this one.
func (b bench) ownedTimes(phone string) int {
	n := 0
	for _, row := range b.gate.rows(apiBase+"/IncomingPhoneNumbers.json?PageSize=1000", "incoming_phone_numbers") {
		if field(row, "phone_number") == phone {
			n++
		}
	}
	return n
}

// purchases counts the purchases that reached the sandbox.
func (b bench) purchases() int {
	n := 0
	for _, entry := range b.w.box.Journal() {
		if entry.Method == http.MethodPost && strings.HasSuffix(entry.Path, "/IncomingPhoneNumbers.json") {
			n++
		}
	}
	return n
}

func (b bench) mustApply(blocks ...block) {
	b.w.t.Helper()
	if err := b.apply(blocks, true); err != nil {
		b.w.t.Fatal(err)
	}
}

// steady applies, and checks that the next plan is empty.
func (b bench) steady(blocks ...block) {
	b.w.t.Helper()
	b.mustApply(blocks...)
	if err := b.empty(blocks); err != nil {
		b.w.t.Error(err)
	}
}

// warnsWith reports whether a warning of the last plan and apply has each of these words.
func (s *stack) warnsWith(all ...string) bool {
	return slices.ContainsFunc(s.warnings, func(w string) bool {
		return !slices.ContainsFunc(all, func(words string) bool { return !strings.Contains(w, words) })
	})
}

func (b bench) value(address, attribute string) tftypes.Value {
	b.w.t.Helper()
	p, err := b.provider()
	if err != nil {
		b.w.t.Fatal(err)
	}
	return p.attribute(strings.Split(address, ".")[0], b.states[address].state, attribute)
}

func TestNumberIsBoughtBoundFreedAndLeft(t *testing.T) {
	t.Parallel()
	for name, phone := range map[string]string{"by SID": "", "by number": newNumber} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			defer b.close()
			if _, err := b.w.box.ChangeSettings(`{"placeholder_urls": true}`); err != nil {
				t.Fatal(err)
			}
			bot := botBlock("bot", content("studio", "first", 1))
			changes, err := b.plan([]block{numberBlock(newNumber)}, true)
			if err != nil || changes[aNumberBlock].noop {
				t.Fatal(err)
			}
			if !b.warnsWith(newNumber+" will be bought", "charges", "local number in US (New York)", "leaves it in the account") {
				t.Errorf("the plan says %q", b.warnings)
			}
			b.steady(bot, numberBlock("+1 (212) 555-0101"), bindsNumber(phone))
			if n := b.ownedTimes(newNumber); n != 1 || b.purchases() != 1 {
				t.Errorf("owned %d times, after %d purchases", n, b.purchases())
			}
			row := b.w.number(newNumber)
			if field(row, "friendly_name") != "first" || !slices.Contains(b.gate.answering(), newNumber+" sms") || field(row, "voice_url") != "https://demo.twilio.com/welcome/voice/" {
				t.Errorf("the binding does not answer on it: %v", row)
			}
			b.mustApply(bot)
			if b.ownedTimes(newNumber) != 1 || !b.warnsWith(newNumber+" stays in the account") {
				t.Errorf("it was released, or nothing was said: %q", b.warnings)
			}
			if field(b.w.number(newNumber), "friendly_name") != "free" {
				t.Error("the binding did not free it")
			}
			// Asked for again, it is taken over.
			b.steady(bot, releasing(newNumber))
			if b.purchases() != 1 || b.ownedTimes(newNumber) != 1 {
				t.Errorf("it was bought again: %d purchases", b.purchases())
			}
			b.mustApply(bot)
			if b.ownedTimes(newNumber) != 0 {
				t.Error("it was not released")
			}
		})
	}
}

func TestPlanSaysThatAnOwnedNumberIsTakenOver(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	defer b.close()
	blocks := []block{numberBlock(usNumber).with("address_sid", str(anAddress))}
	if _, err := b.plan(blocks, true); err != nil {
		t.Fatal(err)
	}
	if !b.warnsWith(usNumber+" is owned already", "nothing is bought", `address_sid from "" to "`+anAddress) {
		t.Errorf("the plan says %q", b.warnings)
	}
	b.steady(blocks...)
	if b.purchases() != 0 || field(b.w.number(usNumber), "address_sid") != anAddress {
		t.Errorf("%d purchases, %v", b.purchases(), b.w.number(usNumber))
	}
}

func TestPlanRefusesWhatTwilioDoesNotSell(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	defer b.close()
	other, err := b.w.box.AddAccount("other", "")
	if err == nil {
		_, err = b.w.box.AddNumber(fmt.Sprintf(`{"phone_number": %q, "account_sid": %q}`, newNumber, other.AccountSID))
	}
	if err != nil {
		t.Fatal(err)
	}
	for phone, want := range map[string][]string{
		newNumber:       {"does not sell", "twiliobot_available_phone_numbers"},
		"+33199000001":  {"does not sell"},
		"+61255500101":  {"asks for an address", "address_sid", `"any"`},
		"+493023125001": {"asks for an address", "in the country"},
	} {
		_, err := b.plan([]block{numberBlock(phone)}, true)
		for _, words := range want {
			if err == nil || !strings.Contains(err.Error(), words) {
				t.Errorf("%s: the plan does not say %q: %v", phone, words, err)
			}
		}
	}
	// What only the purchase tells.
	err = b.apply([]block{numberBlock("+493023125001").with("address_sid", str(anAddress))}, true)
	if err == nil || !strings.Contains(err.Error(), "21649") || !strings.Contains(err.Error(), "`bundle_sid`") || b.ownedTimes("+493023125001") != 0 {
		t.Errorf("%v", err)
	}
	bundled := numberBlock("+493023125001").with("address_sid", str(anAddress)).with("bundle_sid", str("BU11111111111111111111111111111111"))
	b.steady(bundled)
	b.withoutRights(http.StatusForbidden, "phone-numbers/available-numbers/list")
	if _, err := b.plan([]block{bundled, numberBlock(otherNewNumber).named("twiliobot_phone_number.other")}, true); err != nil || !b.warnsWith(otherNewNumber+" will be bought", "could not be found out", "phone-numbers/available-numbers/list") {
		t.Errorf("%v; the plan says %q", err, b.warnings)
	}
}

func TestSettingsOfANumberAreThoseThatAreGiven(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	defer b.close()
	set := func(attributes map[string]tftypes.Value) block {
		n := numberBlock(newNumber)
		for name, value := range attributes {
			n = n.with(name, value)
		}
		return n
	}
	all := map[string]tftypes.Value{
		"address_sid": str(anAddress), "identity_sid": str("RI11111111111111111111111111111111"), "bundle_sid": str("BU11111111111111111111111111111111"),
		"emergency_address_sid": str(anAddress), "emergency_status": str("Active"), "voice_receive_mode": str("fax"), "voice_caller_id_lookup": boolean(true),
	}
	b.steady(set(all))
	row := b.w.number(newNumber)
	for name, value := range all {
		if name == "voice_caller_id_lookup" {
			continue
		}
		if field(row, name) != stringOf(t, value) || stringOf(t, b.value(aNumberBlock, name)) != stringOf(t, value) {
			t.Errorf("%s is %q", name, field(row, name))
		}
	}
	if row["voice_caller_id_lookup"] != true || b.purchases() != 1 {
		t.Errorf("%v, %d purchases", row, b.purchases())
	}
	// What is not given any more stays, and what another client changes of it is no diff.
	b.steady(set(nil))
	b.w.setNumber(newNumber, map[string]string{"VoiceReceiveMode": "voice", "AddressSid": anotherAddress})
	if err := b.empty([]block{set(nil)}); err != nil {
		t.Error(err)
	}
	if got := stringOf(t, b.value(aNumberBlock, "address_sid")); got != anotherAddress {
		t.Errorf("the state has %s", got)
	}
	// What is given is put back, or taken away, and nothing else is written.
	b.w.box.ClearJournal()
	b.steady(set(map[string]tftypes.Value{"address_sid": str(anAddress), "identity_sid": str("")}))
	wrote := 0
	for _, entry := range b.w.box.Journal() {
		if entry.Method != http.MethodPost {
			continue
		}
		wrote++
		if len(entry.Form) != 2 || !entry.Form.Has("AddressSid") || !entry.Form.Has("IdentitySid") {
			t.Errorf("it wrote %v", entry.Form)
		}
	}
	if row := b.w.number(newNumber); wrote != 1 || field(row, "address_sid") != anAddress || row["identity_sid"] != nil {
		t.Errorf("%d writes: %v", wrote, row)
	}
	// Something that changes between the plan and the apply stops the apply.
	b.between = func() { b.w.setNumber(newNumber, map[string]string{"BundleSid": ""}) }
	if err := b.apply([]block{set(map[string]tftypes.Value{"address_sid": str(anotherAddress)})}, true); err == nil || !strings.Contains(err.Error(), "changed since the plan") {
		t.Errorf("the apply goes on: %v", err)
	}
	if field(b.w.number(newNumber), "address_sid") != anAddress {
		t.Error("it wrote all the same")
	}
}

func TestEmergencyCallsThatAreNotSetUpAreSaid(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	defer b.close()
	b.steady(numberBlock(newNumber).with("emergency_status", str("Active")))
	if !b.warnsWith("Emergency calls without an address") {
		t.Errorf("the plan says %q", b.warnings)
	}
	if _, err := b.w.box.AddNumber(`{"phone_number": "+12125550109", "emergency_address_sid": "` + anAddress + `", "emergency_address_status": "registration-failure"}`); err != nil {
		t.Fatal(err)
	}
	failed := numberBlock("+12125550109").named("twiliobot_phone_number.failed").with("emergency_address_sid", str(anAddress))
	b.mustApply(numberBlock(newNumber), failed)
	if err := b.empty([]block{numberBlock(newNumber), failed}); err != nil || !b.warnsWith("could not register the emergency address", "registration-failure") {
		t.Errorf("%v; the plan says %q", err, b.warnings)
	}
}

// An import buys and releases nothing, nor does the first plan after it.
func TestImportedNumberIsNeitherBoughtNorReleased(t *testing.T) {
	t.Parallel()
	for _, id := range []string{usNumber, "SID"} {
		b := newBench(t)
		if id == "SID" {
			id = field(b.w.number(usNumber), "sid")
		}
		if err := b.imported(aNumberBlock, 0, id); err != nil {
			t.Fatal(err)
		}
		if err := b.empty([]block{numberBlock(usNumber)}); err != nil {
			t.Errorf("%s: %v", id, err)
		}
		if _, err := b.plan([]block{numberBlock(newNumber)}, true); err == nil || !strings.Contains(err.Error(), "imported phone number is another one") {
			t.Errorf("%s: a purchase is planned: %v", id, err)
		}
		if err := b.apply([]block{releasing(usNumber)}, true); err != nil || b.ownedTimes(usNumber) != 1 {
			t.Errorf("%s: %v", id, err)
		}
		// From then on it is managed as one that was bought.
		if _, err := b.intend(turn{blocks: []block{releasing(newNumber)}}); err != nil {
			t.Errorf("%s: %v", id, err)
		}
		b.close()
	}
	b := newBench(t)
	defer b.close()
	if err := b.imported(aNumberBlock, 0, newNumber); err == nil || !strings.Contains(err.Error(), "an import buys none") {
		t.Errorf("%v", err)
	}
	if err := b.imported(aNumberBlock, 0, usNumber); err != nil {
		t.Fatal(err)
	}
	b.mustApply()
	if b.ownedTimes(usNumber) != 1 || !b.warnsWith("stays in the account") {
		t.Errorf("destroying an imported number released it, or says nothing: %q", b.warnings)
	}
}

func TestImportOfANumberByIdentity(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sid := field(w.number(usNumber), "sid")
	state, identity := newWire(t, w).imported("twiliobot_phone_number", "sid", sid)
	if stringOf(t, state["phone_number"]) != usNumber || stringOf(t, identity["sid"]) != sid || stringOf(t, identity["account_sid"]) != sandbox.StarterAccountSID || !state["release_on_destroy"].IsNull() {
		t.Errorf("imported %v under %v", state, identity)
	}
}

// What replaces a number, in every way that Terraform has.
func TestReplacedNumberIsReleasedOnlyWhereThatIsAskedFor(t *testing.T) {
	t.Parallel()
	for name, each := range map[string]struct {
		before, after []block
		turn          turn
		later         bool     // the number after is known after apply
		left          []string // numbers that the account has then
		gone          []string
		bought        int
		refused       string
		said          string
	}{
		"another number":                   {before: []block{numberBlock(newNumber)}, after: []block{numberBlock(otherNewNumber)}, left: []string{newNumber, otherNewNumber}, bought: 2, said: newNumber + " stays in the account"},
		"another number, releasing":        {before: []block{releasing(newNumber)}, after: []block{releasing(otherNewNumber)}, left: []string{otherNewNumber}, gone: []string{newNumber}, bought: 2, said: newNumber + " will be released"},
		"another, releasing, new first":    {before: []block{releasing(newNumber)}, after: []block{releasing(otherNewNumber)}, turn: turn{createFirst: []string{aNumberBlock}}, left: []string{otherNewNumber}, gone: []string{newNumber}, bought: 2},
		"unknown, releasing":               {before: []block{releasing(newNumber)}, after: []block{releasing(otherNewNumber)}, turn: turn{}, later: true, left: []string{newNumber, otherNewNumber}, bought: 2, said: newNumber + " may be released"},
		"unknown, releasing, new first":    {before: []block{releasing(newNumber)}, after: []block{releasing(otherNewNumber)}, turn: turn{createFirst: []string{aNumberBlock}}, later: true, left: []string{otherNewNumber}, gone: []string{newNumber}, bought: 2, said: newNumber + " may be released"},
		"unknown, and the same, new first": {before: []block{releasing(newNumber)}, after: []block{releasing(newNumber)}, turn: turn{createFirst: []string{aNumberBlock}}, later: true, left: []string{newNumber}, bought: 1, said: newNumber + " may be released"},
		"release_on_destroy of the future": {before: []block{numberBlock(newNumber)}, after: []block{releasing(otherNewNumber)}, left: []string{newNumber, otherNewNumber}, bought: 2},
		"-replace":                         {before: []block{numberBlock(newNumber)}, after: []block{numberBlock(newNumber)}, turn: turn{forced: []string{aNumberBlock}}, left: []string{newNumber}, bought: 1},
		"-replace, releasing":              {before: []block{releasing(newNumber)}, after: []block{releasing(newNumber)}, turn: turn{forced: []string{aNumberBlock}}, left: []string{newNumber}, bought: 1},
		"-replace, releasing, new first":   {before: []block{releasing(newNumber)}, after: []block{releasing(newNumber)}, turn: turn{forced: []string{aNumberBlock}, createFirst: []string{aNumberBlock}}, left: []string{newNumber}, bought: 1},
		"taint, releasing":                 {before: []block{releasing(newNumber)}, after: []block{releasing(newNumber)}, turn: turn{tainted: []string{aNumberBlock}}, left: []string{newNumber}, bought: 1},
		"taint, releasing, new first":      {before: []block{releasing(newNumber)}, after: []block{releasing(newNumber)}, turn: turn{tainted: []string{aNumberBlock}, createFirst: []string{aNumberBlock}}, left: []string{newNumber}, bought: 1},
		"taint and another number":         {before: []block{releasing(newNumber)}, after: []block{releasing(otherNewNumber)}, turn: turn{tainted: []string{aNumberBlock}}, left: []string{otherNewNumber}, gone: []string{newNumber}, bought: 2},
		"another name":                     {before: []block{releasing(newNumber)}, after: []block{releasing(newNumber).named("twiliobot_phone_number.other")}, refused: "moved {", left: []string{newNumber}, bought: 1},
		"another name, not releasing":      {before: []block{numberBlock(newNumber)}, after: []block{numberBlock(newNumber).named("twiliobot_phone_number.other")}, refused: "moved {", left: []string{newNumber}, bought: 1},
		"a second resource":                {before: []block{releasing(newNumber)}, after: []block{releasing(newNumber), releasing(newNumber).named("twiliobot_phone_number.other")}, refused: "Two resources", left: []string{newNumber}, bought: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			defer b.close()
			b.mustApply(each.before...)
			each.turn.blocks = each.after
			if each.later {
				b.later = map[string][]string{aNumberBlock: {"phone_number"}}
			}
			_, err := b.run(each.turn)
			b.later = nil
			if (err != nil) != (each.refused != "") || err != nil && !strings.Contains(err.Error(), each.refused) {
				t.Fatalf("%v", err)
			}
			if err == nil && !b.warnsWith(each.said) {
				t.Errorf("it says %q", b.warnings)
			}
			if err == nil {
				if err := b.settled(each.after); err != nil {
					t.Error(err)
				}
			}
			for _, phone := range each.left {
				if b.ownedTimes(phone) != 1 {
					t.Errorf("%s is owned %d times", phone, b.ownedTimes(phone))
				}
			}
			for _, phone := range each.gone {
				if b.ownedTimes(phone) != 0 {
					t.Errorf("%s is still owned", phone)
				}
			}
			if b.purchases() != each.bought {
				t.Errorf("%d purchases", b.purchases())
			}
		})
	}
}

// A replacement that is killed once the new object stands beside the old one, of the same
// number: the old one, when it is deleted at last, does not take the number from the new one.
func TestOldObjectDoesNotReleaseTheNumberOfTheNewOne(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	defer b.close()
	blocks := []block{releasing(newNumber)}
	b.mustApply(blocks...)
	killed := turn{blocks: blocks, forced: []string{aNumberBlock}, createFirst: []string{aNumberBlock}, stop: 1}
	if _, err := b.run(killed); err == nil || len(b.deposed) != 1 {
		t.Fatalf("%v, %d objects are left", err, len(b.deposed))
	}
	if _, err := b.run(turn{blocks: blocks}); err != nil {
		t.Fatal(err)
	}
	if b.ownedTimes(newNumber) != 1 || len(b.deposed) != 0 {
		t.Errorf("owned %d times, %d objects are left", b.ownedTimes(newNumber), len(b.deposed))
	}
}

func TestNumberIsNotReleasedUnderWhoAnswers(t *testing.T) {
	t.Parallel()
	bot := botBlock("bot", content("studio", "first", 1))
	theirs := map[string]string{"SmsUrl": "https://theirs.example.com/sms"}
	t.Run("bound by hand", func(t *testing.T) {
		t.Parallel()
		b := newBench(t)
		defer b.close()
		b.mustApply(bot, releasing(newNumber))
		b.w.setNumber(newNumber, theirs)
		b.mustApply(bot)
		if !b.warnsWith(newNumber+" will be released", "https://theirs.example.com/sms", "cannot be got back") || b.ownedTimes(newNumber) != 0 {
			t.Errorf("it says %q", b.warnings)
		}
	})
	t.Run("by another since the plan", func(t *testing.T) {
		t.Parallel()
		b := newBench(t)
		defer b.close()
		b.mustApply(bot, releasing(newNumber), bindsNumber(""))
		b.between = func() { b.w.setNumber(newNumber, theirs) }
		if err := b.apply([]block{bot}, true); err == nil || !strings.Contains(err.Error(), "changed since the plan") {
			t.Errorf("%v", err)
		}
		if b.ownedTimes(newNumber) != 1 || len(b.states) != 2 {
			t.Errorf("owned %d times, the state has %v", b.ownedTimes(newNumber), b.states)
		}
	})
	t.Run("before the new one", func(t *testing.T) {
		t.Parallel()
		b := newBench(t)
		defer b.close()
		before := []block{bot, releasing(newNumber), bindsNumber("")}
		b.mustApply(before...)
		after := []block{bot, releasing(otherNewNumber), bindsNumber("")}
		if _, err := b.run(turn{blocks: after}); err == nil || !strings.Contains(err.Error(), "`create_before_destroy`") {
			t.Errorf("%v", err)
		}
		if b.ownedTimes(newNumber) != 1 || b.ownedTimes(otherNewNumber) != 0 || !slices.Contains(b.gate.answering(), newNumber+" sms") {
			t.Error("something was done")
		}
		if _, err := b.run(turn{blocks: after, createFirst: []string{aNumberBlock}}); err != nil {
			t.Fatal(err)
		}
		if b.ownedTimes(newNumber) != 0 || !slices.Contains(b.gate.answering(), otherNewNumber+" sms") {
			t.Errorf("%v answers", b.gate.answering())
		}
		if err := b.settled(after); err != nil {
			t.Error(err)
		}
	})
	t.Run("gone by then", func(t *testing.T) {
		t.Parallel()
		b := newBench(t)
		defer b.close()
		b.mustApply(releasing(newNumber))
		b.between = func() {
			if err := b.w.box.ReleaseNumber(field(b.w.number(newNumber), "sid")); err != nil {
				t.Error(err)
			}
		}
		b.mustApply()
		if !b.warnsWith("gone already") || len(b.states) != 0 {
			t.Errorf("it says %q", b.warnings)
		}
	})
}

// A number that another client released is planned to be bought again, and said to be; one
// that is not on sale any more does not stop a destruction.
func TestReleasedNumberIsPlannedAnew(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	defer b.close()
	blocks := []block{numberBlock(newNumber)}
	b.mustApply(blocks...)
	if err := b.w.box.ReleaseNumber(field(b.w.number(newNumber), "sid")); err != nil {
		t.Fatal(err)
	}
	if _, err := b.plan(blocks, true); err != nil || !b.warnsWith("buys it again") {
		t.Errorf("%v; the plan says %q", err, b.warnings)
	}
	b.steady(blocks...)
	other, err := b.w.box.AddAccount("other", "")
	if err == nil {
		err = b.w.box.ReleaseNumber(field(b.w.number(newNumber), "sid"))
	}
	if err == nil {
		_, err = b.w.box.AddNumber(fmt.Sprintf(`{"phone_number": %q, "account_sid": %q}`, newNumber, other.AccountSID))
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := b.apply(blocks, true); err == nil || !b.warnsWith("does not sell") {
		t.Errorf("%v; the plan says %q", err, b.warnings)
	}
	b.mustApply()
}

// The number of Show 3: with the connection cut before and behind each call of the plan and
// the apply, and the process killed at each, the account owns the number once in the end, and
// paid for it once.
func TestNumberIsBoughtOnceWhereverItIsCut(t *testing.T) {
	t.Parallel()
	blocks := []block{numberBlock(newNumber)}
	clean := newBench(t)
	clean.gate.arm(0, "", nil)
	clean.mustApply(blocks...)
	calls := clean.gate.disarm()
	clean.close()
	if calls < 5 {
		t.Fatalf("only %d calls", calls)
	}
	for nth := 1; nth <= calls; nth++ {
		for _, kind := range []string{cutBefore, cutAfter, killedThere} {
			t.Run(fmt.Sprintf("%s at call %d", kind, nth), func(t *testing.T) {
				t.Parallel()
				b := newBench(t)
				defer b.close()
				bought := 0
				next := b.gate.next
				b.gate.next = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					answer := httptest.NewRecorder()
					next.ServeHTTP(answer, r)
					if r.Method == http.MethodPost && answer.Code == http.StatusCreated {
						bought++
					}
					w.WriteHeader(answer.Code)
					_, _ = w.Write(answer.Body.Bytes())
				})
				b.gate.arm(nth, kind, nil)
				first := b.apply(blocks, true)
				b.gate.disarm()
				if n := b.ownedTimes(newNumber); n > 1 || first == nil && n != 1 {
					t.Errorf("owned %d times after %v", n, first)
				}
				b.steady(blocks...)
				if n := b.ownedTimes(newNumber); n != 1 || bought != 1 {
					t.Errorf("owned %d times, bought %d times; the apply that was cut said: %v", n, bought, first)
				}
			})
		}
	}
}
