/** What noxus needs around it, looked at one by one. */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasPluginFile, pluginFiles } from "../compiler/load/plugin-file.ts";
import { hasDeathSignal } from "../runtime/runner/command.ts";
import { pluginRoot, shortPath } from "./paths.ts";
import { tool, versionOf } from "./version.ts";

/** `bad` keeps noxus from working; `warning` takes something away. */
export interface Check {
  readonly name: string;
  readonly state: "good" | "warning" | "bad";
  readonly found: string;
  /** What to do; null where it is good. */
  readonly help: string | null;
}

/** Looks at this machine, and at the plugin of `cwd` where there is one. Runs nothing of a plugin. */
export async function examine(cwd: string): Promise<readonly Check[]> {
  return [
    node(),
    typescript(),
    ...(await Promise.all([bundler(), permissionModel(), git()])),
    temporary(),
    deathSignal(),
    ...(await plugin(cwd)),
  ];
}

function good(name: string, found: string): Check {
  return { name, state: "good", found, help: null };
}

function node(): Check {
  // Older ones do not come this far: bin/noxus.cjs refuses them.
  return good("node", `${process.versions.node} (22 or later)`);
}

function typescript(): Check {
  const own = createRequire(import.meta.url);
  const version = versionOf(own.resolve("typescript/package.json"));
  if (version.startsWith("6.0.")) return good("typescript", version);
  const help = "install noxus anew: another TypeScript than 6.0 reads types in another way";
  return { name: "typescript", state: "bad", found: version, help };
}

/** The bundler is a program for one platform: copied from another machine, or without its install script, it fails. */
async function bundler(): Promise<Check> {
  try {
    const { transform, version } = await import("esbuild");
    await transform("let a: number = 1", { loader: "ts" });
    return good("esbuild", version);
  } catch (error) {
    const found = `does not run: ${reasonOf(error)}`;
    return { name: "esbuild", state: "bad", found, help: "install noxus anew on this very platform" };
  }
}

/** Tried rather than read off the version: what counts is that a denied file stays closed. */
async function permissionModel(): Promise<Check> {
  const file = JSON.stringify(process.execPath);
  const script = `try { fs.openSync(${file}); console.log("open"); } catch (error) { console.log(error.code); }`;
  const done = await run(process.execPath, ["--permission", "--eval", script]);
  if (done.stdout.trim() === "ERR_ACCESS_DENIED")
    return good("containment", "Node's permission model denies files");
  const found = "Node's permission model does not deny files";
  return {
    name: "containment",
    state: "warning",
    found,
    help: "use Node 22.13 or later: runners are contained by it",
  };
}

async function git(): Promise<Check> {
  const done = await run("git", ["--version"]);
  if (done.code === 0) return good("git", done.stdout.trim().replace(/^git version /, ""));
  const help = "`noxus diff` and `noxus compat` can compare folders and manifests, but no revisions";
  return { name: "git", state: "warning", found: "not installed", help };
}

function temporary(): Check {
  try {
    const folder = mkdtempSync(join(tmpdir(), "noxus-doctor-"));
    rmSync(folder, { recursive: true });
    return good("temporary files", "can be written");
  } catch (error) {
    const found = `cannot be written: ${reasonOf(error)}`;
    return {
      name: "temporary files",
      state: "bad",
      found,
      help: "set TMPDIR to a folder that can be written",
    };
  }
}

function deathSignal(): Check {
  if (hasDeathSignal) return good("runners", "end with their server");
  const found = "a runner that is busy in a loop outlives a killed server until its call ends";
  const help =
    process.platform === "linux" ? "install setpriv (package util-linux)" : "only Linux can do better";
  return { name: "runners", state: "warning", found, help };
}

async function plugin(cwd: string): Promise<readonly Check[]> {
  const root = await pluginRoot(cwd, ".");
  if (root === null || !hasPluginFile(root)) return [];
  const file = pluginFiles.find((name) => existsSync(join(root, name))) ?? "plugin.yaml";
  const text = readFileSync(join(root, file), "utf8");
  const where = shortPath(cwd, join(root, file));
  const hasModeline = /^#\s*yaml-language-server:\s*\$schema=/m.test(text);
  return [
    hasModeline
      ? good("plugin.yaml", `${where} names its schema for editors`)
      : {
          name: "plugin.yaml",
          state: "warning",
          found: `${where} does not name its schema: editors cannot complete it`,
          help: "begin it with: # yaml-language-server: $schema=./node_modules/noxus/compiler/load/plugin.schema.json",
        },
    ...installed(root),
  ];
}

/** Another noxus in the plugin is what `npm test` and `npx noxus` there use. */
function installed(root: string): readonly Check[] {
  const path = join(root, "node_modules", "noxus", "package.json");
  if (!existsSync(path)) {
    const help = "npm install --save-dev noxus, for the editor's types and for tests";
    return [{ name: "the plugin's noxus", state: "warning", found: "not installed", help }];
  }
  const version = versionOf(path);
  if (version === tool.version) return [good("the plugin's noxus", version)];
  const found = `${version}, and this is ${tool.version}`;
  return [{ name: "the plugin's noxus", state: "warning", found, help: "use one of them: npx noxus" }];
}

interface Done {
  readonly code: number | string | null;
  readonly stdout: string;
}

/** Never rejects: a program that is missing has the code ENOENT. */
function run(program: string, args: readonly string[]): Promise<Done> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: 10_000 }, (error, stdout) => {
      resolve({ code: error === null ? 0 : (error.code ?? null), stdout });
    });
  });
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}
