# The account once everything is applied: read again, behind the bindings.
data "twiliobot_deployed_bots" "applied" {
  depends_on = [twiliobot_phone_number_binding.number]
}

data "twiliobot_phone_numbers" "applied" {
  depends_on = [twiliobot_phone_number_binding.number]
}

locals {
  # Bots of this configuration that do not answer.
  silent = [for bot in data.twiliobot_deployed_bots.applied.bots : bot.unique_name if contains(keys(local.bots), bot.unique_name) && bot.status != "live"]

  # Numbers that lead to a bot that no longer exists.
  dangling = [for number in data.twiliobot_phone_numbers.applied.phone_numbers : number.phone_number if number.status == "dangling"]

  # Numbers on which something answers that this configuration does not know.
  foreign = [for number in data.twiliobot_phone_numbers.applied.phone_numbers : number.phone_number if number.status != "free" && !contains(keys(local.numbers), number.phone_number)]
}

# A check that fails is a warning of a plan or apply, and fails a test.
check "every_bot_live" {
  assert {
    condition     = length(local.silent) == 0
    error_message = "Bots that do not answer: ${join(", ", local.silent)}."
  }
}

check "no_dangling_number" {
  assert {
    condition     = length(local.dangling) == 0
    error_message = "Numbers that lead to a bot that no longer exists: ${join(", ", local.dangling)}."
  }
}

check "no_number_answers_outside_terraform" {
  assert {
    condition     = length(local.foreign) == 0
    error_message = "Numbers that answer and are not in this configuration: ${join(", ", local.foreign)}."
  }
}
