package twilio_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/twiliotest"
)

func TestLookupOfANumber(t *testing.T) {
	t.Parallel()
	twiliotest.Run(t, func(a *twiliotest.Account) {
		a.Deviate() // what is no number has no format of one
		lookups := twilio.NewLookups(a.Client)
		for number, want := range map[string]bot.Lookup{
			"+14159929960": {Valid: true, Errors: []string{}, PhoneNumber: "+14159929960", NationalFormat: "(415) 992-9960", CountryCode: "US", CallingCode: "1"},
			"n/a .. %x":    {Errors: []string{"NOT_A_NUMBER"}, PhoneNumber: "n/a .. %x"},
		} {
			got, err := lookups.Get(a.Context(), number, "", nil)
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				a.Errorf("%s: %v (-want +got):\n%s", number, err, diff)
			}
		}
		if fields := a.Box.Journal()[0].Query.Get("Fields"); fields != "" {
			a.Errorf("packages that nobody asked for: %s", fields)
		}
		got, err := lookups.Get(a.Context(), "07400 123456", "GB", bot.LookupPackages())
		if err != nil || got.PhoneNumber != "+447400123456" || got.LineType.Type != "mobile" || got.CallerName.ErrorCode != 60600 {
			a.Errorf("%+v: %v", got, err)
		}
		if failed := got.Failed(); len(failed) != 1 || failed[bot.PackageCallerName] != 60600 {
			a.Errorf("failed are %v", failed)
		}
	})
}

// A gateway's answer must not pass for a number that is not valid.
func TestAnswerOfAnotherIsNoLookup(t *testing.T) {
	t.Parallel()
	twiliotest.Run(t, func(a *twiliotest.Account) {
		a.Deviate()
		a.Fault(sandbox.Fault{Path: "/v2/PhoneNumbers", Kind: sandbox.FaultStatus, Status: 200, Body: `{"sid": "x"}`})
		if _, err := twilio.NewLookups(a.Client).Get(a.Context(), "+14159929960", "", nil); err == nil || !strings.Contains(err.Error(), `lacks "valid"`) {
			a.Errorf("it ends with %v", err)
		}
	})
}
