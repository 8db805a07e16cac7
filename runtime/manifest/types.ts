/**
 * The manifest: what the compiler writes and everything else reads. Canonical JSON: keys sorted, two-space indent,
 * final newline; no absolute path, no time. The runtime owns the format, because the reader decides what is valid.
 * `manifest.schema.json` beside this file is its JSON Schema; a test keeps the two together.
 */
export interface Manifest {
  readonly schema_version: 1;
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly display_name?: string;
  readonly author?: string;
  readonly license?: string;
  readonly category?: string;
  readonly tags?: readonly string[];
  readonly repository?: string;
  readonly homepage?: string;
  readonly icon?: string;
  readonly type: "service" | "tool" | "mcp";
  readonly compiler: {
    readonly name: "noxus";
    readonly version: string;
    readonly esbuild: string;
    readonly typescript: string;
  };
  /** `export` is the name under which the bundle exports the plugin class. */
  readonly entrypoint: { readonly file: string; readonly export: string };
  /** Path relative to the manifest's folder. The runtime refuses a file with another digest. */
  readonly bundle: ManifestFile;
  readonly validators: ManifestFile;
  /** Every file that went into the bundle, plus plugin.yaml; paths relative to the plugin's root, POSIX, sorted. */
  readonly sources: readonly ManifestFile[];
  readonly nodes: readonly ManifestNode[];
  readonly permissions: ManifestPermissions;
  readonly configuration: Readonly<Record<string, ConfigurationField>>;
  readonly oauth: readonly { readonly provider: string; readonly scopes: readonly string[] }[];
  /** Default deadline of a call, milliseconds. */
  readonly timeout_ms: number;
  /** Base image of the container, as in plugin.yaml. */
  readonly image: ManifestImage;
  /** What a container gets: CPU cores, memory in MiB. */
  readonly resources: { readonly cpu: number; readonly memory_mib: number };
  /** False when the bundle surely never uses the `__proto__` accessor: then a runner is started without it. */
  readonly needs_proto?: boolean;
  /**
   * True when the bundle uses functions of `node:fs` that Node's permission model refuses whatever is granted: then a
   * runner is started without that model.
   */
  readonly needs_unrestricted_fs?: boolean;
  /** What must be there for the plugin to work, as in plugin.yaml. */
  readonly dependencies?: ManifestDependencies;
  /** SHA-256, hex, of the canonical manifest without this key. */
  readonly digest: string;
}

export interface ManifestFile {
  readonly path: string;
  /** Lower-case hex. */
  readonly sha256: string;
}

export interface ManifestImage {
  readonly base: string;
  readonly name?: string;
  readonly registry?: string;
  readonly pull_policy?: "always" | "if-not-present" | "never";
}

export interface ManifestDependencies {
  readonly env_vars?: { readonly required?: readonly string[]; readonly optional?: readonly string[] };
  readonly volumes?: readonly string[];
  readonly system?: readonly string[];
  readonly plugins?: readonly string[];
}

export interface ManifestNode {
  /** Name in the URL: `[a-z0-9][a-z0-9-]*`. */
  readonly name: string;
  /** Class name, accepted as an alias in the URL. */
  readonly class: string;
  readonly title: string;
  readonly description: string;
  /** Where the class is declared; 1-based. */
  readonly source: { readonly file: string; readonly line: number; readonly column: number };
  /** JSON Schema (draft-07) of the `inputs` object; `additionalProperties: false`. */
  readonly inputs: JsonSchema;
  /** Parameter names of `call` in order; the runner passes inputs positionally by it. */
  readonly input_order: readonly string[];
  /** Inputs that `call` takes as instances of a class and requests carry as strings; absent when there are none. */
  readonly revive?: readonly Revival[];
  /** The last input is an array that `call` takes as its rest parameter; absent otherwise. */
  readonly spreads_last?: boolean;
  /** True when `call` ends in a `Context` parameter, passed after the inputs. */
  readonly takes_context: boolean;
  /** JSON Schema (draft-07) of the result. */
  readonly outputs: JsonSchema;
  readonly timeout_ms: number;
  /** What this node can reach, in canonical form, sorted. */
  readonly permissions: readonly string[];
}

/** A place of a node's inputs, as a JSON pointer into their schema, and the class that its strings become. */
export interface Revival {
  readonly at: string;
  readonly as: "Date" | "URL";
}

export interface ManifestPermissions {
  /** As in plugin.yaml, in canonical form, sorted. */
  readonly declared: readonly string[];
  readonly used: readonly UsedPermission[];
  /** Declared, but no code needs it. */
  readonly unused: readonly string[];
  /** Uses that could not be proven and were waived; empty unless a waiver exists. */
  readonly unresolved: readonly UnresolvedUse[];
}

export interface UsedPermission {
  readonly permission: string;
  /** URL names of the nodes that reach it, sorted. */
  readonly nodes: readonly string[];
  /** Shortest call path per node, from its `call` (or "import time") to the API, as readable steps. */
  readonly paths: readonly (readonly PathStep[])[];
}

export interface PathStep {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface UnresolvedUse {
  /** Code of the diagnostic, such as `NX3004`. */
  readonly code: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly reason: string;
  /** Why the author answers for it. */
  readonly waiver: string;
}

export interface ConfigurationField {
  readonly type: "string" | "number" | "integer" | "boolean";
  readonly required: boolean;
  readonly description?: string;
  readonly default?: string | number | boolean;
  readonly enum?: readonly (string | number | boolean)[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  /** Never logged, never written into an image. */
  readonly sensitive?: boolean;
}

export type JsonSchema = { readonly [key: string]: unknown };
