import type { CallExpression, MemberExpression, Node } from "estree";
import { isFunctionNode } from "../functions.ts";
import { apiOf } from "../resolve.ts";
import { keyOf } from "../table.ts";
import { createBundler } from "./bundler.ts";
import type { Cell } from "./cells.ts";
import type { Exposure } from "./exposure.ts";
import type { Instances } from "./instances.ts";
import type { Args, Invoke } from "./invoke.ts";
import { createLists } from "./lists.ts";
import type { Members } from "./members.ts";
import { createNatives } from "./natives.ts";
import { createPromises } from "./promises.ts";
import { type ForeignCall, isNothing, type Store } from "./store.ts";
import { movers, mutators, ofEmitter } from "./tables.ts";
import { elements, inside } from "./things.ts";
import type { Writes } from "./writes.ts";

/** Methods by which a function of Node gets an object that it may give members. */
const givers: ReadonlySet<string> = new Set(["call", "apply", "bind", "captureStackTrace"]);

/** Which values a call may call, and on what. */
export function createCalls(
  store: Store,
  members: Members,
  exposure: Exposure,
  writes: Writes,
  invoking: Invoke,
  instances: Instances,
) {
  const {
    add,
    calledOf,
    cellOf,
    each,
    exposedLeaves,
    expose,
    isReflective,
    make,
    pending,
    program,
    putAccessor,
    regions,
    single,
    things,
    unknown,
  } = store;
  const { basesOf, eachName, makeWild, member, named, readOf, superMember } = members;
  const { isMutator, makeOutsideWild, writeOutside } = exposure;
  const { exposeArgs, invoke, putOn } = invoking;
  const { construct, superCall } = instances;
  const ofBundler = createBundler(store, members, writes);
  const ofList = createLists(store, members, writes, invoking);
  const ofPromise = createPromises(store, members, invoking);
  const { ofFunction, ofLanguage, ofMap, promisified } = createNatives(
    store,
    members,
    exposure,
    writes,
    invoking,
  );

  const call = (node: ForeignCall, cell: Cell): void => {
    if (regions !== null && ofBundler(node, cell)) return;
    const args: Args = { nodes: node.arguments, skip: 0 };
    if (node.type === "NewExpression") {
      construct(node, args, cell);
      return;
    }
    const callee = node.callee.type === "ChainExpression" ? node.callee.expression : node.callee;
    if (promisified(callee, args, cell)) return;
    if (callee.type === "Super") {
      superCall(node, args);
      return;
    }
    if (callee.type !== "MemberExpression") {
      each(cellOf(callee), (value) => invoke(value, null, args, node, cell));
      return;
    }
    if (callee.object.type === "Super") {
      superMember(callee, (value, receiver) => invoke(value, receiver, args, node, cell));
      return;
    }
    if (ofLanguage(node, callee, args, cell)) return;
    const base = cellOf(callee.object);
    eachName(callee, (name) => each(base, (value) => callMethod(value, name, callee, args, node, cell)));
  };

  const callMethod = (
    value: Node,
    name: string | null,
    callee: MemberExpression,
    args: Args,
    node: CallExpression,
    cell: Cell,
  ): void => {
    if (regions !== null && isNothing(value)) return;
    const thing = things.get(value);
    if (thing === undefined || thing.kind === "url") {
      exposedLeaves.add(value);
      // `[].push.call(list, value)`
      if (name === null || ["call", "apply", "bind"].includes(name)) {
        expose(value);
        if (isMutator(value)) putOn(args);
      }
      // `EventEmitter.call(this)`: Node gives it members.
      if (regions !== null && (name === null || givers.has(name)))
        for (const given of args.nodes)
          each(cellOf(given.type === "SpreadElement" ? given.argument : given), (one) => {
            const receiver = things.get(one);
            if (receiver !== undefined) makeWild(receiver);
          });
      // `Reflect.set` takes one more than a map's.
      const isReflectSet = name === "set" && (args.nodes.length > 2 || args.nodes.some(isSpread));
      if ((name === null && isReflective) || isReflectSet) makeOutsideWild();
      if ((name === null && isReflective) || /^__define[GS]etter__$/.test(name ?? "")) putAccessor(value);
      // It may be a list or a map of the program that others have hold of.
      const into = movers.has(name ?? "") ? elements : name === "set" ? inside : null;
      if (into !== null)
        for (const given of args.nodes)
          writeOutside(into, given.type === "SpreadElement" ? single(unknown) : cellOf(given));
      if (name?.startsWith("#")) {
        const methods = make();
        readOf(value, name, callee, methods);
        each(methods, (target) => {
          if (isFunctionNode(target)) invoke(target, value, args, node, cell);
        });
      }
      invoke(callee, null, args, node, cell);
      return;
    }
    const found = member(thing, name);
    each(found, (target) => invoke(target, value, args, node, cell));
    if (name !== null && ofList(thing, name, args, node, cell)) return;
    if (name !== null && ofMap(thing, name, args, node, cell)) return;
    if (name !== null && ofPromise(thing, name, args, node, cell)) return;
    if (name !== null && isFunctionNode(value) && ofFunction(value, name, args, node, cell)) return;
    if (thing.classes !== null && name !== null && ofEmitter.has(name)) {
      each(basesOf(thing), (base) => {
        const api = apiOf(program, base);
        if (api === null || !/^module:events(?: EventEmitter)?$/.test(keyOf(api))) expose(value);
      });
      // Listeners see the emitter as their `this`.
      for (const given of args.nodes)
        each(cellOf(given.type === "SpreadElement" ? given.argument : given), (listener) => {
          if (isFunctionNode(listener)) add(calledOf(listener).self, value);
          expose(listener);
        });
      add(cell, value);
      add(cell, node);
      // Those that Node has call each other on it.
      for (const other of ofEmitter)
        each(member(thing, other), (target) => {
          if (!isFunctionNode(target)) return;
          const { self, anyArg, result } = calledOf(target);
          add(self, value);
          add(anyArg, unknown);
          each(result, expose);
        });
      let isOwn = false;
      pending.push(() => {
        if (isOwn || basesOf(thing).values.size > 0) return;
        isOwn = true;
        expose(value);
      });
      return;
    }
    let isTold = false;
    pending.push(() => {
      if (isTold || (name !== null && named(thing, name).values.size > 0)) return;
      isTold = true;
      expose(value);
      exposeArgs(args);
      if (name !== null && mutators.test(name)) makeOutsideWild();
      add(cell, node);
    });
  };

  const isSpread = ({ type }: Node): boolean => type === "SpreadElement";

  return call;
}
