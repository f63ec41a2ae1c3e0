package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/bluekeyes/go-gitdiff/gitdiff"
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

// edit is a file of the repository that a break changes.
type edit struct {
	file          string // its path in the repository
	before, after string
}

// edits are the files of a tree that the patch changes.
//
// A patch must outlive changes next to its guard, and must not break another place than
// the one it was written for. So line numbers mean nothing, and of the three lines of
// context that git writes only one on either side must be there, as with `git apply -C1`.
// But git takes whichever place is nearest; here the lines must be in the file once and no
// more, and where they are there twice with one line of context, more of it decides. The
// case that is left, a guard that is gone while the same lines are elsewhere in its file, is
// one that the named tests do not notice.
func (p patch) edits(tree string) ([]edit, error) {
	text, err := os.ReadFile(p.file)
	if err != nil {
		return nil, err
	}
	files, _, err := gitdiff.Parse(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, errors.New("it changes no file")
	}
	var edits []edit
	for _, changed := range files {
		if changed.IsNew || changed.IsDelete || changed.IsRename || changed.IsBinary {
			return nil, fmt.Errorf("%s%s is not changed line by line", changed.OldName, changed.NewName)
		}
		before, err := os.ReadFile(filepath.Join(tree, changed.NewName))
		if err != nil {
			return nil, err
		}
		e := edit{file: changed.NewName, before: string(before), after: string(before)}
		for _, fragment := range changed.TextFragments {
			if e.after, err = replace(e.after, fragment); err != nil {
				return nil, fmt.Errorf("%s: the lines around line %d %w", e.file, fragment.OldPosition, err)
			}
		}
		edits = append(edits, e)
	}
	return edits, nil
}

// replace replaces the lines that a fragment takes out, which are in the text once.
func replace(text string, fragment *gitdiff.TextFragment) (string, error) {
	leading, trailing := int(fragment.LeadingContext), int(fragment.TrailingContext)
	text = "\n" + text // every line begins behind one
	for context := 1; context <= max(leading, trailing, 1); context++ {
		before, after := "\n", "\n"
		for _, line := range fragment.Lines[max(0, leading-context) : len(fragment.Lines)-max(0, trailing-context)] {
			if line.Old() {
				before += line.Line
			}
			if line.New() {
				after += line.Line
			}
		}
		switch at := strings.Index(text, before); {
		case at < 0:
			return "", errors.New("are not there")
		case at == strings.LastIndex(text, before):
			return strings.Replace(text, before, after, 1)[1:], nil
		}
	}
	return "", errors.New("are there more than once")
}

// apply breaks a tree. mend makes it what it was before.
func (p patch) apply(tree string) (mend func() error, err error) {
	edits, err := p.edits(tree)
	if err != nil {
		return nil, err
	}
	write := func(e edit, text string) error {
		file := filepath.Join(tree, e.file)
		info, err := os.Stat(file)
		if err != nil {
			return err
		}
		return os.WriteFile(file, []byte(text), info.Mode().Perm())
	}
	mend = func() error {
		var errs []error
		for _, e := range edits {
			errs = append(errs, write(e, e.before))
		}
		return errors.Join(errs...)
	}
	for _, e := range edits {
		if err := write(e, e.after); err != nil {
			return nil, errors.Join(err, mend())
		}
	}
	return mend, nil
}
