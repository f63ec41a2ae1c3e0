package sandbox

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

func conversationsProduct() product {
	return product{
		host:      "conversations",
		prefixes:  []string{addressesPath, openPath},
		routes:    append(granted(notGrantable+"conversations/addresses", addressRoutes()), openRoutes()...),
		tables:    []stored{addressConfigurations, openConversations},
		receivers: []findReceiver{findAddress},
	}
}

// addressConfiguration says what happens to messages to an address that belong to no
// conversation yet.
type addressConfiguration struct {
	record
	Type           string        `json:"type"`
	Address        string        `json:"address"`
	FriendlyName   string        `json:"friendly_name"`
	AddressCountry string        `json:"address_country,omitempty"`
	AutoCreation   *autoCreation `json:"auto_creation,omitempty"` // nil where none was ever sent
}

// autoCreation is how a conversation is created, and who takes part in it.
type autoCreation struct {
	Enabled                bool     `json:"enabled"`
	Type                   string   `json:"type"`
	ConversationServiceSID string   `json:"conversation_service_sid"`
	WebhookURL             string   `json:"webhook_url,omitempty"`
	WebhookMethod          string   `json:"webhook_method,omitempty"`
	WebhookFilters         []string `json:"webhook_filters,omitempty"`
	StudioFlowSID          string   `json:"studio_flow_sid,omitempty"`
	StudioRetryCount       int      `json:"studio_retry_count,omitempty"`
}

const (
	autoWebhook = "webhook"
	autoStudio  = "studio"
	autoDefault = "default"
)

// addressTypes and their forms. Of those without one Twilio documents none.
var addressTypes = map[string]*regexp.Regexp{
	"sms":       regexp.MustCompile(`^(?:\+[1-9][0-9]{6,14}|[0-9]{3,8})$`),
	"whatsapp":  regexp.MustCompile(`^whatsapp:\+[1-9][0-9]{6,14}$`),
	"messenger": regexp.MustCompile(`^messenger:.+$`),
	"rcs":       regexp.MustCompile(`^rcs:.+$`),
	"gbm":       nil, "email": nil, "apple": nil, "chat": nil,
}

// conversationEvents are those a webhook of a conversation can be called for
// (https://www.twilio.com/docs/conversations/conversations-webhooks).
var conversationEvents = []string{
	"onMessageAdded", "onMessageUpdated", "onMessageRemoved",
	"onConversationUpdated", "onConversationStateUpdated", "onConversationRemoved",
	"onParticipantAdded", "onParticipantUpdated", "onParticipantRemoved", "onDeliveryUpdated",
}

var addressConfigurations = newTable[addressConfiguration]("conversations_addresses")

const (
	addressesPath = "/v1/Configuration/Addresses"
	addressPath   = addressesPath + "/{Sid}"
)

// autoCreationParams are the parameters that create and update share.
var autoCreationParams = []string{
	"AutoCreation.Enabled", "AutoCreation.Type", "AutoCreation.ConversationServiceSid",
	"AutoCreation.WebhookUrl", "AutoCreation.WebhookMethod", "AutoCreation.WebhookFilters...",
	"AutoCreation.StudioFlowSid", "AutoCreation.StudioRetryCount",
}

func addressRoutes() []route {
	return []route{
		{method: "GET", pattern: addressesPath, list: true, largestPage: 50, params: []string{"Type"}, handler: listAddresses},
		{method: "POST", pattern: addressesPath, handler: createAddress,
			params: append([]string{"Type", "Address", "FriendlyName", "AddressCountry"}, autoCreationParams...)},
		{method: "GET", pattern: addressPath, handler: fetchAddress},
		{method: "POST", pattern: addressPath, params: append([]string{"FriendlyName"}, autoCreationParams...), handler: updateAddress},
		{method: "DELETE", pattern: addressPath, handler: deleteAddress},
	}
}

func renderAddress(a addressConfiguration) object {
	return object{
		"sid":             a.SID,
		"account_sid":     a.AccountSID,
		"type":            a.Type,
		"address":         a.Address,
		"friendly_name":   orNull(a.FriendlyName),
		"address_country": orNull(a.AddressCountry),
		"auto_creation":   renderAutoCreation(a.AutoCreation),
		"date_created":    iso8601(a.DateCreated),
		"date_updated":    iso8601(a.DateUpdated),
		"url":             "https://conversations.twilio.com" + addressesPath + "/" + a.SID,
	}
}

// renderAutoCreation writes what Twilio's examples have for each type. Whether an
// address that was created without auto-creation has null there is not documented.
func renderAutoCreation(a *autoCreation) any {
	if a == nil {
		return nil
	}
	rendered := object{"enabled": a.Enabled, "type": a.Type, "conversation_service_sid": orNull(a.ConversationServiceSID)}
	switch a.Type {
	case autoWebhook:
		filters := a.WebhookFilters
		if filters == nil {
			filters = []string{}
		}
		rendered["webhook_url"], rendered["webhook_method"], rendered["webhook_filters"] = a.WebhookURL, a.WebhookMethod, filters
	case autoStudio:
		rendered["studio_flow_sid"], rendered["studio_retry_count"] = a.StudioFlowSID, a.StudioRetryCount
	}
	return rendered
}

// configurationOf finds the configuration of an address of an account.
func configurationOf(st *state, accountSID, address string) (addressConfiguration, bool) {
	return addressConfigurations.first(st, func(a addressConfiguration) bool {
		return a.AccountSID == accountSID && a.Address == address
	})
}

// address finds the configuration of the path: by its SID or by the address itself.
func (c *call) address() (addressConfiguration, error) {
	a, ok := addressConfigurations.get(c.state, c.PathValue("Sid"))
	if !ok || a.AccountSID != c.account.SID {
		if a, ok = configurationOf(c.state, c.account.SID, c.PathValue("Sid")); !ok {
			return a, c.notFound()
		}
	}
	return a, nil
}

func listAddresses(c *call) (int, any, error) {
	kind := c.params.Get("Type")
	if _, known := addressTypes[kind]; kind != "" && !known {
		return 0, nil, invalidParameter(20001, "Type %q is not a type of address", kind)
	}
	found := addressConfigurations.list(c.state, func(a addressConfiguration) bool {
		return a.AccountSID == c.account.SID && (kind == "" || a.Type == kind)
	})
	return listPage(c, "address_configurations", found, renderAddress)
}

func fetchAddress(c *call) (int, any, error) {
	a, err := c.address()
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, renderAddress(a), nil
}

// createAddress refuses a second configuration of an address, which is "unique", and a
// number or short code for sms that the account does not own. With which codes Twilio
// does is not documented.
func createAddress(c *call) (int, any, error) {
	a := addressConfiguration{record: c.newRecord("IG"), Type: c.params.Get("Type"), Address: c.params.Get("Address")}
	f := c.fields()
	f.required("Type", "Address")
	if form, known := addressTypes[a.Type]; !known {
		f.fail(invalidParameter(20001, "Type %q is not a type of address", a.Type))
	} else if form != nil && !form.MatchString(a.Address) {
		f.fail(invalidParameter(20001, "Address %q is not one of type %s", a.Address, a.Type))
	}
	if f.err == nil && a.Type == "sms" && !c.owns(a.Address) {
		f.fail(invalidParameter(20001, "Address %s does not belong to account %s", a.Address, c.account.SID))
	}
	if _, taken := configurationOf(c.state, c.account.SID, a.Address); taken {
		f.fail(apiErrorf(http.StatusConflict, 20409, "Address %s has a configuration already", a.Address))
	}
	if country, sent := f.sent("AddressCountry"); sent {
		if !regexp.MustCompile(`^[A-Z]{2}$`).MatchString(country) {
			f.fail(invalidParameter(20001, "AddressCountry must be an ISO 3166-1 alpha-2 code"))
		}
		a.AddressCountry = country
	}
	return c.saveAddress(f, a, http.StatusCreated)
}

// owns reports whether the account owns a number or short code.
func (c *call) owns(address string) bool {
	for _, find := range []findReceiver{findNumber, findShortCode} {
		if r, ok := find(c.state, c.now, address); ok && r.accountSID == c.account.SID {
			return true
		}
	}
	return false
}

func updateAddress(c *call) (int, any, error) {
	a, err := c.address()
	if err != nil {
		return 0, nil, err
	}
	c.touch(&a.record)
	return c.saveAddress(c.fields(), a, http.StatusOK)
}

// deleteAddress leaves the conversations that it created open.
func deleteAddress(c *call) (int, any, error) {
	a, err := c.address()
	if err != nil {
		return 0, nil, err
	}
	addressConfigurations.remove(c.state, a.SID)
	return http.StatusNoContent, nil, nil
}

func (c *call) saveAddress(f *fields, a addressConfiguration, status int) (int, any, error) {
	f.length("FriendlyName", &a.FriendlyName, 0, 256, 20001)
	if slices.ContainsFunc(autoCreationParams, func(name string) bool { return c.params.Has(strings.TrimSuffix(name, "...")) }) {
		auto := autoCreation{Type: autoDefault, WebhookMethod: http.MethodPost}
		if a.AutoCreation != nil {
			auto = *a.AutoCreation
		}
		c.changeAutoCreation(f, &auto)
		a.AutoCreation = &auto
	}
	if err := f.result(); err != nil {
		return 0, nil, err
	}
	addressConfigurations.put(c.state, a)
	return status, renderAddress(a), nil
}

// changeAutoCreation applies the parameters. A type without what it needs, and a flow
// that does not exist, are refused; Twilio documents neither.
func (c *call) changeAutoCreation(f *fields, a *autoCreation) {
	f.boolean("AutoCreation.Enabled", &a.Enabled)
	if _, sent := f.sent("AutoCreation.Type"); sent {
		// Whether what is not sent beside the type stays is not documented.
		a.ConversationServiceSID, a.WebhookFilters, a.StudioRetryCount = "", nil, 0
	}
	f.oneOf("AutoCreation.Type", &a.Type, 20001, autoWebhook, autoStudio, autoDefault)
	f.sid("AutoCreation.ConversationServiceSid", "IS", &a.ConversationServiceSID)
	f.url("AutoCreation.WebhookUrl", &a.WebhookURL)
	method := strings.ToLower(a.WebhookMethod)
	f.oneOf("AutoCreation.WebhookMethod", &method, 21403, "get", "post")
	a.WebhookMethod = strings.ToUpper(method)
	if _, sent := f.sent("AutoCreation.WebhookFilters"); sent {
		a.WebhookFilters = slices.DeleteFunc(slices.Clone(c.params["AutoCreation.WebhookFilters"]), func(event string) bool { return event == "" })
		for _, event := range a.WebhookFilters {
			if !slices.Contains(conversationEvents, event) {
				f.fail(invalidParameter(20001, "AutoCreation.WebhookFilters: %q is not an event of a conversation", event))
			}
		}
	}
	f.sid("AutoCreation.StudioFlowSid", "FW", &a.StudioFlowSID)
	if value, sent := f.sent("AutoCreation.StudioRetryCount"); sent {
		count, err := strconv.Atoi(value)
		if err != nil || count < 0 || count > 3 {
			f.fail(invalidParameter(20001, "AutoCreation.StudioRetryCount must be a number from 0 to 3"))
		}
		a.StudioRetryCount = count
	}
	switch {
	case a.Type == autoWebhook && a.WebhookURL == "":
		f.fail(invalidParameter(20001, "AutoCreation.WebhookUrl is needed for the type webhook"))
	case a.Type == autoStudio && a.StudioFlowSID == "":
		f.fail(invalidParameter(20001, "AutoCreation.StudioFlowSid is needed for the type studio"))
	case a.Type == autoStudio && c.params.Has("AutoCreation.StudioFlowSid"):
		if flow, ok := studioFlows.get(c.state, a.StudioFlowSID); !ok || flow.AccountSID != c.account.SID {
			f.fail(invalidParameter(20001, "AutoCreation.StudioFlowSid: there is no flow %s", a.StudioFlowSID))
		}
	}
}

// findAddress finds an address that nothing else in the account stands for, such as
// that of a page on Messenger, by itself or by the SID of its configuration.
func findAddress(st *state, _ time.Time, to string) (receiver, bool) {
	a, ok := addressConfigurations.get(st, to)
	if !ok {
		if a, ok = addressConfigurations.first(st, func(a addressConfiguration) bool { return a.Address == to }); !ok {
			return receiver{}, false
		}
	}
	return receiver{accountSID: a.AccountSID, sid: a.SID, address: a.Address, messages: true}, true
}

// forgetAddress deletes the configuration of an address that left the account, as
// Twilio does (https://www.twilio.com/docs/api/errors/50610).
func forgetAddress(st *state, accountSID, address string) {
	removeAll(st, addressConfigurations, func(a addressConfiguration) bool {
		return a.AccountSID == accountSID && a.Address == address
	})
}
