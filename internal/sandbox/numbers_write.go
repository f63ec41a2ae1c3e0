package sandbox

import (
	"fmt"
	"net/http"
	"strings"
)

// numberParams are the parameters that create and update share.
var numberParams = []string{
	"FriendlyName", "ApiVersion",
	"SmsUrl", "SmsMethod", "SmsFallbackUrl", "SmsFallbackMethod", "SmsApplicationSid",
	"VoiceUrl", "VoiceMethod", "VoiceFallbackUrl", "VoiceFallbackMethod", "VoiceApplicationSid",
	"TrunkSid", "VoiceCallerIdLookup", "VoiceReceiveMode",
	"StatusCallback", "StatusCallbackMethod",
	"EmergencyStatus", "EmergencyAddressSid", "AddressSid", "IdentitySid", "BundleSid",
}

func createNumber(c *call) (int, any, error) {
	n, err := c.buyNumber()
	if err != nil {
		return 0, nil, err
	}
	return http.StatusCreated, renderNumber(n), nil
}

// buyNumber buys the number of the parameters, or changes it where the account owns it.
func (c *call) buyNumber() (n incomingPhoneNumber, err error) {
	wanted := c.params.Get("PhoneNumber")
	if wanted == "" {
		if wanted, err = c.numberInArea(); err != nil {
			return n, err
		}
	}
	if !e164Form.MatchString(wanted) {
		return n, invalidParameter(21421, "PhoneNumber is invalid: %q is not in E.164", wanted)
	}
	n, taken := numberOwned(c.state, wanted)
	switch {
	case taken && n.AccountSID != c.account.SID:
		return n, invalidParameter(21422, "PhoneNumber %s is not available", wanted)
	case !taken:
		n = newNumber(wanted)
		n.record = c.newRecord("PN")
	}
	return n, c.changeNumber(&n)
}

func numberOwned(st *state, e164 string) (incomingPhoneNumber, bool) {
	return numbers.first(st, func(n incomingPhoneNumber) bool { return n.PhoneNumber == e164 })
}

// numberInArea finds a free number among those North America reserves for fiction,
// 555-0100 to 555-0199 of each area code.
func (c *call) numberInArea() (string, error) {
	area := c.params.Get("AreaCode")
	if area == "" {
		return "", errMissing("PhoneNumber or AreaCode")
	}
	if len(area) != 3 || strings.Trim(area, "0123456789") != "" || area[0] < '2' {
		return "", invalidParameter(21451, "Invalid area code %q", area)
	}
	for last := range 100 {
		candidate := fmt.Sprintf("+1%s55501%02d", area, last)
		if _, taken := numberOwned(c.state, candidate); !taken {
			return candidate, nil
		}
	}
	return "", invalidParameter(21452, "No phone numbers found in area code %s", area)
}

func updateNumber(c *call) (int, any, error) {
	n, err := c.number()
	if err != nil {
		return 0, nil, err
	}
	if err := c.moveNumber(&n); err != nil {
		return 0, nil, err
	}
	if err := c.changeNumber(&n); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, renderNumber(n), nil
}

func deleteNumber(c *call) (int, any, error) {
	n, err := c.number()
	if err != nil {
		return 0, nil, err
	}
	release(c.state, n)
	return http.StatusNoContent, nil, nil
}

// release deletes a number and what is configured for it elsewhere.
func release(st *state, n incomingPhoneNumber) {
	numbers.remove(st, n.SID)
	forgetAddress(st, n.AccountSID, n.PhoneNumber)
	forgetRoutes(st, routedNumber, n.PhoneNumber)
}

// moveNumber moves the number to the account of the parameter AccountSid
// (errors 21470 to 21474 of Twilio's dictionary).
func (c *call) moveNumber(n *incomingPhoneNumber) error {
	target := c.params.Get("AccountSid")
	if !c.params.Has("AccountSid") || target == n.AccountSID {
		return nil
	}
	if !isSID("AC", target) {
		return invalidParameter(21470, "AccountSid %q is not an account SID", target)
	}
	to, ok := accounts.get(c.state, target)
	switch {
	case !ok:
		return invalidParameter(21471, "Account %s does not exist", target)
	case to.Status != accountActive:
		return invalidParameter(21472, "Account %s is %s", target, to.Status)
	case c.caller.OwnerAccountSID != c.caller.SID:
		return invalidParameter(21474, "A number is moved with the credentials of the parent account")
	case to.OwnerAccountSID != c.caller.SID:
		return invalidParameter(21473, "Account %s is not related to %s", target, c.caller.SID)
	}
	forgetAddress(c.state, n.AccountSID, n.PhoneNumber)
	n.AccountSID = target
	return nil
}

// changeNumber applies the parameters and stores the number.
func (c *call) changeNumber(n *incomingPhoneNumber) error {
	f := c.fields()
	f.length("FriendlyName", &n.FriendlyName, 1, 64, 20002)
	f.oneOf("ApiVersion", &n.APIVersion, 20001, "2008-08-01", apiVersion)
	f.url("SmsUrl", &n.SmsURL)
	f.method("SmsMethod", &n.SmsMethod)
	f.url("SmsFallbackUrl", &n.SmsFallbackURL)
	f.method("SmsFallbackMethod", &n.SmsFallbackMethod)
	f.url("VoiceUrl", &n.VoiceURL)
	f.method("VoiceMethod", &n.VoiceMethod)
	f.url("VoiceFallbackUrl", &n.VoiceFallbackURL)
	f.method("VoiceFallbackMethod", &n.VoiceFallbackMethod)
	f.boolean("VoiceCallerIdLookup", &n.VoiceCallerIDLookup)
	f.oneOf("VoiceReceiveMode", &n.VoiceReceiveMode, 20001, "voice", "fax")
	f.url("StatusCallback", &n.StatusCallback)
	f.method("StatusCallbackMethod", &n.StatusCallbackMethod)
	f.oneOf("EmergencyStatus", &n.EmergencyStatus, 20001, "Active", "Inactive")
	f.sid("EmergencyAddressSid", "AD", &n.EmergencyAddressSID)
	f.sid("AddressSid", "AD", &n.AddressSID)
	f.sid("IdentitySid", "RI", &n.IdentitySID)
	f.sid("BundleSid", "BU", &n.BundleSID)
	c.applicationOf(f, "SmsApplicationSid", n.AccountSID, &n.SmsApplicationSID)
	c.applicationOf(f, "VoiceApplicationSid", n.AccountSID, &n.VoiceApplicationSID)
	f.sid("TrunkSid", "TK", &n.TrunkSID)
	f.capable(n)
	f.primary("SmsFallbackUrl", n.SmsURL, 21406)
	f.primary("VoiceFallbackUrl", n.VoiceURL, 21405)
	if err := f.result(); err != nil {
		return err
	}
	c.exclude(n)
	c.studioCallback(n)
	if n.Seq != 0 {
		c.touch(&n.record)
	}
	numbers.put(c.state, *n)
	return nil
}

// applicationOf copies the SID of an application of the number's account, or
// the empty string.
func (c *call) applicationOf(f *fields, name, accountSID string, into *string) {
	sid, ok := f.sent(name)
	if !ok {
		return
	}
	if a, found := applications.get(c.state, sid); sid != "" && (!found || a.AccountSID != accountSID) {
		f.fail(invalidParameter(21420, "%s: ApplicationSid %s is not accessible", name, sid))
		return
	}
	*into = sid
}

// capable refuses settings for a channel the number cannot carry.
func (f *fields) capable(n *incomingPhoneNumber) {
	if !n.Capabilities.SMS && (f.params.Get("SmsUrl") != "" || f.params.Get("SmsMethod") != "") {
		f.fail(invalidParameter(21407, "SmsUrl and SmsMethod cannot be set: %s does not support SMS", n.PhoneNumber))
	}
	if !n.Capabilities.Voice && f.params.Get("VoiceCallerIdLookup") != "" {
		f.fail(invalidParameter(21409, "VoiceCallerIdLookup cannot be set on %s", n.PhoneNumber))
	}
}

// primary refuses a fallback URL without a primary URL.
func (f *fields) primary(fallback, primary string, code int) {
	if f.params.Get(fallback) != "" && primary == "" {
		f.fail(invalidParameter(code, "%s cannot be set without the primary URL", fallback))
	}
}

// exclude clears what the parameters of this call rule out: a trunk and a voice
// application exclude each other (the API reference says so) and, if the
// settings say so, an application and a URL.
func (c *call) exclude(n *incomingPhoneNumber) {
	set := func(name string) bool { return c.params.Get(name) != "" }
	switch {
	case set("TrunkSid"):
		n.VoiceApplicationSID = ""
	case set("VoiceApplicationSid"):
		n.TrunkSID = ""
	}
	if !c.state.settings.ApplicationClearsURL {
		return
	}
	switch {
	case set("SmsApplicationSid"):
		n.SmsURL = ""
	case set("SmsUrl"):
		n.SmsApplicationSID = ""
	}
	switch {
	case set("VoiceApplicationSid") && n.VoiceApplicationSID != "":
		n.VoiceURL = ""
	case set("VoiceUrl"):
		n.VoiceApplicationSID = ""
	}
}
