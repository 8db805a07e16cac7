import type { CliContext } from "./command.ts";
import { paintFor, readTerminal } from "./terminal.ts";
import { visible } from "./text.ts";

/** Quick work shows nothing. Milliseconds. */
const patience = 500;

export interface Progress {
  /** What is being done now. */
  show(text: string): void;
  /** Erases the line. */
  end(): void;
}

/** One line on stderr, rewritten in place, once the work has taken half a second; none off an interactive terminal. */
export function startProgress(context: Pick<CliContext, "stderr" | "env">): Progress {
  const terminal = readTerminal(context.stderr, context.env);
  if (!terminal.isInteractive) return { show() {}, end() {} };
  const paint = paintFor(terminal);
  let current = "";
  let isShown = false;
  const erase = () => {
    context.stderr.write("\r\u001b[K");
  };
  const draw = () => {
    // A signal ends noxus in the middle of the work; the shell's prompt is to come on a clean line then too.
    if (!isShown) process.once("exit", erase);
    isShown = true;
    context.stderr.write(`\r\u001b[K${paint.dim(visible(current).slice(0, terminal.width - 1))}`);
  };
  const timer = setTimeout(draw, patience);
  return {
    show(text) {
      current = text;
      if (isShown) draw();
    },
    end() {
      clearTimeout(timer);
      if (!isShown) return;
      process.removeListener("exit", erase);
      isShown = false;
      erase();
    },
  };
}
