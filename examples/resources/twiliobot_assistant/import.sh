# By the bot's SID, or by its name.
terraform import twiliobot_assistant.concierge AP00000000000000000000000000000001
terraform import twiliobot_assistant.clinic clinic
