import { ts } from "ts-morph";

/** A value that is written down. */
export interface Literal {
  readonly value: unknown;
}

/**
 * The JSON value that an expression writes down; undefined for anything computed. `constantOf` is asked about parts
 * that are no literal, such as names.
 */
export function literalOf(
  node: ts.Expression,
  constantOf: (node: ts.Expression) => Literal | undefined,
): Literal | undefined {
  const again = (part: ts.Expression): Literal | undefined => literalOf(part, constantOf);
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node))
    return again(node.expression);
  if (node.kind === ts.SyntaxKind.NullKeyword) return { value: null };
  if (node.kind === ts.SyntaxKind.TrueKeyword) return { value: true };
  if (node.kind === ts.SyntaxKind.FalseKeyword) return { value: false };
  if (ts.isStringLiteralLike(node)) return { value: node.text };
  if (ts.isNumericLiteral(node)) return { value: Number(node.text) };
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.MinusToken) {
    const { value } = again(node.operand) ?? {};
    return typeof value === "number" ? { value: -value } : undefined;
  }
  if (ts.isArrayLiteralExpression(node)) {
    const parts = node.elements.map(again);
    return parts.every((part) => part !== undefined) ? { value: parts.map((part) => part.value) } : undefined;
  }
  if (ts.isObjectLiteralExpression(node)) {
    const entries: [string, unknown][] = [];
    for (const property of node.properties) {
      if (!ts.isPropertyAssignment(property) || ts.isComputedPropertyName(property.name)) return undefined;
      const part = again(property.initializer);
      if (part === undefined) return undefined;
      entries.push([property.name.text, part.value]);
    }
    return { value: Object.fromEntries(entries) };
  }
  return constantOf(node);
}

/** The value of a text that is JSON, or JSON as people write it: `{ size: 'big', }`. */
export function literalIn(text: string): Literal | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    if (!/^[[{'"`]/.test(text)) return undefined;
  }
  const source = ts.createSourceFile("literal.ts", `(${text}\n)`, ts.ScriptTarget.Latest);
  const [statement, ...others] = source.statements;
  const { parseDiagnostics } = source as unknown as { readonly parseDiagnostics: readonly unknown[] };
  if (statement === undefined || others.length > 0 || parseDiagnostics.length > 0) return undefined;
  return ts.isExpressionStatement(statement) ? literalOf(statement.expression, () => undefined) : undefined;
}
