/** Plugins with several nodes: each has what it reaches, and not what another one does. `SEED` and `COUNT` as ever. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { attackCrowds, formatCrowdFault, formatCrowds, shapes } from "./adversary/crowd.ts";

const seed = Number(process.env.SEED ?? 4_242);
const count = Number(process.env.COUNT ?? 60);

test(`seed ${seed}: what a node reached is its own, and an honest node is given nothing`, async () => {
  const report = await attackCrowds(seed, count);
  console.log(formatCrowds(report));
  assert.equal(report.faults.map(formatCrowdFault), []);
  assert.ok(report.nodes >= 2 * count && report.honest > 0);
  assert.ok(report.observed > 0.3 * report.nodes);
  assert.equal(new Set(shapes).size, report.shapes.length, "every way to share was tried");
});

test.run();
