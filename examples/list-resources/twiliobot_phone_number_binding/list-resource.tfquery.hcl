# Terraform stops at 100 results where `limit` says nothing else.
list "twiliobot_phone_number_binding" "london" {
  provider = twiliobot
  limit    = 1000

  config {
    phone_number_prefix  = "+4420"
    assistant_name_regex = "^clinic"
    channel              = "voice"
  }
}
