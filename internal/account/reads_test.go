package account_test

import (
	"context"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/account/accounttest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// readHost counts the reads of bots.
type readHost struct {
	*accounttest.Host
	reads int
}

func (h *readHost) Get(ctx context.Context, sid string) (bot.Bot, error) {
	h.reads++
	return h.Host.Get(ctx, sid)
}

func (h *readHost) Read(ctx context.Context, sid string) (bot.Bot, error) { return h.Get(ctx, sid) }

func TestBotAsReadIsReadAgainAfterAWriteOfThisProcess(t *testing.T) {
	const flow, other = "FW00000000000000000000000000000001", "FW00000000000000000000000000000002"
	process := func(h *readHost) *account.Account {
		return account.New(accounttest.SID, bot.Webhooks{}, accounttest.NewNumbers(0), account.NoServices{}, map[bot.Engine]account.Host{bot.Studio: h})
	}
	h := &readHost{Host: accounttest.NewHost("FW", bot.Bot{SID: flow, UniqueName: "one"}, bot.Bot{SID: other, UniqueName: "two"})}
	a := process(h)
	asRead := func(a *account.Account, name string, reads int) {
		t.Helper()
		got, err := a.BotAsRead(t.Context(), flow)
		if err != nil || got.UniqueName != name {
			t.Errorf("%+v, %v; want %q", got, err, name)
		}
		if h.reads != reads {
			t.Errorf("%d reads, want %d", h.reads, reads)
		}
	}
	if _, err := a.ReadBot(t.Context(), flow, true); err != nil {
		t.Fatal(err)
	}
	asRead(a, "one", 1)
	if _, err := a.ReadBot(t.Context(), flow, true); err != nil || h.reads != 2 {
		t.Errorf("a read for the content was served from an older one: %d reads, %v", h.reads, err)
	}
	if _, err := a.Host(bot.Studio).Update(t.Context(), flow, bot.Spec{}, bot.Spec{UniqueName: "renamed"}); err != nil {
		t.Fatal(err)
	}
	asRead(a, "renamed", 3)
	asRead(a, "renamed", 3)
	if _, err := a.BotAsRead(t.Context(), other); err != nil || h.reads != 4 {
		t.Errorf("the read of one bot was served for another: %d reads, %v", h.reads, err)
	}
	h.Bots[0].UniqueName = "changed by another client"
	asRead(process(h), "changed by another client", 5)
}
