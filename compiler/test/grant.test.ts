/** The edits of plugin.yaml that findings about missing permissions carry. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { analyze } from "../index.ts";
import { applyEdits } from "../load/edit.ts";

const fixture = fileURLToPath(new URL("fixtures/NX3001-fetch-through-helper", import.meta.url));

/** The findings of the fixture with another plugin.yaml. */
async function findingsWith(change: (text: string) => string) {
  const folder = mkdtempSync(join(tmpdir(), "noxus-grant-"));
  try {
    cpSync(fixture, folder, { recursive: true });
    const file = join(folder, "plugin.yaml");
    const text = change(readFileSync(file, "utf8"));
    writeFileSync(file, text);
    const { diagnostics } = await analyze(folder);
    const found = diagnostics.filter(({ code }) => code === "NX3001");
    const apply = async (next: string) => {
      writeFileSync(file, next);
      return (await analyze(folder)).diagnostics.filter(({ code }) => code === "NX3001");
    };
    const [first] = found;
    assert.ok(first);
    const after = first.fix === null ? null : await apply(applyEdits(text, first.fix.edits));
    return { text, first, found, after };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("a missing permission carries the edit that declares it, and comments stay", async () => {
  const { text, first, found, after } = await findingsWith((yaml) => `# kept\n${yaml}# last\n`);
  assert.ok(first.permission !== null && first.fix !== null);
  assert.is(first.fix.kind, "grant");
  assert.is(first.fix.title, `declare \`${first.permission}\``);
  assert.equal(
    first.fix.edits.map(({ file }) => file),
    ["plugin.yaml"],
  );
  const next = applyEdits(text, first.fix.edits);
  assert.ok(next.startsWith("# kept\n") && next.includes("# last"));
  assert.equal(
    after?.map(({ permission }) => permission),
    found.map(({ permission }) => permission).filter((name) => name !== first.permission),
  );
});

test("there is no edit where the layout has no place for it", async () => {
  const { first } = await findingsWith(
    (yaml) => `${yaml}\nx-list: &list [env:SOMETHING_ELSE]\npermissions: *list\n`,
  );
  assert.is(first.fix, null);
  assert.ok(first.permission !== null);
});

test.run();
