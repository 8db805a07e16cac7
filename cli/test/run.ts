import { Readable, Writable } from "node:stream";
import type { CliContext } from "../command.ts";
import { type Compiler, openCompiler } from "../compiler.ts";
import { main } from "../main.ts";

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

let shared: Compiler | null = null;

/** One compiler for all runs of a test file: starting it costs more than most of what is tested. */
function sharedCompiler(): Compiler {
  shared ??= openCompiler();
  return { ...shared, close: async () => {} };
}

export async function closeSharedCompiler(): Promise<void> {
  await shared?.close();
}

/** Runs noxus in this process: no colour, no TTY, width 100, symbols as in a UTF-8 terminal. */
export async function run(
  argv: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
  compiler: () => Compiler = sharedCompiler,
): Promise<Outcome> {
  const stdout = collector();
  const stderr = collector();
  const context: CliContext = {
    stdin: Readable.from([]),
    stdout,
    stderr,
    env: { LANG: "C.UTF-8", ...env },
    colorDepth: 1,
    cwd,
    openCompiler: compiler,
  };
  const code = await main(argv, context);
  return { stdout: stdout.text(), stderr: stderr.text(), code };
}

function collector(): Writable & { text(): string } {
  let text = "";
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  return Object.assign(stream, { text: () => text });
}
