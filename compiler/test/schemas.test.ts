/** Schemas as ajv reads them: what they accept, what they refuse, and that the generator's TypeScript is ours. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ts as bundled } from "ts-morph";
import typescript from "typescript";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { analyze } from "../index.ts";

interface Validate {
  (data: unknown): boolean;
  errors?: readonly { instancePath: string; keyword: string }[] | null;
}
type Validators = Readonly<Record<string, { inputs: Validate; outputs: Validate }>>;

const cases: readonly {
  readonly call: string;
  readonly types?: string;
  readonly accepts: readonly unknown[];
  readonly refuses: readonly unknown[];
}[] = [
  { call: "a: string", accepts: [{ a: "" }], refuses: [{}, { a: 1 }, { a: null }, { a: "", b: 1 }, []] },
  { call: "a?: string", accepts: [{}, { a: "x" }], refuses: [{ a: null }] },
  { call: "a: string | undefined", accepts: [{}, { a: "x" }], refuses: [{ a: 1 }] },
  { call: "a: string | null", accepts: [{ a: null }, { a: "x" }], refuses: [{}, { a: 1 }] },
  { call: 'a: "x" | "y" = "x"', accepts: [{}, { a: "y" }], refuses: [{ a: "z" }] },
  { call: "a: number, b: boolean", accepts: [{ a: 1.5, b: true }], refuses: [{ a: "1", b: true }, { a: 1 }] },
  { call: "a: string[]", accepts: [{ a: [] }, { a: ["x"] }], refuses: [{ a: [1] }, { a: "x" }] },
  {
    call: "a: [string, number?]",
    accepts: [{ a: ["x"] }, { a: ["x", 1] }],
    refuses: [{ a: [] }, { a: ["x", 1, 2] }],
  },
  { call: "a: Record<string, number>", accepts: [{ a: {} }, { a: { x: 1 } }], refuses: [{ a: { x: "1" } }] },
  { call: "a: E", types: 'enum E { A = "a", B = "b" }', accepts: [{ a: "a" }], refuses: [{ a: "A" }] },
  { call: "a: E", types: "enum E { A, B }", accepts: [{ a: 0 }, { a: 1 }], refuses: [{ a: 2 }, { a: "A" }] },
  {
    call: "a: Tree",
    types: "interface Tree { value: number; kids?: Tree[] }",
    accepts: [{ a: { value: 1 } }, { a: { value: 1, kids: [{ value: 2, kids: [] }] } }],
    refuses: [{ a: { value: 1, kids: [{}] } }, { a: { value: 1, more: 2 } }],
  },
  {
    call: "a: Pick<Full, 'x'> & { y?: string }",
    types: "interface Full { x: number; z: boolean }",
    accepts: [{ a: { x: 1 } }, { a: { x: 1, y: "" } }],
    refuses: [{ a: { y: "" } }, { a: { x: 1, z: true } }],
  },
  {
    call: "a: Shape",
    types: 'type Shape = { kind: "circle"; r: number } | { kind: "box"; w: number; h: number }',
    accepts: [{ a: { kind: "circle", r: 1 } }, { a: { kind: "box", w: 1, h: 2 } }],
    refuses: [{ a: { kind: "circle", w: 1 } }, { a: { kind: "other" } }],
  },
  {
    call: "a: Limited",
    types: "interface Limited {\n  /** @minimum 3 */\n  n: number;\n}",
    accepts: [{ a: { n: 3 } }],
    refuses: [{ a: { n: 2 } }],
  },
  {
    call: "/** @minLength 2 @pattern ^a */ a: string",
    accepts: [{ a: "ab" }],
    refuses: [{ a: "a" }, { a: "bb" }],
  },
  {
    call: "/** @format date-time */ a: string",
    accepts: [{ a: "2026-01-01T00:00:00Z" }],
    refuses: [{ a: "today" }],
  },
  { call: "a: `v${number}`", accepts: [{ a: "v1" }], refuses: [{ a: 1 }] },
  { call: "", accepts: [{}], refuses: [{ a: 1 }, null] },
  {
    call: "a: Many | null",
    types: `${[1, 2, 3, 4, 5, 6, 7].map((n) => `interface M${n} { k${n}: ${n % 2 ? "string" : "number"}; all?: ${n % 2 ? "string" : "number"} }`).join(" ")}
type Many = M1 | M2 | M3 | M4 | M5 | M6 | M7;`,
    accepts: [{ a: null }, { a: { k1: "" } }, { a: { k1: "", k2: 1, all: "" } }, { a: { k2: 1, all: 1 } }],
    refuses: [
      { a: {} },
      { a: { k1: "", k2: "" } },
      { a: { k1: "", all: 1 } },
      { a: { k1: "", k8: 1 } },
      { a: 5 },
    ],
  },
  {
    call: "a: { kind: 'x'; x: number } | { kind: 'y'; y: number } | string",
    accepts: [{ a: "" }, { a: { kind: "x", x: 1 } }],
    refuses: [{ a: { kind: "x", x: 1, y: 1 } }, { a: { kind: "z" } }, { a: 1 }],
  },
  {
    call: "a: Odd",
    types: "interface Odd { constructor: string; toString?: number }",
    accepts: [{ a: { constructor: "" } }],
    refuses: [{ a: {} }, { a: { constructor: "", toString: "" } }],
  },
];

let folder = "";
let validators: Validators = {};

test.before(async () => {
  folder = mkdtempSync(join(tmpdir(), "noxus-schemas-"));
  mkdirSync(join(folder, "src"));
  writeFileSync(
    join(folder, "plugin.yaml"),
    "name: demo\nversion: 0.1.0\nentrypoint: src/index.DemoPlugin\n",
  );
  const modules = cases.map((entry, i) => {
    const names = [...entry.call.replace(/\/\*.*?\*\//g, "").matchAll(/(\w+)\??:/g)]
      .slice(0, 2)
      .map((match) => match[1]);
    const used = names.filter((name) => name === "a" || name === "b").map((name) => `void ${name};`);
    return `import { Node } from "noxus/plugins";
${entry.types ?? ""}
export class Case${i}Node extends Node {
  call(${entry.call}): { ok: boolean } {
    ${used.join(" ")}
    return { ok: true };
  }
}
`;
  });
  for (const [i, text] of modules.entries()) writeFileSync(join(folder, "src", `case${i}.ts`), text);
  const list = modules.map((_, i) => `Case${i}Node`);
  writeFileSync(
    join(folder, "src", "index.ts"),
    `import { Plugin } from "noxus/plugins";
${list.map((name, i) => `import { ${name} } from "./case${i}.ts";`).join("\n")}
export class DemoPlugin extends Plugin {
  nodes() {
    return [${list.map((name) => `new ${name}()`).join(", ")}];
  }
}
`,
  );
  const analysis = await analyze(folder);
  assert.equal(
    analysis.diagnostics
      .filter((entry) => entry.severity === "error")
      .map((entry) => `${entry.file}: ${entry.message}`),
    [],
  );
  const text = analysis.artifacts.find((artifact) => artifact.path === "validators.mjs")?.text ?? "";
  writeFileSync(join(folder, "validators.mjs"), text);
  validators = (await import(pathToFileURL(join(folder, "validators.mjs")).href)).default;
});
test.after(() => rmSync(folder, { recursive: true, force: true }));

for (const [i, entry] of cases.entries()) {
  test(`call(${entry.call})${entry.types ? ` with ${entry.types.replace(/\s+/g, " ")}` : ""}`, () => {
    const validate = validators[`case${i}`]?.inputs;
    assert.ok(validate);
    for (const value of entry.accepts)
      assert.ok(validate?.(structuredClone(value)), `accepts ${JSON.stringify(value)}`);
    for (const value of entry.refuses)
      assert.not(validate?.(structuredClone(value)), `refuses ${JSON.stringify(value)}`);
  });
}

test("defaults are filled in by the validator", () => {
  const inputs: { a?: string } = {};
  const index = cases.findIndex((entry) => entry.call.includes("= "));
  validators[`case${index}`]?.inputs(inputs);
  assert.equal(inputs, { a: "x" });
});

test("ts-morph, the generator and the package's typescript agree in every enum", () => {
  const fromGenerator = createRequire(createRequire(import.meta.url).resolve("ts-json-schema-generator"))(
    "typescript",
  ) as Record<string, unknown>;
  const enums = Object.entries(typescript).filter(
    ([name, value]) =>
      /^[A-Z]/.test(name) &&
      typeof value === "object" &&
      !Array.isArray(value) &&
      typeof Object.values(value)[0] === "string",
  );
  assert.ok(enums.length > 20);
  for (const [name, value] of enums) {
    assert.equal((bundled as unknown as Record<string, unknown>)[name], value, `ts-morph: ${name}`);
    assert.equal(fromGenerator[name], value, `generator: ${name}`);
  }
});

test.run();
