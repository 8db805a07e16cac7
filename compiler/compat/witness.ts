import { canonicalJson } from "../../runtime/manifest/canonical.ts";
import type { JsonSchema } from "../../runtime/manifest/types.ts";
import { type Difference, findDifferences } from "./contain.ts";
import { createJudge, type Fault, type Judge } from "./judge.ts";
import { TooComplex } from "./shapes.ts";

/** A difference as it can be told: with a value that ajv tells apart, or as one that was not proven. */
export interface Finding extends Pick<Difference, "path" | "rule" | "wide" | "narrow"> {
  /** What the first schema accepts and the second refuses, because of this difference. */
  readonly witness: { readonly value: unknown } | null;
}

/** Null where the schemas could not be compared to their end; `reason` says why. */
export type Comparison =
  | { readonly kind: "compared"; readonly findings: readonly Finding[] }
  | { readonly kind: "given-up"; readonly reason: string };

/** What `wide` accepts and `narrow` may refuse. No finding at all means: proven that there is no such value. */
export function compareSchemas(wide: JsonSchema, narrow: JsonSchema): Comparison {
  if (canonicalJson(wide) === canonicalJson(narrow)) return { kind: "compared", findings: [] };
  const [from, to] = [createJudge(wide), createJudge(narrow)];
  try {
    const findings = findDifferences(from, to).map((difference) => verified(difference, from, to));
    return { kind: "compared", findings };
  } catch (error) {
    if (!(error instanceof TooComplex)) throw error;
    return { kind: "given-up", reason: error.message };
  }
}

function verified({ path, rule, wide, narrow, candidates }: Difference, from: Judge, to: Judge): Finding {
  const proofs = candidates
    .filter((value) => from.faults(value).length === 0)
    .map((value) => ({ value, faults: to.faults(value) }))
    .filter(({ faults }) => faults.some((fault) => isAt(fault, path)))
    // Of the values that show it, the first with the least other faults.
    .sort((a, b) => a.faults.length - b.faults.length);
  const [best] = proofs;
  return { path, rule, wide, narrow, witness: best === undefined ? null : { value: best.value } };
}

/** Keywords whose fault is told at a value although its reason is inside. */
const outer = new Set(["anyOf", "oneOf", "not", "if", "const", "enum"]);

/** Whether a fault is at this place: at the value itself, within it, or told of an alternative around it. */
function isAt(fault: Fault, path: readonly string[]): boolean {
  const isPrefix = (short: readonly string[], long: readonly string[]): boolean =>
    short.every((key, index) => key === "*" || long[index] === "*" || key === long[index]);
  if (fault.path.length >= path.length) return isPrefix(path, fault.path);
  return outer.has(fault.keyword) && isPrefix(fault.path, path);
}
