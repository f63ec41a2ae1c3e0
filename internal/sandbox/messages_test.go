package sandbox

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	messagesOf = starterPath + "/Messages.json"
	ukMobile   = "+447700900123" // of the starter account
	usMobile   = "+12025550142"  // of the starter account
	person     = "+12025550177"
)

// clocked is a sandbox whose clock the test sets.
func clocked(now *time.Time) *Sandbox {
	next := 0
	return New(WithClock(func() time.Time { return *now }), WithSIDs(func(prefix string) string {
		next++
		return fmt.Sprintf("%s%032x", prefix, next)
	}))
}

func TestMessageIsSentAndReachesItsRecipient(t *testing.T) {
	now := start
	h := checked(t, clocked(&now))
	sent := must(t, h, 201, "POST", messagesOf, form("From", usMobile, "To", person, "Body", strings.Repeat("x", 161)))
	path := starterPath + "/Messages/" + sent["sid"].(string) + ".json"
	if sent["status"] != "queued" || sent["direction"] != "outbound-api" || sent["num_segments"] != "2" || sent["price"] != nil || sent["date_sent"] != nil || sent["num_media"] != "0" {
		t.Errorf("as accepted: %v", sent)
	}
	if status, body := send(t, h, "DELETE", path, nil); status != 400 || body["code"] != float64(20009) {
		t.Errorf("a message on its way is deleted: %d %v", status, body)
	}
	now = now.Add(messageDelivery)
	arrived := must(t, h, 200, "GET", path, nil)
	if arrived["status"] != "delivered" || arrived["price"] != "-0.01580" || arrived["price_unit"] != "USD" || arrived["date_sent"] != "Sat, 21 Nov 2026 08:00:01 +0000" || arrived["error_code"] != nil {
		t.Errorf("as delivered: %v", arrived)
	}
	if status, body := send(t, h, "POST", path, form("Body", "other")); status != 400 {
		t.Errorf("the body of a message that was sent is changed: %v", body)
	}
	if redacted := must(t, h, 200, "POST", path, url.Values{"Body": {""}}); redacted["body"] != "" {
		t.Errorf("redacted: %v", redacted)
	}
	must(t, h, 204, "DELETE", path, nil)
	must(t, h, 404, "GET", path, nil)
}

func TestMessageOfAServiceHasNoSenderAtFirst(t *testing.T) {
	now := start
	s := clocked(&now)
	h := checked(t, s)
	number := must(t, h, 200, "GET", numberPathOf(t, h, usMobile), nil)["sid"].(string)
	service, err := s.AddMessagingService(fmt.Sprintf(`{"friendly_name": "Campaigns", "phone_numbers": [%q]}`, usMobile))
	if err != nil {
		t.Fatal(err, number)
	}
	sent := must(t, h, 201, "POST", messagesOf, form("MessagingServiceSid", service, "To", person, "Body", "hello"))
	if sent["status"] != "accepted" || sent["from"] != nil || sent["num_segments"] != "0" || sent["messaging_service_sid"] != service {
		t.Errorf("as accepted: %v", sent)
	}
	path := starterPath + "/Messages/" + sent["sid"].(string) + ".json"
	now = now.Add(messageDelivery)
	if arrived := must(t, h, 200, "GET", path, nil); arrived["status"] != "delivered" || arrived["from"] != usMobile || arrived["num_segments"] != "1" {
		t.Errorf("as delivered: %v", arrived)
	}
	again := must(t, h, 201, "POST", messagesOf, form("MessagingServiceSid", service, "To", person, "Body", "hello"))
	path = starterPath + "/Messages/" + again["sid"].(string) + ".json"
	if canceled := must(t, h, 200, "POST", path, form("Status", "canceled")); canceled["status"] != "canceled" {
		t.Errorf("canceled: %v", canceled)
	}
	now = now.Add(messageDelivery)
	if later := must(t, h, 200, "GET", path, nil); later["status"] != "canceled" {
		t.Errorf("a message that was canceled is %v", later["status"])
	}
}

func TestWrongMessagesGetTwiliosErrors(t *testing.T) {
	s := predictable()
	h := checked(t, s)
	empty, err := s.AddMessagingService(`{"friendly_name": "Empty"}`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.AddNumber(`{"phone_number": "+442079460958", "capabilities": {"voice": true, "sms": false, "mms": false, "fax": false}}`); err != nil {
		t.Fatal(err)
	}
	media := make([]string, 0, 22)
	for i := range mostMedia + 1 {
		media = append(media, "MediaUrl", fmt.Sprintf("https://example.com/%d.png", i))
	}
	for name, tc := range map[string]struct {
		form []string
		code float64
	}{
		"no recipient":              {[]string{"From", usMobile, "Body", "x"}, 21604},
		"no number":                 {[]string{"From", usMobile, "To", "555-0142", "Body", "x"}, 21211},
		"no sender":                 {[]string{"To", person, "Body", "x"}, 21603},
		"sender of nobody":          {[]string{"From", "+12025550100", "To", person, "Body", "x"}, 21606},
		"number for calls":          {[]string{"From", "+442079460958", "To", person, "Body", "x"}, 21606},
		"to itself":                 {[]string{"From", usMobile, "To", usMobile, "Body", "x"}, 21266},
		"nothing to say":            {[]string{"From", usMobile, "To", person}, 21619},
		"empty body":                {[]string{"From", usMobile, "To", person, "Body", ""}, 21619},
		"too long":                  {[]string{"From", usMobile, "To", person, "Body", strings.Repeat("é", longestBody+1)}, 21617},
		"too much media":            {append([]string{"From", usMobile, "To", person}, media...), 21623},
		"media that is no URL":      {[]string{"From", usMobile, "To", person, "MediaUrl", "cat.png"}, 21620},
		"callback that is no URL":   {[]string{"From", usMobile, "To", person, "Body", "x", "StatusCallback", "callback"}, 21609},
		"unknown service":           {[]string{"MessagingServiceSid", "MG" + strings.Repeat("f", 32), "To", person, "Body", "x"}, 21701},
		"service without numbers":   {[]string{"MessagingServiceSid", empty, "To", person, "Body", "x"}, 21704},
		"name to America":           {[]string{"From", "Clinic", "To", person, "Body", "x"}, 21612},
		"channel without a sender":  {[]string{"From", "whatsapp:+12025550142", "To", "whatsapp:" + person, "Body", "x"}, 63007},
		"two channels":              {[]string{"From", usMobile, "To", "whatsapp:" + person, "Body", "x"}, 21910},
		"variables without content": {[]string{"From", usMobile, "To", person, "Body", "x", "ContentVariables", "{}"}, 21656},
		"template of wrong form":    {[]string{"From", usMobile, "To", person, "ContentSid", "HX1"}, 20001},
		"unknown parameter":         {[]string{"From", usMobile, "To", person, "Body", "x", "SendAt", "2026-12-01T00:00:00Z"}, 20001},
	} {
		t.Run(name, func(t *testing.T) {
			status, body := send(t, h, "POST", messagesOf, form(tc.form...))
			if status < 400 || body["code"] != tc.code {
				t.Errorf("%d %v, want %v", status, body, tc.code)
			}
		})
	}
	if rows := must(t, h, 200, "GET", messagesOf, nil)["messages"].([]any); len(rows) != 0 {
		t.Errorf("%d messages were sent all the same", len(rows))
	}
	must(t, h, 201, "POST", messagesOf, form("From", "Clinic", "To", "+447700900555", "Body", "x"))
}

func TestWhoSaidStopGetsNoMessages(t *testing.T) {
	s := predictable()
	h := checked(t, s)
	hello := form("From", usMobile, "To", person, "Body", "hello")
	says := func(text string) {
		t.Helper()
		if _, err := s.Inbound(Inbound{To: usMobile, From: person, Channel: channelMessaging, Body: text}); err != nil {
			t.Fatal(err)
		}
	}
	says(" Stop ")
	if status, body := send(t, h, "POST", messagesOf, hello); status != 400 || body["code"] != float64(21610) {
		t.Errorf("%d %v", status, body)
	}
	must(t, h, 201, "POST", messagesOf, form("From", ukMobile, "To", person, "Body", "hello"))
	says("hello?")
	if status, _ := send(t, h, "POST", messagesOf, hello); status != 400 {
		t.Errorf("any message begins the subscription again")
	}
	says("START")
	must(t, h, 201, "POST", messagesOf, hello)
}

func TestMessagesAreSelectedByAddressesAndDays(t *testing.T) {
	s := predictable()
	h := checked(t, s)
	for i, each := range []string{"2026-11-18T23:59:59Z", "2026-11-19T00:00:00Z", "2026-11-19T23:59:59Z", "2026-11-20T00:00:00Z"} {
		if _, err := s.AddMessage(fmt.Sprintf(`{"from": %q, "to": %q, "body": "%d", "date_created": %q, "date_sent": %q, "error_code": 30003, "error_message": "Unreachable"}`, person, usMobile, i, each, each)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.AddMessage(fmt.Sprintf(`{"from": %q, "to": %q, "body": "4", "direction": "outbound-api", "status": "queued", "date_created": "2026-11-21T08:00:00Z"}`, usMobile, person)); err != nil {
		t.Fatal(err)
	}
	for filter, want := range map[string]string{
		"":                        "43210",
		"?To=%2B12025550142":      "3210",
		"?From=%2B12025550142":    "4",
		"?DateSent=2026-11-19":    "21",
		"?DateSent%3C=2026-11-19": "210",
		"?DateSent%3E=2026-11-19": "321",
		"?DateSent%3C=2026-11-19&DateSent%3E=2026-11-19": "21",
		"?DateSent=2027-01-01":                           "",
		"?DateSent%3E=2026-11-19T23%3A59%3A59Z":          "32",
	} {
		if got := strings.Join(column(t, must(t, h, 200, "GET", messagesOf+filter, nil), "messages", "body"), ""); got != want {
			t.Errorf("%s selects %q, want %q", filter, got, want)
		}
	}
	if status, body := send(t, h, "GET", messagesOf+"?DateSent=%3E%3D2026-11-19", nil); status != 400 || body["message"] != "Invalid date value." {
		t.Errorf("%d %v", status, body)
	}
}

// What a person and a bot write to each other are messages of the account.
func TestConversationIsListedAsMessages(t *testing.T) {
	s := predictable()
	h := checked(t, s)
	flow, webhook := published(t, s, "tea", teaFlow)
	must(t, h, 200, "POST", numberPathOf(t, h, usMobile), form("SmsUrl", webhook))
	answer, err := s.Inbound(Inbound{To: usMobile, From: person, Channel: channelMessaging, Body: "hi"})
	if err != nil || len(answer.Answers) == 0 {
		t.Fatal(answer, err)
	}
	rows := must(t, h, 200, "GET", messagesOf, nil)
	said := column(t, rows, "messages", "body")
	slices.Reverse(said)
	if want := append([]string{"hi"}, texts(answer.Answers)...); !slices.Equal(said, want) {
		t.Errorf("the messages are %q, want %q", said, want)
	}
	directions := column(t, rows, "messages", "direction")
	if slices.Reverse(directions); directions[0] != "inbound" || directions[1] != "outbound-api" {
		t.Errorf("they went %q", directions)
	}
	// The flow knows the message by the SID that the list has.
	sids := column(t, rows, "messages", "sid")
	executed := must(t, h, 200, "GET", "https://studio.twilio.com/v2/Flows/"+flow+"/Executions", nil)
	execution := column(t, executed, "executions", "sid")[0]
	context := fmt.Sprint(must(t, h, 200, "GET", "https://studio.twilio.com/v2/Flows/"+flow+"/Executions/"+execution+"/Context", nil))
	if !strings.Contains(context, sids[len(sids)-1]) {
		t.Errorf("the execution does not know message %s: %s", sids[len(sids)-1], context)
	}
	// A number on which nothing answers gets its messages all the same.
	if _, err := s.Inbound(Inbound{To: ukMobile, From: person, Channel: channelMessaging, Body: "anybody?"}); err != nil {
		t.Fatal(err)
	}
	if got := column(t, must(t, h, 200, "GET", messagesOf+"?To="+url.QueryEscape(ukMobile), nil), "messages", "body"); !slices.Equal(got, []string{"anybody?"}) {
		t.Errorf("a number without a bot received %q", got)
	}
}

func texts(replies []InboundText) []string {
	var all []string
	for _, reply := range replies {
		all = append(all, reply.Text)
	}
	return all
}

func TestOldestMessagesAreDeleted(t *testing.T) {
	s := predictable()
	for i := range messageLimit + 1 {
		if err := s.change(func(st *state) error {
			putMessage(st, message{record: record{SID: fmt.Sprintf("SM%032x", i), AccountSID: StarterAccountSID}, Body: fmt.Sprint(i)})
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	left := messages.all(s.state)
	if len(left) != messageLimit*9/10 || left[0].Body != fmt.Sprint(messageLimit) {
		t.Errorf("%d messages are left, the newest is %q", len(left), left[0].Body)
	}
}

func TestJournalHasNoBodies(t *testing.T) {
	s := predictable()
	must(t, s, 201, "POST", messagesOf, form("From", usMobile, "To", person, "Body", "your code is 4711"))
	entry := s.Journal()[0]
	if entry.Form.Get("Body") != redacted || entry.Form.Get("To") != person {
		t.Errorf("the journal has %v", entry.Form)
	}
}
