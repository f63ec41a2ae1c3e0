import {
  to = twiliobot_function.hours
  identity = {
    service_sid = "ZS00000000000000000000000000000001"
  }
}
