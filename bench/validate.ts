/** `noxus validate` on plugins of three sizes, first, again and after an edit, beside the tools that people know. */
import { existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installPackages, packagesFolder } from "../compiler/test/packages/harness.ts";
import { root } from "../scripts/noxus.ts";
import { rivalArgs, writePlugin, writeSdkPlugin, writeTwin } from "./plugins.ts";
import { type Command, compare, measure, table } from "./processes.ts";

const sizes = [
  { name: "small (1 file, 2 nodes)", files: 1, nodes: 2, wanted: { first: 0.75, same: 1.25, touched: 1.5 } },
  {
    name: "medium (20 files, 40 nodes)",
    files: 20,
    nodes: 40,
    wanted: { first: 0.8, same: 1.25, touched: 1.5 },
  },
  {
    name: "large (300 files, 500 nodes)",
    files: 300,
    nodes: 500,
    wanted: { first: 1, same: 1.4, touched: 1.8 },
  },
] as const;
/** Of the small plugin's first time, and milliseconds of CPU. */
const wantedEdited = 1.3;
const wantedEach = 40;

/** `noxus` is the installed bin; `folder` is for what is written on the way. */
export async function benchValidate(rounds: number, noxus: string, folder: string): Promise<void> {
  const env = { XDG_CACHE_HOME: join(folder, "cache"), NO_COLOR: "1" };
  await makeSnapshot(noxus, folder, env);
  const small = join(folder, "plugin-small");
  writePlugin(small, "plugin-small", 1, 2);
  for (const { name, files, nodes, wanted } of sizes) {
    const plugin = join(folder, `plugin-${nodes}`);
    writePlugin(plugin, `plugin-${nodes}`, files, nodes);
    writeTwin(`${plugin}-tsoa`, files, nodes);
    const own = (label: string, args: readonly string[], before?: () => void): Command => ({
      name: label,
      args: [noxus, "validate", ...args],
      cwd: plugin,
      env,
      ...(before === undefined ? {} : { before }),
    });
    const commands: readonly Command[] = [
      { name: "tsc --noEmit", args: rivalArgs.tsc, cwd: plugin },
      { name: "tsc --noEmit, without Node's types", args: rivalArgs.bareTsc, cwd: plugin },
      own("noxus validate, first time", ["--no-cache"]),
      nothingMade(own("noxus validate, first on a machine", ["--no-cache"]), folder),
      own("noxus validate, one file edited", [], () => edit(plugin)),
      { name: "eslint, typed rules", args: rivalArgs.eslint, cwd: plugin },
      { name: "tsoa spec", args: rivalArgs.tsoa, cwd: `${plugin}-tsoa` },
      { ...own("noxus validate, a small plugin first", ["--no-cache"]), cwd: small },
    ];
    const figures = measure(commands, nodes > 100 ? Math.min(rounds, 3) : rounds);
    table(`Validating a ${name} plugin`, commands, figures);
    const [tsc, , first, , edited, eslint, tsoa, smallFirst] = figures;
    compare("first time", first, tsc, "tsc", wanted.first);
    compare("first time", first, eslint, "eslint");
    compare("first time", first, tsoa, "tsoa");
    compare("one file edited", edited, smallFirst, "a small plugin's first time", wantedEdited);
    await keep(own("noxus validate", []));
    // Apart, for after new times the next run has the contents to read once more.
    const bare: Command = { name: "node -e 0", args: ["-e", "0"], cwd: plugin };
    const same = [bare, own("noxus validate, unchanged", [])];
    const touched = [bare, own("noxus validate, same content, new times", [], () => touch(plugin))];
    const unchanged = measure(same, 4 * rounds + 1);
    const renewed = measure(touched, 4 * rounds + 1);
    table(`Validating an unchanged ${name} plugin`, same, unchanged);
    table(`Validating a ${name} plugin with new times`, touched, renewed);
    compare("unchanged", unchanged[1], unchanged[0], "node -e 0", wanted.same);
    compare("same content, new times", renewed[1], renewed[0], "node -e 0", wanted.touched);
  }
  await benchMany(noxus, folder, env);
}

/** As after the first validation on a machine: the compiler's snapshot is made in the background. */
async function makeSnapshot(
  noxus: string,
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const plugin = join(folder, "warm");
  writePlugin(plugin, "warm", 1, 2);
  await keep({
    name: "warm",
    args: [noxus, "validate"],
    cwd: plugin,
    env: { ...env, CI: "", NODE_OPTIONS: "" },
  });
  const snapshots = join(env.XDG_CACHE_HOME ?? "", "noxus", "snapshots");
  const isMade = () => existsSync(snapshots) && readdirSync(snapshots).some((name) => name.endsWith(".blob"));
  for (let round = 0; !isMade(); round++) {
    if (round > 1200) throw new Error("no snapshot was made");
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** As where nothing was made before: in CI, above all. */
function nothingMade(command: Command, folder: string): Command {
  const cache = join(folder, "empty-cache");
  return {
    ...command,
    env: { ...command.env, XDG_CACHE_HOME: cache },
    before: () => rmSync(cache, { recursive: true, force: true }),
  };
}

/** A plugin on a cloud SDK of a megabyte, against esbuild bundling it in a process of its own. */
export async function benchSdk(rounds: number, noxus: string, folder: string): Promise<void> {
  installPackages();
  const plugin = join(folder, "buckets");
  writeSdkPlugin(plugin, join(packagesFolder, "node_modules"));
  const env = { XDG_CACHE_HOME: join(folder, "cache"), NO_COLOR: "1" };
  const bundling: Command = {
    name: "esbuild, bundle and map",
    args: ["-e", bundleText],
    cwd: plugin,
  };
  const cold: Command = {
    name: "noxus validate, first time",
    args: [noxus, "validate", "--no-cache"],
    cwd: plugin,
    env,
  };
  const known: Command = { name: "noxus validate, unchanged", args: [noxus, "validate"], cwd: plugin, env };
  await keep(known);
  const commands = [bundling, cold, known];
  table("Validating a plugin on @aws-sdk/client-s3", commands, measure(commands, Math.min(rounds, 5)));
}

/** Its own program, waited for: only then is its CPU time counted. */
const bundleText = `require("node:child_process").execFileSync(
  ${JSON.stringify(join(root, "node_modules/esbuild/bin/esbuild"))},
  ["src/index.ts", "--bundle", "--sourcemap=inline", "--format=esm", "--platform=node", "--target=node22", "--external:noxus/plugins"],
  { stdio: ["ignore", "ignore", "inherit"] },
)`;

/** 300 plugins in one call, against one. */
async function benchMany(
  noxus: string,
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const count = 300;
  const many = join(folder, "many");
  for (let index = 0; index < count; index++) writePlugin(join(many, `p${index}`), `p${index}`, 1, 2);
  const plugins = readdirSync(many);
  const one: Command = {
    name: "one small plugin",
    args: [noxus, "validate", "--no-cache", "p0"],
    cwd: many,
    env,
  };
  const all: Command = {
    name: `${count} small plugins in one call`,
    args: [noxus, "validate", "--no-cache", ...plugins],
    cwd: many,
    env,
  };
  const figures = measure([one, all], 3);
  table("Many plugins", [one, all], figures);
  const [first = Number.NaN, every = Number.NaN] = figures.map(({ cpu }) => Math.min(...cpu));
  const each = ((every - first) / (count - 1)).toFixed(0);
  console.log(`each after the first: ${each} ms of CPU   (wanted: at most ${wantedEach})`);
}

let edits = 0;

/** Changes what one node does, and with it the bundle. */
function edit(plugin: string): void {
  const file = join(plugin, "src/part0.ts");
  const text = readFileSync(file, "utf8").replace(/join\("[^"]*"\)/, `join("${edits++}")`);
  writeFileSync(file, text);
}

function touch(plugin: string): void {
  const now = new Date();
  for (const name of readdirSync(plugin, { recursive: true, encoding: "utf8" }))
    utimesSync(join(plugin, name), now, now);
}

/** Runs once the files are older than their file system's clock can tell apart, so that the answer is kept. */
async function keep(command: Command): Promise<void> {
  await new Promise((done) => setTimeout(done, 200));
  measure([command], 1);
}
