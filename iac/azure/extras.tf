# Off unless asked for: alerts and Front Door.

resource "azurerm_monitor_action_group" "main" {
  for_each = local.alerts

  name                = "${var.name}-alerts"
  resource_group_name = azurerm_resource_group.main.name
  short_name          = var.name
  tags                = local.tags

  dynamic "email_receiver" {
    for_each = var.alert_emails

    content {
      name          = email_receiver.value
      email_address = email_receiver.value
    }
  }
}

resource "azurerm_monitor_metric_alert" "failures" {
  for_each = local.alerts

  name                = "${var.app_name}-failures"
  resource_group_name = azurerm_resource_group.main.name
  scopes              = [azurerm_container_app.plugin[each.key].id]
  description         = "Requests answered with 5xx."
  severity            = 2
  frequency           = "PT1M"
  window_size         = "PT5M"
  tags                = local.tags

  criteria {
    metric_namespace = "Microsoft.App/containerApps"
    metric_name      = "Requests"
    aggregation      = "Total"
    operator         = "GreaterThan"
    threshold        = 10

    dimension {
      name     = "statusCodeCategory"
      operator = "Include"
      values   = ["5xx"]
    }
  }

  action {
    action_group_id = azurerm_monitor_action_group.main[each.key].id
  }
}

resource "azurerm_monitor_metric_alert" "restarts" {
  for_each = local.alerts

  name                = "${var.app_name}-restarts"
  resource_group_name = azurerm_resource_group.main.name
  scopes              = [azurerm_container_app.plugin[each.key].id]
  description         = "Replicas that were restarted."
  severity            = 2
  frequency           = "PT5M"
  window_size         = "PT15M"
  tags                = local.tags

  criteria {
    metric_namespace = "Microsoft.App/containerApps"
    metric_name      = "RestartCount"
    aggregation      = "Maximum"
    operator         = "GreaterThan"
    threshold        = 3
  }

  action {
    action_group_id = azurerm_monitor_action_group.main[each.key].id
  }
}

resource "azurerm_cdn_frontdoor_profile" "main" {
  for_each = local.entrances

  name                     = "${var.name}-frontdoor"
  resource_group_name      = azurerm_resource_group.main.name
  sku_name                 = "Standard_AzureFrontDoor"
  response_timeout_seconds = max(16, ceil(var.timeout_seconds) + 5)
  tags                     = local.tags
}

resource "azurerm_cdn_frontdoor_endpoint" "main" {
  for_each = local.entrances

  name                     = "${var.name}-${local.suffix}"
  cdn_frontdoor_profile_id = azurerm_cdn_frontdoor_profile.main[each.key].id
  tags                     = local.tags
}

resource "azurerm_cdn_frontdoor_origin_group" "main" {
  for_each = local.entrances

  name                     = "plugin"
  cdn_frontdoor_profile_id = azurerm_cdn_frontdoor_profile.main[each.key].id
  session_affinity_enabled = false

  load_balancing {
    sample_size                 = 4
    successful_samples_required = 3
  }

  health_probe {
    path                = "/health/ready"
    protocol            = "Https"
    request_type        = "GET"
    interval_in_seconds = 30
  }
}

resource "azurerm_cdn_frontdoor_origin" "main" {
  for_each = local.entrances

  name                           = "plugin"
  cdn_frontdoor_origin_group_id  = azurerm_cdn_frontdoor_origin_group.main[each.key].id
  enabled                        = true
  certificate_name_check_enabled = true
  host_name                      = local.fqdn
  origin_host_header             = local.fqdn
  https_port                     = 443
}

resource "azurerm_cdn_frontdoor_route" "main" {
  for_each = local.entrances

  name                          = "plugin"
  cdn_frontdoor_endpoint_id     = azurerm_cdn_frontdoor_endpoint.main[each.key].id
  cdn_frontdoor_origin_group_id = azurerm_cdn_frontdoor_origin_group.main[each.key].id
  cdn_frontdoor_origin_ids      = [azurerm_cdn_frontdoor_origin.main[each.key].id]
  patterns_to_match             = ["/*"]
  supported_protocols           = ["Http", "Https"]
  https_redirect_enabled        = true
  forwarding_protocol           = "HttpsOnly"
}
