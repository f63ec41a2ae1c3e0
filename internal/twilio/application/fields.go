package application

import (
	"strings"

	openapi "github.com/twilio/twilio-go/rest/api/v2010"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// field is what the provider writes of an application.
type field struct {
	name  string // as Twilio has it
	value string
	set   func(*openapi.UpdateApplicationParams, string)
}

// fields lists what the provider writes. A method counts only where there is a URL to
// call, and is POST where none is given.
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

// setMethod leaves the method as it is where there is no URL any more: Twilio clears
// no method.
func setMethod(param **string, method string) {
	if method != "" {
		*param = &method
	}
}

// webhooks is the content of a spec.
func webhooks(spec bot.Spec) bot.ApplicationWebhooks {
	if spec.Content.Webhooks == nil {
		return bot.ApplicationWebhooks{}
	}
	return *spec.Content.Webhooks
}

// fieldsOf is what a spec wants of an application; its content stays as it is where the
// spec gives none.
func fieldsOf(spec bot.Spec, live bot.Bot) []field {
	if spec.Content.Empty() {
		spec.Content = live.Content
	}
	return fields(spec.UniqueName, webhooks(spec))
}

// differs names a field in which an application is not as a spec wants it; empty where
// there is none.
func differs(live bot.Bot, spec bot.Spec) string {
	want := fieldsOf(spec, live)
	for i, has := range fields(live.UniqueName, *live.Content.Webhooks) {
		if has.value != want[i].value {
			return has.name
		}
	}
	return ""
}
