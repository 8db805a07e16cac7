/**
 * Types that well-known packages export, as a parameter: a schema that agrees with TypeScript, or a diagnostic, never a
 * hang or a crash. A few of some packages; `make exported-types` checks all.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { seeded } from "../adversary/random.ts";
import { installPackages } from "../packages/harness.ts";
import { type Checked, checkTypes, formatTable, modules, typeRoots } from "./exported/check.ts";
import { exportedTypes } from "./exported/exports.ts";
import { openWorkspace } from "./subject.ts";

/** Those whose declarations load fast. */
const light: readonly string[] = [
  "@google/generative-ai",
  "ajv",
  "axios",
  "commander",
  "csv-parse",
  "dayjs",
  "fast-xml-parser",
  "fuse.js",
  "joi",
  "jose",
  "ky",
  "marked",
  "p-queue",
  "pino",
  "undici",
  "winston",
  "yaml",
];
const each = 5;

let checked: readonly Checked[] = [];
test.before(async () => {
  installPackages();
  const workspace = openWorkspace(modules);
  try {
    const random = seeded(11);
    const all = exportedTypes(workspace.root, light, typeRoots);
    const chosen = light.flatMap((name) => {
      const own = all.filter((type) => type.package === name);
      return Array.from({ length: Math.min(each, own.length) }, () =>
        own.splice(random.below(own.length), 1),
      ).flat();
    });
    checked = await checkTypes(chosen, 11, 6);
    console.log(formatTable(checked));
  } finally {
    workspace.remove();
  }
});

test("types of more than fifteen packages are checked", () => {
  assert.ok(new Set(checked.map(({ type }) => type.package)).size > 15);
});

test("each has a schema that agrees with TypeScript, or a diagnostic", () => {
  const wrong = checked.filter(({ kind }) => kind === "differs" || kind === "hangs" || kind === "crashes");
  assert.equal(
    wrong.map(({ type, kind, detail }) => `${type.package} ${type.text} ${kind}: ${detail}`),
    [],
  );
});

test("most of them are no empty comparison", () => {
  const compared = checked.filter(({ kind }) => kind === "agrees");
  assert.ok(compared.length > 30, `${compared.length} types have a schema`);
  assert.ok(compared.filter(({ accepted }) => accepted > 0).length > 0.8 * compared.length);
});

test.run();
