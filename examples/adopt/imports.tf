# Takes over what discover/ has found. Once it is applied, delete this file and adopted.json.

locals {
  adopted = jsondecode(file("${path.module}/adopted.json"))
}

import {
  for_each = local.adopted.bots
  to       = twiliobot_assistant.bot[each.key]
  id       = each.value
}

import {
  for_each = toset(local.adopted.messages)
  to       = twiliobot_phone_number_binding.messages[each.key]
  id       = "${each.key}:messaging"
}

import {
  for_each = toset(local.adopted.calls)
  to       = twiliobot_phone_number_binding.calls[each.key]
  id       = "${each.key}:voice"
}

import {
  for_each = toset(local.adopted.services)
  to       = twiliobot_messaging_service_binding.service[each.key]
  id       = each.key
}

import {
  for_each = local.adopted.suspensions
  to       = twiliobot_suspension.bot[each.key]
  id       = each.value
}
