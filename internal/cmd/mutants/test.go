package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// verdict is what became of a run of tests.
type verdict string

const (
	noticed    verdict = "yes"
	unnoticed  verdict = "NO"
	notApplied verdict = "does not apply"
	notBuilt   verdict = "does not compile"
	noTest     verdict = "there is no such test"
)

// event is a line of `go test -json`.
type event struct {
	Action      string
	Package     string
	Test        string
	Output      string
	FailedBuild string
}

// testTimeout ends tests that a break makes wait for ever: they have noticed it.
const testTimeout = "10m"

// test runs tests of a package in a tree, all of them where none are named. by are the
// tests that failed, the innermost of each.
func test(ctx context.Context, tree, pkg, tests string) (verdict verdict, by []string, err error) {
	// The copies of the tree have the same code in other folders, and so share what is
	// built of it. What vet says of a break is no test's doing.
	args := []string{"test", "-json", "-count=1", "-trimpath", "-vet=off", "-timeout=" + testTimeout}
	if tests != "" {
		// The first that fails is enough; who runs all of them wants to see which do.
		args = append(args, "-failfast", "-run", tests)
	}
	cmd := exec.CommandContext(ctx, "go", append(args, pkg)...)
	cmd.Dir = tree
	cmd.Env = append(os.Environ(), "GOFLAGS=-buildvcs=false")
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	err = cmd.Run()
	if ctx.Err() != nil {
		return "", nil, ctx.Err()
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return "", nil, err
	}
	verdict, by = read(out.Bytes())
	if verdict == "" {
		return "", nil, fmt.Errorf("go %s said nothing: %s", strings.Join(args, " "), errOut.String())
	}
	return verdict, by, nil
}

// read reads what `go test -json` wrote of one package.
func read(lines []byte) (verdict, []string) {
	var failed []string
	var result verdict
	ran := false
	scanner := bufio.NewScanner(bytes.NewReader(lines))
	scanner.Buffer(nil, 1<<24)
	for scanner.Scan() {
		var e event
		if json.Unmarshal(scanner.Bytes(), &e) != nil {
			continue // what a test printed past the testing package
		}
		switch {
		case e.Action == "build-fail" || e.FailedBuild != "":
			return notBuilt, nil
		case e.Action == "run" && e.Test != "":
			ran = true
		case e.Action == "fail" && e.Test != "":
			failed = append(failed, e.Test)
		case e.Action == "fail":
			result = noticed
		case e.Action == "pass" && e.Test == "", e.Action == "skip" && e.Test == "":
			result = unnoticed
		}
	}
	if result == unnoticed && !ran {
		return noTest, nil
	}
	if result == noticed && len(failed) == 0 {
		failed = []string{"(the tests broke off)"}
	}
	return result, innermost(failed)
}

// innermost leaves out the tests of whose subtests one failed.
func innermost(failed []string) []string {
	return slices.DeleteFunc(slices.Clone(failed), func(name string) bool {
		return slices.ContainsFunc(failed, func(other string) bool { return strings.HasPrefix(other, name+"/") })
	})
}
