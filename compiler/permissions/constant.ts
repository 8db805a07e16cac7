import type { Variable } from "eslint-scope";
import type { Expression, Node } from "estree";
import type { Program } from "./program.ts";

/** The value of a variable that has one, known where it is declared. */
export function constantInit(variable: Variable): Expression | null {
  const [definition, ...others] = variable.defs;
  if (definition?.type !== "Variable" || others.length > 0) return null;
  const { id, init } = definition.node;
  if (id.type !== "Identifier" || init === null || init === undefined) return null;
  const writes = variable.references.filter((reference) => reference.isWrite());
  return writes.length === 1 && writes[0]?.init === true ? init : null;
}

/** The one value that a variable is ever given, wherever that is; before, it is `undefined`. */
export function onlyValue(program: Program, variable: Variable): Expression | null {
  const init = constantInit(variable);
  const [definition, ...others] = variable.defs;
  if (init !== null || definition?.type !== "Variable" || others.length > 0) return init;
  if (definition.node.init || definition.node.id.type !== "Identifier") return null;
  const [write, ...more] = variable.references.filter((reference) => reference.isWrite());
  const parent = write === undefined ? undefined : program.parents.get(write.identifier as Node);
  const isGiven =
    more.length === 0 &&
    parent?.type === "AssignmentExpression" &&
    parent.operator === "=" &&
    parent.left === write?.identifier;
  return isGiven ? parent.right : null;
}

export function isGlobal(program: Program, node: Node, name: string): boolean {
  return node.type === "Identifier" && node.name === name && program.variableOf(node) === null;
}

/** Whether the member is written: assigned, counted up, deleted, a destructuring or loop target. */
export function isTarget(program: Program, node: Node): boolean {
  const parent = program.parents.get(node);
  switch (parent?.type) {
    case "AssignmentExpression":
    case "AssignmentPattern":
    case "ForInStatement":
    case "ForOfStatement":
      return parent.left === node;
    case "UpdateExpression":
    case "RestElement":
    case "ArrayPattern":
      return true;
    case "UnaryExpression":
      return parent.operator === "delete";
    case "Property":
      return parent.value === node && program.parents.get(parent)?.type === "ObjectPattern";
    default:
      return false;
  }
}

/** `name = value` in the parameters of a function; what such a pattern gives elsewhere comes from the other side too. */
export function isParameterDefault(program: Program, pattern: Node | undefined): boolean {
  if (pattern?.type !== "AssignmentPattern" || pattern.left.type !== "Identifier") return false;
  const above = program.parents.get(pattern);
  return above !== undefined && "params" in above && above.params.includes(pattern);
}

const writes = new WeakMap<Program, ReadonlyMap<string, readonly Node[]>>();

/** Whether a member of that name is written anywhere, on an object that fits. */
export function isMemberWritten(
  program: Program,
  name: string,
  fits: (object: Node) => boolean = () => true,
): boolean {
  let byName = writes.get(program);
  if (byName === undefined) {
    const all = new Map<string, Node[]>();
    for (const node of program.members) {
      if (node.type !== "MemberExpression" || !isTarget(program, node)) continue;
      const key = fieldName(node.property);
      if (key === null) continue;
      const list = all.get(key);
      if (list === undefined) all.set(key, [node.object]);
      else list.push(node.object);
    }
    byName = all;
    writes.set(program, byName);
  }
  return byName.get(name)?.some(fits) === true;
}

/** Name of a field as it is written, private ones with their `#`; null when it is computed from anything but text. */
export function fieldName(node: Node): string | null {
  if (node.type === "PrivateIdentifier") return `#${node.name}`;
  if (node.type === "Identifier") return node.name;
  return node.type === "Literal" ? String(node.value) : null;
}
