package studio

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/osteele/liquid"
	"github.com/osteele/liquid/render"
	"github.com/osteele/tuesday"
)

// loopLimit is the bound of a Liquid loop in Studio
// (https://twilio.com/docs/studio/user-guide/studio-faq).
const loopLimit = 15

// maxRange is how long a range may be, including the offset.
const maxRange = 10_000

// maxRendered is how long a text may be that a template renders
// (https://www.twilio.com/docs/studio/user-guide/liquid-template-language).
const maxRendered = 16 << 10

// templates renders Liquid. It caches parsed templates, since an execution renders the
// same texts again and again, for each transition of a split. It is for one goroutine.
type templates struct {
	engine *liquid.Engine
	parsed map[string]*liquid.Template
}

// newLiquid is Liquid as in Studio: with to_json, without files, and with the given
// clock.
func newLiquid(now func() time.Time) *templates {
	engine := liquid.NewEngine()
	engine.RegisterFilter("to_json", encode)
	engine.RegisterFilter("date", func(value any, format func(string) string) (string, error) {
		moment, err := moment(value, now)
		if err != nil {
			return "", err
		}
		return tuesday.Strftime(format("%a, %b %d, %y"), moment)
	})
	engine.RegisterTag("include", func(render.Context) (string, error) {
		return "", errors.New("include is not supported by Studio")
	})
	return &templates{engine: engine, parsed: map[string]*liquid.Template{}}
}

// moment is the point in time a value of the date filter names.
func moment(value any, now func() time.Time) (time.Time, error) {
	switch value := value.(type) {
	case time.Time:
		return value, nil
	case int64:
		return time.Unix(value, 0).UTC(), nil
	case string:
		if value == "now" || value == "today" {
			return now().UTC(), nil
		}
		for _, layout := range []string{time.RFC3339, time.RFC1123Z, time.DateTime, time.DateOnly} {
			if parsed, err := time.Parse(layout, value); err == nil {
				return parsed, nil
			}
		}
	}
	return time.Time{}, fmt.Errorf("%v is not a date", value)
}

var (
	forTag   = regexp.MustCompile(`(\{%-?\s*for\s+\S+\s+in\s+(?:[^%]|%[^}])*?)(\s*-?%\})`)
	forLimit = regexp.MustCompile(`\s*limit\s*:\s*(\S+?)(\s|-?%\})`)
	forRange = regexp.MustCompile(`\(\s*(-?\d{1,9})\s*\.\.\s*(-?\d+)\s*\)`)
)

// limited is a for tag that stops where Studio stops it. The library expands
// a range to a list before it applies the limit, so the range is cut as well.
func limited(tag string) string {
	limit := loopLimit
	if found := forLimit.FindStringSubmatch(tag); found != nil {
		if n, err := strconv.Atoi(found[1]); err == nil && n >= 0 {
			limit = min(limit, n)
		}
		tag = forLimit.ReplaceAllString(tag, "${2}")
	}
	tag = forRange.ReplaceAllStringFunc(tag, func(bounds string) string {
		ends := forRange.FindStringSubmatch(bounds)
		from, err := strconv.Atoi(ends[1])
		to, failed := strconv.Atoi(ends[2])
		if err != nil || failed != nil || to-from > maxRange {
			to = from + maxRange
		}
		return fmt.Sprintf("(%d..%d)", from, to)
	})
	return forTag.ReplaceAllString(tag, fmt.Sprintf("${1} limit:%d${2}", limit))
}

// liquify renders a text. One that cannot be rendered gives an empty text and an error.
func liquify(known *templates, text string, context object) (rendered string, err error) {
	if !strings.Contains(text, "{{") && !strings.Contains(text, "{%") {
		return text, nil
	}
	// The library lets some filters panic on values they do not expect.
	defer func() {
		if reason := recover(); reason != nil {
			cause, _, _ := strings.Cut(fmt.Sprint(reason), "\n")
			rendered, err = "", fmt.Errorf("liquid: %s", cause)
		}
	}()
	t := known.parsed[text]
	if t == nil {
		var failed liquid.SourceError
		if t, failed = known.engine.ParseString(forTag.ReplaceAllStringFunc(text, limited)); failed != nil {
			return "", failed
		}
		known.parsed[text] = t
	}
	rendered, failed := t.RenderString(context)
	if failed != nil {
		return "", failed
	}
	if len(rendered) > maxRendered {
		return "", fmt.Errorf("the text has %d bytes, and Studio renders %d at most", len(rendered), maxRendered)
	}
	return rendered, nil
}
