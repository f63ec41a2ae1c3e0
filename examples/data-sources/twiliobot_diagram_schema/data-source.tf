data "twiliobot_diagram_schema" "reception" {
  # Or a file, also of draw.io: file("${path.module}/clinic.drawio").
  source = <<-MERMAID
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

  answer_synonyms = {
    Appointment = ["book", "doctor"]
  }
}

resource "twiliobot_assistant" "reception" {
  unique_name = "reception"
  schema      = data.twiliobot_diagram_schema.reception.schema
}

# Every plan says what had to be left out of the drawing.
check "drawing" {
  assert {
    condition = length(data.twiliobot_diagram_schema.reception.warnings) == 0
    error_message = join("\n", [
      for w in data.twiliobot_diagram_schema.reception.warnings :
      "${w.page}, ${w.node}: ${w.message}"
    ])
  }
}
