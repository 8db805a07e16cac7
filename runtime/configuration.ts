import { type Fault, StartError } from "./errors.ts";
import { check } from "./manifest/check.ts";
import { configurationSchema } from "./manifest/configuration-schema.ts";
import type { Manifest } from "./manifest/types.ts";

/** The value of NOXUS_CONFIG as an object. Throws {@link StartError} `config_invalid`; never repeats the value. */
export function readConfiguration(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // The parser's own message quotes the text, which may hold secrets.
    throw new StartError("config_invalid", "NOXUS_CONFIG is not JSON", { cause: error });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new StartError("config_invalid", "NOXUS_CONFIG must be a JSON object");
  }
  return value as Record<string, unknown>; // just checked
}

/**
 * The configuration a plugin gets: `given` checked against the manifest, defaults filled in.
 * Throws {@link StartError} `config_invalid` listing every fault; values of sensitive fields are not repeated.
 */
export function configure(
  manifest: Manifest,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const fields = Object.entries(manifest.configuration);
  const config: Record<string, unknown> = { ...given };
  for (const [name, field] of fields) {
    if (config[name] === undefined) delete config[name];
    if (!Object.hasOwn(config, name) && field.default !== undefined) config[name] = field.default;
  }
  const faults: Fault[] = check(configurationSchema(manifest.configuration), config).map((fault) => {
    const field = manifest.configuration[fault.path.slice(1)];
    const isMissing = !Object.hasOwn(config, fault.path.slice(1));
    return field?.sensitive === true && !isMissing ? { path: fault.path, message: "is not valid" } : fault;
  });
  if (faults.length > 0) {
    const list = faults
      .map((fault) => `${fault.path.slice(1) || "configuration"} ${fault.message}`)
      .join("; ");
    throw new StartError("config_invalid", `configuration of ${manifest.name}: ${list}`, { faults });
  }
  return config;
}
