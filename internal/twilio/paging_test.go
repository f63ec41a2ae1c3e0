package twilio

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	studio "github.com/twilio/twilio-go/rest/studio/v2"
)

func TestEachPage(t *testing.T) {
	const list = "https://studio.twilio.com/v2/Flows?PageSize=2"
	failed := errors.New("failed")
	tests := []struct {
		name  string
		links []string
		asked []string
		fail  string
	}{
		{"one page", []string{""}, []string{"/"}, ""},
		{"three pages", []string{list + "&Page=1&PageToken=a", "/v2/Flows?Page=2&PageToken=b%2F1", ""}, []string{"/", "1/a", "2/b/1"}, ""},
		{"a token alone", []string{list + "&PageToken=a", ""}, []string{"/", "/a"}, ""},
		{"neither page nor token", []string{list}, []string{"/"}, "neither"},
		{"an endless list", []string{list + "&Page=1", list + "&Page=2", list + "&Page=1"}, []string{"/", "1/", "2/"}, "never ends"},
		{"no URL", []string{":"}, []string{"/"}, "not a URL"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var asked []string
			err := EachPage(func(page, token string) (string, error) {
				asked = append(asked, page+"/"+token)
				if len(asked) > len(test.links) {
					return "", failed
				}
				return test.links[len(asked)-1], nil
			})
			if !reflect.DeepEqual(asked, test.asked) {
				t.Errorf("it asked for %q", asked)
			}
			if (err != nil) != (test.fail != "") || err != nil && !strings.Contains(err.Error(), test.fail) {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

// shifting is a list whose tokens count rows, and which other clients change while it is
// read.
type shifting struct {
	rows   []string
	calls  int
	change map[int]func(rows []string) []string // before the call of this number
}

func (s *shifting) fetch(_ context.Context, _, token string) ([]string, string, error) {
	const size = 2
	s.calls++
	if change := s.change[s.calls]; change != nil {
		s.rows = change(slices.Clone(s.rows))
	}
	from := 0
	if token != "" {
		if _, err := fmt.Sscanf(token, "PA%d", &from); err != nil {
			return nil, "", err
		}
	}
	from = min(from, len(s.rows))
	to := min(from+size, len(s.rows))
	if to == len(s.rows) {
		return slices.Clone(s.rows[from:to]), "", nil
	}
	return slices.Clone(s.rows[from:to]), "https://x.test/list?Page=1&PageToken=" + fmt.Sprintf("PA%d", to), nil
}

func rowsOf(t *testing.T, s *shifting) []string {
	t.Helper()
	rows, err := NewPages(func(row string) string { return row }, s.fetch).all(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// One row is deleted, another is added, each at any of the calls: what was there all the
// time is in the list once.
func TestPagesThatShiftLoseAndDoubleNothing(t *testing.T) {
	all := []string{"a", "b", "c", "d", "e", "f", "g"}
	calm := &shifting{rows: all}
	if rows := rowsOf(t, calm); !slices.Equal(rows, all) || calm.calls != 7 {
		t.Fatalf("%v after %d calls", rows, calm.calls)
	}
	shifted := 0
	for deleted, row := range all {
		for at := 2; at <= 12; at++ {
			for added := range 13 {
				change := map[int]func([]string) []string{at: func(rows []string) []string {
					return slices.DeleteFunc(rows, func(each string) bool { return each == row })
				}}
				if added > 0 && added != at {
					change[added] = func(rows []string) []string { return append([]string{"new"}, rows...) }
				}
				s := &shifting{rows: all, change: change}
				rows := rowsOf(t, s)
				if s.calls != calm.calls {
					shifted++
				}
				counts := map[string]int{}
				for _, each := range rows {
					counts[each]++
				}
				for i, each := range all {
					if counts[each] > 1 || (i != deleted && counts[each] == 0) {
						t.Errorf("%s is deleted at call %d, a row added at call %d: %v", row, at, added, rows)
					}
				}
			}
		}
	}
	if shifted == 0 {
		t.Error("the list never shifted")
	}
}

func TestListThatChangesAllTheTimeEnds(t *testing.T) {
	s := &shifting{rows: []string{"a", "b", "c", "d", "e"}, change: map[int]func([]string) []string{}}
	for call := 2; call < 1000; call++ {
		s.change[call] = func(rows []string) []string { return append([]string{fmt.Sprint(call)}, rows...) }
	}
	if rows := rowsOf(t, s); !slices.Contains(rows, "e") || s.calls > 200 {
		t.Errorf("%v after %d calls", rows, s.calls)
	}
}

// What a page begins with is named by Twilio itself in some lists: nothing moves there.
func TestPagesThatBeginBehindARecordAreReadOnce(t *testing.T) {
	for token, reads := range map[string]int{"PASMc49f620580b24424bcfa885b1f741130": 2, "PTMGf9a4a36b7b901e4a5d325ff1d92c6dcd": 2, "PA00000000000000020000000000000001": 3, "PT2": 3, "": 3} {
		calls := 0
		pages := NewPages(func(row string) string { return row }, func(_ context.Context, page, _ string) ([]string, string, error) {
			calls++
			if page == "" {
				return []string{"a"}, "https://x.test/list?Page=1&PageToken=" + token, nil
			}
			return []string{"b"}, "", nil
		})
		if rows, err := pages.all(t.Context()); err != nil || len(rows) != 2 || calls != reads {
			t.Errorf("token %q: %v, %v after %d calls", token, rows, err, calls)
		}
	}
}

func TestNextPageElsewhereIsRefused(t *testing.T) {
	tests := []struct {
		name, next string
		in         Resolved
		ok         bool
	}{
		{"the list itself", "https://studio.twilio.com/v2/Flows?Page=1", Resolved{}, true},
		{"the list itself, shouted", "https://STUDIO.twilio.com/v2/Flows?Page=1", Resolved{}, true},
		{"the list in its region", "https://studio.dublin.ie1.twilio.com/v2/Flows?Page=1", Resolved{Region: "ie1", Edge: "dublin"}, true},
		{"the list at api_url", "https://x.test/t/v2/Flows?Page=1", Resolved{APIURL: "https://x.test/t"}, true},
		{"the list behind api_url", "https://studio.twilio.com/v2/Flows?Page=1", Resolved{APIURL: "https://x.test/t"}, true},
		{"a path alone", "/v2/Flows?Page=1", Resolved{}, true},
		{"another host", "https://evil.test/v2/Flows?Page=1", Resolved{}, false},
		{"another host without a scheme", "//evil.test/v2/Flows?Page=1", Resolved{}, false},
		{"another port", "https://studio.twilio.com:8443/v2/Flows?Page=1", Resolved{}, false},
		{"another product", "https://api.twilio.com/v2/Flows?Page=1", Resolved{}, false},
		{"another list", "https://studio.twilio.com/v2/Other?Page=1", Resolved{}, false},
		{"another path", "/v2/Flows/FW1?Page=1", Resolved{}, false},
	}
	for _, test := range tests {
		for _, body := range []string{`{"flows":[],"meta":{"next_page_url":%q}}`, `{"flows":[],"next_page_uri":%q}`} {
			t.Run(test.name, func(t *testing.T) {
				c, s := play(t, func(config *Config) { config.Resolved = test.in }, ok(fmt.Sprintf(body, test.next)), ok(`{"flows":[],"meta":{"next_page_url":null}}`))
				_, err := studio.NewApiService(c.Requests(t.Context())).PageFlow(&studio.ListFlowParams{}, "", "")
				if (err == nil) != test.ok {
					t.Errorf("the error is %v", err)
				}
				if s.calls() != 1 {
					t.Errorf("%d requests were sent", s.calls())
				}
			})
		}
	}
}
