package provider

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

func between(low, high int64) validator.Int64 { return int64validator.Between(low, high) }

// checked is a validator made of a function: what it returns is the error's
// detail.
type checked struct {
	description string
	summary     string
	check       func(value string) error
}

func (c checked) Description(context.Context) string         { return c.description }
func (c checked) MarkdownDescription(context.Context) string { return c.description }

func (c checked) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	// For a nested attribute Terraform shows the line of the whole resource.
	c.validate(req, resp, len(req.Path.Steps()) > 1)
}

// validate names the attribute where Terraform does not show its line.
func (c checked) validate(req validator.StringRequest, resp *validator.StringResponse, named bool) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if err := c.check(req.ConfigValue.ValueString()); err != nil {
		detail := sentence(err)
		if named {
			detail = fmt.Sprintf("`%s`: %s", req.Path, detail)
		}
		resp.Diagnostics.AddAttributeError(req.Path, c.summary, detail)
	}
}

// filter is the form of a list's filter. Terraform shows the first line of the list, whichever
// of its filters is wrong.
type filter struct{ checked }

func (f filter) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	f.validate(req, resp, true)
}

// checkForm refuses a value that is known and not of the right form. It is for what may
// come from another resource, and is asked once the provider is configured: a plan has
// the values as they are, where a mocked provider (`mock_provider`) has its resources' made
// up, and asks the provider for its validation alone.
func checkForm(ctx context.Context, at path.Path, value types.String, form validator.String, diags *diag.Diagnostics) {
	resp := validator.StringResponse{}
	form.ValidateString(ctx, validator.StringRequest{Path: at, ConfigValue: value}, &resp)
	diags.Append(resp.Diagnostics...)
}

// botSID refuses what is not the SID of a bot.
func botSID() checked {
	return checked{"the SID of a bot", "Invalid bot SID", func(sid string) error {
		if _, ok := bot.EngineOf(sid); !ok {
			return fmt.Errorf("%q is not the SID of a bot: two letters that tell its engine (FW, AP or UA) and 32 hexadecimal digits, as in `twiliobot_assistant.….sid`", sid)
		}
		return nil
	}}
}

// sidOf refuses what is not a SID with one of the prefixes.
func sidOf(prefix, what string) validator.String {
	return checked{"the SID of " + what, "Invalid SID", func(sid string) error {
		if !bot.IsSID(sid) || sid[:2] != prefix {
			return fmt.Errorf("%q is not the SID of %s: %s and 32 hexadecimal digits", sid, what, prefix)
		}
		return nil
	}}
}

// webURL refuses what Twilio could not call.
func webURL() validator.String {
	return checked{"an absolute http or https URL", "Invalid URL", func(address string) error {
		u, err := url.Parse(address)
		if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
			// It is not quoted: it may hold a password.
			return errors.New("the value is not an absolute URL that Twilio can call; write it with its scheme, such as https://bot.example.com/messages, " +
				"and percent-encode what a user, password or query holds (`urlencode`)")
		}
		return nil
	}}
}

// positiveDuration refuses what is not a duration of Go's, such as 30s.
type positiveDuration struct{ orZero bool }

func (positiveDuration) Description(context.Context) string         { return "a positive duration" }
func (positiveDuration) MarkdownDescription(context.Context) string { return "a positive duration" }

func (v positiveDuration) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if d, err := time.ParseDuration(req.ConfigValue.ValueString()); err != nil || d < 0 || (d == 0 && !v.orZero) {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid duration",
			fmt.Sprintf("%q is not a positive duration; write a number with its unit, such as 30s or 1m30s.", req.ConfigValue.ValueString()))
	}
}

// regularExpression refuses what RE2 cannot read.
func regularExpression() checked {
	return checked{"a regular expression", "Invalid regular expression", func(value string) error {
		_, err := regexp.Compile(value)
		return err
	}}
}
