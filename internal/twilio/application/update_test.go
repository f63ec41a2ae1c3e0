package application_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/application"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/twiliotest"
)

func TestUpdateWritesWhatDiffers(t *testing.T) {
	t.Parallel()
	for name, each := range map[string]struct {
		change func(*bot.ApplicationWebhooks)
		rename string
		want   []string // the form; none where nothing is written
	}{
		"nothing":     {},
		"a URL":       {change: func(w *bot.ApplicationWebhooks) { w.VoiceURL = "https://new.example.com/" }, want: []string{"VoiceUrl", "https://new.example.com/"}},
		"the name":    {rename: "doorman", want: []string{"FriendlyName", "doorman"}},
		"both":        {change: func(w *bot.ApplicationWebhooks) { w.StatusCallbackURL = "" }, rename: "doorman", want: []string{"FriendlyName", "doorman", "StatusCallback", ""}},
		"a method":    {change: func(w *bot.ApplicationWebhooks) { w.MessagingMethod = "POST" }, want: []string{"SmsMethod", "POST"}},
		"the default": {change: func(w *bot.ApplicationWebhooks) { w.MessagingMethod = "" }, want: []string{"SmsMethod", "POST"}},
		"only case":   {change: func(w *bot.ApplicationWebhooks) { w.MessagingMethod = "get" }},
		// Twilio clears no method, and without a URL it is never used.
		"a URL that goes": {change: func(w *bot.ApplicationWebhooks) {
			w.MessagingURL, w.MessagingMethod, w.MessagingFallbackURL = "", "", ""
		}, want: []string{"SmsUrl", "", "SmsFallbackUrl", ""}},
		"every URL": {
			change: func(w *bot.ApplicationWebhooks) {
				*w = bot.ApplicationWebhooks{MessagingURL: "https://a.example.com/", MessagingFallbackURL: "https://b.example.com/", VoiceURL: "https://c.example.com/",
					VoiceMethod: "GET", VoiceFallbackURL: "https://d.example.com/", StatusCallbackURL: "https://e.example.com/"}
			},
			want: []string{"SmsUrl", "https://a.example.com/", "SmsMethod", "POST", "SmsFallbackUrl", "https://b.example.com/",
				"VoiceUrl", "https://c.example.com/", "VoiceMethod", "GET", "VoiceFallbackUrl", "https://d.example.com/", "StatusCallback", "https://e.example.com/"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(a account) {
				created := a.create(porter())
				to := porter()
				if each.change != nil {
					to = with(to, each.change)
				}
				if each.rename != "" {
					to.UniqueName = each.rename
				}
				updated, err := a.Update(a.Context(), created.SID, porter(), to)
				if err != nil || updated.SID != created.SID || updated.UniqueName != to.UniqueName || each.want != nil && !updated.Content.Meets(to.Content) {
					a.Errorf("it is %+v: %v", updated, err)
				}
				var want []twiliotest.Sent
				if each.want != nil {
					want = []twiliotest.Sent{{Method: http.MethodPost, Path: strings.TrimPrefix(oneApp, "https://api.twilio.com") + created.SID + ".json", Form: twiliotest.Form(each.want...)}}
				}
				if got := a.Writes(); len(got)+len(want) > 0 && !cmp.Equal(want, got) {
					a.Error(cmp.Diff(want, got))
				}
			})
		})
	}
}

func TestUpdateLeavesContentThatIsManagedElsewhere(t *testing.T) {
	run(t, func(a account) {
		created := a.create(porter())
		a.change(created.SID, "VoiceUrl", "https://theirs.example.com/")
		updated, err := a.Update(a.Context(), created.SID, bot.Spec{UniqueName: "porter"}, bot.Spec{UniqueName: "doorman"})
		if err != nil || updated.UniqueName != "doorman" || updated.Content.Webhooks.VoiceURL != "https://theirs.example.com/" {
			a.Errorf("it is %+v: %v", updated, err)
		}
	})
}

// What another client changed since the plan stops the update, also where it is the very
// field that the plan changes.
func TestUpdateStopsOnAnotherClientsChange(t *testing.T) {
	t.Parallel()
	to := with(porter(), func(w *bot.ApplicationWebhooks) { w.VoiceURL = "https://new.example.com/" })
	to.UniqueName = "doorman"
	for name, each := range map[string]struct {
		theirs []string
		field  string // that is named; empty where it is no matter
	}{
		"of the same field":     {[]string{"VoiceUrl", "https://user:secret@theirs.example.com/?key=secret"}, "voice_url"},
		"of another field":      {[]string{"StatusCallback", "https://theirs.example.com/"}, "status_callback"},
		"of the name":           {[]string{"FriendlyName", "theirs"}, "friendly_name"},
		"that is what we want":  {[]string{"VoiceUrl", "https://new.example.com/", "FriendlyName", "doorman"}, ""},
		"of what we never read": {[]string{"SmsStatusCallback", "https://theirs.example.com/"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(a account) {
				created := a.create(porter())
				a.change(created.SID, each.theirs...)
				_, err := a.Update(a.Context(), created.SID, porter(), to)
				if each.field == "" {
					if err != nil {
						a.Error(err)
					}
					return
				}
				if twiliotest.KindOf(err) != bot.ChangedSincePlan || !errors.Is(err, bot.ErrChanged) || !strings.Contains(err.Error(), each.field) || strings.Contains(err.Error(), "secret") {
					a.Errorf("it ended with %v", err)
				}
				a.NothingWritten()
			})
		})
	}
}

func TestUpdateCutAtEachCall(t *testing.T) {
	t.Parallel()
	to := with(porter(), func(w *bot.ApplicationWebhooks) { w.VoiceURL, w.MessagingMethod = "https://new.example.com/", "POST" })
	to.UniqueName = "doorman"
	sid := ""
	twiliotest.Walk(t, func(a *twiliotest.Account) func() error {
		host := application.New(a.Client)
		sid = account{a, host}.create(porter()).SID
		return func() error { _, err := host.Update(a.Context(), sid, porter(), to); return err }
	}, func(a *twiliotest.Account, first error) {
		host := application.New(a.Client)
		now, err := host.Read(a.Context(), sid)
		if err != nil {
			a.Fatal(err)
		}
		isOld, isNew := now.UniqueName == "porter" && now.Content.Meets(porter().Content), now.UniqueName == "doorman" && now.Content.Meets(to.Content)
		if !isOld && !isNew || first == nil && !isNew {
			a.Errorf("after %v it is %+v", first, now)
		}
		if _, err := host.Update(a.Context(), sid, porter(), to); err != nil {
			a.Errorf("applied again: %v", err)
		}
	})
}

func TestUpdateReadsBack(t *testing.T) {
	t.Parallel()
	to := with(porter(), func(w *bot.ApplicationWebhooks) { w.VoiceURL = "https://new.example.com/" })
	post, reread := twiliotest.Call{Method: http.MethodPost}, twiliotest.Call{Method: http.MethodGet, Nth: 2}
	for name, each := range map[string]struct {
		prepare func(a account, sid string)
		kind    bot.Kind
		fails   bool // with an error of no kind
		writes  int  // more than one where it is sent again
	}{
		"a lost answer": {prepare: func(a account, _ string) { a.Cut(post, twiliotest.CutAfter) }},
		"a lost write":  {prepare: func(a account, _ string) { a.Cut(post, twiliotest.CutBefore) }, writes: 2},
		"a write that is lost twice": {prepare: func(a account, _ string) {
			a.Fault(sandbox.Fault{Method: http.MethodPost, Times: -1, Kind: sandbox.FaultCutBefore})
		}, kind: bot.WriteLost, writes: 2},
		"a write that Twilio fails to do": {prepare: func(a account, _ string) {
			a.Fault(sandbox.Fault{Method: http.MethodPost, Times: 3, Kind: sandbox.FaultStatus, Status: http.StatusServiceUnavailable})
		}, writes: 4},
		"late reads": {prepare: func(a account, _ string) {
			a.Later(time.Hour)
			a.Fault(sandbox.Fault{Method: http.MethodGet, Path: appPath, Nth: 2, Times: 3, Kind: sandbox.FaultStale, DelayMS: 60_000})
		}},
		"late reads that do not know it": {prepare: func(a account, _ string) {
			a.Fault(sandbox.Fault{Method: http.MethodGet, Path: appPath, Nth: 2, Times: 3, Kind: sandbox.FaultStale, DelayMS: 60_000})
		}},
		"no read": {prepare: func(a account, _ string) { a.Cut(reread, twiliotest.Refused) }},
		"no answer and no read": {prepare: func(a account, _ string) {
			a.Cut(post, twiliotest.CutAfter)
			a.Cut(reread, twiliotest.Refused)
		}, fails: true},
		"another client's later write": {prepare: func(a account, sid string) {
			a.After(post, func() { a.Later(2 * time.Second); a.change(sid, "VoiceUrl", "https://theirs.example.com/") })
		}, kind: bot.NotAsWritten},
		// Dates are exact to the second, so this is no newer than ours.
		"another client's write in the same second": {prepare: func(a account, sid string) {
			a.After(post, func() { a.change(sid, "VoiceUrl", "https://theirs.example.com/") })
		}, kind: bot.NotAsWritten},
		"another client's write behind a lost one": {prepare: func(a account, sid string) {
			a.Cut(post, twiliotest.CutBefore)
			a.After(twiliotest.Call{Method: http.MethodGet, Nth: 2}, func() { a.Later(2 * time.Second); a.change(sid, "VoiceUrl", "https://theirs.example.com/") })
		}, kind: bot.WriteLost},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(a account) {
				created := a.create(porter())
				each.prepare(a, created.SID)
				updated, err := a.Update(a.Context(), created.SID, porter(), to)
				failed := each.kind != "" || each.fails
				if (err != nil) != failed || twiliotest.KindOf(err) != each.kind {
					a.Errorf("it ended with %v", err)
				}
				if !failed && updated.Content.Webhooks.VoiceURL != "https://new.example.com/" {
					a.Errorf("it returned %+v", updated.Content.Webhooks)
				}
				if len(a.Writes()) != max(each.writes, 1) {
					a.Errorf("it wrote %v", a.Writes())
				}
			})
		})
	}
}

func TestUpdateOfWhatIsNoBot(t *testing.T) {
	run(t, func(a account) {
		hold, err := a.CreateHold(a.Context(), newHold())
		if err != nil {
			a.Fatal(err)
		}
		a.Forget()
		if _, err := a.Update(a.Context(), hold.SID, porter(), porter()); !errors.Is(err, bot.ErrHold) {
			a.Errorf("a hold is updated: %v", err)
		}
		if _, err := a.Update(a.Context(), "AP00000000000000000000000000000000", porter(), porter()); !errors.Is(err, bot.ErrNotFound) {
			a.Errorf("what does not exist is updated: %v", err)
		}
		a.NothingWritten()
	})
}
