/** Inputs of a call as they are written on a command line. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Readable } from "node:stream";
import type { JsonSchema } from "../runtime/manifest/types.ts";
import { fileReason, isFileError, UsageError } from "./exit.ts";

const pair = /^([^=\s/\\.]+)=(.*)$/s;

/** What the words of a command line say, before it is known what the node takes. */
export interface Words {
  /** From files and stdin; later ones win. */
  readonly given: ReadonlyMap<string, unknown>;
  /** Texts by key, in order; they win over what is given. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
}

/**
 * Reads words: `key=value` names one input, `-` is a JSON object on `stdin`, anything else a file with one. Throws a
 * `UsageError` for what cannot be read.
 */
export async function readWords(
  words: readonly string[],
  { cwd, stdin }: { readonly cwd: string; readonly stdin: Readable },
): Promise<Words> {
  const given = new Map<string, unknown>();
  const texts = new Map<string, string[]>();
  for (const word of words) {
    const [, key, value] = pair.exec(word) ?? [];
    if (key !== undefined && value !== undefined) texts.set(key, [...(texts.get(key) ?? []), value]);
    else for (const [name, part] of Object.entries(await readObject(word, cwd, stdin))) given.set(name, part);
  }
  return { given, texts };
}

/**
 * The inputs that the words mean to a node: values are read as the input's schema asks, a key given several times is a
 * list. What does not fit stays as it is written, for the node's own validation to say so. Throws a `UsageError` for
 * broken JSON where only JSON will do.
 */
export function inputsOf({ given, texts }: Words, schema: JsonSchema): Record<string, unknown> {
  const inputs = new Map(given);
  for (const [key, values] of texts)
    inputs.set(key, readValue(key, values, propertySchema(schema, key), schema));
  // From entries, because a key may be `__proto__`: the server has to see it to refuse it.
  return Object.fromEntries(inputs);
}

async function readObject(name: string, cwd: string, stdin: Readable): Promise<object> {
  const shown = name === "-" ? "stdin" : `\`${name}\``;
  let text: string;
  try {
    text = name === "-" ? await readAll(stdin) : await readFile(resolve(cwd, name), "utf8");
  } catch (error) {
    if (!isFileError(error)) throw error;
    const hint = /\s|^[[{"]/.test(name) ? "write key=value, or name a file with a JSON object" : null;
    throw new UsageError(`cannot read ${shown}: ${fileReason(error)}`, hint);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${shown} is not JSON: ${error instanceof Error ? error.message : "unreadable"}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new UsageError(`${shown} must hold a JSON object with the inputs`);
  return value;
}

async function readAll(stdin: Readable): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stdin) parts.push(Buffer.from(part as Buffer | string)); // no object stream
  return Buffer.concat(parts).toString("utf8");
}

function propertySchema(schema: JsonSchema, key: string): unknown {
  const properties = schema.properties;
  return isObject(properties) && Object.hasOwn(properties, key) ? properties[key] : undefined;
}

function readValue(key: string, texts: readonly string[], schema: unknown, root: JsonSchema): unknown {
  const [first = ""] = texts;
  const forms = formsOf(schema, root);
  const items = forms.find((form) => form.type === "array")?.items;
  const isList = items !== undefined && !forms.some((form) => form.type === "string");
  if (texts.length > 1 || (isList && !first.startsWith("[")))
    return texts.map((text) => readValue(key, [text], items, root));
  const types = new Set(forms.map((form) => form.type));
  const isJson = /^\s*[[{"]/.test(first);
  const isPlain = /^(?:true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)$/.test(first);
  if (!isJson && !isPlain) return first;
  let value: unknown;
  try {
    value = JSON.parse(first);
  } catch (error) {
    // Text that merely looks like JSON is text, as long as text will do.
    if (types.has("string")) return first;
    throw new UsageError(
      `\`${key}\` is not JSON: ${error instanceof Error ? error.message : "unreadable"}`,
      `quote it for your shell: '${key}={"a": 1}'`,
    );
  }
  const isOnlyText = types.has("string") && types.size === 1;
  return isOnlyText || !(types.size === 0 || types.has(typeWord(value))) ? first : value;
}

interface Form {
  readonly type: string;
  readonly items?: unknown;
}

/** The types that a schema allows, through references and alternatives; none where it says nothing. */
function formsOf(schema: unknown, root: JsonSchema, depth = 0): readonly Form[] {
  if (!isObject(schema) || depth > 16) return [];
  const name = typeof schema.$ref === "string" ? /^#\/definitions\/(.+)$/.exec(schema.$ref)?.[1] : undefined;
  const definitions = root.definitions;
  if (name !== undefined && isObject(definitions))
    return formsOf(definitions[decodeURIComponent(name)], root, depth + 1);
  const parts = [schema.anyOf, schema.oneOf, schema.allOf].flatMap((list): readonly unknown[] =>
    Array.isArray(list) ? list : [],
  );
  if (parts.length > 0) return parts.flatMap((part) => formsOf(part, root, depth + 1));
  const listed: readonly unknown[] = Array.isArray(schema.enum)
    ? schema.enum
    : "const" in schema
      ? [schema.const]
      : [];
  if (listed.length > 0) return listed.map((value) => ({ type: typeWord(value) }));
  const types: readonly unknown[] = Array.isArray(schema.type) ? schema.type : [schema.type];
  return types
    .filter((type) => typeof type === "string")
    .map((type) => ({ type: type === "integer" ? "number" : type, items: schema.items ?? {} }));
}

function typeWord(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
