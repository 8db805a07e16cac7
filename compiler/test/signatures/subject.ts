import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Ajv, type Plugin as AjvPlugin, type AnySchema, type ValidateFunction } from "ajv";
import formatsModule, { type FormatsPluginOptions } from "ajv-formats";
import type { JsonSchema } from "../../../runtime/manifest/types.ts";
import { analyze } from "../../analyze.ts";

/** A node to compile: what stands above the class, its files beside it, and the parameters of `call`. */
export interface Subject {
  /** Path below the node's own folder -> text. */
  readonly files: Readonly<Record<string, string>>;
  /** Imports and declarations above the class. */
  readonly declarations: string;
  readonly parameters: string;
  /** Result type of `call`; `{ ok: boolean }` unless given. */
  readonly result?: string;
}

export type Compiled =
  | { readonly kind: "schema"; readonly inputs: JsonSchema; readonly outputs: JsonSchema }
  | { readonly kind: "refused"; readonly codes: readonly string[]; readonly messages: readonly string[] };

export interface Workspace {
  readonly root: string;
  remove(): void;
}

/** A new folder for plugins; with `modules`, a node_modules folder that they see. */
export function openWorkspace(modules?: string): Workspace {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "noxus-signatures-")));
  if (modules !== undefined) symlinkSync(modules, join(root, "node_modules"));
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}

export interface CompileOptions {
  /** Compiler options of the plugin's tsconfig.json; without them it has none. */
  readonly compilerOptions?: Readonly<Record<string, unknown>>;
  readonly lineEnd?: "\n" | "\r\n";
}

/** Compiles one plugin with a node for each subject, through the whole of `analyze`. */
export async function compile(
  subjects: readonly Subject[],
  { root }: Workspace,
  { compilerOptions, lineEnd = "\n" }: CompileOptions = {},
): Promise<readonly Compiled[]> {
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text.replaceAll("\n", lineEnd));
  };
  rmSync(join(root, "src"), { recursive: true, force: true });
  write("plugin.yaml", "name: signatures\nversion: 0.1.0\nentrypoint: src/index.SignaturesPlugin\n");
  if (compilerOptions !== undefined) write("tsconfig.json", JSON.stringify({ compilerOptions }));
  else rmSync(join(root, "tsconfig.json"), { force: true });
  for (const [i, subject] of subjects.entries()) {
    for (const [path, text] of Object.entries(subject.files)) write(`src/c${i}/${path}`, text);
    write(`src/c${i}/node.ts`, nodeModule(subject, i));
  }
  const names = subjects.map((_, i) => `C${i}Node`);
  // `as const`: of a plain list TypeScript compares each type with each other, which takes longer than all the rest.
  write(
    "src/index.ts",
    `import { Plugin } from "noxus/plugins";
${names.map((name, i) => `import { ${name} } from "./c${i}/node.ts";`).join("\n")}
export class SignaturesPlugin extends Plugin {
  nodes() {
    return [${names.map((name) => `new ${name}()`).join(", ")}] as const;
  }
}
`,
  );
  const analysis = await analyze(root);
  const errors = analysis.diagnostics.filter((entry) => entry.severity === "error");
  const strangers = errors.filter((entry) => !/^src\/c\d+\//.test(entry.file));
  if (strangers[0] !== undefined)
    throw new Error(`${strangers[0].file}: ${strangers[0].code} ${strangers[0].message}`);
  return subjects.map((_, i) => {
    const own = errors.filter((entry) => entry.file.startsWith(`src/c${i}/`));
    if (own.length > 0)
      return {
        kind: "refused",
        codes: [...new Set(own.map((entry) => entry.code))].sort(),
        messages: own.map((entry) => `${entry.code} ${entry.message}`),
      };
    const node = analysis.nodes.find((entry) => entry.class === `C${i}Node`);
    if (node === undefined) throw new Error(`node ${i} has neither a schema nor a diagnostic`);
    return { kind: "schema", inputs: node.inputs, outputs: node.outputs };
  });
}

function nodeModule({ declarations, parameters, result }: Subject, i: number): string {
  const value = result === undefined ? "{ ok: true }" : `null as unknown as ${result}`;
  return `import { Node } from "noxus/plugins";
${declarations}
export class C${i}Node extends Node {
  call(${parameters}): ${result ?? "{ ok: boolean }"} {
    return ${value};
  }
}
`;
}

const addFormats = formatsModule as unknown as AjvPlugin<FormatsPluginOptions> & {
  default?: AjvPlugin<FormatsPluginOptions>;
};

// All errors, as the validators that ship: without it ajv lets a required key "" be missing.
const ajv = new Ajv({
  allErrors: true,
  strict: true,
  strictTypes: true,
  allowUnionTypes: true,
  strictTuples: false,
});
(addFormats.default ?? addFormats)(ajv);

/** As strict as the validators that ship, but nothing is filled in. Throws what ajv throws. */
export function compileSchema(schema: JsonSchema): ValidateFunction {
  const validate = ajv.compile(schema as AnySchema);
  ajv.removeSchema(schema as AnySchema);
  return validate;
}
