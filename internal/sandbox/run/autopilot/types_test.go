package autopilot

import (
	"strings"
	"testing"
)

func TestTypesKnowTheirValues(t *testing.T) {
	a, err := Parse([]byte(schema()))
	if err != nil {
		t.Fatal(err)
	}
	for typeName, tc := range map[string]struct{ good, bad string }{
		"Twilio.NUMBER": {"-3|1,000|2.5|twenty one|One hundred and five", "abc|1 2|"}, "Twilio.YES_NO": {"Yes!|nope|y", "maybe|yesterday"},
		"Twilio.NUMBER_SEQUENCE": {"12 34-5", "a1"}, "Twilio.PHONE_NUMBER": {"+44 7700 900999|(202) 555-0142", "12345"},
		"Twilio.DATE": {"2026-11-21|tomorrow|next Monday|June 5th, 2026|the 5th of June|11/21/2026", "soon|13"}, "Twilio.TIME": {"5pm|17:30|noon|10 o'clock|five pm", "25:00|later"},
		"Twilio.EMAIL": {"a.b@example.com", "a@b"}, "Twilio.CITY": {"New York|St. John's", "12"}, "Twilio.FIRST_NAME": {"Zoë|Anne-Marie", "a b c d|7"},
		"Twilio.US_STATE": {"New York|tx", "Ontario"}, "Twilio.DAY_OF_WEEK": {"friday|Mon", "someday"}, "Twilio.MONTH": {"May|sept", "13"},
		"Twilio.COUNTRY_ISO_ALPHA2": {"GB", "GBR"}, "Twilio.ALPHANUMERIC": {"AB12", "a_b"}, "custom.tea": {"EARL GREY|the grey one.", "tea"},
	} {
		for good := range strings.SplitSeq(tc.good, "|") {
			if _, ok, known := a.typed(typeName, good); !ok || !known {
				t.Errorf("%s refuses %q", typeName, good)
			}
		}
		for bad := range strings.SplitSeq(tc.bad, "|") {
			if value, ok, _ := a.typed(typeName, bad); ok {
				t.Errorf("%s accepts %q as %q", typeName, bad, value)
			}
		}
	}
	if _, _, known := a.typed("Gone", "x"); known {
		t.Error("an unknown type is accepted")
	}
}

func TestValuesAreKeptInTheirStandardForm(t *testing.T) {
	a, err := Parse([]byte(schema()))
	if err != nil {
		t.Fatal(err)
	}
	for said, want := range map[string]string{
		"NUMBER 1,250": "1250", "NUMBER forty two": "42", "NUMBER twenty-one": "21", "NUMBER one hundred and five": "105", "NUMBER two thousand": "2000", "NUMBER +3.5": "3.5",
		"NUMBER_SEQUENCE 12 34-5": "12345", "PHONE_NUMBER (202) 555-0142": "2025550142", "PHONE_NUMBER +44 7700.900999": "+447700900999",
		"DAY_OF_WEEK tue": "Tuesday", "MONTH SEPT": "September", "COUNTRY_ISO_ALPHA2 us": "US", "COUNTRY_ISO_ALPHA3 gbr": "GBR",
		"TIME 5 pm": "17:00", "TIME 12am": "00:00", "TIME 12:30 pm": "12:30", "TIME at 8": "08:00", "TIME 17.30": "17:30", "TIME noon": "12:00", "TIME seven o'clock": "07:00", "TIME seven pm": "19:00", "TIME 7 a.m.": "07:00", "TIME now": "now",
		"DATE tomorrow": "tomorrow", "DATE June 5th, 2026": "2026-06-05", "DATE the 5th of june 2026": "2026-06-05", "DATE 11/21/2026": "2026-11-21", "DATE 21.11.2026": "2026-11-21", "DATE 12/24": "12/24", "CITY New York": "New York",
	} {
		typeName, text, _ := strings.Cut(said, " ")
		if got, ok, _ := a.typed("Twilio."+typeName, text); !ok || got != want {
			t.Errorf("%s: %q %v, want %q", said, got, ok, want)
		}
	}
}
