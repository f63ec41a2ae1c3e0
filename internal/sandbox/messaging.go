package sandbox

import "net/http"

func messagingProduct() product {
	return product{
		host:     "messaging",
		version:  "/v1",
		prefixes: []string{"/v1/Services"},
		routes:   append(messagingServiceRoutes(), messagingNumberRoutes()...),
		tables:   []stored{messagingServices, serviceNumbers},
	}
}

// messagingService sends from a pool of numbers and, for those, receives.
type messagingService struct {
	record
	FriendlyName              string `json:"friendly_name"`
	InboundRequestURL         string `json:"inbound_request_url"`
	InboundMethod             string `json:"inbound_method"`
	FallbackURL               string `json:"fallback_url"`
	FallbackMethod            string `json:"fallback_method"`
	StatusCallback            string `json:"status_callback"`
	UseInboundWebhookOnNumber bool   `json:"use_inbound_webhook_on_number"`
	StickySender              bool   `json:"sticky_sender"`
	MmsConverter              bool   `json:"mms_converter"`
	SmartEncoding             bool   `json:"smart_encoding"`
	FallbackToLongCode        bool   `json:"fallback_to_long_code"`
	AreaCodeGeomatch          bool   `json:"area_code_geomatch"`
	SynchronousValidation     bool   `json:"synchronous_validation"`
	ScanMessageContent        string `json:"scan_message_content"`
	ValidityPeriod            int    `json:"validity_period"` // seconds
	Usecase                   string `json:"usecase"`
}

// serviceNumber is a number's membership in a service. Its SID is the number's,
// so that a number is in one service at most.
type serviceNumber struct {
	record
	ServiceSID string `json:"service_sid"`
}

var (
	messagingServices = newTable[messagingService]("messaging_services")
	serviceNumbers    = newTable[serviceNumber]("messaging_service_numbers")
)

// newMessagingService is a service as Twilio creates one, without its record.
func newMessagingService() messagingService {
	return messagingService{
		InboundMethod: http.MethodPost, FallbackMethod: http.MethodPost,
		StickySender: true, MmsConverter: true, SmartEncoding: true, AreaCodeGeomatch: true,
		ScanMessageContent: "inherit", ValidityPeriod: 36000, Usecase: "undeclared",
	}
}

// serviceOf finds the service a number is in. A number that moved to another
// account left it.
func serviceOf(st *state, n incomingPhoneNumber) (messagingService, bool) {
	member, ok := serviceNumbers.get(st, n.SID)
	if !ok || member.AccountSID != n.AccountSID {
		return messagingService{}, false
	}
	return messagingServices.get(st, member.ServiceSID)
}

// serviceReceiving is the service that receives a number's messages instead
// (descriptions of inbound_request_url and use_inbound_webhook_on_number).
func serviceReceiving(st *state, n incomingPhoneNumber) (messagingService, bool) {
	service, ok := serviceOf(st, n)
	return service, ok && n.Capabilities.SMS && !service.UseInboundWebhookOnNumber
}
