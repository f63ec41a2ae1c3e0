locals {
  # Or a file: file("${path.module}/clinic.json").
  schema = jsonencode({
    defaults = {
      defaults = {
        assistant_initiation = "task://greeting"
        fallback             = "task://greeting"
      }
    }
    tasks = [
      {
        uniqueName = "greeting"
        samples    = [{ language = "en-US", taggedText = "hello" }]
        actions = { actions = [
          { say = "Hello, this is the clinic. Ask for our opening hours." },
          { listen = true },
        ] }
      },
      {
        uniqueName = "hours"
        samples    = [{ language = "en-US", taggedText = "when are you open" }]
        actions    = { actions = [{ say = "We are open from 8 to 18." }] }
      },
    ]
  })
}

# A picture for a pull request: what `terraform output -raw clinic_picture` prints, in a
# code block of the language mermaid.
output "clinic_picture" {
  value = provider::twiliobot::schema_to_mermaid(local.schema)
}
