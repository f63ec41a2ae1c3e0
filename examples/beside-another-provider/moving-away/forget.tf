# Goes into ../numbers, in place of its resource: the other provider forgets the numbers, and
# releases none. Apply it first. (Terraform 1.7, OpenTofu 1.7.)

removed {
  from = twilio_phone_number.front

  lifecycle {
    destroy = false
  }
}
