package jsondoc

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

func mustParse(t *testing.T, text string) *Node {
	t.Helper()
	n, err := Parse([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return n
}

func TestSyntaxErrorsSayWhere(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"empty":                          {"", "line 1, column 1: the document is empty"},
		"white space":                    {" \n ", "line 2, column 2: the document is empty"},
		"cut off":                        {"{\n  \"a\": [", "line 2, column 9: unexpected EOF"},
		"text after the end":             {"[]\n []", "line 2, column 2: text after the end of the document"},
		"broken text after the end":      {"[] }", "line 1, column 4: "},
		"trailing comma in a list":       {"[\n  1,\n]", "line 2, column 4: "},
		"trailing comma in an object":    {`{"a": 1,}`, "line 1, column 8: "},
		"no comma":                       {"[1\n2]", "line 2, column 1: "},
		"no colon":                       {`{"a" 1}`, "line 1, column 6: "},
		"comment":                        {"[1, // one\n2]", "line 1, column 5: "},
		"single quotes":                  {"['a']", "line 1, column 2: "},
		"name without quotes":            {"{a: 1}", "line 1, column 2: "},
		"NaN":                            {"[NaN]", "line 1, column 2: "},
		"leading zero":                   {"[01]", "line 1, column 3: "},
		"plus sign":                      {"[+1]", "line 1, column 2: "},
		"number without whole digits":    {"[.5]", "line 1, column 2: "},
		"number ending in a point":       {"[5.]", "line 1, column 4: "},
		"line break in a string":         {"[\"a\nb\"]", "line 1, column 4: "},
		"unknown escape":                 {`["\x"]`, "line 1, column 3: "},
		"half a surrogate pair":          {`["\ud800"]`, "line 1, column 3: "},
		"bytes that are not UTF-8":       {"[\"a\xff\"]", "line 1, column 4: invalid UTF-8"},
		"fault behind a byte order mark": {"\ufeff[x]", "line 1, column 2: "},
		"text after a marked document":   {"\ufeff[] []", "line 1, column 4: text after the end of the document"},
		"second line of a marked one":    {"\ufeff[\n x]", "line 2, column 2: "},
		"two byte order marks":           {"\ufeff\ufeff[]", "line 1, column 1: "},
		"byte order mark within":         {"[\ufeff]", "line 1, column 2: "},
		"nothing but a byte order mark":  {"\ufeff", "line 1, column 1: the document is empty"},
		"columns count characters":       {"[\"é𝄞\", x]", "line 1, column 8: "},
		"lines end in CR LF":             {"[\r\n1,\r\n x]", "line 3, column 2: "},
		"duplicate name":                 {"{\"a\": 1,\n \"a\": 2}", `line 2, column 2 at /a: the object has "a" twice`},
		"duplicate of another spell":     {`{"a": 1, "\u0061": 2}`, `line 1, column 10 at /a: the object has "a" twice`},
		"duplicate deep in a document":   {`{"x": [0, {"a/b": 1, "a/b": 2}]}`, `line 1, column 22 at /x/1/a~1b: the object has "a/b" twice`},
	} {
		t.Run(name, func(t *testing.T) {
			n, err := Parse([]byte(tt.text))
			if syntax := (*SyntaxError)(nil); n != nil || !errors.As(err, &syntax) {
				t.Fatalf("got %v and the error %v, want a *SyntaxError", n, err)
			}
			if !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got %q, want %q", err, tt.want)
			}
		})
	}
}

func TestAByteOrderMarkIsIgnored(t *testing.T) {
	const marked = "\ufeff{\n  \"a\": [1, 2]\n}\n"
	root := mustParse(t, marked)
	if plain := mustParse(t, strings.TrimPrefix(marked, "\ufeff")); !Equal(root, plain) {
		t.Error("the mark makes a difference")
	}
	list := root.Get("a")
	if got := marked[list.Start:list.End]; got != "[1, 2]" {
		t.Errorf("the offsets of the list are those of %q", got)
	}
	if got := ErrorAt([]byte(marked), root.Start, "", ""); got.Line != 1 || got.Column != 1 {
		t.Errorf("the first character is at line %d, column %d", got.Line, got.Column)
	}
	e := NewEditor([]byte(marked))
	e.Append(list, "", value("3"))
	if got, want := string(e.Render(root)), strings.Replace(marked, "2]", "2, 3]", 1); got != want {
		t.Errorf("edited it is %q, want %q", got, want)
	}
}

func TestErrorAtAnyOffset(t *testing.T) {
	src := []byte("ab\nçd")
	for offset, want := range map[int]SyntaxError{
		0:   {Line: 1, Column: 1},
		2:   {Line: 1, Column: 3},
		3:   {Line: 2, Column: 1},
		5:   {Line: 2, Column: 2},
		100: {Line: 2, Column: 3},
	} {
		if got := ErrorAt(src, offset, "", ""); *got != want {
			t.Errorf("offset %d: %+v, want %+v", offset, *got, want)
		}
	}
}

func TestNestingIsBounded(t *testing.T) {
	nested := func(depth int) string { return strings.Repeat("[", depth) + strings.Repeat("]", depth) }
	n := mustParse(t, nested(10_000))
	if got := string(n.Canonical()); got != nested(10_000) {
		t.Errorf("10,000 lists are spelled with %d bytes", len(got))
	}
	_, err := Parse([]byte(nested(10_001)))
	if want := "line 1, column 10001: "; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("10,001 lists: %v, want %q", err, want)
	}
}

// all returns n and everything in it, in the order of the source.
func all(n *Node) []*Node {
	nodes := []*Node{n}
	for _, c := range n.children() {
		nodes = append(nodes, all(c.Value)...)
	}
	return nodes
}

func TestNodesKnowTheirPlace(t *testing.T) {
	const src = " {\"b\" : [1.0, \"\\u0041\\n\", {} ],\n\t\"\\u0061\":{\"x\":null , \"y\":true, \"z\" :\r\nfalse}} "
	root := mustParse(t, src)
	var got []string
	for _, n := range all(root) {
		got = append(got, string(n.Kind)+" "+src[n.Start:n.End])
	}
	want := []string{
		"{ " + strings.TrimSpace(src), `[ [1.0, "\u0041\n", {} ]`, `0 1.0`, `" "\u0041\n"`, "{ {}",
		"{ {\"x\":null , \"y\":true, \"z\" :\r\nfalse}", "n null", "t true", "f false",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if text := root.Get("b").Elems[1].Text; text != "A\n" {
		t.Errorf("the string means %q", text)
	}
	if name := root.Members[1].Name; name != "a" {
		t.Errorf("the name means %q", name)
	}
	if text := root.Get("b").Elems[0].Text; text != "1.0" {
		t.Errorf("the number is spelled %q", text)
	}
}

func TestParseValueIsNilForNothing(t *testing.T) {
	for _, text := range []string{"", " ", "null", " null ", "[1", "x", `{"a":1,"a":1}`} {
		if n := ParseValue(jsontext.Value(text)); n != nil {
			t.Errorf("%q: %+v", text, n)
		}
	}
	if n := ParseValue(jsontext.Value(" [null] ")); !n.Is('[') {
		t.Errorf("a list is %+v", n)
	}
}

func TestAccessorsAcceptNodesThatAreNotThere(t *testing.T) {
	n := mustParse(t, `{"s": "text", "n": null, "l": ["text"], "o": {"s": 1}}`)
	var none *Node
	if got := n.Get("o").Get("s"); !got.Is('0') || got.Is('"') || !got.Present() || got.String() != "" {
		t.Errorf("a number is %+v", got)
	}
	if got := n.Get("s"); !got.Is('"') || got.String() != "text" {
		t.Errorf("a string is %+v", got)
	}
	if got := n.Get("n"); !got.Is('n') || got.Present() {
		t.Errorf("null is %+v", got)
	}
	for what, got := range map[string]*Node{"absent": n.Get("x"), "in a list": n.Get("l").Get("text"), "in none": none.Get("x")} {
		if got != nil || got.Present() || got.Is('n') || got.String() != "" || got.Canonical() != nil {
			t.Errorf("%s: %+v", what, got)
		}
	}
}

func TestEveryKindHasAName(t *testing.T) {
	for text, want := range map[string]string{
		`null`: "null", `true`: "true or false", `false`: "true or false", `""`: "a string", `0`: "a number", `{}`: "an object", `[]`: "a list",
	} {
		if got := KindName(mustParse(t, text).Kind); got != want {
			t.Errorf("%s is called %q, want %q", text, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{
		``, `null`, ` {"a": [1.0, -0, 1e400, 0.00120E+5, "\u00e9\ud834\udd1e\/"], "b": {"c": {}, "d": [[], true, false]}} `,
		`{"b": 1, "a": 1, "\u0061": 2}`, "[1,\n]", "[\"\xff\"]", "[1e-99999999999999999999, 123456789012345678901234567890]",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		n, err := Parse(src)
		if err != nil {
			var syntax *SyntaxError
			if !errors.As(err, &syntax) || syntax.Line < 1 || syntax.Column < 1 || syntax.Message == "" || !syntax.Pointer.IsValid() {
				t.Fatalf("error %#v", err)
			}
			return
		}
		if !json.Valid(src) {
			t.Fatal("encoding/json does not read it")
		}
		for _, each := range all(n) {
			same, err := Parse(src[each.Start:each.End])
			if err != nil || !Equal(same, each) || same.Start != 0 || same.End != each.End-each.Start {
				t.Fatalf("%q is not the text of %s: %v", src[each.Start:each.End], each.Canonical(), err)
			}
		}
		for _, text := range []jsontext.Value{n.Canonical(), n.Compact()} {
			again, err := Parse(text)
			if err != nil || !Equal(again, n) || string(again.Canonical()) != string(n.Canonical()) {
				t.Fatalf("%s is not stable: %v", text, err)
			}
		}
		if again, _ := Parse(n.Compact()); string(again.Compact()) != string(n.Compact()) {
			t.Fatalf("%s is not stable", n.Compact())
		}
	})
}
