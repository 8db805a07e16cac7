import type { Fault } from "../errors.ts";
import { join, shown, typeName } from "../manifest/check.ts";
import type { JsonSchema } from "../manifest/types.ts";
import { nearest } from "../nearest.ts";
import { type MergedError, withoutAlternatives } from "./alternatives.ts";
import { MAX_COUNTED } from "./limits.ts";
import { listOf, objectOf, schemaAt, valueAt } from "./pointer.ts";

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
  for (const error of withoutAlternatives(errors, schema, data)) {
    const fault = describe(error, schema, data);
    const path = prefix + fault.path;
    const message = error.where === undefined ? fault.message : `${fault.message} (where ${error.where})`;
    if (!faults.some((other) => other.path === path && other.message === message)) {
      faults.push({ path, message });
    }
    if (faults.length > MAX_COUNTED) break;
  }
  return faults;
}

function describe(error: MergedError, schema: JsonSchema, data: unknown): Fault {
  const path = error.instancePath;
  const { params } = error;
  const value = valueAt(data, path);
  switch (error.keyword) {
    case "required": {
      const allowed = listOf(params.allowedValues).map((item) => JSON.stringify(item));
      const choice = allowed.length === 0 ? "" : `: one of ${allowed.join(", ")}`;
      return { path: join(path, String(params.missingProperty)), message: `is required${choice}` };
    }
    case "additionalProperties": {
      const key = String(params.additionalProperty);
      const parent = objectOf(parentOf(error, schema));
      const near = nearest(key, Object.keys(objectOf(parent.properties)));
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
      const allowed = listOf(params.allowedValues);
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
    case "pattern": {
      // The type behind the pattern, where it came from a template literal type.
      const type = objectOf(parentOf(error, schema)).$comment;
      const wanted = typeof type === "string" ? type : `/${String(params.pattern)}/`;
      return { path, message: `must match ${wanted}, got ${shown(value)}` };
    }
    case "format":
      return {
        path,
        message: `must be ${formatNames[String(params.format)] ?? String(params.format)}, got ${shown(value)}`,
      };
    default:
      return { path, message: `${error.message ?? `breaks ${error.keyword}`}, got ${shown(value)}` };
  }
}

/** The schema that holds the keyword which failed. */
function parentOf(error: ValidationError, schema: JsonSchema): unknown {
  return schemaAt(schema, error.schemaPath.slice(1, error.schemaPath.lastIndexOf("/")));
}

/** Formats whose own name says little, with an example. */
const formatNames: Readonly<Record<string, string>> = {
  "date-time": 'a date and time such as "2026-01-31T12:00:00Z"',
  date: 'a date such as "2026-01-31"',
  time: 'a time such as "12:00:00Z"',
  duration: 'a duration such as "P1DT12H"',
  uri: 'an address such as "https://example.com/"',
  email: "an e-mail address",
  uuid: "a UUID",
  ipv4: "an IPv4 address",
  ipv6: "an IPv6 address",
  hostname: "a host name",
};

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
