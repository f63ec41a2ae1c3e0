package diagram

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

func TestMarksAreWrittenAsCharacterCodes(t *testing.T) {
	for name, each := range map[string]struct{ text, want string }{
		"plain":            {"Book a table, please?", "Book a table, please?"},
		"quotes":           {`say "hi"`, "say #34;hi#34;"},
		"apostrophe":       {"it's", "it's"},
		"brackets":         {"a[b]{c}(d)<e>", "a#91;b#93;#123;c#125;#40;d#41;#60;e#62;"},
		"pipe":             {"a|b", "a#124;b"},
		"entity":           {"&amp; &#35;", "#38;amp#59; #38;#35;35#59;"},
		"Mermaid's code":   {"#35;", "#35;35#59;"},
		"code in disguise": {"ﬂ°°35¶ß", "ﬂ#176;#176;35#182;ß"},
		"backslash":        {`a\nb`, "a#92;nb"},
		"new lines":        {"a\r\nb\u2028c\x00d", "a b c d"},
		"backticks":        {"`x`", "#96;x#96;"},
		"emphasis":         {"*a* _b_ ~c~ first_name", "#42;a#42; #95;b#95; #126;c#126; first_name"},
		"lists":            {"1. one", "1#46; one"},
		"bullet":           {"- one", "#45; one"},
		"within words":     {"pre-paid 1.5 a_b", "pre-paid 1.5 a_b"},
		"link":             {"https://www.example.com", "https#58;//www#46;example.com"},
		"address":          {"me@example.com", "me#64;example.com"},
		"formula":          {"$$x$$", "#36;#36;x#36;#36;"},
		"comment":          {"%% x", "#37;#37; x"},
		"style":            {"style a: #fff;", "style a#58; #35;fff#59;"},
		"reserved word":    {"end", "end"},
		"direction":        {"direction LR", "direction#32;LR"},
		"arrow":            {"a-->b", "a#45;#45;#62;b"},
		"emoji":            {"👋🏽 hi", "👋🏽 hi"},
		"joined emoji":     {"👩\u200d👧", "👩\u200d👧"},
		"right to left":    {"שלום مرحبا", "שלום مرحبا"},
		"reordering":       {"a\u202eb", "a#8238;b"},
		"accents":          {"Où est-ce ?", "Où est-ce ?"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := label(each.text, 100); got != each.want {
				t.Errorf("%q is %q, want %q", each.text, got, each.want)
			}
		})
	}
}

func TestLongTextIsCutByCharacters(t *testing.T) {
	for _, r := range []string{"a", "é", "😀", "ש"} {
		if got := label(strings.Repeat(r, 20), 20); got != strings.Repeat(r, 20) {
			t.Errorf("a text within the limit is cut: %q", got)
		}
		if got := label(strings.Repeat(r, 21), 20); got != strings.Repeat(r, 19)+"…" || utf8.RuneCountInString(got) != 20 {
			t.Errorf("21 characters are %q", got)
		}
	}
}

func TestNoSecretOfAURLIsShown(t *testing.T) {
	for uri, want := range map[string]string{
		"https://example.com/actions":                     "https://example.com/actions",
		"https://user:pass@example.com/a?key=secret#part": "https://example.com/a?…",
		"https://example.com/@home":                       "https://example.com/@home",
		"https://example.com?token=secret@x":              "https://example.com?…",
		"https://a@b@example.com/#secret":                 "https://example.com/",
		"taskrouter://WW0123456789abcdef":                 "taskrouter://WW0123456789abcdef",
		"YOUR_FUNCTION_URI":                               "YOUR_FUNCTION_URI",
	} {
		if got := withoutSecrets(uri); got != want {
			t.Errorf("%s is shown as %s, want %s", uri, got, want)
		}
	}
}

// jsonString is a text as JSON writes it.
func jsonString(text string) string {
	quoted, _ := jsontext.AppendQuote(nil, text) // its error is for text that is not UTF-8, which is replaced
	return string(quoted)
}
