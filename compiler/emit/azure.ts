import { isMap, parseDocument } from "yaml";
import type { Manifest } from "../../runtime/manifest/types.ts";
import { arrange } from "../diagnostics/arrange.ts";
import { diagnostic } from "../diagnostics/codes.ts";
import type { Diagnostic, Place } from "../diagnostics/types.ts";
import { loadConfig } from "../load/config.ts";
import { locator } from "../load/locate.ts";
import { formatPermission } from "../permissions/permission.ts";
import { toText } from "../text.ts";
import type { Analysis } from "../types.ts";

/** What the operator adds to what the manifest says. */
export interface AzureChoices {
  /** Image by digest; null while there is none yet. */
  readonly image: string | null;
  /** Name of the container app; null for the plugin's own. */
  readonly appName: string | null;
  /** Values of variables that are no secret. */
  readonly environment: Readonly<Record<string, string>>;
  /** Names of secrets that a broad permission, such as `env:AWS_*`, stands for. */
  readonly secrets: readonly string[];
  /** Declared variables that are to be left unset. */
  readonly without: readonly string[];
  /** The plugin's configuration; null for its defaults. */
  readonly config: Readonly<Record<string, unknown>> | null;
}

/** The variables of iac/azure that follow from the plugin, by their Terraform names. */
export interface AzureVariables {
  readonly app_name: string;
  readonly plugin_version: string;
  readonly image?: string;
  readonly port: number;
  readonly cpu: number;
  readonly memory: string;
  readonly timeout_seconds: number;
  readonly declared_env: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly secret_names: readonly string[];
}

export interface AzureResult {
  /** Null when there is a diagnostic. */
  readonly variables: AzureVariables | null;
  /** What Azure would refuse, at the place in plugin.yaml that says so. */
  readonly diagnostics: readonly Diagnostic[];
  /** What is wrong with the choices rather than with the plugin. */
  readonly faults: readonly string[];
}

/** The runtime's port in the image. */
const port = 8080;

/** Longest request that the ingress of Container Apps lets through, ms. */
const longestRequest = 240_000;

/** CPU of a replica on the consumption plan: steps of a quarter up to four cores, with two GiB of memory for each core. */
const cpuStep = 0.25;
const mostCpu = 4;
const memoryPerCore = 2048;

/** The variable that holds the whole configuration of a plugin. */
const configVariable = "NOXUS_CONFIG";

/**
 * The Terraform variables of a plugin. Every variable that the manifest declares by name is a secret in Key Vault,
 * unless the choices give it a value or leave it out: nothing is plain by accident. `pluginFile` is plugin.yaml's text.
 * Throws a TypeError for an analysis with errors.
 */
export function azureVariables(analysis: Analysis, pluginFile: string, choices: AzureChoices): AzureResult {
  const { manifest } = analysis;
  if (manifest === null) throw new TypeError("an analysis with errors has no variables");
  const diagnostics: Diagnostic[] = [];
  const faults: string[] = [];
  const at = placesIn(analysis.pluginFile, pluginFile);
  const refuse = (place: Place, what: string, reason: string, help: string): void => {
    diagnostics.push(diagnostic("NX6010", place, { what, reason, help }));
  };

  const appName = choices.appName ?? manifest.name;
  if (!isAppName(appName)) {
    const reason =
      "a container app's name has 2 to 32 lower-case letters, digits and single dashes, and starts with a letter";
    if (choices.appName !== null) faults.push(`\`${appName}\` is no name for a container app: ${reason}`);
    else refuse(at(["name"]), `the name \`${appName}\``, reason, "give the app another with `--name`");
  }

  const replica = smallestReplica(manifest.resources);
  if (replica === null)
    refuse(
      at(["resources"]),
      `${manifest.resources.cpu} cores with ${manifest.resources.memory_mib} MiB`,
      `a replica has at most ${mostCpu} cores, and ${memoryPerCore / 1024} GiB for each`,
      "ask for less; more load is for more replicas",
    );

  const longest = longestCall(manifest);
  if (longest.ms > longestRequest)
    refuse(
      analysis.nodes.find(({ name }) => name === longest.node)?.source ?? at(["timeout"]),
      `a deadline of ${longest.ms / 1000} s`,
      "the ingress ends every request after 240 s",
      "lower the timeout, or split the work",
    );

  const environment: Record<string, string> = { ...choices.environment };
  const secrets = new Set<string>();
  const declared = declaredVariables(manifest);
  const isDeclared = (name: string): boolean => declared.some((pattern) => covers(pattern, name));
  for (const name of [...Object.keys(environment), ...choices.secrets, ...choices.without])
    if (!isDeclared(name) && !name.startsWith("NOXUS_"))
      faults.push(`the plugin does not declare \`env:${name}\``);
  for (const name of choices.without)
    if (manifest.dependencies?.env_vars?.required?.includes(name) === true)
      faults.push(`plugin.yaml says that the plugin cannot work without \`${name}\``);
  for (const name of [...declared.filter((pattern) => !pattern.endsWith("*")), ...choices.secrets])
    if (!(name in environment) && !choices.without.includes(name)) secrets.add(name);

  const fields = Object.entries(manifest.configuration);
  const missing = fields.filter(
    ([name, field]) => field.required && field.default === undefined && !(name in (choices.config ?? {})),
  );
  if (fields.some(([, field]) => field.sensitive === true)) {
    if (choices.config !== null)
      faults.push("the configuration has secret fields: put it whole into `secret_values` as NOXUS_CONFIG");
    secrets.add(configVariable);
  } else if (missing.length > 0) {
    const names = missing.map(([name]) => `\`${name}\``).join(", ");
    faults.push(`the plugin does not start without ${names}: give a file with \`--config\``);
  } else if (choices.config !== null) environment[configVariable] = JSON.stringify(choices.config);

  const named = new Map<string, string>();
  for (const name of [...secrets].sort()) {
    const place = at(["permissions"], `env:${name}`);
    if (!/^[A-Za-z0-9][A-Za-z0-9_]{0,120}$/.test(name) || name.endsWith("_"))
      refuse(
        place,
        `a secret called \`${name}\``,
        "Key Vault and Container Apps want a letter or digit first and last, and at most 121 characters",
        `rename the variable, or give it plainly with \`--env ${name}=...\``,
      );
    const twin = named.get(name.toLowerCase());
    if (twin !== undefined)
      refuse(
        place,
        `secrets called \`${twin}\` and \`${name}\``,
        "Container Apps does not tell capitals from small letters",
        "rename one of the variables",
      );
    named.set(name.toLowerCase(), name);
  }

  if (diagnostics.length > 0 || faults.length > 0 || replica === null)
    return { variables: null, diagnostics: arrange(diagnostics, analysis.root), faults };
  return {
    diagnostics: [],
    faults: [],
    variables: {
      app_name: appName,
      plugin_version: manifest.version,
      ...(choices.image === null ? {} : { image: choices.image }),
      port,
      cpu: replica,
      memory: `${(replica * memoryPerCore) / 1024}Gi`,
      timeout_seconds: longest.ms / 1000,
      declared_env: declared,
      environment: Object.fromEntries(Object.entries(environment).sort(([a], [b]) => (a < b ? -1 : 1))),
      secret_names: [...secrets].sort(),
    },
  };
}

/** Whether Container Apps takes the name: 2 to 32 lower-case letters, digits and single dashes. */
export function isAppName(name: string): boolean {
  return /^[a-z][a-z0-9-]{0,30}[a-z0-9]$/.test(name) && !name.includes("--");
}

/** Whether a reference names an image by digest, and neither by tag nor by `latest`. */
export function isPinnedImage(image: string): boolean {
  return /^[a-z0-9.-]+(:[0-9]+)?(\/[a-z0-9._-]+)+@sha256:[0-9a-f]{64}$/.test(image);
}

/** The environment variables that a plugin declares: names, `PREFIX_*`, or `*` for any. */
function declaredVariables(manifest: Manifest): readonly string[] {
  return manifest.permissions.declared
    .filter((permission) => permission === "env" || permission.startsWith("env:"))
    .map((permission) => (permission === "env" ? "*" : permission.slice("env:".length)));
}

const covers = (pattern: string, name: string): boolean =>
  pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : pattern === name;

/** Cores of the smallest replica that has what is asked; null when none has. */
function smallestReplica({ cpu, memory_mib }: Manifest["resources"]): number | null {
  const steps = Math.max(Math.ceil(cpu / cpuStep), Math.ceil(memory_mib / (cpuStep * memoryPerCore)));
  return steps * cpuStep <= mostCpu ? steps * cpuStep : null;
}

/** The longest deadline, and the name of the node that has it where it is not the plugin's own. */
function longestCall(manifest: Manifest): { readonly ms: number; readonly node: string | null } {
  return manifest.nodes.reduce<{ readonly ms: number; readonly node: string | null }>(
    (longest, { name, timeout_ms: ms }) => (ms > longest.ms ? { ms, node: name } : longest),
    { ms: manifest.timeout_ms, node: null },
  );
}

/** Finds a key of plugin.yaml, or a permission declared under it. The file was read without an error before. */
function placesIn(file: string, text: string): (pointer: readonly string[], permission?: string) => Place {
  const whole = toText(text);
  const document = parseDocument(text, { prettyErrors: false });
  const locate = isMap(document.contents) ? locator(document, document.contents, whole) : () => null;
  const declared = new Map(
    loadConfig(file, whole).config?.permissions.map((entry) => [
      formatPermission(entry.permission),
      entry.span,
    ]),
  );
  return (pointer, permission) => ({
    file,
    span: declared.get(permission ?? "") ?? locate(pointer, "value"),
  });
}
