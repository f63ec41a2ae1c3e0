import {
  to = twiliobot_phone_number.front_desk
  id = "+12025550142"
}
