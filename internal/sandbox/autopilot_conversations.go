package sandbox

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run/autopilot"
)

// dialoguesKept is how many ended dialogues of an assistant are stored, the
// newest.
const dialoguesKept = 200

// dialogue is a Dialogue of an assistant with a contact.
type dialogue struct {
	record
	AssistantSID string          `json:"assistant_sid"`
	Contact      string          `json:"contact"`
	Channel      string          `json:"channel"` // messaging or voice
	Address      string          `json:"address"`
	TargetTask   string          `json:"target_task,omitempty"`
	Over         bool            `json:"over,omitempty"`
	WaitsUntil   time.Time       `json:"waits_until"`
	Conversation json.RawMessage `json:"conversation"`
}

var dialogues = newTable[dialogue]("autopilot_dialogues")

// fetchDialogue answers with the memory of the dialogue.
func fetchDialogue(c *call) (int, any, error) {
	a, err := c.assistant()
	if err != nil {
		return 0, nil, err
	}
	d, ok := dialogues.get(c.state, c.PathValue("Sid"))
	if !ok || d.AssistantSID != a.SID {
		return 0, nil, c.notFound()
	}
	return http.StatusOK, object{
		"account_sid": d.AccountSID, "assistant_sid": d.AssistantSID, "sid": d.SID, "data": d.Conversation,
		"url": autopilotURL(a.SID + "/Dialogues/" + d.SID),
	}, nil
}

// openAssistant finds a contact's dialogue with an assistant or begins one. The
// webhook's URL may name the task to begin with and what to remember
// (https://www.twilio.com/docs/autopilot/channels/sms).
func openAssistant(s *Sandbox, st *state, sid, webhook string, who run.Contact) (*session, error) {
	if d, ok := s.activeDialogue(st, who, sid); ok {
		return s.resumeDialogue(st, d)
	}
	d := dialogue{
		record: record{SID: s.newSID("UK"), AccountSID: who.AccountSID}, AssistantSID: sid,
		Contact: who.From, Channel: who.Channel, Address: who.To,
	}
	memory := map[string]any{}
	if u, err := url.Parse(webhook); err == nil {
		d.TargetTask = u.Query().Get("TargetTask")
		if text := u.Query().Get("Memory"); text != "" {
			if err := json.Unmarshal([]byte(text), &memory); err != nil {
				return nil, invalidParameter(90103, "Memory of the webhook is not a JSON object")
			}
		}
	}
	model, options, err := s.assistantModel(st, d)
	if err != nil {
		return nil, err
	}
	options.Memory = memory
	talk := s.dialogueSession(st, d, model.Start(options))
	talk.fresh = true
	return talk, nil
}

func assistantCall(s *Sandbox, st *state, who run.Contact) (*session, error) {
	d, ok := s.activeDialogue(st, who, "")
	if !ok {
		return nil, nil
	}
	return s.resumeDialogue(st, d)
}

func (s *Sandbox) activeDialogue(st *state, who run.Contact, sid string) (dialogue, bool) {
	now := moment(s.clock())
	return dialogues.first(st, func(d dialogue) bool {
		return !d.Over && now.Before(d.WaitsUntil) && (sid == "" || d.AssistantSID == sid) && d.AccountSID == who.AccountSID &&
			d.Contact == who.From && d.Address == who.To && d.Channel == who.Channel
	})
}

func (s *Sandbox) resumeDialogue(st *state, d dialogue) (*session, error) {
	model, options, err := s.assistantModel(st, d)
	if err != nil {
		return nil, err
	}
	conversation, err := model.Resume(d.Conversation, options)
	if err != nil {
		return nil, lost("dialogue "+d.SID, err)
	}
	return s.dialogueSession(st, d, conversation), nil
}

func (s *Sandbox) dialogueSession(st *state, d dialogue, conversation run.Conversation) *session {
	talk := &session{conversation: conversation, begin: run.Call()}
	if a, ok := assistants.get(st, d.AssistantSID); ok {
		talk.bot = a.bot()
	}
	talk.keep = func(st *state, turn run.Turn, now time.Time) error {
		if current, there := dialogues.get(st, d.SID); !talk.fresh && (!there || current.Over) {
			return nil
		}
		text, err := conversation.Save()
		if err != nil {
			return err
		}
		if talk.fresh {
			d.DateCreated = now
		}
		d.DateUpdated, d.Conversation, d.Over = now, text, turn.Ended
		if d.WaitsUntil = now.Add(turn.Wait); d.Channel == channelVoice {
			d.WaitsUntil = d.DateCreated.Add(callLimit)
		}
		dialogues.put(st, d)
		old := dialogues.list(st, func(o dialogue) bool {
			return o.AssistantSID == d.AssistantSID && (o.Over || !now.Before(o.WaitsUntil))
		})
		for _, gone := range old[min(len(old), dialoguesKept):] {
			dialogues.remove(st, gone.SID)
		}
		return nil
	}
	return talk
}

// assistantModel is the current state of an assistant, in the form of an export. It
// understands nothing before its first model build is completed; what it
// understands after that is what its samples are now.
func (s *Sandbox) assistantModel(st *state, d dialogue) (*autopilot.Assistant, autopilot.Options, error) {
	a, _ := assistants.get(st, d.AssistantSID)
	now := moment(s.clock())
	_, built := modelBuilds.first(st, func(b modelBuild) bool {
		return b.AssistantSID == a.SID && !b.Fails && !now.Before(b.Ready)
	})
	options := autopilot.Options{
		Contact: run.Contact{AccountSID: d.AccountSID, From: d.Contact, To: d.Address, Channel: d.Channel},
		World:   s.world(d.AccountSID), AssistantSID: d.AssistantSID, SID: d.SID, TargetTask: d.TargetTask, Untrained: !built,
	}
	model, err := autopilot.Parse(encodeJSON(exportAssistant(st, a)))
	return model, options, err
}

// exportAssistant writes an assistant as twilio autopilot:export did, in the
// order in which its parts were created.
func exportAssistant(st *state, a assistant) object {
	typeNames := map[string]string{}
	exportedTypes := []object{}
	for _, t := range oldestFirst(fieldTypes.list(st, func(t fieldType) bool { return t.AssistantSID == a.SID })) {
		typeNames[t.SID] = t.UniqueName
		valuesOf := []object{}
		for _, v := range oldestFirst(fieldValues.list(st, func(v fieldValue) bool { return v.FieldTypeSID == t.SID })) {
			synonym := any(nil)
			if of, ok := fieldValues.get(st, v.SynonymOf); ok {
				synonym = of.Value
			}
			valuesOf = append(valuesOf, object{"language": v.Language, "value": v.Value, "synonymOf": synonym})
		}
		exportedTypes = append(exportedTypes, object{"uniqueName": t.UniqueName, "values": valuesOf})
	}
	exportedTasks := []object{}
	for _, t := range oldestFirst(tasks.list(st, func(t task) bool { return t.AssistantSID == a.SID })) {
		fieldsOf, samplesOf := []object{}, []object{}
		for _, f := range oldestFirst(taskFields.list(st, func(f taskField) bool { return f.TaskSID == t.SID })) {
			name := f.FieldType
			if of, ok := typeNames[name]; ok {
				name = of
			}
			fieldsOf = append(fieldsOf, object{"uniqueName": f.UniqueName, "fieldType": name})
		}
		for _, sample := range oldestFirst(taskSamples.list(st, func(sample taskSample) bool { return sample.TaskSID == t.SID })) {
			samplesOf = append(samplesOf, object{"language": sample.Language, "taggedText": sample.TaggedText})
		}
		exportedTasks = append(exportedTasks, object{
			"uniqueName": t.UniqueName, "actions": t.Actions, "actionsUrl": t.ActionsURL, "fields": fieldsOf, "samples": samplesOf,
		})
	}
	return object{
		"uniqueName": a.UniqueName, "defaults": a.Defaults, "styleSheet": a.StyleSheet,
		"fieldTypes": exportedTypes, "tasks": exportedTasks,
	}
}

func oldestFirst[T any](rows []T) []T {
	slices.Reverse(rows)
	return rows
}
