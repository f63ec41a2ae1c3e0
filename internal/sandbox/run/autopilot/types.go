package autopilot

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
)

// customType is the values of a custom field type, in lower case, with the value that
// each is a synonym of.
type customType map[string]string

func newCustomType(values []fieldValue) customType {
	t := customType{}
	for _, v := range values {
		canonical := v.Value
		if v.SynonymOf != nil && *v.SynonymOf != "" {
			canonical = *v.SynonymOf
		}
		if key := normal(v.Value); t[key] == "" {
			t[key] = canonical
		}
	}
	return t
}

// punctuation is that of a sentence.
const punctuation = ".?!,;:\""

// normal is a text in the form in which samples and values are compared: without letter
// case, the punctuation of a sentence and superfluous white space, and with a typographic
// apostrophe replaced by the ASCII one.
func normal(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(punctuation, r):
			return ' '
		case r == '’':
			return '\''
		}
		return unicode.ToLower(r)
	}, text)
	return strings.Join(strings.Fields(text), " ")
}

// sentence is a text without the white space and the punctuation around it.
func sentence(text string) string {
	return strings.TrimRight(strings.TrimSpace(strings.Join(strings.Fields(text), " ")), " "+punctuation)
}

// The built-in field types
// (https://www.twilio.com/docs/autopilot/built-in-field-types), recognised by their
// form, without Twilio's language model. Numbers, times, days and codes are kept in the
// standard form that Twilio's pages show of dates and times; dates, which depend on the
// day they were said, as they were said.
var builtIn = map[string]func(text string) (value string, ok bool){
	"ALPHANUMERIC":       form(`[\p{L}\p{N}]+(?:[ -][\p{L}\p{N}]+)*`),
	"NUMBER":             as(figures, number),
	"NUMBER_SEQUENCE":    as(joined, form(`\d+(?:[ .-]?\d+)*`)),
	"PHONE_NUMBER":       as(joined, form(`\+?\(?\d(?:[ ().-]*\d){6,14}`)),
	"YES_NO":             yesNo,
	"LANGUAGE":           words(3),
	"COUNTRY":            words(6),
	"COUNTRY_ISO_ALPHA2": as(strings.ToUpper, form(`\p{L}{2}`)),
	"COUNTRY_ISO_ALPHA3": as(strings.ToUpper, form(`\p{L}{3}`)),
	"CURRENCY":           words(3),
	"CITY":               words(5),
	"US_STATE":           oneOf(usStates),
	"FIRST_NAME":         words(2),
	"LAST_NAME":          words(3),
	"EMAIL":              form(`[^@\s]+@[^@\s]+\.[^@\s.]+`),
	"DAY_OF_WEEK":        as(full(daysOfWeek), oneOf(daysOfWeek)),
	"MONTH":              as(full(months), oneOf(months)),
	"DATE":               date,
	"TIME":               as(clock, form(`(?:at )?(?:(?:[01]?\d|2[0-4])(?:[:.][0-5]\d)?(?: ?[ap]\.?m\.?)?(?: o'?clock)?|noon|midnight|now|`+numberWords+`(?: o'?clock| ?[ap]\.?m\.?))`)),
}

const numberWords = `(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million)`

var (
	daysOfWeek = "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun"
	months     = "january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec"
	usStates   = "alabama,alaska,arizona,arkansas,california,colorado,connecticut,delaware,florida,georgia,hawaii,idaho,illinois,indiana,iowa,kansas,kentucky,louisiana,maine,maryland,massachusetts,michigan,minnesota,mississippi,missouri,montana,nebraska,nevada,new hampshire,new jersey,new mexico,new york,north carolina,north dakota,ohio,oklahoma,oregon,pennsylvania,rhode island,south carolina,south dakota,tennessee,texas,utah,vermont,virginia,washington,west virginia,wisconsin,wyoming,district of columbia," +
		"al,ak,az,ar,ca,co,ct,de,fl,ga,hi,id,il,in,ia,ks,ky,la,me,md,ma,mi,mn,ms,mo,mt,ne,nv,nh,nj,nm,ny,nc,nd,oh,ok,or,pa,ri,sc,sd,tn,tx,ut,vt,va,wa,wv,wi,wy,dc"
	number = form(`[-+]?\d+(?:,\d{3})*(?:\.\d+)?|` + numberWords + `(?:(?: |-| and )` + numberWords + `)*`)
)

// form is a type whose values match a pattern, ignoring letter case.
func form(pattern string) func(string) (string, bool) {
	// Compiled once it is asked for: the provider has the sandbox in it, and starts three
	// times for a plan.
	compiled := sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)^(?:` + pattern + `)$`) })
	return func(text string) (string, bool) { return text, compiled().MatchString(text) }
}

// words is a type whose values are names of at most so many words.
func words(most int) func(string) (string, bool) {
	name := form(`\p{L}[\p{L}'’.-]*(?: \p{L}[\p{L}'’.-]*)*`)
	return func(text string) (string, bool) {
		_, ok := name(text)
		return text, ok && len(strings.Fields(text)) <= most
	}
}

// oneOf is a type with a list of values, separated by commas or else by spaces.
func oneOf(list string) func(string) (string, bool) {
	separator := " "
	if strings.Contains(list, ",") {
		separator = ","
	}
	known := map[string]bool{}
	for value := range strings.SplitSeq(list, separator) {
		known[value] = true
	}
	return func(text string) (string, bool) { return text, known[strings.ToLower(text)] }
}

// as is a type whose values are kept in another form than they were said.
func as(kept func(string) string, is func(string) (string, bool)) func(string) (string, bool) {
	return func(text string) (string, bool) {
		value, ok := is(text)
		if ok {
			value = kept(value)
		}
		return value, ok
	}
}

// joined is a number of digits without what separates them.
func joined(text string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" .-()", r) {
			return -1
		}
		return r
	}, text)
}

// full is the first of the values of a list that a text is the beginning of.
func full(list string) func(string) string {
	return func(text string) string {
		for name := range strings.FieldsSeq(list) {
			if strings.HasPrefix(name, strings.ToLower(text)[:3]) {
				return strings.ToUpper(name[:1]) + name[1:]
			}
		}
		return text
	}
}

// figures is a number in figures.
func figures(text string) string {
	if strings.ContainsAny(text, "0123456789") {
		return strings.TrimPrefix(strings.ReplaceAll(text, ",", ""), "+")
	}
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return r == ' ' || r == '-' })
	total, part := 0, 0
	for _, word := range words {
		if word == "and" {
			continue
		}
		switch n := slices.Index(numbers, word); {
		case n < 0:
		case n < 20:
			part += n
		case n < 28:
			part += (n - 18) * 10
		case word == "hundred":
			part = max(part, 1) * 100
		case word == "thousand":
			total, part = total+max(part, 1)*1000, 0
		default:
			total, part = total+max(part, 1)*1000000, 0
		}
	}
	return strconv.Itoa(total + part)
}

// numbers are the words of figures: 0 to 19, the tens from 20, and the powers of ten.
var numbers = strings.Split(numberWords[len("(?:"):len(numberWords)-1], "|")

var timeParts = regexp.MustCompile(`(?i)^(?:at )?(\d{1,2}|[a-z]+)(?:[:.](\d\d))?.*?([ap])?\.?(?:m\.?)?$`)

// clock is a time of 24 hours.
func clock(text string) string {
	switch lower := strings.TrimPrefix(strings.ToLower(text), "at "); lower {
	case "noon":
		return "12:00"
	case "midnight":
		return "00:00"
	case "now":
		return text
	}
	parts := timeParts.FindStringSubmatch(text)
	if parts == nil {
		return text
	}
	hour, err := strconv.Atoi(figures(parts[1]))
	if err != nil {
		return text
	}
	switch half := strings.ToLower(parts[3]); {
	case half == "p" && hour < 12:
		hour += 12
	case half == "a" && hour == 12:
		hour = 0
	}
	return fmt.Sprintf("%02d:%s", hour, cmp.Or(parts[2], "00"))
}

var yes, no = oneOf(`yes,y,yeah,yea,yep,yup,ya,yes please,yes i do,yes it is,sure,sure thing,ok,okay,k,of course,correct,right,that's right,` +
	`absolutely,definitely,certainly,affirmative,please do,i do,true`),
	oneOf(`no,n,nope,nah,no thanks,no thank you,no i don't,no it isn't,not really,not now,never,negative,don't,false,wrong,incorrect`)

func yesNo(text string) (string, bool) {
	text = normal(text)
	if _, ok := yes(text); ok {
		return "Yes", true
	}
	_, ok := no(text)
	return "No", ok
}

var (
	datePattern = form(`(?:(?:on |next |this )?(?:` + strings.ReplaceAll(daysOfWeek, " ", "|") + `)|today|tomorrow|yesterday|tonight|next week|next month|` +
		`(?:` + strings.ReplaceAll(months, " ", "|") + `)\.? \d{1,2}(?:st|nd|rd|th)?(?:,? \d{4})?|` +
		`(?:the )?\d{1,2}(?:st|nd|rd|th)?(?: of)? (?:` + strings.ReplaceAll(months, " ", "|") + `)(?:,? \d{4})?|` +
		`\d{1,2}[/.-]\d{1,2}(?:[/.-](?:\d{2}|\d{4}))?)`)
)

// date keeps a day with its year as YYYY-MM-DD, and any other as it was said: what that
// is depends on the day.
func date(text string) (string, bool) {
	if _, err := time.Parse(time.DateOnly, text); err == nil {
		return text, true
	}
	value, ok := datePattern(text)
	if !ok {
		return value, false
	}
	plain := filler.ReplaceAllString(strings.ToLower(text), "$1")
	plain = strings.Join(strings.FieldsFunc(plain, func(r rune) bool { return strings.ContainsRune(" ,.-/", r) }), " ")
	for _, layout := range []string{"January 2 2006", "Jan 2 2006", "2 January 2006", "2 Jan 2006", "1 2 2006", "2 1 2006"} {
		if day, err := time.Parse(layout, plain); err == nil {
			return day.Format(time.DateOnly), true
		}
	}
	return value, true
}

// filler is what a date has beside its parts, after its day.
var filler = regexp.MustCompile(`\bthe |\bof |\bon |(\d)(?:st|nd|rd|th)\b`)

// typed reads a text as a value of a type: built in, with or without the prefix
// Twilio., or custom. known is false where there is no such type.
func (a *Assistant) typed(typeName, text string) (value string, ok, known bool) {
	if custom, is := a.types[strings.ToLower(typeName)]; is {
		value, ok = custom[normal(text)]
		return value, ok, true
	}
	check, known := builtIn[strings.ToUpper(strings.TrimPrefix(typeName, "Twilio."))]
	if !known {
		return text, true, false
	}
	value, ok = check(sentence(text))
	return value, ok, true
}
