package studio

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
)

// Published flows run until they wait or end; what needs an outside service takes its
// failure transition or reports a problem.
func TestRealFlowsRun(t *testing.T) {
	paths, err := filepath.Glob("../../../../../shared/flows/*.json")
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) == 0 {
		t.Skip("the flows of other people are not part of the repository; the flows that studio_test.go and outside_test.go write run nevertheless")
	}
	heard := 0
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(text, []byte(`"initial_state"`)) {
			continue
		}
		for _, first := range []run.Event{run.Message("hello"), run.Call()} {
			c, err := New(text, Options{Contact: run.Contact{AccountSID: "AC1", From: "+447700900999", To: "+12025550142"}})
			if err != nil {
				t.Logf("%s: %v", filepath.Base(path), err)
				break
			}
			for i, e := 0, first; i < 30; i++ {
				turn := c.Send(t.Context(), e)
				heard += len(turn.Replies)
				for _, p := range turn.Problems {
					if p.Code == 81000 || strings.Contains(p.Message, "Liquid") {
						t.Errorf("%s: %v", filepath.Base(path), p)
					}
				}
				if turn.Ended {
					break
				}
				if e = run.Message([]string{"yes", "1", "Ada"}[i%3]); first.Kind == run.KindCall {
					e = run.Digits("1")
				}
			}
		}
	}
	if heard == 0 {
		t.Error("no flow said anything")
	}
}

// large is a flow of the size of the largest compiled one: 192 states and lists
// of thousands of characters.
func large() []byte {
	list := strings.Repeat("another way to say the same,", 200)
	states := []string{starts()}
	for i := range 190 {
		states = append(states, widget(fmt.Sprintf("w%d", i), "send-message", toContact+`,"body":"`+strings.Repeat("x", 600)+`"`))
	}
	states = append(states,
		widget("a", "send-and-wait-for-reply", waiting+`,"body":"{{trigger.message.Body}}?"`, "incomingMessage=s"),
		split("s", "{{widgets.a.inbound.Body | downcase}}", "noMatch=a", "matches_any_of:"+list+"=a", "regex:(?:.*[^a-z])?(?:"+strings.ReplaceAll(list, ",", "|")+"x).*=a"))
	return definition(states...)
}

func BenchmarkTurn(b *testing.B) {
	f, err := Parse(large())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		c := f.Start(Options{})
		c.Send(b.Context(), run.Message("hi"))
		if turn := c.Send(b.Context(), run.Message("yes")); turn.Ended {
			b.Fatalf("%+v", turn)
		}
	}
}

func BenchmarkResumedTurn(b *testing.B) {
	definition := large()
	c, err := New(definition, Options{})
	if err != nil {
		b.Fatal(err)
	}
	c.Send(b.Context(), run.Message("hi"))
	text, err := c.Save()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		c, err := Resume(definition, text, Options{})
		if err != nil {
			b.Fatal(err)
		}
		if turn := c.Send(b.Context(), run.Message("yes")); turn.Ended {
			b.Fatalf("%+v", turn)
		}
	}
}
