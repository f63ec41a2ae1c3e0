package twilio

import (
	"context"
	"strings"

	openapi "github.com/twilio/twilio-go/rest/messaging/v2"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/confirm"
)

// Senders are the account's WhatsApp and RCS senders
// (https://www.twilio.com/docs/messaging/api/channels-sender-resource).
type Senders struct{ client *Client }

// NewSenders is the senders of the client's account.
func NewSenders(client *Client) Senders { return Senders{client} }

// The pointers of a sender, as the resource names them.
const (
	senderCallback = "webhook.callback_url"
	senderVoice    = "configuration.voice_application_sid"
)

// senderPageSize is the most that the list gives at a request.
const senderPageSize = 100

func (s Senders) api(ctx context.Context) *openapi.ApiService {
	return openapi.NewApiService(s.client.Requests(ctx))
}

// Kind is that of senders.
func (s Senders) Kind() bot.WayKind { return bot.BySender }

// List gives the pointers of every WhatsApp and RCS sender: the list asks for one channel
// at a time.
func (s Senders) List(ctx context.Context) ([]bot.Way, error) {
	var all []bot.Way
	for _, channel := range []string{"whatsapp", "rcs"} {
		rows, err := All(ctx, func(row openapi.MessagingV2ChannelsSenderResponse) *string { return row.Sid }, func(page, token string) ([]openapi.MessagingV2ChannelsSenderResponse, string, error) {
			answer, err := s.api(ctx).PageChannelsSender(&openapi.ListChannelsSenderParams{Channel: &channel, PageSize: new(senderPageSize)}, token, page)
			if err != nil {
				return nil, "", err
			}
			return answer.Senders, Value(answer.Meta.NextPageUrl), nil
		})
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			for _, field := range []string{senderCallback, senderVoice} {
				if way := s.senderOf(&row, field); way.To != (bot.Pointer{}) {
					all = append(all, way)
				}
			}
		}
	}
	return all, nil
}

// Get reads a pointer of a sender.
func (s Senders) Get(ctx context.Context, sid, field string) (bot.Way, error) {
	row, err := s.fetch(ctx, sid)
	if err != nil {
		return bot.Way{}, err
	}
	return s.senderOf(row, field), nil
}

func (s Senders) fetch(ctx context.Context, sid string) (*openapi.MessagingV2ChannelsSenderResponse, error) {
	if err := CheckSID(sid, "XE"); err != nil {
		return nil, err
	}
	return s.api(ctx).FetchChannelsSender(sid)
}

func (s Senders) senderOf(row *openapi.MessagingV2ChannelsSenderResponse, field string) bot.Way {
	id := Value(row.SenderId)
	way := bot.Way{
		Kind: bot.BySender, SID: Value(row.Sid), AccountSID: s.client.AccountSID(), Name: id, Field: field, Channel: bot.Messaging,
		Fixed: !strings.HasPrefix(id, "whatsapp:"), // no other sender can be updated
	}
	switch {
	case field == senderVoice:
		way.Channel = bot.Voice
		if row.Configuration != nil {
			way.To.BotSID = Value(row.Configuration.VoiceApplicationSid)
		}
	case row.Webhook != nil:
		way.To.URL, way.To.Method = Value(row.Webhook.CallbackUrl), Value(row.Webhook.CallbackMethod)
	}
	return way
}

// Write points a WhatsApp sender elsewhere, in one request, and reads it back until that is
// in force: Twilio accepts an update and carries it out later, and refuses another one until
// then. What else its webhook and configuration hold is sent as it is: whether an update
// keeps what it does not name is not documented.
func (s Senders) Write(ctx context.Context, way bot.Way) error {
	row, err := confirm.Settle(ctx, func(ctx context.Context) (*openapi.MessagingV2ChannelsSenderResponse, error) {
		row, err := s.fetch(ctx, way.SID)
		if err == nil && updating(row) {
			err = confirm.Stale("it is being updated")
		}
		return row, err
	})
	if err != nil {
		return err
	}
	update := openapi.MessagingV2Update{}
	if way.Field == senderVoice {
		configuration := Value(row.Configuration)
		configuration.VoiceApplicationSid = &way.To.BotSID
		update.Configuration = &configuration
	} else {
		webhook := Value(row.Webhook)
		webhook.CallbackUrl = &way.To.URL
		if way.To.Method != "" {
			webhook.CallbackMethod = &way.To.Method
		}
		update.Webhook = &webhook
	}
	_, err = s.api(ctx).UpdateChannelsSender(way.SID, &openapi.UpdateChannelsSenderParams{MessagingV2Update: &update})
	return pointer(s.inForce).readBack(ctx, way, err)
}

// inForce is Get for what a sender does already.
func (s Senders) inForce(ctx context.Context, sid, field string) (bot.Way, error) {
	row, err := s.fetch(ctx, sid)
	switch {
	case err != nil:
		return bot.Way{}, err
	case updating(row):
		return bot.Way{}, confirm.Stale("its update is not in force yet")
	}
	return s.senderOf(row, field), nil
}

// updating reports whether an update of a sender was accepted and is not in force yet.
func updating(row *openapi.MessagingV2ChannelsSenderResponse) bool {
	return strings.HasSuffix(Value(row.Status), "UPDATING")
}
