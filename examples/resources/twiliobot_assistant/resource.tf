# A bot hosted elsewhere: Twilio calls its URLs.
resource "twiliobot_assistant" "concierge" {
  unique_name = "concierge"

  webhooks = {
    messaging_url          = "https://bots.example.com/concierge/messages"
    messaging_fallback_url = "https://status.example.com/concierge"
    voice_url              = "https://bots.example.com/concierge/calls"
  }
}

# A Studio flow: the definition that Studio shows, from a file with
# file("${path.module}/hours.json"), or written here. To keep a definition that contains
# keys of other services out of plan output, use sensitive(…).
resource "twiliobot_assistant" "hours" {
  unique_name = "hours"

  flow = jsonencode({
    description   = "Answers messages with the opening hours"
    initial_state = "Trigger"
    flags         = { allow_concurrent_calls = true }
    states = [
      {
        name        = "Trigger"
        type        = "trigger"
        properties  = {}
        transitions = [{ event = "incomingMessage", next = "hours" }]
      },
      {
        name        = "hours"
        type        = "send-message"
        transitions = [{ event = "sent" }, { event = "failed" }]
        properties = {
          from = "{{flow.channel.address}}"
          to   = "{{contact.channel.address}}"
          body = "We are open from 8 to 18, Monday to Friday."
        }
      },
    ]
  })
}

# An Autopilot schema, the file that `twilio autopilot:export` wrote, or one written here. It
# is compiled to a Studio flow. On an Autopilot-compatible service it runs unchanged, with
# engine = "autopilot".
resource "twiliobot_assistant" "clinic" {
  unique_name = "clinic"

  schema = jsonencode({
    defaults = {
      defaults = {
        assistant_initiation = "task://greeting"
        fallback             = "task://greeting"
      }
    }
    tasks = [
      {
        uniqueName = "greeting"
        samples    = [{ language = "en-US", taggedText = "hello" }]
        actions = { actions = [
          { say = "Hello, this is the clinic. Ask for our opening hours." },
          { listen = true },
        ] }
      },
      {
        uniqueName = "hours"
        samples    = [{ language = "en-US", taggedText = "when are you open" }]
        actions    = { actions = [{ say = "We are open from 8 to 18." }] }
      },
    ]
  })
}
