/**
 * The compiler as it is once it has started: TypeScript and all that is built on it loaded, and the declarations that
 * every plugin shares parsed and bound, as one file from which Node starts. It is made when it is first missed, in the
 * background; nothing depends on it but time.
 */
import { spawn } from "node:child_process";
import { lstatSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, isOurs, prepareFolder } from "./cache/folder.ts";
import { checksum } from "./cache/store.ts";
import { recallTool } from "./cache/tool.ts";
import { type Environment, isCi } from "./terminal.ts";

/** Whether this noxus runs from its sources, which no snapshot can be made of. */
export const isCheckout = import.meta.filename.endsWith(".ts");

/**
 * How Node starts from a snapshot, or makes it, which must agree. The nursery of its heap is large because most of what
 * an analysis makes it needs to its end: a quarter less CPU time. Code is optimised later than elsewhere, since most of
 * it does not run long enough to win that time back: a tenth less. Tables keep the order that they were made in, which
 * is safe for a process that nobody sends anything to. The checksum finds a damaged file.
 */
export function snapshotArgs(file: string): readonly string[] {
  return [
    "--min-semi-space-size=32",
    "--max-semi-space-size=32",
    "--invocation-count-for-maglev=2000",
    "--invocation-count-for-turbofan=30000",
    "--no-rehash-snapshot",
    "--verify-snapshot-checksum",
    "--no-warnings",
    "--snapshot-blob",
    file,
  ];
}

/** The snapshot of this very noxus and Node; null where there is none that can be trusted. */
export function findSnapshot(env: Environment): string | null {
  const file = snapshotFile(env);
  return file !== null && isUsable(file) ? file : null;
}

/** For one that does not start; the next command that misses it has it made anew. */
export function removeSnapshot(file: string): void {
  for (const path of [file, file + triedSuffix]) rmSync(path, { force: true });
}

/**
 * Lets a process make the snapshot where it is missing. Not in CI, where the next run has another machine, nor twice
 * a day where it failed.
 */
export function requestSnapshot(env: Environment): void {
  const file = snapshotFile(env);
  if (file === null || isCi(env) || isUsable(file) || !isFirst(file)) return;
  const maker = join(import.meta.dirname, "make-snapshot.cjs");
  spawn(process.execPath, [maker, file], { detached: true, stdio: "ignore", cwd: join(file, "..") })
    .on("error", () => {})
    .unref();
}

/** Null where there is no folder for it, and where other options of Node would make it another snapshot. */
function snapshotFile(env: Environment): string | null {
  const cache = cacheFolder(env);
  if (isCheckout || cache === null || env.NODE_OPTIONS || process.execArgv.length > 0) return null;
  const folder = join(cache, "snapshots");
  if (!prepareFolder(cache) || !prepareFolder(folder)) return null;
  const tool = recallTool(cache);
  if (tool === null) return null;
  const key = Buffer.from([tool, process.version, process.arch, process.execPath].join("\n"));
  return join(folder, `${checksum(key, 0, key.length)}${snapshotSuffix}`);
}

export const snapshotSuffix = ".blob";
/** Beside a snapshot: when somebody began to make it. */
export const triedSuffix = ".tried";
const retryAfter = 86_400_000;

function isUsable(file: string): boolean {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  return stats?.isFile() === true && isOurs(stats);
}

/** Marks the attempt; false where somebody made one less than a day ago, or does at this moment. */
function isFirst(file: string): boolean {
  const mark = file + triedSuffix;
  const stats = lstatSync(mark, { throwIfNoEntry: false });
  if (stats !== undefined && Date.now() - stats.mtimeMs < retryAfter) return false;
  try {
    rmSync(mark, { force: true });
    writeFileSync(mark, "", { flag: "wx", mode: 0o600 });
    return true;
  } catch {
    return false;
  }
}
