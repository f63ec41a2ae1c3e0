package sandbox

import (
	"net/http"
)

// taskField is a Field of a task. FieldType is unchanged from the request, a name or a SID.
type taskField struct {
	record
	AssistantSID string `json:"assistant_sid"`
	TaskSID      string `json:"task_sid"`
	UniqueName   string `json:"unique_name"`
	FieldType    string `json:"field_type"`
}

var taskFields = newTable[taskField]("autopilot_fields")

func renderField(f taskField) object {
	return object{
		"sid": f.SID, "account_sid": f.AccountSID, "assistant_sid": f.AssistantSID, "task_sid": f.TaskSID,
		"unique_name": f.UniqueName, "field_type": f.FieldType,
		"date_created": iso8601(f.DateCreated), "date_updated": iso8601(f.DateUpdated),
		"url": autopilotURL(f.AssistantSID + "/Tasks/" + f.TaskSID + "/Fields/" + f.SID),
	}
}

func (c *call) taskField() (taskField, error) {
	t, err := c.task()
	if err != nil {
		return taskField{}, err
	}
	return named(c, taskFields, c.PathValue("Sid"),
		func(f taskField) bool { return f.TaskSID == t.SID }, func(f taskField) string { return f.UniqueName })
}

func listFields(c *call) (int, any, error) {
	t, err := c.task()
	if err != nil {
		return 0, nil, err
	}
	return listPage(c, "fields", taskFields.list(c.state, func(f taskField) bool { return f.TaskSID == t.SID }), renderField)
}

func fetchField(c *call) (int, any, error) {
	f, err := c.taskField()
	return http.StatusOK, renderField(f), err
}

func createField(c *call) (int, any, error) {
	t, err := c.trainingTask()
	if err != nil {
		return 0, nil, err
	}
	if count(c, taskFields, func(f taskField) bool { return f.TaskSID == t.SID }) >= maxFields {
		return 0, nil, errOver("fields", maxFields)
	}
	field := taskField{record: c.newRecord("UE"), AssistantSID: t.AssistantSID, TaskSID: t.SID}
	f := c.fields()
	f.required("UniqueName", "FieldType")
	f.uniqueName(&field.UniqueName, func(name string) bool {
		return has(c, taskFields, func(other taskField) bool { return other.TaskSID == t.SID && other.UniqueName == name })
	})
	f.text("FieldType", &field.FieldType)
	if f.err == nil && !c.knownFieldType(t.AssistantSID, field.FieldType) {
		f.fail(invalidParameter(20001, "FieldType %s was not found", field.FieldType))
	}
	taskFields.put(c.state, field)
	return http.StatusCreated, renderField(field), f.result()
}

func deleteField(c *call) (int, any, error) {
	f, err := c.taskField()
	if err == nil {
		_, err = c.training()
	}
	if err != nil {
		return 0, nil, err
	}
	taskFields.remove(c.state, f.SID)
	return http.StatusNoContent, nil, nil
}
