locals {
  # Or a file: file("${path.module}/clinic.json").
  clinic = jsonencode({
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

# The flow that Studio runs for a schema, to look at.
output "clinic_flow" {
  value = provider::twiliobot::schema_to_flow(local.clinic)
}

# A flow that answers only calls, and recognises only the samples themselves.
resource "twiliobot_assistant" "hotline" {
  unique_name = "hotline"

  flow = provider::twiliobot::schema_to_flow(local.clinic, {
    channels = ["voice"]
    routing  = "exact"
  })
}
