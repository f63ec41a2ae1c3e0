package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/compile"
)

// flows prints a row for each file: its flow's states and bytes, and how often each
// diagnostic was found. The errors of files that have no flow follow the table.
func flows(out io.Writer, files []file) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "file\tstates\tbytes\tdiagnostics")
	states, bytes, compiled := 0, 0, 0
	var faults strings.Builder
	for _, file := range files {
		f, found := compile.Compile(file.schema, compile.Options{})
		if f == nil {
			fmt.Fprintf(w, "%s\t-\t-\t%s\n", file.name, tally(found))
			fmt.Fprintf(&faults, "\n%s\n", file.name)
			for _, d := range found {
				if d.Severity == compile.Error {
					fmt.Fprintf(&faults, "  %s %s: %s %s\n", d.Code, d.Pointer, d.Message, d.Detail)
				}
			}
			continue
		}
		compiled++
		states += len(f.States)
		bytes += len(f.Source())
		fmt.Fprintf(w, "%s\t%d\t%d\t%s\n", file.name, len(f.States), len(f.Source()), tally(found))
	}
	fmt.Fprintf(w, "total (%d of %d)\t%d\t%d\t\n", compiled, len(files), states, bytes)
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out, faults.String())
	return err
}

// tally counts diagnostics by code.
func tally(found []compile.Diagnostic) string {
	counts := map[string]int{}
	for _, d := range found {
		counts[fmt.Sprintf("%s %s", d.Severity, d.Code)]++
	}
	var parts []string
	for _, code := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%s×%d", code, counts[code]))
	}
	return strings.Join(parts, ", ")
}
