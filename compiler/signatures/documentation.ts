import { fullFormats } from "ajv-formats/dist/formats.js";
import { Node, type ParameterDeclaration, ts } from "ts-morph";
import type { JsonSchema } from "../../runtime/manifest/types.ts";

export interface ParameterDocumentation {
  readonly description: string;
  /** Keywords to add to the parameter's schema. */
  readonly keywords: JsonSchema;
  readonly faults: readonly { readonly tag: string; readonly reason: string }[];
}

type Kind = "number" | "count" | "text" | "pattern" | "format" | "flag" | "json";

/** Formats that the validators know. */
const formatNames: readonly string[] = Object.keys(fullFormats).sort();

/** Value of a tag, read by kind; `applies` lists the schema types that it constrains. */
const tags: Readonly<Record<string, { kind: Kind; applies: readonly string[] }>> = {
  minimum: { kind: "number", applies: ["number", "integer"] },
  maximum: { kind: "number", applies: ["number", "integer"] },
  exclusiveMinimum: { kind: "number", applies: ["number", "integer"] },
  exclusiveMaximum: { kind: "number", applies: ["number", "integer"] },
  multipleOf: { kind: "number", applies: ["number", "integer"] },
  minLength: { kind: "count", applies: ["string"] },
  maxLength: { kind: "count", applies: ["string"] },
  pattern: { kind: "pattern", applies: ["string"] },
  format: { kind: "format", applies: ["string"] },
  minItems: { kind: "count", applies: ["array"] },
  maxItems: { kind: "count", applies: ["array"] },
  uniqueItems: { kind: "flag", applies: ["array"] },
  minProperties: { kind: "count", applies: ["object"] },
  maxProperties: { kind: "count", applies: ["object"] },
  title: { kind: "text", applies: [] },
  deprecated: { kind: "flag", applies: [] },
  default: { kind: "json", applies: [] },
  example: { kind: "json", applies: [] },
};

/** The parameter's `@param` text, and the comment and tags that stand on the parameter itself. */
export function documentationOf(parameter: ParameterDeclaration, schema: JsonSchema): ParameterDocumentation {
  const descriptions: string[] = [];
  const faults: { tag: string; reason: string }[] = [];
  const keywords: Record<string, unknown> = {};
  for (const entry of ts.getJSDocCommentsAndTags(parameter.compilerNode)) {
    if (ts.isJSDocParameterTag(entry)) {
      descriptions.push(textOf(entry.comment).replace(/^-\s+/, ""));
      continue;
    }
    if (!ts.isJSDoc(entry)) continue;
    descriptions.push(textOf(entry.comment));
    for (const tag of entry.tags ?? []) {
      const name = tag.tagName.text;
      const definition = Object.hasOwn(tags, name) ? tags[name] : undefined;
      if (definition === undefined) continue;
      if (
        definition.applies.length > 0 &&
        ![schema.type].flat().some((type) => definition.applies.includes(String(type)))
      ) {
        faults.push({ tag: name, reason: `does not apply to \`${parameter.getName()}\`` });
        continue;
      }
      const value = readValue(textOf(tag.comment), definition.kind);
      if (value === undefined) faults.push({ tag: name, reason: `needs ${wanted[definition.kind]}` });
      else if (name === "example") keywords.examples = [...((keywords.examples as unknown[]) ?? []), value];
      else keywords[name] = value;
    }
  }
  const fromInitializer = defaultValue(parameter.getInitializer());
  if (fromInitializer !== undefined) keywords.default = fromInitializer.value;
  return { description: descriptions.filter((text) => text !== "").join("\n"), keywords, faults };
}

const wanted = {
  number: "a number",
  count: "a whole number from 0 on",
  text: "a text",
  pattern: "a regular expression",
  format: `one of ${formatNames.join(", ")}`,
  flag: "no value",
  json: "a JSON value",
} as const satisfies Record<Kind, string>;

function readValue(text: string, kind: Kind): unknown {
  if (kind === "flag") return true;
  if (kind === "text") return text === "" ? undefined : text;
  if (kind === "format") return formatNames.includes(text) ? text : undefined;
  if (kind === "pattern") return isPattern(text) ? text : undefined;
  if (kind === "json") return readJson(text);
  const value = text === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) return undefined;
  return kind === "count" && (!Number.isInteger(value) || value < 0) ? undefined : value;
}

/** As ajv compiles it. */
function isPattern(text: string): boolean {
  try {
    return text !== "" && new RegExp(text, "u") instanceof RegExp;
  } catch {
    return false;
  }
}

/** A bare word is a string, so that `@default en` works. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text === "" ? undefined : text;
  }
}

function textOf(comment: string | ts.NodeArray<ts.JSDocComment> | undefined): string {
  return (ts.getTextOfJSDocComment(comment) ?? "").trim();
}

/** The value of an initializer that is plain JSON; undefined for anything computed. */
function defaultValue(node: Node | undefined): { value: unknown } | undefined {
  if (node === undefined) return undefined;
  if (Node.isParenthesizedExpression(node) || Node.isAsExpression(node) || Node.isSatisfiesExpression(node))
    return defaultValue(node.getExpression());
  if (Node.isStringLiteral(node) || Node.isNoSubstitutionTemplateLiteral(node))
    return { value: node.getLiteralText() };
  if (Node.isNumericLiteral(node)) return { value: node.getLiteralValue() };
  if (Node.isTrueLiteral(node)) return { value: true };
  if (Node.isFalseLiteral(node)) return { value: false };
  if (Node.isNullLiteral(node)) return { value: null };
  if (Node.isPrefixUnaryExpression(node) && node.getOperatorToken() === ts.SyntaxKind.MinusToken) {
    const operand = node.getOperand();
    return Node.isNumericLiteral(operand) ? { value: -operand.getLiteralValue() } : undefined;
  }
  if (Node.isArrayLiteralExpression(node)) {
    const values = node.getElements().map(defaultValue);
    return values.every((entry) => entry !== undefined)
      ? { value: values.map((entry) => entry.value) }
      : undefined;
  }
  return undefined;
}
