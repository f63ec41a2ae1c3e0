package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/compile"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

// flows prints a row for each file and routing: its flow's states and bytes, the bytes of
// the longest text in a widget, and how often each diagnostic was found. The errors of
// files that have no flow follow the table.
func flows(out io.Writer, files []file) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "file\trouting\tstates\tbytes\tlongest\tdiagnostics")
	type sum struct{ compiled, states, bytes, longest int }
	total := map[compile.Routing]*sum{}
	var faults strings.Builder
	routings := slices.Sorted(slices.Values(compile.Routings()))
	for _, file := range files {
		for i, routing := range routings {
			f, found := compile.Compile(file.schema, compile.Options{Routing: routing})
			if total[routing] == nil {
				total[routing] = &sum{}
			}
			if f == nil {
				fmt.Fprintf(w, "%s\t%s\t-\t-\t-\t%s\n", file.name, routing, tally(found))
				if i > 0 {
					continue
				}
				fmt.Fprintf(&faults, "\n%s\n", file.name)
				for _, d := range found {
					if d.Severity == compile.Error {
						fmt.Fprintf(&faults, "  %s %s: %s %s\n", d.Code, d.Pointer, d.Message, d.Detail)
					}
				}
				continue
			}
			t, longest := total[routing], longest(jsondoc.ParseValue(f.Source()).Get("states"))
			t.compiled++
			t.states += len(f.States)
			t.bytes += len(f.Source())
			t.longest = max(t.longest, longest)
			fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%s\n", file.name, routing, len(f.States), len(f.Source()), longest, tally(found))
		}
	}
	for _, routing := range routings {
		if t := total[routing]; t != nil {
			fmt.Fprintf(w, "total (%d of %d)\t%s\t%d\t%d\t%d\t\n", t.compiled, len(files), routing, t.states, t.bytes, t.longest)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out, faults.String())
	return err
}

// longest is the bytes of the longest text in a document.
func longest(n *jsondoc.Node) int {
	if n == nil {
		return 0
	}
	most := 0
	if n.Is('"') {
		most = len(n.Text)
	}
	for _, elem := range n.Elems {
		most = max(most, longest(elem))
	}
	for _, m := range n.Members {
		most = max(most, longest(m.Value))
	}
	return most
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
