# What is made, from the least that must be given to the most.

mock_provider "azurerm" {
  mock_resource "azurerm_container_app" {
    defaults = {
      ingress = { fqdn = "plugin.example.com" }
    }
  }
}

mock_provider "time" {}

variables {
  subscription_id = "00000000-0000-0000-0000-000000000000"
  image           = "registry.example.com/sentiment@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
  app_name        = "sentiment"
  # An ephemeral variable cannot be left to its default here: terraform test gives it to one phase only.
  secret_values = {}
  # What a *.auto.tfvars.json may set.
  declared_env = []
  environment  = {}
  secret_names = []
}

run "without_an_image_only_the_platform" {
  variables {
    image = null
  }

  assert {
    condition     = length(azurerm_container_app.plugin) == 0 && output.url == null && output.image == null
    error_message = "there must be no app before there is an image"
  }

  assert {
    condition     = azurerm_container_registry.main.admin_enabled == false
    error_message = "the registry must have no admin user"
  }
}

run "defaults" {
  assert {
    condition     = azurerm_container_app.plugin["plugin"].template[0].min_replicas == 1 && azurerm_container_app.plugin["plugin"].template[0].max_replicas == 5
    error_message = "1 to 5 replicas"
  }

  assert {
    condition     = azurerm_container_app.plugin["plugin"].ingress[0].external_enabled && !azurerm_container_app.plugin["plugin"].ingress[0].allow_insecure_connections
    error_message = "reached from outside, by HTTPS alone"
  }

  assert {
    condition     = azurerm_container_app.plugin["plugin"].template[0].termination_grace_period_seconds == 45
    error_message = "a deadline of 30 s needs 45 s to end"
  }

  assert {
    condition     = azurerm_container_app.plugin["plugin"].template[0].container[0].image == var.image
    error_message = "the image must be the one given, by digest"
  }

  assert {
    condition     = length(azurerm_monitor_metric_alert.failures) == 0 && length(azurerm_cdn_frontdoor_profile.main) == 0
    error_message = "alerts and Front Door are off"
  }
}

run "names_do_not_change_between_runs" {
  command = plan

  assert {
    condition     = azurerm_key_vault.main.name == run.defaults.key_vault
    error_message = "the vault's name must depend on nothing but the variables"
  }
}

run "no_secret" {
  assert {
    condition     = length(azurerm_key_vault_secret.plugin) == 0 && length(azurerm_container_app.plugin["plugin"].secret) == 0
    error_message = "there must be no secret"
  }
}

run "secrets_come_from_the_vault" {
  variables {
    declared_env  = ["OPENAI_API_KEY", "SLACK_*"]
    environment   = { SLACK_CHANNEL = "#alerts" }
    secret_names  = ["OPENAI_API_KEY", "SLACK_BOT_TOKEN"]
    secret_values = { OPENAI_API_KEY = "not-a-real-key", SLACK_BOT_TOKEN = "not-a-real-token" }
  }

  assert {
    condition     = azurerm_key_vault_secret.plugin["OPENAI_API_KEY"].name == "openai-api-key"
    error_message = "underscores become dashes, capitals small"
  }

  assert {
    condition     = [for secret in azurerm_container_app.plugin["plugin"].secret : secret.name if secret.key_vault_secret_id == ""] == []
    error_message = "each secret must be read from the vault"
  }

  assert {
    condition = {
      for env in azurerm_container_app.plugin["plugin"].template[0].container[0].env : env.name => env.secret_name
      if env.secret_name != null && env.secret_name != ""
    } == { OPENAI_API_KEY = "openai-api-key", SLACK_BOT_TOKEN = "slack-bot-token" }
    error_message = "the secret variables must be given by reference"
  }

  assert {
    condition     = contains([for env in azurerm_container_app.plugin["plugin"].template[0].container[0].env : "${env.name}=${coalesce(env.value, "-")}"], "SLACK_CHANNEL=#alerts")
    error_message = "the plain variable must be given by value"
  }

  assert {
    condition     = output.secrets == { OPENAI_API_KEY = "openai-api-key", SLACK_BOT_TOKEN = "slack-bot-token" }
    error_message = "the output names the secrets"
  }
}

run "a_later_apply_needs_no_value" {
  variables {
    declared_env = ["OPENAI_API_KEY", "SLACK_*"]
    environment  = { SLACK_CHANNEL = "#alerts" }
    secret_names = ["OPENAI_API_KEY", "SLACK_BOT_TOKEN"]
  }

  assert {
    condition     = azurerm_key_vault_secret.plugin["OPENAI_API_KEY"].value_wo_version == 1
    error_message = "the secret must stay as it is"
  }
}

run "a_rotated_secret_makes_a_new_revision" {
  variables {
    declared_env    = ["OPENAI_API_KEY"]
    secret_names    = ["OPENAI_API_KEY"]
    secret_values   = { OPENAI_API_KEY = "not-a-real-key-either" }
    secret_versions = { OPENAI_API_KEY = 2 }
  }

  assert {
    condition     = azurerm_key_vault_secret.plugin["OPENAI_API_KEY"].value_wo_version == 2
    error_message = "the version must be raised"
  }

  assert {
    condition = [
      for env in azurerm_container_app.plugin["plugin"].template[0].container[0].env : env.value
      if env.name == "NOXUS_SECRETS"
    ] == [sha256(jsonencode({ OPENAI_API_KEY = 2 }))]
    error_message = "a changed version must change the template"
  }
}

run "a_configuration_with_secrets_is_a_secret" {
  variables {
    secret_names  = ["NOXUS_CONFIG"]
    secret_values = { NOXUS_CONFIG = "{}" }
  }

  assert {
    condition     = azurerm_key_vault_secret.plugin["NOXUS_CONFIG"].name == "noxus-config"
    error_message = "the configuration must come from the vault"
  }
}

run "internal_ingress" {
  variables {
    external  = false
    subnet_id = "/subscriptions/x/resourceGroups/x/providers/Microsoft.Network/virtualNetworks/x/subnets/apps"
  }

  assert {
    condition     = !azurerm_container_app.plugin["plugin"].ingress[0].external_enabled && azurerm_container_app_environment.main.internal_load_balancer_enabled
    error_message = "neither the app nor its environment may be public"
  }
}

run "only_some_addresses" {
  variables {
    allowed_ip_ranges = { office = "203.0.113.0/24" }
  }

  assert {
    condition     = [for rule in azurerm_container_app.plugin["plugin"].ingress[0].ip_security_restriction : rule.action] == ["Allow"]
    error_message = "one rule, which shuts out all others"
  }
}

run "scale" {
  variables {
    min_replicas        = 2
    max_replicas        = 20
    cpu_utilization     = 60
    memory_utilization  = 90
    concurrent_requests = 50
  }

  assert {
    condition = {
      for rule in azurerm_container_app.plugin["plugin"].template[0].custom_scale_rule : rule.custom_rule_type => rule.metadata
      } == {
      cpu    = tomap({ type = "Utilization", value = "60" })
      memory = tomap({ type = "Utilization", value = "90" })
    }
    error_message = "rules must be of type Utilization: Azure ignores any other key without a word"
  }

  assert {
    condition     = azurerm_container_app.plugin["plugin"].template[0].http_scale_rule[0].concurrent_requests == "50"
    error_message = "requests in flight"
  }
}

run "a_large_replica" {
  variables {
    cpu    = 2
    memory = "4Gi"
  }

  assert {
    condition     = azurerm_container_app.plugin["plugin"].template[0].container[0].memory == "4Gi"
    error_message = "4Gi for two cores"
  }
}

run "the_longest_deadline" {
  variables {
    timeout_seconds = 240
  }

  assert {
    condition     = azurerm_container_app.plugin["plugin"].template[0].termination_grace_period_seconds == 255
    error_message = "a replica must outlive the longest call"
  }
}

run "alerts" {
  variables {
    alert_emails = ["operator@example.com"]
  }

  assert {
    condition     = length(azurerm_monitor_metric_alert.failures) == 1 && length(azurerm_monitor_metric_alert.restarts) == 1
    error_message = "failures and restarts"
  }
}

run "front_door" {
  variables {
    front_door      = true
    timeout_seconds = 120
  }

  assert {
    condition     = azurerm_cdn_frontdoor_profile.main["plugin"].response_timeout_seconds == 125
    error_message = "Front Door must wait for the longest call"
  }

  assert {
    condition     = azurerm_cdn_frontdoor_route.main["plugin"].https_redirect_enabled
    error_message = "HTTP is sent to HTTPS"
  }
}

run "a_deployer_whose_role_is_assigned_elsewhere" {
  variables {
    grant_deployer = false
  }

  assert {
    condition     = length(azurerm_role_assignment.write_secrets) == 0
    error_message = "no role for the deployer"
  }
}
