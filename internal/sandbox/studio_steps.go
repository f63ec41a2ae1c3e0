package sandbox

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run/studio"
)

const (
	stepsPath = executionPath + "/Steps"
	stepPath  = stepsPath + "/{Step}"
)

func studioStepRoutes() []route {
	return []route{
		{method: "GET", pattern: stepsPath, list: true, handler: listSteps},
		{method: "GET", pattern: stepPath, handler: fetchStep},
		{method: "GET", pattern: stepPath + "/Context", handler: fetchStepContext},
	}
}

// executionStep is a step as a row of a list.
type executionStep struct {
	record
	studio.Step
}

// steps are the steps of an execution, newest first. Their SIDs follow from their
// places.
func (e execution) steps() []executionStep {
	all, err := studio.StepsOf(e.Conversation)
	if err != nil {
		return nil // created by hand: it never ran
	}
	rows := make([]executionStep, len(all))
	for i, s := range all {
		rows[len(all)-1-i] = executionStep{
			record: record{Seq: int64(i) + 1, SID: e.stepSID(i + 1), AccountSID: e.AccountSID, DateCreated: s.At, DateUpdated: s.At},
			Step:   s,
		}
	}
	return rows
}

// stepSID is the SID of a step, counted from 1.
func (e execution) stepSID(place int) string {
	return fmt.Sprintf("FT%s%04x", strings.TrimPrefix(e.SID, "FN")[4:], place)
}

// renderStep leaves the context empty, as Twilio's own example does.
func (e execution) renderStep(s executionStep) object {
	url := e.url() + "/Steps/" + s.SID
	var parent any
	if s.Parent > 0 {
		parent = e.stepSID(s.Parent)
	}
	return object{
		"sid":               s.SID,
		"account_sid":       e.AccountSID,
		"flow_sid":          e.FlowSID,
		"execution_sid":     e.SID,
		"parent_step_sid":   parent,
		"name":              s.Event,
		"context":           object{},
		"transitioned_from": s.From,
		"transitioned_to":   s.To,
		"type":              s.Type,
		"date_created":      iso8601(s.DateCreated),
		"date_updated":      iso8601(s.DateUpdated),
		"url":               url,
		"links":             object{"step_context": url + "/Context"},
	}
}

func listSteps(c *call) (int, any, error) {
	e, err := c.execution()
	if err != nil {
		return 0, nil, err
	}
	return listPage(c, "steps", e.steps(), e.renderStep)
}

// step finds the step of the path in the execution of the path.
func (c *call) step() (execution, executionStep, error) {
	e, err := c.execution()
	if err != nil {
		return e, executionStep{}, err
	}
	for _, s := range e.steps() {
		if s.SID == c.PathValue("Step") {
			return e, s, nil
		}
	}
	return e, executionStep{}, c.notFound()
}

func fetchStep(c *call) (int, any, error) {
	e, s, err := c.step()
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, e.renderStep(s), nil
}

// fetchStepContext answers with the context that the execution has now: what it was at an
// earlier step is not stored.
func fetchStepContext(c *call) (int, any, error) {
	e, s, err := c.step()
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, object{
		"account_sid":   e.AccountSID,
		"flow_sid":      e.FlowSID,
		"execution_sid": e.SID,
		"step_sid":      s.SID,
		"context":       e.context(),
		"url":           e.url() + "/Steps/" + s.SID + "/Context",
	}, nil
}
