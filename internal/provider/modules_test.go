package provider

import (
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// module is an example as a user has copied it, in a folder where it was initialized, and the
// sandbox file that it names.
func module(t *testing.T, name string) (*shell, *world) {
	t.Helper()
	box, err := sandbox.Open(filepath.Join(t.TempDir(), "twilio.sandbox.json"), quick())
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, box: box, server: httptest.NewServer(slowed(t, box))}
	t.Cleanup(w.server.Close)
	s := newShell(t, w)
	s.clones(strings.Split(name, "/")[0])
	s.path = filepath.Join(s.path, "terraform-provider-twiliobot", "examples", filepath.FromSlash(name))
	s.onSandbox()
	s.types("terraform init -input=false")
	return s, w
}

// onSandbox has the example use the test's sandbox, over HTTP, in place of a file of its own.
func (s *shell) onSandbox() {
	s.t.Helper()
	const own = "  sandbox = \"twilio.sandbox.json\"\n"
	s.edit("main.tf", func(config string) string {
		if !strings.Contains(config, own) {
			s.t.Fatal("the example names no sandbox")
		}
		return strings.Replace(config, own, "", 1)
	})
}

func (s *shell) edit(name string, change func(string) string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.path, name), []byte(change(s.read(name))), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// applies applies with some arguments, which must do this much, and plans nothing after it.
func (s *shell) applies(counts string, args ...string) string {
	s.t.Helper()
	out := s.types("terraform apply -input=false -auto-approve " + strings.Join(args, " "))
	if !strings.Contains(out, "Apply complete! Resources: "+counts) {
		s.t.Fatalf("apply %q is not of %q:\n%s", args, counts, out)
	}
	s.types("terraform plan -input=false -detailed-exitcode " + strings.Join(args, " "))
	return out
}

// says is what is answered when a text is sent to a number.
func (w *world) says(phone, text string) string {
	w.t.Helper()
	answer, err := w.box.Inbound(sandbox.Inbound{To: phone, From: "+447700900999", Channel: "messaging", Body: text})
	if err != nil {
		w.t.Fatal(err)
	}
	var said []string
	for _, each := range answer.Answers {
		said = append(said, strings.TrimSpace(each.Text))
	}
	return strings.Join(said, "\n")
}

// answersOn is what a number calls on each channel.
func (w *world) answersOn(phone string) string {
	w.t.Helper()
	row := w.number(phone)
	return fmt.Sprintf("%v%v %v%v", row["sms_url"], row["sms_application_sid"], row["voice_url"], row["voice_application_sid"])
}

func TestFleetIsOneFile(t *testing.T) {
	t.Parallel()
	s, w := module(t, "fleet")
	s.applies("8 added, 0 changed, 0 destroyed.")
	const weekdays = "We are open from 8 to 18, Monday to Friday."
	if said := w.says(ukNumber, "opening hours"); said != weekdays {
		t.Errorf("the clinic says %q", said)
	}
	if label := w.number(usNumber)["friendly_name"]; label != "Front desk" {
		t.Errorf("the number is labelled %q", label)
	}
	before := w.answersOn(otherNumber)

	// A number moves to another bot, another bot is suspended.
	s.edit("fleet.yaml", func(fleet string) string {
		return strings.NewReplacer(`"+447700900123": { messaging: concierge, voice: hours }`, `"+447700900123": { messaging: hours, voice: hours }`, "suspended: []", "suspended: [clinic]").Replace(fleet)
	})
	s.applies("1 added, 1 changed, 0 destroyed.")
	if said := w.says(otherNumber, "hello"); said != weekdays || w.answersOn(otherNumber) == before {
		t.Errorf("the hours say %q", said)
	}
	if said := w.says(ukNumber, "opening hours"); said != "" {
		t.Errorf("the suspended clinic says %q", said)
	}

	for name, each := range map[string]struct{ old, new, words string }{
		"no content":        {"    flow: bots/hours.json\n", "    name: hours\n", "Give bot hours one of flow, schema and webhooks"},
		"unknown bot":       {`: clinic`, `: clinics`, "gives +447447735023 to clinics, which is none of its bots"},
		"unknown channel":   {"voice: hours", "voce: hours", "must give one bot, or messaging, voice and label, for +447700900123"},
		"no bot":            {`: clinic`, `:`, "must give one bot, or messaging, voice and label, for +447447735023"},
		"no bot on channel": {"voice: hours", "voice:", "must give one bot, or messaging, voice and label, for +447700900123"},
		"only a label":      {": clinic\n", ": { label: Desk }\n", "must give one bot, or messaging, voice and label, for +447447735023"},
		"unknown word":      {"suspended:", "suspend:", "must have bots and numbers, may have suspended, and has"},
		"word of a bot":     {"    flow: bots/hours.json\n", "    flow: bots/hours.json\n    engine: studio\n", "Give bot hours one of flow, schema and webhooks in fleet.yaml, and nothing else"},
		"no bot at all":     {"  hours:\n    flow: bots/hours.json\n", "  hours: bots/hours.json\n", "Give bot hours one of flow, schema and webhooks"},
		"word of webhooks":  {"      voice_url:", "      voice_uri:", "have a word that the resource twiliobot_assistant does not know"},
		"unknown suspended": {"[clinic]", "[clinics]", "suspends clinics, which is none of its bots"},
	} {
		good := s.read("fleet.yaml")
		s.edit("fleet.yaml", func(fleet string) string { return strings.Replace(fleet, each.old, each.new, 1) })
		if out := s.types("terraform plan -input=false || true"); !inOrder(each.words).MatchString(out) {
			t.Errorf("%s: the plan does not say %q:\n%s", name, each.words, out)
		}
		s.edit("fleet.yaml", func(string) string { return good })
	}
}

func TestBlueGreenGoesForwardAndBack(t *testing.T) {
	t.Parallel()
	s, w := module(t, "blue-green")
	s.applies("4 added, 0 changed, 0 destroyed.")
	const blue, green = "We are open from 8 to 18, Monday to Friday.", "We are open from 8 to 20, every day."
	for _, step := range []struct {
		counts string
		args   []string
		says   map[string]string
	}{
		{"0 added, 1 changed, 0 destroyed.", []string{`-var 'try_green_on=["` + otherNumber + `"]'`}, map[string]string{ukNumber: blue, otherNumber: green}},
		{"0 added, 1 changed, 0 destroyed.", []string{"-var live=green"}, map[string]string{ukNumber: green, otherNumber: green}},
		{"0 added, 2 changed, 0 destroyed.", []string{"-var live=blue"}, map[string]string{ukNumber: blue, otherNumber: blue}},
	} {
		w.box.ClearJournal()
		s.applies(step.counts, step.args...)
		for phone, want := range step.says {
			if said := w.says(phone, "opening hours"); said != want {
				t.Errorf("%v: %s says %q, want %q", step.args, phone, said, want)
			}
		}
		// Nothing is built or published for a switch: only numbers are written.
		if at := slices.IndexFunc(w.writes(), func(write string) bool { return !strings.Contains(write, "/IncomingPhoneNumbers/") }); at >= 0 {
			t.Errorf("%v: it writes %q", step.args, w.writes())
		}
	}
	// A number that is written otherwise would be tried on none.
	if out := s.types(`terraform plan -input=false -var 'try_green_on=["+44 7447 735023"]' || true`); !inOrder("try_green_on has +44 7447 735023, which is not in phone_numbers").MatchString(out) {
		t.Errorf("the plan does not say what is wrong:\n%s", out)
	}
}

func TestMigrationFromAutopilotKeepsNameAndNumbers(t *testing.T) {
	t.Parallel()
	t.Run("running", func(t *testing.T) {
		t.Parallel()
		s, w := module(t, "migrate-from-autopilot")
		// What an earlier configuration, or the console, had made.
		newFolder(t, w.config(fmt.Sprintf("resource \"twiliobot_assistant\" \"clinic\" {\n  unique_name = \"clinic\"\n  engine = \"autopilot\"\n  schema = file(%q)\n}\n", filepath.Join(s.path, "clinic.json")), bound("clinic", "clinic", ukNumber))).run("apply", "-input=false", "-auto-approve")
		sid := text(w.rows("assistants", "Assistants")[0]["sid"])
		s.applies("1 imported, 0 added, 0 changed, 0 destroyed.", "-var engine=autopilot", "-var assistant_sid="+sid)
		s.applies("0 added, 1 changed, 0 destroyed.")
		if left := len(w.rows("assistants", "Assistants")); left != 0 {
			t.Errorf("%d assistants are left", left)
		}
		if said := w.says(ukNumber, "opening hours"); said != "We are open from 8 to 18, Monday to Friday." {
			t.Errorf("the moved bot says %q", said)
		}
	})
	t.Run("shut down", func(t *testing.T) {
		t.Parallel()
		s, w := module(t, "migrate-from-autopilot")
		w.setNumber(ukNumber, map[string]string{"SmsUrl": "https://channels.autopilot.twilio.com/v1/" + sandbox.StarterAccountSID + "/UA00000000000000000000000000000001/twilio-messaging"})
		if out := s.applies("1 added, 0 changed, 0 destroyed."); !inOrder("dead_numbers", ukNumber).MatchString(out) {
			t.Errorf("the output does not name the dead number:\n%s", out)
		}
		s.applies("1 added, 0 changed, 0 destroyed.", "-var take_dead_numbers=true", "-var 'numbers=[\""+ukNumber+"\"]'")
		if said := w.says(ukNumber, "opening hours"); said != "We are open from 8 to 18, Monday to Friday." {
			t.Errorf("the moved bot says %q", said)
		}
	})
}

func TestBotsAnswerBesideAnotherProvider(t *testing.T) {
	t.Parallel()
	s, w := module(t, "beside-another-provider/moving-away")
	at := filepath.Dir(s.path)
	// The other provider is not installed here: its files are checked for their form, and its
	// state has what they would say.
	s.path = at
	s.types("terraform fmt -check -recursive")
	s.path = filepath.Join(at, "numbers")
	s.edit("main.tf", func(string) string {
		return fmt.Sprintf("output \"phone_numbers\" {\n  value = [%q, %q]\n}\n", ukNumber, otherNumber)
	})
	s.types("terraform init -input=false && terraform apply -input=false -auto-approve")

	s.path = filepath.Join(at, "bots")
	s.onSandbox()
	s.types("terraform init -input=false")
	s.applies("3 added, 0 changed, 0 destroyed.")
	numbers := []map[string]any{w.number(ukNumber), w.number(otherNumber)}

	s.path = filepath.Join(at, "moving-away")
	w.box.ClearJournal()
	s.applies("2 imported, 0 added, 0 changed, 0 destroyed.")
	if writes := w.writes(); len(writes) > 0 {
		t.Errorf("moving away writes %q", writes)
	}
	for _, before := range numbers {
		if now := w.number(before["phone_number"].(string)); fmt.Sprint(now) != fmt.Sprint(before) {
			t.Errorf("the number was %v and is %v", before, now)
		}
	}
}

func TestIncidentSuspendsAndResumes(t *testing.T) {
	t.Parallel()
	s, w := module(t, "incident")
	bots := newFolder(t, w.config(onStudio("clinic", tableSchema()), bound("clinic", "clinic", ukNumber)))
	bots.run("apply", "-input=false", "-auto-approve")
	const notice = `We are "looking into it".`
	const hours = "From noon to midnight."
	says := func(when, want string) {
		t.Helper()
		if said := w.says(ukNumber, "opening hours"); said != want {
			t.Errorf("%s, the number says %q, want %q", when, said, want)
		}
		// Whoever plans the bots' own configuration finds nothing to do.
		bots.settled()
		s.types("terraform plan -input=false -detailed-exitcode")
	}
	s.applies("0 added, 0 changed, 0 destroyed.")
	says("before", hours)
	// A name that no bot has is refused, and does not keep the next run from suspending.
	if out := s.types(`sh suspend.sh clinci 'We are looking into it.' || echo "ended with $?"; sh suspend.sh || echo "ended with $?"`); !inOrder("has no bot named", "ended with 1", "usage: suspend.sh BOT", "ended with 2").MatchString(out) {
		t.Errorf("a wrong name, and none: %s", out)
	}
	s.types(`sh suspend.sh clinic '` + notice + `'`)
	says("suspended", notice)
	// The next run of the pipeline does not resume it.
	s.applies("0 added, 0 changed, 0 destroyed.")
	s.types(`sh suspend.sh clinic ''`)
	says("suspended without a notice", "")
	// Whoever resumes a bot by another name is told, and does not end well; a file that nobody can
	// read is kept.
	if out := s.types(`sh suspend.sh clinci || echo "ended with $?"`); !inOrder("does not have clinci", "ended with 1").MatchString(out) {
		t.Errorf("a wrong name to resume: %s", out)
	}
	says("a wrong name is resumed", "")
	const record, broken = "suspended.auto.tfvars.json", "<<<<<<< HEAD\n{}"
	good := s.read(record)
	s.edit(record, func(string) string { return broken })
	if out := s.types(`sh suspend.sh clinic '' || echo "ended with $?"`); !inOrder("is no JSON; mend it first", "ended with 1").MatchString(out) || s.read(record) != broken {
		t.Errorf("the record of who is suspended is %q:\n%s", s.read(record), out)
	}
	s.edit(record, func(string) string { return good })
	// One that failed behind its plan is resumed by the next: the state alone has it.
	s.types(`echo '{"suspended": {}}' > suspended.auto.tfvars.json; sh suspend.sh clinic`)
	if left := strings.Join(s.files("."), " "); strings.Contains(left, ".new") || strings.Contains(left, ".before") || strings.Contains(left, ".tfplan") {
		t.Errorf("the script leaves %s", left)
	}
	says("resumed", hours)

	// The comments in main.tf run it by its path.
	if file, err := os.Stat(filepath.Join("..", "..", "examples", "incident", "suspend.sh")); err != nil || file.Mode()&0o111 == 0 {
		t.Errorf("suspend.sh cannot be executed: %v", err)
	}
}
