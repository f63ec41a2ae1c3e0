# Suspends bots in an incident. It is a configuration of its own, with a state of its own, so that
# whoever suspends a bot applies nothing else: not what somebody is about to change in it,
# and not what is broken in its configuration.
#
# Suspend, after "terraform init", with the notice that people get:
#
#   ./suspend.sh clinic "We are looking into it. Please call +44 7700 900999."
#
# Resume:
#
#   ./suspend.sh clinic
#
# Both write suspended.auto.tfvars.json, plan and apply. A plan that fails, such as for a name
# that no bot has, leaves the file as it was. A pipeline commits that file, so
# that the next run knows of the incident too: see workflow.yaml.

terraform {
  required_version = ">= 1.8"
  required_providers {
    twiliobot = { source = "twiliobot/twiliobot" }
  }
}

# Twilio on your own disk. To have a bot "clinic" there, apply ../quickstart and give its file here:
# "../quickstart/twilio.sandbox.json". For a real account, remove `sandbox` and give credentials:
# see the provider's page.
provider "twiliobot" {
  sandbox = "twilio.sandbox.json"
}

variable "suspended" {
  description = "The bots that do not answer, by name, and what is answered in their place; empty for nothing."
  type        = map(string)
  default     = {}
}

# The bots are those of another configuration, or of nobody's.
data "twiliobot_assistant" "suspended" {
  for_each    = var.suspended
  unique_name = each.key
}

resource "twiliobot_suspension" "bot" {
  for_each = var.suspended

  assistant_sid = data.twiliobot_assistant.suspended[each.key].sid
  notice        = each.value == "" ? null : each.value
}

output "silent" {
  description = "The numbers on which the suspended bots do not answer."
  value       = { for name, bot in data.twiliobot_assistant.suspended : name => bot.phone_numbers }
}
