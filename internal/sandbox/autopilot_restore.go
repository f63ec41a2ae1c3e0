package sandbox

import (
	"net/http"
	"time"
)

// deletedKept is how long a deleted assistant reserves its name and can be
// restored. Twilio documents neither; users of another provider observed both.
const deletedKept = 30 * 24 * time.Hour

// forgotten reports whether a deleted assistant can no longer be restored.
func (c *call) forgotten(a assistant) bool {
	return a.Deleted != nil && !c.now.Before(a.Deleted.Add(deletedKept))
}

// forget removes what can no longer be restored, so that a file does not grow forever.
func (c *call) forget() {
	for _, a := range assistants.list(c.state, c.forgotten) {
		removeAll(c.state, tasks, func(t task) bool { return t.AssistantSID == a.SID })
		removeAll(c.state, taskFields, func(f taskField) bool { return f.AssistantSID == a.SID })
		removeAll(c.state, taskSamples, func(s taskSample) bool { return s.AssistantSID == a.SID })
		removeAll(c.state, fieldTypes, func(t fieldType) bool { return t.AssistantSID == a.SID })
		removeAll(c.state, fieldValues, func(v fieldValue) bool { return v.AssistantSID == a.SID })
		removeAll(c.state, modelBuilds, func(b modelBuild) bool { return b.AssistantSID == a.SID })
		removeAll(c.state, queries, func(q query) bool { return q.AssistantSID == a.SID })
		removeAll(c.state, autopilotWebhooks, func(w autopilotWebhook) bool { return w.AssistantSID == a.SID })
		removeAll(c.state, dialogues, func(d dialogue) bool { return d.AssistantSID == a.SID })
		assistants.remove(c.state, a.SID)
	}
}

func deleteAssistant(c *call) (int, any, error) {
	a, err := c.assistant()
	if err != nil {
		return 0, nil, err
	}
	if c.state.settings.StrictDeletes && (has(c, tasks, func(t task) bool { return t.AssistantSID == a.SID }) ||
		has(c, fieldTypes, func(t fieldType) bool { return t.AssistantSID == a.SID }) ||
		has(c, modelBuilds, func(b modelBuild) bool { return b.AssistantSID == a.SID })) {
		return 0, nil, errHasContent("assistant " + a.SID)
	}
	now := c.now // c.now's own address would keep the whole call in memory
	a.Deleted = &now
	assistants.put(c.state, a)
	return http.StatusNoContent, nil, nil
}

// restoreAssistant brings an assistant back with all it had. One that is not deleted
// is not found, which Twilio's documents leave open.
func restoreAssistant(c *call) (int, any, error) {
	f := c.fields()
	f.required("Assistant")
	if f.err != nil {
		return 0, nil, f.err
	}
	a, err := named(c, assistants, c.params.Get("Assistant"), func(a assistant) bool {
		return a.AccountSID == c.account.SID && a.Deleted != nil && !c.forgotten(a)
	}, func(a assistant) string { return a.UniqueName })
	if err != nil {
		return 0, nil, err
	}
	a.Deleted = nil
	c.touch(&a.record)
	assistants.put(c.state, a)
	return http.StatusOK, renderRestored(c, a), nil
}
