/**
 * The adversary at length.
 *
 *   node compiler/test/adversary/run.ts [--count 20000] [--seed N] [--keep 40]
 *
 * `SEED` and `COUNT` in the environment do the same. Exit code 1 when something was reached that was not derived, or
 * the analysis threw, an honest case reached something, or a node of several was given what another one reaches.
 */
import { parseArgs } from "node:util";
import { nodeBinaries } from "../../../scripts/node-versions.ts";
import { attack, formatFault, formatReport, freshSeed } from "./campaign.ts";
import { attackCrowds, formatCrowdFault, formatCrowds } from "./crowd.ts";
import { observe } from "./oracle.ts";
import { formatWitness, testify, type Witness } from "./others.ts";
import { observeSystem, straceFault } from "./strace.ts";

const { values } = parseArgs({
  options: { count: { type: "string" }, seed: { type: "string" }, keep: { type: "string" } },
});
const count = Number(values.count ?? process.env.COUNT ?? 20_000);
const seed = Number(values.seed ?? process.env.SEED ?? freshSeed());
console.log(`seed ${seed}, ${count} cases`);
const report = await attack({
  seed,
  count,
  honest: 0.3,
  metamorphic: 0.03,
  keep: Number(values.keep ?? 40),
  progress: (done) => {
    if (done % 2_400 === 0) console.log(`${done} cases`);
  },
});
for (const fault of report.faults) console.log(`${formatFault(fault)}\n`);
console.log(formatReport(report));
const crowds = await attackCrowds(seed, Math.ceil(count / 25));
for (const fault of crowds.faults) console.log(`${formatCrowdFault(fault)}\n`);
console.log(formatCrowds(crowds));
const witnesses = new Map<string, Witness>(
  (await nodeBinaries()).map(({ version, path }) => [
    `Node ${version}`,
    (folder, bundles) => observe(folder, bundles, { node: path }),
  ]),
);
const fault = straceFault();
if (fault === null) witnesses.set("strace", observeSystem);
else console.warn(`${fault}: nothing was checked by the kernel's own word`);
let unforeseen = 0;
for (const [name, witness] of witnesses) {
  const said = await testify(witness, seed, Math.ceil(count / 10));
  unforeseen += said.underived.length;
  for (const line of said.underived) console.log(`${name}: ${line}`);
  console.log(formatWitness(name, said));
}
process.exitCode =
  unforeseen + crowds.faults.length + report.underived + report.crashes + report.dishonest > 0 ? 1 : 0;
