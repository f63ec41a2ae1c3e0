data "twiliobot_diagram_schema" "reception" {
  source = file("${path.module}/clinic.mmd")

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
    condition     = length(data.twiliobot_diagram_schema.reception.warnings) == 0
    error_message = join("\n", [for w in data.twiliobot_diagram_schema.reception.warnings : "${w.page}, ${w.node}: ${w.message}"])
  }
}
