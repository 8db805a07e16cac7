import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { JsonSchema } from "../../../../runtime/manifest/types.ts";
import type { NamedSchemas } from "./sources.ts";

/** The parts of `@redocly/openapi-core` in use; its types are installed only with it. */
interface Linter {
  createConfig(raw: object): Promise<unknown>;
  lintFromString(options: {
    source: string;
    config: unknown;
  }): Promise<readonly { ruleId: string; message: string; location: readonly { pointer?: string }[] }[]>;
}

/** What the linter has against an OpenAPI 3.1 document whose operations take and return these schemas. */
export async function lintOpenApi(nodes: readonly NamedSchemas[]): Promise<readonly string[]> {
  const path = createRequire(join(import.meta.dirname, "package.json")).resolve("@redocly/openapi-core");
  const linter = (await import(pathToFileURL(path).href)) as Linter;
  const config = await linter.createConfig({
    extends: ["spec"],
    rules: {
      "no-enum-type-mismatch": "error",
      "no-schema-type-mismatch": "error",
      "no-unused-components": "error",
      "no-required-schema-properties-undefined": "error",
    },
  });
  const found = await linter.lintFromString({ source: JSON.stringify(documentOf(nodes)), config });
  return found.map(({ ruleId, message, location }) => {
    const pointer = location[0]?.pointer ?? "";
    const node = nodes[Number(/n(\d+)[~_]/.exec(pointer)?.[1])];
    return `${ruleId}: ${message} at ${pointer} of ${node?.name}`;
  });
}

function documentOf(nodes: readonly NamedSchemas[]): object {
  const schemas: Record<string, unknown> = {};
  const paths = nodes.map(({ inputs, outputs }, i) => {
    const content = (schema: JsonSchema, part: string): object => {
      const prefix = `n${i}_${part}_`;
      const { definitions, ...rest } = translate(schema, prefix) as Record<string, unknown>;
      for (const [name, definition] of Object.entries((definitions ?? {}) as Record<string, unknown>))
        schemas[componentName(prefix, name)] = definition;
      return { content: { "application/json": { schema: rest } } };
    };
    const operation = {
      operationId: `n${i}`,
      requestBody: content(inputs, "in"),
      responses: { 200: { description: "the result", ...content(outputs, "out") } },
    };
    return [`/n${i}/run`, { post: operation }] as const;
  });
  return {
    openapi: "3.1.0",
    info: { title: "schemas", version: "1.0.0" },
    servers: [{ url: "https://example.com" }],
    security: [],
    paths: Object.fromEntries(paths),
    components: { schemas },
  };
}

const nameKeys: ReadonlySet<string> = new Set(["properties", "patternProperties", "definitions"]);
const dataKeys: ReadonlySet<string> = new Set(["const", "enum", "default", "examples", "required"]);

/**
 * Draft-07 as OpenAPI 3.1 (draft 2020-12) writes it: definitions are components of the document, and a tuple's items stand
 * under `prefixItems`. Nothing else differs in what noxus writes.
 */
function translate(value: unknown, prefix: string): unknown {
  if (Array.isArray(value)) return value.map((item) => translate(item, prefix));
  if (typeof value !== "object" || value === null) return value;
  const isTuple = "items" in value && Array.isArray(value.items);
  const entries = Object.entries(value).map(([key, child]): [string, unknown] => {
    if (dataKeys.has(key)) return [key, child];
    if (nameKeys.has(key)) {
      const members = Object.entries(child as object);
      return [key, Object.fromEntries(members.map(([name, part]) => [name, translate(part, prefix)]))];
    }
    if (key === "$ref" && typeof child === "string") {
      const name = decodeURIComponent(child.replace("#/definitions/", ""));
      return [key, `#/components/schemas/${componentName(prefix, name)}`];
    }
    const renamed = isTuple && key === "items" ? "prefixItems" : key === "additionalItems" ? "items" : key;
    return [renamed, translate(child, prefix)];
  });
  return Object.fromEntries(entries);
}

/** Components have names of letters, digits, dots, dashes and underscores. */
function componentName(prefix: string, name: string): string {
  return prefix + name.replace(/[^\w.-]/gu, (letter) => `_${letter.codePointAt(0)?.toString(16)}`);
}
