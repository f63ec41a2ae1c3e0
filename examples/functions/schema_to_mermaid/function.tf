# A picture for a pull request: what `terraform output -raw clinic_picture` prints, in a
# code block of the language mermaid.
output "clinic_picture" {
  value = provider::twiliobot::schema_to_mermaid(file("${path.module}/clinic.json"))
}
