import { ts } from "ts-morph";
import type { JsonSchema } from "../../runtime/manifest/types.ts";
import type { GeneratedSchema } from "./schema.ts";

/** One reason why a type is no JSON, or why its schema cannot be trusted. */
export type Finding =
  | {
      readonly kind: "not-json";
      readonly path: string;
      readonly type: string;
      readonly help: string;
      readonly at: ts.Node | null;
    }
  | { readonly kind: "unchecked"; readonly path: string; readonly type: string; readonly at: ts.Node | null }
  | { readonly kind: "schema"; readonly path: string; readonly reason: string };

const refused: Readonly<Record<string, string>> = {
  Date: "use a string, with `@format date-time` in its JSDoc",
  URL: "use a string, with `@format uri` in its JSDoc",
  RegExp: "use a string",
  Map: "use a `Record<string, ...>`",
  WeakMap: "use a `Record<string, ...>`",
  ReadonlyMap: "use a `Record<string, ...>`",
  Set: "use an array",
  WeakSet: "use an array",
  ReadonlySet: "use an array",
  Promise: "await it: data holds no promises",
  PromiseLike: "await it: data holds no promises",
  Error: "use an object with the message",
  Function: "data holds no functions",
  Buffer: "use a base64 string",
  ArrayBuffer: "use a base64 string",
  SharedArrayBuffer: "use a base64 string",
  DataView: "use a base64 string",
  Blob: "use a base64 string",
  File: "use a base64 string",
  ReadableStream: "use a string or an array",
  Generator: "return an array",
  AsyncGenerator: "return an array",
  Iterator: "use an array",
  Iterable: "use an array",
  Symbol: "use a string",
};

/** More types than a signature can sensibly reach: beyond it a type expands without end. */
const maxTypes = 3000;

/** Walks a type and reports everything in it that JSON cannot carry (not-json) or that nothing checks (unchecked). */
export function findNotJson(
  root: ts.Type,
  name: string,
  enclosing: ts.Node,
  checker: ts.TypeChecker,
): readonly Finding[] {
  const findings: Finding[] = [];
  const seen = new Set<ts.Type>();

  const visit = (type: ts.Type, path: string, at: ts.Node | null): void => {
    if (seen.has(type) || seen.size > maxTypes) return;
    seen.add(type);
    if (seen.size > maxTypes) {
      findings.push({ kind: "schema", path: name, reason: "the type expands without end" });
      return;
    }
    const shown = checker.typeToString(type);
    const bad = (help: string): void => {
      findings.push({ kind: "not-json", path, type: shown, help, at });
    };
    const flags = type.flags;
    if (flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.NonPrimitive)) {
      findings.push({ kind: "unchecked", path, type: shown, at });
      return;
    }
    // The generator writes a plain string for it, which accepts more than the type does.
    if (flags & ts.TypeFlags.TemplateLiteral) {
      findings.push({ kind: "unchecked", path, type: shown, at });
      return;
    }
    if (flags & ts.TypeFlags.BigIntLike) return bad("use a number, or a string of digits");
    if (flags & ts.TypeFlags.ESSymbolLike) return bad("use a string");
    if (flags & ts.TypeFlags.Never) return bad("no value has this type");
    if (flags & (ts.TypeFlags.Void | ts.TypeFlags.Undefined)) return bad("use `null`, or make it optional");
    if (flags & ts.TypeFlags.TypeParameter) return bad("name the type: it must be known before it runs");
    if (type.isUnion()) {
      for (const part of type.types) if (!(part.flags & ts.TypeFlags.Undefined)) visit(part, path, at);
      return;
    }
    if (!(flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection))) return;
    if (type.getCallSignatures().length > 0 || type.getConstructSignatures().length > 0)
      return bad("data holds no functions");
    if (checker.isArrayType(type) || checker.isTupleType(type)) {
      for (const part of checker.getTypeArguments(type as ts.TypeReference)) {
        if (checker.isTupleType(type) && part.flags & ts.TypeFlags.Undefined) continue;
        visit(part, `${path}[]`, at);
      }
      return;
    }
    const symbol = type.getSymbol();
    if (symbol !== undefined && isFromLibrary(symbol)) {
      const help = Object.hasOwn(refused, symbol.name) ? refused[symbol.name] : null;
      if (help) return bad(help);
      if (/^(Big)?(Int|Uint|Float)\d+(Clamped)?Array$/.test(symbol.name))
        return bad("use an array of numbers");
    }
    const properties = checker.getPropertiesOfType(type);
    const indexes = checker.getIndexInfosOfType(type);
    for (const property of properties) {
      const declaration = property.valueDeclaration ?? property.declarations?.[0] ?? null;
      const child = `${path}.${property.name.startsWith("__@") ? "[symbol]" : property.name}`;
      if (
        declaration !== null &&
        ts.getCombinedModifierFlags(declaration as ts.Declaration) &
          (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)
      ) {
        findings.push({
          kind: "not-json",
          path: child,
          type: "private",
          help: "use an interface: data has no private members",
          at: declaration,
        });
        continue;
      }
      const member = checker.getTypeOfSymbolAtLocation(property, enclosing);
      // Of `{ a } | { b }` inferred from literals TypeScript says `a?: undefined` in the other branch: never there.
      if (property.flags & ts.SymbolFlags.Optional && isUndefined(member)) continue;
      visit(member, child, declaration ?? at);
    }
    for (const index of indexes) visit(index.type, `${path}[key]`, at);
  };

  visit(root, name, null);
  return findings;
}

/** Declared by TypeScript's libraries or by Node's types, not by the plugin or its packages. */
function isFromLibrary(symbol: ts.Symbol): boolean {
  return (symbol.declarations ?? []).some((declaration) =>
    /(^|\/)(lib\.[a-z0-9.]+\.d\.ts|node_modules\/@types\/node\/.*)$/.test(
      declaration.getSourceFile().fileName,
    ),
  );
}

/**
 * Compares a generated schema with the type it stands for, so that a mistake of the generator is an error and never a
 * schema that accepts or rejects by accident: property names and required ones of every object, kinds of the rest.
 */
export function checkSchema(
  generated: GeneratedSchema,
  root: ts.Type,
  name: string,
  isUncheckedAllowed: boolean,
  enclosing: ts.Node,
  checker: ts.TypeChecker,
): readonly Finding[] {
  const findings: Finding[] = [];
  const seen = new Map<ts.Type, Set<object>>();
  const disagree = (path: string, reason: string): void => {
    findings.push({ kind: "schema", path, reason });
  };

  const visit = (given: JsonSchema, givenType: ts.Type, path: string): void => {
    const schema = dereference(given, generated.definitions);
    const type = single(givenType);
    if (schema === null) return disagree(path, "a reference leads nowhere");
    if (type === null || type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.NonPrimitive))
      return;
    const compared = seen.get(type) ?? new Set();
    if (compared.has(schema)) return;
    seen.set(type, compared.add(schema));

    if (
      type.flags & ts.TypeFlags.StringLike &&
      !(type.flags & ts.TypeFlags.EnumLike) &&
      !accepts(schema, "string")
    )
      return disagree(path, "the generator does not see a string in it");
    if (
      type.flags & ts.TypeFlags.NumberLike &&
      !(type.flags & ts.TypeFlags.EnumLike) &&
      !accepts(schema, "number")
    )
      return disagree(path, "the generator does not see a number in it");
    if (!(type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection))) return;

    if (checker.isArrayType(type) || checker.isTupleType(type)) {
      if (schema.type !== "array") return disagree(path, "the generator does not see an array in it");
      const [item] = checker.getTypeArguments(type as ts.TypeReference);
      if (checker.isArrayType(type) && item !== undefined && isSchema(schema.items))
        visit(schema.items, item, `${path}[]`);
      return;
    }
    if (schema.anyOf !== undefined || schema.allOf !== undefined || schema.oneOf !== undefined) return;
    if (schema.type !== "object") return disagree(path, "the generator does not see an object in it");
    const properties = checker.getPropertiesOfType(type);
    const described = isSchema(schema.properties) ? schema.properties : {};
    const required = new Set(Array.isArray(schema.required) ? schema.required.map(String) : []);
    for (const property of properties) {
      const child = described[property.name];
      if (!Object.hasOwn(described, property.name) || !isSchema(child))
        return disagree(path, `the generator misses \`${property.name}\``);
      const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0;
      const type = checker.getTypeOfSymbolAtLocation(property, enclosing);
      if (isOptional === required.has(property.name) && !(type.isUnion() && type.types.some(isUndefined)))
        return disagree(`${path}.${property.name}`, "the generator gets wrong whether it may be left out");
      visit(child, type, `${path}.${property.name}`);
    }
    const names = new Set(properties.map((property) => property.name));
    const surplus = Object.keys(described).find((key) => !names.has(key));
    if (surplus !== undefined) return disagree(path, `the generator adds \`${surplus}\``);
    const [index] = checker.getIndexInfosOfType(type);
    if (index !== undefined && schema.additionalProperties === false)
      return disagree(path, "the generator misses its index signature");
    if (index !== undefined && isSchema(schema.additionalProperties))
      visit(schema.additionalProperties, index.type, `${path}[key]`);
  };

  visit(generated.schema, root, name);
  if (!isUncheckedAllowed) {
    const hole = findHole([generated.schema, ...Object.values(generated.definitions)]);
    if (hole !== null) disagree(name, `a part of its schema would ${hole} everything`);
  }
  return findings;
}

/** The type without `undefined`; null for a union of several, whose parts have no fixed place in the schema. */
function single(type: ts.Type): ts.Type | null {
  if (!type.isUnion()) return type;
  const parts = type.types.filter((part) => !isUndefined(part));
  return parts.length === 1 ? (parts[0] ?? null) : null;
}

function isUndefined(type: ts.Type): boolean {
  return (type.flags & ts.TypeFlags.Undefined) !== 0;
}

function accepts(schema: JsonSchema, type: "string" | "number"): boolean {
  if (Array.isArray(schema.enum)) return schema.enum.every((value) => typeof value === type);
  if (schema.const !== undefined) return typeof schema.const === type;
  return schema.type === type || (type === "number" && schema.type === "integer");
}

function dereference(schema: JsonSchema, definitions: GeneratedSchema["definitions"]): JsonSchema | null {
  if (typeof schema.$ref !== "string") return schema;
  const target = definitions[decodeURIComponent(schema.$ref.replace("#/definitions/", ""))];
  return target === undefined ? null : dereference(target, definitions);
}

function isSchema(value: unknown): value is JsonSchema & Readonly<Record<string, JsonSchema | undefined>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const annotations: ReadonlySet<string> = new Set([
  "description",
  "title",
  "default",
  "examples",
  "deprecated",
  "$comment",
]);

/** Whether some part of the schemas accepts or rejects every value. */
function findHole(schemas: readonly JsonSchema[]): "accept" | "reject" | null {
  for (const schema of schemas) {
    const keys = Object.keys(schema).filter((key) => !annotations.has(key));
    if (keys.length === 0) return "accept";
    if (isSchema(schema.not) && Object.keys(schema.not).length === 0) return "reject";
    const parts = [
      ...(isSchema(schema.properties) ? Object.values(schema.properties) : []),
      ...["anyOf", "oneOf", "allOf"].flatMap((key) => schema[key] ?? []),
      ...(Array.isArray(schema.items) ? schema.items : [schema.items]),
      schema.additionalProperties,
    ].filter(isSchema);
    const hole = findHole(parts);
    if (hole !== null) return hole;
  }
  return null;
}
