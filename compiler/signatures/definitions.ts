import { join } from "../../runtime/manifest/check.ts";
import type { JsonSchema, Revival } from "../../runtime/manifest/types.ts";
import type { TypeHandle, WireName } from "./shapes.ts";

/** A type that may be needed more than once. Until {@link Definitions.settle} a reference holds it as its `$ref`. */
export interface Definition {
  readonly name: string;
  /** JSON Schema type of its values; null for several. */
  readonly kind: "object" | "array" | null;
  /** Null while it is made, and for good when it cannot be. */
  schema: JsonSchema | null;
  isOpen: boolean;
  isRecursive: boolean;
  uses: number;
}

export interface Definitions {
  find(type: TypeHandle): Definition | undefined;
  open(type: TypeHandle, name: string, kind: Definition["kind"]): Definition;
  /** Forgets a type that is cheaper to write out each time. */
  forget(type: TypeHandle): void;
  /** The schema with references by name, and with `definitions` where there are any. */
  settle(schema: JsonSchema): Settled;
}

export interface Settled {
  readonly schema: JsonSchema;
  /** Where in the schema a string stands for an instance of a class, in the order of the schema. */
  readonly revive: readonly Revival[];
}

/** Marks, until it is settled, a schema whose strings stand for an instance of the class that is its value. */
export const wireKey = "\u0000wire";

/** Types of one set of inputs, or of one result. */
export function createDefinitions(): Definitions {
  const byType = new Map<TypeHandle, Definition>();

  return {
    find: (type) => byType.get(type),
    open: (type, name, kind) => {
      const definition: Definition = { name, kind, schema: null, isOpen: true, isRecursive: false, uses: 1 };
      byType.set(type, definition);
      return definition;
    },
    forget: (type) => {
      byType.delete(type);
    },
    settle: (schema) => {
      const names = new Map<Definition, string>();
      const taken = new Set<string>();
      const waiting: Definition[] = [];
      const revive: Revival[] = [];
      // In the order of the parameters and properties, so that the numbers depend on nothing else.
      const nameOf = (definition: Definition): string => {
        const known = names.get(definition);
        if (known !== undefined) return known;
        let name = definition.name;
        for (let number = 2; taken.has(name); number += 1) name = `${definition.name}${number}`;
        taken.add(name);
        names.set(definition, name);
        waiting.push(definition);
        return name;
      };
      // Where `isNames`, keys are the author's; elsewhere they are keywords.
      const settle = (value: unknown, pointer: string, isNames = false): unknown => {
        if (Array.isArray(value)) return value.map((item, index) => settle(item, `${pointer}/${index}`));
        if (typeof value !== "object" || value === null) return value;
        const target = isNames ? null : definitionOf(value);
        if (target !== null)
          return isShared(target)
            ? { $ref: `#/definitions/${nameOf(target)}` }
            : settle(target.schema ?? {}, pointer);
        const merged = isNames ? null : mergedOf(value as JsonSchema);
        if (merged !== null) return settle(merged, pointer);
        const entries: [string, unknown][] = [];
        for (const [key, item] of Object.entries(value)) {
          if (key === wireKey) revive.push({ at: pointer, as: item as WireName });
          // What stands in these is data, whatever it looks like.
          else if (!isNames && dataKeys.has(key)) entries.push([key, item]);
          else entries.push([key, settle(item, join(pointer, key), !isNames && nameKeys.has(key))]);
        }
        return Object.fromEntries(entries);
      };
      const settled = settle(schema, "") as JsonSchema;
      const definitions: Record<string, unknown> = {};
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const name = nameOf(next);
        definitions[name] = settle(next.schema ?? {}, `/definitions/${name}`);
      }
      return {
        schema: taken.size === 0 ? settled : { ...settled, definitions },
        revive,
      };
    },
  };
}

function isShared(definition: Definition): boolean {
  return definition.isRecursive || definition.uses > 1;
}

/** Keywords around a reference, which stands in `allOf` for their sake, in one schema with what it leads to. */
function mergedOf(schema: JsonSchema): JsonSchema | null {
  const { allOf, ...around } = schema;
  const [only, ...others] = Array.isArray(allOf) ? (allOf as readonly JsonSchema[]) : [];
  const target = only === undefined || others.length > 0 ? null : definitionOf(only);
  if (target === null || isShared(target) || target.schema === null) return null;
  const inner = target.schema;
  const isFree = Object.keys(around).every(
    (key) => !(key in inner) || annotations.has(key) || inner[key] === around[key],
  );
  return isFree ? { ...inner, ...around } : null;
}

/** What is said nearer to the value counts. */
const annotations: ReadonlySet<string> = new Set([
  "title",
  "description",
  "default",
  "examples",
  "deprecated",
]);
const nameKeys: ReadonlySet<string> = new Set(["properties", "patternProperties"]);
const dataKeys: ReadonlySet<string> = new Set(["default", "examples", "const", "enum", "required"]);

export function referenceTo(definition: Definition): JsonSchema {
  return { $ref: definition };
}

/** What an unsettled reference leads to; null for anything else. */
export function definitionOf(schema: object): Definition | null {
  const target = (schema as { $ref?: unknown }).$ref;
  return typeof target === "object" && target !== null ? (target as Definition) : null;
}
