package compile

import "github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"

// stock is the style sheet that Twilio gives an assistant made without one. It is
// undocumented: exports of assistants without one of their own contain it.
const stock = `{
	"voice": {"say_voice": "Polly.Matthew"},
	"collect": {"validate": {
		"on_failure": {"repeat_question": false, "messages": [
			{"say": "I didn't get that. What did you say?"},
			{"say": "I still didn't catch that. Please repeat."},
			{"say": "Let's try one last time. Say it again please."}
		]},
		"on_success": {"say": ""},
		"max_attempts": 4
	}}
}`

// styleSheet is the schema's, or the one an assistant without any has.
func styleSheet(given *jsondoc.Node) *jsondoc.Node {
	if given != nil && len(given.Members) > 0 {
		return given
	}
	return jsondoc.ParseValue([]byte(stock))
}
