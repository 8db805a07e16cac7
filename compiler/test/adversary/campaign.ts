import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Analyst, startAnalyst } from "./analyst.ts";
import type { Derived } from "./derive.ts";
import { type Case, describe, generate, type Rendering, render, simpler, usual } from "./generate.ts";
import { type Observation, type Outcome, observe, secondLine, underived } from "./oracle.ts";
import { seeded } from "./random.ts";

/** A finding of the adversary against the analysis, in its smallest form. */
export interface Fault {
  readonly kind: "underived" | "false alarm" | "crash" | "unstable";
  readonly choices: string;
  /** What was observed, refused, thrown, or how two verdicts differ. */
  readonly what: string;
  readonly derived: string;
  readonly files: Readonly<Record<string, string>>;
}

export interface Report {
  readonly seed: number;
  readonly cases: number;
  /** Different sets of files. */
  readonly distinct: number;
  /** Adversarial cases, and of them: those that reached something when run, those that were refused, those that no permission and no refusal covers. */
  readonly adversarial: number;
  readonly observed: number;
  /** Kinds of what was observed, sorted: an oracle that is blind in one is no oracle. */
  readonly kinds: readonly string[];
  readonly refused: number;
  readonly underived: number;
  /** Adversarial cases that were underived, but that the runner's own flags stop. */
  readonly secondLine: number;
  /** Adversarial cases without a bundle: refused before anything can run. */
  readonly unbundled: number;
  readonly honest: number;
  readonly falseAlarms: number;
  /** Honest cases in which something was observed: a fault of the generator. */
  readonly dishonest: number;
  /** Cases on which the analysis threw. */
  readonly crashes: number;
  /** Pairs of verdicts compared, and those that differ. */
  readonly variants: number;
  readonly unstable: number;
  readonly ms: number;
  readonly faults: readonly Fault[];
}

export interface Options {
  readonly seed: number;
  readonly count: number;
  /** Share of honest cases, 0 to 1. */
  readonly honest: number;
  /** Share of cases that are also written in other ways and compared. */
  readonly metamorphic: number;
  /** Most faults that are reduced and kept; all are counted. */
  readonly keep: number;
  readonly progress?: (done: number) => void;
}

interface Checked {
  readonly given: Case;
  readonly root: string;
  readonly files: Readonly<Record<string, string>>;
  readonly derived: Derived | null;
  readonly thrown: string | null;
}

const variations: Readonly<Record<string, Rendering>> = {
  "renamed identifiers": { ...usual, prefix: "renamedThing" },
  "one alias more": { ...usual, isAliased: true },
  "split into another module": { ...usual, isSplit: true },
  "minified white space": { ...usual, isMinified: true },
  "wrapped in a function": { ...usual, isWrapped: true },
  "independent statements reordered": { ...usual, isReordered: true },
};

/** Cases that go to one instrumented process. */
const batch = 120;

/** Generates, analyses, runs and compares `count` cases. Everything it writes is in a folder that it removes. */
export async function attack(options: Options): Promise<Report> {
  const started = performance.now();
  const random = seeded(options.seed);
  const analyst = startAnalyst();
  const folder = mkdtempSync(join(tmpdir(), "noxus-adversary-"));
  const totals = {
    adversarial: 0,
    observed: 0,
    refused: 0,
    underived: 0,
    secondLine: 0,
    unbundled: 0,
    honest: 0,
    falseAlarms: 0,
    dishonest: 0,
    crashes: 0,
    variants: 0,
    unstable: 0,
  };
  const texts = new Set<string>();
  const kinds = new Set<string>();
  const faults: Fault[] = [];
  const known = new Set<string>();
  try {
    let waiting: {
      readonly checked: readonly Checked[];
      readonly outcomes: Promise<ReadonlyMap<string, Outcome>>;
    } | null = null;
    for (let from = 0; from < options.count || waiting !== null; from += batch) {
      const checked: Checked[] = [];
      for (let id = from; id < Math.min(from + batch, options.count); id += 1) {
        const given = generate(random, id, random.chance(options.honest));
        const one = await check(analyst, folder, given, usual);
        texts.add(JSON.stringify(one.files));
        checked.push(one);
        if (random.chance(options.metamorphic)) await compare(one);
      }
      const bundles = checked.flatMap(({ derived, root }) =>
        derived?.bundle ? [join(root, "bundle.mjs")] : [],
      );
      const next = checked.length === 0 ? null : { checked, outcomes: observe(folder, bundles) };
      // Judging waits for the batch before, which ran while this one was analysed.
      if (waiting !== null) await judge(waiting.checked, await waiting.outcomes);
      waiting = next;
      options.progress?.(Math.min(from + batch, options.count));
    }
  } finally {
    await analyst.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  return {
    seed: options.seed,
    cases: options.count,
    distinct: texts.size,
    ...totals,
    kinds: [...kinds].sort(),
    ms: performance.now() - started,
    faults,
  };

  async function judge(checked: readonly Checked[], outcomes: ReadonlyMap<string, Outcome>): Promise<void> {
    for (const one of checked) {
      const { given, derived } = one;
      if (given.isHonest) totals.honest += 1;
      else totals.adversarial += 1;
      if (derived === null) {
        totals.crashes += 1;
        keep(one, "crash", `${given.sink.name} ${one.thrown}`, one.thrown ?? "", given);
        continue;
      }
      const seen = outcomes.get(join(one.root, "bundle.mjs"))?.seen ?? [];
      if (given.isHonest) {
        if (seen.length > 0) totals.dishonest += 1;
        if (derived.refusals.length + derived.permissions.length > 0) {
          totals.falseAlarms += 1;
          await reduced(one, "false alarm", async (simple) => {
            const again = await check(analyst, folder, simple, usual);
            const found = again.derived;
            return found !== null && found.refusals.length + found.permissions.length > 0
              ? alarm(found)
              : null;
          });
        }
        continue;
      }
      if (derived.bundle === null) totals.unbundled += 1;
      if (derived.refusals.length > 0) totals.refused += 1;
      if (seen.length > 0) totals.observed += 1;
      for (const { kind } of seen) kinds.add(kind);
      if (underived(derived, seen).length === 0) continue;
      // Once more, alone: a case before it must not count. Then under the flags that the runner gives.
      const alone = await holes(one, []);
      if (alone.length === 0) continue;
      if ((await holes(one, secondLine)).length === 0) {
        totals.secondLine += 1;
        continue;
      }
      totals.underived += 1;
      await reduced(one, "underived", async (simple) => {
        const again = await check(analyst, folder, simple, usual);
        const found = await holes(again, secondLine);
        return found.length === 0 ? null : found.map(nameOf).join(", ");
      });
    }
    for (const { root } of checked) rmSync(root, { recursive: true, force: true });
  }

  async function holes(one: Checked, flags: readonly string[]): Promise<readonly Observation[]> {
    if (one.derived === null || one.derived.bundle === null) return [];
    const bundle = join(one.root, "bundle.mjs");
    const outcome = (await observe(folder, [bundle], { flags })).get(bundle);
    return underived(one.derived, outcome?.seen ?? []);
  }

  /** Drops choices as long as the fault stays. */
  async function reduced(
    one: Checked,
    kind: Fault["kind"],
    still: (simple: Case) => Promise<string | null>,
  ): Promise<void> {
    // One of each sort is reduced: the rest is counted.
    if (faults.length >= options.keep) return;
    let smallest = one.given;
    let what = await still(smallest);
    if (kind === "false alarm" && known.has(`${kind} ${what}`)) return;
    for (let changed = true; changed; ) {
      changed = false;
      for (const simple of simpler(smallest)) {
        const found = await still(simple);
        if (found === null) continue;
        smallest = simple;
        what = found;
        changed = true;
        break;
      }
    }
    const steps = smallest.stages.flatMap(({ place, transports }) => [
      place,
      ...transports.map(({ name }) => name),
    ]);
    const sort = [smallest.source?.name, ...steps].join(" ");
    const last = await check(analyst, folder, smallest, usual);
    // One alarm of each wording is enough; a hole may have many ways in.
    keep(
      last,
      kind,
      kind === "false alarm" ? (what ?? "") : `${sort} ${smallest.sink.name}`,
      what ?? "",
      smallest,
    );
  }

  function keep(one: Checked, kind: Fault["kind"], sort: string, what: string, given: Case): void {
    if (faults.length >= options.keep || known.has(`${kind} ${sort}`)) return;
    known.add(`${kind} ${sort}`);
    const derived = one.derived === null ? "nothing" : alarm(one.derived);
    faults.push({ kind, choices: describe(given), what, derived, files: one.files });
  }

  async function compare(one: Checked): Promise<void> {
    if (one.derived === null) return;
    const before = verdict(one.derived);
    for (const [name, how] of Object.entries(variations)) {
      const other = await check(analyst, folder, one.given, how);
      rmSync(other.root, { recursive: true, force: true });
      if (other.derived === null) continue;
      totals.variants += 1;
      const after = verdict(other.derived);
      if (before === after) continue;
      totals.unstable += 1;
      const sort = `${name} ${one.given.stages.flatMap(({ transports }) => transports.map((t) => t.name)).join()}`;
      keep(other, "unstable", sort, `${name}: ${before} became ${after}`, one.given);
    }
  }
}

let folders = 0;

async function check(analyst: Analyst, folder: string, given: Case, how: Rendering): Promise<Checked> {
  folders += 1;
  const root = join(folder, `case-${folders}`);
  const files = render(given, how);
  return { given, root, files, ...(await analyst.ask({ root, files })) };
}

function verdict(derived: Derived): string {
  return [...derived.permissions, ...derived.refusals].join(" ") || "nothing";
}

function alarm(derived: Derived): string {
  return [verdict(derived), ...derived.messages].join("; ");
}

function nameOf({ kind, resource }: Observation): string {
  return resource === null ? kind : `${kind}:${resource}`;
}

/** The report's lines, and a fault's files as they can be pasted. */
export function formatReport(report: Report): string {
  const rate = (part: number, whole: number): string =>
    whole === 0 ? "0 %" : `${((100 * part) / whole).toFixed(2)} %`;
  return [
    `seed ${report.seed}: ${report.cases} cases, ${report.distinct} distinct, ${(report.ms / 1000).toFixed(1)} s`,
    `adversarial ${report.adversarial}: observed ${report.observed} (${rate(report.observed, report.adversarial)}), ` +
      `refused ${report.refused}, without a bundle ${report.unbundled}, ` +
      `observed but not derived ${report.underived}, stopped by the second line only ${report.secondLine}`,
    `honest ${report.honest}: false alarms ${report.falseAlarms} (${rate(report.falseAlarms, report.honest)}), ` +
      `observed ${report.dishonest}`,
    `variants ${report.variants}: other verdicts ${report.unstable}`,
    `crashes ${report.crashes}`,
  ].join("\n");
}

/** A fault with its plugin, as a row of permissions.test.ts. */
export function formatFault(fault: Fault): string {
  const { "src/index.ts": entry = "", ...files } = fault.files;
  const [, head = "", body = ""] =
    /^.*\n([\s\S]*?)export class DemoNode[\s\S]*?Promise<any> {\n([\s\S]*?)\n {2}}\n}/.exec(entry) ?? [];
  const row = {
    name: fault.choices,
    ...(head.trim() === "" ? {} : { head: head.trim() }),
    body: body.trim().replace(/\n\s+/g, "\n"),
    ...(Object.keys(files).length === 0 ? {} : { files }),
  };
  return `${fault.kind}: ${fault.what}\nderived: ${fault.derived}\n${JSON.stringify(row, null, 2)}\n`;
}

/** A seed that differs from run to run; it is printed, so that a run can be repeated. */
export function freshSeed(): number {
  return (Date.now() ^ (process.pid << 12)) >>> 0;
}
