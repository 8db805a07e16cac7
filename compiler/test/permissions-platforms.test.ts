/** Code for other platforms and other versions: dead branches, names that Node does not have, loads that fail. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { check, plugin, type Row, testRows } from "./permissions-setup.ts";

/** A wrapper as libraries write it, around code that returns where the platform has `name`. */
function polyfill(name: string, test = `global.${name}`): string {
  return `(function (global, undefined) {
  if (${test}) { return; }
  function make(text) { return new Function("" + text); }
  global.${name} = function (text) { return make(text)(); };
}(typeof self === "undefined" ? typeof global === "undefined" ? this : global : self));`;
}
const usesLib = { head: `import lib from "lib";`, body: `return lib` } as const;
const lib = (text: string) => ({ "node_modules/lib/index.js": text });
const refused = { unproven: ["NX3004"] } as const;
const browser = `if (typeof window !== "undefined") { window.run = eval; }`;

const dead: readonly Row[] = [
  { name: "a polyfill of what every Node has", ...usesLib, files: lib(polyfill("setImmediate")) },
  { name: "a branch for browsers", head: browser },
  { name: "a choice for browsers", body: `return typeof document === "undefined" ? input : eval` },
  { name: "a choice by or", body: `return globalThis.URL || Function("return this")` },
  { name: "a choice by and", body: `return globalThis.window && eval` },
  {
    name: "code after a return that is always reached",
    head: `function run(text) { if (typeof process === "object") return text; return eval(text); }`,
    body: `return run(input)`,
  },
  {
    name: "a module's value and a stand-in for it",
    ...usesLib,
    body: `return lib.nextTick(() => {})`,
    files: lib(
      `if (typeof process === "undefined" || !process.version) { module.exports = { nextTick }; } else { module.exports = process; } function nextTick(run) { run(); }`,
    ),
  },
];

const alive: readonly Row[] = [
  {
    name: "a polyfill of what not every Node has",
    ...usesLib,
    files: lib(polyfill("Temporal")),
    ...refused,
  },
  {
    name: "a polyfill with a condition of its own",
    ...usesLib,
    files: lib(polyfill("setImmediate", "global.setImmediate && global.mine")),
    ...refused,
  },
  {
    name: "a polyfill after the global is taken away",
    ...usesLib,
    head: `(globalThis as any).setImmediate = undefined; import lib from "lib";`,
    files: lib(polyfill("setImmediate")),
    ...refused,
  },
  {
    name: "a polyfill after the global is deleted",
    head: `delete (globalThis as any).setImmediate; ${polyfill("setImmediate")}`,
    ...refused,
  },
  { name: "a browser's name that is set", head: `(globalThis as any).window = {}; ${browser}`, ...refused },
  {
    name: "a browser's name that is defined",
    head: `Object.defineProperty(globalThis, "window", { value: {} }); ${browser}`,
    ...refused,
  },
  {
    name: "a browser's name that may be assigned",
    head: `const names = { window: {} }; Object.assign(globalThis, names); ${browser}`,
    unproven: ["NX3003", "NX3004"],
  },
  {
    name: "a browser's name that is a target of destructuring",
    head: `[(globalThis as any).window] = [1]; ${browser}`,
    ...refused,
  },
  {
    name: "a browser's name that a loop sets",
    head: `for ((globalThis as any).window of [1]) {} ${browser}`,
    ...refused,
  },
  { name: "a browser's name of the plugin itself", head: `const window = input0; ${browser}`, ...refused },
  {
    name: "a wrapper that is given two objects",
    head: `function wrap(root) { if (root.setImmediate) return; eval("1"); } wrap(globalThis);`,
    body: `wrap({}); return input`,
    ...refused,
  },
  {
    name: "a function in dead code that living code calls",
    head: `function run(text) { if (text) return later(text); if (typeof process === "object") return text; function later(t) { return eval(t); } return later(""); }`,
    body: `return run(input)`,
    ...refused,
  },
  {
    name: "a return that is not always reached",
    head: `function run(text) { if (typeof process === "object") { if (text) return text; } return eval(text); }`,
    body: `return run(input)`,
    ...refused,
  },
  {
    name: "a module that hands itself on beside its value",
    ...usesLib,
    files: lib(`module.exports = process; module.parent = module.exports;`),
    unproven: ["NX3003"],
  },
];

const absent: readonly Row[] = [
  {
    name: "a package that reads a variable it forgot to declare",
    ...usesLib,
    files: lib(`module.exports = function (x) { return forgotten.splice(x); };`),
  },
  { name: "a plugin that does", body: `return (forgotten as any).splice(input)`, unproven: ["NX3008"] },
  {
    name: "a package that reads a name that the plugin gives the world",
    head: `(globalThis as any).forgotten = process; import lib from "lib";`,
    body: `return lib(input)`,
    files: lib(`module.exports = function (x) { return forgotten.env[x]; };`),
    unproven: ["NX3003"],
  },
  {
    name: "a package that reads a member of a module that Node does not have",
    ...usesLib,
    files: lib(`module.exports = require("fs").unheardOf;`),
    unproven: ["NX3008"],
  },
];

testRows([...dead, ...alive, ...absent]);

test("a package's require of an unknown name is said, and is no refusal", async () => {
  const files = { "src/index.ts": plugin(`import lib from "lib";`, "return lib(input)") };
  const load = lib(`module.exports = function (name) { return require(name); };`);
  const { diagnostics } = await check({ files: { ...files, ...load } });
  assert.equal(
    diagnostics.map(({ code, severity, file }) => [code, severity, file]),
    [["NX6004", "info", "node_modules/lib/index.js"]],
  );
});

test.run();
