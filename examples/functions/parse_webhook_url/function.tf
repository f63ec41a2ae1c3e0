data "twiliobot_phone_numbers" "all" {}

# The numbers whose messages still lead to Autopilot, with the task at which they enter.
output "on_autopilot" {
  value = {
    for number in data.twiliobot_phone_numbers.all.phone_numbers :
    number.phone_number => provider::twiliobot::parse_webhook_url(number.messaging.url).target_task
    if provider::twiliobot::parse_webhook_url(number.messaging.url).engine == "autopilot"
  }
}
