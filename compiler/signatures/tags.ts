import { fullFormats } from "ajv-formats/dist/formats.js";

type Kind = "number" | "count" | "text" | "pattern" | "format" | "flag" | "json";

/** Formats that the validators know. */
const formatNames: readonly string[] = Object.keys(fullFormats).sort();

export interface TagDefinition {
  readonly kind: Kind;
  /** Schema types that it constrains; empty for any. */
  readonly applies: readonly string[];
}

const onNumbers = ["number", "integer"];

/** Every JSDoc tag that becomes a keyword of the schema. */
const tags: Readonly<Record<string, TagDefinition>> = {
  minimum: { kind: "number", applies: onNumbers },
  maximum: { kind: "number", applies: onNumbers },
  exclusiveMinimum: { kind: "number", applies: onNumbers },
  exclusiveMaximum: { kind: "number", applies: onNumbers },
  multipleOf: { kind: "number", applies: onNumbers },
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

/** JSDoc's own, which may stand behind another tag on one line. */
const plainTags: ReadonlySet<string> = new Set(["param", "returns", "return", "throws", "see", "remarks"]);

export function tagDefinition(name: string): TagDefinition | null {
  return Object.hasOwn(tags, name) ? (tags[name] ?? null) : null;
}

export function isKnownTag(name: string): boolean {
  return Object.hasOwn(tags, name) || plainTags.has(name);
}

/** What a tag of that kind needs, in words. */
export const wanted = {
  number: "a number",
  count: "a whole number from 0 on",
  text: "a text",
  pattern: "a regular expression",
  format: `one of ${formatNames.join(", ")}`,
  flag: "no value",
  json: "a JSON value",
} as const satisfies Record<Kind, string>;

/** The keyword's value; undefined where the text is none. */
export function readTag(name: string, kind: Kind, text: string): unknown {
  if (kind === "flag") return true;
  if (kind === "text") return text === "" ? undefined : text;
  if (kind === "format") return formatNames.includes(text) ? text : undefined;
  if (kind === "pattern") return isPattern(text) ? text : undefined;
  if (kind === "json") return readJson(text);
  const value = text === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value) || (name === "multipleOf" && value <= 0)) return undefined;
  return kind === "count" && (!Number.isInteger(value) || value < 0) ? undefined : value;
}

/** As ajv compiles it. */
export function isPattern(text: string): boolean {
  try {
    return text !== "" && new RegExp(text, "u") instanceof RegExp;
  } catch {
    return false;
  }
}

/** Code in a fence is read without it. A bare word is a string, so that `@default en` works. */
function readJson(text: string): unknown {
  const plain = text.replace(/^```\w*\n([\s\S]*?)\n?```$/, "$1").trim();
  try {
    return JSON.parse(plain);
  } catch {
    return plain === "" ? undefined : plain;
  }
}
