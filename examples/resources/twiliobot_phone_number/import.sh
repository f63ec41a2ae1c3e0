# By the number in E.164, or by its SID. Nothing is bought or released.
terraform import twiliobot_phone_number.front_desk +12025550142
terraform import twiliobot_phone_number.front_desk PN00000000000000000000000000000001
