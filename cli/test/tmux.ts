import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

export const hasTmux = spawnSync("tmux", ["-V"]).error === undefined;

export interface Screen {
  /** What a person sees now, without blank lines at the end. */
  shown(): string;
  /** Every byte that was written to the terminal so far. */
  written(): string;
  /** The window's title, which a program may change. */
  title(): string;
  press(key: string): void;
  /** Settles once the condition holds. */
  until(what: string, condition: (screen: Screen) => boolean): Promise<void>;
  close(): void;
}

/** Longest that a condition may take, ms: generous, since it only matters when a test fails. */
const patience = 60_000;

/** Runs a shell command in a terminal of so many columns; what is on the screen stays when it has ended. */
export function openScreen(
  command: string,
  columns: number,
  options: { readonly cwd: string; readonly scratch: string; readonly env: Readonly<Record<string, string>> },
): Screen {
  const socket = join(options.scratch, "tmux");
  const record = join(options.scratch, "record");
  const tmux = (...args: readonly string[]): string => {
    const { status, stdout, stderr } = spawnSync("tmux", ["-u", "-S", socket, "-f", "/dev/null", ...args], {
      cwd: options.cwd,
      env: { ...options.env, TERM: "xterm-256color" },
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`tmux ${args[0]}: ${stderr}`);
    return stdout;
  };
  // It waits for a key, so that nothing is written before the record begins; Ctrl-C is for the command alone.
  const script = `trap : INT; read -r start; clear; ${command}; echo "ended with $?"; exec sleep 1000`;
  tmux("new-session", "-d", "-x", String(columns), "-y", "100", `exec sh -c '${script}'`);
  tmux("pipe-pane", "-o", `exec cat >'${record}'`);
  tmux("send-keys", "Enter");
  const screen: Screen = {
    shown: () => tmux("capture-pane", "-p").trimEnd(),
    written: () => (existsSync(record) ? readFileSync(record, "utf8") : ""),
    title: () => tmux("display-message", "-p", "#{pane_title}").trim(),
    press: (key) => void tmux("send-keys", key),
    async until(what, condition) {
      const deadline = Date.now() + patience;
      while (!condition(screen)) {
        if (Date.now() > deadline) throw new Error(`${what} did not come; the screen:\n${screen.shown()}`);
        await wait(20);
      }
    },
    close: () => void tmux("kill-server"),
  };
  return screen;
}
