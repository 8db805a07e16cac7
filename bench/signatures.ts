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

interface Cost {
  readonly nodes: number;
  /** CPU milliseconds: the program, bound and type-checked. */
  readonly program: number;
  /** CPU milliseconds: every node's schemas, from that program. */
  readonly signatures: number;
}

interface Pass extends Cost {
  readonly described: readonly ValidatedNode[];
}

/**
 * What schemas cost: the pass over 40 and 500 nodes as a ratio to the type-checked program that it needs, each in a new
 * process as `noxus validate` is; per node, in one process, in the order 40, 500, 40, 500; and what their validators cost
 * to load and to call.
 */
export async function benchSignatures(rounds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "noxus-signatures-"));
  try {
    const small = writePlugin(join(folder, "small"), 40, 2);
    const large = writePlugin(join(folder, "large"), 500, 2);
    const passes = { small: [] as Pass[], large: [] as Pass[] };
    const first = { small: [] as Cost[], large: [] as Cost[] };
    measure(large, 500);
    for (let round = 0; round < Math.max(3, Math.ceil(rounds / 3)); round += 1) {
      first.small.push(measureApart(small, 40));
      first.large.push(measureApart(large, 500));
      passes.small.push(measure(small, 40));
      passes.large.push(measure(large, 500));
    }
    console.log(
      `\nSchemas of a plugin, ${first.small.length} rounds, CPU time, each in a process of its own`,
    );
    console.log(row("", ["program ms", "schemas ms", "ratio", "us a node"]));
    for (const list of [first.small, first.large]) {
      const nodes = list[0]?.nodes ?? 0;
      const program = median(list.map((pass) => pass.program));
      const signatures = median(list.map((pass) => pass.signatures));
      const ratio = median(list.map((pass) => pass.signatures / pass.program));
      const cells = [
        program.toFixed(0),
        signatures.toFixed(1),
        ratio.toFixed(2),
        ((signatures / nodes) * 1000).toFixed(0),
      ];
      console.log(row(`${nodes} nodes`, cells));
    }
    const perNode = (list: readonly Cost[]): number =>
      median(list.map((pass) => (pass.signatures / pass.nodes) * 1000));
    const [ofSmall, ofLarge] = [perNode(passes.small), perNode(passes.large)];
    console.log("\nThe same in one process that has made one before");
    console.log(
      row("us a node of 40, of 500, ratio", [
        ofSmall.toFixed(0),
        ofLarge.toFixed(0),
        (ofLarge / ofSmall).toFixed(2),
      ]),
    );
    const described = passes.large[0]?.described.slice(0, 44) ?? [];
    await benchValidators(described, folder, rounds);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The pass of a new process. */
function measureApart(root: string, nodes: number): Cost {
  const script = `const { measure } = await import(${JSON.stringify(import.meta.url)});
const { program, signatures } = measure(${JSON.stringify(root)}, ${nodes});
console.log(JSON.stringify({ nodes: ${nodes}, program, signatures }));`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--no-warnings", "--input-type=module", "-e", script],
    {
      encoding: "utf8",
    },
  );
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as Cost;
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

export function measure(root: string, nodes: number): Pass {
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
