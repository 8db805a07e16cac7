/** What a node may do to its process, and what its caller and everybody else see of it. */
import * as assert from "uvu/assert";
import type { Check, Group } from "../check.ts";
import { pause, refused, succeeded, until } from "../expect.ts";
import { isAlive } from "../target.ts";

interface Guilty {
  /** Body of the node's `call`. */
  readonly call: string;
  readonly code: keyof typeof statuses;
  readonly message?: RegExp;
}

const statuses = { timeout: 504, node_error: 500, runner_crashed: 500, out_of_memory: 500 } as const;

const never = "await new Promise(() => {});";

/** A module of one function that loops for ever. */
const wasmLoop = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 9, 1, 7, 0, 3, 64,
  12, 0, 11, 11,
];

const stuck: Readonly<Record<string, string>> = {
  Loop: "while (true);",
  Finally: "for (;;) { try { for (;;); } finally { continue; } }",
  Microtasks: "const again = () => Promise.resolve().then(again); await again();",
  Ticks: `const again = () => process.nextTick(again); again(); ${never}`,
  Immediates: `const again = () => setImmediate(again); again(); ${never}`,
  Regex: "return { found: /^(a+)+$/.test('a'.repeat(60) + 'b') };",
  Builtin: "Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 0);",
  Sort: "const list = Array.from({ length: 6e6 }, Math.random); for (;;) list.sort((a, b) => a - b).reverse();",
  Crypto: "crypto.pbkdf2Sync('a', 'b', 5e7, 64, 'sha512');",
  Shell: "(await import('node:child_process')).execSync('sleep 30');",
  Atomic: "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);",
  Wasm: `new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array([${wasmLoop}]))).exports.f();`,
  Stringify: "const list = Array.from({ length: 1e5 }, (_, i) => ({ i })); for (;;) JSON.stringify(list);",
  Generator: "function* all() { for (;;) yield 1; } for (const one of all());",
  BigNumber: "let n = 3n; for (;;) n = n ** 3n % (1n << 40000n);",
  Never: never,
  Deaf: `process.on('SIGTERM', () => {}); process.on('SIGINT', () => {}); ${never}`,
  Getter: "return { get a() { while (true); } };",
  Thenable: "return { then() {} };",
  ExitLoop: "process.on('exit', () => { while (true); }); process.exit(0);",
};

const crashes: Readonly<Record<string, readonly [call: string, message?: RegExp]>> = {
  Exit: ["process.exit(0);", /exit code 0/],
  ExitLater: [`setTimeout(() => process.exit(7), 10); ${never}`, /exit code 7/],
  ExitReally: ["process.reallyExit(3);", /exit code 3/],
  Abort: ["process.abort();", /SIGABRT/],
  Kill: [`process.kill(process.pid, 'SIGKILL'); ${never}`, /SIGKILL/],
  Segfault: [`process.kill(process.pid, 'SIGSEGV'); ${never}`, /SIGSEGV/],
  Terminate: [`process.kill(process.pid, 'SIGTERM'); ${never}`, /SIGTERM/],
  CloseChannel: [`fs.closeSync(3); ${never}`],
  Garbage: [`fs.writeSync(3, 'garbage, not a frame'); ${never}`],
  Forged: [
    `const frame = Buffer.alloc(11); frame.writeUInt32BE(2); frame[4] = 18; frame.writeUInt32BE(999, 5);
     frame.write('{}', 9); fs.writeSync(3, frame); ${never}`,
  ],
  HugeFrame: [`fs.writeSync(3, Buffer.alloc(4096, 0xff)); ${never}`],
};

const thrown: Readonly<Record<string, readonly [call: string, message?: RegExp]>> = {
  ThrowNull: ["throw null;"],
  ThrowUndefined: ["throw undefined;"],
  ThrowText: ["throw 'just text';", /just text/],
  ThrowSymbol: ["throw Symbol('sign');", /sign/],
  ThrowNumber: ["throw 42;", /42/],
  ThrowProxy: ["throw new Proxy({}, { get() { throw new Error('trap'); } });"],
  ThrowRevoked: ["const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); throw proxy;"],
  ThrowGetter: ["throw { get message() { throw new Error('trap'); } };"],
  ThrowFrozen: ["throw Object.freeze(new Error('frozen'));", /frozen/],
  ThrowHuge: ["throw new Error('x'.repeat(5e6));", /^x+/],
  ThrowCircle: ["const error = new Error('round'); error.cause = error; throw error;", /round/],
  ThrowFunction: ["throw () => 1;"],
  ThrowBare: ["throw Object.create(null);"],
  Overflow: ["const deeper = () => deeper() + 1; deeper();", /call stack/i],
  OverflowJson: ["let a = []; for (let i = 0; i < 1e6; i += 1) a = [a]; JSON.stringify(a);", /call stack/i],
  Rejected: [`Promise.reject(new Error('nobody listens')); ${never}`, /nobody listens/],
  TimerThrows: [`setTimeout(() => { throw new Error('from a timer'); }, 5); ${never}`, /from a timer/],
  Unhandled: [
    `new (await import('node:events')).EventEmitter().emit('error', new Error('emitted')); ${never}`,
    /emitted/,
  ],
  EmittedLater: [
    `const { EventEmitter } = await import('node:events');
     process.nextTick(() => new EventEmitter().emit('error', new Error('emitted later'))); ${never}`,
    /emitted later/,
  ],
  BadLength: ["new Array(-1);", /array length/i],
  LongText: ["'x'.repeat(2 ** 30);", /string length/i],
};

const greedy: Readonly<Record<string, string>> = {
  Objects: "const kept = []; while (true) kept.push({ list: new Array(1000).fill(kept.length) });",
  Pushes: "const list = []; while (true) list.push(list.length + 0.5, {});",
  Filled: "const kept = []; while (true) kept.push(new Array(1e6).fill(kept.length));",
  Entries: "const map = new Map(); while (true) map.set(map.size, { size: map.size });",
  Texts:
    "const kept = []; while (true) kept.push(JSON.parse(JSON.stringify('x'.repeat(1e6) + kept.length)));",
  Closures: "const kept = []; while (true) { const list = new Array(100).fill(0.5); kept.push(() => list); }",
  Promises: "const kept = []; while (true) kept.push(new Promise(() => {}).then(() => kept));",
  // Beyond the heap: each stops by itself at 1 GiB, so that a server without limits fails and the machine lives.
  Buffers: `const kept = []; while (kept.length < 32) { kept.push(Buffer.alloc(32 << 20, 1)); await pause(25); }
     await pause(2000); return { kept: kept.length };`,
  BuffersAtOnce: `const kept = []; while (kept.length < 32) kept.push(Buffer.alloc(32 << 20, 1));
     const end = Date.now() + 4000; while (Date.now() < end); return { kept: kept.length };`,
  Shared: `const kept = []; while (kept.length < 32) { kept.push(new Uint8Array(new SharedArrayBuffer(32 << 20)).fill(1)); await pause(25); }
     await pause(2000); return { kept: kept.length };`,
  WasmMemory: `const memory = new WebAssembly.Memory({ initial: 16384 });
     for (let at = 0; at < 32; at += 1) { new Uint8Array(memory.buffer, at << 25, 1 << 25).fill(1); await pause(25); }
     await pause(2000); return { bytes: memory.buffer.byteLength };`,
};

/** Guilty nodes whose own call ends well, though they harm the process. */
const vandals: Readonly<Record<string, string>> = {
  CloseInput: "fs.closeSync(0); return { done: true };",
  CloseOutput: "fs.closeSync(1); return { done: true };",
  CloseErrors: "fs.closeSync(2); return { done: true };",
  EndOutput: "process.stdout.destroy(); return { done: true };",
  Late: "setTimeout(() => { throw new Error('late'); }, 5); return { done: true };",
  LateRejection: "setTimeout(() => Promise.reject(new Error('late')), 5); return { done: true };",
  LateExit: "setTimeout(() => process.exit(1), 5); return { done: true };",
  LateLoop: "setTimeout(() => { while (true); }, 5); return { done: true };",
  LateMemory:
    "setTimeout(() => { const kept = []; while (true) kept.push(new Array(1e5).fill(kept.length)); }, 5); return { done: true };",
  Deafened: "process.removeAllListeners(); return { done: true };",
  Bells: "process.emit('SIGTERM'); process.emit('disconnect'); return { done: true };",
};

const rows: Readonly<Record<string, Guilty>> = {
  ...each(stuck, (call) => ({ call, code: "timeout" })),
  ...each(crashes, ([call, message]) => ({ call, code: "runner_crashed", ...(message && { message }) })),
  ...each(thrown, ([call, message]) => ({ call, code: "node_error", ...(message && { message }) })),
  ...each(greedy, (call) => ({ call, code: "out_of_memory" })),
};

/** What even a server without care survives: the checks hold for it, too. */
const easy: ReadonlySet<string> = new Set([
  "ThrowFrozen",
  "ThrowCircle",
  "Overflow",
  "OverflowJson",
  "Unhandled",
  "BadLength",
  "LongText",
  "CloseInput",
  "CloseErrors",
  "EndOutput",
  "Deafened",
  "Bells",
]);
const controlOf = (name: string): Pick<Check, "control"> => (easy.has(name) ? { control: "mute" } : {});

function each<From, To>(table: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(table).map(([name, value]) => [name, map(value)]));
}

const innocent = {
  Slow: { call: "await pause(120); return { ok: true };" },
  Ok: { call: "return { ok: true };" },
} as const;

const checks: readonly Check[] = [
  ...Object.entries(rows).map(
    ([name, { code, message }]): Check => ({
      name: `fault: ${name} ends as ${code}, and calls beside and after it do not notice`,
      ...controlOf(name),
      async run(target) {
        const beside = target.post("slow");
        const reply = await target.post(name.toLowerCase());
        refused(reply, statuses[code], code);
        if (message !== undefined) assert.match(reply.json.error?.message ?? "", message);
        succeeded(await target.post("ok"), { ok: true });
        succeeded(await beside, { ok: true });
      },
    }),
  ),
  ...Object.keys(vandals).map(
    (name): Check => ({
      name: `fault: ${name} gets its answer, and later calls do not notice`,
      ...controlOf(name),
      async run(target) {
        succeeded(await target.post(name.toLowerCase()), { done: true });
        for (let call = 0; call < 4; call += 1) {
          succeeded(await target.post("ok"), { ok: true });
          await pause(5);
        }
        succeeded(await target.post("slow"), { ok: true });
      },
    }),
  ),
  {
    name: "fault: a signal to the server's group does not reach the server",
    async run(target) {
      const reply = await target.post("group");
      refused(reply, 500, "runner_crashed");
      succeeded(await target.post("ok"), { ok: true });
    },
  },
  {
    name: "fault: what a node has started ends with it",
    async run(target) {
      refused(await target.post("family"), 504, "timeout");
      const line = () => target.lines().find(({ msg }) => String(msg).startsWith("grandchild "));
      await until(() => line() !== undefined, "the grandchild's number");
      const pid = Number(String(line()?.msg).split(" ")[1]);
      await until(() => !isAlive(pid), "the grandchild's end");
    },
  },
];

export const faults: Group = {
  name: "faults",
  isHarmful: true,
  options: { maxRunners: 6, spareRunners: 2 },
  plugin: {
    top: `import fs from "node:fs"; import crypto from "node:crypto";
      const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));`,
    permissions: ["exec"],
    manifest: { resources: { cpu: 0.5, memory_mib: 192 } },
    nodes: {
      ...each(rows, ({ call, code }) => ({ call, timeoutMs: code === "timeout" ? 150 : 30_000 })),
      ...each(vandals, (call) => ({ call })),
      ...innocent,
      Group: { call: "process.kill(0, 'SIGKILL'); await new Promise(() => {});" },
      Family: {
        call: `const { spawn } = await import("node:child_process");
          console.log("grandchild " + spawn("/bin/sleep", ["30"]).pid); await new Promise(() => {});`,
        timeoutMs: 300,
      },
    },
  },
  checks,
};
