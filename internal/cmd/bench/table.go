package main

import (
	"cmp"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/cmd/cli"
)

// write prints the table, with the command that makes it.
func (o options) write(out io.Writer, command cli.CLI, args []string, rows []*row) {
	limit := "no limit of calls in flight"
	if o.inFlight > 0 {
		limit = fmt.Sprintf("429 beyond %d calls in flight", o.inFlight)
	}
	if o.refuse > 0 {
		limit += fmt.Sprintf(", %d %% of calls refused at random", o.refuse)
	}
	numbers := "no other numbers in the account"
	if o.account > 0 {
		numbers = fmt.Sprintf("%d numbers in the account at least", o.account)
	}
	fmt.Fprintf(out, "`%s`\n\n", strings.TrimSpace("go run ./internal/cmd/bench "+strings.Join(args, " ")))
	fmt.Fprintf(out, "%s %s on %s/%s with %d processors, parallelism %d; %d bots at most, %s, a latency of %s, %s; medians of %d interleaved runs.\n\n",
		command.Product, command.Version, runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), o.parallelism, o.bots, numbers, o.latency, limit, o.runs)

	header := []string{"N", "operation", "by", "calls"}
	header = append(header, kinds()...)
	header = append(header, "429 or 503", "wall s", "CPU s", "CPU s of Terraform", "CPU s of the provider", "peak MB of Terraform", "peak MB of the provider")
	line := func(cells []string) { fmt.Fprintf(out, "| %s |\n", strings.Join(cells, " | ")) }
	line(header)
	// Words to the left, numbers to the right.
	rule := slices.Repeat([]string{"---:"}, len(header))
	rule[1], rule[2] = "---", "---"
	line(rule)
	for _, r := range rows {
		if len(r.runs) == 0 {
			continue // it was interrupted before
		}
		m := median(r.runs)
		cells := []string{strconv.Itoa(r.numbers), r.operation.name, r.contender.name, orNone(r.contender.onSandbox, strconv.Itoa(m.calls.total()))}
		for _, kind := range kinds() {
			cells = append(cells, orNone(r.contender.onSandbox, m.calls.of(kind)))
		}
		has := r.contender.provider != nil
		cells = append(cells,
			orNone(r.contender.onSandbox && (o.inFlight > 0 || o.refuse > 0), strconv.Itoa(m.refused)),
			seconds(m.wall), seconds(m.terraform.cpu+m.provider.cpu), seconds(m.terraform.cpu), orNone(has, seconds(m.provider.cpu)),
			megabytes(m.terraform.peak), orNone(has, megabytes(m.provider.peak)))
		line(cells)
	}
}

func orNone(has bool, text string) string {
	if !has {
		return ""
	}
	return text
}

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 2, 64) }

func megabytes(bytes int64) string {
	if bytes == 0 {
		return ""
	}
	return strconv.FormatInt((bytes+500_000)/1_000_000, 10)
}

// median has the median of each figure; of the calls, those of the run with the median
// of all calls, so that they add up.
func median(runs []measurement) measurement {
	byCalls := slices.SortedFunc(slices.Values(runs), func(a, b measurement) int { return cmp.Compare(a.calls.total(), b.calls.total()) })
	m := byCalls[(len(runs)-1)/2]
	m.wall = middle(runs, func(m measurement) time.Duration { return m.wall })
	m.terraform.cpu = middle(runs, func(m measurement) time.Duration { return m.terraform.cpu })
	m.provider.cpu = middle(runs, func(m measurement) time.Duration { return m.provider.cpu })
	m.terraform.peak = middle(runs, func(m measurement) int64 { return m.terraform.peak })
	m.provider.peak = middle(runs, func(m measurement) int64 { return m.provider.peak })
	return m
}

// middle is the median of a figure; of an even number of runs, the lower one of the two.
func middle[T cmp.Ordered](runs []measurement, figure func(measurement) T) T {
	var all []T
	for _, m := range runs {
		all = append(all, figure(m))
	}
	slices.Sort(all)
	return all[(len(all)-1)/2]
}
