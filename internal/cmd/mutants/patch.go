package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// patch is a deliberate break of the code, a file of its own:
//
//	# breaks: the fallback URL that a suspension cleared is not put back
//	# noticed by: go test ./internal/suspension -run 'TestResumedNumbersAreAsTheyWere'
//	diff --git a/… b/…
//
// Without `breaks`, the file's name says what it breaks.
type patch struct {
	file   string // its absolute path
	name   string // of the file, without its ending
	breaks string
	pkg    string // whose tests must notice: ./internal/…
	tests  string // the regular expression that names them
}

var noticedBy = regexp.MustCompile(`^go test (\./\S+) -run '([^']+)'$`)

// readPatches reads the patches of a folder whose names match, in the order of their
// names.
func readPatches(folder string, names *regexp.Regexp) ([]patch, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.patch"))
	if err != nil {
		return nil, err
	}
	slices.Sort(files)
	var patches []patch
	for _, file := range files {
		p, err := readPatch(file)
		if err != nil {
			return nil, err
		}
		if names.MatchString(p.name) {
			patches = append(patches, p)
		}
	}
	return patches, nil
}

func readPatch(file string) (patch, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return patch{}, err
	}
	p := patch{file: file, name: strings.TrimSuffix(filepath.Base(file), ".patch")}
	for line := range strings.Lines(string(text)) {
		comment, ok := strings.CutPrefix(strings.TrimSpace(line), "# ")
		if !ok {
			break
		}
		key, value, _ := strings.Cut(comment, ": ")
		switch key {
		case "breaks":
			p.breaks = value
		case "noticed by":
			found := noticedBy.FindStringSubmatch(value)
			if found == nil {
				return p, fmt.Errorf("%s: %q is not of the form: go test ./package -run 'tests'", filepath.Base(file), value)
			}
			p.pkg, p.tests = found[1], found[2]
		}
	}
	if p.pkg == "" {
		return p, fmt.Errorf("%s does not say by which tests it is noticed", filepath.Base(file))
	}
	if p.breaks == "" {
		_, words, _ := strings.Cut(p.name, "-")
		p.breaks = strings.ReplaceAll(words, "-", " ")
	}
	return p, nil
}

// apply applies the patch to a tree, or takes it back.
func (p patch) apply(ctx context.Context, tree string, options ...string) error {
	args := append([]string{"apply", "--whitespace=nowarn"}, options...)
	cmd := exec.CommandContext(ctx, "git", append(args, p.file)...)
	cmd.Dir = tree
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("git apply: %w: %s", err, strings.TrimSpace(string(out)))
	}
	return nil
}
