import type { MemberExpression, Node } from "estree";
import type { Program } from "../program.ts";
import { createRegions, type Regions } from "./regions.ts";
import { solve } from "./solve.ts";
import { isNothing, type Store } from "./store.ts";

/** Longer programs are not looked at as a whole. */
const longest = 700_000;

interface Reach {
  readonly regions: Regions;
  readonly store: Store;
}

const known = new WeakMap<Program, Reach | null>();

/**
 * Whether the code around the node may ever run: somebody may call the function that it is in, and the conditions that
 * it stands behind may hold. It is worked out when it is first asked.
 */
export function isReached(program: Program, node: Node): boolean {
  return reachOf(program)?.regions.isReached(node) ?? true;
}

/**
 * Every member access on what the expression gives, wherever that is kept in the meantime, as far as code runs that gets
 * there. Null where it goes out of view, is called, or is a value that the program makes.
 */
export function accessesTo(program: Program, node: Node): readonly MemberExpression[] | null {
  const store = reachOf(program)?.store;
  const values = store?.cellOfNode.get(node)?.values;
  if (store === undefined || values === undefined || values.size === 0) return null;
  const found: MemberExpression[] = [];
  for (const value of values) {
    if (isNothing(value)) continue;
    if (value === store.unknown || store.things.has(value) || store.lostLeaves.has(value)) return null;
    for (const place of store.asked.get(value) ?? []) {
      if (place.type !== "MemberExpression" || place.object.type === "Super") return null;
      found.push(place);
    }
  }
  return found;
}

function reachOf(program: Program): Reach | null {
  let reach = known.get(program);
  if (reach === undefined) {
    // Questions that come up meanwhile have no answer.
    known.set(program, null);
    reach = workOut(program);
    known.set(program, reach);
  }
  return reach;
}

function workOut(program: Program): Reach | null {
  if (program.text.length > longest) return null;
  const regions = createRegions(program);
  try {
    const store = solve(program, regions);
    return store === null ? null : { regions, store };
  } catch (error) {
    // Generated code nests deeper than the stack; then there is no answer.
    if (error instanceof RangeError) return null;
    throw error;
  }
}
