import {
  to = twiliobot_phone_number_binding.front_desk
  identity = {
    phone_number_sid = "PN00000000000000000000000000000001"
  }
}
