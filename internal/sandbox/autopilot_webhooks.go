package sandbox

import (
	"net/http"
	"slices"
	"strings"
)

const autopilotWebhooksPath = assistantPath + "/Webhooks"

// autopilotWebhook is a Webhook of an assistant.
type autopilotWebhook struct {
	record
	AssistantSID  string `json:"assistant_sid"`
	UniqueName    string `json:"unique_name"`
	Events        string `json:"events"`
	WebhookURL    string `json:"webhook_url"`
	WebhookMethod string `json:"webhook_method"`
}

var autopilotWebhooks = newTable[autopilotWebhook]("autopilot_webhooks")

func autopilotWebhookRoutes() []route {
	params := []string{"UniqueName", "Events", "WebhookUrl", "WebhookMethod"}
	return []route{
		{method: "GET", pattern: autopilotWebhooksPath, list: true, handler: listAutopilotWebhooks},
		{method: "POST", pattern: autopilotWebhooksPath, params: params, handler: createAutopilotWebhook},
		{method: "GET", pattern: autopilotWebhooksPath + "/{Sid}", handler: fetchAutopilotWebhook},
		{method: "POST", pattern: autopilotWebhooksPath + "/{Sid}", params: params, handler: updateAutopilotWebhook},
		{method: "DELETE", pattern: autopilotWebhooksPath + "/{Sid}", handler: deleteAutopilotWebhook},
	}
}

// autopilotEvents are those a webhook can subscribe to; Twilio's own example answers
// with them in lower case.
var autopilotEvents = []string{
	"ondialoguestart", "ondialogueend", "ondialoguetaskstart", "ondialoguetaskend", "ondialogueturn", "oncollectattempt", "onactionsfetch",
}

func renderAutopilotWebhook(w autopilotWebhook) object {
	return object{
		"sid": w.SID, "account_sid": w.AccountSID, "assistant_sid": w.AssistantSID, "unique_name": w.UniqueName,
		"events": strings.ToLower(w.Events), "webhook_url": w.WebhookURL, "webhook_method": w.WebhookMethod,
		"date_created": iso8601(w.DateCreated), "date_updated": iso8601(w.DateUpdated),
		"url": autopilotURL(w.AssistantSID + "/Webhooks/" + w.SID),
	}
}

func (c *call) autopilotWebhook() (autopilotWebhook, error) {
	a, err := c.assistant()
	if err != nil {
		return autopilotWebhook{}, err
	}
	return named(c, autopilotWebhooks, c.PathValue("Sid"),
		func(w autopilotWebhook) bool { return w.AssistantSID == a.SID }, func(w autopilotWebhook) string { return w.UniqueName })
}

func listAutopilotWebhooks(c *call) (int, any, error) {
	a, err := c.assistant()
	if err != nil {
		return 0, nil, err
	}
	return listPage(c, "webhooks", autopilotWebhooks.list(c.state, func(w autopilotWebhook) bool { return w.AssistantSID == a.SID }), renderAutopilotWebhook)
}

func fetchAutopilotWebhook(c *call) (int, any, error) {
	w, err := c.autopilotWebhook()
	return http.StatusOK, renderAutopilotWebhook(w), err
}

func createAutopilotWebhook(c *call) (int, any, error) {
	a, err := c.assistant()
	if err != nil {
		return 0, nil, err
	}
	w := autopilotWebhook{record: c.newRecord("UM"), AssistantSID: a.SID, WebhookMethod: http.MethodPost}
	f := c.fields()
	f.required("UniqueName", "Events", "WebhookUrl")
	c.changeAutopilotWebhook(f, &w)
	return http.StatusCreated, renderAutopilotWebhook(w), f.result()
}

func updateAutopilotWebhook(c *call) (int, any, error) {
	w, err := c.autopilotWebhook()
	if err != nil {
		return 0, nil, err
	}
	f := c.fields()
	c.touch(&w.record)
	c.changeAutopilotWebhook(f, &w)
	return http.StatusOK, renderAutopilotWebhook(w), f.result()
}

func (c *call) changeAutopilotWebhook(f *fields, w *autopilotWebhook) {
	f.uniqueName(&w.UniqueName, func(name string) bool {
		return has(c, autopilotWebhooks, func(other autopilotWebhook) bool {
			return other.SID != w.SID && other.AssistantSID == w.AssistantSID && other.UniqueName == name
		})
	})
	f.nonEmpty("Events", &w.Events)
	for _, event := range strings.Fields(strings.ToLower(w.Events)) {
		if !slices.Contains(autopilotEvents, event) {
			f.fail(invalidParameter(20001, "There is no event %s", event))
		}
	}
	if url, ok := f.sent("WebhookUrl"); ok && url == "" {
		f.fail(invalidParameter(20001, "WebhookUrl cannot be empty"))
	}
	f.url("WebhookUrl", &w.WebhookURL)
	f.method("WebhookMethod", &w.WebhookMethod)
	autopilotWebhooks.put(c.state, *w)
}

func deleteAutopilotWebhook(c *call) (int, any, error) {
	w, err := c.autopilotWebhook()
	if err != nil {
		return 0, nil, err
	}
	autopilotWebhooks.remove(c.state, w.SID)
	return http.StatusNoContent, nil, nil
}
