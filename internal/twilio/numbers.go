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

// Pages begins a listing of every number, of those with a label where it is not empty, a
// thousand at a request.
func (n Numbers) Pages(label string) (next func(context.Context) ([]bot.Number, bool, error), missed func(context.Context) ([]bot.Number, error)) {
	filter := openapi.ListIncomingPhoneNumberParams{}
	if label != "" {
		filter.FriendlyName = &label
	}
	pages := n.pages(filter)
	return pages.Next, pages.Missed
}

// List gives every number of the account.
func (n Numbers) List(ctx context.Context) ([]bot.Number, error) {
	return n.pages(openapi.ListIncomingPhoneNumberParams{}).all(ctx)
}

// Find gives the number with an E.164 form. The filter also takes parts of
// numbers, so the answer is compared again.
func (n Numbers) Find(ctx context.Context, phoneNumber string) (bot.Number, error) {
	found, err := n.pages(openapi.ListIncomingPhoneNumberParams{PhoneNumber: &phoneNumber}).all(ctx)
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

func (n Numbers) pages(filter openapi.ListIncomingPhoneNumberParams) *Pages[bot.Number] {
	filter.PageSize = new(MaxPageSize)
	return NewPages(func(number bot.Number) string { return number.SID }, func(ctx context.Context, page, token string) ([]bot.Number, string, error) {
		answer, err := n.api(ctx).PageIncomingPhoneNumber(&filter, token, page)
		if err != nil {
			return nil, "", err
		}
		numbers := make([]bot.Number, len(answer.IncomingPhoneNumbers))
		for i := range numbers {
			numbers[i] = readNumber(&answer.IncomingPhoneNumbers[i])
		}
		return numbers, Value(answer.NextPageUri), nil
	})
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

		AddressSid:          change.Settings.AddressSID,
		BundleSid:           change.Settings.BundleSID,
		IdentitySid:         change.Settings.IdentitySID,
		EmergencyAddressSid: change.Settings.EmergencyAddressSID,
		EmergencyStatus:     change.Settings.EmergencyStatus,
		VoiceReceiveMode:    change.Settings.VoiceReceiveMode,
		VoiceCallerIdLookup: change.Settings.VoiceCallerIDLookup,
	})
	if err != nil {
		return bot.Number{}, purchaseProblem(err)
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

		Settings: bot.NumberSettings{
			AddressSID:          Value(answer.AddressSid),
			BundleSID:           Value(answer.BundleSid),
			IdentitySID:         Value(answer.IdentitySid),
			EmergencyAddressSID: Value(answer.EmergencyAddressSid),
			EmergencyStatus:     Value(answer.EmergencyStatus),
			VoiceReceiveMode:    Value(answer.VoiceReceiveMode),
			VoiceCallerIDLookup: Value(answer.VoiceCallerIdLookup),
		},
		AddressRequirements:    Value(answer.AddressRequirements),
		EmergencyAddressStatus: Value(answer.EmergencyAddressStatus),
		Origin:                 Value(answer.Origin),

		DateCreated: ParseRFC2822(Value(answer.DateCreated)),
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
