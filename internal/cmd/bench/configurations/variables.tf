variable "numbers" {
  type = number
}

variable "bots" {
  type = number
}

# What the operations change.
variable "name" {
  type    = string
  default = "bot"
}

variable "shift" {
  type    = number
  default = 0
}

variable "suspended" {
  type    = bool
  default = false
}
