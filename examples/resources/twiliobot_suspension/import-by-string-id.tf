import {
  to = twiliobot_suspension.concierge
  id = "AP00000000000000000000000000000001"
}
