/** `import * as x` of Node's modules as compilers turn it into CommonJS: the members that are used, and no more. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "acorn";
import { transformSync } from "esbuild";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { installPackages, packagesFolder } from "./packages/harness.ts";
import { check, plugin } from "./permissions-setup.ts";

installPackages();
const read = (file: string): string => readFileSync(join(packagesFolder, "node_modules", file), "utf8");
/** The functions of a script whose names match. */
const functions = (text: string, name: RegExp): string =>
  parse(text, { ecmaVersion: "latest", sourceType: "script" })
    .body.flatMap((node) => (node.type === "FunctionDeclaration" && name.test(node.id.name) ? [node] : []))
    .map(({ start, end }) => text.slice(start, end))
    .join("\n");

/** Each compiler's function, from the compiler or from something that it made, and what the function is called. */
const compilers: readonly (readonly [name: string, text: string, called: string])[] = [
  [
    "Babel 7 with long names",
    functions(read("@babel/helpers/lib/helpers/interopRequireWildcard.js"), /Wildcard/),
    "_interopRequireWildcard",
  ],
  [
    "Babel 7.23",
    /interopRequireWildcard: helper\("[\d.]+", '(.*?)', \{/.exec(
      read("@babel/helpers/lib/helpers-generated.js"),
    )?.[1] ?? "",
    "_interopRequireWildcard",
  ],
  ["Babel 7.27", functions(read("mathjs/lib/cjs/defaultInstance.js"), /Wildcard/), "_interopRequireWildcard"],
  [
    "Babel 7.27, as a module",
    functions(read("@babel/runtime/helpers/interopRequireWildcard.js"), /Wildcard/),
    "_interopRequireWildcard",
  ],
  [
    "Babel 6",
    functions(read("handlebars/dist/cjs/handlebars.runtime.js"), /Wildcard/),
    "_interopRequireWildcard",
  ],
  [
    "swc",
    functions(read("@swc/helpers/cjs/_interop_require_wildcard.cjs"), /ildcard/),
    "_interop_require_wildcard",
  ],
  ["Rollup", functions(read("acorn/dist/bin.js"), /Namespace/), "_interopNamespaceDefault"],
];

const source = `import * as crypto from "node:crypto"; import * as fs from "node:fs";
export const use = (x) => [crypto.randomUUID(), fs.existsSync("/data/" + "x")];`;
const byEsbuild = transformSync(source, { format: "cjs", platform: "node" }).code;
const written = (text: string, called: string): string => `"use strict";
${text}
var crypto = ${called}(require("crypto")), fs = ${called}(require("fs"));
exports.use = function (x) { return [crypto.randomUUID(), fs.existsSync("/data/" + "x")]; };`;

async function found(text: string): Promise<readonly string[]> {
  const files = { "src/index.ts": plugin(`import { use } from "lib";`, "return use(input)") };
  const result = await check({ files: { ...files, "node_modules/lib/index.js": text } });
  const refused = result.diagnostics.filter(({ code }) => code !== "NX3001");
  return [
    ...result.permissions.used.map(({ permission }) => permission),
    ...new Set(refused.map(({ code }) => code)),
  ];
}

for (const [name, text, called] of compilers) {
  test(`${name}: the members that are used, and no more`, async () => {
    assert.match(text, called);
    assert.equal(await found(written(text, called)), ["fs:read:/data/x"]);
  });

  test(`${name}: not where the function does something else`, async () => {
    const last = text.lastIndexOf("}");
    const other = `${text.slice(0, last)}; globalThis.kept = arguments[0]; }`;
    assert.not.equal(await found(written(other, called)), ["fs:read:/data/x"]);
  });

  test(`${name}: not where a name in it means something else`, async () => {
    const shadowed = `var Object = { keys: kept, defineProperty: kept, create: kept, prototype: {} }; function kept(x) { globalThis.kept = x; }
var WeakMap = kept;\n${text}`;
    assert.not.equal(await found(written(shadowed, called)), ["fs:read:/data/x"]);
  });
}

test("esbuild: the members that are used, and no more", async () => {
  assert.match(byEsbuild, "__toESM(require");
  assert.equal(await found(byEsbuild), ["fs:read:/data/x"]);
});

test("esbuild: not where a part of the function is something else", async () => {
  for (const [part, other] of [
    ["= Object.defineProperty;", "= function (to, key, how) { globalThis.kept = how; return to; };"],
    ["= Object.create;", "= function (x) { return (globalThis.kept = x); };"],
    ["= Object.getOwnPropertyNames;", "= function (x) { globalThis.kept = x; return []; };"],
  ] as const) {
    assert.match(byEsbuild, part);
    assert.not.equal(await found(byEsbuild.replace(part, other)), ["fs:read:/data/x"], part);
  }
});

test.run();
