package provider

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/examples/keyword-responder/responder"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// TestKeywordResponderAnswersAlikeInEveryForm holds one conversation with each form of
// the example: the schema on both engines that run one, the flow and the program.
func TestKeywordResponderAnswersAlikeInEveryForm(t *testing.T) {
	t.Parallel()
	needCLI(t)
	for name, variables := range map[string][]string{
		"schema on studio":    nil,
		"schema on autopilot": {"-var", "engine=autopilot"},
		"flow":                {"-var", "form=flow"},
		"application":         {"-var", "form=application"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			options := responder.Options{AuthToken: sandbox.StarterAuthToken}
			program := httptest.NewUnstartedServer(nil)
			options.URL = "http://" + program.Listener.Addr().String()
			program.Config.Handler = responder.Handler(options)
			program.Start()
			t.Cleanup(program.Close)

			w := newWorld(t, quick())
			f := newFolder(t, w.config(w.example(t, "keyword-responder/main.tf")))
			more := append(variables, "-var", "responder_url="+options.URL)
			f.run(append([]string{"apply", "-input=false", "-auto-approve"}, more...)...)
			if out, err := f.try(append([]string{"plan", "-input=false", "-detailed-exitcode"}, more...)...); err != nil {
				t.Errorf("the plan after it is not empty: %v\n%s", err, out)
			}

			const from = "+447700900999"
			for _, each := range []struct {
				message, text string
				media         []string
			}{
				{"HELP", "Text HELP, LOGO or LINK. Anything else comes back to you.", nil},
				{" help ", "Text HELP, LOGO or LINK. Anything else comes back to you.", nil},
				{"Help.", "Text HELP, LOGO or LINK. Anything else comes back to you.", nil},
				{"Logo", "Here is our logo.", []string{options.URL + "/logo.png"}},
				{"link", "Find us at https://www.example.com/.", nil},
				{"my logo is better", from + " wrote: my logo is better", nil},
				{"5 < 6 & {{1}} | \"x\"", from + " wrote: 5 < 6 & {{1}} | \"x\"", nil},
				{"help", "Text HELP, LOGO or LINK. Anything else comes back to you.", nil},
			} {
				answer, err := w.box.Inbound(sandbox.Inbound{To: ukNumber, From: from, Channel: "messaging", Body: each.message})
				if err != nil {
					t.Fatal(err)
				}
				var texts, media []string
				for _, said := range answer.Answers {
					texts, media = append(texts, strings.TrimSpace(said.Text)), append(media, said.Media...)
				}
				if got := strings.Join(texts, " "); got != each.text || !slices.Equal(media, each.media) || !answer.Ended || len(answer.Errors) > 0 {
					t.Errorf("%q: %q with media %v, ended %v, errors %v", each.message, got, media, answer.Ended, answer.Errors)
				}
			}
		})
	}
}
