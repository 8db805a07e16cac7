/** The folders are the data flow: who may import whom, and what no test file may lack. */
import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";

const root = fileURLToPath(new URL("..", import.meta.url));
const folders = ["compiler", "runtime", "cli", "testing", "scaffold"];

/** To what a folder's product code may reach, besides itself. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  cli: ["compiler/", "runtime/", "scaffold/"],
  compiler: ["runtime/manifest/"],
  runtime: [],
  testing: ["compiler/", "runtime/"],
  scaffold: [],
};

/** Packages that only the compiler and the CLI may load: what the runtime loads is what an image holds. */
const runtimePackages = new Set([
  "fastest-levenshtein",
  "koa",
  "@koa/router",
  "winston",
  "winston-transport",
]);

function sources(folder: string): readonly string[] {
  return globSync(`${folder}/**/*.ts`, { cwd: root }).filter(
    (file) => !/(^|\/)(test|templates|node_modules)\//.test(file),
  );
}

function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((match) => match[1] ?? "");
}

for (const folder of folders) {
  test(`${folder} imports along the arrows`, () => {
    const files = sources(folder);
    assert.ok(files.length > 0);
    for (const file of files) {
      for (const specifier of importsOf(file).filter((name) => name.startsWith("."))) {
        const target = normalize(join(dirname(file), specifier));
        const isAllowed = [`${folder}/`, ...(arrows[folder] ?? [])].some((prefix) =>
          target.startsWith(prefix),
        );
        assert.ok(isAllowed, `${file} imports ${target}`);
      }
    }
  });
}

test("the runtime loads nothing but Node and its few packages", () => {
  for (const file of sources("runtime")) {
    for (const specifier of importsOf(file).filter((name) => !/^(\.|node:)/.test(name)))
      assert.ok(runtimePackages.has(specifier), `${file} imports ${specifier}`);
  }
});

test("every test file runs its suite", () => {
  const files = globSync("{compiler,runtime,cli,testing,scaffold,example-sentiment,test}/**/*.test.ts", {
    cwd: root,
  }).filter((file) => !/node_modules|templates/.test(file));
  assert.ok(files.length > 10);
  for (const file of files)
    assert.match(readFileSync(join(root, file), "utf8"), /^\s*(test|\w+)\.run\(\);?$/m, file);
});

test.run();
