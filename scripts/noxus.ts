import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

const bin = fileURLToPath(new URL("../bin/noxus.cjs", import.meta.url));
export const root: string = fileURLToPath(new URL("..", import.meta.url));
export const example: string = fileURLToPath(new URL("../example-sentiment", import.meta.url));

/** Runs the CLI as a person does; resolves with its exit code. */
export function noxus(args: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    spawn(process.execPath, [bin, ...args], { cwd: root, stdio: "inherit" }).on("close", (code) =>
      resolve(code ?? 1),
    );
  });
}

export interface Served {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts `noxus serve` with `args` and waits until it says that it is ready; throws what it said if it does not. */
export async function serve(args: readonly string[]): Promise<Served> {
  const child = spawn(process.execPath, [bin, "serve", ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  const closed = new Promise<void>((resolve) => child.on("close", () => resolve()));
  const url = await ready(child, () => said);
  return {
    url,
    async stop() {
      child.kill("SIGTERM");
      await closed;
    },
  };
}

function ready(child: ChildProcessByStdio<null, Readable, Readable>, said: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    let lines = "";
    child.stdout.on("data", (chunk: Buffer) => {
      lines += chunk.toString();
      const url = /"msg":"ready","url":"([^"]+)"/.exec(lines)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.on("close", (code) => reject(new Error(`noxus serve ended with ${code}\n${said()}`)));
  });
}
