package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/flow"
)

const (
	flowsPath = "/v2/Flows"
	flowPath  = flowsPath + "/{Sid}"
)

// flowParams are those of create, update and, except AuthorSid, Validate.
// AuthorSid is in twilio-go since 1.31.0 (rest/studio/v2/flows.go).
var flowParams = []string{"FriendlyName", "Status", "Definition", "CommitMessage", "AuthorSid"}

func studioFlowRoutes() []route {
	return []route{
		{method: "GET", pattern: flowsPath, list: true, handler: listFlows},
		{method: "POST", pattern: flowsPath, params: flowParams, handler: createFlow},
		{method: "GET", pattern: flowPath, handler: fetchFlow},
		{method: "POST", pattern: flowPath, params: flowParams, handler: updateFlow},
		{method: "DELETE", pattern: flowPath, handler: deleteFlow},
		{method: "POST", pattern: flowsPath + "/Validate", params: flowParams[:4], permission: "studio/flows.validate/update", handler: validateFlow},
	}
}

func (c *call) flow() (studioFlow, error) {
	f, ok := studioFlows.get(c.state, c.PathValue("Sid"))
	if !ok || f.AccountSID != c.account.SID {
		return f, c.notFound()
	}
	return f, nil
}

// renderFlow is the answer of a fetch. A flow that was never updated has
// no date_updated in Twilio's own examples.
func renderFlow(f studioFlow) object {
	latest := f.latest()
	url := "https://studio.twilio.com/v2/Flows/" + f.SID
	var updated any
	if len(f.Revisions) > 1 {
		updated = iso8601(f.DateUpdated)
	}
	return object{
		"sid":            f.SID,
		"account_sid":    f.AccountSID,
		"author_sid":     orNull(latest.AuthorSID),
		"friendly_name":  latest.FriendlyName,
		"definition":     latest.Definition,
		"status":         latest.Status,
		"revision":       latest.Seq,
		"commit_message": orNull(latest.CommitMessage),
		"valid":          true,
		"errors":         []any{},
		"warnings":       []any{},
		"date_created":   iso8601(f.DateCreated),
		"date_updated":   updated,
		"webhook_url":    flowWebhookIn(f.Region, f.AccountSID, f.SID),
		"url":            url,
		"links": object{
			"test_users": url + "/TestUsers",
			"revisions":  url + "/Revisions",
			"executions": url + "/Executions",
		},
	}
}

// withoutDefinition turns an answer into a row of a list, which lacks the
// definition and its warnings.
func withoutDefinition(answer object) object {
	for _, key := range []string{"definition", "valid", "errors", "warnings"} {
		if _, has := answer[key]; has {
			answer[key] = nil
		}
	}
	return answer
}

func listFlows(c *call) (int, any, error) {
	found := studioFlows.list(c.state, func(f studioFlow) bool { return f.AccountSID == c.account.SID })
	return listPage(c, "flows", found, func(f studioFlow) object { return withoutDefinition(renderFlow(f)) })
}

func fetchFlow(c *call) (int, any, error) {
	f, err := c.flow()
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, renderFlow(f), nil
}

func createFlow(c *call) (int, any, error) {
	revision, err := c.revision(flowRevision{}, "FriendlyName", "Status", "Definition")
	if err != nil {
		return 0, nil, err
	}
	f := studioFlow{record: c.newRecord("FW")}
	return http.StatusCreated, renderFlow(c.save(f, revision)), nil
}

// updateFlow creates a revision whatever was sent. Twilio does not document what
// it does without a Definition; here the latest one is used, a draft included, so
// Status=published alone publishes a draft from the console.
func updateFlow(c *call) (int, any, error) {
	f, err := c.flow()
	if err != nil {
		return 0, nil, err
	}
	latest := f.latest()
	revision, err := c.revision(flowRevision{FriendlyName: latest.FriendlyName, Definition: latest.Definition}, "Status")
	if err != nil {
		return 0, nil, err
	}
	c.touch(&f.record)
	return http.StatusOK, renderFlow(c.save(f, revision)), nil
}

// deleteFlow leaves the numbers that point at the flow unchanged. What becomes of active
// executions is not documented. Here they stay active for as long as an execution may
// last: nothing runs them any more, and nothing can end them by the API, since their
// flow is not found. Ended ones go with the flow.
func deleteFlow(c *call) (int, any, error) {
	f, err := c.flow()
	if err != nil {
		return 0, nil, err
	}
	for _, e := range executions.list(c.state, func(e execution) bool { return e.FlowSID == f.SID }) {
		if e.statusAt(c.now) == executionEnded {
			executions.remove(c.state, e.SID)
			continue
		}
		e.WaitsUntil = ""
		executions.put(c.state, e)
	}
	studioFlows.remove(c.state, f.SID)
	return http.StatusNoContent, nil, nil
}

func validateFlow(c *call) (int, any, error) {
	if _, err := c.revision(flowRevision{}, "FriendlyName", "Status", "Definition"); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, object{"valid": true}, nil
}

// save adds the revision to the flow.
func (c *call) save(f studioFlow, revision flowRevision) studioFlow {
	revision.record = record{
		Seq: int64(len(f.Revisions)) + 1, SID: f.SID, AccountSID: f.AccountSID,
		DateCreated: c.now, DateUpdated: c.now,
	}
	f.Revisions = append(slices.Clip(f.Revisions), revision)
	studioFlows.put(c.state, f)
	return f
}

// revision reads the parameters of a new revision over its initial values.
func (c *call) revision(revision flowRevision, required ...string) (flowRevision, error) {
	f := c.fields()
	f.required(required...)
	f.present("FriendlyName", "Definition", "CommitMessage")
	f.text("FriendlyName", &revision.FriendlyName)
	f.oneOf("Status", &revision.Status, 20001, flowDraft, flowPublished)
	f.text("CommitMessage", &revision.CommitMessage)
	f.sid("AuthorSid", "US", &revision.AuthorSID)
	if definition, sent := f.sent("Definition"); sent {
		if problems := flow.Validate([]byte(definition)); problems != nil {
			return revision, errFlowDefinition(problems)
		}
		revision.Definition = storedDefinition([]byte(definition), c.state.settings.StudioKeepsDefinition)
	}
	return revision, f.result()
}

// present refuses parameters that were sent empty. Studio refused an empty
// CommitMessage (changelog of RJPearson94/terraform-provider-twilio); what it
// does with the others is not documented.
func (f *fields) present(names ...string) {
	for _, name := range names {
		if value, sent := f.sent(name); sent && value == "" {
			f.fail(invalidParameter(20001, "%s must not be empty", name))
		}
	}
}

func errFlowDefinition(problems []flow.Problem) *apiError {
	err := invalidParameter(81022, "Flow definition validation failed, check `details` for more information")
	err.Details = map[string]any{"errors": problems}
	return err
}

// storedDefinition is a valid definition as Twilio might store it: whether it
// sorts the keys and fills in optional ones is not documented, so unless keep is
// set, it does both.
func storedDefinition(sent []byte, keep bool) json.RawMessage {
	if keep {
		return compactJSON(sent)
	}
	return flow.WithDefaults(sent)
}
