import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { builtins } from "../../compiler/bundle/builtins.ts";
import { temporaryFolder } from "./folders.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The image's program, the fault suite's (the server with its options, and the control), and a runner that dies. */
const entryPoints = {
  main: here("../main.ts"),
  runner: here("../runner/entry.ts"),
  server: here("./faults/server.ts"),
  control: here("./faults/control.ts"),
  dying: here("./dying-runner.ts"),
};

export type Program = keyof typeof entryPoints;

const built = new Map<Program, Promise<string>>();

/**
 * Path of a program, in the form that an image has: one file, with `runner.mjs` beside it. Built from today's sources
 * once in a process: whoever starts processes by the hundred has no time to strip types in each (0.19 s of CPU for a
 * runner, 0.05 s in this form).
 */
export async function programPath(program: Program): Promise<string> {
  const folder = built.get(program) ?? buildProgram(program);
  built.set(program, folder);
  return join(await folder, `${program}.mjs`);
}

async function buildProgram(program: Program): Promise<string> {
  const outdir = temporaryFolder();
  await build({
    entryPoints: { [program]: entryPoints[program], runner: entryPoints.runner },
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
