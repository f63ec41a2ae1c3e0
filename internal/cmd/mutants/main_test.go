package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var every = regexp.MustCompile("")

// needGit skips where there is no git: it lists the files of a repository.
func needGit(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not on the PATH: the files of a repository cannot be listed")
	}
}

// repository is a repository with a module of one package, and a patch folder.
func repository(t *testing.T, patches map[string]string) string {
	t.Helper()
	needGit(t)
	top := t.TempDir()
	files := map[string]string{
		"go.mod":              "module example.com/sum\n\ngo 1.26\n",
		"internal/sum/sum.go": "package sum\n\n// Sum adds.\nfunc Sum(a, b int) int {\n\treturn a + b\n}\n",
		"internal/sum/sum_test.go": "package sum\n\nimport \"testing\"\n\nfunc TestSum(t *testing.T) {\n\tt.Run(\"small\", func(t *testing.T) {\n\t\tif Sum(2, 2) != 4 {\n\t\t\tt.Error(\"it is not 4\")\n\t\t}\n\t})\n}\n\n" +
			"func TestNothing(t *testing.T) {\n\tt.Log(\"no test that fails\")\n}\n",
	}
	for name, text := range patches {
		files[filepath.Join(folder, name+".patch")] = text
	}
	for name, text := range files {
		write(t, filepath.Join(top, name), text)
	}
	for _, args := range [][]string{{"init", "--quiet"}, {"add", "--all"}} {
		cmd := exec.Command("git", args...)
		cmd.Dir = top
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v: %s", args, err, out)
		}
	}
	return top
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// breaking is a patch that replaces the line `return a + b`.
func breaking(tests, was, by string) string {
	return "# breaks: the sum\n# noticed by: go test ./internal/sum -run '" + tests + "'\n" +
		"diff --git a/internal/sum/sum.go b/internal/sum/sum.go\n--- a/internal/sum/sum.go\n+++ b/internal/sum/sum.go\n" +
		"@@ -4,3 +4,3 @@\n func Sum(a, b int) int {\n-\treturn " + was + "\n+\treturn " + by + "\n }\n"
}

func TestEveryBreakIsToldByWhatBecomesOfIt(t *testing.T) {
	top := repository(t, map[string]string{
		"01-noticed":         breaking("TestSum", "a + b", "a - b"),
		"02-not-noticed":     breaking("TestSum", "a + b", "a * b"),
		"03-does-not-apply":  breaking("TestSum", "a ^ b", "a - b"),
		"04-does-not-build":  breaking("TestSum", "a + b", "a + c"),
		"05-no-such-test":    breaking("TestProduct", "a + b", "a - b"),
		"06-noticed-by-some": breaking("TestNothing", "a + b", "a - b"),
		"07-breaks-off":      breaking("TestSum", "a + b", "[]int{}[a] + b"),
	})
	var out bytes.Buffer
	err := check(t.Context(), &out, top, options{names: every, parallel: 2})
	if err == nil || !strings.Contains(err.Error(), "5 of 7 breaks were not noticed") {
		t.Errorf("it says %v", err)
	}
	for _, line := range []string{
		`(?m)^yes +\| 01-noticed +\| \d+s +\| the sum +\| TestSum/small$`,
		`(?m)^NO +\| 02-not-noticed +\| \d+s +\| the sum`,
		`(?m)^does not apply +\| 03-does-not-apply .* are not there$`,
		`(?m)^does not compile +\| 04-does-not-build`,
		`(?m)^there is no such test +\| 05-no-such-test`,
		`(?m)^NO +\| 06-noticed-by-some`,
		`(?m)^yes +\| 07-breaks-off +\| \d+s +\| the sum +\| TestSum/small$`,
	} {
		if !regexp.MustCompile(line).MatchString(out.String()) {
			t.Errorf("no line of the table is %s:\n%s", line, out.String())
		}
	}
	// All tests of the package notice what the named ones do not; the tree is as it was.
	out.Reset()
	if err := check(t.Context(), &out, top, options{names: regexp.MustCompile("^0[16]"), parallel: 1, all: true}); err != nil || !strings.Contains(out.String(), "All 2 breaks") {
		t.Errorf("with all tests it says %v:\n%s", err, out.String())
	}
	status := exec.Command("git", "diff", "--stat")
	status.Dir = top
	if changed, err := status.Output(); err != nil || len(changed) > 0 {
		t.Errorf("the repository was changed: %s, %v", changed, err)
	}
}

func TestTestsThatFailBeforeAnythingIsBrokenNoticeNothing(t *testing.T) {
	top := repository(t, map[string]string{"01-noticed": breaking("TestSum", "a + b", "a - b")})
	write(t, filepath.Join(top, "internal/sum/sum_test.go"), "package sum\n\nimport \"testing\"\n\nfunc TestSum(t *testing.T) { t.Error(\"always\") }\n")
	if err := check(t.Context(), &bytes.Buffer{}, top, options{names: every, parallel: 1}); err == nil || !strings.Contains(err.Error(), "TestSum") {
		t.Errorf("it says %v", err)
	}
	if err := check(t.Context(), &bytes.Buffer{}, top, options{names: regexp.MustCompile("none"), parallel: 1}); err == nil {
		t.Error("no patch at all is no error")
	}
}

func TestInterruptedCheckEnds(t *testing.T) {
	top := repository(t, map[string]string{"01-noticed": breaking("TestSum", "a + b", "a - b")})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := check(ctx, &bytes.Buffer{}, top, options{names: every, parallel: 1}); err == nil {
		t.Error("it goes on")
	}
}

func TestPatchSaysWhatItBreaksAndByWhichTest(t *testing.T) {
	folder := t.TempDir()
	for text, want := range map[string]patch{
		"# breaks: the sum of two\n# noticed by: go test ./internal/sum -run 'TestSum|TestOther'\ndiff": {breaks: "the sum of two", pkg: "./internal/sum", tests: "TestSum|TestOther"},
		"# noticed by: go test ./internal/sum -run '^TestSum$'\ndiff":                                   {breaks: "sum is a product", pkg: "./internal/sum", tests: "^TestSum$"},
		"# noticed by: go test ./internal/sum\ndiff":                                                    {},
		"diff --git\n# noticed by: go test ./internal/sum -run 'TestSum'":                               {},
	} {
		file := filepath.Join(folder, "01-sum-is-a-product.patch")
		write(t, file, text)
		got, err := readPatch(file)
		if want.pkg == "" {
			if err == nil {
				t.Errorf("%q is read as %+v", text, got)
			}
			continue
		}
		want.file, want.name = file, "01-sum-is-a-product"
		if err != nil || got != want {
			t.Errorf("%q is read as %+v, %v", text, got, err)
		}
	}
}

func TestPatchAppliesToItsOnePlace(t *testing.T) {
	// patch makes f return 2, with the context that git writes.
	const patched = "# breaks: f\n# noticed by: go test ./internal/sum -run 'TestSum'\n" +
		"diff --git a/f.go b/f.go\n--- a/f.go\n+++ b/f.go\n@@ -3,7 +3,7 @@\n // f is one.\n func f() int {\n \tfirst()\n-\treturn 1\n+\treturn 2\n }\n \n // end\n"
	const body = "\tfirst()\n\treturn 1\n}\n"
	for name, c := range map[string]struct{ text, want string }{
		"the lines moved":               {"package f\n\n// f is one.\nfunc f() int {\n" + body + "\n// end\n", "package f\n\n// f is one.\nfunc f() int {\n\tfirst()\n\treturn 2\n}\n\n// end\n"},
		"what is around them changed":   {"// f has another name.\nfunc g() int {\n" + body, "// f has another name.\nfunc g() int {\n\tfirst()\n\treturn 2\n}\n"},
		"more context says which it is": {"func g() int {\n" + body + "// f is one.\nfunc f() int {\n" + body + "\n// end\n", "func g() int {\n" + body + "// f is one.\nfunc f() int {\n\tfirst()\n\treturn 2\n}\n\n// end\n"},
		"the line before changed":       {"// f is one.\nfunc f() int {\n\tsecond()\n\treturn 1\n}\n\n// end\n", ""},
		"two places, neither as it was": {"func g() int {\n" + body + "func h() int {\n" + body, ""},
		"two places, both as it was":    {strings.Repeat("// f is one.\nfunc f() int {\n"+body+"\n// end\n", 2), ""},
		"a line that only ends so":      {"// f is one.\nfunc f() int {\n\tnot(); \tfirst()\n\treturn 1\n}\n\n// end\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			tree := t.TempDir()
			file := filepath.Join(tree, "f.go")
			write(t, file, c.text)
			write(t, filepath.Join(tree, "01-f.patch"), patched)
			p, err := readPatch(filepath.Join(tree, "01-f.patch"))
			if err != nil {
				t.Fatal(err)
			}
			mend, err := p.apply(tree)
			if (err == nil) != (c.want != "") {
				t.Fatalf("it says %v", err)
			}
			want := c.want
			if want == "" {
				want = c.text // nothing is written where it does not apply
			}
			if got := textOf(t, file); got != want {
				t.Errorf("the file is\n%s", got)
			}
			if err != nil {
				return
			}
			if err := mend(); err != nil {
				t.Fatal(err)
			}
			if got := textOf(t, file); got != c.text {
				t.Errorf("mended, the file is\n%s", got)
			}
		})
	}
}

func textOf(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var testFunction = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)

// A patch that no longer applies, or names a test that there is no more, tests nothing.
func TestEveryPatchAppliesAndNamesATest(t *testing.T) {
	top, err := filepath.Abs(filepath.Join("..", "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	patches, err := readPatches(filepath.Join(top, folder), every)
	if err != nil {
		t.Fatal(err)
	}
	if len(patches) < 30 {
		t.Fatalf("there are only %d patches", len(patches))
	}
	functions := map[string][]string{} // by package
	for _, p := range patches {
		if _, err := p.edits(top); err != nil {
			t.Errorf("%s: %v", p.name, err)
		}
		function, _, _ := strings.Cut(p.tests, "/") // without its subtests
		names, err := regexp.Compile(function)
		if err != nil {
			t.Errorf("%s: %v", p.name, err)
			continue
		}
		if functions[p.pkg] == nil {
			functions[p.pkg] = functionsOf(t, filepath.Join(top, p.pkg))
		}
		if !slices.ContainsFunc(functions[p.pkg], names.MatchString) {
			t.Errorf("%s: %s has no test %s", p.name, p.pkg, p.tests)
		}
	}
}

// functionsOf lists the test functions of a package.
func functionsOf(t *testing.T, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range testFunction.FindAllStringSubmatch(string(text), -1) {
			names = append(names, found[1])
		}
	}
	return names
}
