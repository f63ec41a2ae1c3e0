package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/classify"
)

// shop has, of seven samples: two that differ only in punctuation and are of one
// task, so that each finds the other (right); two such of two tasks, so that each
// leads to the other's (wrong); two that have a word in common, except for its ending;
// and one that has nothing in common with the rest.
const shop = `{"uniqueName": "shop", "tasks": [
	{"uniqueName": "greeting", "samples": [{"language": "en-US", "taggedText": "hi"}, {"language": "en-US", "taggedText": "Hi!"}]},
	{"uniqueName": "hours", "samples": [{"language": "en-US", "taggedText": "opening hours"}]},
	{"uniqueName": "today", "samples": [{"language": "en-US", "taggedText": "opening hours?"}]},
	{"uniqueName": "leave", "samples": [{"language": "en-US", "taggedText": "goodbye"}]},
	{"uniqueName": "billing", "samples": [{"language": "en-US", "taggedText": "pay my bills"}, {"language": "en-US", "taggedText": "the bill is wrong"}]}
]}`

// weather has four samples without a word in common; of them the first and the fourth
// are sent to other files' flows.
const weather = `{"uniqueName": "weather", "tasks": [
	{"uniqueName": "forecast", "samples": [{"language": "en-US", "taggedText": "the bill"}, {"language": "en-US", "taggedText": "snow"},
		{"language": "en-US", "taggedText": "wind"}, {"language": "en-US", "taggedText": "rain"}]}
]}`

// faulty redirects to a task that does not exist.
const faulty = `{"uniqueName": "faulty", "tasks": [{"uniqueName": "a", "actions": {"actions": [{"redirect": "task://b"}]}}]}`

func written(t *testing.T, files map[string]string) []string {
	t.Helper()
	dir := t.TempDir()
	var paths []string
	for _, name := range []string{"shop.json", "weather.json", "faulty.json", "broken.json"} {
		if text, ok := files[name]; ok {
			path := filepath.Join(dir, name)
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			paths = append(paths, path)
		}
	}
	return paths
}

var blanks = regexp.MustCompile(` {2,}`)

// rows are those of a table, without its padding.
func rows(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		out = append(out, blanks.ReplaceAllString(strings.TrimSpace(line), "|"))
	}
	return out
}

func TestRoutingCountsHeldOutSamplesByWhereTheyGo(t *testing.T) {
	var out strings.Builder
	paths := written(t, map[string]string{"shop.json": shop, "weather.json": weather})
	if err := report(&out, append([]string{"routing"}, paths...)); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"file|router|samples|right|wrong|fallback|foreign",
		// Without stems, neither bill finds the other: 2, 2 and 3 of 7. Of the other
		// file's two samples "the bill" is routed by its word.
		"shop.json|baseline|7|28.6 %|28.6 %|42.9 %|50.0 %",
		"shop.json|exact|7|28.6 %|28.6 %|42.9 %|0.0 %",
		// With stems both do: 4, 2 and 1.
		"shop.json|keywords|7|57.1 %|28.6 %|14.3 %|50.0 %",
		// The letters of one bill are too few to be sure of the other.
		"shop.json|trained|7|28.6 %|28.6 %|42.9 %|0.0 %",
		// Each of the shop's five tasks gives its first sample; "pay my bills" has a
		// word of the forecast's, except for its ending.
		"weather.json|baseline|4|0.0 %|0.0 %|100.0 %|0.0 %",
		"weather.json|exact|4|0.0 %|0.0 %|100.0 %|0.0 %",
		"weather.json|keywords|4|0.0 %|0.0 %|100.0 %|20.0 %",
		"weather.json|trained|4|0.0 %|0.0 %|100.0 %|20.0 %",
		"total|baseline|11|18.2 %|18.2 %|63.6 %|14.3 %",
		"total|exact|11|18.2 %|18.2 %|63.6 %|0.0 %",
		"total|keywords|11|36.4 %|18.2 %|45.5 %|28.6 %",
		"total|trained|11|18.2 %|18.2 %|63.6 %|14.3 %",
		legend,
		"tuning of shop.json: lead 0.13, mistakes 0.06",
		"tuning of weather.json: lead 0.13, mistakes 0.06",
		"",
		"What trained sends to a wrong task: the task it belongs to, the one it goes to, the sample.",
		`shop.json: hours > today: "opening hours"`,
		`shop.json: today > hours: "opening hours?"`,
	}
	got := rows(out.String())
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Fatalf("from row %d on\ngot  %q\nwant %q", i, got[min(i, len(got)):], want[min(i, len(want)):])
		}
	}
}

func TestFlowTellsSizesAndTheFaultsOfFilesWithoutAFlow(t *testing.T) {
	var out strings.Builder
	paths := written(t, map[string]string{"weather.json": weather, "faulty.json": faulty})
	if err := report(&out, append([]string{"flow"}, paths...)); err != nil {
		t.Fatal(err)
	}
	text := strings.Join(rows(out.String()), "\n")
	for _, want := range []string{
		"file|routing|states|bytes|longest|diagnostics\nweather.json|exact|",
		"\nweather.json|trained|",
		"\nfaulty.json|exact|-|-|-|error unknown_task×1",
		"\ntotal (1 of 2)|trained|",
		"\nfaulty.json\nunknown_task /tasks/0/actions/actions/0/redirect: ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}

func TestAFileAtFaultStopsNoOther(t *testing.T) {
	var out strings.Builder
	paths := written(t, map[string]string{"shop.json": shop, "broken.json": "{", "faulty.json": `{"uniqueName": "x", "tasks": [{"uniqueName": "a"}, {"uniqueName": "a"}]}`})
	err := report(&out, append([]string{"routing", "nowhere.json"}, paths...))
	for _, name := range []string{"nowhere.json", "broken.json", "faulty.json"} {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not named: %v", name, err)
		}
	}
	if got := strings.Join(rows(out.String()), "\n"); !strings.Contains(got, "\nshop.json|trained|7|") || !strings.Contains(got, "\ntotal|trained|7|") {
		t.Errorf("the sound file is not reported:\n%s", got)
	}
}

// TestNoFileIsTunedByItself gives each of two files a variant, which says nothing of it.
func TestNoFileIsTunedByItself(t *testing.T) {
	var files []file
	for name, text := range map[string]string{"a": weather, "a again": weather, "b": shop} {
		s, err := schema.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file{name, s})
	}
	slices.SortFunc(files, func(a, b file) int { return strings.Compare(a.name, b.name) })
	all, alone := tune(files), tune([]file{files[0], files[2]})
	if all[0] != alone[0] || all[1] != alone[0] {
		t.Errorf("with a variant of itself a file has %v, without it %v", all, alone)
	}
	if got := tune(files[:2]); got[0] != classify.Default {
		t.Errorf("a file that only its variant is beside has %v", got[0])
	}
	if variants(files[0].schema, files[2].schema) || !variants(files[0].schema, files[1].schema) {
		t.Error("variants are not told apart")
	}
}

func TestFilesThatCannotBeReadAreNamed(t *testing.T) {
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"none":         {[]string{"flow"}, usage},
		"missing file": {[]string{"routing", "nowhere.json"}, "nowhere.json"},
		"not a schema": {written(t, map[string]string{"broken.json": "{"}), "broken.json"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := report(&strings.Builder{}, test.args); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q in it", err, test.want)
			}
		})
	}
}
