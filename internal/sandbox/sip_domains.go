package sandbox

import (
	"net/http"
	"regexp"
	"strings"
	"time"
)

// sipDomain is a SIP domain; the empty string is unset.
type sipDomain struct {
	record
	DomainName                string `json:"domain_name"`
	FriendlyName              string `json:"friendly_name"`
	APIVersion                string `json:"api_version"`
	AuthType                  string `json:"auth_type"`
	VoiceURL                  string `json:"voice_url"`
	VoiceMethod               string `json:"voice_method"`
	VoiceFallbackURL          string `json:"voice_fallback_url"`
	VoiceFallbackMethod       string `json:"voice_fallback_method"`
	VoiceStatusCallbackURL    string `json:"voice_status_callback_url"`
	VoiceStatusCallbackMethod string `json:"voice_status_callback_method"`
	SipRegistration           bool   `json:"sip_registration"`
	EmergencyCallingEnabled   bool   `json:"emergency_calling_enabled"`
	Secure                    bool   `json:"secure"`
	ByocTrunkSID              string `json:"byoc_trunk_sid"`
	EmergencyCallerSID        string `json:"emergency_caller_sid"`
}

// sipDomains are the same in all Regions, and configured in each on their own.
var sipDomains = table[sipDomain, *sipDomain]{name: "sip_domains", abroad: func(d sipDomain) sipDomain {
	bare := newSipDomain(d.DomainName)
	bare.record, bare.FriendlyName = d.record, d.FriendlyName
	return bare
}}

const (
	sipDomainsPath = "/2010-04-01/Accounts/{AccountSid}/SIP/Domains"
	sipDomainPath  = sipDomainsPath + "/{Sid}"
)

func sipDomainRoutes() []route {
	return []route{
		{method: "GET", pattern: sipDomainsPath, list: true, handler: listSipDomains},
		{method: "GET", pattern: sipDomainPath, handler: fetchSipDomain},
		{method: "POST", pattern: sipDomainPath, handler: updateSipDomain, params: []string{
			"FriendlyName", "DomainName", "VoiceUrl", "VoiceMethod", "VoiceFallbackUrl", "VoiceFallbackMethod",
			"VoiceStatusCallbackUrl", "VoiceStatusCallbackMethod", "SipRegistration", "EmergencyCallingEnabled",
			"Secure", "ByocTrunkSid", "EmergencyCallerSid",
		}},
	}
}

// newSipDomain is a domain as Twilio creates one, without its record.
func newSipDomain(name string) sipDomain {
	return sipDomain{
		DomainName: name, FriendlyName: name, APIVersion: apiVersion, AuthType: "IP_ACL",
		VoiceMethod: http.MethodPost, VoiceFallbackMethod: http.MethodPost, VoiceStatusCallbackMethod: http.MethodPost,
	}
}

func renderSipDomain(d sipDomain) object {
	base := "/2010-04-01/Accounts/" + d.AccountSID + "/SIP/Domains/" + d.SID
	return object{
		"sid":                          d.SID,
		"account_sid":                  d.AccountSID,
		"api_version":                  d.APIVersion,
		"auth_type":                    d.AuthType,
		"date_created":                 rfc2822(d.DateCreated),
		"date_updated":                 rfc2822(d.DateUpdated),
		"domain_name":                  d.DomainName,
		"friendly_name":                d.FriendlyName,
		"sip_registration":             d.SipRegistration,
		"emergency_calling_enabled":    d.EmergencyCallingEnabled,
		"secure":                       d.Secure,
		"byoc_trunk_sid":               orNull(d.ByocTrunkSID),
		"emergency_caller_sid":         orNull(d.EmergencyCallerSID),
		"voice_url":                    orNull(d.VoiceURL),
		"voice_method":                 d.VoiceMethod,
		"voice_fallback_url":           orNull(d.VoiceFallbackURL),
		"voice_fallback_method":        d.VoiceFallbackMethod,
		"voice_status_callback_url":    orNull(d.VoiceStatusCallbackURL),
		"voice_status_callback_method": d.VoiceStatusCallbackMethod,
		"uri":                          base + ".json",
		"subresource_uris": object{
			"credential_list_mappings":        base + "/CredentialListMappings.json",
			"ip_access_control_list_mappings": base + "/IpAccessControlListMappings.json",
		},
	}
}

func (c *call) sipDomain() (sipDomain, error) {
	d, ok := sipDomains.get(c.state, c.PathValue("Sid"))
	if !ok || d.AccountSID != c.account.SID {
		return d, c.notFound()
	}
	return d, nil
}

func listSipDomains(c *call) (int, any, error) {
	found := sipDomains.list(c.state, func(d sipDomain) bool { return d.AccountSID == c.account.SID })
	return listPage(c, "domains", found, renderSipDomain)
}

func fetchSipDomain(c *call) (int, any, error) {
	d, err := c.sipDomain()
	return http.StatusOK, renderSipDomain(d), err
}

// domainName is the form of a SIP domain's name
// (https://www.twilio.com/docs/voice/sip/api/sip-domain-resource).
var domainName = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.sip\.twilio\.com$`)

func updateSipDomain(c *call) (int, any, error) {
	d, err := c.sipDomain()
	if err != nil {
		return 0, nil, err
	}
	f := c.fields()
	f.length("FriendlyName", &d.FriendlyName, 1, 64, 20002)
	if name, sent := f.sent("DomainName"); sent {
		if !domainName.MatchString(name) {
			f.fail(invalidParameter(20001, "Domain name %q is invalid", name))
		}
		if other, taken := sipDomainNamed(c.state, name); taken && other.SID != d.SID {
			f.fail(invalidParameter(20001, "Domain name %q is already in use", name))
		}
		d.DomainName = name
	}
	f.url("VoiceUrl", &d.VoiceURL)
	f.method("VoiceMethod", &d.VoiceMethod)
	f.url("VoiceFallbackUrl", &d.VoiceFallbackURL)
	f.method("VoiceFallbackMethod", &d.VoiceFallbackMethod)
	f.url("VoiceStatusCallbackUrl", &d.VoiceStatusCallbackURL)
	f.method("VoiceStatusCallbackMethod", &d.VoiceStatusCallbackMethod)
	f.boolean("SipRegistration", &d.SipRegistration)
	f.boolean("EmergencyCallingEnabled", &d.EmergencyCallingEnabled)
	f.boolean("Secure", &d.Secure)
	f.sid("ByocTrunkSid", "BY", &d.ByocTrunkSID)
	f.sid("EmergencyCallerSid", "PN", &d.EmergencyCallerSID)
	f.primary("VoiceFallbackUrl", d.VoiceURL, 21405)
	if err := f.result(); err != nil {
		return 0, nil, err
	}
	c.touch(&d.record)
	sipDomains.put(c.state, d)
	return http.StatusOK, renderSipDomain(d), nil
}

func sipDomainNamed(st *state, name string) (sipDomain, bool) {
	return sipDomains.first(st, func(d sipDomain) bool { return strings.EqualFold(d.DomainName, name) })
}

// findSipDomain finds the domain of a SIP address (sip:desk@example.sip.twilio.com), or
// a domain by its name or SID.
func findSipDomain(st *state, _ time.Time, to string) (receiver, bool) {
	d, ok := sipDomains.get(st, to)
	address := to
	if ok {
		address = "sip:" + d.DomainName
	} else {
		name := to[strings.LastIndexByte(to, '@')+1:]
		if d, ok = sipDomainNamed(st, strings.TrimPrefix(name, "sip:")); !ok {
			return receiver{}, false
		}
		if !strings.HasPrefix(address, "sip:") {
			address = "sip:" + address
		}
	}
	return receiver{
		accountSID: d.AccountSID, sid: d.SID, address: address, calls: true, routed: routedDomain, routedAs: d.DomainName,
		voice: target{
			urlField: "voice_url", hooks: hooks{d.VoiceURL, d.VoiceMethod, d.VoiceFallbackURL, d.VoiceFallbackMethod},
			callback: d.VoiceStatusCallbackURL,
		},
	}, true
}
