package provider

import (
	"math/big"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// ask calls a function whose arguments are of these types.
func ask(t *testing.T, name string, kinds []tftypes.Type, arguments ...tftypes.Value) (*tfprotov6.DynamicValue, *tfprotov6.FunctionError) {
	t.Helper()
	server, err := factories()["twiliobot"]()
	if err != nil {
		t.Fatal(err)
	}
	request := &tfprotov6.CallFunctionRequest{Name: name}
	for i, each := range arguments {
		value, err := tfprotov6.NewDynamicValue(kinds[i], each)
		if err != nil {
			t.Fatal(err)
		}
		request.Arguments = append(request.Arguments, &value)
	}
	answer, err := server.CallFunction(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	return answer.Result, answer.Error
}

// builtTwiml is the document of these verbs, or the error.
func builtTwiml(t *testing.T, verbs tftypes.Value) (string, string) {
	t.Helper()
	result, failed := ask(t, "twiml", []tftypes.Type{tftypes.DynamicPseudoType}, verbs)
	if failed != nil {
		if failed.FunctionArgument == nil || *failed.FunctionArgument != 0 {
			t.Errorf("the error is of argument %v", failed.FunctionArgument)
		}
		return "", failed.Text
	}
	value, err := result.Unmarshal(tftypes.String)
	if err != nil {
		t.Fatal(err)
	}
	if !value.IsKnown() {
		return "unknown", ""
	}
	return strings.TrimPrefix(stringOf(t, value), `<?xml version="1.0" encoding="UTF-8"?>`), ""
}

func numberValue(n float64) tftypes.Value {
	return tftypes.NewValue(tftypes.Number, big.NewFloat(n))
}

func verbValue(name string, value tftypes.Value) tftypes.Value {
	return objectValue(map[string]tftypes.Value{name: value})
}

func listOf(of tftypes.Value, more ...tftypes.Value) tftypes.Value {
	return tftypes.NewValue(tftypes.List{ElementType: of.Type()}, append([]tftypes.Value{of}, more...))
}

func TestTwimlOfEveryTypeOfValue(t *testing.T) {
	t.Parallel()
	enormous, _, err := big.ParseFloat("1e100000", 10, 512, big.ToNearestEven)
	if err != nil {
		t.Fatal(err)
	}
	nothing := tftypes.NewValue(tftypes.String, nil)
	for name, each := range map[string]struct {
		given         tftypes.Value
		want, refused string
	}{
		"tuple of objects": {given: tupleValue(verbValue("say", stringValue("Hi & bye")), verbValue("pause", numberValue(2)), verbValue("hangup", objectValue(nil))), want: `<Response><Say>Hi &amp; bye</Say><Pause length="2"/><Hangup/></Response>`},
		"list of objects":  {given: listOf(verbValue("say", stringValue("a")), verbValue("say", stringValue("b"))), want: `<Response><Say>a</Say><Say>b</Say></Response>`},
		"list of maps":     {given: listOf(tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, map[string]tftypes.Value{"say": stringValue("a")})), want: `<Response><Say>a</Say></Response>`},
		"a whole number":   {given: tupleValue(verbValue("dial", numberValue(12025550142))), want: `<Response><Dial>12025550142</Dial></Response>`},
		"bool, list, null": {given: tupleValue(verbValue("gather", objectValue(map[string]tftypes.Value{
			"barge_in": tftypes.NewValue(tftypes.Bool, true), "input": listOf(stringValue("speech")), "language": nothing, "verbs": tupleValue(verbValue("play", stringValue("a.mp3"))),
		}))), want: `<Response><Gather bargeIn="true" input="speech"><Play>a.mp3</Play></Gather></Response>`},
		"attributes of another type are null": {given: listOf(objectValue(map[string]tftypes.Value{"say": stringValue("a"), "play": nothing})), want: `<Response><Say>a</Say></Response>`},
		"unknown inside":                      {given: tupleValue(verbValue("say", stringValue(tftypes.UnknownValue))), want: "unknown"},
		"no list":                             {given: verbValue("say", stringValue("a")), refused: `verbs: must be a list of verbs, such as [{ say = "Hello" }]`},
		"a set":                               {given: tftypes.NewValue(tftypes.Set{ElementType: verbValue("say", stringValue("")).Type()}, []tftypes.Value{verbValue("say", stringValue("a"))}), refused: "verbs: is a set, which has no order: make it a list"},
		"a set within":                        {given: tupleValue(verbValue("gather", objectValue(map[string]tftypes.Value{"input": tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, []tftypes.Value{stringValue("dtmf")})}))), refused: "verbs[0].gather.input: is a set, which has no order: make it a list"},
		"a fraction":                          {given: tupleValue(verbValue("pause", numberValue(1.5))), refused: `verbs[0].pause: must be a whole number of at least 1, not "1.5"`},
		"a number that is too large":          {given: tupleValue(verbValue("pause", tftypes.NewValue(tftypes.Number, enormous))), refused: `verbs[0].pause: must be a whole number of at least 1`},
		"one fault":                           {given: tupleValue(verbValue("say", objectValue(map[string]tftypes.Value{"text": stringValue("a"), "lop": numberValue(2)}))), refused: "verbs[0].say: there is no attribute \"lop\". Did you mean `loop`?"},
		"two faults":                          {given: tupleValue(verbValue("sya", stringValue("a")), verbValue("play", numberValue(-1)), verbValue("pause", stringValue("x"))), refused: "this is not TwiML:\nverbs[0]: there is no verb \"sya\" in TwiML. Did you mean `say`?\nverbs[2].pause: must be a whole number of at least 1, not \"x\""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, failed := builtTwiml(t, each.given)
			if got != each.want || !strings.HasPrefix(failed, each.refused) || (failed == "") != (each.refused == "") {
				t.Errorf("%q, error %q", got, failed)
			}
		})
	}
	faults := make([]tftypes.Value, 50)
	for i := range faults {
		faults[i] = verbValue("sya", stringValue("a"))
	}
	if _, failed := builtTwiml(t, listOf(faults[0], faults[1:]...)); strings.Count(failed, "\n") != maxTwimlProblems+1 || !strings.HasSuffix(failed, "and 30 more") {
		t.Errorf("fifty faults are written as:\n%s", failed)
	}
}

const (
	someAccount   = "AC0123456789abcdef0123456789abcdef"
	someFlow      = "FW0123456789abcdef0123456789abcdef"
	someAssistant = "UA0123456789abcdef0123456789abcdef"
)

func TestWebhookURLIsReadBack(t *testing.T) {
	t.Parallel()
	option := func(name, value string) tftypes.Value { return verbValue(name, stringValue(value)) }
	both := objectValue(map[string]tftypes.Value{"channel": stringValue("voice"), "target_task": stringValue("book a table")})
	for name, each := range map[string]struct {
		bot     string
		options []tftypes.Value
		want    string
		parts   string // channel and task as they are read back
		refused string
	}{
		"flow":               {bot: someFlow, want: "https://webhooks.twilio.com/v1/Accounts/" + someAccount + "/Flows/" + someFlow, parts: "studio"},
		"flow, voice":        {bot: someFlow, options: []tftypes.Value{option("channel", "voice")}, want: "https://webhooks.twilio.com/v1/Accounts/" + someAccount + "/Flows/" + someFlow, parts: "studio"},
		"assistant":          {bot: someAssistant, want: "https://channels.autopilot.twilio.com/v1/" + someAccount + "/" + someAssistant + "/twilio-messaging", parts: "autopilot messaging"},
		"null options":       {bot: someAssistant, options: []tftypes.Value{tftypes.NewValue(tftypes.DynamicPseudoType, nil)}, want: "https://channels.autopilot.twilio.com/v1/" + someAccount + "/" + someAssistant + "/twilio-messaging", parts: "autopilot messaging"},
		"assistant, voice":   {bot: someAssistant, options: []tftypes.Value{both}, want: "https://channels.autopilot.twilio.com/v1/" + someAccount + "/" + someAssistant + "/twilio-voice?TargetTask=book+a+table", parts: "autopilot voice book a table"},
		"unknown":            {bot: someAssistant, options: []tftypes.Value{verbValue("channel", stringValue(tftypes.UnknownValue))}, want: "unknown"},
		"application":        {bot: "AP" + someFlow[2:], refused: "no webhook URL of Twilio's"},
		"another object":     {bot: "PN" + someFlow[2:], refused: "FW or UA"},
		"task of a flow":     {bot: someFlow, options: []tftypes.Value{option("target_task", "a")}, refused: "a flow has no tasks"},
		"unknown option":     {bot: someFlow, options: []tftypes.Value{option("task", "a")}, refused: `there is no option "task"`},
		"unknown channel":    {bot: someFlow, options: []tftypes.Value{option("channel", "fax")}, refused: `"messaging" or "voice"`},
		"channel is a list":  {bot: someFlow, options: []tftypes.Value{verbValue("channel", tupleValue())}, refused: "`channel` is a text"},
		"text for options":   {bot: someFlow, options: []tftypes.Value{stringValue("voice")}, refused: "the options are an object"},
		"two objects":        {bot: someFlow, options: []tftypes.Value{both, both}, refused: "at most one object"},
		"account is another": {bot: someFlow, options: nil, refused: "an account has a SID such as AC"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			account := someAccount
			if name == "account is another" {
				account = someFlow
			}
			kinds := []tftypes.Type{tftypes.String, tftypes.String, tftypes.DynamicPseudoType, tftypes.DynamicPseudoType}
			result, failed := ask(t, "webhook_url", kinds, append([]tftypes.Value{stringValue(account), stringValue(each.bot)}, each.options...)...)
			if failed != nil || each.refused != "" {
				if failed == nil || each.refused == "" || !strings.Contains(failed.Text, each.refused) {
					t.Errorf("error %v, want %q", failed, each.refused)
				}
				return
			}
			value, err := result.Unmarshal(tftypes.String)
			if err != nil {
				t.Fatal(err)
			}
			if !value.IsKnown() {
				if each.want != "unknown" {
					t.Error("the URL is unknown")
				}
				return
			}
			if got := stringOf(t, value); got != each.want {
				t.Errorf("%s, want %s", got, each.want)
			}
			if got := parsedWebhook(t, each.want); got != each.parts+" "+each.bot+" "+someAccount {
				t.Errorf("read back: %s", got)
			}
		})
	}
}

// parsedWebhook is what parse_webhook_url reads of a URL: what is not null of the engine, the channel, the
// task and the SIDs.
func parsedWebhook(t *testing.T, address any) string {
	t.Helper()
	result, failed := ask(t, "parse_webhook_url", []tftypes.Type{tftypes.String}, stringValue(address))
	if failed != nil {
		t.Fatal(failed.Text)
	}
	kinds := map[string]tftypes.Type{}
	for name := range webhookParts {
		kinds[name] = tftypes.String
	}
	value, err := result.Unmarshal(tftypes.Object{AttributeTypes: kinds})
	if err != nil {
		t.Fatal(err)
	}
	var parts map[string]tftypes.Value
	if err := value.As(&parts); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, name := range []string{"engine", "channel", "target_task", "assistant_sid", "account_sid"} {
		if !parts[name].IsNull() {
			got = append(got, stringOf(t, parts[name]))
		}
	}
	return strings.Join(got, " ")
}

func TestParseWebhookURLKnowsEverySpelling(t *testing.T) {
	t.Parallel()
	sids := someAccount + "/" + someAssistant
	read := someAssistant + " " + someAccount
	for address, want := range map[any]string{
		nil:                            "",
		"":                             "",
		"not a URL":                    "",
		"https://bots.example.com/sms": "",
		"https://demo.twilio.com/welcome/sms/reply":                                                            "",
		"https://channels.autopilot.twilio.com/v1/" + sids + "/twilio-messaging":                               "autopilot messaging " + read,
		"https://channels.autopilot.twilio.com/v2/" + sids + "/twilio/messaging":                               "autopilot messaging " + read,
		"https://channels.autopilot.twilio.com/v1/" + sids + "/twilio-chat?TargetTask=a%20b":                   "autopilot messaging a b " + read,
		"https://CHANNELS.autopilot.Twilio.com/v1/" + sids + "/twilio-voice?Memory=%7B%7D&TargetTask=greeting": "autopilot voice greeting " + read,
		"https://webhooks.dublin.ie1.twilio.com/v1/Accounts/" + someAccount + "/Flows/" + someFlow + "?a=b":    "studio " + someFlow + " " + someAccount,
	} {
		if got := parsedWebhook(t, address); got != want {
			t.Errorf("%v: %q, want %q", address, got, want)
		}
	}
}
