resource "terraform_data" "bot" {
  count = var.bots

  input = "${var.name}-${count.index}"
}

resource "terraform_data" "number" {
  count = var.numbers

  input = {
    phone_number  = format("+1202%07d", count.index)
    assistant_sid = terraform_data.bot[(count.index + var.shift) % var.bots].output
    channels      = ["messaging"]
  }

  depends_on = [terraform_data.suspension]
}

resource "terraform_data" "suspension" {
  count = var.suspended ? var.bots : 0

  input = terraform_data.bot[count.index].output
}
