import type { JsonSchema } from "../../runtime/manifest/types.ts";
import { annotate, type CommentSink, withKeyword } from "./constraints.ts";
import { type Definition, type Definitions, referenceTo, wireKey } from "./definitions.ts";
import { type Extras, noExtras, objectSchema } from "./objects.ts";
import type { ObjectShape, Property, Shape, Site, TupleElement, TypeReader, TypeUse } from "./shapes.ts";
import {
  anyOf,
  type Companion,
  companions,
  constantSchema,
  discriminantOf,
  extrasOf,
  type Member,
  noMember,
  scalarSchemas,
  variantsOf,
} from "./unions.ts";
import { wireFormats } from "./wire.ts";

/** One reason why a type has no schema, or one that checks less than it seems. */
export type Finding =
  | {
      readonly kind: "not-json";
      readonly path: string;
      readonly type: string;
      readonly help: string;
      readonly site: Site | null;
    }
  | { readonly kind: "unchecked"; readonly path: string; readonly type: string; readonly site: Site | null }
  | { readonly kind: "schema"; readonly path: string; readonly reason: string; readonly site: Site | null };

export interface WalkSink extends CommentSink {
  find(finding: Finding): void;
}

/** A chain of types this deep is taken for one without end; real ones were at most 20 deep. */
const maxDepth = 100;
/** Instances of one generic type inside each other. */
const maxInstances = 20;
/** Members of a union that get each other's keys written out. */
const maxWrittenOut = 6;
/** Members that get keys of others on conditions: each may double the alternatives. */
const maxConditional = 3;
/** Types visited for one signature. The largest request types of SDKs hold about 3,000. */
const maxVisits = 30_000;

/**
 * The schema of a type; null when a finding says why there is none. References in it are unsettled, see
 * {@link Definitions}. Everything that is wrong with the type is found in one walk.
 */
export type Walk = (use: TypeUse, path: string) => JsonSchema | null;

export function createWalk(reader: TypeReader, definitions: Definitions, sink: WalkSink): Walk {
  /** How often each declaration is open, to see a generic type that grows inside itself. */
  const open = new Map<object, number>();
  /** How to write the type without an optional member, by the member's path. */
  const without = new Map<string, string>();
  let depth = 0;
  let visits = 0;
  let isAborted = false;

  const fail = (path: string, reason: string, site: Site | null): null => {
    sink.find({ kind: "schema", path, reason, site });
    return null;
  };

  function visit(use: TypeUse, path: string, site: Site | null): JsonSchema | null {
    if (isAborted) return null;
    visits += 1;
    if (depth > maxDepth || visits > maxVisits) {
      isAborted = true;
      const [start = path] = path.split(/[.[]/);
      return fail(start, depth > maxDepth ? "the type expands without end" : "the type is too large", site);
    }
    depth += 1;
    try {
      return visitShape(use, path, site);
    } finally {
      depth -= 1;
    }
  }

  function visitShape(use: TypeUse, path: string, site: Site | null): JsonSchema | null {
    const shape = reader.shapeOf(use);
    const described = (schema: JsonSchema): JsonSchema =>
      annotate(schema, reader.commentsOf(use), path, sink);
    switch (shape.kind) {
      case "primitive":
        return described({ type: shape.name });
      case "literal":
        return described(constantSchema([shape.value]));
      case "text":
        return described({ type: "string", pattern: shape.pattern, $comment: reader.textOf(use.type) });
      case "wire":
        return described({ type: "string", format: wireFormats[shape.name], [wireKey]: shape.name });
      case "unchecked":
        sink.find({ kind: "unchecked", path, type: shape.name, site });
        return uncheckedSchema(shape.name);
      case "undefined":
        sink.find({
          kind: "not-json",
          path,
          type: reader.textOf(use.type),
          help: "use `null`, or make it optional",
          site,
        });
        return null;
      case "refused": {
        const other = without.get(path);
        const help = other === undefined ? shape.help : `${shape.help}; \`${other}\` leaves it out`;
        sink.find({ kind: "not-json", path, type: reader.textOf(use.type), help, site });
        return null;
      }
      case "failed":
        return fail(path, shape.reason, site);
      case "union":
        return visitOnce(use, null, path, () => {
          const made = union(shape.parts, path, site);
          return made === null ? null : described(made);
        });
      case "array":
        return visitOnce(use, "array", path, () => {
          const items = visit(shape.item, `${path}[]`, site);
          return items === null ? null : described({ type: "array", items });
        });
      case "lists": {
        const schemas = shape.parts.map((part) => visit(part, path, site));
        return schemas.includes(null) ? null : described({ type: "array", allOf: schemas });
      }
      case "tuple":
        return visitOnce(use, "array", path, () => {
          const made = tuple(shape.elements, path, site);
          return made === null ? null : described(made);
        });
      case "object":
        return visitObject(use, shape, path, site);
    }
  }

  /** Objects are made once. */
  function visitObject(use: TypeUse, shape: ObjectShape, path: string, site: Site | null): JsonSchema | null {
    const known = definitions.find(use.type);
    if (known !== undefined) return reuse(known);
    const definition = definitions.open(use.type, reader.nameOf(use.type) ?? nameFrom(path), "object");
    if (reader.nameOf(use.type) !== null)
      for (const { name, isOptional } of shape.properties)
        if (isOptional) without.set(`${path}.${name}`, `Omit<${reader.textOf(use.type)}, "${name}">`);
    const made = object(shape, path, site, noExtras);
    definition.schema = made === null ? null : annotate(made, reader.commentsOf(use), path, sink);
    definition.isOpen = false;
    return definition.schema === null ? null : referenceTo(definition);
  }

  /** Other types are written out each time, unless they hold themselves. */
  function visitOnce(
    use: TypeUse,
    kind: Definition["kind"],
    path: string,
    make: () => JsonSchema | null,
  ): JsonSchema | null {
    const known = definitions.find(use.type);
    if (known !== undefined) return reuse(known);
    const definition = definitions.open(use.type, reader.nameOf(use.type) ?? nameFrom(path), kind);
    definition.schema = make();
    definition.isOpen = false;
    if (definition.isRecursive) return definition.schema === null ? null : referenceTo(definition);
    definitions.forget(use.type);
    return definition.schema;
  }

  function reuse(known: Definition): JsonSchema | null {
    if (known.isOpen) known.isRecursive = true;
    else if (known.schema === null) return null;
    known.uses += 1;
    return referenceTo(known);
  }

  function object(shape: ObjectShape, path: string, site: Site | null, extras: Extras): JsonSchema | null {
    const { declaration } = shape;
    const instances = declaration === null ? 0 : (open.get(declaration) ?? 0);
    if (instances >= maxInstances) {
      isAborted = true;
      return fail(path.split(/[.[]/)[0] ?? path, "the type expands without end", site);
    }
    if (declaration !== null) open.set(declaration, instances + 1);
    const made = objectSchema(
      shape,
      {
        property: (property) => visitProperty(property, path, site),
        index: ({ use, also }) => (isNever(use) ? "never" : visitAll(use, also, `${path}[key]`, site)),
      },
      extras,
    );
    if (declaration !== null) open.set(declaration, instances);
    return made;
  }

  function visitProperty(property: Property, path: string, site: Site | null): JsonSchema | "never" | null {
    const child = `${path}.${property.name}`;
    const at = property.site ?? site;
    if (property.fault !== null) {
      sink.find({ kind: "not-json", path: child, ...property.fault, site: at });
      return null;
    }
    if (property.name === "__proto__") return fail(child, "no request may hold the key `__proto__`", at);
    // `a?: never`, and what TypeScript adds to the other branches of an inferred union.
    if (property.isOptional && isNever(property.use)) return "never";
    const schema = visitAll(property.use, property.also, child, at);
    return schema === null ? null : annotate(schema, property.comments, child, sink);
  }

  /** What satisfies all of them. */
  function visitAll(
    use: TypeUse,
    also: readonly TypeUse[],
    path: string,
    site: Site | null,
  ): JsonSchema | null {
    const schemas = [use, ...also].map((part) => visit(part, path, site));
    const [only] = schemas;
    if (only === undefined || schemas.includes(null)) return null;
    return schemas.length === 1 ? only : { allOf: schemas };
  }

  function isNever(use: TypeUse): boolean {
    const shape = reader.shapeOf(use);
    if (shape.kind === "union") return shape.parts.every(isNever);
    return shape.kind === "undefined" || (shape.kind === "refused" && reader.textOf(use.type) === "never");
  }

  function union(parts: readonly TypeUse[], path: string, site: Site | null): JsonSchema | null {
    const shapes = parts.map((part) => ({ part, shape: reader.shapeOf(part) }));
    const present = shapes.filter(({ shape }) => shape.kind !== "undefined");
    if (present.length === 1 && present[0] !== undefined) return visit(present[0].part, path, site);
    const takesAnyText = present.some(({ shape }) => shape.kind === "primitive" && shape.name === "string");
    const scalars: Shape[] = [];
    const members: Member[] = [];
    const made: (JsonSchema | null)[] = [];
    for (const { part, shape } of present) {
      const isScalar = shape.kind === "primitive" || shape.kind === "literal";
      // A scalar with tags on its alias keeps a schema of its own.
      if (isScalar && reader.commentsOf(part).every((comment) => comment.tags.length === 0))
        scalars.push(shape);
      else if (shape.kind === "object") members.push({ use: part, shape });
      // Any text is welcome then: the value stays the text that it is.
      else if (isText(shape) && takesAnyText) continue;
      else made.push(visit(part, path, site));
    }
    const objects = unionOfObjects(members, path, site);
    if (made.includes(null) || objects === null) return null;
    return simple([...scalarSchemas(scalars), ...(made as JsonSchema[]), ...objects]);
  }

  function unionOfObjects(
    members: readonly Member[],
    path: string,
    site: Site | null,
  ): readonly JsonSchema[] | null {
    const discriminant = discriminantOf(members, reader);
    const beside = members.map((member) =>
      discriminant === null ? companions(member, members, reader) : [],
    );
    const mayBeAll = (others: readonly Companion[]): boolean =>
      others.length === members.length - 1 && others.every(({ when }) => when.size === 0);
    if (members.length > maxWrittenOut && beside.every(mayBeAll)) return manyObjects(members, path, site);
    const schemas = members.flatMap((member, index) => {
      const most = members.length > maxWrittenOut ? 0 : maxConditional;
      return variantsOf(member, beside[index] ?? [], most).map((variant) => {
        const extras = extrasOf(member, variant, (use) => (isNever(use) ? null : visit(use, path, site)));
        if (Object.keys(extras.properties).length === 0 && extras.others === null)
          return visit(member.use, path, site);
        const schema = object(member.shape, path, site, extras);
        return schema === null ? null : annotate(schema, reader.commentsOf(member.use), path, sink);
      });
    });
    if (schemas.includes(null)) return null;
    const complete = schemas as readonly JsonSchema[];
    return discriminant === null ? complete : [{ oneOf: complete }];
  }

  /** The same for many members, whose keys would otherwise be written out in each: open members, and all keys once. */
  function manyObjects(
    members: readonly Member[],
    path: string,
    site: Site | null,
  ): readonly JsonSchema[] | null {
    const schemas = members.map((member) => object(member.shape, path, site, noExtras));
    if (schemas.includes(null)) return null;
    const open = (schemas as readonly JsonSchema[]).map(({ additionalProperties, ...schema }) =>
      additionalProperties === false ? schema : { ...schema, additionalProperties },
    );
    const keys = extrasOf(noMember, { when: new Map(), others: members }, (use) =>
      isNever(use) ? null : visit(use, path, site),
    );
    return [
      {
        type: "object",
        properties: keys.properties,
        additionalProperties: keys.others ?? false,
        anyOf: open,
      },
    ];
  }

  function tuple(elements: readonly TupleElement[], path: string, site: Site | null): JsonSchema | null {
    const rest = elements.findIndex((element) => element.kind === "rest");
    const schemas = elements.map(({ use, kind }, index) =>
      visit(use, `${path}[${kind === "rest" ? "" : index}]`, site),
    );
    if (schemas.includes(null)) return null;
    const all = schemas as readonly JsonSchema[];
    const fixed = rest === -1 ? all : all.slice(0, -1);
    const more = rest === -1 ? null : (all.at(-1) ?? null);
    const least = elements.filter((element) => element.kind === "required").length;
    const size = {
      ...(least > 0 ? { minItems: least } : {}),
      ...(more === null ? { maxItems: fixed.length } : {}),
    };
    if (all.length === 0) return { type: "array", maxItems: 0 };
    // Elements that are all alike need no positions, which the drafts of JSON Schema write differently.
    const alike = anyOf(all);
    const isAlike = alike.anyOf === undefined || all.length === 1;
    if (rest !== -1 && rest < elements.length - 1 && !isAlike)
      return fail(path, "a tuple with elements after its `...` has no schema: put the `...` last", site);
    if (isAlike) return { type: "array", items: alike, ...size };
    const items = fixed.map((schema, index) => {
      const label = elements[index]?.label ?? null;
      return label === null ? schema : withKeyword(schema, "title", label);
    });
    return { type: "array", items, additionalItems: more ?? false, ...size };
  }

  return (use, path) => {
    visits = 0;
    isAborted = false;
    try {
      return visit(use, path, null);
    } catch (error) {
      // The checker resolves some types recursively, and the deepest of them do not fit the stack.
      if (error instanceof RangeError) return fail(path, "the type expands without end", null);
      throw error;
    }
  };
}

const closedKeys = ["const", "enum", "anyOf", "oneOf", "allOf"];

/** The alternatives as one schema; `null` beside one plain type joins it. */
function simple(schemas: readonly JsonSchema[]): JsonSchema {
  const distinct = anyOf(schemas);
  const parts = distinct.anyOf;
  if (!Array.isArray(parts) || parts.length !== 2) return distinct;
  const [first, second] = parts as readonly JsonSchema[];
  const isNull = (schema: JsonSchema | undefined): boolean =>
    schema?.type === "null" && Object.keys(schema).length === 1;
  const other = isNull(first) ? second : isNull(second) ? first : undefined;
  // Keywords that look at `null` too would refuse it.
  const isPlain =
    other !== undefined && typeof other.type === "string" && !closedKeys.some((key) => key in other);
  if (other === undefined || !isPlain) return distinct;
  return { ...other, type: [other.type, "null"] };
}

function isText(shape: Shape): boolean {
  return shape.kind === "text" || shape.kind === "wire";
}

function uncheckedSchema(name: "any" | "unknown" | "object" | "{}"): JsonSchema {
  if (name === "object") return { type: ["object", "array"] };
  return name === "{}" ? { type: ["string", "number", "boolean", "object", "array"] } : {};
}

function nameFrom(path: string): string {
  const last = path.split(/[^A-Za-z0-9_$]+/).findLast((part) => part !== "") ?? "value";
  return last.charAt(0).toUpperCase() + last.slice(1);
}
