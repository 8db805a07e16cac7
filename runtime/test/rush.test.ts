import { availableParallelism } from "node:os";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { ManifestNode } from "../manifest/types.ts";
import type { Call } from "../runner/call.ts";
import { createNodeRecord } from "../runner/record.ts";
import { createRush } from "../runner/rush.ts";
import { until } from "./plugin.ts";

/** Calls of a node that has run often, and waited so long each time. */
function calls(name: string, idleMs: number, record = createNodeRecord()) {
  const node = { name } as ManifestNode; // the name is all that a record asks for
  for (let run = 0; run < 20; run += 1) record.ran(node, { busyMs: 1, idleMs });
  const call = { node } as Call; // likewise
  return { record, next: (): Call => ({ ...call }) };
}

test("holds calls that only compute once every processor has one", () => {
  const { record, next } = calls("computing", 0);
  const waiting = calls("waiting", 50, record);
  const rush = createRush(record, () => {});
  const first = next();
  assert.not(rush.isHeld(first));
  rush.begin(first);
  for (let more = 1; more < availableParallelism(); more += 1) rush.begin(next());
  assert.ok(rush.isHeld(next()));
  assert.not(rush.isHeld(waiting.next()));
  rush.end(first);
  assert.not(rush.isHeld(next()));
  rush.stop();
});

test("does not count calls that wait, and holds none of them", () => {
  const { record, next } = calls("waiting", 50);
  const rush = createRush(record, () => {});
  for (let more = 0; more < 100; more += 1) rush.begin(next());
  assert.not(rush.isHeld(next()));
});

test("lets the others go on when those that run do not end", async () => {
  const { record, next } = calls("computing", 0);
  let isLetGo = false;
  const rush = createRush(record, () => {
    isLetGo = !rush.isHeld(next());
  });
  for (let more = 0; more < availableParallelism(); more += 1) rush.begin(next());
  assert.ok(rush.isHeld(next()));
  await until(() => isLetGo);
  rush.stop();
});

test.run();
