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

testRows([...objects, ...modules]);

test.run();
