package sandbox

import (
	"net/http"
	"time"
)

const (
	modelBuildsPath = assistantPath + "/ModelBuilds"
	modelBuildPath  = modelBuildsPath + "/{Sid}"

	// defaultModelBuild is how long a model build takes where the settings give
	// none. Twilio's took minutes.
	defaultModelBuild = time.Second

	// buildFailed is the error_code of a build that fails. Twilio documents no codes.
	buildFailed = 90110
)

// modelBuild is a Model Build. Its status follows from the clock.
type modelBuild struct {
	record
	AssistantSID string `json:"assistant_sid"`
	UniqueName   string `json:"unique_name"`
	// Trained is the assistant's count of writes at the start of the build.
	Trained int64     `json:"training_writes"`
	Ready   time.Time `json:"ready"`
	Fails   bool      `json:"fails,omitempty"`
}

var modelBuilds = newTable[modelBuild]("autopilot_model_builds")

func modelBuildRoutes() []route {
	return []route{
		{method: "GET", pattern: modelBuildsPath, list: true, handler: listModelBuilds},
		{method: "POST", pattern: modelBuildsPath, params: []string{"StatusCallback", "UniqueName"}, handler: createModelBuild},
		{method: "GET", pattern: modelBuildPath, handler: fetchModelBuild},
		{method: "POST", pattern: modelBuildPath, params: []string{"UniqueName"}, handler: updateModelBuild},
		{method: "DELETE", pattern: modelBuildPath, handler: deleteModelBuild},
	}
}

// status follows the documented order; half of the time is spent in the queue.
func (c *call) status(b modelBuild) string {
	switch begun := b.DateCreated.Add(b.Ready.Sub(b.DateCreated) / 2); {
	case c.now.Before(begun):
		return "enqueued"
	case c.running(b):
		return "building"
	case b.Fails:
		return "failed"
	default:
		return "completed"
	}
}

func (c *call) running(b modelBuild) bool { return c.now.Before(b.Ready) }

func (c *call) buildTime() time.Duration {
	if ms := c.state.settings.ModelBuildMS; ms > 0 {
		return time.Duration(ms) * time.Millisecond
	}
	return defaultModelBuild
}

// newestBuild is the assistant's latest model build.
func newestBuild(c *call, a assistant) (modelBuild, bool) {
	return modelBuilds.first(c.state, func(b modelBuild) bool { return b.AssistantSID == a.SID })
}

// needsModelBuild reports whether something was written since the last completed
// build started. Twilio documents neither which writes count nor whether a failed build
// does: here all writes do, and a failed build does not.
func needsModelBuild(c *call, a assistant) bool {
	return !has(c, modelBuilds, func(b modelBuild) bool {
		return b.AssistantSID == a.SID && b.Trained == a.Trained && c.status(b) == "completed"
	})
}

func (c *call) renderModelBuild(b modelBuild) object {
	status := c.status(b)
	rendered := object{
		"sid": b.SID, "account_sid": b.AccountSID, "assistant_sid": b.AssistantSID, "unique_name": b.UniqueName,
		"status": status, "build_duration": nil, "error_code": nil,
		"date_created": iso8601(b.DateCreated), "date_updated": iso8601(b.DateUpdated),
		"url": autopilotURL(b.AssistantSID + "/ModelBuilds/" + b.SID),
	}
	if !c.running(b) {
		rendered["build_duration"] = int(b.Ready.Sub(b.DateCreated).Seconds())
		if b.DateUpdated.Before(b.Ready) {
			rendered["date_updated"] = iso8601(b.Ready)
		}
	}
	if status == "failed" {
		rendered["error_code"] = buildFailed
	}
	return rendered
}

func (c *call) modelBuild() (modelBuild, error) {
	a, err := c.assistant()
	if err != nil {
		return modelBuild{}, err
	}
	return c.buildOf(a, c.PathValue("Sid"))
}

// buildOf is a model build of the assistant, by SID or unique name.
func (c *call) buildOf(a assistant, sidOrName string) (modelBuild, error) {
	return named(c, modelBuilds, sidOrName,
		func(b modelBuild) bool { return b.AssistantSID == a.SID }, func(b modelBuild) string { return b.UniqueName })
}

func listModelBuilds(c *call) (int, any, error) {
	a, err := c.assistant()
	if err != nil {
		return 0, nil, err
	}
	return listPage(c, "model_builds", modelBuilds.list(c.state, func(b modelBuild) bool { return b.AssistantSID == a.SID }), c.renderModelBuild)
}

func fetchModelBuild(c *call) (int, any, error) {
	b, err := c.modelBuild()
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, c.renderModelBuild(b), nil
}

// createModelBuild refuses a second build while one runs, which Twilio's documents
// leave open.
func createModelBuild(c *call) (int, any, error) {
	a, err := c.assistant()
	if err != nil {
		return 0, nil, err
	}
	if newest, ok := newestBuild(c, a); ok && c.running(newest) {
		return 0, nil, apiErrorf(http.StatusConflict, 20409, "Model build %s is in progress", newest.SID)
	}
	b := modelBuild{record: c.newRecord("UG"), AssistantSID: a.SID, Trained: a.Trained, Ready: c.now.Add(c.buildTime())}
	b.UniqueName = "build-" + b.SID[2:]
	f := c.fields()
	c.nameBuild(f, &b)
	var ignored string
	f.url("StatusCallback", &ignored)
	if left := c.state.settings.FailBuilds; f.err == nil && left > 0 {
		b.Fails = true
		c.state.settings.FailBuilds--
	}
	modelBuilds.put(c.state, b)
	return http.StatusCreated, c.renderModelBuild(b), f.result()
}

func (c *call) nameBuild(f *fields, b *modelBuild) {
	f.uniqueName(&b.UniqueName, func(name string) bool {
		return has(c, modelBuilds, func(other modelBuild) bool {
			return other.SID != b.SID && other.AssistantSID == b.AssistantSID && other.UniqueName == name
		})
	})
}

func updateModelBuild(c *call) (int, any, error) {
	b, err := c.modelBuild()
	if err != nil {
		return 0, nil, err
	}
	f := c.fields()
	c.nameBuild(f, &b)
	c.touch(&b.record)
	modelBuilds.put(c.state, b)
	return http.StatusOK, c.renderModelBuild(b), f.result()
}

func deleteModelBuild(c *call) (int, any, error) {
	b, err := c.modelBuild()
	if err != nil {
		return 0, nil, err
	}
	if c.running(b) {
		return 0, nil, apiErrorf(http.StatusConflict, 20409, "Model build %s is in progress", b.SID)
	}
	modelBuilds.remove(c.state, b.SID)
	return http.StatusNoContent, nil, nil
}
