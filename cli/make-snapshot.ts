/** A process of its own, in the background: makes the snapshot whose path it is told. What goes wrong costs time only. */
import { execFile } from "node:child_process";
import { appendFileSync, chmodSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { setPriority } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { packageRoot, sdkFile } from "../compiler/package-root.ts";
import { create } from "../scaffold/create.ts";
import { snapshotArgs, snapshotSuffix, triedSuffix } from "./snapshot.ts";
import { temporaryFolder } from "./temporary.ts";

/** Node's types are among what is shared, and are read where something needs them; the rest is what nodes reach most. */
const reaching = `
export const platform = process.platform;
export async function reach(url: string): Promise<string> {
  const { HOST = "localhost" } = process.env;
  const answer = await fetch(new URL(url, \`https://\${HOST}\`));
  const { readFile } = await import("node:fs/promises");
  return answer.ok ? answer.text() : readFile("/data/answer.txt", "utf8");
}
`;

/** The newest are kept: one noxus after another, or two versions of Node in turn. */
const maxSnapshots = 2;

async function make(file: string): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  const folder = temporaryFolder();
  try {
    const plugin = join(folder.path, "warm-up");
    const template = join(packageRoot, "scaffold", "templates", "basic");
    await create({ name: "warm-up", folder: plugin, template, version: "0.0.0" });
    appendFileSync(join(plugin, "src", "index.ts"), reaching);
    const bundle = join(folder.path, "bundle.mjs");
    // A process that becomes a snapshot cannot start the bundler.
    await build({
      entryPoints: [join(plugin, "src", "index.ts")],
      outfile: bundle,
      bundle: true,
      sourcemap: true,
      sourcesContent: false,
      format: "esm",
      platform: "node",
      target: "node22",
      alias: { "noxus/plugins": sdkFile },
      logLevel: "silent",
    });
    const script = join(import.meta.dirname, "compile-process.cjs");
    const run = promisify(execFile);
    await run(process.execPath, [...snapshotArgs(temporary), "--build-snapshot", script, plugin, bundle]);
    chmodSync(temporary, 0o600);
    renameSync(temporary, file);
    prune(dirname(file));
  } finally {
    rmSync(temporary, { force: true });
    folder.remove();
  }
}

function prune(folder: string): void {
  const found = readdirSync(folder)
    .filter((name) => name.endsWith(snapshotSuffix))
    .map((name) => ({ path: join(folder, name), time: statSync(join(folder, name)).mtimeMs }))
    .sort((a, b) => b.time - a.time);
  for (const { path } of found.slice(maxSnapshots))
    for (const each of [path, path + triedSuffix]) rmSync(each, { force: true });
}

const [, , file] = process.argv;
if (file !== undefined) {
  setPriority(19);
  void make(file);
}
