/** The real pre-commit with the hook as `.pre-commit-hooks.yaml` describes it: commits blocked and allowed. */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { makeRepository, pluginFile, pluginSource, type Repository, reaching } from "./repository.ts";
import { run } from "./run.ts";

const has = spawnSync("pre-commit", ["--version"]).error === undefined;
if (!has) console.log("skipped: pre-commit is missing (Debian package pre-commit)");
const withPreCommit = has ? test : test.skip;

const hooks = join(import.meta.dirname, "..", "..", ".pre-commit-hooks.yaml");
let repository: Repository;

test.before(() => {
  repository = makeRepository();
  if (!has) return;
  const { folder, write, run, git } = repository;
  // Where the hook comes from is a repository too; only how noxus is installed differs from what users have.
  const source = join(folder, "..", "source");
  mkdirSync(source);
  copyFileSync(hooks, join(source, ".pre-commit-hooks.yaml"));
  git("-C", source, "init", "--quiet", "--initial-branch=main");
  git("-C", source, "add", ".");
  git("-C", source, "commit", "--quiet", "--message=hooks");
  const revision = git("-C", source, "rev-parse", "HEAD").trim();
  const noxus = `"${process.execPath}" "${join(import.meta.dirname, "noxus.ts")}"`;
  write(
    ".pre-commit-config.yaml",
    `repos:
  - repo: ${source}
    rev: ${revision}
    hooks:
      - id: noxus-validate
        language: system
        entry: '${noxus} validate --staged'
`,
  );
  write("plugins/one/plugin.yaml", pluginFile("one"));
  write("plugins/one/src/index.ts", pluginSource());
  write("plugins/two/plugin.yaml", pluginFile("two"));
  write("plugins/two/src/index.ts", pluginSource("text += spare;", 'import { spare } from "./spare.ts";\n'));
  write("plugins/two/src/spare.ts", "export const spare = 1;\n");
  write("README.md", "Plugins.\n");
  git("add", ".");
  git("commit", "--quiet", "--message=start");
  const installed = run("pre-commit", "install");
  assert.is(installed.code, 0, installed.output);
});

function commit(message: string) {
  return repository.run("git", "commit", `--message=${message}`);
}

withPreCommit("the hooks file is one", () => {
  const { code, output } = repository.run("pre-commit", "validate-manifest", hooks);
  assert.is(code, 0, output);
});

withPreCommit(
  "a commit is blocked by what is staged, and allowed whatever else lies in the working tree",
  () => {
    const { write, git } = repository;
    write("plugins/one/src/index.ts", pluginSource(reaching));
    git("add", ".");
    write("plugins/one/src/index.ts", pluginSource());
    const blocked = commit("blocked");
    assert.is(blocked.code, 1, blocked.output);
    assert.match(blocked.output, "error[NX3001]");
    assert.match(blocked.output, "--> plugins/one/src/index.ts:5:11");
    assert.not.match(blocked.output, "two 0.1.0");
    write("plugins/one/plugin.yaml", pluginFile("one", "permissions: [network:example.com]\n"));
    git("add", "plugins/one/plugin.yaml");
    write("plugins/one/plugin.yaml", "no plugin\n");
    const allowed = commit("allowed");
    assert.is(allowed.code, 0, allowed.output);
    assert.match(
      git("status", "--short"),
      /^ M plugins\/one\/plugin\.yaml\n M plugins\/one\/src\/index\.ts\n$/,
    );
    git("checkout", "--quiet", ".");
  },
);

withPreCommit("a commit that only takes a file away is blocked where that is missed", () => {
  const { git } = repository;
  git("rm", "--quiet", "plugins/two/src/spare.ts");
  const removed = commit("remove spare");
  assert.is(removed.code, 1, removed.output);
  assert.match(removed.output, "spare.ts");
  git("reset", "--quiet", "--hard");
});

withPreCommit("a commit that is about no plugin passes, and a run over all files checks every plugin", () => {
  const { write, git, run } = repository;
  write("README.md", "More plugins.\n");
  git("add", ".");
  const other = commit("read me");
  assert.is(other.code, 0, other.output);
  const all = run("pre-commit", "run", "--all-files", "--verbose");
  assert.is(all.code, 0, all.output);
  assert.match(all.output, "one 0.1.0");
  assert.match(all.output, "two 0.1.0");
});

test("the hook names what a plugin is made of, and a command line that noxus knows", async () => {
  const [hook] = parse(readFileSync(hooks, "utf8"));
  const files = new RegExp(hook.files);
  for (const name of ["plugin.yaml", "a/plugin.yml", "a/src/b.ts", "a/b.mts", "a/package-lock.json"])
    assert.ok(files.test(name), name);
  for (const name of ["README.md", "my-plugin.yaml", "a/plugin.yaml.txt"]) assert.not(files.test(name), name);
  const [command, ...argv] = hook.entry.split(" ");
  assert.is(command, "noxus");
  const { code, stderr } = await run(argv, repository.folder);
  assert.is(code, 0, stderr);
});

test.after(() => repository.remove());

test.run();
