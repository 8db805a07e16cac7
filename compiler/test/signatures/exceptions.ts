import type { ErrorObject } from "ajv";
import ts from "typescript";
import type { JsonSchema } from "../../../runtime/manifest/types.ts";
import { compileSchema } from "./subject.ts";
import type { Json } from "./values.ts";

/** A value on which TypeScript and the schema differ. */
export interface Difference {
  readonly value: Json;
  readonly schema: JsonSchema;
  /** What ajv has against the value. */
  readonly errors: readonly ErrorObject[];
  readonly typescript: boolean;
  /** The signature as the author writes it. */
  readonly source: string;
  /** Whether the value has, where it matters, what JSON writes in another way than TypeScript reads it (`isWireForm`). */
  readonly hasWireForm: () => boolean;
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
    name: "a text or a list as an object",
    reason:
      'TypeScript takes `"ab"` for `{ [index: number]: string }` and `[1]` for `{ length?: number }`, for they have such members; JSON has objects',
    applies: ({ typescript, value, errors }) =>
      typescript &&
      errors.some(
        ({ keyword, params, instancePath }) =>
          keyword === "type" && params.type === "object" && !isPlainObject(valueAt(value, instancePath)),
      ),
  },
  {
    name: "surplus keys below a union",
    reason:
      "once a union is passed TypeScript forgets that a literal is fresh, and takes keys in a part of it that another branch has there; the schema keeps parts closed",
    applies: ({ typescript, value, schema }) =>
      typescript && hasUnion(schema) && compileSchema(opened(schema))(value),
  },
  {
    name: "only keys of other branches",
    reason:
      "TypeScript wants one key of its own in a value of a branch whose members are all optional; the schema says which keys there may be",
    applies: ({ typescript, value, schema }) =>
      !typescript && hasUnion(schema) && !compileSchema(withoutWeakBranches(schema))(value),
  },
  {
    name: "blanks around a number",
    reason: "TypeScript reads the text ` 2` as a number in a template literal type; the pattern wants digits",
    applies: ({ typescript, value, schema }) => {
      const text = JSON.stringify(value);
      const dense = JSON.parse(text.replaceAll(" ", "")) as Json;
      return typescript && text.includes(" ") && schemaHas(schema, "pattern") && compileSchema(schema)(dense);
    },
  },
  {
    name: "objects that tell branches apart",
    reason:
      "where a property is a constant in one branch, TypeScript compares objects in it as well; the schema goes by constants, texts and kinds",
    applies: ({ typescript, schema }) => !typescript && tellsByObjects(schema),
  },
  {
    name: "an enum joined with a constant",
    reason:
      "TypeScript takes an enum's member and the text that it is for never; the twin has the text alone",
    applies: ({ typescript, source }) => typescript && joinsEnum(source),
  },
  {
    name: "a wire form without a twin",
    reason:
      "in a type of somebody else's package an enum is its values, a Date its text, a brand what it brands, and a member that allows undefined may be left out",
    applies: ({ typescript, hasWireForm }) => !typescript && hasWireForm(),
  },
];

/** Whether a keyword stands anywhere in a schema. */
function schemaHas(schema: JsonSchema, keyword: string): boolean {
  return JSON.stringify(schema).includes(`"${keyword}":`);
}

function hasUnion(schema: JsonSchema): boolean {
  return schemaHas(schema, "anyOf") || schemaHas(schema, "oneOf");
}

/** Where a part of a schema stands: outside of any union, as a branch of one, or inside a branch. */
type Standing = "outside" | "branch" | "inside";

/** The same schema, but what stands inside a branch of a union takes surplus keys. The branches stay closed. */
function opened(schema: JsonSchema): JsonSchema {
  const visit = (part: unknown, standing: Standing): unknown => {
    if (Array.isArray(part)) return part.map((item) => visit(item, standing));
    if (typeof part !== "object" || part === null) return part;
    const deeper = standing === "outside" ? "outside" : "inside";
    const entries = Object.entries(part).flatMap(([key, child]): [string, unknown][] => {
      if (key === "definitions") return [];
      if (key === "additionalProperties" && child === false && standing === "inside") return [];
      if (key === "$ref") return [[key, `${child}_${standing}`]];
      if (key === "anyOf" || key === "oneOf")
        return [[key, visit(child, standing === "inside" ? standing : "branch")]];
      if (key === "allOf") return [[key, visit(child, standing)]];
      if (key !== "properties" && key !== "patternProperties") return [[key, visit(child, deeper)]];
      const members = Object.entries(child as object).map(([name, member]) => [name, visit(member, deeper)]);
      return [[key, Object.fromEntries(members)]];
    });
    return Object.fromEntries(entries);
  };
  const definitions = Object.entries((schema.definitions ?? {}) as object).flatMap(([name, definition]) =>
    (["outside", "branch", "inside"] as const).map((standing) => [
      `${name}_${standing}`,
      visit(definition, standing),
    ]),
  );
  return { ...(visit(schema, "outside") as JsonSchema), definitions: Object.fromEntries(definitions) };
}

/** The same schema without the branches of unions whose members are all optional. */
function withoutWeakBranches(schema: JsonSchema): JsonSchema {
  const visit = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(visit);
    if (typeof part !== "object" || part === null) return part;
    const entries = Object.entries(part).map(([key, child]): [string, unknown] => {
      if (key !== "anyOf" || !Array.isArray(child)) return [key, visit(child)];
      const left = (child as JsonSchema[]).filter((branch) => !isWeak(branch));
      return [key, left.length === 0 ? [{ not: {} }] : left.map(visit)];
    });
    return Object.fromEntries(entries);
  };
  const isWeak = ({ $ref, properties, required }: JsonSchema): boolean => {
    if (typeof $ref !== "string") return properties !== undefined && required === undefined;
    const definitions = (schema.definitions ?? {}) as Readonly<Record<string, JsonSchema>>;
    return isWeak(definitions[$ref.replace("#/definitions/", "")] ?? {});
  };
  return visit(schema) as JsonSchema;
}

/** Whether some property is a constant in one branch of a union and may be an object in two others. */
function tellsByObjects(part: unknown): boolean {
  if (typeof part !== "object" || part === null) return false;
  const branches = "anyOf" in part && Array.isArray(part.anyOf) ? (part.anyOf as JsonSchema[]) : [];
  const all = branches.map(({ properties }) => (properties ?? {}) as Readonly<Record<string, JsonSchema>>);
  const names = new Set(all.flatMap((properties) => Object.keys(properties)));
  const isTold = [...names].some((name) => {
    const kinds = all.map((properties) => properties[name]).filter((kind) => kind !== undefined);
    const constants = kinds.filter(({ const: only, enum: some }) => only !== undefined || some !== undefined);
    const objects = kinds.filter((kind) => /"(object|\$ref)"/.test(JSON.stringify(kind)));
    return constants.length > 0 && objects.length > 1;
  });
  return isTold || Object.values(part).some(tellsByObjects);
}

/** Whether an enum that the source declares stands in an intersection. */
function joinsEnum(source: string): boolean {
  const names = [...source.matchAll(/\benum (\w+)/g)].map(([, name = ""]) => name);
  return names.some((name) => new RegExp(`\\b${name}\\b.*&|&.*\\b${name}\\b`).test(source));
}

function isPlainObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function valueAt(value: unknown, pointer: string): unknown {
  const keys = pointer.split("/").slice(1);
  return keys.reduce<unknown>(
    (at, key) => (at as Record<string, unknown>)[key.replaceAll("~1", "/").replaceAll("~0", "~")],
    value,
  );
}

/** Refusals of types that could hold some JSON. A new one is an entry here; the report counts each. */
export const meantRefusals: readonly {
  readonly name: string;
  readonly reason: string;
  readonly message: RegExp;
}[] = [
  {
    name: "the key __proto__",
    reason: "no request may hold it, so that no copy of an input changes a prototype",
    message: /`__proto__`/,
  },
  {
    name: "never in a part that may be missing",
    reason: "a part that nothing can fill is a mistake of the author, though the whole may do without it",
    message: /is `(never|undefined)`/,
  },
  {
    name: "a branch that nothing can be",
    reason:
      "an intersection of a text and a list is a mistake of the author, though another branch may be filled",
    message: /joins what a value cannot be at once/,
  },
  {
    name: "elements after a rest",
    reason: "draft-07 says what stands at the start of an array, not at its end",
    message: /elements after its `\.\.\.`/,
  },
];

/** The name of the meant refusal behind these diagnostics; null where one of them is none. */
export function meantRefusalOf(messages: readonly string[]): string | null {
  const found = messages.map((text) => meantRefusals.find(({ message }) => message.test(text)));
  return found.every((entry) => entry !== undefined) ? (found[0]?.name ?? null) : null;
}

/** Types whose wire twin differs from what the author writes (generate.ts), by construct. */
export const wireForms: Readonly<Record<string, string>> = {
  "string enum": "on the wire an enum is its values, which TypeScript does not take for a string enum",
  "number enum": "as above; TypeScript takes the numbers",
  "mixed enum": "as above",
  "keyof typeof enum": "the twin of an enum is a type without a value, so its keys are written out",
  brand: "a brand exists only in the type; JSON carries what is branded",
};

const primitive = ts.TypeFlags.StringLike | ts.TypeFlags.NumberLike | ts.TypeFlags.BooleanLike;

/**
 * Whether a value has a member of a string enum, the text of a library's object, what is branded or no key for a
 * required `undefined`, in a place where its type has that.
 */
export function isWireForm(type: ts.Type, value: Json | undefined, checker: ts.TypeChecker): boolean {
  const again = (part: ts.Type, of: Json | undefined): boolean => isWireForm(part, of, checker);
  if (value === undefined) return false;
  if (type.flags & ts.TypeFlags.EnumLike && !type.isUnion())
    return type.flags & ts.TypeFlags.Enum || !("value" in type) ? true : type.value === value;
  if (["Date", "URL"].includes(type.symbol?.name)) return typeof value === "string";
  if (type.isIntersection() && type.types.some((part) => part.flags & primitive))
    return typeof value !== "object";
  if (type.isUnion()) return type.types.some((part) => again(part, value));
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) {
    const parts = type.flags & ts.TypeFlags.Object ? checker.getTypeArguments(type as ts.TypeReference) : [];
    return parts.some((part) => (value as readonly Json[]).some((item) => again(part, item)));
  }
  if (!(type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection))) return false;
  const entries = value as { readonly [key: string]: Json };
  const properties = checker.getPropertiesOfType(type);
  const isForm = properties.some((property) => {
    const member = checker.getTypeOfSymbol(property);
    if (Object.hasOwn(entries, property.name)) return again(member, entries[property.name]);
    const isOptional = property.flags & ts.SymbolFlags.Optional;
    return (
      !isOptional && member.isUnion() && member.types.some((part) => part.flags & ts.TypeFlags.Undefined)
    );
  });
  const infos = checker.getIndexInfosOfType(type);
  return isForm || infos.some((info) => Object.values(entries).some((item) => again(info.type, item)));
}
