/** What a node may return by mistake: told with its place, never changed silently. */
import * as assert from "uvu/assert";
import type { Check, Group } from "../check.ts";
import { refused, succeeded } from "../expect.ts";

const wrong: Readonly<Record<string, readonly [call: string, path: string]>> = {
  Nan: ["return { a: { b: NaN } };", "/outputs/a/b"],
  Infinite: ["return { a: [1, -Infinity] };", "/outputs/a/1"],
  Big: ["return { a: 1n };", "/outputs/a"],
  Func: ["return { a() {} };", "/outputs/a"],
  Sym: ["return { a: Symbol('x') };", "/outputs/a"],
  DateWrong: ["return { a: new Date(NaN) };", "/outputs/a"],
  MapValue: ["return { a: new Map([[1, 2]]) };", "/outputs/a"],
  SetValue: ["return { a: new Set([1]) };", "/outputs/a"],
  WeakValue: ["return { a: new WeakMap() };", "/outputs/a"],
  PromiseValue: ["return { a: Promise.resolve(1) };", "/outputs/a"],
  Bytes: ["return { a: new Uint8Array(2) };", "/outputs/a"],
  BufferValue: ["return { a: Buffer.from('x') };", "/outputs/a"],
  Regexp: ["return { a: /x/ };", "/outputs/a"],
  Err: ["return { a: new Error('x') };", "/outputs/a"],
  Boxed: ["return { a: new Number(1) };", "/outputs/a"],
  Circle: ["const a = {}; a.b = a; return { a };", "/outputs/a/b"],
  Hole: ["return { a: [1, , 2] };", "/outputs/a/1"],
  UndefinedItem: ["return { a: [undefined] };", "/outputs/a/0"],
  Custom: ["return { a: { toJSON: () => 'forged' } };", "/outputs/a"],
  Nothing: ["", "/outputs"],
  Nil: ["return null;", "/outputs"],
  List: ["return [1];", "/outputs"],
  Text: ["return 'x';", "/outputs"],
  Deep: ["let a = {}; for (let i = 0; i < 1e5; i += 1) a = { a }; return a;", "/outputs"],
  Huge: ["return { a: 'x'.repeat(17 * 1024 * 1024) };", "/outputs"],
};

/** What JSON carries well enough, though other checks might stumble over it. */
const right: Readonly<Record<string, readonly [call: string, outputs: Readonly<Record<string, unknown>>]>> = {
  Instance: [
    "class Point { x = 1; } const p = new Point(); return { a: p, b: p };",
    { a: { x: 1 }, b: { x: 1 } },
  ],
  Bare: ["return Object.assign(Object.create(null), { a: 1 });", { a: 1 }],
  Hidden: ["return { a: 1, [Symbol('b')]: 2 };", { a: 1 }],
  Surrogate: ["return { a: '\\ud800' };", { a: "\ud800" }],
  // On the wire a date is its text, as the result's schema says for the type.
  DateValue: ["return { a: new Date(0) };", { a: "1970-01-01T00:00:00.000Z" }],
  Getter: ["return { get a() { return 1; } };", { a: 1 }],
};

const checks: readonly Check[] = [
  ...Object.entries(wrong).map(
    ([name, [, path]]): Check => ({
      name: `output: ${name} is refused, with its place`,
      async run(target) {
        const reply = await target.post(name.toLowerCase());
        refused(reply, 502, "output_invalid");
        assert.is(reply.json.error?.details[0]?.path, path);
      },
    }),
  ),
  ...Object.entries(right).map(
    ([name, [, outputs]]): Check => ({
      name: `output: ${name} is fine`,
      control: "mute",
      async run(target) {
        succeeded(await target.post(name.toLowerCase()), outputs);
      },
    }),
  ),
  {
    name: "output: what does not fit the schema is refused, with its place",
    async run(target) {
      const reply = await target.post("schema");
      refused(reply, 502, "output_invalid");
      assert.is(reply.json.error?.details[0]?.path, "/outputs/score");
    },
  },
  {
    name: "output: a property that the schema asks for is not forgotten",
    async run(target) {
      refused(await target.post("forgetful"), 502, "output_invalid");
    },
  },
  {
    name: "output: a value is read once, and what was checked is what is sent",
    control: "mute",
    async run(target) {
      succeeded(await target.post("shifting"), { a: 1 });
    },
  },
  {
    name: "output: a proxy that shows something new each time is read once",
    control: "mute",
    async run(target) {
      succeeded(await target.post("proxied"), { a: 1 });
    },
  },
  {
    name: "output: a getter that throws is the node's error",
    async run(target) {
      refused(await target.post("thrower"), 500, "node_error");
    },
  },
  {
    name: "output: 1 MB comes whole",
    control: "mute",
    async run(target) {
      const { status, json } = await target.post("large");
      assert.is(status, 200);
      assert.is((json.outputs?.list as readonly unknown[] | undefined)?.length, 20_000);
    },
  },
];

const shifting = "reads += 1; return reads === 1 ? 1 : NaN;";

export const outputs: Group = {
  name: "outputs",
  plugin: {
    nodes: {
      ...Object.fromEntries(Object.entries({ ...wrong, ...right }).map(([name, [call]]) => [name, { call }])),
      Schema: {
        outputs: { type: "object", properties: { score: { type: "number" } }, required: ["score"] },
        call: "return { score: '0.5' };",
      },
      Forgetful: {
        outputs: { type: "object", properties: { score: { type: "number" } }, required: ["score"] },
        call: "return { scor: 0.5 };",
      },
      Shifting: {
        call: `let reads = 0; const result = { get a() { ${shifting} } }; result.a; reads = 0; return result;`,
      },
      Proxied: {
        call: `let reads = 0; return new Proxy({ a: 1 }, { get(target, key) { if (key !== "a") return target[key]; ${shifting} } });`,
      },
      Thrower: { call: "return { get a() { throw new Error('trap'); } };" },
      Large: {
        call: "return { list: Array.from({ length: 20000 }, (_, id) => ({ id, text: 'some text to carry, ä' })) };",
      },
    },
  },
  checks,
};
