package twiml

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// The channels that a document answers on.
const (
	voice     = "call"
	messaging = "message"
)

// element is what an element of TwiML may have. Names are those of a configuration, in snake
// case; TwiML spells attributes in camel case.
type element struct {
	name string // as TwiML spells it
	// content is the attribute that becomes the text of the element, empty for none.
	content string
	rule    rule // of the content
	// short is the attribute whose value the element may be written as, where that is not
	// its content.
	short      string
	attributes map[string]rule
	children   []child
	pairs      []pairs
	// contentBesidePairs is the element that takes the content where there are pairs.
	contentBesidePairs string
	ssml               bool // the content may be SSML instead
	raw                bool // it is XML as it is
	channel            string
	ends               bool // nothing after it runs
	// check is what no single attribute says; object has the attributes as they were given.
	check func(r *reader, at string, object map[string]any, n *node)
}

// child is a kind of elements within another, under an attribute of their own.
type child struct {
	key     string
	element *element
	single  bool                // at most one
	verbs   map[string]*element // a list of these, in place of one kind of element
}

// pairs are elements with a name and a value, written as an object.
type pairs struct{ key, name string }

// alone is the attribute whose value the element may be written as; empty for none.
func (e *element) alone() string { return cmp.Or(e.content, e.short) }

// names are the attributes that an element may have in a configuration, sorted.
func (e *element) names() []string {
	names := keys(e.attributes)
	if e.content != "" {
		names = append(names, e.content)
	}
	if e.ssml {
		names = append(names, "ssml")
	}
	for _, c := range e.children {
		names = append(names, c.key)
	}
	for _, p := range e.pairs {
		names = append(names, p.key)
	}
	slices.Sort(names)
	return names
}

// Kinds of values that several elements have. The events are those of the pages of each noun.
var (
	callEvents      = several(oneOf("initiated", "ringing", "answered", "completed"), " ")
	recordingEvents = several(oneOf("in-progress", "completed", "absent"), " ")
	trim            = oneOf("trim-silence", "do-not-trim")
	interruption    = oneOf("none", "dtmf", "speech", "any", "true", "false")
	ttsProvider     = oneOf("ElevenLabs", "Google", "Amazon")
	transcriber     = oneOf("Deepgram", "Google")
	seconds         = whole(1)
)

// Attributes that several elements share.
func callbacks(more map[string]rule) map[string]rule {
	return with(more, map[string]rule{"status_callback": link, "status_callback_method": method})
}

func recordings(more map[string]rule) map[string]rule {
	return with(more, map[string]rule{
		"recording_status_callback": link, "recording_status_callback_method": method,
		"recording_status_callback_event": recordingEvents, "recording_configuration_id": someText, "trim": trim,
	})
}

// called are the attributes of what a Dial calls.
func called(more map[string]rule) map[string]rule {
	return callbacks(with(more, map[string]rule{"url": link, "method": method, "status_callback_event": callEvents}))
}

// detection are those of a Dial's Number and Sip that recognize answering machines
// (https://www.twilio.com/docs/voice/answering-machine-detection).
func detection(more map[string]rule) map[string]rule {
	return with(more, map[string]rule{
		"machine_detection": oneOf("Enable", "DetectMessageEnd"), "amd_status_callback": link, "amd_status_callback_method": method,
		"machine_detection_timeout": whole(3, 60), "machine_detection_speech_threshold": whole(1000, 6000),
		"machine_detection_speech_end_threshold": whole(500, 5000), "machine_detection_silence_timeout": whole(2000, 10000),
	})
}

func with(a, b map[string]rule) map[string]rule {
	all := map[string]rule{}
	for _, each := range []map[string]rule{a, b} {
		for name, rule := range each {
			all[name] = rule
		}
	}
	return all
}

// https://www.twilio.com/docs/voice/twiml/say, /play, /pause
var (
	say = &element{
		name: "Say", content: "text", rule: someText, ssml: true, channel: voice,
		attributes: map[string]rule{"voice": someText, "language": someText, "loop": whole(0, 1000)}, check: checkSay,
	}
	play = &element{
		name: "Play", content: "url", rule: link, channel: voice,
		attributes: map[string]rule{"loop": whole(0, 1000), "digits": tones}, check: exactlyOne("url", "digits"),
	}
	pause = &element{name: "Pause", channel: voice, short: "length", attributes: map[string]rule{"length": seconds}}
)

var gather = &element{ // https://www.twilio.com/docs/voice/twiml/gather
	name: "Gather", channel: voice,
	attributes: map[string]rule{
		"input": several(oneOf("dtmf", "speech"), " "), "action": link, "method": method, "timeout": seconds,
		"finish_on_key": keypad, "num_digits": whole(1), "action_on_empty_result": boolean,
		"language": someText, "hints": several(someText, ","), "barge_in": boolean, "profanity_filter": boolean,
		"speech_timeout": either(seconds, oneOf("auto")), "max_speech_time": seconds, "speech_model": someText, "enhanced": boolean,
		"partial_result_callback": link, "partial_result_callback_method": method, "debug": boolean,
	},
	children: []child{{key: "verbs", verbs: map[string]*element{"say": say, "play": play, "pause": pause}}},
}

var record = &element{ // https://www.twilio.com/docs/voice/twiml/record
	name: "Record", channel: voice,
	attributes: recordings(map[string]rule{
		"action": link, "method": method, "timeout": whole(0), "finish_on_key": keypad, "max_length": whole(1, 14400),
		"play_beep": boolean, "transcribe": boolean, "transcribe_callback": link,
	}),
}

// maxNouns is how many a Dial calls at once (https://www.twilio.com/docs/voice/twiml/number).
const maxNouns = 10

var dial = &element{ // https://www.twilio.com/docs/voice/twiml/dial, which has a callReason that twilio-go has not
	name: "Dial", channel: voice, content: "to", rule: phone,
	attributes: recordings(map[string]rule{
		"action": link, "method": method, "timeout": whole(1, 600), "time_limit": seconds, "hangup_on_star": boolean,
		"caller_id": someText, "answer_on_bridge": boolean, "ring_tone": someText, "sequential": boolean,
		"record":          oneOf("do-not-record", "record-from-answer", "record-from-ringing", "record-from-answer-dual", "record-from-ringing-dual"),
		"recording_track": oneOf("inbound", "outbound", "both"), "refer_url": link, "refer_method": method,
		"call_reason": atMost(50), "events": someText, "passports": someText,
	}),
	children: []child{
		{key: "number", element: &element{ // https://www.twilio.com/docs/voice/twiml/number
			name: "Number", content: "phone_number", rule: phone, check: needs("phone_number"),
			attributes: called(detection(map[string]rule{"send_digits": tones, "byoc": sid("BY")})),
		}},
		{key: "client", element: &element{ // https://www.twilio.com/docs/voice/twiml/client
			name: "Client", content: "identity", rule: someText, check: needs("identity"),
			attributes: called(nil), pairs: []pairs{{"parameters", "Parameter"}}, contentBesidePairs: "Identity",
		}},
		{key: "sip", element: &element{ // https://www.twilio.com/docs/voice/twiml/sip
			name: "Sip", content: "uri", rule: sip, check: needs("uri"),
			attributes: called(detection(map[string]rule{"username": someText, "password": someText})),
		}},
		{key: "application", element: &element{ // https://www.twilio.com/docs/voice/twiml/application
			name: "Application", content: "application_sid", rule: sid("AP"), check: needs("application_sid"),
			attributes: called(map[string]rule{"customer_id": someText, "copy_parent_to": boolean}),
			pairs:      []pairs{{"parameters", "Parameter"}}, contentBesidePairs: "ApplicationSid",
		}},
		{key: "whatsapp", element: &element{ // https://www.twilio.com/docs/voice/twiml/whatsapp
			name: "WhatsApp", content: "phone_number", rule: phone, check: needs("phone_number"), attributes: called(nil),
		}},
		{key: "sim", element: &element{name: "Sim", content: "sim_sid", rule: sid("DE"), check: needs("sim_sid")}},
		{key: "queue", single: true, element: &element{ // https://www.twilio.com/docs/voice/twiml/queue
			name: "Queue", content: "name", rule: someText, check: needs("name"),
			attributes: map[string]rule{"url": link, "method": method, "reservation_sid": sid("WR"), "post_work_activity_sid": sid("WA")},
		}},
		{key: "conference", single: true, element: &element{ // https://www.twilio.com/docs/voice/twiml/conference
			name: "Conference", content: "name", rule: atMost(128), check: needs("name"),
			attributes: callbacks(recordings(map[string]rule{
				"muted": boolean, "beep": oneOf("true", "false", "onEnter", "onExit"), "start_conference_on_enter": boolean,
				"end_conference_on_exit": boolean, "participant_label": atMost(128), "jitter_buffer_size": oneOf("small", "medium", "large", "off"),
				"wait_url": linkOrNone, "wait_method": method, "max_participants": whole(1, 250),
				"record": oneOf("do-not-record", "record-from-start"), "region": someText, "coach": sid("CA"), "event_callback_url": link,
				"status_callback_event": several(oneOf("start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement"), " "),
			})),
		}},
	},
	check: checkDial,
}

var connect = &element{ // https://www.twilio.com/docs/voice/twiml/connect
	name: "Connect", channel: voice, attributes: map[string]rule{"action": link, "method": method},
	children: []child{
		{key: "conversation_relay", single: true, element: conversationRelay},
		{key: "stream", single: true, element: &element{ // https://www.twilio.com/docs/voice/twiml/stream
			name: "Stream", check: needs("url"), pairs: []pairs{{"parameters", "Parameter"}},
			attributes: callbacks(map[string]rule{
				"url": socket, "name": someText, "connector_name": someText,
				"track": oneOf("inbound_track"), // the only one of a stream in both directions
			}),
		}},
		{key: "room", single: true, element: &element{ // https://www.twilio.com/docs/voice/twiml/connect/room
			name: "Room", content: "name", rule: someText, check: needs("name"), attributes: map[string]rule{"participant_identity": someText},
		}},
		{key: "virtual_agent", single: true, element: &element{ // https://www.twilio.com/docs/voice/twiml/connect/virtualagent
			name: "VirtualAgent", check: needs("connector_name"), pairs: []pairs{{"config", "Config"}, {"parameters", "Parameter"}},
			attributes: callbacks(map[string]rule{"connector_name": someText, "language": someText, "sentiment_analysis": boolean}),
		}},
	},
	check: exactlyOne("conversation_relay", "stream", "room", "virtual_agent"),
}

// Twilio adds attributes to it faster than its library does: those that are not in twilio-go
// are of https://www.twilio.com/docs/voice/conversationrelay.
var conversationRelay = &element{ // https://www.twilio.com/docs/voice/twiml/connect/conversationrelay
	name: "ConversationRelay", check: needs("url"),
	attributes: map[string]rule{
		"url": socket, "welcome_greeting": someText, "welcome_greeting_interruptible": interruption,
		"language": someText, "tts_language": someText, "transcription_language": someText,
		"tts_provider": ttsProvider, "voice": someText, "transcription_provider": transcriber, "speech_model": someText,
		"interruptible": interruption, "interrupt_sensitivity": oneOf("low", "medium", "high"), "dtmf_detection": boolean,
		"report_input_during_agent_speech": oneOf("none", "dtmf", "speech", "any"), "preemptible": boolean,
		"hints": several(someText, ","), "debug": several(oneOf("debugging", "speaker-events", "tokens-played"), " "),
		"intelligence_service": someText, "elevenlabs_text_normalization": oneOf("on", "auto", "off"),
		"partial_prompts": boolean, "profanity_filter": boolean, "background_noise_reduction": someText,
		"speech_timeout": either(seconds, oneOf("auto")), "deepgram_smart_format": boolean, "ignore_backchannel": boolean,
		"eot_threshold": level, "turn_detection": someText, "events": several(someText, " "),
		"conversation_configuration": someText, "conversation_id": someText,
	},
	children: []child{{key: "languages", element: &element{
		name: "Language", short: "code", check: needs("code"),
		attributes: map[string]rule{"code": someText, "tts_provider": ttsProvider, "voice": someText, "transcription_provider": transcriber, "speech_model": someText},
	}}},
	pairs: []pairs{{"parameters", "Parameter"}},
}

var enqueue = &element{ // https://www.twilio.com/docs/voice/twiml/enqueue
	name: "Enqueue", channel: voice, content: "name", rule: someText,
	attributes: map[string]rule{
		"action": link, "method": method, "max_queue_size": whole(1), "wait_url": linkOrNone, "wait_url_method": method, "workflow_sid": sid("WW"),
	},
	children: []child{{key: "task", single: true, element: &element{
		name: "Task", content: "body", rule: someText, check: needs("body"), attributes: map[string]rule{"priority": whole(0), "timeout": seconds},
	}}},
	check: checkEnqueue,
}

var message = &element{ // https://www.twilio.com/docs/messaging/twiml/message
	name: "Message", channel: messaging, content: "body", rule: atMost(1600),
	attributes: map[string]rule{"to": someText, "from": someText, "action": link, "method": method, "status_callback": link},
	children:   []child{{key: "media", element: &element{name: "Media", content: "url", rule: link, check: needs("url")}}},
	check:      checkMessage,
}

// verbs are those of a document.
var verbs = map[string]*element{
	"say": say, "play": play, "pause": pause, "gather": gather, "record": record, "dial": dial, "connect": connect,
	"enqueue": enqueue, "message": message,
	"leave":    {name: "Leave", channel: voice, ends: true},  // https://www.twilio.com/docs/voice/twiml/leave
	"hangup":   {name: "Hangup", channel: voice, ends: true}, // https://www.twilio.com/docs/voice/twiml/hangup
	"redirect": {name: "Redirect", content: "url", rule: link, ends: true, attributes: map[string]rule{"method": method}, check: needs("url")},
	"reject": { // https://www.twilio.com/docs/voice/twiml/reject
		name: "Reject", channel: voice, ends: true, short: "reason", attributes: map[string]rule{"reason": oneOf("rejected", "busy")},
	},
	"raw": {raw: true},
}

// ssml are the elements of SSML that Twilio takes, with their attributes
// (https://www.twilio.com/docs/voice/twiml/say/text-speech#ssml-overview).
var ssml = map[string]map[string]bool{
	"break": {"strength": true, "time": true}, "emphasis": {"level": true}, "lang": {"xml:lang": true}, "p": {}, "s": {},
	"phoneme": {"alphabet": true, "ph": true}, "prosody": {"volume": true, "rate": true, "pitch": true},
	"say-as": {"interpret-as": true, "format": true}, "sub": {"alias": true}, "w": {"role": true},
	"amazon:effect": {"name": true, "phonation": true, "vocal-tract-length": true}, "amazon:domain": {"name": true},
	"amazon:auto-breaths": {"volume": true, "frequency": true, "duration": true},
}

// needs is the check of an element that has no meaning without an attribute.
func needs(name string) func(*reader, string, map[string]any, *node) {
	return func(r *reader, at string, object map[string]any, _ *node) {
		if object[name] == nil {
			r.problem(at, "needs `%s`", name)
		}
	}
}

func exactlyOne(names ...string) func(*reader, string, map[string]any, *node) {
	return func(r *reader, at string, object map[string]any, _ *node) {
		if len(given(object, names)) != 1 {
			r.problem(at, "must have one%s", quoted(" of ", names))
		}
	}
}

// given are those of the names that an object has.
func given(object map[string]any, names []string) []string {
	return slices.DeleteFunc(present(object), func(name string) bool { return !slices.Contains(names, name) })
}

// checkSay knows how much each kind of voices reads (https://www.twilio.com/docs/api/errors/13521).
func checkSay(r *reader, at string, object map[string]any, n *node) {
	if len(given(object, []string{"text", "ssml"})) != 1 {
		r.problem(at, "must have one of `text`, `ssml`")
		return
	}
	limit, kind := 4096, "a basic voice"
	switch name := n.attributes["voice"]; {
	case strings.HasPrefix(name, "Polly."):
		limit, kind = 3000, "a Polly voice"
	case strings.HasPrefix(name, "Google."):
		limit, kind = 5000, "a Google voice"
	}
	if count := utf8.RuneCountInString(n.text) + characters(n.markup); count > limit {
		r.problem(at, "has %d characters, and %s reads %d", count, kind, limit)
	}
}

// dialNouns are the attributes of a Dial that say whom it calls.
var dialNouns = []string{"application", "client", "conference", "number", "queue", "sim", "sip", "whatsapp"}

func checkDial(r *reader, at string, object map[string]any, n *node) {
	kinds := given(object, dialNouns)
	_, sequential := n.attributes["sequential"]
	switch {
	case object["to"] != nil && len(kinds) > 0:
		r.problem(at, "must not have `to` beside%s", quoted(" ", kinds))
	case object["to"] == nil && len(n.children) == 0:
		r.problem(at, "must have `to`, or at least one%s", quoted(" of ", dialNouns))
	case len(kinds) > 1 && (slices.Contains(kinds, "conference") || slices.Contains(kinds, "queue")):
		r.problem(at, "joins a conference or a queue alone, not together with others%s", quoted(": ", kinds))
	case len(kinds) > 1 && sequential:
		r.problem(at, "cannot call %s in a sequence: the attributes of an object have no order. Write it as `raw`", strings.Join(kinds, " and "))
	case len(n.children) > maxNouns:
		r.problem(at, "calls %d at once, and Twilio calls %d", len(n.children), maxNouns)
	}
}

func checkEnqueue(r *reader, at string, object map[string]any, _ *node) {
	switch name, workflow := object["name"] != nil, object["workflow_sid"] != nil; {
	case name == workflow:
		r.problem(at, "must have one of `name`, `workflow_sid`")
	case object["task"] != nil && !workflow:
		r.problem(at, "has a `task`, which needs `workflow_sid`")
	}
}

// maxMedia is how many files a message may have (https://www.twilio.com/docs/messaging/twiml/message).
const maxMedia = 10

// checkMessage writes the body as an element of its own where there are media beside it.
func checkMessage(r *reader, at string, object map[string]any, n *node) {
	switch media := len(n.children); {
	case object["body"] == nil && media == 0:
		r.problem(at, "must have `body`, `media` or both")
	case media > maxMedia:
		r.problem(at+".media", "has %d files, and a message has at most %d", media, maxMedia)
	case media > 0 && n.text != "":
		n.children, n.text = append([]*node{{name: "Body", text: n.text}}, n.children...), ""
	}
}
