/**
 * Ways to call code that do not look like calls, for code that would not count if nobody called it: each of them is run,
 * does reach what it should not, and is refused.
 */
import { transformSync } from "esbuild";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { check, plugin, type Row, testRows } from "./permissions-setup.ts";

const evil = `new Function("globalThis.reached = true")()`;
/** A class with a method that nobody needs. */
const far = `class Far { near(text) { return text.length; } far() { ${evil}; } }`;

const uses = { head: `import lib from "lib";`, body: `return lib(input)` } as const;
const lib = (text: string) => ({ "node_modules/lib/index.js": text, "node_modules/lib/package.json": esm });
const esm = `{ "type": "module" }`;

const idle: readonly Row[] = [
  {
    name: "a method that no code asks for",
    ...uses,
    files: lib(`${far} export default (text) => new Far().near(text);`),
  },
  {
    name: "a method that only such a method calls",
    ...uses,
    files: lib(`class Far { near(text) { return text.length; } far() { this.inner(); } inner() { ${evil}; } }
export default (text) => new Far().near(text);`),
  },
  {
    name: "a class that nobody makes, in a list of classes",
    ...uses,
    files: lib(`class Other { constructor() { ${evil}; } near() { return 0; } } ${far}
const kinds = { far: Far, other: Other }; export default (text) => new kinds.far().near(text);`),
  },
  {
    name: "a module that is loaded by a name, in a method that no code asks for",
    ...uses,
    files: lib(`const load = (name) => import(name);
class Far { near(text) { return text.length; } async far(path) { return (await load("other" + path)).read(path); } }
export default (text) => new Far().near(text);`),
  },
  {
    name: "a setter of a private name that nobody sets",
    ...uses,
    files: lib(`class Far { #n = 0; set #far(n) { ${evil}; } near(text) { return text.length + this.#n; } }
export default (text) => new Far().near(text);`),
  },
];

testRows(idle);

test("beside code that may call anything every mention counts", async () => {
  const result = await check({
    files: {
      "src/index.ts": plugin(uses.head, uses.body),
      ...lib(`${far} export default (text) => { (0, eval)(text); return new Far().near(text); };`),
    },
  });
  assert.is(result.diagnostics.filter(({ code }) => code === "NX3004").length, 2);
});

/** A module whose default export reaches the method when it is called. */
const ways: Readonly<Record<string, string>> = {
  "a computed name": `${far} export default (t) => new Far()[["f", "ar"].join("")](t);`,
  "a name in a list": `${far} export default (t) => { for (const k of ["near", "far"]) new Far()[k](t); };`,
  "a name that a caller gives": `${far} const call = (o, k, t) => o[k](t); export default (t) => { call(new Far(), "near", t); call(new Far(), "far", t); };`,
  "the names of the prototype": `${far} export default (t) => { for (const k of Object.getOwnPropertyNames(Far.prototype)) if (k !== "constructor") new Far()[k](t); };`,
  destructuring: `${far} export default () => { const { far } = new Far(); far(); };`,
  "destructuring by a computed name": `${far} export default (t) => { const k = t === "" ? "near" : "far"; const { [k]: f } = new Far(); f(t); };`,
  "a copy of the prototype": `${far} export default () => { const o = {}; for (const k of ["far"]) o[k] = Far.prototype[k]; o.far(); };`,
  "a class that extends it": `${far} class Near extends Far { run() { super.far(); } } export default () => new Near().run();`,
  "super in a method without its object": `${far} class Near extends Far { run() { super.far(); } } export default () => { const { run } = new Near(); run(); };`,
  "super in a static method": `class Far { static far() { ${evil}; } } class Near extends Far { static run() { super.far(); } } export default () => { const { run } = Near; run(); };`,
  "super by a computed name": `${far} class Near extends Far { run(k) { super[k](); } } export default (t) => new Near().run(t === "" ? "near" : "far");`,
  "a setter of a base class": `class Far { set far(n) { ${evil}; } } class Near extends Far { run() { super.far = 1; } } export default () => new Near().run();`,
  "a static setter of a base class": `class Far { static set far(n) { ${evil}; } } class Near extends Far { static run() { super.far = 1; } } export default () => Near.run();`,
  "a getter": `class Far { get far() { ${evil}; return 1; } } export default () => new Far().far;`,
  "a getter of a copied object": `const o = { get far() { ${evil}; return 1; } }; export default () => ({ ...o });`,
  "a getter in a pattern": `class Far { get far() { ${evil}; return 1; } } export default () => { const { far } = new Far(); return far; };`,
  "a setter by Object.assign": `class Far { set far(n) { ${evil}; } } export default () => Object.assign(new Far(), { far: 1 });`,
  "a setter in a loop": `class Far { set far(n) { ${evil}; } } export default () => { const o = new Far(); for (o.far of [1]); };`,
  "text of an object": `class Far { toString() { ${evil}; return ""; } } export default () => \`\${new Far()}\`;`,
  "text of a key": `class Far { toString() { ${evil}; return "k"; } } export default () => ({ [new Far()]: 1 });`,
  "text of a key in a pattern": `class Far { toString() { ${evil}; return "k"; } } export default () => { const { [new Far()]: x } = { k: 1 }; return x; };`,
  "text that calls another method": `class Far { toString() { return this.far(); } far() { ${evil}; return ""; } } export default () => \`\${new Far()}\`;`,
  "a number for an index": `const o = { valueOf() { ${evil}; return 0; } }; export default () => [1, 2].at(o);`,
  "a number for a length": `const o = { valueOf() { ${evil}; return 0; } }; export default () => { const list = [1]; list["len" + "gth"] = o; };`,
  "elements that are sorted": `const o = { toString() { ${evil}; return ""; } }; export default () => [o, o].sort();`,
  "the part of a URL": `const o = { toString() { ${evil}; return "x"; } }; export default () => { new URL("https://a.example.com").pathname = o; };`,
  "the tag of an object": `const o = { get [Symbol.toStringTag]() { ${evil}; return ""; } }; export default () => String(o);`,
  "a primitive": `class Far { [Symbol.toPrimitive]() { ${evil}; return 1; } } export default () => new Far() * 2;`,
  "what instanceof asks": `class Far { static [Symbol.hasInstance]() { ${evil}; return true; } } export default (t) => Object(t) instanceof Far;`,
  "an iterator": `class Far { *[Symbol.iterator]() { ${evil}; yield 1; } } export default () => [...new Far()];`,
  "an iterator of an awaited loop": `class Far { async *[Symbol.asyncIterator]() { ${evil}; yield 1; } } export default async () => { for await (const x of new Far()); };`,
  "a method of an iterator": `class Far { [Symbol.iterator]() { return this; } next() { return { done: false }; } return() { ${evil}; return {}; } } export default () => { for (const x of new Far()) break; };`,
  "the species of a list": `class Far { constructor() { ${evil}; } } export default () => { const list = [1]; list.constructor = { [Symbol.species]: Far }; list.map((x) => x); };`,
  "what is awaited": `class Far { then(done) { ${evil}; done(); } } export default async () => { await new Far(); };`,
  "what an async function returns": `class Far { then(done) { ${evil}; done(); } } const give = async () => new Far(); export default async () => { await give(); };`,
  "a promise with a method of its own": `const give = async () => 1; export default async () => { const p = give(); p.then = function (done) { ${evil}; done(); }; await (async () => p)(); };`,
  "a list of promises": `class Far { then(done) { ${evil}; done(); } } export default async () => { await Promise.all([new Far()]); };`,
  "text for JSON": `class Far { toJSON() { ${evil}; return 1; } } export default () => JSON.stringify({ a: [new Far()] });`,
  "a resource that is given back": `class Far { [Symbol.dispose]() { ${evil}; } } export default () => { using far = new Far(); return typeof far; };`,
  "a private method of an object that came back": `class Far { #far() { ${evil}; } static run(o) { o.#far(); } } export default async () => { await Promise.resolve(new Far()).then((o) => Far.run(o)); };`,
  "a private getter of an object that came back": `class Far { get #far() { ${evil}; return 1; } static run(o) { return o.#far; } } export default async () => { await Promise.resolve(new Far()).then((o) => Far.run(o)); };`,
  "a private setter of an object that came back": `class Far { set #far(n) { ${evil}; } static run(o) { o.#far = 1; } } export default async () => { await Promise.resolve(new Far()).then((o) => Far.run(o)); };`,
  "an emitter that calls its own methods": `import { EventEmitter } from "node:events"; class Far extends EventEmitter { on(...all) { ${evil}; return super.on(...all); } } export default () => new Far().once("a", () => {});`,
  "what an emitter keeps": `import { EventEmitter } from "node:events"; class Far extends EventEmitter { get _events() { ${evil}; return {}; } set _events(o) {} } export default () => new Far().eventNames().length;`,
  "the name of an error": `class Far extends Error { get name() { ${evil}; return "x"; } } export default () => { const e = new Far("a"); return e.stack; };`,
  "a function with a this of its own": `${far} export default () => { const run = function () { this.far(); }; run.call(new Far()); };`,
  "a bound function": `${far} export default () => { const run = new Far().far.bind(null); run(); };`,
  "Reflect.apply": `${far} export default () => Reflect.apply(new Far().far, null, []);`,
  "a constructor by Reflect": `class Far { constructor() { ${evil}; } } export default () => Reflect.construct(Far, []);`,
  "a constructor by a member": `class Far { constructor(n) { if (n) { ${evil}; } } again() { return new this.constructor(1); } } export default () => new Far(0).again();`,
  "a constructor that only a base class calls": `class Far { constructor() { this.far?.(); } } class Near extends Far { far() { ${evil}; } } export default () => new Near();`,
  "a class that a function makes": `const mix = (Base) => class extends Base { far() { ${evil}; } }; export default () => new (mix(Object))().far();`,
  "a function that a map keeps": `const far = () => { ${evil}; }; const map = new Map([["a", far]]); export default () => map.get("a")();`,
  "a function that a set keeps": `const set = new Set([() => { ${evil}; }]); export default () => { for (const run of set) run(); };`,
  "a function that a weak map keeps": `const key = {}; const map = new WeakMap(); map.set(key, () => { ${evil}; }); export default () => map.get(key)();`,
  "a proxy": `const o = new Proxy({}, { get() { ${evil}; } }); export default () => o.any;`,
  "a tag": `const far = () => { ${evil}; }; export default () => far\`x\`;`,
  "a generator": `function* far() { ${evil}; yield 1; } export default () => far().next();`,
  "a default of a parameter": `export default (t, x = (() => { ${evil}; })()) => x;`,
  "a callback of Node": `${far} export default (t) => new Promise((done) => queueMicrotask(() => { new Far().far(); done(); }));`,
  "a callback of a sorted list": `export default () => [2, 1].sort(() => { ${evil}; return 0; });`,
  "a listener": `${far} export default () => { const target = new EventTarget(); const far = new Far(); target.addEventListener("a", { handleEvent: () => far.far() }); target.dispatchEvent(new Event("a")); };`,
  "a property that is defined": `${far} export default () => { const o = {}; Object.defineProperty(o, "x", { get: Far.prototype.far }); return o.x; };`,
  "a prototype that is set": `${far} export default () => { const o = { __proto__: Far.prototype }; o.far(); };`,
  "an object that is made from one": `${far} export default () => Object.create(new Far()).far();`,
  "super in an object": `${far} const o = { __proto__: new Far(), run() { super.far(); } }; export default () => o.run();`,
  "a static block": `class Far { static far() { ${evil}; } static { this.far(); } } export default () => typeof Far;`,
  "a field": `class Far { value = this.far(); far() { ${evil}; } } export default () => new Far();`,
  "a function that a thrown error brings": `${far} export default () => { try { throw { far: new Far() }; } catch ({ far }) { far.far(); } };`,
  "a method after many others": `${Array.from({ length: 60 }, (_, i) => `class C${i} { far() { return ${i}; } }`).join(" ")} ${far}
const all = [${Array.from({ length: 60 }, (_, i) => `C${i}`).join(", ")}, Far]; export default () => { for (const C of all) new C().far(); };`,
};

/** Modules whose default export calls `sink` behind a condition that holds, by a value that comes in a roundabout way. */
const conditions: readonly string[] = [
  `class A {} A.prototype.v = 1; export default () => { if (new A().v) sink(); };`,
  `class A {} A.prototype.v = 1; class B extends A { f() { if (super.v) sink(); } } export default () => new B().f();`,
  `class A {} Object.assign(A.prototype, { v: 1 }); export default () => { if (new A().v) sink(); };`,
  `class A {} const p = A.prototype; p["v"] = 1; export default () => { const a = new A(); a.v && sink(); };`,
  `class A { static v = 1 } class B extends A { static f() { if (super.v) sink(); } } export default () => B.f();`,
  `class A {} class B extends A {} A.v = 1; export default () => { if (B.v) sink(); };`,
  `const o = {}; const set = (k, v) => { Reflect.set(o, k, v); }; set("a", 1); export default () => { if (o.a) sink(); };`,
  `const o = { a: undefined }; const { o: p } = { o }; p.a = 1; export default () => { if (o.a) sink(); };`,
  `const o = { a: undefined }; const m = new Map([["k", o]]); m.get("k").a = 1; export default () => { if (o.a) sink(); };`,
  `const o = { a: undefined }; const m = new Set([o]); for (const x of m) x.a = 1; export default () => { if (o.a) sink(); };`,
  `const o = { a: undefined }; const w = new WeakRef(o); w.deref().a = 1; export default () => { if (o.a) sink(); };`,
  `const o = { a: undefined }; [o].forEach((x) => { x.a = 1; }); export default () => { if (o.a) sink(); };`,
  `const o = { a: undefined }; (function () { this.a = 1; }).call(o); export default () => { if (o.a) sink(); };`,
  `const o = { a: undefined, set() { this.a = 1; } }; const { set } = o; set.call(o); export default () => { if (o.a) sink(); };`,
  `const o = { a: undefined }; const f = function () { this.a = 1; }.bind(o); f(); export default () => { if (o.a) sink(); };`,
  `const o = { a: undefined }; function f() { arguments[0].a = 1; } f(o); export default () => { if (o.a) sink(); };`,
  `const o = { a: undefined }; const f = (...all) => { all[0].a = 1; }; f(o); export default () => { if (o.a) sink(); };`,
  `const o = { a: undefined }; const f = (x, y) => { y.a = 1; }; f(...[0, o]); export default () => { if (o.a) sink(); };`,
  `const o = { a: undefined }; const p = new Proxy(o, {}); p.a = 1; export default () => { if (o.a) sink(); };`,
  `const o = { a: undefined }; Object.create(o).constructor.assign(o, { a: 1 }); export default () => { if (o.a) sink(); };`,
  `const o = { a: undefined }; const g = function* () { const x = yield; x.a = 1; }; const i = g(); i.next(); i.next(o); export default () => { if (o.a) sink(); };`,
  `const o = { a: undefined }; try { throw o; } catch (e) { e.a = 1; } export default () => { if (o.a) sink(); };`,
  `const o = { a: undefined }; export default async () => { (await Promise.resolve(o)).a = 1; if (o.a) sink(); };`,
  `const o = { a: undefined }; export default async () => { const f = async () => o; (await f()).a = 1; if (o.a) sink(); };`,
  `const o = { a: undefined }; export default async () => { const [x] = await Promise.all([o]); x.a = 1; if (o.a) sink(); };`,
  `const o = { list: [] }; o.list.push(1); export default () => { if (o.list[0]) sink(); };`,
  `class A { #v; constructor() { this.#v = 1; } get w() { return this.#v; } } export default () => { if (new A().w) sink(); };`,
  `class A { #v; static s(a) { a.#v = 1; } static g(a) { return a.#v; } } export default async () => { const a = new A(); A.s(await Promise.resolve(a)); if (A.g(a)) sink(); };`,
  `class A { #v; static s(a) { a.#v = 1; } static g(a) { if (a.#v) sink(); } } export default async () => { const a = new A(); A.s(a); A.g(await Promise.resolve(a)); };`,
  `class A extends Error {} export default () => { const a = new A("m"); if (a.message) sink(); };`,
  `class A extends Error {} export default () => { const a = new A("m", { cause: 1 }); if (a.cause) sink(); };`,
  `export default () => { const a = new Error("m"); if (a.message) sink(); };`,
  `function F() { this.v = 1; } export default () => { if (new F().v) sink(); };`,
  `function F() {} F.prototype = { v: 1 }; export default () => { if (new F().v) sink(); };`,
  `function F() {} F.prototype.v = 1; export default () => { const f = new F(); if (f.v) sink(); };`,
  `function F() { return { v: 1 }; } export default () => { if (new F().v) sink(); };`,
  `export default () => { const o = Object.create(null); if (Object.getPrototypeOf(o) !== undefined) sink(); };`,
  `export default () => { function* g() { yield 1; } for (const x of g()) if (x) sink(); };`,
  `export default () => { function* g() { const r = yield* h(); if (r) sink(); } function* h() { return 1; } [...g()]; };`,
  `export default async () => { async function* g() { yield 1; } for await (const x of g()) if (x) sink(); };`,
  `export default async () => { const [x] = await Promise.allSettled([1]); if (x.value) sink(); };`,
  `export default async () => { const { promise, resolve } = Promise.withResolvers(); resolve(1); if (await promise) sink(); };`,
  `export default () => { const m = new Map([["a", 1]]); const n = new Map(m); if (n.get("a")) sink(); };`,
  `export default () => { const o = Object.fromEntries([["a", 1]]); if (o.a) sink(); };`,
  `export default () => { const o = Object.defineProperty({}, "a", { value: 1 }); if (o.a) sink(); };`,
  `export default () => { const o = Object.create({ a: 1 }); if (o.a) sink(); };`,
  `export default () => { const o = Object.setPrototypeOf({}, { a: 1 }); if (o.a) sink(); };`,
  `import { EventEmitter } from "node:events"; class A extends EventEmitter { f() { this.once("a", (x) => { if (x) sink(); }); this.emit("a", 1); } } export default () => new A().f();`,
  `import { EventEmitter } from "node:events"; class A extends EventEmitter {} export default () => { const a = new A(); a.on("x", function () { this.v = 1; }); a.emit("x"); if (a.v) sink(); };`,
  `import { EventEmitter } from "node:events"; class A extends EventEmitter {} export default () => { const a = new A(); if (a._events) sink(); };`,
  `import { EventEmitter } from "node:events"; class A extends EventEmitter {} export default () => { const a = new A(); if (a.on) sink(); };`,
  `class A { } export default () => { if (A.prototype) sink(); };`,
  `const o = { set a(v) { this.b = v; } }; o.a = 1; export default () => { if (o.b) sink(); };`,
];

/** What makes code, asked of a global object that a package keeps as a member of its utilities. */
const asks = `Function("globalThis.reached = true")()`;
const keeping = `const util = {};
util.root = (function () { if (typeof globalThis !== "undefined") return globalThis; return self; })();`;
const kept: readonly string[] = [
  `export default () => { const list = [util.root]; list[0].${asks}; };`,
  `export default () => { const [g] = [util.root]; g.${asks}; };`,
  `export default () => { const f = (g) => g.${asks}; f(util.root); };`,
  `export default () => { const f = (...all) => all[0].${asks}; f(util.root); };`,
  `export default () => { const f = function () { return arguments[0].${asks}; }; f(util.root); };`,
  `export default () => { const o = { __proto__: util }; o.root.${asks}; };`,
  `export default () => { const o = Object.create(util); o.root.${asks}; };`,
  `export default () => { class A { g = util.root; run() { this.g.${asks}; } } new A().run(); };`,
  `export default () => { class A { #g = util.root; run() { this.#g.${asks}; } } new A().run(); };`,
  `export default () => { class A { static g = util.root; } A.g.${asks}; };`,
  `export default () => { class A {} A.prototype.g = util.root; new A().g.${asks}; };`,
  `export default () => { const s = new Set([util.root]); for (const g of s) g.${asks}; };`,
  `export default () => { const w = new WeakMap(); w.set(util, util.root); w.get(util).${asks}; };`,
  `export default async () => { const g = await Promise.resolve(util.root); g.${asks}; };`,
  `export default async () => { const f = async () => util.root; (await f()).${asks}; };`,
  `export default async () => { const [g] = await Promise.all([util.root]); g.${asks}; };`,
  `export default () => { function* g() { yield util.root; } for (const x of g()) x.${asks}; };`,
  `export default () => { try { throw util.root; } catch (g) { g.${asks}; } };`,
  `export default () => { const g = Object.values(util)[0]; g.${asks}; };`,
  `export default () => { const [[, g]] = Object.entries(util); g.${asks}; };`,
  `export default () => { const { ...o } = util; o.root.${asks}; };`,
  `export default () => { const o = Object.assign({}, util); o.root.${asks}; };`,
  `export default () => { const o = structuredClone ? { r: util.root } : 0; o["r"].${asks}; };`,
  `export default () => { for (const k in util) util[k].${asks}; };`,
  `export default () => { Reflect.get(util, "root").${asks}; };`,
  `export default () => { Reflect.ownKeys(util).forEach((k) => util[k].${asks}); };`,
  `export default () => { Object.getOwnPropertyDescriptor(util, "root").value.${asks}; };`,
  `export default () => { const { Function: F } = util.root; F("globalThis.reached = true")(); };`,
  `export default () => { const g = util.root; g["Func" + "tion"]("globalThis.reached = true")(); };`,
  `export default () => { util.root.x = function () { this.${asks}; }; util.root.x(); };`,
  `export default () => { util.root.eval.call(null, "globalThis.reached = true"); };`,
  `export default () => { const e = util.root.eval; e("globalThis.reached = true"); };`,
  `export default () => { const o = { get g() { return util.root; } }; const { g } = o; g.${asks}; };`,
  `export default () => { const f = () => util.root; f?.()?.${asks}; };`,
  `export default () => { const g = util.root || 1; g.${asks}; };`,
  `export default () => { const g = (0, util.root); g.${asks}; };`,
  `export default () => { let g; g ??= util.root; g.${asks}; };`,
  `export default () => { let g; ({ root: g } = util); g.${asks}; };`,
  `export default () => { let g; [g] = [util.root]; g.${asks}; };`,
  `export default () => { const f = (g = util.root) => g.${asks}; f(); };`,
  `export default () => { const f = ({ root: g }) => g.${asks}; f(util); };`,
  `export default () => { const r = [1].map(() => util.root)[0]; r.${asks}; };`,
  `export default () => { const r = [util.root].find(() => true); r.${asks}; };`,
  `export default () => { [util.root].forEach((g) => g.${asks}); };`,
  `export default () => { const r = [1].reduce((a) => a, util.root); r.${asks}; };`,
  `export default () => { const r = [util].at(-1).root; r.${asks}; };`,
  `export default () => { const f = function () { return this; }.bind(util.root); f().${asks}; };`,
  `export default () => { const f = () => util; f.call().root.${asks}; };`,
  `export default () => { setTimeout((g) => g.${asks}, 0, util.root); return new Promise((d) => setTimeout(d, 5)); };`,
  `export default () => { const t = (s, g) => g.${asks}; t\`a\${util.root}\`; };`,
  `import { EventEmitter } from "node:events"; export default () => { const e = new EventEmitter(); e.on("a", (g) => g.${asks}); e.emit("a", util.root); };`,
  `import { EventEmitter } from "node:events"; class X extends EventEmitter {} export default () => { const e = new X(); e.on("a", (g) => g.${asks}); e.emit("a", util.root); };`,
  `export default () => { const e = new Error("x", { cause: util.root }); e.cause.${asks}; };`,
  `export default () => { const p = new Proxy(util, {}); p.root.${asks}; };`,
  `export default () => { const p = new Proxy({}, { get: () => util.root }); p.any.${asks}; };`,
  `const other = {}; other.copy = util.root; export default () => { other.copy.${asks}; };`,
  `let kept; const set = () => { kept = util.root; }; export default () => { set(); kept.${asks}; };`,
  `util.sub = { up: util }; export default () => { util.sub.up.root.${asks}; };`,
  `util.run = function (n) { return this[n]; }; export default () => { util.run("root").${asks}; };`,
  `util.run = function (n) { return this[n]; }; export default () => { const k = ["ro", "ot"].join(""); util.run(k).${asks}; };`,
  `const a = []; a.push(util.root); export default () => { a.pop().${asks}; };`,
  `const a = {}; a[["x"].join()] = util.root; export default () => { a.x.${asks}; };`,
  `const a = {}; Object.defineProperty(a, "x", { value: util.root }); export default () => { a.x.${asks}; };`,
  `const a = {}; a.__defineGetter__("x", () => util.root); export default () => { a.x.${asks}; };`,
  `const m = new Map(); m.set("x", util.root); export default () => { m.forEach((g) => g.${asks}); };`,
  `const m = new Map([["x", util.root]]); export default () => { [...m.values()][0].${asks}; };`,
  `export default () => { const g = util.root; with_(g); }; function with_(g) { g.${asks}; }`,
  `export default () => { const x = (util.root).globalThis; x.${asks}; };`,
  `export default () => { util.root.globalThis.globalThis["eval"]("globalThis.reached = true"); };`,
  `export default () => { util.root.process.mainModule; util.root.process.getBuiltinModule("vm").runInThisContext("globalThis.reached = true"); };`,
  `export default () => { util.root.constructor.constructor("globalThis.reached = true")(); };`,
  `export default () => { const c = util.root.fetch.constructor; c("globalThis.reached = true")(); };`,
  `export default () => { const k = util.root.setTimeout; k.constructor("globalThis.reached = true")(); };`,
];

const headed = (before: string, text: string): string => {
  const [head = ""] = /^import .*?;/.exec(text) ?? [];
  return `${head} ${before} ${text.slice(head.length)}`;
};

const all: readonly (readonly [string, string])[] = [
  ...Object.entries(ways),
  ...conditions.map((text, i): [string, string] => [
    `a condition (${i + 1})`,
    headed(`const sink = () => { ${evil}; };`, text),
  ]),
  ...kept.map((text, i): [string, string] => [`a kept global object (${i + 1})`, headed(keeping, text)]),
];

for (const [way, text] of all) {
  test(`${way} is a call`, async () => {
    Reflect.deleteProperty(globalThis, "reached");
    const module = (await import(`data:text/javascript,${encodeURIComponent(lowered(text))}`)) as {
      readonly default: (text: string) => unknown;
    };
    // Some of them throw afterwards.
    await Promise.resolve()
      .then(() => module.default("x"))
      .catch(() => {});
    assert.ok(Reflect.has(globalThis, "reached"), "the way does not work");
    const result = await check({
      files: { "src/index.ts": plugin(uses.head, uses.body), ...lib(text) },
    });
    assert.ok(result.diagnostics.some(({ code }) => code === "NX3004" || code === "NX3003"));
  });
}

test.run();

/** Node 22 does not know `using`. */
function lowered(text: string): string {
  return transformSync(text, { target: "node22" }).code;
}
