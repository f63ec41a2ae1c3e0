package purchase

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/account/sandboxtest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
)

const (
	onSale  = "+12125550101"
	address = "AD11111111111111111111111111111111"
	another = "AD22222222222222222222222222222222"
)

func owned(w *sandboxtest.World, phoneNumber string) (rows []bot.Number) {
	w.T.Helper()
	all, err := w.Numbers.List(w.T.Context())
	if err != nil {
		w.T.Fatal(err)
	}
	return slices.DeleteFunc(all, func(n bot.Number) bool { return n.PhoneNumber != phoneNumber })
}

// Whatever becomes of a call of a purchase, the account owns the number once in the end, with
// its settings.
func TestNumberIsBoughtOnceWhereverThePurchaseIsCut(t *testing.T) {
	for name, each := range map[string]struct {
		setup func(w *sandboxtest.World)
		order bot.NumberOrder
	}{
		"on sale":              {func(*sandboxtest.World) {}, bot.NumberOrder{PhoneNumber: onSale}},
		"on sale and set":      {func(*sandboxtest.World) {}, bot.NumberOrder{PhoneNumber: onSale, Settings: bot.SettingsChange{AddressSID: new(address), VoiceCallerIDLookup: new(true)}}},
		"with an address":      {func(*sandboxtest.World) {}, bot.NumberOrder{PhoneNumber: "+61255500101", Settings: bot.SettingsChange{AddressSID: new(address)}}},
		"owned":                {buys(bot.NumberOrder{PhoneNumber: onSale}), bot.NumberOrder{PhoneNumber: onSale}},
		"owned, otherwise set": {buys(bot.NumberOrder{PhoneNumber: onSale}), bot.NumberOrder{PhoneNumber: onSale, Settings: bot.SettingsChange{EmergencyAddressSID: new(address)}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sandboxtest.Operation{
				Setup: each.setup,
				Run: func(ctx context.Context, w *sandboxtest.World, a *account.Account) error {
					number, _, err := Acquire(ctx, a, each.order)
					rows := owned(w, each.order.PhoneNumber)
					if len(rows) > 1 {
						w.T.Errorf("the number is owned %d times", len(rows))
					}
					if err == nil && (len(rows) != 1 || rows[0].SID != number.SID || each.order.Settings.Apply(rows[0].Settings) != rows[0].Settings) {
						w.T.Errorf("acquired %v: the account has %v", number, rows)
					}
					return err
				},
				OneWrite: true,
			}.CutEverywhere(t)
		})
	}
}

func buys(order bot.NumberOrder) func(*sandboxtest.World) {
	return func(w *sandboxtest.World) {
		w.T.Helper()
		if _, err := w.Numbers.Buy(w.T.Context(), order); err != nil {
			w.T.Fatal(err)
		}
	}
}

func TestOwnedNumberIsNotOrdered(t *testing.T) {
	w := sandboxtest.New(t, sandbox.Settings{})
	a, line := w.Process()
	number, bought, err := Acquire(sandboxtest.Count(t.Context()), a, bot.NumberOrder{PhoneNumber: w.Number(0).PhoneNumber})
	if err != nil || bought || number.SID != w.Number(0).SID || len(line.Calls()) != 1 {
		t.Errorf("%v, bought %v, by the calls %v: %v", number, bought, line.Calls(), err)
	}
}

// A number is gone or as it was, wherever its release is cut.
func TestReleaseIsDoneOrNotWhereverItIsCut(t *testing.T) {
	var sid string
	sandboxtest.Operation{
		Setup: func(w *sandboxtest.World) {
			buys(bot.NumberOrder{PhoneNumber: onSale})(w)
			sid = owned(w, onSale)[0].SID
		},
		Run: func(ctx context.Context, w *sandboxtest.World, a *account.Account) error {
			_, err := Release(ctx, a, sid, bot.RouteSnapshot{}, false)
			if left := len(owned(w, onSale)); err == nil && left > 0 {
				w.T.Error("it did not fail, and the number is still owned")
			}
			return err
		},
		OneWrite: true,
	}.CutEverywhere(t)
}

// A purchase is sent once where its answer is lost, and once more where Twilio says that it failed.
func TestPurchaseThatMayHaveHappenedIsLookedFor(t *testing.T) {
	for name, each := range map[string]struct {
		fault sandbox.Fault
		sends int
		fails bool
	}{
		"the answer is lost": {sandbox.Fault{Kind: sandbox.FaultCutAfter}, 1, false},
		"the call is lost":   {sandbox.Fault{Kind: sandbox.FaultCutBefore}, 1, true},
		"Twilio fails": {sandbox.Fault{Kind: sandbox.FaultStatus, Status: http.StatusServiceUnavailable,
			Body: `{"code":20503,"message":"Service unavailable","more_info":"","status":503}`}, 2, false},
		"a gateway fails": {sandbox.Fault{Kind: sandbox.FaultStatus, Status: http.StatusBadGateway, Body: `<html>`}, 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := sandboxtest.New(t, sandbox.Settings{})
				each.fault.Method, each.fault.Path, each.fault.Times = http.MethodPost, "IncomingPhoneNumbers", 1
				if err := w.Box.AddFault(each.fault); err != nil {
					t.Fatal(err)
				}
				a, line := w.Process()
				_, bought, err := Acquire(sandboxtest.Count(t.Context()), a, bot.NumberOrder{PhoneNumber: onSale})
				if bought == each.fails || (err != nil) != each.fails {
					t.Errorf("bought %v: %v", bought, err)
				}
				problem, _ := errors.AsType[*bot.Problem](err)
				if each.fails && (problem == nil || problem.Kind != bot.WriteLost || !strings.Contains(problem.Detail, "nothing is bought twice")) {
					t.Errorf("it says %v", err)
				}
				sends := 0
				for _, call := range line.Calls() {
					if strings.HasPrefix(call, http.MethodPost) {
						sends++
					}
				}
				if sends != each.sends {
					t.Errorf("%d purchases were sent, want %d: %v", sends, each.sends, line.Calls())
				}
			})
		})
	}
}

// Between the look and the purchase of one process another one buys the number: neither fails.
func TestTwoProcessesBuyOneNumber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := sandboxtest.New(t, sandbox.Settings{})
		a, line := w.Process()
		line.Before(2, func() { buys(bot.NumberOrder{PhoneNumber: onSale})(w) })
		if _, _, err := Acquire(sandboxtest.Count(t.Context()), a, bot.NumberOrder{PhoneNumber: onSale}); err != nil {
			t.Error(err)
		}
		if rows := owned(w, onSale); len(rows) != 1 {
			t.Errorf("the account has %v", rows)
		}
	})
}

// Where Twilio refuses a purchase, the account may own the number all the same: an earlier one
// was under way.
func TestRefusedPurchaseOfANumberThatIsOwnedByThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := sandboxtest.New(t, sandbox.Settings{})
		if err := w.Box.AddFault(sandbox.Fault{Method: http.MethodPost, Path: "IncomingPhoneNumbers", Kind: sandbox.FaultStatus, Status: http.StatusBadRequest, Times: 1,
			Body: `{"code":21422,"message":"not available","more_info":"","status":400}`}); err != nil {
			t.Fatal(err)
		}
		a, line := w.Process()
		line.Before(3, func() { buys(bot.NumberOrder{PhoneNumber: onSale})(w) })
		if number, _, err := Acquire(sandboxtest.Count(t.Context()), a, bot.NumberOrder{PhoneNumber: onSale}); err != nil || number.PhoneNumber != onSale {
			t.Errorf("%v: %v", number, err)
		}
	})
}

func TestRefusalsOfTwilioHaveTheirKind(t *testing.T) {
	w := sandboxtest.New(t, sandbox.Settings{})
	other, err := w.Box.AddAccount("other", "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Box.AddNumber(`{"phone_number": "+12125550102", "account_sid": "` + other.AccountSID + `"}`); err != nil {
		t.Fatal(err)
	}
	for _, each := range []struct {
		order bot.NumberOrder
		kind  bot.Kind
		code  int
	}{
		{bot.NumberOrder{PhoneNumber: "+12125550102"}, bot.NumberNotForSale, 21422},
		{bot.NumberOrder{PhoneNumber: "+61255500101"}, bot.AddressNeeded, 21631},
		{bot.NumberOrder{PhoneNumber: "+493023125001"}, bot.BundleNeeded, 21649},
		{bot.NumberOrder{PhoneNumber: "+493023125001", Settings: bot.SettingsChange{BundleSID: new("BU11111111111111111111111111111111")}}, bot.AddressNeeded, 21615},
	} {
		a, _ := w.Process()
		_, _, err := Acquire(t.Context(), a, each.order)
		problem, _ := errors.AsType[*bot.Problem](err)
		if problem == nil || problem.Kind != each.kind || !twilio.HasCode(err, each.code) {
			t.Errorf("%v: %v", each.order.PhoneNumber, err)
		}
		if rows := owned(w, each.order.PhoneNumber); len(rows) > 0 {
			t.Errorf("it was bought all the same: %v", rows)
		}
	}
}

func TestSettingsAreWrittenWhereTheyAreAsPlanned(t *testing.T) {
	planned := bot.NumberSettings{AddressSID: address, VoiceReceiveMode: bot.ReceiveVoice, EmergencyStatus: bot.EmergencyInactive}
	for name, each := range map[string]struct {
		now    func(*bot.NumberSettings)
		wanted bot.SettingsChange
		writes bot.SettingsChange
		stops  string
	}{
		"nothing differs":                 {wanted: bot.SettingsChange{AddressSID: new(address), EmergencyStatus: new(bot.EmergencyInactive)}},
		"one differs":                     {wanted: bot.SettingsChange{AddressSID: new(another), VoiceReceiveMode: new(bot.ReceiveVoice)}, writes: bot.SettingsChange{AddressSID: new(another)}},
		"one is cleared":                  {wanted: bot.SettingsChange{AddressSID: new("")}, writes: bot.SettingsChange{AddressSID: new("")}},
		"it is as wanted by now":          {now: func(s *bot.NumberSettings) { s.AddressSID = another }, wanted: bot.SettingsChange{AddressSID: new(another)}},
		"it was changed to a third":       {now: func(s *bot.NumberSettings) { s.AddressSID = "" }, wanted: bot.SettingsChange{AddressSID: new(another)}, stops: "address_sid"},
		"one that is not set was changed": {now: func(s *bot.NumberSettings) { s.VoiceCallerIDLookup = true }, wanted: bot.SettingsChange{AddressSID: new(another)}, stops: "voice_caller_id_lookup"},
	} {
		t.Run(name, func(t *testing.T) {
			number := bot.Number{SID: "PN1", PhoneNumber: onSale, Settings: planned}
			if each.now != nil {
				each.now(&number.Settings)
			}
			change, err := Decide(number, planned, each.wanted)
			if each.stops != "" {
				if !errors.Is(err, bot.ErrChanged) || !strings.Contains(err.Error(), each.stops) {
					t.Errorf("it does not stop: %v", err)
				}
				return
			}
			if got, want := change.Settings.Apply(bot.NumberSettings{}), each.writes.Apply(bot.NumberSettings{}); err != nil || got != want || change.Empty() != each.writes.Empty() {
				t.Errorf("it writes %+v, want %+v: %v", got, want, err)
			}
			if rest := change; rest.Settings != (bot.SettingsChange{}) {
				if rest.Settings = (bot.SettingsChange{}); !rest.Empty() {
					t.Errorf("it writes what is the binding's: %+v", rest)
				}
			}
		})
	}
}

func TestNumberOnWhichSomethingElseAnswersIsNotReleased(t *testing.T) {
	const theirs, ours = "https://theirs.example.com/sms?token=secret", "https://ours.example.com/sms"
	free := bot.Number{SID: "PN1", PhoneNumber: onSale}
	with := func(n bot.Number, channel bot.Channel, url string) bot.Number {
		return n.With(channel, bot.Side{URL: url, Method: "POST"})
	}
	ourNumber := with(free, bot.Messaging, ours)
	for name, each := range map[string]struct {
		now, planned bot.Number
		first        bool
		refused      string
	}{
		"free":                          {now: free, planned: free},
		"it answers as the plan said":   {now: ourNumber, planned: ourNumber},
		"it was freed since":            {now: free, planned: ourNumber},
		"a placeholder came":            {now: with(free, bot.Messaging, "https://demo.twilio.com/welcome/sms/reply"), planned: free},
		"another answers by now":        {now: with(free, bot.Messaging, theirs), planned: ourNumber, refused: "messaging"},
		"another answers, it was free":  {now: with(free, bot.Voice, theirs), planned: free, refused: "voice"},
		"another answers on the other":  {now: with(ourNumber, bot.Voice, theirs), planned: ourNumber, refused: "voice"},
		"a trunk takes the calls":       {now: bot.Number{SID: "PN1", PhoneNumber: onSale, TrunkSID: "TK1"}, planned: free, refused: "TK1"},
		"before the new one, answering": {now: ourNumber, planned: ourNumber, first: true, refused: "before the new one"},
		"before the new one, free":      {now: free, planned: ourNumber, first: true},
		"nothing is known of the plan":  {now: ourNumber, refused: "messaging"},
	} {
		t.Run(name, func(t *testing.T) {
			snapshot := bot.SnapshotOf(each.planned)
			if each.planned == (bot.Number{}) {
				snapshot = nil
			}
			err := MayRelease(each.now, bot.Webhooks{}, snapshot, each.first)
			if (err != nil) != (each.refused != "") || err != nil && !strings.Contains(err.Error(), each.refused) {
				t.Errorf("%v", err)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("it shows a secret: %v", err)
			}
		})
	}
}

func TestAddressThatTwilioAsksForIsMissed(t *testing.T) {
	for requirement, wants := range map[string]bool{"": false, "none": false, "any": true, "local": true, "foreign": true} {
		offer := bot.Offer{PhoneNumber: onSale, AddressRequirements: requirement}
		if err := Regulated(offer, bot.NumberSettings{}); (err != nil) != wants {
			t.Errorf("%q: %v", requirement, err)
		}
		for _, given := range []bot.NumberSettings{{AddressSID: address}, {BundleSID: "BU1"}} {
			if err := Regulated(offer, given); err != nil {
				t.Errorf("%q, given %v: %v", requirement, given, err)
			}
		}
	}
}

func TestNumberIsLookedForAmongThoseOnSale(t *testing.T) {
	for phoneNumber, want := range map[string]struct {
		kind  bot.NumberType // empty: not on sale
		whole bool
	}{
		onSale:          {bot.LocalNumber, true},
		"+18005550142":  {bot.TollFreeNumber, true},
		"+447700900321": {bot.MobileNumber, true},
		"+493023125001": {bot.LocalNumber, true},
		"+12025550142":  {"", true}, // the account owns it
		"+14165550100":  {"", true},
		"+14165550111":  {bot.LocalNumber, true}, // Canada
		"+33199000001":  {"", true},              // a country without numbers
	} {
		w := sandboxtest.New(t, sandbox.Settings{})
		if phoneNumber == "+14165550100" {
			buys(bot.NumberOrder{PhoneNumber: phoneNumber})(w)
		}
		sale, err := LookFor(t.Context(), twilio.NewOffers(w.Client), phoneNumber)
		if err != nil || sale.Whole != want.whole || sale.Offer.Type != want.kind || (sale.Offer.PhoneNumber == phoneNumber) != (want.kind != "") {
			t.Errorf("%s: %+v, %v", phoneNumber, sale, err)
		}
	}
	if sale, err := LookFor(t.Context(), nil, onSale); err != nil || sale.Whole {
		t.Errorf("nothing was looked in: %+v, %v", sale, err)
	}
	// A list that cannot be read may have it.
	if sale, err := LookFor(t.Context(), elsewhere{}, onSale); err != nil || sale.Whole || sale.Offer.PhoneNumber != "" {
		t.Errorf("%+v, %v", sale, err)
	}
}

// elsewhere is a country with a list that is not read.
type elsewhere struct{}

func (elsewhere) Types(context.Context, string) ([]bot.NumberType, bool, error) {
	return []bot.NumberType{bot.LocalNumber}, true, nil
}

func (elsewhere) List(context.Context, string, bot.NumberType, bot.OfferFilter) ([]bot.Offer, error) {
	return nil, bot.ErrNotFound
}
