/** What packages do and plugins rarely: wrappers for many loaders, helpers of compilers, patches of `process`. */
import { test } from "uvu";
import { type Row, testRows } from "./permissions-setup.ts";

const usesLib = { head: `import lib from "lib";`, body: `return lib` } as const;
const lib = (text: string) => ({ "node_modules/lib/index.js": text });
const makesCode = { unproven: ["NX3004"] } as const;
const reachesAll = { unproven: ["NX3003"] } as const;
const evil = `class Evil { run() { return this.getBuiltinModule("fs").readFileSync("/etc/hostname", "utf8"); } }`;

const loaders: readonly Row[] = [
  {
    name: "a wrapper that makes code only where there is no loader",
    ...usesLib,
    files: lib(`(function () { function Lib() {}
if (typeof define === "function" && define.amd) define(function () { return Lib; });
else if (typeof exports === "object") module.exports = Lib;
else { var root = new Function("", "return this")(); root.Lib = Lib; } })();`),
  },
  {
    name: "the same where exports is another value by then",
    ...usesLib,
    files: lib(`exports = undefined; function Lib() {}
if (typeof exports === "object") module.exports = Lib; else module.exports = new Function("return 1");`),
    ...makesCode,
  },
  {
    name: "the same where exports is a parameter of the package's own",
    ...usesLib,
    files: lib(`module.exports = (function (exports) {
if (typeof exports === "object") return 1; return new Function("return 1"); })(globalThis.mine);`),
    ...makesCode,
  },
  {
    name: "code after a return that a constant guards",
    ...usesLib,
    files: lib(`module.exports = function (value) { if (1) return value; (0, eval)(value); };`),
  },
  {
    name: "code after a return that a constant never reaches",
    ...usesLib,
    files: lib(`module.exports = function (value) { if (0) return value; (0, eval)(value); };`),
    ...makesCode,
  },
  {
    name: "process looked for under the names of compiled modules",
    ...usesLib,
    files: lib(`module.exports = ((base, mark, keys) => {
if (mark in base && base[mark] === true) for (const key of keys) if (key in base) return base[key];
return base.version; })(process, "__esModule", ["default", "process"]);`),
  },
  {
    name: "the same where process is given the mark",
    ...usesLib,
    files: lib(`process.__esModule = true; module.exports = ((base, mark) => {
if (mark in base) return base[globalThis.mine]; return base.version; })(process, "__esModule");`),
    ...reachesAll,
  },
  {
    name: "a global whose name is joined from pieces of a list",
    ...usesLib,
    files: lib(`module.exports = () => new globalThis[["Active"].concat("Object").join("X")]("x");`),
  },
  {
    name: "the same with a piece that is not constant",
    ...usesLib,
    files: lib(`module.exports = (piece) => new globalThis[["ev"].concat(piece).join("")]("x");`),
    ...reachesAll,
  },
];

const keepsGlobal = `const util = {};
util.root = (function () { if (typeof globalThis !== "undefined") return globalThis; return self; })();`;
/** The global object as a member of a package's utilities, and what is done with it. */
const kept: readonly Row[] = [
  ...(
    [
      [
        "asked for a member that is pure",
        "module.exports = (x) => { const own = util.root; return own.crypto && x; };",
      ],
      ["asked for fetch", "module.exports = (x) => util.root.fetch(x);", { used: ["network"] }],
      ["through a copy", "const own = { ...util }; module.exports = (x) => own.root.eval(x);", makesCode],
      [
        "through a method",
        "util.get = function () { return this.root; }; module.exports = (x) => util.get().Function(x)();",
        { unproven: ["NX3003", "NX3004"] },
      ],
      [
        "by a name in a list",
        `const all = ["root"].map((name) => util[name]); module.exports = (x) => all[0].eval(x);`,
        makesCode,
      ],
      [
        "by any name",
        "module.exports = (x) => Object.keys(util).map((name) => util[name].eval(x));",
        makesCode,
      ],
      [
        "through a map",
        `const map = new Map([["a", util]]); module.exports = (x) => map.get("a").root.eval(x);`,
        makesCode,
      ],
      [
        "as the this of a function",
        "function run(x) { return this.eval(x); } module.exports = (x) => run.call(util.root, x);",
        { unproven: ["NX3003", "NX3004"] },
      ],
      [
        "by a getter",
        "const own = { get a() { return util.root; } }; module.exports = (x) => own.a.eval(x);",
        { unproven: ["NX3003", "NX3004"] },
      ],
      [
        "where nobody gets to it",
        "module.exports = (x) => x; class Far { run(x) { util.root.eval(x); } } module.exports.kind = () => Far;",
      ],
      ["for a member that is not known", "module.exports = (x) => util.root[x];", reachesAll],
      [
        "taken apart",
        `module.exports = (x) => { const { process: own } = util.root; return own.getBuiltinModule("fs")[x]; };`,
        reachesAll,
      ],
      ["handed on", "module.exports = (x) => Promise.resolve(util).then((own) => own[x]);", reachesAll],
      [
        "given other members",
        "module.exports = (x) => { Object.assign(util.root, { fetch: x }); return x; };",
        reachesAll,
      ],
      ["thrown", "module.exports = (x) => { throw util.root; };", reachesAll],
      ["handed to the plugin", "module.exports = (x) => util.root;", reachesAll],
    ] as const
  ).map(
    ([name, text, found = {}]): Row => ({
      name: `a global object that is kept, ${name}`,
      ...usesLib,
      body: "return lib(input)",
      files: lib(`${keepsGlobal} ${text}`),
      ...found,
    }),
  ),
  {
    name: "a global object that is kept, in utilities that the plugin gets",
    ...usesLib,
    body: "return lib.util.root.eval(input)",
    files: lib(`${keepsGlobal} exports.util = util;`),
    ...makesCode,
  },
];

const early = `export const early = run("1");`;
const hoisted: readonly Row[] = [
  {
    name: "a condition on a variable that has its value by then",
    head: `const root = globalThis; if (!root) eval("1");`,
  },
  {
    name: "a condition on a member of a variable, which throws where it has none",
    head: `function run(text) { if (typeof root.setTimeout === "function") return text; return eval(text); }
const root = globalThis;`,
    body: `return run(input)`,
  },
  ...[
    `function run(text) { if (root) return text; return eval(text); } ${early} var root = globalThis;`,
    `function run(text) { if (root?.process) return text; return eval(text); } ${early} var root = globalThis;`,
    `function run(text) { if (typeof root === "object") return text; return eval(text); } ${early} var root = process;`,
    `function run(text) { if (text === "") { var root = globalThis; } if (root) return text; return eval(text); } ${early}`,
  ].map(
    (head, i): Row => ({
      name: `a condition on a variable that may not have its value yet (${i + 1})`,
      head,
      body: `return early`,
      ...makesCode,
    }),
  ),
];

const helpers: readonly Row[] = [
  {
    name: "a class made anew by a compiler's helper",
    ...usesLib,
    files:
      lib(`function make(t, o, e) { return Reflect.construct(o, e || [], Object.getPrototypeOf(t).constructor); }
class A {} class B extends A {} module.exports = make(new B(), A);`),
  },
  {
    name: "the same where the made class calls what it was made for",
    ...usesLib,
    files: lib(`function Taker() { return new.target("return process")(); }
module.exports = Reflect.construct(Taker, [], Object.getPrototypeOf(Taker).constructor);`),
    ...makesCode,
  },
  {
    name: "a member that a module has in no supported Node needs what its module reaches",
    ...usesLib,
    files: lib(
      `const { websocketMask } = require("http"); exports.mask = (a, b) => websocketMask && websocketMask(a, b);`,
    ),
    used: ["network"],
  },
  {
    name: "such a member of a module that reaches everything",
    ...usesLib,
    files: lib(`const { runSoon } = require("vm"); exports.run = (a) => runSoon && runSoon(a);`),
    unproven: ["NX3008"],
  },
  {
    name: "a function of Node whose calls the whole program does not find",
    head: `import { kept } from "far";`,
    body: `const holder = { get: () => kept };
const given = { at: "other" }; given[["a", "t"].join("")] = "ls"; return holder.get()(given.at, []);`,
    files: {
      ...lib(`const { spawnSync: run } = (({ getBuiltinModule: g }) => g("node:child_process"))(process);
let one; for (const each of [run]) one = each;
class Keeper { #k() { return one; } get() { return this.#k(); } }
const own = { o: null, k: new Keeper().get() }; let key = ""; for (const c of ["__", "proto", "__"]) key += c; own[key] = { get l() { return this.k; } };
exports.kept = own.l;`),
      "node_modules/far/index.js": `import lib from "lib"; const own = { get k() { return ((v = lib.kept) => v)(); } };
export const kept = new Map([[1, own.k]]).get(1);`,
    },
    used: ["exec"],
  },
  {
    name: "elements written to a list of unclear origin",
    ...usesLib,
    files: lib(
      `module.exports = (all, some) => { Array.prototype.push.apply(all.list, some); return typeof globalThis.window; };`,
    ),
  },
];

const ofProcess: readonly Row[] = [
  {
    name: "functions in view in the place of those of process",
    ...usesLib,
    files: lib(`var origCwd = process.cwd; var cwd = null;
process.cwd = function () { if (!cwd) cwd = origCwd.call(process); return cwd; };
process.on("exit", onExit); function onExit() {} process.exitCode = Number(process.argv.length > 9);
module.exports = process.cwd();`),
  },
  {
    name: "process patched as file systems for many versions do",
    ...usesLib,
    files: lib(`var queue, chdir;
if (typeof Symbol === "function" && typeof Symbol.for === "function") queue = Symbol.for("lib.queue"); else queue = "lib.queue";
function publish(context, found) { Object.defineProperty(context, queue, { get: function () { return found; } }); }
if (!global[queue]) publish(global, []);
if (typeof process.chdir === "function") { chdir = process.chdir; process.chdir = function (d) { chdir.call(process, d); };
if (Object.setPrototypeOf) Object.setPrototypeOf(process.chdir, chdir); }
module.exports = typeof window;`),
    used: ["fs:read", "fs:write"],
  },
  ...[
    `${evil} var chdir; function patch() { chdir = process.chdir; } patch();
Function.prototype.call = new Evil().run; chdir.call(process, "/");`,
    `var queue; if (globalThis.mine) queue = Symbol.for("lib.queue"); else queue = globalThis.yours; global[queue]("x");`,
    `function publish(context) { Object.defineProperty(context, Symbol.for("lib"), { get: function () { return this.process; } }); }
publish(global);`,
    `Object.setPrototypeOf(process.chdir, { call: globalThis.mine }); process.chdir.call(process, "/");`,
  ].map(
    (text, i): Row => ({
      name: `such a patch that shows process or the global object (${i + 1})`,
      ...usesLib,
      files: lib(`${text} module.exports = 1;`),
      ...(text.includes("chdir") ? { used: ["fs:read", "fs:write"] } : {}),
      ...reachesAll,
    }),
  ),
  ...[
    `const list = [new Evil().run]; process.cwd = list[0]; process.cwd();`,
    `function put(found) { process.cwd = found; } put(new Evil()["run"]); process.cwd();`,
    `process.once(...["exit", new Evil().run]);`,
  ].map(
    (text, i): Row => ({
      name: `process as the this of a function that is not in view (${i + 1})`,
      head: `${evil} ${text}`,
      ...reachesAll,
    }),
  ),
  ...[
    `process.on("exit", new Evil().run);`,
    `var origCwd = process.cwd; process.cwd = new Evil().run; process.cwd.call(process);`,
    `class Keeper { constructor() { this.kept = new Evil().run; } start() { process.once("exit", this.kept); } } new Keeper().start();`,
  ].map(
    (text, i): Row => ({
      name: `process as the this of a method that is found by its name (${i + 1})`,
      head: `${evil} ${text}`,
      used: ["fs:read:/etc/hostname"],
    }),
  ),
  {
    name: "a listener that is kept as a bound function",
    head: `class Keeper { constructor() { this.kept = this.run.bind(this); } run() { return this.all; } start() { process.once("exit", this.kept); } } new Keeper().start();`,
  },
  {
    name: "the same with a bind of its own",
    head: `${evil} const own = { bind() { return new Evil().run; } };
class Keeper { constructor() { this.kept = own.bind(this); } start() { process.once("exit", this.kept); } } new Keeper().start();`,
    ...reachesAll,
  },
  {
    name: "the global object as the this of a function that is not in view",
    head: `class Evil { run() { return this.process.getBuiltinModule("fs"); } } globalThis.atob = new Evil().run;`,
    body: `return globalThis.atob(input)`,
    ...reachesAll,
  },
  {
    name: "a function that is not in view and is called without the global object",
    head: `class Fine { run() { return 1; } } globalThis.atob = new Fine().run;`,
    body: `return atob(input)`,
  },
  {
    name: "a bound function that is called as a method of the global object",
    head: `globalThis.atob = ((a, b) => a + b).bind(null, 1);`,
    body: `return globalThis.atob(2)`,
  },
  {
    name: "a module as the this of a function that is not in view",
    head: `import fs from "fs"; class Evil { run() { return this.readFileSync("/etc/hostname"); } } fs.accessSync = new Evil().run;`,
    used: ["fs:read:/etc/hostname"],
  },
];

/** An object of utilities, as HTTP clients have it, of which a copy is made by a function with a filter. */
const utilities = (more: string, copied: string, keys = "Object.getOwnPropertyNames(from)"): string => `
const kindOf = ((cache) => (thing) => { const text = Object.prototype.toString.call(thing); return cache[text] || (cache[text] = text.slice(8, -1)); })(Object.create(null));
const kindOfTest = (type) => (thing) => kindOf(thing) === type;
const [isBlob, isFile] = ["Blob", "File"].map(kindOfTest);
const copy = (from, to, keep, filter) => {
  let names, i, name;
  do {
    names = ${keys}; i = names.length;
    while (i-- > 0) { name = names[i]; if (!filter || filter(name, from, to)) { to[name] = from[name]; } }
    from = keep !== false && Object.getPrototypeOf(from);
  } while (from && (!keep || keep(from, to)) && from !== Object.prototype);
  return to;
};
const utils = { kindOf, isBlob, isFile, copy, global: globalThis };
const reach = (all) => all && all.process.getBuiltinModule("fs").readFileSync("/etc/hostname", "utf8");
${more}
export const isNode = utils.kindOf(process) === "process" && utils.isBlob(1);
const copied = ${copied};`;
const filtered = `utils.copy(utils, {}, null, (name) => /^is[A-Z]/.test(name))`;
const body = `return [copied, reach(copied.global)]`;
const ofUtilities: readonly Row[] = [
  {
    name: "a copy of utilities without the one that is the global object",
    head: utilities("", filtered),
    body: `return copied.isBlob(input)`,
  },
  ...[
    utilities("", `utils.copy(utils, {}, null, (name) => /^[gi]/.test(name))`),
    utilities("", `utils.copy(utils, {}, null)`),
    utilities("", `utils.copy(utils, {}, null, async (name) => /^is/.test(name))`),
    utilities(
      "",
      `utils.copy(utils, {}, (from, to) => { to.global ??= from.global; }, (name) => /^is/.test(name))`,
    ).replace("from = keep !== false", "if (keep) keep(from, to); from = keep !== false"),
    utilities("let asked = 0;", filtered, `[{ toString: () => (asked++ ? "global" : "isBlob") }]`),
    utilities("", filtered).replace("to[name] = from[name];", `name = "global"; to[name] = from[name];`),
    utilities("", filtered).replace(
      "to[name] = from[name];",
      `for (const next of ["isBlob", "global"]) { to[name] = from[name]; name = next; to[name] = from[name]; }`,
    ),
    utilities("", filtered).replace("if (!filter ||", "filter = () => true; if (!filter ||"),
    utilities(`RegExp.prototype.exec = () => [];`, filtered),
  ].map((head, i): Row => ({ name: `such a copy that may have it (${i + 1})`, head, body, ...reachesAll })),
  ...[
    `utils.kindOf = reach;`,
    `const put = (to) => { to.kindOf = reach; }; put(utils);`,
    `const put = (one, to) => { to.kindOf = reach; }; put(utils, utils);`,
    `const put = (to, how) => { how(to); }; put(utils, null || ((to) => { to.kindOf = reach; }));`,
    `const own = { get self() { return this; }, kindOf }; own.self.kindOf = (all) => all.getBuiltinModule("fs"); own.kindOf(process);`,
    `const own = { self() { return this; }, kindOf }; (own?.self)().kindOf = (all) => all.getBuiltinModule("fs"); own.kindOf(process);`,
  ].map(
    (more, i): Row => ({
      name: `process asked what it is by a function that was put there (${i + 1})`,
      head: utilities(more.replaceAll("reach", `((all) => all.getBuiltinModule("fs"))`), filtered),
      ...reachesAll,
    }),
  ),
  {
    name: "a utility out of a list that sees the object with the global object",
    head: utilities("", filtered).replace(
      "(thing) => kindOf(thing) === type;",
      "function () { return reach(this.global); };",
    ),
    body,
    ...reachesAll,
  },
];

testRows([...kept, ...loaders, ...hoisted, ...helpers, ...ofProcess, ...ofUtilities]);
test.run();
