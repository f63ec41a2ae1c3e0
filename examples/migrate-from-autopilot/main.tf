# A bot that was on Autopilot, moved to Studio: the same schema, the same name, the same
# numbers. Twilio shut Autopilot down on 2023-08-25, so there are two cases.
#
# 1. What ran on Twilio's Autopilot. The assistant is gone, and its numbers route to what no
#    longer exists: the output dead_numbers says which. The schema is the file that
#    `twilio autopilot:export` wrote before.
#
#      terraform apply
#
#    Write the numbers into terraform.tfvars, as in numbers = ["+447447735023"], since an
#    apply that is not told of them would free them again. Then take them:
#
#      terraform apply -var take_dead_numbers=true
#
# 2. What runs on an Autopilot-compatible service, or on a sandbox. The assistant is imported as
#    it is, and then moved: a flow is made of the schema, the numbers follow, and the
#    assistant is deleted. At no moment is a number without a bot.
#
#      terraform apply -var engine=autopilot -var assistant_sid=UA…
#      terraform apply

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

variable "engine" {
  description = "What runs the bot: studio, or autopilot before it is moved."
  type        = string
  default     = "studio"
}

variable "assistant_sid" {
  description = "The assistant that is there already, UA…, while it is imported."
  type        = string
  default     = null
}

variable "numbers" {
  description = "The numbers that the bot answers on."
  type        = set(string)
  default     = []
}

variable "take_dead_numbers" {
  description = "Whether to take numbers that route to a bot which no longer exists."
  type        = bool
  default     = false
}

import {
  for_each = var.assistant_sid == null ? toset([]) : toset([var.assistant_sid])
  to       = twiliobot_assistant.clinic
  id       = each.key
}

# The name stays, so that whoever looks for the bot finds it. routing says how a flow finds the
# task for what people write; the guide "An Autopilot schema on Studio" compares the ways.
resource "twiliobot_assistant" "clinic" {
  unique_name = "clinic"
  engine      = var.engine
  schema      = file("${path.module}/clinic.json")
}

resource "twiliobot_phone_number_binding" "clinic" {
  for_each = var.numbers

  phone_number  = each.key
  assistant_sid = twiliobot_assistant.clinic.sid
  overwrite     = var.take_dead_numbers
}

# Numbers that route to an assistant which Twilio no longer has.
data "twiliobot_phone_numbers" "dead" {
  status     = "dangling"
  depends_on = [twiliobot_phone_number_binding.clinic]
}

output "dead_numbers" {
  value = [for number in data.twiliobot_phone_numbers.dead.phone_numbers : number.phone_number if try(startswith(number.messaging.assistant_sid, "UA"), false)]
}
