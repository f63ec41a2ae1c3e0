package autopilot_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/autopilot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/twiliotest"
)

func TestDelete(t *testing.T) {
	t.Parallel()
	remove := twiliotest.Call{Method: http.MethodDelete, Path: assistantPath}
	for name, each := range map[string]struct {
		prepare func(a account, sid string)
		kind    bot.Kind
		fails   bool // with an error of no kind
		stays   bool
	}{
		"deletes":            {},
		"of what is gone":    {prepare: func(a account, sid string) { a.Remove(assistants + "/" + sid) }},
		"with a lost answer": {prepare: func(a account, _ string) { a.Cut(remove, twiliotest.CutAfter) }},
		"that is lost":       {prepare: func(a account, _ string) { a.Cut(remove, twiliotest.CutBefore) }, kind: bot.WriteLost, stays: true},
		"with late reads": {prepare: func(a account, _ string) {
			a.Later(time.Hour)
			a.Fault(sandbox.Fault{Method: http.MethodGet, Path: assistantPath, Times: 3, Kind: sandbox.FaultStale, DelayMS: 60_000})
		}},
		"without a read": {prepare: func(a account, _ string) { a.Cut(twiliotest.Call{Method: http.MethodGet}, twiliotest.Refused) }, fails: true},
		"that is refused": {prepare: func(a account, _ string) {
			a.Fault(sandbox.Fault{Method: http.MethodDelete, Kind: sandbox.FaultStatus, Status: http.StatusForbidden})
		}, fails: true, stays: true},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(a account) {
				created := a.create(small("Hello"))
				if each.prepare != nil {
					each.prepare(a, created.SID)
				}
				err := a.Delete(a.Context(), created.SID)
				if (err != nil) != (each.fails || each.kind != "") || twiliotest.KindOf(err) != each.kind {
					a.Errorf("it ended with %v", err)
				}
				if left := a.Rows(assistants, "assistants"); (len(left) > 0) != each.stays {
					a.Errorf("there are %v", left)
				}
				// The content goes with it, where Twilio lets it: it can be restored.
				if writes := a.Writes(); len(writes) != 1 {
					a.Errorf("it wrote %v", writes)
				}
			})
		})
	}
	t.Run("of what is no assistant", func(t *testing.T) {
		run(t, func(a account) {
			for _, sid := range []string{"", "clinic", flowSID} {
				if err := a.Delete(a.Context(), sid); err == nil {
					a.Errorf("%q is deleted", sid)
				}
			}
			a.NothingWritten()
		})
	})
}

// Where Twilio refuses to delete what has content, the content goes first; a deletion
// that is cut is finished by the next.
func TestDeleteEmptiesWhatIsRefused(t *testing.T) {
	t.Parallel()
	strict := sandbox.WithSettings(sandbox.Settings{AutopilotSettings: sandbox.AutopilotSettings{StrictDeletes: true}})
	sid := ""
	twiliotest.Walk(t, func(inner *twiliotest.Account) func() error {
		a := account{inner, autopilot.New(inner.Client)}
		spec := small("Hello")
		spec.Content.Schema.FieldTypes = []schema.FieldType{{UniqueName: "pizza", Values: []schema.Value{{Language: "en-US", Value: "plain"}}}}
		spec.Content.Schema.Tasks[0].Fields = []schema.Field{{UniqueName: "which", FieldType: "pizza"}}
		sid = a.create(spec).SID
		return func() error { return a.Delete(a.Context(), sid) }
	}, func(inner *twiliotest.Account, first error) {
		a := account{inner, autopilot.New(inner.Client)}
		if left := a.Rows(assistants, "assistants"); first == nil && len(left) > 0 {
			a.Errorf("it ended well and left %v", left)
		}
		if err := a.Delete(a.Context(), sid); err != nil {
			a.Error(err)
		}
		if left := a.Rows(assistants, "assistants"); len(left) > 0 {
			a.Errorf("it left %v", left)
		}
	}, strict)
}

// The name of a replaced bot does not stay reserved, whatever call is cut.
func TestDiscardFreesTheName(t *testing.T) {
	t.Parallel()
	sid := ""
	twiliotest.Walk(t, func(inner *twiliotest.Account) func() error {
		a := account{inner, autopilot.New(inner.Client)}
		sid = a.create(bot.Spec{UniqueName: "clinic", FriendlyName: "Clinic"}).SID
		return func() error { return a.Discard(a.Context(), sid) }
	}, func(inner *twiliotest.Account, _ error) {
		a := account{inner, autopilot.New(inner.Client)}
		if left := twiliotest.Texts(a.Rows(assistants, "assistants"), "unique_name"); len(left) > 1 || len(left) == 1 && left[0] != "clinic" && left[0] != bot.MarkAside(sid) {
			a.Errorf("it left %v", left)
		}
		if err := a.Discard(a.Context(), sid); err != nil {
			a.Error(err)
		}
		if left := a.Rows(assistants, "assistants"); len(left) > 0 {
			a.Errorf("it left %v", left)
		}
		a.create(bot.Spec{UniqueName: "clinic", FriendlyName: "Clinic"})
	})
}

func TestDiscardGoesOnWhereItWasCut(t *testing.T) {
	run(t, func(a account) {
		created := a.create(bot.Spec{UniqueName: "clinic", FriendlyName: "Clinic"})
		a.Post(assistants+"/"+created.SID, "UniqueName", bot.MarkAside(created.SID))
		if err := a.Discard(a.Context(), created.SID); err != nil {
			a.Error(err)
		}
		if diff := cmp.Diff([]string{"DELETE UA"}, a.wrote()); diff != "" {
			a.Error(diff)
		}
		if err := a.Discard(a.Context(), created.SID); err != nil {
			a.Errorf("what is gone is no error: %v", err)
		}
	})
}
