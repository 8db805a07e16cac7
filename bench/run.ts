/**
 * `make bench`: what noxus costs, as ratios of whole processes run in turns (A B C A B C ...), so that a noisy machine
 * bends all alike. The ratio of CPU time is the figure to trust. Nothing here is a test.
 *
 *   node bench/run.ts [--rounds 9]
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "../scaffold/create.ts";
import { example, root } from "../scripts/noxus.ts";
import { median } from "./figures.ts";
import { benchPermissions } from "./permissions.ts";
import { benchServer } from "./server.ts";
import { benchSignatures } from "./signatures.ts";

const at = process.argv.indexOf("--rounds");
const rounds = at === -1 ? 9 : Number(process.argv[at + 1]);
const folder = mkdtempSync(join(tmpdir(), "noxus-bench-"));

interface Command {
  readonly name: string;
  readonly args: readonly string[];
  readonly cwd: string;
}

try {
  const noxus = installDist();
  const small = join(folder, "small");
  await create({
    name: "small",
    folder: small,
    template: join(root, "scaffold", "templates", "basic"),
    version: "0.1.0",
  });
  // What tsc needs to read the same sources: the SDK under its name, and Node's types.
  writeFileSync(
    join(small, "tsconfig.tsc.json"),
    JSON.stringify({
      compilerOptions: {
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        target: "es2023",
        module: "esnext",
        moduleResolution: "bundler",
        allowImportingTsExtensions: true,
        types: ["node"],
        typeRoots: [join(root, "node_modules", "@types")],
        paths: { "noxus/plugins": [join(root, "runtime", "sdk", "index.ts")] },
      },
      files: ["src/index.ts"],
    }),
  );
  const commands: readonly Command[] = [
    { name: "node -e 0", args: ["-e", "0"], cwd: small },
    {
      name: "tsc --noEmit, new plugin",
      args: [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.tsc.json"],
      cwd: small,
    },
    { name: "noxus --help", args: [noxus, "--help"], cwd: small },
    { name: "noxus explain NX1004", args: [noxus, "explain", "NX1004"], cwd: small },
    { name: "noxus validate, new plugin", args: [noxus, "validate"], cwd: small },
    { name: "noxus validate, example", args: [noxus, "validate"], cwd: example },
    { name: "noxus build, new plugin", args: [noxus, "build"], cwd: small },
  ];
  table("Command line, whole processes", commands, measure(commands));
  await benchServer(rounds);
  await benchPermissions(rounds);
  await benchSignatures(rounds);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The package's files without the sources beside them, so that the installed form is measured. */
function installDist(): string {
  const place = join(folder, "package");
  for (const name of [
    "bin",
    "dist",
    "package.json",
    "compiler/load/plugin.schema.json",
    "compiler/diagnostics/pages",
    "runtime/sdk",
    "scaffold/templates",
  ])
    cpSync(join(root, name), join(place, name), { recursive: true });
  cpSync(join(root, "node_modules"), join(place, "node_modules"), {
    recursive: true,
    filter: (path) => !/node_modules\/(node|\.bin)($|\/)/.test(path),
  });
  return join(place, "bin", "noxus.cjs");
}

interface Figures {
  readonly cpu: number[];
  readonly wall: number[];
}

function measure(commands: readonly Command[]): readonly Figures[] {
  const figures = commands.map((): Figures => ({ cpu: [], wall: [] }));
  for (let round = -1; round < rounds; round++) {
    for (const [i, command] of commands.entries()) {
      const cpu = reapedCpu();
      const started = performance.now();
      const done = spawnSync(process.execPath, command.args, { cwd: command.cwd, stdio: "ignore" });
      const wall = performance.now() - started;
      if (done.status !== 0) throw new Error(`${command.name} ended with ${done.status}`);
      // The first round warms the disk.
      if (round < 0) continue;
      figures[i]?.wall.push(wall);
      figures[i]?.cpu.push(reapedCpu() - cpu);
    }
  }
  return figures;
}

/** CPU time of all children that have ended, with theirs, ms (Linux: ticks of 10 ms). */
function reapedCpu(): number {
  const fields = readFileSync("/proc/self/stat", "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[13]) + Number(fields[14])) * 10;
}

function table(title: string, commands: readonly Command[], figures: readonly Figures[]): void {
  const [base] = figures;
  console.log(`\n${title}; ${rounds} rounds, medians, ratio to the first row`);
  console.log(
    `${"".padEnd(30)}${"wall ms".padStart(10)}${"ratio".padStart(8)}${"cpu ms".padStart(10)}${"ratio".padStart(8)}`,
  );
  for (const [i, command] of commands.entries()) {
    const [own, first] = [figures[i], base];
    if (own === undefined || first === undefined) continue;
    const [wall, cpu] = [median(own.wall), mean(own.cpu)];
    const cells = [
      wall.toFixed(0),
      (wall / median(first.wall)).toFixed(1),
      cpu.toFixed(0),
      (cpu / mean(first.cpu)).toFixed(1),
    ];
    console.log(
      command.name.padEnd(30) + cells.map((cell, j) => cell.padStart(j % 2 === 0 ? 10 : 8)).join(""),
    );
  }
}

/** Ticks are too coarse for a median. */
function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
