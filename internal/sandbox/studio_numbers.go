package sandbox

import (
	"net/http"
	"strings"
)

// studioCallback is what Studio does to a number that this call pointed at a
// flow: it sets the number's status callback, replacing any other ("Studio now
// automatically configures the status callback", changelog of March 10, 2021).
// The URL it sets is not documented.
func (c *call) studioCallback(n *incomingPhoneNumber) {
	if c.state.settings.StudioLeavesNumbers {
		return
	}
	for _, name := range []string{"SmsUrl", "VoiceUrl"} {
		groups := flowWebhook.FindStringSubmatch(c.params.Get(name))
		if groups == nil {
			continue
		}
		region := rowsOf(strings.ToLower(groups[flowWebhook.SubexpIndex("region")]))
		f, ok := studioFlows.get(c.state.in(region), groups[flowWebhook.SubexpIndex("sid")])
		if ok && f.AccountSID == n.AccountSID {
			n.StatusCallback = flowWebhookIn(region, f.AccountSID, f.SID) + "?statusCallback=true"
			n.StatusCallbackMethod = http.MethodPost
		}
	}
}
