/**
 * The example's committed manifest.json is the golden file: it shows what a manifest is, and any change of the
 * compiler's output shows up in review as a difference. `--check` compares byte for byte and writes nothing.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { analyze } from "../compiler/index.ts";
import { canonicalJson } from "../runtime/manifest/canonical.ts";
import { example } from "./noxus.ts";

const file = join(example, "manifest.json");
const analysis = await analyze(example);
for (const entry of analysis.diagnostics)
  console.error(
    `${entry.file}:${entry.span?.start.line ?? 1}: ${entry.severity} ${entry.code}: ${entry.message}`,
  );
if (analysis.manifest === null) process.exit(1);

const text = canonicalJson(analysis.manifest);
if (!process.argv.includes("--check")) writeFileSync(file, text);
else if (readFileSync(file, "utf8") !== text) {
  console.error(
    "example-sentiment/manifest.json is not what its sources give: run `make golden` and review the difference",
  );
  process.exit(1);
}
