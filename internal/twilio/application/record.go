package application

import (
	openapi "github.com/twilio/twilio-go/rest/api/v2010"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
)

// The name of an application is the only field for a mark: it says that the application
// is a hold, or what bot it replaces. It is decoded here and nowhere else.

// holdOf is the hold that an application is; false for any other application. It has the
// flow whose URL it calls for messages and calls alike.
func holdOf(row *openapi.ApiV2010Application) (bot.Hold, bool) {
	botSID, ok := bot.SuspendedBot(twilio.Value(row.FriendlyName))
	hold := bot.Hold{SID: twilio.Value(row.Sid), BotSID: botSID}
	messages, _ := bot.Webhooks{}.Parse(twilio.Value(row.SmsUrl))
	calls, _ := bot.Webhooks{}.Parse(twilio.Value(row.VoiceUrl))
	engine, _ := bot.EngineOf(messages.BotSID)
	if messages == calls && engine == bot.Studio && messages.AccountSID == twilio.Value(row.AccountSid) {
		hold.FlowSID, hold.FlowURL = messages.BotSID, twilio.Value(row.SmsUrl)
	}
	return hold, ok
}

// botOf is the bot that an application is.
func botOf(row *openapi.ApiV2010Application) bot.Bot {
	name := twilio.Value(row.FriendlyName)
	b := bot.Bot{
		SID:          twilio.Value(row.Sid),
		AccountSID:   twilio.Value(row.AccountSid),
		UniqueName:   name,
		FriendlyName: name,
		DateCreated:  twilio.ParseRFC2822(twilio.Value(row.DateCreated)),
		DateUpdated:  twilio.ParseRFC2822(twilio.Value(row.DateUpdated)),
		Content: bot.Content{Webhooks: &bot.ApplicationWebhooks{
			MessagingURL:         twilio.Value(row.SmsUrl),
			MessagingMethod:      twilio.Value(row.SmsMethod),
			MessagingFallbackURL: twilio.Value(row.SmsFallbackUrl),
			VoiceURL:             twilio.Value(row.VoiceUrl),
			VoiceMethod:          twilio.Value(row.VoiceMethod),
			VoiceFallbackURL:     twilio.Value(row.VoiceFallbackUrl),
			StatusCallbackURL:    twilio.Value(row.StatusCallback),
		}},
	}
	b.Replaces, _ = bot.ReplacedByApplication(name)
	return b
}
