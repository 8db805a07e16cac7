import { test } from "uvu";
import * as assert from "uvu/assert";
import { check, plugin } from "./permissions-setup.ts";

/** Real packages, whole, with what was found by reading their code. */
const rows: readonly (readonly [name: string, used: readonly string[], unproven: readonly string[]])[] = [
  ["fastest-levenshtein", [], []],
  ["acorn", [], []],
  ["eslint-scope", [], []],
  ["@jridgewell/trace-mapping", [], []],
  // It traces its lexer and parser when these two are set.
  ["yaml", ["env:LOG_STREAM", "env:LOG_TOKENS"], []],
  // It compiles schemas to code; noxus itself does so only when it builds.
  ["ajv", [], ["NX3004"]],
  ["chokidar", ["env:CHOKIDAR_INTERVAL", "env:CHOKIDAR_USEPOLLING", "fs:read"], []],
  [
    "winston",
    [
      "env",
      "env:CI",
      "env:CI_NAME",
      "env:COLORTERM",
      "env:FORCE_COLOR",
      "env:READABLE_STREAM",
      "env:TEAMCITY_VERSION",
      "env:TERM",
      "env:TERM_PROGRAM",
      "env:TERM_PROGRAM_VERSION",
      "fs:read",
      "fs:write",
      "network",
    ],
    [],
  ],
  // `depd`, which it brings in two versions, makes functions from text, and one of them asks `process` for listeners.
  ["koa", ["env:NO_DEPRECATION", "env:TRACE_DEPRECATION", "network"], ["NX3003", "NX3004"]],
];

for (const [name, used, unproven] of rows) {
  test(`${name} needs what it was seen to need`, async () => {
    const { permissions, diagnostics } = await check({
      files: { "src/index.ts": plugin(`import * as lib from "${name}";`, "return lib.default ?? lib") },
    });
    assert.equal(
      permissions.used.map(({ permission }) => permission),
      used,
    );
    const codes = diagnostics
      .map(({ code }) => code)
      .filter((code) => code !== "NX3001" && code !== "NX3005");
    assert.equal([...new Set(codes)].sort(), unproven);
    const inside = diagnostics.filter(({ file }) => file.startsWith("node_modules/"));
    for (const { file, span, note } of inside) {
      assert.ok(span, file);
      assert.match(note ?? "", /^in package /);
    }
  });
}

test.run();
