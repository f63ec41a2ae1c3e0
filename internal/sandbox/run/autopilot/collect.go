package autopilot

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
)

// collecting is a collect in progress
// (https://www.twilio.com/docs/autopilot/actions/collect). It keeps its initial
// definition, even if the task changes meanwhile.
type collecting struct {
	Questions json.RawMessage `json:"collect"`
	Index     int             `json:"index"`    // of the question that is asked
	Attempts  int             `json:"attempts"` // wrong answers to it so far
}

type collect struct {
	Name       string     `json:"name"`
	Questions  []question `json:"questions"`
	OnComplete struct {
		Redirect target `json:"redirect"`
	} `json:"on_complete"`
}

type question struct {
	Question    speech       `json:"question"`
	Name        string       `json:"name"`
	Type        string       `json:"type"`
	VoiceDigits *voiceDigits `json:"voice_digits"`
	Validate    *validate    `json:"validate"`
	// Prefill names what may already be known: a field of the sentence that led to
	// the task, or a remembered value. Then the question is skipped.
	Prefill string `json:"prefill"`
}

type validate struct {
	AllowedValues    values     `json:"allowed_values"`
	DisallowedValues values     `json:"disallowed_values"`
	Webhook          target     `json:"webhook"`
	OnFailure        *onFailure `json:"on_failure"`
	OnSuccess        success    `json:"on_success"`
	MaxAttempts      struct {
		Redirect    target      `json:"redirect"`
		NumAttempts json.Number `json:"num_attempts"`
	} `json:"max_attempts"`
}

// UnmarshalJSON implements json.Unmarshaler: validate may be just true.
func (v *validate) UnmarshalJSON(text []byte) error {
	if string(text) == "true" || string(text) == "false" {
		return nil
	}
	type plain validate
	var fields struct {
		plain
		Webhook struct{ URL, Method string } `json:"webhook"`
	}
	if err := json.Unmarshal(text, &fields); err != nil {
		return err
	}
	*v = validate(fields.plain)
	v.Webhook = target{URI: fields.Webhook.URL, Method: fields.Webhook.Method}
	return nil
}

type values struct {
	List []any `json:"list"`
}

// has looks for a text among the values, normalised.
func (v values) has(text string) (string, bool) {
	for _, value := range v.List {
		if s, ok := value.(string); ok && normal(s) == normal(text) {
			return s, true
		}
	}
	return "", false
}

type onFailure struct {
	Messages []struct {
		Say speech `json:"say"`
	} `json:"messages"`
	RepeatQuestion bool `json:"repeat_question"`
}

type success struct {
	Say speech `json:"say"`
}

// defaultAttempts is how many answers a question accepts by default
// (https://www.twilio.com/docs/autopilot/api/assistant/stylesheet).
const defaultAttempts = 4

// collect starts to ask questions.
func (t *turn) collect(text json.RawMessage) (next target, err error) {
	var c collect
	if err := json.Unmarshal(text, &c); err != nil {
		return next, err
	}
	if c.Name == "" {
		return next, errors.New("it has no name")
	}
	t.Collect = &collecting{Questions: text}
	if next, left := t.pose(c); left {
		t.Over = next.URI == ""
		return next, nil
	}
	return next, nil
}

// pose asks the next question that has no answer yet. When there is none, the collect
// has ended, and it returns the target that follows.
func (t *turn) pose(c collect) (to target, left bool) {
	for ; t.Collect.Index < len(c.Questions); t.Collect.Index++ {
		q := c.Questions[t.Collect.Index]
		known, ok := t.known(q)
		if !ok {
			t.say(q.Question)
			return target{}, false
		}
		t.store(c, q, known)
	}
	return t.complete(c), true
}

// known is the answer to a question that is skipped.
func (t *turn) known(q question) (value string, ok bool) {
	if q.Prefill == "" {
		return "", false
	}
	if value = t.Fields[q.Prefill]; value == "" {
		value, _ = t.saved.Memory[q.Prefill].(string)
	}
	return value, strings.TrimSpace(value) != ""
}

// answered stores the answer to a question and continues with the next, or with the
// target of the collect.
func (t *turn) answered(e run.Event) {
	if to, left := t.answer(e); left {
		t.follow(to)
	}
}

// answer stores the answer to a question. When that ends the collect, left is true and
// it returns the target that follows.
func (t *turn) answer(e run.Event) (to target, left bool) {
	var c collect
	if err := json.Unmarshal(t.Collect.Questions, &c); err != nil || t.Collect.Index >= len(c.Questions) {
		return t.assistant.defaults.Fallback, true
	}
	q := c.Questions[t.Collect.Index]
	text := e.Text
	if e.Kind == run.KindDigits && q.VoiceDigits != nil {
		text = q.VoiceDigits.pressed(e.Text)
		if mapped, ok := q.VoiceDigits.Mapping[text]; ok {
			text = mapped
		}
	}
	value, ok := t.valid(q, text)
	if !ok {
		return t.wrong(q)
	}
	t.store(c, q, value)
	said := t.assistant.styleSheet.Collect.Validate.OnSuccess.Say
	if q.Validate != nil && q.Validate.OnSuccess.Say != "" {
		said = q.Validate.OnSuccess.Say
	}
	t.say(said)
	t.Collect.Attempts = 0
	t.Collect.Index++
	return t.pose(c)
}

// valid reads an answer. Where a question lists allowed values, those are valid,
// whether or not they are of its type, and so is another way to say one.
func (t *turn) valid(q question, text string) (value string, ok bool) {
	if v := q.Validate; q.Type == "" && t.Contact.Channel != run.Voice && (v == nil || len(v.AllowedValues.List)+len(v.DisallowedValues.List) == 0 && v.Webhook.URI == "") {
		return strings.TrimSpace(text), true // any text answers a question without a type
	}
	if text = sentence(text); text == "" {
		return "", false
	}
	v := q.Validate
	if v == nil {
		v = &validate{}
	}
	allowed, listed := v.AllowedValues.has(text)
	value = text
	if q.Type != "" {
		canonical, typed, known := t.assistant.understood(q.Type, text, t.Literal)
		switch {
		case !known:
			t.problem(90104, "Invalid Collect Field Type: the question %s is of type %s, which does not exist", q.Name, q.Type)
		case typed:
			value = canonical
		case !listed:
			return "", false
		}
	}
	if !listed && len(v.AllowedValues.List) > 0 {
		if allowed, listed = v.AllowedValues.has(value); !listed {
			return "", false
		}
	}
	if listed {
		value = allowed
	}
	for _, said := range []string{text, value} {
		if _, not := v.DisallowedValues.has(said); not {
			return "", false
		}
	}
	if v.Webhook.URI != "" && !t.validates(v.Webhook, q, value) {
		return "", false
	}
	return value, true
}

// wrong reports an invalid answer, or ends the collect after too many.
func (t *turn) wrong(q question) (to target, left bool) {
	style := t.assistant.styleSheet.Collect.Validate
	failure, most, giveUp := style.OnFailure, style.MaxAttempts, target{}
	if v := q.Validate; v != nil {
		if v.OnFailure != nil {
			failure = *v.OnFailure
		}
		if v.MaxAttempts.NumAttempts != "" {
			most = v.MaxAttempts.NumAttempts
		}
		giveUp = v.MaxAttempts.Redirect
	}
	limit, err := most.Int64()
	if err != nil || limit < 1 {
		limit = defaultAttempts
	}
	t.Collect.Attempts++
	if int64(t.Collect.Attempts) >= limit {
		for _, to := range []target{giveUp, t.assistant.defaults.Collect.ValidateOnFailure, t.assistant.defaults.Fallback} {
			if to.URI != "" {
				return to, true
			}
		}
		return target{}, true
	}
	if n := len(failure.Messages); n > 0 {
		t.say(failure.Messages[min(t.Collect.Attempts, n)-1].Say)
	}
	if failure.RepeatQuestion || len(failure.Messages) == 0 {
		t.say(q.Question)
	}
	return target{}, false
}

// complete ends a collect and returns its on_complete.
func (t *turn) complete(c collect) target {
	t.collected(c)["status"] = "complete"
	return c.OnComplete.Redirect
}

// collected is the part of Memory for a collect: twilio.collected_data.{name}.
func (t *turn) collected(c collect) map[string]any {
	return nested(nested(nested(t.saved.Memory, "twilio"), "collected_data"), c.Name)
}

func (t *turn) store(c collect, q question, value string) {
	answer := nested(nested(t.collected(c), "answers"), q.Name)
	answer["answer"] = value
	if q.Type != "" {
		answer["type"] = q.Type
	}
}

// nested is an object inside an object, created where it is absent.
func nested(in map[string]any, key string) map[string]any {
	inner, ok := in[key].(map[string]any)
	if !ok {
		inner = map[string]any{}
		in[key] = inner
	}
	return inner
}

// named are the types whose values are any words, so that they cannot be separated
// from the words around them.
var named = []string{"ALPHANUMERIC", "LANGUAGE", "COUNTRY", "CURRENCY", "CITY", "FIRST_NAME", "LAST_NAME", "COUNTRY_ISO_ALPHA2", "COUNTRY_ISO_ALPHA3"}

// understood finds a value of a type in an answer: the answer itself or, unless
// literal, the longest sequence of its words that is one.
func (a *Assistant) understood(typeName, text string, literal bool) (value string, ok, known bool) {
	value, ok, known = a.typed(typeName, text)
	if ok || !known || literal || slices.Contains(named, strings.ToUpper(strings.TrimPrefix(typeName, "Twilio."))) {
		return value, ok, known
	}
	parts := strings.Fields(text)
	for length := len(parts) - 1; length > 0; length-- {
		for from := 0; from+length <= len(parts); from++ {
			if value, ok, _ = a.typed(typeName, strings.Join(parts[from:from+length], " ")); ok {
				return value, true, true
			}
		}
	}
	return "", false, true
}
