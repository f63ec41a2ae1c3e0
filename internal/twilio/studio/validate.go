package studio

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	openapi "github.com/twilio/twilio-go/rest/studio/v2"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
)

// invalidFlow is the code of "Flow definition validation failed"
// (https://www.twilio.com/docs/api/errors/81022).
const invalidFlow = 81022

// Validate asks Twilio what it would say of a definition
// (https://www.twilio.com/docs/studio/rest-api/v2/flow-validate).
func (h Host) Validate(ctx context.Context, spec bot.Spec) ([]bot.Finding, error) {
	_, err := h.api(ctx).UpdateFlowValidate(&openapi.UpdateFlowValidateParams{
		FriendlyName: &spec.UniqueName, Status: new(published), Definition: definition(spec),
	})
	var refused *twilio.Error
	if !errors.As(err, &refused) || refused.Code != invalidFlow {
		return nil, err
	}
	return findings(refused), nil
}

func findings(refused *twilio.Error) []bot.Finding {
	rows, _ := refused.Details["errors"].([]any)
	var found []bot.Finding
	for _, row := range rows {
		each, _ := row.(map[string]any)
		message, _ := each["message"].(string)
		pointer, _ := each["property_path"].(string)
		found = append(found, bot.Finding{Pointer: strings.TrimPrefix(pointer, "#"), Message: message})
	}
	if len(found) == 0 {
		found = append(found, bot.Finding{Message: refused.Message})
	}
	return found
}

// refusal says what Twilio found wrong with a definition, without the definition. Any
// other error is returned as it is.
func refusal(spec bot.Spec, err error) error {
	var refused *twilio.Error
	if !errors.As(err, &refused) || refused.Code != invalidFlow {
		return err
	}
	var lines []string
	for _, found := range findings(refused) {
		lines = append(lines, fmt.Sprintf("%s: %s", found.Pointer, found.Message))
	}
	return &bot.Problem{
		Summary: "Twilio refuses the flow",
		Detail:  fmt.Sprintf("The definition of %q is not valid:\n%s", spec.UniqueName, strings.Join(lines, "\n")),
		Cause:   err,
	}
}

// definition is a spec's flow in the form in which twilio-go sends it as it is.
func definition(spec bot.Spec) *any {
	var document any = json.RawMessage(spec.Content.Flow.Source())
	return &document
}
