package account

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// flowURLs are the URLs of flows as Twilio said them in this run. The URL of a flow never
// changes.
type flowURLs struct {
	mu    sync.Mutex
	bySID map[string]bot.Bot
}

func newFlowURLs() *flowURLs { return &flowURLs{bySID: map[string]bot.Bot{}} }

func (f *flowURLs) learn(bots ...bot.Bot) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, b := range bots {
		if b.WebhookURL != "" {
			f.bySID[b.SID] = bot.Bot{SID: b.SID, WebhookURL: b.WebhookURL}
		}
	}
}

func (f *flowURLs) of(sid string) (bot.Bot, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	b, ok := f.bySID[sid]
	return b, ok
}

// WebhooksOf writes webhooks with the URL of a bot as Twilio says it, which is asked for
// where this run has not read the bot yet. Where the credentials do not reach flows, a flow
// has the URL that is documented for us1; none is documented for another Region, so there
// that is an error. A bot that no longer exists is none: whoever writes looks for the bot.
func (a *Account) WebhooksOf(ctx context.Context, sid string) (bot.Webhooks, error) {
	if engine, _ := bot.EngineOf(sid); engine != bot.Studio {
		return a.Webhooks, nil
	}
	if known, ok := a.flowURLs.of(sid); ok {
		return a.Webhooks.Of(known), nil
	}
	reason := a.IsOff(bot.Studio)
	if reason == nil {
		b, err := a.Bot(ctx, sid)
		switch {
		case err == nil:
			return a.Webhooks.Of(b), nil
		case errors.Is(err, bot.ErrNotFound):
			return a.Webhooks, nil
		case !errors.Is(err, bot.ErrForbidden):
			return a.Webhooks, fmt.Errorf("reading the webhook URL of flow %s: %w", sid, err)
		}
		reason = err
	}
	if a.Region == "" || a.Region == bot.HomeRegion {
		return a.Webhooks, nil
	}
	return a.Webhooks, &bot.Problem{
		Summary: "The URL of a flow cannot be read",
		Detail: fmt.Sprintf("What reaches the flow %s is a URL that only the flow itself says: outside us1 its host is not documented. "+
			"The provider is configured for the Region %s, and may not read the flow, so nothing was written.", sid, a.Region),
		Cause: reason,
	}
}
