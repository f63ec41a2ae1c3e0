package provider

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/examples/llm-agent/agent"
	"github.com/twiliobot/terraform-provider-twiliobot/examples/voice-hello/hello"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// callable applies an example whose bot is a program, which is given the documents that the
// configuration made, and destroys it at the end of the test.
func callable(t *testing.T, name, variable string, program func(url string, documents map[string]string) http.Handler) *world {
	t.Helper()
	needCLI(t)
	server := httptest.NewUnstartedServer(nil)
	url := "http://" + server.Listener.Addr().String()
	w := newWorld(t, quick())
	f := newFolder(t, w.config(w.example(t, name)))
	f.run("apply", "-input=false", "-auto-approve", "-var", variable+"="+url)
	if out, err := f.try("plan", "-input=false", "-detailed-exitcode", "-var", variable+"="+url); err != nil {
		t.Errorf("the plan after it is not empty: %v\n%s", err, out)
	}
	var documents map[string]string
	if err := json.Unmarshal([]byte(f.run("output", "-json", "documents")), &documents); err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = program(url, documents)
	server.Start()
	t.Cleanup(server.Close)
	t.Cleanup(func() {
		f.run("destroy", "-input=false", "-auto-approve", "-var", variable+"="+url)
		if left := len(w.applications()); left != 0 {
			t.Errorf("%d bots are left", left)
		}
	})
	return w
}

// hears checks what a caller hears: each step is what the caller says, or presses, and what
// is answered, with "end" after the last.
func (w *world) hears(t *testing.T, from string, steps ...[2]string) {
	t.Helper()
	for i, step := range steps {
		call := sandbox.Inbound{To: ukNumber, From: from, Channel: "voice", Body: step[0]}
		if strings.Trim(step[0], "0123456789#*") == "" {
			call.Body, call.Digits = "", step[0]
		}
		answer, err := w.box.Inbound(call)
		if err != nil {
			t.Fatal(err)
		}
		var heard []string
		for _, each := range answer.Answers {
			if each.Type != "say" {
				each.Text = each.Type + " " + each.Text
			}
			heard = append(heard, each.Text)
		}
		if answer.Ended {
			heard = append(heard, "end")
		}
		if got := strings.Join(heard, " "); got != step[1] || len(answer.Errors) > 0 {
			t.Errorf("%s, step %d: heard %q, want %q; errors %v", from, i, got, step[1], answer.Errors)
		}
	}
}

func TestVoiceHelloIsCalled(t *testing.T) {
	t.Parallel()
	w := callable(t, "voice-hello/main.tf", "server_url", func(url string, documents map[string]string) http.Handler {
		return hello.Handler(hello.Options{URL: url, AuthToken: sandbox.StarterAuthToken, Documents: documents})
	})
	const question = " What is your favourite number? Press a key."
	w.hears(t, "+447700900111", [2]string{"", "Hello, Ada." + question}, [2]string{"7", "Your favourite number is 7. Goodbye. end"})
	w.hears(t, "+447700900222", [2]string{"", "Hello, Grace & Sons." + question}, [2]string{"", "You pressed nothing. Goodbye. end"})
	w.hears(t, "+447700900333", [2]string{"", "Hello, stranger." + question}, [2]string{"*", "Your favourite number is *. Goodbye. end"})
}

func TestLLMAgentIsTalkedTo(t *testing.T) {
	t.Parallel()
	w := callable(t, "llm-agent/main.tf", "agent_url", func(url string, documents map[string]string) http.Handler {
		return agent.Handler(agent.Options{URL: url, AuthToken: sandbox.StarterAuthToken, Documents: documents})
	})
	const greeting = "Hello, this is the clinic's assistant. How can I help?"
	w.hears(
		t, "+447700900111", [2]string{"", greeting},
		[2]string{"When are you open?", "We are open from 8 to 18, Monday to Friday."},
		[2]string{"Could you say that again?", "We are open from 8 to 18, Monday to Friday."},
		[2]string{"", ""},
		[2]string{"Goodbye", "Thank you for calling. Goodbye. end"},
	)
	w.hears(
		t, "+447700900222", [2]string{"", greeting},
		[2]string{"Can I talk to a person?", "Of course. I am connecting you to a colleague. dial +12025550142 end"},
	)
}
