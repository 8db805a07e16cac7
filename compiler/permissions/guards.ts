import type { Node } from "estree";
import type { Folder } from "./fold.ts";
import { callsOf, enclosingFunction } from "./functions.ts";
import type { Program } from "./program.ts";

/** Functions that only such functions call are looked at this deep. */
const deepest = 3;

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
export function testBefore(at: Node, below: Node): Node | null {
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

/** Whether the code stands behind a name that is never what it is compared with, or only code that does calls it. */
export function isNeverRun(program: Program, fold: Folder, node: Node, depth = 0): boolean {
  if (guardsOf(program, node).some(({ name, text }) => fold.excludes(name, text))) return true;
  const target = depth < deepest ? enclosingFunction(program, node) : null;
  const calls = target === null ? null : callsOf(program, target);
  return calls?.every((call) => isNeverRun(program, fold, call, depth + 1)) === true;
}
