package compile

import (
	"bytes"
	"encoding/json"
	"runtime"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/flow"
)

// carrying is a definition with the source and options given.
func carrying(tb testing.TB, description, source, options string) []byte {
	tb.Helper()
	data, err := json.Marshal(map[string]any{
		"description": description, "initial_state": "Trigger",
		"states": []any{
			map[string]any{"name": "Trigger", "type": "trigger", "transitions": []any{}, "properties": map[string]any{}},
			map[string]any{"name": sourceState, "type": kindSet, "transitions": []any{}, "properties": map[string]any{"variables": []any{
				map[string]any{"key": sourceVariable, "value": source}, map[string]any{"key": optionsVariable, "value": options},
			}}},
		},
	})
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// checkDecompile looks for a schema in a definition. What it finds must compile, to a
// flow that gives it back.
func checkDecompile(t *testing.T, definition []byte) {
	t.Helper()
	f, err := flow.Parse(definition)
	if err != nil {
		return
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	s, ok, err := Decompile(f)
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 2<<30 {
		t.Errorf("it allocates %d MB", grown>>20)
	}
	switch {
	case err != nil && (!ok || s != nil):
		t.Fatalf("an error with %v, %v: %v", s, ok, err)
	case err != nil || !ok:
		return
	}
	again, found := Compile(s.Schema, s.Options)
	if again == nil {
		t.Fatalf("what was found does not compile: %v", found)
	}
	round, ok, err := Decompile(again)
	if !ok || err != nil || !round.Intact || len(round.Changes) > 0 {
		t.Fatalf("what was found and compiled is found as %+v, %v, %v", round, ok, err)
	}
	if !bytes.Equal(round.Schema.Canonical(), s.Schema.Canonical()) {
		t.Fatalf("found\n%s\nand then\n%s", s.Schema.Canonical(), round.Schema.Canonical())
	}
}

func FuzzDecompile(f *testing.F) {
	whole := []byte(compiled(f, schemaOf(`{"say": "x"}, {"listen": true}`), Options{}).Source())
	f.Add(whole)
	f.Add(bytes.Replace(whole, []byte(sourceState), []byte("renamed"), 1))
	f.Add(bytes.Replace(whole, []byte("compiler/2"), []byte("compiler/999999"), 1))
	f.Add(carrying(f, "", "", ""))
	f.Add([]byte(`{"states": [{"properties": {"variables": [{"key": "autopilot_schema_gz"}]}}]}`))
	f.Add([]byte(`{"states": [{"properties": {"variables": [{"key": "autopilot_schema_gz", "value": [1]}, null, {"key": "autopilot_options", "value": {}}]}}]}`))
	f.Fuzz(checkDecompile)
}

// FuzzDecompileBlob has the fuzzer write the compressed bytes, since it would hardly
// produce valid gzip by itself.
func FuzzDecompileBlob(f *testing.F) {
	text := parsed(f, schemaOf(`{"say": "x"}`)).Canonical()
	f.Add(text, "channels=messaging+voice routing=keywords", "autopilot compiler/1 sha256:0123456789ab", true)
	f.Add(parsed(f, rich).Canonical(), "channels=voice routing=exact", "", true)
	f.Add([]byte(`{"tasks":[`+strings.Repeat("{},", 100)+`{}]}`), "channels=voice routing=exact", "x", true)
	f.Add([]byte("not packed"), "routing=exact", "", false)
	f.Fuzz(func(t *testing.T, source []byte, options, description string, pack bool) {
		text := string(source)
		if pack {
			text = packed(source)
		}
		checkDecompile(t, carrying(t, description, text, options))
	})
}
