/**
 * `make bench-lsp`: from an edit in a plugin with 40 nodes to its findings, in ms, beside `validate` of the same plugin
 * in a process of its own without a cache, and the server's memory. Edits and runs take turns, so that a noisy machine
 * is noisy for both.
 *
 *   node bench/lsp.ts [--rounds 15]
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Editor, startEditor } from "../cli/test/lsp/client.ts";
import { median } from "./figures.ts";
import { cpuOf } from "./measured.ts";
import { writePlugin } from "./signatures.ts";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "15" } } });
const noxus = join(import.meta.dirname, "..", "dist", "cli", "start.cjs");
const folder = realpathSync(mkdtempSync(join(tmpdir(), "noxus-bench-lsp-")));
/** Edits between two runs of `validate`. */
const perRound = 8;

/** A keystroke: in a body, in a signature, or in plugin.yaml. */
const edits = {
  body: (editor: Editor, at: number) =>
    editor.edit("src/part7.ts", editor.text("src/part7.ts").replace(/split\("[^"]*"\)/, `split("${at}")`)),
  signature: (editor: Editor, at: number) =>
    editor.edit("src/part3.ts", editor.text("src/part3.ts").replace(/depth\d*: /, `depth${at}: `)),
  "plugin.yaml": (editor: Editor, at: number) =>
    editor.edit("plugin.yaml", editor.text("plugin.yaml").replace(/0\.1\.\d+/, `0.1.${at}`)),
} as const;

try {
  const root = writePlugin(join(folder, "plugin"), 40, 2);
  const editor = await startEditor(root, [noxus, "lsp"]);
  for (const file of ["plugin.yaml", "src/part3.ts", "src/part7.ts"])
    editor.open(file, readFileSync(join(root, file), "utf8"));
  await editor.settled();
  const taken: Record<keyof typeof edits, { ms: number[]; cpu: number[] }> = {
    body: { ms: [], cpu: [] },
    signature: { ms: [], cpu: [] },
    "plugin.yaml": { ms: [], cpu: [] },
  };
  const whole: number[] = [];
  let at = 0;
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [name, edit] of Object.entries(edits) as [keyof typeof edits, (typeof edits)["body"]][]) {
      for (let i = 0; i < perRound; i++) {
        const [begin, cpu] = [performance.now(), cpuOf(editor.pid)];
        edit(editor, ++at);
        await editor.settled();
        taken[name].ms.push(performance.now() - begin);
        taken[name].cpu.push(cpuOf(editor.pid) - cpu);
      }
    }
    const begin = performance.now();
    execFileSync(process.execPath, [noxus, "validate", "--no-cache", root]);
    whole.push(performance.now() - begin);
  }
  const status = readFileSync(`/proc/${editor.pid}/status`, "utf8");
  const megabytes = (key: string) => Number(new RegExp(`${key}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
  await editor.quit();
  console.log(row("edit in", ["median ms", "p95 ms", "CPU ms", "x validate"]));
  for (const [name, { ms, cpu }] of Object.entries(taken)) {
    const figures = [median(ms), p95(ms), median(cpu)].map((value) => value.toFixed(0));
    console.log(row(name, [...figures, (median(ms) / median(whole)).toFixed(3)]));
  }
  console.log(`\nvalidate --no-cache: ${median(whole).toFixed(0)} ms`);
  console.log(
    `memory after ${at} edits: ${megabytes("VmRSS").toFixed(0)} MB, at most ${megabytes("VmHWM").toFixed(0)} MB`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function p95(list: readonly number[]): number {
  return list.toSorted((a, b) => a - b)[Math.floor(list.length * 0.95)] ?? Number.NaN;
}

function row(name: string, cells: readonly string[]): string {
  return name.padEnd(14) + cells.map((cell) => cell.padStart(12)).join("");
}
