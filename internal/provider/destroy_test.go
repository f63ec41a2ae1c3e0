package provider

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Terraform plans a configuration as for an apply before it destroys, so that an error of
// that plan would keep what is still there from being destroyed.
func TestDestroyIsNotStoppedByWhatAnotherClientChanged(t *testing.T) {
	t.Parallel()
	const theirs = "https://theirs.example.com/"
	greeter, front := hosted("greeter"), bound("front", "greeter", ukNumber)
	delete := func(w *world, name string) {
		w.call(http.MethodDelete, apiBase+"/Applications/"+w.applications()[name]["sid"].(string)+".json", nil)
	}
	makes := func(w *world, name string) {
		w.call(http.MethodPost, apiBase+"/Applications.json", map[string]string{"FriendlyName": name})
	}
	for name, each := range map[string]struct {
		config string
		change func(*world)
		warns  string // why an apply would stop
		check  func(*world) bool
	}{
		"number re-pointed": {
			config: greeter + front,
			change: func(w *world) { w.setNumber(ukNumber, map[string]string{"SmsApplicationSid": "", "SmsUrl": theirs}) },
			warns:  "re-pointed since the last apply",
			check:  func(w *world) bool { return w.number(ukNumber)["sms_url"] == theirs },
		},
		"number released": {
			config: greeter + front,
			change: func(w *world) {
				w.call(http.MethodDelete, apiBase+"/IncomingPhoneNumbers/"+w.number(ukNumber)["sid"].(string)+".json", nil)
			},
			warns: "does not own this phone number",
		},
		"bot deleted, its name and its number taken": {
			config: greeter + front,
			change: func(w *world) {
				delete(w, "greeter")
				makes(w, "greeter")
				w.setNumber(ukNumber, map[string]string{"SmsApplicationSid": w.applications()["greeter"]["sid"].(string)})
			},
			warns: "The bot's name is taken",
			check: func(w *world) bool {
				return w.applications()["greeter"]["sid"] == w.number(ukNumber)["sms_application_sid"]
			},
		},
		"bot renamed, its name taken": {
			config: greeter + front,
			change: func(w *world) {
				w.call(http.MethodPost, apiBase+"/Applications/"+w.applications()["greeter"]["sid"].(string)+".json", map[string]string{"FriendlyName": "renamed"})
				makes(w, "greeter")
			},
			warns: "name is taken",
			check: func(w *world) bool { return w.applications()["greeter"] != nil && w.applications()["renamed"] == nil },
		},
		"flow edited, with a draft": {
			config: studioFlow("echo", echo("Hello")),
			change: func(w *world) { w.saves("published", echo("Edited")); w.saves("draft", echo("Draft")) },
			warns:  "A newer draft is not published",
			check:  func(w *world) bool { return len(w.flows()) == 0 },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			f := newFolder(t, w.config(each.config))
			f.run("apply", "-input=false", "-auto-approve")
			each.change(w)
			if out := f.run("plan", "-input=false"); !strings.Contains(out, "Warning: ") || !strings.Contains(out, each.warns) {
				t.Errorf("the plan says:\n%s", out)
			}
			f.run("destroy", "-input=false", "-auto-approve")
			if each.check != nil && !each.check(w) {
				t.Errorf("the number is %v; there are %v and %v", w.number(ukNumber), w.applications(), w.flows())
			}
		})
	}
}

func TestDestroyWithAStateFromBeforeARename(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := hosted("greeter") + bound("front", "greeter", ukNumber)
	f := newFolder(t, w.config(before))
	f.run("apply", "-input=false", "-auto-approve")
	state := filepath.Join(f.path, "terraform.tfstate")
	old, err := os.ReadFile(state)
	if err != nil {
		t.Fatal(err)
	}
	main, err := os.ReadFile(filepath.Join(f.path, "main.tf"))
	if err != nil {
		t.Fatal(err)
	}
	f.write("main.tf", strings.Replace(string(main), `unique_name = "greeter"`, `unique_name = "renamed"`, 1))
	f.run("apply", "-input=false", "-auto-approve")
	f.write("terraform.tfstate", string(old))
	f.run("destroy", "-input=false", "-auto-approve")
	// The bot that the state does not know, and its number, are left as they are.
	if err := w.answers(ukNumber, "renamed")(nil); err != nil {
		t.Error(err)
	}
}
