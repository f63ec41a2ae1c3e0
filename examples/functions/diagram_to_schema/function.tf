# A bot that is a flowchart in a file. Its questions name their answers.
resource "twiliobot_assistant" "reception" {
  unique_name = "reception"
  schema      = provider::twiliobot::diagram_to_schema(file("${path.module}/clinic.mmd"), { numbered = true })
}
