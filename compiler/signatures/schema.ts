import {
  type CompletedConfig,
  createFormatter,
  createParser,
  SchemaGenerator,
} from "ts-json-schema-generator";
import type { ts } from "ts-morph";
import type { JsonSchema } from "../../runtime/manifest/types.ts";

/** Makes the JSON Schema (draft-07) of a type node; throws what the generator throws. */
export type GenerateSchema = (node: ts.TypeNode) => GeneratedSchema;

export interface GeneratedSchema {
  readonly schema: JsonSchema;
  /** Targets of `#/definitions/...` in `schema`, keyed by the generator's own names. */
  readonly definitions: Readonly<Record<string, JsonSchema>>;
}

const config: CompletedConfig = {
  additionalProperties: false,
  discriminatorType: "json-schema",
  encodeRefs: false,
  // Definitions only where a type refers to itself.
  expose: "none",
  extraTags: [],
  fullDescription: false,
  functions: "fail",
  jsDoc: "extended",
  markdownDescription: false,
  minify: false,
  skipTypeCheck: true,
  sortProps: false,
  strictTuples: true,
  topRef: false,
};

/** One generator for all types of a program: its caches make the second type nearly free. */
export function schemaGenerator(shared: ts.Program): GenerateSchema {
  // ts-morph and the generator name the same API from two packages; a test compares what they share.
  const program = shared as unknown as Parameters<typeof createParser>[0];
  const generator = new SchemaGenerator(
    program,
    createParser(program, config),
    createFormatter(config),
    config,
  );
  return (node) => {
    const { $schema, definitions, ...schema } = generator.createSchemaFromNodes([
      node as unknown as Parameters<SchemaGenerator["createSchemaFromNodes"]>[0][number],
    ]);
    return { schema, definitions: (definitions ?? {}) as Readonly<Record<string, JsonSchema>> };
  };
}
