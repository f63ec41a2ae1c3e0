package sandbox

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// sender is a sender of a channel other than SMS: WhatsApp or RCS.
type sender struct {
	record
	SenderID      string              `json:"sender_id"`
	Status        string              `json:"status"`
	Configuration senderConfiguration `json:"configuration"`
	Webhook       senderWebhook       `json:"webhook"`
	Profile       senderProfile       `json:"profile"`
	Update        *senderUpdate       `json:"update,omitempty"` // in progress, or done since
}

type senderConfiguration struct {
	WabaID              string `json:"waba_id,omitempty"`
	VerificationMethod  string `json:"verification_method,omitempty"`
	VerificationCode    string `json:"verification_code,omitempty"`
	VoiceApplicationSID string `json:"voice_application_sid,omitempty"`
	AccountType         string `json:"account_type,omitempty"`
}

type senderWebhook struct {
	CallbackURL          string `json:"callback_url,omitempty"`
	CallbackMethod       string `json:"callback_method,omitempty"`
	FallbackURL          string `json:"fallback_url,omitempty"`
	FallbackMethod       string `json:"fallback_method,omitempty"`
	StatusCallbackURL    string `json:"status_callback_url,omitempty"`
	StatusCallbackMethod string `json:"status_callback_method,omitempty"`
}

type senderProfile struct {
	Name              string              `json:"name,omitempty"`
	About             string              `json:"about,omitempty"`
	Address           string              `json:"address,omitempty"`
	Description       string              `json:"description,omitempty"`
	LogoURL           string              `json:"logo_url,omitempty"`
	BannerURL         string              `json:"banner_url,omitempty"`
	PrivacyURL        string              `json:"privacy_url,omitempty"`
	TermsOfServiceURL string              `json:"terms_of_service_url,omitempty"`
	AccentColor       string              `json:"accent_color,omitempty"`
	Vertical          string              `json:"vertical,omitempty"`
	Websites          []map[string]string `json:"websites,omitempty"`
	Emails            []map[string]string `json:"emails,omitempty"`
	PhoneNumbers      []map[string]string `json:"phone_numbers,omitempty"`
}

// senderUpdate is what a sender becomes at a moment.
type senderUpdate struct {
	At            time.Time           `json:"at"`
	Configuration senderConfiguration `json:"configuration"`
	Webhook       senderWebhook       `json:"webhook"`
	Profile       senderProfile       `json:"profile"`
}

const senderOnline = "ONLINE"

var senders = newTable[sender]("messaging_senders")

const (
	sendersPath = "/v2/Channels/Senders"
	senderPath  = sendersPath + "/{Sid}"
)

// senderRoutes have neither create nor delete: a sender is registered with WhatsApp or
// the carriers, which takes people.
func senderRoutes() []route {
	return []route{
		{method: "GET", pattern: sendersPath, list: true, params: []string{"Channel"}, handler: listSenders},
		{method: "GET", pattern: senderPath, handler: fetchSender},
		{method: "POST", pattern: senderPath, json: true, handler: updateSender},
	}
}

// at is the sender at a moment. An update is accepted and carried out later ("202
// Accepted"); until then messages go where they went before.
func (s sender) at(now time.Time) sender {
	if u := s.Update; u != nil && !now.Before(u.At) {
		s.Configuration, s.Webhook, s.Profile, s.Update = u.Configuration, u.Webhook, u.Profile, nil
	}
	return s
}

func (c *call) renderSender(s sender) object {
	s = s.at(c.now)
	if u := s.Update; u != nil {
		s.Configuration, s.Webhook, s.Profile, s.Status = u.Configuration, u.Webhook, u.Profile, "ONLINE:UPDATING"
	}
	var properties any
	if s.channel() == "whatsapp" {
		properties = object{"quality_rating": "HIGH", "messaging_limit": "10K Customers/24hr"}
	}
	list := func(values []map[string]string) any {
		if values == nil {
			return nil
		}
		return values
	}
	return object{
		"sid":       s.SID,
		"status":    s.Status,
		"sender_id": s.SenderID,
		"configuration": object{
			"waba_id": orNull(s.Configuration.WabaID), "verification_method": orNull(s.Configuration.VerificationMethod),
			"verification_code":     orNull(s.Configuration.VerificationCode),
			"voice_application_sid": orNull(s.Configuration.VoiceApplicationSID), "account_type": orNull(s.Configuration.AccountType),
		},
		"webhook": object{
			"callback_url": orNull(s.Webhook.CallbackURL), "callback_method": orNull(s.Webhook.CallbackMethod),
			"fallback_url": orNull(s.Webhook.FallbackURL), "fallback_method": orNull(s.Webhook.FallbackMethod),
			"status_callback_url": orNull(s.Webhook.StatusCallbackURL), "status_callback_method": orNull(s.Webhook.StatusCallbackMethod),
		},
		"profile": object{
			"name": orNull(s.Profile.Name), "about": orNull(s.Profile.About), "address": orNull(s.Profile.Address),
			"description": orNull(s.Profile.Description), "logo_url": orNull(s.Profile.LogoURL), "banner_url": orNull(s.Profile.BannerURL),
			"privacy_url": orNull(s.Profile.PrivacyURL), "terms_of_service_url": orNull(s.Profile.TermsOfServiceURL),
			"accent_color": orNull(s.Profile.AccentColor), "vertical": orNull(s.Profile.Vertical), "websites": list(s.Profile.Websites),
			"emails": list(s.Profile.Emails), "phone_numbers": list(s.Profile.PhoneNumbers),
		},
		"properties":      properties,
		"offline_reasons": nil,
		"compliance":      nil,
		"url":             "https://messaging.twilio.com" + sendersPath + "/" + s.SID,
	}
}

// channel is whatsapp or rcs.
func (s sender) channel() string {
	channel, _, _ := strings.Cut(s.SenderID, ":")
	return channel
}

func (c *call) sender() (sender, error) {
	s, ok := senders.get(c.state, c.PathValue("Sid"))
	if !ok || s.AccountSID != c.account.SID {
		return s, c.notFound()
	}
	return s, nil
}

func listSenders(c *call) (int, any, error) {
	channel := c.params.Get("Channel")
	if !slices.Contains([]string{"whatsapp", "rcs"}, channel) {
		return 0, nil, invalidParameter(20001, "Channel must be whatsapp or rcs")
	}
	found := senders.list(c.state, func(s sender) bool {
		return s.AccountSID == c.account.SID && s.channel() == channel
	})
	return listPage(c, "senders", found, c.renderSender)
}

func fetchSender(c *call) (int, any, error) {
	s, err := c.sender()
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, c.renderSender(s), nil
}

// updateSender replaces each part that is sent as a whole: what a part lacks is unset,
// except the account at WhatsApp, which cannot change. Whether Twilio merges the parts
// instead is not documented. It refuses an RCS sender (the operation is "for WhatsApp
// senders only") and, which is not documented, one whose last update is not done.
func updateSender(c *call) (int, any, error) {
	s, err := c.sender()
	if err != nil {
		return 0, nil, err
	}
	if s = s.at(c.now); s.Update != nil {
		return 0, nil, apiErrorf(http.StatusConflict, 20409, "Sender %s is being updated", s.SID)
	}
	if s.channel() != "whatsapp" {
		return 0, nil, invalidParameter(20001, "Sender %s is not a WhatsApp sender and cannot be updated", s.SID)
	}
	var sent struct {
		Configuration *senderConfiguration `json:"configuration"`
		Webhook       *senderWebhook       `json:"webhook"`
		Profile       *senderProfile       `json:"profile"`
	}
	if err := decodeStrict(c.body, &sent); err != nil {
		return 0, nil, invalidParameter(20001, "The body cannot be read: %v", err)
	}
	u := senderUpdate{Configuration: s.Configuration, Webhook: s.Webhook, Profile: s.Profile}
	if sent.Configuration != nil {
		u.Configuration = *sent.Configuration
		u.Configuration.WabaID = s.Configuration.WabaID
	}
	if sent.Webhook != nil {
		u.Webhook = *sent.Webhook
	}
	if sent.Profile != nil {
		u.Profile = *sent.Profile
	}
	if err := c.checkSender(s, u); err != nil {
		return 0, nil, err
	}
	u.At = c.now.Add(c.state.settings.senderUpdate())
	s.Update = &u
	c.touch(&s.record)
	senders.put(c.state, s)
	return http.StatusAccepted, c.renderSender(s), nil
}

func (c *call) checkSender(s sender, u senderUpdate) error {
	for name, value := range map[string]string{
		"callback_url": u.Webhook.CallbackURL, "fallback_url": u.Webhook.FallbackURL, "status_callback_url": u.Webhook.StatusCallbackURL,
	} {
		if value != "" && !isURL(value) {
			return invalidParameter(21402, "webhook.%s is not a valid URL", name)
		}
	}
	for name, value := range map[string]string{"callback_method": u.Webhook.CallbackMethod, "fallback_method": u.Webhook.FallbackMethod} {
		if value != "" && value != http.MethodPost && value != http.MethodPut {
			return invalidParameter(21403, "webhook.%s must be POST or PUT", name)
		}
	}
	if method := u.Configuration.VerificationMethod; method != "" && method != "sms" && method != "voice" {
		return invalidParameter(20001, "configuration.verification_method must be sms or voice")
	}
	if kind := u.Configuration.AccountType; kind != "" && kind != "ISV" && kind != "ISVSubAccount" {
		return invalidParameter(20001, "configuration.account_type must be ISV or ISVSubAccount")
	}
	if sid := u.Configuration.VoiceApplicationSID; sid != "" {
		if a, ok := applications.get(c.state, sid); !ok || a.AccountSID != s.AccountSID {
			return invalidParameter(21420, "configuration.voice_application_sid: ApplicationSid %s is not accessible", sid)
		}
	}
	return nil
}

// senderUpdate is how long an update of a sender takes.
func (s Settings) senderUpdate() time.Duration {
	if s.SenderUpdateMS == 0 {
		return time.Second
	}
	return time.Duration(s.SenderUpdateMS) * time.Millisecond
}

// senderForm is the form of a sender's id.
var senderForm = regexp.MustCompile(`^(?:whatsapp:\+[1-9][0-9]{6,14}|rcs:.+)$`)

// findSender finds a sender by its id (whatsapp:+12025550142) or by its SID. Calls come
// to WhatsApp senders only, by their application.
func findSender(st *state, now time.Time, to string) (receiver, bool) {
	s, ok := senders.first(st, func(s sender) bool { return s.SenderID == to || s.SID == to })
	s = s.at(now)
	return receiver{
		accountSID: s.AccountSID, sid: s.SID, address: s.SenderID,
		messages: true, calls: s.channel() == "whatsapp",
		messaging: target{urlField: "callback_url", hooks: hooks{
			s.Webhook.CallbackURL, s.Webhook.CallbackMethod, s.Webhook.FallbackURL, s.Webhook.FallbackMethod,
		}},
		voice: target{application: s.Configuration.VoiceApplicationSID, applicationField: "voice_application_sid", of: voiceHooks},
	}, ok
}
