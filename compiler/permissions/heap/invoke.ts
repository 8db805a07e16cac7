import type { CallExpression, Node } from "estree";
import { type FunctionNode, isFunctionNode } from "../functions.ts";
import { isThisless } from "../methods.ts";
import { apiOf } from "../resolve.ts";
import { keyOf } from "../table.ts";
import type { Cell } from "./cells.ts";
import type { Exposure } from "./exposure.ts";
import { createListings } from "./listings.ts";
import type { Members } from "./members.ts";
import { type ForeignCall, isNothing, type Store } from "./store.ts";
import { isText } from "./tables.ts";
import { inside, type Thing } from "./things.ts";
import type { Writes } from "./writes.ts";

export type Invoke = ReturnType<typeof createInvoke>;

export type Args = { readonly nodes: CallExpression["arguments"]; readonly skip: number };

/** One call of one value: arguments go to its parameters and its result comes back, or both are out of view. */
export function createInvoke(store: Store, members: Members, exposure: Exposure, writes: Writes) {
  const {
    add,
    argumentOf,
    calledOf,
    cellOf,
    each,
    exposedLeaves,
    expose,
    flow,
    foreignCalls,
    lostLeaves,
    program,
    putAccessor,
    regions,
    thingOf,
    things,
  } = store;
  const { member, own } = members;
  const { isMutator, makeOutsideWild } = exposure;
  const { iterate } = writes;
  const promises = new Map<Node, Node>();
  const listed = createListings(store, members);

  /** Hands arguments to the parameters of a function. */
  const pass = (target: FunctionNode, { nodes, skip }: Args): void => {
    calledOf(target);
    let isExact = true;
    for (const [i, node] of nodes.slice(skip).entries()) {
      if (node.type === "SpreadElement") {
        isExact = false;
        iterate(cellOf(node.argument), node, calledOf(target).anyArg);
      } else flow(cellOf(node), isExact ? argumentOf(target, i) : calledOf(target).anyArg);
      const rest = target.params.at(-1);
      const from = i - target.params.length + 1;
      if (rest?.type === "RestElement" && isExact && from >= 0 && node.type !== "SpreadElement")
        flow(cellOf(node), own(thingOf(rest, "list"), String(from)));
    }
    if (program.takesArguments.has(target)) exposeArgs({ nodes, skip });
  };

  const exposeArgs = ({ nodes, skip }: Args): void => {
    for (const node of nodes.slice(skip))
      each(cellOf(node.type === "SpreadElement" ? node.argument : node), expose);
  };

  /** What a call of a function of the program gives. */
  const resultOf = (target: FunctionNode, at: Node, into: Cell): void => {
    const { result } = calledOf(target);
    if (target.generator === true) {
      each(result, expose);
      add(into, at);
      return;
    }
    if (target.async !== true) {
      flow(result, into);
      return;
    }
    // The same call may make a list too, as `map` does.
    const made = promises.get(at) ?? { type: "ThisExpression" };
    promises.set(at, made);
    const promise = thingOf(made, "promise");
    add(into, made);
    resolve(promise, result, at);
  };

  /** The promise is given each value, or what it promises. */
  const resolve = (promise: Thing, values: Cell, at: Node): void => {
    each(values, (value) => {
      const thing = things.get(value);
      if (thing?.kind === "promise") {
        exposeThenable(thing);
        flow(member(thing, inside), own(promise, inside));
      } else {
        if (thing !== undefined) exposeThenable(thing);
        add(own(promise, inside), thing === undefined ? awaited(value, at) : value);
      }
    });
  };

  /** What a promise is resolved with is asked for its `then`. */
  const exposeThenable = (thing: Thing): void => {
    each(member(thing, "then"), () => expose(thing.node));
  };

  /** What comes of a value that may be a promise of something else. */
  const awaited = (value: Node, node: Node): Node => {
    if (isText(value)) return value;
    expose(value);
    return node;
  };

  const invoke = (value: Node, receiver: Node | null, args: Args, at: ForeignCall, into: Cell): void => {
    if (isFunctionNode(value)) {
      if (receiver !== null) add(calledOf(value).self, receiver);
      pass(value, args);
      resultOf(value, at, into);
      return;
    }
    if (things.has(value) || (regions !== null && isNothing(value))) return;
    lostLeaves.add(value);
    const list = foreignCalls.get(value) ?? [];
    foreignCalls.set(value, list);
    if (!list.includes(at)) list.push(at);
    if (args.skip > 0) exposedLeaves.add(value);
    if (receiver !== null && !ignoresThis(value)) expose(receiver);
    if (isMutator(value)) {
      makeOutsideWild();
      putOn(args);
    }
    exposeArgs(args);
    add(into, listed(value, at) ?? at);
  };

  /** Something may put a getter or a setter on one of the arguments. */
  const putOn = ({ nodes }: Args): void => {
    putAccessor(null);
    for (const node of nodes)
      each(cellOf(node.type === "SpreadElement" ? node.argument : node), (value) => {
        if (!things.has(value)) putAccessor(value);
      });
  };

  /** Functions of Node that do not look at what they are called on. */
  const ignoresThis = (value: Node): boolean => {
    const api = apiOf(program, value);
    return (
      isThisless(program, value) ||
      (api !== null &&
        /^(?:global (?:fetch|process\.cwd)|module:(?:fs|fs\/promises|child_process|http|https|os|path|url|util) \w+)$/.test(
          keyOf(api),
        ))
    );
  };

  return { awaited, exposeArgs, exposeThenable, invoke, pass, putOn, resolve, resultOf };
}
