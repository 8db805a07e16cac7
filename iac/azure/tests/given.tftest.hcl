# What `noxus gen tfvars` wrote into this folder, as it is: its variables are loaded by themselves. Without such a file
# the defaults are checked.

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
  image           = "registry.example.com/plugin@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
  secret_values   = {}
}

run "each_declared_variable_is_given_or_left_out" {
  assert {
    condition = alltrue([
      for env in azurerm_container_app.plugin["plugin"].template[0].container[0].env :
      contains(["PORT", "HOST", "NOXUS_SECRETS"], env.name) || contains(keys(var.environment), env.name) || contains(var.secret_names, env.name)
    ])
    error_message = "the container must get what was written and nothing else"
  }

  assert {
    condition     = length(azurerm_container_app.plugin["plugin"].secret) == length(var.secret_names)
    error_message = "each secret must be there"
  }
}

run "the_port_is_the_one_that_is_probed_and_reached" {
  assert {
    condition = alltrue([
      for port in [
        azurerm_container_app.plugin["plugin"].ingress[0].target_port,
        azurerm_container_app.plugin["plugin"].template[0].container[0].liveness_probe[0].port,
        azurerm_container_app.plugin["plugin"].template[0].container[0].readiness_probe[0].port,
        azurerm_container_app.plugin["plugin"].template[0].container[0].startup_probe[0].port,
      ] : port == var.port
    ])
    error_message = "one port"
  }
}
