package account

import (
	"cmp"
	"context"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Regions says in which Region Twilio processes what comes to a number.
type Regions interface {
	// Inbound is the Region of a channel of the number with an E.164 form; empty where it
	// cannot be known.
	Inbound(ctx context.Context, phoneNumber string, channel bot.Channel) (string, error)
}

// InboundRegion is the Region that processes what comes to a channel of a number; empty
// where it is not known. It is one request.
func (a *Account) InboundRegion(ctx context.Context, n bot.Number, channel bot.Channel) (string, error) {
	if a.Inbound == nil {
		return "", nil
	}
	return a.Inbound.Inbound(ctx, n.PhoneNumber, channel)
}

// ProcessedElsewhere is the Region that processes what comes to a channel of a number, where
// that is another than the account's; empty where it is the same, or not known.
func (a *Account) ProcessedElsewhere(ctx context.Context, n bot.Number, channel bot.Channel) (string, error) {
	region, err := a.InboundRegion(ctx, n, channel)
	if region == cmp.Or(a.Region, bot.HomeRegion) {
		region = ""
	}
	return region, err
}
