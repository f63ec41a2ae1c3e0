// Command compilereport reports on schema files compiled to Studio flows.
//
//	go run ./internal/cmd/compilereport flow FILES...
//
// prints the size of each flow and what was found.
//
//	go run ./internal/cmd/compilereport routing FILES...
//
// takes each sample out of its file in turn and reports where the flow compiled from the
// rest would send it: to its own task (right), to another (wrong) or to the fallback.
// It runs the flow itself, with the conditions and Liquid that Studio would run. The
// row `baseline` is a router without stems and grades, for comparison.
package main

import (
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
	if err != nil {
		return err
	}
	for _, each := range kinds {
		if err := each(out, files); err != nil {
			return err
		}
	}
	return nil
}

// file is a schema with the name of its file.
type file struct {
	name   string
	schema *schema.Schema
}

func read(paths []string) ([]file, error) {
	var files []file
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		s, err := schema.Parse(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		files = append(files, file{filepath.Base(path), s})
	}
	return files, nil
}
