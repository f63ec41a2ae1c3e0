package sandbox

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

const queriesPath = assistantPath + "/Queries"

// query is a Query: a sentence and the task it was recognised as.
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

var queries = newTable[query]("autopilot_queries")

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
	if !ok || q.AssistantSID != a.SID || c.expired(q) {
		return q, c.notFound()
	}
	return q, nil
}

func listQueries(c *call) (int, any, error) {
	a, err := c.assistant()
	if err != nil {
		return 0, nil, err
	}
	lets := func(name string, values ...string) bool {
		wanted := c.params.Get(name)
		return wanted == "" || slices.Contains(values, wanted)
	}
	return listPage(c, "queries", queries.list(c.state, func(q query) bool {
		build, _ := modelBuilds.get(c.state, q.ModelBuildSID)
		return q.AssistantSID == a.SID && !c.expired(q) && lets("Language", q.Language) && lets("Status", q.Status) &&
			lets("ModelBuild", q.ModelBuildSID, build.UniqueName) && lets("DialogueSid")
	}), renderQuery)
}

func fetchQuery(c *call) (int, any, error) {
	q, err := c.query()
	return http.StatusOK, renderQuery(q), err
}

// createQuery recognises a sentence only as a sample of a task; it has no language
// model.
func createQuery(c *call) (int, any, error) {
	a, err := c.assistant()
	if err != nil {
		return 0, nil, err
	}
	q := query{record: c.newRecord("UH"), AssistantSID: a.SID, Status: "pending-review"}
	f := c.fields()
	f.required("Language", "Query")
	f.text("Language", &q.Language)
	f.length("Query", &q.Query, 1, 2048, 20001)
	if wanted := c.params.Get("ModelBuild"); wanted != "" {
		build, err := c.buildOf(a, wanted)
		if err != nil {
			f.fail(invalidParameter(20001, "ModelBuild %s was not found", wanted))
		}
		q.ModelBuildSID = build.SID
	} else if newest, ok := newestBuild(c, a); ok {
		q.ModelBuildSID = newest.SID
	}
	q.Task = c.taskFor(q)
	if a.LogQueries {
		queries.put(c.state, q)
	}
	return http.StatusCreated, renderQuery(q), f.result()
}

// taskFor names the task that has the query as a sample, of those the call allows.
func (c *call) taskFor(q query) string {
	var among []string
	for name := range strings.SplitSeq(c.params.Get("Tasks"), ",") {
		if name = strings.TrimSpace(name); name != "" {
			among = append(among, name)
		}
	}
	for _, s := range taskSamples.list(c.state, func(s taskSample) bool {
		return s.AssistantSID == q.AssistantSID && s.Language == q.Language && strings.EqualFold(s.TaggedText, q.Query)
	}) {
		t, ok := tasks.get(c.state, s.TaskSID)
		if ok && (len(among) == 0 || slices.Contains(among, t.UniqueName)) {
			return t.UniqueName
		}
	}
	return "fallback"
}

// expired reports whether a query is older than Twilio stores one: 30 days (description
// of LogQueries).
func (c *call) expired(q query) bool { return !c.now.Before(q.DateCreated.Add(30 * 24 * time.Hour)) }

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
