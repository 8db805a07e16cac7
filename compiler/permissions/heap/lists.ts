import type { CallExpression } from "estree";
import { isFunctionNode } from "../functions.ts";
import { isReplacedInNode } from "../replaced.ts";
import type { Cell } from "./cells.ts";
import type { Args, Invoke } from "./invoke.ts";
import type { Members } from "./members.ts";
import type { Store } from "./store.ts";
import { callbacks, movers, pickers, plainReaders, sublists } from "./tables.ts";
import { elements, type Thing } from "./things.ts";
import type { Writes } from "./writes.ts";

/** Methods of lists. Each says whether it was one, and followed; else it is a call like any other. */
export function createLists(store: Store, members: Members, writes: Writes, invoking: Invoke) {
  const {
    add,
    argumentOf,
    cellOf,
    each,
    exposedLeaves,
    expose,
    flow,
    make,
    present,
    program,
    thingOf,
    things,
    unknown,
    whenHeld,
  } = store;
  const { member, own } = members;
  const { iterate } = writes;
  const { invoke, resultOf } = invoking;

  /** Whether it is a method of a list that was followed. */
  const ofList = (thing: Thing, name: string, { nodes }: Args, node: CallExpression, cell: Cell): boolean => {
    const isKnown =
      movers.has(name) ||
      sublists.has(name) ||
      pickers.has(name) ||
      callbacks.has(name) ||
      plainReaders.has(name);
    if (thing.kind !== "list" || !isKnown || isReplacedInNode(program, name)) return false;
    if (nodes.some(({ type }) => type === "SpreadElement") && name !== "push") return false;
    const all = member(thing, null);
    if (movers.has(name)) flow(all, own(thing, elements));
    if (["push", "unshift", "splice", "fill"].includes(name))
      for (const given of nodes) {
        if (given.type === "SpreadElement") iterate(cellOf(given.argument), given, own(thing, elements));
        else {
          flow(cellOf(given), own(thing, elements));
          present(own(thing, elements));
        }
      }
    if (callbacks.has(name)) {
      const results = perElement(thing, nodes, node);
      if (results === null) return false;
      if (name === "map" || name === "flatMap") {
        if (name === "map") flow(results, own(thingOf(node, "list"), elements));
        else each(results, expose);
        add(cell, node);
        return true;
      }
    }
    if (name === "concat") {
      concat(thing, nodes, node);
      add(cell, node);
      return true;
    }
    if (name === "reduce") return reduce(thing, nodes, node, cell);
    if (name === "sort" || name === "toSorted")
      for (const compare of nodes)
        each(cellOf(compare), (target) => {
          if (isFunctionNode(target)) for (const i of [0, 1]) flow(all, argumentOf(target, i));
          else each(all, expose);
          expose(target);
        });
    if (sublists.has(name)) {
      if (name === "flat" || name === "values") {
        each(all, expose);
        add(cell, node);
      } else {
        const made = thingOf(node, "list");
        flow(all, own(made, elements));
        add(cell, node);
        if (movers.has(name)) add(cell, thing.node);
      }
    } else if (pickers.has(name)) flow(all, cell);
    else {
      // Elements that are joined are asked for their texts.
      if (name === "join") each(all, expose);
      add(cell, node);
    }
    return true;
  };

  /** What the callback gives for the elements; null where it is called on something. */
  const perElement = (thing: Thing, nodes: Args["nodes"], node: CallExpression): Cell | null => {
    const [callback, receiver] = nodes;
    if (receiver !== undefined) return null;
    const all = member(thing, null);
    const results = make();
    each(callback === undefined ? make() : cellOf(callback), (target) => {
      if (isFunctionNode(target)) {
        whenHeld(all, () => {
          flow(all, argumentOf(target, 0));
          add(argumentOf(target, 1), unknown);
          add(argumentOf(target, 2), thing.node);
          resultOf(target, node, results);
        });
      } else {
        each(all, expose);
        invoke(target, null, { nodes: [], skip: 0 }, node, results);
        exposedLeaves.add(target);
      }
    });
    return results;
  };

  const concat = (thing: Thing, nodes: Args["nodes"], node: CallExpression): void => {
    const made = thingOf(node, "list");
    flow(member(thing, null), own(made, elements));
    for (const given of nodes)
      each(cellOf(given), (value) => {
        const other = things.get(value);
        if (other?.kind === "list") flow(member(other, null), own(made, elements));
        else add(own(made, elements), value);
      });
  };

  const reduce = (thing: Thing, nodes: Args["nodes"], node: CallExpression, cell: Cell): boolean => {
    const [callback, initial] = nodes;
    if (callback === undefined) return false;
    const all = member(thing, null);
    const given = make();
    if (initial === undefined) flow(all, given);
    else flow(cellOf(initial), given);
    flow(given, cell);
    each(cellOf(callback), (target) => {
      if (!isFunctionNode(target)) {
        each(given, expose);
        each(all, expose);
        invoke(target, null, { nodes: [], skip: 0 }, node, cell);
        exposedLeaves.add(target);
        return;
      }
      flow(given, argumentOf(target, 0));
      flow(cell, argumentOf(target, 0));
      flow(all, argumentOf(target, 1));
      add(argumentOf(target, 2), unknown);
      add(argumentOf(target, 3), thing.node);
      resultOf(target, node, cell);
    });
    return true;
  };

  return ofList;
}
