import type { Variable } from "eslint-scope";
import type { BinaryExpression, CallExpression, MemberExpression, Node } from "estree";
import { constantInit, fieldName, isTarget } from "./constant.ts";
import { type FunctionNode, functionOf, isExported } from "./functions.ts";
import { type Given, givenFor, isNoFunction } from "./given.ts";
import { aboveChain, endOf, type Program, startOf } from "./program.ts";
import { isCalleeReplaced, isIterationChanged, isReplaced, isReplacedInNode } from "./replaced.ts";
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
  const { isWhole, written, called } = holdingOf(program, object, variable);
  if (!isWhole || written.has(name) || [...called].some((each) => written.has(each))) return null;
  return functionOf(program, value);
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
      if (init !== null) return next(init);
      const map = variable === null ? null : mappedBy(program, variable);
      return map !== null && areResults(program, map, next);
    }
    case "ConditionalExpression":
      return next(node.consequent) && next(node.alternate);
    case "LogicalExpression":
      // What stands before `&&` is the value only where it is nothing.
      return (node.operator === "&&" || next(node.left)) && next(node.right);
    case "CallExpression": {
      const made = functionOf(program, node.callee);
      return made === null ? isBinding(program, node.callee) : areResults(program, made, next);
    }
    default:
      return false;
  }
}

function areResults(program: Program, made: FunctionNode, is: (result: Node) => boolean): boolean {
  if (made.async === true || made.generator === true) return false;
  return (
    made.body.type === "BlockStatement" ? (program.returns.get(made) ?? []) : [made.body as Node]
  ).every(is);
}

/** `const [name] = ["a", "b"].map(make)`: the function that made what the variable holds. */
function mappedBy(program: Program, variable: Variable): FunctionNode | null {
  const [definition, ...others] = variable.defs;
  if (definition?.type !== "Variable" || others.length > 0) return null;
  const { id, init } = definition.node;
  if (id.type !== "ArrayPattern" || !id.elements.includes(definition.name as never)) return null;
  if (variable.references.some((reference) => reference.isWrite() && reference.init !== true)) return null;
  if (init?.type !== "CallExpression" || init.callee.type !== "MemberExpression" || init.callee.computed)
    return null;
  const [make] = init.arguments;
  const isMap = init.callee.object.type === "ArrayExpression" && fieldName(init.callee.property) === "map";
  if (!isMap || make === undefined || isIterationChanged(program)) return null;
  return isReplacedInNode(program, "map", "constructor", "@@species") ? null : functionOf(program, make);
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
  // Elements of lists are put there in ways without a name.
  if (/^\d+$/.test(name)) return null;
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

/** What those who have hold of an object do with it. */
interface Holding {
  /** Whether each of them is in view. */
  readonly isWhole: boolean;
  readonly written: ReadonlySet<string>;
  readonly called: ReadonlySet<string>;
}

const holdings = new WeakMap<Node, Holding>();

function holdingOf(program: Program, object: Node, variable: Variable): Holding {
  const known = holdings.get(object) ?? findHolding(program, object, variable);
  holdings.set(object, known);
  return known;
}

function findHolding(program: Program, object: Node, first: Variable): Holding {
  const variables = new Set<Variable>();
  const calls = new Map<Node, Set<Variable>>();
  const methods = new Set<Node>();
  const written = new Set<string>();
  const called = new Set<string>();

  const isHeld = (variable: Variable, depth: number): boolean => {
    if (variables.has(variable)) return true;
    variables.add(variable);
    if (depth > deepest || isExported(program, variable)) return false;
    return variable.references.every(
      (reference) => !reference.isRead() || isUse(reference.identifier as Node, depth, null),
    );
  };

  /** What one call does with it, by a parameter of the function that is called. */
  const isGiven = (variable: Variable, depth: number, given: Given): boolean => {
    const known = calls.get(given.call) ?? new Set();
    if (variables.has(variable) || known.has(variable)) return true;
    calls.set(given.call, known.add(variable));
    if (depth > deepest) return false;
    return variable.references.every(
      (reference) => !reference.isRead() || isUse(reference.identifier as Node, depth, given),
    );
  };

  const isUse = (node: Node, depth: number, given: Given | null): boolean => {
    const parent = program.parents.get(node);
    switch (parent?.type) {
      case "MemberExpression":
        return parent.object === node && isMember(parent, depth);
      case "BinaryExpression":
        return /^[!=]==$/.test(parent.operator) || isNullTest(parent);
      case "UnaryExpression":
        return ["typeof", "!", "void"].includes(parent.operator);
      case "IfStatement":
      case "DoWhileStatement":
      case "WhileStatement":
      case "ExpressionStatement":
        return true;
      case "LogicalExpression":
      case "ConditionalExpression":
      case "ChainExpression":
        return isUse(parent, depth, given);
      case "VariableDeclarator": {
        if (parent.id.type === "ObjectPattern") return true;
        const other = parent.id.type === "Identifier" ? program.declaredBy.get(parent.id) : undefined;
        return other !== undefined && isHeld(other, depth + 1);
      }
      case "CallExpression":
        return isArgument(node, parent, depth, given);
      default:
        return false;
    }
  };

  const isArgument = (node: Node, call: CallExpression, depth: number, given: Given | null): boolean => {
    const index = (call.arguments as readonly Node[]).indexOf(node);
    if (index < 0 || call.arguments.some(({ type }) => type === "SpreadElement")) return false;
    const api = apiOf(program, call.callee);
    if (api !== null)
      return index === 0 && onlyLook.test(keyOf(api)) && !isCalleeReplaced(program, call.callee);
    const value = given === null ? null : givenFor(program, call.callee, given);
    if (value !== null && isNoFunction(program, value)) return true;
    const target = functionOf(program, value ?? call.callee) ?? ownMethod(call.callee);
    if (target === null || program.takesArguments.has(target)) return false;
    const parameter = target.params[index];
    if (parameter === undefined) return target.params.at(-1)?.type !== "RestElement";
    const other = parameter.type === "Identifier" ? program.declaredBy.get(parameter) : undefined;
    return other !== undefined && isGiven(other, depth + 1, { target, call });
  };

  /** `object.name`, called by somebody who has hold of the object. */
  const ownMethod = (callee: Node): FunctionNode | null => {
    if (callee.type !== "MemberExpression" || callee.computed || callee.object.type !== "Identifier")
      return null;
    const variable = program.variableOf(callee.object);
    const name = fieldName(callee.property);
    const value = variable !== first || name === null ? null : valueIn(object, name);
    if (name === null || value === null) return null;
    called.add(name);
    return functionOf(program, value);
  };

  const isMember = (member: MemberExpression, depth: number): boolean => {
    const own = member.computed ? null : fieldName(member.property);
    if (own === "__proto__") return false;
    if (isTarget(program, member)) {
      if (own !== null) written.add(own);
      return own !== null;
    }
    const parent = aboveChain(program, member);
    const isCalled =
      (parent?.type === "CallExpression" && !parent.arguments.includes(member as never)) ||
      parent?.type === "TaggedTemplateExpression";
    // What a name gives is none of its ways to the object itself.
    if (!isCalled) return true;
    const value = own === null ? null : valueIn(object, own);
    if (own === null || value === null) return false;
    called.add(own);
    return isMethod(value, depth);
  };

  const isMethod = (value: Node, depth: number): boolean => {
    if (isThisless(program, value)) return true;
    const target = functionOf(program, value);
    if (target === null || methods.has(target)) return target !== null;
    methods.add(target);
    return (program.thises.get(target) ?? []).every((self) => isUse(self, depth + 1, null));
  };

  const areAccessorsOwn =
    object.type === "ObjectExpression" &&
    object.properties.every(
      (each) => each.type === "Property" && (each.kind === "init" || isMethod(each.value, 0)),
    );
  const isWhole = areAccessorsOwn && !hasSuper(program, object) && isHeld(first, 0);
  return { isWhole, written, called };
}

/** Functions that hand on neither the object nor what it is made of. */
const onlyLook = /^global (?:Object\.(?:keys|getOwnPropertyNames|getPrototypeOf|hasOwn)|Array\.isArray)$/;

const supers = new WeakMap<Program, readonly Node[]>();

/** `super.name = value` in a method of the object writes to the object. */
function hasSuper(program: Program, object: Node): boolean {
  const all =
    supers.get(program) ??
    program.members.filter((each) => each.type === "MemberExpression" && each.object.type === "Super");
  supers.set(program, all);
  return all.some((each) => startOf(each) >= startOf(object) && endOf(each) <= endOf(object));
}

/** `value == null` */
function isNullTest({ operator, left, right }: BinaryExpression): boolean {
  return (
    /^[!=]=$/.test(operator) && [left, right].some((side) => side.type === "Literal" && side.value === null)
  );
}
