package provider

import (
	"bytes"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"
	"github.com/hashicorp/terraform-plugin-log/tfsdklogtest"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

const person = "+12025550177"

// dataSource reads a data source; its warnings are summaries and details.
func (p *wire) dataSource(typeName string, given map[string]tftypes.Value) (values map[string]tftypes.Value, warnings string, err error) {
	p.t.Helper()
	schema := p.schema.DataSourceSchemas[typeName]
	read, err := p.server.ReadDataSource(p.t.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: typeName, Config: p.value(schema, given)})
	if err != nil {
		p.t.Fatal(err)
	}
	if err := said(read.Diagnostics); err != nil {
		return nil, "", err
	}
	for _, each := range read.Diagnostics {
		warnings += each.Attribute.String() + ": " + each.Summary + ": " + each.Detail + "\n"
	}
	value, err := read.State.Unmarshal(schema.ValueType())
	if err == nil {
		err = value.As(&values)
	}
	if err != nil {
		p.t.Fatal(err)
	}
	return values, warnings, nil
}

// refusesData is what validation says of a data source, by attribute.
func (p *wire) refusesData(typeName string, given map[string]tftypes.Value) string {
	p.t.Helper()
	validated, err := p.server.ValidateDataResourceConfig(p.t.Context(), &tfprotov6.ValidateDataResourceConfigRequest{TypeName: typeName, Config: p.value(p.schema.DataSourceSchemas[typeName], given)})
	if err != nil {
		p.t.Fatal(err)
	}
	return byAttribute(validated.Diagnostics)
}

func byAttribute(diagnostics []*tfprotov6.Diagnostic) string {
	var all []string
	for _, each := range diagnostics {
		all = append(all, each.Attribute.String()+": "+each.Summary+": "+each.Detail)
	}
	return strings.Join(all, "\n")
}

func rowsOf(t *testing.T, list tftypes.Value) []map[string]tftypes.Value {
	t.Helper()
	var elements []tftypes.Value
	if err := list.As(&elements); err != nil {
		t.Fatal(err)
	}
	rows := make([]map[string]tftypes.Value, len(elements))
	for i, element := range elements {
		if err := element.As(&rows[i]); err != nil {
			t.Fatal(err)
		}
	}
	return rows
}

// textOf is a value as text: null is null, a number as it is.
func textOf(t *testing.T, value tftypes.Value) string {
	t.Helper()
	if value.IsNull() {
		return "null"
	}
	if value.Type().Is(tftypes.Number) {
		var number big.Float
		if err := value.As(&number); err != nil {
			t.Fatal(err)
		}
		return number.Text('g', 10)
	}
	return stringOf(t, value)
}

func TestMessagesAreReadWithTheirTypes(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, s *stack, _ *hanging) {
		for _, fields := range []string{
			`{"from": "+12025550177", "to": "+12025550142", "body": "hi", "date_created": "2026-11-20T08:00:00Z", "date_sent": "2026-11-20T08:00:01Z", "price": "-0.00750"}`,
			`{"from": "+12025550142", "to": "+12025550177", "body": "", "direction": "outbound-api", "status": "undelivered", "error_code": 30003, "error_message": "Unreachable", "media": ["https://example.com/a.png"], "date_created": "2026-11-20T09:00:00Z"}`,
		} {
			if _, err := s.w.box.AddMessage(fields); err != nil {
				t.Fatal(err)
			}
		}
		p, err := s.provider()
		if err != nil {
			t.Fatal(err)
		}
		read, _, err := p.dataSource("twiliobot_messages", nil)
		if err != nil {
			t.Fatal(err)
		}
		names := []string{"direction", "status", "from", "body", "num_segments", "num_media", "messaging_service_sid", "price", "price_unit", "error_code", "error_message", "date_created", "date_sent"}
		var got []string
		for _, row := range rowsOf(t, read["messages"]) {
			var texts []string
			for _, name := range names {
				texts = append(texts, textOf(t, row[name]))
			}
			got = append(got, strings.Join(texts, ","))
		}
		want := []string{
			"outbound-api,undelivered,+12025550142,,1,1,null,null,USD,30003,Unreachable,2026-11-20T09:00:00Z,2026-11-20T09:00:00Z",
			"inbound,received,+12025550177,hi,1,0,null,-0.0075,USD,null,null,2026-11-20T08:00:00Z,2026-11-20T08:00:01Z",
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("read are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		for _, each := range []struct {
			given map[string]tftypes.Value
			want  int
		}{
			{map[string]tftypes.Value{"from": str("+1 (202) 555-0177")}, 1},
			{map[string]tftypes.Value{"from": str("whatsapp:+12025550177")}, 0},
			{map[string]tftypes.Value{"to": str(person), "date_sent": str("2026-11-20")}, 1},
			{map[string]tftypes.Value{"date_sent_before": str("2026-11-19")}, 0},
			{map[string]tftypes.Value{"date_sent_after": str("2026-11-20"), "date_sent_before": str("2026-11-20")}, 2},
			{map[string]tftypes.Value{"limit": tftypes.NewValue(tftypes.Number, 1)}, 1},
		} {
			read, _, err := p.dataSource("twiliobot_messages", each.given)
			if err != nil || len(rowsOf(t, read["messages"])) != each.want {
				t.Errorf("%v selects %v (%v), want %d", each.given, read["messages"], err, each.want)
			}
		}
	})
}

func TestWrongFiltersOfMessagesAreRefusedByName(t *testing.T) {
	t.Parallel()
	p := newWire(t, newWorld(t))
	for want, given := range map[string]map[string]tftypes.Value{
		`AttributeName("from"): Invalid address`:                  {"from": str("12025550177")},
		`AttributeName("to"): Invalid address`:                    {"to": str("whatsapp:+1")},
		`AttributeName("date_sent"): Invalid day`:                 {"date_sent": str("2026-11-20T00:00:00Z")},
		`AttributeName("date_sent_before"): Invalid day`:          {"date_sent_before": str("yesterday")},
		`AttributeName("date_sent_after"): Invalid day`:           {"date_sent_after": str("2026-02-30")},
		`AttributeName("date_sent"): Conflicting days`:            {"date_sent": str("2026-11-20"), "date_sent_after": str("2026-11-20")},
		`AttributeName("date_sent_before"): Conflicting days: No`: {"date_sent_before": str("2026-11-19"), "date_sent_after": str("2026-11-20")},
		`AttributeName("limit"): Invalid Attribute Value`:         {"limit": tftypes.NewValue(tftypes.Number, 0)},
	} {
		if said := p.refusesData("twiliobot_messages", given); !strings.HasPrefix(said, want) || strings.Contains(said, "\n") {
			t.Errorf("%v: %q, want %q", given, said, want)
		}
	}
	for _, good := range []map[string]tftypes.Value{
		nil,
		{"from": str("Clinic"), "to": str("55501"), "date_sent_before": str("2026-11-20"), "date_sent_after": str("2026-11-20")},
		{"date_sent": tftypes.NewValue(tftypes.String, tftypes.UnknownValue), "from": tftypes.NewValue(tftypes.String, tftypes.UnknownValue)},
	} {
		if said := p.refusesData("twiliobot_messages", good); said != "" {
			t.Errorf("%v: %s", good, said)
		}
	}
}

// All loggers write from TRACE on here.
func TestWhatMessagesSayIsNotLogged(t *testing.T) {
	t.Parallel()
	const secret = "your code is 4711"
	inBubble(t, func(t *testing.T, s *stack, _ *hanging) {
		p, err := s.provider()
		if err != nil {
			t.Fatal(err)
		}
		var log bytes.Buffer
		ctx := tfsdklogtest.RootLogger(tflogtest.RootLogger(t.Context(), &log), &log)
		stream, err := p.server.(tfprotov6.ActionServer).InvokeAction(ctx, &tfprotov6.InvokeActionRequest{
			ActionType: sendMessage, Config: p.actionConfig(map[string]tftypes.Value{"from": str(usNumber), "to": str(person), "body": str(secret)}),
		})
		if err != nil {
			t.Fatal(err)
		}
		_, diagnostics := events(stream)
		p.sound(nil, diagnostics)
		schema := p.schema.DataSourceSchemas["twiliobot_messages"]
		read, err := p.server.ReadDataSource(ctx, &tfprotov6.ReadDataSourceRequest{TypeName: "twiliobot_messages", Config: p.value(schema, nil)})
		p.sound(err, read.Diagnostics)
		if state, err := read.State.Unmarshal(schema.ValueType()); err != nil || !strings.Contains(fmt.Sprint(state), secret) {
			t.Errorf("the message was not read: %v, %v", state, err)
		}
		if written := log.String(); strings.Contains(written, "4711") || !strings.Contains(written, "Twilio request") {
			t.Errorf("the log is\n%s", written)
		}
		if journal := fmt.Sprint(s.w.box.Journal()); strings.Contains(journal, "4711") {
			t.Errorf("the sandbox's journal is %s", journal)
		}
	})
}

func TestNumbersAreLookedUp(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, s *stack, _ *hanging) {
		if err := s.w.box.AddLookup(`{"phone_number": "+14159929960", "line_type_intelligence": {"type": "nonFixedVoip", "carrier_name": "Twilio"}, "caller_name": {"caller_name": "OWENS", "caller_type": "CONSUMER"}}`); err != nil {
			t.Fatal(err)
		}
		p, err := s.provider()
		if err != nil {
			t.Fatal(err)
		}
		both := tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, []tftypes.Value{str("caller_name"), str("line_type_intelligence")})
		for name, tc := range map[string]struct {
			given    map[string]tftypes.Value
			want     string
			warnings string
		}{
			"by default":     {map[string]tftypes.Value{"phone_number": str("+1 415 992 9960")}, "true +14159929960 (415) 992-9960 US 1 [] null null", ""},
			"with packages":  {map[string]tftypes.Value{"phone_number": str("+14159929960"), "fields": both}, "true +14159929960 (415) 992-9960 US 1 [] nonFixedVoip OWENS", ""},
			"national":       {map[string]tftypes.Value{"phone_number": str("07400 123456"), "country_code": str("GB")}, "true +447400123456 07400 123456 GB 44 [] null null", ""},
			"not valid":      {map[string]tftypes.Value{"phone_number": str("+1415992996"), "fields": both}, "false +1415992996 415992996 US 1 [TOO_SHORT] null null", ""},
			"no number":      {map[string]tftypes.Value{"phone_number": str("+call me")}, "false +call me null null null [NOT_A_NUMBER] null null", ""},
			"package failed": {map[string]tftypes.Value{"phone_number": str("+16042345678"), "fields": both}, "true +16042345678 (604) 234-5678 CA 1 [] 60601 60600", `AttributeName("caller_name"): Twilio does not say what was asked for: ` + "`caller_name` of +16042345678 failed with Twilio error 60600"},
		} {
			read, warnings, err := p.dataSource("twiliobot_phone_number_lookup", tc.given)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			valid := false
			if err := read["valid"].As(&valid); err != nil {
				t.Fatal(err)
			}
			var errs []tftypes.Value
			if err := read["validation_errors"].As(&errs); err != nil {
				t.Fatal(err)
			}
			words := []string{}
			for _, each := range errs {
				words = append(words, stringOf(t, each))
			}
			got := []any{valid}
			for _, each := range []string{"e164", "national_format", "country_code", "calling_country_code"} {
				got = append(got, textOf(t, read[each]))
			}
			got = append(got, words)
			for pack, field := range map[string]string{"line_type_intelligence": "type", "caller_name": "caller_name"} {
				members := map[string]tftypes.Value{}
				if err := read[pack].As(&members); err != nil {
					t.Fatal(err)
				}
				said := "null"
				if code, ok := members["error_code"]; ok && !code.IsNull() {
					said = textOf(t, code)
				} else if value, ok := members[field]; ok {
					said = textOf(t, value)
				}
				if pack == "line_type_intelligence" {
					got = append(got[:6:6], append([]any{said}, got[6:]...)...)
				} else {
					got = append(got, said)
				}
			}
			if text := strings.TrimSuffix(fmt.Sprintln(got...), "\n"); text != tc.want || !strings.Contains(warnings, tc.warnings) || (tc.warnings == "") != (warnings == "") {
				t.Errorf("%s: %s with the warnings %q, want %s with %q", name, text, warnings, tc.want, tc.warnings)
			}
		}
	})
}

func TestWrongLookupsAreRefusedByName(t *testing.T) {
	t.Parallel()
	p := newWire(t, newWorld(t))
	fields := func(name string) tftypes.Value {
		return tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, []tftypes.Value{str(name)})
	}
	for want, given := range map[string]map[string]tftypes.Value{
		`AttributeName("phone_number"): Invalid phone number`: {"phone_number": str("+..")},
		`AttributeName("country_code"): The number's country`: {"phone_number": str("07400 123456")},
		`AttributeName("country_code"): Invalid country code`: {"phone_number": str("07400 123456"), "country_code": str("UKX")},
		`AttributeName("fields").ElementKeyValue`:             {"phone_number": str("+14159929960"), "fields": fields("sim_swap")},
	} {
		if said := p.refusesData("twiliobot_phone_number_lookup", given); !strings.HasPrefix(said, want) || strings.Contains(said, "\nAttribute") {
			t.Errorf("%v: %q, want %q", given, said, want)
		}
	}
}

// A restricted key is told what it lacks.
func TestMessagesAndLookupsNeedPermissions(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	key, err := b.w.box.AddKey(sandbox.Key{Restriction: sandbox.Restriction{Permissions: []string{"studio/*"}}})
	if err != nil {
		t.Fatal(err)
	}
	b.settings = map[string]tftypes.Value{"api_key": str(key.APIKeySID), "api_secret": str(key.APIKeySecret), "auth_token": tftypes.NewValue(tftypes.String, nil)}
	if _, err := b.reads("twiliobot_messages", nil); err == nil || !strings.Contains(err.Error(), "/twilio/messaging/messages/list") {
		t.Errorf("messages: %v", err)
	}
	if _, err := b.reads("twiliobot_phone_number_lookup", map[string]tftypes.Value{"phone_number": str(usNumber)}); err == nil || !strings.Contains(err.Error(), "permission of the product Lookup") {
		t.Errorf("lookup: %v", err)
	}
}
