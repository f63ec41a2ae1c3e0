package application_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/twiliotest"
)

func TestDelete(t *testing.T) {
	t.Parallel()
	remove := twiliotest.Call{Method: http.MethodDelete}
	for name, each := range map[string]struct {
		prepare func(a account, sid string)
		kind    bot.Kind
		fails   bool // with an error of no kind
		stays   bool
	}{
		"deletes":            {},
		"of what is gone":    {prepare: func(a account, sid string) { a.Remove(oneApp + sid + ".json") }},
		"with a lost answer": {prepare: func(a account, _ string) { a.Cut(remove, twiliotest.CutAfter) }},
		"that is lost":       {prepare: func(a account, _ string) { a.Cut(remove, twiliotest.CutBefore) }, kind: bot.WriteLost, stays: true},
		"with late reads": {prepare: func(a account, _ string) {
			a.Later(time.Hour)
			a.Fault(sandbox.Fault{Method: http.MethodGet, Path: appPath, Times: 3, Kind: sandbox.FaultStale, DelayMS: 60_000})
		}},
		"that reads never show": {prepare: func(a account, _ string) {
			a.Later(time.Hour)
			a.Fault(sandbox.Fault{Method: http.MethodGet, Path: appPath, Times: 1000, Kind: sandbox.FaultStale, DelayMS: 60_000})
		}, fails: true},
		"without a read": {prepare: func(a account, _ string) { a.Cut(twiliotest.Call{Method: http.MethodGet}, twiliotest.Refused) }, fails: true},
		"that is refused": {prepare: func(a account, _ string) {
			a.Fault(sandbox.Fault{Method: http.MethodDelete, Kind: sandbox.FaultStatus, Status: http.StatusForbidden})
		}, fails: true, stays: true},
	} {
		for _, discard := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				run(t, func(a account) {
					created := a.create(porter())
					if each.prepare != nil {
						each.prepare(a, created.SID)
					}
					act := a.Delete
					if discard {
						act = a.Discard
					}
					err := act(a.Context(), created.SID)
					if (err != nil) != (each.fails || each.kind != "") || twiliotest.KindOf(err) != each.kind {
						a.Errorf("it ended with %v", err)
					}
					if left := a.Rows(apps, "applications"); (len(left) > 0) != each.stays {
						a.Errorf("there are %v", left)
					}
				})
			})
		}
	}
	t.Run("of what is no application", func(t *testing.T) {
		run(t, func(a account) {
			for _, sid := range []string{"", flowSID} {
				if err := a.Delete(a.Context(), sid); err == nil {
					a.Errorf("%q is deleted", sid)
				}
			}
			a.NothingWritten()
		})
	})
}
