# By the SID of the Messaging Service.
terraform import twiliobot_messaging_service_binding.campaign MG00000000000000000000000000000001
