package bot_test

import (
	"strings"
	"testing"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

func TestAddressesOfMessages(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]struct{ sender, recipient string }{
		"+12025550142":               {"+12025550142", "+12025550142"},
		"+1 (202) 555-0142":          {"+12025550142", "+12025550142"},
		"whatsapp:+1 202":            {},
		"whatsapp:+12025550142":      {"whatsapp:+12025550142", "whatsapp:+12025550142"},
		"whatsapp:+1-202-555-0142":   {"whatsapp:+12025550142", "whatsapp:+12025550142"},
		"whatsapp:+1202555014":       {},
		"messenger:1234567":          {"messenger:1234567", "messenger:1234567"},
		"rcs:clinic_agent":           {"rcs:clinic_agent", "rcs:clinic_agent"},
		"55501":                      {"55501", "55501"},
		"Clinic":                     {"Clinic", ""},
		"My Clinic 1":                {"My Clinic 1", ""},
		"My Clinic 12":               {},
		"12":                         {},
		"2025550142":                 {},
		"+":                          {},
		"":                           {},
		"sms:":                       {},
		"MG0123456789abcdef01234567": {},
	} {
		if got, err := bot.ParseSender(written); got != want.sender && err == nil || (err == nil) != (want.sender != "") {
			t.Errorf("as a sender %q is %q, %v; want %q", written, got, err, want.sender)
		}
		if got, err := bot.ParseRecipient(written); got != want.recipient && err == nil || (err == nil) != (want.recipient != "") {
			t.Errorf("as a recipient %q is %q, %v; want %q", written, got, err, want.recipient)
		}
	}
	for address, want := range map[string]string{"+12025550142": "", "whatsapp:+12025550142": "whatsapp", "Clinic": ""} {
		if got := bot.ChannelOf(address); got != want {
			t.Errorf("%s is on %q, want %q", address, got, want)
		}
	}
}

func FuzzParseSender(f *testing.F) {
	for _, seed := range []string{"+12025550142", "whatsapp:+1 202 555 0142", "Clinic", "55501", "rcs:agent", ":", "+"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, written string) {
		address, err := bot.ParseSender(written)
		if err != nil {
			return
		}
		if again, err := bot.ParseSender(address); err != nil || again != address {
			t.Errorf("%q is read as %q, and that as %q (%v)", written, address, again, err)
		}
		if strings.ContainsAny(address, "\n\x00") {
			t.Errorf("%q is read as %q", written, address)
		}
	})
}

func TestSentMessageIsFoundAmongOthers(t *testing.T) {
	t.Parallel()
	second := func(n int) time.Time { return time.Date(2026, 11, 21, 8, 0, n, 0, time.UTC) }
	one := func(sid string, at int, change func(*bot.Message)) bot.Message {
		m := bot.Message{SID: sid, Direction: "outbound-api", From: "+12025550142", To: "+12025550177", Body: "hello", DateCreated: second(at)}
		if change != nil {
			change(&m)
		}
		return m
	}
	sent := bot.OutgoingMessage{From: "+12025550142", To: "+12025550177", Body: "hello"}
	before := []bot.Message{one("SM2", 10, nil), one("SM1", 5, nil)}
	for name, tc := range map[string]struct {
		now   []bot.Message
		known map[string]bool
		sent  bot.OutgoingMessage
		want  string
	}{
		"it":                        {now: []bot.Message{one("SM3", 11, nil), before[0]}, want: "SM3"},
		"in the same second":        {now: []bot.Message{before[0], one("SM3", 10, nil)}, want: "SM3"},
		"not there":                 {now: before},
		"one of before that moved":  {now: []bot.Message{before[0], before[1], one("SM0", 4, nil)}},
		"another body":              {now: []bot.Message{one("SM3", 11, func(m *bot.Message) { m.Body = "hello!" })}},
		"another sender":            {now: []bot.Message{one("SM3", 11, func(m *bot.Message) { m.From = "+12025550143" })}},
		"a reply of a bot":          {now: []bot.Message{one("SM3", 11, func(m *bot.Message) { m.Direction = "outbound-reply" })}},
		"one that was sent already": {now: []bot.Message{one("SM3", 11, nil)}, known: map[string]bool{"SM3": true}},
		"of a service": {
			now:  []bot.Message{one("SM3", 11, func(m *bot.Message) { m.From, m.ServiceSID = "", "MG1" })},
			sent: bot.OutgoingMessage{ServiceSID: "MG1", To: "+12025550177", Body: "hello"}, want: "SM3",
		},
		"of another service": {
			now:  []bot.Message{one("SM3", 11, func(m *bot.Message) { m.ServiceSID = "MG2" })},
			sent: bot.OutgoingMessage{ServiceSID: "MG1", To: "+12025550177", Body: "hello"},
		},
		"a template that was filled in": {
			now:  []bot.Message{one("SM3", 11, func(m *bot.Message) { m.Body = "Your visit is at 8." })},
			sent: bot.OutgoingMessage{From: "+12025550142", To: "+12025550177", ContentSID: "HX1"}, want: "SM3",
		},
	} {
		if tc.sent.To == "" {
			tc.sent = sent
		}
		found, ok := tc.sent.FindSent(before, tc.now, tc.known)
		if found.SID != tc.want || ok != (tc.want != "") {
			t.Errorf("%s: found %q, want %q", name, found.SID, tc.want)
		}
	}
	if found, _ := sent.FindSent(nil, []bot.Message{one("SM1", 1, nil)}, nil); found.SID != "SM1" {
		t.Errorf("the first message of all is not found: %q", found.SID)
	}
}
