package snapshot

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

// A number is replaced wherever it is written and however, and nothing else is.
func TestNumbersAreReplacedInEverySpelling(t *testing.T) {
	for written, want := range map[string]string{
		"+12025550142":                                     "+12000000001",
		"https://a.b/?from=%2B12025550142&":                "https://a.b/?from=%2B12000000001&",
		"12025550142":                                      "12000000001",
		"Call (202) 555-0142 or 1-202-555-0142.":           "Call (200) 000-0001 or 1-200-000-0001.",
		"Press 2: 202 555 0142 1":                          "Press 2: 200 000 0001 1",
		"2 2025550142":                                     "2 2000000001",
		"020 7946 0018, +44 20 7946 0018, 0044 2079460018": "000 0000 0001, +44 00 0000 0001, 0044 0000000001",
		"+4520260102 on 2026-01-02":                        "+4500000001 on 2026-01-02",
		"order 2025550143, 99.2025":                        "order 2025550143, 99.2025",
		"+18005550199 and 800-555-0199":                    "+18000000001 and 800-000-0001",
	} {
		text, err := json.Marshal(written)
		if err != nil {
			t.Fatal(err)
		}
		r := &reader{rows: map[string][]*jsondoc.Node{}}
		for i, number := range []string{"+12025550142", "+442079460018", "+4520260102", "+18005550199"} {
			r.rows["incoming_phone_numbers"] = append(r.rows["incoming_phone_numbers"], parsed(t, fmt.Sprintf(`{"phone_number": %q, "date_created": "2026-01-0%dT00:00:00Z"}`, number, i+1)))
		}
		row := parsed(t, `{"say": `+string(text)+`}`)
		r.rows["applications"] = []*jsondoc.Node{row}
		r.anonymise("AC" + strings.Repeat("1", 32))
		if got := row.Get("say").Text; got != want {
			t.Errorf("%s became\n%s, not\n%s", written, got, want)
		}
	}
}

func parsed(t *testing.T, text string) *jsondoc.Node {
	t.Helper()
	n, err := jsondoc.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return n
}
