package sandbox

import (
	"net/http"
	"slices"
	"strings"
)

const (
	openPath      = "/v1/Conversations"
	openOnePath   = openPath + "/{Sid}"
	openHooksPath = openPath + "/{Conversation}/Webhooks"
	openHookPath  = openHooksPath + "/{Sid}"
	openActive    = "active"
	openClosed    = "closed"
)

// openRoutes are the calls about conversations that are open, as twilio-go 1.31.0 has
// them (rest/conversations/v1). They are not in the OpenAPI documents that tests check
// against.
func openRoutes() []route {
	return slices.Concat(granted(notGrantable+"conversations/conversations", []route{
		{method: "GET", pattern: openPath, list: true, largestPage: 100, params: []string{"State"}, handler: listOpen},
		{method: "GET", pattern: openOnePath, handler: fetchOpen},
		{method: "POST", pattern: openOnePath, params: []string{"State"}, handler: updateOpen},
	}), granted(notGrantable+"conversations/webhooks", []route{
		{method: "GET", pattern: openHooksPath, list: true, handler: listOpenHooks},
		{method: "GET", pattern: openHookPath, handler: fetchOpenHook},
		{method: "POST", pattern: openHookPath, handler: updateOpenHook,
			params: []string{"Configuration.Url", "Configuration.Method", "Configuration.Filters...", "Configuration.FlowSid"}},
		{method: "DELETE", pattern: openHookPath, handler: deleteOpenHook},
	}))
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
		"chat_service_sid":      orNull(o.Webhook.ConversationServiceSID),
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
	if !ok || o.AccountSID != c.account.SID {
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
		return o.AccountSID == c.account.SID && (state == "" || o.state() == state)
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
