import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "acorn";
import { test } from "uvu";
import * as assert from "uvu/assert";

const bin = join(import.meta.dirname, "..", "..", "bin", "noxus.cjs");

test("starts noxus and passes its exit code on", () => {
  const good = spawnSync(process.execPath, [bin, "--version"], { encoding: "utf8" });
  assert.is(good.status, 0, good.stderr);
  assert.match(good.stdout, /^noxus \d+\.\d+\.\d+\nnode \d+\.\d+\.\d+\ntypescript \d+\.\d+\.\d+\n$/);
  const bad = spawnSync(process.execPath, [bin, "valdate"], { encoding: "utf8" });
  assert.is(bad.status, 2);
  assert.is(bad.stdout, "");
  assert.match(bad.stderr, "did you mean `noxus validate`?");
});

test("any Node can read it far enough to be told what it lacks", () => {
  assert.not.throws(() => parse(readFileSync(bin, "utf8"), { ecmaVersion: 5, allowHashBang: true }));
});

test("too old a Node is one line on stderr and exit 4", () => {
  const pretend = "Object.defineProperty(process.versions, 'node', { value: '20.20.2' });";
  const olds = [
    {
      node: process.execPath,
      argv: ["-e", `${pretend} require(${JSON.stringify(bin)});`],
      version: "20.20.2",
    },
  ];
  // The machine's own Node, where that is an old one.
  const own = existsSync("/usr/bin/node")
    ? spawnSync("/usr/bin/node", ["-p", "process.versions.node"], { encoding: "utf8" }).stdout.trim()
    : "22";
  if (Number.parseInt(own, 10) < 22)
    olds.push({ node: "/usr/bin/node", argv: [bin, "--help"], version: own });
  for (const { node, argv, version } of olds) {
    const { status, stdout, stderr } = spawnSync(node, argv, { encoding: "utf8" });
    assert.is(status, 4);
    assert.is(stdout, "");
    assert.is(stderr, `error: noxus needs Node 22 or later; this is Node ${version}\n`);
  }
});

test("a closed pipe ends quietly", () => {
  // `true` is gone long before noxus writes.
  const command = `"${process.execPath}" "${bin}" schema | true; echo "\${PIPESTATUS[0]}"`;
  const { stdout, stderr } = spawnSync("bash", ["-c", command], { encoding: "utf8" });
  assert.is(stderr, "");
  assert.is(stdout, "0\n");
});

test("a full disk is told in one line, also where the answer is known from before", () => {
  const folder = mkdtempSync(join(tmpdir(), "noxus-full-"));
  try {
    writeFileSync(join(folder, "plugin.yaml"), "name: demo\n");
    const env = { ...process.env, XDG_CACHE_HOME: join(folder, "cache") };
    // The first time the plugin is too young for its answer to be kept; the third comes from the cache.
    for (const args of ["schema", ...Array.from({ length: 3 }, () => `validate "${folder}"`)]) {
      const command = `"${process.execPath}" "${bin}" ${args} > /dev/full`;
      const { status, stderr } = spawnSync("bash", ["-c", command], { encoding: "utf8", env });
      assert.is(stderr, "error: cannot write the answer: no space left on the device\n");
      assert.is(status, 2);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
