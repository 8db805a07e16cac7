/** `noxus validate --staged` in real repositories: the verdict is about what would be committed. */
import { chmodSync, existsSync, readdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { makeRepository, pluginFile, pluginSource, type Repository, reaching } from "./repository.ts";
import { closeSharedCompiler, run } from "./run.ts";

let repository: Repository;

test.before.each(() => {
  repository = makeRepository();
  const { write, git } = repository;
  process.env.TMPDIR = repository.temporary;
  write(".gitignore", "node_modules\n");
  write("README.md", "Plugins.\n");
  for (const name of ["one", "two"]) {
    write(`plugins/${name}/plugin.yaml`, pluginFile(name));
    write(`plugins/${name}/src/index.ts`, pluginSource());
  }
  git("add", ".");
  git("commit", "--quiet", "--message=start");
});

const leftBehind: string[] = [];

test.after.each(() => {
  if (existsSync(repository.temporary)) leftBehind.push(...readdirSync(repository.temporary));
  repository.remove();
});

/** One line for each finding. */
async function staged(...argv: readonly string[]) {
  const { folder, env } = repository;
  return run(["validate", "--staged", "--format", "unix", ...argv], folder, env);
}

const finding = (name: string) =>
  `plugins/${name}/src/index.ts:5:11: error: \`fetch\` needs \`network:example.com\`, which plugin.yaml does not declare [NX3001]\n`;

test("what is staged counts, whatever the working tree holds by now", async () => {
  const { write, git } = repository;
  write("plugins/one/src/index.ts", pluginSource(reaching));
  git("add", ".");
  write("plugins/one/src/index.ts", pluginSource());
  assert.equal(await staged(), { stdout: finding("one"), stderr: "", code: 1 });
  git("add", ".");
  write("plugins/one/src/index.ts", pluginSource("return { text: text + 1 };"));
  git("add", ".");
  write("plugins/one/src/index.ts", pluginSource(reaching));
  assert.equal(await staged(), { stdout: "", stderr: "", code: 0 });
  assert.is(git("status", "--short"), "MM plugins/one/src/index.ts\n");
});

test("the part of a file that is staged counts alone", async () => {
  const { write, git } = repository;
  write("plugins/one/plugin.yaml", pluginFile("one", "permissions: [network:example.com]\n"));
  write("plugins/one/src/index.ts", pluginSource(reaching));
  git("add", "plugins/one/src/index.ts");
  assert.is((await staged()).stdout, finding("one"));
  git("add", "plugins/one/plugin.yaml");
  assert.is((await staged()).code, 0);
});

test("only plugins that the commit changes are looked at, and those that are named", async () => {
  const { write, git } = repository;
  for (const name of ["one", "two"]) write(`plugins/${name}/src/index.ts`, pluginSource(reaching));
  git("add", "plugins/two/src/index.ts");
  assert.is((await staged()).stdout, finding("two"));
  git("add", ".");
  git("commit", "--quiet", "--message=both");
  assert.equal(await staged(), { stdout: "", stderr: "note: no staged change is in a plugin\n", code: 0 });
  assert.is((await staged("plugins/one/src/index.ts")).stdout, finding("one"));
  assert.is((await staged("plugins/one", "plugins/two")).stdout, finding("one") + finding("two"));
  assert.equal(await staged("README.md"), {
    stdout: "",
    stderr: "note: `README.md` is in no plugin that git knows\n",
    code: 0,
  });
  assert.is((await staged("plugins/none")).code, 2);
});

test("a file that the commit removes, renames or forgets is missing", async () => {
  const { write, git, folder } = repository;
  const helper = (name: string) => `import { help } from "./${name}.ts";\n`;
  write("plugins/one/src/help.ts", 'export const help = "help";\n');
  write("plugins/one/src/index.ts", pluginSource("text += help;", helper("help")));
  git("add", "plugins/one/src/index.ts");
  const missing = /^plugins\/one\/src\/index\.ts:2:\d+: error: .*help\.ts/m;
  assert.match((await staged()).stdout, missing, "untracked");
  git("add", ".");
  assert.is((await staged()).code, 0);
  git("commit", "--quiet", "--message=help");
  git("rm", "--quiet", "--cached", "plugins/one/src/help.ts");
  assert.match((await staged()).stdout, missing, "removed");
  git("add", ".");
  renameSync(join(folder, "plugins/one/src/help.ts"), join(folder, "plugins/one/src/aid.ts"));
  git("add", ".");
  assert.match((await staged()).stdout, missing, "renamed");
  write("plugins/one/src/index.ts", pluginSource("text += help;", helper("aid")));
  git("add", ".");
  assert.is((await staged()).code, 0);
});

test("a plugin that the commit removes is no plugin any more, and one that moves is checked where it comes to", async () => {
  const { write, git } = repository;
  git("rm", "--quiet", "-r", "plugins/one");
  git("mv", "plugins/two", "plugins/three");
  assert.equal(await staged(), { stdout: "", stderr: "", code: 0 });
  write("plugins/three/src/index.ts", pluginSource(reaching));
  git("add", ".");
  assert.is((await staged()).stdout, finding("three"));
});

test("packages are lent by the working tree while the lockfile is the same, and are named where they lie", async () => {
  const { write, git } = repository;
  const sender = "plugins/one/node_modules/sender";
  write(
    `${sender}/package.json`,
    '{"name":"sender","version":"1.2.0","type":"module","exports":"./index.js"}',
  );
  write(`${sender}/index.js`, 'export const send = () => fetch("https://example.com/");\n');
  write(`${sender}/index.d.ts`, "export function send(): Promise<unknown>;\n");
  write("plugins/one/package-lock.json", '{"lockfileVersion":3}\n');
  write("plugins/one/src/index.ts", pluginSource("await send();", 'import { send } from "sender";\n'));
  git("add", ".");
  const { stdout, stderr } = await run(["validate", "--staged", "--json"], repository.folder);
  assert.is(stderr, "");
  const [plugin] = JSON.parse(stdout).plugins;
  assert.is(plugin.root, "plugins/one");
  assert.not.match(stdout, repository.temporary);
  assert.is(plugin.diagnostics[0].callPath.at(-1).file, `${sender}/index.js`);
  write("plugins/one/package-lock.json", '{"lockfileVersion":3, "packages": {}}\n');
  const other = await staged();
  assert.match(other.stderr, "note: plugins/one: its staged lockfile is another than the working tree's");
  assert.match(other.stdout, /NX6001/);
});

test("a package of the repository itself is taken as it is staged", async () => {
  const { write, git, folder } = repository;
  write("packages/shared/package.json", '{"name":"shared","type":"module","exports":"./index.js"}');
  write("packages/shared/index.js", "export const share = (text) => text;\n");
  write("packages/shared/index.d.ts", "export function share(text: string): string;\n");
  write("plugins/one/src/index.ts", pluginSource("text = share(text);", 'import { share } from "shared";\n'));
  write("node_modules/.package-lock.json", "{}\n");
  symlinkSync("../packages/shared", join(folder, "node_modules/shared"));
  git("add", ".");
  write("packages/shared/index.js", 'export const share = (text) => fetch("https://example.com/" + text);\n');
  assert.equal(await staged(), { stdout: "", stderr: "", code: 0 });
  git("add", ".");
  const { stdout } = await staged("plugins/one");
  assert.match(stdout, "network:example.com");
});

test("conflicts are said, and a first commit has something to compare with", async () => {
  const { write, git, folder } = repository;
  git("checkout", "--quiet", "-b", "other");
  write("plugins/one/src/index.ts", pluginSource("text += 1;"));
  git("commit", "--quiet", "--all", "--message=other");
  git("checkout", "--quiet", "main");
  write("plugins/one/src/index.ts", pluginSource("text += 2;"));
  git("commit", "--quiet", "--all", "--message=main");
  assert.is(repository.run("git", "merge", "--quiet", "other").code, 1);
  const conflict = await staged();
  assert.is(conflict.code, 2);
  assert.is(conflict.stderr, "error: the index has conflicts\n  resolve them, and `git add` the files\n");
  git("merge", "--abort");
  rmSync(join(folder, ".git"), { recursive: true });
  git("init", "--quiet");
  write("plugins/one/src/index.ts", pluginSource(reaching));
  git("add", ".");
  assert.is((await staged()).stdout, finding("one"));
});

test("paths are relative to the folder that noxus is started in, and the cache stays out of it", async () => {
  const { write, git, folder, env } = repository;
  write("plugins/two/src/index.ts", pluginSource(reaching));
  git("add", ".");
  const { stdout } = await run(
    ["validate", "--staged", "--format=unix"],
    join(folder, "plugins", "one"),
    env,
  );
  assert.is(stdout, finding("two").replace("plugins/", "../"));
  assert.not.ok(existsSync(join(env.XDG_CACHE_HOME ?? "", "noxus")));
});

test("a plain git hook blocks and allows commits, of some paths too", async () => {
  const { write, git, folder } = repository;
  const hook = join(folder, ".git", "hooks", "pre-commit");
  const noxus = join(import.meta.dirname, "noxus.ts");
  write(".git/hooks/pre-commit", `#!/bin/sh\nexec "${process.execPath}" "${noxus}" validate --staged\n`);
  chmodSync(hook, 0o755);
  write("plugins/one/src/index.ts", pluginSource(reaching));
  write("plugins/two/src/index.ts", pluginSource("text += 2;"));
  git("add", ".");
  const blocked = repository.run("git", "commit", "--message=both");
  assert.is(blocked.code, 1, blocked.output);
  assert.match(blocked.output, "✗ one 0.1.0: 1 error");
  // git makes an index for this commit alone, and tells the hook where it is.
  const allowed = repository.run("git", "commit", "--message=two", "plugins/two");
  assert.is(allowed.code, 0, allowed.output);
  assert.match(allowed.output, "✓ two 0.1.0");
  assert.not.match(allowed.output, "one 0.1.0");
  assert.is(git("status", "--short"), "M  plugins/one/src/index.ts\n");
});

test("nothing of all this is left behind", () => {
  assert.equal(leftBehind, []);
});

test.after(closeSharedCompiler);

test.run();
