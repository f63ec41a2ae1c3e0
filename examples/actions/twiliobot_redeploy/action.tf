resource "twiliobot_assistant" "greeter" {
  unique_name = "greeter"

  flow = jsonencode({
    initial_state = "Trigger"
    states = [{
      name        = "Trigger"
      type        = "trigger"
      transitions = [{ event = "incomingMessage" }, { event = "incomingCall" }, { event = "incomingRequest" }]
      properties  = {}
    }]
  })
}

# By hand: terraform apply -invoke=action.twiliobot_redeploy.greeter
action "twiliobot_redeploy" "greeter" {
  config {
    assistant_sid = twiliobot_assistant.greeter.sid
  }
}
