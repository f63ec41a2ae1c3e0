package twilio

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Offers is the numbers that Twilio has on sale
// (https://www.twilio.com/docs/phone-numbers/api/availablephonenumber-resource).
type Offers struct{ client *Client }

// NewOffers is the numbers on sale to the client's account.
func NewOffers(client *Client) Offers { return Offers{client} }

// typeSegments are the segments of the paths of the lists of each type.
var typeSegments = map[bot.NumberType]string{bot.LocalNumber: "Local", bot.MobileNumber: "Mobile", bot.TollFreeNumber: "TollFree"}

func (o Offers) of(country string) string {
	return "https://api.twilio.com/2010-04-01/Accounts/" + o.client.AccountSID() + "/AvailablePhoneNumbers/" + url.PathEscape(country)
}

// Types lists the types of numbers that a country has.
func (o Offers) Types(ctx context.Context, country string) (types []bot.NumberType, more bool, err error) {
	var answer struct {
		Lists map[string]string `json:"subresource_uris"`
	}
	err = o.client.Do(ctx, http.MethodGet, o.of(country)+".json", nil, &answer)
	if errors.Is(err, bot.ErrNotFound) {
		return nil, false, nil
	}
	for _, name := range slices.Sorted(maps.Keys(answer.Lists)) {
		if kind := bot.NumberType(name); typeSegments[kind] != "" {
			types = append(types, kind)
		} else {
			more = true
		}
	}
	return types, more, err
}

// List gives numbers of a type, in one request.
func (o Offers) List(ctx context.Context, country string, kind bot.NumberType, filter bot.OfferFilter) ([]bot.Offer, error) {
	var answer struct {
		Rows []struct {
			PhoneNumber         *string `json:"phone_number"`
			FriendlyName        *string `json:"friendly_name"`
			Country             *string `json:"iso_country"`
			Locality            *string `json:"locality"`
			Region              *string `json:"region"`
			PostalCode          *string `json:"postal_code"`
			RateCenter          *string `json:"rate_center"`
			LATA                *string `json:"lata"`
			Latitude            degrees `json:"latitude"`
			Longitude           degrees `json:"longitude"`
			AddressRequirements *string `json:"address_requirements"`
			Beta                *bool   `json:"beta"`
			Capabilities        struct {
				Voice, SMS, MMS, Fax bool
			} `json:"capabilities"`
		} `json:"available_phone_numbers"`
	}
	if err := o.client.Do(ctx, http.MethodGet, o.of(country)+"/"+typeSegments[kind]+".json", query(filter), &answer); err != nil {
		return nil, err
	}
	offers := make([]bot.Offer, len(answer.Rows))
	for i, row := range answer.Rows {
		offers[i] = bot.Offer{
			PhoneNumber: Value(row.PhoneNumber), FriendlyName: Value(row.FriendlyName), Country: Value(row.Country), Type: kind,
			Locality: Value(row.Locality), Region: Value(row.Region), PostalCode: Value(row.PostalCode), RateCenter: Value(row.RateCenter), LATA: Value(row.LATA),
			Latitude: row.Latitude.value, Longitude: row.Longitude.value,
			Capabilities:        bot.Capabilities{Voice: row.Capabilities.Voice, SMS: row.Capabilities.SMS, MMS: row.Capabilities.MMS, Fax: row.Capabilities.Fax},
			AddressRequirements: Value(row.AddressRequirements), Beta: Value(row.Beta),
		}
	}
	return offers, nil
}

func query(filter bot.OfferFilter) url.Values {
	values := url.Values{}
	for name, value := range map[string]string{
		"Contains": filter.Contains, "AreaCode": filter.AreaCode, "InLocality": filter.Locality, "InRegion": filter.Region, "InPostalCode": filter.PostalCode,
	} {
		if value != "" {
			values.Set(name, value)
		}
	}
	for name, wanted := range map[string]bool{
		"VoiceEnabled": filter.Capabilities.Voice, "SmsEnabled": filter.Capabilities.SMS, "MmsEnabled": filter.Capabilities.MMS, "FaxEnabled": filter.Capabilities.Fax,
		"ExcludeLocalAddressRequired":   slices.Contains(filter.WithoutAddress, bot.LocalAddress),
		"ExcludeForeignAddressRequired": slices.Contains(filter.WithoutAddress, bot.ForeignAddress),
		"ExcludeAllAddressRequired":     slices.Contains(filter.WithoutAddress, bot.AnyAddress),
	} {
		if wanted {
			values.Set(name, "true")
		}
	}
	if filter.Beta != nil {
		values.Set("Beta", strconv.FormatBool(*filter.Beta))
	}
	if filter.Limit > 0 {
		values.Set("PageSize", strconv.Itoa(filter.Limit))
	}
	return values
}

// degrees is a number that Twilio's answers also have as a string.
type degrees struct{ value *float64 }

// UnmarshalJSON reads a number, a string of one, or null.
func (d *degrees) UnmarshalJSON(text []byte) error {
	unquoted, err := strconv.Unquote(string(text))
	if err != nil {
		unquoted = string(text)
	}
	if unquoted == "null" || unquoted == "" {
		return nil
	}
	value, err := strconv.ParseFloat(unquoted, 64)
	if err == nil && (math.IsInf(value, 0) || math.IsNaN(value)) {
		err = fmt.Errorf("%q is no number of degrees", unquoted)
	}
	if err == nil {
		d.value = &value
	}
	return err
}
