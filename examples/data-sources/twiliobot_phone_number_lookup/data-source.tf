# Free: whether a number is one, and how it is written.
data "twiliobot_phone_number_lookup" "support" {
  phone_number = "(202) 555-0142"
  country_code = "US"
}

output "support_number" {
  value = (
    data.twiliobot_phone_number_lookup.support.valid
    ? data.twiliobot_phone_number_lookup.support.e164
    : null
  )
}

# Each plan and each apply of this pays for a look-up.
data "twiliobot_phone_number_lookup" "on_call" {
  phone_number = "+447700900123"
  fields       = ["line_type_intelligence"]

  lifecycle {
    postcondition {
      condition     = self.valid && try(self.line_type_intelligence.type != "landline", true)
      error_message = "The number on call must take text messages: ${join(", ", self.validation_errors)}"
    }
  }
}
