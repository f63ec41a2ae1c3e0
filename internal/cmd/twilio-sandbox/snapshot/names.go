package snapshot

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// unlabel takes away what people wrote for themselves: labels of numbers and other ways in, the
// profiles of senders, who wrote a revision, and what for. Names of bots stay, as labels too,
// and so do the provider's own marks, since plans depend on them.
func (r *reader) unlabel() {
	names := map[string]bool{bot.FreeLabel: true}
	for _, row := range r.rows["applications"] {
		names[row.Get("friendly_name").String()] = true
	}
	for _, row := range r.rows["autopilot_assistants"] {
		names[row.Get("unique_name").String()] = true
	}
	for _, row := range r.rows["studio_flows"] {
		for _, revision := range row.Get("revisions").Elems {
			names[revision.Get("friendly_name").String()] = true
			if mark := revision.Get("commit_message").String(); !r.options.Labels && !bot.IsRevisionMark(mark) {
				revision.Members = without(revision, "commit_message")
			}
		}
	}
	for _, n := range r.rows["incoming_phone_numbers"] {
		label := n.Get("friendly_name").String()
		if isNumber(label, n.Get("phone_number").String()) || !names[label] && !r.options.Labels {
			set(n, "friendly_name", text("")) // the sandbox writes the number there, as Twilio does
		}
	}
	if r.options.Labels {
		return
	}
	for _, table := range []string{"messaging_services", "conversations_addresses", "short_codes", "sip_domains", "sip_trunks", "byoc_trunks", "flex_flows"} {
		for _, row := range r.rows[table] {
			set(row, "friendly_name", text(row.Get("sid").String()))
		}
	}
	for _, row := range r.rows["messaging_senders"] {
		row.Members = without(row, "profile")
		if configuration := row.Get("configuration"); configuration != nil {
			set(row, "configuration", only(configuration, "voice_application_sid"))
		}
	}
}

// isNumber reports whether a label is the number itself, in some spelling.
func isNumber(label, number string) bool {
	digits := regexp.MustCompile(`[^0-9]`).ReplaceAllString(label, "")
	return strings.Trim(label, "+0123456789 \u00a0-–.()") == "" && len(digits) >= 6 && strings.HasSuffix(number, strings.TrimLeft(digits, "0"))
}

// anonymous gives each phone number another one.
type anonymous struct {
	numbers map[string]string // digits by digits
	used    map[string]bool
}

// of is the number that stands for another: its first two digits, which say the country at
// least in part, and a count. The digits of a number cannot be computed from it.
func (a *anonymous) of(digits string) string {
	if known, ok := a.numbers[digits]; ok {
		return known
	}
	for count := 1; ; count++ {
		other := digits[:2] + fmt.Sprintf("%0*d", len(digits)-2, count)
		if !a.used[other] {
			a.used[other], a.numbers[digits] = true, other
			return other
		}
	}
}

var (
	e164      = regexp.MustCompile(`(?:\+|%2[Bb])[1-9][0-9]{6,14}\b`)
	digitsRun = regexp.MustCompile(`[0-9]+`)
)

// anonymise replaces the numbers in all rows, and the account's SID, and returns the other SID.
// Numbers of the account are counted in the order in which they came to it, so that one that
// is added changes no other.
func (r *reader) anonymise(accountSID string) string {
	a := &anonymous{numbers: map[string]string{}, used: map[string]bool{}}
	for _, row := range r.rows["incoming_phone_numbers"] {
		a.of(strings.TrimPrefix(row.Get("phone_number").String(), "+"))
	}
	for _, table := range sortedTables(r.rows) {
		for _, row := range r.rows[table] {
			a.value(row, accountSID)
		}
	}
	return sandbox.StarterAccountSID
}

func (a *anonymous) value(n *jsondoc.Node, accountSID string) {
	if n == nil {
		return
	}
	for _, m := range n.Members {
		a.value(m.Value, accountSID)
	}
	for _, elem := range n.Elems {
		a.value(elem, accountSID)
	}
	if n.Kind != '"' {
		return
	}
	now := e164.ReplaceAllStringFunc(n.Text, func(number string) string {
		digits := strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(number), "+"), "%2b")
		return strings.TrimSuffix(number, digits) + a.of(digits)
	})
	now = digitsRun.ReplaceAllStringFunc(now, func(digits string) string {
		if other, ok := a.numbers[digits]; ok && !a.used[digits] {
			return other
		}
		return digits
	})
	n.Text = strings.ReplaceAll(now, accountSID, sandbox.StarterAccountSID)
}
