# A bot that is a flowchart. Its questions name their answers.
locals {
  # Or a file, also of draw.io: file("${path.module}/clinic.drawio").
  drawing = <<-MERMAID
    flowchart TD
      hello(["Hello, this is the clinic.<br/>Ask for our opening hours, or for an appointment."])
      hours{"We are open from 8 to 18, Monday to Friday. Is there anything else?"}
      urgent{Is it urgent?}
      come(Please come at once: we keep a place free.)
      call(We will call you back today.)
      bye(["Thank you, and goodbye!"])

      hello -->|Opening hours / hours| hours
      hello -- Appointment --> urgent
      hours -->|Yes| hello
      hours -->|No| bye
      urgent -->|Yes| come
      urgent -->|No| call
      call --> bye
  MERMAID
}

resource "twiliobot_assistant" "reception" {
  unique_name = "reception"
  schema      = provider::twiliobot::diagram_to_schema(local.drawing, { numbered = true })
}
