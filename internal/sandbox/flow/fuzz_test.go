package flow

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzValidate checks that every accepted definition is still accepted with its
// defaults filled in, and that every problem has a path and a message.
func FuzzValidate(f *testing.F) {
	f.Add([]byte(small))
	files, _ := filepath.Glob(realFlows)
	for _, file := range files {
		definition, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(definition)
	}
	f.Add([]byte(`{"states":[{"name":"T","type":"trigger","transitions":[],"properties":{}}],"initial_state":"T"}`))
	f.Add([]byte(`{"states":[{"type":"make-outgoing-call-v2"},{"type":"trigger","transitions":[{"event":"incomingCall","next":""}]}]}`))
	f.Add([]byte(`{"states":[null,{"type":1}],"initial_state":""}`))
	f.Add([]byte(`{"states":[{"name":"T","type":"split-based-on","transitions":[{"event":"match","conditions":[1]}]}]}`))
	f.Fuzz(func(t *testing.T, definition []byte) {
		problems := Validate(definition)
		for _, p := range problems {
			if p.Message == "" || !strings.HasPrefix(p.PropertyPath, "#") {
				t.Errorf("an empty problem: %+v", p)
			}
		}
		if len(problems) > 0 {
			return
		}
		filled := WithDefaults(definition)
		if len(filled) > MaxBytes {
			return
		}
		if problems := Validate(filled); len(problems) > 0 {
			t.Errorf("%s\nis accepted, but with defaults it is not: %v", definition, problems)
		}
		if again := WithDefaults(filled); string(again) != string(filled) {
			t.Errorf("the defaults are not stable:\n%s\n%s", filled, again)
		}
	})
}
