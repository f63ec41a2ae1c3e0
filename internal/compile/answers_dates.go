package compile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// days and months are told by name; what is stored is the English one, which the tasks of
// a schema compare with.
func dayOfWeek(t tongues) builtin {
	return t.or().calendar("a day", func(l *tongue) string { return l.days }, func(*tongue) string { return "" })
}

func month(t tongues) builtin {
	return t.or().calendar("a month", func(l *tongue) string { return l.months }, func(l *tongue) string { return l.monthLead })
}

func (t tongues) calendar(label string, list, more func(*tongue) string) builtin {
	c := &chain{}
	c.lower().remove(".", ",", ":")
	var rules []reading
	var kept []string
	for _, l := range t.known {
		values := listed(list(l))
		var said []string
		for _, v := range values {
			if !slices.Contains(kept, v.keep) {
				kept = append(kept, v.keep)
			}
			said = append(said, v.said)
			c.word(v.said, fmt.Sprintf("%02d", 1+slices.Index(kept, v.keep)))
		}
		rules = append(rules, reading{label: label, pattern: before(l.hi, l.lead, l.dayLead, more(l)) + either(strings.Join(said, ",")) + `\.?` + after(l.dayTail, l.thanks)})
	}
	c.letters(t).remove("-")
	for i, v := range kept {
		c.replace(fmt.Sprintf("%02d", i+1), v)
	}
	return builtin{rules, c.stored()}
}

func said(list string) string {
	var out []string
	for _, v := range listed(list) {
		out = append(out, v.said)
	}
	return strings.Join(out, ", ")
}

// date takes days with a number, a name, or that depend on today. A day with its year is
// stored as YYYY-MM-DD, any other as it was written: only Twilio's clock is at hand in a
// flow, which is that of California, and the day of whoever writes may be another.
func date(t tongues) builtin {
	const (
		number = `(?:0?[1-9]|[12][0-9]|3[01])`
		year   = `(?:[0-9]{4}|'?[0-9]{2})`
		hours  = `(?:[ ,@-]+(?:[01]?[0-9]|2[0-3])(?:[:.h][0-5][0-9])?(?: *[ap]\.?m\.?)?(?:ish| ?h| ?uhr)?)?`
		firsts = `(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)`
	)
	numeric := `(?:(?:19|20)[0-9]{2}[/.-](?:0?[1-9]|1[0-2])[/.-]` + number + `|(?:` + number + `[/.-](?:0?[1-9]|1[0-2])|(?:0?[1-9]|1[0-2])[/.-]` + number + `)(?:[/.-]` + year + `)?\.?)`
	rules := t.each(func(l *tongue) []reading {
		whole := `(?:0?[1-9]|[12][0-9]|3[01])[/.-](?:0?[1-9]|1[0-2])[/.-](?:19|20)[0-9]{2}`
		if t.monthFirst {
			whole = `(?:` + whole + `|(?:0?[1-9]|1[0-2])[/.-](?:0?[1-9]|[12][0-9]|3[01])[/.-](?:19|20)[0-9]{2})`
		}
		if l.code == "" {
			return []reading{
				impossible(l),
				{label: "a day of a year in figures", pattern: whole + ending},
				{label: "a date in figures", asWritten: true, pattern: numeric + ending},
			}
		}
		head, tail := before(l.hi, l.lead, l.dayLead), after(l.dayTail, l.thanks)
		days, months := either(said(l.days)), either(said(l.months))
		at, day, of := `(?:[ ,]+`+either(l.timeLead)+`)?`+hours, `(?:`+number+`(?:º|er|\.)?)`, ``
		if l.of != "" {
			of = `(?:` + either(l.of) + ` +)?`
		}
		if l.code == "en" {
			days = `(?:mon|tue?s?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?`
			months = `(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)`
			head = before(l.hi, "it's, that's, let's do, let's say, make it, how about, maybe, probably, i think, i'd like, about, around", l.dayLead)
			at = `(?:[ ,]+(?:at|around|about|by))?(?:` + hours + `|[ ,]+noon|[ ,]+midnight)`
			tail = after(l.dayTail, l.thanks, "if possible")
			day = `(?:` + number + `(?:st|nd|rd|th)?|` + firsts + `)`
		}
		named := `(?:` + number + `(?:st|nd|rd|th|º|er|\.)? +` + of + months + `\.?|` + months + `\.? +(?:the +)?` + number + `(?:st|nd|rd|th)?),? +` + of + `(?:19|20)[0-9]{2}`
		out := []reading{
			{label: "a day of a year in figures", pattern: before(l.hi, l.lead, l.dayLead) + whole + after(l.thanks)},
			{label: "a day of a year", pattern: before(l.dayLead, "it's") + `(?:` + days + `\.?[ ,]+)?(?:the +)?` + named + after(l.thanks)},
			{label: "a date in figures", pattern: head + `(?:` + days + `\.?[ ,]+)?` + numeric + at + tail},
			{label: "a day of the week", pattern: head + days + `\.?(?:[ ,]+(?:the +)?` + day + `)?` + at + tail},
			{label: "a day of a month", pattern: head + `(?:` + days + `\.?[ ,]+)?(?:the +)?(?:` + day + ` +` + of + `)?` + months + `\.?(?: +(?:the +)?` + number + `(?:st|nd|rd|th)?| +first)?(?:,? +` + of + `[0-9]{4})?` + at + after(l.thanks, "works")},
			{label: "a day like today", pattern: head + either(l.relative) + at + tail},
		}
		if l.code == "en" {
			count := `(?:an?|a +couple +of|a +few|one|two|three|four|five|six|[0-9]{1,3})`
			span := `(?:days?|weeks?|months?)`
			out = append(out,
				reading{label: "a day by its number", pattern: head + `(?:` + number + `(?:st|nd|rd|th)|` + firsts + `)` + at + tail},
				reading{label: "a day from today on", pattern: before(l.hi, "on, for, about, maybe, let's say, how about") + `(?:` + count + ` +` + span + `(?: +(?:from|after) +(?:now|today|tomorrow|` + days + `)| +ago)|(?:in|within) +` + count + ` +` + span + `)` + tail})
		}
		for i := range out {
			out[i].asWritten = i > 1
		}
		return append([]reading{impossible(l)}, out...)
	})
	return builtin{rules, t.storedDate()}
}

// impossible refuses days that no month has, and the 29th of February of most years.
func impossible(l *tongue) reading {
	const (
		long  = `(?:0?[2469]|11)[/-]31|0?2[/-]30|31[/.-](?:0?[2469]|11)|30[/.-]0?2`
		dots  = `(?:0?[2469]|11)\.31|0?2\.30`                     // behind a day, a time
		short = `(?:19|20)(?:[02468][1235679]|[13579][01345789])` // years without the day
		th    = `(?:st|nd|rd|th|º|er|\.)?`
	)
	days := []string{long, `[0-9]{4}[/.-](?:(?:0?[2469]|11)[/.-]31|0?2[/.-]30)`, `(?:29[/.-]0?2|0?2[/.-]29)[/.-]` + short, short + `[/.-]0?2[/.-]29`}
	if l.code != "" {
		var without, february []string
		for _, v := range listed(l.months) {
			switch v.keep {
			case "February":
				february = append(february, v.said)
				fallthrough
			case "April", "June", "September", "November":
				without = append(without, v.said)
			}
		}
		of := ``
		if l.of != "" {
			of = `(?:` + either(l.of) + ` +)?`
		}
		some, second := either(strings.Join(without, ",")), either(strings.Join(february, ","))
		the := `\.? +(?:the +)?`
		days = append(days, `31`+th+` +`+of+some, some+the+`31`+th, `30`+th+` +`+of+second, second+the+`30`+th,
			`29`+th+` +`+of+second+`\.?,? +`+of+short, second+the+`29`+th+`,? +`+of+short)
	}
	return reading{label: "no day", refuses: true, pattern: `(?:` + dots + `|(?:.*[^0-9\p{L}/.-])?(?:` + strings.Join(days, "|") + `))(?:[^0-9\p{L}].*)?`}
}

// storedDate is Liquid for a day, a month and a year as YYYY-MM-DD. A capital letter
// stands for the month while it is made, A for January: it is what is not a figure.
func (t tongues) storedDate() string {
	c := (&chain{}).lower().remove(",", "'").replace(".", " ").replace("/", " ").replace("-", " ")
	for range 3 {
		c.replace("  ", " ")
	}
	c.replace(" ", "  ")
	letter := func(m int) string { return string(rune('A' + m)) }
	for _, l := range t.known {
		var kept []string
		for _, v := range listed(l.months) {
			if !slices.Contains(kept, v.keep) {
				kept = append(kept, v.keep)
			}
			c.word(v.said, letter(len(kept)-1))
		}
	}
	for r := 'a'; r <= 'z'; r++ {
		c.remove(string(r))
	}
	if !t.english {
		for _, r := range accented {
			c.remove(string(r))
		}
		c.remove("º")
	}
	for range 3 {
		c.replace("  ", " ")
	}
	c.replace(" 0", " ")
	months, plain, first, second, days, digits, pad := &chain{}, &chain{}, &chain{}, &chain{}, &chain{}, &chain{}, &chain{}
	for m := range 12 {
		plain.remove(letter(m) + " ")
		months.replace(letter(m), fmt.Sprintf("%02d", m+1))
		first.replace(fmt.Sprintf("[ %d ", m+1), "[ "+letter(m)+" ")
		second.replace(fmt.Sprintf(" %d 19", m+1), " "+letter(m)+" 19").replace(fmt.Sprintf(" %d 20", m+1), " "+letter(m)+" 20")
	}
	for d := range 31 {
		days.replace(fmt.Sprintf("[ %d ", d+1), "[ ")
	}
	for d := range 10 {
		digits.remove(strconv.Itoa(d))
		pad.replace(fmt.Sprintf("[%d]", d), fmt.Sprintf("0%d", d))
	}
	order := "{% assign text = text" + second.String() + " %}"
	if t.monthFirst {
		order = "{% assign swapped = text" + first.String() + " %}{% if swapped == text %}" + order + "{% else %}{% assign text = swapped %}{% endif %}"
	}
	return c.text() +
		"{% assign rest = text" + plain.String() + " %}{% if rest == text %}" + order + "{% assign rest = text" + plain.String() + " %}{% endif %}" +
		"{% assign month = text" + digits.String() + " | remove: ' ' | remove: '[' | remove: ']'" + months.String() + " %}" +
		"{% assign year = rest" + days.String() + " | remove: ' ' | remove: '[' | remove: ']' %}" +
		"{% assign day = rest | remove: year | remove: ' '" + pad.String() + " | remove: '[' | remove: ']' %}" +
		"{{year}}-{{month}}-{{day}}"
}

func clock(t tongues) builtin {
	figures := `(?:[01]?[0-9]|2[0-3])(?:(?:[:.h]|[ ]*uhr[ ]*)[0-5][0-9])?`
	if t.english {
		figures = `(?:[01]?[0-9]|2[0-3])(?:[:.h][0-5][0-9])?`
	}
	rules := t.each(func(l *tongue) []reading {
		head := before(l.hi, l.timeLead)
		if l.code == "" {
			return []reading{{label: "a time", pattern: figures + ending}}
		}
		tail := `(?: *` + either(l.hour) + `)*(?: *` + either(l.am, l.pm) + `)?(?: *` + either(l.hour) + `)?(?:[ ,]+` + either("today, tomorrow, works, for me, is fine", l.thanks) + `)*` + ending
		hours := either(l.hours())
		parts := ``
		if all := either(l.half, l.quarter, l.to, l.halfTo); all != either() {
			parts = `(?:` + all + ` +)?`
		}
		minutes := ``
		if l.code == "en" {
			minutes = `(?:[ -]+(?:thirty|fifteen|forty[ -]five))?`
		}
		if l.halfPast != "" {
			minutes = `(?: *` + either(l.hour) + `)?(?: +` + either(l.halfPast, l.past, l.less) + `)?`
		}
		out := []reading{
			{label: "a time", pattern: head + parts + `(?:` + figures + `|` + hours + `)` + minutes + tail},
			{label: "a time of four digits", pattern: head + `(?:[01][0-9]|2[0-3])[0-5][0-9]` + tail},
			{label: "noon or midnight", pattern: head + either(l.noon, l.midnight) + after(l.thanks, "works, is good, is fine")},
		}
		if l.code == "en" {
			out = append(out, reading{label: "a time from now on", asWritten: true, pattern: head + `(?:now|right now|in +(?:a|an|half an|[0-9]{1,3}|one|two|three|five|ten|fifteen|twenty|thirty)(?: +(?:min(?:ute)?s?|hours?|hrs?))|[0-9]{1,3} +(?:minutes|hours?) +ago|a +minute +ago)` + after(l.thanks)})
		}
		return out
	})
	return builtin{rules, t.storedTime()}
}

// hours are the words for 1 to 12.
func (l *tongue) hours() string {
	if l.code == "en" {
		return strings.Join(englishOnes, ", ") + ", ten, eleven, twelve"
	}
	var out []string
	for _, each := range split(l.figures) {
		if word, value, _ := strings.Cut(each, ":"); len(value) == 1 && value != "0" || value == "10" || value == "11" || value == "12" {
			out = append(out, word)
		}
	}
	return strings.Join(out, ", ")
}

// storedTime is Liquid for a time as HH:MM, 24 hours, as Autopilot stored it
// (https://www.twilio.com/docs/autopilot/built-in-field-types/twiliotime). While it is
// made, capital letters stand for what was said: A and P for the half of the day, H and K for
// half an hour and a quarter of one after an hour, V and Q for those before the next one said, L
// for a quarter before the one said last.
func (t tongues) storedTime() string {
	c := &chain{}
	c.lower().remove(",").replace("p.m.", "pm").replace("a.m.", "am").replace("p.m", "pm").replace("a.m", "am").replace(".  ", "  ")
	for _, l := range t.known {
		for _, part := range []struct{ said, stored string }{
			{l.half + ", " + l.halfPast, "H"}, {l.quarter + ", " + l.past, "K"}, {l.to, "Q"}, {l.less, "L"}, {l.halfTo, "V"},
		} {
			phrases := split(part.said)
			slices.SortStableFunc(phrases, func(a, b string) int { return len(b) - len(a) })
			for _, each := range phrases {
				c.word(each, part.stored)
			}
		}
		if l.code == "en" {
			c.word("forty five", ":45").word("forty-five", ":45").word("fifteen", ":15").word("thirty", ":30")
		}
		for i, hour := range split(l.hours()) {
			value := strconv.Itoa(i + 1)
			for _, each := range split(l.figures) {
				if word, v, _ := strings.Cut(each, ":"); word == hour {
					value = v
				}
			}
			c.word(hour, value)
		}
		for _, noon := range split(l.noon) {
			c.word(noon, "12:00")
		}
		for _, midnight := range split(l.midnight) {
			c.word(midnight, "0:00")
		}
		for _, pm := range split(l.pm) {
			if pm != "pm" && pm != "p.m." {
				c.word(pm, "P")
			}
		}
		for _, am := range split(l.am) {
			if am != "am" && am != "a.m." {
				c.word(am, "A")
			}
		}
	}
	if t.english {
		for i := range 6 { // 9h30
			c.replace(fmt.Sprintf("h%d", i), fmt.Sprintf(":%d", i))
		}
	}
	c.replace("pm  ", "P").replace("am  ", "A").replace("  :", ":")
	if !t.english {
		for i := range 10 { // 17h, but not 17h30
			c.replace(strconv.Itoa(i)+"h ", strconv.Itoa(i)+" ")
		}
		for _, l := range t.known {
			for _, hour := range split(l.hour) {
				if l.less != "" && hour != "h" {
					c.word(hour, "").replace("   ", "  ")
				}
			}
		}
	}
	said := func(list func(*tongue) string) bool { return t.all(list) != "" }
	for hour := 1; hour <= 12; hour++ {
		last := (hour+10)%12 + 1
		if said(func(l *tongue) string { return l.to }) {
			c.replace(fmt.Sprintf("Q  %d ", hour), fmt.Sprintf("%d:45 ", last))
		}
		if said(func(l *tongue) string { return l.halfTo }) {
			c.replace(fmt.Sprintf("V  %d ", hour), fmt.Sprintf("%d:30 ", last))
		}
		if said(func(l *tongue) string { return l.less }) {
			c.replace(fmt.Sprintf(" %d  L ", hour), fmt.Sprintf(" %d:45 ", last))
		}
	}
	if !t.english {
		for i := range 10 { // 17h30
			c.replace(strconv.Itoa(i)+"h", strconv.Itoa(i)+":")
		}
		c.replace("uhr  ", ":")
	}
	c.replace(".", ":")
	for r := 'a'; r <= 'z'; r++ {
		c.remove(string(r))
	}
	if !t.english {
		for _, r := range accented {
			c.remove(string(r))
		}
	}
	c.remove(" ", "'", "-").replace(":]", "]").replace(":A", "A").replace(":P", "P")
	four := &chain{}
	for h := range 24 {
		four.replace(fmt.Sprintf("[%02d", h), fmt.Sprintf("[%02d:", h))
	}
	var b strings.Builder
	b.WriteString(c.text())
	// Minutes, unless there are some.
	b.WriteString("{% assign hour = text" + (&chain{}).remove("A", "P", "H", "K").String() + " %}{% assign whole = hour | remove: ':' %}" +
		"{% assign half = text | remove: 'H' %}{% assign quarter = text | remove: 'K' %}" +
		"{% if whole == hour %}{% if half == text %}{% if quarter == text %}{% assign length = hour | size %}{% if length == 6 %}{% assign hour = hour" + four.String() + " %}{% else %}{% assign hour = hour | replace: ']', ':00]' %}{% endif %}{% else %}{% assign hour = hour | replace: ']', ':15]' %}{% endif %}" +
		"{% else %}{% assign hour = hour | replace: ']', ':30]' %}{% endif %}{% endif %}")
	later := &chain{}
	for h := 1; h < 12; h++ {
		later.replace(fmt.Sprintf("[%d:", h), fmt.Sprintf("[%d:", h+12))
		if h < 10 {
			later.replace(fmt.Sprintf("[0%d:", h), fmt.Sprintf("[%d:", h+12))
		}
	}
	padded := &chain{}
	for h := range 10 {
		padded.replace(fmt.Sprintf("[%d:", h), fmt.Sprintf("[0%d:", h))
	}
	b.WriteString("{% assign noon = text | remove: 'P' %}{% assign night = text | remove: 'A' %}" +
		"{% if noon == text %}{% else %}{% assign hour = hour" + later.String() + " %}{% endif %}" +
		"{% if night == text %}{% else %}{% assign hour = hour | replace: '[12:', '[00:' %}{% endif %}" +
		"{{hour" + padded.String() + " | remove: '[' | remove: ']'}}")
	return b.String()
}
