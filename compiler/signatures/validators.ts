import { createRequire } from "node:module";
import { join } from "node:path";
import { Ajv, type Plugin as AjvPlugin, type AnySchema } from "ajv";
import standaloneModule from "ajv/dist/standalone/index.js";
import formatsModule, { type FormatsPluginOptions } from "ajv-formats";
import { build } from "esbuild";
import type { JsonSchema } from "../../runtime/manifest/types.ts";
import { packageRoot } from "../package-root.ts";

// Both packages are CommonJS with a `default` export: Node gives the module, a bundler gives the function.
const standaloneCode = interop(standaloneModule);
const addFormats = interop(formatsModule) as unknown as AjvPlugin<FormatsPluginOptions>;

function interop<T>(module: T): T extends { default: infer D } ? D : T {
  const outer = module as { default?: unknown };
  return (typeof outer === "function" ? outer : outer.default) as never;
}

export interface ValidatedNode {
  readonly name: string;
  readonly inputs: JsonSchema;
  readonly outputs: JsonSchema;
}

export interface Validators {
  /** An ES module whose default export maps each node's name to its compiled `inputs` and `outputs`. */
  readonly text: string;
  readonly faults: readonly {
    readonly node: string;
    readonly part: "inputs" | "outputs";
    readonly reason: string;
  }[];
}

/** Compiles every schema to code, so that the runtime compiles nothing. A schema that ajv refuses is a fault. */
export async function buildValidators(nodes: readonly ValidatedNode[]): Promise<Validators> {
  const ajv = new Ajv({
    allErrors: true,
    useDefaults: true,
    strict: true,
    // A constraint on a value of another type would be kept and never apply.
    strictTypes: true,
    allowUnionTypes: true,
    strictTuples: false,
    code: { source: true, esm: true, lines: true },
  });
  addFormats(ajv);
  const faults: Validators["faults"][number][] = [];
  const exported: Record<string, string> = {};
  for (const [index, node] of nodes.entries()) {
    for (const part of ["inputs", "outputs"] as const) {
      const id = `${part}${index}`;
      try {
        ajv.addSchema(node[part] as AnySchema, id);
        ajv.getSchema(id);
        exported[id] = id;
      } catch (error) {
        faults.push({
          node: node.name,
          part,
          reason: error instanceof Error ? error.message : String(error),
        });
      }
    }
  }
  if (faults.length > 0) return { text: "", faults };
  const table = nodes.map(
    (node, i) => `  ${JSON.stringify(node.name)}: { inputs: inputs${i}, outputs: outputs${i} },`,
  );
  const source = `${standaloneCode(ajv, exported)}\nexport default {\n${table.join("\n")}\n};\n`;
  return { text: await selfContained(source), faults: [] };
}

/** Standalone code still requires small helpers of ajv; they are bundled in, so that the file stands alone. */
async function selfContained(source: string): Promise<string> {
  const result = await build({
    stdin: { contents: source, sourcefile: "validators.mjs", resolveDir: packageRoot, loader: "js" },
    absWorkingDir: packageRoot,
    bundle: true,
    format: "esm",
    platform: "neutral",
    target: "node22",
    write: false,
    legalComments: "none",
    // Unminified output would name the helpers' files, whose place depends on the installation.
    minify: true,
    logLevel: "silent",
    mainFields: ["main"],
    plugins: [
      {
        name: "noxus-ajv",
        setup(bundle) {
          const own = createRequire(join(packageRoot, "package.json"));
          bundle.onResolve({ filter: /^ajv(-formats)?\// }, ({ path }) => ({ path: own.resolve(path) }));
        },
      },
    ],
  });
  return result.outputFiles[0]?.text ?? "";
}
