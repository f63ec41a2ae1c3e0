package sandbox

import (
	"net/http"
	"regexp"
	"strings"
	"time"
)

const (
	apiHost    = "api"
	apiVersion = "2010-04-01"
)

func apiProduct() product {
	p := product{
		host:     apiHost,
		prefixes: []string{"/2010-04-01"},
		tables:   []stored{accounts, apiKeys, numbers, applications, shortCodes, sipDomains, webhookCalls, messages},

		receivers: []findReceiver{findNumber, findShortCode, findSipDomain},
	}
	p.routes = append(p.routes, accountRoutes()...)
	p.routes = append(p.routes, granted("phone-numbers/active-numbers", numberRoutes())...)
	p.routes = append(p.routes, granted("phone-numbers/active-numbers", numberTypeRoutes())...)
	p.routes = append(p.routes, granted("phone-numbers/available-numbers/list", availableRoutes())...)
	p.routes = append(p.routes, granted("voice/twiml.apps", applicationRoutes())...)
	p.routes = append(p.routes, granted(notGrantable+"sms/short-codes", shortCodeRoutes())...)
	p.routes = append(p.routes, granted("voice/sip.domains", sipDomainRoutes())...)
	p.routes = append(p.routes, granted("messaging/messages", messageRoutes())...)
	return p
}

// capabilities is what a phone number can carry.
type capabilities struct {
	Voice bool `json:"voice"`
	SMS   bool `json:"sms"`
	MMS   bool `json:"mms"`
	Fax   bool `json:"fax"`
}

// incomingPhoneNumber has the fields of the resource; the empty string is unset.
type incomingPhoneNumber struct {
	record
	PhoneNumber            string       `json:"phone_number"`
	FriendlyName           string       `json:"friendly_name"`
	APIVersion             string       `json:"api_version"`
	Capabilities           capabilities `json:"capabilities"`
	SmsURL                 string       `json:"sms_url"`
	SmsMethod              string       `json:"sms_method"`
	SmsFallbackURL         string       `json:"sms_fallback_url"`
	SmsFallbackMethod      string       `json:"sms_fallback_method"`
	SmsApplicationSID      string       `json:"sms_application_sid"`
	VoiceURL               string       `json:"voice_url"`
	VoiceMethod            string       `json:"voice_method"`
	VoiceFallbackURL       string       `json:"voice_fallback_url"`
	VoiceFallbackMethod    string       `json:"voice_fallback_method"`
	VoiceApplicationSID    string       `json:"voice_application_sid"`
	VoiceCallerIDLookup    bool         `json:"voice_caller_id_lookup"`
	VoiceReceiveMode       string       `json:"voice_receive_mode"`
	TrunkSID               string       `json:"trunk_sid"`
	StatusCallback         string       `json:"status_callback"`
	StatusCallbackMethod   string       `json:"status_callback_method"`
	EmergencyStatus        string       `json:"emergency_status"`
	EmergencyAddressSID    string       `json:"emergency_address_sid"`
	EmergencyAddressStatus string       `json:"emergency_address_status"`
	EmergencySince         time.Time    `json:"emergency_since,omitzero"` // of a registration that is under way
	AddressSID             string       `json:"address_sid"`
	AddressRequirements    string       `json:"address_requirements"`
	IdentitySID            string       `json:"identity_sid"`
	BundleSID              string       `json:"bundle_sid"`
	Beta                   bool         `json:"beta"`
	Origin                 string       `json:"origin"`
	Status                 string       `json:"status"`
	Type                   string       `json:"type"`
}

// numbers are the same in all Regions, and configured in each on their own
// (https://www.twilio.com/docs/global-infrastructure/inbound-call-processing).
var numbers = table[incomingPhoneNumber, *incomingPhoneNumber]{name: "incoming_phone_numbers", abroad: unconfigured}

// unconfigured is a number in a Region in which nobody configured it.
func unconfigured(n incomingPhoneNumber) incomingPhoneNumber {
	bare := newNumber(n.PhoneNumber)
	bare.record, bare.FriendlyName, bare.Capabilities, bare.Type, bare.Beta, bare.Origin = n.record, n.FriendlyName, n.Capabilities, n.Type, n.Beta, n.Origin
	return bare
}

// newNumber is a number as bought, without its record.
func newNumber(e164 string) incomingPhoneNumber {
	return incomingPhoneNumber{
		PhoneNumber:            e164,
		FriendlyName:           defaultNumberName(e164),
		APIVersion:             apiVersion,
		Capabilities:           capabilities{Voice: true, SMS: true, MMS: true},
		SmsMethod:              http.MethodPost,
		SmsFallbackMethod:      http.MethodPost,
		VoiceMethod:            http.MethodPost,
		VoiceFallbackMethod:    http.MethodPost,
		VoiceReceiveMode:       "voice",
		StatusCallbackMethod:   http.MethodPost,
		EmergencyStatus:        "Inactive",
		EmergencyAddressStatus: "unregistered",
		AddressRequirements:    addressNone,
		Origin:                 "twilio",
		Status:                 "in-use",
		Type:                   numberType(e164),
	}
}

// defaultNumberName is the formatted number, "(201) 425-0684" for a North
// American one. How Twilio formats others is not documented.
func defaultNumberName(e164 string) string {
	if national, ok := strings.CutPrefix(e164, "+1"); ok && len(national) == 10 {
		return "(" + national[:3] + ") " + national[3:6] + "-" + national[6:]
	}
	return e164
}

var e164Form = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

func numberURI(n incomingPhoneNumber) string {
	return "/2010-04-01/Accounts/" + n.AccountSID + "/IncomingPhoneNumbers/" + n.SID + ".json"
}

// renderNumber writes unset values as in a live answer: "" for URLs and
// application SIDs, null for the other SIDs.
func renderNumber(n incomingPhoneNumber) object {
	return object{
		"account_sid":              n.AccountSID,
		"address_requirements":     n.AddressRequirements,
		"address_sid":              orNull(n.AddressSID),
		"api_version":              n.APIVersion,
		"beta":                     n.Beta,
		"bundle_sid":               orNull(n.BundleSID),
		"capabilities":             n.Capabilities,
		"date_created":             rfc2822(n.DateCreated),
		"date_updated":             rfc2822(n.DateUpdated),
		"emergency_address_sid":    orNull(n.EmergencyAddressSID),
		"emergency_address_status": n.EmergencyAddressStatus,
		"emergency_status":         n.EmergencyStatus,
		"friendly_name":            n.FriendlyName,
		"identity_sid":             orNull(n.IdentitySID),
		"origin":                   n.Origin,
		"phone_number":             n.PhoneNumber,
		"sid":                      n.SID,
		"sms_application_sid":      n.SmsApplicationSID,
		"sms_fallback_method":      n.SmsFallbackMethod,
		"sms_fallback_url":         n.SmsFallbackURL,
		"sms_method":               n.SmsMethod,
		"sms_url":                  n.SmsURL,
		"status":                   n.Status,
		"status_callback":          n.StatusCallback,
		"status_callback_method":   n.StatusCallbackMethod,
		"trunk_sid":                orNull(n.TrunkSID),
		"type":                     n.Type,
		"uri":                      numberURI(n),
		"voice_application_sid":    n.VoiceApplicationSID,
		"voice_caller_id_lookup":   n.VoiceCallerIDLookup,
		"voice_fallback_method":    n.VoiceFallbackMethod,
		"voice_fallback_url":       n.VoiceFallbackURL,
		"voice_method":             n.VoiceMethod,
		"voice_receive_mode":       n.VoiceReceiveMode,
		"voice_url":                n.VoiceURL,
	}
}

// emergencyRegistration is how long the registration of an emergency address takes. What
// Twilio takes is not documented: it goes on in the background.
const emergencyRegistration = time.Second

// renderNumber renders a number as it is now.
func (c *call) renderNumber(n incomingPhoneNumber) object {
	if !n.EmergencySince.IsZero() && c.now.Sub(n.EmergencySince) >= emergencyRegistration {
		n.EmergencyAddressStatus = strings.TrimPrefix(n.EmergencyAddressStatus, "pending-")
		n.EmergencyAddressStatus = map[string]string{"registration": "registered", "unregistration": "unregistered"}[n.EmergencyAddressStatus]
	}
	return renderNumber(n)
}

// findNumber finds a number by itself or by its SID.
func findNumber(st *state, _ time.Time, to string) (receiver, bool) {
	n, ok := numbers.get(st, to)
	if !ok {
		if n, ok = numberOwned(st, to); !ok {
			return receiver{}, false
		}
	}
	return receiver{
		accountSID: n.AccountSID, sid: n.SID, address: n.PhoneNumber,
		messages: n.Capabilities.SMS, calls: n.Capabilities.Voice, routed: routedNumber, routedAs: n.PhoneNumber,
		messaging: target{
			application: n.SmsApplicationSID, applicationField: "sms_application_sid", of: smsHooks,
			urlField: "sms_url", hooks: hooks{n.SmsURL, n.SmsMethod, n.SmsFallbackURL, n.SmsFallbackMethod},
		},
		voice: target{
			trunk:       n.TrunkSID,
			application: n.VoiceApplicationSID, applicationField: "voice_application_sid", of: voiceHooks,
			urlField: "voice_url", hooks: hooks{n.VoiceURL, n.VoiceMethod, n.VoiceFallbackURL, n.VoiceFallbackMethod},
			callback: n.StatusCallback,
		},
	}, true
}

const (
	numbersPath = "/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers"
	numberPath  = numbersPath + "/{Sid}"
)

// numberFilters are the parameters of the lists of numbers.
var numberFilters = []string{"PhoneNumber", "FriendlyName", "Beta", "Origin"}

func numberRoutes() []route {
	return []route{
		{method: "GET", pattern: numbersPath, list: true, params: numberFilters, handler: listNumbers},
		{method: "POST", pattern: numbersPath, params: append([]string{"PhoneNumber", "AreaCode"}, numberParams...), handler: createNumber},
		{method: "GET", pattern: numberPath, handler: fetchNumber},
		{method: "POST", pattern: numberPath, params: append([]string{"AccountSid"}, numberParams...), handler: updateNumber},
		{method: "DELETE", pattern: numberPath, handler: deleteNumber},
	}
}

// number finds the number of the path in the account of the path.
func (c *call) number() (incomingPhoneNumber, error) {
	n, ok := numbers.get(c.state, c.PathValue("Sid"))
	if !ok || n.AccountSID != c.account.SID {
		return n, c.notFound()
	}
	return n, nil
}

func fetchNumber(c *call) (int, any, error) {
	n, err := c.number()
	return http.StatusOK, c.renderNumber(n), err
}

func listNumbers(c *call) (int, any, error) { return listNumbersOf(c, "", c.renderNumber) }

// listNumbersOf lists the numbers of a type, of all where it is empty.
func listNumbersOf(c *call, kind string, render func(incomingPhoneNumber) object) (int, any, error) {
	beta, origin := true, ""
	f := c.fields()
	f.boolean("Beta", &beta)
	f.oneOf("Origin", &origin, 20001, "twilio", "hosted")
	if err := f.result(); err != nil {
		return 0, nil, err
	}
	matches := phoneNumberFilter(c.params.Get("PhoneNumber"))
	name := c.params.Get("FriendlyName")
	found := numbers.list(c.state, func(n incomingPhoneNumber) bool {
		return n.AccountSID == c.account.SID &&
			(kind == "" || n.Type == kind) &&
			(beta || !n.Beta) &&
			(origin == "" || n.Origin == origin) &&
			(name == "" || n.FriendlyName == name) &&
			matches(n.PhoneNumber)
	})
	return listPage(c, "incoming_phone_numbers", found, render)
}

// phoneNumberFilter matches a part of a number, in which * stands for any digit.
func phoneNumberFilter(pattern string) func(string) bool {
	if pattern == "" {
		return func(string) bool { return true }
	}
	form := strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, "[0-9]")
	compiled := regexp.MustCompile(form)
	return compiled.MatchString
}
