// Command compilereport reports on schema files compiled to Studio flows.
//
//	go run ./internal/cmd/compilereport flow FILES...
//
// prints the size of each flow, for each routing, and what was found.
//
//	go run ./internal/cmd/compilereport routing FILES...
//
// takes each sample out of its file in turn and reports where the flow compiled from the
// rest would send it: to its own task (right), to another (wrong) or to the fallback.
// It runs the flow itself, with the conditions and Liquid that Studio would run. The
// row `baseline` is a router without stems and grades, for comparison. What is tuned, the
// thresholds of `trained`, is tuned by other files than the one that is reported, never
// by other samples of the same file. A file at fault is named at the end, and the others are
// reported.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
)

const usage = "usage: compilereport [flow|routing] FILES..."

func main() {
	if err := report(os.Stdout, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "compilereport:", err)
		os.Exit(1)
	}
}

func report(out io.Writer, args []string) error {
	which := args
	var kinds []func(io.Writer, []file) error
	switch {
	case len(args) > 0 && args[0] == "flow":
		which, kinds = args[1:], append(kinds, flows)
	case len(args) > 0 && args[0] == "routing":
		which, kinds = args[1:], append(kinds, routing)
	default:
		kinds = append(kinds, flows, routing)
	}
	if len(which) == 0 {
		return fmt.Errorf("no files; %s", usage)
	}
	files, err := read(which)
	faults := []error{err}
	for _, each := range kinds {
		faults = append(faults, each(out, files))
	}
	return errors.Join(faults...)
}

// file is a schema with the name of its file.
type file struct {
	name   string
	schema *schema.Schema
}

// read reads those of some files that are schemas, and says which are not.
func read(paths []string) (files []file, err error) {
	var faults []error
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		s, err := schema.Parse(data)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", path, err))
			continue
		}
		files = append(files, file{filepath.Base(path), s})
	}
	return files, errors.Join(faults...)
}
