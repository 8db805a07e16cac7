/** Many faults, one after the other and beside each other: nothing may grow. */
import * as assert from "uvu/assert";
import type { Check, Group } from "../check.ts";
import type { Reply } from "../client.ts";
import { beside, pause, processesOf, succeeded, until } from "../expect.ts";
import { holdings, isAlive, type Target } from "../target.ts";

/** FAULTS=5000 makes the long run; what `make test` takes is enough to see a leak of one descriptor a fault. */
const faultCount = Number(process.env.FAULTS ?? 200);
const MB_GROWN = 40;
const MAX_RUNNERS = 6;
/** Several nodes crash in turn, so that none of them crashes often enough to be shed. */
const crashers = 60;

/** Each with the code of its answer. Those that end a runner cost a new one, so they are one in four. */
const faults: readonly (readonly [node: (index: number) => string, code: string])[] = [
  [() => "throws", "node_error"],
  [() => "wrong", "output_invalid"],
  [() => "stray", "node_error"],
  [(index) => `exits-${index % crashers}`, "runner_crashed"],
  [() => "unknown", "node_not_found"],
  [() => "rejects", "node_error"],
  [() => "loops", "timeout"],
  [() => "huge", "payload_too_large"],
];

/** What the server holds when nothing runs, starts or ends. */
async function settled(target: Target) {
  await until(async () => {
    const { runners } = (await target.get("/status")).json as {
      readonly runners?: { readonly idle: number; readonly busy: number; readonly starting: number };
    };
    return runners?.busy === 0 && runners.starting === 0 && processesOf(target) === runners.idle;
  }, "idleness");
  return { ...holdings(target.pid), processes: processesOf(target) };
}

async function fault(target: Target, index: number): Promise<void> {
  const [name, code] = faults[index % faults.length] ?? faults[0] ?? [() => "", ""];
  const node = name(Math.floor(index / faults.length));
  const reply =
    code === "payload_too_large"
      ? await target.post(node, { text: "x".repeat(200_000) })
      : await target.post(node);
  assert.is(reply.json.error?.code, code, reply.text.slice(0, 300));
}

const checks: readonly Check[] = [
  {
    name: `stability: ${faultCount} faults leave no process, descriptor or memory behind, and no innocent is hurt`,
    async run(target) {
      // What is allocated once, is allocated before: every kind of fault twice.
      for (let index = 0; index < faults.length * 2; index += 1) await fault(target, index);
      const before = await settled(target);
      const innocents: Reply[] = [];
      let isOver = false;
      const flow = async () => {
        while (!isOver) {
          innocents.push(await target.post("echo", { text: "innocent" }));
          await pause(10);
        }
      };
      const flows = [beside(flow()), beside(flow())];
      let next = 0;
      const guilty = async () => {
        while (next < faultCount) {
          next += 1;
          await fault(target, next);
        }
      };
      await Promise.all([guilty(), guilty()]);
      isOver = true;
      await Promise.all(flows);
      assert.ok(innocents.length > 20);
      for (const reply of innocents) succeeded(reply, { text: "innocent" });

      const after = await settled(target);
      const grown = JSON.stringify({ before, after });
      assert.ok(isAlive(target.pid));
      assert.ok(after.processes <= MAX_RUNNERS, grown);
      // A runner has a channel and two pipes; connections of this client come and go by themselves.
      const runners = Math.max(0, after.processes - before.processes);
      assert.ok(after.descriptors <= before.descriptors + 4 * runners + 8, grown);
      assert.ok(after.memory <= before.memory + MB_GROWN, grown);
    },
  },
];

export const stability: Group = {
  name: "stability",
  options: { maxRunners: MAX_RUNNERS, spareRunners: 2, bodyLimit: 100_000 },
  plugin: {
    nodes: {
      Echo: { inputs: { text: { type: "string" } }, call: "return { text };" },
      Throws: { call: "throw new Error('no');" },
      Wrong: { call: "return { a: NaN };" },
      Stray: { call: "setTimeout(() => { throw new Error('stray'); }, 1); await new Promise(() => {});" },
      Rejects: { call: "await Promise.reject(null);" },
      Loops: { call: "while (true);", timeoutMs: 60 },
      Huge: { inputs: { text: { type: "string" } }, call: "return {};" },
      ...Object.fromEntries(
        Array.from({ length: crashers }, (_, index) => [
          `Exits${index}`,
          { name: `exits-${index}`, call: "process.exit(1);" },
        ]),
      ),
    },
  },
  checks,
};
