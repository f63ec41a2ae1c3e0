terraform {
  required_version = ">= 1.7.0"

  required_providers {
    twiliobot = {
      source = "twiliobot/twiliobot"
    }
  }
}

# Where the account is, the environment says: TWILIOBOT_SANDBOX names a sandbox file, and
# TWILIO_ACCOUNT_SID with its credentials a real account.
provider "twiliobot" {}

locals {
  bots = {
    # Hosted elsewhere: Twilio calls its URLs.
    reception = {
      messaging_url = "https://bots.example.com/reception/messages"
      voice_url     = "https://bots.example.com/reception/calls"
      numbers       = ["+12025550142", "+447700900123"]
    }
    # Runs on Twilio Studio.
    hours = {
      schema  = "hours.json"
      numbers = ["+447447735023"]
    }
  }

  # Each number with the name of its bot.
  numbers = merge([for name, bot in local.bots : { for number in bot.numbers : number => name }]...)
}

resource "twiliobot_assistant" "bot" {
  for_each = local.bots

  unique_name = each.key
  schema      = can(each.value.schema) ? file("${path.module}/${each.value.schema}") : null

  webhooks = can(each.value.schema) ? null : {
    messaging_url = lookup(each.value, "messaging_url", null)
    voice_url     = lookup(each.value, "voice_url", null)
  }
}

resource "twiliobot_phone_number_binding" "number" {
  for_each = local.numbers

  phone_number  = each.key
  assistant_sid = twiliobot_assistant.bot[each.value].sid
}
