/** Code that makes code: refused wherever something can run it, by whatever way, and left out where nothing ever can. */
import { test } from "uvu";
import { type Row, testRows } from "./permissions-setup.ts";

const sink = `const sink = (value) => { new Function("return process")().getBuiltinModule("fs"); return value; };`;
const lib = (text: string) => ({ "node_modules/lib/index.js": text });
/** In a package: what stands in the plugin's own code counts in any case. */
const packaged = ([head, body]: readonly [head: string, body: string]) => ({
  head: `import lib from "lib";`,
  body: "return lib(input)",
  files: {
    ...lib(`${sink} ${head} export default async (input) => { ${body} };`),
    "node_modules/lib/package.json": `{ "type": "module" }`,
  },
});

/** Beginnings and bodies of packages that run it. */
const running: readonly (readonly [head: string, body: string])[] = [
  // What reading and writing runs.
  ["const o = { get a() { return sink(1); } };", "return o.a"],
  ["const o = { get a() { return sink(1); } };", "const { a } = o; return a"],
  ["const o = { get a() { return sink(1); } };", "return { ...o }"],
  ["const o = { get a() { return sink(1); } };", "return o[input]"],
  ["const o = { get a() { return sink(1); } };", "return JSON.stringify(o)"],
  ["const o = { get a() { return sink(1); } };", "return Object.values(o)"],
  ["const o = { get a() { return sink(1); } };", "return Object.assign({}, o)"],
  ["const o = { set a(value) { sink(1); } };", "o.a = 1; return 1"],
  ["const o = { set a(value) { sink(1); } };", "Object.assign(o, { a: 1 }); return 1"],
  ["const o = { set a(value) { sink(1); } };", "[o.a] = [1]; return 1"],
  ["class A { get a() { return sink(1); } }", "return new A().a"],
  ["class A { static get a() { return sink(1); } }", "return A.a"],
  [`const o = {}; Object.defineProperty(o, "a", { get: () => sink(1) });`, "return o.a"],
  [`const o = {}; o.__defineGetter__("a", () => sink(1));`, "return o.a"],
  // What conversions run.
  ["const o = { toString: () => sink('a') };", "return `${o}`"],
  ["const o = { valueOf: () => sink(1) };", "return o + 1"],
  ["const o = { valueOf: () => sink(1) };", "return -o"],
  ["const o = { [Symbol.toPrimitive]: () => sink(1) };", "return o < 2"],
  ["const o = { toString: () => sink('a') };", "return ({})[o]"],
  ["const o = { toString: () => sink('a') };", "return { [o]: 1 }"],
  ["const o = { toString: () => sink('a') };", "return o in {}"],
  ["const o = { toString: () => sink('a') };", "return [o].join()"],
  ["const o = { toString: () => sink('a') };", "const { [o]: a } = {}; return 1"],
  ["const o = { toString: () => sink('a') };", "class A { [o]() {} } return 1"],
  ["const o = { toJSON: () => sink('a') };", "return JSON.stringify([o])"],
  ["const o = { valueOf: () => sink(1) };", "let n = o; n++; return n"],
  ["const o = { valueOf: () => sink(1) };", "return o == 1"],
  ["class A { static [Symbol.hasInstance]() { return sink(true); } }", "return 1 instanceof A"],
  // What going through something runs.
  ["const o = { *[Symbol.iterator]() { yield sink(1); } };", "for (const a of o) return a"],
  ["const o = { *[Symbol.iterator]() { yield sink(1); } };", "return [...o]"],
  ["const o = { *[Symbol.iterator]() { yield sink(1); } };", "const [a] = o; return a"],
  ["const o = { *[Symbol.iterator]() { yield sink(1); } };", "return Array.from(o)"],
  ["const o = { *[Symbol.iterator]() { yield sink(1); } };", "return new Set(o).size"],
  ["function* g() { yield sink(1); } function* h() { yield* g(); }", "return [...h()]"],
  ["async function* g() { yield sink(1); }", "for await (const a of g()) return a"],
  ["const o = { then(done) { sink(1); done(1); } };", "return await o"],
  ["const o = { then(done) { sink(1); done(1); } }; const f = async () => o;", "return await f()"],
  ["const o = { then(done) { sink(1); done(1); } };", "return await Promise.resolve(o)"],
  ["const o = { then(done) { sink(1); done(1); } };", "return await Promise.all([o])"],
  // Ways to call.
  ["", "return sink`a`"],
  ["function F() { sink(1); }", "return new F()"],
  ["function F() { sink(1); } class A extends F {}", "return new A()"],
  ["class A { constructor() { sink(1); } } class B extends A {}", "return new B()"],
  ["class A { a = sink(1); }", "return new A()"],
  ["class A { static { sink(1); } }", "return 1"],
  ["class A { static a = sink(1); }", "return 1"],
  ["class A { [sink('a')]() {} }", "return 1"],
  ["class A { a() { sink(1); } } class B extends A { a() { return super.a(); } }", "return new B().a()"],
  [
    "const base = { a() { sink(1); } }; const o = { __proto__: base, a() { return super.a(); } };",
    "return o.a()",
  ],
  ["class A { #a() { sink(1); } b() { this.#a(); } }", "return new A().b()"],
  ["class A { a() { sink(1); } }", "return new A()[input === 2 ? 'b' : 'a']()"],
  ["const all = { a: sink };", "return all[Object.keys(all)[0]](1)"],
  ["", "return Reflect.apply(sink, null, [1])"],
  ["function F() { sink(1); }", "return Reflect.construct(F, [])"],
  ["", "return sink.call(null, 1)"],
  ["", "return sink.apply(null, [1])"],
  ["", "return sink.bind(null, 1)()"],
  ["const p = new Proxy({}, { get: () => sink(1) });", "return p.a"],
  ["", "return [undefined].map(() => sink(1))"],
  ["", "return [, void 0].map(() => sink(1))"],
  ["const f = () => {};", "return [f()].map(() => sink(1))"],
  ["const list = []; list.push(undefined);", "return list.map(() => sink(1))"],
  ["const list = []; list[0] = undefined;", "return list.map(() => sink(1))"],
  ["", "return new Array(1).fill().map(() => sink(1))"],
  ["", "return Array(2).fill(0).map(() => sink(1))"],
  ["", "return Array.from({ length: 1 }, () => sink(1))"],
  ["", "return [2, 1].sort(() => sink(1))"],
  ["", "return [2, 1].reduce(() => sink(1))"],
  ["", "return [].concat(undefined).map(() => sink(1))"],
  ["", "return Object.keys({ a: undefined }).map(() => sink(1))"],
  ["const o = {}; o.a = undefined;", "return Object.keys(o).map(() => sink(1))"],
  ["const o = {}; o[String(1)] = undefined;", "return Object.entries(o).map(() => sink(1))"],
  ["", "return 'a'.replace(/a/, () => sink('b'))"],
  ["", "return new Promise((done) => setTimeout(() => done(sink(1)), 0))"],
  ["", "return await Promise.resolve().then(() => sink(1))"],
  ["", "return await Promise.reject(1).catch(() => sink(1))"],
  [
    `import { EventEmitter } from "node:events"; const e = new EventEmitter(); e.on("a", () => sink(1));`,
    "return e.emit('a')",
  ],
  ["const map = new Map([['a', sink]]);", "return map.get('a')(1)"],
  ["const weak = new WeakMap(); const key = {}; weak.set(key, sink);", "return weak.get(key)(1)"],
  ["const f = (g = sink) => g(1);", "return f()"],
  ["const f = ({ g = sink } = {}) => g(1);", "return f()"],
  ["const f = (...all) => all[0](1);", "return f(sink)"],
  ["function f() { return arguments[0](1); }", "return f(sink)"],
  ["function* g() { const f = yield 1; f(1); }", "const it = g(); it.next(); return it.next(sink)"],
  ["", "try { throw sink; } catch (f) { return f(1); }"],
  ["", "const f = [sink].at(0); return f(1)"],
  ["const o = Object.freeze({ a: sink });", "return o.a(1)"],
  ["const o = structuredClone({ a: 1 }); o.a = sink;", "return o.a(1)"],
  // What objects inherit.
  ["function F() {} F.prototype.a = sink;", "return new F().a(1)"],
  ["const o = Object.create({ a: sink });", "return o.a(1)"],
  ["const o = Object.create(null, { a: { value: sink } });", "return o.a(1)"],
  ["const o = Object.setPrototypeOf({}, { a: sink });", "return o.a(1)"],
  ["const o = {}; o.__proto__ = { a: sink };", "return o.a(1)"],
  ["const o = Object.fromEntries([['a', sink]]);", "return o.a(1)"],
  ["const o = {}; Object.defineProperties(o, { a: { value: sink } });", "return o.a(1)"],
  ["const o = {}; Reflect.set(o, 'a', sink);", "return o.a(1)"],
  // Conditions that hold.
  ["const o = { a: null };", "if (o.a !== undefined) return sink(1)"],
  ["const o = { a: null };", "if (typeof o.a !== 'undefined') return sink(1)"],
  ["const o = { a: 0 };", "if (o.a != null) return sink(1)"],
  ["const list = [1];", "if (list.length) return sink(1)"],
  ["const map = new Map(); map.set('a', 1);", "if (map.has('a')) return sink(1)"],
  ["const map = new Map(); map.set('a', 1);", "const is = map.has('a'); if (is) return sink(1)"],
  ["const map = new Map([['a', 1]]);", "if (map.size) return sink(1)"],
  ["const set = new Set(['a']);", "const is = set.has('a'); if (is) return sink(1)"],
  ["const f = (a) => a;", "if (f.name) return sink(1)"],
  ["const f = (a) => a;", "if (f.length) return sink(1)"],
  ["class A {}", "if (A.name) return sink(1)"],
  ["const o = {};", "if (o.toString) return sink(1)"],
  ["const o = {};", "if (o.constructor) return sink(1)"],
  ["let n = 0; n++;", "if (n) return sink(1)"],
  ["let n = 0; n += 1;", "if (n) return sink(1)"],
  ["let a; const set = () => { a = 1; }; set();", "if (a) return sink(1)"],
  ["let a; ({ a } = JSON.parse('{\"a\":1}'));", "if (a) return sink(1)"],
  ["let a; [a] = [1];", "if (a) return sink(1)"],
  ["let a; for (a of [1]);", "if (a) return sink(1)"],
  ["let a; for (a in { b: 1 });", "if (a) return sink(1)"],
  ["const o = JSON.parse('{\"a\":1}');", "if (o.a) return sink(1)"],
  ["const o = Object.assign({}, JSON.parse('{\"a\":1}'));", "if (o.a) return sink(1)"],
  ["const o = { ...JSON.parse('{\"a\":1}') };", "if (o.a) return sink(1)"],
  ["const o = {}; o[['a'].join()] = 1;", "if (o.a) return sink(1)"],
  ["const o = Object.create({ a: 1 });", "if (o.a) return sink(1)"],
  ["Object.prototype.a = 1; const o = {};", "if (o.a) return sink(1)"],
  ["const o = Object.create(null); Object.assign(o, { a: 1 });", "if (o.a) return sink(1)"],
  ["class A { constructor() { Object.assign(this, { a: 1 }); } }", "if (new A().a) return sink(1)"],
  ["class A { #a = 1; is() { return this.#a && sink(1); } }", "return new A().is()"],
  ["const f = (o) => { if (o.a) return sink(1); };", "return f(input.a ? input : { a: 1 })"],
  ["const f = (a) => { if (a) return sink(1); };", "return f(...[1])"],
  ["const f = (a) => { if (a) return sink(1); };", "return f.call(null, 1)"],
  ["const f = (a) => { if (a) return sink(1); };", "return [1].map(f)"],
  ["const f = (a) => { if (a) return sink(1); };", "return Reflect.apply(f, null, [1])"],
  ["function f() { if (arguments[0]) return sink(1); }", "return f(1)"],
  ["const f = (a = 1) => { if (a) return sink(1); };", "return f()"],
  ["const f = (...all) => { if (all[0]) return sink(1); };", "return f(1)"],
  ["const f = async () => 1;", "const a = await f(); if (a) return sink(1)"],
  ["function* g() { const a = yield; if (a) sink(1); }", "const it = g(); it.next(); return it.next(1)"],
  ["", "try { null.a; } catch (a) { if (a) return sink(1); }"],
  ["const a = 'b'.match(/b/);", "if (a) return sink(1)"],
  ["const a = 10n;", "if (a) return sink(1)"],
  ["const a = /b/;", "if (a) return sink(1)"],
  ["delete globalThis.navigator; const none = typeof navigator === 'undefined';", "if (none) return sink(1)"],
  [
    `import { EventEmitter } from "node:events"; function F() { EventEmitter.call(this); }`,
    "const o = new F(); if (o._events) return sink(1)",
  ],
  ["const o = {}; Error.captureStackTrace(o);", "if (o.stack) return sink(1)"],
  [
    "const o = { a: undefined }; const put = (to, key) => { to[key] = 1; }; put(o, 'a');",
    "return o.a ? sink(1) : 2",
  ],
  ["const o = { a: undefined }; const all = [o]; all[0].a = 1;", "return o.a && sink(1)"],
  // Code after a return.
  ["const f = () => { return g(); function g() { return sink(1); } };", "return f()"],
  ["const f = () => { try { return 1; } finally { sink(1); } };", "return f()"],
  ["const f = (a) => { switch (a) { case 1: return 1; case 2: return sink(1); } };", "return f(2)"],
  ["const f = (a) => { out: { if (a) break out; return 1; } return sink(1); };", "return f(1)"],
];

/** The same, by what Node calls of its own accord and by values that take long ways. */
const hidden: readonly (readonly [head: string, body: string])[] = [
  [
    'import { inspect } from "node:util"; const o = { [inspect.custom]() { return sink("a"); } };',
    "return inspect(o)",
  ],
  ['Error.prepareStackTrace = () => sink("a");', "return new Error('x').stack"],
  [
    'import { AsyncLocalStorage } from "node:async_hooks"; const s = new AsyncLocalStorage();',
    "return s.run(1, () => sink(1))",
  ],
  [
    'import { Readable } from "node:stream"; class R extends Readable { _read() { sink(1); this.push(null); } }',
    "for await (const a of new R()); return 1",
  ],
  [
    'import { Transform } from "node:stream"; class T extends Transform { _transform(a, b, done) { done(null, a); } _flush(done) { sink(1); done(); } }',
    "const t = new T(); t.end('a'); for await (const a of t); return 1",
  ],
  [
    'import { Readable } from "node:stream"; const r = new Readable({ read() { sink(1); this.push(null); } });',
    "for await (const a of r); return 1",
  ],
  [
    'import { EventEmitter } from "node:events"; const e = new EventEmitter(); e.on("newListener", () => sink(1));',
    "e.on('a', () => {}); return 1",
  ],
  [
    'import { EventEmitter } from "node:events"; class E extends EventEmitter { constructor() { super(); this.on("a", this.run); } run() { sink(1); } }',
    "return new E().emit('a')",
  ],
  [
    "class L extends Array { constructor(...all) { super(...all); sink(1); } }",
    "return L.from([1]).map((a) => a)",
  ],
  [
    "class L extends Array { push(a) { sink(a); return super.push(a); } }",
    "const l = new L(); l.push(1); return l",
  ],
  ["class P extends Promise { constructor(run) { super(run); sink(1); } }", "return await P.resolve(1)"],
  [
    "class P extends Promise { then(...all) { sink(1); return super.then(...all); } }",
    "return await P.resolve(1)",
  ],
  ["", "return JSON.stringify({ a: 1 }, (key, value) => sink(value))"],
  ["const p = new Proxy(class {}, { construct: () => { sink(1); return {}; } });", "return new p()"],
  ["const p = new Proxy({}, { has: () => sink(true) });", "return 'a' in p"],
  ["const r = /a/; r.exec = () => { sink(1); return null; };", "return r.test('a')"],
  ['const o = { [Symbol.replace]: () => sink("a") };', "return 'a'.replace(o, 'b')"],
  ["const o = { get a() { return sink(1); } };", "return structuredClone(o)"],
  [
    "const o = { get numeric() { return sink(true); } };",
    "return new Intl.Collator('en', o).compare('a', 'b')",
  ],
  ['const d = new Date(); d.toISOString = () => sink("a");', "return JSON.stringify(d)"],
  ["", "return new Uint8Array([2, 1]).sort(() => sink(1))"],
  ["const o = { valueOf: () => sink(1) };", "return Math.max(o, 2)"],
  ["const o = { valueOf: () => sink('a'), toString: () => 'b' };", "return Buffer.from(o)"],
  [
    'import path from "node:path"; const o = { get dir() { return sink("/"); }, base: "a" };',
    "return path.format(o)",
  ],
  [
    'const o = { get searchParams() { return 1; }, toString: () => sink("http://a.b") };',
    "return new URL(o).href",
  ],
  [
    'const o = { *[Symbol.iterator]() { yield ["a", sink("b")]; } };',
    "return new URLSearchParams(o).toString()",
  ],
  ["function* g() { try { yield 1; } finally { sink(1); } }", "for (const a of g()) break; return 1"],
  [
    "const it = { [Symbol.iterator]() { return this; }, next() { return { done: false }; }, return() { sink(1); return {}; } };",
    "for (const a of it) break; return 1",
  ],
  [
    "const it = { [Symbol.asyncIterator]() { return this; }, async next() { return { done: false }; }, async return() { sink(1); return {}; } };",
    "for await (const a of it) break; return 1",
  ],
  [
    "function* g() { try { yield 1; } catch { sink(1); } }",
    "const it = g(); it.next(); it.throw(1); return 1",
  ],
  [
    "const Mixin = (Base) => class extends Base { get a() { return sink(1); } }; class A {}",
    "return new (Mixin(A))().a",
  ],
  ["class A { get a() { return sink(1); } } class B extends A {}", "return new B().a"],
  [
    "class A { make() { return new this.constructor(); } } class B extends A { constructor() { super(); B.n = (B.n ?? 0) + 1; if (B.n === 2) sink(1); } }",
    "return new B().make()",
  ],
  [
    "class A { constructor() { return new.target.make(); } static make() { return { a: sink(1) }; } }",
    "return new A()",
  ],
  ["class A { get #a() { return sink(1); } b() { return this.#a; } }", "return new A().b()"],
  ["Function.prototype.mine = function () { return this(1); };", "return sink.mine()"],
  ["const o = { f: () => o.g(1) }; o.g = sink;", "return o.f()"],
  ['const key = Symbol("a"); class A { [key]() { return sink(1); } }', "return new A()[key]()"],
  ["const o = { a: sink };", "for (const k in o) return o[k](1)"],
  ["const list = [sink];", "const f = list.find((a) => a); return f(1)"],
  ["const list = [sink];", "return list.with(0, list[0])[0](1)"],
  ["const list = [sink];", "return Array.from(list)[0](1)"],
  ["const set = new Set([sink]);", "for (const f of set) return f(1)"],
  ["const { promise, resolve } = Promise.withResolvers(); resolve(sink);", "return (await promise)(1)"],
  ["const f = async () => sink;", "return (await f())(1)"],
  ["async function* g() { yield sink; }", "for await (const f of g()) return f(1)"],
  [
    'class E extends Error { constructor() { super("a"); this.run = sink; } }',
    "try { throw new E(); } catch (e) { return e.run(1); }",
  ],
  ["const c = new AbortController(); c.signal.onabort = () => sink(1);", "c.abort(); return 1"],
  [
    'import { promisify } from "node:util"; const f = promisify((a, done) => done(null, sink(a)));',
    "return await f(1)",
  ],
  [
    'import { callbackify } from "node:util"; const f = callbackify(async () => sink(1));',
    "return new Promise((done) => f(done))",
  ],
  ['import { deprecate } from "node:util"; const f = deprecate(sink, "a", "b");', "return f(1)"],
  [
    'import util from "node:util"; function A() {} function B() {} B.prototype.a = () => sink(1); util.inherits(A, B);',
    "return new A().a()",
  ],
  ['import assert from "node:assert";', "assert.throws(() => { sink(1); throw new Error(); }); return 1"],
  ["let f = null; const set = (g) => (f ??= g); set(sink);", "return f(1)"],
  [
    "let on = false; const enable = () => { on = true; }; const run = () => { if (on) return sink(1); };",
    "enable(); return run()",
  ],
  ["const state = { on: false }; ({ on: state.on } = { on: true });", "if (state.on) return sink(1)"],
  ["const state = {}; state.on ??= true;", "if (state.on) return sink(1)"],
  ["const f = (a, { on } = a) => { if (on) return sink(1); };", "return f({ on: 1 })"],
  ["const all = []; Array.prototype.push.call(all, 1);", "if (all[0]) return sink(1)"],
  ["let a; do { a = 1; } while (!a);", "if (a) return sink(1)"],
  ["let a; const t = (s, v) => v; t`${(a = 1)}`;", "if (a) return sink(1)"],
  [
    "class A { constructor() { this.go(); } go() {} } class B extends A { go() { sink(1); } }",
    "return new B()",
  ],
  [
    "class A { static create() { return new this(); } } class B extends A { constructor() { super(); sink(1); } }",
    "return B.create()",
  ],
  [
    "class A { on = undefined; constructor() { this.put(); } put() { this.on = true; } }",
    "if (new A().on) return sink(1)",
  ],
  ["class A { constructor(o) { Object.assign(this, o); } }", "if (new A({ on: true }).on) return sink(1)"],
  ["class A { static #on = true; static is() { if (A.#on) return sink(1); } }", "return A.is()"],
  ["const o = Object.assign(Object.create(null), null, { on: 1 });", "if (o.on) return sink(1)"],
  ["const o = Object.create(null); const p = Object.assign(o, { on: 1 });", "if (p.on) return sink(1)"],
  [
    'const o = Object.create(null); for (const k of ["on"]) o[k] = undefined;',
    "return Object.keys(o).map(() => sink(1))",
  ],
  ["const a = [1]; const o = { ...a };", "if (o[0]) return sink(1)"],
  ['const a = "b"; const o = { ...a };', "if (o[0]) return sink(1)"],
  ["const f = () => [undefined];", "return f().map(() => sink(1))"],
  ["const l = [1];", "return l.map(() => undefined).map(() => sink(1))"],
  ["const f = (...r) => r.map(() => sink(1));", "return f(...[undefined])"],
  ["const f = (...r) => r.map(() => sink(1));", "return f.apply(null, [undefined])"],
  ["const f = () => {}; const l = []; l.push(f());", "return l.map(() => sink(1))"],
  ["const l = [,];", "return [...l].map(() => sink(1))"],
  [
    "const l = Object.keys(() => {}); const f = () => {}; f.a = 1;",
    "return Object.keys(f).map(() => sink(1))",
  ],
  ["const o = { get a() { return undefined; } };", "return Object.keys(o).map(() => sink(1))"],
  ['const o = { [Symbol("a")]: 1, ["b"]: undefined };', "return Object.keys(o).map(() => sink(1))"],
  ["const o = { 1: undefined };", "return Object.values(o).map(() => sink(1))"],
  ["const o = { a: !0 };", "if (o.a) return sink(1)"],
  ["const f = (a, b) => { if (a != b) return sink(1); };", "return f()|| f(1)"],
  [
    'const m = new Map(); m.set("a", { on: undefined }); m.get("a").on = 1;',
    'if (m.get("a").on) return sink(1)',
  ],
  ["const o = { a: { b: undefined } }; const { a } = o; a.b = 1;", "if (o.a.b) return sink(1)"],
  ["const o = { a: undefined }; const f = (x) => x; f(o).a = 1;", "if (o.a) return sink(1)"],
  [
    "const o = { a: undefined }; JSON.stringify(o, (k, v) => { if (v === o) o.a = 1; return v; });",
    "if (o.a) return sink(1)",
  ],
  ['const o = { a: undefined, put() { this.a = 1; } }; o["put"]();', "if (o.a) return sink(1)"],
  ["const o = { a: undefined, set b(v) { this.a = v; } }; o.b = 1;", "if (o.a) return sink(1)"],
  [
    "const o = { a: undefined }; const b = Object.assign(o, input => 1, { a: 1 });",
    "if (o.a) return sink(1)",
  ],
  ["const o = { a: undefined }; const r = new WeakRef(o); r.deref().a = 1;", "if (o.a) return sink(1)"],
  [
    "const o = { a: undefined }; Object.values({ o }).forEach((x) => { x.a = 1; });",
    "if (o.a) return sink(1)",
  ],
  [
    "const o = { a: undefined }; const f = function () { this.a = 1; }; [1].forEach(f, o);",
    "if (o.a) return sink(1)",
  ],
  ["const o = { a: undefined }; function F() { o.a = 1; } new F();", "if (o.a) return sink(1)"],
];

/** The same, by getters and setters of what objects inherit, and by objects that take the place of an instance. */
const inherited: readonly (readonly [head: string, body: string])[] = [
  [
    "const l = [sink]; Object.defineProperty(Array.prototype, 'x', { get() { return this[0](1); } });",
    "return l.x",
  ],
  [
    "const f = () => 1; f.m = sink; Object.defineProperty(Function.prototype, 'x', { get() { return this.m(1); } });",
    "return f.x",
  ],
  [
    "class A { static m = sink; } Object.defineProperty(Function.prototype, 'x', { get() { return this.m(1); } });",
    "return A.x",
  ],
  [
    "class Base { static get x() { return this.m(1); } } class A extends Base { static m = sink; }",
    "return A.x",
  ],
  [
    "class Base { constructor() { return { m: sink }; } } class A extends Base { x = this.m(1); }",
    "return new A()",
  ],
  [
    "class Base { static get x() { return this.m(1); } } class B extends Base {} class A extends B { static m = sink; }",
    "return A.x",
  ],
  [
    "class Base { static get x() { return this.m(1); } } class A extends Base { static m = sink; static y() { return super.x; } }",
    "return A.y()",
  ],
  [
    "class Base { static get x() { return this.m(1); } } class A extends Base { static m = sink; static y = super.x; }",
    "return A.y",
  ],
  [
    "class Base { static get x() { return this.m(1); } } class A extends Base { static m = sink; static { super.x; } }",
    "return 1",
  ],
  ["class Base { constructor() { return { m: sink }; } } class A extends Base {}", "return new A().m(1)"],
  [
    "class Base { constructor() { return { m: sink }; } } class B extends Base {} class A extends B { x = this.m(1); }",
    "return new A()",
  ],
  [
    "class Base { constructor() { return { m: sink }; } } class A extends Base { constructor() { super(); } }",
    "return new A().m(1)",
  ],
  [
    "class Base { constructor() { return { m: sink }; } } class A extends Base { #p = () => this.m(1); constructor() { super(); this.#p(); } }",
    "return new A()",
  ],
  [
    "const l = [sink]; Object.defineProperty(Array.prototype, 'x', { set(v) { return this[0](1); } });",
    "l.x = 1; return 1",
  ],
  [
    "const l = [sink]; Object.defineProperty(Array.prototype, 'x', { set(v) { return this[0](1); } });",
    "Object.assign(l, { x: 1 }); return 1",
  ],
  [
    "const l = [sink]; Object.setPrototypeOf(Array.prototype, { get x() { return this[0](1); } });",
    "return l.x",
  ],
  ["const l = [sink]; Array.prototype.__proto__ = { get x() { return this[0](1); } };", "return l.x"],
  [
    "const l = [sink]; const P = [].__proto__; P.__defineGetter__('x', function () { return this[0](1); });",
    "return l.x",
  ],
  [
    "import { EventEmitter } from 'node:events'; class A extends EventEmitter { m = sink; } Object.defineProperty(EventEmitter.prototype, 'x', { get() { return this.m(1); } });",
    "return new A().x",
  ],
  [
    "class A extends Error { m = sink; } Object.defineProperty(Error.prototype, 'x', { get() { return this.m(1); } });",
    "return new A().x",
  ],
  [
    "class A extends EventTarget { m = sink; } Object.defineProperty(EventTarget.prototype, 'x', { set() { return this.m(1); } });",
    "new A().x = 1; return 1",
  ],
  [
    "class A extends Error { m = sink; } Object.defineProperty(Error.prototype, 'x', { set() { return this.m(1); } });",
    "new A().x = 1; return 1",
  ],
  [
    "const l = [sink]; Object.defineProperty(Array.prototype, '1', { get() { return this[0](1); } });",
    "return l[1]",
  ],
  [
    "const l = [sink, , 1]; Object.defineProperty(Array.prototype, '1', { get() { return this[0](1); } });",
    "for (const a of l); return 1",
  ],
  [
    "const o = { m: sink }; Object.prototype.__defineGetter__('x', function () { return this.m(1); });",
    "return o.x",
  ],
  [
    "const o = { m: sink }; ({}).__proto__.__defineGetter__('x', function () { return this.m(1); });",
    "return o.x",
  ],
  [
    "const o = { m: sink }; ({}).constructor.prototype.__defineGetter__('x', function () { return this.m(1); });",
    "return o.x",
  ],
  [
    "const o = { m: sink }; Object.getPrototypeOf({}).__defineGetter__('x', function () { return this.m(1); });",
    "return o.x",
  ],
  [
    "const o = { m: sink }; const P = Object.getPrototypeOf(Object.create(Object.prototype)); Object.defineProperty(P, 'x', { get() { return this.m(1); } });",
    "return o.x",
  ],
  [
    "const o = { m: sink }; ({}).__proto__.__defineGetter__('x', function () { return this.m(1); });",
    "return o.x",
  ],
  [
    "const o = { m: sink }; const p = {}; const q = p.__proto__; q.__defineGetter__('x', function () { return this.m(1); });",
    "return o.x",
  ],
  [
    "const f = () => 1; f.m = sink; const d = f.__defineGetter__; d.call(Function.prototype, 'x', function () { return this.m(1); });",
    "return f.x",
  ],
  [
    "const f = () => 1; f.m = sink; Object.defineProperty.call(null, Function.prototype, 'x', { get() { return this.m(1); } });",
    "return f.x",
  ],
  [
    "const f = () => 1; f.m = sink; const { defineProperty: d } = Object; d(Function.prototype, 'x', { get() { return this.m(1); } });",
    "return f.x",
  ],
  [
    "const f = () => 1; f.m = sink; Object['define' + 'Property'](Function.prototype, 'x', { get() { return this.m(1); } });",
    "return f.x",
  ],
  [
    "const f = () => 1; f.m = sink; [Function.prototype].forEach((p) => Object.defineProperty(p, 'x', { get() { return this.m(1); } }));",
    "return f.x",
  ],
  [
    "const f = () => 1; f.m = sink; Function.prototype.__proto__ = { get x() { return this.m(1); } };",
    "return f.x",
  ],
  [
    "class B { get x() { return this.m(1); } } class A extends B { m = sink; y = super.x; }",
    "return new A().y",
  ],
  [
    "class B { constructor() { return { m: sink }; } } class A extends B { constructor() { super(); this.m(1); } } ",
    "return Reflect.construct(A, [])",
  ],
];

const modules: readonly Row[] = [
  "module.exports = sink;",
  "exports.a = sink; module.exports = exports.a;",
  "module['exports'] = sink;",
  "const own = module; own.exports = sink;",
  "Object.defineProperty(module, 'exports', { value: sink });",
  "Object.assign(module, { exports: sink });",
  "module.exports = (value) => sink(value);",
].map(
  (text, i): Row => ({
    name: `a function of a CommonJS module (${i + 1})`,
    head: `import lib from "lib";`,
    body: "return lib(input)",
    files: lib(`${sink} ${text}`),
    unproven: ["NX3004"],
  }),
);
const members: readonly Row[] = [
  [`import { a } from "lib";`, "return a(input)", "exports.a = sink;"],
  [`import * as all from "lib";`, "return all.a(input)", "exports.a = sink;"],
  [`import * as all from "lib";`, "return all[input.a ?? 'a'](input)", "exports.a = sink;"],
  [
    `import all from "lib";`,
    "return all.a(input)",
    "exports.__esModule = true; exports.default = { a: sink }; exports.a = sink;",
  ],
  [
    `import { a } from "lib";`,
    "return a(input)",
    "Object.defineProperty(exports, 'a', { get: () => sink });",
  ],
  [`import { a } from "lib";`, "return a(input)", "this.a = sink;"],
  [
    `import { a } from "lib";`,
    "return a(input)",
    "for (const [name, value] of [['a', sink]]) exports[name] = value;",
  ],
  [
    `import { b } from "lib";`,
    "return b(input)",
    "const own = require('lib'); exports.a = sink; exports.b = (value) => own.a(value);",
  ],
  [
    `import lib from "lib";`,
    "return lib(input)",
    "const load = [require][0]; exports.a = sink; module.exports = () => sink(1);",
  ],
].map(
  ([head = "", body = "", text = ""], i): Row => ({
    name: `a member of a CommonJS module (${i + 1})`,
    head,
    body,
    files: lib(`${sink} ${text}`),
    unproven: ["NX3004"],
  }),
);

const L = "node_modules/lib/index.js";
const O = "node_modules/lib/other.js";
/** Ways from the plugin through the modules of a package. */
const through: readonly (readonly [head: string, body: string, files: Readonly<Record<string, string>>])[] = [
  [
    `import { a } from "lib";`,
    "return a(1)",
    {
      [L]: `exports.b = () => 1; const o = require("./other"); exports.a = o.run;`,
      [O]: `${sink} const back = require("./index"); exports.run = (v) => { back.b(); return sink(v); };`,
    },
  ],
  [
    `import { a } from "lib";`,
    "return a(1)",
    { [L]: `exports.a = (v) => require("./other").go(v);`, [O]: `${sink} exports.go = sink;` },
  ],
  [
    `import { a } from "lib";`,
    "return a(1)",
    {
      [L]: `const o = require("./other"); for (const k in o) exports[k] = o[k];`,
      [O]: `${sink} exports.a = sink;`,
    },
  ],
  [
    `import { a } from "lib";`,
    "return a(1)",
    { [L]: `Object.assign(exports, require("./other"));`, [O]: `${sink} exports.a = sink;` },
  ],
  [
    `import { a } from "lib";`,
    "return a(1)",
    { [L]: `module.exports = { ...require("./other") };`, [O]: `${sink} exports.a = sink;` },
  ],
  [
    `import { a } from "lib";`,
    "return a(1)",
    { [L]: `module.exports = require("./other");`, [O]: `${sink} exports.a = sink;` },
  ],
  [
    `import { a } from "lib";`,
    "return a(1)",
    { [L]: `export * from "./other.js";`, [O]: `${sink} exports.a = sink;` },
  ],
  [
    `import { a } from "lib";`,
    "return a(1)",
    { [L]: `export { b as a } from "./other.js";`, [O]: `${sink} export const b = sink;` },
  ],
  [
    `import * as lib from "lib";`,
    "return lib.ns.a(1)",
    { [L]: `import * as ns from "./other.js"; export { ns };`, [O]: `${sink} export const a = sink;` },
  ],
  [
    `import * as lib from "lib";`,
    "return Object.values(lib)[0](1)",
    { [L]: `${sink} export const a = sink;` },
  ],
  [``, "const lib = await import('lib'); return lib.a(1)", { [L]: `${sink} exports.a = sink;` }],
  [
    ``,
    "const lib = await import('lib'); return lib.default.a(1)",
    { [L]: `${sink} module.exports = { a: sink };` },
  ],
  [``, "const { a } = await import('lib'); return a(1)", { [L]: `${sink} export const a = sink;` }],
  [``, "return (await import('lib')).default(1)", { [L]: `${sink} export default sink;` }],
  [``, "return import('lib').then((m) => m.a(1))", { [L]: `${sink} export const a = sink;` }],
  [
    `import lib from "lib";`,
    "return lib(1)",
    { [L]: `${sink} module.exports = sink; module.exports.default = sink;` },
  ],
  [`import lib from "lib";`, "return lib.default(1)", { [L]: `${sink} exports.default = sink;` }],
  [
    `import lib from "lib";`,
    "return new lib.A().go()",
    { [L]: `${sink} exports.A = class { go() { return sink(1); } };` },
  ],
  [
    `import lib from "lib";`,
    "return lib.make().go()",
    { [L]: `${sink} class A { go() { return sink(1); } } exports.make = () => new A();` },
  ],
  [
    `import lib from "lib";`,
    "return lib.get('a')(1)",
    { [L]: `${sink} const all = { a: sink }; exports.get = (k) => all[k];` },
  ],
  [
    `import lib from "lib";`,
    "lib.use(); return lib.run(1)",
    { [L]: `${sink} let f = (v) => v; exports.use = () => { f = sink; }; exports.run = (v) => f(v);` },
  ],
  [
    `import lib from "lib";`,
    "lib.on = true; return lib.run(1)",
    { [L]: `${sink} exports.run = (v) => (exports.on ? sink(v) : v);` },
  ],
  [
    `import lib from "lib";`,
    "lib.options.on = true; return lib.run(1)",
    {
      [L]: `${sink} const options = {}; exports.options = options; exports.run = (v) => { if (options.on) return sink(v); };`,
    },
  ],
  [
    `import * as lib from "lib";`,
    "lib.set({ on: true }); return lib.run(1)",
    {
      [L]: `${sink} let o = {}; export const set = (v) => { o = v; }; export const run = (v) => { if (o.on) return sink(v); };`,
    },
  ],
  [
    `import * as lib from "lib";`,
    "lib.set({ on: true }); return lib.run(1)",
    {
      [L]: `${sink} const o = { on: false }; export const set = (v) => { Object.assign(o, v); }; export const run = (v) => { if (o.on) return sink(v); };`,
    },
  ],
  [
    `import * as lib from "lib";`,
    "return lib.run({ on: input })",
    { [L]: `${sink} export const run = ({ on }) => { if (on) return sink(1); };` },
  ],
  [
    `import * as lib from "lib";`,
    "return lib.run(input)",
    { [L]: `${sink} export const run = (o) => { if (o.on) return sink(1); return o; };` },
  ],
  [
    `import * as lib from "lib";`,
    "return lib.run(JSON.parse('{\"on\":1}'))",
    { [L]: `${sink} export const run = (o) => { if (o.on) return sink(1); };` },
  ],
  [
    `import * as lib from "lib";`,
    "return new lib.T({ on: 1 }).go()",
    {
      [L]: `${sink} export class T { constructor(o = {}) { this.o = { on: false, ...o }; } go() { return this.o.on && sink(1); } }`,
    },
  ],
  [
    `import * as lib from "lib"; class M extends lib.T { hook() { return true; } }`,
    "return new M().go()",
    { [L]: `${sink} export class T { hook() { return false; } go() { if (this.hook()) return sink(1); } }` },
  ],
  [
    `import * as lib from "lib"; class M extends lib.T { on = true; }`,
    "return new M().go()",
    { [L]: `${sink} export class T { on = false; go() { if (this.on) return sink(1); } }` },
  ],
  [
    `import * as lib from "lib";`,
    "return lib.plugin({ setup: (api) => api.make(1) })",
    { [L]: `${sink} export const plugin = (p) => p.setup({ make: sink });` },
  ],
  [
    `import * as lib from "lib";`,
    "return lib.chain().a().b()",
    { [L]: `${sink} export const chain = () => ({ a() { return this; }, b() { return sink(1); } });` },
  ],
  [
    `import * as lib from "lib";`,
    "return lib.compose([lib.one, lib.two])(1)",
    {
      [L]: `${sink} export const one = (v) => v; export const two = (v) => sink(v); export const compose = (all) => (v) => all.reduce((x, f) => f(x), v);`,
    },
  ],
  [
    `import { Emitter } from "lib";`,
    "const e = new Emitter(); e.on('a', e.make); return e.emit('a', 1)",
    {
      [L]: `${sink} export class Emitter { all = {}; on(k, f) { (this.all[k] ??= []).push(f); } emit(k, ...v) { return this.all[k].map((f) => f(...v)); } make(v) { return sink(v); } }`,
    },
  ],
  [
    `import lib from "lib";`,
    "return lib.run(1)",
    {
      [L]: `${sink} function Lib() {} Lib.prototype.run = function (v) { return this._run(v); }; Lib.prototype._run = sink; module.exports = new Lib();`,
    },
  ],
  [
    `import lib from "lib";`,
    "return lib.run(1)",
    {
      [L]: `${sink} var proto = module.exports = function () {}; proto.run = function (v) { return proto.go(v); }; proto.go = sink;`,
    },
  ],
  [
    `import lib from "lib";`,
    "return lib.a.b.c(1)",
    { [L]: `${sink} exports.a = { b: {} }; exports.a.b.c = sink;` },
  ],
  [
    `import lib from "lib";`,
    "return lib(1)",
    {
      [L]: `(function (root, factory) { if (typeof exports === "object") module.exports = factory(); else root.Lib = factory(); })(this, function () { ${sink} return sink; });`,
    },
  ],
  [
    `import { a } from "lib";`,
    "return a(1)",
    {
      [L]: `"use strict"; Object.defineProperty(exports, "__esModule", { value: true }); exports.a = void 0; ${sink} const a = sink; exports.a = a;`,
    },
  ],
  [
    `import { a } from "lib";`,
    "return a(1)",
    {
      [L]: `var __exportStar = (this && this.__exportStar) || function (m, e) { for (var p in m) if (p !== "default" && !Object.prototype.hasOwnProperty.call(e, p)) e[p] = m[p]; }; __exportStar(require("./other"), exports);`,
      [O]: `${sink} exports.a = sink;`,
    },
  ],
  [
    `import { a } from "lib";`,
    "return a(1)",
    {
      [L]: `var __importDefault = (this && this.__importDefault) || function (mod) { return (mod && mod.__esModule) ? mod : { "default": mod }; }; const o = __importDefault(require("./other")); exports.a = o.default;`,
      [O]: `${sink} module.exports = sink;`,
    },
  ],
  [
    `import { a } from "lib";`,
    "return a(1)",
    {
      [L]: `let lazy; exports.a = (v) => (lazy || (lazy = require("./other"))).go(v);`,
      [O]: `${sink} module.exports = { go: sink };`,
    },
  ],
  [
    `import { a } from "lib";`,
    "return a(1)",
    {
      [L]: `exports.a = (v) => { try { return require("./other")(v); } catch { return 1; } };`,
      [O]: `${sink} module.exports = sink;`,
    },
  ],
  [
    `import { a } from "lib";`,
    "return a(1)",
    {
      [L]: `const all = { get other() { return require("./other"); } }; exports.a = (v) => all.other(v);`,
      [O]: `${sink} module.exports = sink;`,
    },
  ],
];

const never: readonly (readonly [head: string, body: string])[] = [
  ["const f = (o = {}) => { if (o.make) return sink(1); return 2; };", "return f()"],
  [
    "const f = (o) => { const all = Object.assign({ make: undefined }, o); return all.make ? sink(1) : 2; };",
    "return f({ a: 1 })",
  ],
  [
    "const f = (o) => { if (typeof o.make !== 'undefined') return sink(1); return 2; };",
    "return f({ make: undefined })",
  ],
  ["const f = (o) => o.make && sink(1);", "return f({})"],
  [
    "const f = (o) => { const all = Object.create(null); if (o.make) all.make = sink; for (const name of Object.keys(all)) all[name](1); };",
    "return f({})",
  ],
  ["const all = { make: sink, plain: (value) => value };", "return all.plain(input)"],
  ["class Tool { make() { return sink(1); } plain() { return 1; } }", "return new Tool().plain()"],
  ["const f = (a) => { return a; sink(a); };", "return f(input)"],
  ["const none = typeof navigator === 'undefined';", "if (none) return sink(1); return 2"],
];

testRows([
  ...never.map((text, i): Row => ({ name: `code that nothing runs (${i + 1})`, ...packaged(text) })),
  ...never.map(
    ([head, body], i): Row => ({
      name: `code of the plugin's own that nothing runs (${i + 1})`,
      head: `${sink} ${head}`,
      body,
      unproven: ["NX3004"],
    }),
  ),
  {
    name: "a function of a CommonJS module beside the one that is imported",
    head: `import { plain } from "lib";`,
    body: "return plain(input)",
    files: lib(`${sink} exports.make = sink; exports.plain = (value) => value;`),
  },
  {
    name: "a method of a CommonJS module's object beside the one that is called",
    head: `import lib from "lib";`,
    body: "return lib.plain(input)",
    files: lib(`${sink} const lib = { make: sink, plain: (value) => value }; module.exports = lib;`),
  },
  ...[...running, ...hidden, ...inherited].map(
    (text, i): Row => ({
      name: `code that something runs (${i + 1}): ${text.join(" ")}`,
      ...packaged(text),
      unproven: ["NX3004"],
    }),
  ),
  ...modules,
  ...through.map(
    ([head, body, files], i): Row => ({
      name: `code of a package that something runs (${i + 1})`,
      head,
      body,
      files,
      unproven: ["NX3004"],
    }),
  ),
  ...members,
]);
test.run();
