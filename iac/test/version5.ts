/**
 * Azurerm 5 as far as it is known here: there is no schema of it to be had, but its upgrade guide lists, resource by
 * resource, what 5.0 took from the last 4.x. Applied to the schema of 4.55 that is what `iac/azure` has to fit.
 *
 * Source: the provider's 5.0 upgrade guide and the release notes of 5.0.0 and 5.2.0, as they were stored in November
 * 2026. They name no other change of the resources used here, and none of them is among the removed resources.
 */
import type { Block } from "./bindings.ts";
import type { ProviderSchema } from "./provider.ts";

interface Change {
  /** Paths of arguments and blocks that 5.0 does not know any more. */
  readonly removed?: readonly string[];
  /** Arguments that may not be left out any more. */
  readonly required?: readonly string[];
}

export const changes: Readonly<Record<string, Change>> = {
  azurerm_container_app: {
    removed: [
      "template.container.liveness_probe.termination_grace_period_seconds",
      "template.container.startup_probe.termination_grace_period_seconds",
    ],
  },
  // Not computed any more, and without it no log arrives in the workspace that is named beside it.
  azurerm_container_app_environment: { required: ["logs_destination"] },
  azurerm_container_registry: { removed: ["trust_policy_enabled"] },
  azurerm_key_vault: {
    removed: ["contact", "enable_rbac_authorization"],
    required: ["rbac_authorization_enabled"],
  },
  azurerm_log_analytics_workspace: { removed: ["local_authentication_disabled"] },
  azurerm_monitor_diagnostic_setting: { removed: ["metric", "enabled_log.retention_policy"] },
};

/** The schema of 5.0, for what the guide says. Throws for a change that does not fit the schema of 4.55. */
export function asVersion5(schema: ProviderSchema): ProviderSchema {
  const change = (block: Block, type: string): Block => {
    const { removed = [], required = [] } = changes[type] ?? {};
    const smaller = removed.reduce((rest, path) => without(rest, path.split("."), `${type}.${path}`), block);
    for (const name of required)
      if (!smaller.attributes.some((each) => each.name === name)) throw new Error(`${type} has no ${name}`);
    const attributes = smaller.attributes.map((each) =>
      required.includes(each.name) ? { ...each, required: true, optional: false, computed: false } : each,
    );
    return { ...smaller, attributes };
  };
  return {
    provider: schema.provider,
    resources: new Map([...schema.resources].map(([type, block]) => [type, change(block, type)])),
    data: schema.data,
  };
}

function without(block: Block, path: readonly string[], whole: string): Block {
  const [name, ...rest] = path;
  const inner = block.blocks.find((each) => each.name === name);
  if (rest.length > 0) {
    if (inner === undefined) throw new Error(`the schema has no ${whole}`);
    const changed = { ...inner, block: without(inner.block, rest, whole) };
    return { ...block, blocks: block.blocks.map((each) => (each === inner ? changed : each)) };
  }
  const attribute = block.attributes.find((each) => each.name === name);
  if (inner === undefined && attribute === undefined) throw new Error(`the schema has no ${whole}`);
  return {
    attributes: block.attributes.filter((each) => each !== attribute),
    blocks: block.blocks.filter((each) => each !== inner),
  };
}
