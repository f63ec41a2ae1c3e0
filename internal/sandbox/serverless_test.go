package sandbox

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"strings"
	"testing"
	"time"

	serverless "github.com/twilio/twilio-go/rest/serverless/v1"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
)

const (
	functionsURL = "https://serverless.twilio.com/v1/Services"
	uploadsURL   = "https://serverless-upload.twilio.com/v1/Services"
)

// lambda is a service with an environment and a function, on a sandbox with a clock of its own.
type lambda struct {
	*testing.T
	box               *Sandbox
	h                 http.Handler
	now               time.Time
	service, function string
	environment       map[string]any
}

func newLambda(t *testing.T) *lambda {
	t.Helper()
	l := &lambda{T: t, now: start}
	l.box = predictable(WithClock(func() time.Time { return l.now }))
	l.h = checked(t, l.box)
	l.service = l.post(201, "", form("UniqueName", "Hello-1", "FriendlyName", "hello"))["sid"].(string)
	l.environment = l.post(201, "/"+l.service+"/Environments", form("UniqueName", "live"))
	l.function = l.post(201, "/"+l.service+"/Functions", form("FriendlyName", "greet"))["sid"].(string)
	return l
}

func (l *lambda) post(want int, path string, values url.Values) map[string]any {
	l.Helper()
	return must(l, l.h, want, "POST", functionsURL+path, values)
}

func (l *lambda) get(path string) map[string]any {
	l.Helper()
	return must(l, l.h, 200, "GET", functionsURL+path, nil)
}

func (l *lambda) delete(want int, path string) {
	l.Helper()
	must(l, l.h, want, "DELETE", functionsURL+path, nil)
}

// upload sends the parts of a version; an empty kind sends no file.
func (l *lambda) upload(want int, kind, content string, pairs ...string) string {
	l.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i := 0; i < len(pairs); i += 2 {
		if err := w.WriteField(pairs[i], pairs[i+1]); err != nil {
			l.Fatal(err)
		}
	}
	if kind != "" {
		part, err := w.CreatePart(textproto.MIMEHeader{
			"Content-Disposition": {`form-data; name="Content"; filename="function.js"`}, "Content-Type": {kind},
		})
		if err == nil {
			_, err = io.WriteString(part, content)
		}
		if err != nil {
			l.Fatal(err)
		}
	}
	w.Close()
	r := httptest.NewRequest(http.MethodPost, uploadsURL+"/"+l.service+"/Functions/"+l.function+"/Versions", &body)
	r.SetBasicAuth(StarterAccountSID, StarterAuthToken)
	r.Header.Set("Content-Type", w.FormDataContentType())
	status, answer := answerOf(l, l.h, r)
	if status != want {
		l.Fatalf("uploading %v: %d %v, want %d", pairs, status, answer, want)
	}
	sid, _ := answer["sid"].(string)
	return sid
}

func (l *lambda) version(content, path, visibility string) string {
	l.Helper()
	return l.upload(201, "application/javascript", content, "Path", path, "Visibility", visibility)
}

// build makes a build and lets the time pass that it takes.
func (l *lambda) build(versions ...string) string {
	l.Helper()
	values := form("Runtime", "node22")
	values["FunctionVersions"] = versions
	sid := l.post(201, "/"+l.service+"/Builds", values)["sid"].(string)
	l.now = l.now.Add(time.Second)
	return sid
}

func (l *lambda) deploy(want int, build string) {
	l.Helper()
	l.post(want, l.environmentPath("/Deployments"), form("BuildSid", build))
}

func (l *lambda) environmentPath(more string) string {
	return "/" + l.service + "/Environments/" + l.environment["sid"].(string) + more
}

// visit asks the domain of the environment.
func (l *lambda) visit(method, path string, header http.Header, values url.Values) *httptest.ResponseRecorder {
	l.Helper()
	r := httptest.NewRequest(method, "https://"+l.environment["domain_name"].(string)+path, strings.NewReader(values.Encode()))
	if values != nil {
		r.Header.Set("Content-Type", formType)
	}
	for name := range header {
		r.Header.Set(name, header.Get(name))
	}
	w := httptest.NewRecorder()
	l.h.ServeHTTP(w, r)
	return w
}

// standsIn has a server answer for the functions.
func (l *lambda) standsIn(handler http.HandlerFunc) {
	l.Helper()
	server := httptest.NewServer(handler)
	l.Cleanup(server.Close)
	turn(l.T, l.box, 200, "POST", "settings", `{"function_stand_in":"`+server.URL+`"}`)
}

func TestFunctionIsDeployedAndAnswers(t *testing.T) {
	l := newLambda(t)
	if got := l.environment["domain_name"]; got != "hello-1-0004.twil.io" {
		t.Errorf("the domain is %v", got)
	}
	var asked string
	l.standsIn(func(w http.ResponseWriter, r *http.Request) {
		asked = r.Method + " " + r.URL.RequestURI() + " " + r.FormValue("Body")
		w.Header().Set("Content-Type", "text/xml")
		fmt.Fprint(w, "<Response/> "+r.Header.Get(FunctionVersionHeader))
	})
	if got := l.visit("GET", "/greet", nil, nil).Code; got != 404 {
		t.Errorf("before it is deployed: %d", got)
	}
	first := l.version("exports.handler = 1", "greet", "public")
	l.deploy(201, l.build(first))
	answer := l.visit("POST", "/greet?to=x", nil, form("Body", "hi"))
	if answer.Code != 200 || answer.Body.String() != "<Response/> "+first || asked != "POST /greet?to=x hi" || answer.Header().Get("Content-Type") != "text/xml" {
		t.Errorf("%d %q, asked %q", answer.Code, answer.Body, asked)
	}
	second := l.version("exports.handler = 2", "/greet", "public")
	l.deploy(201, l.build(second))
	if got := l.visit("GET", "/greet", nil, nil).Body.String(); !strings.HasSuffix(got, second) {
		t.Errorf("after the second deployment: %q", got)
	}
	for path, want := range map[string]int{"/other": 404, "/greet/": 404} {
		if got := l.visit("GET", path, nil, nil).Code; got != want {
			t.Errorf("%s: %d", path, got)
		}
	}
	if got := l.visit("PUT", "/greet", nil, nil).Code; got != 405 {
		t.Errorf("PUT: %d", got)
	}
	content := l.get("/" + l.service + "/Functions/" + l.function + "/Versions/" + first + "/Content")
	if content["content"] != "exports.handler = 1" {
		t.Errorf("%v", content)
	}
}

func TestProtectedFunctionsTakeTwiliosSignatureAndPrivateOnesNothing(t *testing.T) {
	l := newLambda(t)
	l.standsIn(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "hello") })
	l.deploy(201, l.build(l.version("x", "/greet", "protected")))
	at := "https://" + l.environment["domain_name"].(string)
	signed := http.Header{signatureHeader: {sign(StarterAuthToken, at+"/greet?a=b", form("Body", "hi"))}}
	if got := l.visit("POST", "/greet?a=b", signed, form("Body", "hi")); got.Code != 200 || got.Body.String() != "hello" {
		t.Errorf("signed: %d %q", got.Code, got.Body)
	}
	if got := l.visit("POST", "/greet?a=b", signed, form("Body", "other")).Code; got != 400 {
		t.Errorf("with another form: %d", got)
	}
	if got := l.visit("POST", "/greet", nil, form("Body", "hi")).Code; got != 400 {
		t.Errorf("unsigned: %d", got)
	}
	answer, problem := l.box.web(StarterAccountSID)(t.Context(), runRequest(at+"/greet", true))
	if problem != nil || string(answer.Body) != "hello" {
		t.Errorf("a bot's signed request: %v %q", problem, answer.Body)
	}
	if _, problem := l.box.web(StarterAccountSID)(t.Context(), runRequest(at+"/greet", false)); problem == nil || problem.Status != 400 {
		t.Errorf("a bot's unsigned request: %v", problem)
	}
	l.deploy(201, l.build(l.version("x", "/greet", "private")))
	if got := l.visit("POST", "/greet", signed, nil).Code; got != 404 {
		t.Errorf("private: %d", got)
	}
}

func TestFunctionWithoutAStandInFails(t *testing.T) {
	l := newLambda(t)
	l.deploy(201, l.build(l.version("x", "/greet", "public")))
	if got := l.visit("GET", "/greet", nil, nil); got.Code != 500 || got.Header().Get(FunctionVersionHeader) == "" {
		t.Errorf("%d %v", got.Code, got.Header())
	}
	for _, elsewhere := range []string{"http://example.com", "https://127.0.0.1", "here"} {
		turn(t, l.box, 400, "POST", "settings", `{"function_stand_in":"`+elsewhere+`"}`)
	}
}

func TestServerlessRefusesWhatTwilioRefuses(t *testing.T) {
	l := newLambda(t)
	base := "/" + l.service
	for _, wrong := range []url.Values{
		form("UniqueName", "hello-1", "FriendlyName", "x"), // of any letter case, since it is part of a domain
	} {
		l.post(409, "", wrong)
	}
	for _, wrong := range []url.Values{
		form("UniqueName", "a.b", "FriendlyName", "x"), form("UniqueName", strings.Repeat("a", 51), "FriendlyName", "x"),
		form("UniqueName", "b"), form("UniqueName", "b", "FriendlyName", strings.Repeat("x", 256)), form("UniqueName", "b", "FriendlyName", "x", "Domain", "y"),
	} {
		l.post(400, "", wrong)
	}
	l.post(409, base+"/Environments", form("UniqueName", "other"))
	l.post(409, base+"/Environments", form("UniqueName", "live", "DomainSuffix", "x"))
	l.post(400, base+"/Environments", form("UniqueName", "next", "DomainSuffix", strings.Repeat("x", 17)))
	l.post(400, base+"/Functions", form("FriendlyName", ""))

	for _, wrong := range [][]string{{"Path", "/a"}, {"Path", "/a b", "Visibility", "public"}, {"Path", "/a", "Visibility", "shown"}, {"Path", "/a", "Visibility", "public", "Name", "x"}} {
		l.upload(400, "application/javascript", "x", wrong...)
	}
	l.upload(400, "", "", "Path", "/a", "Visibility", "public")
	l.upload(400, "text/html", "x", "Path", "/a", "Visibility", "public")
	l.upload(400, "application/javascript", "", "Path", "/a", "Visibility", "public")
	if status, _ := send(t, l.h, "POST", uploadsURL+base+"/Functions/"+l.function+"/Versions", form("Path", "/a", "Visibility", "public", "Content", "x")); status != 422 {
		t.Errorf("a version that is no multipart form: %d", status)
	}

	version := l.version("x", "/greet", "public")
	again := l.version("y", "/greet", "public")
	for name, wrong := range map[string]url.Values{
		"no versions":          form("Runtime", "node22"),
		"another's":            form("FunctionVersions", "ZN"+strings.Repeat("0", 32)),
		"an asset's":           form("AssetVersions", version),
		"two of one function":  {"FunctionVersions": {version, again}},
		"an unknown runtime":   form("FunctionVersions", version, "Runtime", "node23"),
		"no list":              form("FunctionVersions", version, "Dependencies", `{"twilio":"4"}`),
		"no version":           form("FunctionVersions", version, "Dependencies", `[{"name":"twilio"}]`),
		"an unknown parameter": form("FunctionVersions", version, "Node", "22"),
	} {
		if status, body := send(t, l.h, "POST", functionsURL+base+"/Builds", wrong); status != 400 {
			t.Errorf("%s: %d %v", name, status, body)
		}
	}
	retired := l.post(201, base+"/Builds", form("FunctionVersions", version, "Runtime", "node18", "Dependencies", `"[{"name":"twilio","version":"4"}]"`))["sid"].(string)
	l.deploy(400, retired) // it is not finished
	l.now = l.now.Add(time.Second)
	if got := l.get(base + "/Builds/" + retired + "/Status")["status"]; got != "failed" {
		t.Errorf("a build with a retired runtime is %v", got)
	}
	l.deploy(400, retired)
	turn(t, l.box, 200, "POST", "settings", `{"fail_function_builds":1}`)
	l.deploy(400, l.build(version))
	build := l.build(version)
	l.post(400, l.environmentPath("/Deployments"), nil)
	l.deploy(201, build)
	l.deploy(409, build)
	if got := column(t, l.get(l.environmentPath("/Deployments")), "deployments", "build_sid"); len(got) != 1 || got[0] != build {
		t.Errorf("deployments of %v", got)
	}
	l.delete(409, base+"/Functions/"+l.function)
	l.delete(409, base+"/Builds/"+build)
	l.delete(409, base)
	l.delete(204, base+"/Builds/"+retired)
	l.delete(204, l.environmentPath(""))
	l.delete(204, base+"/Functions/"+l.function)
	l.delete(204, base)
	l.delete(404, base)
	contents, err := l.box.Contents(t.Context())
	if err != nil || strings.Contains(string(contents), l.service) {
		t.Errorf("something of the service is left: %v", err)
	}
}

func TestVariablesOfAnEnvironment(t *testing.T) {
	l := newLambda(t)
	at := l.environmentPath("/Variables")
	made := l.post(201, at, form("Key", "GREETING", "Value", "hunter2"))
	one := at + "/" + made["sid"].(string)
	l.post(409, at, form("Key", "GREETING", "Value", "x"))
	for _, wrong := range []url.Values{
		form("Key", "A"), form("Key", "1A", "Value", "x"), form("Key", "A-B", "Value", "x"), form("Key", "A", "Value", strings.Repeat("x", 451)),
		form("Key", strings.Repeat("A", 129), "Value", "x"),
	} {
		l.post(400, at, wrong)
	}
	for i := range 6 {
		l.post(201, at, form("Key", fmt.Sprintf("LONG_%d", i), "Value", strings.Repeat("x", 450)))
	}
	if body := l.post(400, at, form("Key", "MORE", "Value", strings.Repeat("x", 450))); body["code"] != 82006.0 {
		t.Errorf("%v", body)
	}
	if got := l.post(200, one, form("Value", "bye"))["value"]; got != "bye" {
		t.Errorf("the value is %v", got)
	}
	for _, entry := range l.box.Journal() {
		if strings.Contains(fmt.Sprint(entry), "hunter2") {
			t.Errorf("the journal has the value: %v", entry)
		}
	}
	l.delete(204, one)
	if got := column(t, l.get(at), "variables", "key"); len(got) != 6 {
		t.Errorf("left: %v", got)
	}
}

func TestTwiliosClientReadsFunctions(t *testing.T) {
	l := newLambda(t)
	version := l.version("x", "/greet", "public")
	build := l.build(version)
	l.deploy(201, build)
	twilio := serverless.NewApiService(twilioHandler(l.box))
	got, err := twilio.FetchBuild(l.service, build)
	if err != nil || *got.Status != "completed" || len(*got.FunctionVersions) != 1 || (*got.FunctionVersions)[0].(map[string]any)["path"] != "/greet" {
		t.Fatalf("%v %v", got, err)
	}
	asset, err := twilio.CreateAsset(l.service, (&serverless.CreateAssetParams{}).SetFriendlyName("logo"))
	if err != nil {
		t.Fatal(err)
	}
	if err := twilio.DeleteAsset(l.service, *asset.Sid); err != nil {
		t.Error(err)
	}
	if environments, err := twilio.ListEnvironment(l.service, nil); err != nil || len(environments) != 1 || *environments[0].BuildSid != build {
		t.Errorf("%v %v", environments, err)
	}
	if service, err := twilio.FetchService("Hello-1"); err != nil || *service.Sid != l.service {
		t.Errorf("by its name: %v %v", service, err)
	}
}

func runRequest(target string, signed bool) run.Request {
	return run.Request{Method: "POST", URL: target, Form: form("Body", "hi"), Signed: signed}
}
