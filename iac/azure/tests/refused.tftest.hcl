# What each variable refuses.

mock_provider "azurerm" {}

mock_provider "time" {}

variables {
  subscription_id = "00000000-0000-0000-0000-000000000000"
  # What a *.auto.tfvars.json may set.
  declared_env = []
  environment  = {}
  secret_names = []
}

run "refuses_a_subscription_that_is_no_uuid" {
  command = plan

  variables {
    subscription_id = "my-subscription"
  }

  expect_failures = [var.subscription_id]
}

run "refuses_a_name_too_long_for_a_vault" {
  command = plan

  variables {
    name = "a-very-long-name-for-all"
  }

  expect_failures = [var.name]
}

run "refuses_a_suffix_with_capitals" {
  command = plan

  variables {
    name_suffix = "ABCD"
  }

  expect_failures = [var.name_suffix]
}

run "refuses_a_region_by_its_display_name" {
  command = plan

  variables {
    location = "West Europe"
  }

  expect_failures = [var.location]
}

run "refuses_logs_kept_for_a_day" {
  command = plan

  variables {
    log_retention_days = 1
  }

  expect_failures = [var.log_retention_days]
}

run "refuses_a_registry_tier_that_is_none" {
  command = plan

  variables {
    registry_sku = "Gold"
  }

  expect_failures = [var.registry_sku]
}

run "refuses_a_vault_retention_of_a_year" {
  command = plan

  variables {
    key_vault_retention_days = 365
  }

  expect_failures = [var.key_vault_retention_days]
}

run "refuses_a_wait_without_a_unit" {
  command = plan

  variables {
    role_propagation = "90"
  }

  expect_failures = [var.role_propagation]
}

run "refuses_a_subnet_by_its_name" {
  command = plan

  variables {
    subnet_id = "my-subnet"
  }

  expect_failures = [var.subnet_id]
}

run "refuses_an_image_without_a_digest" {
  command = plan

  variables {
    image = "registry.example.com/sentiment:1.0.0"
  }

  expect_failures = [var.image]
}

run "refuses_the_image_latest" {
  command = plan

  variables {
    image = "registry.example.com/sentiment:latest"
  }

  expect_failures = [var.image]
}

run "refuses_an_app_name_with_an_underscore" {
  command = plan

  variables {
    app_name = "my_plugin"
  }

  expect_failures = [var.app_name]
}

run "refuses_an_app_name_with_two_dashes" {
  command = plan

  variables {
    app_name = "my--plugin"
  }

  expect_failures = [var.app_name]
}

run "refuses_a_version_that_is_none" {
  command = plan

  variables {
    plugin_version = "latest"
  }

  expect_failures = [var.plugin_version]
}

run "refuses_a_privileged_port" {
  command = plan

  variables {
    port = 80
  }

  expect_failures = [var.port]
}

run "refuses_a_third_of_a_core" {
  command = plan

  variables {
    cpu = 0.33
  }

  expect_failures = [var.cpu]
}

run "refuses_memory_that_does_not_go_with_cpu" {
  command = plan

  variables {
    memory = "512Mi"
  }

  expect_failures = [var.memory]
}

run "refuses_a_deadline_beyond_the_ingress" {
  command = plan

  variables {
    timeout_seconds = 300
  }

  expect_failures = [var.timeout_seconds]
}

run "refuses_a_declared_variable_with_a_dash" {
  command = plan

  variables {
    declared_env = ["MY-KEY"]
  }

  expect_failures = [var.declared_env]
}

run "refuses_an_undeclared_variable" {
  command = plan

  variables {
    environment = { OTHER = "1" }
  }

  expect_failures = [var.environment]
}

run "refuses_a_variable_set_by_the_configuration" {
  command = plan

  variables {
    environment  = { PORT = "80" }
    declared_env = ["PORT"]
  }

  expect_failures = [var.environment]
}

run "refuses_a_variable_that_is_also_a_secret" {
  command = plan

  variables {
    environment  = { A_KEY = "1" }
    declared_env = ["A_KEY"]
    secret_names = ["A_KEY"]
  }

  expect_failures = [var.environment]
}

run "refuses_an_undeclared_secret" {
  command = plan

  variables {
    secret_names = ["OTHER"]
  }

  expect_failures = [var.secret_names]
}

run "refuses_a_secret_that_the_vault_cannot_name" {
  command = plan

  variables {
    secret_names = ["_KEY"]
    declared_env = ["_KEY"]
  }

  expect_failures = [var.secret_names]
}

run "refuses_secrets_that_differ_in_case_only" {
  command = plan

  variables {
    secret_names = ["KEY", "Key"]
    declared_env = ["*"]
  }

  expect_failures = [var.secret_names]
}

run "refuses_a_value_of_no_secret" {
  command = plan

  variables {
    secret_values = { OTHER = "1" }
  }

  expect_failures = [var.secret_values]
}

run "refuses_an_empty_secret" {
  command = plan

  variables {
    secret_names  = ["A_KEY"]
    declared_env  = ["A_KEY"]
    secret_values = { A_KEY = "" }
  }

  expect_failures = [var.secret_values]
}

run "refuses_a_version_of_no_secret" {
  command = plan

  variables {
    secret_versions = { OTHER = 2 }
  }

  expect_failures = [var.secret_versions]
}

run "refuses_an_ip_address_without_a_range" {
  command = plan

  variables {
    allowed_ip_ranges = { office = "203.0.113.7" }
  }

  expect_failures = [var.allowed_ip_ranges]
}

run "refuses_no_replica_at_all" {
  command = plan

  variables {
    min_replicas = 0
  }

  expect_failures = [var.min_replicas]
}

run "refuses_fewer_at_most_than_at_least" {
  command = plan

  variables {
    min_replicas = 4
    max_replicas = 3
  }

  expect_failures = [var.max_replicas]
}

run "refuses_more_replicas_than_azure_has" {
  command = plan

  variables {
    max_replicas = 301
  }

  expect_failures = [var.max_replicas]
}

run "refuses_cpu_above_all" {
  command = plan

  variables {
    cpu_utilization = 100
  }

  expect_failures = [var.cpu_utilization]
}

run "refuses_memory_that_is_always_reached" {
  command = plan

  variables {
    memory_utilization = 20
  }

  expect_failures = [var.memory_utilization]
}

run "refuses_no_request_at_all" {
  command = plan

  variables {
    concurrent_requests = 0
  }

  expect_failures = [var.concurrent_requests]
}

run "refuses_an_alert_to_nobody" {
  command = plan

  variables {
    alert_emails = ["nobody"]
  }

  expect_failures = [var.alert_emails]
}

run "refuses_front_door_before_an_internal_app" {
  command = plan

  variables {
    front_door = true
    external   = false
  }

  expect_failures = [var.front_door]
}

run "refuses_a_tag_that_is_too_long" {
  command = plan

  variables {
    tags = { note = join("", [for _ in range(300) : "x"]) }
  }

  expect_failures = [var.tags]
}
