import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { bundlePlugin } from "../../bundle/bundle.ts";
import { packageFinder } from "../../bundle/packages.ts";
import type { Diagnostic } from "../../diagnostics/types.ts";
import { findPermissions } from "../../permissions/index.ts";
import { type Permission, parsePermission } from "../../permissions/permission.ts";
import { demoInput, nodeIn } from "../permissions-setup.ts";

/** What the analysis says about one plugin. */
export interface Derived {
  /** Canonical, sorted. */
  readonly permissions: readonly string[];
  /** For each node, in their order. */
  readonly byNode: readonly (readonly Permission[])[];
  /** What some node has because it is used when the bundle is imported. */
  readonly imported: readonly Permission[];
  /** Codes of what cannot be proven, or why there is no bundle; sorted, each once. */
  readonly refusals: readonly string[];
  /** Messages of the refusals, in order. */
  readonly messages: readonly string[];
  /** Null when there is no bundle. */
  readonly bundle: string | null;
}

export interface NodeClass {
  readonly file: string;
  readonly name: string;
}

/** Writes the files below `root`, bundles them as `noxus build` does, and finds the permissions. */
export async function derive(
  root: string,
  files: Readonly<Record<string, string>>,
  nodes: readonly NodeClass[] = [{ file: "src/index.ts", name: "DemoNode" }],
): Promise<Derived> {
  for (const [path, text] of Object.entries(files)) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const reported: Diagnostic[] = [];
  const packageOf = packageFinder(root);
  const tsconfig = files["tsconfig.json"] === undefined ? null : "tsconfig.json";
  const bundle = await bundlePlugin(
    { root, file: "src/index.ts", exportName: "DemoPlugin", tsconfig, packageOf },
    (found) => {
      reported.push(found);
    },
  );
  if (bundle === null) {
    return {
      permissions: [],
      byNode: [],
      imported: [],
      refusals: codesOf(reported),
      messages: reported.map(({ message }) => message),
      bundle: null,
    };
  }
  writeFileSync(join(root, "bundle.mjs"), bundle.text);
  const found = findPermissions({
    bundle: bundle.text,
    map: bundle.map,
    files: bundle.sources.map(({ path }) => path),
    sourceText: (file) => files[file] ?? null,
    ...demoInput("src/index.ts", files["src/index.ts"] ?? ""),
    nodes: nodes.map(({ file, name }) => nodeIn(file, files[file] ?? "", name)),
    packageOf,
    waysTo: bundle.waysTo,
  });
  const refused = [...reported, ...found.diagnostics].filter(
    ({ code, severity }) => severity === "error" && code !== "NX3001" && code !== "NX3005",
  );
  return {
    permissions: found.permissions.used.map(({ permission }) => permission),
    byNode: nodes.map(({ name }) => (found.byNode.get(name) ?? []).map(read)),
    imported: found.permissions.used
      .filter(({ paths }) => paths.some(([first]) => first?.name === "at import time"))
      .map(({ permission }) => read(permission)),
    refusals: codesOf(refused),
    messages: refused.map(({ message }) => message),
    bundle: bundle.text,
  };
}

function read(text: string): Permission {
  const parsed = parsePermission(text);
  if (!("permission" in parsed)) throw new Error(`the analysis wrote \`${text}\`: ${parsed.reason}`);
  return parsed.permission;
}

function codesOf(diagnostics: readonly Diagnostic[]): readonly string[] {
  return [...new Set(diagnostics.map(({ code }) => code))].sort();
}
