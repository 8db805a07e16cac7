/** `noxus diff` in a git repository: what a commit gained, and that nothing is left behind. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { closeSharedCompiler, run } from "./run.ts";

const root = realpathSync(mkdtempSync(join(tmpdir(), "noxus-diff-")));
const repository = join(root, "repository");
const folder = join(repository, "plugins", "posts");
/** Where noxus makes its temporary folders during these tests. */
const temporary = join(root, "tmp");

function write(file: string, text: string): void {
  mkdirSync(dirname(join(repository, file)), { recursive: true });
  writeFileSync(join(repository, file), text);
}

function git(...args: readonly string[]): string {
  const who = { name: "Test", email: "test@example.com" };
  const env = {
    PATH: process.env.PATH,
    HOME: root,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: who.name,
    GIT_AUTHOR_EMAIL: who.email,
    GIT_COMMITTER_NAME: who.name,
    GIT_COMMITTER_EMAIL: who.email,
  };
  return execFileSync("git", args, { cwd: repository, env, encoding: "utf8" });
}

const config = "name: posts\nversion: 0.1.0\nentrypoint: src/index.PostsPlugin\n";

function source(line: string, head = ""): string {
  return `import { Node, Plugin } from "noxus/plugins";
${head}
export class PostNode extends Node {
  async call(text: string): Promise<{ text: string }> {
    ${line}
    return { text };
  }
}
export class PostsPlugin extends Plugin {
  nodes() {
    return [new PostNode()];
  }
}
`;
}

const withPackage = 'import { send } from "sender";\n';
const sender = "plugins/posts/node_modules/sender";

test.before(() => {
  mkdirSync(temporary, { recursive: true });
  process.env.TMPDIR = temporary;
  write(".gitignore", "node_modules\n");
  write("plugins/posts/plugin.yaml", config);
  write("plugins/posts/package-lock.json", '{"lockfileVersion":3}\n');
  write("plugins/posts/src/index.ts", source(""));
  git("init", "--quiet", "--initial-branch=main");
  git("add", ".");
  git("commit", "--quiet", "--message=start");
  write(
    `${sender}/package.json`,
    '{"name":"sender","version":"1.2.0","type":"module","exports":"./index.js"}',
  );
  write(
    `${sender}/index.js`,
    'export const send = (text) => fetch("https://posts.example/", { body: text });\n',
  );
  write(`${sender}/index.d.ts`, "export function send(text: string): Promise<Response>;\n");
  write("plugins/posts/plugin.yaml", `${config}permissions: [network:posts.example]\n`);
  write("plugins/posts/src/index.ts", source("await send(text);", withPackage));
  git("commit", "--quiet", "--all", "--message=send");
});

test("a commit that makes a dependency reach a host is a gain, with the path and the package", async () => {
  const { code, stdout, stderr } = await run(["diff", "HEAD~1", "HEAD"], folder);
  assert.is(stderr, "");
  assert.is(code, 1);
  assert.fixture(
    stdout,
    `posts 0.1.0 (HEAD~1) -> posts 0.1.0 (HEAD)

node post
  + network:posts.example
      PostNode.call (src/index.ts:5:9) -> send (node_modules/sender/index.js:1:14)
      -> fetch (node_modules/sender/index.js:1:31)
      in sender 1.2.0

plugin
  + declares network:posts.example

✗ 2 gained, 0 lost
`,
  );
});

test("the same the other way round is a loss, and no change is none", async () => {
  const back = await run(["diff", "main", "main~1"], folder);
  assert.is(back.code, 0);
  assert.match(back.stdout, /0 gained, 2 lost/);
  const same = await run(["diff", "HEAD", "."], folder);
  assert.is(same.code, 0);
  assert.is(same.stdout, "posts 0.1.0 (HEAD) -> posts 0.1.0 (.)\n\n✓ no power gained or lost\n");
});

test("a path behind a colon starts at the top, as in git, whatever folder one is in", async () => {
  const { code, stdout } = await run(["diff", "HEAD~1:plugins/posts", "plugins/posts"], repository);
  assert.is(code, 1);
  assert.match(stdout, /^posts 0\.1\.0 \(HEAD~1:plugins\/posts\) -> posts 0\.1\.0 \(plugins\/posts\)$/m);
  const relative = await run(["diff", "HEAD~1:./plugins/posts", "HEAD:plugins/posts"], repository);
  assert.is(relative.code, 1);
});

test("JSON and Markdown say the same", async () => {
  const json = await run(["diff", "HEAD~1", ".", "--json"], folder);
  assert.is(json.code, 1);
  const { nodes, declared, gained, lost } = JSON.parse(json.stdout);
  assert.equal(
    { declared, gained, lost },
    { declared: { gained: ["network:posts.example"], lost: [] }, gained: 2, lost: 0 },
  );
  assert.equal(nodes[0].gained[0].packages, [{ name: "sender", version: "1.2.0", otherVersion: null }]);
  const { stdout } = await run(["diff", "HEAD~1", ".", "--format", "markdown"], folder);
  assert.match(
    stdout,
    /^\| \*\*gained\*\* \| node `post` \| `network:posts\.example` \| `PostNode\.call` → `send` → `fetch` at `[^`]+`, in `sender 1\.2\.0` \|$/m,
  );
});

test("another lockfile is said, and what needs its packages then cannot be compared", async () => {
  write("plugins/posts/package-lock.json", '{"lockfileVersion":3,"name":"posts"}\n');
  try {
    const { code, stdout, stderr } = await run(["diff", "HEAD", "."], folder);
    assert.is(code, 2);
    assert.is(stdout, "");
    assert.match(
      stderr,
      /^note: HEAD: its lockfile is another than the working tree's, so no packages were linked in$/m,
    );
    assert.match(stderr, /error: `HEAD` cannot be analysed to its end: NX6001 cannot resolve `sender`/);
  } finally {
    git("checkout", "--quiet", "--", "plugins/posts/package-lock.json");
  }
});

test("a new version of a package that reaches more names both versions", async () => {
  const other = join(root, "other");
  execFileSync("cp", ["-r", folder, other]);
  const file = join(other, "node_modules", "sender");
  writeFileSync(
    join(file, "package.json"),
    '{"name":"sender","version":"1.3.0","type":"module","exports":"./index.js"}',
  );
  writeFileSync(
    join(file, "index.js"),
    'export const send = (text) => fetch("https://posts.example/", { body: process.env.HOME });\n',
  );
  const { code, stdout } = await run(["diff", folder, other], root);
  assert.is(code, 1);
  assert.match(stdout, /\+ env:HOME\n.*\n.*\n +in sender 1\.3\.0 \(1\.2\.0 on the other side\)/);
});

test("what is no revision, no path in it, or outside of a repository is one error", async () => {
  const error = async (cwd: string, ...sides: readonly string[]) => {
    const { code, stderr, stdout } = await run(["diff", ...sides], cwd);
    assert.is(code, 2);
    assert.is(stdout, "");
    return stderr.split("\n")[0] ?? "";
  };
  assert.is(await error(folder, "HEAD", "nothing"), "error: `nothing` is neither a path nor a git revision");
  assert.is(await error(folder, "--", "--all", "."), "error: `--all` is neither a path nor a git revision");
  assert.is(await error(folder, "HEAD:plugins/none", "."), "error: `HEAD` has no `plugins/none`");
  assert.is(await error(folder, "HEAD:.gitignore", "."), "error: `HEAD:.gitignore` is in no plugin");
  assert.is(await error(root, "HEAD", "."), "error: `HEAD` is neither a path nor a git revision");
  writeFileSync(join(root, "broken.json"), '{"name": 1}');
  assert.match(await error(root, "broken.json", folder), /^error: `broken\.json` is no noxus manifest: /);
});

test("nothing is left behind", () => {
  assert.equal(readdirSync(temporary), []);
  assert.is(git("status", "--short"), "");
});

test.after(async () => {
  await closeSharedCompiler();
  rmSync(root, { recursive: true, force: true });
});

test.run();
