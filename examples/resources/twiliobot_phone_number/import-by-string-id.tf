import {
  to = twiliobot_phone_number.front_desk
  id = "+12125550142"
}
