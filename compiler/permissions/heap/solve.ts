import { isFunctionNode } from "../functions.ts";
import type { Program } from "../program.ts";
import { createCalls } from "./calls.ts";
import { createExposure } from "./exposure.ts";
import { createExpressions } from "./expressions.ts";
import { createInstances } from "./instances.ts";
import { createInvoke } from "./invoke.ts";
import { createMembers } from "./members.ts";
import type { Regions } from "./regions.ts";
import { createStatements } from "./statements.ts";
import { createStore, type Store } from "./store.ts";
import { createWrites } from "./writes.ts";

/**
 * Works out what the program can put where; null where that takes too long. All of it is taken to run, or, where regions
 * are given, what may run is found on the way.
 */
export function solve(program: Program, regions: Regions | null): Store | null {
  const store: Store = createStore(
    program,
    {
      evaluate: (node, cell) => evaluate(node, cell),
      expose: (value) => exposure.expose(value),
    },
    regions,
  );
  const members = createMembers(store);
  const exposure = createExposure(store, members);
  const writes = createWrites(store, members, exposure);
  const invoke = createInvoke(store, members, exposure, writes);
  const instances = createInstances(store, members, exposure, writes, invoke);
  const call = createCalls(store, members, exposure, writes, invoke, instances);
  const evaluate = createExpressions(store, members, exposure, writes, invoke, call);
  const { begin, visit } = createStatements(store, members, exposure, writes, invoke, instances);

  /** Everything that may run by now. */
  const settle = (): boolean => {
    for (;;) {
      if (!store.settle()) return false;
      const region = regions?.next();
      if (region === undefined) return true;
      if (isFunctionNode(region.root)) begin(region.root);
      for (const node of region.nodes) visit(node);
    }
  };

  if (regions === null) for (const node of program.parents.keys()) visit(node);
  else regions.enter(program.tree);
  const { pending } = store;
  for (let waiting = pending.splice(0); ; waiting = pending.splice(0)) {
    if (!settle()) return null;
    const found = [...waiting, ...pending.splice(0)];
    if (found.length === 0) return store.isLost() ? null : store;
    for (const look of found) look();
  }
}
