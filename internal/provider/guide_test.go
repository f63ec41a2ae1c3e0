package provider

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var guideBlock = regexp.MustCompile("(?s)```terraform\n# (\\S+)\n(.*?)```")

// guideFiles reads the examples of a guide, by the names of files that they begin with.
func guideFiles(t *testing.T, guide string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "templates", "guides", guide))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, block := range guideBlock.FindAllSubmatch(text, -1) {
		files[string(block[1])] = string(block[2])
	}
	return files
}

func TestGuideTestsWithAMockedProvider(t *testing.T) {
	t.Parallel()
	files := guideFiles(t, "test-and-refactor.md.tmpl")
	w := newWorld(t)
	f := newFolder(t, w.config(files["main.tf"]))
	f.write("bots.tftest.hcl", files["bots.tftest.hcl"])
	if out := f.run("test"); !inOrder("front_desk", "pass", "1 passed").MatchString(out) {
		t.Errorf("the test does not pass:\n%s", out)
	}
	f.write("copy.tf", files["copy.tf"])
	f.write("copy.tftest.hcl", files["copy.tftest.hcl"])
	if out := f.run("test", "-filter=copy.tftest.hcl"); !inOrder("copy", "pass", "1 passed").MatchString(out) {
		t.Errorf("the test of a copy does not pass:\n%s", out)
	}
	if writes := w.writes(); len(writes) > 0 {
		t.Errorf("it wrote %q", writes)
	}
}

func TestGuideRefactorsWithoutTouchingTheBot(t *testing.T) {
	t.Parallel()
	files := guideFiles(t, "test-and-refactor.md.tmpl")
	renamed := regexp.MustCompile(`twiliobot_assistant("|\.)( ")?greeter`).ReplaceAllString(files["main.tf"], "twiliobot_assistant${1}${2}reception")
	moved := regexp.MustCompile(`(?s)moved \{.*?\n\}\n`)
	w := newWorld(t)
	f := newFolder(t, w.config(files["main.tf"]))
	f.run("apply", "-input=false", "-auto-approve")
	if err := os.Mkdir(filepath.Join(f.path, "bot"), 0o700); err != nil {
		t.Fatal(err)
	}
	f.write("bot/main.tf", files["bot/main.tf"])
	w.box.ClearJournal()

	f.configure(w.config(renamed))
	f.refused("The bot only changes its address", "moved {")
	f.configure(w.config(renamed, files["renamed.tf"]))
	f.plans("0 to add, 0 to change, 0 to destroy")

	f.configure(w.config(moved.ReplaceAllString(files["module.tf"], "")))
	f.run("init", "-input=false")
	f.refused("The bot only changes its address", "moved {")
	f.configure(w.config(files["module.tf"]))
	f.plans("0 to add, 0 to change, 0 to destroy")

	f.configure(w.config(files["removed.tf"]))
	f.run("apply", "-input=false", "-auto-approve")
	f.configure(w.config(files["main.tf"]))
	f.refused("The phone number already answers elsewhere")
	f.configure(w.config(files["main.tf"], files["imported.tf"]))
	f.plans("2 to import, 0 to add, 0 to change, 0 to destroy")
	if writes := w.writes(); len(writes) > 0 {
		t.Errorf("it writes %q", writes)
	}
}

// refused checks that the plan is refused, in these words.
func (f *folder) refused(words ...string) {
	f.t.Helper()
	if out, err := f.try("plan", "-input=false"); err == nil || !inOrder(words...).MatchString(out) {
		f.t.Errorf("the plan is not refused with %q: %v\n%s", words, err, out)
	}
}

// plans checks how many resources the plan changes.
func (f *folder) plans(counts string) {
	f.t.Helper()
	if out := f.run("plan", "-input=false"); !strings.Contains(out, "Plan: "+counts+".") {
		f.t.Errorf("the plan is not of %s:\n%s", counts, out)
	}
}
