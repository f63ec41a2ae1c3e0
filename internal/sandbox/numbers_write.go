package sandbox

import (
	"fmt"
	"net/http"
	"regexp"
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
	return http.StatusCreated, c.renderNumber(n), nil
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
		if n, err = c.sold(wanted); err != nil {
			return n, err
		}
	}
	return n, c.changeNumber(&n)
}

// inArea are the numbers that are sold by area code.
var inArea = regexp.MustCompile(`^\+1[2-9][0-9]{2}55501[0-9]{2}$`)

// sold is a number as it is sold, which the caller stores.
func (c *call) sold(e164 string) (incomingPhoneNumber, error) {
	s, _, onSale := stockOf(e164)
	if !onSale && !inArea.MatchString(e164) {
		return incomingPhoneNumber{}, invalidParameter(21422, "PhoneNumber %s is not available", e164)
	}
	n := newNumber(e164)
	n.record = c.newRecord("PN")
	if onSale {
		n.Capabilities, n.AddressRequirements, n.Beta = s.carries, s.rule.addressRequirements(), s.rule.beta
	}
	if c.state.settings.PlaceholderURLs {
		n.VoiceURL = placeholderVoiceURL
		if n.Capabilities.SMS {
			n.SmsURL = placeholderSmsURL
		}
	}
	return n, nil
}

// The URLs that Twilio gives to some new numbers, which answer everybody with a canned text.
const (
	placeholderVoiceURL = "https://demo.twilio.com/welcome/voice/"
	placeholderSmsURL   = "https://demo.twilio.com/welcome/sms/reply"
)

// regulated refuses a number without what its country asks for. Whether a bundle stands for
// the address in it is not documented: here both are asked for.
func (f *fields) regulated(n *incomingPhoneNumber) {
	s, _, _ := stockOf(n.PhoneNumber)
	switch {
	case n.Seq != 0 && !f.params.Has("AddressSid") && !f.params.Has("BundleSid"):
	case s.rule.bundle && n.BundleSID == "":
		f.fail(invalidParameter(21649, "Phone Number Requires a Bundle: %s", n.PhoneNumber))
	case n.AddressSID != "":
	case n.AddressRequirements == addressLocal:
		f.fail(invalidParameter(21615, "Phone Number Requires a Local Address: %s", n.PhoneNumber))
	case n.AddressRequirements != addressNone:
		f.fail(invalidParameter(21631, "Phone Number Requires an Address: %s", n.PhoneNumber))
	}
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
	return http.StatusOK, c.renderNumber(n), nil
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
	emergency := n.EmergencyAddressSID
	f.sid("EmergencyAddressSid", "AD", &n.EmergencyAddressSID)
	f.sid("AddressSid", "AD", &n.AddressSID)
	f.sid("IdentitySid", "RI", &n.IdentitySID)
	f.sid("BundleSid", "BU", &n.BundleSID)
	c.applicationOf(f, "SmsApplicationSid", n.AccountSID, &n.SmsApplicationSID)
	c.applicationOf(f, "VoiceApplicationSid", n.AccountSID, &n.VoiceApplicationSID)
	f.sid("TrunkSid", "TK", &n.TrunkSID)
	f.capable(n)
	f.regulated(n)
	f.primary("SmsFallbackUrl", n.SmsURL, 21406)
	f.primary("VoiceFallbackUrl", n.VoiceURL, 21405)
	if err := f.result(); err != nil {
		return err
	}
	if emergency != n.EmergencyAddressSID {
		n.EmergencySince, n.EmergencyAddressStatus = c.now, "pending-registration"
		if n.EmergencyAddressSID == "" {
			n.EmergencyAddressStatus = "pending-unregistration"
		}
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
