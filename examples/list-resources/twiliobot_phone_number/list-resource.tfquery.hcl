list "twiliobot_phone_number" "voice" {
  provider = twiliobot
  limit    = 1000

  config {
    capability          = "voice"
    phone_number_prefix = "+1"
  }
}
