package studio

import (
	"bytes"
	"encoding/json"
	"strings"
)

// object is a JSON object as Liquid sees it.
type object = map[string]any

// values is an object that decodes integers as integers, so
// that 1000000 is not printed as 1e+06.
type values object

// UnmarshalJSON implements json.Unmarshaler.
func (v *values) UnmarshalJSON(text []byte) error {
	decoded, err := decode(text)
	if err != nil {
		return err
	}
	fields, ok := decoded.(object)
	if !ok {
		fields = object{}
	}
	*v = fields
	return nil
}

// decode reads any one JSON value.
func decode(text []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	if decoder.More() {
		return nil, &json.SyntaxError{Offset: decoder.InputOffset()}
	}
	return plain(value), nil
}

func plain(value any) any {
	switch value := value.(type) {
	case json.Number:
		if whole, err := value.Int64(); err == nil {
			return whole
		}
		number, err := value.Float64()
		if err != nil {
			return value.String() // beyond the range of numbers
		}
		return number
	case object:
		for key, item := range value {
			value[key] = plain(item)
		}
	case []any:
		for i, item := range value {
			value[i] = plain(item)
		}
	}
	return value
}

// encode writes a value as JSON the way Liquid's to_json does.
func encode(value any) string {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return "null" // every value of Liquid can be encoded
	}
	return strings.TrimSuffix(text.String(), "\n")
}
