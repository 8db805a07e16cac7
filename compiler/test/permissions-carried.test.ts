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
];

testRows([...objects]);

test.run();
