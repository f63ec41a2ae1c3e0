package sandbox

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// serverlessProduct is Twilio Functions and Assets: services, their environments, and what
// is deployed to them. Names, limits and operations are those of Twilio's OpenAPI document;
// what it leaves open is said beside each.
func serverlessProduct() product {
	return product{
		host: "serverless",
		routes: granted(notGrantable+"serverless/services", append([]route{
			{method: "GET", pattern: slServicesPath, list: true, handler: listSlServices},
			{method: "POST", pattern: slServicesPath, params: []string{"UniqueName", "FriendlyName", "IncludeCredentials", "UiEditable"}, handler: createSlService},
			{method: "GET", pattern: slServicePath, handler: fetchSlService},
			{method: "POST", pattern: slServicePath, params: []string{"FriendlyName", "IncludeCredentials", "UiEditable"}, handler: updateSlService},
			{method: "DELETE", pattern: slServicePath, handler: deleteSlService},

			{method: "GET", pattern: slEnvironmentsPath, list: true, handler: listSlEnvironments},
			{method: "POST", pattern: slEnvironmentsPath, params: []string{"UniqueName", "DomainSuffix"}, handler: createSlEnvironment},
			{method: "GET", pattern: slEnvironmentPath, handler: fetchSlEnvironment},
			{method: "DELETE", pattern: slEnvironmentPath, handler: deleteSlEnvironment},

			{method: "GET", pattern: slVariablesPath, list: true, handler: listSlVariables},
			{method: "POST", pattern: slVariablesPath, params: []string{"Key", "Value"}, handler: createSlVariable},
			{method: "GET", pattern: slVariablePath, handler: fetchSlVariable},
			{method: "POST", pattern: slVariablePath, params: []string{"Key", "Value"}, handler: updateSlVariable},
			{method: "DELETE", pattern: slVariablePath, handler: deleteSlVariable},
		}, append(append(codeRoutes(kindFunction), codeRoutes(kindAsset)...), buildRoutes()...)...)),
		tables: []stored{slServices, slEnvironments, slVariables, slCodes, slVersions, slBuilds, slDeployments},
	}
}

// ServerlessSettings are those of Twilio Functions.
type ServerlessSettings struct {
	// FunctionBuildMS is how long, in milliseconds, a build takes; 0 is a second.
	FunctionBuildMS int `json:"function_build_ms"`
	// FailFunctionBuilds is how many of the next builds fail.
	FailFunctionBuilds int `json:"fail_function_builds"`
	// FunctionStandIn is the URL of a server on this machine that answers in place of the
	// code of functions, which the sandbox does not run: the path of the function is added
	// to it. Empty for none; then functions fail.
	FunctionStandIn string `json:"function_stand_in"`
}

const (
	slServicesPath     = "/v1/Services"
	slServicePath      = slServicesPath + "/{ServiceSid}"
	slEnvironmentsPath = slServicePath + "/Environments"
	slEnvironmentPath  = slEnvironmentsPath + "/{EnvironmentSid}"
	slVariablesPath    = slEnvironmentPath + "/Variables"
	slVariablePath     = slVariablesPath + "/{Sid}"
)

type slService struct {
	record
	UniqueName         string `json:"unique_name"`
	FriendlyName       string `json:"friendly_name"`
	IncludeCredentials bool   `json:"include_credentials"`
	UIEditable         bool   `json:"ui_editable"`
}

type slEnvironment struct {
	record
	ServiceSID   string `json:"service_sid"`
	UniqueName   string `json:"unique_name"`
	DomainSuffix string `json:"domain_suffix,omitempty"`
	DomainName   string `json:"domain_name"`
	BuildSID     string `json:"build_sid,omitempty"` // that is deployed
}

type slVariable struct {
	record
	ServiceSID     string `json:"service_sid"`
	EnvironmentSID string `json:"environment_sid"`
	Key            string `json:"key"`
	Value          string `json:"value"`
}

var (
	slServices     = newTable[slService]("serverless_services")
	slEnvironments = newTable[slEnvironment]("serverless_environments")
	slVariables    = newTable[slVariable]("serverless_variables")
)

// slName is what Twilio's console takes for the name of a service, which becomes part of its
// domain (https://www.twilio.com/docs/serverless/functions-assets/functions/create-service).
var slName = regexp.MustCompile(`^[A-Za-z0-9-]{1,50}$`)

// slURL is the URL of an object.
func slURL(parts ...string) string {
	return "https://serverless.twilio.com/v1/" + strings.Join(parts, "/")
}

// domainBase is the domain of a service without the suffix of an environment: its name and
// four digits.
func (s slService) domainBase() string {
	digits, _ := strconv.ParseUint(s.SID[len(s.SID)-4:], 16, 32) // the end of a SID is hexadecimal
	return fmt.Sprintf("%s-%04d", strings.ToLower(s.UniqueName), digits%10000)
}

func renderSlService(s slService) object {
	at := slURL("Services", s.SID)
	return object{
		"sid": s.SID, "account_sid": s.AccountSID, "unique_name": s.UniqueName, "friendly_name": s.FriendlyName,
		"include_credentials": s.IncludeCredentials, "ui_editable": s.UIEditable, "domain_base": s.domainBase(),
		"date_created": iso8601(s.DateCreated), "date_updated": iso8601(s.DateUpdated), "url": at,
		"links": object{
			"environments": at + "/Environments", "functions": at + "/Functions", "assets": at + "/Assets", "builds": at + "/Builds",
		},
	}
}

// slService is the service of the path, by SID or unique name.
func (c *call) slService() (slService, error) {
	return named(c, slServices, c.PathValue("ServiceSid"),
		func(s slService) bool { return s.AccountSID == c.account.SID }, func(s slService) string { return s.UniqueName })
}

func listSlServices(c *call) (int, any, error) {
	return listPage(c, "services", slServices.list(c.state, func(s slService) bool { return s.AccountSID == c.account.SID }), renderSlService)
}

func fetchSlService(c *call) (int, any, error) {
	s, err := c.slService()
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, renderSlService(s), nil
}

func createSlService(c *call) (int, any, error) {
	s := slService{record: c.newRecord("ZS"), IncludeCredentials: true}
	f := c.fields()
	f.required("UniqueName", "FriendlyName")
	f.length("UniqueName", &s.UniqueName, 1, 50, 20001)
	if f.err == nil && !slName.MatchString(s.UniqueName) {
		f.fail(invalidParameter(20001, "UniqueName may have letters, digits and dashes only"))
	}
	if f.err == nil && has(c, slServices, func(other slService) bool {
		return other.AccountSID == c.account.SID && strings.EqualFold(other.UniqueName, s.UniqueName)
	}) {
		f.fail(errConflict("A service with the unique name %q exists already", s.UniqueName))
	}
	c.slServiceFields(f, &s)
	if err := f.result(); err != nil {
		return 0, nil, err
	}
	slServices.put(c.state, s)
	return http.StatusCreated, renderSlService(s), nil
}

func (c *call) slServiceFields(f *fields, s *slService) {
	f.length("FriendlyName", &s.FriendlyName, 1, 255, 20001)
	f.boolean("IncludeCredentials", &s.IncludeCredentials)
	f.boolean("UiEditable", &s.UIEditable)
}

func updateSlService(c *call) (int, any, error) {
	s, err := c.slService()
	if err != nil {
		return 0, nil, err
	}
	f := c.fields()
	c.slServiceFields(f, &s)
	if err := f.result(); err != nil {
		return 0, nil, err
	}
	c.touch(&s.record)
	slServices.put(c.state, s)
	return http.StatusOK, renderSlService(s), nil
}

// deleteSlService deletes a service with all that is in it. That Twilio refuses it while
// something is deployed is not documented; nor is that it does not.
func deleteSlService(c *call) (int, any, error) {
	s, err := c.slService()
	if err != nil {
		return 0, nil, err
	}
	if e, deployed := slEnvironments.first(c.state, func(e slEnvironment) bool { return e.ServiceSID == s.SID && e.BuildSID != "" }); deployed {
		return 0, nil, errConflict("Build %s is deployed to environment %s of the service", e.BuildSID, e.SID)
	}
	for _, e := range slEnvironments.list(c.state, func(e slEnvironment) bool { return e.ServiceSID == s.SID }) {
		c.removeEnvironment(e)
	}
	removeAll(c.state, slBuilds, func(b slBuild) bool { return b.ServiceSID == s.SID })
	removeAll(c.state, slVersions, func(v slVersion) bool { return v.ServiceSID == s.SID })
	removeAll(c.state, slCodes, func(r slCode) bool { return r.ServiceSID == s.SID })
	slServices.remove(c.state, s.SID)
	return http.StatusNoContent, nil, nil
}

func renderSlEnvironment(e slEnvironment) object {
	at := slURL("Services", e.ServiceSID, "Environments", e.SID)
	return object{
		"sid": e.SID, "account_sid": e.AccountSID, "service_sid": e.ServiceSID, "build_sid": orNull(e.BuildSID),
		"unique_name": e.UniqueName, "domain_suffix": orNull(e.DomainSuffix), "domain_name": e.DomainName,
		"date_created": iso8601(e.DateCreated), "date_updated": iso8601(e.DateUpdated), "url": at,
		"links": object{"variables": at + "/Variables", "deployments": at + "/Deployments", "logs": at + "/Logs"},
	}
}

// slEnvironment is the environment of the path.
func (c *call) slEnvironment() (slEnvironment, error) {
	s, err := c.slService()
	if err != nil {
		return slEnvironment{}, err
	}
	e, ok := slEnvironments.get(c.state, c.PathValue("EnvironmentSid"))
	if !ok || e.ServiceSID != s.SID {
		return e, c.notFound()
	}
	return e, nil
}

func listSlEnvironments(c *call) (int, any, error) {
	s, err := c.slService()
	if err != nil {
		return 0, nil, err
	}
	return listPage(c, "environments", slEnvironments.list(c.state, func(e slEnvironment) bool { return e.ServiceSID == s.SID }), renderSlEnvironment)
}

func fetchSlEnvironment(c *call) (int, any, error) {
	e, err := c.slEnvironment()
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, renderSlEnvironment(e), nil
}

func createSlEnvironment(c *call) (int, any, error) {
	s, err := c.slService()
	if err != nil {
		return 0, nil, err
	}
	e := slEnvironment{record: c.newRecord("ZE"), ServiceSID: s.SID}
	f := c.fields()
	f.required("UniqueName")
	f.length("UniqueName", &e.UniqueName, 1, 100, 20001)
	f.length("DomainSuffix", &e.DomainSuffix, 0, 16, 20001)
	if f.err == nil && e.DomainSuffix != "" && !slName.MatchString(e.DomainSuffix) {
		f.fail(invalidParameter(20001, "DomainSuffix may have letters, digits and dashes only"))
	}
	e.DomainName = s.domainBase() + ".twil.io"
	if e.DomainSuffix != "" {
		e.DomainName = s.domainBase() + "-" + strings.ToLower(e.DomainSuffix) + ".twil.io"
	}
	if f.err == nil && has(c, slEnvironments, func(other slEnvironment) bool {
		return other.ServiceSID == s.SID && (other.UniqueName == e.UniqueName || other.DomainName == e.DomainName)
	}) {
		f.fail(errConflict("The service has an environment of this unique name or domain suffix already"))
	}
	if err := f.result(); err != nil {
		return 0, nil, err
	}
	slEnvironments.put(c.state, e)
	return http.StatusCreated, renderSlEnvironment(e), nil
}

func deleteSlEnvironment(c *call) (int, any, error) {
	e, err := c.slEnvironment()
	if err != nil {
		return 0, nil, err
	}
	c.removeEnvironment(e)
	return http.StatusNoContent, nil, nil
}

func (c *call) removeEnvironment(e slEnvironment) {
	removeAll(c.state, slVariables, func(v slVariable) bool { return v.EnvironmentSID == e.SID })
	removeAll(c.state, slDeployments, func(d slDeployment) bool { return d.EnvironmentSID == e.SID })
	slEnvironments.remove(c.state, e.SID)
}

const (
	// maxVariable is how long a value may be, in bytes.
	maxVariable = 450
	// maxVariables is how much the keys and values of an environment may have together, in
	// bytes (https://www.twilio.com/docs/api/errors/82006).
	maxVariables = 3 << 10
)

// variableKey is what a program can read from its environment; what Twilio refuses is not
// documented.
var variableKey = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func renderSlVariable(v slVariable) object {
	return object{
		"sid": v.SID, "account_sid": v.AccountSID, "service_sid": v.ServiceSID, "environment_sid": v.EnvironmentSID,
		"key": v.Key, "value": v.Value, "date_created": iso8601(v.DateCreated), "date_updated": iso8601(v.DateUpdated),
		"url": slURL("Services", v.ServiceSID, "Environments", v.EnvironmentSID, "Variables", v.SID),
	}
}

func (c *call) slVariable() (slVariable, error) {
	e, err := c.slEnvironment()
	if err != nil {
		return slVariable{}, err
	}
	v, ok := slVariables.get(c.state, c.PathValue("Sid"))
	if !ok || v.EnvironmentSID != e.SID {
		return v, c.notFound()
	}
	return v, nil
}

func listSlVariables(c *call) (int, any, error) {
	e, err := c.slEnvironment()
	if err != nil {
		return 0, nil, err
	}
	return listPage(c, "variables", slVariables.list(c.state, func(v slVariable) bool { return v.EnvironmentSID == e.SID }), renderSlVariable)
}

func fetchSlVariable(c *call) (int, any, error) {
	v, err := c.slVariable()
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, renderSlVariable(v), nil
}

func createSlVariable(c *call) (int, any, error) {
	e, err := c.slEnvironment()
	if err != nil {
		return 0, nil, err
	}
	v := slVariable{record: c.newRecord("ZV"), ServiceSID: e.ServiceSID, EnvironmentSID: e.SID}
	f := c.fields()
	f.required("Key", "Value")
	c.slVariableFields(f, &v)
	if err := f.result(); err != nil {
		return 0, nil, err
	}
	slVariables.put(c.state, v)
	return http.StatusCreated, renderSlVariable(v), nil
}

func (c *call) slVariableFields(f *fields, v *slVariable) {
	f.length("Key", &v.Key, 1, 128, 20001)
	f.text("Value", &v.Value)
	size := 0
	for _, other := range slVariables.list(c.state, func(o slVariable) bool { return o.EnvironmentSID == v.EnvironmentSID && o.SID != v.SID }) {
		if other.Key == v.Key {
			f.fail(errConflict("The environment has a variable %q already", v.Key))
		}
		size += len(other.Key) + len(other.Value)
	}
	switch {
	case !variableKey.MatchString(v.Key):
		f.fail(invalidParameter(20001, "Key must be letters, digits and underscores, and not begin with a digit"))
	case len(v.Value) == 0 || len(v.Value) > maxVariable:
		f.fail(invalidParameter(20001, "Value must have 1 to %d bytes", maxVariable))
	case size+len(v.Key)+len(v.Value) > maxVariables:
		f.fail(invalidParameter(82006, "The variables of the environment have more than %d bytes", maxVariables))
	}
}

func updateSlVariable(c *call) (int, any, error) {
	v, err := c.slVariable()
	if err != nil {
		return 0, nil, err
	}
	f := c.fields()
	c.slVariableFields(f, &v)
	if err := f.result(); err != nil {
		return 0, nil, err
	}
	c.touch(&v.record)
	slVariables.put(c.state, v)
	return http.StatusOK, renderSlVariable(v), nil
}

func deleteSlVariable(c *call) (int, any, error) {
	v, err := c.slVariable()
	if err != nil {
		return 0, nil, err
	}
	slVariables.remove(c.state, v.SID)
	return http.StatusNoContent, nil, nil
}

// errConflict is the error for a name that is taken, or for what is in use. Twilio documents
// no code of its own for either.
func errConflict(format string, args ...any) *apiError {
	return apiErrorf(http.StatusConflict, 20409, format, args...)
}
