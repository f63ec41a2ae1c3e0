locals {
  account = "AC0123456789abcdef0123456789abcdef"
}

# Where a flow takes over, for a redirect in TwiML.
output "reception" {
  value = provider::twiliobot::twiml([{
    redirect = provider::twiliobot::webhook_url(
      local.account, "FW0123456789abcdef0123456789abcdef",
    )
  }])
}

# An Autopilot assistant, entered at a task.
output "booking" {
  value = provider::twiliobot::webhook_url(
    local.account, "UA0123456789abcdef0123456789abcdef",
    { channel = "voice", target_task = "book" },
  )
}
