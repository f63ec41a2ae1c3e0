package twilio

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Lookups asks what Twilio knows of phone numbers (https://www.twilio.com/docs/lookup/v2-api).
type Lookups struct{ client *Client }

// NewLookups asks with the client's credentials.
func NewLookups(client *Client) Lookups { return Lookups{client} }

// lookupAnswer tells null from nothing, as the generated code does not.
type lookupAnswer struct {
	Valid          bool     `json:"valid"`
	Errors         []string `json:"validation_errors"`
	PhoneNumber    string   `json:"phone_number"`
	NationalFormat string   `json:"national_format"`
	CountryCode    string   `json:"country_code"`
	CallingCode    string   `json:"calling_country_code"`
	LineType       *struct {
		Type              string `json:"type"`
		CarrierName       string `json:"carrier_name"`
		MobileCountryCode string `json:"mobile_country_code"`
		MobileNetworkCode string `json:"mobile_network_code"`
		ErrorCode         int    `json:"error_code"`
	} `json:"line_type_intelligence"`
	CallerName *struct {
		Name      string `json:"caller_name"`
		Type      string `json:"caller_type"`
		ErrorCode int    `json:"error_code"`
	} `json:"caller_name"`
}

// Get looks a number up. country is that of a number in national form, an ISO 3166 code; packages
// are asked for beside the validation, and each costs money. A number that is not valid is no
// error, nor is a package that fails.
func (l Lookups) Get(ctx context.Context, number, country string, packages []bot.LookupPackage) (bot.Lookup, error) {
	query := url.Values{}
	if country != "" {
		query.Set("CountryCode", country)
	}
	if len(packages) > 0 {
		names := make([]string, len(packages))
		for i, each := range packages {
			names[i] = string(each)
		}
		query.Set("Fields", strings.Join(names, ","))
	}
	var answer lookupAnswer
	if err := l.client.Do(ctx, http.MethodGet, "https://lookups.twilio.com/v2/PhoneNumbers/"+url.PathEscape(number), query, &answer); err != nil {
		return bot.Lookup{}, err
	}
	found := bot.Lookup{
		Valid: answer.Valid, Errors: answer.Errors, PhoneNumber: answer.PhoneNumber, NationalFormat: answer.NationalFormat,
		CountryCode: answer.CountryCode, CallingCode: answer.CallingCode,
	}
	if line := answer.LineType; line != nil {
		found.LineType = &bot.LineType{Type: line.Type, CarrierName: line.CarrierName, MobileCountryCode: line.MobileCountryCode, MobileNetworkCode: line.MobileNetworkCode, ErrorCode: line.ErrorCode}
	}
	if name := answer.CallerName; name != nil {
		found.CallerName = &bot.CallerName{Name: name.Name, Type: name.Type, ErrorCode: name.ErrorCode}
	}
	return found, nil
}
