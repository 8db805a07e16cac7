import type { Variable } from "eslint-scope";
import type { CallExpression, Node } from "estree";
import { exportBy, isExportsObject, loadsOf, soleExport } from "./commonjs.ts";
import { constantInit, fieldName, isMemberWritten } from "./constant.ts";
import { isDeadAlternative } from "./language.ts";
import type { Program } from "./program.ts";
import { isReplaced } from "./replaced.ts";

/** Longer chains of names for one function are not followed. */
const deepest = 8;

export type FunctionNode = Node & {
  readonly type: "FunctionDeclaration" | "FunctionExpression" | "ArrowFunctionExpression";
};

export function isFunctionNode(node: Node | null | undefined): node is FunctionNode {
  return (
    node?.type === "FunctionDeclaration" ||
    node?.type === "FunctionExpression" ||
    node?.type === "ArrowFunctionExpression"
  );
}

/** The function that a callee is whatever happens; null when that is not plain. */
export function functionOf(program: Program, callee: Node, depth = 0): FunctionNode | null {
  if (isFunctionNode(callee)) return callee;
  if (depth > deepest) return null;
  // `require_name()`, esbuild's call for a CommonJS module
  const value = soleExport(program, callee);
  if (value !== null) return functionOf(program, value, depth + 1);
  const variable = callee.type === "Identifier" ? program.variableOf(callee) : null;
  if (variable === null) return null;
  const init = constantInit(variable);
  if (init !== null) {
    const isName = init.type === "Identifier" || soleExport(program, init) !== null;
    return isName ? functionOf(program, init, depth + 1) : functionIn(program, init, depth);
  }
  const [definition, ...others] = variable.defs;
  if (definition?.type !== "FunctionName" || others.length > 0 || !isFunctionNode(definition.node))
    return null;
  return variable.references.some((reference) => reference.isWrite()) ? null : definition.node;
}

function functionIn(program: Program, init: Node, depth: number): FunctionNode | null {
  if (isFunctionNode(init)) return init;
  // `exports && exports.__importDefault || function ...`, a compiler's helper that nobody has put there before.
  if (init.type === "LogicalExpression" && init.operator === "||" && init.left.type === "LogicalExpression") {
    const { operator, right } = init.left;
    const isHelper =
      operator === "&&" &&
      isModuleObject(program, init.left.left) &&
      right.type === "MemberExpression" &&
      !right.computed &&
      right.property.type === "Identifier" &&
      right.property.name.startsWith("__") &&
      isModuleObject(program, right.object) &&
      !isMemberWritten(program, right.property.name) &&
      !isReplaced(program, right.property.name);
    return isHelper ? functionIn(program, init.right, depth) : null;
  }
  return resultOf(program, init, depth);
}

/** `exports` of a CommonJS module, or the `this` that no module has. */
function isModuleObject(program: Program, node: Node): boolean {
  if (node.type === "ThisExpression" || (node.type === "UnaryExpression" && node.operator === "void"))
    return true;
  const variable = node.type === "Identifier" ? program.variableOf(node) : null;
  return (
    node.type === "Identifier" &&
    (variable === null ? node.name === "undefined" : isExportsObject(program, variable))
  );
}

/** `(() => (x) => ...)()`, `make()`: the function that a function without other ways out returns. */
function resultOf(program: Program, init: Node, depth: number): FunctionNode | null {
  const callee = init.type === "CallExpression" ? functionOf(program, init.callee, depth + 1) : null;
  if (callee === null) return null;
  if (callee.async === true || callee.generator === true) return null;
  const last = callee.body.type === "BlockStatement" ? callee.body.body.at(-1) : callee.body;
  const isOnlyReturn =
    callee.body.type !== "BlockStatement" ||
    callee.body.body.every(
      (statement) =>
        statement === last ||
        ["VariableDeclaration", "ExpressionStatement", "FunctionDeclaration"].includes(statement.type),
    );
  const result = last?.type === "ReturnStatement" ? last.argument : last;
  return isOnlyReturn && isFunctionNode(result) && result.type !== "FunctionDeclaration" ? result : null;
}

/**
 * The calls of a function that is called and nothing else, so that they give all values of its parameters; null where
 * others may call it too.
 */
export function callsOf(program: Program, target: FunctionNode): readonly CallExpression[] | null {
  // Inside itself it has a second name.
  const own =
    target.type === "FunctionExpression" && target.id
      ? callsByNames(program, program.variablesOf(target.id), 0)
      : [];
  if (own === null) return null;
  const above = program.parents.get(target);
  if (above?.type === "CallExpression" && above.callee === target) return [above, ...own];
  const variable = variableOfFunction(program, target);
  if (variable !== null) return joined(callsOfVariable(program, variable, 0), own);
  return above === undefined ? null : joined(callsOfExport(program, above, 0), own);
}

function joined(
  calls: readonly CallExpression[] | null,
  others: readonly CallExpression[],
): readonly CallExpression[] | null {
  return calls === null ? null : [...calls, ...others];
}

function callsByNames(
  program: Program,
  variables: readonly Variable[],
  depth: number,
): readonly CallExpression[] | null {
  const calls: CallExpression[] = [];
  for (const variable of variables) {
    const found = callsOfVariable(program, variable, depth);
    if (found === null) return null;
    calls.push(...found);
  }
  return calls;
}

function callsOfVariable(
  program: Program,
  variable: Variable,
  depth: number,
): readonly CallExpression[] | null {
  if (depth > deepest || isExported(program, variable)) return null;
  const calls: CallExpression[] = [];
  for (const reference of variable.references) {
    if (reference.init === true) continue;
    const more = callsOfValue(program, reference.identifier as Node, depth);
    if (more === null) return null;
    calls.push(...more);
  }
  return calls;
}

/** What an expression that gives the function does with it, where that is to call it. */
function callsOfValue(program: Program, node: Node, depth: number): readonly CallExpression[] | null {
  const parent = program.parents.get(node);
  if (parent?.type === "CallExpression" && parent.callee === node) return [parent];
  if (parent?.type === "AssignmentExpression") return callsOfExport(program, parent, depth);
  if (isDeadAlternative(program, node)) return [];
  // Another constant name for it, as esbuild makes for default exports.
  const alias =
    parent?.type === "VariableDeclarator" && parent.id.type === "Identifier" ? parent.id : undefined;
  const other = alias === undefined ? undefined : program.declaredBy.get(alias);
  if (other === undefined || constantInit(other) !== node) return null;
  return callsOfVariable(program, other, depth + 1);
}

/** `module.exports = name`: the calls of what loading the module gives. */
function callsOfExport(program: Program, assignment: Node, depth: number): readonly CallExpression[] | null {
  const found = exportBy(program, assignment);
  const loads = found === null || depth > deepest ? null : loadsOf(program, found.wrapper);
  if (loads === null || program.parents.get(assignment)?.type !== "ExpressionStatement") return null;
  const calls: CallExpression[] = [];
  for (const load of loads) {
    if (program.parents.get(load)?.type === "ExpressionStatement") continue;
    const more = callsOfValue(program, load, depth + 1);
    if (more === null) return null;
    calls.push(...more);
  }
  return calls;
}

/** The constructor of the class that a callee of `new` is whatever happens; null where the class has none of its own. */
export function constructorOf(program: Program, callee: Node): FunctionNode | null {
  const variable = callee.type === "Identifier" ? program.variableOf(callee) : null;
  const [definition, ...others] = variable?.defs ?? [];
  if (variable === null || definition === undefined || others.length > 0) return null;
  const isWritten = variable.references.some((reference) => reference.isWrite() && reference.init !== true);
  const owner = definition.type === "ClassName" ? definition.node : constantInit(variable);
  if (isWritten || (owner?.type !== "ClassDeclaration" && owner?.type !== "ClassExpression")) return null;
  const own = owner.body.body.find(
    (element) => element.type === "MethodDefinition" && element.kind === "constructor",
  );
  return own?.type === "MethodDefinition" && isFunctionNode(own.value) ? own.value : null;
}

/** A compiler's helper for default imports: `(m) => m && m.__esModule ? m : { default: m }`. */
export function isDefaultWrapper(target: FunctionNode): boolean {
  const [parameter, ...others] = target.params;
  const [only, ...more] = target.body.type === "BlockStatement" ? target.body.body : [target.body];
  const result = only?.type === "ReturnStatement" ? only.argument : only;
  if (parameter?.type !== "Identifier" || others.length + more.length > 0) return false;
  if (result?.type !== "ConditionalExpression" || result.alternate.type !== "ObjectExpression") return false;
  const isParameter = (node: Node): boolean => node.type === "Identifier" && node.name === parameter.name;
  const { test, consequent, alternate } = result;
  const [property, ...rest] = alternate.properties;
  return (
    test.type === "LogicalExpression" &&
    test.operator === "&&" &&
    isParameter(test.left) &&
    test.right.type === "MemberExpression" &&
    isParameter(test.right.object) &&
    fieldName(test.right.property) === "__esModule" &&
    isParameter(consequent) &&
    rest.length === 0 &&
    property?.type === "Property" &&
    !property.computed &&
    fieldName(property.key) === "default" &&
    isParameter(property.value)
  );
}

/** The variable that names a function, and the only one; null where it has none. */
export function variableOfFunction(program: Program, target: FunctionNode): Variable | null {
  if (target.type === "FunctionDeclaration") return program.declaredBy.get(target.id) ?? null;
  let parent = program.parents.get(target);
  while (parent?.type === "LogicalExpression") parent = program.parents.get(parent);
  if (parent?.type !== "VariableDeclarator" || parent.id.type !== "Identifier") return null;
  const variable = program.declaredBy.get(parent.id) ?? null;
  const init = variable === null ? null : constantInit(variable);
  return init !== null && functionIn(program, init, 0) === target ? variable : null;
}

export function enclosingFunction(program: Program, node: Node): FunctionNode | null {
  for (let at = program.parents.get(node); at !== undefined; at = program.parents.get(at)) {
    if (isFunctionNode(at)) return at;
  }
  return null;
}

/** `export const f = ...`: others can read it. Lists of exports are mentions of their own. */
export function isExported(program: Program, variable: Variable): boolean {
  return variable.defs.some((definition) => {
    const declaration = program.parents.get(definition.node as Node);
    const above = declaration === undefined ? undefined : program.parents.get(declaration);
    return [declaration, above].some(
      (node) => node !== undefined && /^Export(?:Named|Default)/.test(node.type),
    );
  });
}
