package sandbox

import (
	"net/http"
)

// fieldValue is a value of a field type. SynonymOf is the SID of the value it
// is a synonym of.
type fieldValue struct {
	record
	AssistantSID string `json:"assistant_sid"`
	FieldTypeSID string `json:"field_type_sid"`
	Language     string `json:"language"`
	Value        string `json:"value"`
	SynonymOf    string `json:"synonym_of,omitempty"`
}

var fieldValues = newTable[fieldValue]("autopilot_field_values")

func (c *call) renderFieldValue(v fieldValue) object {
	synonymOf := v.SynonymOf
	if of, ok := fieldValues.get(c.state, v.SynonymOf); ok && c.state.settings.SynonymText {
		synonymOf = of.Value
	}
	return object{
		"sid": v.SID, "account_sid": v.AccountSID, "assistant_sid": v.AssistantSID, "field_type_sid": v.FieldTypeSID,
		"language": v.Language, "value": v.Value, "synonym_of": orNull(synonymOf),
		"date_created": iso8601(v.DateCreated), "date_updated": iso8601(v.DateUpdated),
		"url": autopilotURL(v.AssistantSID + "/FieldTypes/" + v.FieldTypeSID + "/FieldValues/" + v.SID),
	}
}

func (c *call) fieldValue() (fieldValue, error) {
	t, err := c.fieldType()
	if err != nil {
		return fieldValue{}, err
	}
	v, ok := fieldValues.get(c.state, c.PathValue("Sid"))
	if !ok || v.FieldTypeSID != t.SID {
		return v, c.notFound()
	}
	return v, nil
}

func listFieldValues(c *call) (int, any, error) {
	t, err := c.fieldType()
	if err != nil {
		return 0, nil, err
	}
	language := c.params.Get("Language")
	return listPage(c, "field_values", fieldValues.list(c.state, func(v fieldValue) bool {
		return v.FieldTypeSID == t.SID && (language == "" || v.Language == language)
	}), c.renderFieldValue)
}

func fetchFieldValue(c *call) (int, any, error) {
	v, err := c.fieldValue()
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, c.renderFieldValue(v), nil
}

func createFieldValue(c *call) (int, any, error) {
	t, err := c.trainingFieldType()
	if err != nil {
		return 0, nil, err
	}
	values := fieldValues.list(c.state, func(v fieldValue) bool { return v.FieldTypeSID == t.SID })
	if len(values) >= maxFieldValues {
		return 0, nil, errOver("field values", maxFieldValues)
	}
	v := fieldValue{record: c.newRecord("UC"), AssistantSID: t.AssistantSID, FieldTypeSID: t.SID}
	f := c.fields()
	f.required("Language", "Value")
	f.text("Language", &v.Language)
	f.text("Value", &v.Value)
	if of, ok := f.sent("SynonymOf"); ok && of != "" {
		for _, other := range values {
			if other.Language == v.Language && (other.SID == of || other.Value == of) {
				v.SynonymOf = other.SID
			}
		}
		if v.SynonymOf == "" {
			f.fail(invalidParameter(20001, "SynonymOf %s was not found", of))
		}
	}
	for _, other := range values {
		if other.Language == v.Language && other.Value == v.Value {
			f.fail(invalidParameter(90101, "Value %s already exists", v.Value))
		}
	}
	fieldValues.put(c.state, v)
	return http.StatusCreated, c.renderFieldValue(v), f.result()
}

// deleteFieldValue refuses a value that others are synonyms of, which Twilio's
// documents leave open.
func deleteFieldValue(c *call) (int, any, error) {
	v, err := c.fieldValue()
	if err == nil {
		_, err = c.training()
	}
	if err != nil {
		return 0, nil, err
	}
	if has(c, fieldValues, func(other fieldValue) bool { return other.SynonymOf == v.SID }) {
		return 0, nil, invalidParameter(20001, "Cannot delete field value %s while it has synonyms", v.SID)
	}
	fieldValues.remove(c.state, v.SID)
	return http.StatusNoContent, nil, nil
}
