/**
 * Runs every `*.test.ts` in a process of its own, two at a time, and closes with one line of counts. A file that
 * counts no test, dies or is cut off is a failure: a suite without `.run()` would otherwise pass.
 *
 *   node scripts/test.ts [word...]     only files whose path holds one of the words
 */
import { spawn } from "node:child_process";
import { globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const words = process.argv.slice(2);
const folders = ["compiler", "runtime", "cli", "testing", "scaffold", "example-sentiment", "iac", "test"];

/** Longest a file may take, ms. */
const fileLimit = 240_000;
const parallel = 2;

interface Result {
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly ms: number;
  readonly output: string;
}

const files = folders
  .flatMap((folder) => globSync(`${folder}/**/test/**/*.test.ts`, { cwd: root }))
  .concat(globSync("test/**/*.test.ts", { cwd: root }))
  .filter((file, index, all) => all.indexOf(file) === index && !/node_modules|\/templates\//.test(file))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort(longestFirst);

/** What noxus keeps for its user is neither read nor written by tests. */
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

const sum = (key: "passed" | "failed" | "skipped"): number =>
  results.reduce((total, result) => total + result[key], 0);
const skipped = sum("skipped");
const broken = results.filter((result) => result.failed > 0).map((result) => result.file);
if (files.length === 0) console.log("no test file fits");
if (broken.length > 0) console.log(`\nfailed in ${broken.join(", ")}`);
console.log(`\n${sum("passed")} passed, ${sum("failed")} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = broken.length > 0 || files.length === 0 ? 1 : 0;

/** Files known to take long start first, so that the last minute is not spent waiting for one. */
function longestFirst(a: string, b: string): number {
  const order = [
    "versions.test",
    "faults/",
    "permissions-packages",
    "fixtures.test",
    "adversary.test",
    "package.test",
    "other-code",
    "pages.test",
    "dev.test",
    "serve.test",
    "fix.test",
    "diff.test",
    "bad-input.test",
  ];
  const rank = (file: string): number => {
    const at = order.findIndex((name) => file.includes(name));
    return at === -1 ? order.length : at;
  };
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}

function run(file: string): Promise<Result> {
  const started = performance.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["--no-warnings", file], {
      cwd: root,
      env: { ...process.env, XDG_CACHE_HOME: cache, NO_COLOR: "1", FORCE_COLOR: "0" },
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
