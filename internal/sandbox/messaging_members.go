package sandbox

import (
	"net/http"
	"strings"
	"time"
)

// memberKind is a kind of sender of a Messaging Service: a collection below the
// service.
type memberKind[T any, P rowOf[T]] struct {
	path   string // below the service
	key    string // of the list
	param  string // of the SID to add
	prefix string // of the SIDs
	rows   table[T, P]
	render func(serviceMember, T) object
}

func messagingMemberRoutes() []route {
	return append(memberKind[shortCode, *shortCode]{
		path: "/ShortCodes", key: "short_codes", param: "ShortCodeSid", prefix: "SC", rows: shortCodes, render: renderServiceShortCode,
	}.routes(), memberKind[sender, *sender]{
		path: "/ChannelSenders", key: "senders", param: "Sid", prefix: "XE", rows: senders, render: renderServiceSender,
	}.routes()...)
}

func (k memberKind[T, P]) routes() []route {
	members, member := servicePath+k.path, servicePath+k.path+"/{Sid}"
	return granted("messaging/services."+strings.ToLower(k.path[1:]), []route{
		{method: "GET", pattern: members, list: true, handler: k.list},
		{method: "POST", pattern: members, params: []string{k.param}, handler: k.add},
		{method: "GET", pattern: member, handler: k.fetch},
		{method: "DELETE", pattern: member, handler: k.remove},
	})
}

func renderServiceShortCode(m serviceMember, s shortCode) object {
	return object{
		"sid":          m.SID,
		"account_sid":  m.AccountSID,
		"service_sid":  m.ServiceSID,
		"date_created": iso8601(m.DateCreated),
		"date_updated": iso8601(m.DateUpdated),
		"short_code":   s.ShortCode,
		"country_code": "US", // short codes are national; the sandbox has American ones
		"capabilities": []string{"SMS"},
		"url":          "https://messaging.twilio.com/v1/Services/" + m.ServiceSID + "/ShortCodes/" + m.SID,
	}
}

func renderServiceSender(m serviceMember, s sender) object {
	kind := map[string]string{"whatsapp": "WhatsApp", "rcs": "RCS"}[s.channel()]
	_, number, _ := strings.Cut(s.SenderID, ":")
	return object{
		"sid":                   m.SID,
		"account_sid":           m.AccountSID,
		"messaging_service_sid": m.ServiceSID,
		"sender":                s.SenderID,
		"sender_type":           kind,
		"country_code":          countryCode(number),
		"date_created":          iso8601(m.DateCreated),
		"date_updated":          iso8601(m.DateUpdated),
		"url":                   "https://messaging.twilio.com/v1/Services/" + m.ServiceSID + "/ChannelSenders/" + m.SID,
	}
}

// of finds a member of a service, with its own row.
func (k memberKind[T, P]) of(c *call, service messagingService, sid string) (m serviceMember, row T, in bool) {
	m, in = serviceMembers.get(c.state, sid)
	if !in || m.ServiceSID != service.SID {
		return m, row, false
	}
	row, in = k.rows.get(c.state, sid)
	return m, row, in && P(&row).rec().AccountSID == service.AccountSID
}

func (k memberKind[T, P]) list(c *call) (int, any, error) {
	service, err := c.service()
	if err != nil {
		return 0, nil, err
	}
	found := serviceMembers.list(c.state, func(m serviceMember) bool {
		_, _, in := k.of(c, service, m.SID)
		return in
	})
	return listPage(c, k.key, found, func(m serviceMember) object {
		_, row, _ := k.of(c, service, m.SID)
		return k.render(m, row)
	})
}

func (k memberKind[T, P]) fetch(c *call) (int, any, error) {
	service, err := c.service()
	if err != nil {
		return 0, nil, err
	}
	m, row, in := k.of(c, service, c.PathValue("Sid"))
	if !in {
		return 0, nil, c.notFound()
	}
	return http.StatusOK, k.render(m, row), nil
}

func (k memberKind[T, P]) add(c *call) (int, any, error) {
	service, err := c.service()
	if err != nil {
		return 0, nil, err
	}
	sid := c.params.Get(k.param)
	f := c.fields()
	f.required(k.param)
	f.sid(k.param, k.prefix, &sid)
	if err := f.result(); err != nil {
		return 0, nil, err
	}
	row, ok := k.rows.get(c.state, sid)
	if !ok || P(&row).rec().AccountSID != c.account.SID {
		return 0, nil, errNotFound(k.path + "/" + sid)
	}
	if apiErr := join(c.state, service, sid, c.now); apiErr != nil {
		return 0, nil, apiErr
	}
	m, row, _ := k.of(c, service, sid)
	return http.StatusCreated, k.render(m, row), nil
}

func (k memberKind[T, P]) remove(c *call) (int, any, error) {
	service, err := c.service()
	if err != nil {
		return 0, nil, err
	}
	m, _, in := k.of(c, service, c.PathValue("Sid"))
	if !in {
		return 0, nil, c.notFound()
	}
	serviceMembers.remove(c.state, m.SID)
	return http.StatusNoContent, nil, nil
}

// join adds a number, short code or sender of the service's account to the service.
func join(st *state, service messagingService, sid string, now time.Time) *apiError {
	if other, in := serviceOf(st, service.AccountSID, sid); in {
		if other.SID == service.SID {
			return invalidParameter(21710, "Phone Number or Short Code is already in the Messaging Service.")
		}
		return invalidParameter(21712, "Phone Number or Short Code is associated with another Messaging Service.")
	}
	serviceMembers.put(st, serviceMember{
		record:     record{SID: sid, AccountSID: service.AccountSID, DateCreated: now, DateUpdated: now},
		ServiceSID: service.SID,
	})
	return nil
}
