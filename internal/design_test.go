// Package internal_test holds the project's picture of itself against the code.
package internal_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/twiliobot/terraform-provider-twiliobot/internal/"

// node is the part of the picture that a package of the project is drawn as; empty for a
// package that the picture leaves out.
func node(pkg string) string {
	switch {
	case strings.HasSuffix(pkg, "test"):
		return "" // helpers of tests
	case strings.HasPrefix(pkg, "twilio/"):
		return "engines"
	case pkg == "bot/schema", pkg == "bot/flow":
		return path.Base(pkg)
	case strings.HasPrefix(pkg, "sandbox"):
		return "sandbox"
	case strings.HasPrefix(pkg, "diagram/"):
		return "diagram"
	case strings.Contains(pkg, "/"), pkg == "cmd", pkg == "differential", pkg == "tools":
		return ""
	default:
		return pkg
	}
}

// imports are the arrows that the code has, as "from --> to".
func imports(t *testing.T) map[string]bool {
	t.Helper()
	arrows := map[string]bool{}
	err := filepath.WalkDir(".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return err
		}
		from := node(filepath.ToSlash(filepath.Dir(file)))
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil || from == "" {
			return err
		}
		for _, each := range parsed.Imports {
			imported, err := strconv.Unquote(each.Path.Value)
			if err != nil {
				return err
			}
			pkg, ours := strings.CutPrefix(imported, module)
			if to := node(pkg); ours && to != "" && to != from {
				arrows[from+" --> "+to] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return arrows
}

// drawn are the arrows of the Mermaid picture in DESIGN.md.
func drawn(t *testing.T) map[string]bool {
	t.Helper()
	text, err := os.ReadFile("DESIGN.md")
	if err != nil {
		t.Fatal(err)
	}
	picture := regexp.MustCompile("(?s)```mermaid\n(.*?)```").FindSubmatch(text)
	if picture == nil {
		t.Fatal("DESIGN.md has no picture")
	}
	arrows := map[string]bool{}
	for line := range strings.Lines(string(picture[1])) {
		from, targets, ok := strings.Cut(strings.TrimSpace(line), " --> ")
		if !ok {
			continue
		}
		for to := range strings.SplitSeq(targets, " & ") {
			arrows[from+" --> "+to] = true
		}
	}
	return arrows
}

func TestPictureOfTheLayersIsTheCode(t *testing.T) {
	code, picture := imports(t), drawn(t)
	if len(code) < 20 {
		t.Fatalf("only %d imports were found: %v", len(code), code)
	}
	for _, arrow := range slices.Sorted(maps.Keys(code)) {
		if !picture[arrow] {
			t.Errorf("the code has %s, which DESIGN.md does not draw: mend the import, or the picture", arrow)
		}
	}
	for _, arrow := range slices.Sorted(maps.Keys(picture)) {
		if !code[arrow] {
			t.Errorf("DESIGN.md draws %s, which the code does not have", arrow)
		}
	}
}

// An import that runs back along an arrow would make a circle, which Go refuses between
// packages but not between the parts of the picture.
func TestLayersHaveNoCircle(t *testing.T) {
	next := map[string][]string{}
	for arrow := range imports(t) {
		from, to, _ := strings.Cut(arrow, " --> ")
		next[from] = append(next[from], to)
	}
	var visit func(at string, trail []string)
	visit = func(at string, trail []string) {
		if slices.Contains(trail, at) {
			t.Fatalf("imports run in a circle: %s", strings.Join(append(trail, at), " --> "))
		}
		for _, to := range next[at] {
			visit(to, append(slices.Clone(trail), at))
		}
	}
	for from := range next {
		visit(from, nil)
	}
}
