/** Functions of the language that the bundle puts something else in the place of: what is given to them is seen by it. */
import { test } from "uvu";
import { type Row, testRows } from "./permissions-setup.ts";

const uses = {
  hasOwn: `Object.hasOwn(globalThis, "x"); return kept.process.env.TOKEN`,
  symbol: `return (globalThis as any)[Symbol.for("my.own.key")].env.TOKEN`,
};
const take = "(o: any) => { kept = o; }";

const changed: readonly Row[] = (
  [
    ["another Object", `(globalThis as any).Object = { hasOwn: ${take} };`, uses.hasOwn],
    ["another Object, by its name", `(Object as any) = { hasOwn: ${take} };`, uses.hasOwn],
    [
      "another Object, defined",
      `Object.defineProperty(globalThis, "Object", { value: { hasOwn: ${take} } });`,
      uses.hasOwn,
    ],
    ["another function of Object", `(Object as any).hasOwn = ${take};`, uses.hasOwn],
    [
      "another function, defined",
      `Object.defineProperty(Object, "hasOwn", { value: ${take} });`,
      uses.hasOwn,
    ],
    ["other functions, assigned", `Object.assign(Object, { hasOwn: ${take} });`, uses.hasOwn],
    ["another function, by an alias", `const o = Object as any; o.hasOwn = ${take};`, uses.hasOwn],
    ["another function, by a parameter", `((o: any) => { o.hasOwn = ${take}; })(Object);`, uses.hasOwn],
    [
      "another function, by an unknown name",
      `(Object as any)[["has", "Own"].join("")] = ${take};`,
      uses.hasOwn,
    ],
    ["another Symbol", `(globalThis as any).Symbol = { for: () => "process" };`, uses.symbol],
    ["another way to symbols", `(Symbol as any).for = () => "process";`, uses.symbol],
    [
      "another way to descriptors",
      `(Object as any).getOwnPropertyDescriptor = (o: any) => { kept = o; return {}; };`,
      `Object.getOwnPropertyDescriptor(globalThis, "Map"); return kept.process.env.TOKEN`,
    ],
    [
      "another way to call",
      `(Reflect as any).apply = (_: any, o: any) => { kept = o; };`,
      "Reflect.apply(process.exit, process, []); return kept.env.TOKEN",
    ],
  ] as const
).map(([name, head, body]) => ({ name, head: `let kept: any; ${head}`, body, unproven: ["NX3003"] }));

const added: readonly Row[] = [
  {
    name: "an addition to Symbol",
    head: `(Symbol as any).metadata ??= Symbol("metadata");`,
    body: `return Object.hasOwn(globalThis, "x") || (globalThis as any)[Symbol.for("my.own.key")]`,
  },
];

testRows([...changed, ...added]);

test.run();
