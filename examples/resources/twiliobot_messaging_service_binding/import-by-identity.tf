import {
  to = twiliobot_messaging_service_binding.campaign
  identity = {
    messaging_service_sid = "MG00000000000000000000000000000001"
  }
}
