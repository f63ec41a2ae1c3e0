package provider

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/cmd/cli"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// haveCLI reports whether a Terraform or OpenTofu command was found. With -short none is
// looked for, and the tests that need it are skipped by name.
var haveCLI bool

// cliEnviron is the environment of a CLI that runs the provider's own binary.
var cliEnviron []string

// scratch is a folder that the tests share.
var scratch string

func TestMain(m *testing.M) {
	status, err := runTests(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = 1
	}
	os.Exit(status)
}

func runTests(m *testing.M) (status int, err error) {
	if scratch, err = os.MkdirTemp("", "twiliobot-test-"); err != nil {
		return 0, err
	}
	defer func() { _ = os.RemoveAll(scratch) }()
	flag.Parse() // before which testing.Short panics
	if err := findCLI(context.Background()); err != nil {
		return 0, err
	}
	// A test must never reach a real account.
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "TWILIO") {
			set(name, "")
		}
	}
	set("TWILIO_CONFIG_DIR", os.DevNull)
	cliEnviron = os.Environ()
	turnOffLogs()
	status = m.Run()
	if broken := broken(); len(broken) > 0 {
		return status, fmt.Errorf("%d requests or answers violate Twilio's OpenAPI documents:\n%w", len(broken), errors.Join(broken...))
	}
	return status, nil
}

// findCLI points the test driver to a Terraform or OpenTofu command, unless -short leaves
// out the tests that need it.
func findCLI(ctx context.Context) error {
	if testing.Short() {
		return nil
	}
	found, err := cli.Find(ctx)
	if errors.Is(err, cli.ErrNotFound) && os.Getenv("CI") != "" {
		found, err = cli.Install(ctx, os.Stderr)
	}
	if errors.Is(err, cli.ErrNotFound) {
		// Nothing may pass by being skipped.
		return fmt.Errorf("%w; put one on the PATH, or name it in %s, or run `make testacc`, which builds one; -short runs the tests that need none", err, cli.PathVariable)
	}
	if err != nil {
		return err
	}
	if !logsAskedFor() && runtime.GOOS != "windows" {
		if found.Path, err = frugal(ctx, found.Path); err != nil {
			return err
		}
	}
	haveCLI = true
	for _, variable := range found.Environ() {
		name, value, _ := strings.Cut(variable, "=")
		set(name, value)
	}
	// A CLI ends before it pays to collect garbage. The variables are for the processes
	// started from here on: this one has read its own.
	set("GOGC", "off")
	set("GOMEMLIMIT", "512MiB")
	return nil
}

// plansUnread is a line of the configurations of whose plans nothing is asked but whether
// they are empty. The status of `terraform plan -detailed-exitcode` reports that already,
// and an empty one need not be shown as JSON as well.
const plansUnread = "# No check reads the plans."

//go:embed testdata/cli.sh
var frugalCLI []byte

// frugal returns a command that runs the CLI at path, but only where the test driver has
// a use for what it prints.
func frugal(ctx context.Context, path string) (string, error) {
	version, err := exec.CommandContext(ctx, path, "version", "-json").Output()
	if err != nil {
		return "", fmt.Errorf("%s version -json: %w", path, err)
	}
	answer, command := filepath.Join(scratch, "version.json"), filepath.Join(scratch, filepath.Base(path))
	set("TEST_CLI", path)
	set("TEST_CLI_VERSION", answer)
	set("TEST_CLI_PLANS_UNREAD", plansUnread)
	return command, errors.Join(os.WriteFile(answer, version, 0o600), os.WriteFile(command, frugalCLI, 0o700))
}

// logsAskedFor reports whether a variable asks for logs: the CLI's, the provider's or
// the test driver's.
func logsAskedFor() bool {
	return slices.ContainsFunc(os.Environ(), func(variable string) bool {
		name, value, _ := strings.Cut(variable, "=")
		return value != "" && (strings.HasPrefix(name, "TF_LOG") || strings.HasPrefix(name, "TF_ACC_LOG"))
	})
}

// turnOffLogs turns off the loggers of the test driver and of the providers in this
// process, unless a variable asks for logs.
func turnOffLogs() {
	if logsAskedFor() {
		return
	}
	set("TF_LOG_SDK_HELPER_RESOURCE", "OFF")
	for name, level := range LogLevels(os.Getenv) {
		set(name, level)
	}
}

// set sets a variable of the environment for all tests; an empty value counts as unset
// for everything that is run here.
func set(name, value string) {
	if err := os.Setenv(name, value); err != nil {
		panic(err)
	}
}

// world is an account on a sandbox of its own, served over HTTP.
type world struct {
	t      *testing.T
	box    *sandbox.Sandbox
	server *httptest.Server
}

func newWorld(t *testing.T, options ...sandbox.Option) *world {
	t.Helper()
	box := sandbox.New(options...)
	server := httptest.NewServer(slowed(t, conforming(t, box)))
	t.Cleanup(server.Close)
	return &world{t: t, box: box, server: server}
}

// config is a configuration with the provider configured for this world.
func (w *world) config(parts ...string) string {
	return fmt.Sprintf(`
provider "twiliobot" {
  account_sid = %q
  auth_token  = %q
  api_url     = %q
}
`, sandbox.StarterAccountSID, sandbox.StarterAuthToken, w.server.URL) + strings.Join(parts, "\n")
}

// run applies steps one after the other. An apply is always followed by an empty
// plan, which the test driver checks.
func (w *world) run(steps ...resource.TestStep) {
	w.t.Helper()
	needCLI(w.t)
	for i := range steps {
		if steps[i].Config != "" && !strings.Contains(steps[i].Config, "provider ") {
			steps[i].Config = w.config(steps[i].Config)
		}
		if checks := steps[i].ConfigPlanChecks; steps[i].Config != "" && len(checks.PreApply)+len(checks.PostApplyPreRefresh)+len(checks.PostApplyPostRefresh) == 0 {
			steps[i].Config += "\n" + plansUnread + "\n"
		}
	}
	resource.UnitTest(w.t, resource.TestCase{ProtoV6ProviderFactories: factories(), Steps: steps})
}

func needCLI(t *testing.T) {
	t.Helper()
	if !haveCLI {
		t.Skip("needs Terraform or OpenTofu, which -short leaves out")
	}
}

func factories() map[string]func() (tfprotov6.ProviderServer, error) {
	return map[string]func() (tfprotov6.ProviderServer, error){
		"twiliobot": func() (tfprotov6.ProviderServer, error) { return NewServer(New("test")()), nil },
	}
}

// refused is a step that must fail while planning, with words of the message, and
// must have written nothing.
func (w *world) refused(config string, words ...string) {
	w.t.Helper()
	w.box.ClearJournal()
	w.run(resource.TestStep{Config: config, PlanOnly: true, ExpectError: inOrder(words...)})
	for _, entry := range w.box.Journal() {
		if entry.Method != http.MethodGet {
			w.t.Errorf("a refused plan wrote: %s %s", entry.Method, entry.Path)
		}
	}
}

// inOrder matches text that contains the words one after the other, however the CLI
// wraps its lines and frames them.
func inOrder(words ...string) *regexp.Regexp {
	var parts []string
	for _, word := range words {
		var quoted []string
		for _, each := range strings.Fields(word) {
			quoted = append(quoted, regexp.QuoteMeta(each))
		}
		parts = append(parts, strings.Join(quoted, `[\s│]+`))
	}
	return regexp.MustCompile(`(?s)` + strings.Join(parts, `.*`))
}

// call is another client of the account, such as the console. It returns
// Twilio's answer.
func (w *world) call(method, address string, form map[string]string) map[string]any {
	w.t.Helper()
	values := url.Values{}
	for name, value := range form {
		values.Set(name, value)
	}
	var body io.Reader
	if method == http.MethodPost {
		body = strings.NewReader(values.Encode())
	}
	request, err := http.NewRequest(method, address, body)
	if err != nil {
		w.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth(sandbox.StarterAccountSID, sandbox.StarterAuthToken)
	return w.send(request)
}

// send sends a request to the sandbox, which must accept it.
func (w *world) send(request *http.Request) map[string]any {
	w.t.Helper()
	response, err := w.box.Transport().RoundTrip(request)
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	if response.StatusCode >= 300 {
		w.t.Fatalf("%s %s: %d: %s", request.Method, request.URL, response.StatusCode, content)
	}
	answer := map[string]any{}
	if len(content) > 0 {
		if err := json.Unmarshal(content, &answer); err != nil {
			w.t.Fatalf("%s %s: %v: %s", request.Method, request.URL, err, content)
		}
	}
	return answer
}

// knob calls one of the sandbox's knobs.
func (w *world) knob(name string, body any) map[string]any {
	w.t.Helper()
	content, err := json.Marshal(body)
	if err != nil {
		w.t.Fatal(err)
	}
	request, err := http.NewRequest(http.MethodPost, "https://api.twilio.com/_sandbox/"+name, strings.NewReader(string(content)))
	if err != nil {
		w.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	return w.send(request)
}

const (
	apiBase       = "https://api.twilio.com/2010-04-01/Accounts/" + sandbox.StarterAccountSID
	autopilotBase = "https://autopilot.twilio.com/v1"
)

// The numbers that the starter account owns.
const (
	ukNumber    = "+447447735023"
	otherNumber = "+447700900123"
	usNumber    = "+12025550142"
)

// fault makes the sandbox fail from now on.
func (w *world) fault(f sandbox.Fault) {
	w.t.Helper()
	if err := w.box.AddFault(f); err != nil {
		w.t.Fatal(err)
	}
}

// number is the current record of a number.
func (w *world) number(phoneNumber string) map[string]any {
	w.t.Helper()
	answer := w.call(http.MethodGet, apiBase+"/IncomingPhoneNumbers.json?PhoneNumber="+url.QueryEscape(phoneNumber), nil)
	rows, _ := answer["incoming_phone_numbers"].([]any)
	if len(rows) != 1 {
		w.t.Fatalf("%d numbers are %s", len(rows), phoneNumber)
	}
	return rows[0].(map[string]any)
}

// own adds a number to the account.
func (w *world) own(phoneNumber string) {
	w.t.Helper()
	if _, err := w.box.AddNumber(fmt.Sprintf(`{"phone_number": %q}`, phoneNumber)); err != nil {
		w.t.Fatal(err)
	}
}

// setNumber changes a number outside Terraform.
func (w *world) setNumber(phoneNumber string, form map[string]string) {
	w.t.Helper()
	w.call(http.MethodPost, apiBase+"/IncomingPhoneNumbers/"+w.number(phoneNumber)["sid"].(string)+".json", form)
}

// writes lists what was written since the journal was cleared, as "METHOD path".
func (w *world) writes() []string {
	var writes []string
	for _, entry := range w.box.Journal() {
		if entry.Method != http.MethodGet && !strings.HasPrefix(entry.Path, "/_sandbox") {
			writes = append(writes, entry.Method+" "+entry.Path)
		}
	}
	return writes
}

// planned is a step's check that only these resources change, each as given.
func planned(actions map[string]plancheck.ResourceActionType) resource.ConfigPlanChecks {
	var checks []plancheck.PlanCheck
	for address, action := range actions {
		checks = append(checks, plancheck.ExpectResourceAction(address, action))
	}
	return resource.ConfigPlanChecks{PreApply: checks}
}

// attribute reads a resource's attribute from the state.
func attribute(s *terraform.State, address, name string) (string, error) {
	found, ok := s.RootModule().Resources[address]
	if !ok {
		return "", fmt.Errorf("%s is not in the state", address)
	}
	return found.Primary.Attributes[name], nil
}
