package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/provider"
)

// This program has three roles besides the bench. Terraform starts it under the name of a
// provider: then it starts that provider and reports what it took. The other two are
// providers that it starts.
const (
	pluginPrefix   = "terraform-provider-"
	serveTwiliobot = "serve-twiliobot"
	serveYardstick = "serve-yardstick"
)

// The variables by which the bench tells these roles what to do.
const (
	commandVariable = "TWILIOBOT_BENCH_COMMAND" // the provider's command, as a JSON list
	usageVariable   = "TWILIOBOT_BENCH_USAGE"   // the file that is written to, a line when a provider starts and one when it ends
	profileVariable = "TWILIOBOT_BENCH_PROFILE" // what the profiles' paths begin with; unset for none
	boundVariable   = "TWILIOBOT_BENCH_BOUND"   // how many calls the provider sends at once; unset for what it learns
)

// otherRole plays one of the other roles, if this process was started for it.
func otherRole() (status int, done bool) {
	name := filepath.Base(os.Args[0])
	if strings.HasPrefix(name, pluginPrefix) {
		status, err := startProvider()
		return orReport(name, status, err), true
	}
	if len(os.Args) == 2 && (os.Args[1] == serveTwiliobot || os.Args[1] == serveYardstick) {
		return orReport(os.Args[1], 0, serve(context.Background(), os.Args[1])), true
	}
	return 0, false
}

func orReport(name string, status int, err error) int {
	if err == nil {
		return status
	}
	fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
	return max(status, 1)
}

// usage is what a provider process took, once it has ended.
type usage struct {
	Ended bool          `json:"ended"`
	CPU   time.Duration `json:"cpu"`  // user and system time
	Peak  int64         `json:"peak"` // resident memory in bytes; 0 where it is not known
	// Overhead is the CPU time of the process that started it.
	Overhead time.Duration `json:"overhead"`
}

// startProvider runs the provider that Terraform asked for and reports its usage. The two
// speak to each other by inherited files and a socket.
func startProvider() (status int, err error) {
	var command []string
	if err := json.Unmarshal([]byte(os.Getenv(commandVariable)), &command); err != nil || len(command) == 0 {
		return 1, fmt.Errorf("%s is not a command", commandVariable)
	}
	if err := report(usage{}); err != nil {
		return 1, err
	}
	// Ctrl-C reaches the provider as well, which Terraform ends.
	signal.Notify(make(chan os.Signal, 1), os.Interrupt)
	// The provider is ended with the thread that started it.
	runtime.LockOSThread()
	child := exec.Command(command[0], command[1:]...) //nolint:noctx // it is ended by Terraform
	child.Stdin, child.Stdout, child.Stderr = os.Stdin, os.Stdout, os.Stderr
	child.SysProcAttr = endedWithParent()
	if err := child.Run(); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			return 1, err
		}
	}
	state := child.ProcessState
	return max(state.ExitCode(), 0), report(usage{Ended: true, CPU: state.UserTime() + state.SystemTime(), Peak: peakOf(state), Overhead: ownCPU()})
}

func report(u usage) error {
	line, err := json.Marshal(u)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(os.Getenv(usageVariable), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(append(line, '\n'))
	return errors.Join(err, file.Close())
}

// serve serves a provider to Terraform, under a profile where one is asked for.
func serve(ctx context.Context, role string) error {
	prefix := os.Getenv(profileVariable)
	if prefix == "" {
		return serveProvider(ctx, role)
	}
	path := func(kind string) string { return fmt.Sprintf("%s.%d.%s.pprof", prefix, os.Getpid(), kind) }
	cpu, err := os.Create(path("cpu"))
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(cpu); err != nil {
		return errors.Join(err, cpu.Close())
	}
	err = serveProvider(ctx, role)
	pprof.StopCPUProfile()
	if err := errors.Join(err, cpu.Close()); err != nil {
		return err
	}
	heap, err := os.Create(path("heap"))
	if err != nil {
		return err
	}
	runtime.GC() // the profile is of the last collection
	return errors.Join(pprof.WriteHeapProfile(heap), heap.Close())
}

// serveProvider serves the provider as its own command does, or the yardstick.
func serveProvider(ctx context.Context, role string) error {
	levels, constructor := provider.LogLevels(os.Getenv), provider.New("bench")
	if role == serveYardstick {
		levels = yardstickLogLevels()
	}
	if bound, err := strconv.Atoi(os.Getenv(boundVariable)); err == nil {
		constructor = provider.NewBounded("bench", bound)
	}
	for name, level := range levels {
		if err := os.Setenv(name, level); err != nil {
			return err
		}
	}
	if role == serveYardstick {
		return providerserver.Serve(ctx, newYardstick, providerserver.ServeOpts{Address: yardstickAddress})
	}
	return provider.Serve(constructor, false)
}
