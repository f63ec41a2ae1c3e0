# Without an account: the provider is mocked, and only the configuration is tested.
mock_provider "twiliobot" {}

run "each_number_has_its_bot" {
  command = apply

  assert {
    condition     = alltrue([for number, name in local.numbers : twiliobot_phone_number_binding.number[number].assistant_sid == twiliobot_assistant.bot[name].sid])
    error_message = "A number is bound to another bot."
  }

  assert {
    condition     = length(local.numbers) == sum([for bot in local.bots : length(bot.numbers)])
    error_message = "A number is given to two bots."
  }
}
