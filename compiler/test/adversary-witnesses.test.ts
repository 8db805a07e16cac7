/**
 * The adversary before other witnesses than this Node: every supported version, and the kernel where it can be asked.
 * `SEED` and `COUNT` try others; `make adversary` asks them about more.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { nodeBinaries } from "../../scripts/node-versions.ts";
import { observe } from "./adversary/oracle.ts";
import { formatWitness, testify } from "./adversary/others.ts";
import { observeSystem, straceFault } from "./adversary/strace.ts";

const seed = Number(process.env.SEED ?? 20_260_704);
const count = Number(process.env.COUNT ?? 120);

for (const { version, path } of await nodeBinaries()) {
  if (version === process.versions.node) continue;
  test(`seed ${seed}: Node ${version} reaches nothing that was not derived`, async () => {
    const report = await testify((folder, bundles) => observe(folder, bundles, { node: path }), seed, count);
    console.log(formatWitness(`Node ${version}`, report));
    assert.equal(report.underived, []);
    assert.equal(report.kinds, ["env", "exec", "fs:read", "fs:write", "network"]);
    assert.ok(report.observed > 0.7 * report.accepted);
  });
}

test(`seed ${seed}: the kernel is asked for nothing that was not derived`, async () => {
  const fault = straceFault();
  if (fault !== null) {
    console.warn(`\n!! ${fault}: ${count} cases were not checked by the kernel's own word\n`);
    return;
  }
  const report = await testify(observeSystem, seed, count);
  console.log(formatWitness("strace", report));
  assert.equal(report.underived, []);
  assert.equal(report.kinds, ["exec", "fs:read", "fs:write"]);
  assert.ok(report.observed > 0.2 * report.accepted);
});

test.run();
