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

var fieldTypes = newTable[fieldType]("autopilot_field_types")

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

// knownFieldType reports whether a field may have the type: built in, or a custom
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
	return named(c, fieldTypes, c.PathValue("FieldType"),
		func(t fieldType) bool { return t.AssistantSID == a.SID }, func(t fieldType) string { return t.UniqueName })
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
	if count(c, fieldTypes, func(t fieldType) bool { return t.AssistantSID == a.SID }) >= maxFieldTypes {
		return 0, nil, errOver("field types", maxFieldTypes)
	}
	t := fieldType{record: c.newRecord("UB"), AssistantSID: a.SID}
	f := c.fields()
	f.required("UniqueName")
	c.changeFieldType(f, &t)
	return http.StatusCreated, renderFieldType(t), f.result()
}

// updateFieldType keeps the references of fields that name the type.
func updateFieldType(c *call) (int, any, error) {
	t, err := c.trainingFieldType()
	if err != nil {
		return 0, nil, err
	}
	f := c.fields()
	before := t.UniqueName
	c.touch(&t.record)
	c.changeFieldType(f, &t)
	for _, field := range taskFields.list(c.state, func(f taskField) bool {
		return f.AssistantSID == t.AssistantSID && f.FieldType == before
	}) {
		field.FieldType = t.UniqueName
		taskFields.put(c.state, field)
	}
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
	removeAll(c.state, fieldValues, values)
	fieldTypes.remove(c.state, t.SID)
	return http.StatusNoContent, nil, nil
}
