package sandbox

import (
	"net/http"

	"github.com/nyaruka/phonenumbers"
)

func messagingNumberRoutes() []route {
	const members, member = servicePath + "/PhoneNumbers", servicePath + "/PhoneNumbers/{Sid}"
	return []route{
		{method: "GET", pattern: members, list: true, handler: listServiceNumbers},
		{method: "POST", pattern: members, params: []string{"PhoneNumberSid"}, handler: addServiceNumber},
		{method: "GET", pattern: member, handler: fetchServiceNumber},
		{method: "DELETE", pattern: member, handler: removeServiceNumber},
	}
}

func renderServiceNumber(m serviceMember, n incomingPhoneNumber) object {
	carries := []string{}
	for _, c := range []struct {
		name string
		has  bool
	}{{"MMS", n.Capabilities.MMS}, {"SMS", n.Capabilities.SMS}, {"Voice", n.Capabilities.Voice}} {
		if c.has {
			carries = append(carries, c.name)
		}
	}
	return object{
		"sid":          m.SID,
		"account_sid":  m.AccountSID,
		"service_sid":  m.ServiceSID,
		"date_created": iso8601(m.DateCreated),
		"date_updated": iso8601(m.DateUpdated),
		"phone_number": n.PhoneNumber,
		"country_code": countryCode(n.PhoneNumber),
		"capabilities": carries,
		"url":          "https://messaging.twilio.com/v1/Services/" + m.ServiceSID + "/PhoneNumbers/" + m.SID,
	}
}

// countryCode is the ISO 3166 code of a number's country, null for a number of no
// country: the sandbox allows those.
func countryCode(e164 string) any {
	parsed, err := phonenumbers.Parse(e164, "")
	if err != nil {
		return nil
	}
	return orNull(phonenumbers.GetRegionCodeForNumber(parsed))
}

// memberOf is a number of the service; one that was released or moved to
// another account is not a member.
func (c *call) memberOf(service messagingService, sid string) (serviceMember, incomingPhoneNumber, bool) {
	m, in := serviceMembers.get(c.state, sid)
	n, owned := numbers.get(c.state, sid)
	return m, n, in && owned && m.ServiceSID == service.SID && n.AccountSID == service.AccountSID
}

func listServiceNumbers(c *call) (int, any, error) {
	service, err := c.service()
	if err != nil {
		return 0, nil, err
	}
	found := serviceMembers.list(c.state, func(m serviceMember) bool {
		_, _, in := c.memberOf(service, m.SID)
		return in
	})
	return listPage(c, "phone_numbers", found, func(m serviceMember) object {
		_, n, _ := c.memberOf(service, m.SID)
		return renderServiceNumber(m, n)
	})
}

func fetchServiceNumber(c *call) (int, any, error) {
	service, err := c.service()
	if err != nil {
		return 0, nil, err
	}
	m, n, in := c.memberOf(service, c.PathValue("Sid"))
	if !in {
		return 0, nil, c.notFound()
	}
	return http.StatusOK, renderServiceNumber(m, n), nil
}

func addServiceNumber(c *call) (int, any, error) {
	service, err := c.service()
	if err != nil {
		return 0, nil, err
	}
	sid := c.params.Get("PhoneNumberSid")
	f := c.fields()
	f.required("PhoneNumberSid")
	f.sid("PhoneNumberSid", "PN", &sid)
	if err := f.result(); err != nil {
		return 0, nil, err
	}
	n, ok := numbers.get(c.state, sid)
	if !ok || n.AccountSID != c.account.SID {
		return 0, nil, errNotFound("/PhoneNumbers/" + sid)
	}
	if apiErr := join(c.state, service, n.SID, c.now); apiErr != nil {
		return 0, nil, apiErr
	}
	m, n, _ := c.memberOf(service, sid)
	return http.StatusCreated, renderServiceNumber(m, n), nil
}

func removeServiceNumber(c *call) (int, any, error) {
	service, err := c.service()
	if err != nil {
		return 0, nil, err
	}
	m, _, in := c.memberOf(service, c.PathValue("Sid"))
	if !in {
		return 0, nil, c.notFound()
	}
	serviceMembers.remove(c.state, m.SID)
	return http.StatusNoContent, nil, nil
}
