import { ts } from "ts-morph";
import type { CallSignature } from "../extract/call.ts";
import type { CheckerReader } from "./checker.ts";
import type { TypeReader, TypeUse } from "./shapes.ts";

/** What `call` resolves to, with the written type where there is one. */
export function resultOf(
  { signature, owner }: CallSignature,
  checker: ts.TypeChecker,
  reader: CheckerReader,
): TypeUse {
  const returned = signature.getReturnType();
  const type = checker.getAwaitedType(returned) ?? returned;
  const declared = signature.getDeclaration()?.type;
  if (declared === undefined || !ts.isTypeNode(declared)) return reader.useOf(type, undefined);
  const isPromise =
    ts.isTypeReferenceNode(declared) &&
    ts.isIdentifier(declared.typeName) &&
    declared.typeName.text === "Promise";
  return reader.useOf(type, isPromise ? declared.typeArguments?.[0] : declared, owner);
}

/** What to return instead; null when the result is an object, or when its own finding says more. */
export function objectHelp(use: TypeUse, reader: TypeReader): string | null {
  const shape = reader.shapeOf(use);
  switch (shape.kind) {
    case "union":
      return shape.parts.map((part) => objectHelp(part, reader)).find((help) => help !== null) ?? null;
    case "undefined":
      return "return an object; `{}` when there is nothing to say";
    case "unchecked":
      if (shape.name === "{}") return null;
      return shape.name === "object"
        ? "name the result's properties"
        : "write the result's type after `call(...)`";
    case "array":
    case "lists":
    case "tuple":
      return "return an object, such as `{ items: [...] }`";
    case "primitive":
      if (shape.name === "null") return "return an object with a property that may be `null`";
      return wrap;
    case "literal":
    case "text":
    case "wire":
      return wrap;
    case "refused": {
      const name = reader.nameOf(use.type);
      if (name === null) return reader.textOf(use.type) === "never" ? "return an object" : wrap;
      if (/^(Async)?(Generator|Iterator|Iterable|IterableIterator)$/.test(name))
        return "collect the values and return `{ items: [...] }`";
      return null;
    }
    case "object":
    case "failed":
      return null;
  }
}

const wrap = "return an object, such as `{ value: ... }`";
