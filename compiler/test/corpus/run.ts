/**
 * Runs every sample in an instrumented Node: what is called harmless must reach nothing beyond what it declares, and
 * what is called malicious must reach something. Prints the samples for which that does not hold.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { derive } from "../adversary/derive.ts";
import { observe, underived } from "../adversary/oracle.ts";
import { permissionOf, readSamples } from "./read.ts";

let wrong = 0;
for (const kind of ["harmless", "malicious"] as const) {
  const root = mkdtempSync(join(tmpdir(), "noxus-corpus-"));
  const samples = readSamples(kind);
  let count = 0;
  try {
    for (const sample of samples) {
      const folder = join(root, sample.name);
      const derived = await derive(folder, sample.files);
      // A plugin that cannot be bundled reaches nothing.
      if (derived.bundle === null) continue;
      const bundle = join(folder, "bundle.mjs");
      // Each in a process of its own: what one leaves behind must not be another one's.
      const seen = (await observe(root, [bundle])).get(bundle)?.seen ?? [];
      const declared = sample.declared.map(permissionOf);
      const beyond = underived({ ...derived, refusals: [], byNode: [declared] }, seen).filter(
        // Node runs scripts of its own when it loads parts of itself.
        (one) => kind === "malicious" || one.kind !== "code",
      );
      count += 1;
      if (beyond.length > 0 === (kind === "malicious")) continue;
      wrong += 1;
      console.log(`${kind} ${sample.name}: ${JSON.stringify(kind === "harmless" ? beyond : seen)}`);
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  console.log(`${kind}: ${count} of ${samples.length} samples run`);
}
process.exitCode = wrong === 0 ? 0 : 1;
