# Dead numbers: they route to bots that no longer exist.
data "twiliobot_phone_numbers" "dangling" {
  status = "dangling"
}

# Numbers that route nowhere and can carry messages.
data "twiliobot_phone_numbers" "free" {
  status     = "free"
  capability = "sms"
}

output "free_numbers" {
  value = data.twiliobot_phone_numbers.free.phone_numbers[*].phone_number
}

output "dead_numbers" {
  value = data.twiliobot_phone_numbers.dangling.phone_numbers[*].phone_number
}
