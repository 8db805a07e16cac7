import { type Expression, type Symbol as MorphSymbol, Node } from "ts-morph";
import type { Class } from "./classes.ts";

/** Without parentheses, `as`, `satisfies` and `!`, which emit nothing. */
export function unwrap(expression: Expression): Expression {
  if (
    Node.isParenthesizedExpression(expression) ||
    Node.isAsExpression(expression) ||
    Node.isSatisfiesExpression(expression) ||
    Node.isNonNullExpression(expression)
  )
    return unwrap(expression.getExpression());
  return expression;
}

/** The symbol behind imports and re-exports. */
export function resolve(symbol: MorphSymbol | undefined): MorphSymbol | undefined {
  return symbol?.isAlias() ? symbol.getAliasedSymbol() : symbol;
}

/** The declaration of an instance member, own or inherited; the last one where there are overloads. */
export function memberDeclaration(declaration: Class, member: string): Node | null {
  const symbol = declaration.getType().getProperty(member);
  return symbol?.getValueDeclaration() ?? null;
}

/** Whether a file is one of TypeScript's libraries or of Node's types, not of the plugin or its packages. */
export function isLibraryFile(path: string): boolean {
  return /(^|\/)(lib\.[a-z0-9.]+\.d\.ts|node_modules\/@types\/node\/.*)$/.test(path);
}
