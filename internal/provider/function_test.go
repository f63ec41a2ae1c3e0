package provider

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

const (
	functionAddress = "twiliobot_function.hours"
	functionsBase   = "https://serverless.twilio.com/v1/Services"
)

func texts(pairs ...string) tftypes.Value {
	values := map[string]tftypes.Value{}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = str(pairs[i+1])
	}
	return tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, values)
}

func functionBlock(source string) block {
	return block{functionAddress, func(map[string]tftypes.Value) map[string]tftypes.Value {
		return map[string]tftypes.Value{
			"unique_name": str("clinic-hours"), "assistant_unique_name": str("clinic"), "path": str("/hours"), "visibility": str("public"), "source": str(source),
		}
	}}
}

func withSecret(b block, value string, version int) block {
	return b.with("environment_variables_wo", texts("TOKEN", value)).with("environment_variables_wo_version", tftypes.NewValue(tftypes.Number, version))
}

// functionIs is one attribute of the function in the state.
func (s *stack) functionIs(name string) string {
	s.w.t.Helper()
	p, err := s.provider()
	if err != nil {
		s.w.t.Fatal(err)
	}
	return stringOf(s.w.t, p.attribute("twiliobot_function", s.states[functionAddress].state, name))
}

// visit calls a URL of the account's domain, as any client of the network.
func (w *world) visit(address string) (status int, body string) {
	w.t.Helper()
	answer := httptest.NewRecorder()
	w.box.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, address, nil))
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return answer.Code, string(text)
}

// runs has a server answer in place of the code of functions: with the code itself.
func (w *world) runs() {
	w.t.Helper()
	w.standsIn(func(out http.ResponseWriter, r *http.Request) {
		fmt.Fprint(out, w.source(r.Header.Get(sandbox.FunctionVersionHeader)))
	})
}

// standsIn has a server answer in place of the code of functions.
func (w *world) standsIn(handler http.HandlerFunc) {
	w.t.Helper()
	stand := httptest.NewServer(handler)
	w.t.Cleanup(stand.Close)
	if _, err := w.box.ChangeSettings(fmt.Sprintf(`{"function_stand_in": %q}`, stand.URL)); err != nil {
		w.t.Fatal(err)
	}
}

// source is the code of a version.
func (w *world) source(version string) string {
	for _, service := range w.functions() {
		at := functionsBase + "/" + field(service, "sid") + "/Functions"
		for _, each := range w.listed(at, "functions") {
			for _, row := range w.listed(at+"/"+field(each, "sid")+"/Versions", "function_versions") {
				if field(row, "sid") == version {
					return field(w.call(http.MethodGet, at+"/"+field(each, "sid")+"/Versions/"+version+"/Content", nil), "content")
				}
			}
		}
	}
	return ""
}

func (w *world) listed(address, key string) []map[string]any {
	var all []map[string]any
	rows, _ := w.call(http.MethodGet, address+"?PageSize=1000", nil)[key].([]any)
	for _, row := range rows {
		each, _ := row.(map[string]any)
		all = append(all, each)
	}
	return all
}

// functions are the services of the account's functions.
func (w *world) functions() []map[string]any { return w.listed(functionsBase, "services") }

// keepsNothing checks that the account has nothing that belongs to a function.
func (w *world) keepsNothing() {
	w.t.Helper()
	contents, err := w.box.Contents(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	if strings.Contains(string(contents), `"ZS`) {
		w.t.Errorf("something of a function is left:\n%s", contents)
	}
}

// polled calls do before and after every request of the provider.
func (w *world) polled(do func()) {
	next := w.server.Config.Handler
	w.server.Config.Handler = http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		do()
		next.ServeHTTP(out, r)
		do()
	})
}

// A function is deployed and called, and changes while another client calls its URL before
// and after every request: the URL answers all the while, and by the new code alone once
// that has answered. Its removal leaves nothing.
func TestFunctionAnswersAllTheWhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t, quick())
	w.runs()
	s := newStack(w, w.server.URL)
	first := []block{functionBlock("first")}
	if err := s.apply(first, true); err != nil {
		t.Fatal(err)
	}
	if err := s.empty(first); err != nil {
		t.Error(err)
	}
	address := s.functionIs("url")
	if status, body := w.visit(address); status != 200 || body != "first" {
		t.Fatalf("%s answers %d %q", address, status, body)
	}
	var mu sync.Mutex
	visits, turned := 0, false
	w.polled(func() {
		mu.Lock()
		defer mu.Unlock()
		visits++
		switch status, body := w.visit(address); {
		case status != 200:
			t.Errorf("visit %d: %d", visits, status)
		case turned && body != "second", body != "first" && body != "second":
			t.Errorf("visit %d: %q", visits, body)
		default:
			turned = body == "second"
		}
	})
	second := []block{functionBlock("second").with("environment_variables", texts("GREETING", "hello")).with("dependencies", texts("twilio", "5.0.0"))}
	if err := s.apply(second, true); err != nil {
		t.Fatal(err)
	}
	if !turned || visits < 20 {
		t.Errorf("%d visits, and the new code answered: %v", visits, turned)
	}
	if err := s.empty(second); err != nil {
		t.Error(err)
	}
	if now := s.functionIs("url"); now != address {
		t.Errorf("its URL became %s", now)
	}
	w.server.Config.Handler = conforming(t, w.box)
	if err := s.apply(nil, true); err != nil {
		t.Fatal(err)
	}
	w.keepsNothing()
}

func TestFailedBuildOfAFunctionIsSaidAndChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, quick())
	w.runs()
	s := newStack(w, w.server.URL)
	if err := s.apply([]block{functionBlock("first")}, true); err != nil {
		t.Fatal(err)
	}
	address, build := s.functionIs("url"), s.functionIs("build_sid")
	if _, err := w.box.ChangeSettings(`{"fail_function_builds": 1}`); err != nil {
		t.Fatal(err)
	}
	second := []block{functionBlock("second")}
	err := s.apply(second, true)
	if err == nil || !strings.Contains(err.Error(), "The build of the function failed") || !strings.Contains(err.Error(), "Build "+build+" is live as before, and answers at "+address) {
		t.Errorf("it says %v", err)
	}
	if _, body := w.visit(address); body != "first" {
		t.Errorf("%q answers", body)
	}
	if err := s.apply(second, true); err != nil {
		t.Fatal(err)
	}
	if err := s.empty(second); err != nil {
		t.Error(err)
	}
}

func TestFailedBuildOfAPrivateFunctionIsSaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t, quick())
	s := newStack(w, w.server.URL)
	private := functionBlock("first").with("visibility", str("private"))
	if err := s.apply([]block{private}, true); err != nil {
		t.Fatal(err)
	}
	if _, err := w.box.ChangeSettings(`{"fail_function_builds": 1}`); err != nil {
		t.Fatal(err)
	}
	if err := s.apply([]block{private.with("source", str("second"))}, true); err == nil ||
		!strings.Contains(err.Error(), "Build "+s.functionIs("build_sid")+" is live as before, and the function has no URL in it.") {
		t.Errorf("it says %v", err)
	}
}

func TestSecretsOfAFunctionAreStoredNowhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, quick())
	s := newStack(w, w.server.URL)
	value := func() string {
		environment := functionsBase + "/" + s.functionIs("service_sid") + "/Environments/" + s.functionIs("environment_sid")
		return field(w.listed(environment+"/Variables", "variables")[0], "value")
	}
	clean := func(secret string) {
		t.Helper()
		saved := s.states[functionAddress]
		if strings.Contains(string(saved.state.MsgPack)+string(saved.private), secret) {
			t.Errorf("the state has %q", secret)
		}
		for _, entry := range w.box.Journal() {
			if strings.Contains(fmt.Sprint(entry), secret) {
				t.Errorf("the journal has %q: %v", secret, entry)
			}
		}
	}
	blocks := func(secret string, version int) []block {
		return []block{withSecret(functionBlock("code"), secret, version)}
	}
	applied := func(blocks []block) {
		t.Helper()
		if err := s.apply(blocks, true); err != nil {
			t.Fatal(err)
		}
		if err := s.empty(blocks); err != nil {
			t.Error(err)
		}
	}
	applied(blocks("hunter2", 1))
	if got := value(); got != "hunter2" {
		t.Errorf("the variable is %q", got)
	}
	clean("hunter2")
	build := s.functionIs("build_sid")

	applied(blocks("correcthorse", 1)) // without another version
	if got := value(); got != "hunter2" {
		t.Errorf("the variable is %q without another version", got)
	}
	applied(blocks("correcthorse", 2))
	if got := value(); got != "correcthorse" || s.functionIs("build_sid") != build {
		t.Errorf("the variable is %q, in build %s", got, s.functionIs("build_sid"))
	}
	clean("correcthorse")

	// Another client deletes it, since writing it in the same second would not be noticed.
	environment := functionsBase + "/" + s.functionIs("service_sid") + "/Environments/" + s.functionIs("environment_sid")
	w.call(http.MethodDelete, environment+"/Variables/"+field(w.listed(environment+"/Variables", "variables")[0], "sid"), nil)
	if _, err := s.plan(blocks("correcthorse", 2), true); err != nil || !strings.Contains(strings.Join(s.warnings, "\n"), "TOKEN") {
		t.Errorf("the plan warns of %v, %v", s.warnings, err)
	}
	applied(blocks("correcthorse", 2))
	if got := value(); got != "correcthorse" {
		t.Errorf("the variable is %q after another client deleted it", got)
	}
	applied([]block{functionBlock("code")})
	if left := w.listed(environment+"/Variables", "variables"); len(left) != 0 {
		t.Errorf("left are %v", left)
	}
}

func TestChangesOfAFunctionByAnotherClient(t *testing.T) {
	t.Parallel()
	w := newWorld(t, quick())
	w.runs()
	s := newStack(w, w.server.URL)
	wanted := []block{functionBlock("ours").with("environment_variables", texts("GREETING", "hello"))}
	if err := s.apply(wanted, true); err != nil {
		t.Fatal(err)
	}
	theirs := newStack(w, w.server.URL) // another state that has the function too
	theirs.states[functionAddress] = s.states[functionAddress]
	other := []block{functionBlock("theirs").with("environment_variables", texts("GREETING", "bye"))}

	s.between = func() {
		if err := theirs.apply(other, true); err != nil {
			t.Fatal(err)
		}
	}
	changed := []block{functionBlock("changed").with("environment_variables", texts("GREETING", "hello"))}
	if err := s.apply(changed, true); err == nil || !strings.Contains(err.Error(), "The function was changed since the plan") {
		t.Errorf("it says %v", err)
	}
	address := s.functionIs("url")
	if _, body := w.visit(address); body != "theirs" {
		t.Errorf("%q answers", body)
	}
	if err := s.empty(wanted); err == nil || !strings.Contains(err.Error(), "theirs") || !strings.Contains(err.Error(), "bye") {
		t.Errorf("the plan shows %v", err)
	}
	if err := s.apply(wanted, true); err != nil {
		t.Fatal(err)
	}
	if _, body := w.visit(address); body != "ours" {
		t.Errorf("%q answers", body)
	}
	if err := s.empty(wanted); err != nil {
		t.Error(err)
	}
	environment := functionsBase + "/" + s.functionIs("service_sid") + "/Environments/" + s.functionIs("environment_sid")
	w.call(http.MethodPost, environment+"/Variables", map[string]string{"Key": "THEIRS", "Value": "hunter2"})
	if err := s.empty(wanted); err == nil || !strings.Contains(err.Error(), "THEIRS") || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the plan shows %v", err)
	}
	if err := s.apply(wanted, true); err != nil {
		t.Fatal(err)
	}
	if left := w.listed(environment+"/Variables", "variables"); len(left) != 1 {
		t.Errorf("left are %v", left)
	}
	w.call(http.MethodDelete, environment, nil)
	if err := s.apply(wanted, true); err != nil {
		t.Fatal(err)
	}
	if err := s.empty(wanted); err != nil {
		t.Error(err)
	}
	if _, body := w.visit(address); body != "ours" {
		t.Errorf("%q answers", body)
	}
}

func TestFunctionIsImported(t *testing.T) {
	t.Parallel()
	w := newWorld(t, quick())
	s := newStack(w, w.server.URL)
	wanted := []block{functionBlock("code").with("environment_variables", texts("GREETING", "hello")).with("dependencies", texts("twilio", "5.0.0"))}
	if err := s.apply(wanted, true); err != nil {
		t.Fatal(err)
	}
	service, build := s.functionIs("service_sid"), s.functionIs("build_sid")
	for _, id := range []string{service, "clinic-hours"} {
		adopting := newStack(w, w.server.URL)
		if err := adopting.imported(functionAddress, 0, id); err != nil {
			t.Fatal(err)
		}
		if _, err := adopting.plan(wanted, true); err != nil {
			t.Fatal(err)
		}
		if said := strings.Join(adopting.warnings, "\n"); strings.Contains(said, "will be deleted") {
			t.Errorf("it warns of %s", said)
		}
		if got := string(adopting.states[functionAddress].state.MsgPack); strings.Contains(got, "hello") || !strings.Contains(got, "code") {
			t.Errorf("the import read %q", got)
		}
		if err := adopting.apply(wanted, true); err != nil {
			t.Fatal(err)
		}
		if err := adopting.empty(wanted); err != nil {
			t.Error(err)
		}
		if now := adopting.functionIs("build_sid"); now != build {
			t.Errorf("the import deployed build %s", now)
		}
	}
	// What its configuration does not give is deleted, and nobody has its value then.
	without := newStack(w, w.server.URL)
	if err := without.imported(functionAddress, 0, service); err != nil {
		t.Fatal(err)
	}
	if _, err := without.plan([]block{functionBlock("code").with("dependencies", texts("twilio", "5.0.0"))}, true); err != nil ||
		!strings.Contains(strings.Join(without.warnings, "\n"), "does not give: GREETING. The apply deletes them") {
		t.Errorf("the plan warns of %v, %v", without.warnings, err)
	}
	if err := newStack(w, w.server.URL).imported(functionAddress, 0, "nobody"); err == nil || !strings.Contains(err.Error(), `"nobody"`) {
		t.Errorf("it says %v", err)
	}
	p := newWire(t, w)
	if state, identity := p.imported("twiliobot_function", "service_sid", service); stringOf(t, state["unique_name"]) != "clinic-hours" || stringOf(t, identity["service_sid"]) != service {
		t.Errorf("imported by identity: %v %v", state, identity)
	}
}

// A service that somebody made by hand belongs to no bot, whatever its friendly name is, until
// an apply writes which.
func TestFunctionMadeByHandGetsABot(t *testing.T) {
	t.Parallel()
	w := newWorld(t, quick())
	made := func(path string, values map[string]string) string {
		return field(w.call(http.MethodPost, functionsBase+path, values), "sid")
	}
	service := made("", map[string]string{"UniqueName": "clinic-hours", "FriendlyName": "clinic", "IncludeCredentials": "false"})
	made("/"+service+"/Environments", map[string]string{"UniqueName": "prod"})
	made("/"+service+"/Functions", map[string]string{"FriendlyName": "hours"})
	s := newStack(w, w.server.URL)
	if err := s.imported(functionAddress, 0, "clinic-hours"); err != nil {
		t.Fatal(err)
	}
	wanted := []block{functionBlock("code")}
	if _, err := s.plan(wanted, true); err != nil {
		t.Fatal(err)
	}
	if got := s.functionIs("assistant_unique_name"); got != "" {
		t.Errorf("it belongs to %q", got)
	}
	if err := s.apply(wanted, true); err != nil {
		t.Fatal(err)
	}
	if err := s.empty(wanted); err != nil {
		t.Error(err)
	}
	if got := field(w.functions()[0], "friendly_name"); got != "clinic-hours of bot clinic" {
		t.Errorf("its service is %q", got)
	}
}

func TestFunctionsOfOneNameAreRefusedAtPlan(t *testing.T) {
	t.Parallel()
	w := newWorld(t, quick())
	s := newStack(w, w.server.URL)
	other := functionBlock("other")
	other.address = "twiliobot_function.other"
	if err := s.apply([]block{functionBlock("code"), other}, true); err == nil || !strings.Contains(err.Error(), "Two functions have one name") {
		t.Errorf("two of one name: %v", err)
	}
	if err := s.apply([]block{functionBlock("code")}, true); err != nil {
		t.Fatal(err)
	}
	if err := s.apply([]block{other}, true); err == nil || !strings.Contains(err.Error(), "The function only changes its address") {
		t.Errorf("another address: %v", err)
	}
	elsewhere := newStack(w, w.server.URL)
	if _, err := elsewhere.plan([]block{functionBlock("another")}, true); err == nil || !strings.Contains(err.Error(), "import {\n  to = twiliobot_function.this\n  id = \""+s.functionIs("service_sid")) {
		t.Errorf("a name that is taken: %v", err)
	}
	if _, err := elsewhere.plan([]block{functionBlock("code")}, true); err != nil || !strings.Contains(strings.Join(elsewhere.warnings, "\n"), "The function exists already") {
		t.Errorf("the very same: %v, warns of %v", err, elsewhere.warnings)
	}
	w.call(http.MethodPost, functionsBase, map[string]string{"UniqueName": "theirs", "FriendlyName": "theirs"})
	if _, err := elsewhere.plan([]block{functionBlock("code").with("unique_name", str("theirs"))}, true); err == nil || !strings.Contains(err.Error(), "The name of the function is taken") {
		t.Errorf("a name of another service: %v", err)
	}
}

// A function that is replaced by one of the same name, as -replace and a taint ask for, is no
// second one of the name.
func TestFunctionIsReplacedUnderItsName(t *testing.T) {
	t.Parallel()
	renamed := []block{functionBlock("code").with("unique_name", str("clinic-visits"))}
	another := functionBlock("code").named("twiliobot_function.other")
	for name, each := range map[string]struct {
		turn    turn
		keeps   bool // the service stays
		refused string
	}{
		"-replace":                   {turn: turn{forced: []string{functionAddress}}},
		"-replace, without refresh":  {turn: turn{forced: []string{functionAddress}, unread: true}},
		"-replace, new first":        {turn: turn{forced: []string{functionAddress}, createFirst: []string{functionAddress}}, keeps: true},
		"-replace, changed":          {turn: turn{forced: []string{functionAddress}, blocks: []block{functionBlock("changed")}}},
		"-replace, new first, other": {turn: turn{forced: []string{functionAddress}, createFirst: []string{functionAddress}, blocks: []block{functionBlock("changed")}}, keeps: true, refused: "its successor needs another name"},
		"taint":                      {turn: turn{tainted: []string{functionAddress}}},
		"taint, changed":             {turn: turn{tainted: []string{functionAddress}, blocks: []block{functionBlock("changed")}}},
		"another name":               {turn: turn{blocks: renamed}},
		"another name, new first":    {turn: turn{blocks: renamed, createFirst: []string{functionAddress}}},
		"another takes its old name": {turn: turn{blocks: append([]block{another}, renamed...)}, keeps: true, refused: "The name is still that of another function"},
		"its old name is taken":      {turn: turn{blocks: append(renamed, another)}, keeps: true, refused: "The name is still that of another function"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, quick())
			s := newStack(w, w.server.URL)
			if err := s.apply([]block{functionBlock("code")}, true); err != nil {
				t.Fatal(err)
			}
			service := s.functionIs("service_sid")
			if each.turn.blocks == nil {
				each.turn.blocks = []block{functionBlock("code")}
			}
			_, err := s.run(each.turn)
			if (err != nil) != (each.refused != "") || err != nil && !strings.Contains(err.Error(), each.refused) {
				t.Fatalf("it says %v", err)
			}
			if all := w.functions(); len(all) != 1 || (field(all[0], "sid") == service) != each.keeps {
				t.Errorf("the account has %v", all)
			}
			if err == nil {
				if err := s.empty(each.turn.blocks); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestFunctionThatTwilioWouldRefuseIsRefusedAtPlan(t *testing.T) {
	t.Parallel()
	w := newWorld(t, quick())
	p := newWire(t, w)
	for name, each := range map[string]struct {
		block block
		said  string
	}{
		"a retired runtime":    {functionBlock("x").with("runtime", str("node18")), "no longer deploys"},
		"no runtime":           {functionBlock("x").with("runtime", str("python3")), "no runtime"},
		"a path":               {functionBlock("x").with("path", str("hours")), "begin with a slash"},
		"a visibility":         {functionBlock("x").with("visibility", str("shown")), "visibility"},
		"no code":              {functionBlock(" "), "may not be empty"},
		"a name":               {functionBlock("x").with("unique_name", str("a.b")), "letters, digits and dashes"},
		"a bot's name":         {functionBlock("x").with("assistant_unique_name", str("free")), "cannot be a bot's name"},
		"a variable":           {functionBlock("x").with("environment_variables", texts("A-B", "x")), "no name of an environment variable"},
		"a variable twice":     {withSecret(functionBlock("x"), "hunter2", 1).with("environment_variables", texts("TOKEN", "x")), "given twice"},
		"a long secret":        {withSecret(functionBlock("x"), strings.Repeat("hunter2", 70), 1), "1 to 450 bytes"},
		"a secret, no version": {functionBlock("x").with("environment_variables_wo", texts("A", "x")), "environment_variables_wo_version"},
		"no dependencies":      {functionBlock("x").with("dependencies", texts()), "at least 1"},
	} {
		schema := p.schema.ResourceSchemas["twiliobot_function"]
		answer, err := p.server.ValidateResourceConfig(t.Context(), &tfprotov6.ValidateResourceConfigRequest{
			TypeName: "twiliobot_function", Config: p.value(schema, each.block.values(nil)),
			ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := said(answer.Diagnostics); err == nil || !strings.Contains(err.Error(), each.said) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", name, err)
		}
	}
	s := newStack(w, w.server.URL)
	if _, err := s.plan([]block{functionBlock("x").with("runtime", str("node24"))}, true); err != nil {
		t.Errorf("a newer runtime: %v", err)
	}
}
