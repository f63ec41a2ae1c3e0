package autopilot

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
)

// listen is what a dialogue that waits for the contact listens for.
type listen struct {
	Tasks       []string     `json:"tasks,omitempty"` // empty: all
	VoiceDigits *voiceDigits `json:"voice_digits,omitempty"`
}

// voiceDigits is the meaning of a caller's keys.
type voiceDigits struct {
	NumDigits   json.Number       `json:"num_digits,omitempty"`
	FinishOnKey string            `json:"finish_on_key,omitempty"`
	Redirects   map[string]target `json:"redirects,omitempty"` // of a listen
	Mapping     map[string]string `json:"mapping,omitempty"`   // of a question
}

func (d *voiceDigits) pressed(keys string) string {
	finish := d.FinishOnKey
	if finish == "" {
		finish = "#"
	}
	count, err := d.NumDigits.Int64()
	if err != nil {
		count = 0
	}
	return run.Pressed(keys, int(count), finish)
}

// handoff transfers a call.
type handoff struct {
	URI    string `json:"uri"`
	Method string `json:"method"`
}

// workflow is the TaskRouter workflow a handoff leads to, if it leads to one.
func (h handoff) workflow() (string, bool) { return strings.CutPrefix(h.URI, "taskrouter://") }

type show struct {
	Body   string `json:"body"`
	Images []struct {
		Label string `json:"label"`
		URL   string `json:"url"`
	} `json:"images"`
}

// action is one verb of a list of actions with its value.
type action struct {
	verb  string
	value json.RawMessage
}

// readActions reads a list of actions in its order. Twilio writes one verb per
// object; of several, the order of the text counts.
func readActions(list json.RawMessage) ([]action, error) {
	if len(list) == 0 {
		return nil, nil
	}
	var objects []json.RawMessage
	if err := json.Unmarshal(list, &objects); err != nil {
		return nil, err
	}
	var actions []action
	for _, object := range objects {
		decoder := json.NewDecoder(bytes.NewReader(object))
		if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
			return nil, errors.New("an action is not an object")
		}
		for decoder.More() {
			verb, err := decoder.Token()
			if err != nil {
				return nil, err
			}
			made := action{}
			made.verb, _ = verb.(string)
			if err := decoder.Decode(&made.value); err != nil {
				return nil, err
			}
			actions = append(actions, made)
		}
	}
	return actions, nil
}

// follow runs the target, and then what it redirects to, until the dialogue
// listens or ends. An empty target ends it.
func (t *turn) follow(to target) {
	t.Listen, t.Collect = nil, nil
	for {
		actions, ok := t.actionsOf(to)
		if !ok {
			t.Over = true
			return
		}
		next, on := t.run(actions)
		if !on {
			return
		}
		if t.redirects++; t.redirects > maxRedirects {
			t.problem(90102, "More than %d redirects in one request", maxRedirects)
			t.Over = true
			return
		}
		to = next
	}
}

// actionsOf finds the actions of a task or requests them from a URL.
func (t *turn) actionsOf(to target) ([]action, bool) {
	list := json.RawMessage(nil)
	name, isTask := to.task()
	switch {
	case to.URI == "":
		return nil, false
	case isTask:
		found := t.assistant.byName[name]
		if found == nil {
			t.problem(90102, "There is no task %s", name)
			return nil, false
		}
		t.saved.Task = name
		list = found.actions
		if found.actionsURL != "" {
			to = target{URI: found.actionsURL}
			isTask = false
		}
	}
	if !isTask {
		fetched, ok := t.fetch(to)
		if !ok {
			return nil, false
		}
		list = fetched
	}
	actions, err := readActions(list)
	if err != nil {
		p := run.Problemf(90100, "Invalid Autopilot Actions JSON: %v", err)
		if !isTask {
			p.URL = to.URI
		}
		t.Problems = append(t.Problems, p)
		return nil, false
	}
	return actions, true
}

// run runs actions in order. It returns the target of a redirect, if there is one;
// otherwise the dialogue listens, or has ended.
func (t *turn) run(actions []action) (next target, redirected bool) {
	for _, a := range actions {
		next, done, err := t.act(a)
		if err != nil {
			t.problem(90100, "Invalid Autopilot Actions JSON: %s of the task %s: %v", a.verb, t.Task(), err)
			continue
		}
		if done {
			return next, next.URI != "" && !t.Over
		}
	}
	t.Over = true
	return target{}, false
}

// act runs one action. done reports that the actions after it never run.
func (t *turn) act(a action) (next target, done bool, err error) {
	switch a.verb {
	case "say":
		var text speech
		err = json.Unmarshal(a.value, &text)
		t.say(text)
	case "show":
		var images show
		if err = json.Unmarshal(a.value, &images); err == nil && t.Contact.Channel != run.Voice {
			t.show(images)
		}
	case "play":
		var recording struct{ URL string }
		if err = json.Unmarshal(a.value, &recording); err == nil && t.Contact.Channel == run.Voice {
			t.Replies = append(t.Replies, run.Reply{Type: run.ReplyPlay, Text: recording.URL})
		}
	case "remember":
		var facts map[string]any
		err = json.Unmarshal(a.value, &facts)
		for key, value := range facts {
			t.saved.Memory[key] = value
		}
	case "redirect":
		err = json.Unmarshal(a.value, &next)
		if err == nil && next.URI == "" {
			err = errors.New("it leads nowhere")
		}
		return next, err == nil, err
	case "listen":
		wanted := &listen{}
		if string(a.value) == "false" {
			return next, false, nil
		}
		if string(a.value) != "true" {
			err = json.Unmarshal(a.value, wanted)
		}
		t.Listen = wanted
		return next, err == nil, err
	case "collect":
		next, err = t.collect(a.value)
		return next, err == nil, err
	case "handoff":
		var to handoff
		if err = json.Unmarshal(a.value, &to); err == nil {
			t.handOff(to)
		}
		return next, err == nil, err
	default:
		err = errors.New("there is no such action")
	}
	return next, false, err
}

func (t *turn) show(s show) {
	if len(s.Images) == 0 {
		t.say(speech(s.Body))
		return
	}
	for i, image := range s.Images {
		text := image.Label
		if i == 0 && s.Body != "" {
			text = s.Body
		}
		t.Replies = append(t.Replies, run.Reply{Type: run.ReplyMessage, Text: text, Media: []string{image.URL}})
	}
}
