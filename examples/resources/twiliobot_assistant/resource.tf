# A Studio flow, from the definition that the console shows.
resource "twiliobot_assistant" "hours" {
  unique_name = "hours"
  flow        = file("${path.module}/opening-hours.json")

  # To keep a definition that contains keys of other services out of plan output, use
  # flow = sensitive(file("${path.module}/opening-hours.json")).
}

# A bot hosted elsewhere: Twilio calls its URLs.
resource "twiliobot_assistant" "concierge" {
  unique_name = "concierge"

  webhooks = {
    messaging_url          = "https://bots.example.com/concierge/messages"
    messaging_fallback_url = "https://status.example.com/concierge"
    voice_url              = "https://bots.example.com/concierge/calls"
  }
}

# An Autopilot schema, the file that `twilio autopilot:export` wrote, compiled to a
# Studio flow. On an Autopilot-compatible service it runs unchanged, with
# engine = "autopilot".
resource "twiliobot_assistant" "clinic" {
  unique_name = "clinic"
  schema      = file("${path.module}/clinic.json")
}
