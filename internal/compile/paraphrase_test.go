package compile

import (
	"bufio"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
)

// sayings are what people write to a bot, by the task they mean; "-" is for none.
type sayings map[string][]string

// readParaphrases reads a bot that says the names of its tasks, and what people write to it.
func readParaphrases(t *testing.T, path, language string) (*schema.Schema, sayings) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	samples, messages := sayings{}, sayings{}
	into, task := samples, ""
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := strings.TrimSpace(lines.Text())
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case line == "---":
			into = messages
		case strings.HasPrefix(line, "["):
			task = strings.Trim(line, "[]")
		default:
			into[task] = append(into[task], line)
		}
	}
	s := &schema.Schema{}
	for _, name := range slices.Sorted(maps.Keys(samples)) {
		t := schema.Task{UniqueName: name}
		for _, text := range samples[name] {
			t.Samples = append(t.Samples, schema.Sample{Language: language, TaggedText: text})
		}
		s.Tasks = append(s.Tasks, t)
	}
	return speaking(s), messages
}

// TestWhatPeopleWriteFindsItsTask sends what a person wrote, who knew the samples and not the
// rules, to flows that were compiled from the samples. The floors are a little below what was
// measured when this was written: a change that takes more away is one for the worse.
func TestWhatPeopleWriteFindsItsTask(t *testing.T) {
	type counts struct{ right, wrong, strange int }
	for _, test := range []struct {
		file, language string
		floor          map[Routing]counts // at least, at most, at most
	}{
		{"volunteers", "en-US", map[Routing]counts{Trained: {43, 1, 0}, Keywords: {40, 5, 1}}},
		{"clinic", "en-US", map[Routing]counts{Trained: {37, 1, 0}, Keywords: {39, 2, 2}}},
		{"cafeteria", "es-ES", map[Routing]counts{Trained: {37, 1, 0}, Keywords: {34, 3, 5}}},
	} {
		s, messages := readParaphrases(t, filepath.Join("testdata/paraphrases", test.file+".txt"), test.language)
		for routing, floor := range test.floor {
			t.Run(test.file+"/"+string(routing), func(t *testing.T) {
				f := flowOf(t, s, Options{Channels: []bot.Channel{bot.Messaging}, Routing: routing})
				var got counts
				all := 0
				for _, task := range slices.Sorted(maps.Keys(messages)) {
					for _, text := range messages[task] {
						to := routed(t, f, text)
						switch {
						case task == "-" && to != "":
							got.strange++
							t.Logf("%q is none of the bot's business, and goes to %s", text, to)
						case task == "-":
						case to == task:
							got.right++
						case to != "":
							got.wrong++
							t.Logf("%q is of %s, and goes to %s", text, task, to)
						default:
							t.Logf("%q is of %s, and is not understood", text, task)
						}
						if task != "-" {
							all++
						}
					}
				}
				if all < 40 || got.right < floor.right || got.wrong > floor.wrong || got.strange > floor.strange {
					t.Errorf("of %d messages %d find their task and %d another; of %d others %d are taken", all, got.right, got.wrong, len(messages["-"]), got.strange)
				}
				t.Logf("%d: %+v", all, got)
			})
		}
	}
}
