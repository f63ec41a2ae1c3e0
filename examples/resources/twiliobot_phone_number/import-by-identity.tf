import {
  to = twiliobot_phone_number.front_desk
  identity = {
    sid = "PN00000000000000000000000000000001"
  }
}
