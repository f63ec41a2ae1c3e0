package chart

import "testing"

func TestLabelsAreReadAsAPersonReadsThem(t *testing.T) {
	for name, each := range map[string]struct{ markup, want string }{
		"plain":           {"Hello", "Hello"},
		"line break":      {"a<br>b<br/>c<BR />d", "a\nb\nc\nd"},
		"blocks":          {"<div>a</div><div>b</div><p>c</p>d", "a\nb\nc\nd"},
		"nested blocks":   {"<div><div><span style=\"color: red\">a <b>b</b></span></div></div>", "a b"},
		"list":            {"<ul><li>a</li><li>b</li></ul>", "a\nb"},
		"table":           {"<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"},
		"entities":        {"a&nbsp;&amp;&nbsp;b &lt;c&gt; &#39;d&#x27; &eacute;", "a & b <c> 'd' é"},
		"space":           {"  a \n\t b  ", "a b"},
		"style sheet":     {"<style>p { color: red }</style>a<script>alert(1)</script>b", "ab"},
		"not a tag":       {"1 < 2 and 3 > 2", "1 < 2 and 3 > 2"},
		"never closed":    {"<b>a<i>b", "ab"},
		"invisible":       {"a\u200bb\ufeffc\u00add\u202ee\x00f", "abcdef"},
		"joined emoji":    {"👩\u200d👧", "👩\u200d👧"},
		"line separators": {"a\u2028b", "a\nb"},
		"empty":           {"<br><div> </div>", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := FromHTML(each.markup); got != each.want {
				t.Errorf("%q is %q, want %q", each.markup, got, each.want)
			}
		})
	}
}

func TestTextThatIsNotUTF8IsReplaced(t *testing.T) {
	if got := Tidy("a\xffb"); got != "a\ufffdb" {
		t.Errorf("got %q", got)
	}
}

func TestFindingNamesPageAndNode(t *testing.T) {
	for want, e := range map[string]Error{
		"gone":                     {Message: "gone"},
		`page "P": gone`:           {Page: "P", Message: "gone"},
		`page "P", node "N": gone`: {Page: "P", Node: "N", Message: "gone"},
	} {
		if got := e.Error(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	p := Page{Name: "P"}
	p.Warn(Node{ID: "n1"}, "It is %s.", "odd")
	p.Warn(Node{ID: "n1", Text: "a\nb " + string(make([]rune, 0)) + "ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"}, "x")
	if p.Warnings[0] != (Warning{"P", "n1", "It is odd."}) || len([]rune(p.Warnings[1].Node)) != maxBrief || p.Warnings[1].Node[:4] != "a b " {
		t.Errorf("got %q", p.Warnings)
	}
}
