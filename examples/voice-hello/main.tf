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

variable "server_url" {
  description = "The URL of the program in server/, without a slash at the end."
  type        = string
  default     = "https://hello.example.com"
}

variable "phone_number" {
  description = "The number that the bot answers on."
  type        = string
  default     = "+447447735023"
}

variable "callers" {
  description = "The names of those who are greeted by name, by phone number."
  type        = map(string)
  default = {
    "+447700900111" = "Ada"
    "+447700900222" = "Grace & Sons"
  }
}

locals {
  # The question that follows each greeting; what to do when no key is pressed follows it.
  question = [
    { gather = {
      num_digits = 1
      action     = "/picked"
      verbs      = [{ say = "What is your favourite number? Press a key." }]
    } },
    { say = "You pressed nothing. Goodbye." },
  ]

  # What the program answers, by path. It puts what Twilio tells it in place of {{…}}, as a
  # TwiML Bin does.
  documents = merge(
    { "/hello" = provider::twiliobot::twiml(concat([{ say = "Hello, stranger." }], local.question)) },
    { for number, name in var.callers :
      "/hello/${number}" => provider::twiliobot::twiml(concat([{ say = "Hello, ${name}." }], local.question))
    },
    { "/picked" = provider::twiliobot::twiml([
      { say = "Your favourite number is {{Digits}}. Goodbye." },
      { hangup = {} },
    ]) },
  )
}

resource "twiliobot_assistant" "hello" {
  unique_name = "voice-hello"
  webhooks    = { voice_url = "${var.server_url}/hello" }
}

resource "twiliobot_phone_number_binding" "hello" {
  phone_number  = var.phone_number
  assistant_sid = twiliobot_assistant.hello.sid
  channels      = ["voice"]
}

output "documents" {
  description = "What the program serves: terraform output -json documents > documents.json"
  value       = local.documents
}
