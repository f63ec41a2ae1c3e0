# By the SID or the unique name of its service.
terraform import twiliobot_function.hours ZS00000000000000000000000000000001
terraform import twiliobot_function.hours clinic-hours
