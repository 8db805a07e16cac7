import type { Fault } from "../errors.ts";
import { join, shown, typeName } from "../manifest/check.ts";
import type { JsonSchema } from "../manifest/types.ts";
import { nearest } from "../nearest.ts";
import { MAX_COUNTED } from "./limits.ts";

/** What ajv's standalone code leaves in `errors`, with `allErrors` on and `verbose` off. */
export interface ValidationError {
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

/** A standalone validator; fills in defaults where it was built with `useDefaults`. */
export interface Validator {
  (data: unknown): boolean;
  errors?: readonly ValidationError[] | null;
}

/**
 * Every fault of `data` in words a caller can act on, each with its JSON pointer behind `prefix`; empty when valid.
 * A failed union gives one fault, not one for each of its members.
 */
export function validate(validator: Validator, schema: JsonSchema, data: unknown, prefix: string): Fault[] {
  let isValid: boolean;
  try {
    isValid = validator(data);
  } catch (error) {
    // A recursive schema checks recursively.
    if (error instanceof RangeError) return [{ path: prefix, message: "is nested too deeply" }];
    throw error;
  }
  if (isValid) return [];
  const errors = validator.errors ?? [];
  const faults: Fault[] = [];
  for (const error of withoutUnionMembers(errors)) {
    const fault = describe(error, schema, data);
    const path = prefix + fault.path;
    if (!faults.some((other) => other.path === path && other.message === fault.message)) {
      faults.push({ path, message: fault.message });
    }
    if (faults.length > MAX_COUNTED) break;
  }
  return faults;
}

interface MergedError extends ValidationError {
  /** What the members of a union wanted at this very place. */
  readonly wanted?: readonly string[];
}

/**
 * `anyOf` reports each member's errors and then its own. Where members only differ in type or constant, the union's
 * own error gets what they wanted; where one goes deeper, the deeper errors say more and stand.
 */
function withoutUnionMembers(errors: readonly ValidationError[]): MergedError[] {
  const result: MergedError[] = [];
  for (const error of errors) {
    if (error.keyword !== "anyOf") {
      result.push(error);
      continue;
    }
    // Members come right before their union, at its place or below it.
    let start = result.length;
    while (start > 0 && isWithin(result[start - 1]?.instancePath, error.instancePath)) start -= 1;
    const members = result.splice(start);
    const deeper = members.filter((member) => !isShallow(member, error.instancePath));
    if (deeper.length > 0) result.push(...deeper);
    else result.push({ ...error, wanted: [...new Set(members.flatMap(wantedBy))] });
  }
  return result;
}

function isWithin(path: string | undefined, parent: string): boolean {
  return path !== undefined && (path === parent || path.startsWith(`${parent}/`));
}

function isShallow(error: MergedError, path: string): boolean {
  return error.instancePath === path && ["type", "const", "enum", "anyOf"].includes(error.keyword);
}

function wantedBy(error: MergedError): readonly string[] {
  if (error.wanted !== undefined) return error.wanted;
  if (error.keyword === "type") return String(error.params.type).split(",");
  if (error.keyword === "const") return [JSON.stringify(error.params.allowedValue)];
  return asList(error.params.allowedValues).map((value) => JSON.stringify(value));
}

function describe(error: MergedError, schema: JsonSchema, data: unknown): Fault {
  const path = error.instancePath;
  const { params } = error;
  const value = at(data, path);
  switch (error.keyword) {
    case "required":
      return { path: join(path, String(params.missingProperty)), message: "is required" };
    case "additionalProperties": {
      const key = String(params.additionalProperty);
      const parent = at(schema, error.schemaPath.slice(1).replace(/\/additionalProperties$/, ""));
      const near = nearest(key, Object.keys(propertiesOf(parent)));
      return {
        path: join(path, key),
        message: `is not a known key${near === null ? "" : `, did you mean "${near}"?`}`,
      };
    }
    case "type":
      return {
        path,
        message: `must be ${String(params.type).replaceAll(",", " or ")}, got ${typeName(value)}`,
      };
    case "anyOf": {
      const wanted = error.wanted ?? [];
      const list = wanted.length === 0 ? "one of the allowed types" : wanted.join(" or ");
      return {
        path,
        message: `must be ${list}, got ${gotFor(wanted, value)}${meant(value, wanted.map(unquoted))}`,
      };
    }
    case "const":
      return { path, message: `must be ${JSON.stringify(params.allowedValue)}, got ${shown(value)}` };
    case "enum": {
      const allowed = asList(params.allowedValues);
      const list = allowed.map((item) => JSON.stringify(item)).join(", ");
      return {
        path,
        message: `must be one of ${list}; got ${shown(value)}${meant(value, allowed.map(String))}`,
      };
    }
    case "minLength":
    case "maxLength":
    case "minItems":
    case "maxItems":
    case "minProperties":
    case "maxProperties":
      return { path, message: error.message ?? `breaks ${error.keyword}` };
    default:
      return { path, message: `${error.message ?? `breaks ${error.keyword}`}, got ${shown(value)}` };
  }
}

/** A value's own text where constants were wanted, its type where types were. */
function gotFor(wanted: readonly string[], value: unknown): string {
  return wanted.some((item) => !/^[a-z]+$/.test(item)) ? shown(value) : typeName(value);
}

function meant(value: unknown, candidates: readonly string[]): string {
  const near = typeof value === "string" ? nearest(value, candidates) : null;
  return near === null ? "" : `, did you mean "${near}"?`;
}

function unquoted(text: string): string {
  return text.replace(/^"(.*)"$/, "$1");
}

function propertiesOf(schema: unknown): object {
  if (typeof schema !== "object" || schema === null || !("properties" in schema)) return {};
  return typeof schema.properties === "object" && schema.properties !== null ? schema.properties : {};
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value a JSON pointer leads to, or undefined. Pointers in ajv's `schemaPath` are URI-encoded as well. */
function at(root: unknown, pointer: string): unknown {
  let value = root;
  for (const part of pointer.split("/").slice(1)) {
    if (typeof value !== "object" || value === null) return undefined;
    const plain = part.replaceAll("~1", "/").replaceAll("~0", "~");
    const key = Object.hasOwn(value, plain) ? plain : safeDecode(plain);
    if (!Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key]; // own key of an object or array, just checked
  }
  return value;
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
