package account_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/account/accounttest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/twiliotest"
)

// lossyNumbers loses the first writes to numbers.
type lossyNumbers struct {
	*accounttest.Numbers
	losses, sent int
	onLoss       func(sid string)
}

func (l *lossyNumbers) Update(ctx context.Context, sid string, change bot.NumberChange) (bot.Number, error) {
	if l.sent++; l.sent <= l.losses {
		l.onLoss(sid)
		return bot.Number{}, fmt.Errorf("503: %w: %w", bot.ErrFailed, bot.ErrUncertain)
	}
	return l.Numbers.Update(ctx, sid, change)
}

func TestLostWriteToANumberIsSentAgainOverWhatItWasMadeFor(t *testing.T) {
	const ours, theirs = "https://ours.example.com/", "https://theirs.example.com/"
	for name, each := range map[string]struct {
		losses int
		other  func(*bot.Number) // what another client does when the first is lost
		sent   int
		url    string
		kind   bot.Kind
	}{
		"lost twice":                {losses: 2, sent: 3, url: ours},
		"written by another client": {losses: 1, other: func(n *bot.Number) { n.Messaging.URL = theirs }, sent: 1, url: theirs, kind: bot.WriteLost},
		// Whatever it is that another client changed, it did not expect this write.
		"labelled by another client": {losses: 1, other: func(n *bot.Number) { n.FriendlyName = "theirs" }, sent: 1, kind: bot.WriteLost},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				numbers := &lossyNumbers{Numbers: accounttest.NewNumbers(1), losses: each.losses}
				numbers.onLoss = func(sid string) {
					if each.other != nil {
						numbers.Set(sid, each.other)
					}
				}
				a := account.New(accounttest.SID, bot.Webhooks{}, numbers, account.NoServices{}, nil)
				sid := accounttest.NumberSID(0)
				var log account.UndoLog
				err := a.EditNumber(t.Context(), sid, &log, func(ctx context.Context, e *account.Edit) error {
					return e.Write(ctx, bot.NumberChange{Messaging: bot.SideChange{URL: new(ours)}})
				})
				if twiliotest.KindOf(err) != each.kind || (err != nil) != (each.kind != "") {
					t.Errorf("it ended with %v", err)
				}
				if numbers.sent != each.sent || numbers.Number(sid).Messaging.URL != each.url {
					t.Errorf("it was sent %d times, and the number has %q", numbers.sent, numbers.Number(sid).Messaging.URL)
				}
				if each.kind != "" {
					return
				}
				if err := a.PutBack(t.Context(), &log); err != nil || numbers.Number(sid).Messaging.URL != "" {
					t.Errorf("put back, it has %q: %v", numbers.Number(sid).Messaging.URL, err)
				}
			})
		})
	}
}

// lossyWay is one way in whose first write is lost.
type lossyWay struct {
	listedKind
	way    bot.Way
	onLoss func()
	sent   int
}

func (l *lossyWay) Get(context.Context, string, string) (bot.Way, error) { return l.way, nil }

func (l *lossyWay) Write(_ context.Context, to bot.Way) error {
	if l.sent++; l.sent == 1 {
		l.onLoss()
		return &bot.Problem{Kind: bot.WriteLost, Summary: "A write was lost"}
	}
	l.way = to
	return nil
}

func TestLostWriteToAWayInIsSentAgainOverWhatItWasMadeFor(t *testing.T) {
	const ours, theirs = "https://ours.example.com/", "https://theirs.example.com/"
	for _, changed := range []bool{false, true} {
		t.Run(fmt.Sprintf("changed %v", changed), func(t *testing.T) {
			way := bot.Way{Kind: bot.ByDomain, SID: "SD1", Field: "voice_url"}
			kind := &lossyWay{listedKind: listedKind{kind: way.Kind}, way: way}
			kind.onLoss = func() {
				if changed {
					kind.way.To.URL = theirs
				}
			}
			err := withKinds(account.NoServices{}, kind).EditWay(t.Context(), way, nil, func(_ context.Context, now bot.Way) (bot.Way, bool, error) {
				now.To.URL = ours
				return now, true, nil
			})
			want, sent := ours, 2
			if changed {
				want, sent = theirs, 1
			}
			if kind.way.To.URL != want || kind.sent != sent || (err != nil) != changed {
				t.Errorf("it was sent %d times and leads to %q: %v", kind.sent, kind.way.To.URL, err)
			}
		})
	}
}
