import type { Node } from "estree";
import { isLanguagePatched } from "./language.ts";
import type { Program } from "./program.ts";
import { apiOf, isAlwaysThere } from "./resolve.ts";

/** `name === "text"`, behind which code stands. */
export interface Guard {
  readonly name: Node;
  readonly text: string;
}

/** Conditions on names that hold wherever the node is reached, the nearest first. */
export function guardsOf(program: Program, node: Node): readonly Guard[] {
  const guards: Guard[] = [];
  let below = node;
  for (let at = program.parents.get(node); at !== undefined; at = program.parents.get(at)) {
    const test = testBefore(at, below);
    if (test?.type === "BinaryExpression" && test.operator === "===" && test.left.type === "Identifier") {
      const { left, right } = test;
      if (right.type === "Literal" && typeof right.value === "string")
        guards.push({ name: left, text: right.value });
    }
    below = at;
  }
  return guards;
}

/** The condition of `at` that holds where `below` is reached. */
function testBefore(at: Node, below: Node): Node | null {
  switch (at.type) {
    case "IfStatement":
    case "ConditionalExpression":
      return at.consequent === below ? at.test : null;
    case "LogicalExpression":
      return at.operator === "&&" && at.right === below ? at.left : null;
    default:
      return null;
  }
}

/** `Function.prototype.bind || node` */
export function isDeadAlternative(program: Program, node: Node): boolean {
  const parent = program.parents.get(node);
  if (parent?.type !== "LogicalExpression" || parent.operator !== "||" || parent.right !== node) return false;
  const api = apiOf(program, parent.left);
  return api !== null && isAlwaysThere(api) && !isLanguagePatched(program);
}
