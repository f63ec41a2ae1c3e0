package sandbox

import (
	"net/http"
	"slices"
	"strings"
)

const (
	fieldTypesPath  = assistantPath + "/FieldTypes"
	fieldTypePath   = fieldTypesPath + "/{FieldType}"
	fieldValuesPath = fieldTypePath + "/FieldValues"
)

// fieldType is a custom field type of an assistant.
type fieldType struct {
	record
	AssistantSID string `json:"assistant_sid"`
	UniqueName   string `json:"unique_name"`
	FriendlyName string `json:"friendly_name"`
}

// fieldValue is a value of a field type. SynonymOf is the SID of the value it
// stands for.
type fieldValue struct {
	record
	AssistantSID string `json:"assistant_sid"`
	FieldTypeSID string `json:"field_type_sid"`
	Language     string `json:"language"`
	Value        string `json:"value"`
	SynonymOf    string `json:"synonym_of,omitempty"`
}

var (
	fieldTypes  = newTable[fieldType]("autopilot_field_types")
	fieldValues = newTable[fieldValue]("autopilot_field_values")
)

// The field types every assistant has
// (https://www.twilio.com/docs/autopilot/built-in-field-types).
var builtInFieldTypes = []string{
	"ALPHANUMERIC", "NUMBER", "NUMBER_SEQUENCE", "PHONE_NUMBER", "YES_NO", "LANGUAGE", "COUNTRY", "COUNTRY_ISO_ALPHA2",
	"COUNTRY_ISO_ALPHA3", "CURRENCY", "CITY", "US_STATE", "FIRST_NAME", "LAST_NAME", "EMAIL", "DAY_OF_WEEK", "MONTH", "DATE", "TIME",
}

func fieldTypeRoutes() []route {
	params := []string{"UniqueName", "FriendlyName"}
	return []route{
		{method: "GET", pattern: fieldTypesPath, list: true, handler: listFieldTypes},
		{method: "POST", pattern: fieldTypesPath, params: params, handler: createFieldType},
		{method: "GET", pattern: fieldTypePath, handler: fetchFieldType},
		{method: "POST", pattern: fieldTypePath, params: params, handler: updateFieldType},
		{method: "DELETE", pattern: fieldTypePath, handler: deleteFieldType},
		{method: "GET", pattern: fieldValuesPath, list: true, params: []string{"Language"}, handler: listFieldValues},
		{method: "POST", pattern: fieldValuesPath, params: []string{"Language", "Value", "SynonymOf"}, handler: createFieldValue},
		{method: "GET", pattern: fieldValuesPath + "/{Sid}", handler: fetchFieldValue},
		{method: "DELETE", pattern: fieldValuesPath + "/{Sid}", handler: deleteFieldValue},
	}
}

// knownFieldType tells whether a field may have the type: built in, or a custom
// one by its name or SID.
func (c *call) knownFieldType(assistantSID, name string) bool {
	if builtIn, ok := strings.CutPrefix(name, "Twilio."); ok {
		return slices.Contains(builtInFieldTypes, builtIn)
	}
	return has(c, fieldTypes, func(t fieldType) bool {
		return t.AssistantSID == assistantSID && (t.UniqueName == name || t.SID == name)
	})
}

func (t fieldType) url() string { return autopilotURL(t.AssistantSID + "/FieldTypes/" + t.SID) }

func renderFieldType(t fieldType) object {
	return object{
		"sid": t.SID, "account_sid": t.AccountSID, "assistant_sid": t.AssistantSID,
		"unique_name": t.UniqueName, "friendly_name": t.FriendlyName,
		"date_created": iso8601(t.DateCreated), "date_updated": iso8601(t.DateUpdated),
		"url": t.url(), "links": object{"field_values": t.url() + "/FieldValues"},
	}
}

func (c *call) fieldType() (fieldType, error) {
	a, err := c.assistant()
	if err != nil {
		return fieldType{}, err
	}
	named := c.PathValue("FieldType")
	t, ok := fieldTypes.first(c.state, func(t fieldType) bool {
		return t.AssistantSID == a.SID && (t.SID == named || t.UniqueName == named)
	})
	if !ok {
		return t, c.notFound()
	}
	return t, nil
}

func (c *call) trainingFieldType() (fieldType, error) {
	t, err := c.fieldType()
	if err == nil {
		_, err = c.training()
	}
	return t, err
}

func listFieldTypes(c *call) (int, any, error) {
	a, err := c.assistant()
	if err != nil {
		return 0, nil, err
	}
	return listPage(c, "field_types", fieldTypes.list(c.state, func(t fieldType) bool { return t.AssistantSID == a.SID }), renderFieldType)
}

func fetchFieldType(c *call) (int, any, error) {
	t, err := c.fieldType()
	return http.StatusOK, renderFieldType(t), err
}

func createFieldType(c *call) (int, any, error) {
	a, err := c.training()
	if err != nil {
		return 0, nil, err
	}
	if len(fieldTypes.list(c.state, func(t fieldType) bool { return t.AssistantSID == a.SID })) >= maxFieldTypes {
		return 0, nil, errOver("field types", maxFieldTypes)
	}
	t := fieldType{record: c.newRecord("UB"), AssistantSID: a.SID}
	f := c.fields()
	f.required("UniqueName")
	c.changeFieldType(f, &t)
	return http.StatusCreated, renderFieldType(t), f.result()
}

func updateFieldType(c *call) (int, any, error) {
	t, err := c.trainingFieldType()
	if err != nil {
		return 0, nil, err
	}
	f := c.fields()
	c.touch(&t.record)
	c.changeFieldType(f, &t)
	return http.StatusOK, renderFieldType(t), f.result()
}

func (c *call) changeFieldType(f *fields, t *fieldType) {
	f.uniqueName(&t.UniqueName, func(name string) bool {
		return has(c, fieldTypes, func(other fieldType) bool {
			return other.SID != t.SID && other.AssistantSID == t.AssistantSID && other.UniqueName == name
		})
	})
	f.length("FriendlyName", &t.FriendlyName, 0, 255, 20001)
	fieldTypes.put(c.state, *t)
}

// deleteFieldType refuses a type that fields use, which Twilio's documents leave
// open.
func deleteFieldType(c *call) (int, any, error) {
	t, err := c.trainingFieldType()
	if err != nil {
		return 0, nil, err
	}
	if has(c, taskFields, func(f taskField) bool {
		return f.AssistantSID == t.AssistantSID && (f.FieldType == t.UniqueName || f.FieldType == t.SID)
	}) {
		return 0, nil, invalidParameter(20001, "Cannot delete field type %s while a field uses it", t.SID)
	}
	values := func(v fieldValue) bool { return v.FieldTypeSID == t.SID }
	if c.state.settings.StrictDeletes && has(c, fieldValues, values) {
		return 0, nil, errHasContent("field type " + t.SID)
	}
	removeAll(c, fieldValues, values)
	fieldTypes.remove(c.state, t.SID)
	return http.StatusNoContent, nil, nil
}

// renderFieldValue gives the SID of a synonym's value, as the OpenAPI document has
// it; answers of living Twilio were seen to give its text.
func renderFieldValue(v fieldValue) object {
	return object{
		"sid": v.SID, "account_sid": v.AccountSID, "assistant_sid": v.AssistantSID, "field_type_sid": v.FieldTypeSID,
		"language": v.Language, "value": v.Value, "synonym_of": orNull(v.SynonymOf),
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
	}), renderFieldValue)
}

func fetchFieldValue(c *call) (int, any, error) {
	v, err := c.fieldValue()
	return http.StatusOK, renderFieldValue(v), err
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
	return http.StatusCreated, renderFieldValue(v), f.result()
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
