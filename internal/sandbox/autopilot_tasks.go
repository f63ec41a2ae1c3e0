package sandbox

import (
	"encoding/json"
	"net/http"
)

const (
	tasksPath   = assistantPath + "/Tasks"
	taskPath    = tasksPath + "/{Task}"
	fieldsPath  = taskPath + "/Fields"
	samplesPath = taskPath + "/Samples"
)

// task is a Task of an assistant. An empty ActionsURL means the task's own.
type task struct {
	record
	AssistantSID string          `json:"assistant_sid"`
	UniqueName   string          `json:"unique_name"`
	FriendlyName string          `json:"friendly_name"`
	Actions      json.RawMessage `json:"actions"`
	ActionsURL   string          `json:"actions_url,omitempty"`
}

var tasks = newTable[task]("autopilot_tasks")

func taskRoutes() []route {
	taskParams := []string{"UniqueName", "FriendlyName", "Actions", "ActionsUrl"}
	sampleParams := []string{"Language", "TaggedText", "SourceChannel"}
	return []route{
		{method: "GET", pattern: tasksPath, list: true, handler: listTasks},
		{method: "POST", pattern: tasksPath, params: taskParams, handler: createTask},
		{method: "GET", pattern: taskPath, handler: fetchTask},
		{method: "POST", pattern: taskPath, params: taskParams, handler: updateTask},
		{method: "DELETE", pattern: taskPath, handler: deleteTask},
		{method: "GET", pattern: taskPath + "/Actions", handler: fetchActions},
		{method: "POST", pattern: taskPath + "/Actions", params: []string{"Actions"}, handler: updateActions},
		{method: "GET", pattern: taskPath + "/Statistics", handler: fetchStatistics},
		{method: "GET", pattern: fieldsPath, list: true, handler: listFields},
		{method: "POST", pattern: fieldsPath, params: []string{"FieldType", "UniqueName"}, handler: createField},
		{method: "GET", pattern: fieldsPath + "/{Sid}", handler: fetchField},
		{method: "DELETE", pattern: fieldsPath + "/{Sid}", handler: deleteField},
		{method: "GET", pattern: samplesPath, list: true, params: []string{"Language"}, handler: listSamples},
		{method: "POST", pattern: samplesPath, params: sampleParams, handler: createSample},
		{method: "GET", pattern: samplesPath + "/{Sid}", handler: fetchSample},
		{method: "POST", pattern: samplesPath + "/{Sid}", params: sampleParams, handler: updateSample},
		{method: "DELETE", pattern: samplesPath + "/{Sid}", handler: deleteSample},
	}
}

func (t task) url() string { return autopilotURL(t.AssistantSID + "/Tasks/" + t.SID) }

func renderTask(t task) object {
	actions := t.ActionsURL
	if actions == "" {
		actions = t.url() + "/Actions"
	}
	return object{
		"sid": t.SID, "account_sid": t.AccountSID, "assistant_sid": t.AssistantSID,
		"unique_name": t.UniqueName, "friendly_name": t.FriendlyName, "actions_url": actions,
		"date_created": iso8601(t.DateCreated), "date_updated": iso8601(t.DateUpdated), "url": t.url(),
		"links": object{
			"fields": t.url() + "/Fields", "samples": t.url() + "/Samples",
			"task_actions": t.url() + "/Actions", "statistics": t.url() + "/Statistics",
		},
	}
}

// task is the one in the path, by SID or unique name.
func (c *call) task() (task, error) {
	a, err := c.assistant()
	if err != nil {
		return task{}, err
	}
	return named(c, tasks, c.PathValue("Task"),
		func(t task) bool { return t.AssistantSID == a.SID }, func(t task) string { return t.UniqueName })
}

// trainingTask is the task, its assistant marked as changed.
func (c *call) trainingTask() (task, error) {
	t, err := c.task()
	if err == nil {
		_, err = c.training()
	}
	return t, err
}

func listTasks(c *call) (int, any, error) {
	a, err := c.assistant()
	if err != nil {
		return 0, nil, err
	}
	return listPage(c, "tasks", tasks.list(c.state, func(t task) bool { return t.AssistantSID == a.SID }), renderTask)
}

func fetchTask(c *call) (int, any, error) {
	t, err := c.task()
	return http.StatusOK, renderTask(t), err
}

func createTask(c *call) (int, any, error) {
	a, err := c.training()
	if err != nil {
		return 0, nil, err
	}
	if count(c, tasks, func(t task) bool { return t.AssistantSID == a.SID }) >= maxTasks {
		return 0, nil, errOver("tasks", maxTasks)
	}
	t := task{record: c.newRecord("UD"), AssistantSID: a.SID, Actions: json.RawMessage(`{"actions":[]}`)}
	f := c.fields()
	f.required("UniqueName")
	if err := c.changeTask(f, &t); err != nil {
		return 0, nil, err
	}
	return http.StatusCreated, renderTask(t), nil
}

func updateTask(c *call) (int, any, error) {
	t, err := c.trainingTask()
	if err != nil {
		return 0, nil, err
	}
	c.touch(&t.record)
	if err := c.changeTask(c.fields(), &t); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, renderTask(t), nil
}

// changeTask leaves an external URL in force when only actions are written, which
// Twilio's documents leave open.
func (c *call) changeTask(f *fields, t *task) error {
	f.uniqueName(&t.UniqueName, func(name string) bool {
		return has(c, tasks, func(other task) bool {
			return other.SID != t.SID && other.AssistantSID == t.AssistantSID && other.UniqueName == name
		})
	})
	f.length("FriendlyName", &t.FriendlyName, 0, 255, 20001)
	f.actions(&t.Actions)
	f.url("ActionsUrl", &t.ActionsURL)
	if t.ActionsURL == t.url()+"/Actions" {
		t.ActionsURL = ""
	}
	tasks.put(c.state, *t)
	return f.result()
}

// actions copies an Actions document (error 90100).
func (f *fields) actions(into *json.RawMessage) {
	f.jsonObject("Actions", into, 90100)
	if f.err != nil || !f.params.Has("Actions") {
		return
	}
	var document struct {
		Actions *[]map[string]any `json:"actions"`
	}
	if err := json.Unmarshal(*into, &document); err != nil || document.Actions == nil {
		f.fail(invalidParameter(90100, "Invalid Autopilot Actions JSON"))
		return
	}
	if len(*into) > maxActions {
		f.fail(errOver("bytes of actions", maxActions))
	}
}

func deleteTask(c *call) (int, any, error) {
	t, err := c.trainingTask()
	if err != nil {
		return 0, nil, err
	}
	ofTask := func(f taskField) bool { return f.TaskSID == t.SID }
	sampled := func(s taskSample) bool { return s.TaskSID == t.SID }
	if c.state.settings.StrictDeletes && (has(c, taskFields, ofTask) || has(c, taskSamples, sampled)) {
		return 0, nil, errHasContent("task " + t.SID)
	}
	removeAll(c.state, taskFields, ofTask)
	removeAll(c.state, taskSamples, sampled)
	tasks.remove(c.state, t.SID)
	return http.StatusNoContent, nil, nil
}

func renderActions(t task) object {
	return object{
		"account_sid": t.AccountSID, "assistant_sid": t.AssistantSID, "task_sid": t.SID,
		"data": t.Actions, "url": t.url() + "/Actions",
	}
}

func fetchActions(c *call) (int, any, error) {
	t, err := c.task()
	return http.StatusOK, renderActions(t), err
}

func updateActions(c *call) (int, any, error) {
	t, err := c.trainingTask()
	if err != nil {
		return 0, nil, err
	}
	f := c.fields()
	f.actions(&t.Actions)
	c.touch(&t.record)
	tasks.put(c.state, t)
	return http.StatusOK, renderActions(t), f.result()
}

func fetchStatistics(c *call) (int, any, error) {
	t, err := c.task()
	return http.StatusOK, object{
		"account_sid": t.AccountSID, "assistant_sid": t.AssistantSID, "task_sid": t.SID, "url": t.url() + "/Statistics",
		"samples_count": count(c, taskSamples, func(s taskSample) bool { return s.TaskSID == t.SID }),
		"fields_count":  count(c, taskFields, func(f taskField) bool { return f.TaskSID == t.SID }),
	}, err
}
