import { isAbsolute, relative, sep } from "node:path";
import type { Plugin } from "esbuild";
import { diagnostic } from "../diagnostics/codes.ts";
import type { Diagnostic, Place } from "../diagnostics/types.ts";
import type { Texts } from "../load/texts.ts";
import { findSpecifier } from "./imports.ts";
import type { PackageId } from "./packages.ts";

/** Namespace of the modules that stand for what is not installed; their path is what was asked for. */
export const missingModule = "noxus-missing";
const resolvedAgain = "noxus-missing-asked";

/**
 * `import("x")` in a package, of a package that is not installed: in what ships it fails as it fails now, whatever is
 * installed beside the bundle later. Reports NX6004. In the plugin's own sources it is left as it is, and refused.
 */
export function missingPackages(
  root: string,
  packageOf: (file: string) => PackageId | null,
  texts: Texts,
  report: (found: Diagnostic) => void,
): Plugin {
  const isPackage = (importer: string): boolean =>
    isAbsolute(importer) && packageOf(relative(root, importer).split(sep).join("/")) !== null;
  return {
    name: missingModule,
    setup(bundle) {
      bundle.onResolve({ filter: /^[^./#]/ }, async (asked) => {
        if (asked.kind !== "dynamic-import" || asked.pluginData === resolvedAgain) return undefined;
        if (!isPackage(asked.importer)) return undefined;
        const { path, importer, namespace, resolveDir, kind } = asked;
        const found = await bundle.resolve(path, {
          importer,
          namespace,
          resolveDir,
          kind,
          pluginData: resolvedAgain,
        });
        if (found.errors.length === 0) return undefined;
        const place: Place = findSpecifier(root, relative(root, importer).split(sep).join("/"), path, texts);
        report(diagnostic("NX6004", place, { form: `import("${path}")` }));
        return { path, namespace: missingModule };
      });
      bundle.onLoad({ filter: /.*/, namespace: missingModule }, ({ path }) => ({
        contents: `throw Object.assign(new Error(${JSON.stringify(`Cannot find package '${path}'`)}), { code: "ERR_MODULE_NOT_FOUND" });`,
        loader: "js",
      }));
    },
  };
}
