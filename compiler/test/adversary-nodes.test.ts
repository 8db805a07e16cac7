/** Plugins with several nodes: each has what it reaches, and not what another one does. `SEED` and `COUNT` as ever. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { attackCrowds, formatCrowdFault, formatCrowds, shapes } from "./adversary/crowd.ts";

const seed = Number(process.env.SEED ?? 4_242);
const count = Number(process.env.COUNT ?? 60);

test(`seed ${seed}: what a node reached is its own, and an honest node is given nothing`, async () => {
  const report = await attackCrowds(seed, count);
  console.log(formatCrowds(report));
  const [refused, others] = [true, false].map((is) =>
    report.faults.filter((one) => (one.kind === "refused") === is),
  );
  assert.equal(others?.map(formatCrowdFault), []);
  // A method that is handed `process` is looked for by its name, and nodes may use one name for two things.
  assert.ok((refused?.length ?? 0) <= count / 50, refused?.map(formatCrowdFault).join("\n"));
  assert.ok(report.nodes >= 2 * count && report.honest > 0);
  assert.ok(report.observed > 0.3 * report.nodes);
  assert.equal(new Set(shapes).size, report.shapes.length, "every way to share was tried");
});

test.run();
