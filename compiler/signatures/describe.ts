import { ts } from "ts-morph";

/**
 * The type node that the schema is made from: the one the author wrote where it means this type by itself, because it
 * leads to JSDoc; the checker's printed form where the type is inferred or a generic base was instantiated.
 */
export function describe(
  type: ts.Type,
  written: ts.TypeNode | undefined,
  enclosing: ts.Node,
  checker: ts.TypeChecker,
): ts.TypeNode | null {
  if (written !== undefined) {
    const declared = checker.getTypeFromTypeNode(written);
    if (declared === type || declared === withoutUndefined(type, checker)) return written;
    // With exactOptionalPropertyTypes off, an optional parameter's type is the written one and `undefined`.
    if (checker.typeToString(declared) === checker.typeToString(withoutUndefined(type, checker)))
      return written;
  }
  const printed = checker.typeToTypeNode(type, enclosing, printFlags);
  if (printed === undefined) return null;
  return ts.isUnionTypeNode(printed) ? withoutUndefinedNode(printed) : printed;
}

const printFlags =
  ts.NodeBuilderFlags.NoTruncation |
  ts.NodeBuilderFlags.InTypeAlias |
  ts.NodeBuilderFlags.UseStructuralFallback |
  ts.NodeBuilderFlags.IgnoreErrors |
  ts.NodeBuilderFlags.UseAliasDefinedOutsideCurrentScope;

/** JSON has no `undefined`: leaving the value out stands for it. */
function withoutUndefined(type: ts.Type, checker: ts.TypeChecker): ts.Type {
  if (!type.isUnion()) return type;
  const allowsNull = type.types.some((part) => part.flags & ts.TypeFlags.Null);
  return allowsNull ? type : checker.getNonNullableType(type);
}

function withoutUndefinedNode(node: ts.UnionTypeNode): ts.TypeNode {
  const kept = node.types.filter((part) => part.kind !== ts.SyntaxKind.UndefinedKeyword);
  const [only] = kept;
  return kept.length === 1 && only !== undefined ? only : ts.factory.createUnionTypeNode(kept);
}

/** What `call` resolves to, with the written node for it where there is one. */
export function describeResult(
  signature: ts.Signature,
  checker: ts.TypeChecker,
): { type: ts.Type; written: ts.TypeNode | undefined } {
  const returned = signature.getReturnType();
  const type = checker.getAwaitedType(returned) ?? returned;
  const declared = signature.getDeclaration()?.type;
  if (declared === undefined || !ts.isTypeNode(declared)) return { type, written: undefined };
  const isPromise =
    ts.isTypeReferenceNode(declared) &&
    ts.isIdentifier(declared.typeName) &&
    declared.typeName.text === "Promise";
  return { type, written: isPromise ? declared.typeArguments?.[0] : declared };
}
