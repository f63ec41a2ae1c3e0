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

  # A new definition is for everyone, also for those who are in the old one.
  lifecycle {
    action_trigger {
      events  = [after_update]
      actions = [action.twiliobot_end_executions.waiting]
    }
  }
}

# By hand: terraform apply -invoke=action.twiliobot_end_executions.waiting
action "twiliobot_end_executions" "waiting" {
  config {
    unique_name = "greeter"
    channel     = "messaging"
  }
}
