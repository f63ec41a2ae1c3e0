package sandbox

import (
	"net/http"
	"slices"
	"strings"
)

const (
	openPath   = "/v1/Conversations"
	openActive = "active"
	openClosed = "closed"

	conversationServicesPath = "/v1/Services"
)

// openRoutes are the calls about conversations that are open, as twilio-go 1.31.0 has
// them (rest/conversations/v1), for the default Conversation Service and for each. They are
// not in the OpenAPI documents that tests check against.
func openRoutes() []route {
	routes := granted(notGrantable+"conversations/services", []route{
		{method: "GET", pattern: conversationServicesPath, list: true, largestPage: 100, handler: listConversationServices},
	})
	for _, service := range []string{"/v1", conversationServicesPath + "/{Service}"} {
		path := service + strings.TrimPrefix(openPath, "/v1")
		hooks := path + "/{Conversation}/Webhooks"
		routes = slices.Concat(routes, granted(notGrantable+"conversations/conversations", []route{
			{method: "GET", pattern: path, list: true, largestPage: 100, params: []string{"State"}, handler: listOpen},
			{method: "GET", pattern: path + "/{Sid}", handler: fetchOpen},
			{method: "POST", pattern: path + "/{Sid}", params: []string{"State"}, handler: updateOpen},
		}), granted(notGrantable+"conversations/webhooks", []route{
			{method: "GET", pattern: hooks, list: true, handler: listOpenHooks},
			{method: "GET", pattern: hooks + "/{Sid}", handler: fetchOpenHook},
			{method: "POST", pattern: hooks + "/{Sid}", handler: updateOpenHook,
				params: []string{"Configuration.Url", "Configuration.Method", "Configuration.Filters...", "Configuration.FlowSid"}},
			{method: "DELETE", pattern: hooks + "/{Sid}", handler: deleteOpenHook},
		}))
	}
	return routes
}

// conversationService is a Conversation Service. An account has a default one, and here those
// that conversations were created in.
type conversationService struct{ record }

func defaultServiceOf(accountSID string) string { return "IS" + strings.TrimPrefix(accountSID, "AC") }

// service is the Conversation Service of a conversation.
func (o openConversation) service() string {
	if o.Webhook.ConversationServiceSID != "" {
		return o.Webhook.ConversationServiceSID
	}
	return defaultServiceOf(o.AccountSID)
}

// conversationService is the service that a call names, or the default one.
func (c *call) conversationService() string {
	if named := c.PathValue("Service"); named != "" {
		return named
	}
	return defaultServiceOf(c.account.SID)
}

func listConversationServices(c *call) (int, any, error) {
	sids := []string{defaultServiceOf(c.account.SID)}
	for _, o := range openConversations.list(c.state, func(o openConversation) bool { return o.AccountSID == c.account.SID }) {
		if !slices.Contains(sids, o.service()) {
			sids = append(sids, o.service())
		}
	}
	rows := make([]conversationService, len(sids))
	for i, sid := range sids {
		rows[i] = conversationService{record{Seq: int64(i + 1), SID: sid, AccountSID: c.account.SID}}
	}
	return listPage(c, "services", rows, func(s conversationService) object {
		return object{"sid": s.SID, "account_sid": s.AccountSID, "friendly_name": nil, "url": "https://conversations.twilio.com" + conversationServicesPath + "/" + s.SID}
	})
}

func (o openConversation) url() string {
	return "https://conversations.twilio.com" + openPath + "/" + o.SID
}

func (o openConversation) state() string {
	if o.Closed {
		return openClosed
	}
	return openActive
}

func renderOpen(o openConversation) object {
	return object{
		"sid":                   o.SID,
		"account_sid":           o.AccountSID,
		"chat_service_sid":      o.service(),
		"messaging_service_sid": nil,
		"friendly_name":         nil,
		"unique_name":           nil,
		"attributes":            "{}",
		"state":                 o.state(),
		"timers":                object{},
		"bindings":              nil,
		"date_created":          iso8601(o.DateCreated),
		"date_updated":          iso8601(o.DateUpdated),
		"url":                   o.url(),
		"links":                 object{"webhooks": o.url() + "/Webhooks", "participants": o.url() + "/Participants", "messages": o.url() + "/Messages"},
	}
}

func (c *call) open(sid string) (openConversation, error) {
	o, ok := openConversations.get(c.state, sid)
	if !ok || o.AccountSID != c.account.SID || o.service() != c.conversationService() {
		return o, c.notFound()
	}
	return o, nil
}

func listOpen(c *call) (int, any, error) {
	var state string
	f := c.fields()
	f.oneOf("State", &state, 20001, openActive, "inactive", openClosed)
	if err := f.result(); err != nil {
		return 0, nil, err
	}
	found := openConversations.list(c.state, func(o openConversation) bool {
		return o.AccountSID == c.account.SID && o.service() == c.conversationService() && (state == "" || o.state() == state)
	})
	return listPage(c, "conversations", found, renderOpen)
}

func fetchOpen(c *call) (int, any, error) {
	o, err := c.open(c.PathValue("Sid"))
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, renderOpen(o), nil
}

// updateOpen closes a conversation; a closed one cannot be opened again.
func updateOpen(c *call) (int, any, error) {
	o, err := c.open(c.PathValue("Sid"))
	if err != nil {
		return 0, nil, err
	}
	state := o.state()
	f := c.fields()
	f.required("State")
	f.oneOf("State", &state, 20001, openActive, openClosed)
	if o.Closed && state != openClosed {
		f.fail(invalidParameter(20001, "Conversation %s is closed", o.SID))
	}
	if err := f.result(); err != nil {
		return 0, nil, err
	}
	o.Closed = state == openClosed
	c.touch(&o.record)
	openConversations.put(c.state, o)
	return http.StatusOK, renderOpen(o), nil
}

// hookSID is the SID of the one webhook a conversation has.
func (o openConversation) hookSID() string { return "WH" + strings.TrimPrefix(o.SID, "CH") }

// hooks is the conversation as the row of the list of its webhooks: none where it
// calls nobody.
func (o openConversation) hooks() []openConversation {
	if o.Webhook.Type != autoStudio && o.Webhook.Type != autoWebhook {
		return nil
	}
	return []openConversation{o}
}

func renderOpenHook(o openConversation) object {
	configuration := object{"url": o.Webhook.WebhookURL, "method": o.Webhook.WebhookMethod, "filters": o.Webhook.WebhookFilters}
	if o.Webhook.Type == autoStudio {
		configuration = object{"flow_sid": o.Webhook.StudioFlowSID}
	}
	return object{
		"sid":              o.hookSID(),
		"account_sid":      o.AccountSID,
		"conversation_sid": o.SID,
		"target":           o.Webhook.Type,
		"configuration":    configuration,
		"date_created":     iso8601(o.DateCreated),
		"date_updated":     iso8601(o.DateUpdated),
		"url":              o.url() + "/Webhooks/" + o.hookSID(),
	}
}

func listOpenHooks(c *call) (int, any, error) {
	o, err := c.open(c.PathValue("Conversation"))
	if err != nil {
		return 0, nil, err
	}
	return listPage(c, "webhooks", o.hooks(), renderOpenHook)
}

func (c *call) openHook() (openConversation, error) {
	o, err := c.open(c.PathValue("Conversation"))
	if err == nil && (c.PathValue("Sid") != o.hookSID() || len(o.hooks()) == 0) {
		err = c.notFound()
	}
	return o, err
}

func fetchOpenHook(c *call) (int, any, error) {
	o, err := c.openHook()
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, renderOpenHook(o), nil
}

func updateOpenHook(c *call) (int, any, error) {
	o, err := c.openHook()
	if err != nil {
		return 0, nil, err
	}
	f := c.fields()
	f.present("Configuration.Url", "Configuration.FlowSid")
	f.url("Configuration.Url", &o.Webhook.WebhookURL)
	// In the documents it is in lower case, as for addresses.
	method := strings.ToLower(o.Webhook.WebhookMethod)
	f.oneOf("Configuration.Method", &method, 21403, "get", "post")
	o.Webhook.WebhookMethod = strings.ToUpper(method)
	if _, sent := f.sent("Configuration.Filters"); sent {
		o.Webhook.WebhookFilters = slices.Clone(c.params["Configuration.Filters"])
	}
	f.sid("Configuration.FlowSid", "FW", &o.Webhook.StudioFlowSID)
	if o.Webhook.Type == autoStudio && c.params.Has("Configuration.FlowSid") {
		if flow, ok := studioFlows.get(c.state, o.Webhook.StudioFlowSID); !ok || flow.AccountSID != c.account.SID {
			f.fail(invalidParameter(20001, "Configuration.FlowSid: there is no flow %s", o.Webhook.StudioFlowSID))
		}
	}
	if err := f.result(); err != nil {
		return 0, nil, err
	}
	c.touch(&o.record)
	openConversations.put(c.state, o)
	return http.StatusOK, renderOpenHook(o), nil
}

func deleteOpenHook(c *call) (int, any, error) {
	o, err := c.openHook()
	if err != nil {
		return 0, nil, err
	}
	o.Webhook = autoCreation{Type: autoDefault}
	c.touch(&o.record)
	openConversations.put(c.state, o)
	return http.StatusNoContent, nil, nil
}
