# Then this provider takes the numbers over, as they are: the plan says that each is imported,
# and nothing is changed. From here on, ../numbers can go.

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

variable "phone_numbers" {
  type    = set(string)
  default = ["+447447735023", "+447700900123"]
}

import {
  for_each = var.phone_numbers
  to       = twiliobot_phone_number.front[each.key]
  id       = each.key
}

resource "twiliobot_phone_number" "front" {
  for_each = var.phone_numbers

  phone_number = each.key

  lifecycle {
    prevent_destroy = true
  }
}
