/**
 * The compiler that starts from a snapshot, in the package's form: it answers what a thread answers, and nothing that is
 * wrong with it is seen. `FIXTURES=all` compares all fixtures and not only some.
 */
import { execFile } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { root } from "../scripts/noxus.ts";

const fixtures = join(root, "compiler", "test", "fixtures");
const isWhole = process.env.FIXTURES === "all";

let folder = "";
let noxus = "";

test.before(() => {
  folder = mkdtempSync(join(tmpdir(), "noxus-snapshot-"));
  noxus = join(folder, "package");
  for (const name of [
    "bin",
    "dist",
    "package.json",
    "compiler/load/plugin.schema.json",
    "runtime/sdk",
    "scaffold/templates",
  ])
    cpSync(join(root, name), join(noxus, name), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(noxus, "node_modules"), "dir");
});

test.after(() => rmSync(folder, { recursive: true, force: true }));

interface Answer {
  readonly code: number | string | null | undefined;
  readonly text: string;
}

function validate(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const { CI: _ci, NODE_OPTIONS: _options, ...outer } = process.env;
  const own = { ...outer, XDG_CACHE_HOME: join(folder, "cache"), ...env };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(noxus, "bin", "noxus.cjs"), "validate", "--json", ...args],
      { cwd: fixtures, env: own, maxBuffer: 1e8 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : error.code;
        resolve({ code, text: `${stdout}${stderr}`.replace(/"ms": \d+/g, '"ms": 0') });
      },
    );
  });
}

const snapshots = (): readonly string[] => {
  const place = join(folder, "cache", "noxus", "snapshots");
  return existsSync(place) ? readdirSync(place).sort() : [];
};

/** Every fixture, or one in twenty; among them plugins with and without errors, packages and Node's types. */
const plugins: readonly string[] = readdirSync(fixtures).filter(
  (_name, index) => isWhole || index % 20 === 0,
);
const onePlugin = ["NX3001-fetch-through-helper", "--no-cache"];

let expected: Answer = { code: null, text: "" };

test("a machine of CI, or a Node with options, gets no snapshot", async () => {
  await validate(["NX3001-fetch-through-helper"], { CI: "true" });
  await validate(["NX3001-fetch-through-helper"], { NODE_OPTIONS: "--max-old-space-size=2000" });
  assert.equal(snapshots(), []);
});

test("the first run that keeps an answer has one made", async () => {
  expected = await validate([...plugins, "--no-cache"]);
  assert.equal(snapshots(), [], "without a cache nothing is kept");
  await validate(["NX3001-fetch-through-helper", "NX3002-unused"]);
  while (!snapshots().some((name) => name.endsWith(".blob"))) {
    assert.ok(snapshots().length > 0, "nobody makes it");
    await setTimeout(50);
  }
});

test("it answers as a thread does, and there is no thread behind it", async () => {
  const compiler = join(noxus, "dist", "compiler", "index.js");
  renameSync(compiler, `${compiler}.away`);
  try {
    const answer = await validate([...plugins, "--no-cache"]);
    assert.is(answer.code, expected.code);
    assert.fixture(answer.text, expected.text);
  } finally {
    renameSync(`${compiler}.away`, compiler);
  }
});

test("a damaged one is removed, and the answer is the same", async () => {
  const place = join(folder, "cache", "noxus", "snapshots");
  const file = join(place, snapshots().find((name) => name.endsWith(".blob")) ?? "");
  const whole = readFileSync(file);
  const good = await validate(onePlugin);
  const middle = Buffer.from(whole);
  middle[middle.length >> 1] = (middle[middle.length >> 1] ?? 0) ^ 1;
  for (const damaged of isWhole
    ? [middle, whole.subarray(0, whole.length >> 1), Buffer.alloc(0)]
    : [middle]) {
    writeFileSync(file, damaged);
    const answer = await validate(onePlugin);
    assert.equal(answer, good);
    assert.not.ok(existsSync(file));
  }
});

test.run();
