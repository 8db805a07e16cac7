import type { Expression, Node } from "estree";
import { isFunctionNode } from "../functions.ts";
import { type Program, startOf } from "../program.ts";
import { apiOf } from "../resolve.ts";
import { type Api, keyOf } from "../table.ts";
import type { Cell } from "./cells.ts";
import { solve } from "./solve.ts";
import type { ForeignCall, Store } from "./store.ts";
import { settersOfUrl } from "./tables.ts";
import { any, elements, type Thing } from "./things.ts";

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

function createHeap(program: Program): Heap {
  let solution: Store | null | undefined;

  const solved = (): Store | null => {
    if (solution === undefined) {
      // Questions that come up meanwhile have no answer.
      solution = null;
      try {
        if (program.text.length <= longest) solution = solve(program, null);
      } catch (error) {
        // Generated code nests deeper than the stack; then there is no answer.
        if (!(error instanceof RangeError)) throw error;
      }
    }
    return solution;
  };

  const valuesOf = (node: Node): readonly Node[] => [...(solved()?.cellOfNode.get(node)?.values ?? [])];

  return {
    of: (node) => {
      const store = solved();
      const values = valuesOf(node);
      return store !== null && values.length > 0 && values.every((value) => isConstant(store, value))
        ? values
        : null;
    },
    callsAt: (node, start, api) => {
      const store = solved();
      const cell = store === null ? undefined : mentionAt(store, node, start, api);
      if (store === null || cell === undefined || cell.values.size === 0) return null;
      const calls: ForeignCall[] = [];
      for (const value of cell.values) {
        // An object of the program may hold the API.
        if (value === store.unknown || store.things.has(value) || store.exposedLeaves.has(value)) return null;
        calls.push(...(store.foreignCalls.get(value) ?? []));
      }
      return calls;
    },
    object: (node) => {
      const store = solved();
      const [value, ...others] = valuesOf(node);
      const thing = value === undefined || others.length > 0 ? undefined : store?.things.get(value);
      return store === null || thing === undefined ? null : membersOf(store, thing);
    },
    isOwnFunction: (node) => {
      const values = valuesOf(node);
      return values.length > 0 && values.every(isFunctionNode);
    },
  };
}

/** What the mention of an API holds: the node where it is a name, else the expression from there on that is the API. */
function mentionAt({ program, cellOfNode }: Store, mention: Node, start: number, api: Api): Cell | undefined {
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
}

/** Objects may have been changed; a URL is what it was made as where nobody may have given it another host. */
function isConstant({ things, unknown }: Store, value: Node): boolean {
  const thing = things.get(value);
  if (thing === undefined) return value !== unknown;
  return (
    thing.kind === "url" &&
    ![...thing.members].some(([name, { values }]) => settersOfUrl.has(name) && values.size > 0)
  );
}

function membersOf({ cellOfNode, things }: Store, thing: Thing): ReadonlyMap<string, Expression> | null {
  if (thing.kind !== "object" || thing.isWild || thing.getters.size > 0) return null;
  const result = new Map<string, Expression>();
  for (const [name, cell] of thing.members) {
    const [one, ...more] = cell.values;
    if (one === undefined) continue;
    if (name === any || name === elements) return null;
    if (more.length === 0 && !things.has(one)) result.set(name, one as Expression);
    else {
      // A name of nothing, that stands for all that the member may be.
      const all: Expression = { type: "Identifier", name: "" };
      cellOfNode.set(all, cell);
      result.set(name, all);
    }
  }
  return result;
}
