import { ts } from "ts-morph";
import { digest } from "../load/memory.ts";
import { changedBy } from "./nodes.ts";

/**
 * A digest of all of a source that anything outside of it, or a node that it declares, can depend on: its text without
 * the bodies of functions and methods whose result is written out. TypeScript never looks into such a body for a type.
 * A body stays in where it does more than compute: where it changes what the module declares, which narrowing and the
 * list of nodes look at, or imports something; and that of `nodes`, which is read.
 */
export function outlineOf(file: ts.SourceFile): string {
  if (!/\.[cm]?tsx?$/.test(file.fileName)) return digest(file.text);
  const names = declaredIn(file);
  const kept: string[] = [];
  let at = 0;
  for (const body of file.statements.flatMap(bodiesOf)) {
    if (!isInert(body, names)) continue;
    kept.push(file.text.slice(at, body.pos));
    at = body.end;
  }
  return digest([...kept, file.text.slice(at)].join("\u0000"));
}

/** In the order of the text; none lies within another. */
function bodiesOf(statement: ts.Statement): readonly ts.Node[] {
  if (ts.isFunctionDeclaration(statement)) return bodyOf(statement);
  if (ts.isClassDeclaration(statement)) return statement.members.flatMap(memberBody);
  if (!ts.isVariableStatement(statement)) return [];
  return statement.declarationList.declarations.flatMap(({ initializer }) => bodyOf(initializer));
}

function memberBody(member: ts.ClassElement): readonly ts.Node[] {
  if (member.name === undefined || ts.isComputedPropertyName(member.name) || member.name.text === "nodes")
    return [];
  return bodyOf(ts.isPropertyDeclaration(member) ? member.initializer : member);
}

function bodyOf(node: ts.Node | undefined): readonly ts.Node[] {
  const isFunction =
    node !== undefined &&
    (ts.isFunctionDeclaration(node) ||
      ts.isFunctionExpression(node) ||
      ts.isArrowFunction(node) ||
      ts.isMethodDeclaration(node) ||
      ts.isGetAccessorDeclaration(node));
  return isFunction && node.type !== undefined && node.body !== undefined ? [node.body] : [];
}

/** Whether nothing outside of the body can tell what it says. `names` are those of the module. */
function isInert(body: ts.Node, names: ReadonlySet<string>): boolean {
  const isKnown = (node: ts.Node): boolean =>
    (ts.isIdentifier(node) && names.has(node.text)) || ts.forEachChild(node, isKnown) === true;
  const tells = (node: ts.Node): boolean => {
    if (node.kind === ts.SyntaxKind.ImportKeyword || ts.isImportTypeNode(node)) return true;
    if (ts.isIdentifier(node) && node.text === "require") return true;
    const target = targetOf(node);
    if (target !== null && isKnown(target)) return true;
    const changed = changedBy(node);
    if (changed !== null && names.has(changed)) return true;
    return ts.forEachChild(node, tells) === true;
  };
  return !tells(body);
}

/** What an assignment, `++`, `--`, `delete` or the head of a loop gives another value. */
function targetOf(node: ts.Node): ts.Node | null {
  if (ts.isBinaryExpression(node)) {
    const { kind } = node.operatorToken;
    const isAssignment = kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
    return isAssignment ? node.left : null;
  }
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) return node.operand;
  if (ts.isDeleteExpression(node)) return node.expression;
  return ts.isForOfStatement(node) || ts.isForInStatement(node) ? node.initializer : null;
}

/** All names that stand outside of functions, and those of the functions there: generous, since one too many costs nothing. */
function declaredIn(file: ts.SourceFile): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) names.add(node.text);
    else if (!ts.isFunctionLike(node)) ts.forEachChild(node, visit);
    else if (node.name !== undefined) visit(node.name);
  };
  visit(file);
  return names;
}
