/**
 * A worker thread that puts single files of other people through the analysis, each as the one helper module of a
 * plugin, its own imports left alone. Takes paths as `workerData`; posts `{ started }` and a {@link FileVerdict} for
 * each. Exceptions of the analysis are posted, not thrown.
 */
import { existsSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { build, type Plugin } from "esbuild";
import { builtins } from "../../bundle/builtins.ts";
import { findPermissions } from "../../permissions/index.ts";
import { demoInput, plugin } from "../permissions-setup.ts";

export interface FileVerdict {
  readonly file: string;
  /** `unbundled`: esbuild refuses it. `crash`: the analysis threw. */
  readonly kind: "clean" | "permissions" | "refused" | "unbundled" | "crash";
  /** What was thrown, or where a finding lacks its place; null for none. */
  readonly fault: string | null;
  /** Of the bundle, UTF-16 units. */
  readonly size: number;
  /** Of the analysis alone, milliseconds. */
  readonly ms: number;
}

interface Bundled {
  readonly bundle: string;
  readonly map: string;
}

const source = plugin('import * as helper from "noxus-helper";', "return helper;");
const atOnce = 8;
const sdkFile = join(import.meta.dirname, "../../../runtime/sdk/index.ts");

const files = workerData as readonly string[];
for (let from = 0; from < files.length; from += atOnce) {
  const some = files.slice(from, from + atOnce);
  const bundled = await Promise.all(some.map(async (file) => ({ file, texts: await bundleFile(file) })));
  for (const { file, texts } of bundled) {
    parentPort?.postMessage({ started: file });
    parentPort?.postMessage(texts === null ? unbundled(file) : verdictOf(file, texts));
  }
}

/** As `compiler/bundle` bundles, but for the resolution; null where that fails. */
async function bundleFile(file: string): Promise<Bundled | null> {
  try {
    const result = await build({
      stdin: { contents: source, sourcefile: "src/index.ts", loader: "ts", resolveDir: "/" },
      absWorkingDir: "/",
      outfile: "/bundle.mjs",
      write: false,
      bundle: true,
      format: "esm",
      platform: "node",
      target: "node22",
      charset: "utf8",
      sourcemap: "external",
      logLevel: "silent",
      tsconfigRaw: {},
      define: { "process.env.NODE_ENV": '"production"' },
      plugins: [only(file), builtins],
    });
    const [map, bundle] = [".map", ".mjs"].map(
      (suffix) => result.outputFiles.find(({ path }) => path.endsWith(suffix))?.text ?? "",
    );
    return { bundle: bundle ?? "", map: map ?? "" };
  } catch (error) {
    if (error instanceof Error && "errors" in error) return null;
    throw error;
  }
}

/** The helper is `file`; Node's modules are as always; every other import stays one. */
function only(file: string): Plugin {
  return {
    name: "only-one-file",
    setup(bundle) {
      bundle.onResolve({ filter: /./ }, ({ path, namespace }) => {
        if (path === "noxus/plugins") return { path: sdkFile };
        if (path === "noxus-helper") return { path: file };
        return isBuiltin(path) || namespace !== "file" ? undefined : { path, external: true };
      });
    },
  };
}

function unbundled(file: string): FileVerdict {
  return { file, kind: "unbundled", fault: null, size: 0, ms: 0 };
}

function verdictOf(file: string, { bundle, map }: Bundled): FileVerdict {
  const started = performance.now();
  try {
    const { permissions, diagnostics } = findPermissions({
      bundle,
      map,
      files: [],
      sourceText: (path) => (existsSync(path) ? readFileSync(path, "utf8") : null),
      ...demoInput("src/index.ts", source),
      packageOf: () => null,
      waysTo: () => [],
    });
    const ms = performance.now() - started;
    const bare = diagnostics.find(({ file: place, message }) => place === "" || message === "");
    const fault = bare === undefined ? null : `${bare.code} without a place or a message`;
    const isRefused = permissions.unresolved.length > 0;
    const kind = isRefused ? "refused" : permissions.used.length > 0 ? "permissions" : "clean";
    return { file, kind, fault, size: bundle.length, ms };
  } catch (error) {
    const fault = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { file, kind: "crash", fault, size: bundle.length, ms: performance.now() - started };
  }
}
