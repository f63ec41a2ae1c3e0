package twilio_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/twiliotest"
)

const servicesURL = "https://messaging.twilio.com/v1/Services"

func TestServicesAreReadOnEveryPage(t *testing.T) {
	t.Parallel()
	twiliotest.Run(t, func(a *twiliotest.Account) {
		sid, err := a.Box.AddMessagingService(`{"friendly_name": "front", "inbound_request_url": "https://front.example.com/", "inbound_method": "GET",
			"use_inbound_webhook_on_number": false, "phone_numbers": ["+447447735023", "+447700900123"]}`)
		if err != nil {
			a.Fatal(err)
		}
		if _, err := a.Box.AddMessagingService(`{"friendly_name": "back", "use_inbound_webhook_on_number": true}`); err != nil {
			a.Fatal(err)
		}
		a.SmallPages(1)
		services := twilio.NewServices(a.Client)
		all, err := services.List(a.Context())
		want := bot.Service{SID: sid, AccountSID: sandbox.StarterAccountSID, Name: "front", InboundURL: "https://front.example.com/", InboundMethod: "GET"}
		if err != nil || len(all) != 2 || !slices.Contains(all, want) || !slices.ContainsFunc(all, func(s bot.Service) bool { return s.Name == "back" && s.Defers }) {
			a.Errorf("it has %+v: %v", all, err)
		}
		if members, err := services.Members(a.Context(), sid); err != nil || len(members) != 2 {
			a.Errorf("its members are %v: %v", members, err)
		}
		if _, err := services.Members(a.Context(), ""); err == nil {
			a.Error("the members of nothing are listed")
		}
		if err := services.Point(a.Context(), "", "https://other.example.com/", "POST", false); err == nil {
			a.Error("nothing is pointed anywhere")
		}
		for _, read := range []func() error{
			func() error { _, err := services.List(a.Context()); return err },
			func() error { _, err := services.Members(a.Context(), sid); return err },
		} {
			a.Forget()
			a.Cut(twiliotest.Call{Nth: 2}, twiliotest.Refused)
			if err := read(); err == nil {
				a.Error("a page that fails is taken for an empty one")
			}
		}
	})
}

func TestServiceIsPointedAndReadBack(t *testing.T) {
	t.Parallel()
	const ours, theirs = "https://ours.example.com/", "https://theirs.example.com/"
	post := twiliotest.Call{Method: http.MethodPost}
	for name, each := range map[string]struct {
		prepare func(a *twiliotest.Account, sid string)
		kind    bot.Kind
		fails   bool // with an error of no kind
	}{
		"as asked":      {},
		"a lost answer": {prepare: func(a *twiliotest.Account, _ string) { a.Cut(post, twiliotest.CutAfter) }},
		"a lost write":  {prepare: func(a *twiliotest.Account, _ string) { a.Cut(post, twiliotest.CutBefore) }, kind: bot.WriteLost},
		"late reads": {prepare: func(a *twiliotest.Account, _ string) {
			a.Later(time.Hour)
			a.Fault(sandbox.Fault{Method: http.MethodGet, Times: 3, Kind: sandbox.FaultStale, DelayMS: 60_000})
		}},
		"another client's URL": {prepare: func(a *twiliotest.Account, sid string) {
			a.After(post, func() { a.Post(servicesURL+"/"+sid, "InboundRequestUrl", theirs) })
		}, kind: bot.NotAsWritten},
		"another client's deferring": {prepare: func(a *twiliotest.Account, sid string) {
			a.After(post, func() { a.Post(servicesURL+"/"+sid, "UseInboundWebhookOnNumber", "true") })
		}, kind: bot.NotAsWritten},
		"another client's method": {prepare: func(a *twiliotest.Account, sid string) {
			a.After(post, func() { a.Post(servicesURL+"/"+sid, "InboundMethod", "POST") })
		}, kind: bot.NotAsWritten},
		"no read": {prepare: func(a *twiliotest.Account, _ string) {
			a.Cut(twiliotest.Call{Method: http.MethodGet}, twiliotest.Refused)
		}, fails: true},
		"refused": {prepare: func(a *twiliotest.Account, _ string) {
			a.Fault(sandbox.Fault{Method: http.MethodPost, Kind: sandbox.FaultStatus, Status: http.StatusBadRequest})
		}, fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			twiliotest.Run(t, func(a *twiliotest.Account) {
				sid, err := a.Box.AddMessagingService(`{"friendly_name": "front"}`)
				if err != nil {
					a.Fatal(err)
				}
				if each.prepare != nil {
					each.prepare(a, sid)
				}
				err = twilio.NewServices(a.Client).Point(a.Context(), sid, ours, "GET", false)
				if (err != nil) != (each.fails || each.kind != "") || twiliotest.KindOf(err) != each.kind {
					a.Errorf("it ended with %v", err)
				}
				if len(a.Writes()) != 1 {
					a.Errorf("it wrote %v", a.Writes())
				}
			})
		})
	}
}

func TestServiceThatIsFreedDefersToItsNumbers(t *testing.T) {
	t.Parallel()
	twiliotest.Run(t, func(a *twiliotest.Account) {
		sid, err := a.Box.AddMessagingService(`{"friendly_name": "front", "inbound_request_url": "https://front.example.com/", "inbound_method": "GET", "use_inbound_webhook_on_number": false}`)
		if err != nil {
			a.Fatal(err)
		}
		services := twilio.NewServices(a.Client)
		if err := services.Point(a.Context(), sid, "", "", true); err != nil {
			a.Fatal(err)
		}
		if now, err := services.Get(a.Context(), sid); err != nil || now.InboundURL != "" || !now.Defers {
			a.Errorf("it is %+v: %v", now, err)
		}
	})
}
