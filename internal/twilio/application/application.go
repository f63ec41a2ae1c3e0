// Package application is the engine for bots hosted elsewhere: TwiML
// Applications, which hold nothing but the URLs that Twilio calls
// (https://www.twilio.com/docs/usage/api/applications).
package application

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	openapi "github.com/twilio/twilio-go/rest/api/v2010"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/confirm"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
)

// Host runs the applications of one account.
type Host struct{ client *twilio.Client }

// New is the engine on the client's account.
func New(client *twilio.Client) Host { return Host{client} }

func (h Host) api(ctx context.Context) *openapi.ApiService {
	return openapi.NewApiService(h.client.Requests(ctx))
}

// List gives every application: bots and holds.
func (h Host) List(ctx context.Context) (bot.Listing, error) {
	return h.list(ctx, openapi.ListApplicationParams{})
}

// Find gives the bots of a name; Twilio allows several.
func (h Host) Find(ctx context.Context, uniqueName string) ([]bot.Bot, error) {
	named, err := h.list(ctx, openapi.ListApplicationParams{FriendlyName: &uniqueName})
	if err != nil {
		return nil, err
	}
	// What the filter compares is not documented, so it is compared again.
	return slices.DeleteFunc(named.Bots, func(b bot.Bot) bool { return b.UniqueName != uniqueName }), nil
}

func (h Host) list(ctx context.Context, filter openapi.ListApplicationParams) (bot.Listing, error) {
	var listed bot.Listing
	err := twilio.EachPage(func(page, token string) (string, error) {
		filter.PageSize = new(twilio.MaxPageSize)
		answer, err := h.api(ctx).PageApplication(&filter, token, page)
		if err != nil {
			return "", err
		}
		for _, row := range answer.Applications {
			if hold, ok := holdOf(&row); ok {
				listed.Holds = append(listed.Holds, hold)
			} else {
				listed.Bots = append(listed.Bots, read(&row))
			}
		}
		return twilio.Value(answer.NextPageUri), nil
	})
	return listed, err
}

// Get reads an application; its URLs come with it, so it is the same as Read.
func (h Host) Get(ctx context.Context, sid string) (bot.Bot, error) { return h.Read(ctx, sid) }

// Read reads an application. The error for a hold wraps bot.ErrHold.
func (h Host) Read(ctx context.Context, sid string) (bot.Bot, error) {
	row, err := h.fetch(ctx, sid)
	if err != nil {
		return bot.Bot{}, err
	}
	if hold, ok := holdOf(row); ok {
		return bot.Bot{}, hold.NoBot()
	}
	return read(row), nil
}

func (h Host) fetch(ctx context.Context, sid string) (*openapi.ApiV2010Application, error) {
	if err := twilio.CheckSID(sid, "AP"); err != nil {
		return nil, err
	}
	return h.api(ctx).FetchApplication(sid, nil)
}

// Tasks is empty: an application has none.
func (h Host) Tasks(context.Context, string) ([]string, error) { return nil, nil }

// Update writes the fields that differ, in one write: cut off before it the
// application is as it was, after it as wanted, and the next plan sees either.
func (h Host) Update(ctx context.Context, sid string, from, to bot.Spec) (bot.Bot, error) {
	live, err := h.Read(ctx, sid)
	if err != nil {
		return bot.Bot{}, err
	}
	if to.Content.Empty() {
		to.Content = live.Content
	}
	if from.Content.Empty() {
		from.Content = live.Content
	}
	has, was, want := fields(live.UniqueName, *live.Content.Webhooks), fields(from.UniqueName, webhooks(from)), fields(to.UniqueName, webhooks(to))
	params := &openapi.UpdateApplicationParams{}
	changed := false
	for i, field := range has {
		if field.value == want[i].value {
			continue
		}
		if field.value != was[i].value {
			return bot.Bot{}, &bot.Problem{
				Summary: "The bot was changed since the plan",
				Detail: fmt.Sprintf("%s of the application %s is now %q, which is neither what it was when the plan was made nor what is wanted. "+
					"Nothing was written. Plan again to see it.", field.name, live, field.value),
				Cause: bot.ErrChanged,
			}
		}
		field.set(params, want[i].value)
		changed = true
	}
	if !changed {
		return live, nil
	}
	answer, err := h.api(ctx).UpdateApplication(sid, params)
	if err != nil && !errors.Is(err, bot.ErrUncertain) {
		return bot.Bot{}, err
	}
	var written bot.Bot
	if err == nil {
		written = read(answer)
	}
	return h.readBack(ctx, sid, written, to)
}

// readBack reads until the application is as it was written. The answer to the
// write is there to tell an old read from somebody else's later write; it is empty
// when it was lost.
func (h Host) readBack(ctx context.Context, sid string, answer bot.Bot, spec bot.Spec) (bot.Bot, error) {
	after, err := confirm.Settle(ctx, func(ctx context.Context) (bot.Bot, error) {
		live, err := h.Read(ctx, sid)
		switch {
		case errors.Is(err, bot.ErrNotFound):
			return live, confirm.Stale("application %s is not there yet", sid)
		case err != nil:
			return live, err
		case matches(live, spec):
			return live, nil
		case answer.SID != "" && live.DateUpdated.After(answer.DateUpdated):
			return live, bot.ErrChanged
		default:
			return live, confirm.Stale("application %s is not as written yet", sid)
		}
	})
	if confirm.IsStale(err) || errors.Is(err, bot.ErrChanged) {
		return after, &bot.Problem{
			Summary: "The bot is not as it was written",
			Detail:  fmt.Sprintf("The write to the application %q (%s) was sent, but reading it back shows something else. Plan again to see what is there now.", spec.UniqueName, sid),
			Cause:   err,
		}
	}
	if err != nil && answer.SID != "" && matches(answer, spec) {
		// Twilio's own answer to the write stands for the read that could not be made.
		return answer, nil
	}
	return after, err
}

func matches(live bot.Bot, spec bot.Spec) bool {
	if spec.Content.Empty() {
		spec.Content = live.Content
	}
	has, want := fields(live.UniqueName, *live.Content.Webhooks), fields(spec.UniqueName, webhooks(spec))
	for i := range has {
		if has[i].value != want[i].value {
			return false
		}
	}
	return true
}

// webhooks is the content of a spec, its methods spelled as Twilio keeps them.
func webhooks(spec bot.Spec) bot.ApplicationWebhooks {
	if spec.Content.Webhooks == nil {
		return bot.ApplicationWebhooks{}
	}
	return *spec.Content.Webhooks
}

type field struct {
	name  string
	value string
	set   func(*openapi.UpdateApplicationParams, string)
}

// fields is what the provider writes of an application. A method counts only where
// there is a URL to call, and is POST where none is said.
func fields(name string, w bot.ApplicationWebhooks) []field {
	method := func(address, method string) string {
		switch {
		case address == "":
			return ""
		case method == "":
			return bot.WebhookMethod
		default:
			return strings.ToUpper(method)
		}
	}
	type params = openapi.UpdateApplicationParams
	return []field{
		{"friendly_name", name, func(p *params, v string) { p.FriendlyName = &v }},
		{"sms_url", w.MessagingURL, func(p *params, v string) { p.SmsUrl = &v }},
		{"sms_method", method(w.MessagingURL, w.MessagingMethod), func(p *params, v string) { setMethod(&p.SmsMethod, v) }},
		{"sms_fallback_url", w.MessagingFallbackURL, func(p *params, v string) { p.SmsFallbackUrl = &v }},
		{"voice_url", w.VoiceURL, func(p *params, v string) { p.VoiceUrl = &v }},
		{"voice_method", method(w.VoiceURL, w.VoiceMethod), func(p *params, v string) { setMethod(&p.VoiceMethod, v) }},
		{"voice_fallback_url", w.VoiceFallbackURL, func(p *params, v string) { p.VoiceFallbackUrl = &v }},
		{"status_callback", w.StatusCallbackURL, func(p *params, v string) { p.StatusCallback = &v }},
	}
}

// setMethod leaves the method alone where there is no URL any more: Twilio clears
// no method.
func setMethod(param **string, method string) {
	if method != "" {
		*param = &method
	}
}

func read(answer *openapi.ApiV2010Application) bot.Bot {
	name := twilio.Value(answer.FriendlyName)
	b := bot.Bot{
		SID:          twilio.Value(answer.Sid),
		AccountSID:   twilio.Value(answer.AccountSid),
		UniqueName:   name,
		FriendlyName: name,
		DateCreated:  twilio.ParseRFC2822(twilio.Value(answer.DateCreated)),
		DateUpdated:  twilio.ParseRFC2822(twilio.Value(answer.DateUpdated)),
		Content: bot.Content{Webhooks: &bot.ApplicationWebhooks{
			MessagingURL:         twilio.Value(answer.SmsUrl),
			MessagingMethod:      twilio.Value(answer.SmsMethod),
			MessagingFallbackURL: twilio.Value(answer.SmsFallbackUrl),
			VoiceURL:             twilio.Value(answer.VoiceUrl),
			VoiceMethod:          twilio.Value(answer.VoiceMethod),
			VoiceFallbackURL:     twilio.Value(answer.VoiceFallbackUrl),
			StatusCallbackURL:    twilio.Value(answer.StatusCallback),
		}},
	}
	b.Replaces, _ = bot.ReplacedByApplication(name)
	return b
}
