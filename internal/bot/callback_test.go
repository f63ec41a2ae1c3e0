package bot

import "testing"

// Twilio sets a flow's callback whenever it likes once a number is pointed at it: that is
// no write of another client. Any other difference is.
func TestWriteHoldsWhateverCallbackTwilioSets(t *testing.T) {
	const own, account = "https://crm.example.com/calls", "AC0123456789abcdef0123456789abcdef"
	flow := Webhooks{}.URL(Webhook{AccountSID: account, BotSID: testFW})
	other := Webhooks{}.URL(Webhook{AccountSID: account, BotSID: "FW1111111111111111111111111111aaaa"})
	pointed := func(url string, callback ...string) (c NumberChange) {
		method := WebhookMethod
		c.Voice.URL, c.Voice.Method = &url, &method
		if len(callback) > 0 {
			c.StatusCallback = &callback[0]
		}
		return c
	}
	alone := func(callback string) NumberChange { return NumberChange{StatusCallback: &callback} }
	for name, each := range map[string]struct {
		change NumberChange
		url    string
		now    string
		holds  bool
	}{
		"nothing is written of it":           {pointed(flow), flow, flow + "?statusCallback=true", true},
		"nothing is written, and it stays":   {pointed(flow), flow, own, true},
		"it was moved":                       {pointed(flow, flow+"?statusCallback=true"), flow, flow + "?statusCallback=true", true},
		"it was moved, and Twilio's differs": {pointed(flow, flow+"?statusCallback=true"), flow, flow, true},
		"it was moved, and is still the old": {pointed(flow, flow), flow, other, false},
		"it was put back, and Twilio's won":  {pointed(flow, own), flow, flow, true},
		"it was cleared":                     {alone(""), "", "", true},
		"it was cleared, and is there":       {alone(""), "", flow, false},
		"a person's was written":             {alone(own), flow, own, true},
		"a person's was not written":         {alone(own), flow, flow, false},
		"a person's, and another is there":   {pointed(flow, own), flow, "https://theirs.example.com/", false},
	} {
		now := Number{AccountSID: account, Voice: Side{URL: each.url, Method: WebhookMethod}, StatusCallback: each.now, StatusCallbackMethod: "POST"}
		if got := each.change.Holds(now); got != each.holds {
			t.Errorf("%s: holds is %v", name, got)
		}
	}
}
