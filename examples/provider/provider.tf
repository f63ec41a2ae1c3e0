terraform {
  required_providers {
    twiliobot = {
      source = "twiliobot/twiliobot"
    }
  }
}

# Without any attribute the credentials come from the environment
# (TWILIO_ACCOUNT_SID with TWILIO_API_KEY and TWILIO_API_SECRET, or with
# TWILIO_AUTH_TOKEN), else from the active profile of twilio-cli.
provider "twiliobot" {}
