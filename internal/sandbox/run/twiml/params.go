package twiml

import (
	"net/url"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
)

const apiVersion = "2010-04-01"

// MessageForm is what Twilio sends to a webhook for a message
// (https://www.twilio.com/docs/messaging/guides/webhook-request).
func MessageForm(c run.Contact, sid, body string) url.Values {
	form := contactForm(c)
	for _, name := range []string{"MessageSid", "SmsSid", "SmsMessageSid"} {
		form.Set(name, sid)
	}
	form.Set("Body", body)
	form.Set("NumMedia", "0")
	form.Set("NumSegments", "1")
	form.Set("SmsStatus", "received")
	if c.Service != "" {
		form.Set("MessagingServiceSid", c.Service)
	}
	if number, ok := strings.CutPrefix(c.From, "whatsapp:+"); ok {
		form.Set("WaId", number)
	}
	return form
}

// CallForm is what Twilio sends to a webhook for a call; its status is ringing until
// it is answered and in-progress from then on
// (https://www.twilio.com/docs/voice/twiml#request-parameters).
func CallForm(c run.Contact, sid, status string) url.Values {
	form := contactForm(c)
	form.Set("CallSid", sid)
	form.Set("CallStatus", status)
	form.Set("Direction", "inbound")
	form.Set("Caller", c.From)
	form.Set("Called", c.To)
	return form
}

func contactForm(c run.Contact) url.Values {
	form := url.Values{"AccountSid": {c.AccountSID}, "From": {c.From}, "To": {c.To}, "ApiVersion": {apiVersion}}
	for name, number := range map[string]string{"FromCountry": c.From, "ToCountry": c.To} {
		if !strings.HasPrefix(number, "+") {
			continue
		}
		if parsed, err := phonenumbers.Parse(number, ""); err == nil {
			form.Set(name, country(parsed))
		}
	}
	return form
}

// country is the ISO 3166 code of a number's country, by its calling code only
// where no country assigned the number, as with those reserved for fiction.
func country(number *phonenumbers.PhoneNumber) string {
	if region := phonenumbers.GetRegionCodeForNumber(number); region != "" {
		return region
	}
	return phonenumbers.GetRegionCodeForCountryCode(int(number.GetCountryCode()))
}
