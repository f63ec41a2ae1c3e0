resource "twiliobot_assistant" "concierge" {
  unique_name = "concierge"

  webhooks = {
    messaging_url = "https://bots.example.com/concierge/messages"
  }

  # Sent once, when the bot has been created.
  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.twiliobot_send_message.live]
    }
  }
}

# Also by hand: terraform apply -invoke=action.twiliobot_send_message.live
action "twiliobot_send_message" "live" {
  config {
    from = "+12025550142"
    to   = "+12025550177"
    body = "The concierge is live."
  }
}
