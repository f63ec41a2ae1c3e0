package sandbox

import (
	"net/http"
)

// taskSample is a Sample of a task.
type taskSample struct {
	record
	AssistantSID  string `json:"assistant_sid"`
	TaskSID       string `json:"task_sid"`
	Language      string `json:"language"`
	TaggedText    string `json:"tagged_text"`
	SourceChannel string `json:"source_channel,omitempty"`
}

var taskSamples = newTable[taskSample]("autopilot_samples")

func renderSample(s taskSample) object {
	return object{
		"sid": s.SID, "account_sid": s.AccountSID, "assistant_sid": s.AssistantSID, "task_sid": s.TaskSID,
		"language": s.Language, "tagged_text": s.TaggedText, "source_channel": orNull(s.SourceChannel),
		"date_created": iso8601(s.DateCreated), "date_updated": iso8601(s.DateUpdated),
		"url": autopilotURL(s.AssistantSID + "/Tasks/" + s.TaskSID + "/Samples/" + s.SID),
	}
}

func (c *call) taskSample() (taskSample, error) {
	t, err := c.task()
	if err != nil {
		return taskSample{}, err
	}
	s, ok := taskSamples.get(c.state, c.PathValue("Sid"))
	if !ok || s.TaskSID != t.SID {
		return s, c.notFound()
	}
	return s, nil
}

func listSamples(c *call) (int, any, error) {
	t, err := c.task()
	if err != nil {
		return 0, nil, err
	}
	language := c.params.Get("Language")
	return listPage(c, "samples", taskSamples.list(c.state, func(s taskSample) bool {
		return s.TaskSID == t.SID && (language == "" || s.Language == language)
	}), renderSample)
}

func fetchSample(c *call) (int, any, error) {
	s, err := c.taskSample()
	return http.StatusOK, renderSample(s), err
}

func createSample(c *call) (int, any, error) {
	t, err := c.trainingTask()
	if err != nil {
		return 0, nil, err
	}
	if count(c, taskSamples, func(s taskSample) bool { return s.AssistantSID == t.AssistantSID }) >= maxSamples {
		return 0, nil, errOver("samples", maxSamples)
	}
	s := taskSample{record: c.newRecord("UF"), AssistantSID: t.AssistantSID, TaskSID: t.SID}
	f := c.fields()
	f.required("Language", "TaggedText")
	f.sample(&s)
	taskSamples.put(c.state, s)
	return http.StatusCreated, renderSample(s), f.result()
}

func updateSample(c *call) (int, any, error) {
	s, err := c.taskSample()
	if err == nil {
		_, err = c.training()
	}
	if err != nil {
		return 0, nil, err
	}
	f := c.fields()
	f.sample(&s)
	c.touch(&s.record)
	taskSamples.put(c.state, s)
	return http.StatusOK, renderSample(s), f.result()
}

func (f *fields) sample(s *taskSample) {
	f.nonEmpty("Language", &s.Language)
	f.nonEmpty("TaggedText", &s.TaggedText)
	f.oneOf("SourceChannel", &s.SourceChannel, 20001, "", "voice", "sms", "chat", "alexa", "google-assistant", "slack")
}

func deleteSample(c *call) (int, any, error) {
	s, err := c.taskSample()
	if err == nil {
		_, err = c.training()
	}
	if err != nil {
		return 0, nil, err
	}
	taskSamples.remove(c.state, s.SID)
	return http.StatusNoContent, nil, nil
}
