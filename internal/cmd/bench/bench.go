package main

import (
	"bytes"
	"cmp"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/cmd/cli"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
)

//go:embed configurations/*.tf
var configurations embed.FS

// contender is one that is measured.
type contender struct {
	name          string
	configuration string   // a file of configurations
	provider      []string // the command of its provider; nil where it has none of its own
	environ       []string // besides what all have
	onSandbox     bool
	// alone has each binding planned by a run of its own; of the resource of this address.
	alone string
}

// mostAlone is how many bindings are planned each by a run of its own, one after the
// other: there is no sharing between them, so the rest would take the same again.
const mostAlone = 10

// bench is a sandbox that is served, and a folder to run Terraform in.
type bench struct {
	options
	cli        cli.CLI
	folder     string
	self       string // the path of this program
	contenders []contender

	box     *sandbox.Sandbox
	moody   *moody
	counted *counter
	server  *http.Server
	url     string
}

// The rows of the table, as the doc of the command explains them.
const (
	byProvider  = "twiliobot"
	byLimit     = "knowing the limit"
	byTerraform = "terraform_data"
	byYardstick = "do-nothing"
	byOne       = "one by one"
)

func rowNames() []string { return []string{byProvider, byLimit, byTerraform, byYardstick, byOne} }

// newBench serves a sandbox. ours is the command of the provider that is measured.
func newBench(ctx context.Context, folder string, command cli.CLI, o options, ours []string) (*bench, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	b := &bench{options: o, cli: command, folder: folder, self: self, box: sandbox.New()}
	b.contenders = []contender{
		{name: byProvider, configuration: "twiliobot", provider: ours, onSandbox: true},
		{name: byTerraform, configuration: "terraform_data"},
		{name: byYardstick, configuration: "yardstick", provider: []string{self, serveYardstick}},
		{name: byOne, configuration: "twiliobot", provider: ours, onSandbox: true, alone: "twiliobot_phone_number_binding.number"},
	}
	if o.inFlight > 0 || o.refuse > 0 {
		b.contenders = slices.Insert(b.contenders, 1, contender{
			name: byLimit, configuration: "twiliobot", provider: []string{self, serveTwiliobot},
			environ: []string{fmt.Sprintf("%s=%d", boundVariable, cmp.Or(o.inFlight, twilio.DefaultMaxInFlight))}, onSandbox: true,
		})
	}
	if o.by != nil {
		b.contenders = slices.DeleteFunc(b.contenders, func(c contender) bool { return !slices.Contains(o.by, c.name) })
	}
	// Terraform finds this program under the names of both providers.
	overrides := "provider_installation {\n  dev_overrides {\n"
	for _, name := range []string{"twiliobot", "yardstick"} {
		at := filepath.Join(folder, "providers", name)
		overrides += fmt.Sprintf("    %q = %q\n", "twiliobot/"+name, filepath.ToSlash(at))
		if err := os.MkdirAll(at, 0o700); err != nil {
			return nil, err
		}
		if err := os.Symlink(self, filepath.Join(at, pluginPrefix+name)); err != nil {
			return nil, err
		}
	}
	if err := os.WriteFile(b.path("cli.tfrc"), []byte(overrides+"  }\n  direct {}\n}\n"), 0o600); err != nil {
		return nil, err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	b.moody = &moody{to: b.box}
	b.counted = &counter{to: b.moody, calls: calls{}}
	b.url = "http://" + listener.Addr().String()
	b.server = &http.Server{Handler: b.counted, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = b.server.Serve(listener) }() // ends when it is closed
	return b, nil
}

func (b *bench) close() { _ = b.server.Close() }

func (b *bench) path(parts ...string) string {
	return filepath.Join(append([]string{b.folder}, parts...)...)
}

// network makes the sandbox answer as late, and as few calls at once, as the flags say.
func (b *bench) network() error {
	b.calm()
	b.moody.percent.Store(int32(b.refuse)) //nolint:gosec // at most 90
	if b.latency > 0 {
		if err := b.box.AddFault(sandbox.Fault{Kind: sandbox.FaultDelay, DelayMS: int(b.latency.Milliseconds()), Times: -1}); err != nil {
			return err
		}
	}
	if b.inFlight > 0 {
		return b.box.AddFault(sandbox.Fault{MaxInFlight: b.inFlight})
	}
	return nil
}

// calm makes the sandbox answer everything at once.
func (b *bench) calm() {
	b.box.ClearFaults()
	b.moody.percent.Store(0)
}

// build compiles the provider as a release is.
func build(ctx context.Context, path string) error {
	command := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, "github.com/twiliobot/terraform-provider-twiliobot")
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("building the provider: %w\n%s", err, out)
	}
	return nil
}

// row is what was measured of one contender: a measurement for each run.
type row struct {
	numbers   int
	operation operation
	contender contender
	runs      []measurement
}

// measure runs everything, the contenders in turn. With an error it returns what was
// measured until then.
func (b *bench) measure(ctx context.Context, log io.Writer) (rows []*row, err error) {
	for _, n := range b.numbers {
		contenders := slices.DeleteFunc(slices.Clone(b.contenders), func(c contender) bool { return c.alone != "" && n > mostWritten })
		starts := make([]start, len(contenders))
		for i, c := range contenders {
			if starts[i], err = b.prepare(ctx, c, n); err != nil {
				return rows, fmt.Errorf("preparing %d of %s: %w", n, c.name, err)
			}
		}
		for _, op := range b.operations {
			if n > mostWritten && !op.reads {
				fmt.Fprintf(log, "%s is not measured with more than %d bindings.\n", op.name, mostWritten)
				continue
			}
			measured := make([]*row, len(contenders))
			for i, c := range contenders {
				if c.alone == "" || op.reads {
					measured[i] = &row{numbers: n, operation: op, contender: c}
					rows = append(rows, measured[i])
				}
			}
			for r := range b.runs {
				for i, each := range measured {
					if each == nil {
						continue
					}
					m, err := b.run(ctx, each.contender, starts[i], op, n)
					if err == nil && m.unreported {
						err = errUnreported
					}
					if err != nil {
						return rows, fmt.Errorf("%s of %d by %s: %w", op.name, n, each.contender.name, err)
					}
					each.runs = append(each.runs, m)
					fmt.Fprintf(log, "%s of %d by %s, run %d: %.1f s\n", op.name, n, each.contender.name, r+1, m.wall.Seconds())
				}
			}
		}
	}
	return rows, nil
}

// run measures an operation once.
func (b *bench) run(ctx context.Context, c contender, from start, op operation, n int) (measurement, error) {
	if c.alone == "" {
		return b.once(ctx, c, from, op)
	}
	var sum measurement
	alone := min(n, mostAlone)
	for i := range alone {
		targeted := op
		targeted.args = append(slices.Clone(op.args), fmt.Sprintf("-target=%s[%d]", c.alone, i))
		m, err := b.once(ctx, c, from, targeted)
		if err != nil {
			return sum, err
		}
		sum.add(m)
	}
	sum.scale(n, alone)
	return sum, nil
}

func (b *bench) once(ctx context.Context, c contender, from start, op operation) (measurement, error) {
	if err := from.restore(b, op); err != nil {
		return measurement{}, err
	}
	if err := b.network(); err != nil {
		return measurement{}, err
	}
	m, err := b.terraform(ctx, c, from.folder, op.args...)
	return m, errors.Join(err, b.noWriteTwice())
}

// noWriteTwice reports a write that the sandbox carried out more than once.
func (b *bench) noWriteTwice() error {
	seen := map[string]bool{}
	for _, each := range b.box.Journal() {
		if each.Method != http.MethodPost || each.Status >= http.StatusMultipleChoices || strings.HasSuffix(each.Path, "/Flows/Validate") {
			continue // it is no write
		}
		write := each.Host + each.Path + "?" + each.Form.Encode()
		if seen[write] {
			return fmt.Errorf("a write was carried out twice: POST %s", write)
		}
		seen[write] = true
	}
	return nil
}

// measurement is what one run took.
type measurement struct {
	wall                time.Duration
	terraform, provider load
	calls               calls
	refused             int // of the calls, those answered 429 or 503
	// unreported reports whether Terraform killed a provider before that had reported what
	// it took, as it does where one takes more than two seconds to end.
	unreported bool
}

// errUnreported is that of a measurement whose figures are too low.
var errUnreported = errors.New("Terraform killed a provider before it had reported what it took; run the bench again on a machine with less load")

// load is what the processes of a program took together.
type load struct {
	cpu  time.Duration // user and system time
	peak int64         // resident memory of the largest of them, in bytes; 0 where it is not known
}

// add adds a run that came after.
func (m *measurement) add(next measurement) {
	m.wall += next.wall
	m.terraform.cpu += next.terraform.cpu
	m.provider.cpu += next.provider.cpu
	m.terraform.peak = max(m.terraform.peak, next.terraform.peak)
	m.provider.peak = max(m.provider.peak, next.provider.peak)
	m.refused += next.refused
	m.unreported = m.unreported || next.unreported
	if m.calls == nil {
		m.calls = calls{}
	}
	for each, count := range next.calls {
		m.calls[each] += count
	}
}

// scale turns the sum of a few into that of n.
func (m *measurement) scale(n, few int) {
	m.wall = m.wall * time.Duration(n) / time.Duration(few)
	m.terraform.cpu = m.terraform.cpu * time.Duration(n) / time.Duration(few)
	m.provider.cpu = m.provider.cpu * time.Duration(n) / time.Duration(few)
	m.refused = m.refused * n / few
	for each := range m.calls {
		m.calls[each] = m.calls[each] * n / few
	}
}

// peakEvery is how often Terraform's peak is read. What it grows by in its last moments
// is lost.
const peakEvery = 10 * time.Millisecond

// terraform runs Terraform in a folder.
func (b *bench) terraform(ctx context.Context, c contender, folder string, args ...string) (m measurement, err error) {
	usages := b.path("usage")
	if err := os.Remove(usages); err != nil && !errors.Is(err, os.ErrNotExist) {
		return m, err
	}
	provider, err := json.Marshal(c.provider)
	if err != nil {
		return m, err
	}
	flags := []string{"-input=false", "-no-color", "-compact-warnings", fmt.Sprintf("-parallelism=%d", b.parallelism)}
	command := exec.CommandContext(ctx, b.cli.Path, slices.Concat(args[:1], flags, args[1:])...)
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.Dir = folder
	command.Env = append(b.environ(), commandVariable+"="+string(provider), usageVariable+"="+usages)
	command.Env = append(command.Env, c.environ...)
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, &out
	b.counted.take()
	began := time.Now()
	if err := command.Start(); err != nil {
		return m, err
	}
	ended, peak := make(chan struct{}), make(chan int64)
	go func() { peak <- watch(command.Process.Pid, ended) }()
	err = command.Wait()
	m.wall = time.Since(began)
	close(ended)
	m.terraform.peak = <-peak
	m.calls, m.refused = b.counted.take()
	if err != nil {
		return m, fmt.Errorf("%s %s: %w\n%s", filepath.Base(b.cli.Path), strings.Join(args, " "), err, out.Bytes())
	}
	state := command.ProcessState
	m.terraform.cpu = state.UserTime() + state.SystemTime() // with that of the processes it waited for
	return m, m.readUsages(usages)
}

// readUsages takes what providers reported out of what Terraform took with them.
func (m *measurement) readUsages(path string) error {
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil // Terraform started none
	}
	if err != nil {
		return err
	}
	running := 0
	for line := range bytes.Lines(text) {
		var u usage
		if err := json.Unmarshal(line, &u); err != nil {
			return fmt.Errorf("usage of a provider: %w", err)
		}
		if !u.Ended {
			running++
			continue
		}
		running--
		m.provider.cpu += u.CPU
		m.provider.peak = max(m.provider.peak, u.Peak)
		m.terraform.cpu -= u.CPU + u.Overhead
	}
	m.unreported = running != 0
	return nil
}

// watch returns the peak of a process, in bytes, once it has ended.
func watch(pid int, ended <-chan struct{}) (peak int64) {
	ticker := time.NewTicker(peakEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			peak = max(peak, peakSoFar(pid))
		case <-ended:
			return peak
		}
	}
}

// environ is the environment of Terraform: nothing of this process's changes what is
// measured, or reaches a real account.
func (b *bench) environ() []string {
	env := slices.DeleteFunc(b.cli.Environ(), func(variable string) bool {
		return slices.ContainsFunc([]string{"TF_", "TWILIO", "GOGC=", "GOMEMLIMIT=", "GOMAXPROCS=", "GODEBUG="}, func(beginning string) bool {
			return strings.HasPrefix(variable, beginning)
		})
	})
	return append(env,
		"CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1", "TF_CLI_CONFIG_FILE="+b.path("cli.tfrc"),
		"TWILIO_CONFIG_DIR="+os.DevNull, "TWILIOBOT_API_URL="+b.url,
		"TWILIO_ACCOUNT_SID="+sandbox.StarterAccountSID, "TWILIO_AUTH_TOKEN="+sandbox.StarterAuthToken,
	)
}

// profile runs each operation once more, with the provider in a process of this program
// that writes profiles.
func (b *bench) profile(ctx context.Context, log io.Writer) error {
	folder, err := filepath.Abs(b.profiles)
	if err == nil {
		err = os.MkdirAll(folder, 0o755)
	}
	if err != nil {
		return err
	}
	c := contender{name: "twiliobot", configuration: "twiliobot", provider: []string{b.self, serveTwiliobot}, onSandbox: true}
	for _, n := range b.numbers {
		from, err := b.prepare(ctx, c, n)
		if err != nil {
			return err
		}
		for _, op := range b.operations {
			if n > mostWritten && !op.reads {
				continue
			}
			c.environ = []string{profileVariable + "=" + filepath.Join(folder, fmt.Sprintf("%s-%d", op.name, n))}
			if _, err := b.once(ctx, c, from, op); err != nil {
				return err
			}
		}
	}
	fmt.Fprintf(log, "Profiles, one for each process of the provider, are in %s; `go tool pprof` takes several at once.\n", folder)
	return nil
}
