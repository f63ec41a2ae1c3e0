package twilio

import (
	"context"
	"net/mail"
	"time"

	openapi "github.com/twilio/twilio-go/rest/api/v2010"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Numbers is the account's incoming phone numbers
// (https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource).
type Numbers struct{ client *Client }

// NewNumbers is the phone numbers of the client's account.
func NewNumbers(client *Client) Numbers { return Numbers{client} }

func (n Numbers) api(ctx context.Context) *openapi.ApiService {
	return openapi.NewApiService(n.client.Requests(ctx))
}

// List gives every number of the account, a thousand at a request.
func (n Numbers) List(ctx context.Context) ([]bot.Number, error) {
	return n.list(ctx, openapi.ListIncomingPhoneNumberParams{})
}

// Find gives the number with an E.164 form. The filter also takes parts of
// numbers, so the answer is compared again.
func (n Numbers) Find(ctx context.Context, phoneNumber string) (bot.Number, error) {
	found, err := n.list(ctx, openapi.ListIncomingPhoneNumberParams{PhoneNumber: &phoneNumber})
	if err != nil {
		return bot.Number{}, err
	}
	for _, number := range found {
		if number.PhoneNumber == phoneNumber {
			return number, nil
		}
	}
	return bot.Number{}, bot.ErrNotFound
}

func (n Numbers) list(ctx context.Context, filter openapi.ListIncomingPhoneNumberParams) ([]bot.Number, error) {
	var numbers []bot.Number
	err := EachPage(func(page, token string) (string, error) {
		filter.PageSize = new(MaxPageSize)
		answer, err := n.api(ctx).PageIncomingPhoneNumber(&filter, token, page)
		if err != nil {
			return "", err
		}
		for _, number := range answer.IncomingPhoneNumbers {
			numbers = append(numbers, readNumber(&number))
		}
		return Value(answer.NextPageUri), nil
	})
	return numbers, err
}

// Get reads one number.
func (n Numbers) Get(ctx context.Context, sid string) (bot.Number, error) {
	if err := CheckSID(sid, "PN"); err != nil {
		return bot.Number{}, err
	}
	answer, err := n.api(ctx).FetchIncomingPhoneNumber(sid, nil)
	if err != nil {
		return bot.Number{}, err
	}
	return readNumber(answer), nil
}

// Update writes the fields of a change and no others, in one request.
func (n Numbers) Update(ctx context.Context, sid string, change bot.NumberChange) (bot.Number, error) {
	if err := CheckSID(sid, "PN"); err != nil {
		return bot.Number{}, err
	}
	answer, err := n.api(ctx).UpdateIncomingPhoneNumber(sid, &openapi.UpdateIncomingPhoneNumberParams{
		FriendlyName:        change.FriendlyName,
		SmsUrl:              change.Messaging.URL,
		SmsMethod:           change.Messaging.Method,
		SmsFallbackUrl:      change.Messaging.FallbackURL,
		SmsApplicationSid:   change.Messaging.ApplicationSID,
		VoiceUrl:            change.Voice.URL,
		VoiceMethod:         change.Voice.Method,
		VoiceFallbackUrl:    change.Voice.FallbackURL,
		VoiceApplicationSid: change.Voice.ApplicationSID,
		TrunkSid:            change.TrunkSID,

		StatusCallback:       change.StatusCallback,
		StatusCallbackMethod: change.StatusCallbackMethod,
	})
	if err != nil {
		return bot.Number{}, err
	}
	return readNumber(answer), nil
}

// readNumber takes Twilio's "" and null for the same: both mean unset.
func readNumber(answer *openapi.ApiV2010IncomingPhoneNumber) bot.Number {
	number := bot.Number{
		SID:          Value(answer.Sid),
		AccountSID:   Value(answer.AccountSid),
		PhoneNumber:  Value(answer.PhoneNumber),
		FriendlyName: Value(answer.FriendlyName),
		Messaging: bot.Side{
			URL:            Value(answer.SmsUrl),
			Method:         Value(answer.SmsMethod),
			FallbackURL:    Value(answer.SmsFallbackUrl),
			ApplicationSID: Value(answer.SmsApplicationSid),
		},
		Voice: bot.Side{
			URL:            Value(answer.VoiceUrl),
			Method:         Value(answer.VoiceMethod),
			FallbackURL:    Value(answer.VoiceFallbackUrl),
			ApplicationSID: Value(answer.VoiceApplicationSid),
		},
		TrunkSID: Value(answer.TrunkSid),

		StatusCallback:       Value(answer.StatusCallback),
		StatusCallbackMethod: Value(answer.StatusCallbackMethod),

		DateUpdated: ParseRFC2822(Value(answer.DateUpdated)),
	}
	if can := answer.Capabilities; can != nil {
		number.Capabilities = bot.Capabilities{Voice: can.Voice, SMS: can.Sms, MMS: can.Mms, Fax: can.Fax}
	}
	return number
}

// ParseRFC2822 reads the dates of the 2010-04-01 API, which are exact to the
// second; the zero time where there is none.
func ParseRFC2822(date string) time.Time {
	t, err := mail.ParseDate(date)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}
