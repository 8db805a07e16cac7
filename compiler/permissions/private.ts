import type { Node } from "estree";
import { isTarget } from "./constant.ts";
import type { Program } from "./program.ts";

const reads = new WeakMap<Program, ReadonlyMap<Node, readonly Node[]>>();

/**
 * Every place that reads a private field: `this.#name`, `other.#name`. The name is known in the text of its class only,
 * so these are all. `at` is one of its places, or its declaration. Null where a method takes what is written.
 */
export function readsOfPrivate(program: Program, at: Node): readonly Node[] | null {
  let byField = reads.get(program);
  if (byField === undefined) {
    const all = new Map<Node, Node[]>();
    for (const node of program.members) {
      const field = node.type === "MemberExpression" ? fieldOf(program, node) : null;
      if (field === null || isOverwritten(program, node)) continue;
      const list = all.get(field);
      if (list === undefined) all.set(field, [node]);
      else list.push(node);
    }
    byField = all;
    reads.set(program, byField);
  }
  const field = at.type === "PropertyDefinition" ? at : fieldOf(program, at);
  return field?.type === "PropertyDefinition" ? (byField.get(field) ?? []) : null;
}

/** The declaration that a private name belongs to: that of the nearest class around that has one. */
function fieldOf(program: Program, member: Node): Node | null {
  if (member.type !== "MemberExpression" || member.property.type !== "PrivateIdentifier") return null;
  const { name } = member.property;
  for (let at = program.parents.get(member); at !== undefined; at = program.parents.get(at)) {
    if (at.type !== "ClassBody") continue;
    const field = at.body.find(
      (element) =>
        element.type !== "StaticBlock" &&
        element.key.type === "PrivateIdentifier" &&
        element.key.name === name,
    );
    if (field !== undefined) return field;
  }
  return null;
}

/** `this.#name = value`, where the old value goes nowhere. */
function isOverwritten(program: Program, node: Node): boolean {
  const parent = program.parents.get(node);
  if (!isTarget(program, node)) return false;
  return parent?.type !== "AssignmentExpression" || parent.operator === "=";
}
