import { seeded } from "../adversary/random.ts";
import { compare, type Outcome } from "./compare.ts";
import { exceptions, meantRefusalOf, meantRefusals, wireForms } from "./exceptions.ts";
import { constructs, generate } from "./generate.ts";
import { shrink } from "./shrink.ts";
import { openWorkspace } from "./subject.ts";
import type { Signature } from "./tree.ts";

export interface Campaign {
  readonly seed: number;
  /** How many types. */
  readonly count: number;
  /** How many values for each of them. */
  readonly values: number;
  /** How many faulty types to make smaller; each costs seconds. */
  readonly shrunk: number;
  readonly progress?: (types: number) => void;
}

export interface Report {
  readonly types: number;
  readonly pairs: number;
  readonly accepted: number;
  /** Types that TypeScript itself refuses: the generator's fault, left out. */
  readonly invalid: readonly string[];
  /** Types that hold no JSON value and were refused, by code. */
  readonly refused: Readonly<Record<string, number>>;
  readonly excepted: Readonly<Record<string, number>>;
  readonly drawn: Readonly<Record<string, number>>;
  readonly faults: readonly Fault[];
}

export interface Fault {
  readonly signature: Signature;
  readonly outcome: Outcome;
}

/** Whether an outcome shows a mistake: a value judged wrongly, no usable schema, a refusal of a type that holds JSON. */
export function isFault(outcome: Outcome): boolean {
  if (outcome.kind === "refused")
    return outcome.canHold !== undefined && meantRefusalOf(outcome.compiled.messages) === null;
  return outcome.kind === "compared" && outcome.faults.length > 0;
}

/** Types in one plugin: enough to share the cost of a program, few enough for its memory. */
const batch = 160;

/** Draws types and values, and has TypeScript and the schemas judge each pair. Same seed, same report. */
export async function differential(campaign: Campaign): Promise<Report> {
  const random = seeded(campaign.seed);
  const workspace = openWorkspace();
  const drawn: Record<string, number> = Object.fromEntries(Object.keys(constructs).map((name) => [name, 0]));
  const refused: Record<string, number> = {};
  const excepted: Record<string, number> = {};
  const invalid: string[] = [];
  const faults: Fault[] = [];
  let pairs = 0;
  let accepted = 0;
  try {
    for (let done = 0; done < campaign.count; done += batch) {
      const signatures = Array.from({ length: Math.min(batch, campaign.count - done) }, () =>
        generate(random, random.pick([0, 1, 1, 2, 2, 3]), {
          drawn: (construct) => {
            drawn[construct] = (drawn[construct] ?? 0) + 1;
          },
        }),
      );
      // Every other batch as a plugin that sets it: JSON has no `undefined`, so that only `-?` may tell.
      const exactOptionalPropertyTypes = (done / batch) % 2 === 1;
      const outcomes = await compare(signatures, {
        workspace,
        random,
        values: campaign.values,
        exactOptionalPropertyTypes,
      });
      for (const [i, outcome] of outcomes.entries()) {
        const signature = signatures[i];
        if (signature === undefined) continue;
        if (isFault(outcome)) faults.push({ signature, outcome });
        if (outcome.kind === "invalid") invalid.push(outcome.reason);
        if (outcome.kind === "refused" && outcome.canHold === undefined)
          for (const code of outcome.compiled.codes) refused[code] = (refused[code] ?? 0) + 1;
        if (outcome.kind === "refused" && outcome.canHold !== undefined) {
          const name = meantRefusalOf(outcome.compiled.messages);
          if (name !== null) excepted[name] = (excepted[name] ?? 0) + 1;
        }
        if (outcome.kind !== "compared") continue;
        pairs += outcome.pairs;
        accepted += outcome.accepted;
        for (const [name, count] of Object.entries(outcome.excepted))
          excepted[name] = (excepted[name] ?? 0) + count;
      }
      campaign.progress?.(done + signatures.length);
    }
    const small: Fault[] = [];
    for (const fault of faults.slice(0, campaign.shrunk)) small.push(await shrink(fault, workspace));
    return {
      types: campaign.count,
      pairs,
      accepted,
      invalid,
      refused,
      excepted,
      drawn,
      faults: [...small, ...faults.slice(campaign.shrunk)],
    };
  } finally {
    workspace.remove();
  }
}

export function formatFault({ signature, outcome }: Fault): string {
  const { declarations, parameters, files } = signature.subject;
  const beside = Object.entries(files).map(([path, text]) => `// ${path}\n${text}`);
  const shown = [...beside, declarations, `call(${parameters})`].filter((text) => text !== "").join("\n");
  if (outcome.kind === "refused")
    return `${shown}\n  refused: ${outcome.compiled.messages.join("; ")}\n  though it can hold ${JSON.stringify(outcome.canHold)}`;
  if (outcome.kind === "invalid") return `${shown}\n  not TypeScript: ${outcome.reason}`;
  const said = outcome.faults.map((fault) => {
    if (fault.kind === "schema") return `  ajv: ${fault.reason}`;
    const [own, other] = fault.typescript ? ["accepts", "refuses"] : ["refuses", "accepts"];
    return `  TypeScript ${own}, the schema ${other}: ${JSON.stringify(fault.value)}`;
  });
  return [shown, ...said.slice(0, 3), `  schema: ${JSON.stringify(outcome.schema)}`].join("\n");
}

export function formatReport(report: Report): string {
  const lines = [
    `${report.types} types, ${report.pairs} pairs of type and value: TypeScript accepts ${report.accepted}`,
    `${report.faults.length} types with a fault; ${report.invalid.length} drawn that TypeScript refuses`,
    ...Object.entries(report.refused).map(
      ([code, count]) => `${count} that hold no JSON value refused with ${code}`,
    ),
    ...exceptions.map(
      ({ name, reason }) => `${report.excepted[name] ?? 0} pairs excepted, ${name}: ${reason}`,
    ),
    ...meantRefusals.map(
      ({ name, reason }) => `${report.excepted[name] ?? 0} types refused, ${name}: ${reason}`,
    ),
    ...Object.entries(wireForms).map(
      ([construct, reason]) => `${report.drawn[construct] ?? 0} times ${construct}: ${reason}`,
    ),
  ];
  return lines.join("\n");
}
