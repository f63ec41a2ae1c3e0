import {
  to = twiliobot_assistant.clinic
  id = "clinic"
}
