# Numbers bought by another provider of Twilio: here RJPearson94/twilio, and in the comment
# Twilio's own. Who answers on them is said elsewhere, in ../bots, so that this configuration must leave
# the webhooks alone: without ignore_changes each of the two would undo what the other did.

terraform {
  required_providers {
    twilio = {
      source  = "RJPearson94/twilio"
      version = "~> 0.26"
    }
  }
}

variable "account_sid" {
  type = string
}

variable "phone_numbers" {
  type    = set(string)
  default = ["+447447735023", "+447700900123"]
}

resource "twilio_phone_number" "front" {
  for_each = var.phone_numbers

  account_sid  = var.account_sid
  phone_number = each.key

  lifecycle {
    # The webhooks, and what Twilio or a binding writes beside them.
    ignore_changes  = [messaging, voice, status_callback_url, status_callback_method, friendly_name]
    prevent_destroy = true # its destruction releases the number
  }
}

# With twilio/twilio:
#
# resource "twilio_api_accounts_incoming_phone_numbers" "front" {
#   for_each     = var.phone_numbers
#   phone_number = each.key
#
#   lifecycle {
#     ignore_changes = [
#       sms_url, sms_method, sms_application_sid, sms_fallback_url, sms_fallback_method,
#       voice_url, voice_method, voice_application_sid, voice_fallback_url, voice_fallback_method,
#       status_callback, status_callback_method, friendly_name,
#     ]
#     prevent_destroy = true
#   }
# }

output "phone_numbers" {
  value = [for number in twilio_phone_number.front : number.phone_number]
}
