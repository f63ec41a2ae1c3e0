import {
  to = twiliobot_phone_number_binding.front_desk
  id = "+12025550142"
}
