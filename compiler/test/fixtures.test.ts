/**
 * One folder, one case: `fixtures/<code>-<case>/` holds a plugin and `expected.json`. `UPDATE=1` rewrites the
 * expectations; review the difference like code. `NX....-near-...` folders must stay free of that code.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { codes } from "../diagnostics/codes.ts";
import type { Diagnostic, Span } from "../diagnostics/types.ts";
import { type Analysis, analyze } from "../index.ts";

const fixtures = fileURLToPath(new URL("fixtures", import.meta.url));
const all = readdirSync(fixtures).sort();
/** `ONLY=NX30` runs those whose name holds the word. */
const names = all.filter((name) => name.includes(process.env.ONLY ?? ""));

/** Has draft-07's meta-schema. Nothing compares with it when a plugin is compiled. */
const meta = new Ajv({ validateFormats: false });

for (const name of names) {
  test(name, async () => {
    const analysis = await analyze(join(fixtures, name));
    const file = join(fixtures, name, "expected.json");
    const seen = `${JSON.stringify(summary(analysis), null, 2)}\n`;
    if (process.env.UPDATE === "1") writeFileSync(file, seen);
    assert.fixture(seen, readFileSync(file, "utf8"));

    const [code = "", near] = name.split("-");
    const found = analysis.diagnostics.map((entry) => String(entry.code));
    if (near === "near") assert.not(found.includes(code), `${code} is reported for a near miss`);
    else assert.ok(found.includes(code), `${code} is not reported`);
    for (const entry of analysis.diagnostics) checkPlace(entry, join(fixtures, name));
    for (const schema of analysis.nodes.flatMap(({ inputs, outputs }) => [inputs, outputs]))
      assert.ok(meta.validateSchema(schema), `${meta.errorsText()} in ${JSON.stringify(schema)}`);
  });
}

/** Reported where no plugin on disk alone leads: for unreadable files, for images, for Azure. They have tests of their own. */
const withoutFixture = new Set([
  "NX1001",
  "NX1002",
  "NX1010",
  "NX2102",
  "NX2103",
  "NX6005",
  "NX6006",
  "NX6010",
]);
/** Of two versions rather than of one plugin: compat.test.ts asks for a row of its table for each. */
const ofTwoVersions = /^NX5/;

test("every code has a fixture and a page", () => {
  const covered = new Set(all.map((name) => name.split("-")[0]));
  const pages = fileURLToPath(new URL("../diagnostics/pages", import.meta.url));
  for (const code of Object.keys(codes)) {
    assert.ok(
      covered.has(code) || withoutFixture.has(code) || ofTwoVersions.test(code),
      `${code} has no fixture`,
    );
    assert.ok(existsSync(join(pages, `${code}.md`)), `${code} has no page`);
  }
  for (const page of readdirSync(pages)) assert.ok(page.replace(".md", "") in codes, `${page} is of no code`);
});

function summary(analysis: Analysis) {
  return {
    diagnostics: analysis.diagnostics.map((entry) => ({
      code: entry.code,
      severity: entry.severity,
      place: `${entry.file}${entry.span === null ? "" : `:${range(entry.span)}`}`,
      message: entry.message,
      help: entry.help,
      ...(entry.note === null ? {} : { note: entry.note }),
      ...(entry.related.length === 0
        ? {}
        : {
            related: entry.related.map(
              (other) => `${other.file}:${other.span?.start.line}: ${other.message}`,
            ),
          }),
      ...(entry.callPath.length === 0 ? {} : { callPath: entry.callPath.map((step) => step.name) }),
    })),
    nodes: analysis.nodes.map((node) => node.name),
    hasManifest: analysis.manifest !== null,
  };
}

function range(span: Span): string {
  return `${span.start.line}:${span.start.column}-${span.end.line}:${span.end.column}`;
}

/** A span lies in its file, and its line and column agree with its offset. */
function checkPlace(entry: Diagnostic, root: string): void {
  if (entry.span === null) return;
  const text = readFileSync(join(root, entry.file), "utf8");
  const before = text.slice(0, entry.span.start.offset).split("\n");
  assert.is(entry.span.start.line, before.length, `${entry.code}: line`);
  assert.is(entry.span.start.column, (before.at(-1)?.length ?? 0) + 1, `${entry.code}: column`);
  assert.ok(entry.span.end.offset >= entry.span.start.offset && entry.span.end.offset <= text.length);
}

test.run();
