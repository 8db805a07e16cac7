import { type Document, isAlias, isMap, isScalar, isSeq, parseDocument, visit } from "yaml";
import type {
  ConfigurationField,
  Manifest,
  ManifestDependencies,
  ManifestImage,
} from "../../runtime/manifest/types.ts";
import { parseDuration, parseMemory } from "../../runtime/manifest/units.ts";
import { diagnostic } from "../diagnostics/codes.ts";
import type { Diagnostic, Span } from "../diagnostics/types.ts";
import { type Permission, parsePermission } from "../permissions/permission.ts";
import { spanAt, type Text } from "../text.ts";
import { checkConfiguration, type RawFields } from "./configuration.ts";
import { endOfLine, type Locate, locator } from "./locate.ts";
import { syntaxFaults } from "./syntax.ts";
import { checkSchema } from "./validate.ts";

/** plugin.yaml as the compiler uses it. A value that was wrong is absent here and reported instead. */
export interface PluginConfig {
  readonly name: string | null;
  readonly version: string | null;
  /** The free-text keys of the manifest, as written. */
  readonly identity: Identity;
  readonly type: "service" | "tool" | "mcp";
  readonly entrypoint: { readonly value: string; readonly span: Span } | null;
  readonly permissions: readonly DeclaredPermission[];
  /** Of the key `permissions`. */
  readonly permissionsSpan: Span | null;
  readonly configuration: Readonly<Record<string, ConfigurationField>>;
  readonly oauth: readonly { readonly provider: string; readonly scopes: readonly string[] }[];
  readonly image: ManifestImage;
  readonly resources: { readonly cpu: number; readonly memory_mib: number };
  readonly dependencies: ManifestDependencies | null;
  readonly timeoutMs: number;
}

/** The free-text keys of the manifest. */
export type Identity = Pick<Manifest, (typeof identityKeys)[number]>;

export interface DeclaredPermission {
  readonly permission: Permission;
  readonly span: Span | null;
}

export interface LoadedConfig {
  /** Null when the file is no mapping. */
  readonly config: PluginConfig | null;
  /** Every fault of the file, from one pass. */
  readonly diagnostics: readonly Diagnostic[];
}

/** More aliases than anybody writes by hand; beyond it their expansion could fill the memory. */
const maxAliases = 100;

/** Reads plugin.yaml's text. Goes on after a fault, so that one run reports them all. */
export function loadConfig(file: string, text: Text): LoadedConfig {
  const document = parseDocument(text.value, { prettyErrors: false });
  const syntax = [...syntaxFaults(file, text, [...document.errors, ...document.warnings])];
  syntax.push(...unknownAliases(document, file, text));
  // A duplicate key leaves a document that can still be checked; any other syntax error does not.
  if (syntax.some((entry) => entry.code !== "NX1007")) return { config: null, diagnostics: syntax };

  const root = document.contents;
  if (!isMap(root)) {
    const got = root === null || (isScalar(root) && root.value === null) ? "an empty file" : kindOf(root);
    const range = root?.range ?? [0, 0];
    const place = { file, span: spanAt(text, range[0], Math.min(range[1], endOfLine(text.value, range[0]))) };
    return { config: null, diagnostics: [...syntax, diagnostic("NX1008", place, { got })] };
  }

  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: maxAliases });
  } catch (error) {
    // The alias limit; every other fault of an alias was found above.
    if (!(error instanceof ReferenceError)) throw error;
    const reason = `\`${file}\` has aliases that expand to too much`;
    return { config: null, diagnostics: [...syntax, diagnostic("NX1010", { file, span: null }, { reason })] };
  }

  const locate = locator(document, root, text);
  const faults = checkSchema(file, value, locate);
  const wrong = new Set(faults.map((fault) => fault.key));
  const read = readConfig(value as RawConfig, (key) => !wrong.has(key), file, locate);
  const diagnostics = [...syntax, ...faults.map((fault) => fault.diagnostic), ...read.diagnostics];
  return { config: read.config, diagnostics };
}

/** Aliases of anchors that do not come before them. */
function unknownAliases(document: Document, file: string, text: Text): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  visit(document, {
    Alias(_key, alias) {
      if (alias.resolve(document) !== undefined || !alias.range) return;
      const span = spanAt(text, alias.range[0], alias.range[1]);
      const reason = `no anchor \`&${alias.source}\` stands before this alias`;
      found.push(diagnostic("NX1003", { file, span }, { reason, help: "write the value out, or anchor it" }));
    },
  });
  return found;
}

function kindOf(node: unknown): string {
  if (isSeq(node)) return "a list";
  if (isAlias(node)) return "an alias";
  if (isScalar(node)) return `a single value`;
  return "something else";
}

/** The shape that {@link checkSchema} has proven for the keys it found no fault in. */
interface RawConfig extends Identity {
  readonly name?: string;
  readonly version?: string;
  readonly type?: PluginConfig["type"];
  readonly entrypoint?: string;
  readonly permissions?: readonly string[] | RawPermissions;
  readonly oauth?: RawOauth | readonly RawOauth[];
  readonly configuration?: { readonly required?: RawFields; readonly optional?: RawFields };
  readonly image?: string | ManifestImage;
  readonly resources?: { readonly cpu?: number; readonly memory?: string };
  readonly dependencies?: ManifestDependencies;
  readonly timeout?: string;
}
type RawResources = boolean | string | readonly string[];
interface RawPermissions {
  readonly network?: RawResources;
  readonly env?: RawResources;
  readonly filesystem?: { readonly read?: RawResources; readonly write?: RawResources };
  readonly system?: { readonly execute?: RawResources };
}
interface RawOauth {
  readonly provider: string;
  readonly scopes: readonly string[];
}

function readConfig(
  raw: RawConfig,
  isGood: (key: string) => boolean,
  file: string,
  locate: Locate,
): { config: PluginConfig; diagnostics: readonly Diagnostic[] } {
  const good: RawConfig = Object.fromEntries(Object.entries(raw).filter(([key]) => isGood(key)));
  const permissions = readPermissions(good.permissions ?? textsIn(raw.permissions), file, locate);
  const configuration = checkConfiguration(good.configuration ?? {}, file, locate);
  const timeoutMs = parseDuration(good.timeout ?? defaultTimeout);
  const faults: Diagnostic[] = [];
  if (timeoutMs === null) {
    const args = { key: "timeout", expected: "at most 60m", got: `\`${good.timeout}\`` };
    faults.push(diagnostic("NX1009", { file, span: locate(["timeout"], "value") }, args));
  }
  const entrypointSpan = locate(["entrypoint"], "value");
  const identity: Identity = Object.fromEntries(
    identityKeys.filter((key) => good[key] !== undefined).map((key) => [key, good[key]]),
  );
  return {
    config: {
      name: good.name ?? null,
      version: good.version ?? null,
      identity,
      type: good.type ?? "service",
      entrypoint:
        good.entrypoint !== undefined && entrypointSpan !== null
          ? { value: good.entrypoint, span: entrypointSpan }
          : null,
      permissions: permissions.declared,
      permissionsSpan: raw.permissions === undefined ? null : locate(["permissions"], "key"),
      configuration: configuration.fields,
      oauth: good.oauth === undefined ? [] : "provider" in good.oauth ? [good.oauth] : good.oauth,
      image: typeof good.image === "object" ? good.image : { base: good.image ?? "node:24-slim" },
      resources: {
        cpu: good.resources?.cpu ?? 0.5,
        memory_mib: parseMemory(good.resources?.memory ?? "512Mi"),
      },
      dependencies: good.dependencies ?? null,
      timeoutMs: timeoutMs ?? 30_000,
    },
    diagnostics: [...faults, ...permissions.diagnostics, ...configuration.diagnostics],
  };
}

const defaultTimeout = "30s";

const identityKeys = [
  "description",
  "display_name",
  "author",
  "license",
  "category",
  "tags",
  "repository",
  "homepage",
  "icon",
] as const satisfies readonly (keyof Manifest)[];

/** Both forms of `permissions`, each entry with its place. */
function readPermissions(
  raw: readonly string[] | RawPermissions,
  file: string,
  locate: Locate,
): { declared: readonly DeclaredPermission[]; diagnostics: readonly Diagnostic[] } {
  const declared: DeclaredPermission[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const { text, pointer } of listPermissions(raw)) {
    const span = locate(pointer, "value");
    const parsed = parsePermission(text);
    if ("permission" in parsed) declared.push({ permission: parsed.permission, span });
    else diagnostics.push(diagnostic("NX1011", { file, span }, { permission: text, ...parsed }));
  }
  return { declared, diagnostics };
}

function listPermissions(
  raw: readonly string[] | RawPermissions,
): readonly { text: string; pointer: readonly string[] }[] {
  if (isList(raw))
    return raw.flatMap((text, index) =>
      text === "" ? [] : [{ text, pointer: ["permissions", String(index)] }],
    );
  const families: readonly [string, readonly string[], RawResources | undefined][] = [
    ["network", ["network"], raw.network],
    ["env", ["env"], raw.env],
    ["fs:read", ["filesystem", "read"], raw.filesystem?.read],
    ["fs:write", ["filesystem", "write"], raw.filesystem?.write],
    ["exec", ["system", "execute"], raw.system?.execute],
  ];
  return families.flatMap(([family, path, resources]) => {
    const pointer = ["permissions", ...path];
    if (resources === undefined || resources === false) return [];
    if (resources === true) return [{ text: family, pointer }];
    const one = (resource: string, at: readonly string[]) => ({
      text: resource === "*" ? family : `${family}:${resource}`,
      pointer: at,
    });
    if (typeof resources === "string") return [one(resources, pointer)];
    return resources.map((resource, index) => one(resource, [...pointer, String(index)]));
  });
}

/** What can be told of a list in which something else is no text: one run reports all faults. */
function textsIn(permissions: unknown): readonly string[] {
  // An index leads to a place: what is no text leaves its own free.
  return Array.isArray(permissions)
    ? permissions.map((entry) => (typeof entry === "string" ? entry : ""))
    : [];
}

function isList(raw: readonly string[] | RawPermissions): raw is readonly string[] {
  return Array.isArray(raw);
}
