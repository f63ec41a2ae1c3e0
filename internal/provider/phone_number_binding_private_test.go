package provider

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

type privateMap map[string][]byte

func (m privateMap) GetKey(_ context.Context, key string) ([]byte, diag.Diagnostics) {
	return m[key], nil
}

func (m privateMap) SetKey(_ context.Context, key string, value []byte) diag.Diagnostics {
	m[key] = value
	return nil
}

// What private state leaves to the state is there when it is loaded, and what the two do not
// agree on is private state's.
func TestPrivateStateBesideItsState(t *testing.T) {
	t.Parallel()
	state := bindingModel{
		PhoneNumberSID: types.StringValue("PN1"), AssistantSID: types.StringValue("FW1"), Channels: channelSet(bot.Channels()),
	}
	had := func(sid string, channels ...bot.Channel) priorBinding {
		return priorBinding{NumberSID: "PN1", BotSID: sid, Channels: channels, Label: "bot-1", Snapshot: bot.RouteSnapshot{}}
	}
	for name, each := range map[string]struct {
		prior priorBinding
		left  bool // to the state
	}{
		"as the state has it":    {had("FW1", bot.Voice, bot.Messaging), true},
		"another bot":            {had("FW2", bot.Messaging, bot.Voice), false},
		"fewer channels":         {had("FW1", bot.Messaging), false},
		"of no bot, as imported": {priorBinding{NumberSID: "PN1", Snapshot: bot.RouteSnapshot{}}, false},
	} {
		private := privateMap{}
		if diags := each.prior.saveBeside(t.Context(), private, state); diags.HasError() {
			t.Fatal(diags)
		}
		alone, _ := loadPriorBinding(t.Context(), private, nil)
		if left := alone.BotSID == ""; left != each.left && each.prior.BotSID != "" {
			t.Errorf("%s: left to the state: %v", name, left)
		}
		got, diags := loadPriorBinding(t.Context(), private, &state)
		want := each.prior
		if want.BotSID == "" || each.left {
			want = had("FW1", state.channels()...)
			want.Label = each.prior.Label
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(priorBinding{})); diff != "" || diags.HasError() {
			t.Errorf("%s: %v, %s", name, diags, diff)
		}
	}
	if got, _ := loadPriorBinding(t.Context(), privateMap{}, &state); got.BotSID != "" {
		t.Errorf("without private state: %+v", got)
	}
}
