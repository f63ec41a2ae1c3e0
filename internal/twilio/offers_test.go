package twilio

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

func TestDegreesAreNumbersOrStringsOfThem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]*float64{`37.75`: new(37.75), `"-122.42"`: new(-122.42), `null`: nil, `""`: nil, `0`: new(0.0)} {
		var d degrees
		if err := json.Unmarshal([]byte(text), &d); err != nil || (d.value == nil) != (want == nil) || want != nil && *d.value != *want {
			t.Errorf("%s is %v: %v", text, d.value, err)
		}
	}
	for _, text := range []string{`"north"`, `true`, `{}`} {
		if json.Unmarshal([]byte(text), &degrees{}) == nil {
			t.Errorf("%s is read", text)
		}
	}
}

func FuzzDegrees(f *testing.F) {
	f.Add(`37.75`)
	f.Add(`"-122.42"`)
	f.Add(`null`)
	f.Fuzz(func(t *testing.T, text string) {
		var d degrees
		if json.Unmarshal([]byte(text), &d) != nil || d.value == nil {
			return
		}
		again, err := json.Marshal(*d.value)
		if math.IsInf(*d.value, 0) || math.IsNaN(*d.value) {
			t.Fatalf("%q is %v", text, *d.value)
		}
		var b degrees
		if err != nil || json.Unmarshal(again, &b) != nil || *b.value != *d.value {
			t.Errorf("%q is %v, and then %s", text, *d.value, again)
		}
	})
}

func TestFiltersAreSentAsTheyAreGiven(t *testing.T) {
	t.Parallel()
	got := query(bot.OfferFilter{
		Contains: "+1415%", AreaCode: "415", Locality: "St. Louis", Region: "MO", PostalCode: "63101", Capabilities: bot.Capabilities{SMS: true, Fax: true},
		WithoutAddress: []string{bot.LocalAddress, bot.AnyAddress}, Beta: new(false), Limit: 7,
	}).Encode()
	const want = "AreaCode=415&Beta=false&Contains=%2B1415%25&ExcludeAllAddressRequired=true&ExcludeLocalAddressRequired=true&FaxEnabled=true&" +
		"InLocality=St.+Louis&InPostalCode=63101&InRegion=MO&PageSize=7&SmsEnabled=true"
	if got != want {
		t.Errorf("sent %s\nwant %s", got, want)
	}
	if none := query(bot.OfferFilter{}).Encode(); none != "" {
		t.Errorf("without filters %s is sent", none)
	}
}
