# The last 20 messages that people sent to a number.
data "twiliobot_messages" "received" {
  to    = "+12025550142"
  limit = 20
}

# What failed in November 2026.
data "twiliobot_messages" "november" {
  from             = "+12025550142"
  date_sent_after  = "2026-11-01"
  date_sent_before = "2026-11-30"
  limit            = 1000
}

output "senders" {
  value = distinct(data.twiliobot_messages.received.messages[*].from)
}

output "failures" {
  value = {
    for m in data.twiliobot_messages.november.messages :
    m.sid => m.error_message if m.error_code != null
  }
}

# A price is null until Twilio knows it.
output "spent" {
  value = sum(concat([0], [
    for m in data.twiliobot_messages.november.messages : -m.price if m.price != null
  ]))
}
