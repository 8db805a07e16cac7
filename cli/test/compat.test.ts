/** `noxus compat` in a git repository: the version that a commit needs, in every format. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { closeSharedCompiler, run } from "./run.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "noxus-compat-")));

function write(file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

function version(text: string): void {
  write("plugin.yaml", `name: words\nversion: ${text}\nentrypoint: src/index.WordsPlugin\n`);
}

function node(signature: string): void {
  write(
    "src/index.ts",
    `import { Node, Plugin } from "noxus/plugins";
export class CountNode extends Node {
  ${signature}
}
export class WordsPlugin extends Plugin {
  nodes() {
    return [new CountNode()];
  }
}
`,
  );
}

function git(...args: readonly string[]): void {
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: "Test",
    GIT_AUTHOR_EMAIL: "test@example.com",
    GIT_COMMITTER_NAME: "Test",
    GIT_COMMITTER_EMAIL: "test@example.com",
  };
  execFileSync("git", args, { cwd: folder, env });
}

test.before(() => {
  version("1.4.0");
  node("call(text: string): { words: number } { return { words: text.length }; }");
  git("init", "--quiet", "--initial-branch=main");
  git("add", ".");
  git("commit", "--quiet", "--message=start");
  version("1.5.0");
  node(
    'call(text: string, lang: "en" | "de"): { words: number | null } { return { words: lang === "de" ? null : text.length }; }',
  );
});
test.after(async () => {
  rmSync(folder, { recursive: true, force: true });
  await closeSharedCompiler();
});

test("names what breaks callers, with a value for each, and the version that it needs", async () => {
  const { code, stdout, stderr } = await run(["compat", "HEAD", "."], folder);
  assert.is(stderr, "");
  assert.is(code, 1);
  assert.fixture(
    stdout,
    `words 1.4.0 (HEAD) -> words 1.5.0 (.)

node count
  major  NX5003 \`lang\` is required now
         accepted before, refused now: {"text":"a"}
  major  NX5004 \`words\` may be null now; it was number
         may be returned now, outside the old schema: {"words":null}

✗ 1.4.0 -> 1.5.0 is too low: major changes need a major version: 2.0.0 or higher (NX5011)
`,
  );
});

test("JSON and Markdown say the same", async () => {
  const json = await run(["compat", "HEAD", ".", "--json"], folder);
  const { ok, needed, least_version: least, changes } = JSON.parse(json.stdout);
  assert.equal([json.code, ok, needed, least], [1, false, "major", "2.0.0"]);
  assert.equal(
    changes.map((change: Record<string, unknown>) => [change.code, change.path, change.witness]),
    [
      ["NX5011", "", null],
      ["NX5003", "/lang", { value: { text: "a" }, accepted_by: "old" }],
      ["NX5004", "/words", { value: { words: null }, accepted_by: "new" }],
    ],
  );
  const { stdout } = await run(["compat", "HEAD", ".", "--format", "markdown"], folder);
  assert.match(
    stdout,
    '| **major** | node `count` | NX5003 `lang` is required now | `accepted before, refused now: {"text":"a"}` |',
  );
});

test("a version that is high enough ends with 0, and so does no change", async () => {
  version("2.0.0");
  const { code, stdout } = await run(["compat", "HEAD", "."], folder);
  assert.match(stdout, "✓ 1.4.0 -> 2.0.0 is enough: major changes need a major version");
  assert.is(code, 0);
  const same = await run(["compat", "HEAD", "HEAD"], folder);
  assert.is(same.stdout, "words 1.4.0 (HEAD) -> words 1.4.0 (HEAD)\n\n✓ no change\n");
  assert.is(same.code, 0);
});

test("a side with errors is not compared", async () => {
  node("call(text: Missing): { words: number } { return { words: 1 }; }");
  const { code, stderr } = await run(["compat", "HEAD", "."], folder);
  assert.is(code, 2);
  assert.match(stderr, "`.` has errors, so that it has no manifest to compare");
  assert.match(stderr, "see: noxus validate");
});

test.run();
