import type { Manifest } from "../manifest/types.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment of a runner: what the plugin's `env` permissions name, and nothing else.
 * `env:NAME` gives one variable, `env:PREFIX_*` all that begin so, `env` all. The server's own NOXUS_* variables are
 * given only by their full name, because NOXUS_CONFIG may hold secrets of other fields.
 */
export function runnerEnvironment(manifest: Manifest, env: Environment): Record<string, string> {
  const names = new Set<string>();
  let isBroad = false;
  const prefixes: string[] = [];
  for (const permission of manifest.permissions.declared) {
    if (permission === "env") isBroad = true;
    if (!permission.startsWith("env:")) continue;
    const name = permission.slice("env:".length);
    if (name.endsWith("*")) prefixes.push(name.slice(0, -1));
    else names.add(name);
  }
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    const isMatched = isBroad || prefixes.some((prefix) => name.startsWith(prefix));
    const isGiven = names.has(name) || (isMatched && !name.startsWith("NOXUS_"));
    if (isGiven && value !== undefined) given[name] = value;
  }
  return given;
}
