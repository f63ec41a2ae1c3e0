# With the provider itself, on the sandbox file that TWILIOBOT_SANDBOX names: a copy, since it
# is applied there. It begins with the account as the snapshot has it.

run "applied" {
  command = apply

  assert {
    condition     = length(local.silent) == 0
    error_message = "Bots that do not answer: ${join(", ", local.silent)}."
  }

  assert {
    condition     = length(local.dangling) == 0
    error_message = "Numbers that lead to a bot that no longer exists: ${join(", ", local.dangling)}."
  }

  assert {
    condition     = length(local.foreign) == 0
    error_message = "Numbers that answer and are not in this configuration: ${join(", ", local.foreign)}."
  }

  assert {
    condition = alltrue([
      for number in data.twiliobot_phone_numbers.applied.phone_numbers : number.messaging.unique_name == local.numbers[number.phone_number]
      if contains(keys(local.numbers), number.phone_number)
    ])
    error_message = "A number answers for another bot than the configuration says."
  }
}
