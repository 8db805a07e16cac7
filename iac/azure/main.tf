locals {
  suffix = coalesce(var.name_suffix, substr(sha256("${var.subscription_id}/${var.name}/${var.location}"), 0, 6))
  tags   = merge(var.tags, { managed_by = "terraform", noxus = var.name })

  # Key Vault knows no underscore and Container Apps no upper case.
  secrets         = { for name in var.secret_names : name => lower(replace(name, "_", "-")) }
  secret_versions = { for name in var.secret_names : name => lookup(var.secret_versions, name, 1) }

  # The platform can stand alone: the registry has to be there before the first image.
  apps      = var.image == null ? {} : { plugin = var.image }
  fqdn      = one([for app in azurerm_container_app.plugin : app.ingress[0].fqdn])
  alerts    = length(var.alert_emails) > 0 ? local.apps : {}
  entrances = var.front_door ? local.apps : {}
}

data "azurerm_client_config" "current" {}

resource "azurerm_resource_group" "main" {
  name     = "${var.name}-${var.location}"
  location = var.location
  tags     = local.tags
}

resource "azurerm_log_analytics_workspace" "main" {
  name                = "${var.name}-logs"
  resource_group_name = azurerm_resource_group.main.name
  location            = azurerm_resource_group.main.location
  sku                 = "PerGB2018"
  retention_in_days   = var.log_retention_days
  tags                = local.tags
}

resource "azurerm_container_registry" "main" {
  name                = "${var.name}${local.suffix}"
  resource_group_name = azurerm_resource_group.main.name
  location            = azurerm_resource_group.main.location
  sku                 = var.registry_sku
  admin_enabled       = false
  tags                = local.tags
}

resource "azurerm_key_vault" "main" {
  name                       = "${var.name}-${local.suffix}"
  resource_group_name        = azurerm_resource_group.main.name
  location                   = azurerm_resource_group.main.location
  tenant_id                  = data.azurerm_client_config.current.tenant_id
  sku_name                   = "standard"
  rbac_authorization_enabled = true
  purge_protection_enabled   = var.key_vault_purge_protection
  soft_delete_retention_days = var.key_vault_retention_days
  tags                       = local.tags
}

resource "azurerm_monitor_diagnostic_setting" "vault" {
  name                       = "audit"
  target_resource_id         = azurerm_key_vault.main.id
  log_analytics_workspace_id = azurerm_log_analytics_workspace.main.id

  enabled_log {
    category = "AuditEvent"
  }
}

# A user-assigned identity can have its roles before the app exists; a system-assigned one cannot.
resource "azurerm_user_assigned_identity" "plugin" {
  name                = "${var.name}-plugin"
  resource_group_name = azurerm_resource_group.main.name
  location            = azurerm_resource_group.main.location
  tags                = local.tags
}

resource "azurerm_role_assignment" "pull" {
  scope                = azurerm_container_registry.main.id
  role_definition_name = "AcrPull"
  principal_id         = azurerm_user_assigned_identity.plugin.principal_id
  principal_type       = "ServicePrincipal"
}

resource "azurerm_role_assignment" "read_secrets" {
  scope                = azurerm_key_vault.main.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.plugin.principal_id
  principal_type       = "ServicePrincipal"
}

resource "azurerm_role_assignment" "write_secrets" {
  count = var.grant_deployer ? 1 : 0

  scope                = azurerm_key_vault.main.id
  role_definition_name = "Key Vault Secrets Officer"
  principal_id         = data.azurerm_client_config.current.object_id
}

# Role assignments act minutes after they are made; what needs them would fail until then.
resource "time_sleep" "roles" {
  create_duration = var.role_propagation

  triggers = {
    pull          = azurerm_role_assignment.pull.id
    read_secrets  = azurerm_role_assignment.read_secrets.id
    write_secrets = one(azurerm_role_assignment.write_secrets[*].id)
  }
}

resource "azurerm_key_vault_secret" "plugin" {
  for_each = local.secrets

  name             = each.value
  key_vault_id     = azurerm_key_vault.main.id
  content_type     = "environment variable ${each.key}"
  value_wo         = lookup(var.secret_values, each.key, "")
  value_wo_version = local.secret_versions[each.key]
  tags             = local.tags

  depends_on = [time_sleep.roles]
}

resource "azurerm_container_app_environment" "main" {
  name                       = "${var.name}-environment"
  resource_group_name        = azurerm_resource_group.main.name
  location                   = azurerm_resource_group.main.location
  logs_destination           = "log-analytics"
  log_analytics_workspace_id = azurerm_log_analytics_workspace.main.id
  infrastructure_subnet_id   = var.subnet_id
  # An environment in a network of one's own is either public or not; without one it is public.
  internal_load_balancer_enabled = var.subnet_id == null ? null : !var.external
  tags                           = local.tags
}

resource "azurerm_container_app" "plugin" {
  for_each = local.apps

  name                         = var.app_name
  resource_group_name          = azurerm_resource_group.main.name
  container_app_environment_id = azurerm_container_app_environment.main.id
  revision_mode                = "Single"
  max_inactive_revisions       = 10
  tags                         = merge(local.tags, { plugin_version = var.plugin_version })

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.plugin.id]
  }

  registry {
    server   = azurerm_container_registry.main.login_server
    identity = azurerm_user_assigned_identity.plugin.id
  }

  # Versionless: Azure reads a rotated secret by itself within half an hour, at once with a new revision.
  dynamic "secret" {
    for_each = azurerm_key_vault_secret.plugin

    content {
      name                = secret.value.name
      key_vault_secret_id = secret.value.versionless_id
      identity            = azurerm_user_assigned_identity.plugin.id
    }
  }

  ingress {
    external_enabled           = var.external
    target_port                = var.port
    transport                  = "http"
    allow_insecure_connections = false

    traffic_weight {
      latest_revision = true
      percentage      = 100
    }

    dynamic "ip_security_restriction" {
      for_each = var.allowed_ip_ranges

      content {
        name             = ip_security_restriction.key
        action           = "Allow"
        ip_address_range = ip_security_restriction.value
      }
    }
  }

  template {
    min_replicas = var.min_replicas
    max_replicas = var.max_replicas
    # A request that starts as the replica is told to end may take its whole deadline; the default, 30 s, is too short.
    termination_grace_period_seconds = ceil(var.timeout_seconds) + 15

    container {
      name   = var.app_name
      image  = each.value
      cpu    = var.cpu
      memory = var.memory

      env {
        name  = "PORT"
        value = tostring(var.port)
      }

      env {
        name  = "HOST"
        value = "0.0.0.0"
      }

      # A raised version makes a new revision, which reads the new values.
      env {
        name  = "NOXUS_SECRETS"
        value = sha256(jsonencode(local.secret_versions))
      }

      dynamic "env" {
        for_each = var.environment

        content {
          name  = env.key
          value = env.value
        }
      }

      dynamic "env" {
        for_each = local.secrets

        content {
          name        = env.key
          secret_name = env.value
        }
      }

      startup_probe {
        transport               = "HTTP"
        path                    = "/health/startup"
        port                    = var.port
        interval_seconds        = 1
        timeout                 = 2
        failure_count_threshold = 30
      }

      readiness_probe {
        transport               = "HTTP"
        path                    = "/health/ready"
        port                    = var.port
        interval_seconds        = 5
        timeout                 = 3
        failure_count_threshold = 3
        success_count_threshold = 1
      }

      liveness_probe {
        transport               = "HTTP"
        path                    = "/health/live"
        port                    = var.port
        initial_delay           = 5
        interval_seconds        = 10
        timeout                 = 5
        failure_count_threshold = 3
      }
    }

    http_scale_rule {
      name                = "requests"
      concurrent_requests = tostring(var.concurrent_requests)
    }

    # `type` and `value`: with any other keys the rule does nothing, and nothing says so.
    custom_scale_rule {
      name             = "cpu"
      custom_rule_type = "cpu"
      metadata         = { type = "Utilization", value = tostring(var.cpu_utilization) }
    }

    custom_scale_rule {
      name             = "memory"
      custom_rule_type = "memory"
      metadata         = { type = "Utilization", value = tostring(var.memory_utilization) }
    }
  }

  # The registry must allow the pull and the vault the read before the first revision starts.
  depends_on = [time_sleep.roles]
}
