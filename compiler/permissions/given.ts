import type { Variable } from "eslint-scope";
import type { CallExpression, Identifier, MemberExpression, NewExpression, Node } from "estree";
import type { Folder } from "./fold.ts";
import { enclosingFunction, type FunctionNode, functionOf } from "./functions.ts";
import { testBefore } from "./guards.ts";
import { endOf, type Program, startOf } from "./program.ts";
import { isCalleeReplaced, isReplacedInNode } from "./replaced.ts";
import { apiOf } from "./resolve.ts";
import { keyOf } from "./table.ts";

/** One call of a function: what a parameter holds in it is what this call gives. */
export interface Given {
  readonly target: FunctionNode;
  readonly call: CallExpression | NewExpression;
}

/** What one call gives for a parameter that is never written: `undefined` where it gives nothing, null where unknown. */
export function givenFor(program: Program, name: Node, { target, call }: Given): Node | undefined | null {
  const variable = name.type === "Identifier" ? program.variableOf(name) : null;
  if (variable === null || variable.references.some((reference) => reference.isWrite())) return null;
  const index = target.params.findIndex((each) => program.declaredBy.get(each) === variable);
  if (index < 0 || variable.defs.length > 1 || program.takesArguments.has(target)) return null;
  const before = call.arguments.slice(0, index + 1);
  if (before.some(({ type }) => type === "SpreadElement")) return null;
  return before[index];
}

/** Whether calling the value can only throw. */
export function isNoFunction(program: Program, value: Node | undefined): boolean {
  if (value === undefined) return true;
  return (
    value.type === "Literal" ||
    (value.type === "UnaryExpression" && value.operator === "void") ||
    (value.type === "Identifier" && value.name === "undefined" && program.variableOf(value) === null)
  );
}

/**
 * Whether `object[key]` is read, in this call of the function around, only after a filter that was given to it said yes
 * to the key, and the filter says no to all of the names: `copy(from, to, (key) => /^is[A-Z]/.test(key))`.
 */
export function isFiltered(
  program: Program,
  fold: Folder,
  member: MemberExpression,
  names: readonly string[],
  given: Given,
): boolean {
  const key = member.computed && member.property.type === "Identifier" ? member.property : null;
  const variable = key === null ? null : program.variableOf(key);
  // A function inside could run later, when the key is another one.
  if (variable === null || enclosingFunction(program, member) !== given.target) return false;
  if (!isMemberName(program, fold, variable, given.target)) return false;
  const isKey = (node: Node | undefined): boolean =>
    node?.type === "Identifier" && program.variableOf(node) === variable;

  /** Whether the condition holds for none of the names. */
  const refuses = (test: Node): boolean => {
    if (test.type === "LogicalExpression" && test.operator === "&&")
      return refuses(test.left) || refuses(test.right);
    if (test.type === "LogicalExpression" && test.operator === "||")
      return [test.left, test.right].every((side) => isNever(side) || refuses(side));
    if (test.type !== "CallExpression" || !isKey(test.arguments[0])) return false;
    const value = givenFor(program, test.callee, given);
    const filter = value ? functionOf(program, value) : null;
    return filter !== null && names.every((name) => saysNo(program, filter, name));
  };

  /** `!filter`, where one is given. */
  const isNever = (test: Node): boolean => {
    if (test.type !== "UnaryExpression" || test.operator !== "!") return false;
    const value = givenFor(program, test.argument, given);
    return value != null && functionOf(program, value) !== null;
  };

  let below: Node = member;
  for (let at = program.parents.get(member); at !== undefined && at !== given.target; ) {
    const test = testBefore(at, below);
    if (test !== null && refuses(test) && !isWrittenIn(variable, startOf(test), endOf(below))) return true;
    below = at;
    at = program.parents.get(at);
  }
  return false;
}

function isWrittenIn(variable: Variable, from: number, to: number): boolean {
  return variable.references.some((reference) => {
    const at = startOf(reference.identifier as Node);
    return reference.isWrite() && at >= from && at <= to;
  });
}

/** Whether the variable holds nothing but texts from a list of an object's names, and only the function writes it. */
function isMemberName(program: Program, fold: Folder, variable: Variable, target: FunctionNode): boolean {
  const [definition, ...others] = variable.defs;
  if (definition?.type !== "Variable" || others.length > 0 || definition.node.id.type !== "Identifier")
    return false;
  return variable.references.every((reference) => {
    if (!reference.isWrite()) return true;
    const value = reference.writeExpr as Node | null | undefined;
    return (
      enclosingFunction(program, reference.identifier as Node) === target &&
      isGivenValue(program, reference.identifier as Node) &&
      value?.type === "MemberExpression" &&
      value.computed &&
      isListOfNames(program, fold, value.object)
    );
  });
}

/** `name = value`, and no pattern around the name. */
function isGivenValue(program: Program, name: Node): boolean {
  const parent = program.parents.get(name);
  return (
    (parent?.type === "AssignmentExpression" && parent.operator === "=" && parent.left === name) ||
    (parent?.type === "VariableDeclarator" && parent.id === name)
  );
}

/** A variable that is given what `Object.keys` gives, and of which nothing but elements and its length is read. */
function isListOfNames(program: Program, fold: Folder, list: Node): boolean {
  const variable = list.type === "Identifier" ? program.variableOf(list) : null;
  const [definition, ...others] = variable?.defs ?? [];
  if (variable === null || definition?.type !== "Variable" || others.length > 0) return false;
  return variable.references.every((reference) => {
    const name = reference.identifier as Identifier;
    if (reference.isWrite())
      return isGivenValue(program, name) && isNames(program, reference.writeExpr as Node | null | undefined);
    const parent = program.parents.get(name);
    return (
      parent?.type === "MemberExpression" &&
      parent.object === name &&
      (parent.computed || fold.key(parent) === "length") &&
      isPlainRead(program, parent)
    );
  });
}

function isNames(program: Program, value: Node | null | undefined): boolean {
  if (value?.type !== "CallExpression" || isCalleeReplaced(program, value.callee)) return false;
  const api = apiOf(program, value.callee);
  return api !== null && /^global Object\.(?:keys|getOwnPropertyNames)$/.test(keyOf(api));
}

/** `object[key]` as a value that is put or compared somewhere: neither written nor called. */
function isPlainRead(program: Program, member: MemberExpression): boolean {
  const parent = program.parents.get(member);
  return (
    (parent?.type === "AssignmentExpression" && parent.right === member) ||
    (parent?.type === "VariableDeclarator" && parent.init === member) ||
    parent?.type === "BinaryExpression"
  );
}

/** `(name) => /^is[A-Z]/.test(name)`, for a pattern that does not match. */
function saysNo(program: Program, filter: FunctionNode, name: string): boolean {
  if (filter.async === true || filter.generator === true) return false;
  const [parameter] = filter.params;
  const [only, ...more] = filter.body.type === "BlockStatement" ? filter.body.body : [filter.body];
  const result = only?.type === "ReturnStatement" ? only.argument : only;
  if (parameter?.type !== "Identifier" || more.length > 0 || result?.type !== "CallExpression") return false;
  const { callee } = result;
  const [tested] = result.arguments;
  if (callee.type !== "MemberExpression" || callee.computed || callee.property.type !== "Identifier")
    return false;
  const regex = callee.object.type === "Literal" && "regex" in callee.object ? callee.object.regex : null;
  // Patterns with repetitions could take long here.
  if (!regex || /[*+?{(]/.test(regex.pattern)) return false;
  const isTested =
    callee.property.name === "test" &&
    tested?.type === "Identifier" &&
    program.variableOf(tested) === program.declaredBy.get(parameter);
  return (
    isTested &&
    !isReplacedInNode(program, "test", "exec", "toString", "valueOf", "@@toPrimitive") &&
    !new RegExp(regex.pattern, regex.flags).test(name)
  );
}
