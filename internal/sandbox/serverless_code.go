package sandbox

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// codeKind is what a service holds: functions or assets, which are alike in everything but
// what becomes of their content.
type codeKind string

const (
	kindFunction codeKind = "Functions"
	kindAsset    codeKind = "Assets"
)

// versions is the name of a list of its versions.
func (k codeKind) versions() string {
	return strings.ToLower(strings.TrimSuffix(string(k), "s")) + "_versions"
}

// owner is the name of the field of a version that has its function or asset.
func (k codeKind) owner() string { return strings.ToLower(strings.TrimSuffix(string(k), "s")) + "_sid" }

// slCode is a function or an asset.
type slCode struct {
	record
	Kind         codeKind `json:"kind"`
	ServiceSID   string   `json:"service_sid"`
	FriendlyName string   `json:"friendly_name"`
}

// slVersion is a version of a function or an asset. It never changes.
type slVersion struct {
	record
	Kind       codeKind `json:"kind"`
	ServiceSID string   `json:"service_sid"`
	CodeSID    string   `json:"code_sid"` // of its function or asset
	Path       string   `json:"path"`
	Visibility string   `json:"visibility"`
	Content    string   `json:"content"`
}

var (
	slCodes    = newTable[slCode]("serverless_code")
	slVersions = newTable[slVersion]("serverless_versions")
)

func codeRoutes(kind codeKind) []route {
	list := slServicePath + "/" + string(kind)
	one := list + "/{CodeSid}"
	versions := one + "/Versions"
	routes := []route{
		{method: "GET", pattern: list, list: true, handler: kind.listAll},
		{method: "POST", pattern: list, params: []string{"FriendlyName"}, handler: kind.create},
		{method: "GET", pattern: one, handler: kind.fetch},
		{method: "POST", pattern: one, params: []string{"FriendlyName"}, handler: kind.update},
		{method: "DELETE", pattern: one, handler: kind.delete},
		{method: "GET", pattern: versions, list: true, handler: kind.listVersions},
		{method: "GET", pattern: versions + "/{Sid}", handler: kind.fetchVersion},
	}
	if kind == kindFunction {
		routes = append(routes, route{method: "GET", pattern: versions + "/{Sid}/Content", handler: kind.fetchContent})
	}
	return routes
}

func renderSlCode(r slCode) object {
	at := slURL("Services", r.ServiceSID, string(r.Kind), r.SID)
	return object{
		"sid": r.SID, "account_sid": r.AccountSID, "service_sid": r.ServiceSID, "friendly_name": r.FriendlyName,
		"date_created": iso8601(r.DateCreated), "date_updated": iso8601(r.DateUpdated), "url": at,
		"links": object{r.Kind.versions(): at + "/Versions"},
	}
}

func renderSlVersion(v slVersion) object {
	at := slURL("Services", v.ServiceSID, string(v.Kind), v.CodeSID, "Versions", v.SID)
	rendered := object{
		"sid": v.SID, "account_sid": v.AccountSID, "service_sid": v.ServiceSID, v.Kind.owner(): v.CodeSID,
		"path": v.Path, "visibility": v.Visibility, "date_created": iso8601(v.DateCreated), "url": at,
	}
	if v.Kind == kindFunction {
		rendered["links"] = object{"function_version_content": at + "/Content"}
	}
	return rendered
}

// code is the function or asset of the path.
func (c *call) code(kind codeKind) (slCode, error) {
	s, err := c.slService()
	if err != nil {
		return slCode{}, err
	}
	r, ok := slCodes.get(c.state, c.PathValue("CodeSid"))
	if !ok || r.ServiceSID != s.SID || r.Kind != kind {
		return r, c.notFound()
	}
	return r, nil
}

func (k codeKind) listAll(c *call) (int, any, error) {
	s, err := c.slService()
	if err != nil {
		return 0, nil, err
	}
	return listPage(c, strings.ToLower(string(k)), slCodes.list(c.state, func(r slCode) bool { return r.ServiceSID == s.SID && r.Kind == k }), renderSlCode)
}

func (k codeKind) create(c *call) (int, any, error) {
	s, err := c.slService()
	if err != nil {
		return 0, nil, err
	}
	r := slCode{record: c.newRecord("ZH"), Kind: k, ServiceSID: s.SID}
	f := c.fields()
	f.required("FriendlyName")
	f.length("FriendlyName", &r.FriendlyName, 1, 255, 20001)
	if err := f.result(); err != nil {
		return 0, nil, err
	}
	slCodes.put(c.state, r)
	return http.StatusCreated, renderSlCode(r), nil
}

func (k codeKind) fetch(c *call) (int, any, error) {
	r, err := c.code(k)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, renderSlCode(r), nil
}

func (k codeKind) update(c *call) (int, any, error) {
	r, err := c.code(k)
	if err != nil {
		return 0, nil, err
	}
	f := c.fields()
	f.required("FriendlyName")
	f.length("FriendlyName", &r.FriendlyName, 1, 255, 20001)
	if err := f.result(); err != nil {
		return 0, nil, err
	}
	c.touch(&r.record)
	slCodes.put(c.state, r)
	return http.StatusOK, renderSlCode(r), nil
}

// delete refuses a function or an asset that runs: one can only be deleted if no version of
// it is active (github.com/twilio-labs/serverless-toolkit/issues/148).
func (k codeKind) delete(c *call) (int, any, error) {
	r, err := c.code(k)
	if err != nil {
		return 0, nil, err
	}
	for _, e := range slEnvironments.list(c.state, func(e slEnvironment) bool { return e.ServiceSID == r.ServiceSID }) {
		b, _ := slBuilds.get(c.state, e.BuildSID)
		for _, sid := range b.versions() {
			if v, _ := slVersions.get(c.state, sid); v.CodeSID == r.SID {
				return 0, nil, errConflict("Version %s is part of build %s, which is deployed to environment %s", v.SID, b.SID, e.SID)
			}
		}
	}
	removeAll(c.state, slVersions, func(v slVersion) bool { return v.CodeSID == r.SID })
	slCodes.remove(c.state, r.SID)
	return http.StatusNoContent, nil, nil
}

func (c *call) slVersion(kind codeKind) (slVersion, error) {
	r, err := c.code(kind)
	if err != nil {
		return slVersion{}, err
	}
	v, ok := slVersions.get(c.state, c.PathValue("Sid"))
	if !ok || v.CodeSID != r.SID {
		return v, c.notFound()
	}
	return v, nil
}

func (k codeKind) listVersions(c *call) (int, any, error) {
	r, err := c.code(k)
	if err != nil {
		return 0, nil, err
	}
	return listPage(c, k.versions(), slVersions.list(c.state, func(v slVersion) bool { return v.CodeSID == r.SID }), renderSlVersion)
}

func (k codeKind) fetchVersion(c *call) (int, any, error) {
	v, err := c.slVersion(k)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, renderSlVersion(v), nil
}

func (k codeKind) fetchContent(c *call) (int, any, error) {
	v, err := c.slVersion(k)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, object{
		"sid": v.SID, "account_sid": v.AccountSID, "service_sid": v.ServiceSID, "function_sid": v.CodeSID, "content": v.Content,
		"url": slURL("Services", v.ServiceSID, string(k), v.CodeSID, "Versions", v.SID, "Content"),
	}, nil
}

// serverlessUploadProduct takes the content of functions and assets, as multipart forms. No
// OpenAPI document has it; the form is that of github.com/twilio-labs/serverless-toolkit.
func serverlessUploadProduct() product {
	upload := func(kind codeKind) route {
		return route{
			method: "POST", pattern: slServicePath + "/" + string(kind) + "/{CodeSid}/Versions", multipart: true,
			params: []string{"Path", "Visibility", "Content"}, handler: kind.upload,
		}
	}
	return product{
		host:   "serverless-upload",
		routes: granted(notGrantable+"serverless/versions", []route{upload(kindFunction), upload(kindAsset)}),
	}
}

// versionPath is a path that can be part of a URL as it is.
var versionPath = regexp.MustCompile(`^/[A-Za-z0-9._~!$&'()*+,;=:@/-]*$`)

func (k codeKind) upload(c *call) (int, any, error) {
	r, err := c.code(k)
	if err != nil {
		return 0, nil, err
	}
	v := slVersion{record: c.newRecord("ZN"), Kind: k, ServiceSID: r.ServiceSID, CodeSID: r.SID}
	f := c.fields()
	f.required("Path", "Visibility", "Content")
	f.text("Path", &v.Path)
	if !strings.HasPrefix(v.Path, "/") {
		v.Path = "/" + v.Path
	}
	if f.err == nil && (len(v.Path) > 255 || !versionPath.MatchString(v.Path)) {
		f.fail(invalidParameter(20001, "Path must be URL-friendly and have at most 255 characters"))
	}
	f.oneOf("Visibility", &v.Visibility, 20001, "public", "protected", "private")
	f.text("Content", &v.Content)
	if kind := c.contentType; f.err == nil && k == kindFunction && !slices.Contains([]string{"application/javascript", "text/javascript"}, kind) {
		f.fail(invalidParameter(20001, "Content of a function must be application/javascript, not %q", kind))
	}
	if err := f.result(); err != nil {
		return 0, nil, err
	}
	slVersions.put(c.state, v)
	return http.StatusCreated, renderSlVersion(v), nil
}
