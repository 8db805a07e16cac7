import { fullFormats } from "ajv-formats/dist/formats.js";
import { nearest } from "../suggest.ts";
import { literalIn } from "./literals.ts";

type Kind =
  | "number"
  | "count"
  | "text"
  | "pattern"
  | "format"
  | "flag"
  | "whole"
  | "tags"
  | "default"
  | "example"
  | "examples";

/** Formats that the validators know. */
const formatNames: readonly string[] = Object.keys(fullFormats).sort();

export interface TagDefinition {
  readonly kind: Kind;
  /** Schema types that it constrains; empty for any. */
  readonly applies: readonly string[];
  /** Where it is not the tag's name. */
  readonly keyword?: string;
}

const onNumbers = ["number", "integer"];
const whole: TagDefinition = { kind: "whole", applies: onNumbers };

/** Every JSDoc tag that becomes a keyword of the schema. */
const tags: Readonly<Record<string, TagDefinition>> = {
  minimum: { kind: "number", applies: onNumbers },
  maximum: { kind: "number", applies: onNumbers },
  exclusiveMinimum: { kind: "number", applies: onNumbers },
  exclusiveMaximum: { kind: "number", applies: onNumbers },
  multipleOf: { kind: "number", applies: onNumbers },
  type: whole,
  asType: whole,
  minLength: { kind: "count", applies: ["string"] },
  maxLength: { kind: "count", applies: ["string"] },
  pattern: { kind: "pattern", applies: ["string"] },
  format: { kind: "format", applies: ["string"] },
  contentEncoding: { kind: "text", applies: ["string"] },
  contentMediaType: { kind: "text", applies: ["string"] },
  items: { kind: "tags", applies: ["array"] },
  minItems: { kind: "count", applies: ["array"] },
  maxItems: { kind: "count", applies: ["array"] },
  uniqueItems: { kind: "flag", applies: ["array"] },
  minProperties: { kind: "count", applies: ["object"] },
  maxProperties: { kind: "count", applies: ["object"] },
  title: { kind: "text", applies: [] },
  description: { kind: "text", applies: [] },
  comment: { kind: "text", applies: [], keyword: "$comment" },
  deprecated: { kind: "flag", applies: [] },
  readOnly: { kind: "flag", applies: [] },
  writeOnly: { kind: "flag", applies: [] },
  default: { kind: "default", applies: [] },
  example: { kind: "example", applies: [], keyword: "examples" },
  examples: { kind: "examples", applies: [] },
};

/** JSDoc's own, which may stand behind another tag on one line. */
const plainTags: ReadonlySet<string> = new Set(["param", "returns", "return", "throws", "see", "remarks"]);

/** Tags of JSDoc and TypeDoc that look like a misspelt one of ours. */
const lookalikes: ReadonlySet<string> = new Set([
  "file",
  "readonly",
  "defaultvalue",
  "typedef",
  "this",
  "name",
]);

/** Tags that other generators read against the type, or that people take for ours, with what to write. */
const foreign: ReadonlyMap<string, string> = new Map([
  ["nullable", "write `| null` in the type"],
  ["additionalProperties", "add an index signature to the type, such as `[key: string]: unknown`"],
  ["propertyNames", "write the keys as a type, such as ``Record<`x-${string}`, number>``"],
  ["contains", "no type says it: check it in `call`"],
  ["const", "write the value as the type"],
  ["ref", "write the type"],
  ["if", "write a union with a constant in each branch"],
  ["then", "write a union with a constant in each branch"],
  ["else", "write a union with a constant in each branch"],
  ["discriminator", "a constant in each branch of the union does it by itself"],
  ["min", "write `@minimum`"],
  ["max", "write `@maximum`"],
  ["length", "write `@minLength` and `@maxLength`"],
  ["regex", "write `@pattern`"],
  ["regexp", "write `@pattern`"],
  ["integer", "write `@type integer`"],
  ["int", "write `@type integer`"],
]);

/** `TJS-` before a tag is how another generator writes it. */
function plainName(name: string): string {
  return name.replace(/^TJS-/, "");
}

/** What a tag says of the items of an array, as `@items.minLength 1` does: the tag's own name. */
export function tagOfItems(name: string): string | null {
  return /^items\.(.+)$/.exec(plainName(name))?.[1] ?? null;
}

export function tagDefinition(name: string): TagDefinition | null {
  const plain = plainName(name);
  return Object.hasOwn(tags, plain) ? (tags[plain] ?? null) : null;
}

/** Whether a tag says nothing of the type. */
export function isProse(name: string): boolean {
  const definition = tagDefinition(name);
  return definition !== null && definition.applies.length === 0 && ["text", "flag"].includes(definition.kind);
}

export function keywordOf(name: string, definition: TagDefinition): string {
  return definition.keyword ?? plainName(name);
}

/** Whether a tag may begin behind another one on a line. */
export function isKnownTag(name: string): boolean {
  return tagDefinition(name) !== null || plainTags.has(name);
}

/** What to write instead of a tag that looks as if it said something of the schema; null for any other. */
export function insteadOf(name: string, text: string): string | null {
  const plain = plainName(name);
  if (plain === "additionalProperties" && text === "false") return null;
  const help = foreign.get(plain);
  if (help !== undefined) return help;
  if (lookalikes.has(plain.toLowerCase()) || plain.length < 4) return null;
  const near = nearest(plain, Object.keys(tags));
  return near === null || near === plain ? null : `did you mean \`@${near}\`?`;
}

/** What a tag of that kind needs, in words. */
export const wanted = {
  number: "a number",
  count: "a whole number from 0 on",
  text: "a text",
  pattern: "a regular expression",
  format: `one of ${formatNames.join(", ")}`,
  flag: "no value",
  whole: "`integer`; anything else is what the type says",
  tags: 'a JSON object of tags, such as `{ "minLength": 1 }`',
  default: "a JSON value",
  example: "a JSON value",
  examples: "a list of JSON values",
} as const satisfies Record<Kind, string>;

/** The keyword's value; undefined where the text is none, null where the tag says nothing of the schema. */
export function readTag(name: string, kind: Kind, text: string): unknown {
  switch (kind) {
    case "flag":
      return text === "false" ? null : true;
    case "text":
      return text === "" ? undefined : text;
    case "format":
      return formatNames.includes(text) ? text : undefined;
    case "pattern":
      return readPattern(text);
    case "whole":
      if (/^(integer|u?int(32|64)?)$/.test(text)) return "integer";
      // JSDoc's own `@type {Text}`.
      return plainName(name) === name && name === "type" ? null : undefined;
    case "tags": {
      const value = literalIn(text)?.value;
      return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
    }
    case "default":
    case "example":
      return readSample(text);
    case "examples": {
      const value = readSample(text);
      return Array.isArray(value) ? value : undefined;
    }
    case "number":
    case "count": {
      const value = text === "" ? Number.NaN : Number(text);
      if (!Number.isFinite(value) || (plainName(name) === "multipleOf" && value <= 0)) return undefined;
      return kind === "count" && (!Number.isInteger(value) || value < 0) ? undefined : value;
    }
  }
}

/** As ajv compiles it. Between slashes it is what JavaScript's own notation means, and flags cannot be said. */
function readPattern(text: string): string | undefined {
  const [, between, flags] = /^\/(\^.*|.*\$)\/([a-z]*)$/.exec(text) ?? [];
  if (between !== undefined) return /^u?$/.test(flags ?? "") && isPattern(between) ? between : undefined;
  return isPattern(text) ? text : undefined;
}

function isPattern(text: string): boolean {
  try {
    return text !== "" && new RegExp(text, "u") instanceof RegExp;
  } catch {
    return false;
  }
}

/**
 * The value in the text, which may be fenced and may have a caption on the line before it. A bare word is a string, so
 * that `@default en` works.
 */
function readSample(text: string): unknown {
  const fenced = /```\w*\n([\s\S]*?)\n?\s*```/.exec(text)?.[1];
  const captioned = text.slice(text.indexOf("\n") + 1);
  for (const candidate of [text, fenced, captioned]) {
    const found = candidate === undefined ? undefined : literalIn(candidate.trim());
    if (found !== undefined) return found.value;
  }
  return text === "" ? undefined : (fenced?.trim() ?? text);
}
