package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/cmd/cli"
)

// Terraform starts the program of the tests as a provider, as it does the bench.
func TestMain(m *testing.M) {
	if status, done := otherRole(); done {
		os.Exit(status)
	}
	os.Exit(m.Run())
}

// findCLI is the CLI to run with; where there is none the test is skipped, except in CI.
func findCLI(t *testing.T) cli.CLI {
	t.Helper()
	if testing.Short() {
		t.Skip("-short starts no CLI")
	}
	found, err := cli.Find(t.Context())
	if errors.Is(err, cli.ErrNotFound) {
		if os.Getenv("CI") == "" {
			t.Skip("No CLI is started:", err)
		}
		found, err = cli.Install(t.Context(), os.Stderr)
	}
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// words are the calls by kind, as the cells of a table.
func (c calls) words() []string {
	var all []string
	for _, kind := range kinds() {
		if cell := c.of(kind); cell != "" {
			all = append(all, kind+": "+cell)
		}
	}
	return all
}

// Where a change makes the provider call less, the new figures replace these; where it
// calls more, they say so.
func TestCallsOfEachOperation(t *testing.T) {
	want := map[string][]string{
		"refresh of 10": {"GET list: 3 api, 1 autopilot, 1 studio", "GET object: 2 studio"},
		"plan of 10":    {"GET list: 3 api, 1 autopilot, 1 messaging, 1 studio", "GET object: 2 studio"},
		"create of 10": {
			"GET list: 30 api, 4 autopilot, 2 messaging, 7 studio", "GET object: 25 api, 10 routes, 12 studio", "POST: 10 api, 6 studio",
		},
		"update of 10": {"GET list: 16 api, 1 autopilot, 2 messaging, 1 studio", "GET object: 20 api, 14 studio", "POST: 10 api"},
		"rename of 10": {
			"GET list: 64 api, 4 autopilot, 48 conversations, 8 flex-api, 24 messaging, 23 studio, 8 trunking, 8 voice",
			"GET object: 20 api, 19 studio", "POST: 10 api, 2 studio", "DELETE: 2 studio",
		},
		"suspension of 10": {
			"GET list: 36 api, 1 autopilot, 26 conversations, 6 flex-api, 18 messaging, 12 studio, 6 trunking, 6 voice",
			"GET object: 12 api, 10 studio", "POST: 12 api, 2 studio",
		},
		"destroy of 10": {
			"GET list: 20 api, 2 autopilot, 20 conversations, 3 flex-api, 12 messaging, 13 studio, 3 trunking, 3 voice",
			"GET object: 20 api, 10 studio", "POST: 10 api", "DELETE: 2 studio",
		},
		// More numbers of the same bots cost no call more.
		"refresh of 30": {"GET list: 3 api, 1 autopilot, 1 studio", "GET object: 2 studio"},
		"plan of 30":    {"GET list: 3 api, 1 autopilot, 1 messaging, 1 studio", "GET object: 2 studio"},
	}
	// With one resource at a time nothing depends on how fast each is.
	o := options{numbers: []int{10, 30}, bots: 2, runs: 1, parallelism: 1, operations: operations()}
	b := newTestBench(t, o)
	ours := contender{name: "twiliobot", configuration: "twiliobot", provider: []string{b.self, serveTwiliobot}, onSandbox: true}
	got := map[string][]string{}
	for _, n := range o.numbers {
		from, err := b.prepare(t.Context(), ours, n)
		if err != nil {
			t.Fatal(err)
		}
		for _, op := range o.operations {
			name := fmt.Sprintf("%s of %d", op.name, n)
			if _, asked := want[name]; !asked {
				continue
			}
			m, err := b.once(t.Context(), ours, from, op)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			got[name] = m.calls.words()
			checkLoads(t, name, m)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("calls, wanted (-) and made (+):\n%s", diff)
	}
}

// A large account costs a plan of a few of its numbers nothing.
func TestCallsOfAFewInALargeAccount(t *testing.T) {
	plan := operations()[slices.Index(names(operations()), "plan")]
	b := newTestBench(t, options{account: 2500, bots: 2, runs: 1, parallelism: 1})
	ours := contender{name: "twiliobot", configuration: "twiliobot", provider: []string{b.self, serveTwiliobot}, onSandbox: true}
	from, err := b.prepare(t.Context(), ours, 20)
	if err != nil {
		t.Fatal(err)
	}
	m, err := b.once(t.Context(), ours, from, plan)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"GET list: 3 api, 1 autopilot, 1 messaging, 1 studio", "GET object: 2 studio"}
	if diff := cmp.Diff(want, m.calls.words()); diff != "" {
		t.Errorf("calls, wanted (-) and made (+):\n%s", diff)
	}
}

func newTestBench(t *testing.T, o options) *bench {
	t.Helper()
	b, err := newBench(t.Context(), t.TempDir(), findCLI(t), o, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.close)
	return b
}

// checkLoads checks that what Terraform and the provider took was measured, of each.
func checkLoads(t *testing.T, name string, m measurement) {
	t.Helper()
	if m.unreported {
		t.Logf("%s: %v", name, errUnreported) // the calls were counted all the same
		return
	}
	if m.wall <= 0 || m.terraform.cpu <= 0 || m.provider.cpu <= 0 {
		t.Errorf("%s: not measured: %+v", name, m)
	}
	if runtime.GOOS == "linux" && min(m.terraform.peak, m.provider.peak) < 10_000_000 {
		t.Errorf("%s: peaks of %d bytes of Terraform and %d of the provider cannot be", name, m.terraform.peak, m.provider.peak)
	}
}

// The yardstick's binding must not be cheaper than ours for want of an attribute, and an
// apply of it must end in an empty plan.
func TestYardstickHasTheAttributesOfABinding(t *testing.T) {
	var resp resource.SchemaResponse
	yardstickBinding{}.Schema(t.Context(), resource.SchemaRequest{}, &resp)
	if resp.Diagnostics.HasError() {
		t.Fatal(resp.Diagnostics)
	}
	ours := bindingSchema(t.Context()).Type().TerraformType(t.Context())
	if theirs := resp.Schema.Type().TerraformType(t.Context()); !ours.Equal(theirs) || ours.Equal(tftypes.Object{}) {
		t.Errorf("the yardstick is\n%s\nand the binding\n%s", theirs, ours)
	}
}

func TestYardsticksPlanNothingAfterAnApply(t *testing.T) {
	b := newTestBench(t, options{bots: 2, runs: 1, parallelism: 10})
	for _, c := range b.contenders {
		if c.onSandbox {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			from, err := b.prepare(t.Context(), c, 5)
			if err != nil {
				t.Fatal(err)
			}
			plan := operations()[slices.Index(names(operations()), "plan")]
			if _, err := b.once(t.Context(), c, from, plan); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestKindsOfCalls(t *testing.T) {
	const sid = "00000000000000000000000000000001"
	for request, want := range map[string]call{
		"GET https://api.twilio.com/2010-04-01/Accounts/AC" + sid + "/IncomingPhoneNumbers.json?PageSize=1000":      {getList, "api"},
		"GET https://api.twilio.com/2010-04-01/Accounts/AC" + sid + "/IncomingPhoneNumbers/PN" + sid + ".json":      {getObject, "api"},
		"POST https://api.twilio.com/2010-04-01/Accounts/AC" + sid + "/IncomingPhoneNumbers/PN" + sid + ".json":     {post, "api"},
		"GET https://studio.twilio.com/v2/Flows/FW" + sid + "/Revisions/3":                                          {getObject, "studio"},
		"GET https://studio.twilio.com/v2/Flows/FW" + sid + "/Revisions":                                            {getList, "studio"},
		"DELETE https://studio.twilio.com/v2/Flows/FW" + sid:                                                        {del, "studio"},
		"GET https://routes.dublin.ie1.twilio.com/v3/PhoneNumbers/+12025550142":                                     {getObject, "routes"},
		"GET https://messaging.twilio.com/v1/Services/MG" + sid + "/PhoneNumbers?PageSize=1000&Page=1&PageToken=PA": {getList, "messaging"},
	} {
		method, url, _ := strings.Cut(request, " ")
		refusing := &counter{calls: calls{}, to: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) })}
		refusing.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(method, url, nil))
		got, refused := refusing.take()
		if got[want] != 1 || refused != 1 {
			t.Errorf("%s: %v, %d refused; want one %v", request, got, refused, want)
		}
		if again, refused := refusing.take(); again.total() != 0 || refused != 0 {
			t.Errorf("%s: counted twice", request)
		}
	}
}

func TestMedianIsOfEachFigureAndTheCallsOfOneRun(t *testing.T) {
	ofRun := func(wall time.Duration, peak int64, lists, objects int) measurement {
		return measurement{wall: wall, terraform: load{peak: peak}, calls: calls{{getList, "api"}: lists, {getObject, "api"}: objects}}
	}
	got := median([]measurement{ofRun(3, 10, 1, 9), ofRun(1, 30, 9, 9), ofRun(2, 20, 5, 0)})
	if got.wall != 2 || got.terraform.peak != 20 || strings.Join(got.calls.words(), "; ") != "GET list: 1 api; GET object: 9 api" {
		t.Errorf("%+v", got)
	}
}

func TestTableHasWhatWasMeasuredUntilAnInterruption(t *testing.T) {
	plan := operation{name: "plan"}
	ours := contender{name: "twiliobot", provider: []string{"ours"}, onSandbox: true}
	m := measurement{
		wall: 1500 * time.Millisecond, calls: calls{{getList, "api"}: 2, {getObject, "studio"}: 10},
		terraform: load{cpu: time.Second, peak: 70_400_000}, provider: load{cpu: 250 * time.Millisecond, peak: 40_000_000},
	}
	var out strings.Builder
	options{runs: 1}.write(&out, cli.CLI{}, []string{"-n", "10"}, []*row{
		{numbers: 10, operation: plan, contender: ours, runs: []measurement{m}},
		{numbers: 10, operation: plan, contender: contender{name: "terraform_data"}, runs: []measurement{m}},
		{numbers: 100, operation: plan, contender: ours},
	})
	command, table, _ := strings.Cut(out.String(), "---: |\n")
	want := "| 10 | plan | twiliobot | 12 | 2 api | 10 studio |  |  |  | 1.50 | 1.25 | 1.00 | 0.25 | 70 | 40 |\n" +
		"| 10 | plan | terraform_data |  |  |  |  |  |  | 1.50 | 1.25 | 1.00 |  | 70 |  |\n"
	if table != want || !strings.HasPrefix(command, "`go run ./internal/cmd/bench -n 10`\n") {
		t.Errorf("%s\nwant\n%s", out.String(), want)
	}
}

func TestBindingsOneByOneAreScaledToAll(t *testing.T) {
	var sum measurement
	for range 10 {
		sum.add(measurement{wall: 2, provider: load{cpu: 3, peak: 5}, calls: calls{{getObject, "api"}: 4}})
	}
	sum.scale(1000, 10)
	if sum.wall != 2000 || sum.provider != (load{cpu: 3000, peak: 5}) || sum.calls.total() != 4000 {
		t.Errorf("%+v", sum)
	}
}

func TestProvidersAreTakenOutOfWhatTerraformTook(t *testing.T) {
	t.Setenv(usageVariable, filepath.Join(t.TempDir(), "usage"))
	reported := func(usages ...usage) (measurement, error) {
		for _, u := range usages {
			if err := report(u); err != nil {
				t.Fatal(err)
			}
		}
		m := measurement{terraform: load{cpu: 100}}
		err := m.readUsages(os.Getenv(usageVariable))
		return m, err
	}
	if m, err := reported(); err != nil || m.terraform.cpu != 100 {
		t.Errorf("without a provider: %+v, %v", m, err)
	}
	m, err := reported(usage{}, usage{Ended: true, CPU: 10, Peak: 7, Overhead: 1}, usage{}, usage{Ended: true, CPU: 20, Peak: 6, Overhead: 2})
	if err != nil || m.terraform.cpu != 67 || m.provider != (load{cpu: 30, peak: 7}) {
		t.Errorf("%+v, %v", m, err)
	}
	if m.unreported {
		t.Errorf("reported as missing: %+v", m)
	}
	if m, err := reported(usage{}); err != nil || !m.unreported {
		t.Errorf("a provider that did not report: %+v, %v", m, err)
	}
}

func TestFlagsThatMeasureNothingAreRefused(t *testing.T) {
	for _, args := range []string{"-n 1", "-n ten", "-n", "-bots 1", "-runs 0", "-latency 500us", "-latency -1s", "-inflight -1", "-refuse 95%", "-refuse some", "-account -1", "-operations delete", "-by do-noting", "10"} {
		if o, err := parse(strings.Fields(args), io.Discard); err == nil {
			t.Errorf("%s was accepted: %+v", args, o)
		}
	}
	if o, err := parse([]string{"-by", byLimit}, io.Discard); err == nil {
		t.Errorf("without a limit, %q was accepted: %+v", byLimit, o)
	}
	o, err := parse(strings.Fields("-n 10,10000 -operations plan,destroy -inflight 5 -refuse 20%"), io.Discard)
	if err != nil || len(o.numbers) != 2 || strings.Join(names(o.operations), " ") != "plan destroy" || o.inFlight != 5 || o.refuse != 20 {
		t.Errorf("%+v, %v", o, err)
	}
}
