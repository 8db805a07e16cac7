/** What a call leaves behind in its runner never meets the next call. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { closeServers, serve, type TestServer, until } from "./plugin.ts";

let server: TestServer;

const damages: Readonly<Record<string, readonly [call: string, why: RegExp]>> = {
  Pollute: ["Object.prototype.polluted = 1; return { pid: process.pid };", /Object\.prototype\.polluted/],
  Json: ["JSON.stringify = () => '{}'; return { pid: process.pid };", /JSON\.stringify/],
  Then: [
    "const then = Promise.prototype.then; Promise.prototype.then = function (...a) { return then.apply(this, a); }; return { pid: process.pid };",
    /Promise\.prototype\.then/,
  ],
  Keys: ["Object.keys = () => ['forged']; return { pid: process.pid };", /Object\.keys/],
  Iterator: [
    "Array.prototype[Symbol.iterator] = null; return { pid: process.pid };",
    /Array\.prototype\.Symbol/,
  ],
  Ended: ["process.exit = () => {}; process.emit = () => true; return { pid: process.pid };", /process\./],
  Frozen: [
    "Object.freeze(Object.prototype); return { pid: process.pid };",
    /Object\.prototype, which is frozen/,
  ],
  Signals: ["AbortController.prototype.abort = () => {}; return { pid: process.pid };", /AbortController/],
  Stream: [
    "Object.getPrototypeOf(process.stdout).write = () => true; return { pid: process.pid };",
    /Socket\.prototype\.write/,
  ],
  Remove: ["delete Array.prototype.at; return { pid: process.pid };", /Array\.prototype\.at/],
  Global: ["globalThis.leaked = 1; return { pid: process.pid };", /globalThis\.leaked/],
  Fetched: ["globalThis.fetch = async () => null; return { pid: process.pid };", /globalThis\.fetch/],
  Folder: ["process.chdir('/'); return { pid: process.pid };", /working directory/],
  Timer: ["setInterval(() => {}, 1000); return { pid: process.pid };", /1 Timeout/],
  Server: [
    "(await import('node:net')).createServer().listen(0, '127.0.0.1'); return { pid: process.pid };",
    /TCPServerWrap/,
  ],
  Reject: ["setTimeout(() => Promise.reject(new Error('late')), 30); return { pid: process.pid };", /error/],
};

const clean: Readonly<Record<string, string>> = {
  Nothing: "return { pid: process.pid };",
  Print: "console.log('x'); console.error('y'); return { pid: process.pid };",
  // Ends by itself, a moment after the answer.
  Short: "setTimeout(() => {}, 10); return { pid: process.pid };",
  Programs: "(await import('node:child_process')).execSync('true'); return { pid: process.pid };",
  Touch: "navigator.userAgent; crypto.randomUUID(); structuredClone({}); return { pid: process.pid };",
  Fetch:
    "try { await fetch('http://127.0.0.1:1/'); } catch {} AbortSignal.timeout(5000); return { pid: process.pid };",
};

test.before(async () => {
  const damaging = Object.entries(damages).map(([name, [call]]) => [name, { call }] as const);
  const harmless = Object.entries(clean).map(([name, call]) => [name, { call }] as const);
  server = await serve(
    {
      permissions: ["network", "fs:read", "exec"],
      nodes: {
        ...Object.fromEntries([...damaging, ...harmless]),
        Poisoned: {
          call: "queueMicrotask(function again() { queueMicrotask(again); }); return {};",
          timeoutMs: 300,
        },
        Overdue: {
          call: "setTimeout(() => process.exit(1), 1); for (const end = Date.now() + 20; Date.now() < end; ); return {};",
        },
        Busy: { call: "setTimeout(() => { while (true); }, 0); return { pid: process.pid };" },
      },
    },
    { maxRunners: 4 },
  );
});
test.after(closeServers);

for (const [name, [, why]] of Object.entries(damages)) {
  test(`answers, then replaces the runner: ${name}`, async () => {
    const id = `damage-${name}`;
    const reply = await server.post(name, {}, { "x-request-id": id });
    assert.is(reply.status, 200, reply.text);
    const next = await server.post("nothing", {});
    assert.is.not(next.json.outputs?.pid, reply.json.outputs?.pid);
    const line = () =>
      server.logLines().find((each) => each.msg === "runner retired" && each.request_id === id);
    await until(() => line() !== undefined);
    assert.match(String(line()?.why), why);
  });
}

for (const name of Object.keys(clean)) {
  test(`keeps the runner: ${name}`, async () => {
    // A runner that settles is idle again a moment later; then the one used last is taken first.
    const pids = new Set<unknown>();
    const settled = async () => {
      const { busy, starting } = (await server.get("/status")).json.runners as Record<string, number>;
      return busy === 0 && starting === 0;
    };
    for (let turn = 0; turn < 3; turn += 1) {
      await until(settled);
      const reply = await server.post(name, {});
      assert.is(reply.status, 200, reply.text);
      pids.add(reply.json.outputs?.pid);
    }
    assert.is(pids.size, 1);
  });
}

test("holds endless microtasks against the call that made them", async () => {
  const reply = await server.post("poisoned", {});
  assert.is(reply.status, 504, reply.text);
  assert.is((await server.post("nothing", {})).status, 200);
});

test("gives an answer before anything strikes that its call has left, however overdue", async () => {
  const replies = await Promise.all(Array.from({ length: 4 }, () => server.post("overdue", {})));
  assert.equal([...new Set(replies.map(({ status }) => status))], [200]);
});

test("gives no call to a runner that is blocked after its answer", async () => {
  assert.is((await server.post("busy", {})).status, 200);
  const replies = await Promise.all(Array.from({ length: 8 }, () => server.post("nothing", {})));
  assert.equal([...new Set(replies.map(({ status }) => status))], [200]);
});

test.run();
