import type { Variable } from "eslint-scope";
import type { CallExpression, NewExpression, Node } from "estree";
import type { FunctionNode } from "../functions.ts";
import type { Program } from "../program.ts";
import { isInheritanceChanged, isIterationChanged } from "../replaced.ts";
import { apiOf } from "../resolve.ts";
import { keyOf } from "../table.ts";
import { type Cell, type Cells, createCells } from "./cells.ts";
import { nameOfKey } from "./names.ts";
import type { Regions } from "./regions.ts";
import { type Called, type ClassNode, newThing, type Thing } from "./things.ts";

/** One call of a function that is not the program's own. */
export type ForeignCall = CallExpression | NewExpression;

/** All that is known of the program while it is worked out: a cell for whatever holds values, a thing for what is made. */
export interface Store extends Cells {
  readonly program: Program;
  /** Stands for a value that may be anything. */
  readonly unknown: Node;
  /** Cells of expressions and variables. */
  readonly cellOfNode: Map<Node | Variable, Cell>;
  readonly cellOf: (node: Node) => Cell;
  readonly cellOfVariable: (variable: Variable) => Cell;
  /** A new cell that holds the value. */
  readonly single: (value: Node) => Cell;
  readonly things: ReadonlyMap<Node, Thing>;
  /** The thing that the node makes; it becomes one of that kind when it is first asked for. */
  readonly thingOf: (node: Node, kind: Thing["kind"]) => Thing;
  readonly calledOf: (target: FunctionNode) => Called;
  readonly argumentOf: (target: FunctionNode, index: number) => Cell;
  /** Instances for which the fields of a class are made. */
  readonly fieldsOf: (owner: ClassNode) => Cell;
  /** Code that is not in view gets hold of the value: see exposure.ts. */
  readonly expose: (value: Node) => void;
  /** Values of no thing that code out of view may have hold of, or that were asked for a member. */
  readonly exposedLeaves: Set<Node>;
  /** Those that code out of view surely has hold of, or that were called. */
  readonly lostLeaves: Set<Node>;
  /** By value of no thing, where it is asked for a member. */
  readonly asked: Map<Node, Set<Node>>;
  readonly foreignCalls: Map<Node, ForeignCall[]>;
  /** By name, what was written to things that are not known. */
  readonly outsideWrites: Map<string, Cell>;
  /** A getter or setter may have been put on something that is not the program's own, where things may inherit it. */
  readonly putAccessor: (on: Node | null) => void;
  /** Whether any object, list or function may inherit one, and show itself to it: then there are no answers. */
  readonly isLost: () => boolean;
  /** Calls back once one may have been put there. */
  readonly whenAccessorPut: (then: () => void) => void;
  /** Asked once all else is settled: whether a call on a thing found a method. */
  readonly pending: (() => void)[];
  /** Whether the bundle may give every object members, or lists another way to go through them. */
  readonly isInherited: boolean;
  readonly isIterated: boolean;
  /** Whether the bundle looks for functions of Node in other ways than by their names. */
  readonly isReflective: boolean;
  /** What may run; null where all of the program is taken to run. */
  readonly regions: Regions | null;
  /** Calls back when the code that begins with the node may run. */
  readonly whenEntered: (root: Node, then: () => void) => void;
  /** Calls back when the cell holds something, or at once where all of the program is taken to run. */
  readonly whenHeld: (cell: Cell, then: () => void) => void;
  /** Tells a member that holds nothing from one that is not there, where that is asked: see regions. */
  readonly present: (cell: Cell) => void;
}

/** `undefined`, where it is told apart from what is not there. */
export const nothing: Node = { type: "Identifier", name: "undefined" };

/** Whether asking it for a member, calling it or going through it can only throw. */
export function isNothing(value: Node): boolean {
  return value === nothing || (value.type === "Literal" && value.value === null && !("regex" in value));
}

/** What the rules, which come later, say of an expression that is asked for the first time and of a value that gets out. */
export interface Rules {
  readonly evaluate: (node: Node, cell: Cell) => void;
  readonly expose: (value: Node) => void;
}

/** Whether the value, which is not the program's own, may be what all objects or functions inherit. */
function isInheritable(program: Program, value: Node): boolean {
  const api = apiOf(program, value);
  if (api !== null)
    return /^global (?:Object|Function|Array|String|RegExp)\.prototype$|\.(?:__proto__|constructor\.prototype)$|^constructor prototype$/.test(
      keyOf(api),
    );
  const isNamed = (node: Node, name: string): boolean =>
    node.type === "MemberExpression" && nameOfKey(program, node.property, node.computed) === name;
  if (value.type === "CallExpression")
    return value.callee.type === "Identifier" || isNamed(value.callee, "getPrototypeOf");
  if (value.type !== "MemberExpression") return false;
  return isNamed(value, "__proto__") || (isNamed(value, "prototype") && isNamed(value.object, "constructor"));
}

/** How much may be worked out: the number of times that a value arrives somewhere. */
const steps = 3_000_000;

export function createStore(program: Program, { evaluate, expose }: Rules, regions: Regions | null): Store {
  const unknown: Node = { type: "EmptyStatement" };
  const cellOfNode = new Map<Node | Variable, Cell>();
  const things = new Map<Node, Thing>();
  const called = new Map<FunctionNode, Called>();
  const fieldSelf = new Map<Node, Cell>();
  const cells = createCells(unknown, expose, steps);
  const { add, flow, make } = cells;
  const waiting: (() => void)[] = [];
  const isInherited = isInheritanceChanged(program);
  let isAccessorPut = false;
  let isLost = false;

  const single = (value: Node): Cell => {
    const cell = make();
    add(cell, value);
    return cell;
  };

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
    regions?.enter(target);
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

  const thingOf = (node: Node, kind: Thing["kind"]): Thing => {
    const known = things.get(node);
    if (known !== undefined) return known;
    const thing = newThing(node, kind, cells);
    things.set(node, thing);
    return thing;
  };

  return {
    ...cells,
    program,
    unknown,
    expose,
    cellOfNode,
    things,
    single,
    cellOf,
    cellOfVariable,
    fieldsOf,
    calledOf,
    argumentOf,
    thingOf,
    exposedLeaves: new Set(),
    lostLeaves: new Set(),
    asked: new Map(),
    foreignCalls: new Map(),
    outsideWrites: new Map(),
    pending: [],
    putAccessor: (on) => {
      isAccessorPut = true;
      if (isInherited || (on !== null && isInheritable(program, on))) isLost = true;
      for (const then of waiting.splice(0)) then();
    },
    whenAccessorPut: (then) => {
      if (isAccessorPut) then();
      else waiting.push(then);
    },
    regions,
    whenEntered: (root, then) => {
      if (regions === null) then();
      else regions.whenEntered(root, then);
    },
    whenHeld: (cell, then) => {
      let isTold = regions === null;
      if (isTold) then();
      else
        cells.each(cell, () => {
          if (isTold) return;
          isTold = true;
          then();
        });
    },
    present: (cell) => {
      if (regions !== null) add(cell, nothing);
    },
    isLost: () => isLost,
    isInherited,
    isIterated: isIterationChanged(program),
    isReflective:
      /getOwnPropertyDescriptor|getPrototypeOf|prototype|__proto__|__lookup|constructor(?!\s*\()/.test(
        program.text,
      ),
  };
}
