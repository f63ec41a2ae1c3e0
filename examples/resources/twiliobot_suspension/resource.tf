resource "twiliobot_assistant" "concierge" {
  unique_name = "concierge"

  webhooks = {
    messaging_url = "https://bots.example.com/concierge/messages"
    voice_url     = "https://bots.example.com/concierge/calls"
  }
}

resource "twiliobot_phone_number_binding" "front_desk" {
  phone_number  = "+12025550142"
  assistant_sid = twiliobot_assistant.concierge.sid

  # When both are deleted, the number is freed before the bot answers again.
  depends_on = [twiliobot_suspension.concierge]
}

variable "closed" {
  type    = bool
  default = true
}

# While this resource exists, the bot does not answer: whoever writes or calls gets the
# notice. Once it is deleted, everything is as it was before.
resource "twiliobot_suspension" "concierge" {
  count = var.closed ? 1 : 0

  assistant_sid = twiliobot_assistant.concierge.sid
  notice        = "Our concierge is away. Please write again on Monday."
}
