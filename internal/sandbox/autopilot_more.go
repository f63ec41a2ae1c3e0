package sandbox

import (
	"net/http"
	"slices"
	"strings"
)

const (
	queriesPath           = assistantPath + "/Queries"
	autopilotWebhooksPath = assistantPath + "/Webhooks"
)

// query is a Query: a sentence and the task it was taken for.
type query struct {
	record
	AssistantSID  string `json:"assistant_sid"`
	Language      string `json:"language"`
	Query         string `json:"query"`
	Task          string `json:"task"`
	ModelBuildSID string `json:"model_build_sid,omitempty"`
	SampleSID     string `json:"sample_sid,omitempty"`
	Status        string `json:"status"`
}

// autopilotWebhook is a Webhook of an assistant.
type autopilotWebhook struct {
	record
	AssistantSID  string `json:"assistant_sid"`
	UniqueName    string `json:"unique_name"`
	Events        string `json:"events"`
	WebhookURL    string `json:"webhook_url"`
	WebhookMethod string `json:"webhook_method"`
}

var (
	queries           = newTable[query]("autopilot_queries")
	autopilotWebhooks = newTable[autopilotWebhook]("autopilot_webhooks")
)

func queryRoutes() []route {
	return []route{
		{method: "GET", pattern: queriesPath, list: true, params: []string{"Language", "ModelBuild", "Status", "DialogueSid"}, handler: listQueries},
		{method: "POST", pattern: queriesPath, params: []string{"Language", "Query", "Tasks", "ModelBuild"}, handler: createQuery},
		{method: "GET", pattern: queriesPath + "/{Sid}", handler: fetchQuery},
		{method: "POST", pattern: queriesPath + "/{Sid}", params: []string{"SampleSid", "Status"}, handler: updateQuery},
		{method: "DELETE", pattern: queriesPath + "/{Sid}", handler: deleteQuery},
	}
}

func renderQuery(q query) object {
	return object{
		"sid": q.SID, "account_sid": q.AccountSID, "assistant_sid": q.AssistantSID,
		"language": q.Language, "query": q.Query, "status": q.Status, "results": object{"task": q.Task},
		"model_build_sid": orNull(q.ModelBuildSID), "sample_sid": orNull(q.SampleSID),
		"dialogue_sid": nil, "source_channel": nil,
		"date_created": iso8601(q.DateCreated), "date_updated": iso8601(q.DateUpdated),
		"url": autopilotURL(q.AssistantSID + "/Queries/" + q.SID),
	}
}

func (c *call) query() (query, error) {
	a, err := c.assistant()
	if err != nil {
		return query{}, err
	}
	q, ok := queries.get(c.state, c.PathValue("Sid"))
	if !ok || q.AssistantSID != a.SID {
		return q, c.notFound()
	}
	return q, nil
}

func listQueries(c *call) (int, any, error) {
	a, err := c.assistant()
	if err != nil {
		return 0, nil, err
	}
	lets := func(name, value string) bool { return c.params.Get(name) == "" || c.params.Get(name) == value }
	return listPage(c, "queries", queries.list(c.state, func(q query) bool {
		return q.AssistantSID == a.SID && lets("Language", q.Language) && lets("Status", q.Status) &&
			lets("ModelBuild", q.ModelBuildSID) && lets("DialogueSid", "")
	}), renderQuery)
}

func fetchQuery(c *call) (int, any, error) {
	q, err := c.query()
	return http.StatusOK, renderQuery(q), err
}

// createQuery takes a sentence for the task that has it as a sample; it has no
// language model.
func createQuery(c *call) (int, any, error) {
	a, err := c.assistant()
	if err != nil {
		return 0, nil, err
	}
	q := query{record: c.newRecord("UH"), AssistantSID: a.SID, Status: "pending-review", Task: "fallback"}
	f := c.fields()
	f.required("Language", "Query")
	f.text("Language", &q.Language)
	f.length("Query", &q.Query, 1, 2048, 20001)
	if newest, ok := newestBuild(c, a); ok {
		q.ModelBuildSID = newest.SID
	}
	among := strings.FieldsFunc(c.params.Get("Tasks"), func(r rune) bool { return r == ',' })
	for _, s := range taskSamples.list(c.state, func(s taskSample) bool { return s.AssistantSID == a.SID && s.Language == q.Language }) {
		t, _ := tasks.get(c.state, s.TaskSID)
		if strings.EqualFold(s.TaggedText, q.Query) && (len(among) == 0 || slices.Contains(among, t.UniqueName)) {
			q.Task = t.UniqueName
		}
	}
	queries.put(c.state, q)
	return http.StatusCreated, renderQuery(q), f.result()
}

func updateQuery(c *call) (int, any, error) {
	q, err := c.query()
	if err != nil {
		return 0, nil, err
	}
	f := c.fields()
	f.sid("SampleSid", "UF", &q.SampleSID)
	f.oneOf("Status", &q.Status, 20001, "pending-review", "reviewed", "discarded")
	c.touch(&q.record)
	queries.put(c.state, q)
	return http.StatusOK, renderQuery(q), f.result()
}

func deleteQuery(c *call) (int, any, error) {
	q, err := c.query()
	if err != nil {
		return 0, nil, err
	}
	queries.remove(c.state, q.SID)
	return http.StatusNoContent, nil, nil
}

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

// autopilotEvents are those a webhook can be told of; Twilio's own example answers
// them in lower case.
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
	named := c.PathValue("Sid")
	w, ok := autopilotWebhooks.first(c.state, func(w autopilotWebhook) bool {
		return w.AssistantSID == a.SID && (w.SID == named || w.UniqueName == named)
	})
	if !ok {
		return w, c.notFound()
	}
	return w, nil
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
	f.text("Events", &w.Events)
	for _, event := range strings.Fields(strings.ToLower(w.Events)) {
		if !slices.Contains(autopilotEvents, event) {
			f.fail(invalidParameter(20001, "There is no event %s", event))
		}
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
