package sandbox

import (
	"net/http"
	"strconv"
)

const (
	servicesPath = "/v1/Services"
	servicePath  = servicesPath + "/{ServiceSid}"
)

// serviceParams are those twilio-go 1.31.0 sends (rest/messaging/v1/services.go),
// the same for create and update.
var serviceParams = []string{
	"FriendlyName", "InboundRequestUrl", "InboundMethod", "FallbackUrl", "FallbackMethod", "StatusCallback",
	"StickySender", "MmsConverter", "SmartEncoding", "ScanMessageContent", "FallbackToLongCode", "AreaCodeGeomatch",
	"ValidityPeriod", "SynchronousValidation", "Usecase", "UseInboundWebhookOnNumber",
}

func messagingServiceRoutes() []route {
	return []route{
		{method: "GET", pattern: servicesPath, list: true, handler: listServices},
		{method: "POST", pattern: servicesPath, params: serviceParams, handler: createService},
		{method: "GET", pattern: servicePath, handler: fetchService},
		{method: "POST", pattern: servicePath, params: serviceParams, handler: updateService},
		{method: "DELETE", pattern: servicePath, handler: deleteService},
	}
}

func (c *call) service() (messagingService, error) {
	s, ok := messagingServices.get(c.state, c.PathValue("ServiceSid"))
	if !ok || s.AccountSID != c.account.SID {
		return s, c.notFound()
	}
	return s, nil
}

func renderService(s messagingService) object {
	url := "https://messaging.twilio.com/v1/Services/" + s.SID
	return object{
		"sid":                           s.SID,
		"account_sid":                   s.AccountSID,
		"friendly_name":                 s.FriendlyName,
		"date_created":                  iso8601(s.DateCreated),
		"date_updated":                  iso8601(s.DateUpdated),
		"inbound_request_url":           orNull(s.InboundRequestURL),
		"inbound_method":                s.InboundMethod,
		"fallback_url":                  orNull(s.FallbackURL),
		"fallback_method":               s.FallbackMethod,
		"status_callback":               orNull(s.StatusCallback),
		"sticky_sender":                 s.StickySender,
		"mms_converter":                 s.MmsConverter,
		"smart_encoding":                s.SmartEncoding,
		"scan_message_content":          s.ScanMessageContent,
		"fallback_to_long_code":         s.FallbackToLongCode,
		"area_code_geomatch":            s.AreaCodeGeomatch,
		"synchronous_validation":        s.SynchronousValidation,
		"validity_period":               s.ValidityPeriod,
		"usecase":                       s.Usecase,
		"us_app_to_person_registered":   false,
		"use_inbound_webhook_on_number": s.UseInboundWebhookOnNumber,
		"url":                           url,
		"links": object{
			"phone_numbers":             url + "/PhoneNumbers",
			"short_codes":               url + "/ShortCodes",
			"alpha_senders":             url + "/AlphaSenders",
			"messages":                  url + "/Messages",
			"us_app_to_person":          url + "/Compliance/Usa2p",
			"us_app_to_person_usecases": url + "/Compliance/Usa2p/Usecases",
			"channel_senders":           url + "/ChannelSenders",
		},
	}
}

func listServices(c *call) (int, any, error) {
	found := messagingServices.list(c.state, func(s messagingService) bool { return s.AccountSID == c.account.SID })
	return listPage(c, "services", found, renderService)
}

func fetchService(c *call) (int, any, error) {
	s, err := c.service()
	return http.StatusOK, renderService(s), err
}

func createService(c *call) (int, any, error) {
	s := newMessagingService()
	s.record = c.newRecord("MG")
	f := c.fields()
	f.required("FriendlyName")
	return c.saveService(f, s, http.StatusCreated)
}

func updateService(c *call) (int, any, error) {
	s, err := c.service()
	if err != nil {
		return 0, nil, err
	}
	c.touch(&s.record)
	f := c.fields()
	f.present("FriendlyName")
	return c.saveService(f, s, http.StatusOK)
}

// deleteService deletes a service; the own webhooks of its numbers apply again.
func deleteService(c *call) (int, any, error) {
	s, err := c.service()
	if err != nil {
		return 0, nil, err
	}
	removeService(c.state, s.SID)
	return http.StatusNoContent, nil, nil
}

func removeService(st *state, sid string) {
	for _, member := range serviceMembers.list(st, func(m serviceMember) bool { return m.ServiceSID == sid }) {
		serviceMembers.remove(st, member.SID)
	}
	messagingServices.remove(st, sid)
}

func (c *call) saveService(f *fields, s messagingService, status int) (int, any, error) {
	f.text("FriendlyName", &s.FriendlyName)
	f.url("InboundRequestUrl", &s.InboundRequestURL)
	f.method("InboundMethod", &s.InboundMethod)
	f.url("FallbackUrl", &s.FallbackURL)
	f.method("FallbackMethod", &s.FallbackMethod)
	f.url("StatusCallback", &s.StatusCallback)
	f.boolean("StickySender", &s.StickySender)
	f.boolean("MmsConverter", &s.MmsConverter)
	f.boolean("SmartEncoding", &s.SmartEncoding)
	f.oneOf("ScanMessageContent", &s.ScanMessageContent, 20001, "inherit", "enable", "disable")
	f.boolean("FallbackToLongCode", &s.FallbackToLongCode)
	f.boolean("AreaCodeGeomatch", &s.AreaCodeGeomatch)
	f.boolean("SynchronousValidation", &s.SynchronousValidation)
	f.validity(&s.ValidityPeriod)
	f.oneOf("Usecase", &s.Usecase, 20001,
		"notifications", "marketing", "verification", "discussion", "poll", "undeclared")
	f.boolean("UseInboundWebhookOnNumber", &s.UseInboundWebhookOnNumber)
	if err := f.result(); err != nil {
		return 0, nil, err
	}
	messagingServices.put(c.state, s)
	return status, renderService(s), nil
}

func (f *fields) validity(into *int) {
	value, sent := f.sent("ValidityPeriod")
	if !sent {
		return
	}
	seconds, err := strconv.Atoi(value)
	if err != nil || seconds < 1 || seconds > 36000 {
		f.fail(invalidParameter(20001, "ValidityPeriod must be a number of seconds from 1 to 36000"))
		return
	}
	*into = seconds
}
