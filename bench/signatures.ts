import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { readCall } from "../compiler/extract/call.ts";
import { findEntrypoint } from "../compiler/extract/entrypoint.ts";
import { listNodes } from "../compiler/extract/nodes.ts";
import { loadProject, ownSourceFiles, typescriptErrors } from "../compiler/load/project.ts";
import { typeReader } from "../compiler/signatures/checker.ts";
import { schemasOf } from "../compiler/signatures/index.ts";
import { buildValidators, type ValidatedNode } from "../compiler/signatures/validators.ts";
import { spanAt, toText } from "../compiler/text.ts";
import { validate } from "../runtime/runner/validate.ts";
import { median } from "./figures.ts";

interface Pass {
  readonly nodes: number;
  /** CPU milliseconds: the program, bound and type-checked. */
  readonly program: number;
  /** CPU milliseconds: every node's schemas, from that program. */
  readonly signatures: number;
  readonly described: readonly ValidatedNode[];
}

/**
 * What schemas cost: the pass over 40 and 500 nodes as a ratio to the type-checked program that it needs, per node, and
 * what their validators cost to load and to call. Each pass is made in the order 40, 500, 40, 500 in one process.
 */
export async function benchSignatures(rounds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "noxus-signatures-"));
  try {
    const small = writePlugin(join(folder, "small"), 40, 2);
    const large = writePlugin(join(folder, "large"), 500, 2);
    const passes = { small: [] as Pass[], large: [] as Pass[] };
    measure(small, 40);
    for (let round = 0; round < Math.max(3, Math.ceil(rounds / 3)); round += 1) {
      passes.small.push(measure(small, 40));
      passes.large.push(measure(large, 500));
    }
    console.log(`\nSchemas of a plugin, ${passes.small.length} rounds, CPU time in one process`);
    console.log(row("", ["program ms", "schemas ms", "ratio", "us a node"]));
    for (const list of [passes.small, passes.large]) {
      const [first] = list;
      if (first === undefined) continue;
      const program = median(list.map((pass) => pass.program));
      const signatures = median(list.map((pass) => pass.signatures));
      const perNode = median(list.map((pass) => (pass.signatures / pass.nodes) * 1000));
      const cells = [
        program.toFixed(0),
        signatures.toFixed(1),
        (signatures / program).toFixed(2),
        perNode.toFixed(0),
      ];
      console.log(row(`${first.nodes} nodes`, cells));
    }
    const linear =
      median(passes.large.map((pass) => pass.signatures / pass.nodes)) /
      median(passes.small.map((pass) => pass.signatures / pass.nodes));
    console.log(row("a node of 500 to one of 40", ["", "", linear.toFixed(2)]));
    const described = passes.large[0]?.described.slice(0, 44) ?? [];
    await benchValidators(described, folder, rounds);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function benchValidators(
  nodes: readonly ValidatedNode[],
  folder: string,
  rounds: number,
): Promise<void> {
  const { text } = await buildValidators(nodes);
  const file = join(folder, "validators.mjs");
  writeFileSync(file, text);
  const script = `const start = process.cpuUsage(); await import(${JSON.stringify(pathToFileURL(file).href)});
const { user, system } = process.cpuUsage(start); console.log((user + system) / 1000);`;
  const loads = Array.from({ length: rounds }, () =>
    Number(spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" }).stdout),
  );
  const table = (await import(pathToFileURL(file).href)).default as Record<
    string,
    { inputs: Parameters<typeof validate>[0] }
  >;
  const [node] = nodes;
  const validator = node === undefined ? undefined : table[node.name]?.inputs;
  if (node === undefined || validator === undefined) throw new Error("the validators hold no node");
  const calls = 200_000;
  const inputs = { text: "a little text", mode: "fast", options: { depth: 3, tags: ["a", "b"] } };
  // As requests bring them: parsed one by one.
  const samples = Array.from({ length: 1000 }, () => JSON.parse(JSON.stringify(inputs)) as unknown);
  const times = Array.from({ length: rounds }, () => {
    let refused = 0;
    const start = process.cpuUsage();
    for (let call = 0; call < calls; call += 1)
      refused += validate(validator, node.inputs, samples[call % samples.length], "/inputs").length;
    const { user, system } = process.cpuUsage(start);
    if (refused > 0) throw new Error("the samples do not fit");
    return (user + system) / calls;
  });
  console.log(`\nValidators of ${nodes.length} nodes, ${(text.length / 1000).toFixed(0)} kB`);
  console.log(row("to load", [`${median(loads).toFixed(1)} ms`]));
  console.log(row("one small input", [`${median(times).toFixed(2)} us`]));
}

function measure(root: string, nodes: number): Pass {
  const before = process.cpuUsage();
  const loaded = loadProject(root);
  const refuse = (found: { message: string }): never => {
    throw new Error(found.message);
  };
  const entry = findEntrypoint(
    loaded.project,
    root,
    { value: "src/index.DemoPlugin", span: spanAt(toText(""), 0, 0), file: "plugin.yaml" },
    refuse,
  );
  if (entry === null) throw new Error("no entrypoint");
  for (const error of typescriptErrors(loaded, root, ownSourceFiles(loaded.project, root))) refuse(error);
  const program = milliseconds(before);
  const listed = listNodes(entry.plugin, root, refuse);
  const checker = loaded.project.getTypeChecker().compilerObject;
  const start = process.cpuUsage();
  const reader = typeReader(checker);
  const described = listed.map((node): ValidatedNode => {
    const call = readCall(node, checker, root, refuse);
    if (call === null) throw new Error(`${node.className} has no signature`);
    return { name: node.className, ...schemasOf(call, checker, reader, root, refuse) };
  });
  return { nodes, program, signatures: milliseconds(start), described };
}

function milliseconds(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** Nodes as people write them, some to a file; each with types of its own and some that all share. */
export function writePlugin(root: string, nodes: number, perFile: number): string {
  mkdirSync(join(root, "src"), { recursive: true });
  writeFileSync(join(root, "plugin.yaml"), "name: demo\nversion: 0.1.0\nentrypoint: src/index.DemoPlugin\n");
  writeFileSync(
    join(root, "src", "shared.ts"),
    `export interface Page {\n  /** @minimum 1 */\n  page: number;\n  size?: number;\n}
export type Shape = { kind: "circle"; r: number } | { kind: "box"; w: number; h: number };
export interface Tree {\n  value: string;\n  kids: Tree[];\n}\n`,
  );
  const classes: string[] = [];
  const imports: string[] = [];
  for (let file = 0; file * perFile < nodes; file += 1) {
    const names = Array.from(
      { length: Math.min(perFile, nodes - file * perFile) },
      (_, i) => `Sample${file * perFile + i}`,
    );
    const text = names.map(
      (name) => `
interface ${name}Options {
  /** How deep. */
  depth: number;
  tags: string[];
  page?: Page;
  shape?: Shape;
  labels?: Record<string, number | null>;
}

/** Does what ${name} does. */
export class ${name}Node extends Node {
  /** @param text - what to work on */
  call(
    /** @minLength 1 */
    text: string,
    mode: "fast" | "slow" = "fast",
    options?: ${name}Options,
    trees: Tree[] = [],
    only?: Pick<${name}Options, "tags" | "depth">,
  ): { score: number; mode: "fast" | "slow"; words: string[]; first?: Tree } {
    void only;
    const words = text.split(" ").concat(options?.tags ?? []);
    const [first] = trees;
    return { score: words.length, mode, words, ...(first === undefined ? {} : { first }) };
  }
}
`,
    );
    writeFileSync(
      join(root, "src", `part${file}.ts`),
      `import { Node } from "noxus/plugins";\nimport type { Page, Shape, Tree } from "./shared.ts";\n${text.join("")}`,
    );
    imports.push(`import { ${names.map((name) => `${name}Node`).join(", ")} } from "./part${file}.ts";`);
    classes.push(...names.map((name) => `${name}Node`));
  }
  // Spread over constants of their own type: TypeScript compares all parts of one array literal with each other.
  const body = classes.map((name) => `    const ${name.toLowerCase()}: Node = new ${name}();`);
  writeFileSync(
    join(root, "src", "index.ts"),
    `import { Node, Plugin } from "noxus/plugins";\n${imports.join("\n")}\n
export class DemoPlugin extends Plugin {
  nodes(): Node[] {
${body.join("\n")}
    return [${classes.map((name) => name.toLowerCase()).join(", ")}];
  }
}
`,
  );
  return root;
}

function row(name: string, cells: readonly string[]): string {
  return name.padEnd(30) + cells.map((cell) => cell.padStart(12)).join("");
}
