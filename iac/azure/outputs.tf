output "registry" {
  description = "Where to push the image: `noxus build --push <registry>/<name>:<version>`."
  value       = azurerm_container_registry.main.login_server
}

output "url" {
  description = "Address of the plugin; null until an image is given."
  value       = local.fqdn == null ? null : "https://${local.fqdn}"
}

output "front_door_url" {
  description = "Address behind Front Door; null without it."
  value       = one([for endpoint in azurerm_cdn_frontdoor_endpoint.main : "https://${endpoint.host_name}"])
}

output "image" {
  description = "Image that runs; null until one is given."
  value       = var.image
}

output "key_vault" {
  description = "Name of the vault that holds the secrets."
  value       = azurerm_key_vault.main.name
}

output "secrets" {
  description = "Name in the vault of each secret variable. Never a value."
  value       = local.secrets
}

output "identity" {
  description = "Client id of the plugin's identity."
  value       = azurerm_user_assigned_identity.plugin.client_id
}

output "log_workspace" {
  description = "Log Analytics workspace to query."
  value       = azurerm_log_analytics_workspace.main.workspace_id
}
