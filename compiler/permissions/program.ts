import { Parser } from "acorn";
import { analyze, type Reference, type Scope, type Variable } from "eslint-scope";
import type { Expression, Identifier, Node, Program as Tree } from "estree";

/** A parsed bundle with what JavaScript's scopes say about every name in it. */
export interface Program {
  readonly text: string;
  readonly tree: Tree;
  readonly parents: ReadonlyMap<Node, Node>;
  /** Every mention of a name that reads or writes it, in source order. */
  readonly references: readonly Reference[];
  /** Declarations at the top of the module. */
  readonly moduleScope: Scope;
  /** What a name stands for; null when it is a global or not a mention at all. */
  readonly variableOf: (identifier: Identifier) => Variable | null;
  /** The variable that a name declares. */
  readonly declaredBy: ReadonlyMap<Node, Variable>;
  /** All variables that a name declares: a class knows itself by a second one. */
  readonly variablesOf: (name: Node) => readonly Variable[];
  /** Every `this`, by the function whose own it is and by each class around it. */
  readonly thises: ReadonlyMap<Node, readonly Node[]>;
  /** What each function returns; the body of an arrow function without braces is not in here. */
  readonly returns: ReadonlyMap<Node, readonly Node[]>;
  /** Functions that can see their arguments by other ways than their parameters. */
  readonly takesArguments: ReadonlySet<Node>;
  /** Every `import()` and `import.meta`. */
  readonly special: readonly Node[];
  /** Every member access and object pattern. */
  readonly members: readonly Node[];
  /** Every `if`, `?:`, `&&`, `||` and `??`. */
  readonly branches: readonly Node[];
}

/**
 * acorn takes a regular expression after the `yield` of a method for a division. In a module `yield` is never a name, so
 * that what follows it is always an expression.
 */
const BundleParser = Parser.extend(
  (Base) =>
    class extends Base {
      inGeneratorContext(): boolean {
        return true;
      }
    },
);

/** Throws acorn's SyntaxError: a bundle that esbuild wrote always parses. */
export function parseBundle(text: string): Program {
  // acorn builds ESTree nodes; only its type names differ.
  const tree = BundleParser.parse(text, {
    ecmaVersion: "latest",
    sourceType: "module",
    ranges: true,
  }) as unknown as Tree;
  const parents = new Map<Node, Node>();
  const special: Node[] = [];
  const members: Node[] = [];
  const branches: Node[] = [];
  const owned: Node[] = [];
  walk(tree, parents, (node) => {
    if (node.type === "ImportExpression" || node.type === "MetaProperty") special.push(node);
    if (node.type === "MemberExpression" || node.type === "ObjectPattern") members.push(node);
    if (branching.has(node.type)) branches.push(node);
    if (node.type === "ThisExpression" || node.type === "ReturnStatement") owned.push(node);
  });
  const thises = new Map<Node, Node[]>();
  const returns = new Map<Node, Node[]>();
  for (const node of owned) {
    if (node.type === "ReturnStatement") {
      const owner = ownerOf(node, parents, returners);
      if (owner !== undefined && node.argument) append(returns, owner, node.argument);
      continue;
    }
    for (let at = ownerOf(node, parents, binders); at !== undefined; at = ownerOf(at, parents, classes)) {
      append(thises, at, node);
    }
  }
  // In strict code, which a module is, `eval` declares nothing outside itself.
  const scopes = analyze(tree, { ecmaVersion: 2022, sourceType: "module", ignoreEval: true });
  const references = scopes.scopes.flatMap((scope) => scope.references);
  const takesArguments = new Set<Node>();
  for (const { resolved: variable, identifier } of references) {
    if (variable?.name !== "arguments" || variable.defs.length > 0) continue;
    if (!isCounted(identifier as Node, parents)) takesArguments.add(variable.scope.block as Node);
  }
  const resolved = new Map<Identifier, Variable | null>();
  for (const reference of references) {
    if (reference.identifier.type === "Identifier") resolved.set(reference.identifier, reference.resolved);
  }
  const declaredBy = new Map<Node, Variable>();
  const variables = new Map<Node, Variable[]>();
  for (const scope of scopes.scopes) {
    for (const variable of scope.variables) {
      for (const identifier of variable.identifiers) {
        declaredBy.set(identifier, variable);
        append(variables, identifier, variable);
      }
    }
  }
  const moduleScope = scopes.scopes.find((scope) => scope.type === "module");
  if (moduleScope === undefined) throw new Error("the bundle has no module scope");
  return {
    text,
    tree,
    parents,
    references: references.sort((a, b) => startOf(a.identifier) - startOf(b.identifier)),
    moduleScope,
    variableOf: (identifier) => resolved.get(identifier) ?? null,
    declaredBy,
    variablesOf: (name) => variables.get(name) ?? [],
    thises,
    returns,
    takesArguments,
    special,
    members,
    branches,
  };
}

/** 0-based UTF-16 offset in the bundle. */
export function startOf(node: { readonly range?: [number, number] | undefined }): number {
  return rangeOf(node)[0];
}

export function endOf(node: { readonly range?: [number, number] | undefined }): number {
  return rangeOf(node)[1];
}

/** Drops what changes no value: `?.` wrappers. */
export function bare(node: Expression): Expression {
  return node.type === "ChainExpression" ? node.expression : node;
}

/** What holds the node's value, past a `?.` wrapper. */
export function aboveChain(program: Program, node: Node): Node | undefined {
  const parent = program.parents.get(node);
  return parent?.type === "ChainExpression" ? program.parents.get(parent) : parent;
}

function rangeOf(node: { readonly range?: [number, number] | undefined }): [number, number] {
  if (node.range === undefined) throw new Error("a node of the bundle has no range");
  return node.range;
}

/**
 * Iterative, because generated code nests deeper than the stack: long `a + b + c ...` and `else if` chains. By key and
 * without lists of its own, because it sees every value of the tree, most of which are not nodes.
 */
function walk(root: Node, parents: Map<Node, Node>, visit: (node: Node) => void): void {
  const stack: Node[] = [root];
  const add = (value: unknown, parent: Node): void => {
    if (!isNode(value)) return;
    parents.set(value, parent);
    stack.push(value);
  };
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    visit(node);
    for (const key in node) {
      const value: unknown = node[key as keyof Node];
      if (typeof value !== "object" || value === null || key === "range") continue;
      if (Array.isArray(value)) for (const child of value) add(child, node);
      else add(value, node);
    }
  }
}

const returners: ReadonlySet<string> = new Set([
  "FunctionDeclaration",
  "FunctionExpression",
  "ArrowFunctionExpression",
]);
const binders: ReadonlySet<string> = new Set(["FunctionDeclaration", "FunctionExpression", "ClassBody"]);
const classes: ReadonlySet<string> = new Set(["ClassBody"]);
const branching: ReadonlySet<string> = new Set(["IfStatement", "ConditionalExpression", "LogicalExpression"]);

/** The nearest node above of one of the types. */
function ownerOf(node: Node, parents: ReadonlyMap<Node, Node>, types: ReadonlySet<string>): Node | undefined {
  let at = parents.get(node);
  while (at !== undefined && !types.has(at.type)) at = parents.get(at);
  return at;
}

/** `arguments.length`, which is not written. */
function isCounted(node: Node, parents: ReadonlyMap<Node, Node>): boolean {
  const member = parents.get(node);
  if (member?.type !== "MemberExpression" || member.object !== node || member.computed) return false;
  const above = parents.get(member);
  return (
    member.property.type === "Identifier" &&
    member.property.name === "length" &&
    (above?.type === "BinaryExpression" || above?.type === "MemberExpression")
  );
}

function append<V>(map: Map<Node, V[]>, key: Node, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function isNode(value: unknown): value is Node {
  return (
    typeof value === "object" &&
    value !== null &&
    "type" in value &&
    typeof value.type === "string" &&
    "range" in value
  );
}
