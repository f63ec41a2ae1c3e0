# Which bots are kept from answering, and by which notice?
list "twiliobot_suspension" "all" {
  provider         = twiliobot
  include_resource = true
}
