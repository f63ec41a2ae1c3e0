package studio_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/twiliotest"
)

const executionPath = `/Executions/FN\w+$`

// begin begins calls and conversations with a flow.
func (a account) begin(sid string, calls, conversations int) {
	a.Helper()
	for i := range calls + conversations {
		channel := "voice"
		if i >= calls {
			channel = "messaging"
		}
		if _, err := a.Box.AddExecution(sandbox.Execution{FlowSID: sid, Channel: channel, Contact: fmt.Sprintf("+447946000%03d", i)}); err != nil {
			a.Fatal(err)
		}
	}
}

func (a account) active(sid string) bot.Activity {
	a.Helper()
	active, err := a.Activity(a.Context(), sid)
	if err != nil {
		a.Fatal(err)
	}
	return active
}

func TestEndEndsEveryPage(t *testing.T) {
	run(t, func(a account) {
		created, other := a.create(greeter()), a.create(specOf("other", says("Hello")))
		a.begin(created.SID, 4, 5)
		a.begin(other.SID, 1, 1)
		a.SmallPages(2)
		ended, left, err := a.End(a.Context(), created.SID)
		if err != nil || ended != (bot.Activity{Calls: 4, Conversations: 5}) || left != (bot.Activity{}) {
			a.Errorf("it ended %+v and left %+v: %v", ended, left, err)
		}
		if now, others := a.active(created.SID), a.active(other.SID); now != (bot.Activity{}) || others != (bot.Activity{Calls: 1, Conversations: 1}) {
			a.Errorf("active are %+v, and of the other flow %+v", now, others)
		}
		if _, _, err := a.End(a.Context(), noSID); !errors.Is(err, bot.ErrNotFound) {
			a.Errorf("of a flow that is gone: %v", err)
		}
	})
}

// What begins while executions are ended is not in the listing that is under way.
func TestEndEndsWhatBeganMeanwhile(t *testing.T) {
	run(t, func(a account) {
		created := a.create(greeter())
		a.begin(created.SID, 0, 5)
		a.SmallPages(2)
		lastPage := twiliotest.Call{Method: http.MethodGet, Path: "/Executions$", Nth: 3}
		a.Before(lastPage, func() { a.begin(created.SID, 4, 0) })
		ended, left, err := a.End(a.Context(), created.SID)
		if err != nil || ended != (bot.Activity{Calls: 4, Conversations: 5}) || left != (bot.Activity{}) {
			a.Errorf("it ended %+v and left %+v: %v", ended, left, err)
		}
		if now := a.active(created.SID); now != (bot.Activity{}) {
			a.Errorf("active are %+v", now)
		}
	})
}

// A flow on which something begins all the time is deleted in the end.
func TestEndGivesUpWhereMoreBeginsWithEachListing(t *testing.T) {
	run(t, func(a account) {
		created := a.create(greeter())
		a.begin(created.SID, 0, 1)
		a.SmallPages(1)
		for nth := 1; nth <= 20; nth++ {
			a.After(twiliotest.Call{Method: http.MethodGet, Path: "/Executions$", Nth: nth}, func() {
				if _, err := a.Box.AddExecution(sandbox.Execution{FlowSID: created.SID, Channel: "voice", Contact: fmt.Sprintf("+447946001%03d", nth)}); err != nil {
					a.Error(err)
				}
			})
			a.After(twiliotest.Call{Method: http.MethodPost, Path: executionPath, Nth: nth}, func() { time.Sleep(30 * time.Second) })
		}
		ended, left, err := a.End(a.Context(), created.SID)
		if err != nil || ended != (bot.Activity{Calls: 3, Conversations: 1}) || left != (bot.Activity{Calls: 1}) {
			a.Errorf("it ended %+v and left %+v: %v", ended, left, err)
		}
	})
}

// Reads lag: what was ended is listed as active for a while, and is not ended again.
func TestEndDoesNotWaitForReadsThatLag(t *testing.T) {
	run(t, func(a account) {
		created := a.create(greeter())
		a.begin(created.SID, 1, 2)
		a.Later(time.Minute)
		a.Setting(`{"studio_read_lag_ms": 30000}`)
		a.Forget()
		ended, left, err := a.End(a.Context(), created.SID)
		if err != nil || ended != (bot.Activity{Calls: 1, Conversations: 2}) || left != (bot.Activity{}) || len(a.Writes()) != 3 {
			a.Errorf("it ended %+v in %d writes and left %+v: %v", ended, len(a.Writes()), left, err)
		}
	})
}

// What is not reached within the bound is counted, and no more of it is ended.
func TestEndGivesUpAndSaysWhatIsLeft(t *testing.T) {
	run(t, func(a account) {
		created := a.create(greeter())
		a.begin(created.SID, 0, 20)
		for nth := 1; nth <= 8; nth++ { // those that are sent at once
			a.After(twiliotest.Call{Method: http.MethodPost, Path: executionPath, Nth: nth}, func() { time.Sleep(10 * time.Minute) })
		}
		ended, left, err := a.End(a.Context(), created.SID)
		if err != nil || ended != (bot.Activity{Conversations: 8}) || left != (bot.Activity{Conversations: 12}) {
			a.Errorf("it ended %+v and left %+v: %v", ended, left, err)
		}
	})
}

func TestEndGoesByWhatIsSoAndNotByTheAnswer(t *testing.T) {
	for name, each := range map[string]struct {
		cut   twiliotest.Cut
		ends  bool // whether it ended meanwhile
		fails bool
	}{
		"it ended meanwhile": {"", true, false},
		"it is refused":      {twiliotest.Refused, false, true},
		"it was done":        {twiliotest.CutAfter, false, false},
		"it was not done":    {twiliotest.CutBefore, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(a account) {
				created := a.create(greeter())
				sid, err := a.Box.AddExecution(sandbox.Execution{FlowSID: created.SID, Channel: "voice", Contact: "+447946000999"})
				if err != nil {
					a.Fatal(err)
				}
				call := twiliotest.Call{Method: http.MethodPost, Path: executionPath}
				if each.ends {
					a.Before(call, func() { _ = a.Box.EndExecution(sid) })
				}
				if each.cut != "" {
					a.Cut(call, each.cut)
				}
				_, _, err = a.End(a.Context(), created.SID)
				if (err != nil) != each.fails {
					a.Errorf("it ended with %v", err)
				}
				if active := a.active(created.SID); (active.Calls == 1) != each.fails {
					a.Errorf("active is %+v", active)
				}
			})
		})
	}
}
