import { Command, Option } from "clipanion";
import { withCompiler } from "../analyze.ts";
import { NoxusCommand } from "../command.ts";
import { type DevSession, keyHelp, startDev } from "../dev.ts";
import { type ExitCode, exit, UsageError } from "../exit.ts";
import { pluginRoot } from "../paths.ts";
import { parsePort } from "../port.ts";
import { stopSignal } from "../signals.ts";
import { readTerminal } from "../terminal.ts";

export class Dev extends NoxusCommand {
  static override paths = [["dev"]];
  static override usage = Command.Usage({
    description: "serve a plugin and reload it on every edit",
    examples: [
      ["the plugin of this folder", "noxus dev"],
      ["another plugin, on this very port", "noxus dev plugins/ocr --port 9000 --strict-port"],
    ],
  });

  port = Option.String("--port", "8080", {
    description: "<number> port, 0 for any free one (default: 8080)",
  });
  strictPort = Option.Boolean("--strict-port", false, {
    description: "end when the port is in use, instead of taking the next free one",
  });
  target = Option.String({ name: "path", required: false });

  async run(): Promise<ExitCode> {
    const { context } = this;
    const port = parsePort(this.port);
    const root = pluginRoot(context.cwd, this.target ?? ".");
    if (root === null) throw new UsageError(`\`${this.target}\` is in no plugin`);
    const stop = stopSignal();
    try {
      return await withCompiler(context, async (compiler) => {
        const options = { root, port, isPortStrict: this.strictPort, compiler, context };
        const session = await startDev(options);
        if (typeof session === "number") return session;
        const keys = this.readKeys(session);
        try {
          return await Promise.race([stop.whenStopped(), keys.quit, session.failed]);
        } finally {
          keys.release();
          await session.close();
        }
      });
    } finally {
      stop.release();
    }
  }

  /** Single keys, where a person sits at a terminal; elsewhere nothing is read. */
  private readKeys(session: DevSession): { readonly quit: Promise<ExitCode>; release(): void } {
    const { stdin, stdout, env } = this.context;
    let quitWith: (code: ExitCode) => void = () => {};
    const quit = new Promise<ExitCode>((resolve) => {
      quitWith = resolve;
    });
    if (!(stdin === process.stdin && process.stdin.isTTY && readTerminal(stdout, env).isInteractive)) {
      return { quit, release() {} };
    }
    const onKeys = (data: Buffer) => {
      for (const key of data.toString()) {
        // In raw mode the terminal hands Ctrl-C over instead of sending the signal.
        if (key === "\u0003") process.kill(process.pid, "SIGINT");
        else if (key === "q") quitWith(exit.ok);
        else if (key === "r") session.reload();
        else if (key === "c") stdout.write("\u001b[2J\u001b[3J\u001b[H");
        else if (key === "h") stdout.write(`${session.banner() || keyHelp}\n`);
      }
    };
    process.stdin.setRawMode(true).on("data", onKeys);
    const release = () => {
      process.stdin.setRawMode(false).off("data", onKeys).pause();
      process.removeListener("exit", release);
    };
    // A second Ctrl-C ends the process from within; the terminal must be usable afterwards.
    process.on("exit", release);
    return { quit, release };
  }
}
