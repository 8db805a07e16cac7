/**
 * Makes `dist/`, what the package runs from: TypeScript to JavaScript file by file, then the compiler as one file with
 * ts-morph and ts-json-schema-generator inside, both bound to the package's own `typescript`. Installed side by side
 * they would bring three TypeScripts of two versions, whose type flags disagree.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build, type OnResolveResult, type Plugin } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");
const require = createRequire(import.meta.url);

rmSync(dist, { recursive: true, force: true });
execFileSync(
  process.execPath,
  [require.resolve("typescript/bin/tsc"), "-p", join(root, "tsconfig.build.json")],
  { stdio: "inherit" },
);

/** TypeScript asks whether each type of an array is a subtype of each other, and then whether it is derived from it. */
const slowQuestion =
  "isTypeRelatedTo(source, target, strictSubtypeRelation) && (!(getObjectFlags(getTargetType(source)) & 1 /* Class */) || !(getObjectFlags(getTargetType(target)) & 1 /* Class */) || isTypeDerivedFrom(source, target))";
const slowPart = slowQuestion.indexOf(" && ");
const quickQuestion = `(len > 64 ? ${slowQuestion.slice(slowPart + 4)} && ${slowQuestion.slice(0, slowPart)} : ${slowQuestion})`;

/**
 * Asked the other way round the answer is the same, and 500 nodes in one `nodes()` take 4 seconds less. Up to 64 types are
 * compared as they were, so that a circle that TypeScript finds only by comparing them is found as well.
 */
const quickTypescript: Plugin = {
  name: "quick-typescript",
  setup(bundle) {
    bundle.onLoad({ filter: /[\\/]typescript[\\/]lib[\\/]typescript\.js$/ }, ({ path }) => {
      const parts = readFileSync(path, "utf8").split(slowQuestion);
      if (parts.length !== 2) throw new Error("this TypeScript reduces unions in another way");
      const notice =
        "/*! noxus changed the order of one condition in this copy of TypeScript: see removeSubtypes. */\n";
      return { contents: notice + parts.join(quickQuestion), loader: "js" };
    });
  },
};

const oneTypescript = (typescript: OnResolveResult): Plugin => ({
  name: "one-typescript",
  setup(bundle) {
    bundle.onResolve({ filter: /^(\.\/)?typescript(\.js)?$/ }, ({ path, importer }) =>
      path === "typescript" || importer.includes("@ts-morph/common") ? typescript : undefined,
    );
  },
});

await build({
  entryPoints: [join(root, "compiler", "index.ts")],
  absWorkingDir: root,
  outfile: join(dist, "compiler", "index.js"),
  allowOverwrite: true,
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node22",
  legalComments: "eof",
  logLevel: "warning",
  external: [
    "esbuild",
    "ajv",
    "ajv/*",
    "ajv-formats",
    "yaml",
    "acorn",
    "eslint-scope",
    "@jridgewell/*",
    "fastest-levenshtein",
  ],
  // ts-morph is CommonJS and requires Node's own modules.
  banner: {
    js: 'import { createRequire as noxusRequire } from "node:module";\nconst require = noxusRequire(import.meta.url);',
  },
  plugins: [oneTypescript({ path: "typescript", external: true })],
});

// The command line is two CommonJS files, since Node starts those faster than fifty modules: the one that answers from
// the cache, and the one with all commands. What only some commands need they import when they run.
const later = new Set<string>();
const laterModules: Plugin = {
  name: "later-modules",
  setup(bundle) {
    bundle.onResolve({ filter: /^\.\.?\// }, ({ path, kind, resolveDir }) => {
      if (kind !== "dynamic-import") return undefined;
      const target = relative(join(root, "cli"), join(resolveDir, path)).replace(/\.ts$/, ".js");
      later.add(join("cli", target).replace(/\.js$/, ""));
      // Without a dot it would be the name of a package.
      return { path: target.startsWith("../") ? target : `./${target}`, external: true };
    });
  },
};
// Node's own modules that most commands do not use take a third of Node's start to load: each is loaded when something
// of it is first named.
const lateBuiltins: Plugin = {
  name: "late-builtins",
  setup(bundle) {
    const late =
      /^(node:)?(async_hooks|child_process|crypto|fs\/promises|os|readline|stream|tty|worker_threads)$/;
    bundle.onResolve({ filter: late }, ({ path, namespace }) =>
      namespace === "late" ? { path, external: true } : { path, namespace: "late" },
    );
    bundle.onLoad({ filter: late, namespace: "late" }, ({ path }) => {
      const names = Object.keys(require(path)).filter((name) => name !== "default");
      return {
        contents: `const load = () => require(${JSON.stringify(path)});
          exports.__esModule = true;
          Object.defineProperty(exports, "default", { get: load });
          for (const name of ${JSON.stringify(names)})
            Object.defineProperty(exports, name, { get: () => load()[name], enumerable: true });`,
      };
    });
  },
};
const commandLine = {
  absWorkingDir: root,
  bundle: true,
  format: "cjs",
  platform: "node",
  target: "node22",
  minifySyntax: true,
  logLevel: "warning",
  external: ["chokidar", "yaml"],
  define: {
    "import.meta.url": "noxusUrl",
    "import.meta.dirname": "__dirname",
    "import.meta.filename": "__filename",
  },
  plugins: [laterModules],
} as const satisfies BuildOptions;
for (const name of ["start", "fast-pages"])
  await build({
    ...commandLine,
    entryPoints: [join(root, "cli", `${name}.ts`)],
    outfile: join(dist, "cli", `${name}.cjs`),
    banner: { js: "const noxusUrl = __filename;" },
    // Less to read: these start more often than all else together.
    minify: true,
    // What they go on to is CommonJS too: `import()` would start the loader of modules for it.
    supported: { "dynamic-import": false },
  });
await build({
  ...commandLine,
  entryPoints: [join(root, "cli", "make-snapshot.ts")],
  outfile: join(dist, "cli", "make-snapshot.cjs"),
  external: ["esbuild"],
});
await build({
  ...commandLine,
  entryPoints: [join(root, "cli", "main.ts")],
  outfile: join(dist, "cli", "main.cjs"),
  plugins: [laterModules, lateBuiltins],
  banner: { js: 'const noxusUrl = require("node:url").pathToFileURL(__filename).href;' },
});

// What a snapshot is made of: the compiler with all that it needs, TypeScript included, in a single file. Only esbuild
// stays outside, a program with a package around it.
const lateEsbuild: Plugin = {
  name: "late-esbuild",
  setup(bundle) {
    bundle.onResolve({ filter: /^esbuild$/ }, () => ({ path: "esbuild", namespace: "late" }));
    // A snapshot cannot hold a loader of modules, so that it is loaded when it is first used.
    bundle.onLoad({ filter: /^esbuild$/, namespace: "late" }, () => ({
      contents: `exports.build = (...options) =>
        process.getBuiltinModule("node:module").createRequire(__filename)("esbuild").build(...options);`,
    }));
  },
};
await build({
  ...commandLine,
  entryPoints: [join(root, "cli", "compile-process.ts")],
  // What makes a snapshot runs a script, which has no `module`.
  format: "iife",
  outfile: join(dist, "cli", "compile-process.cjs"),
  supported: { "dynamic-import": false },
  external: [],
  minify: true,
  legalComments: "eof",
  banner: { js: 'const noxusUrl = require("node:url").pathToFileURL(__filename).href;' },
  plugins: [oneTypescript({ path: require.resolve("typescript") }), quickTypescript, lateEsbuild],
});

// What the one file holds is not needed a second time: only modules that an entry still reaches stay.
const entries = [
  ...later,
  "cli/compile-thread",
  "compiler/index",
  "runtime/index",
  "runtime/main",
  "runtime/runner/entry",
  "testing/plugins",
];
const reached = await build({
  entryPoints: entries.map((name) => join(dist, `${name}.js`)),
  absWorkingDir: dist,
  outdir: dist,
  bundle: true,
  write: false,
  metafile: true,
  format: "esm",
  platform: "node",
  packages: "external",
});
for (const file of globSync("**/*.js", { cwd: dist }))
  if (!(file in reached.metafile.inputs)) rmSync(join(dist, file));
// Their types stay where `noxus/compiler` names them; ts-morph is not installed with the package.
for (const file of globSync("compiler/**/*.d.ts", { cwd: dist }))
  if (/from "ts-(morph|json-schema-generator)"/.test(readFileSync(join(dist, file), "utf8")))
    rmSync(join(dist, file));

for (const asset of ["compiler/load/plugin.schema.json", "runtime/manifest/manifest.schema.json"])
  if (!existsSync(join(dist, asset))) cpSync(join(root, asset), join(dist, asset));

// Which build this is: what is in the cache of another one is not used.
const digest = createHash("sha256");
for (const file of globSync("**/*.{js,cjs,json}", { cwd: dist }).sort())
  digest.update(`${file}\0`).update(readFileSync(join(dist, file)));
writeFileSync(join(dist, "digest"), `${digest.digest("hex")}\n`);
