// Command bench measures what Terraform and this provider take for the operations of a
// user, on a sandbox served over HTTP with a network's latency: calls to Twilio, wall
// time, CPU time and peak memory, beside yardsticks in the same loop. It prints a table
// in Markdown.
//
//	bench -n 10,100 -runs 3 -latency 50ms
//	bench -n 10000 -operations plan -profile /tmp/profiles
//	bench -n 20 -account 50000 -operations plan
//
// The rows of the table:
//
//   - twiliobot is this provider, built as for a release: bots on Studio, and a binding for
//     each number.
//   - terraform_data is as many resources of the type that is built into Terraform, with the
//     arguments of a binding: what no provider can go below.
//   - do-nothing is a provider with a resource of a binding's attributes, without plan
//     modifiers, validators and logs, that reads and writes nothing: what Terraform and the
//     framework take for themselves.
//   - one by one is this provider where each binding is planned by a run of its own, with
//     -target, so that no two share a listing: the first 10 are run, and their sums scaled to
//     all of them. Each run is a whole one, and reads the bots too, of which Terraform
//     targets all.
//   - knowing the limit is this provider told how many calls the sandbox answers at once, so
//     that it learns nothing from those that are refused: what it loses by learning. It is
//     measured with -inflight and with -refuse alone.
//
// Every operation but create begins from a state and an account that were generated: the
// bots and one binding for each are applied, and the bindings copied. A plan that is not
// empty then is an error, so a wrong copy is noticed.
//
// The CPU time and the memory of the sandbox, which runs in this process, are in no
// figure, but it uses the same processors. The provider's are reported by a process that
// starts it, so that they are known apart from Terraform's; that process is in no figure
// either, but in the wall time.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/cmd/cli"
)

func main() {
	if status, done := otherRole(); done {
		os.Exit(status)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// mostWritten is the largest number of bindings whose writes are measured: above it, only
// what reads is, and nothing one by one. Terraform's own time grows with the square of the
// number: a plan of 10,000 terraform_data takes minutes.
const mostWritten = 1000

// options are what the flags choose.
type options struct {
	numbers     []int
	account     int // at least as many numbers
	bots        int
	runs        int
	latency     time.Duration
	inFlight    int      // 0 for no limit
	refuse      int      // of a hundred calls
	by          []string // the names of those that are measured; nil for all
	parallelism int
	operations  []operation
	profiles    string // a folder; empty for none
}

func run(ctx context.Context, args []string, out, log io.Writer) (err error) {
	o, err := parse(args, log)
	if err != nil {
		return err
	}
	command, err := cli.Ensure(ctx, log)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "twiliobot-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	fmt.Fprintln(log, "Building the provider …")
	built := filepath.Join(folder, "provider")
	if err := build(ctx, built); err != nil {
		return err
	}
	b, err := newBench(ctx, folder, command, o, []string{built})
	if err != nil {
		return err
	}
	defer b.close()
	// After an error or Ctrl-C there is a table of what was measured until then.
	results, err := b.measure(ctx, log)
	o.write(out, command, args, results)
	if err != nil {
		return err
	}
	if o.profiles != "" {
		return b.profile(ctx, log)
	}
	return nil
}

func parse(args []string, log io.Writer) (o options, err error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(log)
	numbers := flags.String("n", "10,100,1000", "how many bindings, one for each of so many `numbers`; more than "+strconv.Itoa(mostWritten)+" are only read")
	chosen := flags.String("operations", strings.Join(names(operations()), ","), "what is measured")
	flags.IntVar(&o.account, "account", 0, "how many numbers the account has, where that is more than -n: the rest is managed by nobody")
	flags.IntVar(&o.bots, "bots", 10, "how many bots the bindings are of")
	flags.IntVar(&o.runs, "runs", 3, "how often each is run, in turn with the others; the table has medians")
	flags.DurationVar(&o.latency, "latency", 50*time.Millisecond, "how long the sandbox waits before it does what a call asks for")
	flags.IntVar(&o.inFlight, "inflight", 0, "how many calls the sandbox answers at once; beyond them it answers 429; 0 for no limit")
	flags.Func("refuse", "how many of the calls the sandbox refuses at random, half with 429 and half with 503, as `percent`: 20%", func(text string) (err error) {
		if o.refuse, err = strconv.Atoi(strings.TrimSuffix(text, "%")); err != nil || o.refuse < 0 || o.refuse > 90 {
			return errors.New("give a number from 0 to 90")
		}
		return nil
	})
	flags.Func("by", "the `names` of the rows that are measured, separated by commas, of "+strings.Join(rowNames(), ", ")+"; all by default", func(text string) error {
		o.by = strings.Split(text, ",")
		for _, name := range o.by {
			if !slices.Contains(rowNames(), name) {
				return fmt.Errorf("%q is not one of %s", name, strings.Join(rowNames(), ", "))
			}
		}
		return nil
	})
	flags.IntVar(&o.parallelism, "parallelism", 10, "Terraform's flag of that name")
	flags.StringVar(&o.profiles, "profile", "", "a `folder` for profiles of CPU time and memory of the provider, of one more run of each operation")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("unknown argument %q", flags.Arg(0))
	}
	for text := range strings.SplitSeq(*numbers, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 2 {
			return o, fmt.Errorf("-n %s: give numbers from 2, separated by commas", *numbers)
		}
		o.numbers = append(o.numbers, n)
	}
	for name := range strings.SplitSeq(*chosen, ",") {
		i := slices.Index(names(operations()), name)
		if i < 0 {
			return o, fmt.Errorf("-operations %s: %q is not one of %s", *chosen, name, strings.Join(names(operations()), ", "))
		}
		o.operations = append(o.operations, operations()[i])
	}
	switch {
	case o.bots < 2:
		return o, errors.New("-bots: an update points each number at another bot, so there are at least 2")
	case o.runs < 1, o.parallelism < 1, o.inFlight < 0, o.account < 0:
		return o, errors.New("-runs and -parallelism are at least 1, -inflight and -account at least 0")
	case slices.Contains(o.by, byLimit) && o.inFlight == 0 && o.refuse == 0:
		return o, fmt.Errorf("-by %q is measured only with -inflight or -refuse", byLimit)
	case o.latency < 0, o.latency%time.Millisecond != 0:
		return o, errors.New("-latency is whole milliseconds")
	}
	return o, nil
}
