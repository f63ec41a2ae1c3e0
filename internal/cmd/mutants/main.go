// Command mutants breaks the code on purpose, one small patch of internal/mutants at a
// time, and says which test notices.
//
//	go run ./internal/cmd/mutants                 runs the tests that each patch names
//	go run ./internal/cmd/mutants -all            runs all tests of their package
//	go run ./internal/cmd/mutants -run binding    breaks only what matches, by file name
//
// It fails where a break is not noticed, does not apply or does not compile. The working
// tree is not touched: the files that git tracks are copied first.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"text/tabwriter"
	"time"

	"golang.org/x/sync/errgroup"
)

// folder is where the patches are, in the repository.
const folder = "internal/mutants"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := start(ctx, os.Stdout, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		stop()
		os.Exit(1)
	}
}

// options is how the breaks are run.
type options struct {
	names    *regexp.Regexp // of the patches
	parallel int            // how many copies of the tree are worked in at once
	all      bool           // whether all tests of a package are run, not only those that are named
}

func start(ctx context.Context, out io.Writer, args []string) error {
	flags := flag.NewFlagSet("mutants", flag.ContinueOnError)
	run := flags.String("run", "", "a regular expression: break only what it matches, by file name")
	parallel := flags.Int("parallel", 2, "how many breaks are tested at once")
	all := flags.Bool("all", false, "run all tests of a package, not only those that the patch names")
	if err := flags.Parse(args); err != nil {
		return err
	}
	names, err := regexp.Compile(*run)
	if err != nil {
		return fmt.Errorf("-run: %w", err)
	}
	top, err := root(ctx)
	if err != nil {
		return err
	}
	return check(ctx, out, top, options{names: names, parallel: max(1, *parallel), all: *all})
}

// row is what became of one break.
type row struct {
	patch
	verdict verdict
	by      []string      // the tests that failed, or why it does not apply
	took    time.Duration // building and running the tests
}

// check breaks the repository at top in every way and prints the table.
func check(ctx context.Context, out io.Writer, top string, o options) (err error) {
	patches, err := readPatches(filepath.Join(top, folder), o.names)
	if err != nil {
		return err
	}
	if len(patches) == 0 {
		return errors.New("no patch is named so")
	}
	temporary, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temporary)) }()

	trees := make(chan string, o.parallel)
	for i := range o.parallel {
		tree := filepath.Join(temporary, fmt.Sprint(i))
		if err := copyTree(ctx, top, tree); err != nil {
			return err
		}
		trees <- tree
	}
	if err := sound(ctx, <-trees, trees, patches, o); err != nil {
		return err
	}
	rows := make([]row, len(patches))
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(o.parallel)
	for i, p := range patches {
		group.Go(func() error {
			tree := <-trees
			defer func() { trees <- tree }()
			r, err := try(ctx, tree, p, o.all)
			if err != nil {
				return fmt.Errorf("%s: %w", p.name, err)
			}
			mu.Lock()
			defer mu.Unlock()
			rows[i] = r
			if r.verdict != noticed {
				fmt.Fprintf(out, "%s: %s: %s\n", r.name, r.verdict, r.breaks)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return report(out, rows)
}

// sound runs the tests in the code as it is: one that fails there notices nothing.
func sound(ctx context.Context, tree string, back chan<- string, patches []patch, o options) error {
	defer func() { back <- tree }()
	tests := map[string][]string{} // by package
	for _, p := range patches {
		if !slices.Contains(tests[p.pkg], p.tests) {
			tests[p.pkg] = append(tests[p.pkg], p.tests)
		}
	}
	for _, pkg := range slices.Sorted(maps.Keys(tests)) {
		named := strings.Join(tests[pkg], "|")
		if o.all {
			named = ""
		}
		switch verdict, by, err := test(ctx, tree, pkg, named); {
		case err != nil:
			return err
		case verdict == noticed:
			return fmt.Errorf("these tests of %s fail before anything is broken: %s", pkg, strings.Join(by, ", "))
		case verdict == notBuilt:
			return fmt.Errorf("%s does not compile before anything is broken", pkg)
		}
	}
	return nil
}

// try breaks a tree, tests it, and mends it.
func try(ctx context.Context, tree string, p patch, all bool) (row, error) {
	r := row{patch: p}
	mend, err := p.apply(tree)
	if err != nil {
		r.verdict, r.by = notApplied, []string{err.Error()}
		return r, nil //nolint:nilerr // it is in the table
	}
	tests := p.tests
	if all {
		tests = ""
	}
	begun := time.Now()
	r.verdict, r.by, err = test(ctx, tree, p.pkg, tests)
	r.took = time.Since(begun)
	return r, errors.Join(err, mend())
}

// shown is how many of the tests that failed the table names.
const shown = 2

// report prints the table. It fails where something was not noticed.
func report(out io.Writer, rows []row) error {
	table := tabwriter.NewWriter(out, 0, 0, 1, ' ', 0)
	fmt.Fprintln(table, "noticed\t| patch\t| after\t| what\t| by which failing test")
	missed := 0
	for _, r := range rows {
		if r.verdict != noticed {
			missed++
		}
		by := r.by
		if len(by) > shown {
			by = append(slices.Clone(by[:shown]), fmt.Sprintf("and %d more", len(r.by)-shown))
		}
		fmt.Fprintf(table, "%s\t| %s\t| %s\t| %s\t| %s\n", r.verdict, r.name, r.took.Round(time.Second), r.breaks, strings.Join(by, ", "))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if missed > 0 {
		return fmt.Errorf("%d of %d breaks were not noticed", missed, len(rows))
	}
	fmt.Fprintf(out, "All %d breaks were noticed.\n", len(rows))
	return nil
}
