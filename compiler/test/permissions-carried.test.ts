/** Values that travel: through results, choices, CommonJS modules, tables read by names, private fields. */
import { test } from "uvu";
import { type Row, testRows } from "./permissions-setup.ts";

const objects: readonly Row[] = [
  {
    name: "an object that a function made and the caller changed is not as it was made",
    head: `const make = () => ({ host: "a.example" });`,
    body: `const o = make(); o.host = input; return fetch("https://" + o.host + "/")`,
    used: ["network"],
  },
  {
    name: "an object that a function made and nobody changed",
    head: `const make = () => ({ host: "a.example" });`,
    body: `const o = make(); return fetch("https://" + o.host + "/")`,
    used: ["network:a.example"],
  },
  {
    name: "a chosen object that is changed afterwards",
    body: `const o = input ? { host: "a.example" } : { host: "b.example" }; o.host = input; return fetch("https://" + o.host + "/")`,
    used: ["network"],
  },
  {
    name: "a chosen object that a function changes",
    head: `const go = (o) => { o.host = String(o); return fetch("https://" + o.host + "/"); };`,
    body: `return go(input ? { host: "a.example" } : { host: "b.example" })`,
    used: ["network"],
  },
  {
    name: "a chosen URL that is changed afterwards",
    body: `const u = input ? new URL("https://a.example/") : new URL("https://b.example/"); u.host = input; return fetch(u)`,
    used: ["network"],
  },
  ...[
    ["a result", `const make = () => ({ a: { host: "a.example" } });`, `const o = make();`],
    ["a choice", "", `const o = input ? { a: { host: "a.example" } } : { a: { host: "b.example" } };`],
    ["a result inside", `const make = () => ({ host: "a.example" });`, `const o = { a: make() };`],
    ["a choice inside", "", `const o = { a: input ? { host: "a.example" } : { host: "b.example" } };`],
    ["a copy", `const base = { a: { host: "a.example" } };`, `const o = { ...base };`],
  ].map(([name, head = "", made]) => ({
    name: `an object inside of ${name} that is changed by another name`,
    head,
    body: `${made} const inner = o.a; inner.host = input; return fetch("https://" + o.a.host + "/")`,
    used: ["network"],
  })),
  {
    name: "an object inside that a copy of its owner shares",
    head: `const base = { a: { host: "a.example" } };`,
    body: `const o = { ...base }; o.a.host = input; return fetch("https://" + base.a.host + "/")`,
    used: ["network"],
  },
  {
    name: "a copy of an object of text",
    head: `const base = { host: "a.example" };`,
    body: `const o = { ...base, port: 1 }; return fetch("https://" + base.host + "/" + o.host)`,
    used: ["network:a.example"],
  },
];

/** Files of a CommonJS package that takes members of the global object by names; `get` is what its users call. */
function native(get: string, user: string): Readonly<Record<string, string>> {
  return {
    "node_modules/lib/root.js": `var freeGlobal = typeof global == "object" && global && global.Object === Object && global;
var freeSelf = typeof self == "object" && self && self.Object === Object && self;
var root = freeGlobal || freeSelf || Function("return this")();
module.exports = root;`,
    "node_modules/lib/value.js": `module.exports = function value(object, key) { return object == null ? undefined : object[key]; };`,
    "node_modules/lib/get.js": get,
    "node_modules/lib/index.js": user,
  };
}
const plainGet = `var value = require("./value"); function get(object, key) { var found = value(object, key); return typeof found === "function" ? found : undefined; } module.exports = get;`;
const usesLib = { head: `import lib from "lib";`, body: `return lib(input)` } as const;

const modules: readonly Row[] = [
  {
    name: "members of the global object by constant names, across CommonJS modules",
    ...usesLib,
    files: native(
      plainGet,
      `var get = require("./get"), root = require("./root"); var M = get(root, "Map"), S = get(root, "Set"); module.exports = function (x) { return M && S && new M([[x, new S()]]).size; };`,
    ),
  },
  {
    name: "one of the names is that of an API",
    ...usesLib,
    files: native(
      plainGet,
      `var get = require("./get"), root = require("./root"); var M = get(root, "Map"), f = get(root, "fetch"); module.exports = function (x) { return M && f("https://a.example/"); };`,
    ),
    used: ["network:a.example"],
  },
  {
    name: "one of the names is not known",
    ...usesLib,
    files: native(
      plainGet,
      `var get = require("./get"), root = require("./root"); var M = get(root, "Map"); module.exports = function (x) { return M && get(root, x); };`,
    ),
    unproven: ["NX3003"],
  },
  {
    name: "the function of a CommonJS module is handed on",
    ...usesLib,
    files: native(
      plainGet,
      `var get = require("./get"), root = require("./root"); var M = get(root, "Map"); module.exports = function (x) { return x.reduce(get, root); };`,
    ),
    unproven: ["NX3003"],
  },
  {
    name: "a CommonJS module that gives more than its function",
    ...usesLib,
    files: native(
      `${plainGet} module.exports.again = get;`,
      `var get = require("./get"), root = require("./root"); var M = get(root, "Map"); module.exports = function (x) { return get.again(root, x); };`,
    ),
    unproven: ["NX3003"],
  },
  {
    name: "a CommonJS function that hands itself on by its inner name",
    ...usesLib,
    files: native(
      `module.exports = function get(object, key) { if (key === "Map") object.list = [get]; return object[key]; };`,
      `var get = require("./get"), root = require("./root"); var M = get(root, "Map"); module.exports = function (x) { return M; };`,
    ),
    unproven: ["NX3003"],
  },
  {
    name: "a CommonJS function that its module calls with another name",
    ...usesLib,
    files: native(
      `module.exports = function get(object, key) { return key ? object[key] : get(object, String(object)); };`,
      `var get = require("./get"), root = require("./root"); var M = get(root, "Map"); module.exports = function (x) { return M; };`,
    ),
    unproven: ["NX3003"],
  },
];

/** A table of values by names that are taken apart and put together again, as packages of language basics have it. */
const byName = `"use strict";
var bind = require("./bind"), call = Function.prototype.call, apply = Function.prototype.apply;
var hasOwn = bind.call(call, Object.prototype.hasOwnProperty);
var replace = bind.call(call, String.prototype.replace), slice = bind.call(call, String.prototype.slice);
var concat = bind.call(call, Array.prototype.concat), splice = bind.call(apply, Array.prototype.splice);
var makers = require("./makers");
var TABLE = { __proto__: null, "%Map%": Map, "%eval%": eval, "%Function%": Function };
var ALIASES = { __proto__: null, "%MapMade%": ["Map", "prototype"], "%EvlMade%": ["eval"] };
var words = /[^%.]+/g;
function split(text) { var result = []; replace(text, words, function (match) { result[result.length] = match; }); return result; }
var make = function make2(name) { var value; if (name === "%Built%") { value = makers(); } TABLE[name] = value; return value; };
module.exports = function get(name, missing) {
  if (arguments.length > 1 && typeof missing !== "boolean") throw new TypeError("missing");
  var parts = split(slice(name, 0));
  var base = parts.length > 0 ? parts[0] : "", key = "%" + base + "%";
  if (hasOwn(ALIASES, key)) { var alias = ALIASES[key]; key = "%" + alias[0] + "%"; splice(parts, concat([0, 1], alias)); }
  var value = TABLE[key];
  if (value === null) value = make(key);
  for (var i = 1; i < parts.length; i += 1) {
    base += "." + parts[i];
    key = "%" + base + "%";
    if (hasOwn(TABLE, key)) value = TABLE[key]; else { value = value[parts[i]]; TABLE[key] = value; }
  }
  return value;
};`;
const namesUser = `var get = require("./get"); var M = get("%Map%", true), size = get("Map.prototype"); module.exports = function (x) { return new M([[x, size]]).size; };`;

function named(
  name: string,
  change: (get: string) => string,
  extra: { readonly user?: string; readonly head?: string; readonly unproven?: readonly string[] } = {},
): Row {
  const get = change(byName);
  return {
    name: `a table by names: ${name}`,
    ...usesLib,
    ...(extra.head === undefined ? {} : { head: extra.head }),
    files: {
      "node_modules/lib/bind.js": `var own = require("./own"); module.exports = Function.prototype.bind || own;`,
      "node_modules/lib/own.js": `module.exports = function bind(text) { return Function("return " + text)(); };`,
      "node_modules/lib/makers.js": `var cached = async function () {}.constructor; module.exports = () => cached;`,
      "node_modules/lib/get.js": get,
      "node_modules/lib/index.js": extra.user ?? namesUser,
    },
    unproven: extra.unproven ?? ["NX3004"],
  };
}

const asItIs = (get: string): string => get;
const before = (text: string) => (get: string) =>
  get.replace("module.exports =", () => `${text}\nmodule.exports =`);
const instead = (old: string, text: string) => (get: string) => {
  if (!get.includes(old)) throw new Error(`the table has no ${old}`);
  return get.replace(old, () => text);
};
const userOf = (call: string): string =>
  `var get = require("./get"); var M = ${call}; module.exports = function (x) { return M; };`;

const tables: readonly Row[] = [
  named("harmless names", asItIs, { unproven: [] }),
  named("the name of eval", asItIs, { user: userOf(`get("%eval%")`) }),
  named("the pieces of eval", asItIs, { user: userOf(`get("%la%") || get("%ve%")`) }),
  named("an alias of eval", asItIs, { user: userOf(`get("%EvlMade%")`) }),
  named("no name", instead(`%eval%": eval`, `%undefined%": eval`), { user: userOf(`get()`) }),
  named("a name that is not known", asItIs, {
    user: `var get = require("./get"); module.exports = function (x) { return get("%Map%") && get(x); };`,
  }),
  named("the function handed on", asItIs, {
    user: `var get = require("./get"); module.exports = function (x) { return get("%Map%") && x.map(get); };`,
  }),
  named("the function imported by the plugin too", asItIs, {
    head: `import lib from "lib"; import get from "lib/get.js"; export const got = (n) => get(n);`,
  }),
  named("a name that makes functions of text", asItIs, { user: userOf(`get("%Built%")`) }),
  named("the guard's name changed", instead(`var value; if`, `var value; name = TABLE[0]; if`)),
  named("the way around bind used", before(`own = require("./own"); TABLE.own = own;`)),
  named("the kind of a value as a name", (get) =>
    instead(
      `%eval%": eval`,
      `%number%": eval`,
    )(instead(`"%" + base + "%";\n  if`, `"%" + typeof i + "%";\n  if`)(get)),
  ),
  named("a word pushed", instead(`return result;`, `result.push("eval"); return result;`)),
  named("a word set", instead(`return result;`, `result[0] = text.length ? "eval" : text; return result;`)),
  named(
    "a word from an unknown list",
    instead(`return result;`, `result.push(...text.list); return result;`),
  ),
  named("the words handed on", instead(`return result;`, `ALIASES.change(result); return result;`)),
  named("the words kept elsewhere", instead(`return result;`, `words.result = result; return result;`)),
  named(
    "the words changed in an object",
    instead(`return result;`, `var kept = { result }; kept.result[0] = "eval"; return result;`),
  ),
  named(
    "the words changed in a list",
    instead(`return result;`, `var kept = [result]; kept[0].push("eval"); return result;`),
  ),
  named("the words changed by a function", (get) =>
    before(`function change(list) { list[0] = "eval"; }`)(
      instead(`return result;`, `change(result); return result;`)(get),
    ),
  ),
  named(
    "a replacement",
    instead(`var value = TABLE[key];`, `key = replace(key, words, "eval"); var value = TABLE[key];`),
  ),
  named(
    "a replacing function",
    instead(
      `var value = TABLE[key];`,
      `key = replace(key, words, function () { return "eval"; }); var value = TABLE[key];`,
    ),
  ),
  named(
    "a pattern with a method of its own",
    before(`words[Symbol.replace] = function () { return "%eval%"; };`),
  ),
  named("a pattern handed on", before(`TABLE.words = words;`)),
  named("a method of text replaced", before(`String.prototype.replace = function () { return "eval"; };`)),
  named("an element that all lists have", before(`Array.prototype[0] = "eval";`)),
  named(
    "an element that all lists have, by another name",
    before(`var list = Array.prototype; list[0] = "eval";`),
  ),
  named(
    "an element that all lists have, defined",
    before(`Object.defineProperty(Array.prototype, 0, { value: "eval" });`),
  ),
  named(
    "a method of another name added to functions",
    before(
      `Object.defineProperty(Function.prototype, "once", { value: function () { return 1; } }); String.prototype.later = 1;`,
    ),
    { unproven: [] },
  ),
  named(
    "a method that is relied on defined for functions",
    before(`Object.defineProperty(Function.prototype, "call", { value: function () { return "eval"; } });`),
  ),
  named("a member added to all objects", before(`Object.prototype["%Map%"] = ["eval"];`)),
  named("an element put into the prototype of a list", before(`Object.getPrototypeOf([])[0] = "eval";`)),
  named(
    "an element put into what a list says is its prototype",
    before(`var list = [].__proto__; list[0] = "eval";`),
  ),
  named(
    "an element put into the prototype of a constructor",
    before(`[].constructor.prototype[0] = "eval";`),
  ),
  named("a new alias", before(`ALIASES["%Map%"] = ["eval"];`)),
  named("a new alias by an unknown name", before(`ALIASES[Math.random()] = ["eval"];`)),
  named("an alias changed", before(`ALIASES["%MapMade%"][0] = "eval";`), {
    user: userOf(`get("%MapMade%")`),
  }),
  named("an alias changed by another name", before(`var one = ALIASES["%MapMade%"]; one[0] = "eval";`), {
    user: userOf(`get("%MapMade%")`),
  }),
  named("more aliases", before(`Object.assign(ALIASES, { "%Map%": ["eval"] });`)),
  named("aliases with a prototype", instead(`ALIASES = { __proto__: null`, `ALIASES = { __proto__: words`)),
  named("a call of a member", instead(`var value = TABLE[key];`, `var value = TABLE[key]();`)),
  named("the table handed on", before(`words.table = TABLE;`)),
  named("all of the table", before(`words.all = Object.values(TABLE);`)),
];

const methods: readonly Row[] = [
  ...[
    [
      "a method that is set anew",
      `const o = { f: () => 1, secret: eval }; o.f = function () { return this.secret }; return o.f()(input)`,
    ],
    [
      "a method that is set anew under a folded name",
      `const o = { f: () => 1, secret: eval }; o["f" + ""] = function () { return this.secret }; return o.f()(input)`,
    ],
    [
      "a method that is set after its call",
      `const o = { f: () => 1, secret: eval }; const g = () => o.f()(input); o.f = function () { return this.secret }; return g()`,
    ],
    ["a method from elsewhere", `const o = { f: () => 1, secret: eval }; o.f = input.f; return o.f()`],
    [
      "a method by destructuring",
      `const o = { f: () => 1, secret: eval }; [o.f] = [function () { return this.secret }]; return o.f()(input)`,
    ],
    [
      "a method by or",
      `const o = { f: null, secret: eval }; o.f ||= function () { return this.secret }; return o.f()(input)`,
    ],
    [
      "a method by a name of few characters",
      `const o = { f: () => 1, secret: eval }; let k = ""; for (const c of [1]) k += "f"; o[k] = function () { return this.secret }; return o.f()(input)`,
    ],
    [
      "a method of another function",
      `const make = () => function () { return this.secret }; const o = { f: make(), secret: eval }; return o.f()(input)`,
    ],
    [
      "a method of all objects",
      `const o = { f: Object.prototype.valueOf, secret: eval }; return o.f().secret(input)`,
    ],
    ["a method of lists", `const o = { f: Array.prototype.at, 0: eval, length: 1 }; return o.f(0)(input)`],
    ["a tag", "const o = { f() { return this.secret }, secret: eval }; return o.f``(input)"],
  ].map(([name = "", body = ""]) => ({
    name: `an object with eval: ${name}`,
    body,
    unproven: ["NX3004"],
  })),
  {
    name: "an object with the global object of which other members are called, one with its own this",
    head: `const root = (() => { if (typeof globalThis !== "undefined") return globalThis; return {}; })();
const testOf = (type: string) => (x: any) => typeof x === type;
const isText = testOf("string");
function merge(this: any, ...all: any[]) { const { loose } = (isText(this) && this) || {}; return Object.assign({}, loose, ...all); }
const later = ((has: boolean) => { if (has) return setImmediate; return (f: any) => setTimeout(f); })(typeof setImmediate === "function");
const utils = { isText, merge, root, later, soon: typeof queueMicrotask !== "undefined" ? queueMicrotask.bind(root) : later };`,
    body: `utils.later(() => {}); utils.soon(() => {}); return utils.isText(input) ? utils.merge({ a: input }) : new utils.root.Map()`,
  },
  {
    name: "the names of the members of the global object",
    body: `return [Object.keys(globalThis), Object.getOwnPropertyNames(process).length]`,
  },
  {
    name: "a function of the bundle in place of Object.keys",
    body: `(Object as any).keys = (o: any) => o.process; return Object.keys(globalThis)`,
    unproven: ["NX3003"],
  },
  {
    name: "a function of the bundle defined as Object.hasOwn",
    body: `Object.defineProperty(Object, "hasOwn", { value: (o: any) => o.process }); return Object.hasOwn(globalThis, "x")`,
    unproven: ["NX3003"],
  },
  {
    name: "the values of the members of the global object",
    body: `return [Object.values(globalThis)]`,
    unproven: ["NX3003"],
  },
  {
    name: "the names of variables",
    body: `return Object.keys(process.env)`,
    used: ["env"],
  },
  {
    name: "process given to a method that only tells its kind",
    head: `const { toString } = Object.prototype;
const kindOf = ((cache) => (x: any) => { const s = toString.call(x); return cache[s] || (cache[s] = s.slice(8)); })(Object.create(null) as any);
const utils = { kindOf, isText: (x: any) => typeof x === "string" };`,
    body: `return utils.isText(input) && utils.kindOf(process)`,
  },
  ...[
    ["that is set anew", "", `utils.kindOf = input; return utils.kindOf(process)`],
    ["of an object that is handed on", "", `input(utils); return utils.kindOf(process)`],
    [
      "of an object that a function changes",
      `const change = (o: any, k: any) => { o[k] = k; };`,
      `change(utils, input); return utils.kindOf(process)`,
    ],
    ["that a method changes", "", `utils.reset(input); return utils.kindOf(process)`],
    ["of a copy", `const others = { ...utils };`, `return others.kindOf(process)`],
  ].map(([name = "", head = "", body = ""]) => ({
    name: `process given to a method ${name}`,
    head: `const kindOf = (x: any) => typeof x;
const utils: any = { kindOf, reset(f: any) { this.kindOf = f; } };
${head}`
      .replace("reset(f", name === "that a method changes" ? "reset(f" : "other(f")
      .replace("this.kindOf = f", name === "that a method changes" ? "this.kindOf = f" : "return f"),
    body,
    unproven: ["NX3003"],
  })),
];

const fields: readonly Row[] = [
  {
    name: "process in a private field, by the constructor",
    head: `class K { #p; constructor(p: any) { this.#p = p } get() { return this.#p.env.HOME } }`,
    body: `return new K(process).get()`,
    used: ["env:HOME"],
  },
  {
    name: "process in a private field, from the start",
    head: `class K { #p = process; get() { return this.#p.env.HOME } }`,
    body: `return new K().get()`,
    used: ["env:HOME"],
  },
  {
    name: "fetch in a private field",
    head: `class K { #f = fetch; go() { return this.#f("https://a.example/") } }`,
    body: `return new K().go()`,
    used: ["network:a.example"],
  },
  {
    name: "process in a private field next to one of the same name in a class inside",
    head: `class K { #p = process; go() { return class L { #p = 1; go() { return this.#p } } } use() { return this.#p.pid } }`,
    body: `new K().use(); return new (new K().go())().go()`,
  },
  ...[
    ["given away", `class K { #p = process; get() { return this.#p } }`, `return new K().get()[input]`],
    [
      "read from another object",
      `class K { #p = process; static of(o: any) { return o.#p } }`,
      `return K.of(new K())`,
    ],
    [
      "read by a class inside",
      `class K { #p = process; go() { const me = this; return class L { #q = 1; go() { return me.#p } } } }`,
      `return new (new K().go())().go()`,
    ],
    [
      "set by destructuring",
      `class K { #p: any; set(p: any) { [this.#p] = [p] } get() { return this.#p.mainModule } }`,
      `const k = new K(); k.set(process); return k.get()`,
    ],
    [
      "set where there was none",
      `class K { #p: any; constructor(p: any) { this.#p ??= p } get() { return this.#p.binding(String(this)) } }`,
      `return new K(process).get()`,
    ],
    [
      "as the value of an assignment",
      `class K { #p: any; constructor(p: any) { this.q = (this.#p = p) } q: any }`,
      `return new K(process).q`,
    ],
    [
      "that is a getter",
      `class K { get #p() { return process } get() { return this.#p.mainModule } }`,
      `return new K().get()`,
    ],
    [
      "that is a setter",
      `class K { v: any; set #p(p: any) { this.v = p } constructor(p: any) { this.#p = p } }`,
      `return new K(process).v[input]`,
    ],
    [
      "of a class that a base constructs",
      `class B { v: any; constructor(p: any) { this.v = p } } class K extends B { }`,
      `return new K(process).v[input]`,
    ],
    [
      "taken with all arguments",
      `class K { v: any; constructor() { this.v = arguments[0] } }`,
      `return new (K as any)(process).v[input]`,
    ],
  ].map(([name = "", head = "", body = ""]) => ({
    name: `process in a private field ${name}`,
    head,
    body,
    unproven: ["NX3003"],
  })),
];

const streams: readonly Row[] = [
  {
    name: "a stream's method compared with that of its class",
    head: `const isChanged = (stream: any) => stream.write !== stream.constructor.prototype.write;`,
    body: `return isChanged(process.stdout)`,
  },
  {
    name: "the class of a stream",
    body: `const Stream: any = process.stdout.constructor; return new Stream().connect(input)`,
    unproven: ["NX3003"],
  },
  {
    name: "the class of a stream by its prototype",
    body: `return new (process.stdout.constructor as any).prototype.constructor().connect(input)`,
    unproven: ["NX3003"],
  },
  {
    name: "the way of a stream to other hosts by its class",
    body: `return (process.stdout as any).constructor.prototype.connect.call(input, 80, "a.example")`,
    used: ["network"],
  },
  {
    name: "a place that require would load from",
    head: `import { createRequire } from "node:module";`,
    body: `return createRequire(input).resolve(input)`,
    used: ["fs:read"],
  },
  {
    name: "require's search for places, handed on",
    head: `import { createRequire } from "node:module";`,
    body: `return [createRequire(input).resolve]`,
    unproven: ["NX3003"],
  },
  {
    name: "what require's search for places leads to",
    head: `import { createRequire } from "node:module";`,
    body: `return createRequire(input).resolve.constructor("return process")()`,
    unproven: ["NX3004"],
  },
];

const channels: readonly Row[] = [
  channelRow("named by exports just set", (text) => text, []),
  ...[
    ["that a function changes before", "var make = change();"],
    ["changed before", `exports.NAMES.READY = "http.client.request.start";`],
    ["set again before", `exports.NAMES = { READY: process.argv[2] };`],
    ["changed by a getter before", `var x = other.getter;`],
    ["changed while something becomes text", "var x = `${other}`;"],
    ["changed by an iterator", `var [x] = other;`],
    [
      "in a loop after which it changes",
      `for (var i = 0; i < 2; i++) { list[i] = dc.channel(exports.NAMES.READY); change(); }`,
    ],
    ["changed by another object's channel", `other.channel();`],
  ].map(([name = "", line = ""]) =>
    channelRow(name, (text) => text.replace("// before", () => line), ["NX3003"]),
  ),
  channelRow(
    "in a function that is called later",
    (text) => text.replace("// before", "function change() { return dc.channel(exports.NAMES.READY); }"),
    ["NX3003"],
  ),
  channelRow("by a name that is not constant", (text) => text.replace(`"lib:ready"`, "process.argv0"), [
    "NX3003",
  ]),
  channelRow("by one of Node's names", (text) => text.replace("lib:ready", "http.client.request.start"), [
    "NX3003",
  ]),
];

function channelRow(name: string, change: (text: string) => string, unproven: readonly string[]): Row {
  return {
    name: `a channel ${name}`,
    ...usesLib,
    files: {
      "node_modules/lib/index.js": `module.exports = require("./trace").publish;`,
      "node_modules/lib/trace.js": change(`Object.defineProperty(exports, "__esModule", { value: true });
exports.publish = exports.NAMES = void 0;
var dc = (() => { try { return "getBuiltinModule" in process ? process.getBuiltinModule("node:diagnostics_channel") : require("node:diagnostics_channel"); } catch { return undefined; } })();
var other = require("./other")(exports), list = [];
exports.NAMES = { READY: "lib:ready", CLOSED: "lib:closed" };
function change() { exports.NAMES.READY = process.argv0; }
var subsets = [{ regex: /^ECHO/i, args: -1 }];
exports.change = change;
// before
var channels = dc?.channel ? { [exports.NAMES.READY]: dc.channel(exports.NAMES.READY) } : void 0;
function publish(name) { return channels?.[name]; }
exports.publish = publish;`),
      "node_modules/lib/other.js": `module.exports = (names) => { exports.names = names; return { get getter() { return names.NAMES.READY = "http.client.request.start"; }, channel() { names.NAMES.READY = "net"; }, toString() { return names.NAMES.READY = "net"; } }; };`,
    },
    unproven,
  };
}

const patterns: readonly Row[] = [
  {
    name: "a pattern after the yield of a method, and what follows it",
    body: `const all = { *each() { yield /"/.test(input); yield process.env.A; yield /"/; } }; return [...all.each()]`,
    used: ["env:A"],
  },
];

testRows([...streams, ...fields, ...channels, ...methods, ...objects, ...modules, ...tables, ...patterns]);

test.run();
