package twilio

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// InboundRegions are the Regions in which Twilio processes what comes to phone numbers
// (https://www.twilio.com/docs/global-infrastructure/inbound-processing-api).
type InboundRegions struct{ client *Client }

// NewInboundRegions is the inbound processing Regions of the numbers of the client's account.
func NewInboundRegions(client *Client) InboundRegions { return InboundRegions{client} }

// Inbound is the Region of a channel. A number that none was ever set for is processed in
// us1. Which Region processes messages only version 3 of the API says, in us1 alone
// (rest/routes/v3 of twilio-go): asked elsewhere, the answer is empty.
func (r InboundRegions) Inbound(ctx context.Context, phoneNumber string, channel bot.Channel) (string, error) {
	var answer struct {
		Voice     string `json:"voice_region"`
		Messaging string `json:"messagingRegion"`
	}
	version := "v2"
	if channel == bot.Messaging {
		version = "v3"
		if region := r.client.config.Region; region != "" && region != bot.HomeRegion {
			return "", nil
		}
	}
	err := r.client.Do(ctx, http.MethodGet, "https://routes.twilio.com/"+version+"/PhoneNumbers/"+url.PathEscape(phoneNumber), nil, &answer)
	if errors.Is(err, bot.ErrNotFound) {
		return bot.HomeRegion, nil
	}
	return cmp.Or(answer.Voice, answer.Messaging), err
}
