# By the number in E.164, or by its SID.
terraform import twiliobot_phone_number_binding.front_desk +12025550142
terraform import twiliobot_phone_number_binding.front_desk PN00000000000000000000000000000001

# One channel of a number: where two bots answer, each is imported by itself.
terraform import twiliobot_phone_number_binding.front_desk +12025550142:voice
terraform import twiliobot_phone_number_binding.front_desk PN00000000000000000000000000000001:voice
