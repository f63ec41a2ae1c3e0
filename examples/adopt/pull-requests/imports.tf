# For plans of pull requests, which have no state: what account.yaml has and the account has
# too is imported, so that a plan against a snapshot of the account shows what the change does. In
# place of ../imports.tf, once the account is adopted. What is in the state is not imported again.

data "twiliobot_deployed_bots" "account" {}

data "twiliobot_phone_numbers" "account" {}

locals {
  # The SIDs of each name on each engine. Where a name has several, the bot's key ends in its SID.
  there = { for bot in data.twiliobot_deployed_bots.account.bots : "${bot.engine} ${bot.unique_name}" => bot.sid... }
  sids_there = { for key, sids in {
    for key, bot in local.bots : key => lookup(local.there, "${lookup(bot, "engine", can(bot.webhooks) ? "application" : "studio")} ${bot.name}", [])
  } : key => length(sids) == 1 ? sids[0] : one([for sid in sids : sid if endswith(key, sid)]) }

  numbers_there = { for number in data.twiliobot_phone_numbers.account.phone_numbers : number.phone_number => number }
  routes        = flatten([for bot in data.twiliobot_deployed_bots.account.bots : [for route in bot.routes : route.sid if route.in_use]])
  silent        = [for bot in data.twiliobot_deployed_bots.account.bots : bot.sid if bot.status == "suspended"]
}

import {
  for_each = { for key, sid in local.sids_there : key => sid if sid != null }
  to       = twiliobot_assistant.bot[each.key]
  id       = each.value
}

import {
  for_each = toset([for phone in keys(local.messages) : phone if try(local.numbers_there[phone].messaging.unique_name != null, false)])
  to       = twiliobot_phone_number_binding.messages[each.key]
  id       = "${each.key}:messaging"
}

import {
  for_each = toset([for phone in keys(local.calls) : phone if try(local.numbers_there[phone].voice.unique_name != null, false)])
  to       = twiliobot_phone_number_binding.calls[each.key]
  id       = "${each.key}:voice"
}

import {
  for_each = toset([for sid in keys(local.services) : sid if contains(local.routes, sid)])
  to       = twiliobot_messaging_service_binding.service[each.key]
  id       = each.key
}

import {
  for_each = { for key in keys(local.suspensions) : key => local.sids_there[key] if try(contains(local.silent, local.sids_there[key]), false) }
  to       = twiliobot_suspension.bot[each.key]
  id       = each.value
}
