/**
 * Runs every `*.test.ts` in a process of its own, one more at a time than there are processors since many of them wait,
 * and closes with the slowest files and one line of counts. A file that counts no test, dies or is cut off is a failure:
 * a suite without `.run()` would otherwise pass.
 *
 *   node scripts/test.ts [word...]     only files whose path holds one of the words
 *   node scripts/test.ts --record      also writes down how long each took, by which the next runs are ordered
 */
import { spawn } from "node:child_process";
import { globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import recorded from "./test-seconds.json" with { type: "json" };

const root = fileURLToPath(new URL("..", import.meta.url));
const isRecording = process.argv.includes("--record");
const words = process.argv.slice(2).filter((word) => word !== "--record");

/** Longest a file may take, ms: far more than any does on a machine with other work. */
const fileLimit = 900_000;
const parallel = Math.min(availableParallelism(), 3) + 1;
/** How many of the slowest files are listed at the end. */
const listed = 10;

interface Result {
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly ms: number;
  readonly output: string;
}

/** By path, seconds; those that take less are not kept. */
const seconds: Readonly<Record<string, number>> = recorded;
const leastKept = 2;

// Files that take long start first, so that the last minute is not spent waiting for one; new ones as if they did.
const files = globSync(
  ["{compiler,runtime,cli,testing,scaffold,example-sentiment,iac}/**/test/**/*.test.ts", "test/**/*.test.ts"],
  { cwd: root, exclude: (path) => /(^|\/)(node_modules|templates)$/.test(path) },
)
  .filter((file, index, all) => all.indexOf(file) === index)
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort((a, b) => (seconds[b] ?? leastKept) - (seconds[a] ?? leastKept) || (a < b ? -1 : 1));

/** What noxus keeps for its user is neither read nor written by tests; code compiled by one process is there for all. */
const cache = mkdtempSync(join(tmpdir(), "noxus-test-cache-"));

const queue = [...files];
const results: Result[] = [];
await Promise.all(
  Array.from({ length: parallel }, async () => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift())
      results.push(show(await run(file)));
  }),
);

rmSync(cache, { recursive: true, force: true });

const slowest = [...results].sort((a, b) => b.ms - a.ms);
if (isRecording) {
  const kept = slowest.filter(({ ms }) => ms >= leastKept * 1000);
  const table = Object.fromEntries(kept.map(({ file, ms }) => [file, Math.round(ms / 1000)]));
  writeFileSync(join(root, "scripts", "test-seconds.json"), `${JSON.stringify(table, null, 2)}\n`);
}

const sum = (key: "passed" | "failed" | "skipped"): number =>
  results.reduce((total, result) => total + result[key], 0);
const skipped = sum("skipped");
const broken = results.filter((result) => result.failed > 0).map((result) => result.file);
if (files.length === 0) console.log("no test file fits");
if (files.length > listed) {
  const lines = slowest
    .slice(0, listed)
    .map(({ file, ms }) => `${(ms / 1000).toFixed(1).padStart(7)} s  ${file}`);
  console.log(`\nslowest:\n${lines.join("\n")}`);
}
if (broken.length > 0) console.log(`\nfailed in ${broken.join(", ")}`);
console.log(`\n${sum("passed")} passed, ${sum("failed")} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = broken.length > 0 || files.length === 0 ? 1 : 0;

function run(file: string): Promise<Result> {
  const started = performance.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["--no-warnings", file], {
      cwd: root,
      env: {
        ...process.env,
        XDG_CACHE_HOME: cache,
        NODE_COMPILE_CACHE: join(cache, "code"),
        NO_COLOR: "1",
        FORCE_COLOR: "0",
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    const timer = setTimeout(() => child.kill("SIGKILL"), fileLimit);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      const count = (label: string): number =>
        Number(new RegExp(`^ {2}${label}:\\s+(\\d+)`, "m").exec(output)?.[1] ?? 0);
      const total = count("Total");
      const passed = count("Passed");
      const skipped = count("Skipped");
      const died = code !== 0 || signal !== null || total === 0;
      const failed = Math.max(total - passed - skipped, died ? 1 : 0);
      resolve({ file, passed, failed, skipped, ms: performance.now() - started, output });
    });
  });
}

function show(result: Result): Result {
  const state = result.failed > 0 ? "FAIL" : "ok  ";
  const skips = result.skipped > 0 ? `, ${result.skipped} skipped` : "";
  console.log(
    `${state} ${result.file}: ${result.passed} passed${skips}  (${(result.ms / 1000).toFixed(1)} s)`,
  );
  if (result.failed > 0) console.log(result.output || "     it printed nothing and counted no test");
  return result;
}
