import { test } from "uvu";
import * as assert from "uvu/assert";
import type { ManifestNode } from "../manifest/types.ts";
import type { Call } from "../runner/call.ts";
import { createNodeRecord } from "../runner/record.ts";
import { createRush } from "../runner/rush.ts";
import { closeServers, serve, until } from "./plugin.ts";

/** Calls of a node that has run often, and waited so long each time. */
function calls(name: string, idleMs: number, record = createNodeRecord()) {
  const node = { name } as ManifestNode; // the name is all that a record asks for
  for (let run = 0; run < 20; run += 1) record.ran(node, { busyMs: 1, idleMs });
  const call = { node } as Call; // likewise
  return { record, next: (): Call => ({ ...call }) };
}

test("sends calls that only compute behind others once every processor has one", () => {
  const { record, next } = calls("computing", 0);
  const waiting = calls("waiting", 50, record);
  let now = 0;
  const rush = createRush(record, 2, () => now);
  const [first, second] = [next(), next()];
  assert.not(rush.isOn(first));
  rush.begin(first);
  assert.not(rush.isOn(second));
  rush.begin(second);
  assert.ok(rush.isOn(next()));
  assert.not(rush.isOn(waiting.next()));
  now = 31;
  assert.not(rush.isOn(next()), "those that run do not end");
  rush.begin(next());
  rush.end(first);
  assert.ok(rush.isOn(next()));
});

test("does not count calls that wait", () => {
  const { record, next } = calls("waiting", 50);
  const rush = createRush(record);
  for (let more = 0; more < 100; more += 1) rush.begin(next());
  assert.not(rush.isOn(next()));
});

const call = `
  if (what === "exit") { const end = Date.now() + 300; while (Date.now() < end); process.exit(1); }
  if (what === "spoil") { const end = Date.now() + 300; while (Date.now() < end); globalThis.spoilt = true; }
  if (what === "loop") while (true);
  return { isSpoilt: "spoilt" in globalThis };`;
const nodes = { Any: { inputs: { what: { type: "string" } }, call, timeoutMs: 500 } };

for (const [what, answer] of [
  ["exit", "500 runner_crashed"],
  ["spoil", "200 success"],
  ["loop", "504 timeout"],
] as const) {
  test(`gives the calls behind one that does "${what}" to another runner, and they never notice`, async () => {
    const server = await serve({ nodes }, { maxRunners: 1 });
    const summary = async (input: string) => {
      const { status, json } = await server.post("any", { what: input });
      return `${status} ${json.error?.code ?? "success"}${json.outputs?.isSpoilt === true && input === "" ? ", spoilt" : ""}`;
    };
    const running = async () => ((await server.get("/status")).json.runners as { running: number }).running;
    // Its record is clean by then: these share.
    for (let turn = 0; turn < 60; turn += 1) await summary("");
    const guilty = summary(what);
    await until(async () => (await running()) === 1);
    const behind = Array.from({ length: 5 }, () => summary(""));
    assert.is(await guilty, answer);
    assert.equal(await Promise.all(behind), new Array(5).fill("200 success"));
    await server.close();
  });
}

test.after(closeServers);
test.run();
