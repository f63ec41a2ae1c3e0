package sandbox

import (
	"net/http"
	"time"
)

// shortCode is a short code; the empty string is unset.
type shortCode struct {
	record
	ShortCode         string `json:"short_code"`
	FriendlyName      string `json:"friendly_name"`
	APIVersion        string `json:"api_version"`
	SmsURL            string `json:"sms_url"`
	SmsMethod         string `json:"sms_method"`
	SmsFallbackURL    string `json:"sms_fallback_url"`
	SmsFallbackMethod string `json:"sms_fallback_method"`
}

var shortCodes = newTable[shortCode]("short_codes")

const (
	shortCodesPath = "/2010-04-01/Accounts/{AccountSid}/SMS/ShortCodes"
	shortCodePath  = shortCodesPath + "/{Sid}"
)

// shortCodeRoutes have no create and no delete: Twilio leases short codes by hand.
func shortCodeRoutes() []route {
	return []route{
		{method: "GET", pattern: shortCodesPath, list: true, params: []string{"FriendlyName", "ShortCode"}, handler: listShortCodes},
		{method: "GET", pattern: shortCodePath, handler: fetchShortCode},
		{method: "POST", pattern: shortCodePath, handler: updateShortCode,
			params: []string{"FriendlyName", "ApiVersion", "SmsUrl", "SmsMethod", "SmsFallbackUrl", "SmsFallbackMethod"}},
	}
}

// newShortCode is a short code as leased, without its record.
func newShortCode(code string) shortCode {
	return shortCode{
		ShortCode: code, FriendlyName: code, APIVersion: apiVersion,
		SmsMethod: http.MethodPost, SmsFallbackMethod: http.MethodPost,
	}
}

func renderShortCode(s shortCode) object {
	return object{
		"sid":                 s.SID,
		"account_sid":         s.AccountSID,
		"short_code":          s.ShortCode,
		"friendly_name":       s.FriendlyName,
		"api_version":         s.APIVersion,
		"date_created":        rfc2822(s.DateCreated),
		"date_updated":        rfc2822(s.DateUpdated),
		"sms_url":             orNull(s.SmsURL),
		"sms_method":          s.SmsMethod,
		"sms_fallback_url":    orNull(s.SmsFallbackURL),
		"sms_fallback_method": s.SmsFallbackMethod,
		"uri":                 "/2010-04-01/Accounts/" + s.AccountSID + "/SMS/ShortCodes/" + s.SID + ".json",
	}
}

func (c *call) shortCode() (shortCode, error) {
	s, ok := shortCodes.get(c.state, c.PathValue("Sid"))
	if !ok || s.AccountSID != c.account.SID {
		return s, c.notFound()
	}
	return s, nil
}

func listShortCodes(c *call) (int, any, error) {
	name, matches := c.params.Get("FriendlyName"), phoneNumberFilter(c.params.Get("ShortCode"))
	found := shortCodes.list(c.state, func(s shortCode) bool {
		return s.AccountSID == c.account.SID && (name == "" || s.FriendlyName == name) && matches(s.ShortCode)
	})
	return listPage(c, "short_codes", found, renderShortCode)
}

func fetchShortCode(c *call) (int, any, error) {
	s, err := c.shortCode()
	return http.StatusOK, renderShortCode(s), err
}

func updateShortCode(c *call) (int, any, error) {
	s, err := c.shortCode()
	if err != nil {
		return 0, nil, err
	}
	f := c.fields()
	f.length("FriendlyName", &s.FriendlyName, 1, 64, 20002)
	f.oneOf("ApiVersion", &s.APIVersion, 20001, "2008-08-01", apiVersion)
	f.url("SmsUrl", &s.SmsURL)
	f.method("SmsMethod", &s.SmsMethod)
	f.url("SmsFallbackUrl", &s.SmsFallbackURL)
	f.method("SmsFallbackMethod", &s.SmsFallbackMethod)
	f.primary("SmsFallbackUrl", s.SmsURL, 21406)
	if err := f.result(); err != nil {
		return 0, nil, err
	}
	c.touch(&s.record)
	shortCodes.put(c.state, s)
	return http.StatusOK, renderShortCode(s), nil
}

// findShortCode finds a short code by itself or by its SID.
func findShortCode(st *state, _ time.Time, to string) (receiver, bool) {
	s, ok := shortCodes.first(st, func(s shortCode) bool { return s.ShortCode == to || s.SID == to })
	return receiver{
		accountSID: s.AccountSID, sid: s.SID, address: s.ShortCode, messages: true,
		messaging: target{
			urlField: "sms_url", hooks: hooks{s.SmsURL, s.SmsMethod, s.SmsFallbackURL, s.SmsFallbackMethod},
		},
	}, ok
}
