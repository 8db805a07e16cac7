import type { Program } from "../program.ts";
import { createCalls } from "./calls.ts";
import { createExposure } from "./exposure.ts";
import { createExpressions } from "./expressions.ts";
import { createInstances } from "./instances.ts";
import { createInvoke } from "./invoke.ts";
import { createMembers } from "./members.ts";
import { createStatements } from "./statements.ts";
import { createStore, type Store } from "./store.ts";
import { createWrites } from "./writes.ts";

/** Works out what the whole program can put where; null where that takes too long. */
export function solve(program: Program): Store | null {
  const store: Store = createStore(program, {
    evaluate: (node, cell) => evaluate(node, cell),
    expose: (value) => exposure.expose(value),
  });
  const members = createMembers(store);
  const exposure = createExposure(store, members);
  const writes = createWrites(store, members, exposure);
  const invoke = createInvoke(store, members, exposure, writes);
  const instances = createInstances(store, members, exposure, writes, invoke);
  const call = createCalls(store, members, exposure, writes, invoke, instances);
  const evaluate = createExpressions(store, members, exposure, writes, invoke, call);
  const visit = createStatements(store, members, exposure, writes, instances);

  for (const node of program.parents.keys()) visit(node);
  const { pending } = store;
  for (let waiting = pending.splice(0); ; waiting = pending.splice(0)) {
    if (!store.settle()) return null;
    const found = [...waiting, ...pending.splice(0)];
    if (found.length === 0) return store;
    for (const look of found) look();
  }
}
