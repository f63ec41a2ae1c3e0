resource "twiliobot_assistant" "concierge" {
  unique_name = "concierge"

  webhooks = {
    messaging_url = "https://bots.example.com/concierge/messages"
    voice_url     = "https://bots.example.com/concierge/calls"
  }
}

# The bot answers messages and calls on this number.
resource "twiliobot_phone_number_binding" "front_desk" {
  phone_number  = "+1 202-555-0142"
  assistant_sid = twiliobot_assistant.concierge.sid
  channels      = ["messaging", "voice"]
  friendly_name = "Front desk"
}

# One binding for each number of a list.
resource "twiliobot_phone_number_binding" "uk" {
  for_each = toset(["+447447735023", "+447700900123"])

  phone_number  = each.value
  assistant_sid = twiliobot_assistant.concierge.sid
}
