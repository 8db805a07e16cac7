import pluginSchema from "../../compiler/load/plugin.schema.json" with { type: "json" };

/** The keywords of plugin.yaml's schema that help a writer. */
export interface Schema {
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly $ref?: string;
}

const root = pluginSchema as unknown as Schema & Readonly<Record<string, unknown>>;

/** The schema of what stands under a path of keys and indexes; null where anything may stand, or nothing. */
export function schemaAt(path: readonly string[]): Schema | null {
  let schema: Schema | null = root;
  for (const step of path) {
    if (schema === null) return null;
    const inner: Schema | undefined = /^\d+$/.test(step) ? schema.items : schema.properties?.[step];
    const rest: boolean | Schema | undefined = schema.additionalProperties;
    schema = inner ?? (typeof rest === "object" ? rest : null);
    schema = schema && resolved(schema);
  }
  return schema;
}

/** The parts that stand beside a reference, such as a description of this very use, win. */
function resolved(schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const { $ref, ...own } = schema;
  let target: unknown = root;
  for (const step of $ref.replace(/^#\//, "").split("/"))
    target = (target as Readonly<Record<string, unknown>>)[step];
  return { ...resolved(target as Schema), ...own };
}

export function takes(schema: Schema, type: string): boolean {
  return [schema.type].flat().includes(type);
}

/** The schema's words on a key, as Markdown. */
export function describe(key: string, schema: Schema): string {
  const { description, default: preset, examples = [] } = schema;
  const lines = [`**${key}**${description === undefined ? "" : `: ${description}`}`];
  if (schema.enum !== undefined) lines.push(`One of ${schema.enum.map(code).join(", ")}.`);
  if (preset !== undefined) lines.push(`Default: ${code(preset)}`);
  if (examples.length > 0) lines.push(`For example ${examples.map(code).join(" or ")}`);
  return lines.join("\n\n");
}

function code(value: unknown): string {
  return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}
