package schema

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// sharedSchemas finds other people's schemas, in a directory beside the repository.
func sharedSchemas(tb testing.TB) []string {
	tb.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "..", "shared", "schemas", "*.json"))
	if err != nil || len(files) == 0 {
		tb.Skip("the folder of other people's schemas is not beside the repository")
	}
	return files
}

const sound = `{
  "defaults": {"defaults": {"assistant_initiation": "task://greeting", "fallback": "task://greeting"}},
  "fieldTypes": [{"uniqueName": "pet", "values": [
    {"language": "en-US", "value": "dog", "synonymOf": null},
    {"language": "en-US", "value": "hound", "synonymOf": "dog"}]}],
  "tasks": [{
    "uniqueName": "greeting",
    "actions": {"actions": [{"say": "hello"}, {"listen": {"tasks": ["greeting"]}}]},
    "fields": [{"uniqueName": "animal", "fieldType": "pet"}, {"uniqueName": "town", "fieldType": "Twilio.CITY"}],
    "samples": [{"language": "en-US", "taggedText": "hello"}, {"language": "en-US", "taggedText": "my {animal}"}]
  }]
}`

func TestSoundSchemaHasNoFindings(t *testing.T) {
	s, err := Parse([]byte(sound))
	if err != nil {
		t.Fatal(err)
	}
	if found := Validate(s); len(found) > 0 {
		t.Errorf("%+v", found)
	}
}

func TestEachFaultIsFoundWhereItIs(t *testing.T) {
	for name, each := range map[string]struct {
		from, to string // an edit of the sound schema
		code     Code
		pointer  string
	}{
		"unknown fallback":       {`"fallback": "task://greeting"`, `"fallback": "task://greting"`, UnknownTask, "/defaults/defaults/fallback"},
		"unknown listen":         {`["greeting"]`, `["nobody"]`, UnknownTask, "/tasks/0/actions/actions/1/listen/tasks/0"},
		"unknown redirect":       {`{"say": "hello"}`, `{"redirect": {"uri": "task://nobody"}}`, UnknownTask, "/tasks/0/actions/actions/0/redirect/uri"},
		"placeholder":            {`{"say": "hello"}`, `{"redirect": "<NGROK_URL>/x"}`, BadURI, "/tasks/0/actions/actions/0/redirect"},
		"bare word":              {`{"say": "hello"}`, `{"redirect": "YOUR_FUNCTION_URI"}`, BadURI, "/tasks/0/actions/actions/0/redirect"},
		"unknown verb":           {`{"say": "hello"}`, `{"sya": "hello"}`, UnknownVerb, "/tasks/0/actions/actions/0"},
		"two verbs":              {`{"say": "hello"}`, `{"say": "hello", "listen": true}`, ActionShape, "/tasks/0/actions/actions/0"},
		"say of a number":        {`{"say": "hello"}`, `{"say": 1}`, ActionShape, "/tasks/0/actions/actions/0/say"},
		"collect without name":   {`{"say": "hello"}`, `{"collect": {"questions": [{"question": "?", "name": "a"}], "on_complete": {"redirect": "task://greeting"}}}`, ActionShape, "/tasks/0/actions/actions/0/collect"},
		"question's type":        {`{"say": "hello"}`, `{"collect": {"name": "c", "questions": [{"question": "?", "name": "a", "type": "Twilio.CITTY"}], "on_complete": {"redirect": "task://greeting"}}}`, UnknownFieldType, "/tasks/0/actions/actions/0/collect/questions/0/type"},
		"max_attempts":           {`{"say": "hello"}`, `{"collect": {"name": "c", "questions": [{"question": "?", "name": "a", "validate": {"max_attempts": {"redirect": "task://x", "num_attempts": 1}}}], "on_complete": {"redirect": "task://greeting"}}}`, UnknownTask, "/tasks/0/actions/actions/0/collect/questions/0/validate/max_attempts/redirect"},
		"unknown field":          {`my {animal}`, `my {beast}`, UnknownField, "/tasks/0/samples/1/taggedText"},
		"unknown field type":     {`"fieldType": "pet"`, `"fieldType": "pat"`, UnknownFieldType, "/tasks/0/fields/0/fieldType"},
		"built-in letter case":   {`Twilio.CITY`, `Twilio.City`, UnknownFieldType, "/tasks/0/fields/1/fieldType"},
		"duplicate field":        {`"uniqueName": "town"`, `"uniqueName": "animal"`, DuplicateField, "/tasks/0/fields/1"},
		"duplicate sample":       {`my {animal}`, `hello`, DuplicateSample, "/tasks/0/samples/1"},
		"duplicate value":        {`"value": "hound", "synonymOf": "dog"`, `"value": "dog", "synonymOf": null`, DuplicateValue, "/fieldTypes/0/values/1"},
		"unknown synonym":        {`"synonymOf": "dog"`, `"synonymOf": "cat"`, UnknownSynonym, "/fieldTypes/0/values/1/synonymOf"},
		"nameless task":          {`"uniqueName": "greeting",`, ``, MissingName, "/tasks/0"},
		"long name":              {`"uniqueName": "animal"`, `"uniqueName": "` + strings.Repeat("x", 65) + `"`, LongName, "/tasks/0/fields/0/uniqueName"},
		"language":               {`{"language": "en-US", "taggedText": "hello"}`, `{"language": "de-DE", "taggedText": "hello"}`, Language, "/tasks/0/samples/0/language"},
		"no fallback":            {`, "fallback": "task://greeting"`, ``, NoFallback, "/defaults/defaults"},
		"after a listen":         {`{"listen": {"tasks": ["greeting"]}}`, `{"listen": true}, {"say": "never"}`, UnreachableAction, "/tasks/0/actions/actions/2"},
		"redirect loop":          {`{"say": "hello"}`, `{"redirect": "task://greeting"}`, RedirectLoop, "/tasks/0/actions"},
		"digits to a task":       {`{"say": "hello"}`, `{"listen": {"voice_digits": {"redirects": {"1": "task://x"}}}}`, UnknownTask, "/tasks/0/actions/actions/0/listen/voice_digits/redirects/1"},
		"mapping to a task":      {`{"say": "hello"}`, `{"listen": {"voice_digits": {"mapping": {"1": "task://x"}}}}`, UnknownTask, "/tasks/0/actions/actions/0/listen/voice_digits/mapping/1"},
		"space in a name":        {`"uniqueName": "town"`, `"uniqueName": "my town"`, BadName, "/tasks/0/fields/1/uniqueName"},
		"defaults not nested":    {`{"defaults": {"assistant_initiation"`, `{"fallback": "task://greeting", "defaults": {"assistant_initiation"`, NotNested, "/defaults/fallback"},
		"actions and a URL":      {`"fields": [`, `"actionsUrl": "https://example.com/", "fields": [`, TwoActions, "/tasks/0/actionsUrl"},
		"synonym of a synonym":   {`"synonymOf": "dog"}]`, `"synonymOf": "dog"}, {"language": "en-US", "value": "pup", "synonymOf": "hound"}]`, SynonymChain, "/fieldTypes/0/values/2/synonymOf"},
		"language of a value":    {`{"language": "en-US", "value": "hound"`, `{"language": "de-DE", "value": "hound"`, Language, "/fieldTypes/0/values/1/language"},
		"unknown channel":        {`"taggedText": "hello"`, `"taggedText": "hello", "sourceChannel": "fax"`, UnknownChannel, "/tasks/0/samples/0/sourceChannel"},
		"too long actions":       {`{"say": "hello"}`, `{"say": "` + strings.Repeat("x", 16<<10) + `"}`, OverLimit, "/tasks/0/actions"},
		"member without a place": {`"fieldTypes": [`, `"fieldtypes": [], "fieldTypes": [`, UnknownKey, "/fieldtypes"},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(sound, each.from) {
				t.Fatalf("the sound schema has no %s", each.from)
			}
			s, err := Parse([]byte(strings.Replace(sound, each.from, each.to, 1)))
			if err != nil {
				t.Fatal(err)
			}
			found := Validate(s)
			if !slices.ContainsFunc(found, func(d Diagnostic) bool { return d.Code == each.code && string(d.Pointer) == each.pointer }) {
				t.Errorf("no %s at %s in %+v", each.code, each.pointer, found)
			}
		})
	}
}

func TestKeyOfAFindingSurvivesWhatStandsBeforeIt(t *testing.T) {
	broken := strings.Replace(sound, `{"say": "hello"}`, `{"redirect": "task://nobody"}`, 1)
	moved := strings.Replace(broken, `"tasks": [{`, `"tasks": [{"uniqueName": "first", "actions": {"actions": [{"say": "x"}]}}, {`, 1)
	find := func(text string) string {
		s, err := Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range Validate(s) {
			if d.Code == UnknownTask {
				return d.Key()
			}
		}
		t.Fatalf("no unknown task in %s", text)
		return ""
	}
	if a, b := find(broken), find(moved); a != b {
		t.Errorf("%q and %q", a, b)
	}
}

// The errors in real files were verified by hand: targets that are not a task of the
// file, and addresses that were never filled in. Nothing else may be an error.
func TestRealFilesHaveOnlyRealFaults(t *testing.T) {
	codes := map[Code]int{}
	for _, file := range sharedSchemas(t) {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s, err := Parse(content)
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(file), err)
			continue
		}
		for _, d := range Validate(s) {
			codes[d.Code]++
			if d.Severity == Error {
				t.Logf("%s: %s %s: %s", filepath.Base(file), d.Code, d.Pointer, d.Message)
				if d.Code != UnknownTask && d.Code != BadURI {
					t.Errorf("%s: %s", filepath.Base(file), d.Code)
				}
			}
		}
	}
	t.Logf("findings by code: %v", codes)
}

func TestOverlayOfRealFilesIsWhatIsLive(t *testing.T) {
	for _, file := range sharedSchemas(t) {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s, err := Parse(content)
		if err != nil {
			t.Fatal(err)
		}
		if got := Overlay(content, s); string(got) != string(content) {
			t.Errorf("%s: a document that equals live was changed", filepath.Base(file))
		}
		live, err := Parse(content)
		if err != nil {
			t.Fatal(err)
		}
		live.Tasks = append(live.Tasks[1:], Task{UniqueName: "theirs", Samples: []Sample{{Language: "en-US", TaggedText: "theirs"}}})
		shown, err := Parse(Overlay(content, live))
		if err != nil || !Equal(shown, live) {
			t.Errorf("%s: the drifted document does not equal live (%v): %v", filepath.Base(file), err, Diff(live, shown).Summary())
		}
	}
}

func TestAddressesAreNotRepeated(t *testing.T) {
	s := mustParse(t, `{"tasks":[
		{"uniqueName":"a","actionsUrl":"https://user:S3 CRET@bot.example.com/"},
		{"uniqueName":"b","actions":{"actions":[{"redirect":"https://user:S3 CRET@bot.example.com/?token=S3 CRET"},{"handoff":{"channel":"voice","uri":"user:S3 CRET@bot"}}]}}]}`)
	found := 0
	for _, d := range Validate(s) {
		if d.Code == BadURI {
			found++
		}
		if strings.Contains(d.Message+d.Detail+d.Key(), "CRET") {
			t.Errorf("%+v", d)
		}
	}
	if found != 3 {
		t.Errorf("%d addresses are refused, not 3", found)
	}
}

func TestAnswersToSeparateQuestionsMayShareASample(t *testing.T) {
	bot := func(first, second string) string {
		answer := func(name string) string {
			return `{"uniqueName": "` + name + `", "samples": [{"language": "en-US", "taggedText": "yes"}], "actions": {"actions": [{"say": "x"}]}}`
		}
		return `{"defaults": {"defaults": {"assistant_initiation": "task://q", "fallback": "task://r"}}, "tasks": [
			{"uniqueName": "q", "actions": {"actions": [{"say": "?"}, {"listen": ` + first + `}]}}, {"uniqueName": "r", "actions": {"actions": [{"say": "?"}, {"listen": ` + second + `}]}},
			` + answer("a") + `, ` + answer("b") + `, ` + answer("c") + `]}`
	}
	for name, each := range map[string]struct {
		first, second string
		ambiguous     int
	}{
		"apart":              {`{"tasks": ["a"]}`, `{"tasks": ["task://b"]}`, 1}, // c is named by neither
		"two of one":         {`{"tasks": ["a"]}`, `{"tasks": ["b", "c"]}`, 1},
		"one each, and both": {`{"tasks": ["a", "c"]}`, `{"tasks": ["b", "a"]}`, 2},
		"open":               {`{"tasks": ["a", "b", "c"]}`, `true`, 2},
		"all in one":         {`{"tasks": ["a", "b", "c"]}`, `false`, 2},
		"without tasks":      {`{"tasks": ["a"]}`, `{"tasks": []}`, 2},
	} {
		t.Run(name, func(t *testing.T) {
			parsed, err := Parse([]byte(bot(each.first, each.second)))
			if err != nil {
				t.Fatal(err)
			}
			var found []string
			for _, d := range Validate(parsed) {
				if d.Code == AmbiguousSample {
					found = append(found, d.Message)
				}
			}
			if len(found) != each.ambiguous {
				t.Errorf("found %q, want %d", found, each.ambiguous)
			}
		})
	}
}
