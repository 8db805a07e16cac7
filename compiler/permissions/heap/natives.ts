import type { CallExpression, Expression, MemberExpression, Node, Super } from "estree";
import type { FunctionNode } from "../functions.ts";
import { isReplacedInNode } from "../replaced.ts";
import { apiOf } from "../resolve.ts";
import { keyOf } from "../table.ts";
import type { Cell } from "./cells.ts";
import type { Exposure } from "./exposure.ts";
import type { Args, Invoke } from "./invoke.ts";
import type { Members } from "./members.ts";
import { isNothing, type Store } from "./store.ts";
import { definers, lookers } from "./tables.ts";
import { any, elements, inside, type Thing } from "./things.ts";
import type { Writes } from "./writes.ts";

/** Functions of the language and of Node that hand on what they are given. Each says whether it was one, and followed. */
export function createNatives(
  store: Store,
  members: Members,
  exposure: Exposure,
  writes: Writes,
  invoking: Invoke,
) {
  const {
    add,
    argumentOf,
    calledOf,
    cellOf,
    each,
    expose,
    flow,
    make,
    program,
    putAccessor,
    regions,
    thingOf,
    things,
    unknown,
  } = store;
  const { makeWild, member, own } = members;
  const { makeOutsideWild, release } = exposure;
  const { copy, eachSetter, iterate, nameOfMember } = writes;
  const { awaited, exposeArgs, exposeThenable, pass, resolve, resultOf } = invoking;
  /** What `Promise.resolve` gives, by its calls. */
  const promises = new Map<Node, Node>();

  /** `call`, `apply` and `bind` of a function of the program. */
  const ofFunction = (
    target: FunctionNode,
    name: string,
    { nodes }: Args,
    node: CallExpression,
    cell: Cell,
  ): boolean => {
    if (!["call", "apply", "bind"].includes(name) || isReplacedInNode(program, name)) return false;
    const [first, ...others] = nodes;
    if (first === undefined || first.type === "SpreadElement") return false;
    flow(cellOf(first), calledOf(target).self);
    if (name === "call") {
      pass(target, { nodes, skip: 1 });
      resultOf(target, node, cell);
      return true;
    }
    if (name === "bind" && others.length === 0) {
      add(cell, target);
      return true;
    }
    for (const other of others) each(cellOf(other.type === "SpreadElement" ? other.argument : other), expose);
    add(calledOf(target).anyArg, unknown);
    if (name === "apply") resultOf(target, node, cell);
    else {
      release(target);
      add(cell, node);
    }
    return true;
  };

  const ofMap = (thing: Thing, name: string, { nodes }: Args, node: Node, cell: Cell): boolean => {
    if (thing.kind !== "map" || isReplacedInNode(program, "get", "set", "has", "delete")) return false;
    const [first, second] = nodes;
    if (nodes.some(({ type }) => type === "SpreadElement")) return false;
    if (name === "get") {
      flow(member(thing, inside), cell);
      return true;
    }
    if (name === "has" || name === "delete") {
      if (regions !== null) add(cell, node);
      return true;
    }
    if (name !== "set" || first === undefined || second === undefined) return false;
    each(cellOf(first), expose);
    flow(cellOf(second), own(thing, inside));
    add(cell, thing.node);
    return true;
  };

  /** Functions of the language that hand on what they are given. */
  const ofLanguage = (
    node: CallExpression,
    callee: MemberExpression,
    { nodes }: Args,
    cell: Cell,
  ): boolean => {
    const api = apiOf(program, callee);
    const key = api === null ? "" : keyOf(api);
    if (lookers.test(key) && !isReplacedInNode(program, ...(api?.path ?? []))) {
      // The key is asked for its text.
      exposeArgs({ nodes, skip: nodes[0]?.type === "SpreadElement" ? 0 : 1 });
      add(cell, node);
      return true;
    }
    const [, owner = "", name = ""] = /^global (Object|Reflect|Promise|Array)\.(\w+)$/.exec(key) ?? [];
    if (owner === "" || isReplacedInNode(program, name)) return false;
    if (nodes.some(({ type }) => type === "SpreadElement")) return false;
    const [first, ...others] = nodes as readonly Expression[];
    if (first === undefined) return false;
    if (regions !== null && key === "global Object.create" && isNull(first) && others.length === 0) {
      thingOf(node, "object");
      add(cell, node);
      return true;
    }
    if (definers.test(key)) define(first, others, name);
    else if (owner === "Object" && name === "assign") assign(first, others);
    else if (owner === "Object" && /^(?:keys|values|entries)$/.test(name)) {
      const made = thingOf(node, "list");
      each(cellOf(first), (value) => list(value, name, own(made, elements)));
      add(cell, node);
      return true;
    } else if (owner === "Promise" && /^(?:all|any|race)$/.test(name)) {
      join(first, name === "all", node);
      add(cell, node);
      return true;
    } else if (owner === "Promise" && name === "resolve" && others.length === 0) {
      const made: Node = promises.get(node) ?? { type: "ThisExpression" };
      promises.set(node, made);
      resolve(thingOf(made, "promise"), cellOf(first), node);
      add(cell, made);
      return true;
    } else if (owner !== "Object" || !/^(?:freeze|seal|preventExtensions)$/.test(name)) return false;
    flow(cellOf(first), cell);
    return true;
  };

  /** What may put a getter or a setter on something that is not known; plain members are told by `writes`. */
  const put = (on: Node, given: Node, what: string): void => {
    if (given.type === "Literal" || given.type === "TemplateLiteral" || isNothing(given)) return;
    const thing = things.get(given);
    if (thing === undefined || !/^define/.test(what)) putAccessor(on);
    else if (what === "defineProperties")
      each(member(thing, null), (descriptor) => put(on, descriptor, "defineProperty"));
    else
      for (const name of ["get", "set"])
        each(member(thing, name), (accessor) => {
          if (!isNothing(accessor)) putAccessor(on);
        });
  };

  const define = (target: Node, others: readonly Node[], what: string): void => {
    each(cellOf(target), (value) => {
      const thing = things.get(value);
      if (thing === undefined) {
        makeOutsideWild();
        for (const other of what === "defineProperty" ? others.slice(1) : others)
          each(cellOf(other), (given) => put(value, given, what));
      } else makeWild(thing);
      // A getter that is defined sees the object.
      expose(value);
    });
    for (const other of others) each(cellOf(other), expose);
  };

  const assign = (target: Node, others: readonly Node[]): void => {
    each(cellOf(target), (value) => {
      const thing = things.get(value);
      if (thing === undefined) {
        makeOutsideWild();
        expose(value);
      }
      for (const other of others) {
        if (thing === undefined) each(cellOf(other), expose);
        else {
          copy(cellOf(other), thing);
          // Setters of the target are called.
          if (thing.classes !== null || thing.setters.size > 0)
            each(cellOf(other), (from) => {
              const source = things.get(from);
              eachSetter(thing, null, (setter) => {
                add(calledOf(setter).self, value);
                if (source === undefined) add(argumentOf(setter, 0), unknown);
                else flow(member(source, null), argumentOf(setter, 0));
              });
            });
        }
      }
    });
  };

  /** What `Object.keys`, `values` or `entries` gives of one value. */
  const list = (value: Node, what: string, into: Cell): void => {
    if (regions !== null && isNothing(value)) return;
    const thing = things.get(value);
    // A text has its characters.
    if (value.type === "Literal" && what === "values" && !("regex" in value)) {
      const letters = typeof value.value === "string" ? new Set(value.value) : [];
      for (const letter of letters) add(into, { type: "Literal", value: letter });
      return;
    }
    if (thing?.kind !== "object" || thing.getters.size > 0) {
      expose(value);
      add(into, unknown);
      return;
    }
    const listed = (name: string): void => {
      const at: Node = { type: "Literal", value: name };
      const text = name === any || name === elements ? unknown : at;
      if (what === "keys") add(into, text);
      else if (what === "values") flow(own(thing, name), into);
      else {
        const pair: Node = { type: "ArrayExpression", elements: [] };
        const both = thingOf(pair, "list");
        add(own(both, "0"), text);
        flow(own(thing, name), own(both, "1"));
        add(into, pair);
      }
    };
    const expect = (name: string): void => {
      // Members are made when they are asked for, before they hold anything.
      let isListed = false;
      each(own(thing, name), () => {
        if (isListed) return;
        isListed = true;
        listed(name);
      });
    };
    for (const name of [...thing.members.keys()]) expect(name);
    thing.onMember.push((cell) => expect(nameOfMember(thing, cell)));
  };

  /** A promise of the list of what promises give, or of what one of them gives. */
  const join = (given: Node, isAll: boolean, node: Node): void => {
    const made = thingOf(node, "promise");
    const settled: Node = { type: "ArrayExpression", elements: [] };
    const all = isAll ? thingOf(settled, "list") : null;
    const into = all === null ? own(made, inside) : own(all, elements);
    if (all !== null) add(own(made, inside), settled);
    const values = make();
    iterate(cellOf(given), node, values);
    each(values, (value) => {
      const thing = things.get(value);
      if (thing?.kind === "promise") {
        exposeThenable(thing);
        flow(member(thing, inside), into);
      } else {
        if (thing !== undefined) exposeThenable(thing);
        add(into, thing === undefined ? awaited(value, node) : value);
      }
    });
  };

  /** `promisify(execFile)`: called as the function itself, but for the callback. */
  const promisified = (callee: Expression | Super, { nodes }: Args, cell: Cell): boolean => {
    const api = apiOf(program, callee);
    const [first] = nodes;
    if (api === null || keyOf(api) !== "module:util promisify" || isReplacedInNode(program, "promisify"))
      return false;
    if (first === undefined || first.type === "SpreadElement") return false;
    const given = apiOf(program, first);
    if (given === null || !isPromisable(first, keyOf(given))) return false;
    flow(cellOf(first), cell);
    return true;
  };

  /** Functions of files have their options elsewhere then, so theirs are told apart by the mention that is given. */
  const isPromisable = (first: Node, key: string): boolean =>
    /^module:child_process (?:execFile|exec)$/.test(key) ||
    (isOwnMention(first) && /^module:fs (?!.*(?:Sync|Stream)$)[a-z]\w+$/.test(key));

  /** `promisify(fs.access)` and `promisify(access)` of an import: nothing else has the value of the mention. */
  const isOwnMention = (first: Node): boolean => {
    const variable = first.type === "Identifier" ? program.variableOf(first) : null;
    return first.type === "MemberExpression" || variable?.defs[0]?.type === "ImportBinding";
  };

  return { ofFunction, ofLanguage, ofMap, promisified };
}

function isNull(node: Node): boolean {
  return node.type === "Literal" && node.value === null && !("regex" in node);
}
