# Bots and their numbers from one YAML file: a new number is a line of fleet.yaml, a new bot
# three lines and a file.

terraform {
  required_version = ">= 1.8"
  required_providers {
    twiliobot = { source = "twiliobot/twiliobot" }
  }
}

# Twilio on your own disk. For a real account, remove `sandbox` and give
# credentials: see the provider's page.
provider "twiliobot" {
  sandbox = "twilio.sandbox.json"
}

variable "file" {
  description = "The fleet: bots by their names, and numbers with who answers on them."
  type        = string
  default     = "fleet.yaml"
}

locals {
  fleet = yamldecode(file("${path.module}/${var.file}"))

  # A list without an entry is null in YAML.
  bots      = try(coalesce(local.fleet.bots), {})
  numbers   = try(coalesce(local.fleet.numbers), {})
  suspended = toset(try(coalesce(local.fleet.suspended), []))

  # A word that is not written right would be no word at all: bots would be removed, or would
  # answer where they are to be suspended.
  unknown = setsubtract(keys(local.fleet), ["bots", "numbers", "suspended"])

  # Who answers on each channel of each number. One word means both channels.
  answers = merge([for phone, by in local.numbers : {
    for channel in ["messaging", "voice"] : "${phone} ${channel}" => {
      phone   = phone
      channel = channel
      bot     = try(by[channel], tostring(by))
      label   = try(by.label, null)
    } if try(by[channel], tostring(by), null) != null
  }]...)

  # What a number gives and no binding reads: a word that is not written right would take
  # the bot off the number.
  misread = [for phone, by in local.numbers : phone if try(tostring(by) == null, anytrue([
    for name, value in by : !contains(["messaging", "voice", "label"], name) || value == null
  ]) || !can(by.messaging) && !can(by.voice), true)]
}

resource "twiliobot_assistant" "bot" {
  for_each = local.bots

  unique_name = each.key
  flow        = can(each.value.flow) ? file("${path.module}/${each.value.flow}") : null
  schema      = can(each.value.schema) ? file("${path.module}/${each.value.schema}") : null
  webhooks    = try(each.value.webhooks, null)

  lifecycle {
    precondition {
      condition     = try(length(each.value) == 1 && length(setintersection(keys(each.value), ["flow", "schema", "webhooks"])) == 1, false)
      error_message = "Give bot ${each.key} one of flow, schema and webhooks in ${var.file}, and nothing else."
    }

    precondition {
      condition = length(setsubtract(try(keys(each.value.webhooks), []), [
        "messaging_url", "messaging_method", "messaging_fallback_url", "voice_url", "voice_method", "voice_fallback_url", "status_callback_url",
      ])) == 0
      error_message = "The webhooks of bot ${each.key} in ${var.file} have a word that the resource twiliobot_assistant does not know: ${join(", ", try(keys(each.value.webhooks), []))}."
    }
  }
}

# A binding for each channel, so that either can go to another bot.
resource "twiliobot_phone_number_binding" "number" {
  for_each = local.answers

  phone_number  = each.value.phone
  channels      = [each.value.channel]
  friendly_name = each.value.label
  assistant_sid = try(twiliobot_assistant.bot[each.value.bot].sid, "")

  lifecycle {
    precondition {
      condition     = contains(keys(local.bots), each.value.bot)
      error_message = "${var.file} gives ${each.value.phone} to ${each.value.bot}, which is none of its bots."
    }
  }
}

# While a name is in the list, its bot does not answer, on any number.
resource "twiliobot_suspension" "bot" {
  for_each = local.suspended

  assistant_sid = try(twiliobot_assistant.bot[each.key].sid, "")
  depends_on    = [twiliobot_phone_number_binding.number]

  lifecycle {
    precondition {
      condition     = contains(keys(local.bots), each.key)
      error_message = "${var.file} suspends ${each.key}, which is none of its bots."
    }
  }
}

output "numbers" {
  description = "How many numbers each bot answers on."
  value       = { for name in keys(local.bots) : name => length(distinct([for each in local.answers : each.phone if each.bot == name])) }

  precondition {
    condition     = length(local.unknown) == 0 && can(local.fleet.bots) && can(local.fleet.numbers)
    error_message = "${var.file} must have bots and numbers, may have suspended, and has ${join(", ", keys(local.fleet))}."
  }

  precondition {
    condition     = length(local.misread) == 0
    error_message = "${var.file} must give one bot, or messaging, voice and label, for ${join(", ", local.misread)}."
  }
}
