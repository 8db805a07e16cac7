/** What is said of a plugin.yaml that somebody has just mistyped: one finding, at the mistake, in plain words. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadConfig } from "../load/config.ts";
import { readPluginFile } from "../load/read.ts";
import { toText } from "../text.ts";

const found = (text: string) => loadConfig("plugin.yaml", toText(text)).diagnostics;

const mistakes: Readonly<
  Record<string, readonly [text: string, marked: string, message: RegExp, help: RegExp]>
> = {
  "a line that is indented too far": [
    "name: demo\n  version: 0.1.0\n",
    "version",
    /`version` is indented as a part of `name`/,
    /same column as `name`/,
  ],
  "the same with line ends of Windows": [
    "name: demo\r\n  version: 0.1.0\r\n",
    "version",
    /indented as a part/,
    /column/,
  ],
  "a value with a colon": [
    "description: say: hi\n",
    "say: hi",
    /must be in quotes/,
    /write `description: "say: hi"`/,
  ],
  "no space after a colon": [
    "name:demo\nversion: 0.1.0\n",
    "name:demo",
    /a colon and a space/,
    /write `name: demo`/,
  ],
  "no colon": ["name demo\nversion: 0.1.0\n", "name demo", /a colon and a space/, /write `name: demo`/],
  "a key alone": ["name: demo\nlicense\nversion: 0.1.0\n", "license", /a colon/, /write `license:`/],
  "a sign that YAML keeps for itself": ["author: @ada\n", "@", /cannot start with `@`/, /quotes/],
  "a quote that is not closed": [
    'name: "demo\nversion: 0.1.0\n',
    "",
    /a `"` is opened and not closed/,
    /close it/,
  ],
  "a bracket that is not closed": [
    "tags: [a, b\nversion: 0.1.0\n",
    "v",
    /a `\[` is opened and not closed/,
    /close it/,
  ],
  "text after a closed quote": ["name: 'it's'\n", "s'", /the value before this has ended/, /quotes/],
};

for (const [name, [text, marked, message, help]] of Object.entries(mistakes)) {
  test(name, () => {
    const [only, ...others] = found(text);
    assert.is(only?.code, "NX1003");
    assert.equal(others, []);
    assert.match(only?.message ?? "", message);
    assert.match(only?.help ?? "", help);
    const { start, end } = only?.span ?? { start: { offset: 0 }, end: { offset: 0 } };
    assert.ok(text.slice(start.offset, end.offset).startsWith(marked));
  });
}

test("two mistakes are two findings", () => {
  assert.is(found("description: say: hi\nauthor: @ada\n").length, 2);
});

test("a permission that is no text hides no fault of the others", () => {
  const text =
    "name: demo\nversion: 0.1.0\nentrypoint: src/index.A\npermissions:\n  - netwrk\n  - 3\n  - exec: git\n";
  assert.equal(
    found(text).map(({ code, span }) => `${code} ${span?.start.line}`),
    ["NX1005 6", "NX1005 7", "NX1011 5"],
  );
});

test("where plugins are below, they are named", async () => {
  const root = mkdtempSync(join(tmpdir(), "noxus-below-"));
  try {
    for (const folder of ["plugins/one", "plugins/two", "node_modules/other", "a/b/c"]) {
      mkdirSync(join(root, folder), { recursive: true });
      writeFileSync(join(root, folder, "plugin.yaml"), "name: demo\n");
    }
    const { diagnostics } = await readPluginFile(root);
    assert.is(diagnostics[0]?.help, "name the plugin's folder: `plugins/one`, `plugins/two`");
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

test.run();
