variable "calendar_token" {
  type      = string
  sensitive = true
  default   = "a secret"
}

resource "twiliobot_function" "hours" {
  unique_name           = "clinic-hours"
  assistant_unique_name = "clinic"
  path                  = "/hours"
  visibility            = "public"

  # Or file("${path.module}/hours.js").
  source = <<-JS
    exports.handler = (context, event, callback) => {
      callback(null, { actions: [{ say: "We are open from 8 to 18." }] });
    };
  JS

  dependencies = {
    twilio = "5.0.0"
  }

  environment_variables = {
    TIME_ZONE = "Europe/London"
  }

  # Never stored in the plan or the state. Change the version with a value.
  environment_variables_wo = {
    CALENDAR_TOKEN = var.calendar_token
  }
  environment_variables_wo_version = 1
}
