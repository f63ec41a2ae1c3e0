package studio_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/studio"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/twiliotest"
)

// The published revision is the bot; a draft is named beside it.
func TestReadTakesThePublishedRevision(t *testing.T) {
	run(t, func(a account) {
		created := a.create(greeter())
		a.draft(created.SID, says("Soon"))
		a.draft(created.SID, says("Sooner"))
		for _, read := range []func() (bot.Bot, error){
			func() (bot.Bot, error) { return a.Read(a.Context(), created.SID) },
			func() (bot.Bot, error) { return a.Get(a.Context(), created.SID) },
		} {
			if got, err := read(); err != nil || got.Revision != 1 || got.Draft != 3 || !got.Content.Meets(greeter().Content) {
				a.Errorf("it is %+v: %v", got, err)
			}
		}
		a.publish(created.SID, says("Now"))
		if got, err := a.Read(a.Context(), created.SID); err != nil || got.Revision != 4 || got.Draft != 0 || !got.Content.Meets(content(says("Now"))) {
			a.Errorf("it is %+v: %v", got, err)
		}
		a.Post(flows, "FriendlyName", "unpublished", "Status", "draft", "Definition", says("Soon"))
		listed, err := a.List(a.Context())
		if err != nil || len(listed.Bots) != 2 || listed.Bots[0].Draft != 1 || listed.Bots[0].Revision != 0 || listed.Bots[1].Revision != 4 {
			a.Errorf("it lists %+v: %v", listed, err)
		}
		if got, err := a.Read(a.Context(), listed.Bots[0].SID); err != nil || got.Revision != 0 || got.Draft != 1 || got.Content.Flow != nil {
			a.Errorf("what was never published is %+v: %v", got, err)
		}
	})
}

func TestReadSaysThatItFailed(t *testing.T) {
	run(t, func(a account) {
		created := a.create(greeter())
		a.draft(created.SID, says("Soon"))
		for nth := 1; nth <= 2; nth++ {
			a.Forget()
			a.Cut(twiliotest.Call{Nth: nth}, twiliotest.Refused)
			if _, err := a.Read(a.Context(), created.SID); err == nil || errors.Is(err, bot.ErrNotFound) {
				a.Errorf("call %d fails and nothing is said: %v", nth, err)
			}
		}
		if _, err := a.Read(a.Context(), noSID); !errors.Is(err, bot.ErrNotFound) {
			a.Errorf("it ended with %v", err)
		}
		answer := a.Fetch(flows + "/" + created.SID)
		answer["status"], answer["definition"] = "published", []any{}
		a.Fault(sandbox.Fault{Method: http.MethodGet, Path: flowPath, Kind: sandbox.FaultStatus, Status: http.StatusOK, Body: answer})
		if _, err := a.Read(a.Context(), created.SID); err == nil || !strings.Contains(err.Error(), "revision 2, cannot be read") {
			a.Errorf("it ended with %v", err)
		}
		a.Forget()
		for _, sid := range []string{"", appSID, "greeter", created.SID + "/Revisions"} {
			if _, err := a.Read(a.Context(), sid); err == nil {
				a.Errorf("%q is read", sid)
			}
		}
		if len(a.Sent()) > 0 {
			a.Errorf("it asked for %v", a.Sent())
		}
		if tasks, err := a.Tasks(a.Context(), created.SID); len(tasks) > 0 || err != nil {
			a.Errorf("it has the tasks %v: %v", tasks, err)
		}
	})
}

// Product hosts act on the account of the credentials, whatever account was meant.
func TestFlowsOfAnotherAccountAreRefused(t *testing.T) {
	run(t, func(a account) {
		created := a.create(greeter())
		other, err := a.Box.AddAccount("other", sandbox.StarterAccountSID)
		if err != nil {
			a.Fatal(err)
		}
		host := studio.New(a.ClientOf(other.AccountSID))
		for name, call := range map[string]func() error{
			"List": func() error { _, err := host.List(a.Context()); return err },
			"Find": func() error { _, err := host.Find(a.Context(), "greeter"); return err },
			"Get":  func() error { _, err := host.Get(a.Context(), created.SID); return err },
			"Update": func() error {
				_, err := host.Update(a.Context(), created.SID, greeter(), specOf("porter", says("Hello")))
				return err
			},
			"Create": func() error { _, err := host.Create(a.Context(), greeter()); return err },
		} {
			if err := call(); err == nil || !strings.Contains(err.Error(), "belongs to account "+sandbox.StarterAccountSID) {
				a.Errorf("%s ended with %v", name, err)
			}
		}
		a.NothingWritten()
	})
}

func TestListAndFindReadEveryPage(t *testing.T) {
	run(t, func(a account) {
		const all = 5
		var want []string
		for i := range all {
			want = append([]string{fmt.Sprint("greeter-", i)}, want...)
			a.create(specOf(want[0], says("Hello")))
		}
		a.Post(flows, "FriendlyName", "greeter-0", "Status", "published", "Definition", says("Namesake"))
		a.SmallPages(2)
		listed, err := a.List(a.Context())
		var names []string
		for _, each := range listed.Bots {
			names = append(names, each.UniqueName)
		}
		if diff := cmp.Diff(append([]string{"greeter-0"}, want...), names); err != nil || diff != "" {
			a.Errorf("%v %s", err, diff)
		}
		if found, err := a.Find(a.Context(), "greeter-0"); err != nil || len(found) != 2 {
			a.Errorf("it found %v: %v", found, err)
		}
		a.Forget()
		a.Cut(twiliotest.Call{Nth: 3}, twiliotest.Refused)
		if _, err := a.Find(a.Context(), "greeter-0"); err == nil {
			a.Error("a page that fails is taken for an empty one")
		}
	})
}

func TestValidate(t *testing.T) {
	run(t, func(a account) {
		if found, err := a.Validate(a.Context(), greeter()); err != nil || len(found) > 0 {
			a.Errorf("it finds %v: %v", found, err)
		}
		found, err := a.Validate(a.Context(), specOf("greeter", broken))
		if err != nil || len(found) < 2 {
			a.Fatalf("it finds %v: %v", found, err)
		}
		for _, each := range found {
			if each.Message == "" || !strings.HasPrefix(each.Pointer, "/") {
				a.Errorf("it finds %+v", each)
			}
		}
		if rows := a.Rows(flows, "flows"); len(rows) > 0 {
			a.Errorf("it created %v", rows)
		}
		// Without details, what Twilio says is the finding.
		a.Fault(sandbox.Fault{Method: http.MethodPost, Kind: sandbox.FaultStatus, Status: http.StatusBadRequest,
			Body: map[string]any{"code": 81022, "message": "it is not valid", "status": 400}})
		if found, err := a.Validate(a.Context(), greeter()); err != nil || !cmp.Equal(found, []bot.Finding{{Message: "it is not valid"}}) {
			a.Errorf("it finds %v: %v", found, err)
		}
		a.Fault(sandbox.Fault{Method: http.MethodPost, Nth: 1, Kind: sandbox.FaultStatus, Status: http.StatusForbidden})
		if found, err := a.Validate(a.Context(), greeter()); err == nil || len(found) > 0 {
			a.Errorf("what could not be asked is %v: %v", found, err)
		}
	})
}

func TestActivityCountsWhatIsInProgress(t *testing.T) {
	run(t, func(a account) {
		created, other := a.create(greeter()), a.create(specOf("other", says("Hello")))
		for i, each := range []sandbox.Execution{
			{FlowSID: created.SID, Channel: "voice"}, {FlowSID: created.SID, Channel: "voice"}, {FlowSID: created.SID, Channel: "voice"},
			{FlowSID: created.SID, Channel: "messaging"}, {FlowSID: created.SID, Channel: "messaging"},
			{FlowSID: created.SID, Channel: "voice", Status: "ended"}, {FlowSID: other.SID, Channel: "voice"},
		} {
			each.Contact = fmt.Sprintf("+4479460009%02d", i)
			if _, err := a.Box.AddExecution(each); err != nil {
				a.Fatal(err)
			}
		}
		a.SmallPages(2)
		a.Forget()
		active, err := a.Activity(a.Context(), created.SID)
		if err != nil || active != (bot.Activity{Calls: 3, Conversations: 2}) || len(a.Sent()) != 3 {
			a.Errorf("it counts %+v in %d calls: %v", active, len(a.Sent()), err)
		}
		if _, err := a.Activity(a.Context(), noSID); !errors.Is(err, bot.ErrNotFound) {
			a.Errorf("it ended with %v", err)
		}
		if _, err := a.Activity(a.Context(), ""); err == nil {
			a.Error("nothing has something in progress")
		}
		a.Forget()
		a.Cut(twiliotest.Call{Nth: 2}, twiliotest.Refused)
		if _, err := a.Activity(a.Context(), created.SID); err == nil {
			a.Error("a page that fails is taken for an empty one")
		}
	})
}

// The URL of a flow is the one that Twilio says, in a list, in a read and in the answer to
// its creation.
func TestFlowSaysItsURL(t *testing.T) {
	run(t, func(a account) {
		created := a.create(greeter())
		want := a.Fetch(flows + "/" + created.SID)["webhook_url"]
		listed, err := a.List(a.Context())
		if err != nil {
			a.Fatal(err)
		}
		read, err := a.Read(a.Context(), created.SID)
		if err != nil || want == "" || created.WebhookURL != want || read.WebhookURL != want || listed.Bots[0].WebhookURL != want {
			a.Errorf("it is %q when created, %q when read, %q when listed, not %q: %v", created.WebhookURL, read.WebhookURL, listed.Bots[0].WebhookURL, want, err)
		}
	})
}
