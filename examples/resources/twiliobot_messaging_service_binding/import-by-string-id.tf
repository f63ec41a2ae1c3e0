import {
  to = twiliobot_messaging_service_binding.campaign
  id = "MG00000000000000000000000000000001"
}
