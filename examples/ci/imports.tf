# What the account has already is imported, so that a plan needs no state: against a snapshot
# of the account it shows what the configuration changes, and nothing else. What is in the state
# is not imported again.
data "twiliobot_deployed_bots" "account" {}

data "twiliobot_phone_numbers" "account" {}

# A name that several bots have is left out: the plan says which they are.
import {
  for_each = {
    for name, sids in { for bot in data.twiliobot_deployed_bots.account.bots : bot.unique_name => bot.sid... } : name => one(sids)
    if contains(keys(local.bots), name) && length(sids) == 1
  }
  to = twiliobot_assistant.bot[each.key]
  id = each.value
}

import {
  for_each = {
    for number in data.twiliobot_phone_numbers.account.phone_numbers : number.phone_number => number.sid
    if contains(keys(local.numbers), number.phone_number) && contains(["live", "suspended"], number.status)
  }
  to = twiliobot_phone_number_binding.number[each.key]
  id = each.value
}
