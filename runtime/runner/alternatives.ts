import type { JsonSchema } from "../manifest/types.ts";
import { listOf, objectOf, resolve, schemaAt, typesOf, valueAt } from "./pointer.ts";
import type { ValidationError } from "./validate.ts";

export interface MergedError extends ValidationError {
  /** What the members of a union wanted at this very place. */
  readonly wanted?: readonly string[];
  /** The constant that tells which member of a union was meant, such as `"kind" is "circle"`. */
  readonly where?: string;
}

interface Alternative {
  readonly schema: JsonSchema;
  readonly errors: readonly MergedError[];
}

/**
 * `anyOf` and `oneOf` report the errors of each alternative and then their own. What a caller needs is less: the errors
 * of the alternative that was meant. That is the one whose constant stands in the value, else the one whose type the
 * value has, else the nearest by its errors; where the alternatives only differ in type or constant, all that they
 * want is told in one error.
 */
export function withoutAlternatives(
  errors: readonly ValidationError[],
  schema: JsonSchema,
  data: unknown,
): readonly MergedError[] {
  const result: MergedError[] = [];
  for (const error of errors) {
    if (error.keyword !== "anyOf" && error.keyword !== "oneOf") {
      result.push(error);
      continue;
    }
    // Alternatives come right before their union, at its place or below it.
    let start = result.length;
    while (start > 0 && isWithin(result[start - 1]?.instancePath, error.instancePath)) start -= 1;
    result.push(...meant(error, result.splice(start), schema, valueAt(data, error.instancePath)));
  }
  return result;
}

function meant(
  error: ValidationError,
  members: readonly MergedError[],
  root: JsonSchema,
  value: unknown,
): readonly MergedError[] {
  const alternatives = alternativesOf(error, members, root);
  const kind = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  const candidates = alternatives.filter((alternative) => canBe(alternative.schema, kind, root));
  const [first] = candidates;
  const told = kind === "object" ? byConstant(error, candidates, root, value) : null;
  if (told !== null) return told;
  const deeper = candidates.filter(({ errors }) =>
    errors.some((entry) => !isShallow(entry, error.instancePath)),
  );
  if (first === undefined || deeper.length === 0)
    return [
      {
        ...error,
        keyword: "anyOf",
        wanted: [
          ...new Set(members.filter((entry) => isShallow(entry, error.instancePath)).flatMap(wantedBy)),
        ],
      },
    ];
  const fewest = deeper.reduce((best, next) => (distance(next) < distance(best) ? next : best));
  return fewest.errors;
}

/** Each alternative with its own errors. Those of a definition name the definition, not the way to it. */
function alternativesOf(
  error: ValidationError,
  members: readonly MergedError[],
  root: JsonSchema,
): readonly Alternative[] {
  const parts = listOf(schemaAt(root, error.schemaPath.slice(1)));
  return parts.map((part, index) => {
    const reference = objectOf(part).$ref;
    const prefix = typeof reference === "string" ? `${reference}/` : `${error.schemaPath}/${index}/`;
    const own = members.filter(({ schemaPath }) => schemaPath.startsWith(prefix));
    const schema = resolve(part, root);
    const names = new Set(Object.keys(objectOf(schema.properties)));
    // Errors deeper in, of a definition that this one uses: told apart by the property that leads there.
    const below = members.filter(
      ({ schemaPath, instancePath }) =>
        schemaPath.startsWith("#/definitions/") &&
        !schemaPath.startsWith(prefix) &&
        !parts.some((other) => schemaPath.startsWith(`${String(objectOf(other).$ref)}/`)) &&
        (names.has(instancePath.slice(error.instancePath.length + 1).split("/")[0] ?? "") ||
          schema.type === "array"),
    );
    return { schema, errors: [...own, ...below] };
  });
}

/** A missing key says more against an alternative than one with a wrong value. */
function distance({ errors }: Alternative): number {
  return errors.reduce((sum, { keyword }) => sum + (keyword === "required" ? 2 : 1), 0);
}

function canBe(schema: JsonSchema, kind: string, root: JsonSchema): boolean {
  const inner = [...listOf(schema.anyOf), ...listOf(schema.oneOf), ...listOf(schema.allOf)];
  if (schema.type === undefined && inner.length > 0)
    return inner.some((part) => canBe(resolve(part, root), kind, root));
  const types = typesOf(schema);
  return types.length === 0 || types.includes(kind) || (kind === "number" && types.includes("integer"));
}

/** Errors of the alternative that a constant in the value names; null where no property is constant in all of them. */
function byConstant(
  error: ValidationError,
  candidates: readonly Alternative[],
  root: JsonSchema,
  value: unknown,
): readonly MergedError[] | null {
  if (candidates.length < 2) return null;
  const name = Object.keys(objectOf(candidates[0]?.schema.properties)).find((key) => {
    const sets = candidates.map(({ schema }) => constantsOf(schema, key, root));
    const all = sets.flat();
    return sets.every((set) => set.length > 0) && new Set(all).size === all.length;
  });
  if (name === undefined) return null;
  const given = objectOf(value);
  const allowedValues = candidates.flatMap(({ schema }) => constantsOf(schema, name, root));
  if (!Object.hasOwn(given, name))
    return [{ ...error, keyword: "required", params: { missingProperty: name, allowedValues } }];
  const chosen = candidates.find(({ schema }) => constantsOf(schema, name, root).includes(given[name]));
  if (chosen !== undefined) {
    const where = `${JSON.stringify(name)} is ${JSON.stringify(given[name])}`;
    return chosen.errors.map((entry) => ({ where, ...entry }));
  }
  const instancePath = `${error.instancePath}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
  return [{ ...error, instancePath, keyword: "enum", params: { allowedValues } }];
}

/** The constants of a required property; empty where it has none. */
function constantsOf(schema: JsonSchema, name: string, root: JsonSchema): readonly unknown[] {
  if (!listOf(schema.required).includes(name)) return [];
  const property = resolve(objectOf(schema.properties)[name], root);
  return "const" in property ? [property.const] : listOf(property.enum);
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
  return listOf(error.params.allowedValues).map((value) => JSON.stringify(value));
}
