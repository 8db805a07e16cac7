import type { Node } from "estree";
import { isFunctionNode } from "../functions.ts";
import type { Program } from "../program.ts";

/**
 * Parts of the program that run only where something else lets them: functions, which run once they are called, and
 * what stands behind a condition.
 */
export interface Regions {
  /** The region may run: from now on its code counts. */
  readonly enter: (root: Node) => void;
  /** Calls back when the region that the node begins may run; at once where it begins none. */
  readonly whenEntered: (root: Node, then: () => void) => void;
  /** Whether the code around the node may run. */
  readonly isReached: (node: Node) => boolean;
  /** The next region that may run and was not looked at, with its nodes. */
  readonly next: () => { readonly root: Node; readonly nodes: readonly Node[] } | undefined;
}

export function createRegions(program: Program): Regions {
  const rootOf = new Map<Node, Node>([[program.tree, program.tree]]);
  const nodesOf = new Map<Node, Node[]>([[program.tree, []]]);
  const unreached = new Set<Node>();
  const blocks = new Set<Node>();
  const entered = new Set<Node>();
  const queue: Node[] = [];
  const waiting = new Map<Node, (() => void)[]>();

  // Parents come before what is in them.
  for (const [node, parent] of program.parents) {
    if (parent.type === "BlockStatement" && !blocks.has(parent)) {
      blocks.add(parent);
      for (const after of afterExit(parent.body)) unreached.add(after);
    }
    const isRoot = unreached.has(node) || isGated(node, parent);
    const root = isRoot ? node : isFunctionNode(parent) ? parent : (rootOf.get(parent) ?? program.tree);
    rootOf.set(node, root);
    const nodes = nodesOf.get(root);
    if (nodes === undefined) nodesOf.set(root, [node]);
    else nodes.push(node);
  }

  return {
    enter: (root) => {
      if (entered.has(root)) return;
      entered.add(root);
      queue.push(root);
    },
    whenEntered: (root, then) => {
      if (rootOf.get(root) !== root || entered.has(root)) then();
      else waiting.set(root, [...(waiting.get(root) ?? []), then]);
    },
    isReached: (node) => entered.has(rootOf.get(node) ?? program.tree),
    next: () => {
      const root = queue.shift();
      if (root === undefined) return undefined;
      for (const then of waiting.get(root) ?? []) then();
      waiting.delete(root);
      return { root, nodes: nodesOf.get(root) ?? [] };
    },
  };
}

/** What a condition keeps from running where it never holds. */
function isGated(node: Node, parent: Node): boolean {
  if (parent.type === "IfStatement" || parent.type === "ConditionalExpression")
    return parent.consequent === node;
  return parent.type === "LogicalExpression" && parent.operator === "&&" && parent.right === node;
}

/** Statements that never run; functions that are declared there are there all the same. */
function afterExit(body: readonly Node[]): readonly Node[] {
  const exit = body.findIndex(({ type }) => type === "ReturnStatement" || type === "ThrowStatement");
  return exit < 0 ? [] : body.slice(exit + 1).filter(({ type }) => type !== "FunctionDeclaration");
}
