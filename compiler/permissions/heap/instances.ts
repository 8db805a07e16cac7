import type { CallExpression, NewExpression, Node } from "estree";
import { isGlobal } from "../constant.ts";
import { isFunctionNode } from "../functions.ts";
import { isUrlClass } from "../resolve.ts";
import type { Cell } from "./cells.ts";
import type { Exposure } from "./exposure.ts";
import type { Args, Invoke } from "./invoke.ts";
import type { Members } from "./members.ts";
import { methodAround, nameOfKey, ownConstructor } from "./names.ts";
import { isNothing, type Store } from "./store.ts";
import { isText } from "./tables.ts";
import { bodyOf, type ClassNode, inside, isClass, type Thing } from "./things.ts";
import type { Writes } from "./writes.ts";

export type Instances = ReturnType<typeof createInstances>;

/** What `new` and `super()` make: fields, constructors, maps and URLs. */
export function createInstances(
  store: Store,
  members: Members,
  exposure: Exposure,
  writes: Writes,
  invoking: Invoke,
) {
  const {
    add,
    calledOf,
    cellOf,
    each,
    expose,
    fieldsOf,
    flow,
    make,
    program,
    single,
    thingOf,
    things,
    unknown,
  } = store;
  const { foreignBase, member, own } = members;
  const { releaseClass } = exposure;
  const { write } = writes;
  const { exposeArgs, invoke, pass } = invoking;
  const constructed = new Map<Thing, Set<Node>>();
  const given = new Map<ClassNode, Cell>();

  const construct = (node: NewExpression, args: Args, cell: Cell): void => {
    each(cellOf(node.callee), (value) => {
      if (isClass(value)) {
        const thing = thingOf(node, "instance");
        if (thing.classes !== null) add(thing.classes, value);
        initialise(thing, value, args);
        add(cell, node);
        flow(givenBy(value), cell);
        return;
      }
      if (isUrlClass(program, value)) thingOf(node, "url");
      else if (isGlobal(program, value, "Map") && isPlainMap(args)) {
        const thing = thingOf(node, "map");
        const [entries] = args.nodes;
        if (entries !== undefined && entries.type !== "SpreadElement")
          each(cellOf(entries), (list) => {
            const pairs = things.get(list);
            if (pairs?.kind !== "list") {
              expose(list);
              add(own(thing, inside), unknown);
            } else
              each(member(pairs, null), (pair) => {
                const both = things.get(pair);
                if (both?.kind !== "list") {
                  expose(pair);
                  add(own(thing, inside), unknown);
                } else {
                  each(member(both, "0"), expose);
                  flow(member(both, "1"), own(thing, inside));
                }
              });
          });
        add(cell, node);
        return;
      }
      if (isFunctionNode(value)) {
        expose(value);
        exposeArgs(args);
        add(cell, unknown);
        return;
      }
      invoke(value, null, args, node, cell);
    });
  };

  const isPlainMap = ({ nodes }: Args): boolean => nodes.every(({ type }) => type !== "SpreadElement");

  const superCall = (node: CallExpression, args: Args): void => {
    const method = methodAround(program, node);
    if (method === null) {
      exposeArgs(args);
      return;
    }
    each(cellOf(method.owner.superClass ?? unknown), (base) => {
      each(calledOf(method.target).self, (value) => {
        const thing = things.get(value);
        if (thing !== undefined) initialise(thing, base, args);
        else if (isClass(base)) makeFields(null, base);
        if (!isClass(base)) exposeArgs(args);
        else if (thing === undefined) passToConstructor(base, args, null);
      });
    });
  };

  /** Runs the constructors and fields of a class for an instance. */
  const initialise = (thing: Thing, owner: Node, args: Args): void => {
    if (!isClass(owner)) {
      foreignBase(thing, owner);
      exposeArgs(args);
      return;
    }
    givenBy(owner);
    makeFields(thing, owner);
    passToConstructor(owner, args, thing);
  };

  /** What the constructors of a class return in place of the instance: then that is `this` for the classes below. */
  const givenBy = (owner: ClassNode): Cell => {
    const known = given.get(owner);
    if (known !== undefined) return known;
    const cell = make();
    given.set(owner, cell);
    const target = ownConstructor(owner);
    if (target !== null) flow(calledOf(target).result, cell);
    if (!owner.superClass) return cell;
    each(cellOf(owner.superClass), (base) => {
      if (!isClass(base)) return;
      const above = givenBy(base);
      flow(above, cell);
      each(above, (other) => {
        if (isNothing(other) || isText(other)) return;
        makeFields(things.get(other) ?? null, owner);
        add(fieldsOf(owner), other);
        if (target !== null) add(calledOf(target).self, other);
      });
    });
    return cell;
  };

  const passToConstructor = (owner: ClassNode, args: Args, thing: Thing | null): void => {
    const target = ownConstructor(owner);
    if (target !== null) {
      if (thing !== null) add(calledOf(target).self, thing.node);
      pass(target, args);
    } else if (owner.superClass) {
      each(cellOf(owner.superClass), (base) => {
        if (thing !== null) initialise(thing, base, args);
        else if (isClass(base)) passToConstructor(base, args, null);
        else exposeArgs(args);
      });
    }
  };

  const makeFields = (thing: Thing | null, owner: ClassNode): void => {
    if (thing === null) {
      releaseClass(owner);
      return;
    }
    const done = constructed.get(thing) ?? new Set();
    constructed.set(thing, done);
    if (done.has(owner)) return;
    done.add(owner);
    add(fieldsOf(owner), thing.node);
    for (const element of bodyOf(owner)) {
      if (element.type !== "PropertyDefinition" || element.static || !element.value) continue;
      const name = nameOfKey(program, element.key, element.computed);
      write(single(thing.node), name, cellOf(element.value));
    }
  };

  return { construct, initialise, superCall };
}
