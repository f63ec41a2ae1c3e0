package conform

import "github.com/getkin/kin-openapi/openapi3"

// typeForms makes the form parameters without a type strings. Twilio's documents
// leave the type out where the string holds JSON (Definition, Actions); without
// one kin-openapi reads such a parameter as null.
func typeForms(doc *openapi3.T) {
	for _, item := range doc.Paths.Map() {
		for _, operation := range item.Operations() {
			if operation.RequestBody == nil {
				continue
			}
			content := operation.RequestBody.Value.Content.Get("application/x-www-form-urlencoded")
			if content == nil || content.Schema == nil {
				continue
			}
			for _, property := range content.Schema.Value.Properties {
				if property.Value.IsEmpty() {
					property.Value.Type = &openapi3.Types{openapi3.TypeString}
				}
			}
		}
	}
}
