/**
 * Installs the packages of a folder with a package.json and lockfile of its own: the example, and what only tests or
 * benchmarks need.
 *
 *   node scripts/install.ts <folder>
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { sha256 } from "../runtime/manifest/canonical.ts";

/** Longest that another process may take to install the same, ms. */
const installLimit = 180_000;

/**
 * Installs the packages of `folder`, without their scripts, unless they are there as the lockfile says. Two processes
 * may ask at once: one installs, the other waits. Throws what npm said.
 */
export function installIn(folder: string): void {
  const lock = readFileSync(join(folder, "package-lock.json"), "utf8");
  const stamp = join(folder, "node_modules", ".noxus-lock");
  const isInstalled = (): boolean => existsSync(stamp) && readFileSync(stamp, "utf8") === lock;
  if (isInstalled()) return;
  const turn = join(tmpdir(), `noxus-install-${sha256(folder).slice(0, 16)}`);
  const deadline = Date.now() + installLimit;
  while (!takeTurn(turn)) {
    if (Date.now() > deadline) throw new Error(`another process is installing; if none is, remove ${turn}`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
  try {
    if (isInstalled()) return;
    const done = spawnSync(
      "npm",
      ["ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"],
      { cwd: folder, encoding: "utf8" },
    );
    if (done.status !== 0) throw new Error(`npm ci failed in ${folder}\n${done.stderr}`);
    writeFileSync(stamp, lock);
  } finally {
    rmSync(turn, { recursive: true, force: true });
  }
}

function takeTurn(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

if (import.meta.main) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) throw new Error("name a folder");
  installIn(resolve(folder));
}
