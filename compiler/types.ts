import type { JsonSchema, Manifest, ManifestFile, UsedPermission } from "../runtime/manifest/types.ts";
import type { Diagnostic, Place } from "./diagnostics/types.ts";

/** All that the compiler found out about one plugin. Serialisable; paths relative to `root`, POSIX. */
export interface Analysis {
  /** Absolute path of the folder that holds plugin.yaml. The only absolute path in here. */
  readonly root: string;
  /** Name of the plugin file, `plugin.yaml` or `plugin.yml`. */
  readonly pluginFile: string;
  /** Null when plugin.yaml could not be read that far. */
  readonly name: string | null;
  readonly version: string | null;
  readonly description: string | null;
  readonly nodes: readonly AnalyzedNode[];
  readonly permissions: AnalyzedPermissions;
  /** Sorted by file, line and column. */
  readonly diagnostics: readonly Diagnostic[];
  /** Every file read: sources in the bundle, dependencies included, plugin.yaml, tsconfig. Sorted by path. */
  readonly sources: readonly ManifestFile[];
  /** Null when there is an error. */
  readonly manifest: Manifest | null;
  /** What `build` writes beside the manifest: bundle, its source map, validators. Empty when there is an error. */
  readonly artifacts: readonly Artifact[];
}

export interface AnalyzedNode {
  readonly name: string;
  readonly class: string;
  readonly title: string;
  readonly description: string;
  readonly source: Place;
  readonly inputs: JsonSchema;
  readonly inputOrder: readonly string[];
  readonly takesContext: boolean;
  readonly outputs: JsonSchema;
  readonly timeoutMs: number;
  readonly permissions: readonly string[];
}

export interface AnalyzedPermissions {
  readonly declared: readonly string[];
  readonly used: readonly UsedPermission[];
  readonly unused: readonly string[];
  readonly unresolved: readonly (Place & { readonly reason: string })[];
}

export interface Artifact {
  /** File name inside the output folder. */
  readonly path: string;
  readonly text: string;
}
