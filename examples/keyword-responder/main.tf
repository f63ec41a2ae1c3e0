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

variable "form" {
  description = "The kind of content the bot has: schema, flow or application."
  type        = string
  default     = "schema"

  validation {
    condition     = contains(["schema", "flow", "application"], var.form)
    error_message = "The form is schema, flow or application."
  }
}

variable "engine" {
  description = "The engine that runs the schema: studio, or autopilot where it still exists."
  type        = string
  default     = "studio"
}

variable "responder_url" {
  description = "The URL of the program in server/, without a slash at the end."
  type        = string
  default     = "https://responder.example.com"
}

variable "phone_number" {
  description = "The number that the bot answers on."
  type        = string
  default     = "+447447735023"
}

locals {
  # The files refer to the program by this address.
  written = "https://responder.example.com"
  schema  = replace(file("${path.module}/schema.json"), local.written, var.responder_url)
  flow    = replace(file("${path.module}/flow.json"), local.written, var.responder_url)
}

resource "twiliobot_assistant" "responder" {
  unique_name = "keyword-responder"

  # One of the three.
  schema   = var.form == "schema" ? local.schema : null
  flow     = var.form == "flow" ? local.flow : null
  webhooks = var.form == "application" ? { messaging_url = "${var.responder_url}/messages" } : null

  engine = var.form == "schema" ? var.engine : null
  # A keyword is the whole message.
  routing = var.form == "schema" && var.engine == "studio" ? "exact" : null
}

resource "twiliobot_phone_number_binding" "responder" {
  phone_number  = var.phone_number
  assistant_sid = twiliobot_assistant.responder.sid
}
