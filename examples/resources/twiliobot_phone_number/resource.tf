# Buys the number, which costs money from then on. Destroying it leaves the number in the
# account, unless release_on_destroy is set.
resource "twiliobot_phone_number" "front_desk" {
  phone_number = "+12025550142"

  lifecycle {
    prevent_destroy = true
  }
}

# A number that is only needed for a while goes back to Twilio when it is destroyed.
resource "twiliobot_phone_number" "campaign" {
  phone_number       = "+14155550117"
  release_on_destroy = true

  lifecycle {
    create_before_destroy = true
  }
}

# Some countries sell a number to who gives an address, or a bundle of documents too.
resource "twiliobot_phone_number" "sydney" {
  phone_number       = "+61255500123"
  address_sid        = "AD00000000000000000000000000000001"
  release_on_destroy = true
}

resource "twiliobot_assistant" "concierge" {
  unique_name = "concierge"

  webhooks = {
    messaging_url = "https://bots.example.com/concierge/messages"
    voice_url     = "https://bots.example.com/concierge/calls"
  }
}

# Who answers on the number is the binding's to say.
resource "twiliobot_phone_number_binding" "campaign" {
  phone_number  = twiliobot_phone_number.campaign.phone_number
  assistant_sid = twiliobot_assistant.concierge.sid
  channels      = ["messaging", "voice"]
}
