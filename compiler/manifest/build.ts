import { manifestDigest, sha256 } from "../../runtime/manifest/canonical.ts";
import type { Manifest, ManifestFile } from "../../runtime/manifest/types.ts";
import type { PluginConfig } from "../load/config.ts";
import type { AnalyzedNode, AnalyzedPermissions } from "../types.ts";
import { compilerVersions } from "../version.ts";
import { findNeeds } from "./needs.ts";

/** Names of the files beside manifest.json. */
export const bundleFile = "bundle.mjs";
export const bundleMapFile = "bundle.mjs.map";
export const validatorsFile = "validators.mjs";

export interface ManifestInput {
  readonly config: PluginConfig & { readonly name: string; readonly version: string };
  readonly entrypoint: { readonly file: string; readonly export: string };
  readonly nodes: readonly AnalyzedNode[];
  readonly permissions: AnalyzedPermissions;
  readonly sources: readonly ManifestFile[];
  readonly bundle: string;
  readonly validators: string;
}

/** The manifest of an analysis without errors. Nothing in it depends on the machine, the folder or the clock. */
export function buildManifest(input: ManifestInput): Manifest {
  const { config } = input;
  const manifest: Omit<Manifest, "digest"> = {
    schema_version: 1,
    name: config.name,
    version: config.version,
    ...config.identity,
    type: config.type,
    compiler: compilerVersions,
    entrypoint: input.entrypoint,
    bundle: { path: bundleFile, sha256: sha256(input.bundle) },
    validators: { path: validatorsFile, sha256: sha256(input.validators) },
    sources: input.sources,
    nodes: input.nodes.map((node) => ({
      name: node.name,
      class: node.class,
      title: node.title,
      description: node.description,
      source: {
        file: node.source.file,
        line: node.source.span?.start.line ?? 1,
        column: node.source.span?.start.column ?? 1,
      },
      inputs: node.inputs,
      input_order: node.inputOrder,
      takes_context: node.takesContext,
      ...(node.spreadsLast ? { spreads_last: true } : {}),
      ...(node.revive.length === 0 ? {} : { revive: node.revive }),
      outputs: node.outputs,
      timeout_ms: node.timeoutMs,
      permissions: node.permissions,
    })),
    permissions: {
      declared: input.permissions.declared,
      used: input.permissions.used,
      unused: input.permissions.unused,
      unresolved: input.permissions.unresolved.map(({ code, file, span, reason, waiver }) => ({
        code,
        file,
        line: span?.start.line ?? 1,
        column: span?.start.column ?? 1,
        reason,
        // Without one there is an error, and no manifest.
        waiver: waiver ?? "",
      })),
    },
    configuration: config.configuration,
    oauth: config.oauth,
    timeout_ms: config.timeoutMs,
    ...findNeeds(input.bundle, input.permissions.declared),
    image: config.image,
    resources: config.resources,
    ...(config.dependencies === null ? {} : { dependencies: config.dependencies }),
  };
  return { ...manifest, digest: manifestDigest(manifest) };
}
