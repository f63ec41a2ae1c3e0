package studio_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/studio"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/twiliotest"
)

func TestUpdateWritesWhatDiffers(t *testing.T) {
	t.Parallel()
	moved := strings.Replace(says("Hello"), `"y": 200`, `"y": 201`, 1)
	for name, each := range map[string]struct {
		to   bot.Spec
		form []string // without the definition; none where nothing is written
		is   bot.Content
	}{
		"nothing":             {to: greeter()},
		"a place on a canvas": {to: specOf("greeter", moved)},
		"the definition":      {to: specOf("greeter", says("Good day")), form: []string{"Status", "published", "CommitMessage", "twiliobot: updated"}, is: content(says("Good day"))},
		"the name alone": {to: bot.Spec{UniqueName: "porter"}, form: []string{"Status", "published", "CommitMessage", "twiliobot: updated", "FriendlyName", "porter"},
			is: greeter().Content},
		"both": {to: specOf("porter", says("Good day")), form: []string{"Status", "published", "CommitMessage", "twiliobot: updated", "FriendlyName", "porter"}, is: content(says("Good day"))},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(a account) {
				created := a.create(greeter())
				updated, err := a.Update(a.Context(), created.SID, greeter(), each.to)
				if err != nil || updated.UniqueName != each.to.UniqueName || !updated.Content.Meets(each.is) {
					a.Errorf("it is %+v: %v", updated, err)
				}
				if each.form == nil {
					a.NothingWritten()
					return
				}
				writes := a.Writes()
				if len(writes) != 1 || writes[0].Path != "/v2/Flows/"+created.SID || !content(writes[0].Form.Get("Definition")).Meets(each.is) {
					a.Fatalf("it wrote %v", writes)
				}
				writes[0].Form.Del("Definition")
				if diff := cmp.Diff(twiliotest.Form(each.form...), writes[0].Form); diff != "" {
					a.Error(diff)
				}
				if updated.Revision != 2 {
					a.Errorf("it is at revision %d", updated.Revision)
				}
			})
		})
	}
}

// What another client published since the plan stops the update, also where it is the
// very property that the plan changes.
func TestUpdateStopsOnAnotherClientsChange(t *testing.T) {
	t.Parallel()
	to := specOf("greeter", says("Good day"))
	renamed := specOf("porter", says("Good day"))
	for name, each := range map[string]struct {
		theirs func(a account, sid string)
		to     bot.Spec
		words  []string // of the refusal; none where it is no matter
	}{
		"of the same property": {func(a account, sid string) { a.publish(sid, says("URGENT: closed today")) }, to, []string{"another definition", "state hello: property body"}},
		"of another property":  {func(a account, sid string) { a.publish(sid, definition("Hello", "Theirs", false)) }, to, []string{"state more: property body"}},
		"of both":              {func(a account, sid string) { a.publish(sid, definition("Good day", "Theirs", false)) }, to, []string{"state more: property body"}},
		"of a flag":            {func(a account, sid string) { a.publish(sid, definition("Hello", "sent to nobody else", true)) }, to, []string{"flags"}},
		"of the name":          {func(a account, sid string) { a.publish(sid, says("Hello"), "FriendlyName", "theirs") }, renamed, []string{`"theirs"`, "another name"}},
		"that is what we want": {func(a account, sid string) { a.publish(sid, says("Good day")) }, to, nil},
		"of no meaning": {func(a account, sid string) {
			a.publish(sid, strings.Replace(says("Hello"), `"y": 200`, `"y": 201`, 1))
		}, to, nil},
		"of what is managed elsewhere": {func(a account, sid string) { a.publish(sid, says("Theirs")) }, bot.Spec{UniqueName: "porter"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(a account) {
				created := a.create(greeter())
				each.theirs(a, created.SID)
				updated, err := a.Update(a.Context(), created.SID, greeter(), each.to)
				if each.words == nil {
					if err != nil || !updated.Content.Meets(each.to.Content) {
						a.Errorf("it is %+v: %v", updated, err)
					}
					return
				}
				if twiliotest.KindOf(err) != bot.ChangedSincePlan || !errors.Is(err, bot.ErrChanged) {
					a.Fatalf("it ended with %v", err)
				}
				for _, word := range each.words {
					if !strings.Contains(err.Error(), word) {
						a.Errorf("it does not say %q: %v", word, err)
					}
				}
				if strings.Contains(err.Error(), "URGENT") {
					a.Errorf("it shows a value: %v", err)
				}
				a.NothingWritten()
			})
		})
	}
}

// A rename carries along what another client published, and not the configuration of
// whoever wrote the flow first.
func TestRenameKeepsContentThatIsManagedElsewhere(t *testing.T) {
	run(t, func(a account) {
		created := a.create(greeter())
		a.publish(created.SID, says("Theirs"))
		if _, err := a.Update(a.Context(), created.SID, bot.Spec{UniqueName: "greeter"}, bot.Spec{UniqueName: "porter"}); err != nil {
			a.Fatal(err)
		}
		if now, err := a.Read(a.Context(), created.SID); err != nil || now.UniqueName != "porter" || !now.Content.Meets(content(says("Theirs"))) {
			a.Errorf("it is %+v: %v", now, err)
		}
	})
}

// A newer draft is another author's work in progress, which no write buries.
func TestUpdateNeverBuriesADraft(t *testing.T) {
	run(t, func(a account) {
		created := a.create(greeter())
		a.draft(created.SID, says("Soon"))
		for _, to := range []bot.Spec{specOf("greeter", says("Good day")), {UniqueName: "porter"}} {
			now, err := a.Update(a.Context(), created.SID, greeter(), to)
			if twiliotest.KindOf(err) != bot.DraftInTheWay || now.Draft != 2 || now.Revision != 1 {
				a.Fatalf("it is %+v: %v", now, err)
			}
		}
		if _, err := a.Update(a.Context(), created.SID, greeter(), greeter()); err != nil {
			a.Errorf("what is as wanted is refused: %v", err)
		}
		a.Post(flows, "FriendlyName", "unpublished", "Status", "draft", "Definition", says("Soon"))
		sid := twiliotest.Texts(a.Rows(flows, "flows"), "sid")[0]
		if _, err := a.Update(a.Context(), sid, bot.Spec{UniqueName: "unpublished"}, bot.Spec{UniqueName: "porter"}); twiliotest.KindOf(err) != bot.DraftInTheWay {
			a.Errorf("it ended with %v", err)
		}
		a.NothingWritten()
	})
}

func TestUpdateCutAtEachCall(t *testing.T) {
	t.Parallel()
	to := specOf("porter", says("Good day"))
	sid := ""
	twiliotest.Walk(t, func(a *twiliotest.Account) func() error {
		host := studio.New(a.Client)
		sid = account{a, host}.create(greeter()).SID
		return func() error { _, err := host.Update(a.Context(), sid, greeter(), to); return err }
	}, func(a *twiliotest.Account, first error) {
		host := studio.New(a.Client)
		now, err := host.Read(a.Context(), sid)
		if err != nil {
			a.Fatal(err)
		}
		isOld, isNew := now.UniqueName == "greeter" && now.Content.Meets(greeter().Content), now.UniqueName == "porter" && now.Content.Meets(to.Content)
		if !isOld && !isNew || first == nil && !isNew {
			a.Errorf("after %v it is %+v", first, now)
		}
		if now, err := host.Update(a.Context(), sid, greeter(), to); err != nil || now.Revision != 2 {
			a.Errorf("applied again it is at revision %d: %v", now.Revision, err)
		}
	})
}

func TestUpdateReadsBack(t *testing.T) {
	t.Parallel()
	to := specOf("porter", says("Good day"))
	post := twiliotest.Call{Method: http.MethodPost}
	late := sandbox.Fault{Method: http.MethodGet, Path: flowPath, Nth: 2, Times: 3, Kind: sandbox.FaultStale, DelayMS: 60_000}
	for name, each := range map[string]struct {
		prepare func(a account, sid string)
		kind    bot.Kind
		fails   bool // with an error of no kind
		writes  int  // more than one where it is sent again
	}{
		"a lost answer": {prepare: func(a account, _ string) { a.Cut(post, twiliotest.CutAfter) }},
		"a lost answer and late reads": {prepare: func(a account, _ string) {
			a.Later(time.Hour)
			a.Cut(post, twiliotest.CutAfter)
			a.Fault(late)
		}},
		"a lost write": {prepare: func(a account, _ string) { a.Cut(post, twiliotest.CutBefore) }, writes: 2},
		"a write that is lost twice": {prepare: func(a account, _ string) {
			a.Fault(sandbox.Fault{Method: http.MethodPost, Times: -1, Kind: sandbox.FaultCutBefore})
		}, kind: bot.WriteLost, writes: 2},
		"a write that Twilio fails to do": {prepare: func(a account, _ string) {
			a.Fault(sandbox.Fault{Method: http.MethodPost, Times: 3, Kind: sandbox.FaultStatus, Status: http.StatusServiceUnavailable})
		}, writes: 4},
		"late reads":                     {prepare: func(a account, _ string) { a.Later(time.Hour); a.Fault(late) }},
		"late reads that do not know it": {prepare: func(a account, _ string) { a.Fault(late) }},
		"no read":                        {prepare: func(a account, _ string) { a.Cut(twiliotest.Call{Method: http.MethodGet, Nth: 2}, twiliotest.Refused) }, fails: true},
		"a draft saved meanwhile":        {prepare: func(a account, sid string) { a.After(post, func() { a.draft(sid, says("Soon")) }) }},
		"another client's later revision": {prepare: func(a account, sid string) {
			a.After(post, func() { a.publish(sid, says("Theirs")) })
		}, kind: bot.NotAsWritten},
		"another client's later name": {prepare: func(a account, sid string) {
			a.After(post, func() { a.publish(sid, says("Good day"), "FriendlyName", "theirs") })
		}, kind: bot.NotAsWritten},
		"another client's revision in the place of a lost one": {prepare: func(a account, sid string) {
			a.Cut(post, twiliotest.CutBefore)
			a.Before(post, func() { a.publish(sid, says("Theirs")) })
		}, kind: bot.NotAsWritten},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(a account) {
				created := a.create(greeter())
				each.prepare(a, created.SID)
				updated, err := a.Update(a.Context(), created.SID, greeter(), to)
				failed := each.kind != "" || each.fails
				if (err != nil) != failed || twiliotest.KindOf(err) != each.kind {
					a.Errorf("it ended with %v", err)
				}
				if !failed && (updated.UniqueName != "porter" || updated.Revision != 2 || !updated.Content.Meets(to.Content)) {
					a.Errorf("it returned %+v", updated)
				}
				if len(a.Writes()) != max(each.writes, 1) {
					a.Errorf("it wrote %v", a.Writes())
				}
			})
		})
	}
}

func TestUpdateSaysWhatTwilioRefuses(t *testing.T) {
	run(t, func(a account) {
		created := a.create(greeter())
		_, err := a.Update(a.Context(), created.SID, greeter(), specOf("greeter", broken))
		if err == nil || !strings.Contains(err.Error(), "Twilio refuses the flow") || !strings.Contains(err.Error(), "/states/") {
			a.Errorf("it ended with %v", err)
		}
		if _, err := a.Update(a.Context(), noSID, greeter(), greeter()); !errors.Is(err, bot.ErrNotFound) {
			a.Errorf("what does not exist is updated: %v", err)
		}
	})
}
