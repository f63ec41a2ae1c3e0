package sandbox

import (
	"errors"
	"net/http"
	"testing"

	"github.com/twilio/twilio-go/client"
	api "github.com/twilio/twilio-go/rest/api/v2010"
)

// twilioClient is Twilio's own generated client on a sandbox in process.
func twilioClient(t *testing.T, h http.Handler, user, password string) *api.ApiService {
	t.Helper()
	c := &client.Client{
		Credentials: client.NewCredentials(user, password),
		HTTPClient:  &http.Client{Transport: InProcess(h)},
	}
	c.SetAccountSid(StarterAccountSID)
	return api.NewApiService(&client.RequestHandler{Client: c})
}

func TestTwiliosClientManagesNumbersAndApplications(t *testing.T) {
	twilio := twilioClient(t, checked(t, New()), StarterAPIKeySID, StarterAPIKeySecret)
	app, err := twilio.CreateApplication((&api.CreateApplicationParams{}).SetFriendlyName("bot").SetSmsUrl("https://example.com").SetVoiceCallerIdLookup(true))
	if err != nil {
		t.Fatal(err)
	}
	listed, err := twilio.ListIncomingPhoneNumber((&api.ListIncomingPhoneNumberParams{}).SetPageSize(1))
	if err != nil || len(listed) != 3 {
		t.Fatalf("%d numbers over three pages, %v", len(listed), err)
	}
	updated, err := twilio.UpdateIncomingPhoneNumber(*listed[0].Sid, (&api.UpdateIncomingPhoneNumberParams{}).SetSmsApplicationSid(*app.Sid))
	if err != nil || *updated.SmsApplicationSid != *app.Sid || updated.TrunkSid != nil || !updated.Capabilities.Sms {
		t.Fatalf("%+v %v", updated, err)
	}
	if err := twilio.DeleteApplication(*app.Sid, &api.DeleteApplicationParams{}); err != nil {
		t.Fatal(err)
	}
	var refused *client.TwilioRestError
	if _, err := twilio.FetchApplication(*app.Sid, &api.FetchApplicationParams{}); !errors.As(err, &refused) || refused.Code != 20404 || refused.Status != 404 {
		t.Fatalf("fetching a deleted application: %v", err)
	}
	bought, err := twilio.CreateIncomingPhoneNumber((&api.CreateIncomingPhoneNumberParams{}).SetPhoneNumber("+12025550100"))
	if err != nil || *bought.FriendlyName != "(202) 555-0100" {
		t.Fatalf("%+v %v", bought, err)
	}
	if err := twilio.DeleteIncomingPhoneNumber(*bought.Sid, &api.DeleteIncomingPhoneNumberParams{}); err != nil {
		t.Fatal(err)
	}
	account, err := twilioClient(t, checked(t, New()), StarterAccountSID, StarterAuthToken).FetchAccount(StarterAccountSID)
	if err != nil || *account.Status != "active" {
		t.Fatalf("%+v %v", account, err)
	}
}
