/** Members by their descriptors, calls by reflection, lists that are gone through. */

import { test } from "uvu";
import { type Row, testRows } from "./permissions-setup.ts";

const described: readonly Row[] = [
  {
    name: "a pure global by its descriptor",
    head: `const names = ["Headers", "Blob"] as const;`,
    body: `return names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name)?.value)`,
  },
  {
    name: "a module by reflection, of which a pure member is taken",
    body: `const loader = Object.getOwnPropertyDescriptor(process, "getBuiltinModule"); if (!loader || !("value" in loader)) return input;
const util = Reflect.apply(loader.value, process, ["node:util"]); const types = Object.getOwnPropertyDescriptor(util, "types");
return Object.getOwnPropertyDescriptor(types.value, "isProxy").value(input)`,
  },
  {
    name: "constructors in a list that is gone through",
    head: `const kinds = new Set(); for (const one of [Object, Function, Date]) remember(one);
function remember(made) { const found = Object.getOwnPropertyDescriptor(made, "prototype"); if (found) kinds.add(found.value); }`,
    body: `return kinds.has(Object.getPrototypeOf(input))`,
  },
  {
    name: "a symbol of its own that is set later",
    head: `let key; function open() { key = Symbol.for(\`library.api.\${1}\`); } open();`,
    body: `return (globalThis as any)[key]`,
  },
];

const refused: readonly Row[] = [
  {
    name: "a global by its descriptor",
    body: `return Object.getOwnPropertyDescriptor(globalThis, "fetch").value(input)`,
    used: ["network"],
  },
  {
    name: "a global by the getter of its descriptor",
    body: `return new (Reflect.getOwnPropertyDescriptor(globalThis, "WebSocket").get())(input)`,
    used: ["network"],
  },
  {
    name: "a global by a descriptor that is handed on",
    body: `return input(Object.getOwnPropertyDescriptor(globalThis, "fetch"))`,
    used: ["network"],
  },
  {
    name: "a variable by its descriptor",
    body: `return Object.getOwnPropertyDescriptor(process.env, "TOKEN").value`,
    used: ["env:TOKEN"],
  },
  {
    name: "a descriptor of an unknown name",
    body: `return Object.getOwnPropertyDescriptor(globalThis, input).value`,
    unproven: ["NX3003"],
  },
  {
    name: "a module by reflection",
    body: `return Reflect.apply(process.getBuiltinModule, process, ["node:fs"]).readFileSync("/data/a")`,
    used: ["fs:read:/data/a"],
  },
  {
    name: "a module by reflection, of an unknown name",
    body: `return Reflect.apply(process.getBuiltinModule, process, [input])`,
    unproven: ["NX3003"],
  },
  {
    name: "another process as the self of a member",
    body: `return Reflect.apply(input, process, [])`,
    unproven: ["NX3003"],
  },
  {
    name: "a constructor in a list that is gone through",
    body: `for (const make of [Object, Function]) return make(input)`,
    unproven: ["NX3004"],
  },
  {
    name: "a list that is gone through by a changed iterator",
    head: `let kept; const old = Array.prototype[Symbol.iterator]; (Array.prototype as any)[Symbol.iterator] = function () { kept = this[0]; return old.call(this); };`,
    body: `for (const one of [fetch]) void one; return kept(input)`,
    used: ["network"],
  },
  {
    name: "a list that is taken apart by a defined iterator",
    head: `let kept; Object.defineProperty([].__proto__, Symbol.iterator, { value() { kept = this[0]; return [].values(); } });`,
    body: `const [one] = [fetch]; void one; return kept(input)`,
    used: ["network"],
  },
  {
    name: "a method under a symbol of its own",
    head: `const key = Symbol.for("library.api"); (globalThis as any)[key] = function () { return this; };`,
    body: `return (globalThis as any)[key]()[input]`,
    unproven: ["NX3003"],
  },
  {
    name: "a symbol that is Node's own on one of two ways",
    head: `let key = Symbol("mine"); if (process.pid > 1) key = Symbol.for("nodejs.x");`,
    body: `return (globalThis as any)[key]`,
    unproven: ["NX3003"],
  },
];

testRows([...described, ...refused]);

test.run();
