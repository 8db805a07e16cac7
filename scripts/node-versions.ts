/**
 * The Node versions that noxus supports, each as a binary on this machine. npm carries them; what is missing is
 * installed once under `node_modules/.cache/noxus-node/` and used again.
 *
 *   node scripts/node-versions.ts        prints version and path of each
 */
import { execFile } from "node:child_process";
import { access, cp, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import project from "../package.json" with { type: "json" };

export interface NodeBinary {
  /** Without a leading `v`. */
  readonly version: string;
  readonly path: string;
}

/** One of each supported major; the middle one is what the project itself is pinned to. */
const versions = ["22.23.3", project.devDependencies.node, "26.10.0"] as const;

const run = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));
const cache = join(root, "node_modules", ".cache", "noxus-node");

/** One binary of each supported major, oldest first. Throws with npm's own words when one cannot be installed. */
export function nodeBinaries(): Promise<readonly NodeBinary[]> {
  return Promise.all(versions.map(async (version) => ({ version, path: await pathOf(version) })));
}

async function pathOf(version: string): Promise<string> {
  if (process.versions.node === version) return process.execPath;
  if (version === project.devDependencies.node) {
    const pinned = join(root, "node_modules", "node", "bin", "node");
    if (await exists(pinned)) return pinned;
  }
  const path = join(cache, version, "node");
  if (!(await exists(path))) await install(version, join(cache, version));
  return path;
}

/**
 * Made elsewhere and moved into place whole, so that two processes at once do no harm: the second finds the folder
 * taken and leaves it. The package with the binary is asked for by its own name, because the `node` package gets it
 * with an install script, which npm may be told not to run.
 */
async function install(version: string, folder: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, "installing-"));
  try {
    await run("npm", [
      ...["install", "--prefix", work, "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"],
      ...["--loglevel=error", `${binaryPackage()}@${version}`],
    ]);
    const made = join(work, "made");
    await mkdir(made);
    // Of about 200 MB only the program is kept; the headers and manuals are not asked for.
    await cp(join(work, "node_modules", binaryPackage(), "bin", "node"), join(made, "node"));
    const { stdout } = await run(join(made, "node"), ["--version"]);
    if (stdout.trim() !== `v${version}`) throw new Error(`the installed program says ${stdout.trim()}`);
    await rename(made, folder);
  } catch (error) {
    if (await exists(join(folder, "node"))) return;
    const words = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : String(error);
    throw new Error(`npm could not install Node ${version}: ${words || String(error)}`, { cause: error });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function binaryPackage(): string {
  const { platform, arch } = process;
  return platform === "darwin" && arch === "arm64"
    ? `node-bin-${platform}-${arch}`
    : `node-${platform}-${arch}`;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { version, path } of await nodeBinaries()) console.log(`${version} ${path}`);
}
