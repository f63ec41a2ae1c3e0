package sandbox

import (
	"net/http"
	"slices"
)

func messagingProduct() product {
	return product{
		host:     "messaging",
		prefixes: []string{"/v1/Services", sendersPath},
		routes: slices.Concat(
			granted("messaging/services", messagingServiceRoutes()),
			granted("messaging/services.phonenumbers", messagingNumberRoutes()),
			messagingMemberRoutes(),
			granted("messaging/whatsapp-senders", senderRoutes()),
		),
		tables: []stored{messagingServices, serviceMembers, senders},

		receivers: []findReceiver{findSender},
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

// serviceMember is the membership of a number, short code or sender in a service. Its
// SID is theirs, so that each is in one service at most.
type serviceMember struct {
	record
	ServiceSID string `json:"service_sid"`
}

var (
	messagingServices = newTable[messagingService]("messaging_services")
	serviceMembers    = newTable[serviceMember]("messaging_service_numbers")
)

// newMessagingService is a service as Twilio creates one, without its record.
func newMessagingService() messagingService {
	return messagingService{
		InboundMethod: http.MethodPost, FallbackMethod: http.MethodPost,
		StickySender: true, MmsConverter: true, SmartEncoding: true, AreaCodeGeomatch: true,
		ScanMessageContent: "inherit", ValidityPeriod: 36000, Usecase: "undeclared",
	}
}

// serviceOf finds the service that a number, short code or sender of an account is
// in. One that moved to another account left it.
func serviceOf(st *state, accountSID, sid string) (messagingService, bool) {
	member, ok := serviceMembers.get(st, sid)
	if !ok || member.AccountSID != accountSID {
		return messagingService{}, false
	}
	return messagingServices.get(st, member.ServiceSID)
}
