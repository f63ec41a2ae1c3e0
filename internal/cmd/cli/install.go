package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"github.com/gofrs/flock"
)

// The OpenTofu that is built where no command is found. The sum is the module's in the
// form of go.sum (https://go.dev/ref/mod#go-sum-files), so that what is built is what
// was tested, whatever the proxy serves.
const (
	tofuModule  = "github.com/opentofu/opentofu"
	tofuVersion = "v1.12.6"
	tofuSum     = "h1:0VT4P8pMmGcCUnQ9JDrJ+Qg2d35Vzm4FFd/9+H7oF98="
)

// lockPoll is how often a process that waits for another's build looks again, and
// progressEvery how often a build reports that it is still running.
const (
	lockPoll      = time.Second
	progressEvery = 30 * time.Second
)

// Ensure returns what Find finds, else what Install builds. Progress is written to
// log.
func Ensure(ctx context.Context, log io.Writer) (CLI, error) {
	c, err := Find(ctx)
	if !errors.Is(err, ErrNotFound) {
		return c, err
	}
	fmt.Fprintf(log, "%v.\n", err)
	return Install(ctx, log)
}

// Install builds OpenTofu with the Go toolchain from its module, in the user's cache
// folder, and returns it; it is built once for all processes and later runs.
func Install(ctx context.Context, log io.Writer) (CLI, error) {
	target, err := builtPath()
	if err != nil {
		return CLI{}, err
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return CLI{}, err
	}
	lock := flock.New(target + ".lock")
	if _, err := lock.TryLockContext(ctx, lockPoll); err != nil {
		return CLI{}, fmt.Errorf("waiting for another process that builds OpenTofu: %w", err)
	}
	defer func() { _ = lock.Unlock() }()
	if c, err := Check(ctx, target); err == nil {
		return c, nil
	}

	fmt.Fprintf(log, "Building OpenTofu %s from its Go module into %s.\n"+
		"This takes some 3 minutes on 2 cores, 2 GB of Go's caches, and happens once.\n"+
		"To use a Terraform or OpenTofu of your own, put it on the PATH or set %s.\n",
		tofuVersion, target, PathVariable)
	started := time.Now()
	stop := progress(log, started)
	err = build(ctx, target)
	stop()
	if err != nil {
		return CLI{}, fmt.Errorf("building OpenTofu %s: %w", tofuVersion, err)
	}
	c, err := Check(ctx, target)
	if err != nil {
		return CLI{}, fmt.Errorf("the OpenTofu just built does not work: %w", err)
	}
	fmt.Fprintf(log, "Built in %s.\n", time.Since(started).Round(time.Second))
	return c, nil
}

// builtPath is where Install puts the command: a new version gets a new folder.
func builtPath() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no folder to keep OpenTofu in: %w", err)
	}
	name := "tofu"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(cache, "terraform-provider-twiliobot", "opentofu-"+tofuVersion, name), nil
}

// build works inside the module's own folder in the module cache, as OpenTofu's own build does:
// OpenTofu's go.mod replaces a dependency, which `go install module@version` refuses,
// and its go.sum then applies to every dependency.
func build(ctx context.Context, target string) error {
	folder := filepath.Dir(target)
	out, err := run(ctx, folder, "mod", "download", "-json", tofuModule+"@"+tofuVersion)
	if err != nil {
		return err
	}
	var module struct{ Dir, Sum string }
	if err := json.Unmarshal(out, &module); err != nil {
		return fmt.Errorf("go mod download: %w", err)
	}
	if module.Sum != tofuSum {
		return fmt.Errorf("the module's sum is %s, want %s: the Go module proxy served something else", module.Sum, tofuSum)
	}
	unfinished := target + ".unfinished"
	defer func() { _ = os.Remove(unfinished) }()
	_, err = run(ctx, module.Dir, "build", "-mod=readonly", "-trimpath", "-buildvcs=false",
		// Without it the command calls itself a development build, which turns experiments on.
		"-ldflags", "-s -w -X "+tofuModule+"/version.dev=no",
		"-o", unfinished, "./cmd/tofu")
	if err != nil {
		return err
	}
	return os.Rename(unfinished, target)
}

// run runs the go command in a folder, for this machine's platform whatever GOOS and
// GOARCH say, and returns its output. What it prints goes into the error only: the list
// of some 300 downloads helps no reader.
func run(ctx context.Context, folder string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(),
		"GOFLAGS=", "GOWORK=off", "CGO_ENABLED=0", "GOOS="+runtime.GOOS, "GOARCH="+runtime.GOARCH)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		said := stderr.Bytes()
		if len(said) == 0 {
			said = stdout.Bytes() // where `go mod download -json` puts its error
		}
		return nil, fmt.Errorf("go %s: %w: %s", args[0], err, lastLines(said, 10))
	}
	return stdout.Bytes(), nil
}

// progress reports now and then how long the work has taken, until stopped.
func progress(log io.Writer, started time.Time) (stop func()) {
	ticker := time.NewTicker(progressEvery)
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-ticker.C:
				fmt.Fprintf(log, "  still building after %s\n", time.Since(started).Round(time.Second))
			case <-done:
				return
			}
		}
	}()
	return func() {
		ticker.Stop()
		close(done)
		<-ended // so that nothing is written to log afterwards
	}
}
