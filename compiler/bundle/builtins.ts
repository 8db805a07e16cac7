import { isBuiltin } from "node:module";
import type { Plugin } from "esbuild";

/**
 * Node's own modules: imports keep their `node:` name whichever way they were written. A CommonJS package that
 * requires one gets its default export, which is what `require` gives in Node, through an import: an ES module has no
 * `require`.
 */
export const builtins: Plugin = {
  name: "noxus-builtins",
  setup(bundle) {
    bundle.onResolve({ filter: /^[^./]/ }, ({ path, kind, namespace }) => {
      if (!isBuiltin(path)) return undefined;
      const name = path.replace(/^node:/, "");
      if (kind !== "require-call") return { path: `node:${name}`, external: true };
      return { path: name, namespace: namespace === "noxus-require" ? "noxus-import" : "noxus-require" };
    });
    bundle.onLoad({ filter: /.*/, namespace: "noxus-require" }, ({ path }) => ({
      contents: `module.exports = require("node:${path}").default;`,
      loader: "js",
    }));
    bundle.onLoad({ filter: /.*/, namespace: "noxus-import" }, ({ path }) => ({
      contents: `export { default } from "node:${path}";`,
      loader: "js",
    }));
  },
};
