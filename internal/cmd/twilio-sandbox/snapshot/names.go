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

var notDigits = regexp.MustCompile(`[^0-9]`)

// isNumber reports whether a label is the number itself, in some spelling.
func isNumber(label, number string) bool {
	digits := notDigits.ReplaceAllString(label, "")
	return strings.Trim(label, "+0123456789 \u00a0-–.()") == "" && len(digits) >= 6 && strings.HasSuffix(number, strings.TrimLeft(digits, "0"))
}

// anonymous gives each phone number another one.
type anonymous struct {
	numbers map[string]string // digits by digits
	used    map[string]bool
	// national are the digits of numbers by what is written of them where the country is not.
	national map[string]string
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
			for country := 1; country <= 3 && len(digits)-country >= 8; country++ {
				a.national[digits[country:]] = digits
			}
			return other
		}
	}
}

var (
	e164 = regexp.MustCompile(`(?:\+|%2[Bb])[1-9][0-9]{6,14}\b`)
	// spelled is a number as people write it.
	spelled = regexp.MustCompile(`[0-9](?:[ ().\x{a0}–-]{0,3}[0-9]){6,}`)
	// date is the day of a date, which the file has too.
	date      = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)
	digitsRun = regexp.MustCompile(`[0-9]+`)
)

// anonymise replaces the numbers in all rows, and the account's SID, and returns the other SID.
// Numbers of the account are counted in the order in which they came to it, so that one that
// is added changes no other.
func (r *reader) anonymise(accountSID string) string {
	a := &anonymous{numbers: map[string]string{}, used: map[string]bool{}, national: map[string]string{}}
	for _, row := range r.rows["incoming_phone_numbers"] {
		a.of(strings.TrimPrefix(row.Get("phone_number").String(), "+"))
	}
	each := func(do func(*jsondoc.Node)) {
		for _, table := range sortedTables(r.rows) {
			for _, row := range r.rows[table] {
				texts(row, do)
			}
		}
	}
	// What is written as people do is a number where it is one elsewhere.
	each(func(n *jsondoc.Node) { a.inE164(n.Text) })
	replace := func(n *jsondoc.Node) {
		n.Text = strings.ReplaceAll(spelled.ReplaceAllStringFunc(a.inE164(n.Text), a.spelling), accountSID, sandbox.StarterAccountSID)
	}
	r.throughCompiled(func(_, schema *jsondoc.Node) { texts(schema, replace) })
	each(replace)
	return sandbox.StarterAccountSID
}

// texts does something to each text in a value, but to a packed schema.
func texts(n *jsondoc.Node, do func(*jsondoc.Node)) {
	if n == nil || carriesSchema(n) { // which was changed before it was packed
		return
	}
	for _, m := range n.Members {
		texts(m.Value, do)
	}
	for _, elem := range n.Elems {
		texts(elem, do)
	}
	if n.Kind == '"' {
		do(n)
	}
}

// inE164 replaces numbers that are in E.164.
func (a *anonymous) inE164(text string) string {
	return e164.ReplaceAllStringFunc(text, func(number string) string {
		digits := strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(number), "+"), "%2b")
		if a.used[digits] {
			return number
		}
		return strings.TrimSuffix(number, digits) + a.of(digits)
	})
}

// spelling replaces numbers in what is written of digits, in the spelling that they have.
func (a *anonymous) spelling(written string) string {
	groups := digitsRun.FindAllStringIndex(written, -1)
	for i := range groups {
		for j := len(groups) - 1; j >= i; j-- { // the longest first
			from, to := groups[i][0], groups[j][1]
			if now, known := a.spelt(written[from:to]); known {
				return written[:from] + now + a.spelling(written[to:])
			}
		}
	}
	return written
}

// spelt is what stands for a number: with its country or, behind zeros or not, without. What is
// the number of nobody stays.
func (a *anonymous) spelt(written string) (now string, known bool) {
	digits := notDigits.ReplaceAllString(written, "")
	number := strings.TrimLeft(digits, "0")
	other, known := a.numbers[number]
	if of, national := a.national[number]; !known && national {
		other, known = a.numbers[of][len(of)-len(number):], true
	}
	if !known || a.used[digits] || date.MatchString(written) {
		return written, false
	}
	other = digits[:len(digits)-len(number)] + other
	at := 0
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return r
		}
		at++
		return rune(other[at-1])
	}, written), true
}
