package flow

import "slices"

// widget is what Studio requires of a state of one type.
type widget struct {
	events     []string // empty: not known, any is accepted
	properties map[string]kind
	required   []string
	values     map[string][]string // of the properties that have few
	open       bool                // the properties are not known, any is accepted
}

// allowed are the properties a state may have; offset, its position on the canvas,
// is allowed everywhere.
func (w widget) allowed() map[string]bool {
	names := map[string]bool{"offset": true}
	for name := range w.properties {
		names[name] = true
	}
	return names
}

// types are those of Twilio's schema and of its newer catalogue for generators.
// send-to-auto-pilot has done nothing since Autopilot was shut down, but older flows
// still have it.
var types = []string{
	"trigger", "capture-payments", "connect-call-to", "enqueue-call", "connect-virtual-agent",
	"connect-virtual-agent-v2", "fork-stream", "gather-input-on-call", "make-http-request",
	"make-outgoing-call-v1", "make-outgoing-call-v2", "record-call", "record-voicemail", "run-function",
	"say-play", "send-and-wait-for-reply", "send-message", "send-to-flex", "set-variables",
	"split-based-on", "add-twiml-redirect", "run-subflow", "send-to-auto-pilot", "add-member-to-chat-channel",
	"create-chat-channel", "create-task", "run-function-v2", "understand", "update-sync-object",
	"run-conversation-relay", "start-conversation", "resume-conversation",
}

func isType(name string) bool { return slices.Contains(types, name) }

var getOrPost = []string{"GET", "POST"}

// widgets has the types whose rules are known, from exported flows, Twilio's
// catalogue (github.com/twilio/ai, twilio-flows) and public clients.
var widgets = map[string]widget{
	"trigger": {
		events: []string{"incomingMessage", "incomingCall", "incomingConversationMessage", "incomingRequest", "incomingParent"},
	},
	"capture-payments": {
		events: []string{"success", "maxFailedAttempts", "providerError", "payInterrupted", "hangup", "validationError"},
		properties: map[string]kind{
			"timeout": integer, "max_attempts": integer, "security_code": boolean, "postal_code": text,
			"payment_connector": text, "payment_token_type": text, "payment_amount": text, "currency": text,
			"description": text, "valid_card_types": array, "language": text, "min_postal_code_length": integer,
			"payment_method": text, "bank_account_type": text, "parameters": array,
		},
	},
	"connect-call-to": {
		events: []string{"callCompleted", "hangup"},
		properties: map[string]kind{
			"to": text, "caller_id": text, "record": boolean, "noun": text, "sip_endpoint": text,
			"sip_username": text, "sip_password": text, "timeout": integer, "time_limit": text,
		},
		required: []string{"noun"},
	},
	"enqueue-call": {
		events: []string{"callComplete", "failedToEnqueue", "callFailure"},
		properties: map[string]kind{
			"workflow_sid": text, "queue_name": text, "priority": integer, "timeout": integer,
			"task_attributes": text, "wait_url": text, "wait_url_method": text,
		},
	},
	"connect-virtual-agent": {
		properties: map[string]kind{
			"connector": text, "language": text, "sentiment_analysis": text, "status_callback": text,
		},
		required: []string{"connector"},
	},
	"connect-virtual-agent-v2": {
		properties: map[string]kind{
			"configurations": array, "connector_name": text, "connector_details": anObj, "channel": text,
			"parameters": array, "status_callback": text, "status_callback_method": text, "timeout": integer,
			"session_behavior": text, "resume_session_identification_method": text,
			"resume_session_identification_value": text, "resume_session_event_name": text,
		},
	},
	"fork-stream": {
		events: []string{"next"},
		properties: map[string]kind{
			"stream_action": text, "stream_name": text, "stream_transport_type": text, "stream_connector": text,
			"stream_url": text, "stream_track": text, "stream_parameters": array,
		},
	},
	"gather-input-on-call": {
		events: []string{"keypress", "speech", "timeout"},
		properties: map[string]kind{
			"timeout": integer, "finish_on_key": text, "stop_gather": boolean, "number_of_digits": integer,
			"save_response_as": text, "say": text, "play": text, "voice": text, "language": text,
			"loop": integer, "hints": text, "gather_language": text, "speech_timeout": text,
			"speech_model": text, "profanity_filter": text,
		},
	},
	"make-http-request": {
		events: []string{"success", "failed"},
		properties: map[string]kind{
			"method": text, "url": text, "body": text, "parameters": array, "content_type": text,
			"add_twilio_auth": boolean,
		},
		required: []string{"url"},
		values:   map[string][]string{"method": getOrPost},
	},
	"make-outgoing-call-v1": {
		events: []string{"answered", "busy", "noAnswer", "failed", "answeredByMachine", "hangup"},
		properties: map[string]kind{
			"from": text, "to": text, "record": boolean, "timeout": integer,
		},
		required: []string{"from", "to"},
	},
	"make-outgoing-call-v2": {
		events: []string{"answered", "busy", "noAnswer", "failed"},
		properties: map[string]kind{
			"from": text, "to": text, "record": boolean, "recording_channels": text,
			"recording_status_callback": text, "trim": text, "detect_answering_machine": boolean,
			"machine_detection": text, "machine_detection_timeout": text,
			"machine_detection_speech_threshold": text, "machine_detection_speech_end_threshold": text,
			"machine_detection_silence_timeout": text, "send_digits": text, "timeout": integer,
			"sip_auth_username": text, "sip_auth_password": text,
		},
		required: []string{"from", "to"},
	},
	"record-call": {
		events: []string{"success", "failed"},
		properties: map[string]kind{
			"record_call": boolean, "recording_status_callback": text, "recording_status_callback_method": text,
			"recording_status_callback_events": text, "recording_channels": text, "trim": text,
		},
	},
	"record-voicemail": {
		events: []string{"recordingComplete", "noAudio", "hangup"},
		properties: map[string]kind{
			"timeout": integer, "finish_on_key": text, "max_length": integer, "transcribe": boolean,
			"transcription_callback_url": text, "trim": text, "play_beep": text,
			"recording_status_callback_url": text,
		},
	},
	"run-function": {
		events: []string{"success", "fail"},
		properties: map[string]kind{
			"url": text, "parameters": array, "service_sid": text, "environment_sid": text, "function_sid": text,
		},
		required: []string{"url"},
	},
	"say-play": {
		events: []string{"audioComplete"},
		properties: map[string]kind{
			"say": text, "play": text, "voice": text, "language": text, "loop": integer, "digits": text,
		},
	},
	"send-and-wait-for-reply": {
		events: []string{"incomingMessage", "timeout", "deliveryFailure"},
		properties: map[string]kind{
			"body": text, "from": text, "timeout": text, "save_response_as": text, "media_url": text,
			"service": text, "channel": text, "attributes": text, "content_sid": text,
			"content_variables": array, "message_type": text,
		},
		required: []string{"from"},
		values:   map[string][]string{"message_type": {"custom", "content_template"}},
	},
	"send-message": {
		events: []string{"sent", "failed"},
		properties: map[string]kind{
			"body": text, "from": text, "to": text, "media_url": text, "service": text, "channel": text,
			"attributes": text, "content_sid": text, "content_variables": array, "message_type": text,
			"shorten_urls": boolean,
		},
		required: []string{"from"},
		values:   map[string][]string{"message_type": {"custom", "content_template"}},
	},
	"send-to-flex": {
		events: []string{"callComplete", "failedToEnqueue", "callFailure", "composerStarted"},
		properties: map[string]kind{
			"workflow": text, "channel": text, "attributes": text, "timeout": text, "priority": text,
			"waitUrl": text, "waitUrlMethod": text,
		},
		required: []string{"workflow", "channel"},
	},
	"set-variables": {
		events: []string{"next"},
		properties: map[string]kind{
			"variables": array,
		},
	},
	"split-based-on": {
		events: []string{"noMatch", "match"},
		properties: map[string]kind{
			"input": text,
		},
		required: []string{"input"},
	},
	"add-twiml-redirect": {
		events: []string{"return", "timeout", "fail"},
		properties: map[string]kind{
			"url": text, "method": text, "timeout": text,
		},
		required: []string{"url"},
		values:   map[string][]string{"method": getOrPost},
	},
	"run-subflow": {
		events: []string{"completed", "failed"},
		properties: map[string]kind{
			"flow_sid": text, "flow_revision": text, "parameters": array,
		},
		required: []string{"flow_sid", "flow_revision"},
		values:   map[string][]string{"flow_revision": {"LatestPublished"}},
	},
	"send-to-auto-pilot": {events: []string{"sessionEnded", "failure", "timeout"}, open: true},
}
