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

variable "agent_url" {
  description = "The URL of the agent, without a slash at the end."
  type        = string
  default     = "https://agent.example.com"
}

variable "phone_number" {
  description = "The number that the agent answers on."
  type        = string
  default     = "+447447735023"
}

variable "person" {
  description = "The number of the person who takes calls that the agent hands over."
  type        = string
  default     = "+12025550142"
}

resource "twiliobot_assistant" "agent" {
  unique_name = "llm-agent"
  webhooks    = { voice_url = "${var.agent_url}/voice" }
}

resource "twiliobot_phone_number_binding" "agent" {
  phone_number  = var.phone_number
  assistant_sid = twiliobot_assistant.agent.sid
  channels      = ["voice"]
}

output "documents" {
  description = "What the agent answers Twilio's requests with, by path."
  value = {
    # Twilio turns speech into text and text into speech; the agent gets and sends text.
    "/voice" = provider::twiliobot::twiml([
      { connect = {
        action = "/ended"
        conversation_relay = {
          url              = "${replace(var.agent_url, "/^http/", "ws")}/relay"
          welcome_greeting = "Hello, this is the clinic's assistant. How can I help?"
          language         = "en-GB"
          interruptible    = "speech"
          parameters       = { clinic = "North" }
        }
      } },
    ])
    "/ended" = provider::twiliobot::twiml([{ say = "Goodbye." }, { hangup = {} }])
    "/handed-over" = provider::twiliobot::twiml([
      { say = "I am connecting you to a colleague." },
      { dial = { to = var.person, timeout = 20 } },
    ])
  }
}
