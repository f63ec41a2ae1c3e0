terraform {
  required_providers {
    twiliobot = {
      source = "twiliobot/twiliobot"
    }
  }
}

# Address and credentials come from the environment.
provider "twiliobot" {}

resource "twiliobot_assistant" "bot" {
  count = var.bots

  unique_name = "${var.name}-${count.index}"
  flow = jsonencode({
    description   = "Says hello"
    initial_state = "Trigger"
    flags         = { allow_concurrent_calls = true }
    states = [
      {
        name        = "Trigger"
        type        = "trigger"
        properties  = {}
        transitions = [{ event = "incomingMessage", next = "hello" }, { event = "incomingCall" }, { event = "incomingRequest" }]
      },
      {
        name        = "hello"
        type        = "send-message"
        properties  = { from = "{{flow.channel.address}}", to = "{{contact.channel.address}}", body = "Hello from bot ${count.index}" }
        transitions = [{ event = "sent" }, { event = "failed" }]
      },
    ]
  })
}

resource "twiliobot_phone_number_binding" "number" {
  count = var.numbers

  phone_number  = format("+1202%07d", count.index)
  assistant_sid = twiliobot_assistant.bot[(count.index + var.shift) % var.bots].sid
  channels      = ["messaging"]

  depends_on = [twiliobot_suspension.bot]
}

resource "twiliobot_suspension" "bot" {
  count = var.suspended ? var.bots : 0

  assistant_sid = twiliobot_assistant.bot[count.index].sid
}
