package flow

import (
	"maps"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// widget is what Studio requires of a state of one type.
type widget struct {
	events     []string // empty: not known, any is accepted
	text       []string // properties that are strings
	integers   []string
	booleans   []string
	lists      []string
	objects    []string
	required   []string
	properties bool // whether the properties are known
}

// kinds returns the JSON types of a widget's properties. An integer is '0'.
func (w widget) kinds() map[string]jsontext.Kind {
	kinds := map[string]jsontext.Kind{}
	for kind, names := range map[jsontext.Kind][]string{'"': w.text, '0': w.integers, 't': w.booleans, '[': w.lists, '{': w.objects} {
		for _, name := range names {
			kinds[name] = kind
		}
	}
	return kinds
}

// deadType is the widget of Autopilot, shut down by Twilio on 2023-08-25.
const deadType = "send-to-auto-pilot"

// allowed are the values of properties that accept only a few, in any widget.
var allowed = map[string][]string{
	"message_type":  {"custom", "content_template"},
	"flow_revision": {"LatestPublished"},
	"method":        {"GET", "POST"},
}

func typeNames() []string { return slices.Sorted(maps.Keys(widgets)) }

// widgets are the types of Twilio's schema
// (https://www.twilio.com/docs/studio/rest-api/v2/schemas) and of its catalogue for
// generators (github.com/twilio/ai, skills/twilio/twilio-flows). What each accepts is from
// that catalogue, exported flows and the structs of RJPearson94/twilio-sdk-go; of some
// only the name is known.
var widgets = map[string]widget{
	triggerType: {
		properties: true,
		events:     []string{"incomingMessage", "incomingCall", "incomingConversationMessage", "incomingRequest", "incomingParent"},
	},
	"send-message": {
		properties: true,
		events:     []string{"sent", "failed"},
		required:   []string{"from"},
		text:       []string{"from", "to", "body", "media_url", "service", "channel", "attributes", "message_type", "content_sid"},
		booleans:   []string{"shorten_urls"},
		lists:      []string{"content_variables"},
	},
	"send-and-wait-for-reply": {
		properties: true,
		events:     []string{"incomingMessage", "timeout", "deliveryFailure"},
		required:   []string{"from"},
		text: []string{"from", "body", "timeout", "save_response_as", "media_url", "service", "channel", "attributes",
			"message_type", "content_sid"},
		lists: []string{"content_variables"},
	},
	"say-play": {
		properties: true,
		events:     []string{"audioComplete"},
		text:       []string{"say", "play", "digits", "voice", "language"},
		integers:   []string{"loop"},
	},
	"gather-input-on-call": {
		properties: true,
		events:     []string{"keypress", "speech", "timeout"},
		text: []string{"say", "play", "voice", "language", "finish_on_key", "save_response_as", "gather_language",
			"speech_timeout", "speech_model", "hints", "profanity_filter"},
		integers: []string{"loop", "timeout", "number_of_digits"},
		booleans: []string{"stop_gather"},
	},
	"split-based-on": {
		properties: true,
		events:     []string{"noMatch", matchEvent},
		required:   []string{"input"},
		text:       []string{"input"},
	},
	"set-variables": {
		properties: true,
		events:     []string{"next"},
		lists:      []string{"variables"},
	},
	"make-http-request": {
		properties: true,
		events:     []string{"success", "failed"},
		required:   []string{"url"},
		text:       []string{"url", "method", "content_type", "body"},
		booleans:   []string{"add_twilio_auth"},
		lists:      []string{"parameters"},
	},
	"run-function": {
		properties: true,
		events:     []string{"success", "fail"},
		required:   []string{"url"},
		text:       []string{"url", "service_sid", "environment_sid", "function_sid"},
		lists:      []string{"parameters"},
	},
	"add-twiml-redirect": {
		properties: true,
		events:     []string{"return", "timeout", "fail"},
		required:   []string{"url"},
		text:       []string{"url", "method", "timeout"},
	},
	"enqueue-call": {
		properties: true,
		events:     []string{"callComplete", "failedToEnqueue", "callFailure"},
		text:       []string{"workflow_sid", "queue_name", "task_attributes", "wait_url", "wait_url_method"},
		integers:   []string{"priority", "timeout"},
	},
	"send-to-flex": {
		properties: true,
		events:     []string{"callComplete", "failedToEnqueue", "callFailure", "composerStarted"},
		required:   []string{"workflow", "channel"},
		text:       []string{"workflow", "channel", "attributes", "priority", "timeout", "waitUrl", "waitUrlMethod"},
	},
	"connect-call-to": {
		properties: true,
		events:     []string{"callCompleted", "hangup"},
		required:   []string{"noun"},
		text:       []string{"noun", "to", "caller_id", "time_limit", "sip_endpoint", "sip_username", "sip_password"},
		integers:   []string{"timeout"},
		booleans:   []string{"record"},
	},
	subflowType: {
		properties: true,
		events:     []string{"completed", "failed"},
		required:   []string{"flow_sid", "flow_revision"},
		text:       []string{"flow_sid", "flow_revision"},
		lists:      []string{"parameters"},
	},
	"capture-payments": {
		properties: true,
		events:     []string{"success", "maxFailedAttempts", "providerError", "payInterrupted", "hangup", "validationError"},
		text: []string{"postal_code", "payment_connector", "payment_token_type", "payment_amount", "currency", "description",
			"language", "payment_method", "bank_account_type"},
		integers: []string{"timeout", "max_attempts", "min_postal_code_length"},
		booleans: []string{"security_code"},
		lists:    []string{"valid_card_types", "parameters"},
	},
	"fork-stream": {
		properties: true,
		events:     []string{"next"},
		text: []string{"stream_action", "stream_name", "stream_transport_type", "stream_connector", "stream_url",
			"stream_track"},
		lists: []string{"stream_parameters"},
	},
	"make-outgoing-call-v1": {
		properties: true,
		events:     []string{"answered", "busy", "noAnswer", "failed", "answeredByMachine", "hangup"},
		required:   []string{"from", "to"},
		text:       []string{"from", "to"},
		integers:   []string{"timeout"},
		booleans:   []string{"record"},
	},
	"make-outgoing-call-v2": {
		properties: true,
		events:     []string{"answered", "busy", "noAnswer", "failed"},
		required:   []string{"from", "to"},
		text: []string{"from", "to", "recording_channels", "recording_status_callback", "trim", "machine_detection",
			"machine_detection_timeout", "machine_detection_speech_threshold", "machine_detection_speech_end_threshold",
			"machine_detection_silence_timeout", "send_digits", "sip_auth_username", "sip_auth_password"},
		integers: []string{"timeout"},
		booleans: []string{"record", "detect_answering_machine"},
	},
	"record-call": {
		properties: true,
		events:     []string{"success", "failed"},
		text: []string{"recording_status_callback", "recording_status_callback_method", "recording_status_callback_events",
			"recording_channels", "trim"},
		booleans: []string{"record_call"},
	},
	"record-voicemail": {
		properties: true,
		events:     []string{"recordingComplete", "noAudio", "hangup"},
		text:       []string{"finish_on_key", "transcription_callback_url", "trim", "play_beep", "recording_status_callback_url"},
		integers:   []string{"timeout", "max_length"},
		booleans:   []string{"transcribe"},
	},
	"connect-virtual-agent": {
		properties: true,
		required:   []string{"connector"},
		text:       []string{"connector", "language", "sentiment_analysis", "status_callback"},
	},
	"connect-virtual-agent-v2": {
		properties: true,
		text: []string{"connector_name", "channel", "status_callback", "status_callback_method", "session_behavior",
			"resume_session_identification_method", "resume_session_identification_value", "resume_session_event_name"},
		integers: []string{"timeout"},
		lists:    []string{"configurations", "parameters"},
		objects:  []string{"connector_details"},
	},
	deadType:                     {events: []string{"sessionEnded", "failure", "timeout"}},
	"add-member-to-chat-channel": {},
	"create-chat-channel":        {},
	"create-task":                {},
	"run-function-v2":            {},
	"understand":                 {},
	"update-sync-object":         {},
	"start-conversation":         {},
	"resume-conversation":        {},
	"run-conversation-relay":     {},
}

// subflowType runs another flow.
const subflowType = "run-subflow"

// conditionTypes are those of Twilio's catalogue for generators (github.com/twilio/ai,
// skills/twilio/twilio-flows/references/widgets.md).
var conditionTypes = []string{
	"equal_to", "not_equal_to", "matches_any_of", "does_not_match_any_of", "is_blank", "is_not_blank", "regex",
	"contains", "does_not_contain", "starts_with", "does_not_start_with", "less_than", "greater_than",
	"is_before_time", "is_after_time", "is_before_date", "is_after_date",
}
