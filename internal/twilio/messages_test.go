package twilio_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/twiliotest"
)

const (
	messagesURL = "https://api.twilio.com/2010-04-01/Accounts/" + sandbox.StarterAccountSID + "/Messages.json"
	ourNumber   = "+12025550142"
	somebody    = "+12025550177"
)

var hello = bot.OutgoingMessage{From: ourNumber, To: somebody, Body: "hello"}

func addMessages(a *twiliotest.Account, n int) {
	a.Helper()
	for i := range n {
		sent := time.Date(2026, 11, 20, 0, 0, i, 0, time.UTC).Format(time.RFC3339)
		if _, err := a.Box.AddMessage(fmt.Sprintf(`{"from": %q, "to": %q, "body": "%d", "date_created": %q, "date_sent": %q, "price": "-0.00750"}`, somebody, ourNumber, i, sent, sent)); err != nil {
			a.Fatal(err)
		}
	}
}

// asked is the query of the last call.
func asked(a *twiliotest.Account) url.Values {
	journal := a.Box.Journal()
	return journal[len(journal)-1].Query
}

func bodies(all []bot.Message) string {
	var text []string
	for _, m := range all {
		text = append(text, m.Body)
	}
	return strings.Join(text, " ")
}

func TestNoPageOfMessagesIsAskedForBeyondTheLimit(t *testing.T) {
	t.Parallel()
	twiliotest.Run(t, func(a *twiliotest.Account) {
		addMessages(a, 7)
		messages := twilio.NewMessages(a.Client)
		for _, tc := range []struct {
			limit, calls int
			want, size   string
		}{
			{2, 1, "6 5", "2"},
			{7, 1, "6 5 4 3 2 1 0", "7"},
			{100, 1, "6 5 4 3 2 1 0", "100"},
			{5000, 1, "6 5 4 3 2 1 0", "1000"},
		} {
			a.Forget()
			all, err := messages.List(a.Context(), bot.MessageFilter{}, tc.limit)
			query := asked(a)
			if err != nil || bodies(all) != tc.want || len(a.Sent()) != tc.calls || query.Get("PageSize") != tc.size {
				a.Errorf("limit %d: %q by %d calls, the last of %v (%v), want %q by %d calls of size %s", tc.limit, bodies(all), len(a.Sent()), query, err, tc.want, tc.calls, tc.size)
			}
		}
		a.SmallPages(3)
		for limit, calls := range map[int]int{3: 1, 4: 2, 6: 2, 7: 3, 8: 3} {
			a.Forget()
			all, err := messages.List(a.Context(), bot.MessageFilter{}, limit)
			if err != nil || len(all) != min(limit, 7) || len(a.Sent()) != calls {
				a.Errorf("limit %d on pages of 3: %d messages by %d calls (%v), want %d calls", limit, len(all), len(a.Sent()), err, calls)
			}
		}
	})
}

// While pages are read messages come, and shift those that were read to the page after.
func TestMessageOfTwoPagesIsListedOnce(t *testing.T) {
	t.Parallel()
	twiliotest.Run(t, func(a *twiliotest.Account) {
		addMessages(a, 5)
		a.SmallPages(2)
		a.After(twiliotest.Call{Nth: 1}, func() { addMessages(a, 1) })
		all, err := twilio.NewMessages(a.Client).List(a.Context(), bot.MessageFilter{}, 5)
		if err != nil || bodies(all) != "4 3 2 1 0" {
			a.Errorf("%q: %v", bodies(all), err)
		}
	})
}

func TestMessagesAreAskedForByDayAndAddress(t *testing.T) {
	t.Parallel()
	day := func(text string) time.Time {
		day, err := bot.ParseDay(text)
		if err != nil {
			t.Fatal(err)
		}
		return day
	}
	twiliotest.Run(t, func(a *twiliotest.Account) {
		addMessages(a, 2)
		messages := twilio.NewMessages(a.Client)
		filter := bot.MessageFilter{From: somebody, To: ourNumber, Before: day("2026-11-20"), After: day("2026-11-19")}
		all, err := messages.List(a.Context(), filter, 10)
		want := url.Values{"From": {somebody}, "To": {ourNumber}, "DateSent<": {"2026-11-20"}, "DateSent>": {"2026-11-19"}, "PageSize": {"10"}}
		if got := asked(a); err != nil || len(all) != 2 || got.Encode() != want.Encode() {
			a.Errorf("%d messages by %v (%v), want %v", len(all), got, err, want)
		}
		if price, _ := all[0].Price.Float64(); price != -0.0075 || all[0].Segments.String() != "1" || all[0].DateSent != time.Date(2026, 11, 20, 0, 0, 1, 0, time.UTC) {
			a.Errorf("it is %+v", all[0])
		}
		if all, err := messages.List(a.Context(), bot.MessageFilter{On: day("2026-11-21")}, 10); err != nil || len(all) != 0 {
			a.Errorf("on another day there are %d (%v)", len(all), err)
		}
		if all, err := messages.List(a.Context(), bot.MessageFilter{On: day("2026-11-20")}, 10); err != nil || len(all) != 2 {
			a.Errorf("on that day there are %d (%v)", len(all), err)
		}
	})
}

// ours counts the messages that were really sent.
func ours(a *twiliotest.Account) int {
	a.Helper()
	return len(a.Rows(messagesURL, "messages"))
}

func TestMessageIsSentOnceWhateverIsCut(t *testing.T) {
	t.Parallel()
	twiliotest.Walk(t, func(a *twiliotest.Account) func() error {
		// The same was sent before, and is not taken for it.
		if _, err := twilio.NewMessages(a.Client).Send(a.Context(), hello); err != nil {
			a.Fatal(err)
		}
		a.Later(time.Minute)
		return func() error {
			sent, err := twilio.NewMessages(a.Client).Send(a.Context(), hello)
			if err == nil && (sent.SID == "" || sent.Status == "") {
				err = fmt.Errorf("it is sent as %+v", sent)
			}
			return err
		}
	}, func(a *twiliotest.Account, err error) {
		switch n := ours(a) - 1; {
		case n > 1:
			a.Errorf("it was sent %d times", n)
		case err == nil && n != 1:
			a.Error("it was not sent, and nothing says so")
		case err != nil && !strings.Contains(err.Error(), "not known whether") && n != 0:
			a.Errorf("it was sent, and this says that it was not: %v", err)
		}
	})
}

func TestLostAnswerIsResolvedByLooking(t *testing.T) {
	t.Parallel()
	create := twiliotest.Call{Method: http.MethodPost, Path: `/Messages\.json$`}
	for how, tc := range map[twiliotest.Cut]struct {
		sent  int
		words string
	}{
		twiliotest.CutAfter:  {1, ""},
		twiliotest.CutBefore: {0, "not known whether the message was sent"},
		twiliotest.Refused:   {0, "not known whether the message was sent"},
		twiliotest.Killed:    {1, "could not be read"},
	} {
		t.Run(string(how), func(t *testing.T) {
			t.Parallel()
			twiliotest.Run(t, func(a *twiliotest.Account) {
				a.Cut(create, how)
				sent, err := twilio.NewMessages(a.Client).Send(a.Context(), hello)
				posts := len(a.Writes())
				a.Forget()
				if n := ours(a); n != tc.sent || posts != 1 {
					a.Errorf("%d messages by %d requests, want %d by one", n, posts, tc.sent)
				}
				if tc.words == "" && (err != nil || sent.SID == "") || tc.words != "" && (err == nil || !strings.Contains(err.Error(), tc.words)) {
					a.Errorf("it ends with %v, want %q", err, tc.words)
				}
				if err != nil && strings.Contains(err.Error(), hello.Body) {
					a.Errorf("the error says what the message says: %v", err)
				}
			})
		})
	}
}

// Two messages that say the same, of which one is lost before Twilio has it.
func TestLostMessageIsNotTakenForItsTwin(t *testing.T) {
	t.Parallel()
	twiliotest.Run(t, func(a *twiliotest.Account) {
		messages := twilio.NewMessages(a.Client)
		a.Cut(twiliotest.Call{Method: http.MethodPost, Nth: 1}, twiliotest.CutBefore)
		// Its answer comes while the lost one is looked for.
		a.After(twiliotest.Call{Method: http.MethodPost, Nth: 2}, func() { a.Later(10 * time.Second) })
		errs := make(chan error, 2)
		for range 2 {
			go func() { _, err := messages.Send(a.Context(), hello); errs <- err }()
		}
		first, second := <-errs, <-errs
		if n := ours(a); n != 1 || (first == nil) == (second == nil) {
			a.Errorf("%d messages were sent; one ends with %v, the other with %v", n, first, second)
		}
	})
}

func TestMessageIsSentByAKeyThatMayNotList(t *testing.T) {
	t.Parallel()
	twiliotest.Run(t, func(a *twiliotest.Account) {
		a.Fault(sandbox.Fault{Method: http.MethodGet, Path: "/Messages", Kind: sandbox.FaultStatus, Status: http.StatusForbidden, Times: -1})
		if _, err := twilio.NewMessages(a.Client).Send(a.Context(), hello); err != nil {
			a.Errorf("not sent: %v", err)
		}
		a.Cut(twiliotest.Call{Method: http.MethodPost}, twiliotest.CutAfter)
		if _, err := twilio.NewMessages(a.Client).Send(a.Context(), hello); err == nil || !strings.Contains(err.Error(), "may not list messages") {
			a.Errorf("it ends with %v", err)
		}
		a.Box.ClearFaults()
		if n := ours(a); n != 2 {
			a.Errorf("%d messages were sent", n)
		}
	})
}

func TestRefusedMessageIsAnErrorOfTwilio(t *testing.T) {
	t.Parallel()
	twiliotest.Run(t, func(a *twiliotest.Account) {
		wrong := hello
		wrong.From = "+12025550199"
		_, err := twilio.NewMessages(a.Client).Send(a.Context(), wrong)
		if !twilio.HasCode(err, 21606) || errors.Is(err, bot.ErrUncertain) {
			a.Errorf("it ends with %v", err)
		}
	})
}

func TestNothingIsSentWhereWhatWasSentBeforeCannotBeRead(t *testing.T) {
	t.Parallel()
	twiliotest.Run(t, func(a *twiliotest.Account) {
		a.Cut(twiliotest.Call{Method: http.MethodGet}, twiliotest.Refused)
		if _, err := twilio.NewMessages(a.Client).Send(a.Context(), hello); err == nil || !strings.Contains(err.Error(), "was not sent") {
			a.Errorf("it ends with %v", err)
		}
		a.NothingWritten()
	})
}
