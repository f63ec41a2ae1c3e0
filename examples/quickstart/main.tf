terraform {
  required_providers {
    twiliobot = {
      source = "twiliobot/twiliobot"
    }
  }
}

# Twilio on your own disk. For a real account, remove `sandbox` and give
# credentials: see the provider's page.
provider "twiliobot" {
  sandbox = "twilio.sandbox.json"
}

variable "phone_number" {
  description = "The number that the bot answers on."
  type        = string
  default     = "+447447735023"
}

variable "name" {
  description = "The bot's name. A change creates a new bot, and the number moves to it."
  type        = string
  default     = "clinic"
}

variable "suspended" {
  description = "Whether the bot is suspended, so that it does not answer."
  type        = bool
  default     = false
}

# What the bot is: the file that `twilio autopilot:export` wrote. It runs as a Studio
# flow, which does what the assistant did.
resource "twiliobot_assistant" "clinic" {
  unique_name = var.name
  schema      = file("${path.module}/clinic.json")
}

# Which number it answers on.
resource "twiliobot_phone_number_binding" "clinic" {
  phone_number  = var.phone_number
  assistant_sid = twiliobot_assistant.clinic.sid
}

# Whether it may answer.
resource "twiliobot_suspension" "clinic" {
  count = var.suspended ? 1 : 0

  assistant_sid = twiliobot_assistant.clinic.sid
}

# Which bot answers which number, once the above is applied: "none" where nothing answers, and "external" where
# something does that is no bot of the account.
data "twiliobot_phone_numbers" "all" {
  depends_on = [twiliobot_phone_number_binding.clinic, twiliobot_suspension.clinic]
}

output "who_answers" {
  value = {
    for number in data.twiliobot_phone_numbers.all.phone_numbers :
    number.phone_number => number.status == "suspended" ? "suspended" : coalesce(number.messaging.unique_name, number.messaging.kind)
  }
}
