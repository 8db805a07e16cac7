import type { Node } from "estree";
import type { Program } from "../program.ts";
import { createRegions, type Regions } from "./regions.ts";
import { solve } from "./solve.ts";

/** Longer programs are not looked at as a whole. */
const longest = 700_000;

const known = new WeakMap<Program, Regions | null>();

/**
 * Whether the code around the node may ever run: somebody may call the function that it is in, and the conditions that
 * it stands behind may hold. It is worked out when it is first asked.
 */
export function isReached(program: Program, node: Node): boolean {
  let regions = known.get(program);
  if (regions === undefined) {
    // Questions that come up meanwhile have no answer.
    known.set(program, null);
    regions = reachOf(program);
    known.set(program, regions);
  }
  return regions?.isReached(node) ?? true;
}

function reachOf(program: Program): Regions | null {
  if (program.text.length > longest) return null;
  const regions = createRegions(program);
  try {
    return solve(program, regions) === null ? null : regions;
  } catch (error) {
    // Generated code nests deeper than the stack; then there is no answer.
    if (error instanceof RangeError) return null;
    throw error;
  }
}
