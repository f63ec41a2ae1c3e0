package conform

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// isUnlisted reports whether a call is one that no document has: version 3 of Routes, and open
// conversations, of the default service and of others, which twilio-go has, and the uploads of
// functions, which github.com/twilio-labs/serverless-toolkit has.
func isUnlisted(r *http.Request) bool {
	if plainHost(r.Host) == "serverless-upload.twilio.com" {
		return true
	}
	for _, path := range []string{"/v3/PhoneNumbers/", "/v1/Conversations", "/v1/Services/IS"} {
		if strings.HasPrefix(r.URL.Path, path) {
			return true
		}
	}
	return plainHost(r.Host) == "conversations.twilio.com" && r.URL.Path == "/v1/Services"
}

func (c *Checker) check(r *http.Request, body []byte, answer *tee) error {
	if strings.HasSuffix(plainHost(r.Host), ".twil.io") {
		return nil // a function
	}
	if answer.status >= 400 {
		return checkError(answer)
	}
	if isUnlisted(r) {
		return nil
	}
	route, params, located, err := c.find(r, r.Method, withoutEmpty(r, body))
	if errors.Is(err, routers.ErrMethodNotAllowed) {
		return c.checkUnlisted(r, answer)
	}
	if err != nil {
		return err
	}
	input := &openapi3filter.RequestValidationInput{
		Request: located, PathParams: params, Route: route,
		Options: &openapi3filter.Options{
			AuthenticationFunc:      openapi3filter.NoopAuthenticationFunc,
			SkipSettingDefaults:     true,
			SchemaValidationOptions: requestFormats(),
		},
	}
	if err := openapi3filter.ValidateRequest(r.Context(), input); err != nil {
		return fmt.Errorf("the request was accepted, but: %w", err)
	}
	if err := checkNames(route.Operation, r, body); err != nil {
		return fmt.Errorf("the request was accepted, but: %w", err)
	}
	response := route.Operation.Responses.Status(answer.status)
	if response == nil {
		return fmt.Errorf("the document lists no answer with this status")
	}
	content := response.Value.Content.Get("application/json")
	if content == nil || content.Schema == nil {
		if answer.body.Len() > 0 {
			return fmt.Errorf("the document lists no body, the answer has %q", answer.body.String())
		}
		return nil
	}
	return checkBody(content.Schema.Value, answer)
}

// withoutEmpty drops empty parameters from a form: they clear a value, whatever
// format the document requires.
func withoutEmpty(r *http.Request, body []byte) []byte {
	if isJSON(r) {
		return body
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return body
	}
	for name, values := range form {
		if form[name] = slices.DeleteFunc(values, func(v string) bool { return v == "" }); len(form[name]) == 0 {
			delete(form, name)
		}
	}
	return []byte(form.Encode())
}

// find finds the operation of a method at the request's path: in the document of
// the request's host or, where that is not Twilio's, in any. The request
// returned is a copy on the document's host.
func (c *Checker) find(r *http.Request, method string, body []byte) (*routers.Route, map[string]string, *http.Request, error) {
	var result error
	result = routers.ErrPathNotFound
	name := plainHost(r.Host)
	for _, d := range c.documents {
		if strings.HasSuffix(name, ".twilio.com") && name != d.host {
			continue
		}
		located := r.Clone(r.Context())
		located.Method = method
		located.URL.Scheme, located.URL.Host, located.Host = "https", d.host, d.host
		located.Body = io.NopCloser(bytes.NewReader(body))
		route, params, err := d.router.FindRoute(located)
		if err == nil {
			return route, params, located, nil
		}
		if errors.Is(err, routers.ErrMethodNotAllowed) {
			result = err
		}
	}
	return nil, nil, nil, result
}

// plainHost is a Twilio host without its edge and region, and without a port.
func plainHost(host string) string {
	u := url.URL{Host: strings.ToLower(host)}
	labels, ok := strings.CutSuffix(u.Hostname(), ".twilio.com")
	if !ok {
		return u.Hostname()
	}
	product, _, _ := strings.Cut(labels, ".")
	return product + ".twilio.com"
}

// checkUnlisted checks the answer of an operation the documents leave out, at a
// path they have: the trimmed 2010 document lists only the reads of
// Applications. The answer to a write has the form of a read.
func (c *Checker) checkUnlisted(r *http.Request, answer *tee) error {
	if r.Method == http.MethodDelete {
		if answer.status != http.StatusNoContent || answer.body.Len() > 0 {
			return errors.New("a deletion is answered by 204 without a body")
		}
		return nil
	}
	route, _, _, err := c.find(r, http.MethodGet, nil)
	if err != nil {
		return fmt.Errorf("neither the operation nor its read is in the documents: %w", err)
	}
	content := route.Operation.Responses.Status(http.StatusOK).Value.Content.Get("application/json")
	schema := content.Schema.Value
	for _, property := range schema.Properties {
		if property.Value.Type.Is("array") && property.Value.Items != nil && strings.HasPrefix(route.Operation.OperationID, "List") {
			return checkBody(property.Value.Items.Value, answer)
		}
	}
	return checkBody(schema, answer)
}

// checkNames refuses parameters the operation does not name.
func checkNames(operation *openapi3.Operation, r *http.Request, body []byte) error {
	for name := range r.URL.Query() {
		if operation.Parameters.GetByInAndName("query", name) == nil {
			return fmt.Errorf("the document has no query parameter %q", name)
		}
	}
	if isJSON(r) {
		return checkJSONNames(operation, body)
	}
	form, err := url.ParseQuery(string(body))
	if err != nil || len(form) == 0 {
		return err
	}
	if operation.RequestBody == nil {
		return errors.New("the document lists no body")
	}
	content := operation.RequestBody.Value.Content.Get("application/x-www-form-urlencoded")
	for name := range form {
		if _, ok := content.Schema.Value.Properties[name]; !ok {
			return fmt.Errorf("the document has no form parameter %q", name)
		}
	}
	return nil
}

// isJSON reports whether a request declares its body to be JSON.
func isJSON(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Content-Type"), "application/json")
}

// checkJSONNames refuses properties of a JSON body that the document does not name.
func checkJSONNames(operation *openapi3.Operation, body []byte) error {
	if operation.RequestBody == nil {
		return errors.New("the document lists no body")
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return fmt.Errorf("the body is not JSON: %w", err)
	}
	return known("", operation.RequestBody.Value.Content.Get("application/json").Schema.Value, value)
}

// known reports an object's property that a schema with properties does not have.
func known(at string, schema *openapi3.Schema, value any) error {
	fields, ok := value.(map[string]any)
	if !ok || len(schema.Properties) == 0 {
		return nil
	}
	for name, inner := range fields {
		property, has := schema.Properties[name]
		if !has {
			return fmt.Errorf("the document has no property %s/%s", at, name)
		}
		if err := known(at+"/"+name, property.Value, inner); err != nil {
			return err
		}
	}
	return nil
}

func checkBody(schema *openapi3.Schema, answer *tee) error {
	if kind := answer.Header().Get("Content-Type"); !strings.HasPrefix(kind, "application/json") {
		return fmt.Errorf("the Content-Type of the answer is %q", kind)
	}
	var value any
	if err := json.Unmarshal(answer.body.Bytes(), &value); err != nil {
		return fmt.Errorf("the answer is not JSON: %w", err)
	}
	value = liveForm("", value)
	if err := schema.VisitJSON(value, append(answerFormats(), openapi3.VisitAsResponse(), openapi3.MultiErrors())...); err != nil {
		return fmt.Errorf("the answer: %w", err)
	}
	return complete("", schema, value)
}

// nationalForm is how Twilio writes a North American number for people.
var nationalForm = regexp.MustCompile(`^\(([0-9]{3})\) ([0-9]{3})-([0-9]{4})$`)

// liveForm turns what live answers hold into what the document wants: the empty string
// into null where it wants a SID or null (sms_application_sid and
// voice_application_sid), and a friendly name that is a number into E.164.
func liveForm(name string, value any) any {
	switch value := value.(type) {
	case map[string]any:
		for key, inner := range value {
			value[key] = liveForm(key, inner)
		}
	case []any:
		for i, inner := range value {
			value[i] = liveForm(name, inner)
		}
	case string:
		if value == "" && strings.HasSuffix(name, "_application_sid") {
			return nil
		}
		if name == "friendly_name" {
			return nationalForm.ReplaceAllString(value, "+1$1$2$3")
		}
	}
	return value
}

// complete reports which properties are missing or unknown: Twilio's answers hold
// all of a schema's properties, though its documents require none.
func complete(at string, schema *openapi3.Schema, value any) error {
	switch value := value.(type) {
	case map[string]any:
		if len(schema.Properties) == 0 {
			return nil
		}
		for name, property := range schema.Properties {
			inner, ok := value[name]
			if !ok {
				return fmt.Errorf("the answer lacks %s/%s", at, name)
			}
			if err := complete(at+"/"+name, property.Value, inner); err != nil {
				return err
			}
		}
		for name := range value {
			if _, ok := schema.Properties[name]; !ok {
				return fmt.Errorf("the answer has %s/%s, which the document does not have", at, name)
			}
		}
	case []any:
		if schema.Items == nil {
			return nil
		}
		for i, inner := range value {
			if err := complete(fmt.Sprintf("%s/%d", at, i), schema.Items.Value, inner); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkError checks that a refusal has Twilio's error body. A body that is not
// JSON passes: Twilio's edge answers with HTML or nothing.
func checkError(answer *tee) error {
	if !strings.HasPrefix(answer.Header().Get("Content-Type"), "application/json") {
		return nil
	}
	var body map[string]any
	if err := json.Unmarshal(answer.body.Bytes(), &body); err != nil {
		return fmt.Errorf("the error is not a JSON object: %w", err)
	}
	if body["status"] != float64(answer.status) {
		return fmt.Errorf("the error says status %v", body["status"])
	}
	if code, ok := body["code"].(float64); !ok || code < 10000 {
		return fmt.Errorf("the error has the code %v", body["code"])
	}
	if message, _ := body["message"].(string); message == "" {
		return errors.New("the error has no message")
	}
	known := []string{"code", "message", "more_info", "status", "details", "moreInfo", "detail"}
	for name := range body {
		if !slices.Contains(known, name) {
			return fmt.Errorf("the error has the unknown key %q", name)
		}
	}
	return nil
}
