package autopilot

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Assistant is the content of an assistant, ready to run. It is safe for
// concurrent use.
type Assistant struct {
	defaults   defaults
	styleSheet styleSheet
	types      map[string]customType // custom field types, by unique name in lower case
	tasks      []*task
	byName     map[string]*task
}

// task is one of its tasks.
type task struct {
	name       string
	actions    json.RawMessage // the list of actions
	actionsURL string          // used instead of the list when set
	fields     map[string]string
	samples    []string
}

// defaults are the targets of a dialogue without another one.
type defaults struct {
	Initiation target `json:"assistant_initiation"` // a call begins
	Fallback   target `json:"fallback"`             // no task was understood
	Collect    struct {
		ValidateOnFailure target `json:"validate_on_failure"` // too many wrong answers
	} `json:"collect"`
}

// styleSheet is the default for questions.
type styleSheet struct {
	Collect struct {
		Validate struct {
			OnFailure   onFailure   `json:"on_failure"`
			OnSuccess   success     `json:"on_success"`
			MaxAttempts json.Number `json:"max_attempts"`
		} `json:"validate"`
	} `json:"collect"`
}

// target is the target of a redirect: "task://name", a URL, or an object of both
// a uri and a method.
type target struct {
	URI, Method string
}

// UnmarshalJSON implements json.Unmarshaler.
func (t *target) UnmarshalJSON(text []byte) error {
	if bytes.HasPrefix(text, []byte("{")) {
		var fields struct{ URI, Method string }
		err := json.Unmarshal(text, &fields)
		*t = target(fields)
		return err
	}
	return json.Unmarshal(text, &t.URI)
}

// task is the name of the task a target names, if it names one.
func (t target) task() (name string, ok bool) { return strings.CutPrefix(t.URI, "task://") }

// speech is a text, plain or as {"speech": ...} or {"say": ...}.
type speech string

// UnmarshalJSON implements json.Unmarshaler.
func (s *speech) UnmarshalJSON(text []byte) error {
	if !bytes.HasPrefix(text, []byte("{")) {
		return json.Unmarshal(text, (*string)(s))
	}
	var fields struct {
		Speech *speech `json:"speech"`
		Say    *speech `json:"say"`
	}
	if err := json.Unmarshal(text, &fields); err != nil {
		return err
	}
	switch {
	case fields.Speech != nil:
		*s = *fields.Speech
	case fields.Say != nil:
		*s = *fields.Say
	default:
		return errors.New("it has neither speech nor say")
	}
	return nil
}

// export is the file that twilio autopilot:export wrote
// (github.com/dabblelab/autopilot-core, exportAssistant.js), with the two parts
// of an assistant that it leaves out and a sandbox has.
type export struct {
	Defaults struct {
		Defaults defaults `json:"defaults"`
	} `json:"defaults"`
	StyleSheet struct {
		StyleSheet json.RawMessage `json:"style_sheet"`
	} `json:"styleSheet"`
	FieldTypes []struct {
		UniqueName string       `json:"uniqueName"`
		Values     []fieldValue `json:"values"`
	} `json:"fieldTypes"`
	Tasks []struct {
		UniqueName string `json:"uniqueName"`
		ActionsURL string `json:"actionsUrl"`
		Actions    struct {
			Actions json.RawMessage `json:"actions"`
		} `json:"actions"`
		Fields []struct {
			UniqueName string `json:"uniqueName"`
			FieldType  string `json:"fieldType"`
		} `json:"fields"`
		Samples []struct {
			TaggedText string `json:"taggedText"`
		} `json:"samples"`
	} `json:"tasks"`
}

type fieldValue struct {
	Value     string  `json:"value"`
	SynonymOf *string `json:"synonymOf"`
}

// StockStyleSheet is the style sheet that Twilio gives an assistant made without one.
// It is undocumented: exports of assistants without one of their own contain it.
const StockStyleSheet = `{"collect":{"validate":{"on_failure":{"repeat_question":false,"messages":[{"say":"I didn't get that. What did you say?"},{"say":"I still didn't catch that. Please repeat."},{"say":"Let's try one last time. Say it again please."}]},"on_success":{"say":""},"max_attempts":4}},"voice":{"say_voice":"Polly.Matthew"}}`

// isEmpty reports whether a file has no style sheet, or an empty one.
func isEmpty(sheet json.RawMessage) bool {
	text := strings.TrimSpace(string(sheet))
	return text == "" || text == "null" || text == "{}"
}

// Parse reads an assistant from the file that twilio autopilot:export wrote, also
// with an actionsUrl in a task. Order matters: of two tasks with the same sample the
// first has it.
func Parse(schema []byte) (*Assistant, error) {
	var file export
	if err := json.Unmarshal(schema, &file); err != nil {
		return nil, fmt.Errorf("assistant schema: %w", err)
	}
	if isEmpty(file.StyleSheet.StyleSheet) {
		file.StyleSheet.StyleSheet = json.RawMessage(StockStyleSheet)
	}
	var sheet styleSheet
	if err := json.Unmarshal(file.StyleSheet.StyleSheet, &sheet); err != nil {
		return nil, fmt.Errorf("assistant schema: the style sheet: %w", err)
	}
	a := &Assistant{
		defaults: file.Defaults.Defaults, styleSheet: sheet,
		types: map[string]customType{}, byName: map[string]*task{},
	}
	for _, t := range file.FieldTypes {
		a.types[strings.ToLower(t.UniqueName)] = newCustomType(t.Values)
	}
	for _, t := range file.Tasks {
		made := &task{name: t.UniqueName, actions: t.Actions.Actions, actionsURL: t.ActionsURL, fields: map[string]string{}}
		for _, f := range t.Fields {
			made.fields[f.UniqueName] = f.FieldType
		}
		for _, s := range t.Samples {
			made.samples = append(made.samples, s.TaggedText)
		}
		a.tasks = append(a.tasks, made)
		if a.byName[made.name] == nil {
			a.byName[made.name] = made
		}
	}
	return a, nil
}
