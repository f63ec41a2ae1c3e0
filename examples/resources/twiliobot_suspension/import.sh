# By the SID of the suspended bot.
terraform import twiliobot_suspension.concierge AP00000000000000000000000000000001
