import type {
  JsonSchema,
  Manifest,
  ManifestFile,
  Revival,
  UsedPermission,
} from "../runtime/manifest/types.ts";
import type { Code } from "./diagnostics/codes.ts";
import type { CallStep, Diagnostic, Place } from "./diagnostics/types.ts";

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
  /** Name of the class that `entrypoint` means, where it is declared; null while it means none. */
  readonly entrypoint: Place | null;
  readonly nodes: readonly AnalyzedNode[];
  readonly permissions: AnalyzedPermissions;
  /** Sorted by file, line and column. */
  readonly diagnostics: readonly Diagnostic[];
  /** Every file read: sources in the bundle, dependencies included, plugin.yaml, tsconfig. Sorted by path. */
  readonly sources: readonly ManifestFile[];
  /** Null when there is an error, and where nobody asked for it. */
  readonly manifest: Manifest | null;
  /** What `build` writes beside the manifest: bundle, its source map, validators. Empty when there is no manifest. */
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
  /** The last input is passed as a rest parameter. */
  readonly spreadsLast: boolean;
  /** Inputs that the runner makes instances of. */
  readonly revive: readonly Revival[];
  readonly outputs: JsonSchema;
  readonly timeoutMs: number;
  readonly permissions: readonly string[];
}

export interface AnalyzedPermissions {
  readonly declared: readonly string[];
  readonly used: readonly UsedPermission[];
  readonly unused: readonly string[];
  readonly unresolved: readonly UnresolvedPlace[];
  /** Where each permission of `used` is used; sorted by permission, file and place. */
  readonly uses: readonly PermissionUse[];
}

/** One API at one place, and the permission that it needs there. */
export interface PermissionUse extends Place {
  readonly permission: string;
  /** As people write it: `fetch`, `fs.readFile`. */
  readonly sink: string;
  /** Declared permissions that allow it, sorted; empty where none does. */
  readonly grantedBy: readonly string[];
  /** Shortest call path from each node that reaches it, down to the API; sorted by node. */
  readonly paths: readonly { readonly node: string; readonly steps: readonly CallStep[] }[];
}

/** A use that cannot be proven. */
export interface UnresolvedPlace extends Place {
  readonly code: Code;
  readonly reason: string;
  /** Why the author answers for it; null when nobody does, which is an error. */
  readonly waiver: string | null;
}

export interface Artifact {
  /** File name inside the output folder. */
  readonly path: string;
  readonly text: string;
}
