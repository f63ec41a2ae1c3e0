# Who answers on the numbers of ../numbers.

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

# The numbers that the other configuration has bought. In a configuration that has both
# providers, reference its resource instead.
data "terraform_remote_state" "numbers" {
  backend = "local"

  config = {
    path = "${path.module}/../numbers/terraform.tfstate"
  }
}

resource "twiliobot_assistant" "concierge" {
  unique_name = "concierge"

  webhooks = {
    messaging_url = "https://bots.example.com/concierge/messages"
    voice_url     = "https://bots.example.com/concierge/calls"
  }
}

# Only the webhooks and the label of a number are written, and its destruction frees the number: it is
# never released here.
resource "twiliobot_phone_number_binding" "number" {
  for_each = toset(data.terraform_remote_state.numbers.outputs.phone_numbers)

  phone_number  = each.key
  assistant_sid = twiliobot_assistant.concierge.sid
  channels      = ["messaging", "voice"]
}
