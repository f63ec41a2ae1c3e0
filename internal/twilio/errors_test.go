package twilio

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

func TestErrorTexts(t *testing.T) {
	const path = "/v2/Flows/FW0123456789abcdef0123456789abcdef"
	withID := http.Header{"Twilio-Request-Id": {"RQ0123"}, "Content-Type": {"application/json"}}
	html := http.Header{"Content-Type": {"text/html; charset=utf-8"}}
	tests := []struct {
		name   string
		answer answer
		want   string
	}{
		{
			"the usual body",
			answer{status: 404, header: withID, body: `{"code":20404,"message":"not here","more_info":"https://www.twilio.com/docs/errors/20404","status":404}`},
			"GET " + path + ": 404: not here (Twilio error 20404, https://www.twilio.com/docs/errors/20404, request RQ0123)",
		},
		{
			"the body of the outermost servers",
			answer{status: 400, body: `{"status":400,"message":"No","detail":"Because.","code":"20001","moreInfo":"https://x"}`},
			"GET " + path + ": 400: No: Because. (Twilio error 20001, https://x)",
		},
		{"HTML", answer{status: 403, header: html, body: "<html>secret page</html>"}, "GET " + path + ": 403: Forbidden, with 24 bytes of text/html instead of Twilio's error message"},
		{"nothing", answer{status: 410}, "GET " + path + ": 410: Gone, with an empty body instead of Twilio's error message"},
		{"a list", answer{status: 400, body: `[1]`}, "GET " + path + ": 400: Bad Request, with 3 bytes of application/json instead of Twilio's error message"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, _ := play(t, nil, test.answer)
			if err := get(t.Context(), c); err == nil || err.Error() != test.want {
				t.Errorf("the text is\n%v\nnot\n%s", err, test.want)
			}
		})
	}
}

func TestSecretsOfURLsAreNotRepeated(t *testing.T) {
	const (
		sent     = "https://hook:S3CRETPW@bot.example.com/sms?token=S3CRETQ#S3CRETF"
		spaced   = "https://hook:S3 CRETPW@bot.example.com/sms"
		another  = "http://other:S3CRETPW@crm.example.com/in"
		answered = `Url "` + sent + `" is not valid, nor is ` + spaced + `, nor ` + another + `.`
	)
	body := fmt.Sprintf(`{"code":21402,"message":%q,"status":400,"details":{"errors":[{"message":%q,"property_path":"#/x"}],"url":%q}}`, answered, answered, sent)
	c, _ := play(t, nil, answer{status: 400, body: body})
	err := c.Do(t.Context(), http.MethodPost, flowURL, url.Values{"SmsUrl": {sent}, "VoiceUrl": {spaced}}, nil)
	var refused *Error
	if !errors.As(err, &refused) {
		t.Fatal(err)
	}
	said := fmt.Sprint(err, refused.Details)
	for _, secret := range []string{"S3CRET", "S3 CRET", "CRETPW", "token="} {
		if strings.Contains(said, secret) {
			t.Errorf("%q is in %s", secret, said)
		}
	}
	for _, shown := range []string{`Url "https://…@bot.example.com/sms?…#…" is not valid, nor is an unreadable URL, nor http://…@crm.example.com/in.`, "#/x"} {
		if !strings.Contains(said, shown) {
			t.Errorf("%q is not in %s", shown, said)
		}
	}
}

func TestABadProxyIsNotQuoted(t *testing.T) {
	for _, proxy := range []string{"http://user:S3CRETPW#x@proxy.example.com:3128", "http://user:S3CRET PW@proxy.example.com"} {
		var lines []any
		_, bad := url.Parse(proxy)
		c := newTest(t, func(config *Config) {
			config.Transport = refusing{fmt.Errorf("invalid proxy address %q: %w", proxy, bad)}
			config.MaxRetries = 0
			config.Log = func(_ context.Context, _ string, fields map[string]any) { lines = append(lines, fields) }
		})
		err := get(t.Context(), c)
		if said := fmt.Sprint(err, lines); strings.Contains(said, "S3CRET") || strings.Contains(said, "PW@") || strings.Count(said, "check HTTPS_PROXY") != 2 {
			t.Errorf("it says %s", said)
		}
	}
}

// refusing is a transport that carries nothing.
type refusing struct{ err error }

func (r refusing) RoundTrip(*http.Request) (*http.Response, error) { return nil, r.err }

func TestDetailsAreKept(t *testing.T) {
	c, _ := play(t, nil, answer{status: 400, body: `{"code":20001,"message":"Flow definition is invalid","status":400,"details":{"errors":[{"message":"m","property_path":"#/states"}]}}`})
	var e *Error
	if err := get(t.Context(), c); !errors.As(err, &e) {
		t.Fatal(err)
	}
	if text := fmt.Sprint(e.Details["errors"]); !strings.Contains(text, "#/states") || !HasCode(e, 1, 20001) || HasCode(e, 20404) {
		t.Errorf("code %d, details %v", e.Code, e.Details)
	}
}

func TestBadCredentialsGetAHint(t *testing.T) {
	c, _ := play(t, func(config *Config) {
		config.Region, config.Edge, config.Source = "ie1", "dublin", "the environment"
	}, twilioError(401, 20003))
	err := get(t.Context(), c)
	for _, want := range []string{"the environment", "ie1", "one region"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
}

func TestAccountOutOfReachGetsAHint(t *testing.T) {
	const account = "https://api.twilio.com/2010-04-01/Accounts/" + testAccount
	for url, hinted := range map[string]bool{
		account + ".json":                    true,
		account + "/Applications.json":       true,
		account + "/Applications/AP1.json":   false,
		"https://studio.twilio.com/v2/Flows": false,
	} {
		c, _ := play(t, func(config *Config) { config.Source = "the environment" }, twilioError(404, 20404))
		var out map[string]any
		err := c.Do(t.Context(), http.MethodGet, url, nil, &out)
		said := err != nil && strings.Contains(err.Error(), "the account is not there, or these credentials (they come from the environment) do not reach it")
		if !errors.Is(err, bot.ErrNotFound) || said != hinted {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestEchoedSecretsAreHidden(t *testing.T) {
	basic := base64.StdEncoding.EncodeToString([]byte(testAccount + ":" + testToken))
	for _, each := range []answer{
		{status: 400, body: fmt.Sprintf(`{"code":1,"message":"you said %s and Basic %s"}`, testToken, basic)},
		{err: errors.New("dial with " + testToken + " and " + basic)},
	} {
		c, _ := play(t, func(config *Config) { config.MaxRetries = 0 }, each)
		err := get(t.Context(), c)
		if err == nil || strings.Contains(err.Error(), testToken) || strings.Contains(err.Error(), basic) || !strings.Contains(err.Error(), "(hidden)") {
			t.Errorf("the error is %v", err)
		}
	}
}

func TestSuccessThatIsNoObject(t *testing.T) {
	for _, body := range []string{"", "<html></html>", `{"sid":`, `[]`} {
		c, _ := play(t, nil, ok(body))
		var e *Error
		if err := get(t.Context(), c); !errors.As(err, &e) || e.HTTPStatus != 200 {
			t.Errorf("%q: %v", body, err)
		}
	}
}

func FuzzDecodeError(f *testing.F) {
	for _, each := range []string{
		"", "null", "[]", `{}`, `{"code":20404,"message":"m","more_info":"u","status":404}`, `{"code":"1","moreInfo":"u","detail":"d"}`,
		`{"details":[1]}`, `{"details":{"errors":[{}]}}`, `{"message":{}}`, "<html>",
	} {
		f.Add([]byte(each))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		e := decodeError(body)
		if again := decodeError(body); again.code != e.code || again.message != e.message {
			t.Errorf("it reads %v and then %v", e, again)
		}
		if short := shorten(e.message); len(short) > longestMessage+len("…") {
			t.Errorf("the message has %d bytes", len(short))
		}
	})
}

// Only Twilio itself says that nothing of a write is on its way any more.
func TestFailureOfTwilioIsToldFromThatOfAGateway(t *testing.T) {
	page := answer{status: 503, body: "<html>", header: http.Header{"Content-Type": {"text/html"}}}
	for name, each := range map[string]struct {
		method         string
		answer         answer
		failed, unsure bool
	}{
		"a write":                       {http.MethodPost, twilioError(503, 20503), true, true},
		"a write behind a gateway":      {http.MethodPost, page, false, true},
		"a write that was not answered": {http.MethodPost, answer{err: io.ErrUnexpectedEOF}, false, true},
		"a write that was refused":      {http.MethodPost, twilioError(400, 20001), false, false},
		"a read, which can be repeated": {http.MethodGet, twilioError(503, 20503), false, false},
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := play(t, nil, each.answer)
			err := c.Do(t.Context(), each.method, flowURL, nil, nil)
			if errors.Is(err, bot.ErrFailed) != each.failed || errors.Is(err, bot.ErrUncertain) != each.unsure {
				t.Errorf("it is %v", err)
			}
		})
	}
}
