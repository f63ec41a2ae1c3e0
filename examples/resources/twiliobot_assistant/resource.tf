# A bot hosted elsewhere: Twilio calls its URLs.
resource "twiliobot_assistant" "concierge" {
  unique_name = "concierge"

  webhooks = {
    messaging_url          = "https://bots.example.com/concierge/messages"
    messaging_fallback_url = "https://status.example.com/concierge"
    voice_url              = "https://bots.example.com/concierge/calls"
  }
}

# An Autopilot assistant, from the file that `twilio autopilot:export` wrote.
resource "twiliobot_assistant" "clinic" {
  unique_name   = "clinic"
  friendly_name = "Clinic reception"
  engine        = "autopilot"
  schema        = file("${path.module}/clinic.json")
}
