import { readFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { build, type Plugin } from "esbuild";
import { packageRoot, runtimeModule } from "../package-root.ts";
import type { Artifact } from "../types.ts";

/**
 * Node's own modules come by `require`, each when it is first needed. An `import` has Node make every export of a module
 * at once: `node:http` alone then loads undici, which was a third of the time until the server listened. And a package
 * that requires a module in a function it never calls (winston: `node:https`) does not load it.
 */
const required: Plugin = {
  name: "noxus-required",
  setup(bundle) {
    bundle.onResolve({ filter: /^[^./]/ }, ({ path }) =>
      isBuiltin(path) ? { path: path.replace(/^node:/, ""), namespace: "noxus-required" } : undefined,
    );
    bundle.onLoad({ filter: /.*/, namespace: "noxus-required" }, ({ path }) => ({
      contents: late.get(path) ?? `module.exports = nodeRequire("node:${path}");`,
      loader: "js",
    }));
  },
};

/** Modules that koa asks for at once and uses when something fails, or an answer is compressed. */
const late: ReadonlyMap<string, string> = new Map([
  [
    "assert",
    `module.exports = (value, message) => {
      if (!value) nodeRequire("node:assert")(value, message);
    };`,
  ],
  ["zlib", `module.exports = new Proxy({}, { get: (_, name) => nodeRequire("node:zlib")[name] });`],
]);

/**
 * What winston brings along and needs not: `readable-stream` is a copy of Node's own streams for older Nodes, and the
 * colours are for a format that is not used, but look at the terminal when they are loaded.
 */
const replaced: ReadonlyMap<string, string> = new Map([
  ["readable-stream", `module.exports = nodeRequire("node:stream");`],
  ["readable-stream/lib/_stream_writable.js", `module.exports = nodeRequire("node:stream").Writable;`],
  ["@colors/colors/safe", `module.exports = {};`],
]);
const lessOfWinston: Plugin = {
  name: "noxus-less-of-winston",
  setup(bundle) {
    bundle.onResolve({ filter: /^(readable-stream|@colors)(\/|$)/ }, ({ path }) =>
      replaced.has(path) ? { path, namespace: "noxus-replaced" } : undefined,
    );
    bundle.onLoad({ filter: /.*/, namespace: "noxus-replaced" }, ({ path }) => ({
      contents: replaced.get(path) ?? "",
      loader: "js",
    }));
  },
};

/** Of the 2,500 kinds of files that koa can name the server answers with these; the table was half of its program. */
const answered = ["application/json", "text/plain"];
const fewTypes: Plugin = {
  name: "noxus-few-types",
  setup(bundle) {
    bundle.onLoad({ filter: /[\\/]mime-db[\\/]db\.json$/ }, async ({ path }) => {
      const all = JSON.parse(await readFile(path, "utf8")) as Readonly<Record<string, unknown>>;
      const few = Object.fromEntries(answered.map((type) => [type, all[type]]));
      return { contents: JSON.stringify(few), loader: "json" };
    });
  },
};

const banner = `import { createRequire } from "node:module";\nconst nodeRequire = createRequire(import.meta.url);`;

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
    // Packages bring more for development: winston's loads half as much again.
    define: { "process.env.NODE_ENV": '"production"' },
    banner: { js: banner },
    plugins: [required, lessOfWinston, fewTypes],
  });
  return ["server.mjs", "runner.mjs"].map((path) => ({
    path,
    text: result.outputFiles.find((file) => file.path.endsWith(path))?.text ?? "",
  }));
}
