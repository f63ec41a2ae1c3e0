# What a bot that is hosted elsewhere answers a call with.
output "menu" {
  value = provider::twiliobot::twiml([
    { say = { text = "Welcome to the clinic.", voice = "Polly.Amy" } },
    { gather = {
      input      = ["dtmf", "speech"]
      num_digits = 1
      action     = "/menu"
      verbs = [
        { say = "Press 1 for opening hours, or say what you need." },
        { pause = 5 },
      ]
    } },
    { say = "Goodbye." },
    { hangup = {} },
  ])
}

# A call that is handed to an agent over a WebSocket.
output "agent" {
  value = provider::twiliobot::twiml([
    { connect = {
      action = "/ended"
      conversation_relay = {
        url              = "wss://agent.example.com/relay"
        welcome_greeting = "Hello, how can I help?"
        parameters       = { clinic = "North" }
      }
    } },
  ])
}
