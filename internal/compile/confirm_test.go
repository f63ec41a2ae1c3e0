package compile

import (
	"context"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
	sandboxstudio "github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run/studio"
)

// bank has two tasks that are close to each other, of the same letters but for a few.
const bank = `{"uniqueName": "bank", "defaults": {"defaults": {"assistant_initiation": "task://hello", "fallback": "task://lost"}}, "tasks": [
	{"uniqueName": "hello", "actions": {"actions": [{"say": "Hello."}, {"listen": true}]}},
	{"uniqueName": "lost", "actions": {"actions": [{"say": "Pardon?"}, {"listen": true}]}},
	{"uniqueName": "close_account", "actions": {"actions": [{"say": "Closed."}]}, "samples": [
		{"language": "en-US", "taggedText": "close my account please"}, {"language": "en-US", "taggedText": "close account"}, {"language": "en-US", "taggedText": "shut the account"}]},
	{"uniqueName": "open_account", "actions": {"actions": [{"say": "Opened."}]}, "samples": [
		{"language": "en-US", "taggedText": "open an account please"}, {"language": "en-US", "taggedText": "open account"}, {"language": "en-US", "taggedText": "start the account"}]},
	{"uniqueName": "weather", "actions": {"actions": [{"say": "Sunny."}]}, "samples": [
		{"language": "en-US", "taggedText": "will it rain"}, {"language": "en-US", "taggedText": "weather tomorrow"}]}]}`

const which = "Did you mean {first} (1) or {second} (2)?"

func TestWhatIsCloseToTwoIsAsked(t *testing.T) {
	f := flowOf(t, parsed(t, bank), Options{Routing: Trained, Confirm: which})
	const asked = "Did you mean close account (1) or open account (2)?"
	for _, test := range []struct{ said, want []string }{
		{[]string{"the account", "1"}, []string{asked, "Closed."}},
		{[]string{"the account", "Two."}, []string{asked, "Opened."}},
		{[]string{"the account", "close account"}, []string{asked, "Closed."}},
		{[]string{"the account", "weather"}, []string{asked, "Sunny."}},
		// Nobody is asked twice in a row.
		{[]string{"the account", "my account", "the account"}, []string{asked, "Pardon?", asked}},
		{[]string{"the account", "no idea"}, []string{asked, "Pardon?"}},
		{[]string{"bananas"}, []string{"Pardon?"}},
		{[]string{"weather tomorrow"}, []string{"Sunny."}},
	} {
		c := f.Start(sandboxstudio.Options{})
		var got []string
		for _, text := range test.said {
			turn := c.Send(context.Background(), run.Message(text))
			for _, p := range turn.Problems {
				t.Errorf("%q: %v", text, p)
			}
			for _, r := range turn.Replies {
				got = append(got, r.Text)
			}
		}
		if a, b := strings.Join(got, "\n"), strings.Join(test.want, "\n"); a != b {
			t.Errorf("%q:\n%s\nwant\n%s", test.said, a, b)
		}
	}
}

// A task may be called by a number, of which Studio may make one, and a question may be
// written as a template of Studio is.
func TestTheQuestionNamesTasksWhateverTheyAreCalled(t *testing.T) {
	numbered := strings.NewReplacer("close_account", "1", "open_account", "02").Replace(bank)
	for question, want := range map[string]string{
		which:                                    "Did you mean close account (1) or open account (2)?",
		"{{first}} or {{second}}?":               "{close account} or {open account}?",
		"{% raw %}{first}{second}{{ ap_raw }} {": "{% raw %}close accountopen account{{ ap_raw }} {",
		"Not {second}, but {first}, {second}?":   "Not open account, but close account, open account?",
	} {
		f := flowOf(t, parsed(t, numbered), Options{Routing: Trained, Confirm: question})
		for _, numbers := range []bool{false, true} {
			turn := f.Start(sandboxstudio.Options{Numbers: numbers}).Send(context.Background(), run.Message("the account"))
			if len(turn.Problems) > 0 || len(turn.Replies) != 1 || turn.Replies[0].Text != want {
				t.Errorf("numbers %v: %q asks %v, want %q", numbers, question, turn, want)
			}
		}
	}
}

func TestNobodyIsAskedWithoutTheQuestion(t *testing.T) {
	f := flowOf(t, parsed(t, bank), Options{Routing: Trained})
	if got := routed(t, f, "the account"); got != "Pardon?" {
		t.Errorf("got %q", got)
	}
	with := compiled(t, bank, Options{Routing: Keywords, Confirm: which})
	if without := compiled(t, bank, Options{Routing: Keywords}); string(with.Source()) != string(without.Source()) {
		t.Error("a question of a trained router changes another")
	}
}

func TestTheQuestionIsFoundAgain(t *testing.T) {
	f := compiled(t, bank, Options{Routing: Trained, Confirm: which + " {{x}} 50 % & ü"})
	source, ok, err := Decompile(f)
	if !ok || err != nil || !source.Intact || len(source.Changes) > 0 || source.Options.Confirm != which+" {{x}} 50 % & ü" {
		t.Errorf("%v, %v, %+v", ok, err, source)
	}
}

func TestACallerIsAskedToo(t *testing.T) {
	f := flowOf(t, parsed(t, bank), Options{Routing: Trained, Confirm: which})
	for _, test := range []struct {
		answer run.Event
		want   string
	}{{run.Digits("2"), "Opened."}, {run.Speech("The first."), "Closed."}, {run.Speech("weather tomorrow"), "Sunny."}} {
		c := f.Start(sandboxstudio.Options{})
		var last string
		for _, e := range []run.Event{run.Call(), run.Speech("The account."), test.answer} {
			turn := c.Send(context.Background(), e)
			for _, p := range turn.Problems {
				t.Errorf("%v: %v", e, p)
			}
			if len(turn.Replies) > 0 {
				last = turn.Replies[len(turn.Replies)-1].Text
			}
			if e == run.Speech("The account.") && last != "Did you mean close account (1) or open account (2)?" {
				t.Errorf("asked %q", last)
			}
		}
		if last != test.want {
			t.Errorf("%v: %q, want %q", test.answer, last, test.want)
		}
	}
}
