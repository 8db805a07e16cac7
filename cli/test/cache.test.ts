/** The cache: never a wrong answer, whatever happens to the plugin, to the files of the cache and to the processes. */
import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { recall } from "../cache/answers.ts";
import { cacheFolder } from "../cache/folder.ts";
import { checksum, prune, readEntry, writeEntry } from "../cache/store.ts";
import type { Compiler } from "../compiler.ts";
import { runHistory } from "./cache/model.ts";
import { makePlugin } from "./plugin.ts";
import { closeSharedCompiler, run } from "./run.ts";

const bin = join(import.meta.dirname, "..", "..", "bin", "noxus.cjs");
const home = realpathSync(mkdtempSync(join(tmpdir(), "noxus-cache-")));
const folder = join(home, "noxus");
const env = { XDG_CACHE_HOME: home };
const plugin = makePlugin();
// What is younger than the file system can tell apart is not kept.
for (const file of ["plugin.yaml", "src/index.ts", "src", "."]) await settled(join(plugin.folder, file));

test.after(async () => {
  await closeSharedCompiler();
  plugin.remove();
  rmSync(home, { recursive: true, force: true });
});

async function settled(path: string): Promise<void> {
  while (Date.now() <= statSync(path).ctimeMs + 60) await new Promise((done) => setTimeout(done, 10));
}

/** As a person runs it. */
function noxus(args: readonly string[], more: Readonly<Record<string, string>> = {}) {
  return spawnSync(process.execPath, [bin, ...args], {
    cwd: plugin.folder,
    encoding: "utf8",
    env: { ...process.env, LANG: "C.UTF-8", ...env, ...more },
  });
}

function withoutTimes(text: string): string {
  return text.replace(/[\d.]+ m?s\b/g, "<time>").replace(/"ms": \d+/g, '"ms": 0');
}

function stored(): string {
  const [name] = readdirSync(folder).filter((file) => file.startsWith("plugin-"));
  assert.ok(name !== undefined);
  return join(folder, name);
}

function put(path: string, bytes: Buffer): void {
  writeFileSync(path, bytes, { mode: 0o600 });
}

test("a history of random changes never meets a stale answer", async () => {
  const { hits, misses, partial, events } = await runHistory(68, 14);
  assert.ok(hits > 0 && misses > 0 && partial > 0 && events > 0);
});

test("the answer from the cache is the answer, in every format, and needs no compiler", async () => {
  for (const args of [[], ["--json"], ["--format=github"], ["--strict"], ["src/index.ts", "plugin.yaml"]]) {
    const fresh = await run(["validate", "--no-cache", ...args], plugin.folder, env);
    await run(["validate", ...args], plugin.folder, env);
    // Without TypeScript there is no other way to know it.
    const known = noxus(["validate", ...args], { NODE_OPTIONS: `--import ${JSON.stringify(noCompiler)}` });
    assert.is(known.stderr, "");
    assert.is(withoutTimes(known.stdout), withoutTimes(fresh.stdout));
    assert.is(known.status, fresh.code);
  }
});

/** A module that makes it impossible to start a thread, and so the compiler. */
const noCompiler = `data:text/javascript,${encodeURIComponent(
  'import w from "node:worker_threads"; import { syncBuiltinESMExports as s } from "node:module"; w.Worker = class { constructor() { throw new Error("a thread"); } }; s();',
)}`;

test("without the cache the compiler is needed: the trap works", () => {
  const { status, stderr } = noxus(["validate", "--no-cache"], {
    NODE_OPTIONS: `--import ${JSON.stringify(noCompiler)}`,
  });
  assert.is(status, 3);
  assert.match(stderr, "a thread");
});

/** A compiler that must not be asked. */
const idle: Compiler = {
  analyze: () => Promise.reject(new Error("asked")),
  check: () => Promise.reject(new Error("asked")),
  emit: () => Promise.reject(new Error("asked")),
  close: () => Promise.resolve(),
};

test("what other commands need is there too", async () => {
  for (const args of [
    ["plugin", "info", "."],
    ["plugin", "list", "--json"],
    ["explain", "clock"],
  ]) {
    const fresh = await run([...args, "--no-cache"], plugin.folder, env);
    // What \`validate\` kept has no digest: the one who shows it keeps the whole.
    if (args.includes("info"))
      assert.is(withoutTimes((await run(args, plugin.folder, env)).stdout), withoutTimes(fresh.stdout));
    const known = await run(args, plugin.folder, env, () => idle);
    assert.is(withoutTimes(known.stdout), withoutTimes(fresh.stdout));
  }
});

test("another version of Node or of noxus does not use the answer", () => {
  const root = realpathSync(plugin.folder);
  assert.ok(recall(folder, root, true) !== null);
  const path = stored();
  const entry = readEntry(folder, path.slice(folder.length + 1));
  assert.ok(entry !== null);
  for (const part of ["node", "tool"]) {
    const head = JSON.stringify({ ...JSON.parse(entry.head), [part]: "another" });
    writeEntry(folder, path.slice(folder.length + 1), head, entry.body());
    assert.is(recall(folder, root, true), null, part);
  }
  writeEntry(folder, path.slice(folder.length + 1), entry.head, entry.body());
  assert.ok(recall(folder, root, true) !== null);
});

test("a stored answer that is cut off or damaged anywhere is not used", () => {
  const root = realpathSync(plugin.folder);
  const path = stored();
  const whole = readFileSync(path);
  for (let at = 0; at < whole.length; at += 97) {
    const bytes = Buffer.from(whole);
    bytes[at] = (bytes[at] ?? 0) ^ 4;
    put(path, bytes);
    assert.is(recall(folder, root, true), null, `bit at ${at}`);
    put(path, whole.subarray(0, at));
    assert.is(recall(folder, root, true), null, `cut at ${at}`);
  }
  put(path, whole);
  assert.ok(recall(folder, root, true) !== null);
});

test("nobody else can put an answer there", async () => {
  const root = realpathSync(plugin.folder);
  if (process.platform === "win32") return;
  assert.is(statSync(folder).mode & 0o777, 0o700);
  assert.is(statSync(stored()).mode & 0o777, 0o600);
  chmodSync(folder, 0o777);
  assert.is(recall(folder, root, true), null);
  const { stderr, code } = await run(["validate"], plugin.folder, env);
  assert.match(stderr, /is not used as a cache: .*others may write there/);
  assert.is(code, 0);
  chmodSync(folder, 0o700);
  chmodSync(stored(), 0o666);
  assert.is(recall(folder, root, true), null);
  chmodSync(stored(), 0o600);
  assert.ok(recall(folder, root, true) !== null);
});

test("processes that run at once or are killed leave whole answers", async () => {
  const root = realpathSync(plugin.folder);
  const path = stored();
  const whole = readFileSync(path);
  const [key, entry] = [path.slice(folder.length + 1), readEntry(folder, path.slice(folder.length + 1))];
  assert.ok(entry !== null);
  // Writers without a pause, killed at any moment.
  const text = `import { writeEntry } from ${JSON.stringify(join(import.meta.dirname, "..", "cache", "store.ts"))};
    process.send("ready"); for (;;) writeEntry(${JSON.stringify(folder)}, ${JSON.stringify(key)}, ${JSON.stringify(entry.head)}, ${JSON.stringify(entry.body())});`;
  const writers = [1, 2].map(() =>
    spawn(process.execPath, ["--no-warnings", "--input-type=module", "-e", text], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    }),
  );
  await Promise.all(writers.map((writer) => new Promise((ready) => writer.once("message", ready))));
  for (let count = 0; count < 400; count++) assert.ok(recall(folder, root, true) !== null, `read ${count}`);
  const ended = writers.map((writer) => new Promise((close) => writer.once("close", close)));
  for (const writer of writers) writer.kill("SIGKILL");
  await Promise.all(ended);
  assert.ok(recall(folder, root, true) !== null);
  writeFileSync(path, whole);
});

test("the folder stays within its bounds, and what was killed is cleared away", () => {
  const bounded = join(home, "bounded");
  mkdirSync(bounded, { mode: 0o700 });
  for (let index = 0; index < 10; index++) {
    writeEntry(bounded, `plugin-${index}`, "{}", "x".repeat(1000));
    utimesSync(join(bounded, `plugin-${index}`), 1000 + index, 1000 + index);
  }
  writeFileSync(join(bounded, "plugin-1.99-1.tmp"), "half");
  utimesSync(join(bounded, "plugin-1.99-1.tmp"), 1, 1);
  prune(bounded, 1e9, 6);
  assert.equal(
    readdirSync(bounded).sort(),
    [4, 5, 6, 7, 8, 9].map((index) => `plugin-${index}`),
  );
  prune(bounded, 3500, 100);
  assert.equal(
    readdirSync(bounded).sort(),
    [7, 8, 9].map((index) => `plugin-${index}`),
  );
});

test("the folder is the platform's own", () => {
  const places = [
    [{ XDG_CACHE_HOME: "/x", HOME: "/h" }, "linux", "/x/noxus"],
    [{ XDG_CACHE_HOME: "relative", HOME: "/h" }, "linux", "/h/.cache/noxus"],
    [{ HOME: "/h" }, "darwin", "/h/Library/Caches/noxus"],
    [{ LOCALAPPDATA: "/l" }, "win32", "/l/noxus/cache"],
    [{}, "linux", null],
  ] as const;
  for (const [variables, platform, expected] of places) assert.is(cacheFolder(variables, platform), expected);
});

test("a command without a home works, and keeps nothing", async () => {
  const { code } = await run(["validate"], plugin.folder, { HOME: "" });
  assert.is(code, 0);
  assert.not(existsSync(join(plugin.folder, "noxus")));
});

test("checksums tell any two bytes apart", () => {
  const bytes = Buffer.from("noxus-cache");
  const sums = new Set(
    Array.from(bytes, (_, at) => {
      const other = Buffer.from(bytes);
      other[at] = 0;
      return checksum(other, 0, other.length);
    }),
  );
  assert.is(sums.size, bytes.length);
});

test.run();
