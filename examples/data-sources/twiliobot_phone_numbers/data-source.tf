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

# Numbers whose messages a Messaging Service answers, by the name of the bot that it leads to.
data "twiliobot_phone_numbers" "all" {}

output "answered_by_service" {
  value = {
    for n in data.twiliobot_phone_numbers.all.phone_numbers :
    n.phone_number => n.messaging.unique_name if n.messaging.via == "messaging_service"
  }
}
