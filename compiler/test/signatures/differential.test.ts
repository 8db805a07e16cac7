/**
 * Random signatures: what noxus makes of them against TypeScript's own verdict, on values made from the types and changed.
 * `make differential` draws more.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { differential, formatFault, formatReport, type Report } from "./campaign.ts";
import { constructs } from "./generate.ts";

let report: Report;
test.before(async () => {
  report = await differential({ seed: 4, count: 192, values: 22, shrunk: 3 });
  console.log(formatReport(report));
});

test("every schema agrees with TypeScript on every value", () => {
  assert.equal(report.faults.slice(0, 3).map(formatFault), []);
});

test("thousands of pairs are compared, and both verdicts are frequent", () => {
  assert.ok(report.pairs > 3500, `${report.pairs} pairs`);
  const share = report.accepted / report.pairs;
  assert.ok(share > 0.25 && share < 0.75, `TypeScript accepts ${share}`);
});

test("every construct is drawn, and TypeScript understands each", () => {
  const rare = Object.keys(constructs).filter((name) => (report.drawn[name] ?? 0) === 0);
  assert.equal(rare, []);
  assert.equal(report.invalid, []);
});

test.run();
