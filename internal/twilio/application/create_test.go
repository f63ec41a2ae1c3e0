package application_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/application"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/twiliotest"
)

func TestCreate(t *testing.T) {
	run(t, func(a account) {
		created, err := a.Create(a.Context(), porter())
		if err != nil {
			a.Fatal(err)
		}
		if diff := cmp.Diff(porter().Content, created.Content); diff != "" || created.UniqueName != "porter" || created.AccountSID != sandbox.StarterAccountSID || created.Replaces != "" {
			a.Errorf("it created %+v: %s", created, diff)
		}
		if created.DateCreated.IsZero() || created.DateUpdated.IsZero() {
			a.Errorf("it has no dates: %+v", created)
		}
		want := []twiliotest.Sent{{Method: http.MethodPost, Path: strings.TrimPrefix(apps, "https://api.twilio.com"), Form: twiliotest.Form(
			"FriendlyName", "porter",
			"SmsUrl", "https://porter.example.com/messages", "SmsMethod", "GET", "SmsFallbackUrl", "https://porter.example.com/down",
			"VoiceUrl", "https://porter.example.com/calls", "VoiceMethod", "POST", "VoiceFallbackUrl", "https://porter.example.com/down",
			"StatusCallback", "https://porter.example.com/ended",
		)}}
		if diff := cmp.Diff(want, a.Writes()); diff != "" {
			a.Error(diff)
		}
		// What is not given is not sent.
		a.create(specOf("mute", bot.ApplicationWebhooks{}))
		a.create(bot.Spec{UniqueName: "bare"})
	})
}

// Whatever call is cut, the account is as it was, or the bot is whole.
func TestCreateCutAtEachCall(t *testing.T) {
	t.Parallel()
	twiliotest.Walk(t, func(a *twiliotest.Account) func() error {
		return func() error { _, err := application.New(a.Client).Create(a.Context(), porter()); return err }
	}, func(a *twiliotest.Account, first error) {
		left := a.Rows(apps, "applications")
		_, err := application.New(a.Client).Create(a.Context(), porter())
		switch {
		case len(left) == 0 && (first == nil || err != nil):
			a.Errorf("the first ended with %v and left nothing, the second with %v", first, err)
		case len(left) == 1 && !errors.Is(err, bot.ErrNameTaken):
			a.Errorf("the second took %v up: %v", left, err)
		case len(left) > 1:
			a.Errorf("there are %v", left)
		}
		for _, row := range a.Rows(apps, "applications") {
			if row["sms_url"] != porter().Content.Webhooks.MessagingURL || row["sms_method"] != "GET" {
				a.Errorf("it is half written: %v", row)
			}
		}
	})
}

func TestLostCreate(t *testing.T) {
	t.Parallel()
	post := twiliotest.Call{Method: http.MethodPost, Path: appsPath}
	t.Run("that happened is found", func(t *testing.T) {
		run(t, func(a account) {
			a.Cut(post, twiliotest.CutAfter)
			created, err := a.Create(a.Context(), porter())
			if sids := twiliotest.Texts(a.Rows(apps, "applications"), "sid"); err != nil || len(sids) != 1 || sids[0] != created.SID {
				a.Errorf("it created %v, Twilio has %v: %v", created, sids, err)
			}
		})
	})
	t.Run("that reads show late is found", func(t *testing.T) {
		run(t, func(a account) {
			a.Cut(post, twiliotest.CutAfter)
			a.Fault(sandbox.Fault{Method: http.MethodGet, Path: appsPath, Nth: 2, Times: 3, Kind: sandbox.FaultStale, DelayMS: 60_000})
			if _, err := a.Create(a.Context(), porter()); err != nil {
				a.Error(err)
			}
		})
	})
	t.Run("that did not happen is said", func(t *testing.T) {
		run(t, func(a account) {
			a.Cut(post, twiliotest.CutBefore)
			_, err := a.Create(a.Context(), porter())
			if twiliotest.KindOf(err) != bot.WriteLost || len(a.Rows(apps, "applications")) > 0 || len(a.Writes()) != 1 {
				a.Errorf("it ended with %v after %v", err, a.Writes())
			}
		})
	})
	for name, theirs := range map[string][]string{
		"another client's bot": {"FriendlyName", "porter", "SmsUrl", "https://theirs.example.com/"},
		// Of several, nothing tells which is which.
		"another client's bot beside it": nil,
	} {
		t.Run("is not taken for "+name, func(t *testing.T) {
			run(t, func(a account) {
				how := twiliotest.CutBefore
				if theirs == nil {
					how = twiliotest.CutAfter
				}
				a.Before(post, func() { a.Post(apps, "FriendlyName", "porter", "SmsUrl", "https://theirs.example.com/") })
				a.Cut(post, how)
				_, err := a.Create(a.Context(), porter())
				if !errors.Is(err, bot.ErrNameTaken) {
					a.Errorf("it ended with %v", err)
				}
				if urls := twiliotest.Texts(a.Rows(apps, "applications"), "sms_url"); urls[len(urls)-1] != "https://theirs.example.com/" {
					a.Errorf("theirs is gone: %v", urls)
				}
			})
		})
	}
	t.Run("refused for certain", func(t *testing.T) {
		run(t, func(a account) {
			broken := porter()
			broken.UniqueName = strings.Repeat("x", 65)
			_, err := a.Create(a.Context(), broken)
			if err == nil || twiliotest.KindOf(err) != "" || len(a.Sent()) != 2 {
				a.Errorf("it ended with %v after %v", err, a.Sent())
			}
		})
	})
}

func TestCreateReadsBack(t *testing.T) {
	t.Parallel()
	post, get := twiliotest.Call{Method: http.MethodPost, Path: appsPath}, twiliotest.Call{Method: http.MethodGet, Path: appPath}
	t.Run("what reads show late", func(t *testing.T) {
		run(t, func(a account) {
			a.Fault(sandbox.Fault{Method: http.MethodGet, Path: appPath, Times: 3, Kind: sandbox.FaultStale, DelayMS: 60_000})
			if _, err := a.Create(a.Context(), porter()); err != nil || len(a.Writes()) != 1 {
				a.Errorf("it ended with %v after %v", err, a.Writes())
			}
		})
	})
	t.Run("and has the answer where it cannot", func(t *testing.T) {
		run(t, func(a account) {
			a.Cut(get, twiliotest.Refused)
			created, err := a.Create(a.Context(), porter())
			if err != nil || created.Content.Webhooks.MessagingURL != porter().Content.Webhooks.MessagingURL {
				a.Errorf("it created %v: %v", created, err)
			}
		})
	})
	t.Run("and takes back what another client overwrote", func(t *testing.T) {
		run(t, func(a account) {
			a.After(post, func() {
				a.Later(2 * time.Second)
				a.change(twiliotest.Texts(a.Rows(apps, "applications"), "sid")[0], "SmsUrl", "https://theirs.example.com/")
			})
			_, err := a.Create(a.Context(), porter())
			if twiliotest.KindOf(err) != bot.NotAsWritten || !errors.Is(err, bot.ErrChanged) {
				a.Errorf("it ended with %v", err)
			}
			if rows := a.Rows(apps, "applications"); len(rows) != 0 {
				a.Errorf("there are %v", rows)
			}
		})
	})
}

func TestCreateRefusesATakenName(t *testing.T) {
	run(t, func(a account) {
		a.create(porter())
		_, err := a.Create(a.Context(), specOf("porter", bot.ApplicationWebhooks{VoiceURL: "https://other.example.com/"}))
		if !errors.Is(err, bot.ErrNameTaken) || !strings.Contains(err.Error(), `"porter" (AP`) {
			a.Errorf("it ended with %v", err)
		}
		a.NothingWritten()
		a.Cut(twiliotest.Call{}, twiliotest.Refused)
		if _, err := a.Create(a.Context(), specOf("other", bot.ApplicationWebhooks{})); err == nil {
			a.Error("a name that could not be looked up is taken for free")
		}
	})
}

// What nobody configured is carried along, where both bots are applications.
func TestReplacementCarriesTheRestAlong(t *testing.T) {
	run(t, func(a account) {
		rest := []string{
			"SmsFallbackMethod", "GET", "VoiceFallbackMethod", "GET", "StatusCallbackMethod", "GET", "VoiceCallerIdLookup", "true",
			"SmsStatusCallback", "https://porter.example.com/sent", "MessageStatusCallback", "https://porter.example.com/delivered",
			"PublicApplicationConnectEnabled", "true",
		}
		old := a.create(porter())
		a.change(old.SID, rest...)
		spec := porter()
		spec.UniqueName, spec.Replaces = "doorman", old.SID
		created := a.create(spec)
		has := a.app(created.SID)
		for field, want := range map[string]any{
			"sms_fallback_method": "GET", "voice_fallback_method": "GET", "status_callback_method": "GET", "voice_caller_id_lookup": true,
			"sms_status_callback": "https://porter.example.com/sent", "message_status_callback": "https://porter.example.com/delivered",
			"public_application_connect_enabled": true,
		} {
			if has[field] != want {
				a.Errorf("%s is %v", field, has[field])
			}
		}
		spec.Replaces = flowSID
		if has := a.app(a.create(spec).SID); has["sms_fallback_method"] != "POST" {
			a.Errorf("what replaces a flow has %v", has)
		}
		// Without what is to carry along nothing is created.
		spec.Replaces = created.SID
		a.Cut(twiliotest.Call{Method: http.MethodGet, Path: appPath}, twiliotest.Refused)
		if _, err := a.Create(a.Context(), spec); err == nil || !strings.Contains(err.Error(), "reading the replaced application "+created.SID) {
			a.Errorf("it ended with %v", err)
		}
		a.NothingWritten()
	})
}

// An application that replaces a bot bears its mark for a name until the end.
func TestReplacementBearsItsMark(t *testing.T) {
	run(t, func(a account) {
		spec := porter()
		spec.Replaces = flowSID
		created := a.create(spec)
		if created.UniqueName != bot.MarkReplacing(flowSID) || created.Replaces != flowSID || !created.Unnamed() || !created.Unmarking() {
			a.Errorf("it is %+v", created)
		}
		if found, err := a.Successor(a.Context(), flowSID); err != nil || found.SID != created.SID {
			a.Errorf("the successor is %v: %v", found, err)
		}
		if _, err := a.Successor(a.Context(), created.SID); !errors.Is(err, bot.ErrNotFound) {
			a.Errorf("a bot that was never replaced has a successor: %v", err)
		}
		// What an earlier run left is taken up, and brought to what is wanted.
		a.Forget()
		other := with(spec, func(w *bot.ApplicationWebhooks) { w.VoiceURL = "https://porter.example.com/new" })
		again, err := a.Create(a.Context(), other)
		if err != nil || again.SID != created.SID || again.Content.Webhooks.VoiceURL != "https://porter.example.com/new" {
			a.Errorf("it took up %v: %v", again, err)
		}
		if writes := a.Writes(); len(writes) != 1 || !cmp.Equal(writes[0].Form, twiliotest.Form("VoiceUrl", "https://porter.example.com/new")) {
			a.Errorf("it wrote %v", writes)
		}
		a.Forget()
		named, err := a.Unmark(a.Context(), created.SID, spec)
		if err != nil || named.UniqueName != "porter" || named.Replaces != "" {
			a.Errorf("it is %+v: %v", named, err)
		}
		if writes := a.Writes(); len(writes) != 1 || !cmp.Equal(writes[0].Form, url.Values{"FriendlyName": {"porter"}}) {
			a.Errorf("it wrote %v", writes)
		}
		if _, err := a.Successor(a.Context(), flowSID); !errors.Is(err, bot.ErrNotFound) {
			a.Errorf("its mark is still found: %v", err)
		}
		if _, err := a.Unmark(a.Context(), "AP00000000000000000000000000000000", spec); !errors.Is(err, bot.ErrNotFound) {
			a.Errorf("what does not exist is unmarked: %v", err)
		}
		a.Cut(twiliotest.Call{}, twiliotest.Refused)
		if _, err := a.Successor(a.Context(), flowSID); err == nil || errors.Is(err, bot.ErrNotFound) {
			a.Errorf("a listing that fails is taken for an empty one: %v", err)
		}
	})
}
