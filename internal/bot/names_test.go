package bot

import (
	"strings"
	"testing"
)

func TestJoinNamesCountsWhatItLeavesOut(t *testing.T) {
	t.Parallel()
	all := strings.Fields("a b c d e f g h i j k l")
	for n, want := range map[int]string{0: "", 1: "a", 10: "a, b, c, d, e, f, g, h, i, j", 11: "a, b, c, d, e, f, g, h, i, j, and 1 more", 12: "a, b, c, d, e, f, g, h, i, j, and 2 more"} {
		if got := JoinNames(all[:n]); got != want {
			t.Errorf("%d names: %q", n, got)
		}
	}
	if JoinNames(all[:11]); all[10] != "k" {
		t.Error("it writes into the names that it is given")
	}
}

func TestNamesOfBotsHaveTheirQuotesEscaped(t *testing.T) {
	t.Parallel()
	for b, want := range map[*Bot]string{
		{SID: "FW1", UniqueName: "clinic"}:                `"clinic" (FW1)`,
		{SID: "FW1", UniqueName: `draft "only", "not" 2`}: `"draft \"only\", \"not\" 2" (FW1)`,
		{SID: "FW1", UniqueName: "two\nlines"}:            `"two\nlines" (FW1)`,
		{SID: "FW1"}:                                      "FW1",
	} {
		if got := b.String(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
