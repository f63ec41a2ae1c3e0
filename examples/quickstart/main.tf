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

# What the bot is: the file that `twilio autopilot:export` wrote.
resource "twiliobot_assistant" "clinic" {
  unique_name = "clinic"
  engine      = "autopilot"
  schema      = file("${path.module}/clinic.json")
}

# Which number it answers on.
resource "twiliobot_phone_number_binding" "clinic" {
  phone_number  = var.phone_number
  assistant_sid = twiliobot_assistant.clinic.sid
}

# Who answers where, once the above is done.
data "twiliobot_phone_numbers" "all" {
  depends_on = [twiliobot_phone_number_binding.clinic]
}

output "who_answers" {
  value = {
    for number in data.twiliobot_phone_numbers.all.phone_numbers :
    number.phone_number => coalesce(number.messaging.unique_name, "nobody")
  }
}
