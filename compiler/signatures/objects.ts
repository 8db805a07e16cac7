import type { JsonSchema } from "../../runtime/manifest/types.ts";
import type { Index, ObjectShape, Property } from "./shapes.ts";
import { escapePattern } from "./strings.ts";
import { anyOf } from "./unions.ts";

export interface PropertySchemas {
  /** Null when a finding was reported. */
  property(property: Property): JsonSchema | "never" | null;
  index(index: Index): JsonSchema | "never" | null;
}

/** Keys that a member of a union may have besides its own, because another member has them. */
export interface Extras {
  readonly properties: Readonly<Record<string, JsonSchema>>;
  /** Of an index signature. */
  readonly others: JsonSchema | null;
  /** Own properties that have certain values, or are missing, for the other member to be meant. */
  readonly narrowed: ReadonlyMap<string, Narrowed>;
}

export interface Narrowed {
  readonly schema: JsonSchema | "never";
  readonly isOptional: boolean;
}

export const noExtras: Extras = { properties: {}, others: null, narrowed: new Map() };

/** A closed object, unless the type has an index signature. Null when a part cannot be said. */
export function objectSchema(
  shape: ObjectShape,
  schemas: PropertySchemas,
  extras: Extras = noExtras,
): JsonSchema | null {
  const properties = new Map<string, JsonSchema | false>();
  const required: string[] = [];
  const never: string[] = [];
  let isComplete = true;
  for (const property of shape.properties) {
    const narrowed = extras.narrowed.get(property.name);
    const schema = narrowed === undefined ? schemas.property(property) : narrowed.schema;
    if (schema === null) isComplete = false;
    else if (schema === "never") never.push(property.name);
    else properties.set(property.name, schema);
    if (!(narrowed ?? property).isOptional) required.push(property.name);
  }
  const names = new Set(shape.properties.map((property) => property.name));
  for (const [name, schema] of Object.entries(extras.properties))
    if (!names.has(name)) properties.set(name, schema);

  // Two kinds of keys may be one on the wire: brands of a text.
  const byKeys = new Map<string | null, JsonSchema[]>();
  for (const index of shape.indexes) {
    const schema = schemas.index(index);
    if (schema === null) isComplete = false;
    else if (schema !== "never") byKeys.set(index.pattern, [...(byKeys.get(index.pattern) ?? []), schema]);
  }
  if (!isComplete) return null;
  const open = byKeys.get(null);
  const others = open === undefined ? (extras.others ?? false) : anyOf(open);
  const patterns = new Map<string, JsonSchema>();
  for (const [pattern, values] of byKeys)
    if (pattern !== null) patterns.set(withoutNames(pattern, [...properties.keys()]), anyOf(values));
  // Where other keys are open, a key that may never be there has to be refused by name.
  if (others !== false || patterns.size > 0) for (const name of never) properties.set(name, false);
  return {
    type: "object",
    ...(properties.size === 0 ? {} : { properties: Object.fromEntries(properties) }),
    ...(required.length === 0 ? {} : { required }),
    ...(patterns.size === 0 ? {} : { patternProperties: Object.fromEntries(patterns) }),
    additionalProperties: others,
  };
}

/** ajv's strict mode wants no key to be both a property and in a pattern; the type of the property counts. */
function withoutNames(pattern: string, names: readonly string[]): string {
  const matching = names.filter((name) => new RegExp(pattern, "u").test(name));
  if (matching.length === 0) return pattern;
  const body = pattern.startsWith("^") ? pattern.slice(1) : `[\\s\\S]*${pattern}`;
  return `^(?!(?:${matching.map(escapePattern).join("|")})$)${body}`;
}
