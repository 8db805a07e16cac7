import type { MemberExpression, MethodDefinition, Node } from "estree";
import type { FunctionNode } from "../functions.ts";
import { isFunctionNode } from "../functions.ts";
import { apiOf } from "../resolve.ts";
import { keyOf } from "../table.ts";
import type { Cell } from "./cells.ts";
import { isImplicit, methodAround, methodsOf, nameOfKey, privateMethods } from "./names.ts";
import { isNothing, type Store } from "./store.ts";
import { harmlessBases, isText, ofEveryObject, ofTexts } from "./tables.ts";
import { any, bodyOf, type ClassNode, elements, isClass, type Thing } from "./things.ts";

export type Members = ReturnType<typeof createMembers>;

/** What members may be: those that were written, what getters and classes give, and what is read by which name. */
export function createMembers(store: Store) {
  const {
    add,
    asked,
    calledOf,
    cellOf,
    each,
    exposedLeaves,
    expose,
    fieldsOf,
    flow,
    isInherited,
    make,
    outsideWrites,
    program,
    regions,
    thingOf,
    things,
    unknown,
    whenAccessorPut,
  } = store;
  const foreignBases = new Map<Thing, Cell>();
  const told = new Set<Thing>();
  const prototypes = new Map<Node, Node>();

  const own = (thing: Thing, name: string): Cell => {
    const known = thing.members.get(name);
    if (known !== undefined) return known;
    const cell = make();
    thing.members.set(name, cell);
    for (const tell of thing.onMember) tell(cell);
    if (isImplicit(name))
      each(cell, (value) => {
        if (isFunctionNode(value)) add(calledOf(value).self, thing.node);
      });
    // Lists and promises make others by it.
    if (name === "constructor" && (thing.kind === "list" || thing.kind === "promise")) each(cell, expose);
    if (thing.isExposed) {
      each(cell, expose);
      const written = outsideWrites.get(name);
      if (written !== undefined) flow(written, cell);
    }
    return cell;
  };

  /** All that a member may be; any of them where the name is null. */
  const member = (thing: Thing, name: string | null): Cell => {
    const known = thing.found.get(name);
    if (known !== undefined) return known;
    const cell = make();
    thing.found.set(name, cell);
    flow(own(thing, any), cell);
    if (name === null || /^\d+$/.test(name)) flow(own(thing, elements), cell);
    if (name !== null) flow(named(thing, name), cell);
    else {
      for (const each of thing.members.values()) flow(each, cell);
      thing.onMember.push((each) => flow(each, cell));
    }
    if (name === null) lookUp(thing, null, cell);
    return cell;
  };

  /** What a member of that name may be, where nobody wrote it by another name. */
  const named = (thing: Thing, name: string): Cell => {
    const known = thing.named.get(name);
    if (known !== undefined) return known;
    const cell = make();
    thing.named.set(name, cell);
    flow(own(thing, name), cell);
    lookUp(thing, name, cell);
    return cell;
  };

  /** What getters and classes give. */
  const lookUp = (thing: Thing, name: string | null, cell: Cell): void => {
    for (const [key, getter] of thing.getters)
      if (name === null || name === key || key === any) flow(got(getter, thing), cell);
    if (thing.classes !== null) each(thing.classes, (owner) => inherit(thing, owner, name, cell));
    if (isClass(thing.node)) {
      const above = thing.node.superClass;
      if (above) {
        each(cellOf(above), (base) => {
          const other = things.get(base);
          if (other !== undefined && isClass(base)) {
            flow(member(other, name), cell);
            askedOn(other, name, thing.node);
          } else add(cell, unknown);
        });
      }
    }
  };

  /** Static getters of a class, and of those above it, see the class below that they are asked on. */
  const askedOn = (owner: Thing, name: string | null, self: Node): void => {
    for (const [key, getter] of owner.getters)
      if (name === null || name === key || key === any) add(calledOf(getter).self, self);
    if (!isClass(owner.node) || !owner.node.superClass) return;
    each(cellOf(owner.node.superClass), (base) => {
      const above = things.get(base);
      if (above !== undefined && isClass(base)) askedOn(above, name, self);
    });
  };

  const got = (getter: FunctionNode, thing: Thing | null): Cell => {
    const { self, result } = calledOf(getter);
    if (thing !== null) add(self, thing.node);
    return result;
  };

  /** A member that a class gives its instances: one of them, or one that is not known. */
  const inherit = (thing: Thing | null, owner: Node, name: string | null, cell: Cell): void => {
    if (!isClass(owner)) {
      if (thing !== null) foreignBase(thing, owner);
      const written = harmlessBaseOf(owner);
      if (name === null || written === null || written.includes(name)) add(cell, unknown);
      return;
    }
    let isFound = false;
    for (const element of bodyOf(owner)) {
      if (element.type !== "MethodDefinition" || element.static || element.kind === "constructor") continue;
      const key = nameOfKey(program, element.key, element.computed);
      if (name !== null && key !== null && key !== name) continue;
      if (key !== null && key === name) isFound = true;
      if (!isFunctionNode(element.value)) continue;
      if (element.kind === "method") add(cell, element.value);
      else if (element.kind === "get") flow(got(element.value, thing), cell);
    }
    if (isFound) return;
    flow(member(prototypeOf(owner), name), cell);
    if (!owner.superClass) return;
    each(cellOf(owner.superClass), (base) => inherit(thing, base, name, cell));
  };

  /** What is written to the prototype of a class, beside what the class says. */
  const prototypeOf = (owner: ClassNode): Thing => {
    const node = prototypes.get(owner) ?? { type: "ObjectExpression", properties: [] };
    prototypes.set(owner, node);
    return thingOf(node, "object");
  };

  const harmlessBaseOf = (owner: Node): readonly string[] | null => {
    const api = apiOf(program, owner);
    return api === null ? null : (harmlessBases.get(keyOf(api)) ?? null);
  };

  /** What extends a class that is not in view is in the hands of that class. */
  const foreignBase = (thing: Thing, base: Node): void => {
    add(basesOf(thing), base);
    const lose = (): void => {
      makeWild(thing);
      expose(thing.node);
    };
    if (harmlessBaseOf(base) === null) lose();
    else {
      askedByBase(thing);
      whenAccessorPut(lose);
    }
  };

  /** Classes out of view that an instance comes from. */
  const basesOf = (thing: Thing): Cell => {
    const known = foreignBases.get(thing) ?? make();
    foreignBases.set(thing, known);
    return known;
  };

  /** A base asks for getters, and sets members, by names of its own. */
  const askedByBase = (thing: Thing): void => {
    if (thing.classes === null || told.has(thing)) return;
    told.add(thing);
    each(thing.classes, function ask(owner: Node): void {
      if (!isClass(owner)) return;
      for (const { type, value } of methodsOf(program, owner)) {
        if (type !== "get" && type !== "set") continue;
        const { self, anyArg, result } = calledOf(value);
        add(self, thing.node);
        add(anyArg, unknown);
        each(result, expose);
      }
      if (owner.superClass) each(cellOf(owner.superClass), ask);
    });
  };

  const makeWild = (thing: Thing): void => {
    if (thing.isWild) return;
    thing.isWild = true;
    add(own(thing, any), unknown);
  };

  /** Tells of each name that a member access may have; null for any. */
  const eachName = (node: MemberExpression, tell: (name: string | null) => void): void => {
    const name = nameOfKey(program, node.property, node.computed);
    if (name !== null) tell(name);
    else each(cellOf(node.property), (key) => tell(key.type === "Literal" ? String(key.value) : null));
  };

  const readMember = (node: MemberExpression, cell: Cell): void => {
    if (node.object.type === "Super") {
      superMember(node, (value) => add(cell, value));
      return;
    }
    const base = cellOf(node.object);
    eachName(node, (name) => each(base, (value) => readOf(value, name, node, cell)));
  };

  const readOf = (value: Node, name: string | null, node: Node, cell: Cell): void => {
    if (regions !== null && isNothing(value)) return;
    const thing = things.get(value);
    if (thing === undefined || thing.kind === "url") {
      // A text has nothing else.
      if (isText(value) && name !== null && !isInherited && !ofTexts.has(name) && !/^\d+$/.test(name)) return;
      exposedLeaves.add(value);
      if (regions !== null) asked.set(value, (asked.get(value) ?? new Set()).add(node));
      if (name === null) expose(value);
      for (const method of privates(name)) {
        if (!isFunctionNode(method.value)) continue;
        if (method.kind === "method") add(cell, method.value);
        else add(calledOf(method.value).self, value);
      }
      add(cell, node);
      return;
    }
    flow(member(thing, name), cell);
    // What a class of Node gives is there too.
    if (regions !== null && thing.classes !== null) each(basesOf(thing), () => add(cell, node));
    if (name === "prototype" && isClass(value)) add(cell, prototypeOf(value).node);
    if (name === "constructor" && thing.classes !== null) {
      flow(thing.classes, cell);
      return;
    }
    const isCallable = thing.kind === "class" || thing.kind === "function";
    if (name === "prototype" || name === "__proto__" || (name === null && isCallable)) expose(value);
    const isPlain = thing.kind === "object" || thing.kind === "instance";
    const isElement = thing.kind === "list" && name !== null && /^\d+$/.test(name);
    const isStatic =
      thing.kind === "class" && name !== null && !["name", "length", "prototype"].includes(name);
    if (isInherited || name === null || ofEveryObject.has(name) || !(isPlain || isElement || isStatic))
      add(cell, node);
  };

  let byName: ReturnType<typeof privateMethods> | null = null;
  /** Private methods that a value which is not known may have. */
  const privates = (name: string | null): readonly MethodDefinition[] => {
    if (name?.startsWith("#") !== true) return [];
    byName ??= privateMethods(program);
    return byName.get(name) ?? [];
  };

  /** `super.name`, for the `this` of the method around, and for no known one. */
  const superMember = (node: MemberExpression, tell: (value: Node, self: Node | null) => void): void => {
    const method = methodAround(program, node);
    if (method === null) {
      // In a field or a static block a getter may see the instance or the class.
      for (let at = program.parents.get(node); at !== undefined; at = program.parents.get(at)) {
        if (!isClass(at)) continue;
        each(cellOf(at), expose);
        each(fieldsOf(at), expose);
        break;
      }
      tell(unknown, unknown);
      return;
    }
    const { owner, target, isStatic } = method;
    eachName(node, (name) => {
      each(cellOf(owner.superClass ?? unknown), (base) => {
        // A method that was taken from its object has none.
        const unbound = make();
        if (isStatic) readOf(base, name, node, unbound);
        else inherit(null, base, name, unbound);
        each(unbound, (one) => {
          if (isFunctionNode(one)) tell(one, null);
        });
        each(calledOf(target).self, (value) => {
          const found = make();
          const thing = things.get(value);
          const above = things.get(base);
          if (thing === undefined || above === undefined || !isClass(base)) add(found, node);
          else if (isStatic) {
            flow(member(above, name), found);
            askedOn(above, name, value);
          } else inherit(thing, base, name, found);
          each(found, (one) => tell(one, value));
        });
      });
    });
  };

  return {
    basesOf,
    eachName,
    foreignBase,
    got,
    makeWild,
    member,
    named,
    own,
    privates,
    prototypeOf,
    readMember,
    readOf,
    superMember,
  };
}
