package flow

import (
	"slices"
	"strings"
	"testing"
)

func TestLiquidThatParsesIsTaken(t *testing.T) {
	for _, text := range []string{
		"", "plain", "50 % of {this} and {that}", "}} %}", `{"a": {"b": {"c": 1}}}`,
		"{{flow.channel.address}}", "{{ widgets.1st-ask.inbound.Body }}", "{{- a -}}", "{{ a['b c'][0].d }}", "{{ 'it | is' }}", `{{ "it's" }}`, "{{ 1 }}", "{{ -1 }}",
		"{{ a | downcase }}", "{{a|split:','|first}}", "{{ a | replace: '|', \"'\" | plus: 1 | default: 'x', allow_false: true }}", "{{ x | to_json }}", "{{ \n a \n }}",
		"{% if a == 'b=c' and d >= 1 or e <= 2 and f != 3 and g <> 4 %}x{% elsif h contains '&&' %}y{% else %}z{% endif %}",
		"{% unless a %}b{% endunless %}", "{%- if a -%}{%- endif -%}", "{%if a%}{%endif%}", "{% if(a) %}{% endif %}",
		"{% case a %}{% when 'x', 'y' %}1{% else %}2{% endcase %}",
		"{% for i in (1..3) limit:2 %}{{ i }}{% else %}none{% endfor %}", "{% for i in list %}{% if i %}{% break %}{% endif %}{% endfor %}",
		"{% tablerow x in y cols:2 %}{% endtablerow %}", "{% capture x %}y{% endcapture %}", "{% ifchanged %}a{% endifchanged %}",
		"{% assign x = 'a' | append: 'b' %}", "{% assign x=1 %}", "{% assign ok = a == b %}", "{% increment n %}{% decrement n %}{% cycle 'a', 'b' %}",
		"{% raw %}{{ {% if %} | {% endraw %}", "{% comment %}{{ | {% endcomment %}", "{%- raw -%}{%{%- endraw -%}", "{% # note %}{% echo a %}{% include 'x' %}{% render 'x' %}",
	} {
		if faults := liquidFaults(text); len(faults) > 0 {
			t.Errorf("%q: %q", text, faults)
		}
	}
}

func TestLiquidThatDoesNotParseIsNamedWithItsPlace(t *testing.T) {
	for text, want := range map[string][]string{
		"Hello {{ contact.name | }} {% if %}": {"at character 7 {{ }} has a | that no filter follows", "at character 28 {% if %} has no condition", "at character 28 {% if %} has no {% endif %}"},
		"é {{ a":                              {"at character 3 {{ has no }}"},
		"{% if a":                             {"at character 1 {% has no %}"},
		"{{ a }} {{ 'b }}":                    {"at character 9 {{ }} has a quote that is not closed"},
		"{{ }}":                               {"{{ }} is empty"},
		"{{--}}":                              {"{{ }} is empty"},
		"{{ | upcase }}":                      {"{{ }} has no value before its first |"},
		"{{ a || b }}":                        {"{{ }} has a | that no filter follows"},
		"{{ a | plus 1 }}":                    {"{{ }} has a filter that is not of the form"},
		"{{ a | plus: }}":                     {"{{ }} has a filter that is not of the form"},
		"{{ a | 'b' }}":                       {"{{ }} has a filter that is not of the form"},
		"{% %}":                               {"{% %} names no tag"},
		"{% iff a %}":                         {`at character 1 {% %} has a tag that Liquid does not know, and may mean {% if %}`},
		"{% endfo %}":                         {`{% %} has a tag that Liquid does not know, and may mean {% endfor %}`},
		"{% hunter2hunter2 %}":                {"at character 1 {% %} has a tag that Liquid does not know"},
		"{% if a = b %}{% endif %}":           {"{% if %} has a single ="},
		"{% if a && b %}{% endif %}":          {"{% if %} has && or ||"},
		"{% if a %}{% elsif %}{% endif %}":    {"at character 11 {% elsif %} has no condition"},
		"{% if a == 'b %}{% endif %}":         {"{% if %} has a quote that is not closed"},
		"{% else %}":                          {"{% else %} is in no block that it can part"},
		"{% for a in b %}{% elsif c %}{% endfor %}":               {"at character 17 {% elsif %} is in no block that it can part"},
		"{% if a %}{% when b %}{% endif %}":                       {"{% when %} is in no block"},
		"{% endif %}":                                             {"{% endif %} ends no {% if %}"},
		"{% endraw %}":                                            {"{% endraw %} ends no {% raw %}"},
		"{% if a %}{% for b in c %}{% endif %}":                   {"{% endif %} comes before {% endfor %}"},
		"{% if a %}{% endfor %}":                                  {"{% endfor %} ends no {% for %}", "{% if %} has no {% endif %}"},
		"{% if a %}{% if b %}{% endif %}":                         {"at character 1 {% if %} has no {% endif %}"},
		"{% raw %}{% endcomment %}":                               {"{% raw %} has no {% endraw %}"},
		"{% comment %}":                                           {"{% comment %} has no {% endcomment %}"},
		"{% for a of b %}{% endfor %}":                            {"{% for %} is not of the form {% for item in list %}"},
		"{% for a in %}{% endfor %}":                              {"{% for %} is not of the form"},
		"{% assign a %}":                                          {"{% assign %} is not of the form {% assign name = value %}"},
		"{% assign a = %}":                                        {"{% assign %} is not of the form"},
		"{% assign a == b %}":                                     {"{% assign %} is not of the form"},
		"{% assign a = b | %}":                                    {"{% assign %} has a | that no filter follows"},
		"{% case %}{% endcase %}":                                 {"{% case %} names nothing"},
		"{% if a %}{% capture %}{% endcapture %}{{ b | }}{%endif": {"at character 11 {% capture %} names nothing", "at character 40 {{ }} has a | that no filter follows", "at character 49 {% has no %}", "at character 1 {% if %} has no {% endif %}"},
	} {
		got := liquidFaults(text)
		same := len(got) == len(want)
		for i := range want {
			same = same && strings.Contains(got[i], want[i])
		}
		if !same {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestLiquidIsReadInEveryTextOfAWidget(t *testing.T) {
	for _, tt := range []struct{ old, new, want string }{
		{`"body": "Tea or coffee?"`, `"body": "{{ a | }}"`, "/states/1/properties/body"},
		{`"value": "green"`, `"value": "{{ a | }}"`, "/states/4/properties/parameters/1/value"},
		{`"key": "kind"`, `"key": "{{ a | }}"`, "/states/4/properties/parameters/1/key"},
		{`"input": "{{widgets.ask.inbound.Body}}"`, `"input": "{{ a | }}"`, "/states/2/properties/input"},
		{`"friendly_name": "tea", "arguments": ["{{widgets.ask.inbound.Body}}"]`, `"friendly_name": "tea", "arguments": ["{{ a | }}"]`, "/states/2/transitions/1/conditions/0/arguments/0"},
		{`"value": "tea"`, `"value": "{{ a | }}"`, "/states/2/transitions/1/conditions/0/value"},
		{`"url": "https://tea.example/brew"`, `"url": "https://tea.example/{{ a }}", "new_property": {"deep": ["{{ a | }}"]}`, "/states/4/properties/new_property/deep/0"},
	} {
		var got []string
		for _, d := range Validate(mustParse(t, edit(t, tt.old, tt.new))) {
			if d.Code == BadLiquid {
				got = append(got, string(d.Pointer))
			}
		}
		if !slices.Equal(got, []string{tt.want}) {
			t.Errorf("%s: found at %q, want %q", tt.new, got, tt.want)
		}
	}
}

func TestRegularExpressions(t *testing.T) {
	for pattern, want := range map[string]string{
		"(open|hours": "a ( has no )",
		"open)":       "a ) has no (",
		"a)(b":        "a ) has no (",
		"[a-z":        "a [ has no ]",
		"[z-a]":       "a range in [] is in reverse order",
		"*":           "nothing before",
		"a|+":         "nothing before",
		"x{3,2}":      "the numbers in {}",
		`a\`:          `it ends with a \`,
		"/yes/":       "slashes",
		"/yes/i":      "slashes",

		"": "", "(?:yes|no)": "", "^(?=.*blocked).*$": "", "(?i)a": "", `\d{3}-\d{4}`: "", "[^]]": "", "a/b": "", "/": "",
		// Java takes these, and .NET does not.
		"a++": "", `\Q(\E`: "", `\p{IsAlphabetic}`: "", "(?u)é": "", `\h+\R`: "",
		"({{ a }}": "", "({% if a %}": "",
	} {
		if got := regexFault(pattern); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%q: %q, want %q", pattern, got, want)
		}
	}
}
