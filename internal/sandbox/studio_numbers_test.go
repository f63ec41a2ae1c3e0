package sandbox

import (
	"fmt"
	"strings"
	"testing"
)

func TestOnlyAPublishedFlowAnswers(t *testing.T) {
	s := predictable()
	sid := newFlow(t, s, "greeter", "draft")
	webhook := flowWebhookURL(StarterAccountSID, sid)
	path := numberPathOf(t, s, "+12025550142")
	must(t, s, 200, "POST", path, form("SmsUrl", webhook))
	ask := func() InboundAnswer {
		t.Helper()
		got, err := s.Inbound(Inbound{To: "+12025550142", From: "+447700900123", Channel: "messaging", Body: "hi"})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := ask(); got.Status != InboundDangling || got.Bot != nil {
		t.Errorf("a draft answers: %+v", got)
	}
	must(t, s, 200, "POST", studioFlowsURL+"/"+sid, form("Status", "published"))
	must(t, s, 200, "POST", studioFlowsURL+"/"+sid, form("Status", "draft"))
	got := ask()
	if want := (InboundBot{SID: sid, FriendlyName: "greeter", Engine: "studio"}); got.Status != InboundBotAnswers || *got.Bot != want {
		t.Errorf("a newer draft silenced the flow: %+v", got)
	}
	must(t, s, 204, "DELETE", studioFlowsURL+"/"+sid, nil)
	if n := must(t, s, 200, "GET", path, nil); n["sms_url"] != webhook {
		t.Errorf("deleting the flow changed the number: %v", n["sms_url"])
	}
	if got := ask(); got.Status != InboundDangling {
		t.Errorf("a deleted flow answers: %+v", got)
	}
}

func TestStudioSetsTheStatusCallbackOfANumber(t *testing.T) {
	const own = "https://example.com/status"
	for name, test := range map[string]struct {
		settings, parameter, url string // %s is the flow's webhook
		set                      bool
	}{
		"messages":        {`{}`, "SmsUrl", "%s", true},
		"calls":           {`{}`, "VoiceUrl", "%s?foo=bar", true},
		"another URL":     {`{}`, "SmsUrl", "https://example.com/sms", false},
		"an unknown flow": {`{}`, "SmsUrl", "https://webhooks.twilio.com/v1/Accounts/" + StarterAccountSID + "/Flows/FW00000000000000000000000000000000", false},
		"disabled":        {`{"studio_leaves_numbers":true}`, "SmsUrl", "%s", false},
	} {
		t.Run(name, func(t *testing.T) {
			s := predictable()
			turn(t, s, 200, "POST", "settings", test.settings)
			webhook := flowWebhookURL(StarterAccountSID, newFlow(t, s, "greeter", "published"))
			want := own
			if test.set {
				want = webhook + "?statusCallback=true"
			}
			n := must(t, s, 200, "POST", numberPathOf(t, s, "+12025550142"),
				form("StatusCallback", own, test.parameter, strings.Replace(test.url, "%s", webhook, 1)))
			if n["status_callback"] != want {
				t.Errorf("status_callback %v, want %s", n["status_callback"], want)
			}
		})
	}
}

// TestCallWhoseEndStudioDoesNotHearStaysActive is why Studio sets status callbacks.
func TestCallWhoseEndStudioDoesNotHearStaysActive(t *testing.T) {
	const own = "https://example.com/status"
	for name, test := range map[string]struct {
		change     []string // of the number, after it was pointed at the flow
		app        bool
		concurrent bool
		stuck      bool
	}{
		"Studio's callback":     {nil, false, false, false},
		"own callback":          {[]string{"StatusCallback", own}, false, false, true},
		"no callback":           {[]string{"StatusCallback", ""}, false, false, true},
		"own, concurrent calls": {[]string{"StatusCallback", own}, false, true, false},
		"application without":   {nil, true, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := predictable()
			definition := strings.Replace(teaFlow, `"description":""`, fmt.Sprintf(`"description":"","flags":{"allow_concurrent_calls":%t}`, test.concurrent), 1)
			flow, webhook := published(t, s, "tea", definition)
			point(t, s, "VoiceUrl", webhook)
			if test.change != nil {
				point(t, s, test.change...)
			}
			if test.app {
				point(t, s, "VoiceApplicationSid", must(t, s, 201, "POST", appsOf, form("FriendlyName", "app", "VoiceUrl", webhook))["sid"].(string))
			}
			call := Inbound{To: myNumber, From: contact, Channel: "voice"}
			if got := deliver(t, s, call); got != "Press wait" {
				t.Fatal(got)
			}
			deliver(t, s, Inbound{To: myNumber, From: contact, Channel: "voice", Hangup: true})
			want, active := "Press wait", 1
			if test.stuck {
				want = "!81002 end"
			}
			if test.concurrent {
				active = 2
			}
			if got := deliver(t, s, call); got != want {
				t.Errorf("the next call: %s, want %s", got, want)
			}
			if got := executionsOf(t, s, flow, "active"); len(got) != active {
				t.Errorf("%d executions are active, want %d", len(got), active)
			}
		})
	}
}
