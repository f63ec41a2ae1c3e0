package sandbox

import (
	"encoding/json"
	"regexp"
	"slices"
)

const studioHost = "studio"

func studioProduct() product {
	return product{
		host:     studioHost,
		prefixes: []string{"/v2/Flows"},
		routes: slices.Concat(
			granted("studio/flows", studioFlowRoutes()),
			granted("studio/flows.revisions", studioRevisionRoutes()),
			studioRestRoutes(),
			granted("studio/executions", studioExecutionRoutes()),
			granted("studio/executions.steps", studioStepRoutes()),
		),
		tables: []stored{studioFlows, executions},
		// "When the Messaging Service then calls the Studio webhook, it supplies [its SID] as
		// the To value": an execution that was started with the number is not found by it
		// (https://www.twilio.com/docs/studio/user-guide/studio-faq).
		bots: []botKind{{engine: "studio", webhook: flowWebhook, byService: true, find: findFlowBot, open: openFlow, calls: flowCall}},
	}
}

// studioFlow is a flow with all its revisions, oldest first: they are immutable
// and exist as long as the flow.
type studioFlow struct {
	record
	Revisions []flowRevision `json:"revisions"`
	TestUsers []string       `json:"test_users,omitempty"`
}

// flowRevision is the result of one create or update. The SID of its record is the
// flow's, its position in the order is its number.
type flowRevision struct {
	record
	FriendlyName  string          `json:"friendly_name"`
	Status        string          `json:"status"`
	CommitMessage string          `json:"commit_message,omitempty"`
	AuthorSID     string          `json:"author_sid,omitempty"`
	Definition    json.RawMessage `json:"definition"`
}

const (
	flowDraft     = "draft"
	flowPublished = "published"
)

var studioFlows = newTable[studioFlow]("studio_flows")

func (f studioFlow) latest() flowRevision { return f.Revisions[len(f.Revisions)-1] }

// published is the revision that serves traffic.
func (f studioFlow) published() (flowRevision, bool) {
	for i := len(f.Revisions) - 1; i >= 0; i-- {
		if f.Revisions[i].Status == flowPublished {
			return f.Revisions[i], true
		}
	}
	return flowRevision{}, false
}

// flowWebhook is the URL at which a flow answers calls and messages
// (https://www.twilio.com/docs/studio/widget-library/trigger-start). The host in another
// Region than us1 is not documented: here it is named as those of the API are.
var flowWebhook = regexp.MustCompile(
	`^https?://(?i:webhooks(?:\.[a-z-]{3,})?(?:\.(?P<region>[a-z]{2}[0-9]))?\.twilio\.com)/v1/Accounts/(?P<account>AC[0-9a-fA-F]{32})/Flows/(?P<sid>FW[0-9a-fA-F]{32})(?:\?.*)?$`)

func flowWebhookURL(accountSID, sid string) string { return flowWebhookIn("", accountSID, sid) }

func flowWebhookIn(region, accountSID, sid string) string {
	return "https://" + hostIn(region, "webhooks") + "/v1/Accounts/" + accountSID + "/Flows/" + sid
}

// findFlowBot finds a flow that answers: one with a published revision.
func findFlowBot(st *state, accountSID, sid string) (InboundBot, bool) {
	f, ok := studioFlows.get(st, sid)
	if !ok || f.AccountSID != accountSID {
		return InboundBot{}, false
	}
	_, ok = f.published()
	return InboundBot{SID: sid, FriendlyName: f.latest().FriendlyName}, ok
}
