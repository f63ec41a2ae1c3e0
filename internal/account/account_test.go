package account_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/account/accounttest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// singleReads is how many numbers are read one by one before all are listed.
const singleReads = 10

func over(f account.Numbers) *account.Account {
	return account.New(accounttest.SID, bot.Webhooks{}, f, account.NoServices{}, nil)
}

func TestManyReadsCostOneListing(t *testing.T) {
	f := accounttest.NewNumbers(200)
	d := over(f)
	var wait sync.WaitGroup
	for i := range 200 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			if n, err := d.Number(t.Context(), accounttest.NumberSID(i), account.LastRead{}); err != nil || n.SID != accounttest.NumberSID(i) {
				t.Errorf("%s: %v %v", accounttest.NumberSID(i), n, err)
			}
		}()
	}
	wait.Wait()
	if f.Calls["get"] != singleReads || f.Calls["list"] != 1 {
		t.Errorf("200 reads cost %v", f.Calls)
	}
}

func TestFewReadsNeverPayForALargeAccount(t *testing.T) {
	f := accounttest.NewNumbers(200)
	d := over(f)
	for i := range singleReads {
		if _, err := d.Number(t.Context(), accounttest.NumberSID(i), account.LastRead{}); err != nil {
			t.Fatal(err)
		}
	}
	if f.Calls["list"] != 0 {
		t.Errorf("%v", f.Calls)
	}
}

func TestWhatThisProcessWroteIsReadAnew(t *testing.T) {
	f := accounttest.NewNumbers(20)
	d := over(f)
	for i := range 12 {
		if _, err := d.Number(t.Context(), accounttest.NumberSID(i), account.LastRead{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.EditNumber(t.Context(), accounttest.NumberSID(3), nil, func(ctx context.Context, e *account.Edit) error {
		application := accounttest.Application
		return e.Write(ctx, bot.NumberChange{Messaging: bot.SideChange{ApplicationSID: &application}})
	}); err != nil {
		t.Fatal(err)
	}
	n, err := d.Number(t.Context(), accounttest.NumberSID(3), account.LastRead{})
	if err != nil || n.Messaging.ApplicationSID != accounttest.Application {
		t.Errorf("an old listing was served: %+v %v", n, err)
	}
}

func TestGoneMeansThatNoListingHasItEither(t *testing.T) {
	f := accounttest.NewNumbers(3)
	lag := &laggingNumbers{Numbers: f, hidden: accounttest.NumberSID(1)}
	d := over(lag)
	if n, err := d.NumberNow(t.Context(), accounttest.NumberSID(1)); err != nil || n.SID != accounttest.NumberSID(1) {
		t.Errorf("a read that lags took the number away: %v %v", n, err)
	}
	if _, err := d.NumberNow(t.Context(), accounttest.NumberSID(7)); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("a number that is gone: %v", err)
	}
}

func TestCancelledReaderDoesNotFailTheOthers(t *testing.T) {
	f := accounttest.NewNumbers(3)
	d := over(f)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Numbers(ctx, account.AnyTime); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if all, err := d.Numbers(t.Context(), account.AnyTime); err != nil || len(all) != 3 {
		t.Errorf("%v %v", all, err)
	}
}

// laggingNumbers does not find one number by its SID yet.
type laggingNumbers struct {
	*accounttest.Numbers
	hidden string
}

func (l *laggingNumbers) Get(ctx context.Context, sid string) (bot.Number, error) {
	if sid == l.hidden {
		return bot.Number{}, bot.ErrNotFound
	}
	return l.Numbers.Get(ctx, sid)
}
