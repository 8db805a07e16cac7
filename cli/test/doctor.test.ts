/** `noxus doctor` and `noxus completion`: what surrounds noxus, and what a shell can complete. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { tool } from "../version.ts";
import { run } from "./run.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "noxus-doctor-test-")));
test.after(() => rmSync(folder, { recursive: true, force: true }));

interface Seen {
  readonly name: string;
  readonly state: string;
  readonly found: string;
}

async function checks(cwd: string): Promise<ReadonlyMap<string, Seen>> {
  const { stdout, code } = await run(["doctor", "--json"], cwd);
  const { ok, checks }: { ok: boolean; checks: readonly Seen[] } = JSON.parse(stdout);
  assert.equal([code, ok], [0, true]);
  return new Map(checks.map((check) => [check.name, check]));
}

test("tries what noxus needs on this machine", async () => {
  const found = await checks(folder);
  assert.match(found.get("node")?.found ?? "", process.versions.node);
  for (const name of ["typescript", "esbuild", "containment", "git", "temporary files"])
    assert.is(found.get(name)?.state, "good", name);
  assert.not(found.has("plugin.yaml"));
  const { stdout } = await run(["doctor"], folder);
  assert.match(stdout, /^✓ containment: Node's permission model denies files$/m);
});

test("in a plugin it looks at the editor's modeline and at the noxus installed there", async () => {
  const plugin = join(folder, "plugin");
  mkdirSync(join(plugin, "node_modules", "noxus"), { recursive: true });
  const config = "name: demo\nversion: 0.1.0\nentrypoint: src/index.DemoPlugin\n";
  writeFileSync(join(plugin, "plugin.yaml"), config);
  const installed = (version: string) =>
    writeFileSync(join(plugin, "node_modules", "noxus", "package.json"), JSON.stringify({ version }));
  installed("0.0.1");
  const before = await checks(plugin);
  assert.is(before.get("plugin.yaml")?.state, "warning");
  assert.is(before.get("the plugin's noxus")?.found, `0.0.1, and this is ${tool.version}`);
  writeFileSync(join(plugin, "plugin.yaml"), `# yaml-language-server: $schema=./schema.json\n${config}`);
  installed(tool.version);
  const after = await checks(plugin);
  assert.equal([after.get("plugin.yaml")?.state, after.get("the plugin's noxus")?.state], ["good", "good"]);
});

test("without temporary files noxus cannot work, and doctor says so with 4", async () => {
  const saved = process.env.TMPDIR;
  process.env.TMPDIR = join(folder, "nowhere");
  try {
    const { code, stdout } = await run(["doctor"], folder);
    assert.is(code, 4);
    assert.match(stdout, /^✗ temporary files: cannot be written: /m);
  } finally {
    if (saved === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = saved;
  }
});

/** What bash offers for a line that ends where the cursor is. */
async function completed(line: string): Promise<readonly string[]> {
  const { stdout } = await run(["completion", "bash"], folder);
  const words = line.split(" ");
  const script = `${stdout}
COMP_WORDS=(${words.map((word) => `"${word}"`).join(" ")})
COMP_CWORD=${words.length - 1}
_noxus
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const found = execFileSync("bash", ["-c", script], { cwd: folder, encoding: "utf8" });
  return found.split("\n").filter(Boolean);
}

test("bash completes commands, their second words, options, their values and files", async () => {
  writeFileSync(join(folder, "two words.json"), "{}");
  assert.equal(await completed("noxus val"), ["validate"]);
  assert.equal(await completed("noxus plugin "), ["list", "info"]);
  assert.equal(await completed("noxus plugin list --j"), ["--json"]);
  assert.equal(await completed("noxus compat --format "), ["text", "json", "markdown"]);
  assert.equal(await completed("noxus explain NX5011"), ["NX5011"]);
  assert.equal(await completed("noxus schema m"), ["manifest"]);
  assert.equal(await completed("noxus call echo --input two"), ["two words.json"]);
});

test("every shell's script names every command and option; an unknown shell is refused", async () => {
  const { stdout: help } = await run(["--help"], folder);
  const commands = [...help.matchAll(/^ {2}([a-z]+)(?: [a-z]+)? {2,}/gm)].map(([, name]) => name ?? "");
  assert.ok(commands.length > 10);
  for (const shell of ["bash", "zsh", "fish"]) {
    const { stdout, code } = await run(["completion", shell], folder);
    assert.is(code, 0);
    for (const word of [...commands, "grant", "strict-port", "timeout"])
      assert.match(stdout, new RegExp(`\\b${word}\\b`), `${shell}: ${word}`);
  }
  const wrong = await run(["completion", "fishy"], folder);
  assert.equal([wrong.code, wrong.stdout], [2, ""]);
  assert.match(wrong.stderr, "did you mean `fish`?");
});

test.run();
