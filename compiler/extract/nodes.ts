import { type Expression, Node, SyntaxKind, ts, type VariableDeclaration } from "ts-morph";
import { diagnostic } from "../diagnostics/codes.ts";
import type { Diagnostic, Place } from "../diagnostics/types.ts";
import { type Class, isInSdk, isSubclassOf, placeOf } from "./classes.ts";
import { memberDeclaration, resolve, unwrap } from "./syntax.ts";

/** A node class that the plugin lists, with the `new` expression that lists it. */
export interface ListedNode {
  readonly declaration: Class;
  readonly className: string;
  readonly listedAt: Place;
}

/**
 * The node classes in the order of `nodes()`, read from its syntax. Asking for the type of the array literal instead
 * would cost quadratic time in TypeScript. Reports NX2008, NX2009 and NX2016.
 */
export function listNodes(
  plugin: Class,
  root: string,
  report: (found: Diagnostic) => void,
): readonly ListedNode[] {
  const name = plugin.getName() ?? "the plugin";
  const declaration = memberDeclaration(plugin, "nodes");
  const body =
    declaration !== null && Node.isMethodDeclaration(declaration)
      ? declaration.getBody()
      : declaration !== null && Node.isPropertyDeclaration(declaration)
        ? arrowBody(declaration.getInitializer())
        : null;
  if (declaration === null || body === null || body === undefined) {
    const isOwn = declaration !== null && !isInSdk(declaration);
    const place = placeOf(isOwn ? declaration : (plugin.getNameNode() ?? plugin), root);
    const what = isOwn ? "it is not a method with a body" : "it is not declared";
    report(diagnostic("NX2008", place, { what }));
    return [];
  }
  const refuse = (node: Node, what: string): readonly ListedNode[] => {
    report(diagnostic("NX2008", placeOf(node, root), { what }));
    return [];
  };

  const returned = returnedBy(body);
  if ("what" in returned) return refuse(returned.node, returned.what);

  const visiting = new Set<Node>();
  const readList = (expression: Expression): readonly ListedNode[] => {
    const list = unwrap(expression);
    if (Node.isArrayLiteralExpression(list))
      return list
        .getElements()
        .flatMap((element) =>
          Node.isSpreadElement(element) ? readList(element.getExpression()) : readElement(element),
        );
    if (Node.isIdentifier(list)) return followConstant(list, readList);
    return refuse(list, `\`${shorten(list.getText())}\` is not an array literal`);
  };
  const readElement = (expression: Expression): readonly ListedNode[] => {
    const element = unwrap(expression);
    if (Node.isNewExpression(element)) return readClass(element.getExpression(), element);
    if (Node.isIdentifier(element)) return followConstant(element, readElement);
    return refuse(element, `\`${shorten(element.getText())}\` is not a \`new\` expression`);
  };
  const followConstant = (
    identifier: Expression,
    next: (initializer: Expression) => readonly ListedNode[],
  ): readonly ListedNode[] => {
    const variable = resolve(identifier.getSymbol())?.getValueDeclaration();
    const initializer = Node.isVariableDeclaration(variable) ? variable.getInitializer() : undefined;
    if (!Node.isVariableDeclaration(variable) || initializer === undefined)
      return refuse(identifier, `\`${shorten(identifier.getText())}\` is not a constant`);
    if (variable.getVariableStatement()?.getDeclarationKind() !== "const")
      return refuse(identifier, `\`${identifier.getText()}\` is not declared with \`const\``);
    const change = changeOf(variable);
    if (change !== null)
      return refuse(change, `\`${identifier.getText()}\` is changed after its declaration`);
    if (visiting.has(variable)) return refuse(identifier, `\`${identifier.getText()}\` refers to itself`);
    visiting.add(variable);
    const found = next(initializer);
    visiting.delete(variable);
    return found;
  };
  const readClass = (expression: Expression, listed: Node): readonly ListedNode[] => {
    const declared = resolve(expression.getSymbol())?.getValueDeclaration();
    if (!Node.isClassDeclaration(declared))
      return refuse(expression, `\`${shorten(expression.getText())}\` is not a class declaration`);
    const className = declared.getName() ?? "default";
    if (!isSubclassOf(declared, "Node")) {
      report(
        diagnostic("NX2009", placeOf(expression, root), { name: className, what: "does not extend `Node`" }),
      );
      return [];
    }
    return [{ declaration: declared, className, listedAt: placeOf(listed, root) }];
  };

  let refused = false;
  const outer = report;
  report = (found) => {
    refused = true;
    outer(found);
  };
  const found = readList(returned);
  if (found.length === 0 && !refused) outer(diagnostic("NX2016", placeOf(declaration, root), { name }));
  return found;
}

interface Refusal {
  readonly node: Node;
  readonly what: string;
}

/** The returned expression of a body that holds nothing but constants and one `return`. */
function returnedBy(body: Node): Expression | Refusal {
  if (Node.isExpression(body)) return body;
  let found: Expression | null = null;
  for (const statement of body
    .getChildrenOfKind(SyntaxKind.SyntaxList)
    .flatMap((list) => list.getChildren())) {
    if (Node.isVariableStatement(statement) && statement.getDeclarationKind() === "const") continue;
    if (Node.isReturnStatement(statement) && found === null) {
      const expression = statement.getExpression();
      if (expression === undefined) return { node: statement, what: "it returns nothing" };
      found = expression;
      continue;
    }
    if (Node.isCommentStatement(statement)) continue;
    return { node: statement, what: "it does more than return a list" };
  }
  return found ?? { node: body, what: "it returns nothing" };
}

function arrowBody(initializer: Expression | undefined): Node | null {
  if (Node.isArrowFunction(initializer) || Node.isFunctionExpression(initializer))
    return initializer.getBody();
  return null;
}

const changingMethods: ReadonlySet<string> = new Set([
  "push",
  "pop",
  "shift",
  "unshift",
  "splice",
  "sort",
  "reverse",
  "fill",
  "copyWithin",
]);

/** A place in the declaring file that changes the constant's array. Other files are left to the runtime's check. */
function changeOf(variable: VariableDeclaration): Node | null {
  const file = variable.getSourceFile();
  const places = changesIn(file.compilerNode).get(variable.getName()) ?? [];
  const symbol = variable.getSymbol();
  for (const place of places) {
    const start = place.getStart(file.compilerNode);
    const access = file.getDescendantAtStartWithWidth(start, place.end - start);
    if (
      (Node.isPropertyAccessExpression(access) || Node.isElementAccessExpression(access)) &&
      access.getExpression().getSymbol() === symbol
    )
      return access;
  }
  return null;
}

const changes = new WeakMap<ts.SourceFile, ReadonlyMap<string, readonly ts.Node[]>>();

/** By name, the places that change what the name stands for: a plugin may list its nodes by hundreds of constants. */
function changesIn(file: ts.SourceFile): ReadonlyMap<string, readonly ts.Node[]> {
  const known = changes.get(file);
  if (known !== undefined) return known;
  const found = new Map<string, ts.Node[]>();
  const visit = (node: ts.Node): void => {
    const name = changedBy(node);
    if (name !== null) found.set(name, [...(found.get(name) ?? []), node]);
    ts.forEachChild(node, visit);
  };
  visit(file);
  changes.set(file, found);
  return found;
}

/** The name in `name.push`, `name.length = 0` and `name[0] = value`. */
export function changedBy(node: ts.Node): string | null {
  const isMember = ts.isPropertyAccessExpression(node);
  if (!(isMember || ts.isElementAccessExpression(node)) || !ts.isIdentifier(node.expression)) return null;
  const isChange = (isMember && changingMethods.has(node.name.text)) || isAssigned(node);
  return isChange ? node.expression.text : null;
}

function isAssigned(access: ts.Node): boolean {
  const { parent } = access;
  return (
    ts.isBinaryExpression(parent) &&
    parent.left === access &&
    parent.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
    parent.operatorToken.kind <= ts.SyntaxKind.LastAssignment
  );
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > 40 ? `${line.slice(0, 40)}…` : line;
}
