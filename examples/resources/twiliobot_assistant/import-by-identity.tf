import {
  to = twiliobot_assistant.concierge
  identity = {
    sid = "AP00000000000000000000000000000001"
  }
}
