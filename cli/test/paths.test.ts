import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { UsageError } from "../exit.ts";
import { pluginRoot, pluginRoots, shortPath } from "../paths.ts";
import { isRelevant, isSetting } from "../watch.ts";

const root = realpathSync(mkdtempSync(join(tmpdir(), "noxus-paths-")));
for (const file of [
  "a/plugin.yaml",
  "a/src/deep/index.ts",
  "a/nested/plugin.yml",
  "node_modules/b/plugin.yaml",
  "dist/plugin.yaml",
  ".hidden/plugin.yaml",
  "loose.ts",
]) {
  mkdirSync(join(root, file, ".."), { recursive: true });
  writeFileSync(join(root, file), "");
}
symlinkSync("a", join(root, "link"), "dir");
symlinkSync("loop", join(root, "loop"));

test.after(() => rmSync(root, { recursive: true, force: true }));

async function message(look: () => unknown): Promise<string> {
  try {
    await look();
    return "no error";
  } catch (error) {
    return error instanceof UsageError ? error.message : `not a usage error: ${error}`;
  }
}

test("any path inside a plugin leads to the nearest plugin.yaml above", async () => {
  for (const path of ["a", "a/plugin.yaml", "a/src", "a/src/deep/index.ts", "link", "link/src"]) {
    assert.is(pluginRoot(root, path), join(root, "a"), path);
  }
  assert.is(pluginRoot(root, "a/nested/plugin.yml"), join(root, "a/nested"));
  assert.is(pluginRoot(join(root, "a/src"), "."), join(root, "a"));
});

test("a file in no plugin has no root, a folder in none is its own", async () => {
  assert.is(pluginRoot(root, "loose.ts"), null);
  assert.is(pluginRoot(root, "."), root);
});

test("a path that cannot be looked at is a usage error with the reason", async () => {
  assert.is(
    await message(() => pluginRoot(root, "nowhere")),
    "cannot read `nowhere`: no such file or folder",
  );
  assert.is(
    await message(() => pluginRoot(root, "loose.ts/x")),
    "cannot read `loose.ts/x`: a part of the path is not a folder",
  );
  assert.is(await message(() => pluginRoot(root, "loop")), "cannot read `loop`: too many symbolic links");
});

test("finds plugins below, but not in dependencies, output, hidden folders or behind links", async () => {
  const roots = await pluginRoots(root, ".", (line) => assert.unreachable(line));
  assert.equal(
    roots.map((found) => shortPath(root, found)),
    ["a", "a/nested"],
  );
  assert.is(
    await message(() => pluginRoots(root, "loose.ts", () => {})),
    "cannot read `loose.ts`: a part of the path is not a folder",
  );
});

test("watches code and plugin files, but nothing that is made or hidden", () => {
  const relevant = (path: string) => isRelevant(root, join(root, path));
  assert.equal(["plugin.yaml", "src/a.ts", "src/data.json"].map(relevant), [true, true, true]);
  assert.equal(["README.md", "dist/a.js", "node_modules/a/b.js", ".git/x.json"].map(relevant), [
    false,
    false,
    false,
    false,
  ]);
  assert.equal(["plugin.yml", "tsconfig.base.json", "package.json", "src/a.ts"].map(isSetting), [
    true,
    true,
    true,
    false,
  ]);
});

test.run();
