import { type Expression, Node, ts } from "ts-morph";

/** The value of an initializer that is plain JSON; undefined for anything computed. */
export function defaultValue(node: Expression | undefined): { readonly value: unknown } | undefined {
  if (node === undefined) return undefined;
  if (Node.isParenthesizedExpression(node) || Node.isAsExpression(node) || Node.isSatisfiesExpression(node))
    return defaultValue(node.getExpression());
  if (Node.isNullLiteral(node)) return { value: null };
  if (Node.isArrayLiteralExpression(node)) {
    const values = node
      .getElements()
      .map((element) => (Node.isSpreadElement(element) ? undefined : defaultValue(element)));
    return values.every((entry) => entry !== undefined)
      ? { value: values.map((entry) => entry.value) }
      : undefined;
  }
  if (Node.isObjectLiteralExpression(node)) {
    const entries: [string, unknown][] = [];
    for (const property of node.getProperties()) {
      const name = Node.isPropertyAssignment(property) ? property.getNameNode() : undefined;
      if (!Node.isPropertyAssignment(property) || name === undefined || Node.isComputedPropertyName(name))
        return undefined;
      const value = defaultValue(property.getInitializer());
      if (value === undefined) return undefined;
      const key =
        Node.isStringLiteral(name) || Node.isNumericLiteral(name) ? name.getLiteralText() : name.getText();
      entries.push([key, value.value]);
    }
    return { value: Object.fromEntries(entries) };
  }
  return literalOf(node);
}

/** Literals, and names of constants and enum members, which have a literal type. */
function literalOf(node: Expression): { readonly value: unknown } | undefined {
  const type = node.getType().compilerType;
  if (type.isStringLiteral() || type.isNumberLiteral()) return { value: type.value };
  if (type.flags & ts.TypeFlags.BooleanLiteral) return { value: node.getType().getText() === "true" };
  return undefined;
}
