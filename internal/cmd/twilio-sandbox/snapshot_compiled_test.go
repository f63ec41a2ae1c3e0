package main

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/flow"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/compile"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// A compiled flow carries its schema packed, where nobody sees what is in it. Its secrets are
// replaced there too, and it is the flow of the schema with REDACTED for them.
func TestSnapshotOfACompiledFlowHasNoSecretInItsSchema(t *testing.T) {
	const number = "+12025550142" // of the account
	compiled := func(secret, phone string) *flow.Flow {
		t.Helper()
		s, err := schema.Parse([]byte(`{"tasks": [
			{"uniqueName": "greeting", "samples": [{"language": "en-US", "taggedText": "hello"}], "actions": {"actions": [{"say": "Hello, call ` + phone + `, which is (202) 555-0142."}, {"redirect": {"method": "POST", "uri": "https://bots.example.com/old?api_key=` + secret + `"}}]}}]}`))
		if err != nil {
			t.Fatal(err)
		}
		f, problems := compile.Compile(s, compile.Options{})
		if f == nil {
			t.Fatal(problems)
		}
		return f
	}
	for name, change := range map[string]func(string) string{
		"as compiled": func(definition string) string { return definition },
		"edited":      func(definition string) string { return strings.Replace(definition, "Hello, call", "Hi, call", 1) },
		"damaged": func(definition string) string {
			return strings.Replace(definition, `"`+flow.SchemaVariable+`","value":"`, `"`+flow.SchemaVariable+`","value":"!`, 1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			definition := compiled(seeded, number)
			sent := change(string(definition.Source()))
			if name != "as compiled" && sent == string(definition.Source()) {
				t.Fatal("nothing is changed")
			}
			box := sandbox.New()
			sid := asks(t, box, "POST", studioBase, "FriendlyName", "clinic", "Status", "published", "Definition", sent)["sid"].(string)
			reachable(t, box)
			for _, anonymise := range []bool{false, true} {
				args := []string{"snapshot", "-o", "-"}
				if anonymise {
					args = append(args, "-anonymise")
				}
				var out bytes.Buffer
				if err := command(t.Context(), args, &out, io.Discard); err != nil {
					t.Fatal(err)
				}
				if strings.Contains(out.String(), seeded) {
					t.Error("the file has the secret")
				}
				snapshot := sandbox.New()
				if err := snapshot.Restore(out.Bytes()); err != nil {
					t.Fatal(err)
				}
				text, err := json.Marshal(asks(t, snapshot, "GET", studioBase+"/"+sid)["definition"])
				if err != nil {
					t.Fatal(err)
				}
				live, err := flow.Parse(text)
				if err != nil {
					t.Fatal(err)
				}
				source, isCompiled, err := compile.Decompile(live)
				if name == "damaged" {
					if !isCompiled || err == nil || !strings.Contains(string(text), `"REDACTED"`) {
						t.Errorf("a schema that nobody can read is kept: %v\n%s", err, text)
					}
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				if has := string(source.Schema.Canonical()); strings.Contains(has, seeded) || !strings.Contains(has, "api_key=REDACTED") || strings.Contains(has, number) == anonymise || strings.Contains(has, "555-0142") == anonymise {
					t.Errorf("the schema is %s", has)
				}
				if source.Intact != (name == "as compiled") {
					t.Errorf("intact is %t: %v", source.Intact, source.Changes)
				}
			}
		})
	}
}
