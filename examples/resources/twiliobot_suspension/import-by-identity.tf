import {
  to = twiliobot_suspension.concierge
  identity = {
    assistant_sid = "AP00000000000000000000000000000001"
  }
}
