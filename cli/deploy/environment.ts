import type { Manifest } from "../../runtime/manifest/types.ts";
import { runnerEnvironment } from "../../runtime/runner/environment.ts";

/** What the deployment decides for each instance. */
const own: ReadonlySet<string> = new Set([
  "PATH",
  "HOST",
  "PORT",
  "NOXUS_HOST",
  "NOXUS_PORT",
  "NOXUS_MANIFEST",
]);

/**
 * Variables of an instance: of those `given` what the plugin declares and the server's own settings, and the plugin's
 * configuration. `leftOut` names the rest.
 */
export function instanceEnvironment(
  manifest: Manifest,
  given: Readonly<Record<string, string>>,
  config: unknown,
): { readonly env: Readonly<Record<string, string>>; readonly leftOut: readonly string[] } {
  const declared = runnerEnvironment(manifest, given);
  const passed = Object.entries(given).filter(
    ([name]) => (name in declared || name.startsWith("NOXUS_")) && !own.has(name),
  );
  const env = Object.fromEntries(passed);
  return {
    env: config === null ? env : { ...env, NOXUS_CONFIG: JSON.stringify(config) },
    leftOut: Object.keys(given).filter((name) => !(name in env)),
  };
}
