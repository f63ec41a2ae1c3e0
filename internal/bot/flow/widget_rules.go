package flow

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

var flowSID = regexp.MustCompile(`^FW[0-9a-fA-F]{32}$`)

func (v *validator) properties(who string, s State, w widget, known bool, at jsontext.Pointer) {
	n := s.properties()
	if !n.Present() {
		v.err(Missing, at, "Write \"properties\": {} if it has none.", "%s has no properties", who)
		return
	}
	kinds := w.kinds()
	for _, name := range w.required {
		if n.Get(name) == nil {
			v.err(Missing, at.AppendToken(name), fmt.Sprintf("A %s widget needs it.", s.Type), "%s lacks the property %q", who, name)
		}
	}
	for _, m := range n.Members {
		at := at.AppendToken(m.Name)
		kind, has := kinds[m.Name]
		switch {
		case m.Value.Kind == 'n':
			v.null(at, who)
		case m.Name == offsetKey:
			v.offset(who, m.Value, at)
		case !has && known && w.properties:
			v.warn(UnknownProperty, at, fmt.Sprintf("Studio may refuse it. A %s widget is known to have: %s.%s",
				s.Type, strings.Join(names(kinds), ", "), nearest(m.Name, names(kinds))),
				"%s has the property %q, which its widget is not known to have", who, m.Name)
		case has && v.is(who, fmt.Sprintf("the property %q", m.Name), m.Value, at, kind):
			v.propertyValue(who, m, at)
		}
		v.liquid(fmt.Sprintf("%s, property %q,", who, m.Name), m.Value, at)
	}
}

func names(kinds map[string]jsontext.Kind) []string {
	out := []string{offsetKey}
	for name := range kinds {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// is reports whether a value is of a JSON type, and records an error if it is not. An
// integer has neither a point nor an exponent, which is how Studio's own validator
// distinguishes it from a number.
func (v *validator) is(who, what string, n *jsondoc.Node, at jsontext.Pointer, kind jsontext.Kind) bool {
	found := n.Kind
	if found == 'f' {
		found = 't'
	}
	if found == kind && (kind != '0' || !strings.ContainsAny(n.Text, ".eE")) {
		return true
	}
	want := jsondoc.KindName(kind)
	var detail string
	switch {
	case found == 'n':
		v.null(at, who)
		return false
	case kind == '0':
		want, detail = "a whole number", "Write it without quotes, point or exponent; Liquid is not possible here."
	case kind == '"' && (found == '0' || found == 't'):
		detail = "Write it in quotes."
	case kind == 't' && found == '"':
		detail = "Write it without quotes."
	default:
		detail = fmt.Sprintf("Write %s.", want)
	}
	v.err(WrongType, at, detail, "%s has %s as %s, and Studio expects %s", who, what, jsondoc.KindName(n.Kind), want)
	return false
}

func (v *validator) offset(who string, n *jsondoc.Node, at jsontext.Pointer) {
	if !v.is(who, "the property \"offset\"", n, at, '{') {
		return
	}
	v.known(who+"'s offset", n, at, Error, []string{"x", "y"})
	for _, name := range []string{"x", "y"} {
		if n.Get(name) == nil {
			v.err(Missing, at.AppendToken(name), "Give both x and y, or leave the offset out.", "%s's offset has no %s", who, name)
		} else {
			v.is(who, fmt.Sprintf("the offset's %s", name), n.Get(name), at.AppendToken(name), '0')
		}
	}
}

// propertyValue checks the value of a property whose type is right.
func (v *validator) propertyValue(who string, m jsondoc.Member, at jsontext.Pointer) {
	if values := allowed[m.Name]; values != nil && !slices.Contains(values, m.Value.Text) {
		v.err(BadValue, at, fmt.Sprintf("Write %s.", strings.Join(values, " or ")),
			"%s has the property %q with a value that Studio does not have", who, m.Name)
	}
	switch m.Name {
	case "flow_sid":
		if !flowSID.MatchString(m.Value.Text) {
			v.err(BadSubflow, at, "Write the SID of the flow, FW and 32 hexadecimal digits; Liquid is not possible here.",
				"%s does not name its subflow by a SID", who)
		}
	case "parameters", "variables", "content_variables":
		for i, elem := range m.Value.Elems {
			v.pair(who, m.Name, i, elem, index(at, i))
		}
	}
}

func (v *validator) pair(who, list string, i int, n *jsondoc.Node, at jsontext.Pointer) {
	what := fmt.Sprintf("number %d of %s", i+1, list)
	if !v.is(who, what, n, at, '{') {
		return
	}
	for _, name := range []string{"key", "value"} {
		if n.Get(name) == nil {
			v.err(Missing, at.AppendToken(name), "Each has a key and a value.", "%s has %s without a %s", who, what, name)
		} else {
			v.is(who, fmt.Sprintf("the %s of %s", name, what), n.Get(name), at.AppendToken(name), '"')
		}
	}
}
