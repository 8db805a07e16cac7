import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { className, create, ScaffoldError } from "../create.ts";

const template = join(import.meta.dirname, "..", "templates", "basic");
const test = suite("create", { root: "" });

test.before.each((context) => {
  context.root = realpathSync(mkdtempSync(join(tmpdir(), "noxus-scaffold-")));
});
test.after.each((context) => {
  rmSync(context.root, { recursive: true, force: true });
});

const make = (folder: string, name = "my-plugin") => create({ name, folder, template, version: "9.8.7" });

async function rejection(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    assert.instance(error, Error);
    return error as Error; // just asserted
  }
  throw new Error("nothing was thrown");
}

test("writes every file of the template, under its final name and without placeholders", async ({ root }) => {
  const folder = join(root, "my-plugin");
  const files = await make(folder);
  assert.equal(files, [
    ".gitignore",
    ".vscode/settings.json",
    "README.md",
    "package.json",
    "plugin.yaml",
    "src/index.ts",
    "test/text-stats.test.ts",
    "tsconfig.json",
  ]);
  for (const file of files) {
    assert.not.match(readFileSync(join(folder, file), "utf8"), "{{");
  }
  assert.equal(readdirSync(root), ["my-plugin"]);
  assert.is(statSync(folder).mode & 0o777, 0o777 & ~process.umask());
});

test("plugin.yaml, package.json and the class carry the plugin's name", async ({ root }) => {
  const folder = join(root, "x");
  // A name that YAML would read as a number if it were not quoted.
  await make(folder, "1e3");
  const yaml = readFileSync(join(folder, "plugin.yaml"), "utf8");
  assert.is(parse(yaml).name, "1e3");
  assert.is(parse(yaml).entrypoint, "src/index.Plugin1e3");
  assert.match(readFileSync(join(folder, "src/index.ts"), "utf8"), "export class Plugin1e3 extends Plugin");
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  assert.is(manifest.name, "1e3");
  assert.is(manifest.devDependencies.noxus, "^9.8.7");
  const schema = "./node_modules/noxus/compiler/load/plugin.schema.json";
  assert.ok(yaml.startsWith(`# yaml-language-server: $schema=${schema}\n`));
  assert.ok(existsSync(join(template, "../../..", schema.replace("./node_modules/noxus/", ""))));
});

test("class names are classes of their own", () => {
  assert.equal(["my-plugin", "ocr", "plugin", "3d", "a--b-c", "text-"].map(className), [
    "MyPlugin",
    "OcrPlugin",
    "MainPlugin",
    "Plugin3d",
    "ABCPlugin",
    "TextPlugin",
  ]);
});

test("the created plugin's own test passes once noxus is installed", async ({ root }) => {
  const folder = join(root, "plugin");
  await make(folder);
  // As installed, but on the sources: Node strips types only outside node_modules, hence the link.
  const installed = join(root, "noxus");
  const plugins = pathToFileURL(join(template, "../../../testing/plugins.ts")).href;
  mkdirSync(installed);
  mkdirSync(join(folder, "node_modules"));
  writeFileSync(
    join(installed, "package.json"),
    '{"type": "module", "exports": {"./plugins": "./plugins.ts"}}',
  );
  writeFileSync(join(installed, "plugins.ts"), `export * from ${JSON.stringify(plugins)};\n`);
  symlinkSync(installed, join(folder, "node_modules", "noxus"), "dir");
  const { NODE_TEST_CONTEXT: _context, ...env } = process.env;
  const output = execFileSync(process.execPath, ["--test", "--test-reporter=tap"], {
    cwd: folder,
    env,
    encoding: "utf8",
  });
  assert.match(output, /^# tests 4$/m);
  assert.match(output, /^# pass 4$/m);
});

test("fills a folder that exists and is empty", async ({ root }) => {
  const inode = statSync(root).ino;
  await make(root);
  assert.ok(existsSync(join(root, "src/index.ts")));
  assert.is(statSync(root).ino, inode);
});

test("leaves a folder with something in it alone", async ({ root }) => {
  writeFileSync(join(root, "mine.txt"), "mine");
  const error = await rejection(make(root));
  assert.instance(error, ScaffoldError);
  assert.match(error.message, "is not empty");
  assert.equal(readdirSync(root), ["mine.txt"]);
});

test("suggests a name that would do", async ({ root }) => {
  const suggestion = async (name: string) => {
    const error = await rejection(make(join(root, "x"), name));
    return error instanceof ScaffoldError ? error.hint : error;
  };
  assert.is(await suggestion("My Plugin"), "did you mean `my-plugin`?");
  assert.is(await suggestion("sentimentAnalyze_2"), "did you mean `sentiment-analyze-2`?");
  assert.is(await suggestion("Zürich"), "did you mean `zurich`?");
  assert.is(await suggestion("../up/ocr"), "did you mean `ocr`?");
  assert.is(await suggestion("日本"), null);
  assert.is(await suggestion("."), "in this folder: noxus init <name> --dir .");
  assert.is(await suggestion("a".repeat(64)), `did you mean \`${"a".repeat(63)}\`?`);
  assert.equal(readdirSync(root), []);
});

test("a failure half-way leaves nothing behind, parents included", async ({ root }) => {
  const broken = join(root, "template");
  mkdirSync(broken);
  writeFileSync(join(broken, "a.txt"), "fine");
  writeFileSync(join(broken, "b.txt"), "{{unheard_of}}");
  const options = { name: "x", template: broken, version: "1.0.0" };
  await rejection(create({ ...options, folder: join(root, "deep", "er", "x") }));
  mkdirSync(join(root, "empty"));
  await rejection(create({ ...options, folder: join(root, "empty") }));
  assert.equal(readdirSync(root).sort(), ["empty", "template"]);
  assert.equal(readdirSync(join(root, "empty")), []);
});

test.run();
