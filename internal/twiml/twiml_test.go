package twiml

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twilio/twilio-go/twiml"
)

const header = `<?xml version="1.0" encoding="UTF-8"?>`

// decoded is a JSON text as Build takes it.
func decoded(t *testing.T, text string) any {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return value
}

func texts(problems []Problem) (all []string) {
	for _, p := range problems {
		all = append(all, p.String())
	}
	return all
}

// Each verb, and what may be nested in it, as the pages of Twilio's reference write it.
func TestEveryVerbIsWrittenAsDocumented(t *testing.T) {
	ap, ca, ww := "AP"+strings.Repeat("1", 32), "CA"+strings.Repeat("2", 32), "WW"+strings.Repeat("3", 32)
	for name, each := range map[string]struct{ given, want string }{
		"nothing":                  {`[]`, `<Response/>`},
		"say":                      {`[{"say": "Hello"}]`, `<Response><Say>Hello</Say></Response>`},
		"say as an object":         {`[{"say": {"text": "Bonjour", "voice": "Polly.Lea", "language": "fr-FR", "loop": 2}}]`, `<Response><Say language="fr-FR" loop="2" voice="Polly.Lea">Bonjour</Say></Response>`},
		"say SSML":                 {`[{"say": {"ssml": "One<break time=\"1s\"/> <say-as interpret-as=\"digits\">23</say-as> <lang xml:lang=\"fr-FR\">et</lang> a &lt; b"}}]`, `<Response><Say>One<break time="1s"/> <say-as interpret-as="digits">23</say-as> <lang xml:lang="fr-FR">et</lang> a &lt; b</Say></Response>`},
		"play":                     {`[{"play": "https://example.com/a.mp3"}]`, `<Response><Play>https://example.com/a.mp3</Play></Response>`},
		"play tones":               {`[{"play": {"digits": "ww12#", "loop": 0}}]`, `<Response><Play digits="ww12#" loop="0"/></Response>`},
		"pause":                    {`[{"pause": 2}, {"pause": {}}]`, `<Response><Pause length="2"/><Pause/></Response>`},
		"gather":                   {`[{"gather": {"input": ["dtmf", "speech"], "num_digits": 1, "finish_on_key": "", "action_on_empty_result": true, "speech_timeout": "auto", "hints": ["sales", "support"], "action": "/menu?a=1&b=2", "verbs": [{"say": "Press 1"}, {"pause": 1}, {"play": "beep.mp3"}]}}]`, `<Response><Gather action="/menu?a=1&amp;b=2" actionOnEmptyResult="true" finishOnKey="" hints="sales,support" input="dtmf speech" numDigits="1" speechTimeout="auto"><Say>Press 1</Say><Pause length="1"/><Play>beep.mp3</Play></Gather></Response>`},
		"gather SSML":              {`[{"gather": {"verbs": [{"say": {"ssml": "<emphasis level=\"strong\">Press</emphasis> 1"}}]}}]`, `<Response><Gather><Say><emphasis level="strong">Press</emphasis> 1</Say></Gather></Response>`},
		"record":                   {`[{"record": {"max_length": 20, "play_beep": false, "trim": "do-not-trim", "recording_status_callback_event": ["in-progress", "completed"]}}]`, `<Response><Record maxLength="20" playBeep="false" recordingStatusCallbackEvent="in-progress completed" trim="do-not-trim"/></Response>`},
		"dial a number":            {`[{"dial": "+12025550142"}]`, `<Response><Dial>+12025550142</Dial></Response>`},
		"dial with attributes":     {`[{"dial": {"to": "+12025550142", "timeout": 15, "record": "record-from-answer-dual", "hangup_on_star": true}}]`, `<Response><Dial hangupOnStar="true" record="record-from-answer-dual" timeout="15">+12025550142</Dial></Response>`},
		"dial with a reason":       {`[{"dial": {"to": "+12025550142", "call_reason": "Your order"}}]`, `<Response><Dial callReason="Your order">+12025550142</Dial></Response>`},
		"detect a machine":         {`[{"dial": {"number": {"phone_number": "+12025550142", "machine_detection": "Enable", "machine_detection_timeout": 60}}}]`, `<Response><Dial><Number machineDetection="Enable" machineDetectionTimeout="60">+12025550142</Number></Dial></Response>`},
		"dial numbers":             {`[{"dial": {"sequential": true, "number": ["+12025550142", {"phone_number": "+447700900123", "send_digits": "wwww1", "status_callback_event": ["initiated", "answered"]}]}}]`, `<Response><Dial sequential="true"><Number>+12025550142</Number><Number sendDigits="wwww1" statusCallbackEvent="initiated answered">+447700900123</Number></Dial></Response>`},
		"dial a client":            {`[{"dial": {"client": "joey"}}]`, `<Response><Dial><Client>joey</Client></Dial></Response>`},
		"dial with parameters":     {`[{"dial": {"client": {"identity": "joey", "parameters": {"b": 1, "a": "x"}}}}]`, `<Response><Dial><Client><Identity>joey</Identity><Parameter name="a" value="x"/><Parameter name="b" value="1"/></Client></Dial></Response>`},
		"dial SIP":                 {`[{"dial": {"sip": {"uri": "sip:jack@example.com", "username": "u", "password": "p"}}}]`, `<Response><Dial><Sip password="p" username="u">sip:jack@example.com</Sip></Dial></Response>`},
		"dial a conference":        {`[{"dial": {"conference": {"name": "Room 1", "beep": "onEnter", "wait_url": "", "start_conference_on_enter": false, "coach": "` + ca + `"}}}]`, `<Response><Dial><Conference beep="onEnter" coach="` + ca + `" startConferenceOnEnter="false" waitUrl="">Room 1</Conference></Dial></Response>`},
		"dial a queue":             {`[{"dial": {"queue": {"name": "support", "url": "/about"}}}]`, `<Response><Dial><Queue url="/about">support</Queue></Dial></Response>`},
		"dial an application":      {`[{"dial": {"application": {"application_sid": "` + ap + `", "parameters": {"a": "b"}}}}]`, `<Response><Dial><Application><ApplicationSid>` + ap + `</ApplicationSid><Parameter name="a" value="b"/></Application></Dial></Response>`},
		"dial several kinds":       {`[{"dial": {"number": "+12025550142", "client": ["joey", "ann"], "whatsapp": "+447700900123"}}]`, `<Response><Dial><Number>+12025550142</Number><Client>joey</Client><Client>ann</Client><WhatsApp>+447700900123</WhatsApp></Dial></Response>`},
		"enqueue":                  {`[{"enqueue": "support"}]`, `<Response><Enqueue>support</Enqueue></Response>`},
		"enqueue a task":           {`[{"enqueue": {"workflow_sid": "` + ww + `", "task": {"body": "{\"a\":1}", "priority": 5}}}]`, `<Response><Enqueue workflowSid="` + ww + `"><Task priority="5">{"a":1}</Task></Enqueue></Response>`},
		"leave":                    {`[{"leave": {}}]`, `<Response><Leave/></Response>`},
		"hangup":                   {`[{"say": "Bye"}, {"hangup": {}}]`, `<Response><Say>Bye</Say><Hangup/></Response>`},
		"redirect":                 {`[{"redirect": "../next"}]`, `<Response><Redirect>../next</Redirect></Response>`},
		"redirect with a method":   {`[{"redirect": {"url": "https://example.com/next", "method": "GET"}}]`, `<Response><Redirect method="GET">https://example.com/next</Redirect></Response>`},
		"reject":                   {`[{"reject": "busy"}]`, `<Response><Reject reason="busy"/></Response>`},
		"reject without a reason":  {`[{"reject": {}}]`, `<Response><Reject/></Response>`},
		"message":                  {`[{"message": "Hi"}, {"message": {"body": "Hi", "to": "+12025550142"}}]`, `<Response><Message>Hi</Message><Message to="+12025550142">Hi</Message></Response>`},
		"message with media":       {`[{"message": {"body": "Look", "media": ["https://example.com/a.png", "b.png"]}}, {"message": {"media": "c.png"}}]`, `<Response><Message><Body>Look</Body><Media>https://example.com/a.png</Media><Media>b.png</Media></Message><Message><Media>c.png</Media></Message></Response>`},
		"message, redirect":        {`[{"message": "Hi"}, {"redirect": "/more"}]`, `<Response><Message>Hi</Message><Redirect>/more</Redirect></Response>`},
		"connect a relay":          {`[{"connect": {"action": "/ended", "conversation_relay": {"url": "wss://agent.example.com/relay", "welcome_greeting": "Hello", "dtmf_detection": true, "interruptible": "speech", "eot_threshold": 0.8, "background_noise_reduction": "x", "languages": [{"code": "fr-FR", "voice": "v"}, "multi"], "parameters": {"bot": "x"}}}}]`, `<Response><Connect action="/ended"><ConversationRelay backgroundNoiseReduction="x" dtmfDetection="true" eotThreshold="0.8" interruptible="speech" url="wss://agent.example.com/relay" welcomeGreeting="Hello"><Language code="fr-FR" voice="v"/><Language code="multi"/><Parameter name="bot" value="x"/></ConversationRelay></Connect></Response>`},
		"connect on the loopback":  {`[{"connect": {"conversation_relay": {"url": "ws://127.0.0.1:8080/relay"}}}]`, `<Response><Connect><ConversationRelay url="ws://127.0.0.1:8080/relay"/></Connect></Response>`},
		"connect a stream":         {`[{"connect": {"stream": {"url": "wss://example.com/s", "parameters": {"a": "b"}}}}]`, `<Response><Connect><Stream url="wss://example.com/s"><Parameter name="a" value="b"/></Stream></Connect></Response>`},
		"connect a room":           {`[{"connect": {"room": {"name": "daily", "participant_identity": "alice"}}}]`, `<Response><Connect><Room participantIdentity="alice">daily</Room></Connect></Response>`},
		"connect a virtual agent":  {`[{"connect": {"virtual_agent": {"connector_name": "c", "config": {"language": "en"}, "parameters": {"p": "q"}}}}]`, `<Response><Connect><VirtualAgent connectorName="c"><Config name="language" value="en"/><Parameter name="p" value="q"/></VirtualAgent></Connect></Response>`},
		"raw":                      {`[{"say": "a"}, {"raw": " <Pay chargeAmount='1'/>\n<Say>b &amp; c<![CDATA[<d>]]></Say>"}, {"hangup": {}}]`, `<Response><Say>a</Say><Pay chargeAmount="1"/><Say>b &amp; c&lt;d&gt;</Say><Hangup/></Response>`},
		"null is absent":           {`[{"say": null, "pause": 1}, {"say": {"text": "a", "voice": null, "ssml": null}}]`, `<Response><Pause length="1"/><Say>a</Say></Response>`},
		"values of another kind":   {`[{"say": 5}, {"pause": "3"}, {"gather": {"num_digits": "1", "barge_in": "true"}}]`, `<Response><Say>5</Say><Pause length="3"/><Gather bargeIn="true" numDigits="1"/></Response>`},
		"escaped":                  {`[{"say": "a < b & \"c\" > 'd' ]]>"}, {"connect": {"conversation_relay": {"url": "wss://x.example.com/?a=1&b=2", "welcome_greeting": "\"Hi\" <you>\n& 'me'\t"}}}]`, `<Response><Say>a &lt; b &amp; "c" &gt; 'd' ]]&gt;</Say><Connect><ConversationRelay url="wss://x.example.com/?a=1&amp;b=2" welcomeGreeting="&quot;Hi&quot; &lt;you>&#xA;&amp; 'me'&#x9;"/></Connect></Response>`},
		"beyond the basic plane":   {`[{"say": "Grüße 🎉"}]`, `<Response><Say>Grüße 🎉</Say></Response>`},
		"a template of a bin":      {`[{"say": "You pressed {{Digits}}"}, {"dial": "{{From}}"}, {"redirect": "/next?from={{From}}"}]`, `<Response><Say>You pressed {{Digits}}</Say><Dial>{{From}}</Dial><Redirect>/next?from={{From}}</Redirect></Response>`},
		"a carriage return":        {`[{"say": "a\r\nb"}]`, "<Response><Say>a&#xD;\nb</Say></Response>"},
		"space around is retained": {`[{"say": " a "}]`, `<Response><Say> a </Say></Response>`},
	} {
		t.Run(name, func(t *testing.T) {
			got, problems := Build(decoded(t, each.given))
			if len(problems) > 0 {
				t.Fatal(texts(problems))
			}
			if diff := cmp.Diff(header+each.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for range 20 { // Go's maps are walked in another order each time
				if again, _ := Build(decoded(t, each.given)); again != got {
					t.Fatalf("the same verbs give another document:\n%s\n%s", got, again)
				}
			}
			if err := structured(got); err != nil && name != "raw" {
				t.Error(err)
			}
		})
	}
}

func TestNullIsAsIfItWereNotThere(t *testing.T) {
	with := `[null, {"say": {"text": "a", "loop": null}, "play": null}, {"gather": {"input": [null, "dtmf"], "verbs": [null, {"say": "b"}]}},
		{"dial": {"number": [null, "+12025550142"], "client": {"identity": "c", "parameters": {"d": null}}}}, null]`
	without := `[{"say": "a"}, {"gather": {"input": ["dtmf"], "verbs": [{"say": "b"}]}}, {"dial": {"number": ["+12025550142"], "client": {"identity": "c", "parameters": {}}}}]`
	want, problems := Build(decoded(t, without))
	if got, more := Build(decoded(t, with)); got != want || len(problems)+len(more) > 0 {
		t.Errorf("got %s %v, want %s %v", got, more, want, problems)
	}
	if _, problems := Build(decoded(t, `[null, {"sya": "a"}]`)); len(problems) != 1 || !strings.HasPrefix(problems[0].Path, "verbs[1]") {
		t.Errorf("the place is another: %v", problems)
	}
}

// A value may be a secret, unless it should have been a number or a word of TwiML's.
func TestWrongValuesThatMayBeSecretsAreNotShown(t *testing.T) {
	for _, given := range []string{
		`[{"dial": "SECRET"}]`, `[{"dial": {"number": {"phone_number": "+1", "send_digits": "SECRET"}}}]`, `[{"play": {"digits": "SECRET"}}]`,
		`[{"gather": {"finish_on_key": "SECRET"}}]`, `[{"dial": {"sip": "SECRET"}}]`, `[{"dial": {"application": "SECRET"}}]`,
		`[{"connect": {"stream": {"url": "SECRET"}}}]`, `[{"dial": {"conference": {"name": "a", "wait_url": "x y SECRET"}}}]`,
	} {
		_, problems := Build(decoded(t, given))
		if len(problems) != 1 || strings.Contains(problems[0].String(), "SECRET") {
			t.Errorf("%s: %v", given, problems)
		}
	}
}

func TestWhatTwiMLDoesNotHaveIsRefusedWithItsPlace(t *testing.T) {
	long := strings.Repeat("é", 4097)
	numbers := `"+12025550142"` + strings.Repeat(`,"+12025550142"`, 10)
	for given, want := range map[string][]string{
		`{"say": "Hello"}`: {`verbs: must be a list of verbs, such as [{ say = "Hello" }]`},
		`null`:             {`verbs: must be a list of verbs, such as [{ say = "Hello" }]`},
		`["hangup"]`:       {`verbs[0]: must be an object that names a verb, such as { say = "Hello" }`},
		`[{}]`:             {`verbs[0]: must name one verb, not 0`},
		`[{"say": "a", "play": "b"}]`: {
			"verbs[0]: must name one verb, not 2: `play`, `say`",
		},
		`[{"say": "a"}, {"sya": "b"}, {"Gather": {}}]`: {
			"verbs[1]: there is no verb \"sya\" in TwiML. Did you mean `say`?", "verbs[2]: there is no verb \"Gather\" in TwiML. Did you mean `gather`?",
		},
		`[{"gather": {"numDigits": 1, "verbs": [{"say": {"txt": "a"}}, {"dial": "+1"}, {"pay": {}}]}}]`: {
			"verbs[0].gather: there is no attribute \"numDigits\". Did you mean `num_digits`?",
			"verbs[0].gather.verbs[0].say: there is no attribute \"txt\". Did you mean `text`?",
			"verbs[0].gather.verbs[1]: there is no verb \"dial\" in what may be nested here. There are `pause`, `play`, `say`",
			"verbs[0].gather.verbs[2]: there is no verb \"pay\" in TwiML. Did you mean `play`?",
		},
		`[{"pause": {"verbs": []}}]`:           {"verbs[0].pause: there is no attribute \"verbs\". There are `length`"},
		`[{"gather": {"verbs": {}}}]`:          {"verbs[0].gather.verbs: must be a list of verbs"},
		`[{"gather": "1"}]`:                    {"verbs[0].gather: must be an object, which may have `action`, `action_on_empty_result`, `barge_in`, `debug`, `enhanced`, `finish_on_key`, `hints`, `input`, `language`, `max_speech_time`, `method`, `num_digits`, `partial_result_callback`, `partial_result_callback_method`, `profanity_filter`, `speech_model`, `speech_timeout`, `timeout`, `verbs`"},
		`[{"say": ["a"]}]`:                     {"verbs[0].say: must be an object or a single value, not a list"},
		`[{"hangup": true}]`:                   {"verbs[0].hangup: must be an object"},
		`[{"say": ""}]`:                        {"verbs[0].say: must be a text that is not empty, not \"\""},
		`[{"say": {"voice": "x"}}]`:            {"verbs[0].say: must have one of `text`, `ssml`"},
		`[{"say": {"text": "a", "loop": -1}}]`: {`verbs[0].say.loop: must be a whole number from 0 to 1000, not "-1"`},
		`[{"say": {"text": {}}}]`:              {`verbs[0].say.text: must be a text that is not empty, not an object`},
		`[{"say": "` + long + `"}]`:            {"verbs[0].say: has 4097 characters, and a basic voice reads 4096"},
		`[{"say": {"voice": "Polly.Joanna", "text": "` + long[:6002] + `"}}]`:                       {"verbs[0].say: has 3001 characters, and a Polly voice reads 3000"},
		`[{"say": {"voice": "Google.en-GB-Wavenet-A", "ssml": "<p>` + long + `</p>` + long + `"}}]`: {"verbs[0].say: has 8194 characters, and a Google voice reads 5000"},
		`[{"pause": 1.5}]`:                                                {`verbs[0].pause: must be a whole number of at least 1, not "1.5"`},
		`[{"pause": 0}]`:                                                  {`verbs[0].pause: must be a whole number of at least 1, not "0"`},
		`[{"play": "ftp://example.com/a"}]`:                               {"verbs[0].play: must be a URL (http or https), absolute or relative"},
		`[{"play": {"url": "a", "digits": "1"}}]`:                         {"verbs[0].play: must have one of `url`, `digits`"},
		`[{"play": {"digits": "1 2"}}]`:                                   {"verbs[0].play.digits: must be digits, #, *, and w for a pause"},
		`[{"gather": {"input": "keys"}}]`:                                 {`verbs[0].gather.input: must be a list, each one of dtmf, speech, not "keys"`},
		`[{"gather": {"method": "PUT"}}]`:                                 {`verbs[0].gather.method: must be one of GET, POST, not "PUT"`},
		`[{"gather": {"barge_in": "yes"}}]`:                               {`verbs[0].gather.barge_in: must be one of true, false, not "yes"`},
		`[{"dial": {}}]`:                                                  {"verbs[0].dial: must have `to`, or at least one of `application`, `client`, `conference`, `number`, `queue`, `sim`, `sip`, `whatsapp`"},
		`[{"dial": "+1{{From}}"}]`:                                        {"verbs[0].dial: must be a phone number, such as +12025550142"},
		`[{"dial": "joey"}]`:                                              {"verbs[0].dial: must be a phone number, such as +12025550142"},
		`[{"dial": {"to": "+1", "client": "a"}}]`:                         {"verbs[0].dial: must not have `to` beside `client`"},
		`[{"dial": {"conference": "a", "number": "+1"}}]`:                 {"verbs[0].dial: joins a conference or a queue alone, not together with others: `conference`, `number`"},
		`[{"dial": {"conference": ["a"]}}]`:                               {"verbs[0].dial.conference: must be one, not a list"},
		`[{"dial": {"sequential": true, "client": "a", "number": "+1"}}]`: {"verbs[0].dial: cannot call client and number in a sequence: the attributes of an object have no order. Write it as `raw`"},
		`[{"dial": {"number": [` + numbers + `]}}]`:                       {"verbs[0].dial: calls 11 at once, and Twilio calls 10"},
		`[{"dial": {"number": {"phone_number": "+1", "status_callback_event": [null, "ringing", ["ring"]]}}}]`: {"verbs[0].dial.number.status_callback_event[2]: must be one of initiated, ringing, answered, completed, not a list"},
		`[{"gather": {"input": [null]}}]`:                                              {"verbs[0].gather.input: must be a list, each one of dtmf, speech, not an empty list"},
		`[{"dial": {"number": {"send_digits": "1"}}}]`:                                 {"verbs[0].dial.number: needs `phone_number`"},
		`[{"dial": {"sip": {"uri": "sip:a@b.c", "status_callback_event": ["ring"]}}}]`: {`verbs[0].dial.sip.status_callback_event[0]: must be one of initiated, ringing, answered, completed, not "ring"`},
		`[{"connect": {}}]`:                         {"verbs[0].connect: must have one of `conversation_relay`, `stream`, `room`, `virtual_agent`"},
		`[{"connect": {"conversation_relay": {}}}]`: {"verbs[0].connect.conversation_relay: needs `url`"},
		`[{"connect": {"conversation_relay": {"url": "ws://example.com", "tts_provider": "Acme", "parameters": ["a"], "languages": {}}}}]`: {
			`verbs[0].connect.conversation_relay.tts_provider: must be one of ElevenLabs, Google, Amazon, not "Acme"`,
			"verbs[0].connect.conversation_relay.url: must be a URL that begins with wss://, or with ws:// on the loopback",
			"verbs[0].connect.conversation_relay.languages: needs `code`",
			"verbs[0].connect.conversation_relay.parameters: must be an object of names and values",
		},
		`[{"connect": {"conversation_relay": {"url": "https://user:secret@example.com/"}}}]`: {"verbs[0].connect.conversation_relay.url: must be a URL that begins with wss://, or with ws:// on the loopback"},
		`[{"enqueue": {"task": "{}"}}]`:                                             {"verbs[0].enqueue: must have one of `name`, `workflow_sid`"},
		`[{"enqueue": {"name": "a", "task": "{}"}}]`:                                {"verbs[0].enqueue: has a `task`, which needs `workflow_sid`"},
		`[{"message": {}}]`:                                                         {"verbs[0].message: must have `body`, `media` or both"},
		`[{"message": "` + long[:3202] + `"}]`:                                      {"verbs[0].message: must be a text of 1 to 1600 characters"},
		`[{"message": {"media": ["1","2","3","4","5","6","7","8","9","10","11"]}}]`: {"verbs[0].message.media: has 11 files, and a message has at most 10"},
		`[{"redirect": {}}]`:                                                        {"verbs[0].redirect: needs `url`"},
		`[{"reject": "away"}]`:                                                      {`verbs[0].reject: must be one of rejected, busy, not "away"`},
		`[{"say": "a"}, {"redirect": "/b"}, {"hangup": {}}, {"say": "c"}]`:          {"verbs[2]: is never reached: nothing runs after `redirect`"},
		`[{"redirect": "/a"}, {"sya": 1}]`:                                          {"verbs[1]: there is no verb \"sya\" in TwiML. Did you mean `say`?"},
		`[{"message": "a"}, {"say": "b"}]`:                                          {"verbs[1]: `say` answers a call and `message` a message, and a document answers one of the two"},
		`[{"say": "a\u0007b"}]`:                                                     {"verbs[0].say: has a character that XML cannot hold: U+0007"},
		`[{"gather": {"hints": ["a\uffff"]}}]`:                                      {"verbs[0].gather.hints: has a character that XML cannot hold: U+FFFF"},
		`[{"connect": {"stream": {"url": "wss://a.b", "parameters": {"": "x", "b": "\u0000"}}}}]`: {
			`verbs[0].connect.stream.parameters[""]: must be a text that is not empty, not ""`,
			`verbs[0].connect.stream.parameters["b"]: has a character that XML cannot hold: U+0000`,
		},
	} {
		got, problems := Build(decoded(t, given))
		if diff := cmp.Diff(want, texts(problems)); diff != "" || got != "" {
			t.Errorf("%.100s gives %q\n(-want +got):\n%s", given, got, diff)
		}
	}
}

func TestRawIsWellFormedAndDeclaresNothing(t *testing.T) {
	deep := strings.Repeat("<a>", maxDepth+1) + strings.Repeat("</a>", maxDepth+1)
	for text, want := range map[string]string{
		``:                                       "must be a text that is not empty",
		`Hello`:                                  "has text outside an element",
		`<Pay>`:                                  "is not well-formed XML",
		`</Pay>`:                                 "is not well-formed XML",
		`<a></b>`:                                "is not well-formed XML",
		`<a b=c/>`:                               "is not well-formed XML",
		`<a>&b;</a>`:                             "is not well-formed XML",
		`<a>&#0;</a>`:                            "is not well-formed XML",
		`<a b="1" c="2" b="3"/>`:                 `the attribute "b" twice`,
		`<a b="<"/>`:                             "is not well-formed XML",
		`<!DOCTYPE a [<!ENTITY b "c">]><a>b</a>`: "has a declaration, such as a DOCTYPE",
		`<a/><!-- b -->`:                         "has a comment",
		`<?xml version="1.0"?><Response/>`:       "has a processing instruction",
		`<Response><Say>a</Say></Response>`:      "leave <Response> out",
		deep:                                     "nests elements more than 16 deep",
		"<a>\u0008</a>":                          "a character that XML cannot hold",
		`<a>` + strings.Repeat("b", MaxSize) + `</a>`: "a whole document may have 65536",
	} {
		for verb, given := range map[string]any{"raw": map[string]any{"raw": text}, "ssml": map[string]any{"say": map[string]any{"ssml": text}}} {
			_, problems := Build([]any{given})
			if verb == "ssml" && (text == "Hello" || strings.HasPrefix(want, "leave")) {
				continue
			}
			if got := strings.Join(texts(problems), "\n"); !strings.Contains(got, want) {
				t.Errorf("%s %.50s: %q, want %q", verb, text, got, want)
			}
		}
	}
	for text, want := range map[string]string{
		`<speak>a</speak>`:          "Leave <speak> out",
		`<brake time="1s"/>`:        "Did you mean `break`?",
		`<p><break tiem="1s"/></p>`: `<break> has no attribute "tiem"`,
		`<Say>a</Say>`:              "there is no element <Say> in Twilio's SSML",
	} {
		if _, problems := Build([]any{map[string]any{"say": map[string]any{"ssml": text}}}); !strings.Contains(strings.Join(texts(problems), "\n"), want) {
			t.Errorf("%s: %q, want %q", text, texts(problems), want)
		}
	}
}

func TestDocumentHasABound(t *testing.T) {
	many := make([]any, 30)
	for i := range many {
		many[i] = map[string]any{"say": strings.Repeat("a", 3000)}
	}
	got, problems := Build(many)
	if got != "" || len(problems) != 1 || !strings.Contains(problems[0].Text, "Twilio takes 65536") {
		t.Errorf("%d bytes, %v", len(got), problems)
	}
	if got, problems := Build(many[:21]); len(got) < 63000 || problems != nil {
		t.Errorf("%d bytes, %v", len(got), problems)
	}
}

// nestings are those of Twilio's reference: the elements that each element may hold.
var nestings = map[string]string{
	"Response": "Say Play Pause Gather Record Dial Connect Enqueue Leave Hangup Redirect Reject Message",
	"Gather":   "Say Play Pause", "Dial": "Number Client Sip Application WhatsApp Sim Queue Conference",
	"Client": "Identity Parameter", "Application": "ApplicationSid Parameter", "Connect": "ConversationRelay Stream Room VirtualAgent",
	"ConversationRelay": "Language Parameter", "Stream": "Parameter", "VirtualAgent": "Config Parameter", "Enqueue": "Task", "Message": "Body Media",
	"Say": "break emphasis lang p phoneme prosody s say-as sub w",
}

// structured checks a document against nestings.
func structured(document string) error {
	decoder := xml.NewDecoder(strings.NewReader(document))
	var within []string
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.StartElement:
			name := token.Name.Local
			if len(within) > 0 && !slices.Contains(strings.Fields(nestings[within[len(within)-1]]), name) {
				return fmt.Errorf("<%s> is nested in <%s>", name, within[len(within)-1])
			}
			within = append(within, name)
		case xml.EndElement:
			within = within[:len(within)-1]
		}
	}
}

// elements are all of the table, by the name that TwiML has for them.
func elements() map[string]*element {
	all := map[string]*element{}
	var visit func(e *element)
	visit = func(e *element) {
		if all[e.name] != nil || e.raw {
			return
		}
		all[e.name] = e
		for _, c := range e.children {
			for _, nested := range c.verbs {
				visit(nested)
			}
			if c.element != nil {
				visit(c.element)
			}
		}
	}
	for _, e := range verbs {
		visit(e)
	}
	return all
}

// The table has the attributes of Twilio's library, which is generated from Twilio's own
// description of TwiML, but for those listed here.
func TestTableIsThatOfTwiliosLibrary(t *testing.T) {
	library := []twiml.Element{
		twiml.VoiceSay{}, twiml.VoicePlay{}, twiml.VoicePause{}, twiml.VoiceGather{}, twiml.VoiceRecord{}, twiml.VoiceDial{}, twiml.VoiceConnect{},
		twiml.VoiceEnqueue{}, twiml.VoiceTask{}, twiml.VoiceLeave{}, twiml.VoiceHangup{}, twiml.VoiceRedirect{}, twiml.VoiceReject{},
		twiml.VoiceNumber{}, twiml.VoiceClient{}, twiml.VoiceSip{}, twiml.VoiceApplication{}, twiml.VoiceWhatsApp{}, twiml.VoiceSim{},
		twiml.VoiceQueue{}, twiml.VoiceConference{}, twiml.VoiceConversationRelay{}, twiml.VoiceLanguage{}, twiml.VoiceStream{},
		twiml.VoiceRoom{}, twiml.VoiceVirtualAgent{}, twiml.MessagingMessage{}, twiml.MessagingMedia{},
	}
	// What is documented and not in the library, spelled wrong there, or out of use.
	more := map[string][]string{"Dial": {"callReason"}, "ConversationRelay": {
		"backgroundNoiseReduction", "speechTimeout", "deepgramSmartFormat", "ignoreBackchannel", "eotThreshold", "turnDetection", "conversationConfiguration", "conversationId",
	}}
	less := map[string][]string{"ConversationRelay": {"backgroundnoisereduction", "speechtimeout", "deepgramsmartformat", "ignorebackchannel"}}
	table := elements()
	for _, each := range library {
		name := each.GetName()
		_, attributes := each.GetAttr()
		var want, got []string
		for attribute := range attributes {
			want = append(want, strings.ToLower(attribute[:1])+attribute[1:])
		}
		want = slices.DeleteFunc(want, func(a string) bool { return slices.Contains(less[name], a) })
		want = append(want, more[name]...)
		e := table[name]
		if e == nil {
			t.Errorf("<%s> is not in the table", name)
			continue
		}
		for attribute := range e.attributes {
			got = append(got, camel(attribute))
		}
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("<%s> (-library +table):\n%s", name, diff)
		}
		delete(table, name)
	}
	if len(table) > 0 {
		t.Errorf("the library's %v were not looked at", slices.Collect(maps.Keys(table)))
	}
}
