import type { Node } from "estree";
import { type FunctionNode, isFunctionNode } from "../functions.ts";
import type { Cell } from "./cells.ts";
import type { Exposure } from "./exposure.ts";
import type { Members } from "./members.ts";
import { nameOfKey } from "./names.ts";
import { isNothing, type Store } from "./store.ts";
import { isText } from "./tables.ts";
import { any, bodyOf, isClass, type Thing } from "./things.ts";

export type Writes = ReturnType<typeof createWrites>;

/** What is written to members: by name, by copying all of them, and through setters. */
export function createWrites(store: Store, members: Members, exposure: Exposure) {
  const {
    add,
    argumentOf,
    calledOf,
    cellOf,
    each,
    expose,
    flow,
    isIterated,
    present,
    program,
    putAccessor,
    regions,
    things,
  } = store;
  const { got, makeWild, member, own, privates } = members;
  const { writeOutside } = exposure;

  const write = (base: Cell, name: string | null, value: Cell): void => {
    each(base, (target) => {
      if (regions !== null && isNothing(target)) return;
      const thing = things.get(target);
      if (thing === undefined) {
        for (const { kind, value: method } of privates(name)) {
          if (kind !== "set" || !isFunctionNode(method)) continue;
          add(calledOf(method).self, target);
          flow(value, argumentOf(method, 0));
        }
        if (name === "__proto__") putAccessor(target);
        // The name may be that one.
        if (name === null)
          each(value, (given) => {
            const above = things.get(given);
            if (above !== undefined && (above.isWild || above.getters.size + above.setters.size > 0))
              putAccessor(target);
          });
        writeOutside(name, value);
        return;
      }
      if (name === "__proto__" || (thing.kind === "function" && name === "prototype")) {
        makeWild(thing);
        each(value, expose);
        // Getters of a prototype see what they are asked on.
        expose(target);
      } else if (name === null) {
        flow(value, own(thing, any));
        present(own(thing, any));
        // The name may be `__proto__`.
        each(value, (one) => {
          if (!things.has(one)) return;
          makeWild(thing);
          expose(one);
          expose(target);
        });
      } else {
        flow(value, own(thing, name));
        present(own(thing, name));
      }
      eachSetter(thing, name, (setter) => {
        add(calledOf(setter).self, target);
        flow(value, argumentOf(setter, 0));
      });
    });
  };

  const eachSetter = (thing: Thing, name: string | null, tell: (setter: FunctionNode) => void): void => {
    for (const [key, setter] of thing.setters) if (name === null || key === name) tell(setter);
    const look = (owner: Node): void => {
      if (!isClass(owner)) return;
      for (const element of bodyOf(owner)) {
        if (element.type !== "MethodDefinition" || element.kind !== "set" || !isFunctionNode(element.value))
          continue;
        const key = nameOfKey(program, element.key, element.computed);
        if (key === null || name === null || key === name) tell(element.value);
      }
      if (owner.superClass) each(cellOf(owner.superClass), look);
    };
    if (thing.classes !== null) each(thing.classes, look);
    if (isClass(thing.node)) look(thing.node);
  };

  /** Every member of what is copied is a member of the copy. */
  const copy = (from: Cell, to: Thing): void => {
    each(from, (value) => {
      if (regions !== null && isNothing(value)) return;
      const source = things.get(value);
      if (source === undefined) {
        // A text gives its characters.
        if (!isText(value) || regions !== null) makeWild(to);
        expose(value);
        return;
      }
      for (const getter of source.getters.values()) flow(got(getter, source), own(to, any));
      for (const [name, cell] of [...source.members]) flow(cell, own(to, name));
      // Later members come under any name.
      source.onMember.push((cell) => flow(cell, own(to, nameOfMember(source, cell))));
    });
  };

  const nameOfMember = (thing: Thing, cell: Cell): string => {
    for (const [name, each] of thing.members) if (each === cell) return name;
    return any;
  };

  /** What going through the value gives. */
  const iterate = (from: Cell, node: Node, into: Cell): void => {
    each(from, (value) => {
      if (regions !== null && isNothing(value)) return;
      const thing = things.get(value);
      if (thing?.kind === "list" && !isIterated) flow(member(thing, null), into);
      else {
        expose(value);
        add(into, node);
      }
    });
  };

  return { copy, eachSetter, iterate, nameOfMember, write };
}
