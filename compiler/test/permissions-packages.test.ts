/**
 * Real packages, used as plugins use them: what noxus finds, against what is right (`packages/table.ts`,
 * `packages/sample.ts`) and against what a run was seen to reach (`packages/oracle.ts`). A part of the table, or all of
 * it with `PACKAGES=all` (some minutes); `UPDATE=1` rewrites the lines of what was measured in `packages/measured.txt`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { covers, type Permission, parsePermission } from "../permissions/permission.ts";
import {
  checkSource,
  installPackages,
  installSample,
  observe,
  openWorkspace,
  packagesFolder,
  sampleFolder,
} from "./packages/harness.ts";
import type { Observation } from "./packages/oracle.ts";
import { type SampleRow, sampleRows } from "./packages/sample.ts";
import { type PackageRow, rows } from "./packages/table.ts";
import { plugin } from "./permissions-setup.ts";

interface Verdict {
  /** Those that a broader one of them covers are left out. */
  readonly permissions: readonly string[];
  readonly refused: readonly string[];
}

interface Measured {
  readonly row: PackageRow | SampleRow;
  readonly verdict: Verdict;
  /** Null where it cannot be bundled. */
  readonly observed: Observation | null;
  /** UTF-16 units. */
  readonly size: number;
  readonly findMs: number;
  readonly bundleMs: number;
}

/**
 * Honest uses that are refused all the same, each with its reason in the table. The goal is 2 % of the honest ones; as
 * long as it is missed, this list may only shrink: a new name fails, and so does one that is no longer refused.
 */
const refusedThoughHonest: ReadonlySet<string> = new Set(
  `cheerio lodash @azure/storage-blob @anthropic-ai/sdk pino execa
  front-matter underscore flexsearch jsdom twilio log4js bluebird
  exceljs jsonpath-plus pdf-lib`.split(/\s+/),
);

const isAll = process.env.PACKAGES === "all";
/** Over a megabyte each, and refused for what they really hold. */
const large: ReadonlySet<string> = new Set(["cheerio", "@azure/storage-blob", "@anthropic-ai/sdk"]);
const part = rows.filter(({ name }, i) => i % 3 === 0 || (refusedThoughHonest.has(name) && !large.has(name)));

const file = join(packagesFolder, "measured.txt");
installPackages();
if (isAll) installSample();
const measured = [
  ...(await measure(isAll ? rows : part, packagesFolder)),
  ...(isAll ? await measure(sampleRows, sampleFolder) : []),
];
const readKnown = (): Map<string | undefined, string> =>
  new Map(
    readFileSync(file, "utf8")
      .split("\n")
      .map((line) => [line.split(" ")[0], line]),
  );
if (process.env.UPDATE === "1") {
  const lines = readKnown();
  for (const { row, verdict } of measured) lines.set(row.name, lineOf(row.name, verdict));
  const all = [...rows, ...sampleRows].flatMap(({ name }) => lines.get(name) ?? []);
  writeFileSync(file, all.map((line) => `${line}\n`).join(""));
}
const known = readKnown();

for (const { row, verdict, observed } of measured) {
  const reached = observed?.reached ?? [];
  const right = "right" in row ? row.right : null;

  test(`${row.name} is found as it is known`, () => {
    assert.equal(
      lineOf(row.name, verdict),
      known.get(row.name),
      "changed: `make packages update=1` and review the difference",
    );
  });

  test(`${row.name} needs nothing that noxus does not find`, () => {
    const isCovered = (needed: string): boolean =>
      verdict.permissions.some((own) => covers(permissionOf(own), permissionOf(needed)));
    if (verdict.refused.length === 0) {
      assert.equal(
        [...(right ?? []), ...reached.filter((name) => name !== "code")].filter(
          (needed) => !isCovered(needed),
        ),
        [],
      );
    }
    for (const code of row.refused) assert.ok(verdict.refused.includes(code), `${code} is missing`);
    if (reached.includes("code")) assert.ok(verdict.refused.includes("NX3004"));
  });

  test(`${row.name} reaches nothing that the table does not say`, () => {
    const isRight = (needed: string): boolean =>
      needed === "code"
        ? row.refused.includes("NX3004")
        : right === null || right.some((own) => covers(permissionOf(own), permissionOf(needed)));
    assert.equal(
      reached.filter((needed) => !isRight(needed)),
      [],
    );
  });

  test(`${row.name} has a reason in the table where noxus asks for more, and only there`, () => {
    assert.equal(row.why === null, isExact(row, verdict), lineOf(row.name, verdict));
  });
}

test("the uses run as they would in a plugin", () => {
  const broken = measured.filter(
    ({ row, verdict, observed }) =>
      observed !== null &&
      observed.error !== null &&
      row.kind !== "network" &&
      row.kind !== "exec" &&
      // What the second line refuses may break.
      ("right" in row || verdict.refused.length === 0),
  );
  assert.equal(
    broken.map(({ row, observed }) => `${row.name}: ${observed?.error}`),
    [],
  );
});

test("at least 60 packages are in the table, and no honest one is refused but those that are known", () => {
  assert.ok(rows.length >= 60 && sampleRows.length >= 120);
  const honest = measured.filter(({ row }) => row.refused.length === 0);
  const refused = honest.filter(({ verdict }) => verdict.refused.length > 0);
  const total = (key: "size" | "findMs" | "bundleMs"): number =>
    measured.reduce((sum, one) => sum + one[key], 0);
  const perMb = (ms: number): string => `${Math.round(ms / (total("size") / 1e6))} ms per MB`;
  console.log(
    [
      "",
      `packages ${measured.length}; as the table has it ${measured.filter(({ row, verdict }) => isExact(row, verdict)).length}`,
      ...(isAll
        ? [share("table", rows), share("sample", sampleRows), share("all", [...rows, ...sampleRows])]
        : []),
      `${(total("size") / 1e6).toFixed(1)} MB; permissions ${perMb(total("findMs"))}, bundling ${perMb(total("bundleMs"))}`,
    ].join("\n"),
  );
  const expected = measured.filter(({ row }) => refusedThoughHonest.has(row.name));
  assert.equal(
    refused.map(({ row }) => row.name),
    expected.map(({ row }) => row.name),
  );
});

test.run();

/** How many honest uses are refused, under both readings of README.md. */
function share(title: string, of: readonly (PackageRow | SampleRow)[]): string {
  const honest = measured.filter(({ row }) => of.includes(row) && row.refused.length === 0);
  const refused = honest.filter(({ verdict }) => verdict.refused.length > 0);
  const strict = honest.filter(({ row }) => row.refusable === undefined);
  const strictRefused = strict.filter(({ verdict }) => verdict.refused.length > 0);
  const percent = (some: readonly Measured[], all: readonly Measured[]): string =>
    `${some.length} of ${all.length} (${((100 * some.length) / all.length).toFixed(1)} %)`;
  return `${title}: honest by use and refused ${percent(refused, honest)}, by value ${percent(strictRefused, strict)}; goal 2 %`;
}

/** Analyses one package after the other, while the oracle runs the bundles before it. */
async function measure(
  of: readonly (PackageRow | SampleRow)[],
  folder: string,
): Promise<readonly Measured[]> {
  const workspace = openWorkspace(join(folder, "node_modules"));
  try {
    const pending: Promise<Measured>[] = [];
    for (const row of of) {
      const name = row.name.replace(/\W/g, "-");
      const checked = await checkSource(workspace, `${name}.ts`, plugin(row.imports, row.body));
      const { bundle, found, diagnostics, findMs, bundleMs } = checked;
      const errors = diagnostics.filter(({ severity }) => severity === "error");
      const verdict: Verdict = {
        permissions: leastOf(found?.permissions.used.map(({ permission }) => permission) ?? []),
        refused: [...new Set(errors.map(({ code }) => code))].sort(),
      };
      const size = bundle?.text.length ?? 0;
      const seen = bundle === null ? Promise.resolve(null) : observe(workspace, `${name}.mjs`, bundle.text);
      pending.push(seen.then((observed) => ({ row, verdict, observed, size, findMs, bundleMs })));
    }
    return await Promise.all(pending);
  } finally {
    workspace.remove();
  }
}

function leastOf(permissions: readonly string[]): readonly string[] {
  const isCovered = (one: string): boolean =>
    permissions.some((other) => other !== one && covers(permissionOf(other), permissionOf(one)));
  return permissions.filter((one) => !isCovered(one)).sort();
}

/** Of a use in the sample only what is refused is held against the table. */
function isExact(row: PackageRow | SampleRow, verdict: Verdict): boolean {
  const isRight = !("right" in row) || row.right.join() === verdict.permissions.join();
  return isRight && row.refused.join() === verdict.refused.join();
}

function lineOf(name: string, { permissions, refused }: Verdict): string {
  return [name, ...permissions, ...refused].join(" ");
}

function permissionOf(text: string): Permission {
  const parsed = parsePermission(text);
  if (!("permission" in parsed)) throw new Error(`${text}: ${parsed.reason}`);
  return parsed.permission;
}
