import type { Node } from "estree";
import { type FunctionNode, isFunctionNode } from "../functions.ts";
import { apiOf } from "../resolve.ts";
import { keyOf } from "../table.ts";
import type { Cell } from "./cells.ts";
import type { Members } from "./members.ts";
import { methodsOf, nameOfKey, takenNames } from "./names.ts";
import type { Store } from "./store.ts";
import { movers, mutators } from "./tables.ts";
import { bodyOf, type ClassNode, elements, isClass, type Thing } from "./things.ts";

export type Exposure = ReturnType<typeof createExposure>;

/** What code that is not in view gets hold of, and what it may do with that. */
export function createExposure(store: Store, members: Members) {
  const {
    add,
    argumentOf,
    calledOf,
    cellOf,
    each,
    exposedLeaves,
    fieldsOf,
    flow,
    isReflective,
    lostLeaves,
    make,
    outsideWrites,
    program,
    putAccessor,
    things,
    unknown,
  } = store;
  const { makeWild, member, own, prototypeOf } = members;
  const exposedThings: Thing[] = [];
  let isOutsideWild = false;

  /** Code that is not in view gets hold of the value, and may call it and its methods with anything. */
  const expose = (value: Node): void => {
    const thing = things.get(value);
    if (thing === undefined) {
      exposedLeaves.add(value);
      lostLeaves.add(value);
      if (isMutator(value)) putAccessor(null);
      if (isMutator(value) || isIndirect(value)) makeOutsideWild();
      return;
    }
    if (thing.isExposed) return;
    thing.isExposed = true;
    exposedThings.push(thing);
    for (const [name, cell] of [...thing.members]) {
      each(cell, expose);
      const written = outsideWrites.get(name);
      if (written !== undefined) flow(written, cell);
    }
    for (const [name, cell] of outsideWrites) flow(cell, own(thing, name));
    if (isOutsideWild) makeWild(thing);
    for (const target of [...thing.getters.values(), ...thing.setters.values()]) release(target);
    // Others may move the elements of a list.
    if (thing.kind === "list") flow(member(thing, null), own(thing, elements));
    if (isFunctionNode(value)) release(value);
    else if (isClass(value)) releaseClass(value);
    // From an instance there are ways to its class, and so to its methods.
    if (thing.classes !== null)
      each(thing.classes, (owner) => (isClassNear() ? expose(owner) : lend(owner, value)));
  };

  const makeOutsideWild = (): void => {
    if (isOutsideWild) return;
    isOutsideWild = true;
    for (const thing of exposedThings) makeWild(thing);
  };

  const writeOutside = (name: string | null, value: Cell): void => {
    each(value, expose);
    if (name === null || name === "__proto__") {
      makeOutsideWild();
      return;
    }
    const known = outsideWrites.get(name);
    if (known !== undefined) {
      flow(value, known);
      return;
    }
    const cell = make();
    outsideWrites.set(name, cell);
    flow(value, cell);
    for (const thing of exposedThings) flow(cell, own(thing, name));
  };

  /** Anybody may call the methods on the instance, and on something else those that the program takes as values. */
  const lend = (owner: Node, instance: Node): void => {
    if (!isClass(owner)) return;
    for (const { type, name, value, isStatic } of methodsOf(program, owner)) {
      if (isStatic || type === "constructor" || name?.startsWith("#") === true) continue;
      const { self: receiver, anyArg, result } = calledOf(value);
      argumentOf(value, value.params.length);
      add(receiver, instance);
      add(anyArg, unknown);
      each(result, expose);
      if (name === null || isTaken(name)) add(receiver, unknown);
    }
    if (owner.superClass) each(cellOf(owner.superClass), (base) => lend(base, instance));
  };

  /** Whether the program may look for the class of an instance that is out of view. */
  const isClassNear = (): boolean => isReflective || taken().has(null) || program.text.includes("Reflect");

  let names: ReadonlySet<string | null> | null = null;
  const taken = (): ReadonlySet<string | null> => {
    names ??= takenNames(program);
    return names;
  };

  /** Whether the program, or Node, may take a method of that name from an object to call it on another one. */
  const isTaken = (name: string): boolean => taken().has(name) || taken().has(null);

  /** The function may be called by anybody with anything. */
  const release = (target: FunctionNode): void => {
    const { self: receiver, anyArg, result } = calledOf(target);
    argumentOf(target, target.params.length);
    add(receiver, unknown);
    add(anyArg, unknown);
    each(result, expose);
  };

  const released = new Set<Node>();

  const releaseMethods = (owner: Node): void => {
    if (!isClass(owner) || released.has(owner)) return;
    released.add(owner);
    for (const element of bodyOf(owner)) {
      if (element.type === "MethodDefinition" && !element.static && isFunctionNode(element.value))
        release(element.value);
    }
    if (owner.superClass) each(cellOf(owner.superClass), releaseMethods);
  };

  /** Anybody may make instances of the class, or call its methods on something else. */
  const releaseClass = (owner: ClassNode): void => {
    releaseMethods(owner);
    expose(prototypeOf(owner).node);
    add(fieldsOf(owner), unknown);
    for (const element of bodyOf(owner)) {
      if (element.type === "PropertyDefinition" && !element.static && element.value)
        each(cellOf(element.value), expose);
      if (element.type === "MethodDefinition" && element.static && isFunctionNode(element.value))
        release(element.value);
    }
    if (owner.superClass) each(cellOf(owner.superClass), expose);
  };

  /** Whether the value may be a function of Node that writes to what it is given. */
  const isMutator = (value: Node): boolean => {
    if (value.type === "Identifier") {
      const api = apiOf(program, value);
      return (
        api !== null &&
        /^global (?:Object|Reflect|globalThis|global)$|[ .](?:_extend|inherits)$/.test(keyOf(api))
      );
    }
    const name = nameOfLeaf(value);
    if (name === undefined) return false;
    return name === null ? isReflective : mutators.test(name);
  };

  /** Whether the value may be a method of Node that writes to its `this`. */
  const isIndirect = (value: Node): boolean => {
    const name = nameOfLeaf(value);
    return typeof name === "string" && (movers.has(name) || name === "set");
  };

  /** The name of the member that the value was taken from; undefined where it was none. */
  const nameOfLeaf = (value: Node): string | null | undefined => {
    if (value.type === "MemberExpression") return nameOfKey(program, value.property, value.computed);
    return value.type === "Property" ? nameOfKey(program, value.key, value.computed) : undefined;
  };

  return { expose, isMutator, makeOutsideWild, release, releaseClass, writeOutside };
}
