package twiml

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

// Whatever is built is one well-formed document within the bound, and is built again.
func FuzzBuild(f *testing.F) {
	for _, seed := range []string{
		`[{"say": "Hello"}, {"gather": {"num_digits": 1, "verbs": [{"say": {"ssml": "a<break time=\"1s\"/>"}}]}}, {"hangup": {}}]`,
		`[{"dial": {"client": {"identity": "a", "parameters": {"b": "c"}}, "number": ["+12025550142"]}}]`,
		`[{"connect": {"conversation_relay": {"url": "wss://a.example.com/", "languages": ["fr-FR"], "parameters": {"a": "\"<>&"}}}}]`,
		`[{"message": {"body": "a", "media": ["b"]}}, {"redirect": "/c"}]`,
		`[{"raw": "<a b='c'>d<![CDATA[e]]></a>"}, {"enqueue": {"workflow_sid": "WW11111111111111111111111111111111", "task": "{}"}}]`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.UseNumber()
		var given any
		if decoder.Decode(&given) != nil {
			return
		}
		built(t, given)
	})
}

// FuzzRaw is FuzzBuild for what is read as XML.
func FuzzRaw(f *testing.F) {
	for _, seed := range []string{
		`<Pay chargeAmount="1"><Prompt for="a">b</Prompt></Pay>`, `a<break time="1s"/>b &amp; &#x41; <w role="x">c</w>`,
		`<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`, `<?a b?>`, `<!-- a -->`, `<a:b xmlns:a="c" a:d="e"/>`, `<![CDATA[a]]>`, `<p>]]&gt;</p>`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		built(t, []any{map[string]any{"raw": text}})
		built(t, []any{map[string]any{"gather": map[string]any{"verbs": []any{map[string]any{"say": map[string]any{"ssml": text}}}}}})
		built(t, []any{map[string]any{"say": map[string]any{"text": text, "language": text}}})
	})
}

func built(t *testing.T, given any) {
	t.Helper()
	document, problems := Build(given)
	if len(problems) > 0 {
		if document != "" {
			t.Fatal("there are a document and problems")
		}
		return
	}
	if len(document) > MaxSize {
		t.Fatalf("%d bytes", len(document))
	}
	decoder := xml.NewDecoder(strings.NewReader(document))
	depth, roots := 0, 0
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v in %s", err, document)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if depth == 0 {
				roots++
				if token.Name.Local != "Response" {
					t.Fatal(document)
				}
			}
			depth++
			attributes := map[xml.Name]bool{}
			for _, a := range token.Attr {
				if attributes[a.Name] {
					t.Fatalf("%s is there twice in %s", a.Name.Local, document)
				}
				attributes[a.Name] = true
			}
		case xml.EndElement:
			depth--
		case xml.Directive, xml.Comment:
			t.Fatal(document)
		}
	}
	if roots != 1 {
		t.Fatalf("%d roots in %s", roots, document)
	}
	if again, _ := Build(given); again != document {
		t.Fatalf("the same verbs give\n%s\nand\n%s", document, again)
	}
}
