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

// nullPackages makes what Lookup answers nullable: the document does not say so, and all of its
// examples have null for what was not asked for or is not known.
func nullPackages(doc *openapi3.T) {
	if doc.Components == nil || doc.Components.Schemas["LookupResponse"] == nil {
		return
	}
	answer := doc.Components.Schemas["LookupResponse"]
	for name, pack := range answer.Value.Properties {
		if name == "valid" || name == "url" {
			continue
		}
		pack.Value.Nullable = true
		for _, property := range pack.Value.Properties {
			property.Value.Nullable = true
		}
	}
}
