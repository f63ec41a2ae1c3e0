package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"
)

const (
	slBuildsPath      = slServicePath + "/Builds"
	slBuildPath       = slBuildsPath + "/{Sid}"
	slDeploymentsPath = slEnvironmentPath + "/Deployments"

	// defaultFunctionBuild is how long a build takes where the settings give none.
	defaultFunctionBuild = time.Second
)

var (
	// slRuntimes are those that the OpenAPI document has.
	slRuntimes = []string{"node8", "node10", "node12", "node14", "node16", "node18", "node20", "node22"}
	// slRunning are those with which a build succeeds
	// (https://www.twilio.com/en-us/changelog/node-js-v18-support-ending-for-twilio-functions-and-assets).
	slRunning = []string{"node22"}
)

type dependency struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// slBuild is a build. Its status follows from the clock.
type slBuild struct {
	record
	ServiceSID       string       `json:"service_sid"`
	FunctionVersions []string     `json:"function_versions"`
	AssetVersions    []string     `json:"asset_versions"`
	Dependencies     []dependency `json:"dependencies"`
	Runtime          string       `json:"runtime"`
	Ready            time.Time    `json:"ready"`
	Fails            bool         `json:"fails,omitempty"`
}

// slDeployment is a deployment. It never changes, and is in force until the next one.
type slDeployment struct {
	record
	ServiceSID     string `json:"service_sid"`
	EnvironmentSID string `json:"environment_sid"`
	BuildSID       string `json:"build_sid"`
}

var (
	slBuilds      = newTable[slBuild]("serverless_builds")
	slDeployments = newTable[slDeployment]("serverless_deployments")
)

func buildRoutes() []route {
	return []route{
		{method: "GET", pattern: slBuildsPath, list: true, handler: listSlBuilds},
		{method: "POST", pattern: slBuildsPath, params: []string{"FunctionVersions...", "AssetVersions...", "Dependencies", "Runtime"}, handler: createSlBuild},
		{method: "GET", pattern: slBuildPath, handler: fetchSlBuild},
		{method: "GET", pattern: slBuildPath + "/Status", handler: fetchSlBuildStatus},
		{method: "DELETE", pattern: slBuildPath, handler: deleteSlBuild},
		{method: "GET", pattern: slDeploymentsPath, list: true, handler: listSlDeployments},
		{method: "POST", pattern: slDeploymentsPath, params: []string{"BuildSid", "IsPlugin"}, handler: createSlDeployment},
		{method: "GET", pattern: slDeploymentsPath + "/{Sid}", handler: fetchSlDeployment},
	}
}

func (b slBuild) versions() []string { return slices.Concat(b.FunctionVersions, b.AssetVersions) }

func (c *call) buildStatus(b slBuild) string {
	switch {
	case c.now.Before(b.Ready):
		return "building"
	case b.Fails:
		return "failed"
	default:
		return "completed"
	}
}

func (c *call) renderSlBuild(b slBuild) object {
	rendered := func(sids []string) []object {
		all := []object{}
		for _, sid := range sids {
			if v, ok := slVersions.get(c.state, sid); ok {
				all = append(all, renderSlVersion(v))
			}
		}
		return all
	}
	at := slURL("Services", b.ServiceSID, "Builds", b.SID)
	return object{
		"sid": b.SID, "account_sid": b.AccountSID, "service_sid": b.ServiceSID, "status": c.buildStatus(b),
		"function_versions": rendered(b.FunctionVersions), "asset_versions": rendered(b.AssetVersions),
		"dependencies": b.Dependencies, "runtime": b.Runtime,
		"date_created": iso8601(b.DateCreated), "date_updated": iso8601(b.DateUpdated), "url": at,
		"links": object{"build_status": at + "/Status"},
	}
}

func (c *call) slBuild() (slBuild, error) {
	s, err := c.slService()
	if err != nil {
		return slBuild{}, err
	}
	b, ok := slBuilds.get(c.state, c.PathValue("Sid"))
	if !ok || b.ServiceSID != s.SID {
		return b, c.notFound()
	}
	return b, nil
}

func listSlBuilds(c *call) (int, any, error) {
	s, err := c.slService()
	if err != nil {
		return 0, nil, err
	}
	return listPage(c, "builds", slBuilds.list(c.state, func(b slBuild) bool { return b.ServiceSID == s.SID }), c.renderSlBuild)
}

func fetchSlBuild(c *call) (int, any, error) {
	b, err := c.slBuild()
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, c.renderSlBuild(b), nil
}

func fetchSlBuildStatus(c *call) (int, any, error) {
	b, err := c.slBuild()
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, object{
		"sid": b.SID, "account_sid": b.AccountSID, "service_sid": b.ServiceSID, "status": c.buildStatus(b),
		"url": slURL("Services", b.ServiceSID, "Builds", b.SID, "Status"),
	}, nil
}

func createSlBuild(c *call) (int, any, error) {
	s, err := c.slService()
	if err != nil {
		return 0, nil, err
	}
	b := slBuild{record: c.newRecord("ZB"), ServiceSID: s.SID, Dependencies: []dependency{}, Ready: c.now.Add(c.functionBuildTime())}
	f := c.fields()
	b.FunctionVersions, b.AssetVersions = c.params["FunctionVersions"], c.params["AssetVersions"]
	f.versions(c, s, b)
	f.dependencies(&b.Dependencies)
	// Without a runtime Twilio takes that of the last build that succeeded
	// (https://www.twilio.com/docs/api/errors/82007); what it takes for the first is not documented.
	b.Runtime = slRunning[0]
	if last, ok := slBuilds.first(c.state, func(other slBuild) bool { return other.ServiceSID == s.SID && c.buildStatus(other) == "completed" }); ok {
		b.Runtime = last.Runtime
	}
	f.oneOf("Runtime", &b.Runtime, 20001, slRuntimes...)
	if err := f.result(); err != nil {
		return 0, nil, err
	}
	b.Fails = !slices.Contains(slRunning, b.Runtime)
	if left := c.state.settings.FailFunctionBuilds; left > 0 {
		b.Fails = true
		c.state.settings.FailFunctionBuilds--
	}
	slBuilds.put(c.state, b)
	return http.StatusCreated, c.renderSlBuild(b), nil
}

func (c *call) functionBuildTime() time.Duration {
	if ms := c.state.settings.FunctionBuildMS; ms > 0 {
		return time.Duration(ms) * time.Millisecond
	}
	return defaultFunctionBuild
}

// versions refuses versions of which no build can be made.
func (f *fields) versions(c *call, s slService, b slBuild) {
	if len(b.versions()) == 0 {
		f.fail(invalidParameter(20001, "At least one Function Version or Asset Version is required for Build."))
	}
	paths, owners := map[string]bool{}, map[string]bool{}
	for kind, sids := range map[codeKind][]string{kindFunction: b.FunctionVersions, kindAsset: b.AssetVersions} {
		for _, sid := range sids {
			v, ok := slVersions.get(c.state, sid)
			switch {
			case !ok || v.ServiceSID != s.SID || v.Kind != kind:
				f.fail(invalidParameter(20001, "%s is no version of the %s of service %s", strconv.Quote(sid), kind, s.SID))
			case paths[v.Path]:
				f.fail(invalidParameter(20001, "Two versions have the path %s", v.Path))
			case owners[v.CodeSID]:
				f.fail(invalidParameter(20001, "Two versions are of %s", v.CodeSID))
			}
			paths[v.Path], owners[v.CodeSID] = true, true
		}
	}
}

// dependencies reads a JSON list, or one that is quoted once more, as
// github.com/twilio-labs/serverless-toolkit sends it.
func (f *fields) dependencies(into *[]dependency) {
	text, ok := f.sent("Dependencies")
	if !ok {
		return
	}
	if len(text) > 1 && text[0] == '"' && text[len(text)-1] == '"' {
		text = text[1 : len(text)-1]
	}
	var all []dependency
	if err := decodeStrict(json.RawMessage(text), &all); err != nil {
		f.fail(invalidParameter(20001, "Dependencies must be a JSON list of objects with name and version: %v", err))
		return
	}
	names := map[string]bool{}
	for _, each := range all {
		if each.Name == "" || each.Version == "" || names[each.Name] {
			f.fail(invalidParameter(20001, "Each dependency needs a name of its own and a version"))
		}
		names[each.Name] = true
	}
	*into = all
}

// deleteSlBuild refuses a build that is deployed.
func deleteSlBuild(c *call) (int, any, error) {
	b, err := c.slBuild()
	if err != nil {
		return 0, nil, err
	}
	if e, deployed := slEnvironments.first(c.state, func(e slEnvironment) bool { return e.BuildSID == b.SID }); deployed {
		return 0, nil, errConflict("Build %s is deployed to environment %s", b.SID, e.SID)
	}
	slBuilds.remove(c.state, b.SID)
	return http.StatusNoContent, nil, nil
}

func renderSlDeployment(d slDeployment) object {
	return object{
		"sid": d.SID, "account_sid": d.AccountSID, "service_sid": d.ServiceSID, "environment_sid": d.EnvironmentSID, "build_sid": d.BuildSID,
		"date_created": iso8601(d.DateCreated), "date_updated": iso8601(d.DateUpdated),
		"url": slURL("Services", d.ServiceSID, "Environments", d.EnvironmentSID, "Deployments", d.SID),
	}
}

func listSlDeployments(c *call) (int, any, error) {
	e, err := c.slEnvironment()
	if err != nil {
		return 0, nil, err
	}
	return listPage(c, "deployments", slDeployments.list(c.state, func(d slDeployment) bool { return d.EnvironmentSID == e.SID }), renderSlDeployment)
}

func fetchSlDeployment(c *call) (int, any, error) {
	e, err := c.slEnvironment()
	if err != nil {
		return 0, nil, err
	}
	d, ok := slDeployments.get(c.state, c.PathValue("Sid"))
	if !ok || d.EnvironmentSID != e.SID {
		return 0, nil, c.notFound()
	}
	return http.StatusOK, renderSlDeployment(d), nil
}

// createSlDeployment deploys a build. The effect of leaving BuildSid out is not documented:
// here it is refused. A build that is deployed already is refused in Twilio's words
// (github.com/twilio-labs/serverless-api/issues/27).
func createSlDeployment(c *call) (int, any, error) {
	e, err := c.slEnvironment()
	if err != nil {
		return 0, nil, err
	}
	d := slDeployment{record: c.newRecord("ZD"), ServiceSID: e.ServiceSID, EnvironmentSID: e.SID}
	f := c.fields()
	f.required("BuildSid")
	f.sid("BuildSid", "ZB", &d.BuildSID)
	var plugin bool
	f.boolean("IsPlugin", &plugin)
	if err := f.result(); err != nil {
		return 0, nil, err
	}
	b, ok := slBuilds.get(c.state, d.BuildSID)
	switch {
	case !ok || b.ServiceSID != e.ServiceSID:
		return 0, nil, invalidParameter(20001, "Build %s is not of service %s", d.BuildSID, e.ServiceSID)
	case c.buildStatus(b) != "completed":
		return 0, nil, invalidParameter(20001, "Build %s is %s", b.SID, c.buildStatus(b))
	case e.BuildSID == b.SID:
		return 0, nil, errConflict("Environment already has requested deployment.")
	}
	slDeployments.put(c.state, d)
	e.BuildSID = b.SID
	c.touch(&e.record)
	slEnvironments.put(c.state, e)
	return http.StatusCreated, renderSlDeployment(d), nil
}
