/** Podman and docker, by their command lines, which are alike in all that is asked for here. */
import { spawn } from "node:child_process";
import { OutsideError, UsageError } from "../exit.ts";

const hints = {
  podman: "install podman (Debian: apt-get install podman), or leave `--engine` out",
  docker: "install docker and start it, or leave `--engine` out",
} as const;

export type ContainerEngine = keyof typeof hints;

/** Throws a `UsageError` for what is no engine that runs containers. */
export function parseEngine(text: string): ContainerEngine {
  if (Object.hasOwn(hints, text)) return text as ContainerEngine; // a key of the table
  throw new UsageError(`\`${text}\` runs no containers`, "write --engine podman or --engine docker");
}

export interface EngineSaid {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the engine and tells how it ended. Throws an `OutsideError` where it is not installed. */
export function ask(
  engine: ContainerEngine,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<EngineSaid> {
  return new Promise((resolve, reject) => {
    const child = spawn(engine, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    const said = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const)
      child[name].setEncoding("utf8").on("data", (text: string) => {
        said[name] += text;
      });
    child.on("error", () => reject(new OutsideError(`${engine} is not installed`, hints[engine])));
    child.on("close", (code) => resolve({ code: code ?? -1, ...said }));
  });
}

/** What the engine answers. Throws an `OutsideError` with what it says when it refuses. */
export async function order(
  engine: ContainerEngine,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const { code, stdout, stderr } = await ask(engine, args, env);
  if (code === 0) return stdout.trim();
  const lines = stderr.trim().split("\n");
  // Podman says what was wrong in the last line, after warnings; docker before the last, which only sums up.
  const reason = lines.find((line) => line.startsWith("Error")) ?? (lines.at(-1) || `it ended with ${code}`);
  throw new OutsideError(
    `${engine} ${args[0]} failed: ${reason.replace(/^Error(?: response from daemon)?: /, "")}`,
  );
}
