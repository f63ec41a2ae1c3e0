package compile

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/flow"
)

func reparsed(tb testing.TB, text string) *flow.Flow {
	tb.Helper()
	f, err := flow.Parse([]byte(text))
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

// found is the source of a flow that has one.
func found(tb testing.TB, f *flow.Flow) *Source {
	tb.Helper()
	s, ok, err := Decompile(f)
	if !ok || err != nil {
		tb.Fatalf("found %v, %v", ok, err)
	}
	return s
}

func TestACompiledFlowGivesItsSchemaBack(t *testing.T) {
	for name, s := range everySchema(t) {
		for label, o := range everyOptions {
			t.Run(name+"/"+label, func(t *testing.T) {
				f, diagnostics := Compile(s, o)
				if f == nil {
					skipFaulty(t, name, diagnostics)
				}
				got := found(t, f)
				if !bytes.Equal(got.Schema.Canonical(), s.Canonical()) {
					t.Errorf("got\n%s\nwant\n%s", got.Schema.Canonical(), s.Canonical())
				}
				if want := o.normal(); got.Options.Routing != want.Routing || !slices.Equal(got.Options.Channels, want.Channels) {
					t.Errorf("compiled with %+v, found %+v", want, got.Options)
				}
				if got.Compiler != version || !got.Intact || len(got.Changes) > 0 {
					t.Errorf("compiler %d, intact %v, changes %q", got.Compiler, got.Intact, got.Changes.Summary())
				}
			})
		}
	}
}

// edited is a compiled flow after a change of its definition.
func edited(tb testing.TB, change func(root map[string]any, states map[string]map[string]any)) *flow.Flow {
	tb.Helper()
	var root map[string]any
	if err := json.Unmarshal(compiled(tb, rich, Options{}).Source(), &root); err != nil {
		tb.Fatal(err)
	}
	states := map[string]map[string]any{}
	list, _ := root["states"].([]any)
	for _, each := range list {
		s, _ := each.(map[string]any)
		name, _ := s["name"].(string)
		states[name] = s
	}
	change(root, states)
	data, err := json.Marshal(root)
	if err != nil {
		tb.Fatal(err)
	}
	return reparsed(tb, string(data))
}

func properties(s map[string]any) map[string]any {
	p, _ := s["properties"].(map[string]any)
	return p
}

func TestWhatBecameOfAFlowIsTold(t *testing.T) {
	type object = map[string]any
	for name, c := range map[string]struct {
		change   func(root object, states map[string]object)
		intact   bool
		compiler int
		changes  []string
	}{
		"nothing but a save": {
			func(object, map[string]object) {}, true, version, nil},
		"a text edited in the Console": {
			func(_ object, s map[string]object) { properties(s["m_failed_01_say"])["body"] = "Good bye." },
			false, version, []string{"state m_failed_01_say: property body changed"}},
		"a state led elsewhere": {
			func(_ object, s map[string]object) {
				s["m_failed_01_say"]["transitions"] = []any{object{"event": "sent", "next": "m_route"}, object{"event": "failed"}}
			},
			false, version, []string{"state m_failed_01_say: transition sent now goes to m_route (was nothing)"}},
		"a state added": {
			func(root object, _ map[string]object) {
				list, _ := root["states"].([]any)
				root["states"] = append(list, object{"name": "mine", "type": "send-message", "transitions": []any{}, "properties": object{"from": "x", "to": "y", "body": "z"}})
			},
			false, version, []string{"state mine: added (send-message)"}},
		"widgets moved": {
			func(_ object, s map[string]object) {
				properties(s["m_failed_01_say"])["offset"] = object{"x": 12, "y": -7}
				properties(s[sourceState])["offset"] = object{"x": 900, "y": 900}
			},
			true, version, nil},
		"the source renamed": {
			func(_ object, s map[string]object) { s[sourceState]["name"] = "please keep" },
			false, version, []string{"state please keep: added (set-variables)", "state autopilot_source: removed (set-variables)"}},
		"the description changed": {
			func(root object, _ map[string]object) { root["description"] = "Our bot" },
			false, 0, []string{"flow: description changed"}},
		"the description removed": {
			func(root object, _ map[string]object) { delete(root, "description") },
			false, 0, []string{"flow: description removed"}},
		"compiled by another version": {
			func(root object, _ map[string]object) {
				text, _ := root["description"].(string)
				root["description"] = strings.Replace(text, "compiler/2 ", "compiler/7 ", 1)
			},
			true, 7, []string{"flow: description changed"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := found(t, edited(t, c.change))
			if got.Intact != c.intact || got.Compiler != c.compiler {
				t.Errorf("intact %v, compiler %d; want %v and %d", got.Intact, got.Compiler, c.intact, c.compiler)
			}
			if !slices.Equal(got.Changes.Summary(), c.changes) {
				t.Errorf("changes\n%q, want\n%q", got.Changes.Summary(), c.changes)
			}
			if want := parsed(t, rich); !bytes.Equal(got.Schema.Canonical(), want.Canonical()) {
				t.Error("the schema is another")
			}
		})
	}
}

func TestOtherFlowsHaveNoSource(t *testing.T) {
	for name, text := range map[string]string{
		"of other origin":                      `{"description": "Mine", "states": [{"name": "Trigger", "type": "trigger", "transitions": [], "properties": {}}], "initial_state": "Trigger"}`,
		"empty":                                `{}`,
		"of a description that is almost ours": `{"description": "autopilot compiler/1 sha256:xyz", "states": [], "initial_state": "Trigger"}`,
	} {
		if s, ok, err := Decompile(reparsed(t, text)); s != nil || ok || err != nil {
			t.Errorf("%s: %v, %v, %v", name, s, ok, err)
		}
	}
}

// zipped is bytes as the value of the source's variable.
func zipped(tb testing.TB, data []byte) string {
	tb.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(data); err != nil {
		tb.Fatal(err)
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

func TestADamagedSourceIsAnErrorThatSaysWhatIsDamaged(t *testing.T) {
	whole := packed(parsed(t, rich).Canonical())
	data, err := base64.StdEncoding.DecodeString(whole)
	if err != nil {
		t.Fatal(err)
	}
	const options = "channels=messaging+voice routing=keywords"
	for name, c := range map[string]struct{ source, options, want string }{
		"not base64":           {"?" + whole, options, "is damaged: it is not base64"},
		"cut base64":           {whole[:len(whole)-3], options, "is damaged: it is not base64"},
		"empty":                {"", options, "is damaged: it is not gzip"},
		"not gzip":             {base64.StdEncoding.EncodeToString([]byte("hello, all of you")), options, "is damaged: it is not gzip"},
		"cut gzip":             {base64.StdEncoding.EncodeToString(data[:len(data)-9]), options, "is damaged: it cannot be decompressed"},
		"changed gzip":         {base64.StdEncoding.EncodeToString(append(slices.Clone(data[:len(data)-5]), 1, 2, 3, 4, 5)), options, "is damaged: it cannot be decompressed"},
		"a bomb":               {zipped(t, make([]byte, maxSource+1)), options, "is damaged: it has more than 4194304 bytes"},
		"a million tasks":      {zipped(t, []byte(`{"tasks":[`+strings.Repeat(`{},`, 1<<20)+`{}]}`)), options, "is damaged: it has 2097155 brackets and commas"},
		"not JSON":             {zipped(t, []byte("hello")), options, `the schema in the flow's widget "autopilot_source" is damaged`},
		"no options":           {whole, "", "the options in the flow's widget \"autopilot_source\" are damaged: they are incomplete"},
		"half the options":     {whole, "routing=exact", "are damaged: they are incomplete"},
		"an unknown channel":   {whole, "channels=messaging+fax routing=exact", `are damaged: unknown channel "fax"`},
		"an unknown routing":   {whole, "channels=voice routing=magic", `are damaged: unknown routing "magic"`},
		"huge options":         {whole, "channels=" + strings.Repeat("voice+", 1<<20), "are damaged: they are too long: 6291465 bytes"},
		"no longer compilable": {zipped(t, []byte(`{"uniqueName":"x","tasks":[{"uniqueName":"a","actions":{"actions":[{"redirect":"task://nowhere"}]}}]}`)), options, "no longer compiles: /tasks/0/actions/actions/0/redirect: "},
	} {
		t.Run(name, func(t *testing.T) {
			f := edited(t, func(_ map[string]any, s map[string]map[string]any) {
				properties(s[sourceState])["variables"] = []any{
					map[string]any{"key": sourceVariable, "value": c.source}, map[string]any{"key": optionsVariable, "value": c.options},
				}
			})
			_, ok, err := Decompile(f)
			if !ok || err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, %v; want %q", ok, err, c.want)
			}
			if len(err.Error()) > 300 {
				t.Errorf("the error has %d bytes", len(err.Error()))
			}
		})
	}
	t.Run("deleted", func(t *testing.T) {
		f := edited(t, func(root map[string]any, _ map[string]map[string]any) {
			list, _ := root["states"].([]any)
			root["states"] = list[:len(list)-1]
		})
		s, ok, err := Decompile(f)
		if want := `the flow was compiled from a schema, but the widget "autopilot_source" that held it was deleted`; s != nil || !ok || err == nil || err.Error() != want {
			t.Errorf("got %v, %v, %v; want %q", s, ok, err, want)
		}
	})
}

// A flow's schema is found by the variables that hold it, in whichever widget.
func TestASchemaMayRememberTheNamesThatCarryIt(t *testing.T) {
	text := schemaOf(`{"remember": {"` + sourceVariable + `": "x", "` + optionsVariable + `": "y"}}, {"say": "hello"}`)
	got := found(t, compiled(t, text, Options{}))
	if want := parsed(t, text); !bytes.Equal(got.Schema.Canonical(), want.Canonical()) || !got.Intact {
		t.Errorf("intact %v, found %s", got.Intact, got.Schema.Canonical())
	}
}

func TestASourcePackedByAnotherGzipIsTheSame(t *testing.T) {
	f := edited(t, func(_ map[string]any, s map[string]map[string]any) {
		list, _ := properties(s[sourceState])["variables"].([]any)
		first, _ := list[0].(map[string]any)
		first["value"] = zipped(t, parsed(t, rich).Canonical())
	})
	// The seal is of the bytes, so the flow no longer matches it; but what it does is what
	// the schema compiles to, and the description is all that differs.
	got := found(t, f)
	if want := []string{"flow: description changed"}; !slices.Equal(got.Changes.Summary(), want) {
		t.Errorf("changes %q, want %q", got.Changes.Summary(), want)
	}
}

func TestWhiteSpaceRoundTheSourceIsNoDamage(t *testing.T) {
	f := edited(t, func(_ map[string]any, s map[string]map[string]any) {
		list, _ := properties(s[sourceState])["variables"].([]any)
		first, _ := list[0].(map[string]any)
		value, _ := first["value"].(string)
		first["value"] = " " + value + "\n "
	})
	if got := found(t, f); !bytes.Equal(got.Schema.Canonical(), parsed(t, rich).Canonical()) {
		t.Errorf("found %s", got.Schema.Canonical())
	}
}
