package sandbox

import (
	"net/http"

	"github.com/nyaruka/phonenumbers"
)

// The types of numbers, by the segment of the path of their lists. The value of type is
// not documented.
var numberTypes = map[string]string{"Local": "local", "Mobile": "mobile", "TollFree": "tollfree"}

// numberType is the type of a number: that which it is sold as, else that of its country's
// plan; of one that no country assigned it is local.
func numberType(e164 string) string {
	if _, segment, ok := stockOf(e164); ok {
		return numberTypes[segment]
	}
	parsed, err := phonenumbers.Parse(e164, "")
	if err != nil {
		return "local"
	}
	switch phonenumbers.GetNumberType(parsed) {
	case phonenumbers.MOBILE:
		return "mobile"
	case phonenumbers.TOLL_FREE:
		return "tollfree"
	default:
		return "local"
	}
}

// numberTypeRoutes are the lists of the numbers of one type. They leave out the type,
// and buy by number only.
func numberTypeRoutes() []route {
	var routes []route
	for segment, kind := range numberTypes {
		routes = append(routes,
			route{method: "GET", pattern: numbersPath + "/" + segment, list: true, params: numberFilters,
				handler: func(c *call) (int, any, error) { return listNumbersOf(c, kind, c.renderTypedNumber) }},
			route{method: "POST", pattern: numbersPath + "/" + segment, params: append([]string{"PhoneNumber"}, numberParams...),
				handler: func(c *call) (int, any, error) { return createNumberOf(c, kind) }},
		)
	}
	return routes
}

func (c *call) renderTypedNumber(n incomingPhoneNumber) object {
	rendered := c.renderNumber(n)
	delete(rendered, "type")
	return rendered
}

// createNumberOf buys a number of one type. What Twilio answers for a number of another
// is not documented.
func createNumberOf(c *call, kind string) (int, any, error) {
	wanted := c.params.Get("PhoneNumber")
	if wanted == "" {
		return 0, nil, errMissing("PhoneNumber")
	}
	if e164Form.MatchString(wanted) && numberType(wanted) != kind {
		return 0, nil, invalidParameter(21422, "PhoneNumber %s is not available: it is %s", wanted, numberType(wanted))
	}
	n, err := c.buyNumber()
	if err != nil {
		return 0, nil, err
	}
	return http.StatusCreated, c.renderTypedNumber(n), nil
}
