terraform {
  # 1.11 is the first with write-only arguments, which keep secrets out of the state.
  required_version = ">= 1.11.0, < 2.0.0"

  required_providers {
    azurerm = {
      source = "hashicorp/azurerm"
      # Only arguments that both the last 4.x and 5.x know are used.
      version = ">= 4.55.0, < 6.0.0"
    }
    time = {
      source  = "hashicorp/time"
      version = ">= 0.12.0, < 1.0.0"
    }
  }
}

provider "azurerm" {
  subscription_id = var.subscription_id

  # 5.x registers none by itself, 4.x about sixty.
  resource_providers_to_register = [
    "Microsoft.App",
    "Microsoft.ContainerRegistry",
    "Microsoft.Insights",
    "Microsoft.KeyVault",
    "Microsoft.ManagedIdentity",
    "Microsoft.OperationalInsights",
  ]

  features {
    key_vault {
      # A destroyed vault keeps its name until it is purged: recovering it makes destroy and apply repeatable.
      recover_soft_deleted_key_vaults = true
      purge_soft_delete_on_destroy    = false
    }
  }
}
