import type { Variable } from "eslint-scope";
import type { CallExpression, Node } from "estree";
import { constantInit, fieldName, isMemberWritten } from "./constant.ts";
import { type Helpers, wrappedModule } from "./helpers.ts";
import type { Program } from "./program.ts";

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
  const variable = callee.type === "Identifier" ? program.variableOf(callee) : null;
  if (variable === null) return null;
  const init = constantInit(variable);
  if (init !== null)
    return init.type === "Identifier" ? functionOf(program, init, depth + 1) : functionIn(program, init);
  const [definition, ...others] = variable.defs;
  if (definition?.type !== "FunctionName" || others.length > 0 || !isFunctionNode(definition.node))
    return null;
  return variable.references.some((reference) => reference.isWrite()) ? null : definition.node;
}

function functionIn(program: Program, init: Node): FunctionNode | null {
  if (isFunctionNode(init)) return init;
  // `exports && exports.__importDefault || function ...`, a compiler's helper that nobody has put there before.
  if (init.type === "LogicalExpression" && init.operator === "||" && init.left.type === "LogicalExpression") {
    const { operator, right } = init.left;
    const isHelper =
      operator === "&&" &&
      right.type === "MemberExpression" &&
      !right.computed &&
      right.property.type === "Identifier" &&
      right.property.name.startsWith("__") &&
      !isMemberWritten(program, right.property.name);
    return isHelper ? functionIn(program, init.right) : null;
  }
  return resultOf(init);
}

/** `(() => (x) => ...)()`: the function that a function without other ways out returns. */
function resultOf(init: Node): FunctionNode | null {
  if (init.type !== "CallExpression" || !isFunctionNode(init.callee)) return null;
  const { callee } = init;
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
  const above = program.parents.get(target);
  if (
    above?.type === "CallExpression" &&
    above.callee === target &&
    !(target.type === "FunctionExpression" && target.id)
  ) {
    return [above];
  }
  // Inside itself it has a second name.
  if (target.type === "FunctionExpression" && target.id) return null;
  const variable = variableOfFunction(program, target);
  return variable === null ? null : callsOfVariable(program, variable, 0);
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
    const node = reference.identifier as Node;
    const parent = program.parents.get(node);
    if (parent?.type === "CallExpression" && parent.callee === node) {
      calls.push(parent);
      continue;
    }
    // Another constant name for it, as esbuild makes for default exports.
    const alias =
      parent?.type === "VariableDeclarator" && parent.id.type === "Identifier" ? parent.id : undefined;
    const other = alias === undefined ? undefined : program.declaredBy.get(alias);
    if (other === undefined || constantInit(other) !== node) return null;
    const more = callsOfVariable(program, other, depth + 1);
    if (more === null) return null;
    calls.push(...more);
  }
  return calls;
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
  return init !== null && functionIn(program, init) === target ? variable : null;
}

export function enclosingFunction(program: Program, node: Node): FunctionNode | null {
  for (let at = program.parents.get(node); at !== undefined; at = program.parents.get(at)) {
    if (isFunctionNode(at)) return at;
  }
  return null;
}

/** The variable of the CommonJS module whose only use of `module` and `exports` is this assignment. */
export function wrapperOf(program: Program, helpers: Helpers, assignment: Node): Variable | null {
  if (assignment.type !== "AssignmentExpression" || assignment.operator !== "=") return null;
  const { left } = assignment;
  if (left.type !== "MemberExpression" || left.computed || left.object.type !== "Identifier") return null;
  if (left.property.type !== "Identifier" || left.property.name !== "exports") return null;
  const parameter = program.variableOf(left.object);
  const [definition] = parameter?.defs ?? [];
  if (parameter === null || definition?.type !== "Parameter" || definition.index !== 1) return null;
  const scope = parameter.scope;
  const params = scope.variables.filter((variable) => variable.defs.some(({ type }) => type === "Parameter"));
  if (params.some((variable) => variable.references.length !== (variable === parameter ? 1 : 0))) return null;
  for (let at: Node | undefined = definition.node; at !== undefined; at = program.parents.get(at)) {
    if (at.type !== "VariableDeclarator") continue;
    const wrapped = wrappedModule(at.init, helpers);
    return wrapped !== null && at.id.type === "Identifier" && wrapped.params.includes(definition.name)
      ? (program.declaredBy.get(at.id) ?? null)
      : null;
  }
  return null;
}

/** `export const f = ...`: others can read it. Lists of exports are mentions of their own. */
export function isExported(program: Program, variable: Variable): boolean {
  return variable.defs.some((definition) => {
    const declaration = program.parents.get(definition.node as Node);
    return declaration !== undefined && program.parents.get(declaration)?.type === "ExportNamedDeclaration";
  });
}
