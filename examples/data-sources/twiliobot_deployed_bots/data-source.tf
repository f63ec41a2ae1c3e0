# Every bot that no number routes to.
data "twiliobot_deployed_bots" "idle" {
  status = "idle"
}

output "idle_bots" {
  value = [for bot in data.twiliobot_deployed_bots.idle.bots : bot.unique_name]
}
