terraform {
  required_providers {
    yardstick = {
      source = "twiliobot/yardstick"
    }
  }
}

resource "terraform_data" "bot" {
  count = var.bots

  # As long as a SID.
  input = "FW${md5("${var.name}-${count.index}")}"
}

resource "yardstick_phone_number_binding" "number" {
  count = var.numbers

  phone_number  = format("+1202%07d", count.index)
  assistant_sid = terraform_data.bot[(count.index + var.shift) % var.bots].output
  channels      = ["messaging"]

  depends_on = [terraform_data.suspension]
}

resource "terraform_data" "suspension" {
  count = var.suspended ? var.bots : 0

  input = terraform_data.bot[count.index].output
}
