import type { Variable } from "eslint-scope";
import type { MemberExpression, Node } from "estree";
import { constantInit, fieldName, isMemberWritten, isTarget } from "./constant.ts";
import { type FunctionNode, functionOf, isExported } from "./functions.ts";
import type { Program } from "./program.ts";
import { isReplaced } from "./replaced.ts";
import { apiOf } from "./resolve.ts";
import { type Api, isPure, keyOf } from "./table.ts";

/** Longer ways of an object through names and functions are not followed. */
const deepest = 12;

/** Functions that reach something, but not through their `this`. */
const ignoresThis: ReadonlySet<string> = new Set([
  "global process.nextTick",
  "global setImmediate",
  "global queueMicrotask",
]);

/**
 * The function that `object.name` is whatever happens: the object is written down, and nobody who has hold of it puts
 * another one there. Null when that is not plain.
 */
export function methodOf(program: Program, callee: Node): FunctionNode | null {
  if (callee.type !== "MemberExpression" || callee.computed || callee.object.type !== "Identifier")
    return null;
  const variable = program.variableOf(callee.object);
  const object = variable === null ? null : constantInit(variable);
  const name = fieldName(callee.property);
  const value = object === null || name === null ? null : valueIn(object, name);
  if (variable === null || object === null || name === null || value === null) return null;
  return createHolding(program, object, name).isHeld(variable, 0) ? functionOf(program, value) : null;
}

/** What an object was made with under a name; null where that is not plain. */
export function valueIn(object: Node, name: string): Node | null {
  if (object.type !== "ObjectExpression") return null;
  let found: Node | null = null;
  for (const property of object.properties) {
    if (property.type !== "Property" || property.computed) return null;
    const own = fieldName(property.key);
    if (own === null || own === "__proto__") return null;
    if (own === name) found = property.kind === "init" ? property.value : null;
  }
  return found;
}

/** Whether calling the value as a method hands its object to nobody. */
export function isThisless(program: Program, node: Node, depth = 0): boolean {
  if (depth > deepest) return false;
  const target = functionOf(program, node);
  if (target !== null) return target.type === "ArrowFunctionExpression" || !program.thises.has(target);
  const api = apiOf(program, node);
  if (api !== null) return ignoresThis.has(keyOf(api)) || isStatic(api);
  const next = (at: Node): boolean => isThisless(program, at, depth + 1);
  switch (node.type) {
    case "Literal":
    case "TemplateLiteral":
    case "ObjectExpression":
    case "ArrayExpression":
      return true;
    case "Identifier": {
      const variable = program.variableOf(node);
      const init = variable === null ? null : constantInit(variable);
      return init !== null && next(init);
    }
    case "ConditionalExpression":
      return next(node.consequent) && next(node.alternate);
    case "LogicalExpression":
      // What stands before `&&` is the value only where it is nothing.
      return (node.operator === "&&" || next(node.left)) && next(node.right);
    case "CallExpression": {
      const made = functionOf(program, node.callee);
      if (made === null) return isBinding(program, node.callee);
      if (made.async === true || made.generator === true) return false;
      const results =
        made.body.type === "BlockStatement" ? (program.returns.get(made) ?? []) : [made.body as Node];
      return results.every(next);
    }
    default:
      return false;
  }
}

interface Named {
  readonly values: Node[];
  /** Whether something else is put there too. */
  isOpen: boolean;
}

const named = new WeakMap<Program, ReadonlyMap<string, Named>>();

/**
 * All that the bundle puts under a name, on whatever object; null where it puts nothing there, or something that is not
 * in view. What it writes under names that are not constant is not in here.
 */
export function valuesNamed(program: Program, name: string): readonly Node[] | null {
  let index = named.get(program);
  if (index === undefined) {
    index = indexOfNames(program);
    named.set(program, index);
  }
  const found = index.get(name);
  return found === undefined || found.isOpen ? null : found.values;
}

function indexOfNames(program: Program): ReadonlyMap<string, Named> {
  const index = new Map<string, Named>();
  const add = (key: Node, isComputed: boolean, value: Node | null | undefined, isPlain: boolean): void => {
    const name = isComputed && key.type !== "Literal" ? null : fieldName(key);
    if (name === null) return;
    const known = index.get(name) ?? { values: [], isOpen: false };
    if (!isPlain) known.isOpen = true;
    else if (value) known.values.push(value);
    index.set(name, known);
  };
  for (const [node, parent] of program.parents) {
    if (node.type === "MemberExpression" && isTarget(program, node)) {
      const isPlain = parent.type === "AssignmentExpression" && parent.operator === "=";
      add(node.property, node.computed, isPlain ? parent.right : null, isPlain);
    } else if (node.type === "Property" && parent.type === "ObjectExpression")
      add(node.key, node.computed, node.value, node.kind === "init");
    else if (node.type === "PropertyDefinition") add(node.key, node.computed, node.value, true);
    else if (node.type === "MethodDefinition")
      add(node.key, node.computed, node.value, node.kind !== "get" && node.kind !== "set");
  }
  return index;
}

/** `this.close.bind(this)`, where the bundle has no `bind` of its own. */
export function isBound(program: Program, node: Node): boolean {
  if (node.type !== "CallExpression" || node.callee.type !== "MemberExpression") return false;
  const { callee } = node;
  if (callee.object.type === "Super" || callee.computed || fieldName(callee.property) !== "bind")
    return false;
  return !indexHas(program, "bind") && !isReplaced(program, "bind");
}

function indexHas(program: Program, name: string): boolean {
  valuesNamed(program, name);
  return named.get(program)?.has(name) === true;
}

/** `Array.isArray`, `Math.max`: pure, and no method of what it is called on. */
function isStatic(api: Api): boolean {
  return api.base === "global" && api.path.length <= 2 && !api.path.includes("prototype") && isPure(api);
}

/** `queueMicrotask.bind`: what it gives has its `this`. */
function isBinding(program: Program, callee: Node): boolean {
  if (callee.type !== "MemberExpression" || callee.object.type === "Super") return false;
  return fieldName(callee.property) === "bind" && !callee.computed && apiOf(program, callee.object) !== null;
}

/** Whether nobody who has hold of the object writes its member `name`, or hands the object on. */
function createHolding(program: Program, object: Node, name: string) {
  const variables = new Set<Variable>();
  const methods = new Set<Node>();

  const isHeld = (variable: Variable, depth: number): boolean => {
    if (variables.has(variable)) return true;
    variables.add(variable);
    if (depth > deepest || isExported(program, variable)) return false;
    return variable.references.every(
      (reference) =>
        reference.init === true || (!reference.isWrite() && isUse(reference.identifier as Node, depth)),
    );
  };

  const isUse = (node: Node, depth: number): boolean => {
    const parent = program.parents.get(node);
    switch (parent?.type) {
      case "MemberExpression":
        return parent.object === node && isMember(parent, depth);
      case "BinaryExpression":
        return /^[!=]==$/.test(parent.operator);
      case "UnaryExpression":
        return ["typeof", "!", "void"].includes(parent.operator);
      case "IfStatement":
      case "ExpressionStatement":
        return true;
      case "LogicalExpression":
      case "ConditionalExpression":
      case "ChainExpression":
        return isUse(parent, depth);
      case "VariableDeclarator": {
        if (parent.id.type === "ObjectPattern") return true;
        const other = parent.id.type === "Identifier" ? program.declaredBy.get(parent.id) : undefined;
        return other !== undefined && isHeld(other, depth + 1);
      }
      case "CallExpression": {
        const target = functionOf(program, parent.callee);
        const index = (parent.arguments as readonly Node[]).indexOf(node);
        if (target === null || index < 0 || program.takesArguments.has(target)) return false;
        if (parent.arguments.some(({ type }) => type === "SpreadElement")) return false;
        const parameter = target.params[index];
        if (parameter === undefined) return target.params.at(-1)?.type !== "RestElement";
        const other = parameter.type === "Identifier" ? program.declaredBy.get(parameter) : undefined;
        return other !== undefined && isHeld(other, depth + 1);
      }
      default:
        return false;
    }
  };

  const isMember = (member: MemberExpression, depth: number): boolean => {
    const own = member.computed ? null : fieldName(member.property);
    if (isTarget(program, member)) return own !== null && own !== name && own !== "__proto__";
    const parent = program.parents.get(member);
    const isCalled =
      (parent?.type === "CallExpression" && parent.callee === member) ||
      (parent?.type === "TaggedTemplateExpression" && parent.tag === member);
    if (!isCalled) return own !== null && own !== "__proto__";
    const value = own === null ? null : valueIn(object, own);
    if (own === null || value === null || isMemberWritten(program, own)) return false;
    if (isThisless(program, value)) return true;
    const target = functionOf(program, value);
    if (target === null || methods.has(target)) return target !== null;
    methods.add(target);
    return (program.thises.get(target) ?? []).every((self) => isUse(self, depth + 1));
  };

  return { isHeld };
}
