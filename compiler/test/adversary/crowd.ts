import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { covers, formatPermission, type Permission } from "../../permissions/permission.ts";
import { type Analyst, startAnalyst } from "./analyst.ts";
import type { Derived } from "./derive.ts";
import { type Case, describe, generate, render, usual } from "./generate.ts";
import { type Observation, observe, underived } from "./oracle.ts";
import { type Random, seeded } from "./random.ts";

/**
 * Where the nodes of a plugin stand: each in a module of its own, all in one file, with a base class of the plugin's
 * own, each calling the one before, each inheriting from the one before, or with their work in one shared table.
 */
export const shapes = ["modules", "one file", "base class", "chain", "inheritance", "table"] as const;
export type Shape = (typeof shapes)[number];

/** A plugin of several nodes, each of them a case that is accepted when it is alone. */
export interface Crowd {
  readonly shape: Shape;
  readonly members: readonly Case[];
  readonly alone: readonly Derived[];
  readonly files: Readonly<Record<string, string>>;
}

export interface CrowdFault {
  /** `underived`: the node reached it; `given`: the node has it, and alone it did not; `refused`: alone it was not. */
  readonly kind: "underived" | "given" | "refused" | "crash";
  readonly shape: Shape;
  readonly node: number;
  readonly what: string;
  readonly choices: readonly string[];
  readonly files: Readonly<Record<string, string>>;
}

export interface CrowdReport {
  readonly seed: number;
  readonly crowds: number;
  readonly nodes: number;
  /** Those that came up. */
  readonly shapes: readonly Shape[];
  /** Nodes that reached something when they ran. */
  readonly observed: number;
  /** Honest nodes among them. */
  readonly honest: number;
  readonly faults: readonly CrowdFault[];
}

/** Share of honest nodes. */
const honestShare = 0.3;
/** Plugins that go to one instrumented process. */
const batch = 40;

/**
 * Generates plugins with two to four nodes, and checks for each node: what was observed while it alone was called is in
 * its derived set, and its set is no larger than that of the same node in a plugin of its own. A shared table may give
 * each node what all of them do.
 */
export async function attackCrowds(seed: number, count: number): Promise<CrowdReport> {
  const random = seeded(seed);
  const analyst = startAnalyst();
  const folder = mkdtempSync(join(tmpdir(), "noxus-crowd-"));
  const faults: CrowdFault[] = [];
  const seen = new Set<Shape>();
  const totals = { nodes: 0, observed: 0, honest: 0 };
  try {
    for (let from = 0; from < count; from += batch) {
      const pending: { readonly crowd: Crowd; readonly root: string; readonly derived: Derived }[] = [];
      for (let id = from; id < Math.min(from + batch, count); id++) {
        const root = join(folder, `crowd-${id}`);
        const crowd = await gather(random, id, analyst, root);
        seen.add(crowd.shape);
        const nodes = crowd.members.map((_, i) => ({ file: fileOf(crowd.shape, i), name: nameOf(i) }));
        const { derived, thrown } = await analyst.ask({ root, files: crowd.files, nodes });
        if (derived === null || derived.bundle === null)
          fault("crash", crowd, 0, thrown ?? derived?.messages.join() ?? "");
        else pending.push({ crowd, root, derived });
      }
      const bundles = pending.flatMap(({ crowd, root }) =>
        crowd.members.map((_, i) => `${join(root, "bundle.mjs")}#${i}`),
      );
      const outcomes = await observe(folder, bundles);
      for (const { crowd, root, derived } of pending) {
        judge(crowd, derived, (i) => outcomes.get(`${join(root, "bundle.mjs")}#${i}`)?.seen ?? []);
        rmSync(root, { recursive: true, force: true });
      }
    }
  } finally {
    await analyst.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  return { seed, crowds: count, ...totals, shapes: [...seen], faults };

  function judge(crowd: Crowd, derived: Derived, seenBy: (node: number) => readonly Observation[]): void {
    if (derived.refusals.length > 0) fault("refused", crowd, 0, derived.messages.join("; "));
    for (const [i, member] of crowd.members.entries()) {
      const seen = seenBy(i);
      totals.nodes++;
      if (member.isHonest) totals.honest++;
      if (seen.length > 0) totals.observed++;
      const missing = underived(derived, seen, i);
      if (missing.length > 0)
        fault("underived", crowd, i, missing.map(({ kind, resource }) => `${kind}:${resource}`).join());
      if (crowd.shape === "table") continue;
      const isLinked = crowd.shape === "chain" || crowd.shape === "inheritance";
      const own = crowd.alone.slice(isLinked ? 0 : i, i + 1).flatMap(({ byNode }) => byNode[0] ?? []);
      const more = (derived.byNode[i] ?? []).filter(
        // What runs when the bundle is imported runs for every node.
        (one) => !isIn(one, own) && !isIn(one, derived.imported),
      );
      if (more.length > 0) fault("given", crowd, i, more.map(formatPermission).join());
    }
  }

  function fault(kind: CrowdFault["kind"], crowd: Crowd, node: number, what: string): void {
    const choices = crowd.members.map(describe);
    faults.push({ kind, shape: crowd.shape, node, what, choices, files: crowd.files });
  }
}

function isIn(one: Permission, list: readonly Permission[]): boolean {
  return list.some((other) => covers(other, one));
}

/** Cases that are accepted alone: a refusal would excuse the whole plugin. */
async function gather(random: Random, id: number, analyst: Analyst, root: string): Promise<Crowd> {
  const shape = random.pick(shapes);
  const size = random.pick([2, 2, 3, 4]);
  const members: Case[] = [];
  const alone: Derived[] = [];
  for (let tries = 0; members.length < size && tries < 60; tries++) {
    const member = generate(random, id, random.chance(honestShare));
    const single = join(root, `alone-${tries}`);
    const { derived } = await analyst.ask({ root: single, files: renderMember(member, members.length) });
    rmSync(single, { recursive: true, force: true });
    if (derived === null || derived.bundle === null || derived.refusals.length > 0) continue;
    members.push(member);
    alone.push(derived);
  }
  return { shape, members, alone, files: renderCrowd(shape, members) };
}

const renderMember = (member: Case, index: number): Readonly<Record<string, string>> =>
  render(member, { ...usual, prefix: `m${index}v` });

function nameOf(index: number): string {
  return `Crowd${index}Node`;
}

function fileOf(shape: Shape, index: number): string {
  return shape === "one file" ? "src/index.ts" : `src/node${index}.ts`;
}

const sdk = 'import { Node, Plugin } from "noxus/plugins";';

function renderCrowd(shape: Shape, members: readonly Case[]): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  const classes = members.map((member, index) => {
    const { "src/index.ts": entry = "", ...rest } = renderMember(member, index);
    Object.assign(files, rest);
    return entry
      .slice(0, entry.indexOf("export class DemoPlugin"))
      .replace(sdk, "")
      .replace("DemoNode", nameOf(index));
  });
  const plugin = `export class DemoPlugin extends Plugin {
  nodes() { return [${members.map((_, index) => `new ${nameOf(index)}()`).join(", ")}]; }
}
`;
  const imports = members.map((_, index) => `import { ${nameOf(index)} } from "./node${index}";`).join("\n");
  if (shape === "one file") return { "src/index.ts": `${sdk}\n${classes.join("\n")}\n${plugin}`, ...files };
  for (const [index, text] of classes.entries()) {
    files[fileOf(shape, index)] = {
      modules: () => `${sdk}\n${text}`,
      "base class": () => `import { Base as Node } from "./base";\n${text}`,
      chain: () => inChain(text, index),
      inheritance: () => inheriting(text, index),
      table: () => inTable(text, index),
    }[shape]();
  }
  files["src/base.ts"] = `import { Node } from "noxus/plugins";
export abstract class Base extends Node {
  protected kept = 0;
  count() { return ++this.kept; }
}
`;
  files["src/table.ts"] = "export const table: Record<string, (input: any) => Promise<any>> = {};\n";
  return { "src/index.ts": `import { Plugin } from "noxus/plugins";\n${imports}\n${plugin}`, ...files };
}

/** The node's work goes into the shared table when its file is imported, and `call` takes it from there. */
function inTable(text: string, index: number): string {
  const work = text.replace(`export class ${nameOf(index)} extends Node`, `class Work${index}`);
  return `${sdk}
import { table } from "./table";
${work}
table.work${index} = (input: any) => new Work${index}().call(input);
export class ${nameOf(index)} extends Node {
  async call(input: any): Promise<any> { return table.work${index}(input); }
}
`;
}

/** `call` calls the node before, and then does its own work. */
function inChain(text: string, index: number): string {
  const work = text.replace(`export class ${nameOf(index)} extends Node`, `class Work${index}`);
  const before = nameOf(index - 1);
  return `${sdk}
${index === 0 ? "" : `import { ${before} } from "./node${index - 1}";`}
${work}
export class ${nameOf(index)} extends Node {
  async call(input: any): Promise<any> {
    ${index === 0 ? "" : `await new ${before}().call(input).catch(() => null);`}
    return new Work${index}().call(input);
  }
}
`;
}

/** The same with a class that extends the node before. */
function inheriting(text: string, index: number): string {
  if (index === 0) return `${sdk}\n${text}`;
  const work = text.replace(`export class ${nameOf(index)} extends Node`, `class Work${index}`);
  const before = nameOf(index - 1);
  return `import { ${before} } from "./node${index - 1}";
${work}
export class ${nameOf(index)} extends ${before} {
  async call(input: any): Promise<any> {
    await super.call(input).catch(() => null);
    return new Work${index}().call(input);
  }
}
`;
}

/** The report's line, and a fault with its files. */
export function formatCrowds({ seed, crowds, nodes, observed, honest, faults }: CrowdReport): string {
  const counts = ["underived", "given", "refused", "crash"].map(
    (kind) => `${kind} ${faults.filter((fault) => fault.kind === kind).length}`,
  );
  return `seed ${seed}: ${crowds} plugins with ${nodes} nodes, ${honest} honest; observed ${observed}; ${counts.join(", ")}`;
}

export function formatCrowdFault(fault: CrowdFault): string {
  const files = Object.entries(fault.files).map(([path, text]) => `--- ${path}\n${text}`);
  return `${fault.kind} (${fault.shape}, node ${fault.node}): ${fault.what}\n${fault.choices.join("\n")}\n${files.join("\n")}`;
}
