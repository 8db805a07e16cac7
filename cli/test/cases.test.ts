/**
 * The transcripts in `cases/`. A case is a Markdown file: blocks marked `file PATH` are written into an empty folder,
 * blocks marked `console` hold a command line, its stdout, its stderr after `--- stderr`, and `--- exit CODE`. A
 * `$ cd` changes the folder for what follows. `UPDATE=1` rewrites what the commands print.
 */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { tool } from "../version.ts";
import { closeSharedCompiler, run } from "./run.ts";

const folder = join(import.meta.dirname, "cases");
const block = /^(`{3,})(file|console)(?: (\S+))?\n([\s\S]*?)^\1$/gm;

test.after(closeSharedCompiler);

for (const name of readdirSync(folder)
  .sort()
  .filter((each) => each.includes(process.env.ONLY ?? ""))) {
  const path = join(folder, name);
  const text = readFileSync(path, "utf8");
  test(/^# (.+)/.exec(text)?.[1] ?? name, async () => {
    const parent = realpathSync(mkdtempSync(join(tmpdir(), "noxus-case-")));
    // Findings name the folder, so it has the same name every time.
    const root = join(parent, "case");
    mkdirSync(root);
    try {
      const actual = await play(text, root);
      if (process.env.UPDATE === "1") writeFileSync(path, actual);
      else assert.fixture(actual, text);
    } finally {
      rmSync(parent, { recursive: true, force: true });
    }
  });
}

async function play(text: string, root: string): Promise<string> {
  let cwd = root;
  let output = "";
  let end = 0;
  for (const match of text.matchAll(block)) {
    const [whole, fence = "", kind, path = "", body = ""] = match;
    output += text.slice(end, match.index);
    end = match.index + whole.length;
    if (kind === "file") {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), body);
      output += whole;
      continue;
    }
    const line = /^\$ (.*)\n/.exec(body)?.[1] ?? "";
    const [first = "", ...argv] = line.split(" ");
    if (first === "cd") {
      cwd = resolve(cwd, argv[0] ?? "");
      output += whole;
    } else {
      output += `${fence}console\n$ ${line}\n${await transcript([first, ...argv], cwd, root)}${fence}`;
    }
  }
  return output + text.slice(end);
}

async function transcript(words: readonly string[], cwd: string, root: string): Promise<string> {
  const start = words.indexOf("noxus");
  const env = Object.fromEntries(words.slice(0, start).map((word) => word.split("=", 2)));
  const { stdout, stderr, code } = await run(words.slice(start + 1), cwd, env);
  const errors = stderr === "" ? "" : `--- stderr\n${steady(stderr, root)}`;
  return `${steady(stdout, root)}${errors}--- exit ${code}\n`;
}

/** What differs from run to run and from version to version, replaced. */
function steady(text: string, root: string): string {
  return text
    .replaceAll(root, "<folder>")
    .replaceAll(`noxus ${tool.version}`, "noxus <version>")
    .replaceAll(/("name": "noxus",\s+"version": ")[^"]+/g, "$1<version>")
    .replace(/^(node|typescript) \d+\.\d+\.\d+$/gm, "$1 <version>")
    .replace(/\b\d+(\.\d+)? m?s\b(?!")/g, "<time>")
    .replace(/\b\d+(\.\d+)? (B|kB|MB) +/g, "<size>  ")
    .replace(/"(ms|bytes)": \d+/g, '"$1": 0')
    .replace(/sha256:[0-9a-f]+/g, "sha256:<digest>")
    .replace(/\b[0-9a-f]{64}\b/g, "<digest>");
}

test.run();
