# Two versions of one bot. Both are always there; a variable says which one answers, and
# going back is as quick as going forward, since nothing is built for it:
#
#   terraform apply -var live=green
#   terraform apply -var live=blue
#
# An apply without the variable goes back to the default. Once the other version is to stay, change
# the default, or write `live = "green"` into terraform.tfvars.

terraform {
  required_version = ">= 1.8"
  required_providers {
    twiliobot = { source = "twiliobot/twiliobot" }
  }
}

# Twilio on your own disk. For a real account, remove `sandbox` and give
# credentials: see the provider's page.
provider "twiliobot" {
  sandbox = "twilio.sandbox.json"
}

variable "live" {
  description = "Which version answers."
  type        = string
  default     = "blue"

  validation {
    condition     = contains(["blue", "green"], var.live)
    error_message = "live is blue or green."
  }
}

variable "try_green_on" {
  description = "Numbers on which green answers before it is live: those of its testers."
  type        = set(string)
  default     = []
}

variable "phone_numbers" {
  description = "The numbers that the bot answers on."
  type        = set(string)
  default     = ["+447447735023", "+447700900123"]
}

# The next version is written into the file of the one that does not answer.
resource "twiliobot_assistant" "version" {
  for_each = toset(["blue", "green"])

  unique_name = "clinic-${each.key}"
  schema      = file("${path.module}/${each.key}.json")

  # Neither is destroyed while it may be needed again.
  lifecycle {
    prevent_destroy = true
  }
}

# Each number is pointed at the other version in one write: at every moment one of the two
# answers. A call goes on with the version that it began with; whoever writes is answered
# by the other one from the next message on.
resource "twiliobot_phone_number_binding" "number" {
  for_each = var.phone_numbers

  phone_number  = each.key
  assistant_sid = twiliobot_assistant.version[contains(var.try_green_on, each.key) ? "green" : var.live].sid
  channels      = ["messaging", "voice"]
}

output "live" {
  description = "Which version answers on each number."
  value = { for phone, binding in twiliobot_phone_number_binding.number :
    phone => one([for name, bot in twiliobot_assistant.version : name if bot.sid == binding.assistant_sid])
  }

  precondition {
    condition     = length(setsubtract(var.try_green_on, var.phone_numbers)) == 0
    error_message = "try_green_on has ${join(", ", setsubtract(var.try_green_on, var.phone_numbers))}, which is not in phone_numbers: write it as it is there."
  }
}
