/** The extension for VS Code, as it is packaged: what is in it, and what it starts. */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { installIn } from "../../scripts/install.ts";
import { loadExtension } from "./lsp/vscode.ts";
import { readZip } from "./lsp/zip.ts";

const extension = join(import.meta.dirname, "..", "..", "editor", "vscode");
const folder = realpathSync(mkdtempSync(join(tmpdir(), "noxus-vscode-")));
const packed = join(folder, "noxus.vsix");
const main = join(folder, "extension.js");
let files: ReadonlyMap<string, Buffer> = new Map();

test.before(() => {
  installIn(extension);
  execFileSync("npm", ["run", "--silent", "package", "--", "--out", packed], {
    cwd: extension,
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, PATH: [dirname(process.execPath), process.env.PATH].join(delimiter) },
  });
  files = readZip(packed);
  writeFileSync(main, files.get("extension/dist/extension.js") ?? "");
});
test.after(() => rmSync(folder, { recursive: true, force: true }));

test("the package holds its manifest, one file of code, and nothing that made it", () => {
  assert.equal([...files.keys()].sort(), [
    "[Content_Types].xml",
    "extension.vsixmanifest",
    "extension/LICENSE.txt",
    "extension/dist/extension.js",
    "extension/package.json",
    "extension/readme.md",
  ]);
  const manifest = JSON.parse(String(files.get("extension/package.json")));
  assert.is(manifest.main, "dist/extension.js");
  assert.equal(manifest.activationEvents, ["workspaceContains:**/plugin.{yaml,yml}"]);
  assert.match(String(files.get("extension.vsixmanifest")), 'Value="^1.91.0"');
});

/** A plugin's folder with a noxus that says what it was started with. */
function workspace(name: string): { root: string; started: () => string | null } {
  const root = join(folder, name);
  const said = join(root, "started");
  const bin = join(root, "node_modules", ".bin");
  mkdirSync(bin, { recursive: true });
  const noxus = join(import.meta.dirname, "noxus.ts");
  writeFileSync(
    join(bin, "noxus"),
    `#!/bin/sh\necho "$@" > '${said}'\nexec '${process.execPath}' '${noxus}' "$@"\n`,
  );
  chmodSync(join(bin, "noxus"), 0o755);
  return { root, started: () => (existsSync(said) ? readFileSync(said, "utf8") : null) };
}

test("it starts the folder's own language server, which answers, and ends it", async () => {
  const { root, started } = workspace("trusted");
  const log: string[] = [];
  const loaded = loadExtension(main, {
    folder: root,
    command: "",
    isTrusted: true,
    log: (text) => log.push(text),
  });
  await loaded.activate();
  assert.is(started(), "lsp\n");
  await loaded.deactivate();
  assert.equal(log, []);
});

test("it starts the program that the setting names instead", async () => {
  const [own, other] = [workspace("own"), workspace("other")];
  const command = join(other.root, "node_modules", ".bin", "noxus");
  const loaded = loadExtension(main, { folder: own.root, command, isTrusted: true, log: () => {} });
  await loaded.activate();
  await loaded.deactivate();
  assert.is(own.started(), null);
  assert.is(other.started(), "lsp\n");
});

test("it starts nothing of a folder that is not trusted", async () => {
  const { root, started } = workspace("untrusted");
  const loaded = loadExtension(main, { folder: root, command: "", isTrusted: false, log: () => {} });
  // Whether there is a noxus in PATH is not what this is about.
  await loaded.activate().then(loaded.deactivate, () => {});
  assert.is(started(), null);
});

test.run();
