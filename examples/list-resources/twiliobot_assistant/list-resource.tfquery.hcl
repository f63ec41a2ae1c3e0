# In a file that ends in .tfquery.hcl, beside the configuration of the provider:
#   terraform query                                 shows the bots
#   terraform query -generate-config-out=bots.tf    writes their configuration, with import blocks
#   terraform apply                                 imports them
list "twiliobot_assistant" "clinics" {
  provider         = twiliobot
  include_resource = true
  limit            = 1000

  config {
    engine     = "studio"
    name_regex = "^clinic"
  }
}
