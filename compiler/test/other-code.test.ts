/**
 * Sources that nobody wrote for noxus, minified, generated, huge or broken: each ends in a verdict, none in a crash or a
 * hang. A fixed sample of the files of all installed packages; `OTHER_CODE=all` takes every one (some minutes).
 */
import { createHash } from "node:crypto";
import { globSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { FileVerdict } from "./packages/file-worker.ts";
import { installPackages } from "./packages/harness.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const isAll = process.env.OTHER_CODE === "all";
const sampleSize = 1_000;
const largest = 4;

/** Longest that one file may take, ms: generous, for machines that do other things; growth beyond linear breaks it. */
const limit = (size: number): number => 3_000 + (size / 1e6) * 10_000;
/** Without any verdict for so long, a file hangs, ms. */
const silence = 120_000;

installPackages();
const files = choose();
const verdicts = await judge(files);

test("every file ends in a verdict", () => {
  assert.is(verdicts.length, files.length);
  const count = (kind: FileVerdict["kind"]): number =>
    verdicts.filter((verdict) => verdict.kind === kind).length;
  const size = verdicts.reduce((sum, verdict) => sum + verdict.size, 0) / 1e6;
  const ms = verdicts.reduce((sum, verdict) => sum + verdict.ms, 0);
  console.log(
    `\nfiles ${files.length}: clean ${count("clean")}, permissions ${count("permissions")}, refused ` +
      `${count("refused")}, cannot be bundled ${count("unbundled")}, crashed ${count("crash")}; ` +
      `${size.toFixed(1)} MB of bundles at ${Math.round(ms / size)} ms per MB`,
  );
  for (const { file, size, ms } of verdicts.toSorted((a, b) => b.ms - a.ms).slice(0, 3))
    console.log(`  ${Math.round(ms)} ms for ${(size / 1e6).toFixed(2)} MB: ${relative(root, file)}`);
});

test("no file makes the analysis throw or leaves a finding without its place", () => {
  assert.equal(
    verdicts.filter(({ fault }) => fault !== null),
    [],
  );
});

test("no file takes longer than its size allows", () => {
  assert.equal(
    verdicts.filter(({ size, ms }) => ms > limit(size)),
    [],
  );
});

test.run();

/** The sample depends on the files' paths alone; the largest are always in it. */
function choose(): readonly string[] {
  const found = ["node_modules", "compiler/test/packages/node_modules"].flatMap((folder) =>
    globSync(`${folder}/**/*.{js,mjs,cjs,ts,mts,cts}`, { cwd: root }),
  );
  // Declarations emit nothing; hidden folders are caches, which differ from machine to machine.
  const sources = found.filter(
    (file) => !/\.d\.[mc]?ts$|(?:^|\/)\./.test(file) && statSync(join(root, file)).isFile(),
  );
  if (isAll) return sources.sort().map((file) => join(root, file));
  const bySize = sources
    .map((file) => ({ file, size: statSync(join(root, file)).size }))
    .sort((a, b) => b.size - a.size || (a.file < b.file ? -1 : 1));
  const byHash = sources
    .map((file) => ({ file, hash: createHash("sha1").update(file).digest("hex") }))
    .sort((a, b) => (a.hash < b.hash ? -1 : 1));
  const chosen = [...bySize.slice(0, largest), ...byHash.slice(0, sampleSize)].map(({ file }) => file);
  return [...new Set(chosen)].map((file) => join(root, file));
}

/** One verdict for each file; throws, naming the file, when there is none within the time. */
function judge(files: readonly string[]): Promise<readonly FileVerdict[]> {
  return new Promise((resolve, reject) => {
    const done: FileVerdict[] = [];
    let current = "";
    const worker = new Worker(new URL("./packages/file-worker.ts", import.meta.url), { workerData: files });
    const hang = setTimeout(() => fail(new Error(`it hangs in ${current}`)), silence);
    const fail = (error: unknown): void => {
      clearTimeout(hang);
      void worker.terminate();
      reject(error);
    };
    worker.on("message", (message: FileVerdict | { readonly started: string }) => {
      hang.refresh();
      if ("started" in message) current = message.started;
      else done.push(message);
    });
    worker.on("error", fail);
    worker.on("exit", () => {
      clearTimeout(hang);
      resolve(done);
    });
  });
}
