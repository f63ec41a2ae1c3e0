package autopilot

import (
	"regexp"
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
// form, without Twilio's language model.
var builtIn = map[string]func(text string) (value string, ok bool){
	"ALPHANUMERIC":       form(`[\p{L}\p{N}]+(?:[ -][\p{L}\p{N}]+)*`),
	"NUMBER":             number,
	"NUMBER_SEQUENCE":    form(`\d+(?:[ .-]?\d+)*`),
	"PHONE_NUMBER":       form(`\+?\(?\d(?:[ ().-]*\d){6,14}`),
	"YES_NO":             yesNo,
	"LANGUAGE":           words(3),
	"COUNTRY":            words(6),
	"COUNTRY_ISO_ALPHA2": form(`\p{L}{2}`),
	"COUNTRY_ISO_ALPHA3": form(`\p{L}{3}`),
	"CURRENCY":           words(3),
	"CITY":               words(5),
	"US_STATE":           oneOf(usStates),
	"FIRST_NAME":         words(2),
	"LAST_NAME":          words(3),
	"EMAIL":              form(`[^@\s]+@[^@\s]+\.[^@\s.]+`),
	"DAY_OF_WEEK":        oneOf(daysOfWeek),
	"MONTH":              oneOf(months),
	"DATE":               date,
	"TIME":               form(`(?:at )?(?:(?:[01]?\d|2[0-4])(?:[:.][0-5]\d)?(?: ?[ap]\.?m\.?)?(?: o'?clock)?|noon|midnight|now|` + numberWords + `(?: o'?clock| ?[ap]\.?m\.?))`),
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

func date(text string) (string, bool) {
	if _, err := time.Parse(time.DateOnly, text); err == nil {
		return text, true
	}
	return datePattern(text)
}

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
