resource "twiliobot_assistant" "concierge" {
  unique_name = "concierge"

  webhooks = {
    messaging_url = "https://bots.example.com/concierge/messages"
  }
}

data "twiliobot_assistant" "concierge" {
  unique_name = "concierge"

  # This configuration creates the bot, so the data source is read after that.
  depends_on = [twiliobot_assistant.concierge]
}

output "concierge_status" {
  value = data.twiliobot_assistant.concierge.status
}
