/** A process of its own, in the background: makes the snapshot whose path it is told. What goes wrong costs time only. */
import { execFile } from "node:child_process";
import { appendFileSync, chmodSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { setPriority } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { packageRoot } from "../compiler/package-root.ts";
import { create } from "../scaffold/create.ts";
import { snapshotArgs, snapshotSuffix, triedSuffix } from "./snapshot.ts";
import { temporaryFolder } from "./temporary.ts";

/** The newest are kept: one noxus after another, or two versions of Node in turn. */
const maxSnapshots = 2;

async function make(file: string): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  const folder = temporaryFolder();
  try {
    const plugin = join(folder.path, "warm-up");
    const template = join(packageRoot, "scaffold", "templates", "basic");
    await create({ name: "warm-up", folder: plugin, template, version: "0.0.0" });
    // Node's types are among what is shared, and are read where something needs them.
    appendFileSync(join(plugin, "src", "index.ts"), "\nexport const platform = process.platform;\n");
    const script = join(import.meta.dirname, "compile-process.cjs");
    const run = promisify(execFile);
    await run(process.execPath, [...snapshotArgs(temporary), "--build-snapshot", script, plugin]);
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
