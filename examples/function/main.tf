terraform {
  required_providers {
    twiliobot = {
      source = "twiliobot/twiliobot"
    }
  }
}

# Twilio on your own disk. For a real account, remove `sandbox` and give
# credentials: see the provider's page. The sandbox does not run JavaScript: a server on
# this machine answers in place of the function (README.md says how).
provider "twiliobot" {
  sandbox = "twilio.sandbox.json"
}

locals {
  # The function belongs to the bot, and the bot calls the function: both know the name.
  bot = "clinic"
}

# Code that Twilio runs.
resource "twiliobot_function" "hours" {
  unique_name           = "clinic-hours"
  assistant_unique_name = local.bot
  path                  = "/hours"
  source                = file("${path.module}/hours.js")

  # A Studio flow calls it, whose requests are not signed.
  visibility = "public"

  environment_variables = {
    OPEN_FROM = "8"
    OPEN_TO   = "18"
  }
}

# The bot asks for a day, and hands the answer to the function, which says what is next.
resource "twiliobot_assistant" "clinic" {
  unique_name = local.bot

  schema = templatefile("${path.module}/clinic.json", { hours_url = twiliobot_function.hours.url })
}

resource "twiliobot_phone_number_binding" "clinic" {
  phone_number  = "+447447735023"
  assistant_sid = twiliobot_assistant.clinic.sid
}

output "hours_url" {
  value = twiliobot_function.hours.url
}
