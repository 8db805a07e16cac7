/**
 * Real packages, used as plugins use them: what noxus finds, against what is right (`packages/table.ts`) and against
 * what a run was seen to reach (`packages/oracle.ts`). `UPDATE=1` rewrites `packages/measured.txt`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { covers, type Permission, parsePermission } from "../permissions/permission.ts";
import { checkSource, installPackages, observe, openWorkspace, packagesFolder } from "./packages/harness.ts";
import type { Observation } from "./packages/oracle.ts";
import { type PackageRow, rows } from "./packages/table.ts";
import { plugin } from "./permissions-setup.ts";

interface Verdict {
  /** Those that a broader one of them covers are left out. */
  readonly permissions: readonly string[];
  readonly refused: readonly string[];
}

interface Measured {
  readonly row: PackageRow;
  readonly verdict: Verdict;
  readonly observed: Observation;
  /** UTF-16 units. */
  readonly size: number;
  readonly findMs: number;
  readonly bundleMs: number;
}

const file = join(packagesFolder, "measured.txt");
const measured = await measureAll();
if (process.env.UPDATE === "1") {
  writeFileSync(file, measured.map(({ row, verdict }) => `${lineOf(row.name, verdict)}\n`).join(""));
}
const known = new Map(
  readFileSync(file, "utf8")
    .split("\n")
    .map((line) => [line.split(" ")[0], line]),
);

for (const { row, verdict, observed } of measured) {
  test(`${row.name} is found as it is known`, () => {
    assert.equal(
      lineOf(row.name, verdict),
      known.get(row.name),
      "changed: UPDATE=1 and review the difference",
    );
  });

  test(`${row.name} needs nothing that noxus does not find`, () => {
    const isCovered = (needed: string): boolean =>
      verdict.permissions.some((own) => covers(permissionOf(own), permissionOf(needed)));
    const reached = observed.reached.filter((name) => name !== "code");
    if (verdict.refused.length === 0) {
      assert.equal(
        [...row.right, ...reached].filter((needed) => !isCovered(needed)),
        [],
      );
    }
    for (const code of row.refused) assert.ok(verdict.refused.includes(code), `${code} is missing`);
    if (observed.reached.includes("code")) assert.ok(verdict.refused.includes("NX3004"));
  });

  test(`${row.name} reaches nothing that the table does not say`, () => {
    const isRight = (needed: string): boolean =>
      needed === "code"
        ? row.refused.includes("NX3004")
        : row.right.some((own) => covers(permissionOf(own), permissionOf(needed)));
    assert.equal(
      observed.reached.filter((needed) => !isRight(needed)),
      [],
    );
  });

  test(`${row.name} has a reason in the table where noxus asks for more, and only there`, () => {
    assert.equal(row.why === null, isExact(row, verdict), lineOf(row.name, verdict));
  });
}

test("the uses run as they would in a plugin", () => {
  const broken = measured.filter(
    ({ row, observed }) => observed.error !== null && row.kind !== "network" && row.kind !== "exec",
  );
  assert.equal(
    broken.map(({ row, observed }) => `${row.name}: ${observed.error}`),
    [],
  );
});

/**
 * Honest uses that are refused all the same, each with its reason in the table. The goal is 2 % of the honest ones; as
 * long as it is missed, this list may only shrink: a new name fails, and so does one that is no longer refused.
 */
const refusedThoughHonest: readonly string[] = [
  "@anthropic-ai/sdk",
  "@azure/storage-blob",
  "axios",
  "cheerio",
  "execa",
  "lodash",
  "pino",
  "yargs-parser",
];

test("at least 60 packages are measured, and no honest one is refused but those that are known", () => {
  assert.ok(rows.length >= 60);
  const honest = measured.filter(({ row }) => row.refused.length === 0);
  const refused = honest.filter(({ verdict }) => verdict.refused.length > 0);
  const share = ((100 * refused.length) / honest.length).toFixed(1);
  const exact = measured.filter(({ row, verdict }) => isExact(row, verdict));
  const total = (key: "size" | "findMs" | "bundleMs"): number =>
    measured.reduce((sum, one) => sum + one[key], 0);
  const perMb = (ms: number): string => `${Math.round(ms / (total("size") / 1e6))} ms per MB`;
  const names = (some: readonly Measured[]): string => some.map(({ row }) => row.name).join(" ");
  console.log(
    [
      "",
      `packages ${rows.length}; exact ${exact.length}; more than right, with its reason ${rows.length - exact.length}`,
      `honest ${honest.length}; of these refused ${refused.length} (${share} %, goal 2 %): ${names(refused)}`,
      `${(total("size") / 1e6).toFixed(1)} MB; permissions ${perMb(total("findMs"))}, bundling ${perMb(total("bundleMs"))}`,
    ].join("\n"),
  );
  assert.equal(refused.map(({ row }) => row.name).sort(), refusedThoughHonest);
});

test.run();

/** Analyses one package after the other, while the oracle runs the bundles before it. */
async function measureAll(): Promise<readonly Measured[]> {
  installPackages();
  const workspace = openWorkspace(join(packagesFolder, "node_modules"));
  try {
    const pending: Promise<Measured>[] = [];
    for (const row of rows) {
      const name = row.name.replace(/\W/g, "-");
      const checked = await checkSource(workspace, `${name}.ts`, plugin(row.imports, row.body));
      const { bundle, found, diagnostics, findMs, bundleMs } = checked;
      if (bundle === null || found === null) {
        throw new Error(`${row.name} cannot be bundled: ${diagnostics.map(({ message }) => message).join()}`);
      }
      const errors = diagnostics.filter(({ severity }) => severity === "error");
      const verdict: Verdict = {
        permissions: leastOf(found.permissions.used.map(({ permission }) => permission)),
        refused: [...new Set(errors.map(({ code }) => code))].sort(),
      };
      const size = bundle.text.length;
      pending.push(
        observe(workspace, `${name}.mjs`, bundle.text).then((observed) => ({
          row,
          verdict,
          observed,
          size,
          findMs,
          bundleMs,
        })),
      );
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

function isExact(row: PackageRow, verdict: Verdict): boolean {
  return row.right.join() === verdict.permissions.join() && row.refused.join() === verdict.refused.join();
}

function lineOf(name: string, { permissions, refused }: Verdict): string {
  return [name, ...permissions, ...refused].join(" ");
}

function permissionOf(text: string): Permission {
  const parsed = parsePermission(text);
  if (!("permission" in parsed)) throw new Error(`${text}: ${parsed.reason}`);
  return parsed.permission;
}
