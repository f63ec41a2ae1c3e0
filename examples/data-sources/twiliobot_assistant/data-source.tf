resource "twiliobot_assistant" "concierge" {
  unique_name = "concierge"

  webhooks = {
    messaging_url = "https://bots.example.com/concierge/messages"
  }
}

data "twiliobot_assistant" "concierge" {
  unique_name = "concierge"

  # The bot is made by this same configuration, so it is read after it.
  depends_on = [twiliobot_assistant.concierge]
}

output "concierge_status" {
  value = data.twiliobot_assistant.concierge.status
}
