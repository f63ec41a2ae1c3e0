package flow

import (
	"bytes"
	"encoding/json"
)

// WithDefaults is a definition that Validate accepts with optional parts filled in,
// the position of each state on the canvas and the flags, and with the keys sorted.
// It means the same.
func WithDefaults(definition []byte) json.RawMessage {
	decoded, err := decode(definition)
	if err != nil {
		panic(err) // Validate accepts only JSON
	}
	root := decoded.(map[string]any)
	if _, has := root["flags"]; !has {
		root["flags"] = map[string]any{"allow_concurrent_calls": true}
	}
	for _, state := range root["states"].([]any) {
		properties := state.(map[string]any)["properties"].(map[string]any)
		if _, has := properties["offset"]; !has {
			properties["offset"] = map[string]any{"x": 0, "y": 0}
		}
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(root); err != nil {
		panic(err) // it was decoded from JSON
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n"))
}
