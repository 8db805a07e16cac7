import { createRequire } from "node:module";
import { join } from "node:path";
import type { AnySchema } from "ajv";
import standaloneModule from "ajv/dist/standalone/index.js";
import { build } from "esbuild";
import type { JsonSchema } from "../../runtime/manifest/types.ts";
import type { Memory } from "../load/memory.ts";
import { packageRoot } from "../package-root.ts";
import { createAjv } from "./ajv.ts";
import { interop } from "./interop.ts";
import { isPlain } from "./plain.ts";

const standaloneCode = interop(standaloneModule);

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
  const ajv = validatorAjv(nodes);
  const faults: Validators["faults"][number][] = [];
  const exported: Record<string, string> = {};
  for (const [index, node] of nodes.entries()) {
    const found = addSchemas(ajv, node, index);
    faults.push(...found.map((fault) => ({ node: node.name, ...fault })));
    for (const part of parts) exported[`${part}${index}`] = `${part}${index}`;
  }
  if (faults.length > 0) return { text: "", faults };
  const table = nodes.map(
    (node, i) => `  ${JSON.stringify(node.name)}: { inputs: inputs${i}, outputs: outputs${i} },`,
  );
  const source = `${standaloneCode(ajv, exported)}\nexport default {\n${table.join("\n")}\n};\n`;
  return { text: await selfContained(source), faults: [] };
}

/**
 * The faults that {@link buildValidators} would find, without the code. `known` keeps what is found of a node's schemas,
 * and those of no other.
 */
export function findFaults(
  nodes: readonly ValidatedNode[],
  known: Memory["faults"] = new Map(),
): Validators["faults"] {
  const before = new Map(known);
  known.clear();
  return nodes.flatMap((node) => {
    if (isPlain(node.inputs) && isPlain(node.outputs)) return [];
    const key = JSON.stringify([node.inputs, node.outputs]);
    const found = before.get(key) ?? askAjv(node);
    known.set(key, found);
    return found.map((fault) => ({ node: node.name, ...fault }));
  });
}

/** What ajv says of a node's schemas when it compiles them. */
export function askAjv(node: ValidatedNode): readonly Omit<Validators["faults"][number], "node">[] {
  return addSchemas(validatorAjv([node]), node, 0);
}

const parts = ["inputs", "outputs"] as const;

function validatorAjv(nodes: readonly ValidatedNode[]): ReturnType<typeof createAjv> {
  return createAjv({
    useDefaults: true,
    // `constructor` and `toString` are there in every object; only then are own keys told from inherited ones.
    ownProperties: nodes.some((node) => namesInherited(node.inputs) || namesInherited(node.outputs)),
    code: { source: true, esm: true, lines: true },
  });
}

/** Compiles a node's two schemas under the names `inputs0` and `outputs0`, by its index. */
function addSchemas(
  ajv: ReturnType<typeof createAjv>,
  node: ValidatedNode,
  index: number,
): ReturnType<typeof askAjv> {
  return parts.flatMap((part) => {
    const id = `${part}${index}`;
    try {
      ajv.addSchema(withoutIdleDefaults(node[part]) as AnySchema, id);
      ajv.getSchema(id);
      return [];
    } catch (error) {
      return [{ part, reason: error instanceof Error ? error.message : String(error) }];
    }
  });
}

/**
 * Without the defaults that ajv would not fill in, because they stand in one of several alternatives: its strict mode
 * refuses them. The manifest keeps them, as documentation.
 */
function withoutIdleDefaults(schema: JsonSchema): JsonSchema {
  const idle = idleDefinitions(schema);
  const strip = (value: unknown, isIdle: boolean): unknown =>
    mapSchema(value, (key, item) => {
      if (key === "default") return isIdle ? undefined : item;
      if (key === "definitions")
        return Object.fromEntries(
          Object.entries(item as object).map(([name, part]) => [name, strip(part, idle.has(name))]),
        );
      return strip(item, isIdle || alternatives.has(key));
    });
  return strip(schema, false) as JsonSchema;
}

/** Names of definitions that an alternative refers to, at once or through others. */
function idleDefinitions(schema: JsonSchema): ReadonlySet<string> {
  const found = new Set<string>();
  const definitions = (schema.definitions ?? {}) as Readonly<Record<string, unknown>>;
  const visit = (value: unknown, isIdle: boolean): unknown =>
    mapSchema(value, (key, item) => {
      if (key === "definitions" || key === "default") return item;
      const name = key === "$ref" ? String(item).replace("#/definitions/", "") : null;
      if (name !== null && isIdle && !found.has(name)) {
        found.add(name);
        visit(definitions[name], true);
      }
      return visit(item, isIdle || alternatives.has(key));
    });
  visit(schema, false);
  for (const definition of Object.values(definitions)) visit(definition, false);
  return found;
}

const alternatives: ReadonlySet<string> = new Set(["anyOf", "oneOf"]);
const nameKeys: ReadonlySet<string> = new Set(["properties", "patternProperties"]);
const dataKeys: ReadonlySet<string> = new Set(["examples", "const", "enum", "required"]);

/** A copy of a schema with each keyword's value changed; undefined leaves it out. Data is left alone. */
function mapSchema(schema: unknown, change: (keyword: string, value: unknown) => unknown): unknown {
  if (Array.isArray(schema)) return schema.map((item) => mapSchema(item, change));
  if (typeof schema !== "object" || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).flatMap(([key, value]): [string, unknown][] => {
      if (dataKeys.has(key)) return [[key, value]];
      const changed = nameKeys.has(key)
        ? Object.fromEntries(Object.entries(value as object).map(([name, part]) => [name, change(key, part)]))
        : change(key, value);
      return changed === undefined ? [] : [[key, changed]];
    }),
  );
}

/** Whether a property has the name of something that every object inherits. */
function namesInherited(schema: JsonSchema): boolean {
  const names =
    /"(?:constructor|toString|toLocaleString|valueOf|hasOwnProperty|isPrototypeOf|propertyIsEnumerable|__\w+__)"/;
  return names.test(JSON.stringify(schema));
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
