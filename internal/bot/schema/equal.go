package schema

import (
	"maps"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

// Equal reports whether live has what config asks for. It is not symmetric. These are
// optional, and any live value satisfies a config without them: logQueries, friendly
// names, the URLs and channels that the exporter does not write, a task's actions, and
// each key of defaults and styleSheet. Lists are complete: live must not have an element
// that config does not list.
func Equal(config, live *Schema) bool {
	return logQueriesMet(config.LogQueries, live.LogQueries) &&
		met(tree(config.Defaults), tree(live.Defaults)) &&
		met(tree(config.StyleSheet), tree(live.StyleSheet)) &&
		listMet(config.FieldTypes, live.FieldTypes, FieldType.id, fieldTypeMet) &&
		listMet(config.Tasks, live.Tasks, Task.id, taskMet)
}

// logQueriesMet assumes Twilio's default for a value that was not read.
func logQueriesMet(want, live *bool) bool {
	return want == nil || *want == (live == nil || *live)
}

// met reports whether the live part of defaults or styleSheet has what want asks for.
func met(want, live *jsondoc.Node) bool {
	switch {
	case want == nil:
		return true
	case want.Kind == '{':
		return membersMet(want, live)
	case isUnset(want):
		return isUnset(live)
	default:
		return jsondoc.Equal(want, live)
	}
}

func membersMet(want, live *jsondoc.Node) bool {
	for _, m := range want.Members {
		if !met(m.Value, live.Get(m.Name)) {
			return false
		}
	}
	return true
}

// listMet reports whether two lists have the same elements by id, each as wanted.
func listMet[T any](want, live []T, of func(T) id, elemMet func(want, live T) bool) bool {
	w, l := index(want, of), index(live, of)
	if len(w) != len(l) {
		return false
	}
	for key := range maps.Keys(w) {
		have, ok := l[key]
		if !ok || !elemMet(w[key], have) {
			return false
		}
	}
	return true
}

// textMet compares texts that are optional in a file.
func textMet(want, live string) bool { return want == "" || want == live }

func fieldTypeMet(want, live FieldType) bool {
	return textMet(want.FriendlyName, live.FriendlyName) &&
		listMet(want.Values, live.Values, Value.id, valueMet)
}

func valueMet(want, live Value) bool { return want.SynonymOf == live.SynonymOf }

func taskMet(want, live Task) bool {
	return textMet(want.FriendlyName, live.FriendlyName) &&
		urlMet(want, live) && actionsMet(want, live) &&
		listMet(want.Fields, live.Fields, Field.id, fieldMet) &&
		listMet(want.Samples, live.Samples, Sample.id, sampleMet)
}

// urlMet reports whether the task's actions come from the URL that want gives. A file that
// gives actions asks for no URL.
func urlMet(want, live Task) bool {
	if want.externalURL() == "" && want.Actions == nil {
		return true
	}
	return want.externalURL() == live.externalURL()
}

func actionsMet(want, live Task) bool {
	return want.Actions == nil || jsondoc.Equal(actionsTree(want.Actions), actionsTree(live.Actions))
}

func fieldMet(want, live Field) bool {
	return CanonicalFieldType(want.FieldType) == CanonicalFieldType(live.FieldType)
}

func sampleMet(want, live Sample) bool { return textMet(want.SourceChannel, live.SourceChannel) }
