/** What a node changes in its process must not reach another call: neither its own answer nor the next. */
import * as assert from "uvu/assert";
import type { Check, Group } from "../check.ts";
import { pause, succeeded, until } from "../expect.ts";

/** Each returns `{ done: true }` from a realm that it has spoiled. */
const vandals: Readonly<Record<string, string>> = {
  ObjectToJson: "Object.prototype.toJSON = () => 'forged';",
  ArrayToJson: "Array.prototype.toJSON = () => 'forged';",
  TextToJson: "String.prototype.toJSON = () => 'forged';",
  Inherited: "Object.prototype.isAdmin = true;",
  InheritedSetter:
    "Object.defineProperty(Object.prototype, 'code', { get() { throw new Error('trap'); }, set() {}, configurable: true });",
  Parse: "JSON.parse = () => ({ forged: true });",
  Stringify: "JSON.stringify = () => '{\"forged\":true}';",
  MapMethod: "Array.prototype.map = function () { return ['forged']; };",
  Push: "Array.prototype.push = function () { return 0; };",
  Iterator: "Array.prototype[Symbol.iterator] = function* () { yield 'forged'; };",
  Then: "const then = Promise.prototype.then; Promise.prototype.then = function (a, b) { return then.call(this, () => a('forged'), b); };",
  Keys: "Object.keys = () => ['forged'];",
  HasOwn: "Object.hasOwn = () => true;",
  Numbers: "Number.isFinite = () => true;",
  IsArray: "Array.isArray = () => false;",
  Split: "String.prototype.split = () => ['forged'];",
  RegExpTest: "RegExp.prototype.test = () => true; RegExp.prototype.exec = () => null;",
  BufferFrom: "Buffer.from = () => Buffer.alloc(8);",
  BufferText: "Buffer.prototype.toString = () => 'forged';",
  Clock: "Date.now = () => 0; performance.now = () => 0;",
  Timers: "globalThis.setTimeout = () => 0;",
  Fetch: "globalThis.fetch = async () => ({ forged: true });",
  Left: "globalThis.left = 'secret of another caller';",
  Ended: "process.exit = () => {}; process.emit = () => true;",
  ErrorStack: "Error.prepareStackTrace = () => 'forged'; Error.stackTraceLimit = 0;",
  ErrorClass: "globalThis.Error = class { constructor() { return { message: 'forged' }; } };",
  Frozen: "Object.freeze(Object.prototype); Object.freeze(Array.prototype);",
  Signals: "AbortController.prototype.abort = () => {};",
  SocketWrite: "Object.getPrototypeOf(process.stdout).write = () => true;",
  MapClass: "Map.prototype.get = () => 'forged'; Map.prototype.set = function () { return this; };",
  Functions: "Function.prototype.call = () => 'forged'; Function.prototype.apply = () => 'forged';",
};

/** What a node leaves running; the next call must not meet it. */
const leftovers: Readonly<Record<string, string>> = {
  Interval: "setInterval(() => { globalThis.met = 'an interval'; }, 1);",
  Listener:
    "const net = await import('node:net'); await new Promise((done) => net.createServer().listen(0, '127.0.0.1', done));",
  Program: "const { spawn } = await import('node:child_process'); spawn('/bin/sleep', ['30']);",
};

const sane = {
  json: '{"a":[1,null]}',
  parsed: 1,
  mapped: [2],
  spread: [1, 2],
  keys: ["a"],
  isArray: true,
  finite: false,
  split: ["a", "b"],
  test: false,
  bytes: "YQ==",
  isNow: true,
  own: false,
  forIn: [],
  left: "nothing",
  met: "nothing",
  message: "plain",
  stack: true,
  map: 1,
};

const look = `
  const forIn = []; for (const key in {}) forIn.push(key);
  return {
    json: JSON.stringify({ a: [1, null] }), parsed: JSON.parse('{"a":1}').a, mapped: [1].map((x) => x + 1), spread: [...[1, 2]],
    keys: Object.keys({ a: 1 }), isArray: Array.isArray([]), finite: Number.isFinite(NaN), split: "a-b".split("-"),
    test: /x/.test("y"), bytes: Buffer.from("a").toString("base64"), isNow: Date.now() > 1e12, own: Object.hasOwn({}, "a"), forIn,
    left: globalThis.left ?? "nothing", met: globalThis.met ?? "nothing", message: new Error("plain").message,
    stack: /damage|Look|call/.test(String(new Error("x").stack)), map: new Map([["a", 1]]).get("a"),
  };`;

const checks: readonly Check[] = [
  ...Object.keys(vandals).map(
    (name): Check => ({
      name: `damage: ${name} forges neither its own answer nor the next ones`,
      async run(target) {
        // Its own answer may be an error, but never a forged one.
        const own = await target.post(name.toLowerCase());
        if (own.status === 200) succeeded(own, { done: true });
        else
          assert.ok(
            ["node_error", "output_invalid", "runner_crashed", "timeout"].includes(
              own.json.error?.code ?? "",
            ),
            own.text,
          );
        for (let call = 0; call < 3; call += 1) succeeded(await target.post("look"), sane);
        // The realm must not only look sound: it must be another one.
        const mark = await target.post("mark", { by: name });
        succeeded(mark, { before: "none" });
      },
    }),
  ),
  ...Object.keys(leftovers).map(
    (name): Check => ({
      name: `damage: ${name} left running ends with the runner`,
      async run(target) {
        const first = await target.post(name.toLowerCase());
        succeeded(first);
        const { pid } = first.json.outputs as { readonly pid: number };
        for (let call = 0; call < 3; call += 1) {
          await pause(5);
          const next = await target.post("pid");
          succeeded(next);
          assert.is.not(next.json.outputs?.pid, pid);
        }
      },
    }),
  ),
  {
    name: "damage: a node that changes nothing keeps its runner",
    control: "mute",
    async run(target) {
      // A spare that has just started would be the next to be taken.
      await until(async () => {
        const { runners } = (await target.get("/status")).json as { readonly runners?: { starting: number } };
        return (runners?.starting ?? 0) === 0;
      });
      const pids = new Set<unknown>();
      for (let call = 0; call < 5; call += 1) pids.add((await target.post("pid")).json.outputs?.pid);
      assert.is(pids.size, 1);
      assert.type([...pids][0], "number");
    },
  },
  {
    name: "damage: module state of a node outlives its call, and is no damage",
    control: "mute",
    async run(target) {
      const first = (await target.post("counter")).json.outputs?.count;
      const second = (await target.post("counter")).json.outputs?.count;
      assert.is(second, Number(first) + 1);
    },
  },
];

export const damage: Group = {
  name: "damage",
  isHarmful: true,
  options: { maxRunners: 4, spareRunners: 2 },
  plugin: {
    permissions: ["exec", "network"],
    top: "let count = 0; const marks = new Set();",
    nodes: {
      ...Object.fromEntries(
        Object.entries(vandals).map(([name, call]) => [
          name,
          { call: `marks.add("${name}"); ${call} return { done: true };`, timeoutMs: 1500 },
        ]),
      ),
      ...Object.fromEntries(
        Object.entries(leftovers).map(([name, call]) => [
          name,
          { call: `${call} return { pid: process.pid };` },
        ]),
      ),
      Look: { call: look },
      Mark: { inputs: { by: { type: "string" } }, call: "return { before: marks.has(by) ? by : 'none' };" },
      Pid: { call: "return { pid: process.pid };" },
      Counter: { call: "count += 1; return { count };" },
    },
  },
  checks,
};
