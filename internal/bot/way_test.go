package bot

import "testing"

func TestWhatLeadsByTwoFieldsIsNamedOnce(t *testing.T) {
	ways := []Way{
		{Kind: ByApplication, SID: "AP1", Name: "desk", Field: "sms_url"}, {Kind: ByApplication, SID: "AP1", Name: "desk", Field: "voice_url"},
		{Kind: BySubflow, SID: "FW1", Name: "menu", Field: "first"}, {Kind: BySubflow, SID: "FW1", Name: "menu", Field: "second"},
	}
	const want = `the TwiML application "desk" (AP1), the flow "menu" (FW1), at the state "first", the flow "menu" (FW1), at the state "second"`
	if got := JoinWays(ways); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}
