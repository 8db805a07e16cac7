import { spawn } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { transformSync } from "esbuild";
import { installIn } from "../../../scripts/install.ts";
import { type Bundle, bundlePlugin } from "../../bundle/bundle.ts";
import { packageFinder } from "../../bundle/packages.ts";
import type { Diagnostic } from "../../diagnostics/types.ts";
import { findPermissions, type PermissionResult } from "../../permissions/index.ts";
import { demoInput } from "../permissions-setup.ts";
import type { Observation } from "./oracle.ts";

export const packagesFolder: string = import.meta.dirname;

/** Where the packages of the sample are pinned. */
export const sampleFolder: string = join(packagesFolder, "sample");

/** Installs the packages of this folder, unless they are there. Throws what npm said. */
export function installPackages(): void {
  installIn(packagesFolder);
}

export function installSample(): void {
  installIn(sampleFolder);
}

/** A plugin's folder that sees the packages of another one. */
export interface Workspace {
  readonly root: string;
  remove(): void;
}

/** `modules` is the node_modules folder that the plugin shall have. */
export function openWorkspace(modules: string): Workspace {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "noxus-packages-")));
  symlinkSync(modules, join(root, "node_modules"));
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}

export interface Checked {
  /** Null where it cannot be bundled; the reasons are in `diagnostics`. */
  readonly bundle: Bundle | null;
  readonly found: PermissionResult | null;
  /** All that was reported, codes NX3001 and NX3005 left out: those are the permissions. */
  readonly diagnostics: readonly Diagnostic[];
  /** Milliseconds. */
  readonly bundleMs: number;
  readonly findMs: number;
}

/** Bundles a plugin of one file as it would ship, and finds its permissions. `file` is relative to the workspace. */
export async function checkSource({ root }: Workspace, file: string, text: string): Promise<Checked> {
  writeFileSync(join(root, file), text);
  const diagnostics: Diagnostic[] = [];
  const packageOf = packageFinder(root);
  const started = performance.now();
  const bundle = await bundlePlugin(
    { root, file, exportName: "DemoPlugin", tsconfig: null, packageOf },
    (found) => diagnostics.push(found),
  );
  const bundled = performance.now();
  if (bundle === null) return { bundle, found: null, diagnostics, bundleMs: bundled - started, findMs: 0 };
  const found = findPermissions({
    bundle: bundle.text,
    map: bundle.map,
    files: bundle.sources.map(({ path }) => path),
    sourceText: (path) => (existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : null),
    ...demoInput(file, text),
    packageOf,
    waysTo: bundle.waysTo,
  });
  const findMs = performance.now() - bundled;
  diagnostics.push(...found.diagnostics.filter(({ code }) => code !== "NX3001" && code !== "NX3005"));
  return { bundle, found, diagnostics, bundleMs: bundled - started, findMs };
}

/** Runs a bundle in a process of its own and resolves with what it reached. */
export function observe({ root }: Workspace, name: string, bundle: string): Promise<Observation> {
  const file = join(root, name);
  writeFileSync(file, bundle);
  const oracle = join(root, "oracle.mjs");
  // Without its types, which Node would strip again in every run.
  if (!existsSync(oracle)) {
    const { code } = transformSync(readFileSync(join(packagesFolder, "oracle.ts"), "utf8"), { loader: "ts" });
    writeFileSync(oracle, code);
  }
  return new Promise((resolve, reject) => {
    const args = ["--no-warnings", oracle, file];
    const run = spawn(process.execPath, args, {
      cwd: root,
      // The same few variables everywhere, so that what is observed does not depend on the machine.
      env: { PATH: "/usr/bin:/bin", HOME: root },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let said = "";
    run.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    run.on("close", (code) => {
      // The format is the oracle's own.
      if (code === 0 && said !== "") resolve(JSON.parse(said) as Observation);
      else reject(new Error(`the oracle ended with ${code} on ${name}: ${said}`));
    });
  });
}
