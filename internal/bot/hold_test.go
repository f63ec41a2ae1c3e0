package bot

import (
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/flow"
)

func TestNoticeIsReadFromTheFlowThatSaysIt(t *testing.T) {
	for _, notice := range []string{"", "Back at 9", "Zurück um 9 “Uhr” \\ \n{ } <b> & %}"} {
		made := NewHoldFlow(notice)
		if faults := flow.Validate(made); len(faults) > 0 {
			t.Errorf("%q: %v", notice, faults)
		}
		if got, edited := NoticeOf(made); got != notice || edited {
			t.Errorf("%q is read as %q, edited %v", notice, got, edited)
		}
	}
	text := string(NewHoldFlow("Back at 9").Source())
	for what, other := range map[string]string{
		"the calls alone": strings.Replace(text, `"say":"Back at 9"`, `"say":"Back at 10"`, 1),
		"a transition":    strings.Replace(text, `"event":"audioComplete"`, `"event":"audioComplete","next":"notice"`, 1),
		"concurrency":     strings.Replace(text, `"allow_concurrent_calls":true`, `"allow_concurrent_calls":false`, 1),
	} {
		parsed, err := flow.Parse([]byte(other))
		if err != nil || other == text {
			t.Fatal(what, err)
		}
		if _, edited := NoticeOf(parsed); !edited {
			t.Errorf("with another value of %s it is not edited", what)
		}
	}
	if _, edited := NoticeOf(nil); !edited {
		t.Error("a flow without a definition is not edited")
	}
}

func TestCheckNotice(t *testing.T) {
	for notice, words := range map[string]string{
		"Back at 9":               "",
		strings.Repeat("ü", 1600): "",
		"{ 20 % off } %}":         "",
		"":                        "empty",
		" \t\n":                   "empty",
		"Back at 9 ":              "white space",
		strings.Repeat("ü", 1601): "1600",
		"Dear {{contact.name}}":   `"{{"`,
		"{% if true %}Back at 9":  `"{%"`,
		"Back at 9\xff":           "UTF-8",
		"Closed.\r\n\tBack at 9":  "",
		"Back\x00 at 9":           "control characters",
		"\x1b[2JBack at 9":        "control characters",
		"Back\u0085 at 9":         "control characters",
		"Back\uffff at 9":         "control characters",
	} {
		err := CheckNotice(notice)
		if (err == nil) != (words == "") || (err != nil && !strings.Contains(err.Error(), words)) {
			t.Errorf("%q: %v", notice, err)
		}
	}
}

// A hold flow is one by its own name alone, and the application says whose it is.
func TestRoutingKnowsHoldFlowsByTheirNames(t *testing.T) {
	const holdFlow, botFlow = "FW5555555555555555555555555555eeee", "FW6666666666666666666666666666ffff"
	routing := NewRouting(Webhooks{}, []Hold{
		{SID: testHold, FlowSID: holdFlow, BotSID: testFW}, {FlowSID: holdFlow, BotSID: testUA}, // its name was not moved
		{SID: testOtherHold, FlowSID: botFlow, BotSID: testAP}, // its URLs are those of a bot
	})
	if got := routing.HoldOf(testFW); got != (Hold{SID: testHold, FlowSID: holdFlow, BotSID: testFW}) {
		t.Errorf("the hold is %+v", got)
	}
	if got := routing.HoldOf(testAP); got != (Hold{SID: testOtherHold, BotSID: testAP}) {
		t.Errorf("the hold with a bot's URLs is %+v", got)
	}
	if got := routing.SuspendedBy(holdFlow); got != testFW {
		t.Errorf("the flow is of %s", got)
	}
	if got := routing.SuspendedBy(botFlow); got != "" {
		t.Errorf("a bot suspends %s", got)
	}
	alone := NewRouting(Webhooks{}, []Hold{{FlowSID: holdFlow, BotSID: testUA}})
	if got := alone.HoldOf(testUA); got != (Hold{}) || alone.SuspendedBy(holdFlow) != testUA {
		t.Errorf("a flow alone suspends: %+v", got)
	}
}
