package provider

import (
	"fmt"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// advice says what to change in the configuration because of a problem, in the words of
// Terraform; empty where the problem's own words say what to do.
func advice(problem *bot.Problem) string {
	switch problem.Kind {
	case bot.NumberTaken:
		return "To take the number over, set `overwrite = true` on this binding; " +
			"if another binding of this configuration holds it, remove that one in an apply of its own first, or set `overwrite = true`. " +
			"A binding that is replaced with `create_before_destroy` and gets another bot at once needs it too: what is created first does not know what the other had."
	case bot.NumberRepointed:
		leave := "remove this binding, which then frees nothing"
		if len(problem.Left) > 0 {
			leave = fmt.Sprintf("take %s out of its `channels`, which then frees nothing", strings.Join(words(problem.Channels), " and "))
		}
		return fmt.Sprintf("To take it back, set `overwrite = true` on this binding, and take that out again once it is applied; to leave it as it is, %s.", leave)
	case bot.ServiceTaken:
		return "To take the service over, set `overwrite = true` on this binding; " +
			"if another binding of this configuration holds it, remove that one in an apply of its own first, or set `overwrite = true`. " +
			"A binding that is replaced with `create_before_destroy` and gets another bot at once needs it too: what is created first does not know what the other had."
	case bot.ServiceRepointed:
		return "To take it back, set `overwrite = true` on this binding, and take that out again once it is applied; to leave it as it is, remove this binding, which then frees nothing."
	case bot.ServiceSuspended:
		return "Otherwise remove the bot's `twiliobot_suspension` first, or bind the service to another bot."
	case bot.ServiceSilenced:
		return "Remove the bot's `twiliobot_suspension` first, or free the service."
	case bot.NumberIncapable:
		return "Choose another number, or leave the channel out of `channels`."
	case bot.NumberSilenced:
		return "Remove the bot's `twiliobot_suspension` first, or free the number."
	case bot.NameTaken:
		return nameTakenAdvice(problem)
	case bot.NameOfIdle:
		return "If Terraform replaces that bot by this one, do so without `create_before_destroy`, or change `unique_name`. " + nameTakenAdvice(problem)
	case bot.NameReserved:
		return "Set `restore_sid` to that assistant's SID to bring it back under this configuration, or choose another `unique_name`."
	case bot.StillRouted:
		return "Remove the bindings of these numbers, point others elsewhere at Twilio, or set `force_destroy = true` on the bot and apply that first: then they are freed. " +
			"To replace the bot, change its `unique_name`: its numbers follow. Where Terraform replaces it (`-replace`, a taint, `replace_triggered_by`), the bot needs `create_before_destroy`."
	case bot.StillReferenced:
		return "Point it elsewhere first, or close it where it is a conversation, then apply again. To replace the bot, change its `unique_name`: what can be moved follows, and the plan names the rest."
	case bot.NoURLForWay:
		return "Give it `messaging_url` or `voice_url`, or point that elsewhere first."
	case bot.NoFlowForNotice:
		return "Remove `notice`, or configure the provider with credentials that may read and write Studio flows."
	case bot.NotRestorable:
		return "Remove `restore_sid` to create the bot anew."
	case bot.BuildUnfinished:
		return "A longer `timeouts` gives it more time."
	case bot.NumberNotForSale:
		return "Find another one with `data \"twiliobot_available_phone_numbers\"`, and write it down as `phone_number`."
	case bot.AddressNeeded:
		return "Set `address_sid` to an Address of the account that fits."
	case bot.BundleNeeded:
		return "Set `bundle_sid` to one, and `address_sid` to the Address in it."
	case bot.IdentityNeeded:
		return "Set `identity_sid` to one."
	case bot.NumberInUse:
		return "Give the `twiliobot_phone_number` `create_before_destroy`: then the other number is bought first, the bindings that reference it follow, and the old one is released last."
	case bot.FunctionTaken:
		return fmt.Sprintf("Choose another `unique_name`. Where a resource of this configuration has that function under another address, keep it with a `moved` block; where that is replaced with `create_before_destroy`, its successor needs another name. "+
			"Where no resource has it, have it managed by importing it:\n\nimport {\n  to = twiliobot_function.this\n  id = %q\n}", problem.Name)
	case bot.IsAHold:
		return fmt.Sprintf("To have the suspension managed here, run `terraform import twiliobot_suspension.this %s`.", problem.Bots[0].SID)
	default:
		return ""
	}
}

func nameTakenAdvice(problem *bot.Problem) string {
	var imports []string
	for _, owner := range problem.Bots {
		imports = append(imports, importBlockOf(owner))
	}
	switch len(imports) {
	case 0:
		return ""
	case 1:
		return "Choose another `unique_name`. Where a resource of this configuration has that bot under another address, keep it with a `moved` block; bots that `count` numbers get `for_each` for it, whose keys stay when the list changes. " +
			"Where no resource has it, have it managed by importing it:\n\n" + imports[0]
	default:
		return "Choose another `unique_name`, or import the one that is meant by its SID:\n\n" + strings.Join(imports, "\n\n")
	}
}

// importBlockOf is the configuration that has a bot managed.
func importBlockOf(b bot.Bot) string {
	return fmt.Sprintf("import {\n  to = twiliobot_assistant.this\n  id = %q\n}", b.SID)
}
