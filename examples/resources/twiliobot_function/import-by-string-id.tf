import {
  to = twiliobot_function.hours
  id = "ZS00000000000000000000000000000001"
}
