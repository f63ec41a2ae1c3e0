# Numbers in New York that can carry texts and calls and ask for no address.
data "twiliobot_available_phone_numbers" "new_york" {
  country                      = "US"
  in_region                    = "NY"
  capabilities                 = ["sms", "voice"]
  exclude_address_requirements = ["any"]
  limit                        = 5
}

# Toll-free numbers that end in 42.
data "twiliobot_available_phone_numbers" "toll_free" {
  country  = "US"
  type     = "toll_free"
  contains = "%42$"
}

# Choose one, and write it down as the phone_number of a twiliobot_phone_number.
output "on_sale" {
  value = {
    for number in concat(
      data.twiliobot_available_phone_numbers.new_york.phone_numbers,
      data.twiliobot_available_phone_numbers.toll_free.phone_numbers,
    ) :
    number.phone_number => number.friendly_name
  }
}
