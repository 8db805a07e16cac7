import { Ajv, type ErrorObject } from "ajv";
import { diagnostic } from "../diagnostics/codes.ts";
import type { Diagnostic } from "../diagnostics/types.ts";
import { nearest } from "../suggest.ts";
import type { Locate } from "./locate.ts";
import pluginSchema from "./plugin.schema.json" with { type: "json" };

export interface SchemaFault {
  /** Top-level key that the fault lies in, so that the rest of the file can still be used. */
  readonly key: string;
  readonly diagnostic: Diagnostic;
}

const ajv = new Ajv({
  allErrors: true,
  verbose: true,
  strictTypes: false,
  formats: { uri: isUri },
  // The schema is our own: a test compares it with its meta-schema, which takes longer to compile than the schema.
  meta: false,
  validateSchema: false,
});
const validate = ajv.compile(pluginSchema);

/** Checks the parsed plugin.yaml against plugin.schema.json; one fault per cause, in file order. */
export function checkSchema(file: string, value: unknown, locate: Locate): readonly SchemaFault[] {
  if (validate(value)) return [];
  const faults = (validate.errors ?? []).flatMap((error) => {
    const found = toFault(file, error, locate);
    return found === null ? [] : [found];
  });
  const seen = new Set<string>();
  return faults.filter(({ diagnostic: { span, code, message } }) => {
    const id = `${code} ${span?.start.offset} ${message}`;
    return !seen.has(id) && seen.add(id);
  });
}

/** What a value must be, where its pattern alone would say little. */
const patternWords: Readonly<Record<string, string>> = {
  "/name": "lower-case letters, digits and dashes, starting with a letter or digit",
  "/version": "a semantic version such as 0.1.0",
  "/timeout": "a duration such as 30s, 500ms or 2m",
  "/image": "an image reference such as node:24-slim",
  "/image/base": "an image reference such as node:24-slim",
  "/resources/memory": "an amount such as 512Mi or 2Gi",
};

const typeWords: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping",
};

function toFault(file: string, error: ErrorObject, locate: Locate): SchemaFault | null {
  const pointer = error.instancePath.split("/").slice(1).map(unescapePointer);
  const key = pointer.join(".");
  const value = { file, span: locate(pointer, "value") };
  const params: Readonly<Record<string, unknown>> = error.params;
  const fault = (found: Diagnostic, at = pointer): SchemaFault => ({ key: at[0] ?? "", diagnostic: found });
  const invalid = (expected: string, near: string | null = null): SchemaFault =>
    fault(diagnostic("NX1009", value, { key, expected, got: shown(error.data), nearest: near }));

  switch (error.keyword) {
    case "additionalProperties": {
      const unknown = String(params.additionalProperty);
      const known = Object.keys((error.parentSchema?.properties as object | undefined) ?? {});
      const near = nearest(unknown, known);
      const at = [...pointer, unknown];
      const span = locate(at, "key");
      const fix =
        near !== null && span !== null
          ? {
              title: `rename \`${unknown}\` to \`${near}\``,
              kind: "safe" as const,
              edits: [{ file, start: span.start.offset, end: span.end.offset, text: near }],
            }
          : null;
      const label = near === null ? null : `did you mean \`${near}\`?`;
      return fault(
        diagnostic("NX1004", { file, span }, { key: unknown, nearest: near, known }, { label, fix }),
        at,
      );
    }
    case "required": {
      const missing = String(params.missingProperty);
      const property = (
        error.parentSchema?.properties as Record<string, { examples?: unknown[] }> | undefined
      )?.[missing];
      const example =
        typeof property?.examples?.[0] === "string" ? `${missing}: ${property.examples[0]}` : null;
      const at = [...pointer, missing];
      const place = { file, span: pointer.length === 0 ? null : locate(pointer, "key") };
      return fault(diagnostic("NX1006", place, { key: at.join("."), example }), at);
    }
    case "type": {
      const types = [params.type].flat().map((type) => typeWords[String(type)] ?? String(type));
      const [example] = (error.parentSchema?.examples as readonly unknown[] | undefined) ?? [];
      const isPlain = typeof example === "string" || typeof example === "number";
      const written = isPlain ? `write it as in \`${pointer.at(-1)}: ${example}\`` : null;
      const help = /^permissions\.\d+$/.test(key) ? permissionHelp(error.data) : written;
      return fault(
        diagnostic("NX1005", value, { key, expected: types.join(" or "), got: kind(error.data), help }),
      );
    }
    case "enum": {
      const allowed = (params.allowedValues as readonly unknown[]).map(String);
      return invalid(`one of ${allowed.join(", ")}`, nearest(String(error.data), allowed));
    }
    case "pattern":
      // `propertyNames` below names the key itself.
      if (error.propertyName !== undefined) return null;
      return invalid(patternWords[error.instancePath] ?? `text matching ${String(params.pattern)}`);
    case "format":
      return invalid("a URL such as https://example.com");
    case "minLength":
      return invalid("text that is not empty");
    case "maxLength":
      return invalid(`at most ${String(params.limit)} characters`);
    case "minItems":
      return invalid(`a list of at least ${String(params.limit)}`);
    case "maxItems":
    case "maxProperties":
      return invalid(`at most ${String(params.limit)} entries`);
    case "uniqueItems":
      return invalid("a list without repetition");
    case "minimum":
      return invalid(`at least ${String(params.limit)}`);
    case "maximum":
      return invalid(`at most ${String(params.limit)}`);
    case "propertyNames": {
      const name = String(params.propertyName);
      const at = [...pointer, name];
      const expected = "letters, digits and underscores, not starting with a digit";
      const place = { file, span: locate(at, "key") };
      return fault(diagnostic("NX1009", place, { key: at.join("."), expected, got: shown(name) }));
    }
    default:
      return null;
  }
}

/** `- network: api.example.com` is a mapping in YAML; without the space it is the permission that was meant. */
function permissionHelp(data: unknown): string | null {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return null;
  const [entry] = Object.entries(data);
  if (entry === undefined) return null;
  const [kind, resource] = entry;
  return typeof resource === "string"
    ? `write \`${kind}:${resource}\`, without a space`
    : `write \`${kind}\``;
}

function unescapePointer(step: string): string {
  return step.replaceAll("~1", "/").replaceAll("~0", "~");
}

function kind(value: unknown): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  return typeWords[typeof value] ?? typeof value;
}

const longestShown = 60;

/** The value as the report quotes it, shortened. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return `\`${text.length > longestShown ? `${text.slice(0, longestShown)}…` : text}\``;
}

function isUri(text: string): boolean {
  return URL.canParse(text) && /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}
