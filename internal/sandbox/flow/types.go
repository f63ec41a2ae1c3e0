package flow

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// kind is a JSON type, in the words of Studio's messages.
type kind string

const (
	text    kind = "string"
	integer kind = "integer"
	boolean kind = "boolean"
	array   kind = "array"
	anObj   kind = "object"
)

func kindOf(value any) kind {
	switch value := value.(type) {
	case nil:
		return "null"
	case string:
		return text
	case bool:
		return boolean
	case []any:
		return array
	case map[string]any:
		return anObj
	case json.Number:
		if strings.ContainsAny(value.String(), ".eE") {
			return "number"
		}
	}
	return integer
}

// is reports whether the value has the kind, and records a problem if not.
func (v *validation) is(path string, value any, wanted kind) bool {
	found := kindOf(value)
	switch found {
	case wanted:
		return true
	case "null":
		v.add(path, "must not be null")
	default:
		v.add(path, "%s found, %s expected", found, wanted)
	}
	return false
}

func (v *validation) object(path string, value any) (map[string]any, bool) {
	if !v.is(path, value, anObj) {
		return nil, false
	}
	return value.(map[string]any), true
}

func (v *validation) list(path string, value any) ([]any, bool) {
	if !v.is(path, value, array) {
		return nil, false
	}
	return value.([]any), true
}

// objectAt is the object under the key, if there is one.
func (v *validation) objectAt(path string, in map[string]any, key string) (map[string]any, bool) {
	value, sent := in[key]
	if !sent {
		return nil, false
	}
	return v.object(path+"/"+key, value)
}

// required returns the value under the key, nil if it is missing or of another kind.
func (v *validation) required(path string, in map[string]any, key string, wanted kind) any {
	if _, sent := in[key]; !sent {
		v.add(path+"/"+key, missing)
		return nil
	}
	return v.optional(path, in, key, wanted)
}

// optional returns the value under the key, nil if it is absent or of another kind.
func (v *validation) optional(path string, in map[string]any, key string, wanted kind) any {
	value, sent := in[key]
	if !sent || !v.is(path+"/"+key, value, wanted) {
		return nil
	}
	return value
}

// known refuses keys that are not among those given.
func (v *validation) known(path string, in map[string]any, keys ...string) {
	for _, key := range slices.Sorted(maps.Keys(in)) {
		if !slices.Contains(keys, key) {
			v.add(path+"/"+key, "is not defined in the schema and the schema does not allow additional properties")
		}
	}
}
