provider "twiliobot" {
  sandbox = "box.json"
}

resource "twiliobot_assistant" "clinic" {
  unique_name = "clinic"

  schema = <<-EOT
    {
      "defaults": { "defaults": { "assistant_initiation": "task://greeting", "fallback": "task://greeting" } },
      "tasks": [
        {
          "uniqueName": "greeting",
          "actions": { "actions": [{ "say": "Hello, this is the clinic." }, { "listen": true }] },
          "samples": [{ "language": "en-US", "taggedText": "hello" }]
        },
        {
          "uniqueName": "appointment",
          "actions": { "actions": [{ "collect": {
            "name": "appointment",
            "questions": [{ "question": "On which day?", "name": "day", "type": "Twilio.DATE" }],
            "on_complete": { "redirect": "task://greeting" }
          } }] },
          "samples": [
            { "language": "en-US", "taggedText": "I need an appointment" },
            { "language": "en-US", "taggedText": "can I come tomorrow" }
          ]
        }
      ]
    }
  EOT
}

resource "twiliobot_assistant" "hosted" {
  unique_name = "hosted"

  webhooks = {
    messaging_url = "https://bots.example.com/hosted/messages"
    voice_url     = "https://bots.example.com/hosted/calls"
  }
}

resource "twiliobot_assistant" "menu" {
  unique_name = "menu"

  flow = <<-EOT
    {
      "description": "Says hello",
      "states": [
        { "name": "Trigger", "type": "trigger", "transitions": [{ "event": "incomingMessage", "next": "hello" }], "properties": {} },
        { "name": "hello", "type": "send-message", "transitions": [{ "event": "sent" }, { "event": "failed" }],
          "properties": { "from": "{{flow.channel.address}}", "to": "{{contact.channel.address}}", "body": "Hello" } }
      ],
      "initial_state": "Trigger",
      "flags": { "allow_concurrent_calls": true }
    }
  EOT
}

resource "twiliobot_assistant" "old" {
  unique_name = "old"
  engine      = "autopilot"
  schema      = jsonencode({ tasks = [{ uniqueName = "greeting", actions = { actions = [{ say = "Hello" }] } }] })
}

resource "twiliobot_phone_number_binding" "messages" {
  phone_number  = "+447447735023"
  assistant_sid = twiliobot_assistant.clinic.sid
  channels      = ["messaging"]
}

resource "twiliobot_phone_number_binding" "calls" {
  phone_number  = "+447447735023"
  assistant_sid = twiliobot_assistant.hosted.sid
  channels      = ["voice"]
}

resource "twiliobot_messaging_service_binding" "campaign" {
  messaging_service_sid = "MG00000000000000000000000000000001"
  assistant_sid         = twiliobot_assistant.clinic.sid
}

resource "twiliobot_suspension" "menu" {
  assistant_sid = twiliobot_assistant.menu.sid
  notice        = "We are closed."
}

resource "twiliobot_function" "hours" {
  unique_name           = "clinic-hours"
  assistant_unique_name = twiliobot_assistant.clinic.unique_name
  path                  = "/hours"
  visibility            = "public"
  source                = "exports.handler = (context, event, callback) => callback(null, { actions: [{ say: 'From 8 to 18.' }] });"
}

resource "twiliobot_phone_number" "bought" {
  phone_number       = "+12125550101"
  release_on_destroy = true
}
