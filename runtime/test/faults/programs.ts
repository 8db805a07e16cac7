import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { builtins } from "../../../compiler/bundle/builtins.ts";
import { temporaryFolder } from "../plugin.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The image's program; the server with the suite's options; the control. */
export type Program = "main" | "server" | "control";

let built: Promise<string> | null = null;

/**
 * Path of a program, in the form that an image has: one file, with `runner.mjs` beside it. Built from today's sources
 * once in a process: a suite that starts hundreds of processes has no time to strip types in each.
 */
export async function programPath(program: Program): Promise<string> {
  built ??= buildPrograms();
  return join(await built, `${program}.mjs`);
}

async function buildPrograms(): Promise<string> {
  const outdir = temporaryFolder();
  await build({
    entryPoints: {
      main: here("../../main.ts"),
      runner: here("../../runner/entry.ts"),
      server: here("./server.ts"),
      control: here("./control.ts"),
    },
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node22",
    logLevel: "silent",
    tsconfigRaw: {},
    plugins: [builtins],
  });
  return outdir;
}
