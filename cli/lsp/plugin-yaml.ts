import { loadConfig, type PluginConfig } from "../../compiler/load/config.ts";
import type { Text } from "../../compiler/text.ts";

export type ReadYaml = Pick<PluginConfig, "entrypoint" | "permissions">;

/** What plugin.yaml says, as far as it can be read. */
export function readPluginYaml(file: string, text: Text): ReadYaml {
  return loadConfig(file, text).config ?? { entrypoint: null, permissions: [] };
}
