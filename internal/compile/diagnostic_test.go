package compile

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
)

// unsorted is a schema whose task a, with the actions and samples given, comes after b:
// pointers are into the file, while tasks are compiled by name.
func unsorted(actions, samples, members string) string {
	return `{"uniqueName": "bot", "tasks": [
		{"uniqueName": "b", "actions": {"actions": [{"say": "bee"}]}, "samples": [{"language": "en-US", "taggedText": "beta"}]},
		{"uniqueName": "a", "actions": {"actions": [` + actions + `]}, "samples": [` + samples + `],
			"fields": [{"uniqueName": "who", "fieldType": "Twilio.FIRST_NAME"}, {"uniqueName": "count", "fieldType": "Twilio.NUMBER"}]}],
		"defaults": {"defaults": {"assistant_initiation": "task://a", "fallback": "task://b"}}` + members + `}`
}

func TestFindingsPointIntoTheFileAndSayWhatHappensInstead(t *testing.T) {
	const first = "/tasks/1/actions/actions/0/"
	for _, c := range []struct {
		actions, samples, members string
		options                   Options
		want                      Diagnostic
	}{
		{actions: `{"say": "x"}, {"redirect": "task://a"}`, want: Diagnostic{Error, CodeRedirectCycle, "/tasks/1/actions",
			"The conversation would loop forever without waiting for input: a, a.",
			"Studio would repeat it up to its limit of 1,000 steps. Add a listen or a collect to one of the tasks."}},
		{actions: `{"redirect": "https://example.com/hook"}`, want: Diagnostic{Warning, CodeDynamicActions, first + "redirect",
			"The flow asks a URL for actions, and Studio cannot run all kinds of them.",
			"Of the actions in its answer, say, listen and redirects to tasks run. Others (collect, remember, handoff, show, redirects to URLs, the tasks of a listen) do not."}},
		{actions: `{"redirect": {"uri": "https://example.com/hook"}}`, want: Diagnostic{Warning, CodeDynamicActions, first + "redirect/uri",
			"The flow asks a URL for actions, and Studio cannot run all kinds of them.",
			"Of the actions in its answer, say, listen and redirects to tasks run. Others (collect, remember, handoff, show, redirects to URLs, the tasks of a listen) do not."}},
		{actions: collects(`{"question": "Q?", "name": "p"}, {"question": "Q?", "name": "q", "type": "Twilio.NUMBER"}, {"question": "Q?", "name": "r", "type": "Twilio.NUMBER"}`),
			want: Diagnostic{Warning, CodeFieldTypePattern, first + "collect/questions/1/type",
				"Studio checks the type Twilio.NUMBER by patterns only; 2 questions use it.",
				"What is said around an answer is left out, and numbers, times and codes are stored in figures. What was written is in flow.variables.ap_said_<collect>_<question>. Autopilot understood more ways to say it; for other answers the question is asked again."}},
		{actions: `{"say": "x"}`, samples: `{"language": "en-US", "taggedText": "zulu"}, {"language": "en-US", "taggedText": "I am {who}"}`,
			want: Diagnostic{Info, CodeFieldNotExtracted, "/tasks/1/samples/1",
				`Studio does not extract fields from input, as in the sample "I am {who}" of the task "a" (1 sample).`,
				"The value of the field is not stored. Ask for it with collect."}},
		{actions: `{"say": "x"}`, samples: `{"language": "en-US", "taggedText": "{who}"}`, want: Diagnostic{Warning, CodeCatchAllSample, "/tasks/1/samples/0",
			`Any text matches the sample "{who}" of the task "a".`,
			"The sample is left out. Add words to it, or give its field a type with a list of values."}},
		{actions: `{"say": "x"}`, samples: `{"language": "en-US", "taggedText": "?!"}`, want: Diagnostic{Warning, CodePunctuationSample, "/tasks/1/samples/0",
			`Punctuation is not compared, and the sample "?!" of the task "a" has nothing else.`,
			"The sample is left out. Add a word to it."}},
		{actions: `{"say": "x"}`, samples: `{"language": "en-US", "taggedText": "Beta!"}`, want: Diagnostic{Warning, CodeAmbiguousSample, "/tasks/0/samples/0",
			`The sample "beta" of the task "b" is also one of the task "a".`,
			`It leads to "a", the first by name. Remove it from one of the two.`}},
		{actions: `{"handoff": {"channel": "voice", "uri": "https://example.com/agent"}}`, want: Diagnostic{Warning, CodeHandoffVoiceOnly, first + "handoff",
			"Autopilot hands over calls only.",
			"A messaging conversation ends there."}},
		{actions: `{"handoff": {"channel": "voice", "uri": "https://example.com/agent", "action": "https://example.com/after"}}`, options: voice,
			want: Diagnostic{Warning, CodeHandoffOptions, first + "handoff/action",
				`Studio has no equivalent of "action" of a handoff.`,
				"It is left out; set it where the call is answered."}},
		{actions: `{"listen": true}`, want: Diagnostic{Warning, CodeListenNoPrompt, first + "listen",
			`Studio cannot wait for a message without sending one, and nothing is said before the listen of "a".`,
			"The execution ends; the next message starts a new one, without remembered values and with the samples of every task."}},
		{actions: `{"say": "<speak>x</speak>"}`, want: Diagnostic{Warning, CodeSSMLStripped, first + "say",
			"The text has SSML, which a message cannot have.",
			"Messages contain the text without the SSML tags; calls are not affected."}},
		{actions: collects(`{"question": "<speak>Q?</speak>", "name": "q"}`), want: Diagnostic{Warning, CodeSSMLStripped, first + "collect/questions/0/question",
			"The text has SSML, which a message cannot have.",
			"Messages contain the text without the SSML tags; calls are not affected."}},
		{actions: collects(`{"question": "Q?", "name": "q", "validate": {"webhook": {"url": "https://example.com/check", "method": "POST"}}}`),
			want: Diagnostic{Warning, CodeWebhookValidate, first + "collect/questions/0/validate/webhook",
				"The flow does not ask a URL whether an answer is valid.",
				"Every answer that fits the question's type is taken."}},
		{actions: `{"play": {"url": "https://example.com/a.mp3"}}`, want: Diagnostic{Info, CodePlayOnMessaging, first + "play",
			"A recording cannot be played in a message.",
			"It is left out of messages; callers hear it."}},
		{actions: `{"show": {"images": [{"label": "x", "url": "https://example.com/1.png"}]}}`, want: Diagnostic{Info, CodeShowOnVoice, first + "show",
			"A picture cannot be shown in a call.",
			"Callers do not get it."}},
		{actions: `{"listen": {"barge": false}}`, want: Diagnostic{Info, CodeListenBarge, first + "listen/barge",
			"A prompt of Studio's Gather can be interrupted.",
			"Callers can speak before it ends."}},
		{actions: `{"say": "x"}`, members: `, "logQueries": true`, want: Diagnostic{Info, CodeLogQueries, "/logQueries",
			"Studio does not log queries for a model.",
			"Executions of the flow contain the input, for as long as Studio stores them; there is no query log."}},
		{actions: `{"remember": {"first-name": "x"}}`, want: Diagnostic{Info, CodeMemoryKey, first + "remember/first-name",
			`A Studio variable cannot be named "first-name".`,
			"It is stored as flow.variables.first_name."}},
		{actions: `{"remember": {"a_b": "x"}}, {"remember": {"a.b": "y"}}`, want: Diagnostic{Warning, CodeMemoryKey, "/tasks/1/actions/actions/1/remember/a.b",
			`"a_b" and "a.b" are the same Studio variable, "a_b".`,
			"The value remembered last replaces the other. Give one of them another name."}},
		{actions: `{"say": " "}`, want: Diagnostic{Info, CodeEmptySay, first + "say",
			"The say has no text.",
			"It is left out, because Twilio refuses messages without a text."}},
		{actions: `{"redirect": "task://nowhere"}`, want: Diagnostic{Error, Code(schema.UnknownTask), first + "redirect",
			`there is no task "nowhere".`,
			"Add it to `tasks`, or fix the name."}},
	} {
		t.Run(string(c.want.Code), func(t *testing.T) {
			f, found := Compile(parsed(t, unsorted(c.actions, c.samples, c.members)), c.options)
			if (f == nil) != (c.want.Severity == Error) {
				t.Errorf("a flow: %v", f != nil)
			}
			same := slices.DeleteFunc(slices.Clone(found), func(d Diagnostic) bool { return d.Code != c.want.Code })
			if diff := cmp.Diff([]Diagnostic{c.want}, same); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A flow knows no language, so it is none of Autopilot's that it does not have.
func TestALanguageIsNoDifference(t *testing.T) {
	thai := parsed(t, strings.ReplaceAll(schemaOf(`{"say": "x"}`), "en-US", "th-TH"))
	if !slices.ContainsFunc(schema.Validate(thai), func(d schema.Diagnostic) bool { return d.Code == schema.Language }) {
		t.Fatal("the schema has no finding")
	}
	if _, found := Compile(thai, Options{}); slices.ContainsFunc(found, func(d Diagnostic) bool { return d.Code == Code(schema.Language) }) {
		t.Errorf("found %+v", found)
	}
}

func TestWhatSchemaValidateFindsIsToldForStudio(t *testing.T) {
	for code, c := range map[schema.Code]struct {
		defaults string
		detail   string
	}{
		schema.NoFallback: {`{"assistant_initiation": "task://a"}`,
			"Where no sample or word matches, the conversation ends without an answer. Give `defaults` a `fallback`."},
		schema.VoiceNoInitiation: {`{"fallback": "task://a"}`,
			"A caller hears nothing at first: the flow listens. Give `defaults` an `assistant_initiation`."},
	} {
		t.Run(string(code), func(t *testing.T) {
			_, found := Compile(parsed(t, schemaOf(`{"say": "x"}`, `"defaults": {"defaults": `+c.defaults+`}`)), Options{})
			i := slices.IndexFunc(found, func(d Diagnostic) bool { return d.Code == Code(code) })
			if i < 0 || found[i].Severity != Warning || found[i].Detail != c.detail || found[i].Message == "" {
				t.Errorf("found %+v", found)
			}
		})
	}
}

func TestErrorsComeFirstAndLeaveNoFlow(t *testing.T) {
	f, found := Compile(parsed(t, unsorted(`{"say": " "}, {"handoff": {"channel": "voice", "uri": "https://example.com/agent"}}`, ``, `, "logQueries": true`)), Options{})
	if f == nil || HasErrors(found) {
		t.Errorf("no flow for a schema without errors: %v", found)
	}
	f, found = Compile(parsed(t, unsorted(`{"redirect": "task://nowhere"}`, ``, `, "logQueries": true`)), Options{})
	if f != nil || !HasErrors(found) {
		t.Errorf("a flow for a schema with an error: %v", found)
	}
	if !slices.IsSortedFunc(found, func(a, b Diagnostic) int { return int(a.Severity - b.Severity) }) {
		t.Errorf("the errors are not first: %v", found)
	}
}

func TestRingsOfTasksAreTold(t *testing.T) {
	text := func(a, b string) string {
		return `{"uniqueName": "bot", "tasks": [{"uniqueName": "a", "actions": {"actions": [` + a + `]}}, {"uniqueName": "b", "actions": {"actions": [` + b + `]}}]}`
	}
	for name, c := range map[string]struct {
		text    string
		message string // empty for none
	}{
		"two that do nothing else": {text(`{"redirect": "task://b"}`, `{"redirect": "task://a"}`), "The conversation would loop forever without waiting for input: a, b, a."},
		"two with texts":           {text(`{"say": "x"}, {"redirect": "task://b"}`, `{"say": "y"}, {"redirect": "task://a"}`), "The conversation would loop forever without waiting for input: a, b, a."},
		"one that waits":           {text(`{"say": "x"}, {"redirect": "task://b"}`, `{"collect": {"name": "c", "questions": [{"question": "Q?", "name": "q"}], "on_complete": {"redirect": "task://a"}}}`), ""},
	} {
		t.Run(name, func(t *testing.T) {
			// A loop counts only if a sample or the initiation leads to it.
			s := parsed(t, c.text)
			s.Tasks[0].Samples = []schema.Sample{{Language: "en-US", TaggedText: "alpha"}}
			f, found := Compile(s, Options{})
			i := slices.IndexFunc(found, func(d Diagnostic) bool { return d.Code == CodeRedirectCycle })
			switch {
			case c.message == "" && (i >= 0 || f == nil):
				t.Errorf("found %+v", found)
			case c.message != "" && (i < 0 || found[i].Message != c.message || f != nil):
				t.Errorf("found %+v", found)
			}
		})
	}
}

func TestARingIsToldOnceWhateverLeadsToIt(t *testing.T) {
	for name, say := range map[string]string{"of tasks with texts": `{"say": "x"}, `, "of tasks that do nothing else": ""} {
		t.Run(name, func(t *testing.T) {
			var tasks []string
			for _, each := range [][2]string{{"lead", "m"}, {"n", "o"}, {"o", "m"}, {"m", "n"}, {"spare", ""}, {"unused", ""}} {
				actions := say + `{"redirect": "task://` + each[1] + `"}`
				if each[1] == "" {
					actions = `{"say": "x"}`
				}
				tasks = append(tasks, `{"uniqueName": "`+each[0]+`", "actions": {"actions": [`+actions+`]}, "samples": [{"language": "en-US", "taggedText": "`+each[0]+`"}]}`)
			}
			_, found := Compile(parsed(t, `{"uniqueName": "bot", "tasks": [`+strings.Join(tasks, ",")+`]}`), Options{})
			found = slices.DeleteFunc(found, func(d Diagnostic) bool { return d.Code != CodeRedirectCycle })
			const message = "The conversation would loop forever without waiting for input: m, n, o, m."
			if len(found) != 1 || found[0].Pointer != "/tasks/3/actions" || found[0].Message != message {
				t.Errorf("found %+v", found)
			}
		})
	}
}
