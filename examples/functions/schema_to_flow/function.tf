# The flow that Studio runs for a schema, to look at.
output "clinic_flow" {
  value = provider::twiliobot::schema_to_flow(file("${path.module}/clinic.json"))
}

# A flow that answers only calls, and recognises only the samples themselves.
resource "twiliobot_assistant" "hotline" {
  unique_name = "hotline"

  flow = provider::twiliobot::schema_to_flow(file("${path.module}/clinic.json"), {
    channels = ["voice"]
    routing  = "exact"
  })
}
