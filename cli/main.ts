import type { ResourceLimits } from "node:worker_threads";
import { Cli } from "clipanion";
import { codeFolder } from "./cache/folder.ts";
import type { CliContext } from "./command.ts";
import { reportError } from "./command.ts";
import { commands } from "./commands/index.ts";
import { openCompiler } from "./compiler.ts";
import { type ExitCode, exit, UsageError } from "./exit.ts";
import { commandHelp, findCommand, shortHelp, usageProblem } from "./help.ts";
import { listenForSignals } from "./signals.ts";
import { findSnapshot } from "./snapshot.ts";
import { readTerminal } from "./terminal.ts";

/** Runs one command line. Never throws: every fault is a message on stderr and an exit code. */
export async function main(argv: readonly string[], context: CliContext): Promise<number> {
  const terminal = readTerminal(context.stdout, context.env);
  const cli = new Cli<CliContext>({ binaryName: "noxus", enableColors: terminal.hasColor });
  for (const command of commands) cli.register(command);
  const definitions = cli.definitions();
  const own = argv.includes("--") ? argv.slice(0, argv.indexOf("--")) : argv;
  try {
    if (argv.length === 0) {
      context.stdout.write(shortHelp(definitions, terminal));
      return exit.ok;
    }
    if (own.includes("--help") || own.includes("-h")) {
      const rest = own.filter((argument) => argument !== "--help" && argument !== "-h");
      const command = findCommand(definitions, rest);
      if (command === null && rest.length > 0) throw usageError(definitions, rest, null);
      context.stdout.write(
        command === null ? shortHelp(definitions, terminal) : commandHelp(command, terminal),
      );
      return exit.ok;
    }
    return await cli.run(parse(cli, argv, context), context);
  } catch (error) {
    return reportError(error, context, own.includes("--debug"));
  }
}

function parse(cli: Cli<CliContext>, argv: readonly string[], context: CliContext) {
  try {
    return cli.process([...argv], context);
  } catch (error) {
    // clipanion marks the errors that are the user's; the reason is set where it knows what it stumbled over.
    if (!(error instanceof Error) || !("clipanion" in error)) throw error;
    const candidates = "candidates" in error && Array.isArray(error.candidates) ? error.candidates : [];
    const reason: unknown = candidates[0]?.reason;
    throw usageError(cli.definitions(), argv, typeof reason === "string" ? reason : null);
  }
}

function usageError(...args: Parameters<typeof usageProblem>): UsageError {
  const { message, hint } = usageProblem(...args);
  return new UsageError(message, hint);
}

/** The process: its streams, signals and exit code. Called by `bin/noxus.cjs`. */
export async function start(): Promise<void> {
  const { stdin, stdout, stderr, env } = process;
  for (const stream of [stdout, stderr]) {
    // A reader that has seen enough (`noxus ... | head`) must not turn the answer's exit code into a crash.
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE" && error.code !== "ERR_STREAM_DESTROYED") throw error;
    });
  }
  const stop = (code: ExitCode) => process.exit(code);
  process.on("uncaughtException", (error) => stop(reportError(error, { stderr, env })));
  process.on("unhandledRejection", (error) => stop(reportError(error, { stderr, env })));
  listenForSignals();
  const context = {
    stdin,
    stdout,
    stderr,
    env,
    colorDepth: 1,
    cwd: process.cwd(),
    openCompiler: (limits?: ResourceLimits) =>
      limits === undefined
        ? openCompiler({ code: codeFolder(env), snapshot: findSnapshot(env) })
        : openCompiler({ code: codeFolder(env), limits }),
  };
  const code = await main(process.argv.slice(2), context);
  await Promise.all([stdout, stderr].map(flush));
  process.exit(code);
}

function flush(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || stream.writableEnded) resolve();
    else stream.write("", () => resolve());
  });
}
