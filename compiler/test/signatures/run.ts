/**
 * The differential test at length.
 *
 *   node compiler/test/signatures/run.ts [--count 5000] [--seed N] [--values 14] [--shrunk 8]
 *
 * Exit code 1 when TypeScript and a schema differ where no exception says so.
 */
import { parseArgs } from "node:util";
import { differential, formatFault, formatReport } from "./campaign.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "5000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    values: { type: "string", default: "14" },
    shrunk: { type: "string", default: "8" },
  },
});
console.log(`seed ${values.seed}, ${values.count} types`);
const report = await differential({
  seed: Number(values.seed),
  count: Number(values.count),
  values: Number(values.values),
  shrunk: Number(values.shrunk),
  progress: (types) => {
    if (types % 1600 === 0) console.log(`${types} types`);
  },
});
for (const fault of report.faults.slice(0, Number(values.shrunk))) console.log(`${formatFault(fault)}\n`);
console.log(formatReport(report));
process.exitCode = report.faults.length > 0 ? 1 : 0;
