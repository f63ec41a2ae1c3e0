list "twiliobot_messaging_service_binding" "all" {
  provider = twiliobot
  limit    = 1000
}
