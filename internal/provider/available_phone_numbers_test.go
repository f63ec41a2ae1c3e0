package provider

import (
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// onSale reads the numbers on sale: their rows, in order.
func (b bench) onSale(given map[string]tftypes.Value) (rows []map[string]tftypes.Value, err error) {
	b.w.t.Helper()
	p, err := b.provider()
	if err != nil {
		return nil, err
	}
	source := p.schema.DataSourceSchemas["twiliobot_available_phone_numbers"]
	config := p.value(source, given)
	validated, err := p.server.ValidateDataResourceConfig(b.w.t.Context(), &tfprotov6.ValidateDataResourceConfigRequest{TypeName: "twiliobot_available_phone_numbers", Config: config})
	if err == nil {
		err = said(validated.Diagnostics)
	}
	if err != nil {
		return nil, err
	}
	read, err := p.server.ReadDataSource(b.w.t.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: "twiliobot_available_phone_numbers", Config: config})
	if err == nil {
		err = said(read.Diagnostics)
	}
	if err != nil {
		return nil, err
	}
	value, err := read.State.Unmarshal(source.ValueType())
	if err != nil {
		return nil, err
	}
	var list []tftypes.Value
	if err := attributesOf(value)["phone_numbers"].As(&list); err != nil {
		return nil, err
	}
	for _, row := range list {
		rows = append(rows, attributesOf(row))
	}
	return rows, nil
}

func setOf(all ...string) tftypes.Value {
	elements := make([]tftypes.Value, len(all))
	for i, each := range all {
		elements[i] = str(each)
	}
	return tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, elements)
}

func TestNumbersOnSaleAreFiltered(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	defer b.close()
	limit := func(n int) tftypes.Value { return tftypes.NewValue(tftypes.Number, n) }
	for name, each := range map[string]struct {
		given map[string]tftypes.Value
		rows  int
		first map[string]string
	}{
		"by default local":   {map[string]tftypes.Value{"country": str("US")}, 50, map[string]string{"type": "local", "country": "US", "address_requirements": "none"}},
		"a limit":            {map[string]tftypes.Value{"country": str("US"), "limit": limit(3)}, 3, nil},
		"a place":            {map[string]tftypes.Value{"country": str("US"), "in_region": str("NY"), "in_locality": str("New York"), "in_postal_code": str("10001"), "limit": limit(1000)}, 100, map[string]string{"phone_number": "+12125550100", "friendly_name": "(212) 555-0100", "locality": "New York", "region": "NY"}},
		"an area code":       {map[string]tftypes.Value{"country": str("US"), "area_code": str("415"), "contains": str("55501*")}, 50, map[string]string{"region": "CA"}},
		"an ending":          {map[string]tftypes.Value{"country": str("US"), "type": str("toll_free"), "contains": str("%42$")}, 1, map[string]string{"phone_number": "+18005550142", "type": "toll_free"}},
		"a capability":       {map[string]tftypes.Value{"country": str("GB"), "type": str("mobile"), "capabilities": setOf("sms", "voice")}, 50, map[string]string{"country": "GB"}},
		"two capabilities":   {map[string]tftypes.Value{"country": str("GB"), "type": str("mobile"), "capabilities": setOf("mms", "voice")}, 0, nil},
		"address and beta":   {map[string]tftypes.Value{"country": str("AU"), "limit": limit(1)}, 1, map[string]string{"address_requirements": "any"}},
		"no address":         {map[string]tftypes.Value{"country": str("AU"), "exclude_address_requirements": setOf("any")}, 0, nil},
		"no local address":   {map[string]tftypes.Value{"country": str("DE"), "exclude_address_requirements": setOf("local")}, 0, nil},
		"no foreign address": {map[string]tftypes.Value{"country": str("DE"), "exclude_address_requirements": setOf("foreign"), "limit": limit(1)}, 1, map[string]string{"address_requirements": "local"}},
		"not beta":           {map[string]tftypes.Value{"country": str("AU"), "beta": boolean(false)}, 0, nil},
	} {
		rows, err := b.onSale(each.given)
		if err != nil || len(rows) != each.rows {
			t.Errorf("%s: %d rows: %v", name, len(rows), err)
			continue
		}
		if !slices.IsSortedFunc(rows, func(a, c map[string]tftypes.Value) int {
			return strings.Compare(stringOf(t, a["phone_number"]), stringOf(t, c["phone_number"]))
		}) {
			t.Errorf("%s: not in order", name)
		}
		for attribute, want := range each.first {
			if got := stringOf(t, rows[0][attribute]); got != want {
				t.Errorf("%s: %s is %q, want %q", name, attribute, got, want)
			}
		}
	}
	if rows, err := b.onSale(map[string]tftypes.Value{"country": str("AU"), "limit": limit(1)}); err != nil || !rows[0]["beta"].Equal(boolean(true)) || !rows[0]["latitude"].IsNull() {
		t.Errorf("%v: %v", rows, err)
	}
}

func TestSearchThatTwilioDoesNotKnowIsRefused(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	defer b.close()
	for want, given := range map[string]map[string]tftypes.Value{
		"local, toll_free":                       {"country": str("US"), "type": str("mobile")},
		"Twilio sells no phone numbers there":    {"country": str("XX")},
		"capital letters":                        {"country": str("us")},
		"three digits":                           {"country": str("US"), "area_code": str("1")},
		"The filter is for other countries":      {"country": str("GB"), "area_code": str("415")},
		"Twilio applies `in_region`":             {"country": str("GB"), "in_region": str("NY")},
		"digits or letters":                      {"country": str("US"), "contains": str("4*5")},
		"string length must be between 2 and 16": {"country": str("US"), "contains": str("4")},
		`value must be one of: ["local"`:         {"country": str("US"), "type": str("voip")},
		`value must be one of: ["voice"`:         {"country": str("US"), "capabilities": setOf("telex")},
		"value must be between 1 and 1000":       {"country": str("US"), "limit": tftypes.NewValue(tftypes.Number, 0)},
	} {
		if _, err := b.onSale(given); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: it does not say %q: %v", given, want, err)
		}
	}
}
