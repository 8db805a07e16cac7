/** A runner by itself, with the test as its server. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { Socket } from "node:net";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadPlugin } from "../index.ts";
import { createFrameReader, encodeFrame, FrameKind, readAnswer, runnerToServer } from "../runner/frames.ts";
import { createJournal } from "../runner/journal.ts";
import { encodeCall, startPayload } from "../runner/messages.ts";
import { type PluginSource, until, writePlugin } from "./plugin.ts";
import { programPath } from "./programs.ts";

const runners = new Set<{ kill(): void }>();
test.after(() => {
  for (const runner of runners) runner.kill();
});

/** A ready runner. Frames are told as words: `result 1 {}`, `began 2`. */
async function start(source: PluginSource, hasJournal: boolean) {
  const plugin = await loadPlugin(writePlugin(source));
  const journal = hasJournal ? createJournal() : null;
  const child = spawn(process.execPath, [await programPath("runner")], {
    stdio: ["ignore", "inherit", "inherit", "pipe", ...(journal === null ? [] : [journal.fd])],
  });
  const runner = {
    kill() {
      child.kill("SIGKILL");
      journal?.close();
      runners.delete(runner);
    },
  };
  runners.add(runner);
  const channel = child.stdio[3];
  if (!(channel instanceof Socket)) throw new Error("there is no channel");
  const heard: string[] = [];
  const kinds = new Map<number, string>(Object.entries(FrameKind).map(([name, kind]) => [kind, name]));
  const reader = createFrameReader(
    runnerToServer,
    (kind, id, payload) => {
      const text = kind === FrameKind.result ? ` ${readAnswer(payload)?.text}` : "";
      heard.push(`${kinds.get(kind)} ${id}${text}`);
    },
    (fault) => heard.push(fault),
  );
  channel.on("data", (chunk: Buffer) => reader.push(chunk));
  channel.on("error", () => {});
  channel.write(encodeFrame(FrameKind.start, 0, startPayload(plugin, { config: {}, hasJournal })));
  await until(() => heard.includes("ready 0"));
  const [node] = plugin.manifest.nodes;
  if (node === undefined) throw new Error("no node");
  const callOf = (id: number, inputs: object) =>
    encodeCall(
      id,
      {
        node,
        body: Buffer.from(JSON.stringify({ inputs })),
        requestId: "id",
        traceparent: "",
        timeoutMs: 30_000,
        answerBy: null,
        caller: { isGone: false, onGone: null },
      },
      // So brief, by its record, that what comes before it may be kept back, and in no hurry to begin.
      { mayShare: true, beginBy: id === 1 ? null : Number.MAX_SAFE_INTEGER, busyMs: 0 },
    );
  return {
    child,
    channel,
    heard,
    /** Numbered from 1, in one write. */
    call: (...inputs: readonly object[]) =>
      channel.write(Buffer.concat(inputs.flatMap((each, index) => callOf(index + 1, each)))),
    kill: runner.kill,
  };
}

test("a runner ends when its connection does, whatever the plugin keeps alive", async () => {
  const { child, channel } = await start(
    { nodes: { Ok: { call: "return {};" } }, members: "activate() { setInterval(() => {}, 1000); }" },
    false,
  );
  const ended = once(child, "exit");
  channel.destroy();
  assert.equal(await ended, [0, null]);
});

// `block` never ends: what is heard of the calls before it was written before it began.
const node = {
  inputs: { what: { type: "string" } },
  call: `
    if (what === "close") process.getBuiltinModule("node:fs").closeSync(4);
    if (what === "block") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    return {};`,
} as const;

for (const [name, hasJournal, first] of [
  ["where there is no journal", false, "nothing"],
  ["where a node has closed the journal", true, "close"],
] as const) {
  test(`answers before the next call begins ${name}`, async () => {
    // Enough for the runner to be so fast that it would keep something back, most times.
    const count = 100;
    const calls = Array.from({ length: count }, (_, index) => ({ what: index === 0 ? first : "nothing" }));
    const told = calls.flatMap((_, index) => [`result ${index + 1} {}`, `began ${index + 2}`]);
    for (let round = 0; round < 3; round += 1) {
      const { call, heard, kill } = await start({ nodes: { Any: node } }, hasJournal);
      call(...calls, { what: "block" });
      await until(() => heard.length > told.length);
      assert.equal(heard, ["ready 0", ...told]);
      kill();
    }
  });
}

test.run();
