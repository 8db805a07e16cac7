# Where and under which names. These are the operator's: put them into terraform.tfvars.

variable "subscription_id" {
  description = "Azure subscription to deploy into."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$", var.subscription_id))
    error_message = "subscription_id must be a UUID, such as 00000000-0000-0000-0000-000000000000."
  }
}

variable "name" {
  description = "Prefix of every resource's name."
  type        = string
  default     = "noxus"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,10}$", var.name))
    error_message = "name must be 2 to 11 lower-case letters and digits and start with a letter: registry and vault names allow no more."
  }
}

variable "name_suffix" {
  description = "Ending that makes the registry's and the vault's names unique in the world. Derived from the subscription, the name and the region when not given; change it when a destroyed vault still holds its name."
  type        = string
  default     = null

  validation {
    condition     = var.name_suffix == null ? true : can(regex("^[a-z0-9]{4,8}$", var.name_suffix))
    error_message = "name_suffix must be 4 to 8 lower-case letters and digits."
  }
}

variable "location" {
  description = "Azure region, such as westeurope."
  type        = string
  default     = "westeurope"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{2,29}$", var.location))
    error_message = "location must be a region's short name, such as westeurope or eastus2."
  }
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40 && alltrue([for key, value in var.tags : length(key) <= 512 && length(value) <= 256])
    error_message = "at most 40 tags, keys of at most 512 and values of at most 256 characters."
  }
}

# The platform.

variable "log_retention_days" {
  description = "Days for which logs are kept."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.log_retention_days >= 30 && var.log_retention_days <= 730 && floor(var.log_retention_days) == var.log_retention_days
    error_message = "log_retention_days must be a whole number from 30 to 730."
  }
}

variable "registry_sku" {
  description = "Tier of the container registry: Basic, Standard or Premium."
  type        = string
  default     = "Basic"
  nullable    = false

  validation {
    condition     = contains(["Basic", "Standard", "Premium"], var.registry_sku)
    error_message = "registry_sku must be Basic, Standard or Premium."
  }
}

variable "key_vault_purge_protection" {
  description = "Whether a deleted vault can be purged by nobody before its retention is over. Cannot be undone."
  type        = bool
  default     = false
  nullable    = false
}

variable "key_vault_retention_days" {
  description = "Days for which a deleted vault and its secrets can be recovered. Cannot be changed later."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.key_vault_retention_days >= 7 && var.key_vault_retention_days <= 90 && floor(var.key_vault_retention_days) == var.key_vault_retention_days
    error_message = "key_vault_retention_days must be a whole number from 7 to 90."
  }
}

variable "grant_deployer" {
  description = "Whether who applies this may write the vault's secrets. Turn it off where that role is assigned elsewhere."
  type        = bool
  default     = true
  nullable    = false
}

variable "role_propagation" {
  description = "How long to wait until new role assignments act, such as 90s. Azure needs one to five minutes at times."
  type        = string
  default     = "90s"
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]+(s|m)$", var.role_propagation))
    error_message = "role_propagation must be a number and s or m, such as 90s."
  }
}

variable "subnet_id" {
  description = "Subnet of the Container Apps environment; none for a network of its own. Changing it replaces the environment and every app in it."
  type        = string
  default     = null

  validation {
    condition     = var.subnet_id == null ? true : can(regex("^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft.Network/virtualNetworks/[^/]+/subnets/[^/]+$", var.subnet_id))
    error_message = "subnet_id must be the resource id of a subnet."
  }
}

# The plugin. `noxus gen tfvars` writes these.

variable "image" {
  description = "Image of the plugin by digest, as `noxus build --push` prints it. Without one only the platform is made: the registry has to exist before an image can be pushed."
  type        = string
  default     = null

  validation {
    condition     = var.image == null ? true : can(regex("^[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)+@sha256:[0-9a-f]{64}$", var.image))
    error_message = "image must name a digest, such as registry.azurecr.io/sentiment@sha256:..., and neither a tag nor latest."
  }
}

variable "app_name" {
  description = "Name of the container app."
  type        = string
  default     = "plugin"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,30}[a-z0-9])$", var.app_name)) && !strcontains(var.app_name, "--")
    error_message = "app_name must be 2 to 32 lower-case letters, digits and single dashes, start with a letter and end with a letter or digit."
  }
}

variable "plugin_version" {
  description = "Version of the plugin; becomes a tag."
  type        = string
  default     = "0.0.0"
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]+\\.[0-9]+\\.[0-9]+([-+][0-9A-Za-z.+-]+)?$", var.plugin_version))
    error_message = "plugin_version must be a semantic version, such as 1.2.0."
  }
}

variable "port" {
  description = "Port the runtime listens on."
  type        = number
  default     = 8080
  nullable    = false

  validation {
    condition     = var.port >= 1024 && var.port <= 65535 && floor(var.port) == var.port
    error_message = "port must be a whole number from 1024 to 65535: the container is not root."
  }
}

variable "cpu" {
  description = "CPU cores of one replica."
  type        = number
  default     = 0.5
  nullable    = false

  validation {
    condition     = contains([0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 2.75, 3, 3.25, 3.5, 3.75, 4], var.cpu)
    error_message = "cpu must be 0.25 to 4 in steps of 0.25."
  }
}

variable "memory" {
  description = "Memory of one replica, such as 1Gi. The consumption plan wants two GiB for each core."
  type        = string
  default     = "1Gi"
  nullable    = false

  validation {
    condition     = var.memory == "${var.cpu * 2}Gi"
    error_message = "memory must be twice cpu in Gi: cpu 0.5 goes with 1Gi, cpu 1 with 2Gi."
  }
}

variable "timeout_seconds" {
  description = "Longest deadline of a call. A replica that ends gets this long, and 15 seconds, to finish."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.timeout_seconds > 0 && var.timeout_seconds <= 240
    error_message = "timeout_seconds must be above 0 and at most 240: the ingress ends longer requests."
  }
}

variable "declared_env" {
  description = "Environment variables the plugin may read, as its manifest declares them: names, or PREFIX_*, or * for any."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for name in var.declared_env : can(regex("^([A-Za-z_][A-Za-z0-9_]*)?\\*?$", name)) && name != ""])
    error_message = "declared_env holds names, PREFIX_* or *."
  }
}

variable "environment" {
  description = "Values of environment variables that are no secret. Only what the plugin declares, and NOXUS_* for the runtime."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition = alltrue([
      for name in keys(var.environment) : startswith(name, "NOXUS_") || anytrue([
        for declared in var.declared_env :
        endswith(declared, "*") ? startswith(name, trimsuffix(declared, "*")) : name == declared
      ])
    ])
    error_message = "environment may only hold what declared_env names, or NOXUS_*: the runtime gives the plugin nothing else."
  }

  validation {
    condition     = length(setintersection(keys(var.environment), var.secret_names)) == 0
    error_message = "a name stands in environment or in secret_names, not in both."
  }

  validation {
    condition     = alltrue([for name in ["PORT", "HOST", "NOXUS_SECRETS"] : !contains(keys(var.environment), name)])
    error_message = "PORT, HOST and NOXUS_SECRETS are set by this configuration."
  }
}

variable "secret_names" {
  description = "Environment variables whose values come from Key Vault."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition = alltrue([
      for name in var.secret_names : name == "NOXUS_CONFIG" || anytrue([
        for declared in var.declared_env :
        endswith(declared, "*") ? startswith(name, trimsuffix(declared, "*")) : name == declared
      ])
    ])
    error_message = "secret_names may only hold what declared_env names, or NOXUS_CONFIG."
  }

  validation {
    condition     = alltrue([for name in var.secret_names : can(regex("^[A-Za-z0-9][A-Za-z0-9_]{0,120}$", name)) && !endswith(name, "_")])
    error_message = "a secret's name must start and end with a letter or digit and have at most 121 characters: Key Vault and Container Apps know no others."
  }

  validation {
    condition     = length(distinct([for name in var.secret_names : lower(name)])) == length(var.secret_names)
    error_message = "two secret names differ only in upper and lower case; Container Apps cannot tell them apart."
  }
}

variable "secret_values" {
  description = "Values of the secrets, by variable name. Written to Key Vault and never to the state; needed only when a secret is new or its version is raised."
  type        = map(string)
  default     = {}
  nullable    = false
  sensitive   = true
  ephemeral   = true

  validation {
    condition     = alltrue([for name in keys(var.secret_values) : contains(var.secret_names, name)])
    error_message = "secret_values may only hold what secret_names names."
  }

  validation {
    condition     = alltrue([for value in values(var.secret_values) : value != "" && length(value) <= 25000])
    error_message = "a secret's value must have 1 to 25000 characters."
  }
}

variable "secret_versions" {
  description = "Version of each secret, 1 when not given. Raise it to write a new value from secret_values; the app then starts a new revision."
  type        = map(number)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name, version in var.secret_versions : contains(var.secret_names, name) && version >= 1 && floor(version) == version])
    error_message = "secret_versions holds whole numbers from 1 for names in secret_names."
  }
}

# Traffic and scale.

variable "external" {
  description = "Whether the app is reached from the internet; otherwise only from its environment or network."
  type        = bool
  default     = true
  nullable    = false
}

variable "allowed_ip_ranges" {
  description = "IPv4 ranges that may reach the app, as CIDR, by a name for each; all when empty."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for range in values(var.allowed_ip_ranges) : can(cidrnetmask(range))])
    error_message = "allowed_ip_ranges holds IPv4 ranges such as 203.0.113.0/24."
  }
}

variable "min_replicas" {
  description = "Fewest replicas. CPU and memory rules cannot start an app from zero."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.min_replicas >= 1 && var.min_replicas <= 300 && floor(var.min_replicas) == var.min_replicas
    error_message = "min_replicas must be a whole number from 1 to 300."
  }
}

variable "max_replicas" {
  description = "Most replicas."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.max_replicas >= var.min_replicas && var.max_replicas <= 300 && floor(var.max_replicas) == var.max_replicas
    error_message = "max_replicas must be a whole number from min_replicas to 300."
  }
}

variable "cpu_utilization" {
  description = "CPU use, percent of what a replica has, above which replicas are added."
  type        = number
  default     = 70
  nullable    = false

  validation {
    condition     = var.cpu_utilization >= 10 && var.cpu_utilization <= 95 && floor(var.cpu_utilization) == var.cpu_utilization
    error_message = "cpu_utilization must be a whole number from 10 to 95."
  }
}

variable "memory_utilization" {
  description = "Memory use, percent, above which replicas are added. Memory of a Node process rarely falls: a low value keeps the app at its maximum."
  type        = number
  default     = 85
  nullable    = false

  validation {
    condition     = var.memory_utilization >= 50 && var.memory_utilization <= 95 && floor(var.memory_utilization) == var.memory_utilization
    error_message = "memory_utilization must be a whole number from 50 to 95."
  }
}

variable "concurrent_requests" {
  description = "Requests in flight per replica above which replicas are added."
  type        = number
  default     = 20
  nullable    = false

  validation {
    condition     = var.concurrent_requests >= 1 && var.concurrent_requests <= 1000 && floor(var.concurrent_requests) == var.concurrent_requests
    error_message = "concurrent_requests must be a whole number from 1 to 1000."
  }
}

# Optional extras.

variable "alert_emails" {
  description = "Addresses that hear of failing requests and restarts; no alert when empty."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for address in var.alert_emails : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", address))])
    error_message = "alert_emails holds e-mail addresses."
  }
}

variable "front_door" {
  description = "Whether Azure Front Door stands before the app. It costs a monthly fee."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.front_door || var.external
    error_message = "front_door needs external = true: it reaches the app over the internet."
  }
}
