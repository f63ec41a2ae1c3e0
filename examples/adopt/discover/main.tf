# Reads the account, and writes what a configuration of it is made of as outputs. It changes
# nothing, and has no resource: delete the folder once the account is adopted.

terraform {
  required_version = ">= 1.8"
  required_providers {
    twiliobot = { source = "twiliobot/twiliobot" }
  }
}

# The credentials come from the environment: TWILIO_ACCOUNT_SID and so on.
provider "twiliobot" {}

data "twiliobot_deployed_bots" "all" {}

data "twiliobot_phone_numbers" "all" {}

# The content of each bot.
data "twiliobot_assistant" "bot" {
  for_each = toset(data.twiliobot_deployed_bots.all.bots[*].sid)
  sid      = each.key
}

locals {
  # A flow that was never published answers nobody, and cannot be imported.
  bots = { for sid, bot in data.twiliobot_assistant.bot : sid => bot if bot.engine != "studio" || bot.revision != null }

  # Each bot's key in the configuration, which is a file name too: its name, and its SID
  # behind that where others have the name, be it in capitals, on this engine or another.
  slugs  = { for sid, bot in local.bots : sid => coalesce(replace(bot.unique_name, "/[^0-9A-Za-z_-]+/", "-"), "bot") }
  shared = { for sid, slug in local.slugs : lower(slug) => sid... }
  keys   = { for sid, slug in local.slugs : sid => length(local.shared[lower(slug)]) > 1 ? "${slug}-${sid}" : slug }

  # A bot is one of these three. What no configuration can give is left out: the bot is
  # imported without it, and its content stays as it is.
  kinds = { for sid, bot in local.bots : sid =>
    bot.content_refused != null ? null : bot.engine == "application" ? "webhooks" : bot.flow != null ? "flow" : "schema"
  }
  contents = { for sid, bot in local.bots : sid =>
    bot.engine == "application" ? jsonencode({ for name, value in bot.webhooks : name => value if nonsensitive(value != null) }) : try(coalesce(bot.flow, bot.schema), "")
  }

  # A URL with a user, a password or a query may hold a secret: it goes into a file of
  # variables, which is not committed.
  secret = { for sid, bot in local.bots : sid =>
    local.kinds[sid] == "webhooks" ? nonsensitive(anytrue([for url in values(bot.webhooks) : can(regex("[?#@]", url))])) : false
  }

  numbers = { for number in data.twiliobot_phone_numbers.all.phone_numbers : number.phone_number => number }

  # What a number can carry. A URL for anything else reaches nobody.
  carries = { for phone, number in local.numbers : phone => [
    for channel, by in { messaging = ["sms", "mms"], voice = ["voice"] } : channel if anytrue([for name in by : try(contains(number.capabilities, name), false)])
  ] }

  # Who answers on each channel of a number, where its own webhook says so: the bot's key,
  # or the SID of one that is not in the configuration.
  answers = { for phone, number in local.numbers : phone => {
    for channel, side in { messaging = number.messaging, voice = number.voice } :
    channel => lookup(local.keys, side.assistant_sid, side.assistant_sid)
    if side.kind == "bot" && side.unique_name != null && side.via == "number" && contains(local.carries[phone], channel)
  } }

  # The Messaging Services that answer with a bot.
  services = merge([for bot in data.twiliobot_deployed_bots.all.bots : {
    for route in bot.routes : route.sid => lookup(local.keys, bot.sid, bot.sid) if route.kind == "messaging_service" && route.in_use
  }]...)

  suspended = { for sid, key in local.keys : key => sid if local.bots[sid].status == "suspended" }

  account = {
    bots = { for sid, key in local.keys : key => {
      for name, value in merge({
        name            = local.bots[sid].unique_name
        engine          = local.bots[sid].engine
        friendly_name   = try(length(local.bots[sid].friendly_name) <= 240, false) ? local.bots[sid].friendly_name : null
        routing         = local.kinds[sid] == null ? null : local.bots[sid].routing
        routing_confirm = local.kinds[sid] == null ? null : local.bots[sid].routing_confirm
      }, local.kinds[sid] == null ? {} : { (local.kinds[sid]) = local.secret[sid] ? "secret" : "bots/${key}.json" }) :
      name => value if value != null
    } }
    # One word where one bot answers both.
    numbers = merge(
      { for phone, by in local.answers : phone => by.messaging if try(by.messaging == by.voice, false) },
      { for phone, by in local.answers : phone => by if length(by) > 0 && !try(by.messaging == by.voice, false) },
    )
    services    = local.services
    suspensions = { for key, sid in local.suspended : key => { for name, value in { notice = local.bots[sid].suspension_notice } : name => value if value != null } }
  }

  # What imports.tf imports.
  adopted = {
    bots        = { for sid, key in local.keys : key => sid }
    messages    = [for phone, by in local.answers : phone if can(by.messaging)]
    calls       = [for phone, by in local.answers : phone if can(by.voice)]
    services    = keys(local.services)
    suspensions = local.suspended
  }
}

output "files" {
  description = "The files of the configuration, by their names: write.sh writes them."
  sensitive   = true
  value = merge(
    {
      # The words that this module has chosen need no quotes.
      "account.yaml" = replace(yamlencode(local.account), "/(?m)^( *)\"(bots|numbers|services|suspensions|name|engine|friendly_name|flow|schema|webhooks|routing|routing_confirm|messaging|voice|notice)\":/", "$1$2:")
      "adopted.json" = jsonencode(local.adopted)
    },
    { for sid, key in local.keys : "bots/${key}${local.kinds[sid] == null ? ".refused" : ""}.json" => local.contents[sid] if !local.secret[sid] && local.contents[sid] != "" },
    anytrue(values(local.secret)) ? { "secrets.auto.tfvars.json" = jsonencode({ secret_webhooks = { for sid, key in local.keys : key => jsondecode(local.contents[sid]) if local.secret[sid] } }) } : {},
  )
}

output "found" {
  description = "How many of each are adopted."
  value       = { for name, some in local.adopted : name => length(some) }
}

output "not_adopted" {
  description = "What stays as it is, outside the configuration, and why."
  value = merge(concat(
    [for sid, bot in data.twiliobot_assistant.bot : {
      (contains(keys(local.bots), sid) ? "content of bot ${bot.unique_name} (${sid})" : "bot ${bot.unique_name} (${sid})") = join(" ", concat(bot.content_refused,
        contains(keys(local.bots), sid) ? ["The bot is adopted, and its content stays as it is until you mend bots/${local.keys[sid]}.refused.json and name the mended file in account.yaml."] : []
      ))
    } if bot.content_refused != null],
    [for phone, number in local.numbers : {
      for channel, side in { messaging = number.messaging, voice = number.voice } : "${channel} of number ${phone}" => (
        !contains(local.carries[phone], channel) ? "It has a URL, and the number cannot carry this channel." :
        side.kind == "bot" ? "${side.via == "messaging_service" ? "Messaging Service ${number.messaging_service_sid}" : "It"} routes to bot ${side.assistant_sid}, which ${number.status == "dangling" ? "no longer exists" : "the credentials may not read"}." :
        side.via == "messaging_service" ? "Messaging Service ${number.messaging_service_sid} answers with ${coalesce(side.url, "something")}, which is no bot of the account." :
        "It answers with ${coalesce(side.url, "an application or a SIP trunk")}, which is no bot of the account."
      ) if side.kind == "external" || (side.kind == "bot" && (side.unique_name == null || !contains(local.carries[phone], channel)))
    }],
    [for phone, number in local.numbers : { "number ${phone}" = "Nothing answers on it." } if number.status == "free"],
    # One object may lead to a bot by several fields, or to several bots.
    [for what, whys in {
      for route in flatten([for bot in data.twiliobot_deployed_bots.all.bots : [for route in bot.routes : merge(route, { bot = bot })]]) :
      "${route.kind} ${route.sid}" => "It leads to bot ${route.bot.unique_name} (${route.bot.sid}), and no resource binds it."... if route.kind != "messaging_service"
    } : { (what) = join(" ", distinct(whys)) }],
  )...)
}
