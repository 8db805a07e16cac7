import type { CallExpression, Node } from "estree";
import { soleExport } from "./commonjs.ts";
import { constantInit, fieldName, isTarget } from "./constant.ts";
import type { Program } from "./program.ts";
import { apiOf, isAlwaysThere } from "./resolve.ts";
import { keyOf } from "./table.ts";

/** Functions that only read from an object of the language which they are given first. */
const readers: ReadonlySet<string> = new Set([
  "global Object.create",
  "global Object.getOwnPropertyNames",
  "global Object.getOwnPropertyDescriptor",
  "global Object.getPrototypeOf",
  "global Object.keys",
  "global Reflect.ownKeys",
  "global Object.prototype.hasOwnProperty.call",
  "global Object.prototype.isPrototypeOf.call",
]);

const definers: ReadonlySet<string> = new Set([
  "global Object.defineProperty",
  "global Reflect.defineProperty",
]);

/** Methods that the analysis takes to be Node's; others may be added to lists, texts and functions. */
const relied: ReadonlySet<string> = new Set(
  `bind call apply slice substring trim replace splice concat exec toString join valueOf length constructor
  __proto__`.split(/\s+/),
);

/** Longer chains of names for one prototype are not followed. */
const deepest = 4;

const patched = new WeakMap<Program, boolean>();

/**
 * A method of the language as a function that takes its `this` first: `call String.prototype.slice` for
 * `bind.call(Function.prototype.call, String.prototype.slice)`, `apply ...` where it takes a list of arguments.
 */
export function uncurriedOf(program: Program, callee: Node): string | null {
  const variable = callee.type === "Identifier" ? program.variableOf(callee) : null;
  const init = variable === null ? null : constantInit(variable);
  const made = init === null ? null : (soleExport(program, init) ?? init);
  if (made?.type !== "CallExpression" || made.callee.type !== "MemberExpression") return null;
  const binding = apiOf(program, made.callee);
  const [how, method, ...others] = made.arguments.map((argument) => apiOf(program, argument));
  if (binding === null || !how || !method || others.length > 0) return null;
  if (keyOf(binding) !== "global Function.prototype.bind.call") return null;
  const [, name] = /^global Function\.prototype\.(call|apply)$/.exec(keyOf(how)) ?? [];
  if (name === undefined || !isMethod(keyOf(method)) || isLanguagePatched(program)) return null;
  return `${name} ${keyOf(method).slice("global ".length)}`;
}

function isMethod(key: string): boolean {
  return /^global (?:Array|String|Object|RegExp)\.prototype\.\w+$/.test(key);
}

/** Whether the bundle changes what lists, texts, functions or all objects inherit, as far as names show it. */
export function isLanguagePatched(program: Program): boolean {
  const known = patched.get(program);
  if (known !== undefined) return known;
  const result = program.members.some((node) => {
    if (node.type !== "MemberExpression") return false;
    if (isTarget(program, node) && isOfPrototype(program, node.object, 0)) return true;
    const isPrototype =
      node.object.type === "Identifier" &&
      ["Array", "String", "Object", "RegExp", "Function"].includes(node.object.name) &&
      program.variableOf(node.object) === null &&
      !node.computed &&
      node.property.type === "Identifier" &&
      node.property.name === "prototype";
    return isPrototype && !isOnlyRead(program, node, 0) && !isAddition(program, node);
  });
  patched.set(program, result);
  return result;
}

function isOnlyRead(program: Program, node: Node, depth: number): boolean {
  const parent = program.parents.get(node);
  switch (parent?.type) {
    case "MemberExpression":
      return parent.object === node && !isTarget(program, parent);
    case "BinaryExpression":
    case "UnaryExpression":
      return true;
    case "VariableDeclarator": {
      if (parent.id.type === "ObjectPattern") return true;
      const variable = parent.id.type === "Identifier" ? program.declaredBy.get(parent.id) : undefined;
      return (
        variable !== undefined &&
        depth < deepest &&
        variable.references.every(
          (reference) =>
            reference.init === true ||
            (!reference.isWrite() && isOnlyRead(program, reference.identifier as Node, depth + 1)),
        )
      );
    }
    case "CallExpression":
      return isReader(program, parent.callee, 0) || isTakenApart(parent, node);
    default:
      return false;
  }
}

/** Whether what is called only reads, or is nothing at all: `var get = Object.getOwnPropertyDescriptor; ... get = null` */
function isReader(program: Program, node: Node, depth: number): boolean {
  const api = apiOf(program, node);
  if (api !== null) return readers.has(keyOf(api));
  if (node.type === "Literal") return node.value === null;
  const loaded = soleExport(program, node);
  if (loaded !== null) return depth < deepest && isReader(program, loaded, depth + 1);
  const variable = node.type === "Identifier" ? program.variableOf(node) : null;
  if (variable === null || depth >= deepest || variable.defs.some(({ type }) => type !== "Variable"))
    return false;
  return variable.references.every((reference) => {
    if (!reference.isWrite()) return true;
    const parent = program.parents.get(reference.identifier as Node);
    if (parent?.type === "VariableDeclarator" && parent.init)
      return isReader(program, parent.init, depth + 1);
    return parent?.type === "AssignmentExpression" &&
      parent.operator === "=" &&
      parent.left === reference.identifier
      ? isReader(program, parent.right, depth + 1)
      : false;
  });
}

/** `(({ hasOwnProperty }) => ...)(Object.prototype)` */
function isTakenApart(call: CallExpression, node: Node): boolean {
  const { callee } = call;
  const index = (call.arguments as readonly Node[]).indexOf(node);
  if (callee.type !== "ArrowFunctionExpression") return false;
  if (call.arguments.some(({ type }) => type === "SpreadElement")) return false;
  const pattern = callee.params[index];
  return pattern?.type === "ObjectPattern" && pattern.properties.every(({ type }) => type === "Property");
}

/** A method of another name for lists, texts or functions: `Object.defineProperty(Function.prototype, "once", ...)`. */
function isAddition(program: Program, node: Node & { readonly type: "MemberExpression" }): boolean {
  if (node.object.type === "Identifier" && node.object.name === "Object") return false;
  const parent = program.parents.get(node);
  const isAssigned = parent?.type === "MemberExpression" && parent.object === node && !parent.computed;
  if (isAssigned) return parent.property.type === "Identifier" && !relied.has(parent.property.name);
  if (parent?.type !== "CallExpression" || parent.arguments[0] !== node) return false;
  const api = apiOf(program, parent.callee);
  const name = parent.arguments[1];
  if (api === null || !definers.has(keyOf(api)) || name?.type !== "Literal") return false;
  return typeof name.value === "string" && !relied.has(name.value) && !/^\d+$/.test(name.value);
}

/** `Function.prototype.bind || node` */
export function isDeadAlternative(program: Program, node: Node): boolean {
  const parent = program.parents.get(node);
  if (parent?.type !== "LogicalExpression" || parent.operator !== "||" || parent.right !== node) return false;
  const api = apiOf(program, parent.left);
  return api !== null && isAlwaysThere(api) && !isLanguagePatched(program);
}

/** What `Object.getPrototypeOf([])`, `[].__proto__` and `[].constructor.prototype` are: perhaps what lists inherit from. */
function isOfPrototype(program: Program, node: Node, depth: number): boolean {
  if (depth > deepest) return false;
  if (node.type === "Identifier") {
    const variable = program.variableOf(node);
    const init = variable === null ? null : constantInit(variable);
    return init !== null && isOfPrototype(program, init, depth + 1);
  }
  if (node.type === "CallExpression") {
    const api = apiOf(program, node.callee);
    return api !== null && /^global (?:Object|Reflect)\.getPrototypeOf$/.test(keyOf(api));
  }
  if (node.type !== "MemberExpression") return false;
  const name = fieldName(node.property);
  if (name === "__proto__") return true;
  const { object } = node;
  return (
    name === "prototype" && object.type === "MemberExpression" && fieldName(object.property) === "constructor"
  );
}
