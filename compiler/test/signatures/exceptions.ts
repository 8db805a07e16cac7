import type { JsonSchema } from "../../../runtime/manifest/types.ts";
import { compileSchema } from "./subject.ts";
import type { Json } from "./values.ts";

/** A value on which TypeScript and the schema differ. */
export interface Difference {
  readonly value: Json;
  readonly typescript: boolean;
  readonly schema: JsonSchema;
}

interface Exception {
  readonly name: string;
  /** Why the schema is right, or TypeScript cannot be followed. */
  readonly reason: string;
  readonly applies: (difference: Difference) => boolean;
}

/** Differences that are meant. A new one is an entry here; the report counts each. */
export const exceptions: readonly Exception[] = [
  {
    name: "keys of another branch",
    reason:
      "TypeScript lets a value of one branch of a union carry keys of another branch; the schema keeps branches closed, so that the sender of a mixed value hears about it",
    applies: ({ value, typescript, schema }) => typescript && compileSchema(withForeignKeys(schema))(value),
  },
];

/** Types whose wire twin differs from what the author writes (generate.ts), by construct. */
export const wireForms: Readonly<Record<string, string>> = {
  "string enum": "on the wire an enum is its values, which TypeScript does not take for a string enum",
  "number enum": "as above; TypeScript takes the numbers",
  "mixed enum": "as above",
  "keyof typeof enum": "the twin of an enum is a type without a value, so its keys are written out",
  "computed enum": "a computed member has no value before it runs: any number",
  brand: "a brand exists only in the type; JSON carries what is branded",
};

/** The same schema, but each branch of a union also takes what its neighbours declare. */
function withForeignKeys(schema: JsonSchema): JsonSchema {
  const resolve = (part: unknown): Record<string, unknown> | null => {
    if (typeof part !== "object" || part === null) return null;
    const reference = "$ref" in part && typeof part.$ref === "string" ? part.$ref : null;
    if (reference === null) return part as Record<string, unknown>;
    const found = reference
      .replace(/^#\//, "")
      .split("/")
      .reduce<unknown>((at, key) => (at as Record<string, unknown>)[decodeURIComponent(key)], schema);
    return resolve(found);
  };
  const visit = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(visit);
    if (typeof part !== "object" || part === null) return part;
    const next = Object.fromEntries(Object.entries(part).map(([key, child]) => [key, visit(child)]));
    const key = Array.isArray(next.anyOf) ? "anyOf" : Array.isArray(next.oneOf) ? "oneOf" : null;
    if (key === null) return next;
    const branches = (next[key] as unknown[]).map(visitBranch);
    return { ...next, [key]: undefined, anyOf: branches.map((branch, i) => opened(branch, branches, i)) };
  };
  // A branch behind a reference is opened where it is used.
  const visitBranch = (branch: unknown): Record<string, unknown> => resolve(branch) ?? {};
  return JSON.parse(JSON.stringify(visit(schema))) as JsonSchema;
}

function opened(
  branch: Record<string, unknown>,
  branches: readonly Record<string, unknown>[],
  at: number,
): Record<string, unknown> {
  if (branch.additionalProperties !== false) return branch;
  const own = (branch.properties ?? {}) as Record<string, unknown>;
  const foreign = new Map<string, unknown[]>();
  for (const [i, other] of branches.entries()) {
    if (i === at) continue;
    for (const [name, part] of Object.entries((other.properties ?? {}) as Record<string, unknown>))
      if (!Object.hasOwn(own, name)) foreign.set(name, [...(foreign.get(name) ?? []), part]);
  }
  const added = [...foreign].map(([name, parts]) => [name, { anyOf: parts }] as const);
  return { ...branch, properties: Object.fromEntries([...Object.entries(own), ...added]) };
}
