import type { Writable } from "node:stream";
import type { ResourceLimits } from "node:worker_threads";
import { type BaseContext, Command, Option } from "clipanion";
import type { Compiler } from "./compiler.ts";
import { type ExitCode, exit, isTold, refusedBySystem } from "./exit.ts";
import { paintFor, readTerminal } from "./terminal.ts";
import { visible } from "./text.ts";

/** What a command may touch of the process; tests pass their own. */
export interface CliContext extends BaseContext {
  readonly cwd: string;
  /** A compiler of the command's own; the command closes it. With limits it is a thread of this process. */
  readonly openCompiler: (limits?: ResourceLimits) => Compiler;
}

/** Base of all commands: turns what `run` throws into a message on stderr and an exit code. */
export abstract class NoxusCommand extends Command<CliContext> {
  debug = Option.Boolean("--debug", false, { description: "show the stack of an internal error" });

  /** The command itself. A `ToldError` ends it with its own code, any other error is a bug in noxus and ends it with 3. */
  abstract run(): Promise<ExitCode>;

  override async execute(): Promise<ExitCode> {
    try {
      return await this.run();
    } catch (error) {
      return reportError(error, this.context, this.debug);
    }
  }

  /** Writes the answer to stdout; a missing final line break is added. */
  protected print(text: string): void {
    this.context.stdout.write(text === "" || text.endsWith("\n") ? text : `${text}\n`);
  }

  /** One line on stderr, beside the answer. */
  protected note(text: string): void {
    this.context.stderr.write(`note: ${visible(text)}\n`);
  }
}

/** Prints an error as its kind asks for, and says which exit code it means. */
export function reportError(
  error: unknown,
  context: { readonly stderr: Writable; readonly env: BaseContext["env"] },
  isDebug = false,
): ExitCode {
  const paint = paintFor(readTerminal(context.stderr, context.env));
  const told = isTold(error) ? error : refusedBySystem(error);
  if (told !== null) {
    const hint = told.hint === null ? "" : `  ${visible(told.hint)}\n`;
    context.stderr.write(`${paint.error("error")}: ${visible(told.message)}\n${hint}`);
    return told.exitCode;
  }
  const showsStack = isDebug || context.env.NOXUS_DEBUG === "1";
  const message = error instanceof Error ? error.message : String(error);
  context.stderr.write(
    `${paint.error("internal error")}: ${visible(message)}\nthis is a bug in noxus, not in your plugin\n`,
  );
  if (showsStack) context.stderr.write(`${error instanceof Error ? (error.stack ?? "") : ""}\n`);
  else context.stderr.write("stack: add --debug\n");
  return exit.internal;
}
