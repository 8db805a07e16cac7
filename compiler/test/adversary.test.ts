import { test } from "uvu";
import * as assert from "uvu/assert";
import { attack, formatFault, formatReport, type Report } from "./adversary/campaign.ts";

const count = Number(process.env.COUNT ?? 1_500);

/**
 * The same cases in every run, so that a commit is judged by what it changed; `SEED` tries others, and
 * `make adversary` many more.
 */
const seeds = process.env.SEED === undefined ? [20_260_704, 4_242] : [Number(process.env.SEED)];

for (const seed of seeds) {
  const name = `seed ${seed}`;
  let report: Report | null = null;

  test(`${name}: nothing is reached that was not derived`, async () => {
    report = await attack({
      seed,
      count: Math.ceil(count / seeds.length),
      honest: 0.3,
      metamorphic: 0.02,
      keep: 6,
    });
    console.log(formatReport(report));
    const faults = report.faults.filter(({ kind }) => kind !== "false alarm");
    if (faults.length > 0) console.log(faults.map(formatFault).join("\n"));
    assert.is(report.underived, 0, "a running plugin reached what no permission and no refusal covers");
    assert.is(report.crashes, 0, "the analysis threw, or did not end");
    assert.is(report.unstable, 0, "the same plugin written otherwise got another verdict");
  });

  test(`${name}: the oracle sees every kind, in most of the cases`, () => {
    assert.equal(report?.kinds, ["code", "env", "exec", "fs:read", "fs:write", "network"]);
    assert.ok(report !== null && report.observed > 0.8 * report.adversarial);
  });

  test(`${name}: honest code is almost never refused, and reaches nothing`, () => {
    assert.ok(report !== null && report.honest > 0);
    const alarms = report.faults.filter(({ kind }) => kind === "false alarm");
    if (report.falseAlarms > 0.02 * report.honest) console.log(alarms.map(formatFault).join("\n"));
    assert.is(report.dishonest, 0);
    assert.ok(
      report.falseAlarms <= 0.02 * report.honest,
      `${report.falseAlarms} of ${report.honest} refused`,
    );
  });
}

test.run();
