package conform

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

// e164 is a phone number. The descriptions of from and to of a message say that they have the
// same format, and that they may also be an address of another channel (whatsapp:+12025550142), a
// short code, or a sender of letters and digits.
var e164 = regexp.MustCompile(`^(\+[1-9][0-9]{1,14}|[a-z]+:\S+|[0-9]{3,8}|[0-9A-Za-z ]{0,10}[A-Za-z][0-9A-Za-z ]{0,10})$`)

// answerFormats are the string formats of Twilio's documents, for answers.
func answerFormats() []openapi3.SchemaValidationOption {
	return append(requestFormats(), format("phone-number", func(value string) error {
		if !e164.MatchString(value) {
			return fmt.Errorf("%q is not in E.164", value)
		}
		return nil
	}), format("date-time", func(value string) error {
		_, err := time.Parse(time.RFC3339Nano, value)
		return err
	}))
}

// requestFormats are the same for requests, in which a phone number may be a
// part of one and hold wildcards, a date may be a day, as the descriptions of filters say, and an
// empty string clears a value.
func requestFormats() []openapi3.SchemaValidationOption {
	return slices.Clone([]openapi3.SchemaValidationOption{
		openapi3.EnableFormatValidation(),
		format("date-time-rfc-2822", func(value string) error {
			_, err := time.Parse(time.RFC1123Z, value)
			return err
		}),
		format("date-time", func(value string) error {
			_, err := time.Parse(time.RFC3339Nano, value)
			if _, day := time.Parse(time.DateOnly, value); day == nil {
				return nil
			}
			return err
		}),
		format("uri", func(value string) error {
			_, err := url.Parse(value)
			return err
		}),
	})
}

func format(name string, check func(string) error) openapi3.SchemaValidationOption {
	return openapi3.WithStringFormatValidator(name, openapi3.NewCallbackValidator(check))
}
