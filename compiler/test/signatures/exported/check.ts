import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Worker } from "node:worker_threads";
import { packagesFolder } from "../../packages/harness.ts";
import type { Outcome } from "../compare.ts";
import type { ExportedType } from "./exports.ts";

export interface Batch {
  readonly types: readonly ExportedType[];
  readonly modules: string;
  readonly typeRoots: readonly string[];
  readonly seed: number;
  readonly values: number;
}

export interface Verdict {
  /** `refused` with a diagnostic, `agrees` on every value, `differs` on one, or noxus did not come back with either. */
  readonly kind: "agrees" | "differs" | "refused" | "invalid" | "hangs" | "crashes";
  readonly pairs: number;
  /** Pairs that TypeScript accepts. */
  readonly accepted: number;
  /** Pairs on which the verdicts differ as `exceptions.ts` says. */
  readonly excepted: number;
  /** Codes of the diagnostics, or what differs. */
  readonly detail: string;
}

export type Checked = Verdict & { readonly type: ExportedType };

/** node_modules with the packages. */
export const modules: string = join(packagesFolder, "node_modules");

/** The types of Node that noxus supplies. */
export const typeRoots: readonly string[] = [
  join(modules, "@types"),
  dirname(dirname(createRequire(import.meta.url).resolve("@types/node/package.json"))),
];

/** Longest for starting and loading the packages' declarations, and for each type of a batch besides, ms of a busy machine. */
const startLimit = 90_000;
const typeLimit = 2_000;

/**
 * Checks every type. A batch that takes too long or dies is cut in halves until the type that does it stands alone: a hang
 * or a crash belongs to one type.
 */
export async function checkTypes(
  types: readonly ExportedType[],
  seed: number,
  values: number,
): Promise<readonly Checked[]> {
  if (types.length === 0) return [];
  const result = await runBatch({ types, modules, typeRoots, seed, values });
  if (typeof result !== "string") return result;
  const [only] = types;
  if (types.length === 1 && only !== undefined) {
    const kind = result === "" ? "hangs" : "crashes";
    return [{ type: only, kind, ...nothing, detail: result }];
  }
  const half = Math.ceil(types.length / 2);
  const first = await checkTypes(types.slice(0, half), seed, values);
  return [...first, ...(await checkTypes(types.slice(half), seed, values))];
}

/** What the thread found; "" when it was cut off, else what killed it. */
function runBatch(batch: Batch): Promise<readonly Checked[] | string> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData: batch });
  return new Promise((resolve) => {
    const timer = setTimeout(() => end(""), startLimit + typeLimit * batch.types.length);
    const end = (result: readonly Checked[] | string): void => {
      clearTimeout(timer);
      worker.terminate().then(() => resolve(result));
    };
    worker.once("message", end);
    worker.once("error", (error) =>
      end(error instanceof Error ? (error.stack ?? error.message) : String(error)),
    );
  });
}

const nothing = { pairs: 0, accepted: 0, excepted: 0 };

export function verdictOf(outcome: Outcome): Verdict {
  if (outcome.kind === "invalid") return { kind: "invalid", ...nothing, detail: outcome.reason };
  if (outcome.kind === "refused") {
    const detail = outcome.compiled.codes.join(" ");
    return { kind: "refused", ...nothing, detail };
  }
  const { pairs, accepted, faults, schema } = outcome;
  const excepted = Object.values(outcome.excepted).reduce((sum, count) => sum + count, 0);
  const kind = faults.length > 0 ? "differs" : "agrees";
  const detail = faults.length > 0 ? `${JSON.stringify(faults[0])} ${JSON.stringify(schema)}` : "";
  return { kind, pairs, accepted, excepted, detail };
}

/** One line a package: types by verdict, then pairs, those that TypeScript accepts, and those excepted. */
export function formatTable(checked: readonly Checked[]): string {
  const head = ["types", ...kinds, ...sums].map((word) => word.padStart(9)).join("");
  const names = [...new Set(checked.map(({ type }) => type.package))];
  const rows = names.map((name) =>
    formatRow(
      name,
      checked.filter(({ type }) => type.package === name),
    ),
  );
  return [`${"package".padEnd(24)}${head}`, ...rows, formatRow("all", checked)].join("\n");
}

const kinds = ["agrees", "refused", "differs", "invalid", "hangs", "crashes"] as const;
const sums = ["pairs", "accepted", "excepted"] as const;

export function formatRow(name: string, checked: readonly Checked[]): string {
  const cells = [
    checked.length,
    ...kinds.map((kind) => checked.filter((entry) => entry.kind === kind).length),
    ...sums.map((key) => checked.reduce((sum, entry) => sum + entry[key], 0)),
  ];
  return `${name.padEnd(24)}${cells.map((cell) => String(cell).padStart(9)).join("")}`;
}
