# An account's bots, and who answers where, from account.yaml and the files beside it.

terraform {
  required_version = ">= 1.8"
  required_providers {
    twiliobot = { source = "twiliobot/twiliobot" }
  }
}

# The credentials come from the environment: TWILIO_ACCOUNT_SID and so on.
provider "twiliobot" {}

# The URLs of bots hosted elsewhere that may hold a secret, which account.yaml calls "secret".
# Keep secrets.auto.tfvars.json out of the repository, or set TF_VAR_secret_webhooks.
variable "secret_webhooks" {
  type      = map(map(string))
  default   = {}
  sensitive = true
}

variable "take_over" {
  description = "Numbers of account.yaml that are taken from what answers on them, or from a bot that is gone. Give them to one apply."
  type        = set(string)
  default     = []
}

locals {
  account = yamldecode(file("${path.module}/account.yaml"))

  # A list without an entry is null in YAML.
  bots        = try(coalesce(local.account.bots), {})
  numbers     = try(coalesce(local.account.numbers), {})
  services    = try(coalesce(local.account.services), {})
  suspensions = try(coalesce(local.account.suspensions), {})

  # A word that is not written right would be no word at all.
  words = ["bots", "numbers", "services", "suspensions"]
  unknown = concat(
    [for name in keys(local.account) : name if !contains(local.words, name)],
    flatten([for key, bot in local.bots : [for name in try(keys(bot), ["nothing"]) : "${name} of bot ${key}" if !contains(["name", "engine", "friendly_name", "flow", "schema", "webhooks", "rename", "routing", "routing_confirm"], name)]]),
    flatten([for key, each in local.suspensions : [for name in try(keys(each), each == null ? [] : ["nothing"]) : "${name} of suspension ${key}" if name != "notice"]]),
  )

  # account.yaml names bots by their keys. What is no key is the SID of a bot of another
  # configuration.
  sids = { for key, bot in twiliobot_assistant.bot : key => bot.sid }

  # The URLs of bots hosted elsewhere. The secret ones are by themselves: in one expression they
  # would make the others sensitive too.
  secret   = { for key, bot in local.bots : key => var.secret_webhooks[key] if try(bot.webhooks, "") == "secret" }
  webhooks = { for key, bot in local.bots : key => jsondecode(file("${path.module}/${bot.webhooks}")) if try(bot.webhooks, "secret") != "secret" }

  # Who answers on each channel: `"+1…": bot`, or `"+1…": { messaging: bot, voice: bot }`. They
  # are locals since Terraform evaluates a for_each once for each of its instances.
  messages = { for phone, by in local.numbers : phone => try(by.messaging, tostring(by)) if can(try(by.messaging, tostring(by))) }
  calls    = { for phone, by in local.numbers : phone => try(by.voice, tostring(by)) if can(try(by.voice, tostring(by))) }

  # What a number gives and no binding reads: a word that is not written right would take
  # the bot off the number.
  misread = [for phone, by in local.numbers : phone if try(tostring(by) == null, anytrue([
    for name, value in by : !contains(["messaging", "voice"], name) || value == null
  ]) || length(by) == 0, true)]
}

resource "twiliobot_assistant" "bot" {
  for_each = local.bots

  unique_name     = each.value.name
  engine          = lookup(each.value, "engine", null)
  friendly_name   = lookup(each.value, "friendly_name", null)
  rename          = lookup(each.value, "rename", null)
  routing         = lookup(each.value, "routing", null)
  routing_confirm = lookup(each.value, "routing_confirm", null)

  flow     = can(each.value.flow) ? file("${path.module}/${each.value.flow}") : null
  schema   = can(each.value.schema) ? file("${path.module}/${each.value.schema}") : null
  webhooks = try(local.secret[each.key], local.webhooks[each.key], null)
}

# Each channel of a number has a binding of its own, so that either can be given to another
# bot by one word in account.yaml.
resource "twiliobot_phone_number_binding" "messages" {
  for_each = local.messages

  phone_number  = each.key
  channels      = ["messaging"]
  assistant_sid = lookup(local.sids, each.value, each.value)
  overwrite     = contains(var.take_over, each.key)
}

resource "twiliobot_phone_number_binding" "calls" {
  for_each = local.calls

  phone_number  = each.key
  channels      = ["voice"]
  assistant_sid = lookup(local.sids, each.value, each.value)
  overwrite     = contains(var.take_over, each.key)
}

resource "twiliobot_messaging_service_binding" "service" {
  for_each = local.services

  messaging_service_sid = each.key
  assistant_sid         = lookup(local.sids, each.value, each.value)
}

resource "twiliobot_suspension" "bot" {
  for_each = local.suspensions

  assistant_sid = twiliobot_assistant.bot[each.key].sid
  notice        = try(each.value.notice, null)
}

output "numbers" {
  description = "How many numbers are bound, by channel."
  value       = { messaging = length(local.messages), voice = length(local.calls) }

  precondition {
    condition     = length(setsubtract(local.words, keys(local.account))) == 0
    error_message = "account.yaml must have ${join(", ", local.words)}, each of which may be empty."
  }

  precondition {
    condition     = length(local.unknown) == 0
    error_message = "account.yaml has what nothing here reads: ${join(", ", local.unknown)}."
  }

  precondition {
    condition     = length(local.misread) == 0
    error_message = "account.yaml must give one bot, or messaging and voice, for ${join(", ", local.misread)}."
  }
}
