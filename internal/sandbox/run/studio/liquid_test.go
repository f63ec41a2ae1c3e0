package studio

import (
	"strings"
	"testing"
	"time"
)

func TestLiquidIsStudios(t *testing.T) {
	now := func() time.Time { return time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC) }
	context := object{"flow": object{"variables": object{"n": "1", "big": int64(1000000), "list": make([]any, 20), "o": object{"a": "<b>"}}}}
	for template, want := range map[string]string{
		"{{flow.variables.n | plus: 1}}":                                    "2",
		"{{flow.variables.none | plus: 0}}":                                 "0",
		"{{flow.variables.big}}":                                            "1000000",
		"{{flow.variables.o | to_json}}":                                    `{"a":"<b>"}`,
		"{% for i in flow.variables.list %}x{% endfor %}":                   strings.Repeat("x", 15),
		"{%- for i in (1..100) -%}x{%- endfor -%}":                          strings.Repeat("x", 15),
		"{% for i in flow.variables.list limit:2 %}x{% endfor %}":           "xx",
		"{% for i in flow.variables.list limit:99 offset:4 %}x{% endfor %}": strings.Repeat("x", 15),
		"{% for i in (1..999999999999) reversed %}x{% endfor %}":            strings.Repeat("x", 15),
		`{{ "now" | date: "%Y-%m-%d" }}`:                                    "2026-11-21",
		`{{ "2020-02-03" | date: "%d" }}`:                                   "03",
		"{% if flow.variables.n == '1' %}one{% else %}no{% endif %}":        "one",
		"{{flow.variables.none}}{{flow.variables.none | default: 'd'}}":     "d",
	} {
		if got, err := liquify(newLiquid(now), template, context); err != nil || got != want {
			t.Errorf("%s: %q %v, want %q", template, got, err, want)
		}
	}
	for _, template := range []string{"{{ 'x' | slice: 100, 2 }}", "{% include '/etc/hostname' %}", "{% for %}", "{{ 'soon' | date: '%Y' }}", "{{ 'x' | replace: 'x', '" + strings.Repeat("y", maxRendered+1) + "' }}"} {
		if got, err := liquify(newLiquid(now), template, context); err == nil || got != "" {
			t.Errorf("%s: %q and no error", template, got)
		}
	}
}
