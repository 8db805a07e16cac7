/** The cache and what is installed: a package that appears makes an answer old that it could change. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { recall } from "../cache/answers.ts";
import { analyzeAndKeep } from "../cache/record.ts";
import { settle } from "./cache/model.ts";
import { makeWorkspace } from "./cache/workspace.ts";

type Files = Readonly<Record<string, string>>;

/** Codes that are found with `files` there, and those with `later` there too; the answer between must not hold. */
async function codesAround(files: Files, later: Files): Promise<readonly (readonly string[])[]> {
  const workspace = makeWorkspace();
  const { root, cache } = workspace;
  const write = (all: Files) => {
    for (const [file, text] of Object.entries(all)) workspace.write(file, text);
  };
  try {
    write(files);
    await settle(workspace);
    const before = await analyzeAndKeep(root, cache);
    assert.ok(recall(cache, root, true) !== null, "the answer is kept");
    write(later);
    const known = recall(cache, root, true);
    await settle(workspace);
    const after = await analyzeAndKeep(root, cache);
    assert.is(known, null, "the answer from before what was installed is not used");
    return [before, after].map(({ diagnostics }) => [...new Set(diagnostics.map(({ code }) => code))]);
  } finally {
    workspace.remove();
  }
}

const asking = (specifier: string): Files => ({
  "repo/node_modules/dep/index.js": `export const value = () => import("${specifier}").then((m) => m.part(), () => 1);\n`,
});
const reaching = 'export const part = () => fetch("https://example.net");\n';

test("an optional package that is installed later is met, beside the one that asks", async () => {
  const found = await codesAround(asking("extra"), {
    "repo/node_modules/dep/node_modules/extra/index.js": reaching,
  });
  assert.equal(found, [["NX6004"], ["NX3001"]]);
});

test("an optional package of a scope that is there already is met", async () => {
  const found = await codesAround(
    {
      ...asking("@more/extra"),
      "repo/node_modules/@more/other/index.js": "export {};\n",
    },
    { "repo/node_modules/@more/extra/index.js": reaching },
  );
  assert.equal(found, [["NX6004"], ["NX3001"]]);
});

test("a package that is required within `try` is met", async () => {
  const found = await codesAround(
    {
      "repo/node_modules/dep/index.js":
        'let more = () => 1;\ntry { more = require("@more/extra").part; } catch {}\nexports.value = () => more();\n',
      "repo/node_modules/@more/other/index.js": "export {};\n",
    },
    { "repo/node_modules/@more/extra/index.js": reaching },
  );
  assert.equal(found, [[], ["NX3001"]]);
});

test("a file that an incomplete package lacked is met", async () => {
  const found = await codesAround(
    {
      ...asking("@more/extra/part"),
      "repo/node_modules/@more/extra/package.json":
        '{ "name": "@more/extra", "exports": { "./part": "./dist/part.js" } }\n',
    },
    { "repo/node_modules/@more/extra/dist/part.js": reaching },
  );
  assert.equal(found, [["NX6004"], ["NX3001"]]);
});

test("an optional package is met in a folder above, where nothing else was looked for", async () => {
  const found = await codesAround(
    { ...asking("extra"), "node_modules/other/index.js": "export {};\n" },
    { "node_modules/extra/index.js": reaching },
  );
  assert.equal(found, [["NX6004"], ["NX3001"]]);
});

test("an optional package is met although the bundler failed for another reason", async () => {
  const found = await codesAround(
    {
      ...asking("@more/extra"),
      "repo/node_modules/@more/other/index.js": "export {};\n",
      "repo/plugins/clock/src/helper.js": 'import "./later.ts";\nexport const helper = (text) => text;\n',
    },
    { "repo/node_modules/@more/extra/index.js": reaching },
  );
  assert.equal(found, [["NX6004", "NX6001"], ["NX6001"]]);
});

test("an install script below is found by npm's record, and by the package itself", async () => {
  const record = (entry: string): Files => ({
    "repo/plugins/clock/node_modules/.package-lock.json": `{ "packages": { "node_modules/below": ${entry} } }\n`,
  });
  const below = "repo/plugins/clock/node_modules/below/package.json";
  const scripted: Files = { [below]: '{ "name": "below", "scripts": { "install": "x" } }\n' };
  const plain: Files = { [below]: '{ "name": "below" }\n' };
  const found = [
    await codesAround(scripted, record('{ "hasInstallScript": true }')),
    await codesAround({ ...plain, ...record('{ "hasInstallScript": true }') }, scripted),
    await codesAround(
      { ...plain, ...record('{ "hasInstallScript": true }') },
      {
        "repo/plugins/clock/node_modules/below/binding.gyp": "{}\n",
      },
    ),
  ];
  // The workspace has findings of its own.
  for (const codes of found)
    assert.equal(
      codes.map((all) => all.includes("NX3015")),
      [false, true],
    );
});

test.run();
