import type { Node } from "estree";
import { constantInit, fieldName, isTarget } from "./constant.ts";
import { functionOf, isFunctionNode } from "./functions.ts";
import type { Program } from "./program.ts";
import { apiOf } from "./resolve.ts";
import { keyOf } from "./table.ts";

const known = new WeakMap<Program, boolean>();

/**
 * Whether the bundle may change how lists are gone through: then `const [x] = [fetch]` shows the list to code of the
 * bundle. It may where it gives an iterator to something that is not its own for certain.
 */
export function isIterationChanged(program: Program): boolean {
  const before = known.get(program);
  if (before !== undefined) return before;
  const result =
    program.members.some(
      (node) =>
        node.type === "MemberExpression" &&
        node.computed &&
        isTarget(program, node) &&
        (isIterator(program, node.property) || isListPrototype(program, node.object)) &&
        !isOwn(program, node.object),
    ) || program.references.some(({ identifier }) => isDefinedFrom(program, identifier as Node));
  known.set(program, result);
  return result;
}

function isIterator(program: Program, key: Node): boolean {
  const api = apiOf(program, key);
  return api !== null && keyOf(api) === "global Symbol.iterator";
}

function isListPrototype(program: Program, node: Node): boolean {
  const api = apiOf(program, node);
  return api !== null && keyOf(api) === "global Array.prototype";
}

/** `this`, a class or function of the bundle, its prototype, and objects that it writes down. */
function isOwn(program: Program, node: Node): boolean {
  switch (node.type) {
    case "ThisExpression":
    case "ObjectExpression":
      return true;
    case "MemberExpression":
      return !node.computed && node.property.type === "Identifier" && node.property.name === "prototype"
        ? isOwn(program, node.object)
        : false;
    case "Identifier": {
      const variable = program.variableOf(node);
      if (variable === null) return false;
      const init = constantInit(variable);
      if (init !== null)
        return isFunctionNode(init) || init.type === "ClassExpression" || isOwn(program, init);
      return (
        variable.defs.length === 1 &&
        variable.defs.every(({ type }) => type === "FunctionName" || type === "ClassName")
      );
    }
    default:
      return false;
  }
}

/** `Object.defineProperty(Array.prototype, Symbol.iterator, ...)` */
function isDefinedFrom(program: Program, name: Node): boolean {
  if (name.type !== "Identifier" || name.name !== "Symbol") return false;
  const member = program.parents.get(name);
  const call = member === undefined ? undefined : program.parents.get(member);
  if (call?.type !== "CallExpression" || call.arguments[1] !== member) return false;
  const [first] = call.arguments;
  const called = apiOf(program, call.callee);
  const isDefining =
    called !== null && /^global (?:Object|Reflect)\.(?:defineProperty|set)$/.test(keyOf(called));
  return isDefining && first !== undefined && isIterator(program, member as Node) && !isOwn(program, first);
}

/** Namespaces of the language, and their functions that the analysis takes to do what they say. */
export const namespaces: ReadonlySet<string> = new Set(["Object", "Reflect", "Symbol", "Promise"]);
const functions: ReadonlySet<string> = new Set(
  "hasOwn assign defineProperty getOwnPropertyDescriptor getOwnPropertyNames getPrototypeOf create keys apply for resolve".split(
    " ",
  ),
);
const definers =
  /^global (?:Object\.(?:defineProperty|defineProperties|assign)|Reflect\.(?:defineProperty|set))$/;

const changed = new WeakMap<Program, boolean>();

/**
 * Whether the bundle may put something else in the place of these functions, as far as names show it: what is given to
 * them would be seen by it.
 */
export function areFunctionsChanged(program: Program): boolean {
  const before = changed.get(program);
  if (before !== undefined) return before;
  const result =
    program.members.some(
      (node) =>
        node.type === "MemberExpression" &&
        isTarget(program, node) &&
        isNamespace(program, node.object) &&
        isNamed(node),
    ) || program.references.some(({ identifier }) => isGivenAway(program, identifier as Node));
  changed.set(program, result);
  return result;
}

function isNamespace(program: Program, node: Node): boolean {
  const api = apiOf(program, node);
  return api?.base === "global" && api.path.length === 1 && namespaces.has(api.path[0] ?? "");
}

/** Whether the member is one of the functions, or may be: `Object.hasOwn`, `Object[name]`. */
function isNamed(node: Node & { readonly type: "MemberExpression" }): boolean {
  const name = node.computed && node.property.type !== "Literal" ? null : fieldName(node.property);
  return name === null || functions.has(name);
}

/** `Object.assign(Object, ...)`, also by an alias of either, or to a function that writes such a member of it. */
function isGivenAway(program: Program, name: Node): boolean {
  const call = program.parents.get(name);
  if (call?.type !== "CallExpression" || call.callee === name || !isNamespace(program, name)) return false;
  const parameter = functionOf(program, call.callee)?.params[
    (call.arguments as readonly Node[]).indexOf(name)
  ];
  const variable = parameter?.type === "Identifier" ? program.declaredBy.get(parameter) : undefined;
  const isWritten = variable?.references.some(({ identifier }) => {
    const member = program.parents.get(identifier as Node);
    if (member?.type !== "MemberExpression" || member.object !== identifier) return false;
    return isTarget(program, member) && isNamed(member);
  });
  if (isWritten === true) return true;
  if (call.arguments[0] !== name) return false;
  const called = apiOf(program, call.callee);
  if (called === null || !definers.test(keyOf(called))) return false;
  const [, second] = call.arguments;
  if (second?.type === "Literal") return functions.has(String(second.value));
  return !(
    second?.type === "ObjectExpression" &&
    second.properties.every(
      (each) => each.type === "Property" && !each.computed && !functions.has(fieldName(each.key) ?? "for"),
    )
  );
}
