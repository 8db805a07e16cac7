import type { CompletedConfig, SchemaGenerator as Generator } from "ts-json-schema-generator";
import { Node, type ts } from "ts-morph";
import type { ConfigurationField, JsonSchema } from "../../runtime/manifest/types.ts";
import { diagnostic } from "../diagnostics/codes.ts";
import type { Diagnostic } from "../diagnostics/types.ts";
import { type Class, isSdkType, placeOf } from "../extract/classes.ts";

/**
 * Compares the type argument of `Plugin<Config>` with `configuration` in plugin.yaml: what the type promises, the file
 * has to bring. Reports NX4003 at the type argument.
 */
export async function compareConfiguration(
  plugin: Class,
  program: ts.Program,
  fields: Readonly<Record<string, ConfigurationField>>,
  root: string,
  report: (found: Diagnostic) => void,
): Promise<void> {
  const base = plugin.getExtends();
  const argument = base?.getTypeArguments()[0];
  if (base === undefined || argument === undefined || !isSdkType(base.getType(), "Plugin")) return;
  const say = (what: string, help: string): void =>
    report(diagnostic("NX4003", placeOf(argument, root), { what, help }));

  const schema = await schemaOf(argument.compilerNode, program);
  if (typeof schema === "string")
    return say(
      `\`${argument.getText()}\` cannot be compared with plugin.yaml: ${schema}`,
      "write it as an interface",
    );
  const properties = (schema.properties ?? {}) as Readonly<Record<string, JsonSchema>>;
  const required = Array.isArray(schema.required) ? schema.required : [];
  const type = Node.isTypeReference(argument) ? argument.getText() : "the configuration's type";
  for (const [name, property] of Object.entries(properties)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const path = `\`${type}.${name}\``;
    if (field === undefined) say(`${path} is not in plugin.yaml`, `add \`${name}\` under \`configuration\``);
    else if (!takes(property, field))
      say(`${path} does not take every ${field.type} that plugin.yaml allows`, "let both say the same");
    else if (required.includes(name) && !field.required && field.default === undefined)
      say(`${path} is required, but optional in plugin.yaml`, "give it a default, or write it with `?`");
  }
}

/**
 * The schema of a type as it is written, or why there is none. ts-json-schema-generator reads declarations, which is
 * right for a named type of plain fields; it is loaded for plugins that have one.
 */
async function schemaOf(node: ts.TypeNode, program: ts.Program): Promise<JsonSchema | string> {
  const { createFormatter, createParser, SchemaGenerator } = await import("ts-json-schema-generator");
  const config: CompletedConfig = {
    additionalProperties: false,
    discriminatorType: "json-schema",
    encodeRefs: false,
    expose: "none",
    extraTags: [],
    fullDescription: false,
    functions: "comment",
    jsDoc: "extended",
    markdownDescription: false,
    minify: false,
    skipTypeCheck: true,
    sortProps: false,
    strictTuples: true,
    topRef: false,
  };
  // ts-morph and the generator name the same API from two packages; a test compares what they share.
  const shared = program as unknown as Parameters<typeof createParser>[0];
  try {
    const generator = new SchemaGenerator(
      shared,
      createParser(shared, config),
      createFormatter(config),
      config,
    );
    return generator.createSchemaFromNodes([
      node as unknown as Parameters<Generator["createSchemaFromNodes"]>[0][number],
    ]) as JsonSchema;
  } catch (error) {
    const message = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    return message.replace(/\s+in\s+\/.*$/, "").replace(/\.$/, "");
  }
}

/** Whether the type takes every value that plugin.yaml lets through for the field. */
function takes(schema: JsonSchema, field: ConfigurationField): boolean {
  const alternatives = Array.isArray(schema.anyOf) ? (schema.anyOf as readonly JsonSchema[]) : [];
  if (alternatives.length > 0) return alternatives.some((part) => takes(part, field));
  const constants = "const" in schema ? [schema.const] : schema.enum;
  if (Array.isArray(constants)) return field.enum?.every((value) => constants.includes(value)) ?? false;
  const types = schema.type === undefined ? [] : [schema.type].flat();
  return (
    types.length === 0 || types.includes(field.type) || (field.type === "integer" && types.includes("number"))
  );
}
