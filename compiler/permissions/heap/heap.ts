import type { Variable } from "eslint-scope";
import type { CallExpression, Expression, MemberExpression, NewExpression, Node, Super } from "estree";
import { isGlobal, isTarget } from "../constant.ts";
import { type FunctionNode, isFunctionNode } from "../functions.ts";
import { isThisless } from "../methods.ts";
import { type Program, startOf } from "../program.ts";
import { isInheritanceChanged, isIterationChanged, isReplacedInNode } from "../replaced.ts";
import { apiOf, isUrlClass } from "../resolve.ts";
import { type Api, keyOf } from "../table.ts";
import { type Cell, createCells } from "./cells.ts";
import {
  any,
  bodyOf,
  type Called,
  type ClassNode,
  elements,
  inside,
  isClass,
  newThing,
  type Thing,
} from "./things.ts";

/** One call of a function that is not the program's own. */
export type ForeignCall = CallExpression | NewExpression;

/** What values the whole program can put where, told apart by where they are made. */
export interface Heap {
  /** The expressions of which one made the value of this one; null where it may be anything. */
  readonly of: (node: Node) => readonly Node[] | null;
  /** Every call of the API that is the node, or is named at an offset; null where others may call it too. */
  readonly callsAt: (node: Node, start: number, api: Api) => readonly ForeignCall[] | null;
  /** Whether the expression is a function of the program, and never anything else. */
  readonly isOwnFunction: (node: Node) => boolean;
  /** What the members of the one object that it is may be; null where that is not plain. */
  readonly object: (node: Node) => ReadonlyMap<string, Expression> | null;
}

const heaps = new WeakMap<Program, Heap>();

/** The one heap of a program; it is worked out when it is first asked. */
export function heapOf(program: Program): Heap {
  const known = heaps.get(program) ?? createHeap(program);
  heaps.set(program, known);
  return known;
}

/** Longer programs are not looked at as a whole. */
const longest = 700_000;
const steps = 3_000_000;

const settersOfUrl: ReadonlySet<string> = new Set(["host", "hostname", "href", "port", "protocol", any]);
const ofEveryObject: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype));
const ofTexts: ReadonlySet<string> = new Set(
  [Object, String, Number, BigInt, Boolean].flatMap(({ prototype }) => Object.getOwnPropertyNames(prototype)),
);
/** Functions that ask what they are given for nothing but whether a member is there. */
const lookers =
  /^global (?:Object\.(?:hasOwn|is|isFrozen|isSealed|isExtensible)|Array\.isArray|Object\.prototype\.hasOwnProperty\.call)$/;
/** Methods that a stream takes from its options. */
const ofStreams = "read write writev final destroy construct transform flush start pull cancel lookup".split(
  " ",
);
/** Classes of Node that write no members but these to what extends them. */
const harmlessBases: ReadonlyMap<string, readonly string[]> = new Map([
  ["module:events", ["domain"]],
  ["module:events EventEmitter", ["domain"]],
  ["global EventTarget", []],
  ...["Error", "TypeError", "RangeError", "SyntaxError", "AggregateError"].map(
    (name): [string, readonly string[]] => [
      `global ${name}`,
      ["message", "cause", "stack", "name", "errors"],
    ],
  ),
]);
const definers =
  /^global (?:Object\.(?:defineProperty|defineProperties|setPrototypeOf)|Reflect\.(?:defineProperty|set|setPrototypeOf))$/;
const mutators =
  /^(?:assign|define(?:Property|Properties)|setPrototypeOf|_extend|__define[GS]etter__|inherits)$/;
const ofEmitter: ReadonlySet<string> = new Set(
  "on once off emit addListener removeListener removeAllListeners listenerCount setMaxListeners".split(" "),
);
/** Methods of lists: those that move elements, and those that give a list with some of them. */
const movers: ReadonlySet<string> = new Set(
  "reverse sort splice shift copyWithin unshift push fill".split(" "),
);
const sublists: ReadonlySet<string> = new Set(
  "slice splice fill copyWithin filter concat reverse sort flat toSorted toReversed values".split(" "),
);
const pickers: ReadonlySet<string> = new Set("find findLast at pop shift".split(" "));
const callbacks: ReadonlySet<string> = new Set(
  "map forEach filter some every find findIndex findLast findLastIndex flatMap".split(" "),
);
const plainReaders: ReadonlySet<string> = new Set(
  "join includes indexOf lastIndexOf push unshift reduce".split(" "),
);

function createHeap(program: Program): Heap {
  let solved: { readonly isDone: boolean } | null = null;
  const unknown: Node = { type: "EmptyStatement" };
  const cellOfNode = new Map<Node | Variable, Cell>();
  const things = new Map<Node, Thing>();
  const called = new Map<FunctionNode, Called>();
  const fieldSelf = new Map<Node, Cell>();
  const exposedThings: Thing[] = [];
  const outsideWrites = new Map<string, Cell>();
  const exposedLeaves = new Set<Node>();
  const foreignCalls = new Map<Node, ForeignCall[]>();
  const constructed = new Map<Thing, Set<Node>>();
  /** Method calls on things, for those that find no method. */
  const pending: (() => void)[] = [];
  const promises = new Map<Node, Node>();
  const foreignBases = new Map<Thing, Cell>();
  let isOutsideWild = false;
  let isInherited = true;
  let isIterated = true;
  /** Whether the bundle looks for functions of Node in other ways than by their names. */
  let isReflective = true;

  const cells = createCells(unknown, (value) => expose(value), steps);
  const { add, each, flow, make } = cells;

  const single = (value: Node): Cell => {
    const cell = make();
    add(cell, value);
    return cell;
  };

  // ---- what expressions are

  const cellOf = (node: Node): Cell => {
    const known = cellOfNode.get(node);
    if (known !== undefined) return known;
    const cell = make();
    cellOfNode.set(node, cell);
    evaluate(node, cell);
    return cell;
  };

  const cellOfVariable = (variable: Variable): Cell => {
    const known = cellOfNode.get(variable);
    if (known !== undefined) return known;
    const cell = make();
    cellOfNode.set(variable, cell);
    return cell;
  };

  const evaluate = (node: Node, cell: Cell): void => {
    switch (node.type) {
      case "Identifier": {
        const variable = program.variableOf(node);
        if (variable === null) {
          if (node.name !== "undefined") add(cell, node);
        } else if (variable.defs.length === 0 || variable.defs.some(({ type }) => !isTracked(type)))
          add(cell, node);
        else flow(cellOfVariable(variable), cell);
        return;
      }
      case "Literal":
        if (node.value !== null || "regex" in node) add(cell, node);
        return;
      case "UnaryExpression":
        if (node.operator !== "void") add(cell, node);
        return;
      case "ChainExpression":
        flow(cellOf(node.expression), cell);
        return;
      case "ConditionalExpression":
        flow(cellOf(node.consequent), cell);
        flow(cellOf(node.alternate), cell);
        return;
      case "LogicalExpression":
        flow(cellOf(node.left), cell);
        flow(cellOf(node.right), cell);
        return;
      case "SequenceExpression": {
        const last = node.expressions.at(-1);
        if (last !== undefined) flow(cellOf(last), cell);
        return;
      }
      case "AssignmentExpression":
        if (["=", "??=", "||=", "&&="].includes(node.operator)) {
          flow(cellOf(node.right), cell);
          if (node.operator !== "=") flow(cellOf(node.left), cell);
        } else add(cell, node);
        return;
      case "ThisExpression":
        self(node, cell);
        return;
      case "MemberExpression":
        readMember(node, cell);
        return;
      case "AwaitExpression":
        each(cellOf(node.argument), (value) => {
          const thing = things.get(value);
          if (thing?.kind === "promise") flow(member(thing, inside), cell);
          else if (thing !== undefined) {
            // It may have a `then` of its own.
            expose(value);
            add(cell, value);
          } else add(cell, awaited(value, node));
        });
        return;
      case "MetaProperty": {
        // `new.target` is the class of what is being made.
        const method = node.meta.name === "new" ? methodAround(node) : null;
        if (method !== null)
          each(calledOf(method.target).self, (value) => {
            const made = things.get(value)?.classes;
            if (made) flow(made, cell);
          });
        add(cell, node);
        return;
      }
      case "ObjectExpression":
        objectOf(node);
        add(cell, node);
        return;
      case "ArrayExpression":
        listOf(node);
        add(cell, node);
        return;
      case "FunctionExpression":
      case "ArrowFunctionExpression":
      case "FunctionDeclaration":
      case "ClassExpression":
      case "ClassDeclaration":
        thingOf(node, isClass(node) ? "class" : "function");
        add(cell, node);
        return;
      case "CallExpression":
      case "NewExpression":
        call(node, cell);
        return;
      default:
        add(cell, node);
    }
  };

  const isTracked = (type: string): boolean =>
    ["Variable", "Parameter", "FunctionName", "ClassName"].includes(type);

  const isText = (node: Node): boolean =>
    node.type === "Literal" || node.type === "TemplateLiteral" || node.type === "BinaryExpression";

  /** What comes of a value that may be a promise of something else. */
  const awaited = (value: Node, node: Node): Node => {
    if (isText(value)) return value;
    expose(value);
    return node;
  };

  /** `this` of the function around, or of the class whose field it is in. */
  const self = (node: Node, cell: Cell): void => {
    for (
      let at = program.parents.get(node), from = node;
      at !== undefined;
      from = at, at = program.parents.get(at)
    ) {
      if (at.type === "FunctionDeclaration" || at.type === "FunctionExpression") {
        flow(calledOf(at).self, cell);
        return;
      }
      const owner = program.parents.get(program.parents.get(at) ?? at);
      if (at.type === "PropertyDefinition" && at.value === from && owner !== undefined && isClass(owner)) {
        if (at.static) flow(cellOf(owner), cell);
        else flow(fieldsOf(owner), cell);
        return;
      }
      if (at.type === "StaticBlock" && owner !== undefined && isClass(owner)) {
        flow(cellOf(owner), cell);
        return;
      }
    }
    add(cell, node);
  };

  /** Instances for which the fields of a class are made. */
  const fieldsOf = (owner: ClassNode): Cell => {
    const known = fieldSelf.get(owner) ?? make();
    fieldSelf.set(owner, known);
    return known;
  };

  const calledOf = (target: FunctionNode): Called => {
    const known = called.get(target);
    if (known !== undefined) return known;
    const made: Called = { self: make(), args: [], anyArg: make(), result: make() };
    called.set(target, made);
    return made;
  };

  const argumentOf = (target: FunctionNode, index: number): Cell => {
    const { args, anyArg } = calledOf(target);
    for (let i = args.length; i <= index; i++) {
      const cell = make();
      args.push(cell);
      flow(anyArg, cell);
    }
    return args[index] ?? anyArg;
  };

  // ---- things and their members

  const thingOf = (node: Node, kind: Thing["kind"]): Thing => {
    const known = things.get(node);
    if (known !== undefined) return known;
    const thing = newThing(node, kind, cells);
    things.set(node, thing);
    return thing;
  };

  const own = (thing: Thing, name: string): Cell => {
    const known = thing.members.get(name);
    if (known !== undefined) return known;
    const cell = make();
    thing.members.set(name, cell);
    for (const tell of thing.onMember) tell(cell);
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
          if (other !== undefined && isClass(base)) flow(member(other, name), cell);
          else add(cell, unknown);
        });
      }
    }
  };

  const got = (getter: FunctionNode, thing: Thing): Cell => {
    add(calledOf(getter).self, thing.node);
    return calledOf(getter).result;
  };

  /** A member that a class gives its instances. */
  const inherit = (thing: Thing, owner: Node, name: string | null, cell: Cell): void => {
    if (!isClass(owner)) {
      foreignBase(thing, owner);
      const written = harmlessBaseOf(owner);
      if (name === null || written === null || written.includes(name)) add(cell, unknown);
      return;
    }
    let isFound = false;
    for (const element of bodyOf(owner)) {
      if (element.type !== "MethodDefinition" || element.static || element.kind === "constructor") continue;
      const key = nameOfKey(element.key, element.computed);
      if (name !== null && key !== null && key !== name) continue;
      if (key !== null && key === name) isFound = true;
      if (!isFunctionNode(element.value)) continue;
      if (element.kind === "method") add(cell, element.value);
      else if (element.kind === "get") flow(got(element.value, thing), cell);
    }
    if (isFound || !owner.superClass) return;
    each(cellOf(owner.superClass), (base) => inherit(thing, base, name, cell));
  };

  const harmlessBaseOf = (owner: Node): readonly string[] | null => {
    const api = apiOf(program, owner);
    return api === null ? null : (harmlessBases.get(keyOf(api)) ?? null);
  };

  /** What extends a class that is not in view is in the hands of that class. */
  const foreignBase = (thing: Thing, base: Node): void => {
    add(basesOf(thing), base);
    if (harmlessBaseOf(base) === null) {
      makeWild(thing);
      expose(thing.node);
    }
  };

  const makeWild = (thing: Thing): void => {
    if (thing.isWild) return;
    thing.isWild = true;
    add(own(thing, any), unknown);
  };

  const nameOfKey = (key: Node, computed: boolean): string | null => {
    if (key.type === "PrivateIdentifier") return `#${key.name}`;
    if (!computed && key.type === "Identifier") return key.name;
    if (key.type === "Literal") return String(key.value);
    const isSymbol =
      key.type === "MemberExpression" && !key.computed && isGlobal(program, key.object, "Symbol");
    return isSymbol && key.property.type === "Identifier" ? `@@${key.property.name}` : null;
  };

  /** Tells of each name that a member access may have; null for any. */
  const eachName = (node: MemberExpression, tell: (name: string | null) => void): void => {
    const name = nameOfKey(node.property, node.computed);
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
    const thing = things.get(value);
    if (thing === undefined || thing.kind === "url") {
      // A text has nothing else.
      if (isText(value) && name !== null && !isInherited && !ofTexts.has(name) && !/^\d+$/.test(name)) return;
      exposedLeaves.add(value);
      if (name === null) expose(value);
      add(cell, node);
      return;
    }
    flow(member(thing, name), cell);
    if (name === "constructor" && thing.classes !== null) {
      flow(thing.classes, cell);
      return;
    }
    if (name === "prototype" || name === "__proto__") expose(value);
    const isPlain = thing.kind === "object" || thing.kind === "instance";
    const isElement = thing.kind === "list" && name !== null && /^\d+$/.test(name);
    const isStatic =
      thing.kind === "class" && name !== null && !["name", "length", "prototype"].includes(name);
    if (isInherited || name === null || ofEveryObject.has(name) || !(isPlain || isElement || isStatic))
      add(cell, node);
  };

  /** `super.name`, for the `this` of the method around. */
  const superMember = (node: MemberExpression, tell: (value: Node, self: Node) => void): void => {
    const method = methodAround(node);
    if (method === null) {
      tell(unknown, unknown);
      return;
    }
    const { owner, target, isStatic } = method;
    eachName(node, (name) => {
      each(cellOf(owner.superClass ?? unknown), (base) => {
        each(calledOf(target).self, (value) => {
          const found = make();
          const thing = things.get(value);
          const above = things.get(base);
          if (thing === undefined || above === undefined || !isClass(base)) add(found, node);
          else if (isStatic) flow(member(above, name), found);
          else inherit(thing, base, name, found);
          each(found, (one) => tell(one, value));
        });
      });
    });
  };

  const methodAround = (
    node: Node,
  ): { readonly owner: ClassNode; readonly target: FunctionNode; readonly isStatic: boolean } | null => {
    for (let at = program.parents.get(node); at !== undefined; at = program.parents.get(at)) {
      if (at.type !== "FunctionExpression") continue;
      const definition = program.parents.get(at);
      const body = definition === undefined ? undefined : program.parents.get(definition);
      const owner = body === undefined ? undefined : program.parents.get(body);
      return definition?.type === "MethodDefinition" && owner !== undefined && isClass(owner)
        ? { owner, target: at, isStatic: definition.static }
        : null;
    }
    return null;
  };

  const write = (base: Cell, name: string | null, value: Cell): void => {
    each(base, (target) => {
      const thing = things.get(target);
      if (thing === undefined) {
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
        // The name may be `__proto__`.
        each(value, (one) => {
          if (!things.has(one)) return;
          makeWild(thing);
          expose(one);
          expose(target);
        });
      } else flow(value, own(thing, name));
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
        const key = nameOfKey(element.key, element.computed);
        if (key === null || name === null || key === name) tell(element.value);
      }
      if (owner.superClass) each(cellOf(owner.superClass), look);
    };
    if (thing.classes !== null) each(thing.classes, look);
    if (isClass(thing.node)) look(thing.node);
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

  const makeOutsideWild = (): void => {
    if (isOutsideWild) return;
    isOutsideWild = true;
    for (const thing of exposedThings) makeWild(thing);
  };

  /** Code that is not in view gets hold of the value, and may call it and its methods with anything. */
  const expose = (value: Node): void => {
    const thing = things.get(value);
    if (thing === undefined) {
      exposedLeaves.add(value);
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

  /** Anybody may call the methods on the instance, and on something else those that the program takes as values. */
  const lend = (owner: Node, instance: Node): void => {
    if (!isClass(owner)) return;
    for (const { type, name, value, isStatic } of methodsOf(owner)) {
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
  const isClassNear = (): boolean =>
    isReflective || takenNames().has(null) || program.text.includes("Reflect");

  const methodsOf = (owner: ClassNode) =>
    bodyOf(owner).flatMap((element) =>
      element.type === "MethodDefinition" && isFunctionNode(element.value)
        ? [
            {
              type: element.kind,
              name: nameOfKey(element.key, element.computed),
              value: element.value,
              isStatic: element.static,
            },
          ]
        : [],
    );

  let taken: ReadonlySet<string | null> | null = null;
  /** Whether the program, or Node, may take a method of that name from an object to call it on another one. */
  const isTaken = (name: string): boolean => takenNames().has(name) || takenNames().has(null);

  const takenNames = (): ReadonlySet<string | null> => {
    if (taken === null) {
      const all = new Set<string | null>(ofStreams);
      for (const node of program.members) {
        if (node.type === "ObjectPattern") {
          for (const each of node.properties)
            if (each.type === "Property") all.add(nameOfKey(each.key, each.computed));
          continue;
        }
        const parent = program.parents.get(node);
        const above = parent?.type === "ChainExpression" ? program.parents.get(parent) : parent;
        const isCalled =
          (above?.type === "CallExpression" && (above.callee === node || above.callee === parent)) ||
          (above?.type === "TaggedTemplateExpression" && above.tag === node);
        if (node.type === "MemberExpression" && !isCalled && !isTarget(program, node))
          all.add(nameOfKey(node.property, node.computed));
      }
      taken = all;
    }
    return taken;
  };

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
    if (value.type === "MemberExpression") return nameOfKey(value.property, value.computed);
    return value.type === "Property" ? nameOfKey(value.key, value.computed) : undefined;
  };

  const objectOf = (node: Node & { readonly type: "ObjectExpression" }): void => {
    const thing = thingOf(node, "object");
    for (const property of node.properties) {
      if (property.type === "SpreadElement") {
        copy(cellOf(property.argument), thing);
        continue;
      }
      const name = nameOfKey(property.key, property.computed);
      if (property.kind !== "init") {
        if (!isFunctionNode(property.value)) continue;
        if (name === null) {
          makeWild(thing);
          expose(property.value);
          release(property.value);
          add(calledOf(property.value).self, node);
        } else (property.kind === "get" ? thing.getters : thing.setters).set(name, property.value);
        continue;
      }
      if (name === null) write(single(node), null, cellOf(property.value));
      else if (name === "__proto__" && !property.shorthand && !property.computed) {
        makeWild(thing);
        each(cellOf(property.value), expose);
        expose(node);
      } else flow(cellOf(property.value), own(thing, name));
    }
  };

  /** Every member of what is copied is a member of the copy. */
  const copy = (from: Cell, to: Thing): void => {
    each(from, (value) => {
      const source = things.get(value);
      if (source === undefined) {
        if (!isText(value)) makeWild(to);
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

  const listOf = (node: Node & { readonly type: "ArrayExpression" }): void => {
    const thing = thingOf(node, "list");
    let isExact = true;
    for (const [i, element] of node.elements.entries()) {
      if (element === null) continue;
      if (element.type === "SpreadElement") {
        isExact = false;
        iterate(cellOf(element.argument), element, own(thing, elements));
      } else flow(cellOf(element), own(thing, isExact ? String(i) : elements));
    }
  };

  /** What going through the value gives. */
  const iterate = (from: Cell, node: Node, into: Cell): void => {
    each(from, (value) => {
      const thing = things.get(value);
      if (thing?.kind === "list" && !isIterated) flow(member(thing, null), into);
      else {
        expose(value);
        add(into, node);
      }
    });
  };

  // ---- calls

  type Args = { readonly nodes: CallExpression["arguments"]; readonly skip: number };

  /** Hands arguments to the parameters of a function. */
  const pass = (target: FunctionNode, { nodes, skip }: Args): void => {
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
    each(result, (value) => {
      const thing = things.get(value);
      if (thing?.kind === "promise") flow(member(thing, inside), own(promise, inside));
      else {
        if (thing !== undefined) exposeThenable(thing);
        add(own(promise, inside), thing === undefined ? awaited(value, at) : value);
      }
    });
  };

  /** What a promise is resolved with is asked for its `then`. */
  const exposeThenable = (thing: Thing): void => {
    each(member(thing, "then"), () => expose(thing.node));
  };

  const invoke = (value: Node, receiver: Node | null, args: Args, at: ForeignCall, into: Cell): void => {
    if (isFunctionNode(value)) {
      if (receiver !== null) add(calledOf(value).self, receiver);
      pass(value, args);
      resultOf(value, at, into);
      return;
    }
    if (things.has(value)) return;
    const list = foreignCalls.get(value) ?? [];
    foreignCalls.set(value, list);
    if (!list.includes(at)) list.push(at);
    if (args.skip > 0) exposedLeaves.add(value);
    if (receiver !== null && !ignoresThis(value)) expose(receiver);
    if (isMutator(value)) makeOutsideWild();
    exposeArgs(args);
    add(into, at);
  };

  /** Functions of Node that do not look at what they are called on. */
  const ignoresThis = (value: Node): boolean => {
    const api = apiOf(program, value);
    return (
      isThisless(program, value) ||
      (api !== null &&
        /^(?:global fetch|module:(?:fs|fs\/promises|child_process|http|https) \w+)$/.test(keyOf(api)))
    );
  };

  const isSpread = ({ type }: Node): boolean => type === "SpreadElement";

  const call = (node: ForeignCall, cell: Cell): void => {
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
    const thing = things.get(value);
    if (thing === undefined || thing.kind === "url") {
      exposedLeaves.add(value);
      // `[].push.call(list, value)`
      if (name === null || ["call", "apply", "bind"].includes(name)) expose(value);
      // `Reflect.set` takes one more than a map's.
      const isReflectSet = name === "set" && (args.nodes.length > 2 || args.nodes.some(isSpread));
      if ((name === null && isReflective) || isReflectSet) makeOutsideWild();
      // It may be a list or a map of the program that others have hold of.
      const into = movers.has(name ?? "") ? elements : name === "set" ? inside : null;
      if (into !== null)
        for (const given of args.nodes)
          writeOutside(into, given.type === "SpreadElement" ? single(unknown) : cellOf(given));
      invoke(callee, null, args, node, cell);
      return;
    }
    const found = member(thing, name);
    each(found, (target) => invoke(target, value, args, node, cell));
    if (name !== null && ofList(thing, name, args, node, cell)) return;
    if (name !== null && ofMap(thing, name, args, cell)) return;
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

  /** Classes out of view that an instance comes from. */
  const basesOf = (thing: Thing): Cell => {
    const known = foreignBases.get(thing) ?? make();
    foreignBases.set(thing, known);
    return known;
  };

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
        else flow(cellOf(given), own(thing, elements));
      }
    if (callbacks.has(name)) {
      const [callback, receiver] = nodes;
      if (receiver !== undefined) return false;
      const results = make();
      each(callback === undefined ? make() : cellOf(callback), (target) => {
        if (isFunctionNode(target)) {
          flow(all, argumentOf(target, 0));
          add(argumentOf(target, 1), unknown);
          add(argumentOf(target, 2), thing.node);
          resultOf(target, node, results);
        } else {
          each(all, expose);
          invoke(target, null, { nodes: [], skip: 0 }, node, results);
          exposedLeaves.add(target);
        }
      });
      if (name === "map") {
        const made = thingOf(node, "list");
        flow(results, own(made, elements));
        add(cell, node);
        return true;
      }
      if (name === "flatMap") {
        each(results, expose);
        add(cell, node);
        return true;
      }
    }
    if (name === "concat") {
      const made = thingOf(node, "list");
      flow(all, own(made, elements));
      for (const given of nodes)
        each(cellOf(given), (value) => {
          const other = things.get(value);
          if (other?.kind === "list") flow(member(other, null), own(made, elements));
          else add(own(made, elements), value);
        });
      add(cell, node);
      return true;
    }
    if (name === "reduce") {
      const [callback, initial] = nodes;
      if (callback === undefined) return false;
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
    }
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

  const ofMap = (thing: Thing, name: string, { nodes }: Args, cell: Cell): boolean => {
    if (thing.kind !== "map" || isReplacedInNode(program, "get", "set", "has", "delete")) return false;
    const [first, second] = nodes;
    if (nodes.some(({ type }) => type === "SpreadElement")) return false;
    if (name === "get") {
      flow(member(thing, inside), cell);
      return true;
    }
    if (name === "has" || name === "delete") return true;
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
    if (definers.test(key)) {
      each(cellOf(first), (value) => {
        const thing = things.get(value);
        if (thing === undefined) makeOutsideWild();
        else makeWild(thing);
        // A getter that is defined sees the object.
        expose(value);
      });
      for (const other of others) each(cellOf(other), expose);
      flow(cellOf(first), cell);
      return true;
    }
    if (owner === "Object" && /^(?:freeze|seal|preventExtensions)$/.test(name)) {
      flow(cellOf(first), cell);
      return true;
    }
    if (owner === "Object" && name === "assign") {
      each(cellOf(first), (value) => {
        const thing = things.get(value);
        if (thing === undefined) makeOutsideWild();
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
      flow(cellOf(first), cell);
      return true;
    }
    if (owner === "Object" && /^(?:keys|values|entries)$/.test(name)) {
      const made = thingOf(node, "list");
      add(cell, node);
      each(cellOf(first), (value) => {
        const thing = things.get(value);
        // A text has its characters.
        if (value.type === "Literal" && name === "values" && !("regex" in value)) {
          const letters = typeof value.value === "string" ? new Set(value.value) : [];
          for (const letter of letters) add(own(made, elements), { type: "Literal", value: letter });
          return;
        }
        if (thing?.kind !== "object" || thing.getters.size > 0) {
          expose(value);
          add(own(made, elements), unknown);
          return;
        }
        const list = (member_: string): void => {
          // Members are made when they are asked for, before they hold anything.
          let isListed = false;
          each(own(thing, member_), () => {
            if (isListed) return;
            isListed = true;
            listed(member_);
          });
        };
        const listed = (member_: string): void => {
          const at: Node = { type: "Literal", value: member_ };
          const text = member_ === any || member_ === elements ? unknown : at;
          if (name === "keys") add(own(made, elements), text);
          else if (name === "values") flow(own(thing, member_), own(made, elements));
          else {
            const pair: Node = { type: "ArrayExpression", elements: [] };
            const both = thingOf(pair, "list");
            add(own(both, "0"), text);
            flow(own(thing, member_), own(both, "1"));
            add(own(made, elements), pair);
          }
        };
        for (const each of [...thing.members.keys()]) list(each);
        thing.onMember.push((each) => list(nameOfMember(thing, each)));
      });
      return true;
    }
    if (owner === "Promise" && /^(?:all|any|race)$/.test(name)) {
      const made = thingOf(node, "promise");
      add(cell, node);
      const settled: Node = { type: "ArrayExpression", elements: [] };
      const list = name === "all" ? thingOf(settled, "list") : null;
      const into = list === null ? own(made, inside) : own(list, elements);
      if (list !== null) add(own(made, inside), settled);
      const given = make();
      iterate(cellOf(first), node, given);
      each(given, (value) => {
        const thing = things.get(value);
        if (thing?.kind === "promise") flow(member(thing, inside), into);
        else {
          if (thing !== undefined) exposeThenable(thing);
          add(into, thing === undefined ? awaited(value, node) : value);
        }
      });
      return true;
    }
    return false;
  };

  /** `promisify(execFile)`: called as the function itself, but for the callback. */
  const promisified = (callee: Expression | Super, { nodes }: Args, cell: Cell): boolean => {
    const api = apiOf(program, callee);
    const [first] = nodes;
    if (api === null || keyOf(api) !== "module:util promisify" || isReplacedInNode(program, "promisify"))
      return false;
    if (first === undefined || first.type === "SpreadElement") return false;
    const given = apiOf(program, first);
    if (given === null || !/^module:child_process (?:execFile|exec)$/.test(keyOf(given))) return false;
    flow(cellOf(first), cell);
    return true;
  };

  const superCall = (node: CallExpression, args: Args): void => {
    const method = methodAround(node);
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

  const construct = (node: NewExpression, args: Args, cell: Cell): void => {
    each(cellOf(node.callee), (value) => {
      if (isClass(value)) {
        const thing = thingOf(node, "instance");
        if (thing.classes !== null) add(thing.classes, value);
        initialise(thing, value, args);
        add(cell, node);
        each(constructorResult(value), (other) => add(cell, other));
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

  const ownConstructor = (owner: ClassNode): FunctionNode | null => {
    for (const element of bodyOf(owner))
      if (
        element.type === "MethodDefinition" &&
        element.kind === "constructor" &&
        isFunctionNode(element.value)
      )
        return element.value;
    return null;
  };

  const constructorResult = (owner: ClassNode): Cell => {
    const target = ownConstructor(owner);
    return target === null ? make() : calledOf(target).result;
  };

  /** Runs the constructors and fields of a class for an instance. */
  const initialise = (thing: Thing, owner: Node, args: Args): void => {
    if (!isClass(owner)) {
      foreignBase(thing, owner);
      exposeArgs(args);
      return;
    }
    makeFields(thing, owner);
    passToConstructor(owner, args, thing);
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
      const name = nameOfKey(element.key, element.computed);
      write(single(thing.node), name, cellOf(element.value));
    }
  };

  // ---- the program

  const bind = (pattern: Node, value: Cell): void => {
    switch (pattern.type) {
      case "Identifier": {
        const variable = program.variableOf(pattern) ?? program.declaredBy.get(pattern) ?? null;
        if (variable === null) each(value, expose);
        else flow(value, cellOfVariable(variable));
        return;
      }
      case "MemberExpression":
        if (pattern.object.type === "Super") {
          each(value, expose);
          makeOutsideWild();
          return;
        }
        for (const object of [pattern.object as Expression | Super]) {
          const base = cellOf(object);
          eachName(pattern, (name) => write(base, name, value));
        }
        return;
      case "AssignmentPattern":
        bind(pattern.left, value);
        bind(pattern.left, cellOf(pattern.right));
        return;
      case "ObjectPattern":
        for (const property of pattern.properties) {
          if (property.type === "RestElement") {
            const rest = thingOf(property, "object");
            copy(value, rest);
            bind(property.argument, single(property));
            continue;
          }
          const part = make();
          const name = nameOfKey(property.key, property.computed);
          const read = (key: string | null): void => each(value, (one) => readOf(one, key, property, part));
          if (name !== null) read(name);
          else each(cellOf(property.key), (key) => read(key.type === "Literal" ? String(key.value) : null));
          bind(property.value, part);
        }
        return;
      case "ArrayPattern":
        for (const [i, element] of pattern.elements.entries()) {
          if (element === null) continue;
          const part = make();
          each(value, (one) => {
            const thing = things.get(one);
            if (thing?.kind === "list" && !isIterated) {
              flow(member(thing, element.type === "RestElement" ? null : String(i)), part);
            } else {
              expose(one);
              add(part, element);
            }
          });
          if (element.type === "RestElement") {
            flow(part, own(thingOf(element, "list"), elements));
            bind(element.argument, single(element));
          } else bind(element, part);
        }
        return;
      default:
        each(value, expose);
    }
  };

  const parameters = (target: FunctionNode): void => {
    for (const [i, parameter] of target.params.entries()) {
      if (parameter.type !== "RestElement") {
        bind(parameter, argumentOf(target, i));
        continue;
      }
      const list = thingOf(parameter, "list");
      const { anyArg } = calledOf(target);
      flow(anyArg, own(list, elements));
      // What methods of lists give; calls in view put theirs there by themselves.
      for (let at = i; at < i + 3; at++) flow(argumentOf(target, at), own(list, String(at - i)));
      bind(parameter.argument, single(parameter));
    }
  };

  const visit = (node: Node): void => {
    switch (node.type) {
      case "VariableDeclarator": {
        const loop = program.parents.get(program.parents.get(node) ?? node);
        if (node.init) bind(node.id, cellOf(node.init));
        else if (loop?.type === "ForOfStatement" && loop.left === program.parents.get(node))
          loopOver(loop, node.id);
        else if (loop?.type === "ForInStatement" && loop.left === program.parents.get(node))
          bind(node.id, single(unknown));
        return;
      }
      case "ForOfStatement":
        if (node.left.type !== "VariableDeclaration") loopOver(node, node.left);
        return;
      case "ForInStatement":
        if (node.left.type !== "VariableDeclaration") bind(node.left, single(unknown));
        return;
      case "AssignmentExpression":
        if (["=", "??=", "||=", "&&="].includes(node.operator)) bind(node.left, cellOf(node.right));
        else {
          bind(node.left, single(node));
          each(cellOf(node.right), expose);
          each(cellOf(node.left), expose);
        }
        return;
      case "UpdateExpression":
        bind(node.argument, single(node));
        each(cellOf(node.argument), expose);
        return;
      case "FunctionDeclaration":
      case "FunctionExpression":
      case "ArrowFunctionExpression": {
        for (const variable of node.type === "ArrowFunctionExpression" || !node.id
          ? []
          : program.variablesOf(node.id))
          flow(cellOf(node), cellOfVariable(variable));
        parameters(node);
        if (node.body.type !== "BlockStatement") flow(cellOf(node.body), calledOf(node).result);
        for (const value of program.returns.get(node) ?? []) flow(cellOf(value), calledOf(node).result);
        return;
      }
      case "ClassDeclaration":
      case "ClassExpression": {
        for (const variable of node.id ? program.variablesOf(node.id) : [])
          flow(cellOf(node), cellOfVariable(variable));
        const thing = thingOf(node, "class");
        if (node.superClass)
          each(cellOf(node.superClass), (base) => {
            if (!isClass(base)) expose(base);
          });
        for (const element of bodyOf(node)) {
          if (element.type === "StaticBlock") continue;
          const name = nameOfKey(element.key, element.computed);
          if (element.computed) each(cellOf(element.key), expose);
          if (element.type === "MethodDefinition" && isFunctionNode(element.value)) {
            // Node itself may call what stands under a symbol.
            if (name === null) {
              release(element.value);
              makeWild(thing);
            }
            if (!element.static) continue;
            if (element.kind === "method") flow(cellOf(element.value), own(thing, name ?? any));
            else (element.kind === "get" ? thing.getters : thing.setters).set(name ?? any, element.value);
          } else if (element.type === "PropertyDefinition" && element.static && element.value)
            write(cellOf(node), name, cellOf(element.value));
        }
        return;
      }
      case "ThrowStatement":
        each(cellOf(node.argument), expose);
        return;
      case "YieldExpression":
        if (node.argument) each(cellOf(node.argument), expose);
        return;
      case "TemplateLiteral":
        for (const each_ of node.expressions) each(cellOf(each_), expose);
        return;
      case "TaggedTemplateExpression":
        each(cellOf(node.tag), expose);
        if (node.tag.type === "MemberExpression" && node.tag.object.type !== "Super")
          each(cellOf(node.tag.object), expose);
        for (const each_ of node.quasi.expressions) each(cellOf(each_), expose);
        return;
      case "BinaryExpression":
        // Comparing identities asks nobody for anything.
        if (/^[!=]==$/.test(node.operator)) return;
        if (node.operator === "instanceof") {
          each(cellOf(node.right), (value) => {
            if (things.get(value)?.isWild === false && !program.text.includes("hasInstance")) return;
            expose(value);
            each(cellOf(node.left), expose);
          });
          return;
        }
        if (node.left.type !== "PrivateIdentifier") each(cellOf(node.left), expose);
        if (node.operator !== "in") each(cellOf(node.right), expose);
        return;
      case "UnaryExpression":
        if (["-", "+", "~"].includes(node.operator)) each(cellOf(node.argument), expose);
        return;
      case "MemberExpression":
        if (node.computed) each(cellOf(node.property), expose);
        // It may be a getter.
        cellOf(node);
        return;
      case "ExportSpecifier":
        each(cellOf(node.local as Node), entry);
        return;
      case "ExportDefaultDeclaration":
        each(cellOf(node.declaration as Node), entry);
        return;
      case "ExportNamedDeclaration":
        if (node.declaration?.type === "VariableDeclaration")
          for (const { id } of node.declaration.declarations)
            for (const variable of program.variablesOf(id)) each(cellOfVariable(variable), entry);
        else if (node.declaration) each(cellOf(node.declaration), entry);
        return;
      case "ImportExpression":
        each(cellOf(node.source), expose);
        return;
      case "CallExpression":
      case "NewExpression":
      case "AwaitExpression":
      case "ObjectExpression":
      case "ArrayExpression":
        cellOf(node);
        return;
      default:
    }
  };

  const loopOver = (loop: Node & { readonly type: "ForOfStatement" }, pattern: Node): void => {
    const part = make();
    if (loop.await) {
      const plain = make();
      iterate(cellOf(loop.right), loop, plain);
      each(plain, (value) => {
        expose(value);
        add(part, loop);
      });
    } else iterate(cellOf(loop.right), loop, part);
    bind(pattern, part);
  };

  /**
   * What the bundle gives the runner: it makes one plugin, asks it for its nodes and calls those. It writes nothing to
   * them and hands them to nobody.
   */
  const entry = (value: Node): void => {
    if (!isClass(value)) {
      expose(value);
      return;
    }
    const at: Node = { type: "ThisExpression" };
    const plugin = thingOf(at, "instance");
    if (plugin.classes !== null) add(plugin.classes, value);
    initialise(plugin, value, { nodes: [], skip: 0 });
    each(member(plugin, null), (method) => {
      if (!isFunctionNode(method)) return;
      add(calledOf(method).self, at);
      add(calledOf(method).anyArg, unknown);
    });
    each(member(plugin, "nodes"), (method) => {
      if (!isFunctionNode(method)) return;
      const list = make();
      iterate(calledOf(method).result, unknown, list);
      each(list, (node) => {
        const thing = things.get(node);
        if (thing === undefined) return;
        each(member(thing, "call"), (target) => {
          if (!isFunctionNode(target)) {
            expose(node);
            return;
          }
          add(calledOf(target).self, node);
          add(calledOf(target).anyArg, unknown);
          each(calledOf(target).result, expose);
        });
      });
    });
  };

  const solve = (): boolean => {
    if (program.text.length > longest) return false;
    isInherited = isInheritanceChanged(program);
    isIterated = isIterationChanged(program);
    isReflective =
      /getOwnPropertyDescriptor|getPrototypeOf|prototype|__proto__|__lookup|constructor(?!\s*\()/.test(
        program.text,
      );
    for (const node of program.parents.keys()) visit(node);
    for (let waiting = pending.splice(0); ; waiting = pending.splice(0)) {
      if (!cells.settle()) return false;
      const found = [...waiting, ...pending.splice(0)];
      if (found.length === 0) return true;
      for (const look of found) look();
    }
  };

  const isSolved = (): boolean => {
    if (solved === null) {
      // Questions that come up meanwhile have no answer.
      solved = { isDone: false };
      try {
        solved = { isDone: solve() };
      } catch (error) {
        // Generated code nests deeper than the stack; then there is no answer.
        if (!(error instanceof RangeError)) throw error;
      }
    }
    return solved.isDone;
  };

  /** What the mention of an API holds: the node where it is a name, else the expression from there on that is the API. */
  const mentionAt = (mention: Node, start: number, api: Api): Cell | undefined => {
    if (mention.type === "Identifier" && startOf(mention) === start) return cellOfNode.get(mention);
    for (const node of program.members) {
      if (node.type !== "MemberExpression" || startOf(node) !== start) continue;
      const own = apiOf(program, node);
      if (own !== null && keyOf(own) === keyOf(api)) return cellOfNode.get(node);
    }
    for (const { identifier } of program.references) {
      const node = identifier as Node;
      if (startOf(node) !== start) continue;
      const own = apiOf(program, node);
      if (own !== null && keyOf(own) === keyOf(api)) return cellOfNode.get(node);
    }
    return undefined;
  };

  /** Objects may have been changed; a URL is what it was made as where nobody may have given it another host. */
  const isConstant = (value: Node): boolean => {
    const thing = things.get(value);
    if (thing === undefined) return value !== unknown;
    return (
      thing.kind === "url" &&
      ![...thing.members].some(([name, { values }]) => settersOfUrl.has(name) && values.size > 0)
    );
  };

  return {
    of: (node) => {
      const cell = isSolved() ? cellOfNode.get(node) : undefined;
      if (cell === undefined || cell.values.size === 0) return null;
      const values = [...cell.values];
      return values.every(isConstant) ? values : null;
    },
    callsAt: (node, start, api) => {
      const cell = isSolved() ? mentionAt(node, start, api) : undefined;
      if (cell === undefined || cell.values.size === 0) return null;
      const calls: ForeignCall[] = [];
      for (const value of cell.values) {
        // An object of the program may hold the API.
        if (value === unknown || things.has(value) || exposedLeaves.has(value)) return null;
        calls.push(...(foreignCalls.get(value) ?? []));
      }
      return calls;
    },
    object: (node) => {
      const cell = isSolved() ? cellOfNode.get(node) : undefined;
      const [value, ...others] = cell?.values ?? [];
      const thing = value === undefined || others.length > 0 ? undefined : things.get(value);
      if (thing?.kind !== "object" || thing.isWild || thing.getters.size > 0) return null;
      const result = new Map<string, Expression>();
      for (const [name, each] of thing.members) {
        const [one, ...more] = each.values;
        if (one === undefined) continue;
        if (name === any || name === elements) return null;
        if (more.length === 0 && !things.has(one)) result.set(name, one as Expression);
        else {
          // A name of nothing, that stands for all that the member may be.
          const all: Expression = { type: "Identifier", name: "" };
          cellOfNode.set(all, each);
          result.set(name, all);
        }
      }
      return result;
    },
    isOwnFunction: (node) => {
      const cell = isSolved() ? cellOfNode.get(node) : undefined;
      return (
        cell !== undefined && cell.values.size > 0 && [...cell.values].every((value) => isFunctionNode(value))
      );
    },
  };
}
