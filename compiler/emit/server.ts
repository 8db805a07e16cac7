import { build } from "esbuild";
import { builtins } from "../bundle/builtins.ts";
import { packageRoot, runtimeModule } from "../package-root.ts";
import type { Artifact } from "../types.ts";

/** The runtime as two files that need nothing but Node: the server, and the process that holds plugin code. */
export async function bundleServer(): Promise<readonly Artifact[]> {
  const result = await build({
    entryPoints: { server: runtimeModule("main"), runner: runtimeModule("runner/entry") },
    absWorkingDir: packageRoot,
    outdir: packageRoot,
    outExtension: { ".js": ".mjs" },
    write: false,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node22",
    charset: "utf8",
    legalComments: "none",
    logLevel: "silent",
    tsconfigRaw: {},
    // Names of bundled files depend on the installation; minified output holds none.
    minify: true,
    plugins: [builtins],
  });
  return ["server.mjs", "runner.mjs"].map((path) => ({
    path,
    text: result.outputFiles.find((file) => file.path.endsWith(path))?.text ?? "",
  }));
}
