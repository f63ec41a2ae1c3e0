package sandbox

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const (
	availablePath = "/2010-04-01/Accounts/{AccountSid}/AvailablePhoneNumbers"
	countryPath   = availablePath + "/{CountryCode}"
)

// availableFilters are the parameters of the lists of numbers on sale.
var availableFilters = []string{
	"AreaCode", "Contains", "SmsEnabled", "MmsEnabled", "VoiceEnabled", "FaxEnabled", "ExcludeAllAddressRequired",
	"ExcludeLocalAddressRequired", "ExcludeForeignAddressRequired", "Beta", "NearNumber", "NearLatLong", "Distance",
	"InPostalCode", "InRegion", "InRateCenter", "InLata", "InLocality",
}

func availableRoutes() []route {
	return []route{
		{method: "GET", pattern: availablePath, list: true, handler: listCountries},
		{method: "GET", pattern: countryPath, handler: fetchCountry},
		{method: "GET", pattern: countryPath + "/{Type}", list: true, params: availableFilters, handler: listAvailable},
	}
}

// stock is numbers on sale: those with one beginning, of the ranges that are reserved for
// fiction. The rest of a number has two digits.
type stock struct {
	beginning, locality, region string
	carries                     capabilities
	rule                        regulation
}

// regulation is what a country asks of whoever buys a number: an Address (addressNone,
// addressAny, addressLocal), and a bundle of documents. The zero value asks for nothing.
type regulation struct {
	address string
	bundle  bool
	beta    bool // the numbers are new to Twilio
}

// The values of address_requirements that the sandbox has.
const (
	addressNone  = "none"
	addressAny   = "any"
	addressLocal = "local"
)

func (r regulation) addressRequirements() string { return cmp.Or(r.address, addressNone) }

// market is a country with numbers on sale, by the segment of the path of each type.
type market struct {
	name   string
	stocks map[string][]stock
}

var (
	carriesAll = capabilities{Voice: true, SMS: true, MMS: true}
	free       = regulation{}

	// markets are the countries the sandbox sells in. In the United States there are no
	// mobile numbers. Which country asks for what is not Twilio's: one asks for an address,
	// one for a local address and a bundle.
	markets = map[string]market{
		"US": {"United States", map[string][]stock{
			"Local": {
				{"+120255501", "Washington", "DC", carriesAll, free}, {"+121255501", "New York", "NY", carriesAll, free},
				{"+141555501", "San Francisco", "CA", carriesAll, free},
			},
			"TollFree": {{"+180055501", "", "", carriesAll, free}},
		}},
		"CA": {"Canada", map[string][]stock{
			"Local":    {{"+141655501", "Toronto", "ON", carriesAll, free}},
			"TollFree": {{"+183355501", "", "", carriesAll, free}},
		}},
		"GB": {"United Kingdom", map[string][]stock{
			"Local":    {{"+4420794609", "London", "", capabilities{Voice: true}, free}},
			"Mobile":   {{"+4477009003", "", "", capabilities{Voice: true, SMS: true}, free}},
			"TollFree": {{"+4480815709", "", "", capabilities{Voice: true}, free}},
		}},
		"AU": {"Australia", map[string][]stock{
			"Local": {{"+612555001", "Sydney", "", capabilities{Voice: true, SMS: true}, regulation{address: addressAny, beta: true}}},
		}},
		"DE": {"Germany", map[string][]stock{
			"Local": {{"+4930231250", "Berlin", "", capabilities{Voice: true}, regulation{address: addressLocal, bundle: true}}},
		}},
	}
)

func (c *call) countryURI(code string) string {
	return "/2010-04-01/Accounts/" + c.account.SID + "/AvailablePhoneNumbers/" + code
}

func (c *call) renderCountry(code string) object {
	uris := object{}
	for segment := range markets[code].stocks {
		key := map[string]string{"Local": "local", "Mobile": "mobile", "TollFree": "toll_free"}[segment]
		uris[key] = c.countryURI(code) + "/" + segment + ".json"
	}
	return object{
		"country_code": code, "country": markets[code].name, "beta": false,
		"uri": c.countryURI(code) + ".json", "subresource_uris": uris,
	}
}

// listCountries answers with all countries: the document has no pages for them.
func listCountries(c *call) (int, any, error) {
	if _, err := c.paging(); err != nil {
		return 0, nil, err
	}
	countries := []object{}
	for _, code := range slices.Sorted(maps.Keys(markets)) {
		countries = append(countries, c.renderCountry(code))
	}
	return http.StatusOK, object{
		"countries": countries, "uri": "/2010-04-01/Accounts/" + c.account.SID + "/AvailablePhoneNumbers.json",
	}, nil
}

func fetchCountry(c *call) (int, any, error) {
	code := c.PathValue("CountryCode")
	if _, ok := markets[code]; !ok {
		return 0, nil, c.notFound()
	}
	return http.StatusOK, c.renderCountry(code), nil
}

// stockOf is the stock that a number is sold from, and the segment of the path of its type.
func stockOf(e164 string) (s stock, segment string, ok bool) {
	for _, market := range markets {
		for segment, stocks := range market.stocks {
			for _, s := range stocks {
				if len(e164) == len(s.beginning)+2 && strings.HasPrefix(e164, s.beginning) {
					return s, segment, true
				}
			}
		}
	}
	return stock{}, "", false
}

// availableNumber is a number on sale.
type availableNumber struct {
	record
	number string
	stock  stock
	code   string
}

func renderAvailable(n availableNumber) object {
	return object{
		"phone_number":         n.number,
		"friendly_name":        defaultNumberName(n.number),
		"iso_country":          n.code,
		"locality":             orNull(n.stock.locality),
		"region":               orNull(n.stock.region),
		"rate_center":          nil,
		"lata":                 nil,
		"postal_code":          nil,
		"latitude":             nil,
		"longitude":            nil,
		"address_requirements": n.stock.rule.addressRequirements(),
		"beta":                 n.stock.rule.beta,
		"capabilities":         n.stock.carries,
	}
}

// listAvailable lists what is on sale, one page of it. The order changes from call to
// call, as what Twilio offers does. Where a number is near (NearNumber and its like) is
// not known here: these filters are taken and select everything.
func listAvailable(c *call) (int, any, error) {
	code, kind := c.PathValue("CountryCode"), c.PathValue("Type")
	stocks, ok := markets[code].stocks[kind]
	if !ok {
		return 0, nil, c.notFound()
	}
	selects, err := c.availableFilter()
	if err != nil {
		return 0, nil, err
	}
	var found []availableNumber
	for _, s := range stocks {
		for last := range 100 {
			n := availableNumber{number: fmt.Sprintf("%s%02d", s.beginning, last), stock: s, code: code}
			if _, owned := numberOwned(c.state, n.number); !owned && selects(n) {
				found = append(found, n)
			}
		}
	}
	p, err := c.paging()
	if err != nil {
		return 0, nil, err
	}
	if len(found) > 0 {
		start := c.chance(len(found))
		found = append(found[start:], found[:start]...)
	}
	found = found[:min(len(found), p.size)]
	for i := range found {
		found[i].Seq = int64(len(found) - i)
	}
	return listPage(c, "available_phone_numbers", found, renderAvailable)
}

// chance is a number below most, of the source of identifiers.
func (c *call) chance(most int) int {
	digits := c.newSID("")
	n, err := strconv.ParseUint(digits[max(0, len(digits)-8):], 16, 64)
	if err != nil {
		return 0
	}
	return int(n % uint64(most))
}

// containsForm is what Contains may be: two characters or more, and no * between others
// (numbers skill of github.com/twilio/ai).
var containsForm = regexp.MustCompile(`^[*%+$]*[0-9A-Za-z]+[*%+$]*$`)

func (c *call) availableFilter() (func(availableNumber) bool, error) {
	f := c.fields()
	var wants [4]*bool
	for i, name := range []string{"VoiceEnabled", "SmsEnabled", "MmsEnabled", "FaxEnabled"} {
		if c.params.Has(name) {
			wants[i] = new(bool)
			f.boolean(name, wants[i])
		}
	}
	beta := true
	f.boolean("Beta", &beta)
	excluded := map[string]bool{}
	for name, requirements := range map[string][]string{
		"ExcludeAllAddressRequired": {addressAny, addressLocal, "foreign"}, "ExcludeLocalAddressRequired": {addressLocal}, "ExcludeForeignAddressRequired": {"foreign"},
	} {
		var excludes bool
		f.boolean(name, &excludes)
		for _, each := range requirements {
			excluded[each] = excluded[each] || excludes
		}
	}
	area, contains := c.params.Get("AreaCode"), c.params.Get("Contains")
	if area != "" && (len(area) != 3 || strings.Trim(area, "0123456789") != "") {
		f.fail(invalidParameter(21451, "Invalid area code %q", area))
	}
	if contains != "" && (len(contains) < 2 || len(contains) > 16 || !containsForm.MatchString(contains)) {
		f.fail(invalidParameter(20001, "Contains %q is not a pattern of 2 to 16 characters", contains))
	}
	if err := f.result(); err != nil {
		return nil, err
	}
	digits := strings.Trim(contains, "*%+$")
	region, locality := c.params.Get("InRegion"), c.params.Get("InLocality")
	return func(n availableNumber) bool {
		for i, has := range []bool{n.stock.carries.Voice, n.stock.carries.SMS, n.stock.carries.MMS, n.stock.carries.Fax} {
			if wants[i] != nil && *wants[i] != has {
				return false
			}
		}
		if excluded[n.stock.rule.addressRequirements()] || n.stock.rule.beta && !beta {
			return false
		}
		if strings.HasPrefix(contains, "+") && !strings.HasPrefix(n.number, "+"+digits) || strings.HasSuffix(contains, "$") && !strings.HasSuffix(n.number, digits) {
			return false
		}
		return strings.Contains(n.number, digits) && (area == "" || strings.HasPrefix(n.number, "+1"+area)) &&
			(region == "" || n.stock.region == region) && (locality == "" || n.stock.locality == locality)
	}, nil
}
