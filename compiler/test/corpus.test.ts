import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { derive } from "./adversary/derive.ts";
import { readSamples, refusalOf, type Sample } from "./corpus/read.ts";

/** What the analysis says about each sample; null where it accepts it. */
async function verdicts(samples: readonly Sample[]): Promise<ReadonlyMap<string, string | null>> {
  const root = mkdtempSync(join(tmpdir(), "noxus-corpus-"));
  const result = new Map<string, string | null>();
  try {
    for (const sample of samples) {
      if (result.has(sample.name)) throw new Error(`two samples are called ${sample.name}`);
      result.set(sample.name, refusalOf(sample, await derive(join(root, sample.name), sample.files)));
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  return result;
}

test("harmless plugins that declare what they need are accepted, but for the ones that the README explains", async () => {
  const samples = readSamples("harmless");
  const found = await verdicts(samples);
  const refused = [...found].flatMap(([name, reason]) => (reason === null ? [] : [`${name}: ${reason}`]));
  const expected = samples.filter(({ isRefused }) => isRefused).map(({ name }) => name);
  assert.equal(
    refused.map((line) => line.split(":")[0]),
    expected,
    refused.join("\n"),
  );
  assert.ok(expected.length <= samples.length * 0.03);
});

test("plugins that reach what they do not declare are refused, every one", async () => {
  const found = await verdicts(readSamples("malicious"));
  assert.equal(
    [...found].flatMap(([name, reason]) => (reason === null ? [name] : [])),
    [],
  );
});

test.run();
