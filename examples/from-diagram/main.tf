terraform {
  required_providers {
    twiliobot = {
      source = "twiliobot/twiliobot"
    }
  }
}

# Twilio on your own disk. For a real account, remove `sandbox` and give
# credentials: see the provider's page.
provider "twiliobot" {
  sandbox = "twilio.sandbox.json"
}

variable "phone_number" {
  description = "The number that the bot answers on."
  type        = string
  default     = "+447447735023"
}

# What the bot says: a flowchart, drawn in draw.io. Each node is said, and the texts of the
# edges from it are the answers.
data "twiliobot_diagram_schema" "clinic" {
  source = file("${path.module}/clinic.drawio")

  answer_synonyms = {
    Appointment = ["book", "see a doctor"]
  }
}

# The bot. A change of the drawing changes it in place.
resource "twiliobot_assistant" "clinic" {
  unique_name = "clinic"
  schema      = data.twiliobot_diagram_schema.clinic.schema
}

# Which number it answers on.
resource "twiliobot_phone_number_binding" "clinic" {
  phone_number  = var.phone_number
  assistant_sid = twiliobot_assistant.clinic.sid
}

# What had to be left out of the drawing.
output "warnings" {
  value = data.twiliobot_diagram_schema.clinic.warnings
}

# The bot as the provider understood the drawing, for a pull request.
output "picture" {
  value = provider::twiliobot::schema_to_mermaid(data.twiliobot_diagram_schema.clinic.schema)
}
