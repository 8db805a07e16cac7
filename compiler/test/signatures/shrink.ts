import { seeded } from "../adversary/random.ts";
import { type Fault, isFault } from "./campaign.ts";
import { compare, type Outcome } from "./compare.ts";
import type { Workspace } from "./subject.ts";
import { type Signature, signatureOf, smaller } from "./tree.ts";

const rounds = 20;
const atOnce = 24;

/** The smallest signature found that still has a fault of the same kind; candidates of a round share one plugin. */
export async function shrink(fault: Fault, workspace: Workspace): Promise<Fault> {
  let best = fault;
  for (let round = 0; round < rounds; round++) {
    const candidates = smallerSignatures(best.signature).slice(0, atOnce);
    if (candidates.length === 0) break;
    const outcomes = await compare(candidates, { workspace, random: seeded(round + 1), values: 30 });
    const at = outcomes.findIndex((outcome) => isFault(outcome) && kindOf(outcome) === kindOf(fault.outcome));
    const [signature, outcome] = [candidates[at], outcomes[at]];
    if (signature === undefined || outcome === undefined) break;
    best = { signature, outcome };
  }
  return best;
}

/** Smallest first. */
function smallerSignatures({ parameters }: Signature): readonly Signature[] {
  const fewer = parameters.length > 1 ? parameters.map((parameter) => signatureOf([parameter])) : [];
  const plainer = parameters.flatMap((parameter, i) => [
    ...(parameter.way === "required"
      ? []
      : [signatureOf(parameters.with(i, { ...parameter, way: "required" as const }))]),
    ...smaller(parameter.type).map((type) => signatureOf(parameters.with(i, { ...parameter, type }))),
  ]);
  const size = ({ subject }: Signature): number => subject.declarations.length + subject.parameters.length;
  return [...fewer, ...plainer].sort((a, b) => size(a) - size(b));
}

function kindOf(outcome: Outcome): string {
  if (outcome.kind === "refused") return outcome.compiled.messages[0]?.slice(0, 6) ?? "";
  if (outcome.kind === "invalid") return outcome.kind;
  const [first] = outcome.faults;
  return first?.kind === "value" ? `value ${first.typescript}` : "schema";
}
