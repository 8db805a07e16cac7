import { ts } from "ts-morph";
import { type Literal, literalOf } from "./literals.ts";

/** The value of an initializer that is plain JSON; undefined for anything computed. */
export function defaultValue(node: ts.Expression | undefined, checker: ts.TypeChecker): Literal | undefined {
  return node === undefined ? undefined : literalOf(node, (part) => constantOf(part, checker));
}

/** Names of constants and enum members, which have a literal type. */
function constantOf(node: ts.Expression, checker: ts.TypeChecker): Literal | undefined {
  const type = checker.getTypeAtLocation(node);
  if (type.isStringLiteral() || type.isNumberLiteral()) return { value: type.value };
  if (type.flags & ts.TypeFlags.BooleanLiteral) return { value: checker.typeToString(type) === "true" };
  return undefined;
}
