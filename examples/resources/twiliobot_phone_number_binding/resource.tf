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

# Two bots share a number: one answers messages, the other calls.
resource "twiliobot_assistant" "reception" {
  unique_name = "reception"

  webhooks = {
    voice_url = "https://bots.example.com/reception/calls"
  }
}

resource "twiliobot_phone_number_binding" "shared" {
  for_each = {
    messaging = twiliobot_assistant.concierge.sid
    voice     = twiliobot_assistant.reception.sid
  }

  phone_number  = "+447700900123"
  assistant_sid = each.value
  channels      = [each.key]
}

# One binding for each number of a list.
resource "twiliobot_phone_number_binding" "uk" {
  for_each = toset(["+447447735023"])

  phone_number  = each.value
  assistant_sid = twiliobot_assistant.concierge.sid
}
