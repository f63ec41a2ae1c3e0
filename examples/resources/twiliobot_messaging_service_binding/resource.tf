resource "twiliobot_assistant" "concierge" {
  unique_name = "concierge"

  webhooks = {
    messaging_url = "https://bots.example.com/concierge/messages"
    voice_url     = "https://bots.example.com/concierge/calls"
  }
}

# The bot answers every message that comes to the service, whichever of its
# numbers it reached. On a sandbox, this command makes the service first:
#
#   twilio-sandbox add -file twilio.sandbox.json -service Campaign +12025550142
#
resource "twiliobot_messaging_service_binding" "campaign" {
  messaging_service_sid = "MG953ae2a3f98f6e4c16827e8e46033dfb"
  assistant_sid         = twiliobot_assistant.concierge.sid
}

# Calls pass by the service: they are bound by number.
resource "twiliobot_phone_number_binding" "calls" {
  phone_number  = "+12025550142"
  assistant_sid = twiliobot_assistant.concierge.sid
  channels      = ["voice"]
}
