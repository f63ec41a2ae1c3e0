package jsondoc

import (
	"strings"
	"testing"
)

func TestValuesAreEqualByMeaning(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{`{"a": 1, "b": [1.50, "\u0041"]}`, ` { "b":[15e-1,"A"],"a":1.0 } `, true},
		{`{"a": {"x": 1, "y": 2}}`, `{"a": {"y": 2, "x": 1}}`, true},
		{`{"\u0061": 1}`, `{"a": 1}`, true},
		{`"\/\ud834\udd1e"`, `"/𝄞"`, true},
		{`[1, 2]`, `[2, 1]`, false},
		{`[1]`, `[1, 1]`, false},
		{`{"a": null}`, `{}`, false},
		{`9007199254740993`, `9007199254740992`, false},
		{`0.1`, `0.10000000000000000001`, false},
		{`-0`, `0`, true},
		{`1e400`, `10e399`, true},
		{`1e400`, `1e401`, false},
		{`1e99999999999999999999`, `10e99999999999999999998`, true},
		{`"1"`, `1`, false},
		{`null`, `false`, false},
		{`[]`, `{}`, false},
		{`"é"`, `"e\u0301"`, false}, // JSON does not normalize
	} {
		a, b := mustParse(t, tt.a), mustParse(t, tt.b)
		if Equal(a, b) != tt.want || Equal(b, a) != tt.want {
			t.Errorf("%s and %s: want %t", tt.a, tt.b, tt.want)
		}
	}
	if n := mustParse(t, `null`); Equal(n, nil) || Equal(nil, n) || !Equal(nil, nil) {
		t.Error("nil equals something else than nil")
	}
}

func TestCanonicalAndCompactForms(t *testing.T) {
	const src = "{ \"b\" : [ 1.0, 2e1, \"\\u0041\\/\\n\" ],\n \"a\\u0062\": {}, \"𝄞\": null, \"\uffee\": [], \"a\": true }"
	n := mustParse(t, src)
	if got, want := string(n.Canonical()), "{\"a\":true,\"ab\":{},\"b\":[1,20,\"A/\\n\"],\"\uffee\":[],\"𝄞\":null}"; got != want {
		t.Errorf("canonical %s, want %s", got, want)
	}
	if got, want := string(n.Compact()), "{\"b\":[1.0,2e1,\"A/\\n\"],\"ab\":{},\"𝄞\":null,\"\uffee\":[],\"a\":true}"; got != want {
		t.Errorf("compact %s, want %s", got, want)
	}
	if n.Members[0].Name != "b" {
		t.Error("Canonical sorted the tree itself")
	}
}

func TestNumbersHaveOneExactSpelling(t *testing.T) {
	for spelled, want := range map[string]string{
		"4": "4", "4.0": "4", "4e0": "4", "40e-1": "4", "0.4E+1": "4", "-0": "0", "-0.0": "0", "1200": "1200", "1.2e3": "1200",
		"0.00120": "0.0012", "-12.5": "-12.5", "9007199254740993": "9007199254740993", "1e400": "1e400", "10e399": "1e400",
		"1e-99999999999999999999": "1e-99999999999999999999",
		"1e18446744073709551616":  "1e18446744073709551616", // 2^64: 0 in 64 bits
		"1.0":                     "1", "1": "1", "10e-1": "1", "0e999": "0", "-1e2": "-100", "1E-2": "0.01", "-0.10": "-0.1",
		"1e21": "1" + strings.Repeat("0", 21), "1e22": "1e22", "1" + strings.Repeat("0", 22): "1e22",
		"1e-21": "0." + strings.Repeat("0", 20) + "1", "1e-22": "1e-22", "123e-22": "123e-22",
		"123456789012345678901234567890.5": "123456789012345678901234567890.5",
	} {
		if got := CanonicalNumber(spelled); got != want {
			t.Errorf("%s is spelled %s, not %s", spelled, got, want)
		}
		if again := CanonicalNumber(want); again != want {
			t.Errorf("%s is spelled %s", want, again)
		}
	}
}

func TestStringsThatAreNotUTF8AreMended(t *testing.T) {
	if got, want := string(AppendString([]byte("x"), "a\xff\"\n")), "x\"a\ufffd\\\"\\n\""; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
