import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAnalyst } from "./analyst.ts";
import type { Derived } from "./derive.ts";
import { describe, generate, render, usual } from "./generate.ts";
import { type Observation, type Testimony, underived } from "./oracle.ts";
import { seeded } from "./random.ts";

/** Another witness of what bundles reach: another Node, or the kernel. */
export type Witness = (folder: string, bundles: readonly string[]) => Promise<ReadonlyMap<string, Testimony>>;

export interface WitnessReport {
  readonly cases: number;
  /** Cases that are not refused, and of them those in which something was seen. */
  readonly accepted: number;
  readonly observed: number;
  readonly kinds: readonly string[];
  /** What was seen and not derived, with the choices of the case. */
  readonly underived: readonly string[];
}

const batch = 120;

/** Adversarial cases before another witness. A refused case is not run: its refusal excuses whatever it does. */
export async function testify(witness: Witness, seed: number, count: number): Promise<WitnessReport> {
  const random = seeded(seed);
  const analyst = startAnalyst();
  const folder = mkdtempSync(join(tmpdir(), "noxus-witness-"));
  const totals = { accepted: 0, observed: 0 };
  const kinds = new Set<string>();
  const faults: string[] = [];
  try {
    for (let from = 0; from < count; from += batch) {
      const accepted = new Map<string, { readonly derived: Derived; readonly choices: string }>();
      for (let id = from; id < Math.min(from + batch, count); id++) {
        const given = generate(random, id, false);
        const root = join(folder, `case-${id}`);
        const { derived } = await analyst.ask({ root, files: render(given, usual) });
        if (derived === null || derived.bundle === null || derived.refusals.length > 0) continue;
        accepted.set(join(root, "bundle.mjs"), { derived, choices: describe(given) });
      }
      const outcomes = await witness(folder, [...accepted.keys()]);
      for (const [bundle, { derived, choices }] of accepted) {
        const seen = outcomes.get(bundle)?.seen ?? [];
        const looks = outcomes.get(bundle)?.looks ?? [];
        totals.accepted++;
        if (seen.length + looks.length > 0) totals.observed++;
        for (const { kind } of [...seen, ...looks]) kinds.add(kind);
        if (missingIn(derived, outcomes.get(bundle)).length === 0) continue;
        // Once more, alone: what a case before it left running must not count.
        const missing = missingIn(derived, (await witness(folder, [bundle])).get(bundle));
        if (missing.length > 0) faults.push(`${missing.map(nameOf).join()}: ${choices}`);
      }
    }
  } finally {
    await analyst.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  return { cases: count, ...totals, kinds: [...kinds].sort(), underived: faults };
}

/** What was seen and not derived; a look at a file that may be written is part of writing it. */
function missingIn(derived: Derived, testimony: Testimony | undefined): readonly Observation[] {
  const looks = underived(derived, testimony?.looks ?? []);
  const asWritten = looks.map((look): Observation => ({ ...look, kind: "fs:write" }));
  const unwritten = new Set(underived(derived, asWritten).map(({ resource }) => resource));
  return [
    ...underived(derived, testimony?.seen ?? []),
    ...looks.filter(({ resource }) => unwritten.has(resource)),
  ];
}

function nameOf({ kind, resource }: Observation): string {
  return resource === null ? kind : `${kind}:${resource}`;
}

export function formatWitness(name: string, report: WitnessReport): string {
  const { cases, accepted, observed, kinds, underived: faults } = report;
  return `${name}: ${cases} cases, accepted ${accepted}, observed ${observed} (${kinds.join(" ")}), observed but not derived ${faults.length}`;
}
