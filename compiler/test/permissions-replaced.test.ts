/** Code that obtains a capability by changing what the analysis relies on, or by code that runs unseen. */
import { test } from "uvu";
import { type Row, testRows } from "./permissions-setup.ts";

const hidden = `atob("cHJvY2Vzcw==")`;
const host = `atob("YXBpLmV4YW1wbGU=")`;

/** `k` may be "process" at run time, so that what stands behind the comparison runs. */
const names: readonly Row[] = (
  [
    ["a default of an assignment", "", `let k: any = "Map"; [k = "Map"] = [${hidden}]`],
    [
      "a method called push",
      "",
      `const o: any = { a: "Map", push() { this.a = ${hidden}; } }; o.push(); const k: any = o.a`,
    ],
    [
      "another prototype",
      "",
      `const o: any = { b: "Map" }; o.__proto__ = { a: ${hidden} }; const k: any = o.a`,
    ],
    [
      "a getter of what holds the object",
      "",
      `const i: any = { a: "Map" }; const o: any = { i, get x() { return this.i; } }; o.x.a = ${hidden}; const k: any = i.a`,
    ],
    ["a tag", "", `const o: any = { a: "Map", m() { this.a = ${hidden}; } }; o.m\`x\`; const k: any = o.a`],
    [
      "a value asked for as a number",
      "",
      `const o: any = { a: "Map", valueOf() { this.a = ${hidden}; return 1 } }; const z = -o; const k: any = z ? o.a : "Map"`,
    ],
    [
      "a class that is asked",
      `class C { static [Symbol.hasInstance](x: any) { x.a = ${hidden}; return true; } }`,
      `const o: any = { a: "Map" }; const z = o instanceof C; const k: any = z ? o.a : "Map"`,
    ],
    [
      "push replaced",
      `Array.prototype.push = function () { this[0] = ${hidden}; return 1; };`,
      `const l: any = ["Map"]; l.push("Set"); const k: any = l[0]`,
    ],
    [
      "a member of all objects",
      `Object.getPrototypeOf({}).zz = ${hidden};`,
      `const o: any = { b: "Map" }; const k: any = o.zz`,
    ],
  ] as const
).map(([name, head, body]) => ({
  name: `a name is not what it seems: ${name}`,
  head,
  body: `${body}; if (k === "process") return process.env.TOKEN; return k`,
  used: ["env:TOKEN"],
}));

const platforms: readonly Row[] = (
  [
    ["a module that is a function", `import E from "node:events";`, `typeof E === "function"`],
    ["a member of all objects", `Object.getPrototypeOf({}).window = {};`, `typeof window !== "undefined"`],
    [
      "a member of all objects, by a function",
      `((p: any) => { p.window = {}; })(Object.getPrototypeOf({}));`,
      `typeof window !== "undefined"`,
    ],
    [
      "a member deleted",
      `import crypto from "node:crypto"; delete (crypto as any).randomBytes;`,
      `!("randomBytes" in crypto)`,
    ],
  ] as const
).map(([name, head, condition]) => ({
  name: `code that seems dead: ${name}`,
  head,
  body: `if (${condition}) return process.env.TOKEN; return 1`,
  used: ["env:TOKEN"],
}));

const hosts: readonly Row[] = (
  [
    ["a default of an assignment", `let h: any = "a.example"; [h = "b.example"] = [${host}];`, "h"],
    [
      "an enum that gives another object",
      `const o: any = { A: ${host} }; var En: any = ((e: any) => { e["A"] = "a.example"; return o; })(En || {});`,
      "En.A",
    ],
    [
      "a function of a module replaced",
      `import path from "node:path"; (path as any).join = (o: any) => ${host};`,
      `path.join("a.example")`,
    ],
    ["join replaced", `Array.prototype.join = () => ${host};`, `["a", "example"].join(".")`],
    [
      "a static field set by this",
      `class A { static host = "a.example"; static set(x: any) { Object.assign(this, { host: x }); } } A.set(${host});`,
      "A.host",
    ],
  ] as const
).map(([name, head, value]) => ({
  name: `a host is not what it seems: ${name}`,
  head,
  body: `return fetch("https://" + ${value} + "/")`,
  used: ["network"],
}));

const leaks: readonly Row[] = (
  [
    [
      "a class that is asked",
      `class C { static [Symbol.hasInstance](x: any) { kept = x; return true; } }`,
      `const z = (process as any) instanceof C`,
    ],
    [
      "a value asked for as a number",
      `Object.getPrototypeOf({}).valueOf = function () { kept = this; return 1; };`,
      `const z = -(process as any)`,
    ],
    [
      "a helper's look-alike",
      `const lib: any = { __keep: (m: any) => { kept = m; } }; const f = lib && lib.__keep || function (m: any) { return 1; };`,
      `f(process)`,
    ],
    [
      "an iterator",
      `const p = Object.getPrototypeOf([][Symbol.iterator]()); const next = p.next; p.next = function () { const r = next.call(this); kept = r.value; return r; };`,
      `const [q] = [process]; const z = q.pid`,
    ],
    [
      "Object by another way",
      `(({}) as any).constructor.hasOwn = (o: any) => { kept = o; };`,
      `Object.hasOwn(process, "x")`,
    ],
  ] as const
).map(([name, head, body]) => ({
  name: `handed over unseen: ${name}`,
  head: `let kept: any; ${head}`,
  body: `${body}; return kept.env.TOKEN`,
  unproven: ["NX3003"],
}));

const wrapped: Row = {
  name: "handed over unseen: a wrapper for modules",
  head: `const wrap = (m: any) => m && m.__esModule ? m : { default: m }; (process as any).__esModule = true;`,
  body: `return wrap(process).env.TOKEN`,
  used: ["env:TOKEN"],
};

testRows([...names, ...platforms, ...hosts, ...leaks, wrapped]);

test.run();
