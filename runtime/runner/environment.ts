import type { Manifest } from "../manifest/types.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment of a runner: what the plugin's `env` permissions name, and nothing else.
 * `env:NAME` gives one variable, `env:PREFIX_*` all that begin so, `env` all. What is meant for the server is given
 * only by its full name: NOXUS_*, because NOXUS_CONFIG may hold secrets of other fields, and NODE_OPTIONS, because it
 * would change the runner's own flags.
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
    const isOwn = name.startsWith("NOXUS_") || name === "NODE_OPTIONS";
    const isGiven = names.has(name) || (isMatched && !isOwn);
    if (isGiven && value !== undefined) given[name] = value;
  }
  return given;
}
