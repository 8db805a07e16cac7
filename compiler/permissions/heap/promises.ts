import type { CallExpression, Node } from "estree";
import { isFunctionNode } from "../functions.ts";
import { isReplacedInNode } from "../replaced.ts";
import type { Cell } from "./cells.ts";
import type { Args, Invoke } from "./invoke.ts";
import type { Members } from "./members.ts";
import type { Store } from "./store.ts";
import { inside, type Thing } from "./things.ts";

/** Methods of promises. Each says whether it was one, and followed; else it is a call like any other. */
export function createPromises(store: Store, members: Members, invoking: Invoke) {
  const { add, argumentOf, cellOf, each, exposedLeaves, expose, flow, make, program, thingOf, unknown } =
    store;
  const { member, own } = members;
  const { invoke, resolve, resultOf } = invoking;
  const made = new Map<Node, Node>();

  const ofPromise = (
    thing: Thing,
    name: string,
    { nodes }: Args,
    node: CallExpression,
    cell: Cell,
  ): boolean => {
    if (thing.kind !== "promise" || !/^(?:then|catch|finally)$/.test(name)) return false;
    if (isReplacedInNode(program, name) || nodes.some(({ type }) => type === "SpreadElement")) return false;
    const at = made.get(node) ?? { type: "ThisExpression" };
    made.set(node, at);
    const promise = thingOf(at, "promise");
    add(cell, at);
    const given = member(thing, inside);
    const [first, second] = nodes;
    if (name === "then") {
      if (first === undefined || isAbsent(first)) flow(given, own(promise, inside));
      else settled(first, given, node, promise);
      if (second !== undefined) settled(second, null, node, promise);
      return true;
    }
    flow(given, own(promise, inside));
    if (first !== undefined) settled(first, null, node, name === "catch" ? promise : null);
    return true;
  };

  /** What is called when the promise is settled: with what it gives, or with what was thrown where that is null. */
  const settled = (callback: Node, given: Cell | null, node: CallExpression, promise: Thing | null): void => {
    each(cellOf(callback), (target) => {
      const result = make();
      if (isFunctionNode(target)) {
        if (given === null) add(argumentOf(target, 0), unknown);
        else flow(given, argumentOf(target, 0));
        resultOf(target, node, result);
      } else {
        // What is no function hands on what it is given.
        if (given !== null) {
          each(given, expose);
          if (promise !== null) flow(given, own(promise, inside));
        }
        invoke(target, null, { nodes: [], skip: 0 }, node, result);
        exposedLeaves.add(target);
      }
      if (promise !== null) resolve(promise, result, node);
    });
  };

  const isAbsent = (node: Node): boolean =>
    (node.type === "Literal" && node.value === null && !("regex" in node)) ||
    (node.type === "Identifier" && node.name === "undefined" && program.variableOf(node) === null);

  return ofPromise;
}
