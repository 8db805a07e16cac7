/** What `validate --fix` writes: exactly what is meant, once, and nothing else. */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Compiler, openCompiler } from "../compiler.ts";
import { lineDiff } from "../diff-lines.ts";
import { closeSharedCompiler, run } from "./run.ts";

const root = realpathSync(mkdtempSync(join(tmpdir(), "noxus-fix-")));
let made = 0;

/** A plugin with one node, whose `call` is `body`, and its plugin.yaml. */
function plugin(yaml: string, body: string): { folder: string; file: string; yaml(): string } {
  const folder = join(root, `p${made++}`);
  mkdirSync(join(folder, "src"), { recursive: true });
  const file = join(folder, "plugin.yaml");
  writeFileSync(file, yaml);
  writeFileSync(
    join(folder, "src", "index.ts"),
    `import { Node, Plugin } from "noxus/plugins";
export class DemoNode extends Node {
  async call(text: string): Promise<{ text: string }> {
${body}
    return { text };
  }
}
export class DemoPlugin extends Plugin {
  nodes() {
    return [new DemoNode()];
  }
}
`,
  );
  return { folder, file, yaml: () => readFileSync(file, "utf8") };
}

const head = "# the demo\nname: demo\nversion: 0.1.0\nentrypoint: src/index.DemoPlugin\n";
const posts = '    await fetch("https://chat.example/post", { headers: { token: `${process.env.TOKEN}` } });';

interface Layout {
  readonly what: string;
  readonly before: string;
  readonly after: string;
}

const layouts: readonly Layout[] = [
  {
    what: "none",
    before: "timeout: 5s # end\n",
    after: "permissions:\n  - env:TOKEN\n  - network:chat.example\ntimeout: 5s # end\n",
  },
  {
    what: "a list",
    before: "permissions: # why\n    # first\n    - fs:read:/data # data\n\n# end\n",
    after: "permissions: # why\n    # first\n    - env:TOKEN\n    - network:chat.example\n\n# end\n",
  },
  {
    what: "brackets",
    before: "permissions: [ fs:read:/data,  env:TOKEN ] # why\n",
    after: "permissions: [ env:TOKEN, network:chat.example ] # why\n",
  },
  {
    what: "an object",
    before: "permissions:\n  env: # names\n    - OTHER # gone\n  system: {execute: git} # gone\n",
    after:
      "permissions:\n  env: # names\n    - TOKEN\n  system: {execute: []} # gone\n  network: [chat.example]\n",
  },
];

for (const { what, before, after } of layouts) {
  test(`grants the least set, takes out what is unused, keeps the rest, and is done: ${what}`, async () => {
    const demo = plugin(head + before, posts);
    const first = await run(["validate", "--fix", "--grant"], demo.folder);
    assert.is(demo.yaml(), head + after);
    assert.is(first.code, 0, first.stdout);
    assert.match(
      first.stdout,
      /granted {2}NX3001 {2}plugin\.yaml:\d+:\d+ +network:chat\.example\n +used by demo/,
    );
    const { mtimeMs } = statSync(demo.file);
    const second = await run(["validate", "--fix", "--grant"], demo.folder);
    assert.is(second.code, 0);
    assert.not.match(second.stdout, /granted|removed/);
    assert.is(statSync(demo.file).mtimeMs, mtimeMs);
    assert.equal(readdirSync(demo.folder).sort(), ["plugin.yaml", "src"]);
  });
}

test("grants the broad permission only where the resource is unknown, and then no narrow one beside it", async () => {
  const demo = plugin(
    head,
    '    await fetch(text);\n    await fetch("https://chat.example/");\n    void process.env.A;',
  );
  const { code, stdout } = await run(["validate", "--fix", "--grant"], demo.folder);
  assert.is(code, 0);
  assert.match(stdout, /^granted {2}NX3005 {2}\S+ +network \(all of it: what is reached is not constant\)$/m);
  assert.is(demo.yaml(), `${head}permissions:\n  - env:A\n  - network\n`);
});

test("grants nothing for what cannot be proven, and takes nothing out beside it", async () => {
  const yaml = `${head}permissions: [exec:git, network]\n`;
  const demo = plugin(yaml, '    await fetch("https://chat.example/");\n    eval(text);');
  const { code, stdout } = await run(["validate", "--fix", "--grant"], demo.folder);
  assert.is(code, 1);
  assert.match(stdout, /error\[NX3004\]/);
  assert.is(demo.yaml(), yaml);
});

test("takes nothing out and narrows nothing beside what is waived", async () => {
  const yaml = `${head}permissions: [exec:git, network]\n`;
  const demo = plugin(
    yaml,
    '    await fetch("https://chat.example/");\n    eval(text); // noxus-waive: a test',
  );
  const { code, stdout } = await run(["validate", "--fix", "--grant"], demo.folder);
  assert.is(code, 0);
  assert.match(stdout, /warning\[NX3012\]/);
  assert.is(demo.yaml(), yaml);
});

test("a port that is declared alone is not granted again without it", async () => {
  const yaml = `${head}permissions: [network:chat.example:443, env:TOKEN]\n`;
  const demo = plugin(yaml, posts);
  const { code } = await run(["validate", "--fix", "--grant"], demo.folder);
  assert.is(code, 0);
  assert.is(demo.yaml(), yaml);
});

test("narrows a broad permission to what is used", async () => {
  const demo = plugin(`${head}permissions:\n  - network # all\n  - env:TOKEN # it\n`, posts);
  const { code, stdout } = await run(["validate", "--fix"], demo.folder);
  assert.is(code, 0);
  assert.match(stdout, /narrowed {2}NX3013 {2}plugin\.yaml:6:5 {2}network -> network:chat\.example/);
  assert.is(demo.yaml(), `${head}permissions:\n  - env:TOKEN # it\n  - network:chat.example\n`);
});

test("a key that was misspelt is corrected first, so that nothing is granted twice", async () => {
  const demo = plugin(`${head}permisions: [env:TOKEN, network:chat.example]\n`, posts);
  const { code, stdout } = await run(["validate", "--fix", "--grant"], demo.folder);
  assert.is(code, 0);
  assert.not.match(stdout, /granted/);
  assert.is(demo.yaml(), `${head}permissions: [env:TOKEN, network:chat.example]\n`);
});

test("an alias is left alone and said", async () => {
  const yaml = `${head}x-all: &all [env:TOKEN]\npermissions: *all\n`;
  const demo = plugin(yaml, posts);
  const { code, stdout } = await run(["validate", "--fix", "--grant"], demo.folder);
  assert.is(code, 1);
  assert.match(
    stdout,
    /^not changed: `network:chat\.example`; the layout of plugin\.yaml leaves it to you$/m,
  );
  assert.is(demo.yaml(), yaml);
});

test("keeps the mode, a byte order mark, CRLF and a symbolic link", async () => {
  const demo = plugin(`\uFEFF${head}`.replaceAll("\n", "\r\n"), "    void process.env.A;");
  const real = join(demo.folder, "real.yaml");
  renameSync(demo.file, real);
  chmodSync(real, 0o640);
  symlinkSync("real.yaml", demo.file);
  const { code } = await run(["validate", "--fix", "--grant"], demo.folder);
  assert.is(code, 0);
  assert.is(readFileSync(real, "utf8"), `\uFEFF${head}permissions:\n  - env:A\n`.replaceAll("\n", "\r\n"));
  assert.is(statSync(real).mode & 0o777, 0o640);
  assert.ok(lstatSync(demo.file).isSymbolicLink());
});

test("a dry run and a refusal in CI write nothing", async () => {
  const demo = plugin(head, posts);
  const dry = await run(["validate", "--fix", "--grant", "--dry-run"], demo.folder);
  assert.is(dry.code, 1);
  assert.match(dry.stdout, /^\+permissions:\n\+ {2}- env:TOKEN\n\+ {2}- network:chat\.example$/m);
  const refused = await run(["validate", "--fix", "--grant"], demo.folder, { CI: "1" });
  assert.is(refused.code, 2);
  assert.is(refused.stdout, "");
  assert.is(demo.yaml(), head);
});

test("several plugins at once", async () => {
  const demos = [plugin(head, posts), plugin(head, "    void process.env.B;")];
  const { code, stdout } = await run(
    ["validate", "--fix", "--grant", ...demos.map(({ folder }) => folder)],
    root,
  );
  assert.is(code, 0);
  assert.equal(
    demos.map((demo) => demo.yaml().slice(head.length)),
    ["permissions:\n  - env:TOKEN\n  - network:chat.example\n", "permissions:\n  - env:B\n"],
  );
  assert.match(stdout, /^review the grants: git diff p\d+\/plugin\.yaml p\d+\/plugin\.yaml$/m);
});

test("what was changed meanwhile is not overwritten", async () => {
  const demo = plugin(head, posts);
  const changing = (): Compiler => {
    const compiler = openCompiler();
    const analyze = async (folder: string) => {
      const found = await compiler.analyze(folder);
      writeFileSync(demo.file, `${head}timeout: 5s\n`);
      return found;
    };
    return { ...compiler, analyze };
  };
  const { code, stderr } = await run(["validate", "--fix", "--grant"], demo.folder, {}, changing);
  assert.is(code, 2);
  assert.is(stderr, "error: `plugin.yaml` was changed while it was checked\n  run the command again\n");
  assert.is(demo.yaml(), `${head}timeout: 5s\n`);
});

test("the diff of a dry run is one that patch accepts", () => {
  const before = "a\nb\nc\nd\ne\nf\ng\n";
  const after = "a\nB\nc\nd\ne\nf\nf2\ng\nh\n";
  const diff = lineDiff(before, after);
  assert.equal(diff, ["@@ -1,3 +1,3 @@", " a", "-b", "+B", " c", "@@ -6,2 +6,4 @@", " f", "+f2", " g", "+h"]);
  const file = join(root, "text");
  writeFileSync(file, before);
  const input = `--- text\n+++ text\n${diff.join("\n")}\n`;
  execFileSync("git", ["apply", "--unidiff-zero", "-"], { cwd: root, input });
  assert.is(readFileSync(file, "utf8"), after);
});

test.after(async () => {
  await closeSharedCompiler();
  rmSync(root, { recursive: true, force: true });
});

test.run();
