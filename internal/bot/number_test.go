package bot

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestWhoAnswersFollowsTwiliosPrecedence(t *testing.T) {
	flow := Webhooks{}.URL(Webhook{AccountSID: testAccount, BotSID: testFW})
	foreign := Webhooks{}.URL(Webhook{AccountSID: "ACffffffffffffffffffffffffffffffff", BotSID: testFW})
	for name, each := range map[string]struct {
		number  Number
		channel Channel
		kind    RouteKind
		bot     string
	}{
		"nothing":                          {Number{}, Messaging, ToNothing, ""},
		"a URL":                            {Number{Messaging: Side{URL: "https://x.example.com"}}, Messaging, ToExternal, ""},
		"a flow's URL":                     {Number{Messaging: Side{URL: flow}}, Messaging, ToBot, testFW},
		"a flow of another account":        {Number{Messaging: Side{URL: foreign}}, Messaging, ToExternal, ""},
		"an application over a URL":        {Number{Messaging: Side{URL: flow, ApplicationSID: testAP}}, Messaging, ToBot, testAP},
		"a trunk over an application":      {Number{TrunkSID: "TK1", Voice: Side{ApplicationSID: testAP, URL: flow}}, Voice, ToExternal, ""},
		"a trunk says nothing of messages": {Number{TrunkSID: "TK1", Messaging: Side{URL: flow}}, Messaging, ToBot, testFW},
	} {
		each.number.AccountSID = testAccount
		if got := each.number.Route(each.channel, Webhooks{}); got.Kind != each.kind || got.BotSID != each.bot {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestChangeHoldsOnceItIsThere(t *testing.T) {
	url, method, empty := "https://x.example.com", "POST", ""
	before := Number{FriendlyName: "free", Messaging: Side{ApplicationSID: testAP, Method: "GET"}}
	change := NumberChange{Messaging: SideChange{URL: &url, Method: &method, ApplicationSID: &empty}}
	if change.Holds(before) {
		t.Error("the change holds before it was written")
	}
	after := change.Apply(before)
	if !change.Holds(after) || after.FriendlyName != "free" || after.Messaging.ApplicationSID != "" {
		t.Errorf("after the change: %+v", after)
	}
	if (NumberChange{}).Empty() == change.Empty() {
		t.Error("a change is not told from none")
	}
}

func TestNamesThatReadAsMarksAreRefused(t *testing.T) {
	for _, name := range []string{
		"", "free", "FREE", " x", "x ", "a\tb", "bot [uploading]", "bot [uploading for " + testUA + "]", "bot [Uploading]",
		"suspended bot", "Suspended " + testFW, "twiliobot: created", "replaces-" + testUA, testUA,
		"123456789012345678901234567890123456789012345678901234567890_65ch", string([]byte{0xff}),
		".", "..", "a\u200bb", "\ufeffa", "a\u202eb", "a\u2066b", "a\u2028b", "a\u2029b", "a\u00adb", "a\u0085b",
	} {
		if CheckName(name) == nil {
			t.Errorf("%q is taken for a bot's name", name)
		}
	}
	for _, name := range []string{"clinic", "MSK-CLI-2", "free bot", "a", "é", "uploading", "bot [beta]", "unsuspended", "...", ".a", "a..", "Sales / Support", "100%", "what?", "نمی\u200cخواهم", "👩\u200d⚕️"} {
		if err := CheckName(name); err != nil {
			t.Errorf("%q is refused: %v", name, err)
		}
	}
}

func TestNamesWithSlashesAreRefusedWhereTheyGoIntoAPath(t *testing.T) {
	for _, engine := range Engines() {
		for _, name := range []string{"a/b", `a\b`} {
			if refused := CheckNameOn(engine, name) != nil; refused != (engine == Autopilot) {
				t.Errorf("%q on %s: refused is %v", name, engine, refused)
			}
		}
		if err := CheckNameOn(engine, "a.b?c#d%e"); err != nil {
			t.Errorf("on %s: %v", engine, err)
		}
	}
}

func TestMarksAreReadAsTheyAreWritten(t *testing.T) {
	for _, name := range []string{"Clinic", "", "a [uploading] b"} {
		for _, replaces := range []string{"", testUA, testFW, testAP} {
			if got, sid, ok := ReadUploading(MarkUploading(name, replaces)); !ok || got != name || sid != replaces {
				t.Errorf("%q for %q comes back as %q for %q, %v", name, replaces, got, sid, ok)
			}
		}
	}
	if marked := MarkUploading(strings.Repeat("é", 255), testUA); utf8.RuneCountInString(marked) != 255 {
		t.Errorf("Twilio would not keep the marked name %q", marked)
	}
	if _, _, ok := ReadUploading("Clinic"); ok {
		t.Error("a plain name reads as marked")
	}
	if sid, ok := SuspendedBot("suspended " + testFW); !ok || sid != testFW {
		t.Errorf("the hold suspends %q, %v", sid, ok)
	}
	for what, each := range map[string]struct {
		write func(string) string
		read  func(string) (string, bool)
	}{
		"hold": {MarkSuspended, SuspendedBot}, "application": {MarkReplacing, ReplacedByApplication},
		"revision": {MarkRevision, ReplacedByFlow},
	} {
		if sid, ok := each.read(each.write(testUA)); !ok || sid != testUA {
			t.Errorf("the mark on the %s reads as %q, %v", what, sid, ok)
		}
	}
	if _, ok := SuspendedBot("suspended until May"); ok {
		t.Error("an application of a similar name reads as a hold")
	}
}

func TestPhoneNumbersAreReadInAnyForm(t *testing.T) {
	for written, want := range map[string]string{
		"+447447735023": "+447447735023", "+44 7447 735-023": "+447447735023", "+44 (7447) 735023": "+447447735023",
		"+1 202.555.0142": "+12025550142", "+18005551234": "+18005551234", "+390612345678": "+390612345678",
	} {
		if got, err := ParsePhoneNumber(written); err != nil || got != want {
			t.Errorf("%q reads as %q, %v", written, got, err)
		}
	}
	for _, written := range []string{"", "+", "02079460958", "0044 20 7946 0958", "+1202555", "+12025550142000", "+1234567890123456", "+999123456789", "+1 202 CALL", "tel:+12025550142"} {
		if got, err := ParsePhoneNumber(written); err == nil {
			t.Errorf("%q is taken for %q", written, got)
		}
	}
	for number, want := range map[string]string{"+447447735023": "GB", "+12025550142": "US", "+390612345678": "IT"} {
		if got := CountryOf(number); got != want {
			t.Errorf("%s is of %q, not %q", number, got, want)
		}
	}
}

func TestParsedNumbersAreRememberedWithinABound(t *testing.T) {
	cache := numberCache{byWritten: map[string]string{}}
	for i := range maxParsedNumbers + 2 {
		written := strconv.Itoa(i)
		cache.put(written, "+"+written)
		if got, ok := cache.get(written); !ok || got != "+"+written {
			t.Fatalf("%s: %q, %t", written, got, ok)
		}
	}
	if got := len(cache.byWritten); got != 2 {
		t.Errorf("%d numbers are remembered; want 2, those since the bound was reached", got)
	}
}

func FuzzParsePhoneNumber(f *testing.F) {
	for _, seed := range []string{"+447447735023", "+44 (0) 20", "+", "x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, written string) {
		number, err := ParsePhoneNumber(written)
		if err != nil {
			return
		}
		if again, err := ParsePhoneNumber(number); err != nil || again != number {
			t.Fatalf("%q reads as %q, that as %q (%v)", written, number, again, err)
		}
	})
}

// A silenced bot is shown at the URL by which it answers once it is resumed.
func TestSilencedNumberShowsTheURLOfItsBot(t *testing.T) {
	hold, second := Hold{SID: "APffffffffffffffffffffffffffffffff", FlowSID: "FWffffffffffffffffffffffffffffffff", BotSID: testFW}, "APeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"
	flow := hold
	flow.SID, flow.FlowURL = "", Webhooks{}.URL(Webhook{AccountSID: testAccount, BotSID: hold.FlowSID})
	const said, theirs = "https://webhooks.dublin.ie1.twilio.com/v1/Accounts/" + testAccount + "/Flows/" + testFW, "https://theirs.example.com/"
	roster := NewRoster(Webhooks{}, Listing{
		Bots:  []Bot{{SID: testFW, WebhookURL: said}, {SID: testUA}, {SID: testAP}},
		Holds: []Hold{hold, flow, {SID: second, BotSID: testAP}},
	}, map[string]Service{"PN1": {SID: "MG1", AccountSID: testAccount, InboundURL: flow.FlowURL, InboundMethod: "GET"}}, nil)
	gone := Webhooks{}.URL(Webhook{AccountSID: testAccount, BotSID: "UA99999999999999999999999999999999", TargetTask: "menu"})
	other := Webhooks{}.URL(Webhook{AccountSID: testAccount, BotSID: testUA})
	for name, each := range map[string]struct {
		number Number
		want   string
	}{
		"by a service":                   {Number{SID: "PN1"}, "GET " + said},
		"behind the hold":                {Number{Messaging: Side{ApplicationSID: hold.SID, URL: said, Method: "GET"}}, "GET " + said},
		"cleared by Twilio":              {Number{Messaging: Side{ApplicationSID: hold.SID}}, "POST " + said},
		"of the bot that it replaced":    {Number{Messaging: Side{ApplicationSID: hold.SID, URL: gone, Method: "GET"}}, "POST " + said},
		"of another bot":                 {Number{Messaging: Side{ApplicationSID: hold.SID, URL: other, Method: "POST"}}, "POST " + other},
		"another's":                      {Number{Messaging: Side{ApplicationSID: hold.SID, URL: theirs, Method: "POST"}}, "POST " + theirs},
		"unused, of a bot by itself":     {Number{Messaging: Side{ApplicationSID: second, URL: theirs, Method: "POST"}}, " "},
		"of a number that is not silent": {Number{Messaging: Side{URL: theirs, Method: "GET"}}, "GET " + theirs},
	} {
		each.number.AccountSID = testAccount
		if answer := roster.Answer(each.number, Messaging); answer.Method+" "+answer.URL != each.want {
			t.Errorf("%s: %s %s, want %s", name, answer.Method, answer.URL, each.want)
		}
	}
}

func TestStatusIsTheMoreWorryingOfTwoChannels(t *testing.T) {
	hold := "APffffffffffffffffffffffffffffffff"
	roster := NewRoster(Webhooks{}, Listing{
		Bots:  []Bot{{SID: testAP, UniqueName: "bot"}, {SID: testFW, UniqueName: "flow"}},
		Holds: []Hold{{SID: hold, BotSID: testFW}},
	},
		map[string]Service{"PN1": {SID: "MG1"}, "PN2": {SID: "MG2", InboundURL: "https://x.example.com"}}, nil)
	app := Side{ApplicationSID: testAP}
	for name, each := range map[string]struct {
		number Number
		want   NumberStatus
	}{
		"free":                  {Number{}, NumberFree},
		"live":                  {Number{Messaging: app}, NumberLive},
		"external":              {Number{Voice: Side{URL: "https://x.example.com"}}, NumberExternal},
		"both":                  {Number{Messaging: app, Voice: Side{URL: "https://x.example.com"}}, NumberLive},
		"dangling":              {Number{Messaging: app, Voice: Side{ApplicationSID: "APeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"}}, NumberDangling},
		"silenced by a service": {Number{SID: "PN1", Messaging: app}, NumberFree},
		"answered by a service": {Number{SID: "PN2", Messaging: app}, NumberExternal},
		"a service is no voice": {Number{SID: "PN2", Voice: app}, NumberLive},
		"suspended":             {Number{Messaging: Side{ApplicationSID: hold}}, NumberSuspended},
	} {
		if got := roster.NumberStatus(each.number); got != each.want {
			t.Errorf("%s: %s", name, got)
		}
	}
	numbers := []Number{{PhoneNumber: "+1", Messaging: app}, {PhoneNumber: "+2", Voice: Side{ApplicationSID: hold}}}
	if status, phones := roster.BotStatus(testAP, numbers); status != Live || !slices.Equal(phones, []string{"+1"}) {
		t.Errorf("the bot is %s on %v", status, phones)
	}
	if status, phones := roster.BotStatus(testFW, numbers); status != Suspended || !slices.Equal(phones, []string{"+2"}) {
		t.Errorf("the suspended bot is %s on %v", status, phones)
	}
}
