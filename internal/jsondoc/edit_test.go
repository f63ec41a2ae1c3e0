package jsondoc

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

// edited parses a document, edits it, and returns its new text.
func edited(t *testing.T, src string, edit func(e *Editor, root *Node)) string {
	t.Helper()
	root := mustParse(t, src)
	e := NewEditor([]byte(src))
	edit(e, root)
	out := e.Render(root)
	if _, err := Parse(out); err != nil {
		t.Errorf("%s is no document: %v", out, err)
	}
	return string(out)
}

func value(text string) jsontext.Value { return jsontext.Value(text) }

func TestEditsKeepTheLayout(t *testing.T) {
	setB := func(text string) func(*Editor, *Node) {
		return func(e *Editor, root *Node) { e.Set(root, "b", value(text)) }
	}
	appendNew := func(e *Editor, root *Node) { e.Append(root, "new", value(`[1,{"x":2}]`)) }
	remove := func(i int) func(*Editor, *Node) {
		return func(e *Editor, root *Node) { e.Remove(root, root.children()[i].Value) }
	}
	const (
		spaces  = "\n\t{ \"b\" : 1.0 ,\"\\u0061\":[ ],\r\n \"c\":\t\"\\/\" }\n\n"
		tabbed  = "{\n\t\"b\": 1,\n\t\"c\": [\n\t\t1,\n\t\t2\n\t]\n}"
		commas  = "[ 1\n, 2\n, 3\n]"
		crlf    = "{\r\n    \"a\": 1,\r\n    \"b\": 2\r\n}"
		oneLine = `{"a": 1, "b": [1, 2]}`
	)
	for name, tt := range map[string]struct {
		src  string
		edit func(*Editor, *Node)
		want string
	}{
		"nothing":                        {spaces, func(*Editor, *Node) {}, spaces},
		"set a member":                   {spaces, setB(`2`), strings.Replace(spaces, "1.0", "2", 1)},
		"set a member by its meaning":    {spaces, func(e *Editor, root *Node) { e.Set(root, "a", value("3")) }, strings.Replace(spaces, "[ ]", "3", 1)},
		"set a member that is not there": {`{"a": 1}`, setB(`2`), `{"a": 1,"b": 2}`},
		"new member among spaces":        {spaces, func(e *Editor, root *Node) { e.Append(root, "d", value("4")) }, "\n\t{ \"b\" : 1.0 ,\"\\u0061\":[ ],\r\n \"c\":\t\"\\/\" ,\r\n \"d\":\t4 }\n\n"},
		"remove the first member":        {spaces, remove(0), "\n\t{ \"\\u0061\":[ ],\r\n \"c\":\t\"\\/\" }\n\n"},
		"remove a member between":        {spaces, remove(1), "\n\t{ \"b\" : 1.0 ,\r\n \"c\":\t\"\\/\" }\n\n"},
		"remove the last member":         {spaces, remove(2), "\n\t{ \"b\" : 1.0 ,\"\\u0061\":[ ] }\n\n"},
		"remove all":                     {`[ 1 , 2 ]`, func(e *Editor, root *Node) { e.SetItems(root, nil) }, `[]`},
		"replace the root":               {"[1]\n", func(e *Editor, root *Node) { e.Replace(root, value(`{"a":1}`)) }, "{\"a\":1}\n"},
		"long value in a tabbed file":    {tabbed, setB(`{"x":[1]}`), strings.Replace(tabbed, `"b": 1`, "\"b\": {\n\t\t\"x\": [\n\t\t\t1\n\t\t]\n\t}", 1)},
		"new member of a tabbed file":    {tabbed, appendNew, tabbed[:len(tabbed)-2] + ",\n\t\"new\": [\n\t\t1,\n\t\t{\n\t\t\t\"x\": 2\n\t\t}\n\t]\n}"},
		"new element in a nested list":   {tabbed, func(e *Editor, root *Node) { e.Append(root.Get("c"), "", value("3")) }, strings.Replace(tabbed, "2\n", "2,\n\t\t3\n", 1)},
		"comma first, new element":       {commas, func(e *Editor, root *Node) { e.Append(root, "", value("4")) }, "[ 1\n, 2\n, 3\n, 4\n]"},
		"comma first, first removed":     {commas, remove(0), "[ 2\n, 3\n]"},
		"comma first, last removed":      {commas, remove(2), "[ 1\n, 2\n]"},
		"carriage returns":               {crlf, remove(0), "{\r\n    \"b\": 2\r\n}"},
		"one line, new member":           {oneLine, appendNew, `{"a": 1, "b": [1, 2], "new": [1,{"x":2}]}`},
		"one line, new element":          {oneLine, func(e *Editor, root *Node) { e.Append(root.Get("b"), "", value("3")) }, `{"a": 1, "b": [1, 2, 3]}`},
		"empty object on one line":       {`{}`, appendNew, `{"new":[1,{"x":2}]}`},
		"empty object in a file":         {"{\n   \"b\": { }\n}\n", func(e *Editor, root *Node) { e.Append(root.Get("b"), "x", value("1")) }, "{\n   \"b\": {\n      \"x\": 1\n   }\n}\n"},
		"empty list in a file":           {"{\n   \"b\": []\n}\n", func(e *Editor, root *Node) { e.Append(root.Get("b"), "", value("1")) }, "{\n   \"b\": [\n      1\n   ]\n}\n"},
		"several in an empty list": {"[\n\t[]\n]", func(e *Editor, root *Node) {
			e.Append(root.Elems[0], "", value("1"))
			e.Append(root.Elems[0], "", value("2"))
		}, "[\n\t[\n\t\t1,\n\t\t2\n\t]\n]"},
		"blank line before the first":  {"[\n \n\t[]\n]", func(e *Editor, root *Node) { e.Append(root.Elems[0], "", value("1")) }, "[\n \n\t[\n\t\t1\n\t]\n]"},
		"list on the line of its root": {"\n  { \"a\": [] }", func(e *Editor, root *Node) { e.Append(root.Get("a"), "", value("1")) }, "\n  { \"a\": [\n    1\n  ] }"},
		"carriage return in a margin":  {"[\n \r1]", func(e *Editor, root *Node) { e.Append(root, "", value("[2]")) }, "[\n \r1,\n \r[\n  2\n ]]"},
		"file without indentation":     {"{\n\"a\": []\n}", func(e *Editor, root *Node) { e.Append(root.Get("a"), "", value("1")) }, "{\n\"a\": [\n  1\n]\n}"},
		"indented root":                {"\n  [\n    1\n  ]", func(e *Editor, root *Node) { e.Append(root, "", value("[2]")) }, "\n  [\n    1,\n    [\n      2\n    ]\n  ]"},
		"empty name":                   {`{"": 1}`, func(e *Editor, root *Node) { e.Append(root, "x", value("2")); e.Set(root, "", value("3")) }, `{"": 3,"x": 2}`},
		"new name that needs escapes":  {`{}`, func(e *Editor, root *Node) { e.Append(root, "a\"\n", value("1")) }, `{"a\"\n":1}`},
	} {
		t.Run(name, func(t *testing.T) {
			if got := edited(t, tt.src, tt.edit); got != tt.want {
				t.Errorf("got\n%q\nwant\n%q", got, tt.want)
			}
		})
	}
}

func TestEditsOnTopOfEdits(t *testing.T) {
	const src = `{"a": [1, 2, 3], "b": {"x": 1}}`
	for name, tt := range map[string]struct {
		edit func(*Editor, *Node)
		want string
	}{
		"set twice": {func(e *Editor, root *Node) {
			e.Set(root, "a", value("1"))
			e.Set(root, "a", value("2"))
		}, `{"a": 2, "b": {"x": 1}}`},
		"set a new member twice": {func(e *Editor, root *Node) {
			e.Set(root, "c", value("1"))
			e.Set(root, "c", value("2"))
		}, `{"a": [1, 2, 3], "b": {"x": 1}, "c": 2}`},
		"set a removed member": {func(e *Editor, root *Node) {
			e.Remove(root, root.Get("a"))
			e.Set(root, "a", value("1"))
		}, `{"b": {"x": 1}, "a": 1}`},
		"remove two": {func(e *Editor, root *Node) {
			list := root.Get("a")
			e.Remove(list, list.Elems[0])
			e.Remove(list, list.Elems[2])
		}, `{"a": [2], "b": {"x": 1}}`},
		"remove and append": {func(e *Editor, root *Node) {
			list := root.Get("a")
			e.Append(list, "", value("4"))
			e.Remove(list, list.Elems[1])
			e.Append(list, "", value("5"))
		}, `{"a": [1, 3, 4, 5], "b": {"x": 1}}`},
		"replace a value with edits in it": {func(e *Editor, root *Node) {
			e.Append(root.Get("b"), "y", value("2"))
			e.Replace(root.Get("b"), value("0"))
			e.Append(root.Get("b"), "z", value("3"))
		}, `{"a": [1, 2, 3], "b": 0}`},
		"edits at every depth": {func(e *Editor, root *Node) {
			e.Append(root, "c", value("3"))
			e.Set(root.Get("b"), "x", value("2"))
			e.Remove(root.Get("a"), root.Get("a").Elems[0])
		}, `{"a": [2, 3], "b": {"x": 2}, "c": 3}`},
		"another order": {func(e *Editor, root *Node) {
			list := root.Get("a")
			e.SetItems(list, []Item{{Node: list.Elems[2]}, {Text: value("9")}, {Node: list.Elems[0]}, {Node: list.Elems[1]}})
		}, `{"a": [3, 9, 1, 2], "b": {"x": 1}}`},
		"a value from elsewhere in the document": {func(e *Editor, root *Node) {
			e.Set(root.Get("b"), "x", value("5"))
			e.SetItems(root, []Item{{Name: "b", Node: root.Get("b")}, {Name: "d", Node: root.Get("a").Elems[1]}})
		}, `{"b": {"x": 5}, "d": 2}`},
	} {
		t.Run(name, func(t *testing.T) {
			if got := edited(t, src, tt.edit); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestNewTextMayBeNestedTooDeepToIndent(t *testing.T) {
	const src = "[\n 1\n]" // each level is indented before the fault is found: 50 MB
	deep := strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001)
	root := mustParse(t, src)
	e := NewEditor([]byte(src))
	e.Append(root, "", value(deep))
	if got, want := string(e.Render(root)), "[\n 1,\n "+deep+"\n]"; got != want {
		t.Errorf("got %d bytes, want %d", len(got), len(want))
	}
}

func TestRenderLeavesItsInputAlone(t *testing.T) {
	const src = "{\n  \"a\": [1]\n}"
	text := value(`{"b" : 2   }`)
	source := []byte(src)
	root := mustParse(t, src)
	e := NewEditor(source)
	e.Append(root.Get("a"), "", text)
	first := string(e.Render(root))
	if again := string(e.Render(root)); again != first {
		t.Errorf("rendered again: %s, first: %s", again, first)
	}
	if string(text) != `{"b" : 2   }` || string(source) != src {
		t.Errorf("the new text is %s, the source %s", text, source)
	}
}

func TestMergeKeepsWhatBothHave(t *testing.T) {
	for _, tt := range []struct{ have, want, out string }{
		{`{"b": 1.0, "a": 2}`, `{"a": 3, "b": 1}`, `{"b": 1.0, "a": 3}`},
		{`{"a": 1, "b": 2}`, `{"b": 2, "c": 3}`, `{"b": 2, "c": 3}`},
		{`[{"k": 1.0, "v": 1}, 2]`, `[{"v": 5, "k": 1}, 2, 3]`, `[{"k": 1.0, "v": 5}, 2, 3]`},
		{`[1, 2, 3]`, `[3]`, `[3]`},
		{`[1, 2, 3]`, `[1, 4, 3]`, `[1, 4, 3]`},
		{`[{"a": 1, "b": "\u0041"}, 0]`, `[{"a": 2, "b": "A"}, 0]`, `[{"a": 2, "b": "\u0041"}, 0]`},
		{`{"a": 1}`, `[1]`, `[1]`},
		{`{"a": 1, "b": [ ]}`, `{"c": 1}`, `{"c":1}`}, // nothing in common: another object
		{`{"a": [ ]}`, `{"a": []}`, `{"a": [ ]}`},
		{`{"a": {"x": 1}}`, `{"a": null}`, `{"a": null}`},
		{`[]`, `[1.0]`, `[1.0]`},
	} {
		want := mustParse(t, tt.want)
		got := edited(t, tt.have, func(e *Editor, root *Node) { e.Merge(root, want) })
		if got != tt.out {
			t.Errorf("%s to %s: got %s, want %s", tt.have, tt.want, got, tt.out)
		}
		if !Equal(mustParse(t, got), want) {
			t.Errorf("%s to %s means something else", tt.have, tt.want)
		}
	}
}

func FuzzMerge(f *testing.F) {
	f.Add([]byte("{\n  \"b\": 1.0,\n  \"a\": [1, 2, {\"x\" : 3}]\n}"), []byte(`{"a": [2, {"x": 4, "y": 5}], "c": 1}`))
	f.Add([]byte("[[1, 2],\t[3]\n]"), []byte(`[[3], [1, 2, 4]]`))
	f.Fuzz(func(t *testing.T, src, other []byte) {
		root, err := Parse(src)
		if err != nil {
			return
		}
		want, err := Parse(other)
		if err != nil {
			return
		}
		e := NewEditor(src)
		e.Merge(root, want)
		out := e.Render(root)
		if got, err := Parse(out); err != nil || !Equal(got, want) {
			t.Fatalf("%s is not %s: %v", out, other, err)
		}
		if Equal(root, want) && !bytes.Equal(out, src) {
			t.Fatalf("%s is the same already, and became %s", src, out)
		}
	})
}

// FuzzEdit makes one edit at one value of a document, which must change what the edit
// says and leave every other byte.
func FuzzEdit(f *testing.F) {
	for _, src := range []string{
		"{\n  \"a\" : [ 1.0 , {\"b\":2} ],\n\n  \"c\": null\n}\n", "[1,2,\t3]", " {} ", "[\r\n {\"a\": [ ]}\r\n, 2 ]", `{"": {"": ""}}`,
	} {
		for edit := range 3 {
			for at := range 4 {
				f.Add([]byte(src), byte(edit), byte(at), []byte(`{"x":[1,2]}`))
			}
		}
	}
	f.Fuzz(func(t *testing.T, src []byte, edit, at byte, text []byte) {
		root, err := Parse(src)
		if err != nil {
			return
		}
		fresh, err := Parse(text)
		if err != nil {
			return
		}
		nodes := all(root)
		n := nodes[int(at)%len(nodes)]
		children := n.children()
		e := NewEditor(src)
		var apply func()  // makes the edit in the tree
		var left [][]byte // what stays of the source, in order, from its start to its end
		switch {
		case edit%3 == 0 || n.Kind != '{' && n.Kind != '[':
			e.Replace(n, text)
			left = [][]byte{src[:n.Start], src[n.End:]}
			apply = func() { *n = *fresh }
		case edit%3 == 1 || len(children) == 0:
			name := "new"
			for n.Get(name) != nil {
				name += "!"
			}
			e.Append(n, name, text)
			left = [][]byte{src[:n.Start+1], src[n.End-1:]}
			if last := len(children) - 1; last >= 0 {
				left = [][]byte{src[:children[last].Value.End], src[children[last].Value.End:]}
			}
			apply = func() {
				if n.Kind == '{' {
					n.Members = append(n.Members, Member{Name: name, Value: fresh})
				} else {
					n.Elems = append(n.Elems, fresh)
				}
			}
		default:
			gone := int(at) % len(children)
			e.Remove(n, children[gone].Value)
			left = [][]byte{src[:n.Start+1]}
			from := n.Start + 1
			for i, c := range children {
				if i != gone {
					left = append(left, src[skip(src, from):c.Value.End])
				}
				from = c.Value.End
			}
			left = append(left, src[n.End-1:])
			apply = func() {
				if n.Kind == '{' {
					n.Members = slices.Delete(n.Members, gone, gone+1)
				} else {
					n.Elems = slices.Delete(n.Elems, gone, gone+1)
				}
			}
		}
		out := e.Render(root)
		apply()
		if got, err := Parse(out); err != nil || !Equal(got, root) {
			t.Fatalf("%s does not mean %s: %v", out, root.Compact(), err)
		}
		if !bytes.HasPrefix(out, left[0]) || !bytes.HasSuffix(out, left[len(left)-1]) {
			t.Fatalf("%q does not begin and end as %q", out, src)
		}
		rest := out
		for _, part := range left {
			_, after, ok := bytes.Cut(rest, part)
			if !ok {
				t.Fatalf("%q is not kept in\n%q", part, out)
			}
			rest = after
		}
	})
}
